/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "exchange/trial.h"
#include "repr/json.h"

#define ATTEMPTS 3

static const char READ_FAILED[] =
    "{\"findings\": [{\"rule\": \"document.read_failed\", "
    "\"severity\": \"error\", \"args\": {\"reason\": \"\"}}]}";

/* The agreements and the bytes; the empty span when there is nothing to do. */
static enum rc
fetch(struct work *w, struct span trial, struct span *agreements,
    struct span *bytes, struct err *err)
{
	struct sync_param id = work_text(trial);
	struct sync_rows rows;
	enum rc rc = work_begin(w, err);

	*agreements = *bytes = (struct span){0};
	if (rc != RC_OK)
		return rc;
	rc = work_ask(w,
	    "select exchange.trial_start($1::bigint) -> 'agreements', "
	    "exchange.trial_bytes($1::bigint)",
	    &id, 1, &rows, err);
	if (rc == RC_OK && rows.n == 1 && rows.cells[0].p && rows.cells[1].p) {
		*agreements = arena_span(w->a, rows.cells[0]);
		*bytes = sync_bytes(rows.cells[1], w->a);
	}
	work_undo(w); /* nothing was changed */
	return rc;
}

static enum rc
ask_child(struct work *w, struct span agreements, struct span bytes,
    struct span *result, struct err *err)
{
	struct frame ask = {
	    .kind = SANDBOX_READ, .nparts = 2, .parts = {agreements, bytes}};
	struct sandbox_child child = {.in = -1, .out = -1};
	struct frame answer;
	enum rc rc = sandbox_open(w->sandbox, &child, err);

	if (rc == RC_OK)
		rc = sandbox_ask(&child, &ask, w->a, &answer, err);
	sandbox_close(&child);
	if (rc == RC_OK)
		*result = answer.parts[0];
	else if (rc == RC_INPUT && strcmp(err->code, "sandbox.died") == 0) {
		*result = span_of(READ_FAILED);
		rc = RC_OK;
	}
	return rc;
}

/* Keeps the result, if there is one, and ends the job. */
static enum rc
end(struct work *w, struct span trial, struct span result, struct err *err)
{
	struct sync_param params[] = {work_text(trial), work_text(result)};
	enum rc rc = work_begin(w, err);

	if (rc != RC_OK)
		return rc;
	if (result.n)
		rc = work_ask(w, "select exchange.tried($1::bigint, $2::jsonb)",
		    params, 2, NULL, err);
	if (rc == RC_OK)
		return work_done(w, (struct span){NULL, 0}, err);
	work_undo(w);
	return rc;
}

/* Whoever asked would wait for an answer that no further attempt brings. */
static bool
hopeless(const struct work *w, enum rc rc, const struct err *err)
{
	return rc != RC_OK && rc != RC_AWAY && rc != RC_CONFLICT &&
	       strcmp(err->code, "sandbox.away") != 0 && w->attempt >= ATTEMPTS;
}

enum rc
trial_read(struct work *w, struct err *err)
{
	struct span trial = work_input(w, "trial");
	struct span agreements, bytes, result = {0};
	enum rc rc = fetch(w, trial, &agreements, &bytes, err);

	if (rc == RC_OK && bytes.p)
		rc = ask_child(w, agreements, bytes, &result, err);
	if (rc == RC_OK)
		rc = end(w, trial, result, err);
	return hopeless(w, rc, err) ? end(w, trial, span_of(READ_FAILED), err)
				    : rc;
}
