/* SPDX-License-Identifier: Apache-2.0
 *
 * Every rule says in every language what happened, why it matters and what to
 * do, and no sentence shows a brace: neither when a finding carries nothing
 * but its rule nor when it carries everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "edi/finding.h"
#include "repr/text.h"

static const char *const LANGUAGES[] = {"en", "de"};
static const char *const PARTS[] = {"what", "why", "do"};

static const char BARE[] = "{}";
static const char FULL[] =
    "{\"found\":\"4711\",\"expected\":\"4712\",\"tag\":\"QTY\","
    "\"position\":7,\"element\":2,\"component\":1,\"name\":\"Quantity\","
    "\"path\":\"/lines/0\",\"message\":\"broken\",\"character\":\"U+00E4\","
    "\"line\":\"10\",\"order\":\"SO-1\",\"document\":\"D-1\","
    "\"receiver\":\"14:1\",\"reason\":\"broken\",\"most\":\"5\","
    "\"check\":\"one\",\"kind\":\"cut\",\"en\":\"A sentence.\",\"de\":\"Ein "
    "Satz.\"}";

struct suite {
	struct arena *a;
	struct text *t;
};

static int
load(void **state)
{
	static struct suite s;
	struct err err = {.rc = RC_OK};

	s.a = arena_new();
	*state = &s;
	if (text_load("assets/text", s.a, &s.t, &err) == RC_OK)
		return 0;
	(void)fprintf(stderr, "%s: %s\n", err.code, err.text);
	return 1;
}

static int
unload(void **state)
{
	struct suite *s = *state;

	arena_free(s->a);
	return 0;
}

/* Says what is wrong with the sentence, if anything. */
static size_t
faults(const struct suite *s, const char *language, const char *key,
    const char *args)
{
	const struct text_locale *l = text_locale(s->t, language, "UTC");
	struct buf b;
	json_t *v;
	size_t n = 0;

	buf_init(&b, 4000);
	assert_int_equal(repr_json_read(span_of(args), s->a, &v, NULL), RC_OK);
	if (!text_format_json(l, key, v, &b) || b.n == 0) {
		print_message("%s: no %s\n", language, key);
		n = 1;
	} else if (strpbrk(b.p, "{}") || strstr(b.p, "  ")) {
		print_message("%s: %s: %s\n", language, key, b.p);
		n = 1;
	}
	buf_done(&b);
	return n;
}

static size_t
rule_faults(const struct suite *s, const char *rule, const char *args)
{
	size_t n = 0;
	char key[120];

	for (size_t l = 0; l < sizeof LANGUAGES / sizeof *LANGUAGES; l++) {
		for (size_t p = 0; p < sizeof PARTS / sizeof *PARTS; p++) {
			(void)snprintf(
			    key, sizeof key, "finding.%s.%s", rule, PARTS[p]);
			n += faults(s, LANGUAGES[l], key, args);
		}
	}
	return n;
}

static void
every_rule_speaks_with_nothing_but_its_name(void **state)
{
	size_t n = 0;

	for (size_t i = 0; i < EDI_R_COUNT; i++)
		n += rule_faults(*state, EDI_RULES[i].id, BARE);
	assert_int_equal(n, 0);
}

static void
every_rule_speaks_with_all_values(void **state)
{
	size_t n = 0;

	for (size_t i = 0; i < EDI_R_COUNT; i++)
		n += rule_faults(*state, EDI_RULES[i].id, FULL);
	assert_int_equal(n, 0);
}

