/* SPDX-License-Identifier: Apache-2.0
 *
 * Business answers say in words what was found, in characters and a length
 * that their format carries: what is explained here is written and read back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "exchange/explain.h"
#include "guide/document.h"

#define CANONICAL                                                              \
	"{\"type\":\"ack\",\"level\":\"business\",\"number\":\"D-1-1\","       \
	"\"issue_date\":\"2026-11-22\",\"verdict\":\"rejected\","              \
	"\"of\":{\"standard\":\"%s\",\"type\":\"order\",\"number\":\"N-1\","   \
	"\"control_ref\":\"77\",\"date\":\"2026-11-20\"},"                     \
	"\"order_number\":\"N-1\",\"parties\":{\"sender\":"                    \
	"{\"gln\":\"2900000000018\",\"name\":\"Kontor\"},\"receiver\":"        \
	"{\"gln\":\"2900000000117\",\"name\":\"Nordlicht\"}},"                 \
	"\"findings\":[{\"rule\":\"%s\",\"code\":\"P1019\",\"line_id\":\"2\"," \
	"\"verdict\":\"rejected\",\"severity\":\"error\","                     \
	"\"pointer\":\"/lines/1/"                                              \
	"item\",\"found\":\"4711*\xC3\x96l~\xE2\x98\x83"                       \
	"\",\"expected\":\"12\",\"args\":{\"line\":\"2\",\"order\":\"A-9\"}}]" \
	"}"

#define START                                                                  \
	"{\"family\":\"%s\",\"agreement\":{\"family\":\"%s\",\"direction\":"   \
	"\"in\",\"ours\":{\"id\":\"R\",\"qualifier\":\"ZZ\"},\"theirs\":"      \
	"{\"id\":\"S\",\"qualifier\":\"ZZ\"},\"guides\":{},\"answer\":"        \
	"{\"family\":\"%s\",\"guides\":{\"ack\":\"%s\"}},\"options\":{}},"     \
	"\"canonical\":" CANONICAL "}"

struct suite {
	struct arena *a;
	struct text *t;
	struct guides *gs;
};

static const struct {
	const char *family, *guide;
} WAYS[] = {
    {"edifact", "edifact/aperak-d96a"},
    {"edifact", "edifact/aperak-d01b"},
    {"x12", "x12/824-004010"},
    {"x12", "x12/824-005010"},
    {"ubl", "ubl/application-response-2.1"},
};
#define NWAYS (sizeof WAYS / sizeof *WAYS)
#define UBL 4 /* which answers whatever was found */

static int
begin(void **state)
{
	static struct suite s;
	struct err err = {.rc = RC_OK};

	s.a = arena_new();
	*state = &s;
	if (text_load("assets/text", s.a, &s.t, &err) == RC_OK &&
	    guides_load("partners", s.a, NULL, &s.gs, &err) == RC_OK)
		return 0;
	print_error("%s: %s\n", err.code, err.text);
	return 1;
}

static int
end(void **state)
{
	struct suite *s = *state;

	arena_free(s->a);
	return 0;
}

static json_t *
explained(
    const struct suite *s, size_t way, const char *rule, const char *language)
{
	const char *family = WAYS[way].family;
	const char *text = arena_printf(
	    s->a, START, family, family, family, WAYS[way].guide, family, rule);
	json_t *start;

	assert_int_equal(
	    repr_json_read(span_of(text), s->a, &start, NULL), RC_OK);
	explain_findings(text_locale(s->t, language, NULL), start, s->a);
	return start;
}

static const char *
said(const json_t *start)
{
	const json_t *list = repr_json_at(start, "canonical.findings");
	const char *text = repr_json_str(json_array_get(list, 0), "text");

	assert_non_null(text);
	return text;
}

static void
an_answer_speaks_the_partners_language(void **state)
{
	json_t *start = explained(*state, 0, "business.item_unknown", "de");
	const json_t *f =
	    json_array_get(repr_json_at(start, "canonical.findings"), 0);

	assert_non_null(strstr(said(start), "Artikel"));
	assert_non_null(strstr(said(start), "4711"));
	assert_null(json_object_get(f, "args"));
	assert_null(json_object_get(f, "found"));
	start = explained(*state, 0, "business.item_unknown", "en");
	assert_non_null(strstr(said(start), "item"));
}

/* In characters: a snowman is none of Latin-1, an umlaut none of X12. */
static void
only_what_the_format_carries_is_said(void **state)
{
	const char *edifact =
	    said(explained(*state, 0, "business.item_unknown", "de"));
	const char *x12 =
	    said(explained(*state, 2, "business.item_unknown", "de"));
	const char *ubl =
	    said(explained(*state, 4, "business.item_unknown", "de"));

	assert_non_null(strstr(edifact, "4711*\xC3\x96l~?"));
	assert_non_null(strstr(x12, "4711 Oel ?"));
	assert_non_null(strstr(ubl, "4711*\xC3\x96l~\xE2\x98\x83"));
}

/* Every rule of business in every format, all others in UBL; in both
 * languages. */
static void
write_one(struct suite *s, size_t way, const char *rule, const char *language)
{
	json_t *start = explained(s, way, rule, language);
	const json_t *agreement = repr_json_at(start, "agreement");
	const json_t *canonical = repr_json_at(start, "canonical");
	struct document_numbers numbers = {.interchange = "17"};
	struct err err = {.rc = RC_OK};
	struct arena *a = arena_new();
	struct buf out;
	enum rc rc;

	if (way < 2)
		assert_true(utf8_length(span_of(said(start))) <= 350);
	buf_init(&out, 1u << 20);
	rc = document_write(s->gs, agreement, canonical, &numbers,
	    1795312800000000, a, &out, NULL, &err);
	if (rc == RC_OK)
		rc = document_verify(
		    s->gs, agreement, canonical, buf_span(&out), a, &err);
	if (rc != RC_OK)
		fail_msg("%s %s %s: %s\n%s", WAYS[way].guide, rule, language,
		    err.text, said(start));
	buf_done(&out);
	arena_free(a);
}

struct rules {
	struct suite *s;
	size_t n;
};

static void
each_rule(void *arg, const char *key)
{
	struct rules *r = arg;
	struct span rule = span_of(key);

	if (!span_starts(rule, "finding.") || !span_ends(rule, ".what"))
		return;
	rule = span_sub(rule, 8, rule.n - 13);
	r->n++;
	for (size_t i = span_starts(rule, "business.") ? 0 : UBL; i < NWAYS;
	     i++) {
		write_one(r->s, i, arena_str(r->s->a, rule), "en");
		write_one(r->s, i, arena_str(r->s->a, rule), "de");
	}
}

static void
every_explanation_is_written_and_read_back(void **state)
{
	struct rules r = {.s = *state};

	text_each(r.s->t, each_rule, &r);
	assert_true(r.n > 100);
}

static void
other_documents_are_left_alone(void **state)
{
	struct suite *s = *state;
	json_t *start;

	assert_int_equal(
	    repr_json_read(
		span_of("{\"family\":\"edifact\",\"canonical\":{\"type\":"
			"\"order\",\"findings\":[{\"rule\":\"x\"}]}}"),
		s->a, &start, NULL),
	    RC_OK);
	explain_findings(text_locale(s->t, "en", NULL), start, s->a);
	assert_null(json_object_get(
	    json_array_get(repr_json_at(start, "canonical.findings"), 0),
	    "text"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_speaks_the_partners_language),
	    cmocka_unit_test(only_what_the_format_carries_is_said),
	    cmocka_unit_test(every_explanation_is_written_and_read_back),
	    cmocka_unit_test(other_documents_are_left_alone),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
