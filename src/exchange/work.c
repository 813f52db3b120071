/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "exchange/work.h"

struct sync_param
work_text(struct span s)
{
	return (struct sync_param){s, false};
}

struct sync_param
work_bytes(struct span s)
{
	if (s.p == NULL)
		s.p = "";
	return (struct sync_param){s, true};
}

/* What PostgreSQL says in its own words comes with its text. */
static enum rc
told(enum rc rc, const struct db_error *said, struct err *err)
{
	if (rc != RC_OK && err != NULL)
		*err = said->err;
	return rc;
}

enum rc
work_ask(struct work *w, const char *sql, const struct sync_param *params,
    size_t n, struct sync_rows *out, struct err *err)
{
	struct db_error said;

	return told(
	    sync_ask(w->db, sql, params, n, w->a, out, &said), &said, err);
}

static enum rc
run(struct work *w, const char *sql, struct err *err)
{
	struct db_error said;

	return told(sync_run(w->db, sql, &said), &said, err);
}

enum rc
work_begin(struct work *w, struct err *err)
{
	struct sync_param id = work_text(w->job);
	enum rc rc = run(w, "begin", err);

	if (rc == RC_OK)
		rc = work_ask(
		    w, "select core.work_as($1::bigint)", &id, 1, NULL, err);
	if (rc != RC_OK)
		work_undo(w);
	return rc;
}

enum rc
work_done(struct work *w, struct span result, struct err *err)
{
	struct sync_param params[] = {work_text(w->job),
	    work_text(result.n ? result : (struct span){NULL, 0})};
	enum rc rc = work_ask(w, "select core.job_done($1::bigint, $2::jsonb)",
	    params, 2, NULL, err);

	if (rc == RC_OK)
		rc = run(w, "commit", err);
	if (rc != RC_OK)
		work_undo(w);
	return rc;
}

enum rc
work_keep(struct work *w, struct err *err)
{
	struct sync_param id = work_text(w->job);
	enum rc rc =
	    work_ask(w, "select core.job_keep($1::bigint)", &id, 1, NULL, err);

	if (rc == RC_OK)
		rc = run(w, "commit", err);
	if (rc != RC_OK)
		work_undo(w);
	return rc;
}

void
work_undo(struct work *w)
{
	struct err err;

	/* a connection that is lost has undone it already */
	if (run(w, "rollback", &err) != RC_OK)
		return;
}

struct span
work_input(struct work *w, const char *path)
{
	json_t *input = NULL;
	const json_t *v;
	struct err err;

	if (repr_json_trusted(w->input, w->a, &input, &err) != RC_OK)
		return (struct span){NULL, 0};
	v = repr_json_at(input, path);
	if (json_is_integer(v))
		return span_of(arena_printf(
		    w->a, "%lld", (long long)json_integer_value(v)));
	return span_of(repr_json_str(input, path));
}
