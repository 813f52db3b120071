/* SPDX-License-Identifier: Apache-2.0
 *
 * Every rule of guides, agreements and writing has something that breaks it
 * and nothing else; a rule without one fails the test. The rules of syntax
 * have theirs in edi_rules.c.
 */
#include "guide_help.h"

#define SEGMENTS                                                               \
	"segments edifact D.96A\n"                                             \
	"BGM  C002(1001 an..3), 1004 an..35, 1225 an..3, 4343 an..3\n"         \
	"DTM  C507!(2005! an..3, 2380 an..35, 2379 an..3)\n"                   \
	"RFF  C506!(1153! an..3, 1154 an..35)\n"                               \
	"NAD  3035! an..3, C082(3039! an..35, 1131 an..3, 3055 an..3)\n"       \
	"CTA  3139 an..3\n"                                                    \
	"LIN  1082 an..6, 1229 an..3, C212(7140 an..35, 7143 an..3)\n"         \
	"QTY  C186!(6063! an..3, 6060! n..15, 6411 an..3)\n"                   \
	"CNT  C270!(6069! an..3, 6066! n..18)\n"                               \
	"CPS  7164! an..12, 7166 an..12\n"                                     \
	"UNS  0081! a1\n"

#define LEVELS                                                                 \
	"guide TEST edifact D.96A\nsegments seg\ndocument despatch\n"          \
	"names packages.id packages.parent lines.package\n"                    \
	"BGM M\ngroup 10 CPS 1..99 level\n"                                    \
	"  7164 M - number\n  7166 O - parent\n"                               \
	"  group 15 LIN 0..99 lines[]\n    1082 M line_id\n"

#define ORDER                                                                  \
	"guide TEST edifact D.96A\nsegments seg\ndocument test\n"              \
	"map unit\n  PCE = C62\n  others keep\n"                               \
	"map answer\n  4 = CA\n  29 = AP\n"                                    \
	"map said\n  CA = CA\n  AP = AP\n"                                     \
	"BGM M\n  1004 M number an..9\n  1225 O answer map answer\n"           \
	"  4343 O answer map said\n"                                           \
	"DTM+137 M issue_date date 102\nDTM+2 O time\n"                        \
	"group 1 RFF+CT 0..1 refs[kind=contract].number\n"                     \
	"group 2 NAD+BY M parties.buyer\n  3039 O gln when 3055 = 9\n"         \
	"  group 5 CTA 0..1\n"                                                 \
	"group 25 LIN 1..3 lines[]\n  1082 M line_id\n"                        \
	"  QTY+21 M\n    6060 M ordered decimal 9.3\n"                         \
	"    6411 O unit map unit\n"                                           \
	"UNS+S M\nCNT+2 O - counts lines\n"                                    \
	"assert test.odd warning number != \"13\"\n"                           \
	"  en No {number}.\n  de Keine {number}.\n"

#define BGM "BGM+220+1'"
#define DTM "DTM+137:20260101:102'"
#define NAD "NAD+BY+2900000000117::9'"
#define LIN "LIN+1'QTY+21:5:PCE'"
#define UNS "UNS+S'"

#define N1 "guide 850 x12 004010\nsegments x\ncode PO\ndocument test\nN1*ST M\n"
#define OTHER_GROUP                                                            \
	"guide 850 x12 004010\nsegments x\ncode PR\ndocument test\nN1*ST M\n"
#define XML                                                                    \
	"guide T xml 1\nroot urn:t\nprefix t urn:t\ndocument test\n"           \
	"t:A M a\nt:B O b\n"

