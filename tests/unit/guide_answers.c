/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to documents. Of applications: APERAK, 824, ApplicationResponse say
 * the same in the canonical document, and an answer survives the way through
 * any of them. Of the syntax: CONTRL, 997, 999, TA1.
 */
#include "guide_help.h"

#include "edi/ack.h"

static void
an_aperak_without_findings_accepts(void **state)
{
	struct box b = box_loaded();

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
	struct box b = box_loaded();

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
	struct box b = box_loaded();

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
	struct box b = box_loaded();

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

static void
an_824_may_judge_several_documents(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, "x12/824-004010",
	    "BGN*11*405*20261122~N1*FR*Northern Lights*UL*2900000000117~"
	    "OTI*TA*TN*R7***20261120*1033*77*0003*810~"
	    "OTI*IE*TN*R7~REF*LI*20~TED*007**IT1**7~"
	    "OTI*TR*TN*R8***20261120*1033*77*0004*810~REF*PO*4712~"
	    "TED*024*Price~");
	box_clean(&b);
	assert_field(&b, "verdict", "accepted");
	assert_field(&b, "of.number", "R7");
	assert_field(&b, "findings.0.line_id", "20");
	assert_field(&b, "further.0.verdict", "rejected");
	assert_field(&b, "further.0.of.number", "R8");
	assert_field(&b, "further.0.of.message_ref", "0004");
	assert_field(&b, "further.0.order_number", "4712");
	assert_field(&b, "further.0.findings.0.text", "Price");
	box_free(&b);
}

/* What stands behind BGN, and the verdict; "" for none. */
static void
of_lines(const char *oti, const char *verdict, const char *of)
{
	struct box b = box_loaded();

	box_x12(&b, "x12/824-004010",
	    arena_printf(b.a, "BGN*11*404*20261122~%s", oti));
	box_clean(&b);
	if (*verdict)
		assert_field(&b, "verdict", verdict);
	else
		assert_no_field(&b, "verdict");
	if (*of)
		assert_field(&b, "of.number", of);
	box_free(&b);
}

static void
an_824_may_judge_nothing_but_lines(void **state)
{
	struct box b = box_loaded();

	(void)state;
	of_lines("OTI*IA*TN*R7~REF*LI*20~", "accepted", "R7");
	of_lines("OTI*IA*TN*R7~", "accepted", "R7");
	of_lines("OTI*IA*TN*R7~OTI*IR*TN*R7~TED*024*Price~",
	    "accepted_with_errors", "R7");
	of_lines("OTI*GP*FI*9~OTI*TA*TN*R7~", "accepted", "R7");
	of_lines("OTI*GP*FI*9~", "", "");
	box_x12(&b, "x12/824-004010", "BGN*11*404*20261122~");
	(void)box_finding(&b, "guide.group.missing");
	box_free(&b);
}

static void
an_aperak_needs_no_number_of_its_own(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/aperak-d96a", "BGM+++27'RFF+ACW:PO9'ERC+42'");
	box_clean(&b);
	assert_field(&b, "verdict", "rejected");
	assert_field(&b, "of.number", "PO9");
	box_free(&b);
}

#define CAC "urn:oasis:names:specification:ubl:schema:xsd:Common"

/* An ApplicationResponse with that code. */
static void
response(struct box *b, const char *code)
{
	(void)box_read_file(b,
	    span_of(arena_printf(b->a,
		"<ApplicationResponse xmlns='urn:oasis:names:specification:"
		"ubl:schema:xsd:ApplicationResponse-2' xmlns:cac='" CAC
		"AggregateComponents-2' xmlns:cbc='" CAC
		"BasicComponents-2'><cbc:ID>A1</cbc:ID><cbc:IssueDate>"
		"2026-11-22</cbc:IssueDate><cac:SenderParty/>"
		"<cac:ReceiverParty/><cac:DocumentResponse><cac:Response>"
		"<cbc:ResponseCode>%s</cbc:ResponseCode></cac:Response>"
		"<cac:DocumentReference><cbc:ID>4711</cbc:ID>"
		"</cac:DocumentReference></cac:DocumentResponse>"
		"</ApplicationResponse>",
		code)),
	    NULL, NULL, NULL);
	box_clean(b);
	assert_field(b, "of.number", "4711");
}

