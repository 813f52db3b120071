/* SPDX-License-Identifier: Apache-2.0
 *
 * Hierarchies (notation.md section 4): levels that name the one above by its
 * number, flat lists whose entries name one another.
 */
#include "guide_help.h"

static const char CPS[] =
    "guide TEST edifact D.96A\nagency UN\nsegments cps-seg\n"
    "document despatch\n"
    "names packages.id packages.parent lines.package\n"
    "BGM M\n  1004 M number\n"
    "group 10 CPS 1..999 level\n"
    "  7164 M - number\n  7166 O - parent\n"
    "  group 11 PAC 0..99 packages[]\n"
    "    7065 O kind\n"
    "    group 12 GIN+BJ O\n      C208#1.7402 M sscc\n"
    "      read C208#2.7402 O /packages[].sscc\n"
    "    read group 12 GIN+BJ 0..9 /packages[].sscc\n"
    "  group 15 LIN 0..99 lines[]\n"
    "    1082 M line_id\n"
    "    RFF+ON O order_number\n";

static const char CPS_SEGMENTS[] = "segments edifact D.96A\n"
				   "BGM C002(1001 an..3), 1004 an..35\n"
				   "CPS 7164! an..12, 7166 an..12\n"
				   "PAC 7224 n..8, C202(7065 an..17)\n"
				   "GIN 7405! an..3, C208!x5(7402! an..35,\n"
				   "    7402 an..35)\n"
				   "LIN 1082 an..6\n"
				   "RFF C506!(1153! an..3, 1154 an..35)\n";

static const char HL[] =
    "guide 856 x12 004010\ncode SH\nsegments hl-seg\ndocument despatch\n"
    "names packages.id packages.parent lines.package\n"
    "map structure\n  0001 = SOPI\n  0001 < SOTPI\n  0003 = SPOI\n"
    "  0004 = SOI\n  others drop\n"
    "BSN M\n  01 M - default 00\n  02 M number\n"
    "  05 O - levels map structure\n"
    "loop HL***S M level\n  01 M - number\n"
    "  REF*BM O bill\n"
    "  read PRF O\n    01 M below.lines.order_number\n"
    "loop HL***O 0..9 level\n  01 M - number\n  02 M - parent\n"
    "  PRF M\n    01 M below.lines.order_number\n"
    "    04 O below.lines.ordered_on date\n"
    "loop HL***T 0..99 level\n  01 M - number\n  02 M - parent\n"
    "  MAN*GM 0..9 packages[].sscc\n"
    "loop HL***P 0..999 level\n  01 M - number\n  02 M - parent\n"
    "  MAN*GM 0..9 packages[].sscc\n"
    "loop HL***I 1..999 lines[] level\n  01 M - number\n  02 M - parent\n"
    "  LIN M\n    01 M line_id\n"
    "CTT O\n  01 M - counts HL|lines\n"
    "default order_number = only(lines.order_number)\n";

static const char HL_SEGMENTS[] =
    "segments x12 004010\nBSN 01! id2, 02! an..30, 03 dt8, 04 tm4, 05 id4\n"
    "HL 01! an..12, 02 an..12, 03! id1..2\nREF 01! id2, 02 an..30\n"
    "PRF 01! an..22, 02 an, 03 an, 04 dt8\nMAN 01! id2, 02! an..48\n"
    "LIN 01! an..20\nCTT 01! n..6\n";

static struct box
boxed(void)
{
	struct box b = box_new();

	box_add(&b, "cps-seg", CPS_SEGMENTS);
	box_add(&b, "hl-seg", HL_SEGMENTS);
	box_add(&b, "cps", CPS);
	box_add(&b, "hl", HL);
	return b;
}

static const struct guide *
guide(const struct box *b, const char *name)
{
	return guides_named(b->gs, span_of(name));
}

static void
assert_holds(struct span s, const char *text)
{
	if (span_find_str(s, text) >= s.n)
		fail_msg("no %s in %.*s", text, (int)s.n, s.p);
}