static const struct {
	enum edi_rule_id rule;
	const char *guide; /* NULL: ORDER */
	const char *body;
} FIXTURES[] = {
    {EDI_R_GUIDE_SET_GROUP, OTHER_GROUP, "N1*ST*X~"},
    {EDI_R_GUIDE_SEGMENT_UNKNOWN, NULL, BGM "ZZZ+1'" DTM NAD LIN UNS},
    {EDI_R_GUIDE_SEGMENT_UNEXPECTED, NULL, BGM DTM NAD LIN UNS "CTA+OC'"},
    {EDI_R_GUIDE_SEGMENT_MISSING, NULL, BGM NAD LIN UNS},
    {EDI_R_GUIDE_SEGMENT_REPEAT, NULL, BGM DTM DTM NAD LIN UNS},
    {EDI_R_GUIDE_SEGMENT_ORDER, NULL, BGM NAD DTM LIN UNS},
    {EDI_R_GUIDE_SEGMENT_QUALIFIER, NULL, BGM DTM "DTM+9:1:102'" NAD LIN UNS},
    {EDI_R_GUIDE_GROUP_MISSING, NULL, BGM DTM LIN UNS},
    {EDI_R_GUIDE_GROUP_REPEAT, NULL,
	BGM DTM NAD LIN "LIN+2'QTY+21:5'LIN+3'QTY+21:5'LIN+4'QTY+21:5'" UNS},
    {EDI_R_GUIDE_ELEMENT_MISSING, NULL, "BGM+220'" DTM NAD LIN UNS},
    {EDI_R_GUIDE_ELEMENT_MANY, NULL, BGM DTM NAD LIN "UNS+S+X'"},
    {EDI_R_GUIDE_COMPONENT_MANY, NULL, BGM DTM NAD "LIN+1'QTY+21:5:PCE:X'" UNS},
    {EDI_R_GUIDE_VALUE_LONG, NULL, "BGM+220+1234567890'" DTM NAD LIN UNS},
    {EDI_R_GUIDE_VALUE_NUMBER, NULL, BGM DTM NAD "LIN+1'QTY+21:five'" UNS},
    {EDI_R_GUIDE_VALUE_MARK, NULL, BGM DTM NAD "LIN+1'QTY+21:5.1,2'" UNS},
    {EDI_R_GUIDE_VALUE_DIGIT, NULL, BGM DTM NAD "LIN+1'QTY+21:.5'" UNS},
    {EDI_R_GUIDE_VALUE_DATE, NULL, BGM "DTM+137:20260230:102'" NAD LIN UNS},
    {EDI_R_GUIDE_VALUE_CODE, NULL, "BGM+220+1+77'" DTM NAD LIN UNS},
    {EDI_R_GUIDE_VALUE_UNIT, NULL, BGM DTM NAD "LIN+1'QTY+21:5:ZZ'" UNS},
    {EDI_R_GUIDE_VALUE_CHECK, NULL, BGM DTM "NAD+BY+2900000000118::9'" LIN UNS},
    {EDI_R_GUIDE_VALUE_CONTRADICTION, NULL, "BGM+220+1+29+CA'" DTM NAD LIN UNS},
    {EDI_R_GUIDE_VALUE_COUNT, NULL, BGM DTM NAD LIN UNS "CNT+2:7'"},
    {EDI_R_GUIDE_ASSERT, NULL, "BGM+220+13'" DTM NAD LIN UNS},
    {EDI_R_GUIDE_VALUE_SHORT, N1 "  04 O x an3..5\n", "N1*ST*X*9*12~"},
    {EDI_R_GUIDE_VALUE_CHARACTER, N1 "  04 O x a..5\n", "N1*ST*X*9*A1~"},
    {EDI_R_GUIDE_VALUE_TIME, N1 "  04 O x time\n", "N1*ST*X*9*2561~"},
    {EDI_R_GUIDE_ELEMENT_UNUSED, N1 "  04 N\n", "N1*ST*X*9*1~"},
    {EDI_R_GUIDE_ELEMENT_CONDITION, N1 "  rule P 03 04\n", "N1*ST*X*9~"},
    {EDI_R_GUIDE_ELEMENT_EXCLUSION, N1 "  rule E 02 03\n", "N1*ST*X*9~"},
    {EDI_R_GUIDE_ELEMENT_REPEAT, N1, "N1*ST*X^Y~"},
    {EDI_R_GUIDE_LEVEL_NUMBER, LEVELS, BGM "CPS+1'CPS+1+1'LIN+1'"},
    {EDI_R_GUIDE_LEVEL_PARENT, LEVELS, BGM "CPS+1'CPS+2+7'LIN+1'"},
    {EDI_R_GUIDE_NODE_MISSING, XML, "<t:B>1</t:B>"},
    {EDI_R_GUIDE_NODE_REPEAT, XML, "<t:A>1</t:A><t:B>1</t:B><t:B>2</t:B>"},
    {EDI_R_GUIDE_NODE_UNEXPECTED, XML "strict\n", "<t:A>1</t:A><t:C>1</t:C>"},
};

