/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "web/errors.h"

#define ERRORS_MAX 1000

static const int statuses[] = {
    [RC_OK] = 200,
    [RC_INPUT] = 400,
    [RC_DENIED] = 403,
    [RC_ABSENT] = 404,
    [RC_CONFLICT] = 409,
    [RC_AWAY] = 503,
    [RC_FAULT] = 500,
};

static const struct {
	const char *prefix;
	int status;
} codes[] = {
    {"auth.", 401},
    {"session.", 401},
    {"token.", 401},
    {"form.pairs", 400},
    {"form.size", 413},
    {"json.size", 413},
};

static const struct {
	int status;
	const char *text;
} texts[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
};

int
status_of(enum rc rc, const char *code)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (span_starts(span_of(code), codes[i].prefix))
			return codes[i].status;
	return statuses[rc];
}

const char *
status_text(int status)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].status == status)
			return texts[i].text;
	return "Error";
}

void
problem_of(const struct err *err, struct problem *out)
{
	const char *code = err->rc == RC_FAULT ? "fault" : err->code;

	*out = (struct problem){.status = status_of(err->rc, err->code)};
	(void)snprintf(out->code, sizeof out->code, "%s", code);
	(void)snprintf(out->text, sizeof out->text, "%.*s",
	    (int)sizeof out->text - 1, err->text);
	if (out->status == 503)
		out->retry_after = 2;
}

void
problem_of_db(const struct db_error *e, struct arena *a, struct problem *out)
{
	json_t *detail;

	problem_of(&e->err, out);
	if (e->status == 0)
		return;
	out->status = e->status;
	(void)snprintf(out->code, sizeof out->code, "%s", e->err.code);
	if (e->detail.n &&
	    repr_json_trusted(e->detail, a, &detail, NULL) == RC_OK &&
	    json_is_object(detail))
		out->detail = detail;
	if (e->status == 429 || e->status == 503)
		out->retry_after =
		    (int)repr_json_int(out->detail, "args.retry_after", 2);
}

/* The sentence for a code; the code itself when there is none. */
static void
put_sentence(json_t *v, const char *member, const char *code,
    const json_t *args, const struct text_locale *l)
{
	struct buf key, out;

	buf_init(&key, 128);
	buf_init(&out, 4096);
	buf_printf(&key, "error.%s", code);
	if (!l || !text_format_json(l, key.p, args, &out))
		buf_puts(&out, code);
	repr_json_set_str(v, member, out.p ? out.p : code);
	buf_done(&key);
	buf_done(&out);
}

/* Who sends a hundred thousand wrong members learns enough from the first. */
static json_t *
errors_json(const json_t *errors, const struct text_locale *l, struct arena *a)
{
	json_t *out = repr_json_array(a);

	for (size_t i = 0; i < json_array_size(errors) && i < ERRORS_MAX; i++) {
		const json_t *e = json_array_get(errors, i);
		const char *code = repr_json_str(e, "code");
		json_t *v = repr_json_object(a);

		repr_json_set_str(v, "pointer", repr_json_str(e, "pointer"));
		repr_json_set_str(v, "code", code ? code : "input.invalid");
		put_sentence(v, "detail", code ? code : "input.invalid",
		    json_object_get(e, "args"), l);
		(void)json_array_append(out, v);
	}
	return out;
}

json_t *
problem_json(const struct problem *p, const char *trace,
    const struct text_locale *l, struct arena *a)
{
	json_t *v = repr_json_object(a);
	json_t *errors = json_object_get(p->detail, "errors");
	json_t *current = json_object_get(p->detail, "current");

	repr_json_set_str(v, "type", "about:blank");
	repr_json_set_str(v, "title", status_text(p->status));
	repr_json_set_int(v, "status", p->status);
	put_sentence(
	    v, "detail", p->code, json_object_get(p->detail, "args"), l);
	repr_json_set_str(v, "code", p->code);
	if (json_array_size(errors))
		repr_json_set(v, "errors", errors_json(errors, l, a));
	if (current)
		repr_json_set(v, "current", current);
	repr_json_set_str(v, "trace_id", trace);
	return v;
}
