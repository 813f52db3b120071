/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of applications to documents: APERAK, 824, ApplicationResponse say
 * the same in the canonical document, and an answer survives the way through
 * any of them.
 */
#include "guide_help.h"

static struct box
loaded(void)
{
	struct box b = {.a = arena_new()};
	struct err err;

	if (guides_load("partners", b.a, NULL, &b.gs, &err) != RC_OK)
		fail_msg("%s", err.text);
	return b;
}

static const struct guide *
guide(const struct box *b, const char *name)
{
	const struct guide *g = guides_named(b->gs, span_of(name));

	assert_non_null(g);
	return g;
}

static void
an_aperak_without_findings_accepts(void **state)
{
	struct box b = loaded();

	(void)state;
	box_edifact(&b, "edifact/aperak-d96a",
	    "BGM++14'DTM+137:202611220123:203'RFF+ON:4711'DTM+171:20261119:102'"
	    "NAD+SU+2900000000018::9'NAD+BY+2900000000117::9'");
	box_clean(&b);
	assert_field(&b, "type", "ack");
	assert_field(&b, "verdict", "accepted");
	assert_field(&b, "level", "business");
	assert_field(&b, "number", "14");
	assert_field(&b, "order_number", "4711");
	assert_field(&b, "order_date", "2026-11-19");
	assert_field(&b, "parties.buyer.gln", "2900000000117");
	box_free(&b);
}

static void
an_aperak_with_findings_rejects(void **state)
{
	struct box b = loaded();

	(void)state;
	box_edifact(&b, "edifact/aperak-d96a",
	    "BGM+:::x+A1'DTM+137:20261122:102'RFF+ACW:PO1'"
	    "ERC+12'FTX+AAI+++Item unknown'RFF+LI:20'ERC+13'");
	box_clean(&b);
	assert_field(&b, "verdict", "rejected");
	assert_field(&b, "of.number", "PO1");
	assert_field(&b, "findings.0.code", "12");
	assert_field(&b, "findings.0.text", "Item unknown");
	assert_field(&b, "findings.0.line_id", "20");
	assert_field(&b, "findings.1.code", "13");
	assert_no_field(&b, "findings.1.line_id");
	box_free(&b);
}

static void
the_verdict_of_an_aperak_is_taken_from_either_place(void **state)
{
	struct box b = loaded();

	(void)state;
	box_edifact(&b, "edifact/aperak-d01b",
	    "BGM+313+A1'DTM+137:20261122:102'DOC+380+R7'");
	box_clean(&b);
	assert_field(&b, "verdict", "rejected");
	assert_field(&b, "of.type", "invoice");
	assert_field(&b, "of.number", "R7");
	box_edifact(&b, "edifact/aperak-d01b",
	    "BGM+305+A1++AP'DTM+137:20261122:102'RFF+ACW:R8'");
	box_clean(&b);
	assert_field(&b, "verdict", "accepted");
	assert_field(&b, "of.number", "R8");
	box_edifact(&b, "edifact/aperak-d01b",
	    "BGM+305+A1++AB'DTM+137:20261122:102'RFF+ACW:R8'");
	assert_field(&b, "verdict", "received");
	assert_field(&b, "level", "syntax");
	box_free(&b);
}

static void
an_824_tells_document_from_line(void **state)
{
	struct box b = loaded();

	(void)state;
	box_x12(&b, "x12/824-004010",
	    "BGN*11*404*20261122*1134~N1*FR*Northern Lights*UL*2900000000117~"
	    "OTI*TR*TN*R7***20261120*1033*77*0003*810~REF*PO*4711~"
	    "TED*024*Price*IT1*4*4**9.99~NTE**The price is not~NTE**agreed.~"
	    "TED*ZZZ*Late~OTI*IE*TN*R7~REF*LI*20~TED*007**IT1**7~");
	box_clean(&b);
	assert_field(&b, "verdict", "rejected");
	assert_field(&b, "parties.sender.gln", "2900000000117");
	assert_field(&b, "of.number", "R7");
	assert_field(&b, "of.type", "invoice");
	assert_field(&b, "of.group", "77");
	assert_field(&b, "of.message_ref", "0003");
	assert_field(&b, "order_number", "4711");
	assert_field(&b, "findings.0.text", "The price is not\nagreed.");
	assert_field(&b, "findings.0.tag", "IT1");
	assert_field(&b, "findings.0.value", "9.99");
	assert_field(&b, "findings.1.text", "Late");
	assert_field(&b, "findings.2.line_id", "20");
	assert_field(&b, "findings.2.verdict", "accepted_with_errors");
	box_free(&b);
}

#define CAC "urn:oasis:names:specification:ubl:schema:xsd:Common"

static void
an_application_response_that_only_received_is_no_verdict(void **state)
{
	struct box b = loaded();

	(void)state;
	(void)box_read_file(&b,
	    span_of("<ApplicationResponse xmlns='urn:oasis:names:specification:"
		    "ubl:schema:xsd:ApplicationResponse-2' xmlns:cac='" CAC
		    "AggregateComponents-2' xmlns:cbc='" CAC
		    "BasicComponents-2'><cbc:ID>A1</cbc:ID><cbc:IssueDate>"
		    "2026-11-22</cbc:IssueDate><cac:SenderParty/>"
		    "<cac:ReceiverParty/><cac:DocumentResponse><cac:Response>"
		    "<cbc:ResponseCode>AB</cbc:ResponseCode></cac:Response>"
		    "<cac:DocumentReference><cbc:ID>4711</cbc:ID>"
		    "</cac:DocumentReference></cac:DocumentResponse>"
		    "</ApplicationResponse>"),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_field(&b, "verdict", "received");
	assert_field(&b, "level", "syntax");
	assert_field(&b, "of.number", "4711");
	box_free(&b);
}

/* A finding about a line is written once, with its line. */
static void
findings_are_written_where_they_belong(void **state)
{
	struct box b = loaded();
	struct span text, out;
	struct err err;

	(void)state;
	assert_int_equal(file_read("tests/fixtures/guide/ack.json", 1u << 20,
			     b.a, &text, &err),
	    RC_OK);
	const json_t *c = box_json(&b, text);
	out = box_round(&b, guide(&b, "x12/824-004010"), c);
	assert_true(span_find_str(out, "OTI*TR*TN*N-1***20261120*") < out.n);
	assert_true(span_find_str(out, "OTI*IR*TN*N-1~REF*LI*2~") < out.n);
	out = box_round(&b, guide(&b, "ubl/application-response-2.1"), c);
	size_t first = span_find_str(out, "P0012");
	assert_true(first > span_find_str(out, "<cac:LineResponse>"));
	assert_true(span_find_str(span_sub(out, first + 1, out.n), "P0012") ==
		    out.n - first - 1);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_aperak_without_findings_accepts),
	    cmocka_unit_test(an_aperak_with_findings_rejects),
	    cmocka_unit_test(
		the_verdict_of_an_aperak_is_taken_from_either_place),
	    cmocka_unit_test(an_824_tells_document_from_line),
	    cmocka_unit_test(
		an_application_response_that_only_received_is_no_verdict),
	    cmocka_unit_test(findings_are_written_where_they_belong),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
