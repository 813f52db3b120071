/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents that are allowed to be large and are: nothing is left out without
 * a word, and no more memory and time is taken than the bytes ask for.
 */
#include "guide_help.h"

#include <sys/resource.h>
#include <time.h>

#define SERIALS 30000
#define PIECES 10000
#define SIBLINGS 60000
#define REPETITIONS 50000
#define PACKAGES 60000
#define PALLETS 100
#define CARTONS 6000
#define LIST                                                                   \
	"segments edifact D.96A\n"                                             \
	"BGM  C002(1001 an..3), 1004 an..35\n"                                 \
	"LIN  1082 an..6\n"                                                    \
	"IMD  7077 an..3, 7081 an..3, 7008 an..100\n"                          \
	"GIN  7405! an..3, 7402 an..35\n"

#define GUIDE                                                                  \
	"guide TEST edifact D.96A\nsegments seg\ndocument test\n"              \
	"BGM M\n  1004 M number\n"                                             \
	"group 25 LIN 1..9 lines[]\n  1082 M line_id\n"                        \
	"  IMD+F 0..3\n    7008 O name join \" \"\n  IMD 0..3\n"               \
	"  GIN+BN 0..* serials[]\n"

static void
guide_of_lists(struct box *b)
{
	box_add(b, "seg", LIST);
	box_add(b, "test", GUIDE);
}

/* A message with one line and n segments that end in a number of 30 digits. */
static void
read_many(struct box *b, const char *begin, unsigned n)
{
	struct buf body;

	buf_init(&body, 8u << 20);
	buf_puts(&body, "BGM+220+1'LIN+1'");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&body, "%s%030u'", begin, i);
	assert_false(body.full);
	box_edifact(b, "test", body.p);
	buf_done(&body);
}

static void
long_lists_are_whole(void **state)
{
	struct box b = box_new();

	(void)state;
	guide_of_lists(&b);
	read_many(&b, "GIN+BN+", SERIALS);
	assert_string_equal(repr_json_str(b.message, "verdict"), "accepted");
	const json_t *serials = repr_json_at(b.canonical, "lines.0.serials");
	assert_int_equal(json_array_size(serials), SERIALS);
	assert_string_equal(
	    json_string_value(json_array_get(serials, SERIALS - 1)),
	    "000000000000000000000000029999");
	box_free(&b);
}

static long
peak_kilobytes(void)
{
	struct rusage use;

	assert_int_equal(getrusage(RUSAGE_SELF, &use), 0);
	return use.ru_maxrss;
}

/* Each piece copied with all before it would be 1.5 GB. */
static void
joined_pieces_cost_what_they_are_long(void **state)
{
	struct box b = box_new();
	long before = peak_kilobytes();

	(void)state;
	guide_of_lists(&b);
	read_many(&b, "IMD+F++", PIECES);
	const char *name =
	    repr_json_str(repr_json_at(b.canonical, "lines.0"), "name");
	assert_non_null(name);
	assert_int_equal(strlen(name), PIECES * 30 + PIECES - 1);
	assert_true(peak_kilobytes() - before < 200L * 1024);
	box_free(&b);
}

/* Too many with a qualifier are too many of the place, too: one fault. */
static void
too_many_are_said_once(void **state)
{
	struct box b = box_new();

	(void)state;
	guide_of_lists(&b);
	read_many(&b, "IMD+F++", 5);
	assert_int_equal(json_array_size(b.findings), 1);
	assert_string_equal(
	    repr_json_str(json_array_get(b.findings, 0), "rule"),
	    "guide.segment.repeat");
	read_many(&b, "IMD+A++", 5);
	assert_int_equal(json_array_size(b.findings), 1);
	box_free(&b);
}

static double
seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Looking for the place of each among all others would take a minute. */
static void
siblings_are_counted_once(void **state)
{
	struct box b = box_new();
	struct buf x;
	double before = seconds();

	(void)state;
	box_add(&b, "test",
	    "guide T xml 1\nroot urn:t\nprefix t urn:t\ndocument test\n"
	    "t:A 1..* lines[]\n  t:B M b\nt:C O c\n");
	buf_init(&x, 8u << 20);
	buf_puts(&x, "<T xmlns='urn:t'>");
	for (unsigned i = 0; i < SIBLINGS; i++)
		buf_puts(&x, "<A><B>1</B></A>");
	buf_puts(&x, "<C>2</C></T>");
	(void)box_read_file(&b, buf_span(&x), "test", NULL, NULL);
	buf_done(&x);
	const json_t *at = json_object_get(b.message, "locators");
	assert_string_equal(
	    repr_json_str(json_object_get(at, "/lines/59999/b"), "xpath"),
	    "/T/A[60000]/B");
	assert_string_equal(
	    repr_json_str(json_object_get(at, "/c"), "xpath"), "/T/C");
	assert_true(seconds() - before < 20);
	box_free(&b);
}