static bool met[EDI_R_COUNT];

/* One set in X12 with a mark for repetitions. */
static void
read_x12(struct box *b, const char *body)
{
	(void)box_read_file(b,
	    span_of(arena_printf(b->a,
		"ISA*00*          *00*          *ZZ*S              *ZZ*R       "
		"       *260101*1200*^*00501*000000001*0*P*>~"
		"GS*PO*S*R*20260101*1200*1*X*005010~ST*850*0001~%sSE*3*0001~"
		"GE*1*1~IEA*1*000000001~",
		body)),
	    "g", NULL, NULL);
}

static void
read_xml(struct box *b, const char *body)
{
	(void)box_read_file(b,
	    span_of(arena_printf(b->a, "<t:T xmlns:t='urn:t'>%s</t:T>", body)),
	    "g", NULL, NULL);
}

static void
read_body(struct box *b, const char *guide, const char *body)
{
	box_add(b, "seg", SEGMENTS);
	box_add(b, "x",
	    "segments x12 004010\nN1 01! id2, 02 an..60, 03 id1..2, 04 "
	    "an1..80\n");
	box_add(b, "g", guide ? guide : ORDER);
	if (body[0] == '<')
		read_xml(b, body);
	else if (strchr(body, '~'))
		read_x12(b, body);
	else
		box_edifact(b, "g", body);
}

/* One fault, one finding, and it is this one. */
static void
breaks_each_rule_and_no_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof FIXTURES / sizeof *FIXTURES; i++) {
		const char *id = EDI_RULES[FIXTURES[i].rule].id;
		struct box b = box_new();

		read_body(&b, FIXTURES[i].guide, FIXTURES[i].body);
		if (json_array_size(b.findings) != 1 || box_found(&b, id) != 1)
			fail_msg(
			    "%s: %s", id, json_dumps(b.findings, JSON_COMPACT));
		else
			met[FIXTURES[i].rule] = true;
		box_free(&b);
	}
}

/* ST01 decides; a guide that is strict refuses the group's other word. */
static void
takes_a_set_in_a_group_for_others(void **state)
{
	static const char *const GUIDES[][2] = {
	    {OTHER_GROUP, "accepted"}, {OTHER_GROUP "strict\n", "rejected"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct box b = box_new();
		const json_t *f;

		read_body(&b, GUIDES[i][0], "N1*ST*X~");
		f = json_array_get(b.findings, 0);
		assert_string_equal(
		    repr_json_str(b.message, "verdict"), GUIDES[i][1]);
		assert_string_equal(
		    repr_json_str(f, "rule"), "guide.set.group");
		assert_string_equal(repr_json_str(f, "found"), "PO");
		assert_string_equal(repr_json_str(f, "expected"), "PR");
		assert_string_equal(repr_json_str(f, "x12.set"), "6");
		assert_string_equal(repr_json_str(f, "x12.group"), "1");
		box_free(&b);
	}
}

static void
a_sound_order_has_no_finding(void **state)
{
	struct box b = box_new();

	(void)state;
	read_body(&b, NULL, BGM DTM NAD LIN UNS "CNT+2:1'");
	box_clean(&b);
	box_free(&b);
}

/* A fault, and all that is said about it: no more, whatever follows. */
static const struct {
	const char *body, *rules;
} FAULTS[] = {
    {BGM DTM LIN UNS, "guide.group.missing NAD+BY"},
    {BGM DTM NAD UNS, "guide.group.missing LIN"},
    {BGM DTM UNS, "guide.group.missing NAD+BY guide.group.missing LIN"},
    {BGM DTM NAD "QTY+21:5'" UNS, "guide.group.missing LIN"},
    {BGM DTM NAD "LIN+1'LIN+2'QTY+21:5'" UNS, "guide.segment.missing QTY+21"},
    {BGM DTM NAD LIN "QTY+21:6'" UNS, "guide.segment.repeat 1"},
    {BGM NAD LIN UNS, "guide.segment.missing DTM+137"},
    {BGM NAD DTM LIN UNS, "guide.segment.order "},
    {DTM BGM NAD LIN UNS, "guide.segment.order "},
    {NAD LIN UNS, "guide.segment.missing BGM guide.segment.missing DTM+137"},
    {BGM DTM LIN NAD UNS, "guide.segment.order "},
    {BGM DTM NAD LIN, "guide.segment.missing UNS+S"},
    {BGM DTM NAD "ZZZ'" LIN "ZZZ'" UNS,
	"guide.segment.unknown  guide.segment.unknown "},
    {"", "guide.segment.missing BGM guide.segment.missing DTM+137 "
	 "guide.group.missing NAD+BY guide.group.missing LIN "
	 "guide.segment.missing UNS+S"},
};

static void
says_each_fault_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
		struct box b = box_new();
		struct buf said;

		buf_init(&said, 65536);
		read_body(&b, NULL, FAULTS[i].body);
		for (size_t k = 0; k < json_array_size(b.findings); k++) {
			const json_t *f = json_array_get(b.findings, k);
			const char *e = repr_json_str(f, "expected");

			buf_printf(&said, "%s%s %s", k ? " " : "",
			    repr_json_str(f, "rule"), e ? e : "");
		}
		if (!span_is(buf_span(&said), FAULTS[i].rules))
			print_error("%s: %s\n", FAULTS[i].body, said.p);
		assert_true(span_is(buf_span(&said), FAULTS[i].rules));
		buf_done(&said);
		box_free(&b);
	}
}

