/* SPDX-License-Identifier: Apache-2.0
 *
 * The notation of guides, piece by piece, in both directions.
 */
#include "guide_help.h"

#define SEGMENTS                                                               \
	"segments edifact D.96A\n"                                             \
	"BGM  C002(1001 an..3, 1131 an..3, 3055 an..3, 1000 an..35), "         \
	"1004 an..35, 1225 an..3, 4343 an..3\n"                                \
	"DTM  C507!(2005! an..3, 2380 an..35, 2379 an..3)\n"                   \
	"RFF  C506!(1153! an..3, 1154 an..35, 1156 an..6)\n"                   \
	"NAD  3035! an..3, C082(3039! an..35, 1131 an..3, 3055 an..3), "       \
	"C058(3124! an..35), C080(3036! an..10, 3036 an..10, 3036 an..10), "   \
	"C059(3042! an..35, 3042 an..35)\n"                                    \
	"FTX  4451! an..3, 4453 an..3, C107(4441! an..3), "                    \
	"C108(4440! an..10, 4440 an..10, 4440 an..10), 3453 an..3\n"           \
	"LIN  1082 an..6, 1229 an..3, C212(7140 an..35, 7143 an..3)\n"         \
	"PIA  4347! an..3, C212!(7140 an..35, 7143 an..3), "                   \
	"C212x4(7140 an..35, 7143 an..3)\n"                                    \
	"QTY  C186!(6063! an..3, 6060! n..15, 6411 an..3)\n"                   \
	"MOA  C516!(5025! an..3, 5004 n..18, 6345 an..3)\n"                    \
	"CNT  C270!(6069! an..3, 6066! n..18)\n"                               \
	"UNS  0081! a1\n"

#define HEAD                                                                   \
	"guide TEST edifact D.96A\n"                                           \
	"segments seg\n"                                                       \
	"document test\n"

#define ORDER                                                                  \
	HEAD "map kind\n"                                                      \
	     "  220 = standard\n"                                              \
	     "  105 > standard\n"                                              \
	     "  others warn\n"                                                 \
	     "BGM M\n"                                                         \
	     "  C002.1001 O kind map kind\n"                                   \
	     "  1004 M number\n"                                               \
	     "DTM+137 M issue_date date 102 203\n"                             \
	     "DTM+2 O requested_date date 102\n"                               \
	     "DTM 1..5\n"                                                      \
	     "group 1 RFF+CT 0..2 refs[kind=contract].number\n"                \
	     "  DTM 0..1\n"                                                    \
	     "group 1 RFF 0..3\n"                                              \
	     "  DTM 0..1\n"                                                    \
	     "group 2 NAD+BY M parties.buyer\n"                                \
	     "  3039 O gln when 3055 = 9\n"                                    \
	     "  3039 O own_id when 3055 in 91 92\n"                            \
	     "  3036 O name join \" \"\n"                                      \
	     "  3042 O street[]\n"                                             \
	     "group 2 NAD 0..5\n"                                              \
	     "group 25 LIN 1..9 lines[]\n"                                     \
	     "  1082 M line_id\n"                                              \
	     "  PIA+1 O\n"                                                     \
	     "    repeat C212 1..5\n"                                          \
	     "      7140 O item.buyers when 7143 = IN\n"                       \
	     "      7140 O item.sellers when 7143 = SA\n"                      \
	     "  QTY+21 M\n"                                                    \
	     "    6060 M ordered decimal 9.3\n"                                \
	     "    6411 O unit\n"                                               \
	     "  FTX+AAI 0..2 text[]\n"                                         \
	     "    4440 M value join \"\\n\"\n"                                 \
	     "UNS+S M\n"                                                       \
	     "MOA+86 O total decimal\n"                                        \
	     "CNT+2 O - counts lines\n"

#define BODY                                                                   \
	"BGM+220+4711'DTM+137:20260101:102'NAD+BY+2900000000117::9'"           \
	"LIN+1'QTY+21:5:PCE'UNS+S'"

