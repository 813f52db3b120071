/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents cross from one family to another through the canonical form: what
 * a guide's sample says, each other guide of the same kind of document says
 * too, apart from what it declares lost.
 */
#include "guide/convert.h"
#include "guide_help.h"

/* A partner's wishes go beyond what others of the family say. */
static bool
of_partner(const struct guide *g)
{
	size_t slash = span_find(span_of(guide_name(g)), '/');

	return !span_is(span_sub(span_of(guide_name(g)), 0, slash),
	    edi_family_name(guide_family(g)));
}

/* The syntax's own answers do not cross: each speaks of its own envelope. */
static bool
of_syntax(const struct guide *g)
{
	struct span t = span_of(guide_type(g));

	return span_is(t, "CONTRL") || span_is(t, "997") || span_is(t, "999");
}

static bool
only_read(const struct box *b, const struct guide *g)
{
	return guide_target(b->gs, span_of(guide_name(g)), NULL) == NULL;
}

/* What the sample of a guide says once it has been a document. */
static const json_t *
said(struct box *b, const struct guide *g)
{
	struct buf sample;

	buf_init(&sample, 1u << 20);
	guide_sample(g, &sample);
	struct span bytes = box_round(b, g, box_json(b, buf_span(&sample)));
	buf_done(&sample);
	(void)box_read_file(b, bytes, guide_name(g), NULL, NULL);
	return b->canonical;
}

/* Converts, between who and who unless that is ""; the bytes are in b->a. */
static enum rc
convert(struct box *b, const json_t *c, const char *to, const char *who,
    struct span *bytes, json_t **lost, struct err *err)
{
	struct document_conversion how = {
	    .to = guide_target(b->gs, span_of(to), repr_json_str(c, "type")),
	    .sender = {.id = span_of(who)},
	    .receiver = {.id = span_of(who)},
	    .numbers = {.interchange = "42"},
	    .now = INT64_C(1795000000000000)};
	struct buf out;

	assert_non_null(how.to);
	buf_init(&out, 16u << 20);
	enum rc rc = document_convert(b->gs, c, &how, b->a, &out, lost, err);
	*bytes = arena_span(b->a, buf_span(&out));
	buf_done(&out);
	return rc;
}

/* Some messages say only a part of what there is to say; what is not of that
 * part is refused, not written as something else. */
static bool
rightly_refused(const struct guide *to, const char *why)
{
	static const char *const only[][2] = {
	    {"ubl/order-cancellation-2.1", "/function is lost"},
	    {"ubl/order-change-2.1", "\"cac:OrderLine\""},
	    {"ubl/order-response-simple-2.1", "write.code"},
	};

	for (size_t i = 0; i < sizeof(only) / sizeof(*only); i++)
		if (strcmp(guide_name(to), only[i][0]) == 0 &&
		    strstr(why, only[i][1]))
			return true;
	return false;
}

static void
what_one_guide_says_the_others_of_its_kind_say_too(void **state)
{
	struct box b = box_loaded();
	size_t pairs = 0, bad = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *from = guides_at(b.gs, i);
		if (of_partner(from) || of_syntax(from))
			continue;
		const json_t *c = said(&b, from);
		for (size_t k = 0; k < guides_count(b.gs); k++) {
			const struct guide *to = guides_at(b.gs, k);
			struct span bytes;
			struct err err;
			json_t *lost;
			if (from == to || of_partner(to) || of_syntax(to) ||
			    only_read(&b, to) ||
			    strcmp(guide_document(from), guide_document(to)))
				continue;
			pairs++;
			if (convert(&b, c, guide_name(to), "X", &bytes, &lost,
				&err) == RC_OK)
				continue;
			if (rightly_refused(to, err.text)) {
				refused++;
				continue;
			}
			bad++;
			print_message("%s to %s: %s\n", guide_name(from),
			    guide_name(to), err.text);
		}
	}
	assert_int_equal(bad, 0);
	assert_true(refused > 3);
	assert_true(pairs > 20 + refused);
	box_free(&b);
}