static void
lines_lie_in_the_nearest_package(void **state)
{
	struct box b = boxed();

	(void)state;
	box_edifact(&b, "cps",
	    "BGM++D1'CPS+1'LIN+1'CPS+2+1'PAC++PX'GIN+BJ+A'CPS+3+2'PAC++CT'"
	    "GIN+BJ+B+E'GIN+BJ+C'LIN+2'LIN+3'CPS+4+2'LIN+4'CPS+5+1'PAC++CT'");
	box_clean(&b);
	assert_no_field(&b, "lines.0.package");
	assert_field(&b, "packages.0.id", "2");
	assert_no_field(&b, "packages.0.parent");
	assert_field(&b, "packages.1.sscc", "E");
	assert_field(&b, "packages.1.id", "3");
	assert_field(&b, "packages.2.sscc", "C");
	assert_field(&b, "packages.3.sscc", "B");
	assert_field(&b, "packages.3.id", "3");
	assert_field(&b, "packages.3.parent", "2");
	assert_field(&b, "lines.2.package", "3");
	assert_field(&b, "lines.3.package", "2");
	assert_field(&b, "packages.4.id", "5");
	(void)box_round(&b, guide(&b, "cps"), b.canonical);
	box_free(&b);
}

static void
what_is_flat_is_nested_again(void **state)
{
	struct box b = boxed();

	(void)state;
	const json_t *c = box_json(&b,
	    span_of("{\"type\":\"despatch\",\"number\":\"D1\",\"packages\":["
		    "{\"id\":\"c\",\"parent\":\"p\",\"sscc\":\"B\"},"
		    "{\"id\":\"p\",\"sscc\":\"A\"},"
		    "{\"id\":\"c\",\"parent\":\"p\",\"sscc\":\"C\"},"
		    "{\"id\":\"e\",\"kind\":\"CT\"}],\"lines\":["
		    "{\"line_id\":\"1\",\"package\":\"c\"},"
		    "{\"line_id\":\"2\",\"package\":\"p\"},"
		    "{\"line_id\":\"3\"}]}"));
	struct span s = box_round(&b, guide(&b, "cps"), c);
	assert_holds(s, "CPS+1'LIN+3'CPS+2+1'PAC'GIN+BJ+A'LIN+2'CPS+3+2'PAC'"
			"GIN+BJ+B'PAC'GIN+BJ+C'LIN+1'CPS+4+1'PAC++CT'UNT");
	box_free(&b);
}

static void
levels_that_fit_nowhere_are_found(void **state)
{
	struct box b = boxed();

	(void)state;
	box_edifact(&b, "cps", "BGM++D1'CPS+1'CPS+2+7'LIN+1'");
	const json_t *f = box_finding(&b, "guide.level.parent");
	assert_string_equal(repr_json_str(f, "found"), "7");
	assert_string_equal(repr_json_str(f, "tag"), "CPS");
	assert_int_equal(json_array_size(b.findings), 1);
	box_edifact(&b, "cps", "BGM++D1'CPS+1'CPS+1+1'LIN+1'");
	f = box_finding(&b, "guide.level.number");
	assert_string_equal(repr_json_str(f, "found"), "1");
	assert_int_equal(json_array_size(b.findings), 1);
	box_x12(&b, "hl", "BSN*00*D1~HL*1**S~HL*2*7*I~LIN*1~");
	(void)box_finding(&b, "x12.hl.parent");
	assert_int_equal(json_array_size(b.findings), 1);
	box_free(&b);
}

