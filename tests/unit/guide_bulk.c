/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents that are allowed to be large and are: nothing is left out without
 * a word, and no more memory is taken than the bytes ask for.
 */
#include "guide_help.h"

#include <sys/resource.h>

#define SERIALS 30000
#define PIECES 10000
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(long_lists_are_whole),
	    cmocka_unit_test(joined_pieces_cost_what_they_are_long),
	    cmocka_unit_test(too_many_are_said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
