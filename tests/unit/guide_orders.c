/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders, their changes and answers: what the project's own guides make of
 * the codes that differ between standards and versions.
 */
#include "guide_help.h"

static struct box
loaded(void)
{
	struct box b = {.a = arena_new()};
	struct buf report;
	struct err err;

	buf_init(&report, 65536);
	if (guides_load("partners", b.a, &report, &b.gs, &err) != RC_OK)
		fail_msg("%s\n%s", err.text, report.p ? report.p : "");
	buf_done(&report);
	return b;
}

#define CHANGE_HEAD(function)                                                  \
	"BGM+230+AE-7+" function "'DTM+137:20261123:102'RFF+ON:N-1::2'"

static void
a_change_says_what_becomes_of_each_line(void **state)
{
	static const char *const guides[] = {
	    "edifact/ordchg-d96a", "edifact/ordchg-d01b"};

	(void)state;
	for (size_t i = 0; i < sizeof(guides) / sizeof(*guides); i++) {
		struct box b = loaded();
		box_edifact(&b, guides[i],
		    CHANGE_HEAD(
			"4") "DTM+171:20261122:102'"
			     "LIN+1+3+4000000000013:EN'QTY+21:20:PCE'"
			     "LIN+2+2'LIN+3+1+4000000000020:EN'QTY+21:3:EA'"
			     "SCC+1'QTY+113:3'DTM+2:20261128:102'UNS+S'"
			     "CNT+2:3'");
		box_clean(&b);
		assert_field(&b, "function", "change");
		assert_field(&b, "order_number", "N-1");
		assert_field(&b, "order_date", "2026-11-22");
		assert_field(&b, "sequence", "2");
		assert_field(&b, "lines.0.action", "3");
		assert_field(&b, "lines.0.ordered", "20");
		assert_field(&b, "lines.0.unit_code", "C62");
		assert_field(&b, "lines.1.action", "2");
		assert_field(&b, "lines.2.schedule.0.date", "2026-11-28");
		box_free(&b);
	}
}

static void
a_cancellation_needs_no_lines(void **state)
{
	struct box b = loaded();

	(void)state;
	box_edifact(&b, "edifact/ordchg-d96a", CHANGE_HEAD("1") "UNS+S'");
	box_clean(&b);
	assert_field(&b, "function", "cancel");
	assert_no_field(&b, "lines");
	box_edifact(&b, "edifact/ordchg-d96a", CHANGE_HEAD("4") "UNS+S'");
	assert_int_equal(box_found(&b, "guide.assert"), 1);
	box_free(&b);
}

static void
a_change_names_its_order_and_what_to_do(void **state)
{
	struct box b = loaded();

	(void)state;
	box_edifact(&b, "edifact/ordchg-d01b",
	    "BGM+230+AE-7+4'DTM+137:20261123:102'LIN+1+3'QTY+21:1'UNS+S'");
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.assert"), "severity"),
	    "error");
	box_edifact(&b, "edifact/ordchg-d01b",
	    CHANGE_HEAD("4") "LIN+1'QTY+21:1'UNS+S'");
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.assert"), "severity"),
	    "warning");
	box_edifact(&b, "edifact/ordchg-d01b",
	    CHANGE_HEAD("4") "LIN+1+9'QTY+21:1'UNS+S'");
	assert_int_equal(box_found(&b, "guide.value.code"), 1);
	box_free(&b);
}

/* EANCOM 2002 calls the number of an item SRV, 1997 EN: each writes its own. */
static void
each_eancom_writes_its_own_item_number(void **state)
{
	static const char *const names[][2] = {
	    {"edifact/orders-d96a-ean008", "LIN+1++4000000000013:EN"},
	    {"edifact/orders-d01b", "LIN+1++4000000000013:EN"},
	    {"edifact/orders-d01b-ean010", "LIN+1++4000000000013:SRV"},
	};
	struct box b = loaded();
	const json_t *c = box_json(&b,
	    span_of("{\"type\":\"order\",\"number\":\"1\","
		    "\"kind\":\"standard\",\"issue_date\":\"2026-11-22\","
		    "\"function\":\"original\",\"lines\":[{\"line_id\":\"1\","
		    "\"item\":{\"gtin\":\"4000000000013\"},\"ordered\":\"1\"}],"
		    "\"totals\":{\"line_count\":\"1\"}}"));

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct span s =
		    box_round(&b, guides_named(b.gs, span_of(names[i][0])), c);
		assert_true(span_find_str(s, names[i][1]) < s.n);
	}
	box_free(&b);
}

/* D.01B: a repair order names the service case. */
static void
a_repair_order_names_its_case(void **state)
{
	struct box b = loaded();

	(void)state;
	box_edifact(&b, "edifact/orders-d01b",
	    "BGM+225+R-1+9'DTM+137:20261123:102'RFF+AMH:C-2026-4'"
	    "LIN+1++4000000000013:SRV'QTY+21:1'UNS+S'");
	box_clean(&b);
	assert_field(&b, "kind", "repair");
	assert_field(&b, "refs.0.kind", "case");
	assert_field(&b, "refs.0.number", "C-2026-4");
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_change_says_what_becomes_of_each_line),
	    cmocka_unit_test(a_cancellation_needs_no_lines),
	    cmocka_unit_test(a_change_names_its_order_and_what_to_do),
	    cmocka_unit_test(each_eancom_writes_its_own_item_number),
	    cmocka_unit_test(a_repair_order_names_its_case),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