static void
an_application_response_that_only_received_is_no_verdict(void **state)
{
	struct box b = box_loaded();

	(void)state;
	response(&b, "AB");
	assert_field(&b, "verdict", "received");
	assert_field(&b, "level", "syntax");
	response(&b, "IP");
	assert_field(&b, "verdict", "received");
	response(&b, "PD");
	assert_field(&b, "verdict", "accepted");
	assert_field(&b, "level", "business");
	box_free(&b);
}

/* A finding about a line is written once, with its line. */
static void
findings_are_written_where_they_belong(void **state)
{
	struct box b = box_loaded();
	struct span text, out;
	struct err err;

	(void)state;
	assert_int_equal(file_read("tests/fixtures/guide/ack.json", 1u << 20,
			     b.a, &text, &err),
	    RC_OK);
	const json_t *c = box_json(&b, text);
	out = box_round(&b, box_guide(&b, "x12/824-004010"), c);
	assert_true(span_find_str(out, "OTI*TR*TN*N-1***20261120*") < out.n);
	assert_true(span_find_str(out, "OTI*IR*TN*N-1~REF*LI*2~") < out.n);
	out = box_round(&b, box_guide(&b, "ubl/application-response-2.1"), c);
	size_t first = span_find_str(out, "P0012");
	assert_true(first > span_find_str(out, "<cac:LineResponse>"));
	assert_true(span_find_str(span_sub(out, first + 1, out.n), "P0012") ==
		    out.n - first - 1);
	box_free(&b);
}

/* Reads the whole of an interchange that holds an answer of the syntax. */
static void
syntax(struct box *b, const char *bytes)
{
	(void)box_read_file(b, span_of(bytes), NULL, NULL, NULL);
	box_clean(b);
	assert_field(b, "type", "ack");
}

static void
a_contrl_says_what_it_answers(void **state)
{
	struct box b = box_loaded();

	(void)state;
	syntax(&b,
	    "UNB+UNOC:3+R:9+S:14+261122:0140+42'UNH+1+CONTRL:D:3:UN'"
	    "UCI+77+S:14+R:9+7'UCM+M1+ORDERS:D:96A:UN:EAN008+7'"
	    "UCM+M2+ORDERS:D:96A:UN+4+29+UNT+2'UCS+5'UCD+12+3:1'UCS+7+35'"
	    "UNT+8+1'UNZ+1+42'");
	assert_field(&b, "level", "syntax");
	assert_field(&b, "verdict", "accepted");
	assert_field(&b, "of.standard", "edifact");
	assert_field(&b, "of.control_ref", "77");
	assert_field(&b, "of.sender.id", "S");
	assert_field(&b, "of.receiver.qualifier", "9");
	assert_field(&b, "messages.0.message_ref", "M1");
	assert_field(&b, "messages.0.verdict", "accepted");
	assert_field(&b, "messages.1.verdict", "rejected");
	assert_field(&b, "messages.1.code", "29");
	assert_field(&b, "messages.1.tag", "UNT");
	assert_field(&b, "messages.1.findings.0.position", "5");
	assert_field(&b, "messages.1.findings.0.elements.0.code", "12");
	assert_field(&b, "messages.1.findings.1.code", "35");
	syntax(&b, "UNB+UNOC:3+R:9+S:14+261122:0140+43'UNH+1+CONTRL:2:2:UN'"
		   "UCI+78+S:14+R:9+4+23+UNB+2:1'UNT+3+1'UNZ+1+43'");
	assert_field(&b, "level", "interchange");
	assert_field(&b, "verdict", "rejected");
	assert_field(&b, "code", "23");
	box_free(&b);
}