static void
levels_pass_on_what_they_say(void **state)
{
	struct box b = boxed();

	(void)state;
	box_x12(&b, "hl",
	    "BSN*00*D1~HL*1**S~HL*2*1*O~PRF*A***20260102~HL*3*2*P~MAN*GM*X~"
	    "HL*4*3*I~LIN*1~HL*5*1*O~PRF*B~HL*6*5*I~LIN*2~HL*7*3*I~LIN*3~"
	    "HL*8*1*I~LIN*4~CTT*8~");
	box_clean(&b);
	assert_field(&b, "lines.0.order_number", "A");
	assert_field(&b, "lines.0.ordered_on", "2026-01-02");
	assert_field(&b, "lines.0.package", "3");
	assert_field(&b, "lines.1.order_number", "B");
	assert_no_field(&b, "lines.1.ordered_on");
	assert_no_field(&b, "lines.1.package");
	assert_field(&b, "lines.2.order_number", "A");
	assert_field(&b, "lines.2.package", "3");
	assert_no_field(&b, "lines.3.order_number");
	assert_no_field(&b, "order_number");
	box_x12(&b, "hl",
	    "BSN*00*D1~HL*1**S~HL*2*1*O~PRF*A~HL*3*2*I~LIN*1~HL*4*2*I~LIN*2~");
	assert_field(&b, "order_number", "A");
	box_x12(&b, "hl",
	    "BSN*00*D1~HL*1**S~PRF*A~HL*2*1*I~LIN*1~HL*3*1*O~PRF*B~"
	    "HL*4*3*I~LIN*2~");
	assert_field(&b, "lines.0.order_number", "A");
	assert_field(&b, "lines.1.order_number", "B");
	box_free(&b);
}

#define COUNTED "BSN*00*D1~HL*1**S~HL*2*1*O~PRF*A~HL*3*2*I~LIN*1~"

/* Some count levels, some count lines. */
static void
levels_or_lines_are_counted(void **state)
{
	struct box b = boxed();

	(void)state;
	box_x12(&b, "hl", COUNTED "CTT*3~");
	box_clean(&b);
	box_x12(&b, "hl", COUNTED "CTT*1~");
	box_clean(&b);
	box_x12(&b, "hl", COUNTED "CTT*2~");
	const json_t *f = box_finding(&b, "guide.value.count");
	assert_string_equal(repr_json_str(f, "expected"), "3");
	box_free(&b);
}

static void
orders_go_around_packages_or_inside(void **state)
{
	static const struct {
		const char *packages, *lines, *expected[3];
	} cases[] = {
	    {"{\"id\":\"x\",\"sscc\":\"X\"},{\"id\":\"y\",\"sscc\":\"Y\"}",
		"{\"line_id\":\"1\",\"order_number\":\"A\",\"package\":\"x\"},"
		"{\"line_id\":\"2\",\"order_number\":\"B\",\"package\":\"y\"},"
		"{\"line_id\":\"3\",\"order_number\":\"A\"}",
		{"BSN*00*D1***0001~",
		    "HL*1**S~HL*2*1*O~PRF*A~HL*3*2*P~MAN*GM*X~HL*4*3*I~LIN*1~"
		    "HL*5*2*I~LIN*3~HL*6*1*O~PRF*B~HL*7*6*P~",
		    "CTT*8~"}},
	    {"{\"id\":\"x\",\"sscc\":\"X\"}",
		"{\"line_id\":\"1\",\"order_number\":\"A\",\"package\":\"x\"},"
		"{\"line_id\":\"2\",\"order_number\":\"B\",\"package\":\"x\"},"
		"{\"line_id\":\"3\",\"order_number\":\"A\",\"package\":\"x\"}",
		{"BSN*00*D1***0003~",
		    "HL*1**S~HL*2*1*P~MAN*GM*X~HL*3*2*O~PRF*A~HL*4*3*I~LIN*1~"
		    "HL*5*3*I~LIN*3~HL*6*2*O~PRF*B~HL*7*6*I~LIN*2~",
		    "CTT*7~"}},
	    {"",
		"{\"line_id\":\"1\",\"order_number\":\"A\"},"
		"{\"line_id\":\"2\",\"order_number\":\"A\"}",
		{"BSN*00*D1***0004~",
		    "HL*1**S~HL*2*1*O~PRF*A~HL*3*2*I~LIN*1~HL*4*2*I~LIN*2~",
		    "CTT*4~"}},
	    {"{\"id\":\"t\",\"sscc\":\"T\"},"
	     "{\"id\":\"p\",\"sscc\":\"P\",\"parent\":\"t\"}",
		"{\"line_id\":\"1\",\"order_number\":\"A\",\"package\":\"p\"}",
		{"BSN*00*D1***0001~",
		    "HL*2*1*O~PRF*A~HL*3*2*T~MAN*GM*T~HL*4*3*P~MAN*GM*P~"
		    "HL*5*4*I~LIN*1~",
		    "CTT*5~"}},
	};
	struct box b = boxed();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const json_t *c =
		    box_json(&b, span_of(arena_printf(b.a,
				     "{\"type\":\"despatch\",\"number\":\"D1\","
				     "\"packages\":[%s],\"lines\":[%s]}",
				     cases[i].packages, cases[i].lines)));
		struct span s = box_round(&b, guide(&b, "hl"), c);
		for (size_t k = 0; k < 3; k++)
			assert_holds(s, cases[i].expected[k]);
	}
	box_free(&b);
}

