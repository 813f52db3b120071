/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "exchange/inbound.h"

#define ATTEMPTS 3

struct inbound {
	struct work *w;
	struct span document; /* key */
	json_t *start;        /* exchange.read_start */
	struct span agreements;
	struct span bytes;
	struct sandbox_child child;
	struct span result; /* of the reader, JSON */
	json_t *accepted;   /* exchange.accept */
	int64_t now;
};

static enum rc
ask_json(struct work *w, const char *sql, const struct sync_param *params,
    size_t n, json_t **out, struct err *err)
{
	struct sync_rows rows;
	enum rc rc = work_ask(w, sql, params, n, &rows, err);

	if (rc != RC_OK)
		return rc;
	if (rows.n != 1 || rows.cells[0].p == NULL)
		return err_set(
		    err, RC_ABSENT, "document.absent", "no such document");
	return repr_json_trusted(rows.cells[0], w->a, out, err);
}

static enum rc
fetch_bytes(struct inbound *x, struct err *err)
{
	long long chunks = repr_json_int(x->start, "chunks", 0);
	struct buf b;
	enum rc rc = RC_OK;

	buf_init(&b, (size_t)(chunks > 0 ? chunks : 0) << 20);
	for (long long i = 0; rc == RC_OK && i < chunks; i++) {
		struct sync_param params[] = {work_text(x->document),
		    work_text(span_of(arena_printf(x->w->a, "%lld", i)))};
		struct sync_rows rows;

		rc = work_ask(x->w,
		    "select exchange.bytes_chunk($1::bigint, $2::int)", params,
		    2, &rows, err);
		if (rc == RC_OK && rows.cells[0].p != NULL)
			buf_put(&b, sync_bytes(rows.cells[0], x->w->a));
	}
	x->bytes = arena_span(x->w->a, buf_span(&b));
	buf_done(&b);
	return rc;
}

/* What is needed to read it; false when it has been read already. */
static enum rc
fetch(struct inbound *x, bool *again, struct err *err)
{
	struct sync_param id = work_text(x->document);
	struct buf b;
	enum rc rc = work_begin(x->w, err);

	if (rc != RC_OK)
		return rc;
	rc = ask_json(x->w, "select exchange.read_start($1::bigint)", &id, 1,
	    &x->start, err);
	if (rc == RC_OK)
		rc = fetch_bytes(x, err);
	work_undo(x->w); /* nothing was changed */
	if (rc != RC_OK)
		return rc;
	*again =
	    !span_is(span_of(repr_json_str(x->start, "state")), "received");
	buf_init(&b, 16u << 20);
	repr_json_write(repr_json_at(x->start, "agreements"), &b);
	x->agreements = arena_span(x->w->a, buf_span(&b));
	buf_done(&b);
	return RC_OK;
}

static enum rc
read_bytes(struct inbound *x, struct err *err)
{
	struct frame ask = {.kind = SANDBOX_READ,
	    .nparts = 2,
	    .parts = {x->agreements, x->bytes}};
	struct frame answer;
	enum rc rc = sandbox_open(x->w->sandbox, &x->child, err);

	if (rc == RC_OK)
		rc = sandbox_ask(&x->child, &ask, x->w->a, &answer, err);
	if (rc == RC_OK)
		x->result = answer.parts[0];
	return rc;
}

/* The acknowledgement of one interchange, as the child writes it. */
static enum rc
ack_bytes(struct inbound *x, uint32_t index, const json_t *said,
    struct frame *answer, struct err *err)
{
	bool reused = json_is_true(repr_json_at(said, "reused"));
	struct sandbox_ack want = {x->now, index, reused};
	struct frame ask = {.kind = SANDBOX_ACK,
	    .nparts = 2,
	    .parts = {span_make(&want, sizeof want),
		span_of(repr_json_str(said, "ack_control_ref"))}};

	return sandbox_ask(&x->child, &ask, x->w->a, answer, err);
}

