/* SPDX-License-Identifier: Apache-2.0
 *
 * Guides as written: whatever the text is, loading ends in an answer; what
 * loads makes a sample, writes it and reads it.
 */
#include <stdint.h>
#include <stdlib.h>

#include "guide/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char SEGMENTS[] =
    "segments edifact D.96A\n"
    "BGM  C002(1001 an..3, 1000 an..35), 1004 an..35, 1225 an..3\n"
    "DTM  C507!(2005! an..3, 2380 an..35, 2379 an..3)\n"
    "LIN  1082 an..6, 1229 an..3, C212(7140 an..35, 7143 an..3)\n"
    "PIA  4347! an..3, C212!x5(7140 an..35, 7143 an..3)\n"
    "QTY  C186!(6063! an..3, 6060! n..15, 6411 an..3)\n";

static void
use(struct guides *gs, const struct guide *g, struct arena *a)
{
	struct buf sample, bytes;
	struct err err;
	json_t *c;

	buf_init(&sample, 1u << 20);
	buf_init(&bytes, 1u << 20);
	guide_sample(g, &sample);
	if (repr_json_trusted(buf_span(&sample), a, &c, &err) != RC_OK)
		abort();
	json_t *agreement = repr_json_keep(a,
	    json_pack("{s:{s:s},s:{s:s},s:{s:s}}", "ours", "id", "A", "theirs",
		"id", "B", "guides", guide_document(g), guide_name(g)));
	struct document_numbers n = {.interchange = "1"};
	if (agreement && document_write(gs, agreement, c, &n, 0, a, &bytes,
			     NULL, &err) == RC_OK) {
		struct document_options o = {.guide = guide_name(g)};
		buf_reset(&sample);
		if (document_read(gs, buf_span(&bytes), NULL, &o, a, &sample,
			NULL, &err) == RC_OK &&
		    repr_json_trusted(buf_span(&sample), a, &c, &err) != RC_OK)
			abort();
	}
	buf_done(&bytes);
	buf_done(&sample);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct guides *gs = guides_new(a);
	struct err err;

	if (size > 8192)
		return 0;
	if (guides_add(gs, span_of(SEGMENTS), "seg", &err) != RC_OK)
		abort();
	if (guides_add(gs, span_make(data, size), "g", &err) == RC_OK &&
	    guides_count(gs) == 1 && guide_name(guides_at(gs, 0)))
		use(gs, guides_at(gs, 0), a);
	arena_free(a);
	return 0;
}