static void
what_cannot_be_nested_is_not_sent(void **state)
{
	static const char *const bad[] = {
	    "{\"id\":\"a\"}\t{\"line_id\":\"1\",\"package\":\"b\"}",
	    "{\"id\":\"a\",\"parent\":\"b\"}\t{\"line_id\":\"1\"}",
	    "{\"id\":\"a\",\"parent\":\"b\"},{\"id\":\"b\",\"parent\":\"a\"}"
	    "\t{\"line_id\":\"1\",\"package\":\"a\"}",
	};
	struct box b = boxed();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct span lines = span_of(bad[i]), out;
		struct span packages = span_cut(&lines, '\t');
		struct err err;
		const json_t *c = box_json(&b,
		    span_of(arena_printf(b.a,
			"{\"type\":\"despatch\",\"number\":\"D1\","
			"\"packages\":[%.*s],\"lines\":[%.*s]}",
			(int)packages.n, packages.p, (int)lines.n, lines.p)));
		assert_int_equal(
		    box_write(&b, guide(&b, "cps"), c, &out, &err), RC_INPUT);
		assert_string_equal(err.code, "write.code");
	}
	box_free(&b);
}

/* Three hundred lines, dealt over a hundred packages and two orders. */
static void
many_lines_are_found_again(void **state)
{
	struct box b = boxed();
	struct buf text;

	(void)state;
	buf_init(&text, 1u << 20);
	buf_puts(&text, "{\"type\":\"despatch\",\"number\":\"D1\","
			"\"packages\":[");
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "%s{\"id\":\"p%d\",\"sscc\":\"S%d\"}",
		    i ? "," : "", i, i);
	buf_puts(&text, "],\"lines\":[");
	for (int i = 0; i < 300; i++)
		buf_printf(&text,
		    "%s{\"line_id\":\"%d\",\"package\":\"p%d\","
		    "\"order_number\":\"%c\"}",
		    i ? "," : "", i + 1, i % 100, i % 2 ? 'A' : 'B');
	buf_puts(&text, "]}");
	const json_t *c = box_json(&b, buf_span(&text));
	(void)box_round(&b, guide(&b, "cps"), c);
	struct span s = box_round(&b, guide(&b, "hl"), c);
	assert_holds(s, "CTT*403~");
	buf_done(&text);
	box_free(&b);
}

static void
more_levels_than_fit_are_not_sent(void **state)
{
	struct box b = boxed();
	struct buf text;
	struct span out;
	struct err err;

	(void)state;
	buf_init(&text, 4096);
	buf_puts(&text, "{\"type\":\"despatch\",\"number\":\"D1\","
			"\"lines\":[");
	for (int i = 0; i < 10; i++)
		buf_printf(&text,
		    "%s{\"line_id\":\"%d\",\"order_number\":\"%d\"}",
		    i ? "," : "", i, i);
	buf_puts(&text, "]}");
	const json_t *c = box_json(&b, buf_span(&text));
	assert_int_equal(
	    box_write(&b, guide(&b, "hl"), c, &out, &err), RC_INPUT);
	assert_string_equal(err.code, "write.room");
	buf_done(&text);
	box_free(&b);
}