#define ISA(version)                                                           \
	"ISA*00*          *00*          *ZZ*R              *ZZ*S           "   \
	"   *261122*0140*^*" version "*000000042*0*P*:~"

static void
a_997_says_what_it_answers(void **state)
{
	struct box b = box_loaded();

	(void)state;
	syntax(&b,
	    ISA("00401") "GS*FA*R*S*20261122*0140*9*X*004010~ST*997*0001~"
			 "AK1*PO*17~AK2*850*0001~AK5*A~AK2*850*0002~"
			 "AK3*PO1*8**8~AK4*2:1*330*6*x~AK5*R*5*4~"
			 "AK9*P*2*2*1~SE*10*0001~GE*1*9~IEA*1*000000042~");
	assert_field(&b, "level", "syntax");
	assert_field(&b, "verdict", "partly");
	assert_field(&b, "of.group", "17");
	assert_field(&b, "of.group_code", "PO");
	assert_field(&b, "sets.accepted", "1");
	assert_field(&b, "messages.0.verdict", "accepted");
	assert_field(&b, "messages.1.message_ref", "0002");
	assert_field(&b, "messages.1.verdict", "rejected");
	assert_field(&b, "messages.1.codes.1", "4");
	assert_field(&b, "messages.1.findings.0.tag", "PO1");
	assert_field(&b, "messages.1.findings.0.elements.0.component", "1");
	assert_field(&b, "messages.1.findings.0.elements.0.value", "x");
	box_free(&b);
}

static void
a_999_says_what_it_answers(void **state)
{
	struct box b = box_loaded();

	(void)state;
	syntax(&b, ISA("00501") "GS*FA*R*S*20261122*0140*9*X*005010X231A1~"
				"ST*999*0001*005010X231A1~AK1*PO*17*005010~"
				"AK2*850*0002~IK3*PO1*8*PO1*I4~"
				"CTX*TRIGGER^TRIGGER:2*PO1*8**2:1~IK4*2**I10*x~"
				"IK5*E*I5~AK9*E*1*1*1~SE*9*0001~GE*1*9~"
				"IEA*1*000000042~");
	assert_field(&b, "verdict", "accepted_with_errors");
	assert_field(&b, "of.version", "005010");
	assert_field(&b, "messages.0.verdict", "accepted_with_errors");
	assert_field(&b, "messages.0.findings.0.code", "I4");
	assert_field(&b, "messages.0.findings.0.elements.0.code", "I10");
	box_free(&b);
}

