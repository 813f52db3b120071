/* SPDX-License-Identifier: Apache-2.0
 *
 * All guides of the project: each loads, each has a sample that it writes and
 * reads back to the same; the samples of partners; real documents of others
 * (KONTOR_CORPUS, else beside the checkout; skipped when absent).
 */
#include <dirent.h>

#include "guide_help.h"

static struct span
file(struct box *b, const char *path)
{
	struct span s;
	struct err err;

	if (file_read(path, 64u << 20, b->a, &s, &err) != RC_OK)
		fail_msg("%s", err.text);
	return s;
}

static const char *
beside(const char *variable, const char *fallback, const char *probe)
{
	const char *dir = getenv(variable);
	FILE *f;

	if (dir)
		return dir;
	f = fopen(probe, "r");
	if (!f) {
		print_message("%s is not here\n", fallback);
		skip();
	}
	fclose(f);
	return fallback;
}

static const char *
corpus(void)
{
	return beside("KONTOR_CORPUS", "../shared/corpus",
	    "../shared/corpus/EXPECTED.tsv");
}

static const char *
schemas(void)
{
	return beside("KONTOR_UBL_SCHEMAS", "../shared/schemas/ubl-2.1",
	    "../shared/schemas/ubl-2.1/maindoc/UBL-Order-2.1.xsd");
}

static void
every_guide_writes_its_sample(void **state)
{
	struct box b = box_loaded();

	(void)state;
	assert_true(guides_count(b.gs) >= 9);
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		struct buf sample;
		if (edi_family_sheet(guide_family(g)))
			continue; /* sheets: tests/unit/sheet.c */
		buf_init(&sample, 1u << 20);
		guide_sample(g, &sample);
		json_t *c = box_json(&b, buf_span(&sample));
		buf_done(&sample);
		(void)box_round(&b, g, c);
	}
	box_free(&b);
}

static void
every_guide_is_described(void **state)
{
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		struct buf page;
		buf_init(&page, 1u << 20);
		guide_describe(guides_at(b.gs, i), "en", NULL, &page);
		assert_true(
		    span_find_str(buf_span(&page), "| Place |") < page.n);
		/* what a partner's syntax says has no number of its own */
		assert_true(
		    span_find_str(buf_span(&page), "`number`") < page.n ||
		    span_find_str(buf_span(&page), "`order_number`") < page.n ||
		    span_find_str(buf_span(&page), "`verdict`") < page.n);
		buf_reset(&page);
		guide_describe(guides_at(b.gs, i), "de", NULL, &page);
		assert_true(
		    span_find_str(buf_span(&page), "| Stelle |") < page.n);
		assert_false(page.full);
		buf_done(&page);
	}
	box_free(&b);
}