/* The same document under other names of its packages; and not. */
static void
names_count_only_inside_their_document(void **state)
{
	static const char document[] =
	    "{\"packages\":[{\"id\":\"%s\",\"sscc\":\"X\"},{\"id\":\"%s\","
	    "\"sscc\":\"Y\",\"parent\":\"%s\"}],\"lines\":[{\"line_id\":\"1\","
	    "\"package\":\"%s\"},{\"line_id\":\"2\",\"package\":\"%s\"}]}";
	struct box b = boxed();
	const struct guide *g = guide(&b, "cps");
	struct err err;

	(void)state;
	struct span ours =
	    span_of(arena_printf(b.a, document, "1", "2", "1", "1", "2"));
	struct span same =
	    span_of(arena_printf(b.a, document, "7", "x", "7", "7", "x"));
	struct span swapped =
	    span_of(arena_printf(b.a, document, "1", "2", "1", "2", "1"));
	struct span merged =
	    span_of(arena_printf(b.a, document, "1", "2", "1", "1", "1"));
	assert_int_equal(guide_same(g, ours, same, &err), RC_OK);
	assert_int_equal(guide_same(g, ours, swapped, &err), RC_INPUT);
	assert_int_equal(guide_same(g, ours, merged, &err), RC_INPUT);
	assert_int_equal(guide_same(g, merged, ours, &err), RC_INPUT);
	box_free(&b);
}

static void
names_and_passed_on_fields_are_checked(void **state)
{
	struct box b = boxed();

	(void)state;
	assert_non_null(strstr(
	    box_refused(&b, "guide TEST edifact D.96A\nsegments cps-seg\n"
			    "document d\nnames packages\nBGM M\n  1004 M x\n"),
	    "LIST.FIELD"));
	assert_non_null(strstr(
	    box_refused(&b, "guide TEST edifact D.96A\nsegments cps-seg\n"
			    "document d\nBGM M\n  1004 M below.x\n"),
	    "below.LIST.FIELD"));
	assert_non_null(strstr(
	    box_refused(&b, "guide TEST edifact D.96A\nsegments cps-seg\n"
			    "document d\nBGM M\n  1004 M packages[].x\n"),
	    "only be read"));
	box_free(&b);
}

/* Every guide of the project that writes this kind of document. */
static void
through_all(const char *fixture, const char *type)
{
	struct box b = {.a = arena_new()};
	struct span text;
	struct err err;
	size_t n = 0;

	if (guides_load("partners", b.a, NULL, &b.gs, &err) != RC_OK ||
	    file_read(fixture, 1u << 20, b.a, &text, &err) != RC_OK)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		/* sheets are only read */
		if (strcmp(guide_document(g), type) != 0 ||
		    guide_family(g) == EDI_CSV)
			continue;
		(void)box_round(&b, g, box_json(&b, text));
		n++;
	}
	assert_true(n >= 4);
	box_free(&b);
}

static void
despatch_advices_pass_through_every_family(void **state)
{
	(void)state;
	through_all("tests/fixtures/guide/despatch.json", "despatch");
}

static void
receiving_advices_pass_through_every_family(void **state)
{
	(void)state;
	through_all("tests/fixtures/guide/receipt.json", "receipt");
}

