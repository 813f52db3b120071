/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the child: reads one document, answers its interchanges, or writes
 * one and reads it back.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edi/ack.h"
#include "exchange/sandbox_inside.h"
#include "guide/agreement.h"

#define ASK_MAX (64u << 20)
#define RESULT_MAX (128u << 20)
#define WRITTEN_MAX (10u << 20)

struct child {
	const struct zygote *z;
	struct arena *a;
	struct document_reader *reader;
	struct edi_file *file; /* of the document read */
	struct buf out;
};

static void
answer(uint32_t kind, uint32_t n, struct span one, struct span two,
    struct span three)
{
	struct frame f = {
	    .kind = kind, .nparts = n, .parts = {one, two, three}};
	struct err err;

	if (frame_write(1, &f, 0, &err) != RC_OK)
		_exit(0);
}

static void
answer_error(const struct err *err, struct span findings)
{
	answer(
	    SANDBOX_ERROR, 3, span_of(err->code), span_of(err->text), findings);
}

static void
serve_read(struct child *c, const struct frame *ask)
{
	struct edi_limits limits = EDI_LIMITS;
	struct document_options o = {.limits = &limits,
	    .schemas = c->z->o->schemas,
	    .own_schemas = c->z->o->own_schemas,
	    .partner_known = true,
	    .need_guide = true};
	json_t *agreements = NULL;
	struct err err;

	limits.bytes = c->z->o->document_bytes;
	buf_reset(&c->out);
	if (repr_json_trusted(ask->parts[0], c->a, &agreements, &err) !=
		RC_OK ||
	    document_reader_read(c->reader, ask->parts[1], agreements, &o, c->a,
		&c->out, &c->file, &err) != RC_OK) {
		answer_error(&err, span_of("[]"));
		return;
	}
	answer(SANDBOX_READ, 1, buf_span(&c->out), span_of(""), span_of(""));
}

static void
serve_ack(struct child *c, const struct frame *ask)
{
	struct sandbox_ack want;
	struct edi_ack_options o;
	struct edi_interchange *ix;
	struct err err;

	memcpy(&want, ask->parts[0].p, sizeof want);
	if (want.index >= c->file->ninterchanges)
		_exit(2);
	o = (struct edi_ack_options){ask->parts[1], want.now};
	ix = c->file->interchanges[want.index];
	if (want.reused) {
		(void)edi_find(&ix->findings, EDI_R_INTERCHANGE_DUPLICATE);
		edi_judge(ix);
	}
	buf_reset(&c->out);
	if (edi_ack_write(ix, &o, &c->out, &err) != RC_OK)
		buf_reset(&c->out);
	answer(SANDBOX_ACK, 3, span_of(edi_ack_name(edi_ack_kind(ix))),
	    span_of(edi_verdict_name(ix->verdict)), buf_span(&c->out));
}

static enum rc
write_one(struct child *c, const json_t *start, int64_t now,
    struct edi_findings *findings, const struct guide **by, struct err *err)
{
	const json_t *agreement = repr_json_at(start, "agreement");
	const json_t *canonical = repr_json_at(start, "canonical");
	struct document_numbers numbers = {
	    .interchange = repr_json_str(start, "control.interchange"),
	    .group = repr_json_str(start, "control.group"),
	    .message = repr_json_str(start, "control.message"),
	};
	enum rc rc;

	*by = agreement_writes(c->z->guides, agreement, canonical, c->a);
	rc = document_write(c->z->guides, agreement, canonical, &numbers, now,
	    c->a, &c->out, findings, err);
	if (rc != RC_OK)
		return rc;
	return document_verify(
	    c->z->guides, agreement, canonical, buf_span(&c->out), c->a, err);
}

static void
serve_write(struct child *c, const struct frame *ask)
{
	struct edi_findings findings;
	const struct guide *by = NULL;
	json_t *start = NULL;
	struct err err;
	struct buf said;
	int64_t now = strtoll(arena_str(c->a, ask->parts[1]), NULL, 10);

	edi_findings_init(&findings, c->a, 100);
	buf_reset(&c->out);
	if (repr_json_trusted(ask->parts[0], c->a, &start, &err) == RC_OK &&
	    write_one(c, start, now, &findings, &by, &err) == RC_OK) {
		answer(SANDBOX_WRITE, 2, buf_span(&c->out),
		    span_of(guide_name(by)), span_of(""));
		return;
	}
	buf_init(&said, 1u << 20);
	edi_findings_json(&said, &findings);
	answer_error(&err, buf_span(&said));
	buf_done(&said);
}

static void
serve(struct child *c, const struct frame *ask)
{
	switch ((enum sandbox_kind)ask->kind) {
	case SANDBOX_READ:
		serve_read(c, ask);
		return;
	case SANDBOX_ACK:
		if (c->file != NULL &&
		    ask->parts[0].n == sizeof(struct sandbox_ack)) {
			serve_ack(c, ask);
			return;
		}
		break;
	case SANDBOX_WRITE:
		serve_write(c, ask);
		return;
	case SANDBOX_ERROR:
		break;
	}
	_exit(2);
}

void
sandbox_serve(const struct zygote *z)
{
	struct child c = {.z = z, .a = arena_new()};
	struct frame ask;
	struct err err;

	c.reader = document_reader_new(z->guides, c.a);
	buf_init(&c.out, RESULT_MAX);
	while (frame_read(0, ASK_MAX, 0, c.a, &ask, &err) == RC_OK)
		serve(&c, &ask);
	_exit(0);
}
