/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders, their changes and answers: what the project's own guides make of
 * the codes that differ between standards and versions.
 */
#include "guide_help.h"

#define CHANGE_HEAD(function)                                                  \
	"BGM+230+AE-7+" function "'DTM+137:20261123:102'RFF+ON:N-1::2'"

static void
a_change_says_what_becomes_of_each_line(void **state)
{
	static const char *const guides[] = {
	    "edifact/ordchg-d96a", "edifact/ordchg-d01b"};

	(void)state;
	for (size_t i = 0; i < sizeof(guides) / sizeof(*guides); i++) {
		struct box b = box_loaded();
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
an_amount_behind_the_price_is_one_fault(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/ordchg-d96a",
	    CHANGE_HEAD("4") "LIN+1+3+4000000000013:EN'QTY+21:20:PCE'PRI+AAA:2'"
			     "MOA+203:40'LIN+2+2'UNS+S'MOA+86:40'CNT+2:2'");
	assert_int_equal(box_found(&b, "guide.segment.order"), 1);
	assert_int_equal(json_array_size(b.findings), 1);
	assert_field(&b, "lines.1.action", "2");
	box_free(&b);
}

static void
a_package_goes_on_behind_a_party_too_late(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/desadv-d96a",
	    "BGM+351+L9+9'DTM+137:20261123:102'RFF+ON:N-1'CPS+1'"
	    "NAD+DP+2900000000117::9'LIN+1++4000000000013:EN'QTY+12:5:PCE'");
	assert_int_equal(box_found(&b, "guide.segment.order"), 1);
	assert_int_equal(box_found(&b, "guide.group.missing"), 0);
	assert_field(&b, "lines.0.shipped", "5");
	box_free(&b);
}

static void
a_cancellation_needs_no_lines(void **state)
{
	struct box b = box_loaded();

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
	struct box b = box_loaded();

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
	assert_no_field(&b, "lines.0.action");
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
	struct box b = box_loaded();
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
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/orders-d01b",
	    "BGM+225+R-1+9'DTM+137:20261123:102'RFF+AMH:C-2026-4'"
	    "LIN+1++4000000000013:SRV'QTY+21:2'GIN+BN+S-1+S-2'"
	    "FTX+PRD+++Does not start'UNS+S'");
	box_clean(&b);
	assert_field(&b, "lines.0.item.serials.0", "S-1");
	assert_field(&b, "lines.0.item.serials.1", "S-2");
	assert_field(&b, "lines.0.text.0.value", "Does not start");
	/* Two numbers of one composite would be a range. */
	struct span s = box_round(&b,
	    guides_named(b.gs, span_of("edifact/orders-d01b")), b.canonical);
	assert_true(span_find_str(s, "'GIN+BN+S-1'GIN+BN+S-2'") < s.n);
	assert_field(&b, "kind", "repair");
	assert_field(&b, "refs.0.kind", "case");
	assert_field(&b, "refs.0.number", "C-2026-4");
	box_free(&b);
}

#define BCH(purpose) "BCH*" purpose "*SA*N-1**2*20261122*AE-7****20261123~"

static void
an_860_says_what_becomes_of_each_line(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, "x12/860-004010",
	    BCH("04") "REF*CT*RV-88~DTM*002*20261201~N1*BY*Nord*UL*"
		      "2900000000117~"
		      "POC*1*QI*20*8*EA*19.90**UP*4000000000013~"
		      "POC*2*DI******VN*K-7~POC*3*AI*3**DZ*4**VN*K-8~"
		      "SCH*1*DZ***002*20261128~CTT*3~");
	box_clean(&b);
	assert_field(&b, "function", "change");
	assert_field(&b, "order_number", "N-1");
	assert_field(&b, "order_date", "2026-11-22");
	assert_field(&b, "issue_date", "2026-11-23");
	assert_field(&b, "number", "AE-7");
	assert_field(&b, "sequence", "2");
	assert_field(&b, "requested_date", "2026-12-01");
	assert_field(&b, "lines.0.action", "3");
	assert_field(&b, "lines.0.ordered", "20"); /* not what is left: 8 */
	assert_field(&b, "lines.1.action", "2");
	assert_field(&b, "lines.1.item.sellers_item_id", "K-7");
	assert_field(&b, "lines.2.action", "1");
	assert_field(&b, "lines.2.unit_code", "DZN");
	assert_field(&b, "lines.2.schedule.0.date", "2026-11-28");
	box_x12(&b, "x12/860-004010", BCH("01"));
	box_clean(&b);
	assert_field(&b, "function", "cancel");
	box_x12(&b, "x12/860-004010", BCH("ZZ") "POC*1*CA*1**EA~");
	assert_int_equal(box_found(&b, "guide.value.code"), 1);
	box_x12(&b, "x12/860-004010", BCH("04"));
	assert_int_equal(box_found(&b, "guide.assert"), 1);
	box_free(&b);
}