/* TA1 is no message, but it answers like one. */
static void
a_ta1_says_what_it_answers(void **state)
{
	struct box b = box_loaded();
	const json_t *r;

	(void)state;
	r = box_read_file(&b,
	    span_of(ISA("00501") "TA1*000000019*250101*1200*R*001~"
				 "TA1*000000020*250101*1201*A*000~"
				 "IEA*0*000000042~"),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_string_equal(repr_json_str(b.message, "type"), "TA1");
	assert_field(&b, "type", "ack");
	assert_field(&b, "level", "interchange");
	assert_field(&b, "verdict", "rejected");
	assert_field(&b, "code", "001");
	assert_field(&b, "of.control_ref", "000000019");
	assert_string_equal(
	    repr_json_str(
		r, "interchanges.0.messages.1.canonical.of.control_ref"),
	    "000000020");
	box_free(&b);
}

/* What the engine answers to a file, read back by the guide of the answer. */
static const char *
answered(struct box *b, const char *bytes, const char *agreements)
{
	const json_t *list = box_json(b, span_of(agreements));
	struct document_options o = {.partner_known = true};
	struct edi_ack_options how = {span_of("42"), 1795311600000000};
	struct edi_file *f;
	struct buf out;
	struct err err;

	buf_init(&out, 1u << 20);
	assert_int_equal(document_read(b->gs, span_of(bytes), list, &o, b->a,
			     &out, &f, &err),
	    RC_OK);
	buf_reset(&out);
	if (edi_ack_write(f->interchanges[0], &how, &out, &err) != RC_OK)
		fail_msg("%s", err.text);
	const char *text = arena_str(b->a, buf_span(&out));
	buf_done(&out);
	syntax(b, text);
	return text;
}

#define ORDER_005010                                                           \
	"ISA*00*          *00*          *ZZ*S              *ZZ*R           "   \
	"   *261122*0140*^*00501*000000007*0*P*:~GS*PO*S*R*20261122*0140*17*X" \
	"*005010~ST*850*0001~BEG*00*SA*4711**20261122~"                        \
	"PO1*1*x*EA*1**EN^BP*4000000000013~PO1*2*1:2*EA~"                      \
	"CTT*2~SE*6*0001~GE*1*17~IEA*1*000000007~"
#define AGREED(ack)                                                            \
	"[{\"id\":\"a\",\"family\":\"x12\",\"theirs\":{\"id\":\"S\"},"         \
	"\"ours\":{\"id\":\"R\"},\"options\":{\"ack\":" ack "}}]"

static void
a_group_is_answered_as_agreed(void **state)
{
	struct box b = box_loaded();
	const char *text;

	(void)state;
	text = answered(&b, ORDER_005010, AGREED("\"999\""));
	assert_non_null(strstr(text, "*^*00501*"));
	assert_non_null(strstr(text, "GS*FA*R*S*20261122*0140*1*X*005010~"));
	assert_non_null(strstr(text, "ST*999*0001~AK1*PO*17*005010~"));
	assert_non_null(strstr(text, "AK2*850*0001~IK3*PO1*3**8~IK4*2**6*x~"));
	assert_non_null(strstr(text, "IK4*6**12*EN~"));
	assert_non_null(strstr(text, "IK3*PO1*4**8~IK4*2**13*1~IK5*R*5~"));
	assert_field(&b, "messages.0.findings.0.elements.1.code", "12");
	text = answered(&b, ORDER_005010, AGREED("999"));
	assert_non_null(strstr(text, "ST*999*0001~"));
	text = answered(&b, ORDER_005010, AGREED("\"997\""));
	assert_non_null(strstr(text, "ST*997*0001~AK1*PO*17~"));
	assert_non_null(strstr(text, "AK4*6**3"));
	assert_non_null(strstr(text, "AK5*R*5~"));
	box_free(&b);
}

/* One of each with all that it can hold, as partners may try theirs on. */
static void
the_kept_answers_of_the_syntax_are_read_without_a_word(void **state)
{
	static const char *const names[] = {"contrl", "997", "999"};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct span bytes;
		struct err err;
		if (file_read(arena_printf(
				  b.a, "tests/fixtures/guide/%s.edi", names[i]),
			1u << 20, b.a, &bytes, &err) != RC_OK)
			fail_msg("%s", err.text);
		(void)box_read_file(&b, bytes, NULL, NULL, NULL);
		box_clean(&b);
		assert_field(&b, "type", "ack");
		assert_non_null(repr_json_at(
		    b.canonical, "messages.1.findings.0.elements.0.code"));
	}
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
	    cmocka_unit_test(an_824_may_judge_several_documents),
	    cmocka_unit_test(an_824_may_judge_nothing_but_lines),
	    cmocka_unit_test(an_aperak_needs_no_number_of_its_own),
	    cmocka_unit_test(
		an_application_response_that_only_received_is_no_verdict),
	    cmocka_unit_test(findings_are_written_where_they_belong),
	    cmocka_unit_test(a_contrl_says_what_it_answers),
	    cmocka_unit_test(a_997_says_what_it_answers),
	    cmocka_unit_test(a_999_says_what_it_answers),
	    cmocka_unit_test(a_ta1_says_what_it_answers),
	    cmocka_unit_test(a_group_is_answered_as_agreed),
	    cmocka_unit_test(
		the_kept_answers_of_the_syntax_are_read_without_a_word),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