/* UBL nests elements instead of naming levels. */
static void
packages_lie_inside_one_another_in_ubl(void **state)
{
	struct box b = {.a = arena_new()};
	struct err err;

	(void)state;
	if (guides_load("partners", b.a, NULL, &b.gs, &err) != RC_OK)
		fail_msg("%s", err.text);
	const struct guide *g = guide(&b, "ubl/despatch-advice-2.1");
	const char *document =
	    "{\"type\":\"despatch\",\"number\":\"D1\",\"issue_date\":"
	    "\"2026-11-22\",\"packages\":[%s{\"id\":\"c\",\"parent\":\"b\"},"
	    "{\"id\":\"b\",\"parent\":\"a\",\"kind\":\"CT\"},"
	    "{\"id\":\"a\"},{\"id\":\"x\"}],\"lines\":[{\"line_id\":\"1\","
	    "\"package\":\"c\",\"item\":{\"gtin\":\"4000000000013\"}}]}";
	struct span text = span_of(document);
	size_t at = span_find_str(text, "%s");
	struct buf deeper;

	buf_init(&deeper, 4096);
	buf_put(&deeper, span_sub(text, 0, at));
	buf_put(&deeper, span_sub(text, at + 2, text.n));
	struct span s = box_round(&b, g, box_json(&b, buf_span(&deeper)));
	assert_holds(s, "<cac:ActualPackage>");
	assert_holds(s, "<cac:ContainedPackage>");
	buf_reset(&deeper);
	buf_put(&deeper, span_sub(text, 0, at));
	buf_puts(&deeper, "{\"id\":\"e\",\"parent\":\"d\"},"
			  "{\"id\":\"d\",\"parent\":\"c\"},");
	buf_put(&deeper, span_sub(text, at + 2, text.n));
	const json_t *c = box_json(&b, buf_span(&deeper));
	assert_int_equal(box_write(&b, g, c, &s, &err), RC_OK);
	assert_int_equal(
	    document_verify(b.gs, box_agreement(&b, g), c, s, b.a, &err),
	    RC_INPUT);
	buf_done(&deeper);
	box_free(&b);
}

/* UBL asks for a line of the order even where nobody knows it. */
static void
unknown_order_lines_stay_unknown(void **state)
{
	struct box b = {.a = arena_new()};
	struct err err;

	(void)state;
	if (guides_load("partners", b.a, NULL, &b.gs, &err) != RC_OK)
		fail_msg("%s", err.text);
	struct span s = box_round(&b, guide(&b, "ubl/despatch-advice-2.1"),
	    box_json(
		&b, span_of("{\"type\":\"despatch\",\"number\":\"D1\","
			    "\"issue_date\":\"2026-11-22\",\"order_number\":"
			    "\"B-1\",\"lines\":[{\"line_id\":\"1\",\"shipped\":"
			    "\"2\",\"item\":{\"gtin\":\"4000000000013\"}}]}")));
	assert_holds(s, "<cbc:LineID>NA</cbc:LineID>");
	(void)box_read_file(&b, s, "ubl/despatch-advice-2.1", NULL, NULL);
	box_clean(&b);
	assert_field(&b, "lines.0.order_number", "B-1");
	assert_no_field(&b, "lines.0.order_line_id");
	box_free(&b);
}

/* A unit that nothing is measured in would be lost in an 856. */
static void
no_weight_has_no_unit(void **state)
{
	static const char *const FAMILIES[] = {"edifact/desadv-d96a",
	    "edifact/desadv-d01b", "ubl/despatch-advice-2.1", "x12/856-004010"};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct span s = box_round(&b, guide(&b, FAMILIES[i]),
		    box_json(&b,
			span_of(
			    "{\"type\":\"despatch\",\"number\":\"D1\","
			    "\"issue_date\":\"2026-11-22\",\"order_number\":"
			    "\"B-1\",\"lines\":[{\"line_id\":\"1\",\"order_"
			    "number\":\"B-1\","
			    "\"shipped\":\"2\",\"unit_code\":\"EA\","
			    "\"item\":{\"gtin\":\"4000000000013\"}}]}")));
		(void)box_read_file(&b, s, FAMILIES[i], NULL, NULL);
		assert_no_field(&b, "totals.weight_unit");
		(void)box_round(&b, guide(&b, "x12/856-004010"), b.canonical);
	}
	box_free(&b);
}

/* A package without an SSCC is a level without MAN; several that share their
 * contents are one level with several SSCCs. */
