/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents from outside, read by the project's guides: the result is JSON
 * whatever the bytes are, and the same from a reader that has read all inputs
 * before; an accepted message that can be written is read again to the same.
 * Run in the checkout, where partners/ is.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guide/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct guides *
guides(void)
{
	static struct guides *gs;
	struct err err;

	if (!gs &&
	    guides_load("partners", arena_new(), NULL, &gs, &err) != RC_OK) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	return gs;
}

static void
write_again(struct guides *gs, const json_t *m, struct arena *a)
{
	const char *name = repr_json_str(m, "guide");
	const json_t *c = json_object_get(m, "canonical");
	struct document_numbers n = {.interchange = "1"};
	struct buf bytes;
	struct err err;

	if (!name || !c || strcmp(repr_json_str(m, "verdict"), "accepted"))
		return;
	json_t *agreement = repr_json_keep(a,
	    json_pack("{s:{s:s},s:{s:s},s:{s:s}}", "ours", "id", "A", "theirs",
		"id", "B", "guides", repr_json_str(c, "type"), name));
	buf_init(&bytes, 4u << 20);
	if (document_write(gs, agreement, c, &n, 0, a, &bytes, NULL, &err) ==
	    RC_OK)
		(void)!document_verify(
		    gs, agreement, c, buf_span(&bytes), a, &err);
	buf_done(&bytes);
}

static void
read_again(const struct guides *gs, struct span s, struct span first)
{
	static struct document_reader *d;
	static struct arena *kept;
	struct arena *a = arena_new();
	struct buf out;
	struct err err;

	if (!d)
		d = document_reader_new(gs, kept = arena_new());
	buf_init(&out, 64u << 20);
	if (document_reader_read(d, s, NULL, NULL, a, &out, NULL, &err) !=
		RC_OK ||
	    !span_eq(buf_span(&out), first))
		abort();
	buf_done(&out);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct guides *gs = guides();
	struct buf out;
	struct err err;
	json_t *r;

	if (size > 65536)
		return 0;
	buf_init(&out, 64u << 20);
	if (document_read(gs, span_make(data, size), NULL, NULL, a, &out, NULL,
		&err) == RC_OK) {
		if (repr_json_trusted(buf_span(&out), a, &r, &err) != RC_OK)
			abort();
		read_again(gs, span_make(data, size), buf_span(&out));
		const json_t *m = repr_json_at(r, "interchanges.0.messages.0");
		if (m)
			write_again(gs, m, a);
	}
	buf_done(&out);
	arena_free(a);
	return 0;
}
