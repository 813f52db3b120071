/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing by guides: what is refused and why, what is left out, the envelope;
 * and whose agreement a file belongs to.
 */
#include "guide/agreement.h"
#include "guide_help.h"

static json_t *
fixture(struct box *b, const char *name)
{
	struct span s;
	struct err err;

	if (file_read(arena_printf(b->a, "tests/fixtures/guide/%s.json", name),
		1u << 20, b->a, &s, &err) != RC_OK)
		fail_msg("%s", err.text);
	return box_json(b, s);
}

static void
put(json_t *c, const char *key, const char *value)
{
	json_object_set_new(c, key, json_string(value));
}

/* The code of the refusal, "" when it was written. */
static const char *
refusal(struct box *b, const char *g, const json_t *c)
{
	struct span out;
	struct err err = {.code = ""};

	if (box_write(b, box_guide(b, g), c, &out, &err) == RC_OK)
		return "";
	return arena_str(b->a, span_of(err.code));
}

static void
what_cannot_be_written_is_refused(void **state)
{
	struct box b = box_loaded();
	json_t *c = fixture(&b, "order");
	json_t *line = json_array_get(json_object_get(c, "lines"), 0);

	(void)state;
	assert_string_equal(refusal(&b, "edifact/orders-d96a", c), "");
	json_object_del(c, "number");
	assert_string_equal(
	    refusal(&b, "edifact/orders-d96a", c), "write.missing");
	put(c, "number", "a number that is longer than thirty-five");
	assert_string_equal(
	    refusal(&b, "edifact/orders-d96a", c), "write.room");
	put(c, "number", "1");
	put(c, "function", "nonsense");
	assert_string_equal(
	    refusal(&b, "edifact/orders-d96a", c), "write.code");
	put(c, "function", "original");
	put(c, "issue_date", "yesterday");
	assert_string_equal(
	    refusal(&b, "edifact/orders-d96a", c), "write.code");
	put(c, "issue_date", "2026-11-22");
	put(line, "ordered", "12345678901234567");
	assert_string_equal(
	    refusal(&b, "edifact/orders-d96a", c), "write.room");
	put(line, "ordered", "1");
	put(c, "number", "\xe6\xbc\xa2");
	assert_string_equal(
	    refusal(&b, "edifact/orders-d96a", c), "write.charset");
	put(c, "number", "a*b");
	assert_string_equal(refusal(&b, "edifact/orders-d96a", c), "");
	assert_string_equal(
	    refusal(&b, "x12/850-004010", c), "write.separator");
	put(c, "type", "invoice");
	assert_string_equal(
	    refusal(&b, "edifact/orders-d96a", c), "guide.absent");
	box_free(&b);
}

static void
separators_in_data_are_quoted(void **state)
{
	struct box b = box_loaded();
	json_t *c = fixture(&b, "order");

	(void)state;
	put(c, "number", "a'b+c:d?e");
	struct span s = box_round(&b, box_guide(&b, "edifact/orders-d96a"), c);
	assert_true(span_find_str(s, "+a?'b?+c?:d??e+9'") < s.n);
	put(c, "number", "a<b&c>\"d\"");
	s = box_round(&b, box_guide(&b, "ubl/order-2.1"), c);
	assert_true(span_find_str(s, ">a&lt;b&amp;c&gt;\"d\"</cbc:ID>") < s.n);
	box_free(&b);
}

static void
ascii_partners_get_letters_without_marks(void **state)
{
	struct box b = box_loaded();
	json_t *c = fixture(&b, "order");

	(void)state;
	struct span s = box_round(&b, box_guide(&b, "x12/850-004010"), c);
	assert_true(span_find_str(s, "N1*BY*Nordlicht Geraete*UL*") < s.n);
	assert_true(span_find_str(s, "N1*ST*Lager Sued*UL*") < s.n);
	box_free(&b);
}

static void
the_first_number_of_a_party_is_written(void **state)
{
	struct box b = box_loaded();
	json_t *c = fixture(&b, "order");
	json_t *buyer = json_object_get(json_object_get(c, "parties"), "buyer");

	(void)state;
	put(buyer, "assigned_by_seller", "D-1");
	struct span s = box_round(&b, box_guide(&b, "edifact/orders-d96a"), c);
	assert_true(span_find_str(s, "NAD+BY+2900000000117::9+") < s.n);
	json_object_del(buyer, "gln");
	s = box_round(&b, box_guide(&b, "edifact/orders-d96a"), c);
	assert_true(span_find_str(s, "NAD+BY+D-1::91+") < s.n);
	box_free(&b);
}