static void
an_865_without_ack_confirms_what_it_says(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, "x12/865-004010",
	    "BCA*00*AC*N-1**1*20261122***V-9*20261124~DTM*038*200902164~"
	    "POC*1*CA*65**EA*1.76~POC*2*DI~CTT*2~");
	box_clean(&b);
	assert_field(&b, "response_code", "CA");
	assert_field(&b, "number", "V-9");
	assert_field(&b, "issue_date", "2026-11-24");
	assert_field(&b, "lines.0.action", "3");
	assert_field(&b, "lines.0.confirmed", "65");
	assert_field(&b, "lines.1.action", "7");
	assert_no_field(&b, "lines.1.confirmed");
	box_x12(&b, "x12/865-004010",
	    "BCA*00*AC*N-1**1*20261122~POC*1*CA*65**EA*1.76~"
	    "ACK*IC*60*EA*068*20261201~ACK*IB*5*EA~");
	box_clean(&b);
	assert_field(&b, "lines.0.confirmed", "60");
	assert_field(&b, "lines.0.backordered", "5");
	/* POC02 repeats what was asked; the ACK says what became of it. */
	box_x12(&b, "x12/865-004010",
	    "BCA*00*AC*N-1**1*20261122~POC*1*DI*40**EA~ACK*IA*40*EA~"
	    "POC*2*NC*3**EA~");
	box_clean(&b);
	assert_field(&b, "lines.0.change", "2");
	assert_field(&b, "lines.0.action", "5");
	assert_field(&b, "lines.1.action", "5");
	assert_field(&b, "lines.1.confirmed", "3");
	box_free(&b);
}

/* A reference of 40 characters: too long for 004010, not for 005010. */
static void
each_version_of_x12_has_its_own_lengths(void **state)
{
#define LONG                                                                   \
	"BEG*00*SA*N-1**20261122~REF*CT*1234567890123456789012345678901234567" \
	"890~PO1*1*1*EA~"
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, "x12/850-004010", LONG);
	assert_int_equal(box_found(&b, "guide.value.long"), 1);
	box_x12(&b, "x12/850-005010", LONG);
	box_clean(&b);
	box_free(&b);
}

/* 003040 has dates of six digits, and NTE for text. */
static void
an_old_850_is_read_and_written_with_short_dates(void **state)
{
	struct box b = box_loaded();
	const struct guide *g = guides_named(b.gs, span_of("x12/850-003040"));

	(void)state;
	box_x12(&b, "x12/850-003040",
	    "BEG*00*SA*N-1**261122~NTE*SPH*At the gate~DTM*002*261130***20~"
	    "PO1*1*1*EA~NTE**Blue~");
	box_clean(&b);
	assert_field(&b, "issue_date", "2026-11-22");
	assert_field(&b, "text.0.value", "At the gate");
	assert_field(&b, "lines.0.text.0.value", "Blue");
	struct span s = box_round(&b, g, b.canonical);
	assert_true(span_find_str(s, "BEG*00*SA*N-1**261122~") < s.n);
	assert_true(span_find_str(s, "DTM*002*261130~") < s.n);
	box_free(&b);
}

#define UBL(type, body)                                                        \
	"<" type " xmlns='urn:oasis:names:specification:ubl:schema:xsd:" type  \
	"-2' xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:"         \
	"CommonBasicComponents-2' xmlns:cac='urn:oasis:names:specification:"   \
	"ubl:schema:xsd:CommonAggregateComponents-2'>" body "</" type ">"
#define ORDER_REFERENCE                                                        \
	"<cac:OrderReference><cbc:ID>N-1</cbc:ID></cac:OrderReference>"