static void
orders_and_answers_pass_through_every_family(void **state)
{
	static const char *const names[][2] = {
	    {"edifact/orders-d96a", "order"},
	    {"edifact/orders-d96a-ean008", "order"},
	    {"edifact/orders-d01b", "order"},
	    {"edifact/orders-d01b-ean010", "order"},
	    {"x12/850-004010", "order"},
	    {"x12/850-005010", "order"},
	    {"x12/860-004010", "change"},
	    {"x12/860-004010", "cancel"},
	    {"x12/860-005010", "change"},
	    {"x12/860-005010", "cancel"},
	    {"edifact/ordrsp-d96a", "response"},
	    {"edifact/ordrsp-d96a-ean008", "response"},
	    {"edifact/ordrsp-d01b", "response"},
	    {"edifact/ordrsp-d01b-ean009", "response"},
	    {"edifact/ordchg-d96a", "change"},
	    {"edifact/ordchg-d96a", "cancel"},
	    {"edifact/ordchg-d96a-ean008", "change"},
	    {"edifact/ordchg-d01b", "change"},
	    {"edifact/ordchg-d01b", "cancel"},
	    {"edifact/ordchg-d01b-ean010", "change"},
	    {"x12/855-004010", "response"},
	    {"x12/855-005010", "response"},
	    {"x12/865-004010", "response"},
	    {"x12/865-005010", "response"},
	    {"ubl/order-response-2.1", "response"},
	    {"ubl/order-response-simple-2.1", "accepted"},
	    {"edifact/ordrsp-d01b", "accepted"},
	    {"x12/855-004010", "accepted"},
	    {"ubl/order-change-2.1", "change"},
	    {"ubl/order-cancellation-2.1", "cancel"},
	    {"edifact/aperak-d96a", "ack"},
	    {"edifact/aperak-d01b", "ack"},
	    {"ubl/application-response-2.1", "ack"},
	    {"x12/824-004010", "ack"},
	    {"x12/824-005010", "ack"},
	    {"edifact/ostrpt-d01b", "order_status"},
	    {"edifact/ostrpt-d96a-ean002", "order_status"},
	    {"x12/870-004010", "order_status"},
	    {"x12/870-005010", "order_status"},
	    {"x12/856-005010", "despatch"},
	    {"x12/861-004010", "receipt"},
	    {"x12/861-005010", "receipt"},
	    {"xml/order-status-1", "order_status"},
	    {"edifact/retann-d01b", "return_request"},
	    {"edifact/retann-d96a-ean002", "return_request"},
	    {"x12/180-004010", "return_request"},
	    {"x12/180-005010", "return_request"},
	    {"xml/return-request-1", "return_request"},
	    {"edifact/retins-d01b", "return_decision"},
	    {"edifact/retins-d96a-ean002", "return_decision"},
	    {"x12/180-decision-004010", "return_decision"},
	    {"x12/180-decision-005010", "return_decision"},
	    {"xml/return-decision-1", "return_decision"},
	};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct span text =
		    file(&b, arena_printf(b.a, "tests/fixtures/guide/%s.json",
				 names[i][1]));
		(void)box_round(
		    &b, box_guide(&b, names[i][0]), box_json(&b, text));
	}
	box_free(&b);
}

static void
what_is_written_as_ubl_is_valid(void **state)
{
	static const char *const names[][3] = {
	    {"ubl/order-2.1", "order", "Order"},
	    {"ubl/order-response-2.1", "response", "OrderResponse"},
	    {"ubl/order-response-simple-2.1", "accepted",
		"OrderResponseSimple"},
	    {"ubl/order-change-2.1", "change", "OrderChange"},
	    {"ubl/order-cancellation-2.1", "cancel", "OrderCancellation"},
	    {"ubl/application-response-2.1", "ack", "ApplicationResponse"},
	    {"ubl/despatch-advice-2.1", "despatch", "DespatchAdvice"},
	    {"ubl/receipt-advice-2.1", "receipt", "ReceiptAdvice"},
	};
	const char *dir = schemas();
	struct box b = box_loaded();
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct guide *g = box_guide(&b, names[i][0]);
		struct span text =
		    file(&b, arena_printf(b.a, "tests/fixtures/guide/%s.json",
				 names[i][1]));
		if (edi_schema_load(dir, span_of(names[i][2]), &err) != RC_OK)
			fail_msg("%s", err.text);
		struct span bytes = box_round(&b, g, box_json(&b, text));
		(void)box_read_file(&b, bytes, names[i][0], NULL, dir);
		box_clean(&b);
		struct buf sample;
		buf_init(&sample, 1u << 20);
		guide_sample(g, &sample);
		bytes = box_round(&b, g, box_json(&b, buf_span(&sample)));
		buf_done(&sample);
		(void)box_read_file(&b, bytes, names[i][0], NULL, dir);
		box_clean(&b);
	}
	box_free(&b);
}

/* A UBL order that is delivered to these. */
static const char *
delivered_to(struct box *b, const char *delivery)
{
	const json_t *street;
	struct buf out;

	(void)box_read_file(b,
	    span_of(arena_printf(b->a,
		"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:"
		"Order-2' xmlns:cbc='urn:oasis:names:specification:ubl:schema:"
		"xsd:CommonBasicComponents-2' xmlns:cac='urn:oasis:names:"
		"specification:ubl:schema:xsd:CommonAggregateComponents-2'>"
		"<cbc:ID>1</cbc:ID><cbc:IssueDate>2026-01-01</cbc:IssueDate>"
		"<cac:BuyerCustomerParty/><cac:SellerSupplierParty/>"
		"<cac:Delivery>%s</cac:Delivery><cac:OrderLine><cac:LineItem>"
		"<cbc:ID>1</cbc:ID><cac:Item/></cac:LineItem></cac:OrderLine>"
		"</Order>",
		delivery)),
	    "ubl/order-2.1", NULL, NULL);
	street = repr_json_at(b->canonical, "parties.ship_to.address.street");
	buf_init(&out, 1024);
	repr_json_write(street, &out);
	const char *s = arena_str(b->a, buf_span(&out));
	buf_done(&out);
	return s;
}

