/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands `kontorctl document VERB` share: guides, settings and the
 * one place where a file is read (ctl_document_read.c). Each command stands in
 * ctl_document_<verb>.c. None of them needs a database.
 */
#ifndef MAIN_CTL_DOCUMENT_H
#define MAIN_CTL_DOCUMENT_H

#include "guide/document.h"
#include "main/ctl.h"
#include "repr/jsonout.h"
#include "repr/text.h"

#define DOC_RESULT_MAX (1u << 30)
#define DOC_PIECE 65536

/* One call of kontorctl. */
struct doc_job {
	const char *guides, *schemas, *guide; /* --guides, --schemas, --guide */
	const char *own_schemas;
	const char *lang; /* "en" or "de": of what people read */
	const char *to, *sender, *receiver, *ref, *as; /* convert, ack */
	const char *sets[8]; /* convert: "field=value" */
	size_t nsets;
	long message; /* convert: the nth; 0: all */
	size_t limit; /* bytes of a file, --limit; 0: as the portal has it */
	bool json, quiet, check;
	struct arena *a; /* of all files */
	struct guides *loaded;
	struct document_reader *reader; /* of one file after the other */
	struct text *text;              /* NULL: no sentences */
	const struct text_locale *en, *de, *words; /* words: in lang */
};

/* One file, read and judged. */
struct doc_sheet {
	const char *name;
	struct arena *a;
	struct span bytes;
	struct edi_file *file;
	json_t *result; /* as document_read makes it */
};

/* Loads guides and sentences; an exit status. */
int doc_prepare(struct doc_job *j);

/*
 * Reads and judges s->name ("-" is standard input); false when the file itself
 * cannot be read, which has been said then.
 */
bool doc_read(const struct doc_job *j, struct doc_sheet *s) MUST_USE;

/* The same of s->bytes. */
bool doc_judge(const struct doc_job *j, struct doc_sheet *s) MUST_USE;

/*
 * The same in pieces, however large the file is: result then has only the
 * first message of each interchange and those with findings, and no canonical
 * documents.
 */
bool doc_stream(const struct doc_job *j, struct doc_sheet *s) MUST_USE;

/* The limits that --limit raises. */
struct edi_limits doc_limits(const struct doc_job *j);

/* A descriptor of the file, or of standard input; -1 with errno. */
int doc_open(const char *name);

/* The value of a setting of the product, without any database. */
const char *doc_setting(
    const struct doc_job *j, const char *key, const char *fallback);

/* Calls seen for every finding: of the file, interchanges, groups, messages. */
void doc_each_finding(const json_t *result,
    void (*seen)(void *ctx, const json_t *finding), void *ctx);

/* What happened, why it matters, what to do: "what", "why" or "do" of a
 * finding in a language; NULL p without sentences. */
struct span doc_sentence(const struct text_locale *l, const json_t *finding,
    const char *part, struct arena *a);

/* A word for people by its code ("terminal.CODE"), else the code itself. */
const char *doc_word(const struct doc_job *j, const char *code);

/* A line for people: severity, rule, place, values; below it the sentences. */
void doc_say(const struct doc_job *j, const json_t *finding, FILE *f);

/* Calls seen for every message that has a canonical document. */
void doc_each_canonical(const json_t *result,
    void (*seen)(void *ctx, const json_t *canonical), void *ctx);

/* The commands: one file each, an exit status. */
int doc_check(const struct doc_job *j, struct doc_sheet *s);
int doc_ack(const struct doc_job *j, struct doc_sheet *s);
int doc_bench(const struct doc_job *j, struct doc_sheet *s);
int doc_canonical(const struct doc_job *j, struct doc_sheet *s);
int doc_convert(const struct doc_job *j, struct doc_sheet *s);
int doc_repair(const struct doc_job *j, struct doc_sheet *s);

#endif