static void
what_is_too_long_and_droppable_is_left_out(void **state)
{
	struct box b = box_loaded();
	json_t *c = fixture(&b, "order");
	json_t *address = json_object_get(
	    json_object_get(json_object_get(c, "parties"), "buyer"), "address");

	(void)state;
	put(address, "region", "Schleswig-Holstein");
	struct span s = box_round(&b, box_guide(&b, "edifact/orders-d96a"), c);
	assert_int_equal(span_find_str(s, "Schleswig"), s.n);
	put(address, "region", "SH");
	s = box_round(&b, box_guide(&b, "edifact/orders-d96a"), c);
	assert_true(span_find_str(s, "+SH+24114+DE'") < s.n);
	box_free(&b);
}

static void
envelopes_carry_the_agreement(void **state)
{
	struct box b = box_loaded();
	json_t *c = fixture(&b, "order");

	(void)state;
	json_object_set_new(c, "test", json_true());
	struct span s =
	    box_round(&b, box_guide(&b, "edifact/orders-d96a-ean008"), c);
	assert_true(
	    span_starts(s, "UNB+UNOC:3+2900000000018:14+2900000000117:14+"));
	assert_true(span_find_str(s, "+42++++++1'") < s.n);
	assert_true(span_find_str(s, "ORDERS:D:96A:UN:EAN008'") < s.n);
	s = box_round(&b, box_guide(&b, "x12/850-004010"), c);
	assert_int_equal(span_find(s, '~'), 105);
	assert_true(span_find_str(s, "*000000042*0*T*>~GS*PO*") < s.n);
	box_free(&b);
}

static void
a_changed_document_is_not_the_same(void **state)
{
	struct box b = box_loaded();
	const struct guide *g = box_guide(&b, "edifact/orders-d96a");
	json_t *c = fixture(&b, "order");
	json_t *agreement = box_agreement(&b, g);
	struct err err;

	(void)state;
	struct span s = box_round(&b, g, c);
	put(c, "requested_date", "2026-12-24");
	assert_int_equal(
	    document_verify(b.gs, agreement, c, s, b.a, &err), RC_INPUT);
	assert_string_equal(err.code, "write.readback");
	assert_non_null(strstr(err.text, "/requested_date"));
	box_free(&b);
}

static void
a_value_that_needs_another_is_not_written_alone(void **state)
{
	struct box b = box_new();
	json_t *c = box_json(&b,
	    span_of("{\"type\":\"test\",\"number\":\"1\",\"unit\":\"EA\"}"));
	struct span out;
	struct err err;

	(void)state;
	box_add(&b, "test",
	    "guide 850 x12 004010\ncode PO\ndocument test\nlost unit\n"
	    "BEG M\n  03 M number\n"
	    "PO1 O\n  02 O ordered decimal 9\n  03 O unit when 02\n");
	const struct guide *g = box_guide(&b, "test");
	assert_int_equal(box_write(&b, g, c, &out, &err), RC_OK);
	assert_int_equal(span_find_str(out, "PO1*"), out.n);
	put(c, "ordered", "5");
	assert_int_equal(box_write(&b, g, c, &out, &err), RC_OK);
	assert_true(span_find_str(out, "PO1**5*EA~") < out.n);
	box_free(&b);
}

static void
entries_may_be_declared_lost(void **state)
{
	struct box b = box_loaded();
	struct span ours = span_of("{\"refs\":[{\"kind\":\"branch\",\"number\":"
				   "\"1\"},{\"kind\":\"order\",\"number\":"
				   "\"2\"}]}");
	struct span order =
	    span_of("{\"refs\":[{\"kind\":\"order\",\"number\":\"2\"}]}");
	struct span none = span_of("{\"refs\":[]}");
	struct err err;

	(void)state;
	box_add(&b, "loses",
	    "guide TEST edifact D.96A\ndocument test\n"
	    "lost refs[kind=branch]\nsegments edifact/d96a\nBGM M\n  1004 O "
	    "number\n");
	box_add(&b, "keeps",
	    "guide TEST edifact D.96A\ndocument test\n"
	    "segments edifact/d96a\nBGM M\n  1004 O number\n");
	assert_int_equal(
	    guide_same(box_guide(&b, "loses"), ours, order, &err), RC_OK);
	assert_int_equal(
	    guide_same(box_guide(&b, "loses"), ours, none, &err), RC_INPUT);
	assert_int_equal(
	    guide_same(box_guide(&b, "keeps"), ours, order, &err), RC_INPUT);
	box_free(&b);
}