/* Comparing each with all before it would take minutes. */
static void
repetitions_are_found_at_once(void **state)
{
	static const char one[] =
	    "ISA*00*          *00*          *ZZ*S              *ZZ*R           "
	    "   *260101*1200*U*00401*000000001*0*P*>~IEA*0*000000001~";
	struct box b = box_new();
	struct buf x;
	double before = seconds();

	(void)state;
	buf_init(&x, 8u << 20);
	for (unsigned i = 0; i < REPETITIONS; i++)
		buf_puts(&x, one);
	const json_t *r = box_read_file(&b, buf_span(&x), NULL, NULL, NULL);
	buf_done(&x);
	const json_t *last =
	    json_array_get(json_object_get(r, "interchanges"), REPETITIONS - 1);
	assert_string_equal(
	    repr_json_str(repr_json_at(last, "findings.0"), "rule"),
	    "interchange.repeated");
	assert_true(seconds() - before < 20);
	box_free(&b);
}

static struct span
packages_named(struct box *b, const char *how)
{
	struct buf x;

	buf_init(&x, 8u << 20);
	buf_puts(&x, "{\"packages\":[");
	for (unsigned i = 0; i < PACKAGES; i++)
		buf_printf(&x, "%s{\"id\":\"%s%u\"}", i ? "," : "", how, i);
	buf_puts(&x, "]}");
	struct span s = arena_span(b->a, buf_span(&x));
	buf_done(&x);
	return s;
}

/* Asking each name of all before it would take a minute. */
static void
names_are_found_at_once(void **state)
{
	struct box b = box_new();
	struct err err;
	double before = seconds();

	(void)state;
	box_add(&b, "seg",
	    "segments edifact D.96A\nCPS  7164! an..12, 7166 an..12\n");
	box_add(&b, "cps",
	    "guide TEST edifact D.96A\nsegments seg\ndocument test\n"
	    "names packages.id packages.parent lines.package\n"
	    "group 10 CPS 1..* packages[]\n  7164 M id\n");
	assert_int_equal(
	    guide_same(guides_named(b.gs, span_of("cps")),
		packages_named(&b, "a"), packages_named(&b, "b"), &err),
	    RC_OK);
	assert_true(seconds() - before < 15);
	box_free(&b);
}

/* A hundred pallets; the cartons are listed in turn, one of each pallet, with a
 * number or without. Documents that nest have them side by side. */
static const json_t *
cartons(struct box *b, unsigned n, bool numbered)
{
	struct buf x;

	buf_init(&x, 8u << 20);
	buf_puts(&x, "{\"type\":\"despatch\",\"number\":\"D1\",\"function\":"
		     "\"original\",\"issue_date\":\"2026-11-22\","
		     "\"order_number\":\"O1\",\"parties\":{\"buyer\":"
		     "{\"gln\":\"2900000000117\"}},\"packages\":[");
	for (unsigned i = 0; i < PALLETS; i++)
		buf_printf(&x, "%s{\"id\":\"p%u\",\"sscc\":\"%018u\"}",
		    i ? "," : "", i, i);
	for (unsigned i = 0; i < n; i++) {
		buf_printf(
		    &x, ",{\"id\":\"c%u\",\"parent\":\"p%u\"", i, i % PALLETS);
		if (numbered)
			buf_printf(&x, ",\"sscc\":\"%018u\"", PALLETS + i);
		else
			buf_puts(&x, ",\"kind\":\"CT\"");
		buf_putc(&x, '}');
	}
	buf_puts(&x, "],\"lines\":[{\"line_id\":\"1\",\"order_line_id\":"
		     "\"1\",\"order_number\":\"O1\",\"shipped\":\"1\","
		     "\"unit_code\":\"EA\",\"package\":\"p0\",\"item\":"
		     "{\"gtin\":\"4000000000013\"}}]}");
	assert_false(x.full);
	const json_t *c = box_json(b, buf_span(&x));
	buf_done(&x);
	return c;
}

/* Which of them is which must not be tried out one by one: a comparison gives
 * up at as many steps as that would take. */
static void
packages_are_found_wherever_they_stand(void **state)
{
	static const char *const ALL[] = {
	    "ubl/despatch-advice-2.1", "edifact/desadv-d96a", "x12/856-004010"};
	struct box b = box_loaded();

	(void)state;
	const json_t *numbered = cartons(&b, CARTONS, true);
	for (size_t i = 0; i < 3; i++)
		(void)box_round(&b, box_guide(&b, ALL[i]), numbered);
	(void)box_round(&b, box_guide(&b, ALL[0]), cartons(&b, CARTONS, false));
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(long_lists_are_whole),
	    cmocka_unit_test(joined_pieces_cost_what_they_are_long),
	    cmocka_unit_test(too_many_are_said_once),
	    cmocka_unit_test(siblings_are_counted_once),
	    cmocka_unit_test(repetitions_are_found_at_once),
	    cmocka_unit_test(names_are_found_at_once),
	    cmocka_unit_test(packages_are_found_wherever_they_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