static enum rc
store_ack(struct inbound *x, uint32_t index, const json_t *said,
    const struct frame *answer, struct err *err)
{
	struct sync_param params[4];
	json_t *meta = repr_json_object(x->w->a);
	struct buf b;
	enum rc rc;

	repr_json_set_str(
	    meta, "control_ref", repr_json_str(said, "ack_control_ref"));
	repr_json_set(
	    meta, "verdict", repr_json_string(x->w->a, answer->parts[1]));
	buf_init(&b, 4096);
	repr_json_write(meta, &b);
	params[0] = work_text(x->document);
	params[1] = work_text(span_of(arena_printf(x->w->a, "%u", index)));
	params[2] = work_bytes(answer->parts[2]);
	params[3] = work_text(buf_span(&b));
	rc = work_ask(x->w,
	    "select exchange.store_ack($1::bigint, $2::int, $3::bytea, "
	    "$4::jsonb)",
	    params, 4, NULL, err);
	buf_done(&b);
	return rc;
}

static enum rc
acknowledge(struct inbound *x, struct err *err)
{
	const json_t *list = repr_json_at(x->accepted, "interchanges");
	enum rc rc = RC_OK;

	for (uint32_t i = 0; rc == RC_OK && i < json_array_size(list); i++) {
		const json_t *said = json_array_get(list, i);
		const char *kind = repr_json_str(said, "ack");
		struct frame answer;

		if (kind == NULL || strcmp(kind, "none") == 0)
			continue;
		rc = ack_bytes(x, i, said, &answer, err);
		if (rc == RC_OK && answer.parts[2].n)
			rc = store_ack(x, i, said, &answer, err);
	}
	return rc;
}

/* A batch is accepted in portions, each committed. */
static enum rc
accept_portions(struct inbound *x, struct err *err)
{
	struct sync_param params[] = {
	    work_text(x->document), work_text(x->result)};

	for (;;) {
		enum rc rc = work_begin(x->w, err);

		if (rc != RC_OK)
			return rc;
		rc = ask_json(x->w,
		    "select exchange.accept($1::bigint, $2::jsonb)", params, 2,
		    &x->accepted, err);
		if (rc != RC_OK) {
			work_undo(x->w);
			return rc;
		}
		if (!json_is_true(repr_json_at(x->accepted, "more")))
			return RC_OK;
		rc = work_keep(x->w, err);
		if (rc != RC_OK)
			return rc;
	}
}

static enum rc
accept_result(struct inbound *x, struct err *err)
{
	enum rc rc = accept_portions(x, err);

	if (rc != RC_OK)
		return rc;
	rc = acknowledge(x, err);
	crash_point("before_accept_commit");
	if (rc != RC_OK) {
		work_undo(x->w);
		return rc;
	}
	crash_point("before_done");
	rc = work_done(x->w, (struct span){NULL, 0}, err);
	crash_point("after_accept_commit");
	return rc;
}

/* It was given up: quarantine with the reason, and the job is done. */
static enum rc
give_up(struct inbound *x, const struct err *why, struct err *err)
{
	struct sync_param params[] = {
	    work_text(x->document), work_text(span_of(why->text))};
	enum rc rc = work_begin(x->w, err);

	if (rc != RC_OK)
		return rc;
	rc = work_ask(x->w, "select exchange.read_failed($1::bigint, $2)",
	    params, 2, NULL, err);
	if (rc == RC_OK)
		return work_done(x->w, (struct span){NULL, 0}, err);
	work_undo(x->w);
	return rc;
}

/* Trying again cannot help when the reader itself gave up on the bytes. */
static bool
hopeless(const struct inbound *x, enum rc rc, const struct err *err)
{
	if (rc == RC_INPUT && strcmp(err->code, "sandbox.died") == 0)
		return true;
	return rc != RC_AWAY && rc != RC_CONFLICT &&
	       strcmp(err->code, "sandbox.away") != 0 &&
	       x->w->attempt >= ATTEMPTS;
}

enum rc
inbound_read(struct work *w, struct err *err)
{
	struct inbound x = {
	    .w = w, .child = {.in = -1, .out = -1}, .now = clock_wall()};
	struct err why;
	bool again = false;
	enum rc rc;

	x.document = work_input(w, "document");
	rc = fetch(&x, &again, err);
	if (rc == RC_OK && !again)
		rc = read_bytes(&x, err);
	if (rc == RC_OK && again)
		rc = work_begin(w, err);
	if (rc == RC_OK)
		rc = again ? work_done(w, (struct span){NULL, 0}, err)
			   : accept_result(&x, err);
	sandbox_close(&x.child);
	if (rc == RC_OK || !hopeless(&x, rc, err))
		return rc;
	why = *err;
	return give_up(&x, &why, err);
}