static struct box
order(void)
{
	struct box b = box_new();

	box_add(&b, "seg", SEGMENTS);
	box_add(&b, "order", ORDER);
	return b;
}

static void
fields_are_read(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order", BODY);
	box_clean(&b);
	assert_field(&b, "kind", "standard");
	assert_field(&b, "number", "4711");
	assert_field(&b, "issue_date", "2026-01-01");
	assert_field(&b, "parties.buyer.gln", "2900000000117");
	assert_field(&b, "lines.0.ordered", "5");
	assert_field(&b, "lines.0.unit", "PCE");
	box_free(&b);
}

static void
order_within_a_place_is_free(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order",
	    "BGM+220+1'DTM+64:20260103:102'DTM+2:20260102:102'"
	    "DTM+137:20260101:102'RFF+XX:9'RFF+CT:7'RFF+CT:8'"
	    "NAD+SU+1::9'NAD+BY+2::9'LIN+1'QTY+21:5'UNS+S'");
	box_clean(&b);
	assert_field(&b, "requested_date", "2026-01-02");
	assert_field(&b, "refs.0.kind", "contract");
	assert_field(&b, "refs.1.number", "8");
	box_free(&b);
}

static void
a_missing_group_is_one_finding(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(
	    &b, "order", "BGM+220+1'DTM+137:20260101:102'NAD+BY+2::9'UNS+S'");
	assert_int_equal(json_array_size(b.findings), 1);
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.group.missing"), "expected"),
	    "LIN");
	box_free(&b);
}

static void
the_missing_first_segment_is_named(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order",
	    "BGM+220+1'DTM+137:20260101:102'NAD+BY+2::9'"
	    "QTY+21:5'FTX+AAI+++still read'UNS+S'");
	assert_int_equal(json_array_size(b.findings), 1);
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.group.missing"), "expected"),
	    "LIN");
	assert_field(&b, "lines.0.ordered", "5");
	assert_field(&b, "lines.0.text.0.value", "still read");
	box_free(&b);
}

static void
a_late_segment_is_named_and_read(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order",
	    "DTM+137:20260101:102'BGM+220+1'NAD+BY+2::9'"
	    "LIN+1'QTY+21:5'UNS+S'");
	assert_int_equal(box_found(&b, "guide.segment.order"), 1);
	assert_int_equal(json_array_size(b.findings), 1);
	assert_field(&b, "number", "1");
	box_free(&b);
}

static void
too_many_are_counted(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order",
	    "BGM+220+1'BGM+220+2'DTM+137:20260101:102'NAD+BY+2::9'"
	    "LIN+1'QTY+21:5'QTY+21:6'UNS+S'");
	assert_int_equal(box_found(&b, "guide.segment.repeat"), 2);
	assert_field(&b, "number", "1");
	box_free(&b);
}

static void
strangers_are_tolerated_unless_strict(void **state)
{
	struct box b = order();
	const char *body = "BGM+220+1'DTM+137:20260101:102'XYZ+1'"
			   "NAD+BY+2::9'LIN+1'QTY+21:5'QTY+99:5'UNS+S'";

	(void)state;
	box_edifact(&b, "order", body);
	assert_int_equal(box_found(&b, "guide.segment.unknown"), 1);
	assert_int_equal(box_found(&b, "guide.segment.qualifier"), 1);
	assert_string_equal(repr_json_str(b.message, "verdict"), "accepted");
	box_add(
	    &b, "strict", "guide TEST edifact D.96A\nextends order\nstrict\n");
	box_edifact(&b, "strict", body);
	assert_int_equal(box_found(&b, "guide.segment.unexpected"), 2);
	assert_string_equal(repr_json_str(b.message, "verdict"), "rejected");
	box_free(&b);
}