static void
every_code_and_alternative_comes_back(void **state)
{
	struct box b = box_loaded();
	size_t bad = 0, n = 0;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		if (edi_family_sheet(guide_family(g)))
			continue;  /* only read */
		if (of_partner(g)) /* may refuse what its family allows */
			continue;
		for (unsigned k = 0; k < guide_samples(g); k++, n++) {
			json_t *agreement = box_agreement(&b, g);
			struct buf sample;
			struct span bytes;
			struct err err;
			buf_init(&sample, 1u << 20);
			guide_sample_nth(g, k, &sample);
			json_t *c = box_json(&b, buf_span(&sample));
			buf_done(&sample);
			if (box_write(&b, g, c, &bytes, &err) == RC_OK &&
			    document_verify(
				b.gs, agreement, c, bytes, b.a, &err) == RC_OK)
				continue;
			bad++;
			print_message(
			    "%s, sample %u: %s\n", guide_name(g), k, err.text);
		}
	}
	assert_int_equal(bad, 0);
	assert_true(n > 3 * guides_count(b.gs));
	box_free(&b);
}

static const char *
target(const struct box *b, const char *what)
{
	const struct guide *g = guide_target(b->gs, span_of(what), NULL);

	return g ? guide_name(g) : "(none)";
}

static void
targets_are_named_as_messages_name_themselves(void **state)
{
	struct box b = box_loaded();

	(void)state;
	assert_string_equal(
	    target(&b, "edifact:ORDERS:D.96A"), "edifact/orders-d96a");
	assert_string_equal(
	    target(&b, "edifact:ORDERS:D:96A:UN"), "edifact/orders-d96a");
	assert_string_equal(target(&b, "edifact:ORDERS:D:96A:UN:EAN008"),
	    "edifact/orders-d96a-ean008");
	assert_string_equal(target(&b, "x12:850:004010"), "x12/850-004010");
	assert_string_equal(target(&b, "ubl:Order:2.1"), "ubl/order-2.1");
	assert_string_equal(target(&b, "nordlicht/orders"), "nordlicht/orders");
	const struct guide *credit =
	    guide_target(b.gs, span_of("edifact:INVOIC:D.96A"), "credit");
	assert_string_equal(guide_document(credit), "credit");
	credit = guide_target(b.gs, span_of("edifact:INVOIC:D.96A"), "invoice");
	assert_string_equal(guide_document(credit), "invoice");
	assert_string_equal(target(&b, "edifact:ORDERS:D.95A"), "(none)");
	assert_string_equal(target(&b, "edifact:ORDERS"), "(none)");
	assert_string_equal(target(&b, "fax:ORDERS:D.96A"), "(none)");
	assert_string_equal(target(&b, ""), "(none)");
	box_free(&b);
}

#define ORDER                                                                  \
	"{\"type\":\"order\",\"number\":\"1\",\"function\":\"original\","      \
	"\"kind\":\"standard\",\"issue_date\":\"2026-11-22\",\"latest\":"      \
	"\"2026-12-24\",\"currency\":\"EUR\",\"parties\":{\"buyer\":{\"gln\":" \
	"\"2900000000117\"},\"seller\":{\"gln\":\"2900000000018\"}},"          \
	"\"lines\":[{\"line_id\":\"1\",\"ordered\":\"5\"}]}"

static void
parties_stand_in_for_an_envelope(void **state)
{
	struct box b = box_loaded();
	const json_t *c = box_json(&b, span_of(ORDER));
	struct span bytes;
	struct err err;
	json_t *lost;

	(void)state;
	assert_int_equal(
	    convert(&b, c, "edifact:ORDERS:D.96A", "", &bytes, &lost, &err),
	    RC_OK);
	assert_true(span_starts(
	    bytes, "UNB+UNOC:3+2900000000117:14+2900000000018:14+"));
	assert_int_equal(
	    convert(&b, c, "x12:850:004010", "", &bytes, &lost, &err), RC_OK);
	assert_true(span_find_str(bytes,
			"*UL*2900000000117  *UL*2900000000018  *") < bytes.n);
	json_object_del(json_object_get(c, "parties"), "buyer");
	assert_int_equal(
	    convert(&b, c, "edifact:ORDERS:D.96A", "", &bytes, &lost, &err),
	    RC_INPUT);
	assert_string_equal(err.code, "convert.parties");
	box_free(&b);
}