/* Partners keep lists of the codes that docs/rules.md names. */
static void
every_rule_has_the_code_that_is_published(void **state)
{
	const struct suite *s = *state;
	struct span doc;
	struct err err;

	assert_int_equal(
	    file_read("docs/rules.md", 4u << 20, s->a, &doc, &err), RC_OK);
	for (size_t i = 0; i < EDI_R_COUNT; i++) {
		const struct edi_rule *r = &EDI_RULES[i];
		char code[EDI_CODE_MAX];
		size_t at =
		    span_find_str(doc, arena_printf(s->a, "### %s\n\n", r->id));
		struct span line = span_sub(doc, at, doc.n);

		line = span_sub(line, 0, span_find_str(line, "Fixture"));
		if (at == doc.n ||
		    span_find_str(line, arena_printf(s->a, " %s. ",
					    edi_rule_code(r, code))) == line.n)
			fail_msg("%s: %s", r->id, code);
	}
}

static void
a_code_tells_the_list_it_comes_from(void **state)
{
	static const struct {
		enum edi_rule_id rule;
		const char *code;
	} known[] = {{EDI_R_GUIDE_VALUE_DATE, "P0012"},
	    {EDI_R_GUIDE_VALUE_LONG, "P0039"}, {EDI_R_ISA_SENDER, "P0106"},
	    {EDI_R_HL_PARENT, "P0407"}, {EDI_R_ST_DUPLICATE, "P0523"},
	    {EDI_R_GE_COUNT, "P0905"}, {EDI_R_FILE_BOM, "P1000"}};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		char code[EDI_CODE_MAX];

		assert_string_equal(
		    edi_rule_code(&EDI_RULES[known[i].rule], code),
		    known[i].code);
	}
}

/* A rule that nobody knows any more still says something. */
static void
an_unknown_rule_has_sentences_too(void **state)
{
	assert_int_equal(rule_faults(*state, "any", "{\"rule\":\"gone\"}"), 0);
}

static void
a_guide_speaks_the_language_of_the_reader(void **state)
{
	const struct suite *s = *state;
	struct buf b;
	json_t *v;

	assert_int_equal(repr_json_read(span_of(FULL), s->a, &v, NULL), RC_OK);
	buf_init(&b, 4000);
	assert_true(text_format_json(text_locale(s->t, "de", "UTC"),
	    "finding.guide.assert.what", v, &b));
	assert_string_equal(b.p, "Ein Satz.");
	buf_reset(&b);
	assert_true(text_format_json(text_locale(s->t, "en", "UTC"),
	    "finding.guide.assert.what", v, &b));
	assert_string_equal(b.p, "A sentence.");
	buf_done(&b);
}

/* A sentence about a rule that is gone would be kept for ever. */
static void
seen(void *arg, const char *key)
{
	size_t *n = arg;
	struct span rule = span_of(key);
	struct span prefix = span_of("finding.");

	if (!span_starts(rule, "finding.") ||
	    span_starts(rule, "finding.any.") ||
	    span_starts(rule, "finding.business.") ||
	    span_starts(rule, "finding.theirs.") ||
	    span_starts(rule, "finding.document."))
		return;
	rule = span_sub(rule, prefix.n, rule.n - prefix.n);
	for (size_t p = 0; p < sizeof PARTS / sizeof *PARTS; p++) {
		size_t tail = strlen(PARTS[p]) + 1;

		if (rule.n > tail && rule.p[rule.n - tail] == '.' &&
		    span_ends(rule, PARTS[p])) {
			if (edi_rule(span_sub(rule, 0, rule.n - tail)) ==
			    NULL) {
				print_message("no rule for %s\n", key);
				++*n;
			}
			return;
		}
	}
}

static void
no_sentence_is_left_of_a_rule_that_is_gone(void **state)
{
	const struct suite *s = *state;
	size_t n = 0;

	text_each(s->t, seen, &n);
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_rule_speaks_with_nothing_but_its_name),
	    cmocka_unit_test(every_rule_speaks_with_all_values),
	    cmocka_unit_test(every_rule_has_the_code_that_is_published),
	    cmocka_unit_test(a_code_tells_the_list_it_comes_from),
	    cmocka_unit_test(an_unknown_rule_has_sentences_too),
	    cmocka_unit_test(a_guide_speaks_the_language_of_the_reader),
	    cmocka_unit_test(no_sentence_is_left_of_a_rule_that_is_gone),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
