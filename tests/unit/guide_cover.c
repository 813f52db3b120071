/* SPDX-License-Identifier: Apache-2.0
 *
 * Which parts of a guide documents have used.
 */
#include "guide_help.h"

#define GUIDE                                                                  \
	"guide TEST edifact D.96A\n"                                           \
	"document test\n"                                                      \
	"segments seg\n"                                                       \
	"map kind\n"                                                           \
	"  220 = standard\n"                                                   \
	"  224 = rush\n"                                                       \
	"  9 < other\n"                                                        \
	"BGM M\n"                                                              \
	"  1001 O kind map kind\n"                                             \
	"  1004 M number\n"                                                    \
	"group 1 RFF+CT O contract\n"                                          \
	"group 1 RFF 0..3\n"                                                   \
	"NAD+BY O parties.buyer\n"                                             \
	"  3039 O gln when 3055 = 9\n"                                         \
	"  3039 O duns when 3055 = 16\n"

#define SEGMENTS                                                               \
	"segments edifact D.96A\n"                                             \
	"BGM  C002(1001 an..3), 1004 an..35, 1225 an..3\n"                     \
	"RFF  C506!(1153! an..3, 1154 an..35)\n"                               \
	"NAD  3035! an..3, C082(3039! an..35, 1131 an..3, 3055 an..3)\n"

static struct guide_coverage
coverage(const char *body, struct buf *unused)
{
	struct box b = box_new();
	struct guide_coverage sum;
	struct document_options o = {.guide = "test"};
	struct buf out;
	struct err err;

	box_add(&b, "seg", SEGMENTS);
	box_add(&b, "test", GUIDE);
	o.cover = guide_cover_new(b.a);
	buf_init(&out, 1u << 20);
	if (document_read(b.gs,
		span_of(arena_printf(b.a,
		    "UNB+UNOC:3+A+B+260101:1200+1'UNH+1+TEST:D:96A:UN'%s"
		    "UNT+9+1'UNZ+1+1'",
		    body)),
		NULL, &o, b.a, &out, NULL, &err) != RC_OK)
		fail_msg("%s", err.text);
	sum = guide_coverage(
	    guides_named(b.gs, span_of("test")), o.cover, unused);
	buf_done(&out);
	box_free(&b);
	return sum;
}

static void
what_was_read_counts(void **state)
{
	struct buf unused;
	struct guide_coverage c;

	(void)state;
	buf_init(&unused, 65536);
	c = coverage("BGM+220+1'NAD+BY+1::9'", &unused);
	assert_int_equal(c.places, 3);
	assert_int_equal(c.places_used, 2);
	assert_int_equal(c.values, 5);
	assert_int_equal(c.values_used, 3);
	assert_int_equal(c.codes, 2);
	assert_int_equal(c.codes_used, 1);
	assert_string_equal(unused.p,
	    "code BGM 1001: 224\n"
	    "place 1:RFF+CT\n"
	    "value 1:RFF+CT 1154 `contract`\n"
	    "value NAD+BY 3039 `parties.buyer.duns` if 3055 = 16\n");
	buf_done(&unused);
}

static void
everything_may_be_used(void **state)
{
	struct buf unused;
	struct guide_coverage c;

	(void)state;
	buf_init(&unused, 65536);
	c = coverage("BGM+220+1'RFF+CT:2'RFF+ZZZ:3'NAD+BY+1::9'", &unused);
	assert_int_equal(c.places_used, 3);
	assert_int_equal(c.values_used, 4);
	c = coverage("", NULL);
	assert_int_equal(c.places_used + c.values_used + c.codes_used, 0);
	buf_done(&unused);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_read_counts),
	    cmocka_unit_test(everything_may_be_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
