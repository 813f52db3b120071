/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of kontorctl share. A command is `NOUN VERB`, a function
 * that gets its options and words and returns an exit status.
 */
#ifndef MAIN_CTL_H
#define MAIN_CTL_H

#include "db/sync.h"
#include "repr/json.h"

enum ctl_exit {
	CTL_OK = 0,
	CTL_FAILED = 1,
	CTL_USAGE = 2,
	CTL_ABSENT = 3,
	CTL_CONFLICT = 4,
	CTL_AWAY = 5,
};

#define CTL_OPTIONS_MAX 8
#define CTL_WORDS_MAX 16

struct ctl;

struct ctl_command {
	const char *noun, *verb; /* verb may be NULL */
	const char *usage;       /* what follows NOUN VERB */
	const char *about;       /* one line */
	/* names after "--", those with a value end in "=" */
	const char *options[CTL_OPTIONS_MAX];
	int min_words, max_words;
	int (*run)(struct ctl *c);
};

struct ctl {
	const struct ctl_command *command;
	struct arena *a;
	struct conf *conf;
	bool json;
	const char *values[CTL_OPTIONS_MAX]; /* as options; "" for a flag */
	const char *words[CTL_WORDS_MAX];
	int nwords;
};

/* The value of an option, "" when it is a flag that was given, or NULL. */
const char *ctl_get(const struct ctl *c, const char *option);

/* Says on standard error what is wrong; returns the exit status for it. */
int ctl_fail(const struct ctl *c, const struct err *err);

/* Wrong use: says so and how it is used; returns CTL_USAGE. */
int ctl_usage(const struct ctl *c, const char *text);

/* Prints a value as JSON, when --json was given; says whether it was. */
bool ctl_print_json(const struct ctl *c, const json_t *v);

/* Connects as a role. RC_AWAY db.away */
enum rc ctl_connect(const struct ctl *c, const char *role, struct sync **out,
    struct err *err) MUST_USE;

/*
 * select FUNCTION($1, …) as kontor_admin in a transaction of its own; a JSON
 * answer, NULL when it is null. What the function raises comes back in *err
 * with a sentence for people.
 */
enum rc ctl_ask(const struct ctl *c, const char *sql,
    const struct sync_param *params, size_t n, json_t **out,
    struct err *err) MUST_USE;

/* The same on a connection, whatever its transaction. */
enum rc ctl_ask_on(const struct ctl *c, struct sync *s, const char *sql,
    const struct sync_param *params, size_t n, json_t **out,
    struct err *err) MUST_USE;

/* ctl_ask with one JSON object as $1. */
enum rc ctl_call(const struct ctl *c, const char *sql, const json_t *input,
    json_t **out, struct err *err) MUST_USE;

/* A text parameter; NULL is SQL null. */
struct sync_param ctl_text(const char *s);
struct sync_param ctl_span(struct span s);

/* Whole file; "-" is standard input. RC_INPUT, RC_ABSENT, RC_FAULT */
enum rc ctl_read(const struct ctl *c, const char *path, struct span *out,
    struct err *err) MUST_USE;

/* Bytes to standard output. */
void ctl_put(struct span s);

/* A folder of the product: as named or, from elsewhere, beside the folder that
 * holds the program. */
const char *ctl_place(const char *path, struct arena *a);

/*
 * "en" or "de" as asked for by --lang, else by LC_ALL, LC_MESSAGES or LANG, the
 * first of them that is set; NULL when another one was asked for.
 */
const char *ctl_lang(const char *asked);

struct guides;
struct guide;

/* The guides below dir (NULL: --guides, else partner_dir); all their faults go
 * to standard error. RC_INPUT guide.syntax, RC_FAULT file.read */
enum rc ctl_guides(struct ctl *c, const char *dir, struct guides **out,
    struct err *err) MUST_USE;

/* The sentences of asset_dir in a language, or NULL when there are none. */
struct text_locale;
const struct text_locale *ctl_words(const struct ctl *c, const char *lang);

/* RC_ABSENT guide.absent */
enum rc ctl_guide_named(const struct guides *gs, const char *name,
    const struct guide **out, struct err *err) MUST_USE;

/* Commands, each in ctl_<noun>.c. */
int ctl_migrate(struct ctl *c);
int ctl_admin_create(struct ctl *c);
int ctl_client_add(struct ctl *c);
int ctl_client_assertion(struct ctl *c);
int ctl_client_list(struct ctl *c);
int ctl_client_revoke(struct ctl *c);
int ctl_token(struct ctl *c);
int ctl_group_add(struct ctl *c);
int ctl_group_remove(struct ctl *c);
int ctl_person_end(struct ctl *c);
int ctl_person_unlock(struct ctl *c);
int ctl_setting_set(struct ctl *c);
int ctl_partner_load(struct ctl *c);
int ctl_guide_list(struct ctl *c);
int ctl_guide_lint(struct ctl *c);
int ctl_guide_sample(struct ctl *c);
int ctl_guide_doc(struct ctl *c);
int ctl_guide_diff(struct ctl *c);
int ctl_guide_coverage(struct ctl *c);
int ctl_guide_publish(struct ctl *c);
int ctl_item_import(struct ctl *c);
int ctl_demo_logins(struct ctl *c);
int ctl_status(struct ctl *c);
int ctl_job_list(struct ctl *c);
int ctl_job_retry(struct ctl *c);
int ctl_mail_list(struct ctl *c);
int ctl_mail_send(struct ctl *c);

/* A noun with a command line of its own (ctl_document.c). */
int ctl_document(int argc, char **argv);

#endif