#define SAMPLE                                                                 \
	"UNB+UNOC:3+2900000000117:14+2900000000018:14+261122:0915+1'"          \
	"UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+1+9'DTM+137:20261122:102'"       \
	"NAD+BY+2900000000117::9'LIN+1++4000000000013:EN'QTY+21:5:PCE'UNS+S'"  \
	"UNT+8+1'UNZ+1+1'"

static json_t *
agreements(struct box *b, const char *theirs, const char *guide_name)
{
	return repr_json_keep(
	    b->a, json_pack("[{s:s,s:s,s:{s:s,s:s},s:{s:s,s:s},s:{s:s}}]", "id",
		      "a-1", "family", "edifact", "ours", "id", "2900000000018",
		      "qualifier", "14", "theirs", "id", theirs, "qualifier",
		      "14", "guides", "order", guide_name));
}

static void
agreements_choose_the_guide(void **state)
{
	struct box b = box_loaded();
	const json_t *r = box_read_file(&b, span_of(SAMPLE), NULL,
	    agreements(&b, "2900000000117", "nordlicht/orders"), NULL);

	(void)state;
	assert_string_equal(
	    repr_json_str(r, "interchanges.0.agreement"), "a-1");
	assert_string_equal(
	    repr_json_str(b.message, "guide"), "nordlicht/orders");
	assert_string_equal(repr_json_str(b.message, "verdict"), "rejected");
	(void)box_read_file(&b, span_of(SAMPLE), NULL,
	    agreements(&b, "2900000000117", "edifact/orders-d96a"), NULL);
	assert_string_equal(
	    repr_json_str(b.message, "guide"), "edifact/orders-d96a");
	(void)box_read_file(&b, span_of(SAMPLE), NULL, NULL, NULL);
	assert_string_equal(
	    repr_json_str(b.message, "guide"), "edifact/orders-d96a-ean008");
	assert_field(&b, "lines.0.unit_code", "C62");
	box_free(&b);
}

/* By what a document says one of several guides is taken, in whatever order
 * they are named. */
static void
documents_choose_among_guides(void **state)
{
	static const struct {
		const char *named, *canonical, *guide;
	} cases[] = {
	    {"ubl/order-change-2.1, ubl/order-cancellation-2.1",
		"{\"type\":\"order_change\",\"function\":\"cancel\"}",
		"ubl/order-cancellation-2.1"},
	    {"ubl/order-cancellation-2.1 ubl/order-change-2.1",
		"{\"type\":\"order_change\",\"function\":\"change\"}",
		"ubl/order-change-2.1"},
	    {"ubl/order-response-2.1,ubl/order-response-simple-2.1",
		"{\"type\":\"order_response\",\"response_code\":\"AP\"}",
		"ubl/order-response-simple-2.1"},
	    {"ubl/order-response-simple-2.1,ubl/order-response-2.1",
		"{\"type\":\"order_response\",\"response_code\":\"AP\","
		"\"lines\":[{\"line_id\":\"1\"}]}",
		"ubl/order-response-2.1"},
	    {"ubl/order-response-simple-2.1,ubl/order-response-2.1",
		"{\"type\":\"order_response\",\"response_code\":\"AB\"}",
		"ubl/order-response-2.1"},
	    {"ubl/order-response-2.1",
		"{\"type\":\"order_response\",\"response_code\":\"AP\"}",
		"ubl/order-response-2.1"},
	    {"ubl/order-cancellation-2.1 ubl/order-2.1",
		"{\"type\":\"order_change\",\"function\":\"change\"}",
		"ubl/order-cancellation-2.1"},
	    {"x12/855-004010, x12/865-004010",
		"{\"type\":\"order_response\",\"sequence\":\"2\"}",
		"x12/865-004010"},
	    {"x12/865-004010, x12/855-004010",
		"{\"type\":\"order_response\",\"response_code\":\"AP\"}",
		"x12/855-004010"},
	    {"no/such", "{\"type\":\"order\"}", NULL},
	};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const json_t *c = box_json(&b, span_of(cases[i].canonical));
		json_t *agreed = repr_json_keep(
		    b.a, json_pack("{s:{s:{s:s}}}", "answer", "guides",
			     repr_json_str(c, "type"), cases[i].named));
		const struct guide *g = agreement_writes(b.gs, agreed, c, b.a);
		if (!cases[i].guide)
			assert_null(g);
		else
			assert_string_equal(guide_name(g), cases[i].guide);
	}
	assert_string_equal(
	    agreement_guides_absent(b.gs, "edifact/orders-d96a, no/such", b.a),
	    "no/such");
	assert_null(agreement_guides_absent(
	    b.gs, "edifact/orders-d96a ubl/order-2.1", b.a));
	(void)box_read_file(&b, span_of(SAMPLE), NULL,
	    agreements(&b, "2900000000117", "ubl/order-2.1, nordlicht/orders"),
	    NULL);
	assert_string_equal(
	    repr_json_str(b.message, "guide"), "nordlicht/orders");
	box_free(&b);
}

