/* SPDX-License-Identifier: Apache-2.0
 *
 * Receiving advices: why something was not taken, in each family as far as it
 * can say so.
 */
#include "guide_help.h"

/* A receipt of one line: its quantities and its reason. */
static const json_t *
receipt(struct box *b, const char *line)
{
	return box_json(b,
	    span_of(arena_printf(b->a,
		"{\"type\":\"receipt\",\"function\":\"original\",\"number\":"
		"\"WE-1\",\"issue_date\":\"2026-11-22\",\"despatch_number\":"
		"\"L-1\",\"order_number\":\"B-1\",\"lines\":[{\"line_id\":"
		"\"1\",\"order_number\":\"B-1\",\"order_line_id\":\"10\","
		"\"unit_code\":\"C62\",\"item\":{\"gtin\":\"4000000000013\"},"
		"%s}],\"totals\":{\"line_count\":\"1\"}}",
		line)));
}

/* Writes by a guide, finds the text in it and reads it back. */
static void
written(struct box *b, const char *guide, const char *line, const char *text)
{
	struct span s = box_round(b, box_guide(b, guide), receipt(b, line));

	if (span_find_str(s, text) >= s.n)
		fail_msg("%s: no %s in %.*s", guide, text, (int)s.n, s.p);
	(void)box_read_file(b, s, guide, NULL, NULL);
	box_clean(b);
}

static void
a_reason_is_the_condition_of_what_was_rejected(void **state)
{
	static const char *const GUIDES[] = {
	    "x12/861-004010", "x12/861-005010"};
	static const struct {
		const char *code, *condition;
	} REASONS[] = {
	    {"quality", "04"}, {"wrong_item", "05"}, {"surplus", "12"}};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		written(&b, GUIDES[i / 3],
		    arena_printf(b.a,
			"\"received\":\"9\",\"rejected\":\"2\",\"reason\":"
			"{\"code\":\"%s\"}",
			REASONS[i % 3].code),
		    arena_printf(b.a, "*2*PC*%s~", REASONS[i % 3].condition));
		assert_field(&b, "lines.0.rejected", "2");
		assert_field(&b, "lines.0.reason.code", REASONS[i % 3].code);
	}
	box_free(&b);
}

static void
another_reason_is_rejected_without_one(void **state)
{
	struct box b = box_loaded();

	(void)state;
	written(&b, "x12/861-004010",
	    "\"received\":\"9\",\"rejected\":\"2\",\"reason\":{\"code\":"
	    "\"WET\",\"text\":\"Nass\"}",
	    "*2*PC*08~");
	assert_no_field(&b, "lines.0.reason");
	/* nothing rejected, nothing to say it of */
	written(&b, "x12/861-004010",
	    "\"received\":\"9\",\"damaged\":\"2\",\"short\":\"1\",\"reason\":"
	    "{\"code\":\"quality\"}",
	    "*2*PC*01*1*PC*02~");
	assert_field(&b, "lines.0.damaged", "2");
	assert_field(&b, "lines.0.short", "1");
	assert_no_field(&b, "lines.0.reason");
	box_free(&b);
}

/* A partner writes the contested quantities in whatever order he likes. */
static void
a_reason_is_read_wherever_it_stands(void **state)
{
	static const char *const LINES[] = {"RCD*1*9*EA***2*EA*05~",
	    "RCD*1*9*EA***1*EA*02*2*EA*05~",
	    "RCD*1*9*EA***1*EA*02*1*EA*01*2*EA*05~",
	    "RCD*1*9*EA***1*EA*02*1*EA*01*6*EA*07*2*EA*05~",
	    "RCD*1*9*EA***1*EA*02*1*EA*01*6*EA*07*3*EA*03*2*EA*05~"};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
		box_x12(&b, "x12/861-004010",
		    arena_printf(b.a,
			"BRA*W1*20261122*00*2~PRF*B-1~%sLIN*10*EN*"
			"4000000000013~CTT*1~",
			LINES[i]));
		assert_field(&b, "lines.0.rejected", "2");
		assert_field(&b, "lines.0.reason.code", "wrong_item");
	}
	box_free(&b);
}

static void
ubl_takes_the_code_as_it_is(void **state)
{
	struct box b = box_loaded();

	(void)state;
	written(&b, "ubl/receipt-advice-2.1",
	    "\"received\":\"9\",\"rejected\":\"2\",\"reason\":{\"code\":"
	    "\"wrong_item\",\"text\":\"Not ours\"}",
	    "<cbc:RejectReasonCode>wrong_item</cbc:RejectReasonCode>");
	assert_field(&b, "lines.0.reason.code", "wrong_item");
	assert_field(&b, "lines.0.reason.text", "Not ours");
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_reason_is_the_condition_of_what_was_rejected),
	    cmocka_unit_test(another_reason_is_rejected_without_one),
	    cmocka_unit_test(a_reason_is_read_wherever_it_stands),
	    cmocka_unit_test(ubl_takes_the_code_as_it_is),
	};

	return cmocka_run_group_tests_name("guide_receipts", tests, NULL, NULL);
}