static void
values_are_judged(void **state)
{
	static const struct {
		const char *segment, *rule;
	} cases[] = {
	    {"QTY+21:5.1234'", "guide.value.long"},
	    {"QTY+21:1234567890'", "guide.value.long"},
	    {"QTY+21:5.1,2'", "guide.value.mark"},
	    {"QTY+21:.5'", "guide.value.digit"},
	    {"QTY+21:five'", "guide.value.number"},
	    {"QTY+21'", "guide.element.missing"},
	    {"QTY+21:5:ABCD'", "guide.value.long"},
	    {"QTY+21:5:PCE:X'", "guide.component.many"},
	    {"QTY+21:5+X'", "guide.element.many"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box b = order();
		box_edifact(&b, "order",
		    arena_printf(b.a,
			"BGM+220+1'DTM+137:20260101:102'NAD+BY+2::9'"
			"LIN+1'%sUNS+S'",
			cases[i].segment));
		(void)box_finding(&b, cases[i].rule);
		assert_int_equal(json_array_size(b.findings), 1);
		box_free(&b);
	}
}

static void
numbers_become_canonical(void **state)
{
	static const char *const cases[][2] = {{"5", "5"}, {"05", "5"},
	    {"1,50", "1.50"}, {"?+3", "3"}, {"-0,5", "-0.5"}, {"000", "0"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box b = order();
		box_edifact(&b, "order",
		    arena_printf(b.a,
			"BGM+220+1'DTM+137:20260101:102'NAD+BY+2::9'"
			"LIN+1'QTY+21:%s'UNS+S'",
			cases[i][0]));
		box_clean(&b);
		assert_field(&b, "lines.0.ordered", cases[i][1]);
		box_free(&b);
	}
}

static void
dates_have_the_agreed_form(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order",
	    "BGM+220+1'DTM+137:202602281159:203'DTM+2:20260230:102'"
	    "NAD+BY+2::9'LIN+1'QTY+21:5'UNS+S'");
	assert_field(&b, "issue_date", "2026-02-28");
	assert_int_equal(json_array_size(b.findings), 1);
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.value.date"), "found"),
	    "20260230");
	box_edifact(&b, "order",
	    "BGM+220+1'DTM+137:260228:101'NAD+BY+2::9'LIN+1'QTY+21:5'UNS+S'");
	(void)box_finding(&b, "guide.value.date");
	box_free(&b);
}