static void
ubl_changes_name_the_order_and_each_line(void **state)
{
	struct box b = box_loaded();

	(void)state;
	(void)box_read_file(&b,
	    span_of(UBL("OrderChange",
		"<cbc:ID>AE-7</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>"
		"<cbc:SequenceNumberID>2</cbc:SequenceNumberID>" ORDER_REFERENCE
		"<cac:BuyerCustomerParty/><cac:SellerSupplierParty/>"
		"<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID>"
		"<cbc:LineStatusCode>Cancelled</cbc:LineStatusCode>"
		"<cac:Item/></cac:LineItem></cac:OrderLine>"
		"<cac:OrderLine><cac:LineItem><cbc:ID>2</cbc:ID>"
		"<cbc:LineStatusCode>3</cbc:LineStatusCode>"
		"<cbc:Quantity unitCode='EA'>4</cbc:Quantity>"
		"<cac:Item/></cac:LineItem></cac:OrderLine>")),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_string_equal(
	    repr_json_str(b.message, "guide"), "ubl/order-change-2.1");
	assert_field(&b, "function", "change");
	assert_field(&b, "order_number", "N-1");
	assert_field(&b, "sequence", "2");
	assert_field(&b, "lines.0.action", "2");
	assert_field(&b, "lines.1.action", "3");
	assert_field(&b, "lines.1.ordered", "4");
	box_free(&b);
}

static void
a_ubl_cancellation_is_the_change_that_cancels(void **state)
{
	struct box b = box_loaded();
	struct span bytes;
	struct err err;

	(void)state;
	(void)box_read_file(&b,
	    span_of(UBL("OrderCancellation",
		"<cbc:ID>ST-1</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>"
		"<cbc:CancellationNote>Sorry</"
		"cbc:CancellationNote>" ORDER_REFERENCE
		"<cac:BuyerCustomerParty/><cac:SellerSupplierParty/>")),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_string_equal(
	    repr_json_str(b.message, "guide"), "ubl/order-cancellation-2.1");
	assert_field(&b, "function", "cancel");
	assert_field(&b, "text.0.value", "Sorry");

	/* Nothing that only changes leaves as a cancellation. */
	const struct guide *g =
	    guides_named(b.gs, span_of("ubl/order-cancellation-2.1"));
	const json_t *c = box_json(&b,
	    span_of("{\"type\":\"order_change\",\"function\":\"change\","
		    "\"number\":\"1\",\"issue_date\":\"2026-11-23\","
		    "\"order_number\":\"N-1\",\"text\":[{\"value\":\"x\"}]}"));
	assert_int_equal(box_write(&b, g, c, &bytes, &err), RC_OK);
	assert_int_equal(
	    document_verify(b.gs, box_agreement(&b, g), c, bytes, b.a, &err),
	    RC_INPUT);
	assert_non_null(strstr(err.text, "/function"));
	box_free(&b);
}

static const char *
accepted(struct box *b, const char *indicator)
{
	(void)box_read_file(b,
	    span_of(arena_printf(b->a,
		UBL("OrderResponseSimple",
		    "<cbc:ID>AB-1</cbc:ID><cbc:IssueDate>2026-11-23"
		    "</cbc:IssueDate><cbc:AcceptedIndicator>%s"
		    "</cbc:AcceptedIndicator>" ORDER_REFERENCE
		    "<cac:SellerSupplierParty/><cac:BuyerCustomerParty/>"),
		indicator)),
	    NULL, NULL, NULL);
	return repr_json_str(b->canonical, "response_code");
}

static void
a_simple_answer_accepts_or_refuses_the_whole(void **state)
{
	struct box b = box_loaded();

	(void)state;
	assert_string_equal(accepted(&b, "true"), "AP");
	assert_string_equal(accepted(&b, "0"), "RE");
	box_clean(&b);
	assert_null(accepted(&b, "perhaps"));
	assert_int_equal(box_found(&b, "guide.value.code"), 1);
	box_free(&b);
}

/* Whatever a note is for, people want to read it. */
static void
notes_of_every_kind_are_read(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, "x12/850-004010",
	    "BEG*00*SA*N-1**20261122~N9*L1*1~MSG*One~N9*PD*2~MSG*Two~"
	    "N9*CO*3~PO1*1*1*EA~REF*SE*S-1~REF*SE*S-2~N9*DI*1~MSG*Three~");
	box_clean(&b);
	assert_field(&b, "text.0.value", "One");
	assert_field(&b, "text.1.value", "Two");
	assert_no_field(&b, "text.2");
	assert_field(&b, "lines.0.item.serials.1", "S-2");
	assert_field(&b, "lines.0.text.0.value", "Three");
	(void)box_round(
	    &b, guides_named(b.gs, span_of("x12/850-004010")), b.canonical);
	box_edifact(&b, "edifact/orders-d96a",
	    "BGM+220+N-1+9'DTM+137:20261122:102'FTX+DEL+++Two'"
	    "FTX+AAI+++One'FTX+PUR++1::92'LIN+1'QTY+21:1'UNS+S'");
	box_clean(&b);
	assert_field(&b, "text.0.value", "Two");
	assert_field(&b, "text.1.value", "One");
	assert_no_field(&b, "text.2");
	box_free(&b);
}

/* As many write it: the order's own document code, items in LIN by the
 * seller's number, what is delivered as QTY+12. */
static void
what_partners_write_otherwise_is_read(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/ordchg-d96a",
	    "BGM+220+N-1+4'DTM+137:20261123:102'RFF+ON:N-1'"
	    "LIN+1+3+PROD-101:VN'QTY+21:1'UNS+S'");
	box_clean(&b);
	assert_field(&b, "lines.0.item.sellers_item_id", "PROD-101");
	box_edifact(&b, "edifact/ordrsp-d96a",
	    "BGM+231+V-1+4'DTM+137:20261123:102'RFF+ON:N-1'"
	    "LIN+1+3+X:IN'QTY+21:20'QTY+12:10'UNS+S'");
	box_clean(&b);
	assert_field(&b, "lines.0.item.buyers_item_id", "X");
	assert_field(&b, "lines.0.confirmed", "10");
	assert_field(&b, "response_code", "CA");
	box_edifact(&b, "edifact/ordrsp-d01b",
	    "BGM+231+V-1+28'DTM+137:20261123:102'RFF+ON:N-1'UNS+S'");
	assert_field(&b, "response_code", "CA"); /* on a condition */
	box_edifact(&b, "edifact/ordrsp-d01b",
	    "BGM+231+V-1+30'DTM+137:20261123:102'RFF+ON:N-1'UNS+S'");
	assert_field(&b, "response_code", "AP");
	box_edifact(&b, "edifact/orders-d96a",
	    "BGM+220+N-1+1'DTM+137:20261123:102'UNS+S'");
	box_clean(&b);
	assert_field(&b, "function", "cancel");
	box_edifact(&b, "edifact/orders-d96a",
	    "BGM+220+N-1+9'DTM+137:20261123:102'UNS+S'");
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.assert"), "severity"),
	    "warning");
	box_free(&b);
}