static void
packages_without_an_sscc_pass_in_x12(void **state)
{
	struct box b = {.a = arena_new()};
	struct err err;

	(void)state;
	if (guides_load("partners", b.a, NULL, &b.gs, &err) != RC_OK)
		fail_msg("%s", err.text);
	struct span document = span_of(
	    "{\"type\":\"despatch\",\"function\":\"original\",\"number\":"
	    "\"D1\",\"issue_date\":\"2026-11-22\",\"packages\":["
	    "{\"id\":\"a\"},{\"id\":\"b\",\"parent\":\"a\",\"sscc\":"
	    "\"340123450000000024\"},{\"id\":\"c\"}],\"lines\":["
	    "{\"line_id\":\"1\",\"package\":\"b\",\"order_number\":"
	    "\"PO-1\",\"order_line_id\":\"10\",\"shipped\":\"2\","
	    "\"unit_code\":\"C62\",\"item\":{\"gtin\":"
	    "\"4000000000013\"}},{\"line_id\":\"2\",\"package\":\"c\","
	    "\"order_number\":\"PO-1\",\"order_line_id\":\"20\","
	    "\"shipped\":\"3\",\"unit_code\":\"C62\",\"item\":{\"gtin\":"
	    "\"4000000000020\"}},{\"line_id\":\"3\",\"order_number\":"
	    "\"PO-1\",\"order_line_id\":\"30\",\"shipped\":\"4\","
	    "\"unit_code\":\"C62\",\"item\":{\"gtin\":"
	    "\"4000000000037\"}}]}");
	struct span s =
	    box_round(&b, guide(&b, "x12/856-004010"), box_json(&b, document));
	assert_true(
	    span_find_str(
		s, "*T~MAN*SM*a~HL*4*3*P~MAN*GM*340123450000000024~") < s.n);
	assert_true(span_find_str(s, "*2*P~MAN*SM*c~HL*7*6*I~") < s.n);
	box_clean(&b);
	document = span_of(
	    "{\"type\":\"despatch\",\"function\":\"original\",\"number\":"
	    "\"D1\",\"issue_date\":\"2026-11-22\",\"packages\":["
	    "{\"id\":\"a\",\"sscc\":\"340123450000000017\"},{\"id\":"
	    "\"a\",\"sscc\":\"340123450000000024\"}],\"lines\":["
	    "{\"line_id\":\"1\",\"package\":\"a\",\"order_number\":"
	    "\"PO-1\",\"order_line_id\":\"10\",\"shipped\":\"2\","
	    "\"unit_code\":\"C62\",\"item\":{\"gtin\":"
	    "\"4000000000013\"}}]}");
	s = box_round(&b, guide(&b, "x12/856-004010"), box_json(&b, document));
	assert_true(span_find_str(s, "MAN*GM*340123450000000017~MAN*GM*"
				     "340123450000000024~") < s.n);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_lie_in_the_nearest_package),
	    cmocka_unit_test(no_weight_has_no_unit),
	    cmocka_unit_test(what_is_flat_is_nested_again),
	    cmocka_unit_test(levels_that_fit_nowhere_are_found),
	    cmocka_unit_test(levels_pass_on_what_they_say),
	    cmocka_unit_test(levels_or_lines_are_counted),
	    cmocka_unit_test(orders_go_around_packages_or_inside),
	    cmocka_unit_test(what_cannot_be_nested_is_not_sent),
	    cmocka_unit_test(many_lines_are_found_again),
	    cmocka_unit_test(more_levels_than_fit_are_not_sent),
	    cmocka_unit_test(names_count_only_inside_their_document),
	    cmocka_unit_test(names_and_passed_on_fields_are_checked),
	    cmocka_unit_test(despatch_advices_pass_through_every_family),
	    cmocka_unit_test(receiving_advices_pass_through_every_family),
	    cmocka_unit_test(unknown_order_lines_stay_unknown),
	    cmocka_unit_test(packages_lie_inside_one_another_in_ubl),
	    cmocka_unit_test(packages_without_an_sscc_pass_in_x12),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
