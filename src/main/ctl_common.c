/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/ctl.h"

#define FILE_MAX (64u << 20)

const char *
ctl_get(const struct ctl *c, const char *option)
{
	for (size_t i = 0; i < CTL_OPTIONS_MAX && c->command->options[i]; i++) {
		const char *name = c->command->options[i];
		size_t n = strcspn(name, "=");

		if (strlen(option) == n && strncmp(option, name, n) == 0)
			return c->values[i];
	}
	return NULL;
}

const char *
ctl_lang(const char *asked)
{
	static const char *const NAMES[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *locale = NULL;

	if (asked)
		return strcmp(asked, "de") == 0   ? "de"
		       : strcmp(asked, "en") == 0 ? "en"
						  : NULL;
	for (size_t i = 0; i < 3 && (!locale || !*locale); i++)
		locale = getenv(NAMES[i]);
	return locale && span_starts(span_of(locale), "de") &&
		       strchr("_.@", locale[2])
		   ? "de"
		   : "en";
}

static void
print(FILE *f, const json_t *v)
{
	struct buf b;

	buf_init(&b, 256u << 20);
	repr_json_write(v, &b);
	(void)fprintf(f, "%s\n", b.p);
	buf_done(&b);
}

int
ctl_fail(const struct ctl *c, const struct err *err)
{
	if (c->json) {
		json_t *o = repr_json_object(c->a);

		repr_json_set_str(o, "error", err->code);
		repr_json_set_str(o, "text", err->text);
		print(stderr, o);
	} else {
		(void)fprintf(
		    stderr, "kontorctl: %s (%s)\n", err->text, err->code);
	}
	switch (err->rc) {
	case RC_OK:
		return CTL_OK;
	case RC_ABSENT:
		return CTL_ABSENT;
	case RC_CONFLICT:
		return CTL_CONFLICT;
	case RC_AWAY:
		return CTL_AWAY;
	case RC_INPUT:
	case RC_DENIED:
	case RC_FAULT:
		break;
	}
	return CTL_FAILED;
}

bool
ctl_print_json(const struct ctl *c, const json_t *v)
{
	if (c->json)
		print(stdout, v);
	return c->json;
}

enum rc
ctl_connect(
    const struct ctl *c, const char *role, struct sync **out, struct err *err)
{
	return sync_open(db_conninfo(c->conf, role, c->a), out, err);
}

/* "args" of a refusal, as an aside for people. */
static void
explain(const struct ctl *c, const struct db_error *db, struct err *err)
{
	json_t *detail;
	const json_t *args;
	struct buf b;

	if (db->detail.n == 0 ||
	    repr_json_trusted(db->detail, c->a, &detail, NULL) != RC_OK)
		return;
	args = repr_json_at(detail, "errors");
	if (args == NULL || json_array_size(args) == 0)
		args = repr_json_at(detail, "args");
	if (args == NULL || (json_is_object(args) && !json_object_size(args)))
		return;
	buf_init(&b, sizeof err->text);
	repr_json_write(args, &b);
	(void)err_set(
	    err, db->err.rc, db->err.code, "refused: %s", b.n ? b.p : "");
	buf_done(&b);
}

enum rc
ctl_ask_on(const struct ctl *c, struct sync *s, const char *sql,
    const struct sync_param *params, size_t n, json_t **out, struct err *err)
{
	struct sync_rows rows;
	struct db_error db;
	enum rc rc = sync_ask(s, sql, params, n, c->a, &rows, &db);

	if (rc != RC_OK) {
		*err = db.err;
		if (db.status)
			(void)err_set(err, rc, db.err.code, "refused");
		explain(c, &db, err);
		return rc;
	}
	*out = NULL;
	if (rows.n && rows.cells[0].p)
		rc = repr_json_trusted(rows.cells[0], c->a, out, err);
	return rc;
}

enum rc
ctl_ask(const struct ctl *c, const char *sql, const struct sync_param *params,
    size_t n, json_t **out, struct err *err)
{
	struct sync *s;
	enum rc rc = ctl_connect(c, "kontor_admin", &s, err);

	if (rc != RC_OK)
		return rc;
	rc = ctl_ask_on(c, s, sql, params, n, out, err);
	sync_close(s);
	return rc;
}

enum rc
ctl_call(const struct ctl *c, const char *sql, const json_t *input,
    json_t **out, struct err *err)
{
	struct sync_param p;
	struct buf b;
	enum rc rc;

	buf_init(&b, 16u << 20);
	repr_json_write(input, &b);
	p = ctl_span(buf_span(&b));
	rc = ctl_ask(c, sql, &p, 1, out, err);
	buf_done(&b);
	return rc;
}

struct sync_param
ctl_text(const char *s)
{
	return (struct sync_param){
	    .value = s ? span_make(s, strlen(s)) : (struct span){0}};
}

struct sync_param
ctl_span(struct span s)
{
	return (struct sync_param){.value = s};
}

static enum rc
read_stdin(const struct ctl *c, struct span *out, struct err *err)
{
	char part[8192];
	struct buf b;
	size_t n;
	enum rc rc = RC_OK;

	buf_init(&b, FILE_MAX);
	while ((n = fread(part, 1, sizeof part, stdin)) > 0)
		buf_put(&b, span_make(part, n));
	if (b.full || ferror(stdin))
		rc = err_set(err, RC_INPUT, "file.size",
		    "standard input cannot be read or is longer than %u bytes",
		    FILE_MAX);
	else
		*out = arena_span(c->a, buf_span(&b));
	buf_done(&b);
	return rc;
}

enum rc
ctl_read(
    const struct ctl *c, const char *path, struct span *out, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return read_stdin(c, out, err);
	return file_read(path, FILE_MAX, c->a, out, err);
}

const char *
ctl_place(const char *path, struct arena *a)
{
	char exe[4096];
	ssize_t n;
	const char *beside;

	if (path == NULL || path[0] == '/' || access(path, F_OK) == 0)
		return path;
	n = readlink("/proc/self/exe", exe, sizeof exe);
	for (int up = 0; up < 2; up++) {
		while (n > 0 && exe[n - 1] != '/')
			n--;
		n -= n > 0;
	}
	if (n <= 0)
		return path;
	beside = arena_printf(a, "%.*s/%s", (int)n, exe, path);
	return access(beside, F_OK) == 0 ? beside : path;
}

void
ctl_put(struct span s)
{
	if (s.n)
		(void)fwrite(s.p, 1, s.n, stdout);
}