/* A date and a quantity that are refused are not missing as well. */
static void
asks_no_more_for_what_it_refused(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/orders-d96a",
	    "BGM+220+N-1+9'DTM+137:20261345:102'NAD+BY+2900000000117::9'"
	    "NAD+SU+2900000000018::9'LIN+1++4000000000013:EN'QTY+21:AB:PCE'"
	    "UNS+S'");
	assert_int_equal(json_array_size(b.findings), 2);
	(void)box_finding(&b, "guide.value.date");
	(void)box_finding(&b, "guide.value.number");
	box_edifact(&b, "edifact/orders-d96a",
	    "BGM+220+N-1+9'DTM+2:20261122:102'NAD+BY+2900000000117::9'"
	    "NAD+SU+2900000000018::9'LIN+1++4000000000013:EN'UNS+S'");
	assert_int_equal(box_found(&b, "guide.assert"), 2);
	box_free(&b);
}

/* An assert may name codes of its own. */
static void
asserts_carry_their_codes(void **state)
{
	static const struct {
		const char *said, *set, *code;
		int contrl;
	} ways[] = {{"error", "5", "P0012", 12},
	    {"error contrl 13", "5", "P0013", 13},
	    {"error contrl 13 set 6", "6", "P0013", 13}};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct box b = box_new();
		const char *guide = arena_printf(b.a,
		    N1
		    "  02 O name\nassert x.y %s name\n  en No.\n  de Nein.\n",
		    ways[i].said);
		const json_t *f;

		read_body(&b, guide, "N1*ST~");
		f = box_finding(&b, "guide.assert");
		assert_int_equal(repr_json_int(f, "contrl", 0), ways[i].contrl);
		assert_string_equal(repr_json_str(f, "x12.set"), ways[i].set);
		assert_string_equal(repr_json_str(f, "code"), ways[i].code);
		box_free(&b);
	}
}

#define SAMPLE                                                                 \
	"UNB+UNOC:3+A:14+B:14+260101:1200+1++++++1'"                           \
	"UNH+1+TEST:D:96A:UN'" BGM "UNT+3+1'UNZ+1+1'"

/* Who sends to whom, by which family, and what is agreed about tests. */
static const struct {
	enum edi_rule_id rule;
	const char *family, *theirs, *ours, *test;
} AGREEMENTS[] = {
    {EDI_R_AGREEMENT_ABSENT, "x12", "A", "B", "allow"},
    {EDI_R_AGREEMENT_SENDER, "edifact", "X", "B", "allow"},
    {EDI_R_AGREEMENT_RECEIVER, "edifact", "A", "X", "allow"},
    {EDI_R_AGREEMENT_TEST, "edifact", "A", "B", "refuse"},
};

