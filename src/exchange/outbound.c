/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "exchange/explain.h"
#include "exchange/outbound.h"

#define ATTEMPTS 3
#define START_MAX (64u << 20)

/* Answers say in words what was found; the words are the partner's. */
static struct span
explained(struct work *w, json_t *start)
{
	const char *language = repr_json_str(start, "language");
	struct span s;
	struct buf b;

	if (w->text)
		explain_findings(
		    text_locale(w->text, language ? language : "en", NULL),
		    start, w->a);
	buf_init(&b, START_MAX);
	repr_json_write(start, &b);
	s = arena_span(w->a, buf_span(&b));
	buf_done(&b);
	return s;
}

static enum rc
fetch(struct work *w, struct span document, struct span *start, bool *pending,
    struct err *err)
{
	struct sync_param id = work_text(document);
	struct sync_rows rows;
	json_t *v = NULL;
	enum rc rc = work_begin(w, err);

	if (rc != RC_OK)
		return rc;
	rc = work_ask(
	    w, "select exchange.write_start($1::bigint)", &id, 1, &rows, err);
	work_undo(w); /* nothing was changed */
	if (rc != RC_OK)
		return rc;
	if (rows.n != 1 || rows.cells[0].p == NULL)
		return err_set(
		    err, RC_ABSENT, "document.absent", "no such document");
	*start = rows.cells[0];
	rc = repr_json_trusted(*start, w->a, &v, err);
	if (rc != RC_OK)
		return rc;
	*pending = span_is(span_of(repr_json_str(v, "state")), "pending");
	if (span_is(span_of(repr_json_str(v, "type")), "ack"))
		*start = explained(w, v);
	return RC_OK;
}

static enum rc
write_bytes(struct work *w, struct span start, struct span *bytes,
    struct span *guide, struct err *err)
{
	struct frame answer, ask = {.kind = SANDBOX_WRITE, .nparts = 2};
	struct sandbox_child child = {.in = -1, .out = -1};
	enum rc rc = sandbox_open(w->sandbox, &child, err);

	ask.parts[0] = start;
	ask.parts[1] = span_of(arena_printf(w->a, "%" PRId64, clock_wall()));
	if (rc == RC_OK)
		rc = sandbox_ask(&child, &ask, w->a, &answer, err);
	if (rc == RC_OK) {
		*bytes = answer.parts[0];
		*guide = answer.parts[1];
	}
	sandbox_close(&child);
	return rc;
}

static enum rc
finish(struct work *w, const char *sql, struct span document,
    struct sync_param second, struct span third, struct err *err)
{
	struct sync_param params[] = {
	    work_text(document), second, work_text(third)};
	enum rc rc = work_begin(w, err);

	if (rc != RC_OK)
		return rc;
	rc = work_ask(w, sql, params, third.p ? 3 : 2, NULL, err);
	crash_point("before_done");
	if (rc == RC_OK)
		return work_done(w, (struct span){NULL, 0}, err);
	work_undo(w);
	return rc;
}

static bool
hopeless(const struct work *w, enum rc rc, const struct err *err)
{
	if (strcmp(err->code, "sandbox.away") == 0)
		return false;
	return rc == RC_INPUT ||
	       (rc != RC_AWAY && rc != RC_CONFLICT && w->attempt >= ATTEMPTS);
}

enum rc
outbound_write(struct work *w, struct err *err)
{
	struct span document = work_input(w, "document"), start, bytes, guide;
	bool pending = false;
	struct err why;
	enum rc rc = fetch(w, document, &start, &pending, err);

	if (rc != RC_OK)
		return rc;
	if (!pending) {
		rc = work_begin(w, err);
		return rc == RC_OK ? work_done(w, (struct span){NULL, 0}, err)
				   : rc;
	}
	rc = write_bytes(w, start, &bytes, &guide, err);
	if (rc == RC_OK)
		rc = finish(w,
		    "select exchange.written($1::bigint, $2::bytea, "
		    "jsonb_build_object('guide', $3::text))",
		    document, work_bytes(bytes), guide, err);
	if (rc == RC_OK || !hopeless(w, rc, err))
		return rc;
	why = *err;
	return finish(w, "select exchange.write_failed($1::bigint, $2)",
	    document, work_text(span_of(why.text)), (struct span){0}, err);
}
