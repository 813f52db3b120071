/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents cross from one family to another through the canonical form: what
 * a guide's sample says, each other guide of the same kind of document says
 * too, apart from what it declares lost.
 */
#include "guide_help.h"

static struct box
loaded(void)
{
	struct box b = {.a = arena_new()};
	struct err err;

	if (guides_load("partners", b.a, NULL, &b.gs, &err) != RC_OK)
		fail_msg("%s", err.text);
	return b;
}

/* A partner's wishes go beyond what others of the family say. */
static bool
of_partner(const struct guide *g)
{
	size_t slash = span_find(span_of(guide_name(g)), '/');

	return !span_is(span_sub(span_of(guide_name(g)), 0, slash),
	    edi_family_name(guide_family(g)));
}

/* What the sample of a guide says once it has been a document. */
static const json_t *
said(struct box *b, const struct guide *g)
{
	struct buf sample;

	buf_init(&sample, 1u << 20);
	guide_sample(g, &sample);
	struct span bytes = box_round(b, g, box_json(b, buf_span(&sample)));
	buf_done(&sample);
	(void)box_read_file(b, bytes, guide_name(g), NULL, NULL);
	return b->canonical;
}

static void
what_one_guide_says_the_others_of_its_kind_say_too(void **state)
{
	struct box b = loaded();
	size_t pairs = 0, bad = 0;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *from = guides_at(b.gs, i);
		if (of_partner(from))
			continue;
		const json_t *c = said(&b, from);
		for (size_t k = 0; k < guides_count(b.gs); k++) {
			const struct guide *to = guides_at(b.gs, k);
			struct span bytes;
			struct err err;
			if (from == to || of_partner(to) ||
			    strcmp(guide_document(from), guide_document(to)))
				continue;
			pairs++;
			if (box_write(&b, to, c, &bytes, &err) == RC_OK &&
			    document_verify(b.gs, box_agreement(&b, to), c,
				bytes, b.a, &err) == RC_OK)
				continue;
			bad++;
			print_message("%s to %s: %s\n", guide_name(from),
			    guide_name(to), err.text);
		}
	}
	assert_int_equal(bad, 0);
	assert_true(pairs > 20);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		what_one_guide_says_the_others_of_its_kind_say_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