static void
says_what_is_not_agreed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof AGREEMENTS / sizeof *AGREEMENTS; i++) {
		struct box b = box_new();
		json_t *list = repr_json_keep(b.a,
		    json_pack("[{s:s,s:s,s:{s:s},s:{s:s},s:{s:s}}]", "id", "a",
			"family", AGREEMENTS[i].family, "theirs", "id",
			AGREEMENTS[i].theirs, "ours", "id", AGREEMENTS[i].ours,
			"options", "test", AGREEMENTS[i].test));
		const json_t *r =
		    box_read_file(&b, span_of(SAMPLE), NULL, list, NULL);

		assert_string_equal(
		    repr_json_str(r, "interchanges.0.findings.0.rule"),
		    EDI_RULES[AGREEMENTS[i].rule].id);
		met[AGREEMENTS[i].rule] = true;
		assert_int_equal(box_found(&b, "guide.absent"), 1);
		met[EDI_R_GUIDE_ABSENT] = true;
		box_free(&b);
	}
}

#define WRITTEN                                                                \
	"guide TEST edifact D.96A\nsegments seg\ndocument test\n"              \
	"map answer\n  4 = CA\n"                                               \
	"BGM M\n  1004 M number an..9\n  1225 O answer map answer\n"

/* What is to be written, and why that cannot be. */
static const struct {
	enum edi_rule_id rule;
	const char *canonical;
} WRITES[] = {
    {EDI_R_WRITE_MISSING, "{\"type\":\"test\"}"},
    {EDI_R_WRITE_ROOM, "{\"type\":\"test\",\"number\":\"1234567890\"}"},
    {EDI_R_WRITE_CODE,
	"{\"type\":\"test\",\"number\":\"1\",\"answer\":\"XX\"}"},
    {EDI_R_WRITE_CHARSET, "{\"type\":\"test\",\"number\":\"\xe6\xbc\xa2\"}"},
    {EDI_R_WRITE_READBACK,
	"{\"type\":\"test\",\"number\":\"1\",\"other\":\"2\"}"},
};

static void
sends_nothing_that_is_not_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof WRITES / sizeof *WRITES; i++) {
		struct box b = box_new();
		const struct guide *g;
		struct err err = {.code = ""};
		struct span out;
		json_t *c;

		box_add(&b, "seg", SEGMENTS);
		box_add(&b, "g", WRITTEN);
		g = guides_named(b.gs, span_of("g"));
		c = box_json(&b, span_of(WRITES[i].canonical));
		if (box_write(&b, g, c, &out, &err) == RC_OK)
			assert_int_equal(
			    document_verify(
				b.gs, box_agreement(&b, g), c, out, b.a, &err),
			    RC_INPUT);
		assert_string_equal(err.code, EDI_RULES[WRITES[i].rule].id);
		met[WRITES[i].rule] = true;
		box_free(&b);
	}
	met[EDI_R_WRITE_SEPARATOR] = true; /* edi_rules.c */
}

static bool
ours(const char *id)
{
	return strncmp(id, "guide.", 6) == 0 ||
	       strncmp(id, "agreement.", 10) == 0 ||
	       strncmp(id, "write.", 6) == 0;
}

static void
leaves_no_rule_without_a_fixture(void **state)
{
	unsigned missing = 0;

	(void)state;
	for (size_t i = 0; i < EDI_R_COUNT; i++) {
		if (met[i] || !ours(EDI_RULES[i].id))
			continue;
		print_error("no fixture: %s\n", EDI_RULES[i].id);
		missing++;
	}
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sound_order_has_no_finding),
	    cmocka_unit_test(breaks_each_rule_and_no_other),
	    cmocka_unit_test(takes_a_set_in_a_group_for_others),
	    cmocka_unit_test(says_each_fault_once),
	    cmocka_unit_test(asks_no_more_for_what_it_refused),
	    cmocka_unit_test(asserts_carry_their_codes),
	    cmocka_unit_test(says_what_is_not_agreed),
	    cmocka_unit_test(sends_nothing_that_is_not_right),
	    cmocka_unit_test(leaves_no_rule_without_a_fixture),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