#define STREET(s) "<cbc:StreetName>" s "</cbc:StreetName>"
#define LINE "<cac:AddressLine><cbc:Line>Gate 2</cbc:Line></cac:AddressLine>"
#define NUMBER "<cbc:BuildingNumber>56A</cbc:BuildingNumber>"

static void
addresses_are_read_whole(void **state)
{
	struct box b = box_loaded();

	(void)state;
	assert_string_equal(
	    delivered_to(&b, "<cac:DeliveryAddress>" STREET("Avon Way")
				 NUMBER LINE "</cac:DeliveryAddress>"),
	    "[\"Avon Way\",\"56A\",\"Gate 2\"]");
	assert_string_equal(
	    delivered_to(&b,
		"<cac:DeliveryLocation><cac:Address>" STREET("Elsewhere") LINE
		"</cac:Address></cac:DeliveryLocation><cac:DeliveryParty>"
		"<cac:PostalAddress>" STREET("Avon Way") NUMBER
		"</cac:PostalAddress></cac:DeliveryParty>"),
	    "[\"Avon Way\",\"56A\"]");
	box_free(&b);
}

/*
 * partners/X/samples/Y.edi is read by guide X/Y and gives Y.json; where there
 * is no such guide, the one that the message names has nothing against it.
 */
static void
partner_sample(struct box *b, const char *partner, const char *name)
{
	const char *stem = arena_str(
	    b->a, span_sub(span_of(name), 0, span_find(span_of(name), '.')));
	const char *g = arena_printf(b->a, "%s/%s", partner, stem);
	struct err err;

	if (!guides_named(b->gs, span_of(g)))
		g = NULL;
	(void)box_read_file(b,
	    file(
		b, arena_printf(b->a, "partners/%s/samples/%s", partner, name)),
	    g, NULL, NULL);
	box_clean(b);
	if (g == NULL)
		return;
	struct span expected = file(b,
	    arena_printf(b->a, "partners/%s/samples/%s.json", partner, stem));
	struct buf got;
	buf_init(&got, 1u << 20);
	repr_json_write(b->canonical, &got);
	if (guide_same(box_guide(b, g), expected, buf_span(&got), &err) !=
	    RC_OK)
		fail_msg("%s: %s", g, err.text);
	buf_done(&got);
	(void)box_round(b, box_guide(b, g), b->canonical);
}

static void
samples_of_partners_give_what_they_say(void **state)
{
	struct box b = box_loaded();
	DIR *partners = opendir("partners");
	size_t n = 0;

	(void)state;
	assert_non_null(partners);
	for (struct dirent *p; (p = readdir(partners)) != NULL;) {
		const char *path =
		    arena_printf(b.a, "partners/%s/samples", p->d_name);
		DIR *d = p->d_name[0] == '.' ? NULL : opendir(path);
		for (struct dirent *e; d && (e = readdir(d)) != NULL;)
			if (e->d_name[0] != '.' &&
			    !span_ends(span_of(e->d_name), ".json")) {
				partner_sample(&b,
				    arena_str(b.a, span_of(p->d_name)),
				    e->d_name);
				n++;
			}
		if (d)
			closedir(d);
	}
	closedir(partners);
	assert_true(n > 0);
	box_free(&b);
}

static void
faults_inside_real_answers_are_found(void **state)
{
	static const char *const names[] = {
	    "x12/staedi__extraDelimiter997.edi", "x12/staedi__invalid997.edi"};
	const char *dir = corpus();
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const json_t *r = box_read_file(&b,
		    file(&b, arena_printf(b.a, "%s/%s", dir, names[i])), NULL,
		    NULL, NULL);
		assert_string_equal(
		    repr_json_str(r, "interchanges.0.messages.0.verdict"),
		    "rejected");
	}
	box_free(&b);
}

