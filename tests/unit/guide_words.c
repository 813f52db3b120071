/* SPDX-License-Identifier: Apache-2.0
 *
 * Guides in the words of people: every field of every guide has a word in both
 * languages.
 */
#include "guide_help.h"

#include "guide/rows.h"
#include "repr/text.h"

struct words {
	struct arena *a;
	struct guides *gs;
	struct text *text;
};

static struct words
loaded(void)
{
	struct words w = {.a = arena_new()};
	struct err err;

	if (guides_load("partners", w.a, NULL, &w.gs, &err) != RC_OK ||
	    text_load("assets/text", w.a, &w.text, &err) != RC_OK)
		fail_msg("%s", err.text);
	return w;
}

static bool
spoken(const struct text_locale *l, struct span part)
{
	struct buf b;
	bool known;

	buf_init(&b, 1000);
	known = guide_spoken(l, part, &b) && b.n > 0;
	buf_done(&b);
	return known;
}

static void
every_field_has_a_word(void **state)
{
	struct words w = loaded();
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < guides_count(w.gs); i++) {
		const struct guide *g = guides_at(w.gs, i);
		for (uint16_t k = 0; k < g->nslots; k++)
			for (uint8_t p = 0; p < g->slots[k].nparts; p++) {
				struct span part = g->slots[k].parts[p];
				if (spoken(text_locale(w.text, "en", NULL),
					part) &&
				    spoken(
					text_locale(w.text, "de", NULL), part))
					continue;
				bad++;
				print_message("%s: no word for %.*s\n",
				    guide_name(g), (int)part.n, part.p);
			}
	}
	assert_int_equal(bad, 0);
	arena_free(w.a);
}

static void
every_kind_of_document_has_a_name(void **state)
{
	struct words w = loaded();

	(void)state;
	for (size_t i = 0; i < guides_count(w.gs); i++) {
		const char *type = guide_document(guides_at(w.gs, i));
		if (!text_has(w.text,
			span_of(arena_printf(w.a, "guide.document.%s", type))))
			fail_msg("no name for documents %s", type);
	}
	arena_free(w.a);
}

static const char *
meaning(struct words *w, const char *lang, const char *field)
{
	struct buf b;

	buf_init(&b, 1000);
	guide_meaning(text_locale(w->text, lang, NULL), span_of(field), &b);
	const char *s = arena_str(w->a, buf_span(&b));
	buf_done(&b);
	return s;
}

static void
fields_are_said_in_words(void **state)
{
	struct words w = loaded();

	(void)state;
	assert_string_equal(
	    meaning(&w, "en", "parties.buyer.address.city"), "buyer, city");
	assert_string_equal(
	    meaning(&w, "de", "parties.buyer.address.city"), "Käufer, Ort");
	assert_string_equal(meaning(&w, "en", "refs[kind=contract].number"),
	    "references, contract, number");
	assert_string_equal(meaning(&w, "de", "lines[]"), "Positionen");
	assert_string_equal(meaning(&w, "de", "/currency"), "Währung");
	assert_string_equal(meaning(&w, "en", "item.gtin"), "GTIN");
	arena_free(w.a);
}

static void
pages_speak_their_language(void **state)
{
	struct words w = loaded();
	const struct guide *g =
	    guides_named(w.gs, span_of("edifact/orders-d96a"));
	struct buf page;
	struct err err;

	(void)state;
	buf_init(&page, 1u << 24);
	assert_int_equal(guide_page(w.gs, g, "de",
			     text_locale(w.text, "de", NULL), &page, &err),
	    RC_OK);
	assert_true(span_find_str(buf_span(&page),
			"Bestellung. Die Nachricht nennt sich ORDERS D.96A "
			"UN; ") < page.n);
	assert_true(span_find_str(buf_span(&page),
			"| Käufer, Ort `parties.buyer.address.city` | "
			"Text, höchstens 35 |") < page.n);
	assert_true(span_find_str(buf_span(&page), "\n## Muster\n") < page.n);
	buf_done(&page);
	arena_free(w.a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_field_has_a_word),
	    cmocka_unit_test(every_kind_of_document_has_a_name),
	    cmocka_unit_test(fields_are_said_in_words),
	    cmocka_unit_test(pages_speak_their_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
