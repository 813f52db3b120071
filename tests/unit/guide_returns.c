/* SPDX-License-Identifier: Apache-2.0
 *
 * Returns: the request and the decision, in the words of each family.
 */
#include "guide_help.h"

static void
what_is_announced_names_its_order_line(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/retann-d01b",
	    "BGM+732+R5'DTM+137:20261122:102'DOC+380+I-1'RFF+ALQ:R5'"
	    "RFF+AMH:K-3'RFF+ON:N-1'NAD+BY+2900000000117::9'"
	    "NAD+SU+2900000000018::9'"
	    "LIN+1++4000000000013:SRV'FTX+ORI++repair'QTY+61:2:PCE'"
	    "CDI+3+4:::damaged_packing'RFF+ON:N-2:7'PAC+1'PCI+30'"
	    "GIN+BN+P-1+P-2'GIN+BN+P-3'"
	    "LIN+2'QTY+61:1'CDI+3+6'LIN+3'QTY+61:1'CDI+3+5'"
	    "LIN+4'QTY+61:1'CDI+3+4'UNS+S'CNT+2:4'");
	box_clean(&b);
	assert_field(&b, "type", "return_request");
	assert_field(&b, "number", "R5");
	assert_field(&b, "case_number", "K-3");
	assert_field(&b, "invoice_number", "I-1");
	assert_field(&b, "lines.0.order_number", "N-2");
	assert_field(&b, "lines.0.order_line_id", "7");
	assert_field(&b, "lines.0.reason_code", "damaged_packing");
	assert_field(&b, "lines.0.expected_resolution", "repair");
	assert_field(&b, "lines.0.unit_code", "C62");
	assert_field(&b, "lines.0.serials.1", "P-2");
	assert_field(&b, "lines.0.serials.2", "P-3");
	assert_field(&b, "lines.1.order_number", "N-1");
	assert_field(&b, "lines.1.reason_code", "wrong_item");
	assert_field(&b, "lines.2.reason_code", "surplus");
	assert_field(&b, "lines.2.condition", "good");
	assert_field(&b, "lines.3.reason_code", "defective");
	box_free(&b);
}

static void
an_announcement_without_lines_or_end_is_refused(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(
	    &b, "edifact/retann-d01b", "BGM+732+R5'DTM+137:20261122:102'");
	(void)box_finding(&b, "guide.group.missing");
	(void)box_finding(&b, "guide.segment.missing");
	box_free(&b);
}

static void
what_is_decided_names_what_it_answers(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/retins-d01b",
	    "BGM+733+D1'DTM+137:20261122:102'DTM+36:20261222:102'RFF+ALQ:R5'"
	    "RFF+ABO:RMA-7'LIN+1'QTY+61:3'QTY+113:2'RFF+ON:N-1:2'CDI+3+5'"
	    "INP++1:AA+39+5'RFF+CD:G-1'LIN+2'QTY+61:1'CDI+3+5'INP++1+41'"
	    "LIN+3'QTY+61:1'CDI+3+5'INP++1:AG+39:in_transit'");
	box_clean(&b);
	assert_field(&b, "return_request", "R5");
	assert_field(&b, "rma_number", "RMA-7");
	assert_field(&b, "valid_until", "2026-12-22");
	assert_field(&b, "lines.0.approved", "2");
	assert_field(&b, "lines.0.status", "approved");
	assert_field(&b, "lines.0.resolution", "credit");
	assert_field(&b, "lines.0.settlement_number", "G-1");
	assert_field(&b, "lines.1.status", "refused");
	assert_field(&b, "lines.2.status", "in_transit");
	assert_field(&b, "lines.2.resolution", "replace");
	assert_no_field(&b, "status");
	box_free(&b);
}

#define X12_180(body, n)                                                       \
	"ISA*00*          *00*          *ZZ*S              *ZZ*R           "   \
	"   *260101*1200*U*00401*000000001*0*P*>~"                             \
	"GS*AN*S*R*20260101*1200*1*X*004010~ST*180*0001~" body "SE*" n         \
	"*0001~GE*1*1~IEA*1*000000001~"

static void
a_180_that_answers_another_is_a_decision(void **state)
{
	struct box b = box_loaded();

	(void)state;
	(void)box_read_file(&b,
	    span_of(X12_180("BGN*00*R5*20261122~PRF*N-1~N9*IA*12~"
			    "BLI*EN*4000000000013*2*PC~N9*SE*P-1~N9*SE*P-2~"
			    "RDR*MW*DM~PRF*N-2****7~",
		"10")),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_field(&b, "type", "return_request");
	assert_field(&b, "lines.0.item.gtin", "4000000000013");
	assert_field(&b, "lines.0.serials.1", "P-2");
	assert_field(&b, "lines.0.reason_code", "defective");
	assert_field(&b, "lines.0.expected_resolution", "repair");
	assert_field(&b, "lines.0.order_number", "N-2");
	assert_field(&b, "lines.0.order_line_id", "7");
	(void)box_read_file(&b,
	    span_of(X12_180("BGN*11*D1*20261122***R5~N9*RZ*RMA-7~"
			    "BLI*EN*4000000000013*2*PC~RDR*RD~"
			    "BLI*EN*4000000000013*2*PC~N9*ZZ*credit~"
			    "RDR*RA***settled~QTY*87*2~",
		"10")),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_field(&b, "type", "return_decision");
	assert_field(&b, "return_request", "R5");
	assert_field(&b, "rma_number", "RMA-7");
	assert_field(&b, "lines.0.status", "refused");
	assert_field(&b, "lines.1.status", "settled");
	assert_field(&b, "lines.1.received", "2");
	assert_field(&b, "lines.1.resolution", "credit");
	(void)box_read_file(&b,
	    span_of(X12_180("BGN*00*D2*20261122~BLI*EN*4000000000013*2*PC~"
			    "RDR*RD**SD~",
		"5")),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_field(&b, "type", "return_decision");
	assert_field(&b, "lines.0.status", "refused");
	assert_field(&b, "lines.0.reason_code", "short_dated");
	box_free(&b);
}

static void
reasons_of_both_sides_exclude_each_other(void **state)
{
	struct box b = box_loaded();

	(void)state;
	(void)box_read_file(&b,
	    span_of(X12_180("BGN*00*R5*20261122~BLI*EN*4000000000013*2*PC~"
			    "RDR*RA*DR*XX~",
		"5")),
	    NULL, NULL, NULL);
	(void)box_finding(&b, "guide.element.exclusion");
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_announced_names_its_order_line),
	    cmocka_unit_test(an_announcement_without_lines_or_end_is_refused),
	    cmocka_unit_test(what_is_decided_names_what_it_answers),
	    cmocka_unit_test(a_180_that_answers_another_is_a_decision),
	    cmocka_unit_test(reasons_of_both_sides_exclude_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