/* Errors of guides in one file of the corpus. */
static size_t
guide_errors(struct box *b, const char *path, bool round_trip)
{
	const json_t *r = box_read_file(b, file(b, path), NULL, NULL, NULL);
	const json_t *ixs = json_object_get(r, "interchanges");
	size_t errors = 0;

	for (size_t i = 0; i < json_array_size(ixs); i++) {
		const json_t *ms =
		    json_object_get(json_array_get(ixs, i), "messages");
		for (size_t k = 0; k < json_array_size(ms); k++) {
			const json_t *m = json_array_get(ms, k);
			const json_t *fs = json_object_get(m, "findings");
			const char *g = repr_json_str(m, "guide");
			for (size_t x = 0; x < json_array_size(fs); x++)
				errors +=
				    strcmp(repr_json_str(json_array_get(fs, x),
					       "severity"),
					"error") == 0;
			const json_t *c = json_object_get(m, "canonical");
			if (round_trip && g && c &&
			    (strcmp(g, "x12/855-004010") ||
				repr_json_str(c, "response_code")))
				(void)box_round(b, box_guide(b, g), c);
		}
	}
	return errors;
}

static bool
of_interest(struct span type)
{
	static const char *const types[] = {"ORDERS", "ORDRSP", "850", "855",
	    "860", "865", "ORDCHG", "Order", "OrderResponse",
	    "OrderResponseSimple", "OrderChange", "OrderCancellation",
	    "810+850", "DESADV", "856", "DespatchAdvice", "ReceiptAdvice",
	    "APERAK", "824", "180", "CONTRL", "997", "999", "INVOIC", "810",
	    "Invoice", "CreditNote", "RECADV", "OSTRPT", "870",
	    "ApplicationResponse"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_is(type, types[i]))
			return true;
	return false;
}

static void
real_documents_are_read_and_written(void **state)
{
	const char *dir = corpus();
	struct box b = box_loaded();
	struct span table = file(&b, arena_printf(b.a, "%s/EXPECTED.tsv", dir));
	size_t n = 0;

	(void)state;
	while (table.p) {
		struct span line = span_cut(&table, '\n');
		struct span name = span_cut(&line, '\t');
		struct span type = span_cut(&line, '\t');
		struct span version = span_cut(&line, '\t');
		if (!span_is(span_cut(&line, '\t'), "valid") ||
		    !of_interest(type) || span_is(version, "004060"))
			continue; /* no guide is for X12 of 2003 */
		const char *path =
		    arena_printf(b.a, "%s/%.*s", dir, (int)name.n, name.p);
		if (guide_errors(&b, path, true))
			fail_msg("%s: %s", path,
			    json_dumps(b.findings, JSON_COMPACT));
		n++;
	}
	assert_true(n > 20);
	box_free(&b);
}

static void
faults_inside_real_documents_are_found(void **state)
{
	static const char *const names[] = {"x12/ediengine__850.SyntaxNotes.ERR"
					    ".edi",
	    "ubl/simplerinvoicing__SI-UBL-PO-1.2-error-BII2-T01-R003.xml",
	    "ubl/simplerinvoicing__SI-UBL-PO-1.2-error-BII2-T01-R004.xml",
	    "ubl/simplerinvoicing__SI-UBL-PO-1.2-error-BII2-T01-R006.xml",
	    "ubl/simplerinvoicing__SI-UBL-PO-1.2-error-BII2-T01-R019.xml",
	    "ubl/simplerinvoicing__SI-UBL-PO-1.2-error-BII2-T01-R031.xml"};
	const char *dir = corpus();
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_true(
		    guide_errors(&b, arena_printf(b.a, "%s/%s", dir, names[i]),
			false) > 0);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_guide_writes_its_sample),
	    cmocka_unit_test(every_guide_is_described),
	    cmocka_unit_test(orders_and_answers_pass_through_every_family),
	    cmocka_unit_test(what_is_written_as_ubl_is_valid),
	    cmocka_unit_test(addresses_are_read_whole),
	    cmocka_unit_test(samples_of_partners_give_what_they_say),
	    cmocka_unit_test(real_documents_are_read_and_written),
	    cmocka_unit_test(faults_inside_real_documents_are_found),
	    cmocka_unit_test(faults_inside_real_answers_are_found),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