/* The schema asks for a note; where nobody has said why there is none. */
static void
orders_are_cancelled_without_a_reason(void **state)
{
	static const char *const SAYS[][2] = {{"", ">-</cbc:CancellationNote>"},
	    {",\"text\":[{\"value\":\"Too late\"}]",
		">Too late</cbc:CancellationNote>"}};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct span s =
		    box_round(&b, box_guide(&b, "ubl/order-cancellation-2.1"),
			box_json(&b,
			    span_of(arena_printf(b.a,
				"{\"type\":\"order_change\",\"number\":\"1\","
				"\"issue_date\":\"2026-11-22\",\"function\":"
				"\"cancel\",\"order_number\":\"2\"%s}",
				SAYS[i][0]))));
		assert_true(span_find_str(s, SAYS[i][1]) < s.n);
		(void)box_read_file(
		    &b, s, "ubl/order-cancellation-2.1", NULL, NULL);
		box_clean(&b);
		if (i == 0)
			assert_no_field(&b, "text");
		else
			assert_field(&b, "text.0.value", "Too late");
	}
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(orders_are_cancelled_without_a_reason),
	    cmocka_unit_test(a_change_says_what_becomes_of_each_line),
	    cmocka_unit_test(an_amount_behind_the_price_is_one_fault),
	    cmocka_unit_test(a_package_goes_on_behind_a_party_too_late),
	    cmocka_unit_test(a_cancellation_needs_no_lines),
	    cmocka_unit_test(a_change_names_its_order_and_what_to_do),
	    cmocka_unit_test(each_eancom_writes_its_own_item_number),
	    cmocka_unit_test(a_repair_order_names_its_case),
	    cmocka_unit_test(an_860_says_what_becomes_of_each_line),
	    cmocka_unit_test(an_865_without_ack_confirms_what_it_says),
	    cmocka_unit_test(each_version_of_x12_has_its_own_lengths),
	    cmocka_unit_test(an_old_850_is_read_and_written_with_short_dates),
	    cmocka_unit_test(what_partners_write_otherwise_is_read),
	    cmocka_unit_test(notes_of_every_kind_are_read),
	    cmocka_unit_test(ubl_changes_name_the_order_and_each_line),
	    cmocka_unit_test(a_ubl_cancellation_is_the_change_that_cancels),
	    cmocka_unit_test(a_simple_answer_accepts_or_refuses_the_whole),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