static void
what_is_not_carried_is_told(void **state)
{
	struct box b = box_loaded();
	const json_t *c = box_json(&b, span_of(ORDER));
	struct span bytes;
	struct err err;
	json_t *lost;

	(void)state;
	assert_int_equal(
	    convert(&b, c, "ubl:Order:2.1", "", &bytes, &lost, &err), RC_OK);
	assert_int_equal(json_array_size(lost), 1);
	assert_string_equal(
	    json_string_value(json_array_get(lost, 0)), "/latest");
	assert_int_equal(
	    convert(&b, c, "x12:850:004010", "", &bytes, &lost, &err), RC_OK);
	assert_int_equal(json_array_size(lost), 0);
	assert_int_equal(
	    convert(&b, c, "x12:855:004010", "", &bytes, &lost, &err),
	    RC_INPUT);
	assert_string_equal(err.code, "convert.type");
	box_free(&b);
}

/* Where no envelope says who sends to whom, the guide does. */
static void
guides_say_who_sends_to_whom(void **state)
{
	struct box b = box_loaded();
	struct span bytes;
	struct err err;
	json_t *lost;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		if (strcmp(guide_document(g), "ack") == 0)
			continue;
		if (!guide_between(g, true) || !guide_between(g, false))
			fail_msg("%s says not between whom", guide_name(g));
	}
	json_t *c = box_json(&b,
	    span_of("{\"type\":\"order\",\"number\":\"1\",\"issue_date\":"
		    "\"2026-11-22\",\"kind\":\"standard\",\"function\":"
		    "\"original\",\"currency\":\"EUR\",\"parties\":{\"buyer\":"
		    "{\"gln\":\"2900000000117\"},\"seller\":{\"gln\":"
		    "\"2900000000018\"}},\"lines\":[{\"line_id\":\"1\","
		    "\"ordered\":\"1\",\"unit_code\":\"EA\",\"item\":"
		    "{\"gtin\":\"4000000000013\"}}]}"));
	assert_int_equal(
	    convert(&b, c, "edifact/orders-d96a", "", &bytes, &lost, &err),
	    RC_OK);
	assert_true(span_find_str(bytes,
			"+2900000000117:14+2900000000018:14+") < bytes.n);
	c = box_json(&b,
	    span_of("{\"type\":\"despatch\",\"number\":\"1\",\"issue_date\":"
		    "\"2026-11-22\",\"function\":\"original\",\"order_number\":"
		    "\"O\",\"parties\":{\"buyer\":{\"gln\":\"2900000000117\"},"
		    "\"seller\":{\"gln\":\"2900000000018\"}},\"lines\":"
		    "[{\"line_id\":\"1\",\"shipped\":\"1\",\"unit_code\":"
		    "\"EA\",\"order_number\":\"O\",\"item\":{\"gtin\":"
		    "\"4000000000013\"}}]}"));
	if (convert(&b, c, "edifact/desadv-d96a", "", &bytes, &lost, &err) !=
	    RC_OK)
		fail_msg("%s", err.text);
	assert_true(span_find_str(bytes,
			"+2900000000018:14+2900000000117:14+") < bytes.n);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(guides_say_who_sends_to_whom),
	    cmocka_unit_test(
		what_one_guide_says_the_others_of_its_kind_say_too),
	    cmocka_unit_test(every_code_and_alternative_comes_back),
	    cmocka_unit_test(targets_are_named_as_messages_name_themselves),
	    cmocka_unit_test(parties_stand_in_for_an_envelope),
	    cmocka_unit_test(what_is_not_carried_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