static void
strangers_are_told_so(void **state)
{
	struct box b = box_loaded();
	const json_t *r = box_read_file(&b, span_of(SAMPLE), NULL,
	    agreements(&b, "2900000000124", "edifact/orders-d96a"), NULL);

	(void)state;
	assert_string_equal(
	    repr_json_str(r, "interchanges.0.verdict"), "rejected");
	assert_string_equal(repr_json_str(r, "interchanges.0.findings.0.rule"),
	    "agreement.sender");
	assert_null(repr_json_str(r, "interchanges.0.agreement"));
	box_free(&b);
}

static void
values_know_where_they_stood(void **state)
{
	struct box b = box_loaded();

	(void)state;
	(void)box_read_file(&b, span_of(SAMPLE), NULL, NULL, NULL);
	const json_t *l = json_object_get(
	    json_object_get(b.message, "locators"), "/lines/0/ordered");
	assert_string_equal(repr_json_str(l, "tag"), "QTY");
	assert_int_equal(repr_json_int(l, "segment", 0), 7);
	assert_int_equal(repr_json_int(l, "component", 0), 2);
	assert_memory_equal(
	    SAMPLE + repr_json_int(l, "offset", 0), "5:PCE'", 6);
	box_free(&b);
}

static void
composites_are_counted_without_a_guide(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, NULL, "REF*NT*1**SU>1>ZZ>2>CT>3~");
	assert_int_equal(box_found(&b, "guide.component.many"), 0);
	(void)box_read_file(&b,
	    span_of(
		"ISA*00*          *00*          *ZZ*S              *ZZ*R       "
		"       *260101*1200*^*00501*000000001*0*P*>~"
		"GS*HI*S*R*20260101*1200*1*X*005010~ST*278*0001~"
		"REF*NT*1**SU>1>ZZ>2>CT>3~REF*NT*1**SU>1>ZZ>2>CT>3>~"
		"SE*4*0001~GE*1*1~IEA*1*000000001~"),
	    NULL, NULL, NULL);
	const json_t *f = box_finding(&b, "guide.component.many");
	assert_int_equal(repr_json_int(f, "segment", 0), 5);
	assert_string_equal(repr_json_str(f, "expected"), "6");
	assert_int_equal(box_found(&b, "guide.component.many"), 1);
	box_free(&b);
}

static void
messages_without_guide_are_judged_by_their_envelope(void **state)
{
	struct box b = box_loaded();
	struct document_options o = {.need_guide = true};
	struct buf out;
	struct err err;
	struct span s =
	    span_of("UNB+UNOC:3+A:14+B:14+261122:0915+1'UNH+1+PAXLST:D:05B:UN'"
		    "BGM+745'UNT+3+1'UNZ+1+1'");

	(void)state;
	(void)box_read_file(&b, s, NULL, NULL, NULL);
	assert_string_equal(repr_json_str(b.message, "verdict"), "accepted");
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.absent"), "severity"),
	    "warning");
	buf_init(&out, 1u << 20);
	assert_int_equal(
	    document_read(b.gs, s, NULL, &o, b.a, &out, NULL, &err), RC_OK);
	assert_string_equal(repr_json_str(box_json(&b, buf_span(&out)),
				"interchanges.0.messages.0.verdict"),
	    "rejected");
	buf_done(&out);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_cannot_be_written_is_refused),
	    cmocka_unit_test(separators_in_data_are_quoted),
	    cmocka_unit_test(ascii_partners_get_letters_without_marks),
	    cmocka_unit_test(the_first_number_of_a_party_is_written),
	    cmocka_unit_test(what_is_too_long_and_droppable_is_left_out),
	    cmocka_unit_test(envelopes_carry_the_agreement),
	    cmocka_unit_test(a_value_that_needs_another_is_not_written_alone),
	    cmocka_unit_test(entries_may_be_declared_lost),
	    cmocka_unit_test(a_changed_document_is_not_the_same),
	    cmocka_unit_test(agreements_choose_the_guide),
	    cmocka_unit_test(documents_choose_among_guides),
	    cmocka_unit_test(strangers_are_told_so),
	    cmocka_unit_test(values_know_where_they_stood),
	    cmocka_unit_test(composites_are_counted_without_a_guide),
	    cmocka_unit_test(
		messages_without_guide_are_judged_by_their_envelope),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