static void
dates_of_every_form(void **state)
{
	static const char *const cases[][3] = {
	    {"102", "20260131", "2026-01-31"},
	    {"203", "202601312359", "2026-01-31"},
	    {"204", "20260131235959", "2026-01-31"},
	    {"303", "202601312359CET", "2026-01-31"},
	    {"101", "260131", "2026-01-31"},
	    {"101", "990131", "1999-01-31"},
	    {"201", "2601312359", "2026-01-31"},
	    {"718", "20260131-20260215", "2026-01-31"},
	    {"616", "202601", "2025-12-29"},
	    {"616", "202653", "2026-12-28"},
	    {"102", "20260132", NULL},
	    {"102", "2026013", NULL},
	    {"203", "202601312461", NULL},
	    {"616", "202654", NULL},
	    {"999", "20260131", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box b = box_new();
		box_add(&b, "seg", SEGMENTS);
		box_add(&b, "g",
		    HEAD
		    "DTM+2 O day datetime 102 203 204 303 101 201 718 616\n"
		    "DTM+3 O date date\n");
		box_edifact(&b, "g",
		    arena_printf(
			b.a, "DTM+2:%s:%s'", cases[i][1], cases[i][0]));
		if (cases[i][2]) {
			box_clean(&b);
			assert_memory_equal(
			    repr_json_str(b.canonical, "day"), cases[i][2], 10);
		} else {
			assert_int_equal(json_array_size(b.findings), 1);
		}
		box_free(&b);
	}
}

static void
rarer_faults_have_their_rule(void **state)
{
	static const struct {
		const char *line, *segment, *rule;
	} cases[] = {
	    {"  04 O x an3..5\n", "N1*ST*X*9*12~", "guide.value.short"},
	    {"  04 O x a..5\n", "N1*ST*X*9*A1~", "guide.value.character"},
	    {"  04 O x time\n", "N1*ST*X*9*2561~", "guide.value.time"},
	    {"  04 N\n", "N1*ST*X*9*1~", "guide.element.unused"},
	    {"  04 O x n..5\n", "N1*ST*X*9*1.5~", "guide.value.number"},
	    {"  04 M\n", "N1*ST*X~", "guide.element.missing"},
	    {"  04 M x when 03 = 9\n", "N1*ST*X*9~", "guide.element.missing"},
	    {"  03 O - codes 1 9\n", "N1*ST*X*8~", "guide.value.code"},
	    {"", "N1*ST*X>Y~", "guide.component.many"},
	    {"", "N1*ST*X~N1*ST*X~", "guide.segment.repeat"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box b = box_new();
		box_add(&b, "seg",
		    "segments x12 004010\n"
		    "N1 01! id2, 02 an..60, 03 id1..2, 04 an1..80\n");
		box_add(&b, "g",
		    arena_printf(b.a,
			"guide 850 x12 004010\nsegments seg\ncode PO\n"
			"document test\nN1*ST M\n  02 O name\n%s",
			cases[i].line));
		box_x12(&b, "g", cases[i].segment);
		(void)box_finding(&b, cases[i].rule);
		assert_int_equal(json_array_size(b.findings), 1);
		box_free(&b);
	}
}

static void
alternatives_are_chosen_by_condition(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order",
	    "BGM+220+1'DTM+137:20260101:102'NAD+BY+77::91'"
	    "LIN+1'PIA+1+A:SA+B:IN+C:ZZ'QTY+21:5'UNS+S'");
	box_clean(&b);
	assert_field(&b, "parties.buyer.own_id", "77");
	assert_no_field(&b, "parties.buyer.gln");
	assert_field(&b, "lines.0.item.buyers", "B");
	assert_field(&b, "lines.0.item.sellers", "A");
	box_free(&b);
}

static void
full_pieces_run_on(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order",
	    "BGM+220+1'DTM+137:20260101:102'"
	    "NAD+BY+2::9++ABCDEFGHIJ:KL:MN+One:Two'LIN+1'QTY+21:5'"
	    "FTX+AAI+++first:second'UNS+S'");
	assert_field(&b, "parties.buyer.street.1", "Two");
	assert_field(&b, "lines.0.text.0.value", "first\nsecond");
	box_free(&b);
}

static void
long_text_is_cut_and_comes_back(void **state)
{
	struct box b = order();
	json_t *c;

	(void)state;
	c = box_json(
	    &b, span_of("{\"type\":\"test\",\"number\":\"1\",\"issue_date\":"
			"\"2026-01-01\",\"parties\":{\"buyer\":{\"gln\":\"2\","
			"\"name\":\"A name of 25 characters..\",\"street\":"
			"[\"One\",\"Two\"]}},\"lines\":[{\"line_id\":\"1\","
			"\"ordered\":\"5\",\"item\":{\"buyers\":\"B\","
			"\"sellers\":\"S\"},\"text\":[{\"value\":"
			"\"abcdefghijkl\\nsecond\"}]}]}"));
	struct span s = box_round(&b, guides_named(b.gs, span_of("order")), c);
	assert_true(span_find_str(s, "NAD+BY+2::9++A name of :25 charact:ers.."
				     "+One:Two'") < s.n);
	assert_true(span_find_str(s, "PIA+1+B:IN+S:SA'") < s.n);
	assert_true(span_find_str(s, "FTX+AAI+++abcdefghij:kl:second'") < s.n);
	assert_true(span_find_str(s, "CNT+2:1'") < s.n);
	box_free(&b);
}

static void
counts_are_compared_and_repaired(void **state)
{
	struct box b = order();

	(void)state;
	box_edifact(&b, "order", BODY "CNT+2:2'");
	const json_t *f = box_finding(&b, "guide.value.count");
	assert_string_equal(repr_json_str(f, "found"), "2");
	assert_string_equal(repr_json_str(f, "repair"), "1");
	box_free(&b);
}

