/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzz targets of edifact and x12 share.
 */
#ifndef FUZZ_EDI_H
#define FUZZ_EDI_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "edi/ack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_message(void *ctx, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	(void)ctx;
	(void)f;
	(void)ix;
	for (uint32_t i = 0; i < m->nsegments; i++) {
		const struct edi_segment *s = &m->segments[i];
		struct arena *a = arena_new();

		for (unsigned k = 0; k < s->ntokens; k++) {
			if (!utf8_is(edi_token_value(s, &s->tokens[k], a)) &&
			    s->syntax->charset != EDI_UTF8)
				abort();
		}
		for (unsigned e = 0; e <= s->nelements + 1u; e++)
			(void)edi_value(s, e, 2, 2, a);
		arena_free(a);
	}
}

/* What answers it can be read again and is not answered itself. */
static void
fuzz_answer(const struct edi_interchange *ix, struct arena *a)
{
	struct edi_ack_options o = {span_of("42"), 0};
	struct edi_file *back;
	struct buf b;

	buf_init(&b, 64u << 20);
	if (edi_ack_write(ix, &o, &b, NULL) == RC_OK) {
		back = edi_read(buf_span(&b), NULL, a);
		if (back->ninterchanges != 1 ||
		    edi_ack_kind(back->interchanges[0]) != EDI_ACK_NONE)
			abort();
	}
	buf_done(&b);
}

/* Whole and in pieces, by a new reader and by one that has read all inputs
 * before, the same is found. */
static int
fuzz_edi(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span s = span_make(data, size);
	struct edi_options o = {.message = fuzz_message};
	struct edi_file *f = edi_read(s, &o, a), *g;
	static struct edi_reader *r;
	static struct arena *kept;
	size_t step = 1 + (size ? data[size - 1] : 0);

	if (r == NULL)
		r = edi_reader_new(kept = arena_new());
	edi_reader_begin(r, &o, a);
	for (size_t at = 0; at < size; at += step)
		edi_reader_feed(r, span_sub(s, at, step));
	g = edi_reader_end(r);
	if (f->ninterchanges != g->ninterchanges ||
	    f->nmessages != g->nmessages || f->findings.n != g->findings.n ||
	    edi_is_valid(f) != edi_is_valid(g))
		abort();
	for (size_t i = 0; i < f->ninterchanges && i < 8; i++)
		fuzz_answer(f->interchanges[i], a);
	arena_free(a);
	return 0;
}

#endif