static void
codes_outside_a_map_follow_its_policy(void **state)
{
	static const struct {
		const char *others, *value, *rule, *verdict;
	} cases[] = {
	    {"refuse", "(absent)", "guide.value.code", "rejected"},
	    {"warn", "(absent)", "guide.value.code", "accepted"},
	    {"drop", "(absent)", NULL, "accepted"},
	    {"keep", "ZZ", "guide.value.unit", "accepted"},
	    {"same", "ZZ", NULL, "accepted"},
	    {"usual", "usual", NULL, "accepted"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box b = box_new();
		box_add(&b, "seg", SEGMENTS);
		box_add(&b, "g",
		    arena_printf(b.a,
			HEAD "map m\n  A = a\n  others %s\n"
			     "BGM M\n  1225 O field map m\n",
			cases[i].others));
		box_edifact(&b, "g", "BGM+220+1+ZZ'");
		assert_field(&b, "field", cases[i].value);
		if (cases[i].rule)
			(void)box_finding(&b, cases[i].rule);
		else
			box_clean(&b);
		assert_string_equal(
		    repr_json_str(b.message, "verdict"), cases[i].verdict);
		box_free(&b);
	}
}

static void
two_lines_of_one_field_must_agree(void **state)
{
	struct box b = box_new();

	(void)state;
	box_add(&b, "seg", SEGMENTS);
	box_add(&b, "g",
	    HEAD "map x\n  29 = AP\n  4 = CA\n"
		 "map y\n  AP = AP\n  CA = CA\n"
		 "BGM M\n  1004 M number\n  1225 O code map x\n"
		 "  4343 O code map y\n");
	box_edifact(&b, "g", "BGM+231+1+29+AP'");
	box_clean(&b);
	box_edifact(&b, "g", "BGM+231+1+29+CA'");
	assert_field(&b, "code", "AP");
	assert_string_equal(
	    repr_json_str(
		box_finding(&b, "guide.value.contradiction"), "severity"),
	    "warning");
	box_free(&b);
}

static void
rules_among_elements(void **state)
{
	static const struct {
		const char *rule, *bad, *good, *finding;
	} cases[] = {
	    {"P 03 04", "N1*ST*X*9~", "N1*ST*X*9*1~",
		"guide.element.condition"},
	    {"R 02 03", "N1*ST~", "N1*ST*X~", "guide.element.condition"},
	    {"E 02 03", "N1*ST*X*9~", "N1*ST*X~", "guide.element.exclusion"},
	    {"C 03 04", "N1*ST**9~", "N1*ST***9~", "guide.element.condition"},
	    {"L 02 03 04", "N1*ST*X~", "N1*ST*X**9~",
		"guide.element.condition"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box b = box_new();
		box_add(&b, "seg",
		    "segments x12 004010\n"
		    "N1 01! id2, 02 an..60, 03 id1..2, 04 an1..80\n");
		box_add(&b, "g",
		    arena_printf(b.a,
			"guide 850 x12 004010\nsegments seg\ncode PO\n"
			"document test\nN1*ST M\n  02 O name\n  rule %s\n",
			cases[i].rule));
		box_x12(&b, "g", cases[i].bad);
		(void)box_finding(&b, cases[i].finding);
		assert_int_equal(json_array_size(b.findings), 1);
		box_x12(&b, "g", cases[i].good);
		box_clean(&b);
		box_free(&b);
	}
}

static void
levels_and_implied_decimals(void **state)
{
	struct box b = box_new();

	(void)state;
	box_add(&b, "seg",
	    "segments x12 004010\nBSN 01! id2, 02! an..30\n"
	    "HL 01! an..12, 02 an..12, 03! id1..2\nPRF 01! an..22\n"
	    "SN1 01 an..20, 02! r..10, 03! id2\nTDS 01! n..15\n"
	    "CTT 01! n..6\n");
	box_add(&b, "g",
	    "guide 856 x12 004010\nsegments seg\ncode SH\ndocument despatch\n"
	    "BSN M\n  01 M - default 00\n  02 M id\n"
	    "loop HL***S M\n  01 M - number\n"
	    "  loop HL***O 1..9 orders[]\n    01 M - number\n    02 M - "
	    "parent\n"
	    "    PRF M\n      01 M number\n"
	    "    loop HL***I 1..9 lines[]\n"
	    "      01 M - number\n      02 M - parent\n"
	    "      SN1 M\n        02 M shipped decimal\n        03 M unit\n"
	    "TDS M\n  01 M total implied 2\n"
	    "CTT O\n  01 M - counts HL\n");
	box_x12(&b, "g",
	    "BSN*00*D1~HL*1**S~HL*2*1*O~PRF*A~HL*3*2*I~SN1**5*EA~"
	    "HL*4*1*O~PRF*B~HL*5*4*I~SN1**6*EA~HL*6*4*I~SN1**7*EA~"
	    "TDS*12345~CTT*6~");
	box_clean(&b);
	assert_field(&b, "orders.1.number", "B");
	assert_field(&b, "orders.1.lines.1.shipped", "7");
	assert_field(&b, "total", "123.45");
	struct span s =
	    box_round(&b, guides_named(b.gs, span_of("g")), b.canonical);
	assert_true(span_find_str(s, "HL*5*4*I~SN1**6*EA~HL*6*4*I~") < s.n);
	assert_true(span_find_str(s, "TDS*12345~CTT*6~") < s.n);
	box_free(&b);
}

static void
asserts_speak_both_languages(void **state)
{
	struct box b = order();

	(void)state;
	box_add(&b, "checked",
	    "guide TEST edifact D.96A\nextends order\n"
	    "25/LIN.1082 M\n"
	    "assert sum error at total when total: total = sum(lines.ordered)\n"
	    "  en The total is {total}.\n  de Die Summe ist {total}.\n"
	    "assert few warning count(lines) <= 1 and not (number = \"9\")\n"
	    "  en Too many.\n  de Zu viele.\n");
	box_edifact(&b, "checked", BODY "MOA+86:5.00'");
	box_clean(&b);
	box_edifact(&b, "checked", BODY "MOA+86:6'");
	const json_t *f = box_finding(&b, "guide.assert");
	assert_string_equal(repr_json_str(f, "args.de"), "Die Summe ist 6.");
	assert_string_equal(repr_json_str(f, "args.check"), "sum");
	assert_string_equal(repr_json_str(f, "found"), "6");
	assert_string_equal(repr_json_str(f, "tag"), "MOA");
	box_free(&b);
}

static void
defaults_fill_what_is_absent(void **state)
{
	struct box b = box_new();

	(void)state;
	box_add(&b, "seg", SEGMENTS);
	box_add(&b, "g",
	    HEAD "set origin paper\n"
		 "BGM M\n  1004 M number\n  1225 O function default 9\n"
		 "group 25 LIN 1..9 lines[]\n  1082 M line_id\n"
		 "  1229 O action\n"
		 "  QTY+21 O ordered decimal\n  QTY+113 O confirmed decimal\n"
		 "  default confirmed = ordered when action != 7\n");
	box_edifact(&b, "g",
	    "BGM++1'LIN+1+5'QTY+21:3'LIN+2+7'QTY+21:3'LIN+3+5'QTY+21:3'"
	    "QTY+113:2'");
	box_clean(&b);
	assert_field(&b, "origin", "paper");
	assert_field(&b, "function", "9");
	assert_field(&b, "lines.0.confirmed", "3");
	assert_no_field(&b, "lines.1.confirmed");
	assert_field(&b, "lines.2.confirmed", "2");
	box_free(&b);
}

static void
partners_override_by_path(void **state)
{
	struct box b = order();

	(void)state;
	box_add(&b, "partner",
	    "guide TEST edifact D.96A\nextends order\n"
	    "map kind adds\n  Z1 = rush\n"
	    "BGM.1004 M number an..4\n"
	    "BGM.1225 M\n"
	    "DTM+2 M\n"
	    "group 1 RFF+AB M branch n2\n"
	    "25/PIA+1 N\n"
	    "group 25 LIN 1..1\n"
	    "  FTX+ZZZ O\n    4440 M label\n");
	box_edifact(&b, "partner",
	    "BGM+Z1+12345'DTM+137:20260101:102'NAD+BY+2::9'"
	    "LIN+1'PIA+1+A:IN'QTY+21:5'LIN+2'QTY+21:5'FTX+ZZZ+++x'UNS+S'");
	assert_field(&b, "kind", "rush");
	assert_field(&b, "lines.1.label", "x");
	assert_int_equal(box_found(&b, "guide.value.long"), 1);
	assert_int_equal(box_found(&b, "guide.element.missing"), 1);
	assert_int_equal(box_found(&b, "guide.segment.missing"), 1);
	assert_int_equal(box_found(&b, "guide.group.missing"), 1);
	assert_int_equal(box_found(&b, "guide.segment.unexpected"), 1);
	assert_int_equal(box_found(&b, "guide.group.repeat"), 1);
	if (json_array_size(b.findings) != 6)
		box_clean(&b);
	box_free(&b);
}

static void
xml_is_checked_and_written(void **state)
{
	struct box b = box_new();

	(void)state;
	box_add(&b, "x",
	    "guide Case xml 1\nroot urn:x\nprefix k urn:x\ndocument case\n"
	    "strict\n"
	    "k:ID M number an..5\n"
	    "k:Part 0..9\n"
	    "  . O own when @scheme = own\n"
	    "  . O gtin when @scheme in 0160 GTIN\n"
	    "k:Product/k:Serial O serial\n"
	    "k:Note 0..* notes[].text\n"
	    "k:Amount O\n  . M amount decimal\n  @currency M currency\n");
#define XML(x) span_of("<Case xmlns=\"urn:x\">" x "</Case>")
	(void)box_read_file(&b,
	    XML("<ID>1</ID><Part scheme=\"GTIN\">4</Part>"
		"<Part scheme=\"own\">7</Part><Product><Serial>S</Serial>"
		"</Product><Note>a &lt; b</Note><Note>c</Note>"
		"<Amount currency=\"EUR\">1.50</Amount>"),
	    "x", NULL, NULL);
	box_clean(&b);
	assert_field(&b, "gtin", "4");
	assert_field(&b, "notes.0.text", "a < b");
	assert_field(&b, "currency", "EUR");
	(void)box_round(&b, guides_named(b.gs, span_of("x")), b.canonical);
	(void)box_read_file(&b,
	    XML("<Note>a</Note><ID>123456</ID><Other/><Amount>1</Amount>"), "x",
	    NULL, NULL);
	assert_int_equal(box_found(&b, "guide.node.unexpected"), 2);
	assert_int_equal(box_found(&b, "guide.value.long"), 1);
	assert_int_equal(box_found(&b, "guide.element.missing"), 1);
	(void)box_read_file(&b, XML(""), "x", NULL, NULL);
	(void)box_finding(&b, "guide.node.missing");
	box_free(&b);
}

static void
the_most_specific_guide_is_taken(void **state)
{
	struct box b = box_new();
	struct edi_message m = {
	    .id = {span_of("TEST"), span_of("D"), span_of("96A"), span_of("UN"),
		span_of("EAN008")}};
	struct span none = {0};

	(void)state;
	box_add(&b, "seg", SEGMENTS);
	box_add(&b, "plain", HEAD "also D.93A\nagency UN\nBGM M\n");
	box_add(&b, "ean",
	    "guide TEST edifact D.96A\nextends plain\n"
	    "association EAN008\n");
	assert_string_equal(
	    guide_name(guide_select(b.gs, EDI_EDIFACT, &m, GUIDE_IN, none)),
	    "ean");
	m.id.association = span_of("EAN011");
	assert_string_equal(
	    guide_name(guide_select(b.gs, EDI_EDIFACT, &m, GUIDE_IN, none)),
	    "plain");
	m.id.release = span_of("93A");
	assert_non_null(guide_select(b.gs, EDI_EDIFACT, &m, GUIDE_IN, none));
	assert_null(
	    guide_select(b.gs, EDI_EDIFACT, &m, GUIDE_IN, span_of("ean")));
	m.id.release = span_of("01B");
	assert_null(guide_select(b.gs, EDI_EDIFACT, &m, GUIDE_IN, none));
	box_free(&b);
}

static void
faults_of_guides_name_the_line(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
	    {"BGM M\n", "bad:1: the first line"},
	    {"guide X edifact\n", "bad:1: expected: guide"},
	    {HEAD "BGM\n", "bad:4: how often"},
	    {HEAD "BGM M\n  9999 M x\n", "bad:5: there is no element 9999"},
	    {HEAD "BGM M\n   1004 M x\n", "bad:5: indent by two"},
	    {HEAD "BGM M\n      1004 M x\n", "bad:5: indented by more"},
	    {HEAD "BGM M x an..3 when\n", "bad:4: \"when\" is not"},
	    {HEAD "BGM M\n  1004 M x map nix\n", "bad:5: no map \"nix\""},
	    {HEAD "BGM M\n  use nix\n", "bad:5: no block nix"},
	    {HEAD "map m\n  A - b\n", "bad:5: expected: CODE"},
	    {HEAD "extends nix\n", "bad:2: cannot extend"},
	    {HEAD "for nix = 1\nBGM M\n", "for: no field \"nix\""},
	    {HEAD "for = 1\n", "bad:4: expected: for"},
	    {HEAD "between buyer\n", "bad:4: two words"},
	    {HEAD "assert a error x\n  en a\n  de b\n", "has no field \"x\""},
	    {HEAD "BGM M\n  1004 M x\nassert a error x =\n  en a\n  de b\n",
		"not understood"},
	    {HEAD "BGM M\n  1004 M x\nassert a error x\n  en a\n",
		"both languages"},
	    {HEAD "LIN M\n  1082 M a\n  7140 M b\n  5 M\n", "bad:7:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box b = box_new();
		box_add(&b, "seg", SEGMENTS);
		const char *why = box_refused(&b, cases[i].text);
		if (!strstr(why, cases[i].says))
			fail_msg(
			    "\"%s\" instead of \"%s\"", why, cases[i].says);
		box_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_read),
	    cmocka_unit_test(order_within_a_place_is_free),
	    cmocka_unit_test(a_missing_group_is_one_finding),
	    cmocka_unit_test(the_missing_first_segment_is_named),
	    cmocka_unit_test(a_late_segment_is_named_and_read),
	    cmocka_unit_test(too_many_are_counted),
	    cmocka_unit_test(strangers_are_tolerated_unless_strict),
	    cmocka_unit_test(values_are_judged),
	    cmocka_unit_test(numbers_become_canonical),
	    cmocka_unit_test(dates_have_the_agreed_form),
	    cmocka_unit_test(dates_of_every_form),
	    cmocka_unit_test(rarer_faults_have_their_rule),
	    cmocka_unit_test(alternatives_are_chosen_by_condition),
	    cmocka_unit_test(full_pieces_run_on),
	    cmocka_unit_test(long_text_is_cut_and_comes_back),
	    cmocka_unit_test(counts_are_compared_and_repaired),
	    cmocka_unit_test(codes_outside_a_map_follow_its_policy),
	    cmocka_unit_test(two_lines_of_one_field_must_agree),
	    cmocka_unit_test(rules_among_elements),
	    cmocka_unit_test(levels_and_implied_decimals),
	    cmocka_unit_test(asserts_speak_both_languages),
	    cmocka_unit_test(defaults_fill_what_is_absent),
	    cmocka_unit_test(partners_override_by_path),
	    cmocka_unit_test(xml_is_checked_and_written),
	    cmocka_unit_test(the_most_specific_guide_is_taken),
	    cmocka_unit_test(faults_of_guides_name_the_line),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
