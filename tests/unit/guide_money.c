/* SPDX-License-Identifier: Apache-2.0
 *
 * Invoices and credits: guides chosen by a value of the message, and the
 * arithmetic that asserts check.
 */
#include "guide_help.h"

#define SEGMENTS                                                               \
	"segments edifact D.96A\n"                                             \
	"BGM  C002(1001 an..3, 1131 an..3), 1004 an..35\n"                     \
	"CUX  C504(6347! an..3, 6345 an..3)\n"                                 \
	"LIN  1082 an..6\n"                                                    \
	"QTY  C186!(6063! an..3, 6060! n..15, 6411 an..3)\n"                   \
	"PRI  C509(5125! an..3, 5118 n..15, 5375 an..3, 5387 an..3, "          \
	"5284 n..9)\n"                                                         \
	"ALC  5463! an..3\n"                                                   \
	"MOA  C516!(5025! an..3, 5004 n..18)\n"                                \
	"UNS  0081! a1\n"

#define HEAD "guide TEST edifact D.96A\nsegments seg\n"

#define BILL                                                                   \
	HEAD "document bill\n"                                                 \
	     "map side\n  A = false\n  C = true\n  others drop\n"              \
	     "BGM M\n  C002.1001 O\n  1004 M number\n"                         \
	     "CUX+2 O\n  6345 M currency\n"                                    \
	     "group 1 ALC 0..9 allowances[]\n"                                 \
	     "  5463 M charge map side\n"                                      \
	     "  MOA+8 O amount decimal\n"                                      \
	     "group 2 LIN 1..99 lines[]\n"                                     \
	     "  1082 M line_id\n"                                              \
	     "  QTY+47 O quantity decimal\n"                                   \
	     "  MOA+203 O amount decimal\n"                                    \
	     "  PRI+AAA O\n    5118 M price decimal\n"                         \
	     "    5284 O base decimal\n"                                       \
	     "  assert line error at amount when amount: "                     \
	     "amount = quantity * price / first(base, 1) within 1\n"           \
	     "    en {amount} is not {expected}.\n"                            \
	     "    de {amount} ist nicht {expected}.\n"                         \
	     "UNS+S M\n"                                                       \
	     "MOA+79 O total decimal\n"                                        \
	     "MOA+77 O due decimal\n"                                          \
	     "assert lines error at total when total: "                        \
	     "total = sum(lines.amount) within count(lines)\n"                 \
	     "  en {total} is not {expected}.\n"                               \
	     "  de {total} ist nicht {expected}.\n"                            \
	     "assert due error at due when due: due = "                        \
	     "sum(lines: quantity * price when quantity) "                     \
	     "- sum(allowances.amount when charge = \"false\") "               \
	     "+ sum(allowances.amount when charge = \"true\")\n"               \
	     "  en {due} is not {expected}.\n"                                 \
	     "  de {due} ist nicht {expected}.\n"

static struct box
bill(void)
{
	struct box b = box_new();

	box_add(&b, "seg", SEGMENTS);
	box_add(&b, "bill", BILL);
	return b;
}

#define TOP "BGM+380+1'"
#define LINE(amount, quantity, price)                                          \
	"LIN+1'QTY+47:" quantity "'MOA+203:" amount "'PRI+AAA:" price "'"

/* How many asserts fail, and what the first one asks for. */
static size_t
wrong(struct box *b, const char *body, const char *expected)
{
	box_edifact(b, "bill", body);
	size_t n = box_found(b, "guide.assert");
	assert_int_equal(n, json_array_size(b->findings));
	if (n && expected)
		assert_string_equal(
		    repr_json_str(box_finding(b, "guide.assert"), "expected"),
		    expected);
	return n;
}

static void
lines_are_multiplied_out(void **state)
{
	struct box b = bill();

	(void)state;
	assert_int_equal(
	    wrong(&b, TOP LINE("7.50", "3", "2.5") "UNS+S'", NULL), 0);
	assert_int_equal(
	    wrong(&b, TOP LINE("7.60", "3", "2.5") "UNS+S'", "7.50"), 1);
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.assert"), "args.de"),
	    "7.60 ist nicht 7.50.");
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.assert"), "tag"), "MOA");
	/* by the hundred; rounded */
	assert_int_equal(
	    wrong(&b, TOP LINE("0.33", "100", "1:::300") "UNS+S'", NULL), 0);
	assert_int_equal(
	    wrong(&b, TOP LINE("0.35", "100", "1:::300") "UNS+S'", "0.33"), 1);
	/* what is not there cannot be wrong */
	assert_int_equal(
	    wrong(&b, TOP "LIN+1'MOA+203:9'PRI+AAA:1'UNS+S'", NULL), 0);
	assert_int_equal(
	    wrong(&b, TOP LINE("9", "1", "1:::0") "UNS+S'", NULL), 0);
	box_free(&b);
}

static void
a_minor_unit_for_each_line_is_tolerated(void **state)
{
	struct box b = bill();
#define TWO LINE("1.00", "1", "1") LINE("1.00", "1", "1")

	(void)state;
	assert_int_equal(wrong(&b, TOP TWO "UNS+S'MOA+79:2.02'", NULL), 0);
	assert_int_equal(wrong(&b, TOP TWO "UNS+S'MOA+79:1.98'", NULL), 0);
	assert_int_equal(wrong(&b, TOP TWO "UNS+S'MOA+79:2.03'", "2.00"), 1);
	assert_int_equal(
	    wrong(&b, TOP "CUX+2:JPY'" TWO "UNS+S'MOA+79:4'", NULL), 0);
	assert_int_equal(
	    wrong(&b, TOP "CUX+2:JPY'" TWO "UNS+S'MOA+79:5'", "2"), 1);
	assert_int_equal(
	    wrong(&b, TOP "CUX+2:KWD'" TWO "UNS+S'MOA+79:2.002'", NULL), 0);
	assert_int_equal(
	    wrong(&b, TOP "CUX+2:KWD'" TWO "UNS+S'MOA+79:2.01'", "2.000"), 1);
	/* a line without amount: the sum cannot be said */
	assert_int_equal(wrong(&b, TOP TWO "LIN+3'UNS+S'MOA+79:9'", NULL), 0);
	box_free(&b);
}

static void
terms_of_a_sum_may_be_chosen(void **state)
{
	struct box b = bill();
#define SIDES "ALC+A'MOA+8:2'ALC+C'MOA+8:0.5'ALC+A'MOA+8:1'"

	(void)state;
	assert_int_equal(wrong(&b,
			     TOP SIDES LINE("10", "5", "2") "LIN+2'UNS+S'"
							    "MOA+77:7.5'",
			     NULL),
	    0);
	assert_int_equal(
	    wrong(&b, TOP SIDES LINE("10", "5", "2") "UNS+S'MOA+77:7'", "7.5"),
	    1);
	assert_int_equal(
	    wrong(&b, TOP LINE("10", "5", "2") "UNS+S'MOA+77:10.00'", NULL), 0);
	/* an entry that says nothing adds nothing, here or later */
	assert_int_equal(
	    wrong(&b, TOP "ALC+X'" LINE("1", "1", "1") "UNS+S'MOA+77:2'", NULL),
	    1);
	/* nothing is kept from one message to the next */
	assert_int_equal(
	    wrong(&b, TOP LINE("1", "1", "1") "UNS+S'MOA+77:1'", NULL), 0);
	box_free(&b);
}

static void
conditions_that_make_no_sense_are_refused(void **state)
{
	static const char *const conditions[] = {"total = lines.amount * 2",
	    "total = sum(lines)", "total = sum(lines: nix)",
	    "total = sum(lines: amount", "total = 1 +", "total = first(1)",
	    "total = 1 within"};
	struct box b = bill();

	(void)state;
	for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++)
		(void)box_refused(&b,
		    arena_printf(b.a, "%sassert x error %s\n  en a\n  de b\n",
			BILL, conditions[i]));
	box_free(&b);
}

/* The guide that reads the message. */
static const char *
chosen(struct box *b, const char *body)
{
	box_edifact(b, NULL, body);
	const char *g = repr_json_str(b->message, "guide");
	return g ? g : "";
}

static void
a_value_decides_which_guide_reads(void **state)
{
	struct box b = bill();

	(void)state;
	box_add(&b, "credit",
	    "guide TEST edifact D.96A\nextends bill\ndocument credit\n"
	    "where BGM.1001 in 381 396\n"
	    "BGM M\n  C002.1001 M - codes 381 396\n");
	assert_string_equal(chosen(&b, "BGM+380+1'LIN+1'UNS+S'"), "bill");
	assert_string_equal(chosen(&b, "BGM+396+1'LIN+1'UNS+S'"), "credit");
	assert_field(&b, "type", "credit");
	assert_string_equal(chosen(&b, "BGM++1'LIN+1'UNS+S'"), "bill");
	assert_string_equal(chosen(&b, "LIN+1'UNS+S'"), "bill");
	/* what it writes is read by it again */
	struct span bytes = box_round(&b, guides_named(b.gs, span_of("credit")),
	    box_json(&b, span_of("{\"type\":\"credit\",\"number\":\"7\","
				 "\"lines\":[{\"line_id\":\"1\"}]}")));
	assert_true(span_find_str(bytes, "BGM+381+7'") < bytes.n);
	/* the agreement's guide for bills is none for credits, and so on */
	box_add(&b, "paid",
	    "guide TEST edifact D.96A\nextends bill\n"
	    "where not BGM.C002.1001 in 381 396 and BGM.1004\n");
	const json_t *both = box_json(&b,
	    span_of("[{\"id\":\"a\",\"family\":\"edifact\",\"ours\":{\"id\":"
		    "\"R\"},\"theirs\":{\"id\":\"S\"},\"guides\":{\"bill\":"
		    "\"paid\",\"credit\":\"credit\"}}]"));
	(void)box_read_file(&b,
	    span_of("UNB+UNOC:3+S+R+260101:1200+1'UNH+1+TEST:D:96A:UN'BGM+381+"
		    "1'LIN+1'UNS+S'UNT+5+1'UNZ+1+1'"),
	    NULL, both, NULL);
	assert_string_equal(repr_json_str(b.message, "guide"), "credit");
	(void)box_read_file(&b,
	    span_of("UNB+UNOC:3+S+R+260101:1200+1'UNH+1+TEST:D:96A:UN'BGM+380+"
		    "1'LIN+1'UNS+S'UNT+5+1'UNZ+1+1'"),
	    NULL, both, NULL);
	assert_string_equal(repr_json_str(b.message, "guide"), "paid");
	box_free(&b);
}

static void
values_of_xml_decide_too(void **state)
{
	static const char *const bad[] = {
	    "where", "where BGM.9999 = 1", "where B.1001", "where BGM.1001 in"};
	struct box b = bill();

	(void)state;
#define XML_HEAD                                                               \
	"guide Bill xml 1\nroot urn:x\nprefix k urn:x\ndocument bill\n"        \
	"where k:Kind/k:Code = B and k:Kind/@list = own\n"                     \
	"k:Kind O\n  k:Code O number\n"
	box_add(&b, "x", XML_HEAD);
#define KIND(list, code)                                                       \
	span_of("<Bill xmlns=\"urn:x\"><Kind list=\"" list "\"><Code>" code    \
		"</Code></Kind></Bill>")
	(void)box_read_file(&b, KIND("own", "B"), NULL, NULL, NULL);
	assert_string_equal(repr_json_str(b.message, "guide"), "x");
	(void)box_read_file(&b, KIND("own", "C"), NULL, NULL, NULL);
	assert_null(repr_json_str(b.message, "guide"));
	(void)box_read_file(&b, KIND("his", "B"), NULL, NULL, NULL);
	assert_null(repr_json_str(b.message, "guide"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		(void)box_refused(&b,
		    arena_printf(b.a, HEAD "document x\n%s\nBGM M\n", bad[i]));
	box_free(&b);
}

/* Samples add up, and are read again by the guide that wrote them. */
static void
samples_of_bills_and_credits_add_up(void **state)
{
	struct box b = box_loaded();
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		struct buf sample;
		if (strcmp(guide_document(g), "invoice") &&
		    strcmp(guide_document(g), "credit"))
			continue;
		n++;
		buf_init(&sample, 1u << 20);
		guide_sample(g, &sample);
		struct span bytes =
		    box_round(&b, g, box_json(&b, buf_span(&sample)));
		buf_done(&sample);
		(void)box_read_file(&b, bytes, NULL, NULL, NULL);
		assert_string_equal(
		    repr_json_str(b.message, "guide"), guide_name(g));
		box_clean(&b);
	}
	assert_true(n >= 14);
	box_free(&b);
}

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

static bool
makes(const struct guide *g, const char *document)
{
	return strcmp(guide_document(g), document) == 0;
}

/* What every standard carries of an invoice. */
static void
nothing_of_weight_is_lost(const struct box *b, const char *type)
{
	assert_field(b, "type", type);
	assert_field(b, "order_number", "N-2026-118");
	assert_field(b, "currency", "EUR");
	assert_field(b, "due_date", "2026-12-22");
	assert_field(b, "parties.buyer.gln", "2900000000117");
	assert_field(b, "parties.seller.vat_id", "DE888888888");
	assert_field(b, "lines.0.item.gtin", "4000000000013");
	assert_field(b, "lines.0.quantity", "12");
	assert_field(b, "lines.0.amount", "214.92");
	assert_field(b, "lines.0.tax.percent", "19");
	assert_field(b, "lines.0.allowances.0.amount", "23.88");
	assert_field(b, "lines.1.item.sellers_item_id", "K-7");
	assert_field(b, "lines.1.unit_code", "KGM");
	assert_field(b, "allowances.0.charge", "true");
	assert_field(b, "allowances.0.code", "FC");
	assert_field(b, "taxes.1.amount", "0.70");
	assert_field(b, "totals.lines", "224.92");
	assert_field(b, "totals.amount", "284.40");
}

/* Written by every guide, and what was read of it by every other one. */
static void
bills_and_credits_pass_through_every_family(void **state)
{
	static const char *const types[] = {"invoice", "credit"};
	struct box b = box_loaded();

	(void)state;
	for (size_t t = 0; t < 2; t++) {
		const json_t *whole = fixture(&b, types[t]);
		for (size_t i = 0; i < guides_count(b.gs); i++) {
			const struct guide *from = guides_at(b.gs, i);
			if (!makes(from, types[t]))
				continue;
			(void)box_read_file(
			    &b, box_round(&b, from, whole), NULL, NULL, NULL);
			box_clean(&b);
			nothing_of_weight_is_lost(&b, types[t]);
			const json_t *read = b.canonical;
			for (size_t k = 0; k < guides_count(b.gs); k++) {
				const struct guide *to = guides_at(b.gs, k);
				if (!makes(to, types[t]))
					continue;
				(void)box_read_file(&b, box_round(&b, to, read),
				    NULL, NULL, NULL);
				box_clean(&b);
				nothing_of_weight_is_lost(&b, types[t]);
			}
		}
	}
	box_free(&b);
}

/* Does the last document break the assert? Warns, and leaves it as it is. */
static bool
breaks(const struct box *b, const char *check)
{
	bool found = false;

	for (size_t i = 0; i < json_array_size(b->findings); i++) {
		const json_t *f = json_array_get(b->findings, i);
		const char *c = repr_json_str(f, "args.check");
		assert_string_equal(repr_json_str(f, "severity"), "warning");
		found |= c && strcmp(c, check) == 0;
	}
	return found;
}

/* The bytes with the first `from` after `mark` replaced. */
static struct span
altered(struct box *b, struct span bytes, const char *mark, const char *from,
    const char *to)
{
	size_t at = span_find_str(bytes, mark);
	assert_true(at < bytes.n);
	at += span_find_str(span_sub(bytes, at, bytes.n), from);
	assert_true(at < bytes.n);
	size_t end = at + strlen(from);
	return span_of(arena_printf(b->a, "%.*s%s%.*s", (int)at, bytes.p, to,
	    (int)(bytes.n - end), bytes.p + end));
}

static void
each_figure_is_checked(void **state)
{
	static const struct {
		const char *guide, *mark, *from, *to, *check;
	} cases[] = {
#define EDI "edifact/invoic-d96a"
#define X12 "x12/810-004010"
#define UBL "ubl/invoice-2.1"
	    {EDI, "MOA+203", "214.92", "214.91", ""},
	    {EDI, "MOA+203", "214.92", "214.90", "invoice.line.amount"},
	    {EDI, "PRI+AAA", "19.90", "19.80", "invoice.line.amount"},
	    {EDI, "DTM+137", "137", "138", "invoice.issue_date"},
	    {EDI, "MOA+79", "224.92", "224.95", "invoice.lines.sum"},
	    {EDI, "MOA+260", "0.00", "0.03", "invoice.allowances.sum"},
	    {EDI, "MOA+259", "15.08", "15.05", "invoice.charges.sum"},
	    {EDI, "MOA+125", "240.00", "240.03", "invoice.taxable"},
	    {EDI, "MOA+124", "44.40", "44.37", "invoice.tax.sum"},
	    {EDI, "MOA+125:230.00", "43.70", "43.73", "invoice.tax.amount"},
	    {EDI, "MOA+77", "284.40", "284.43", "invoice.total"},
	    {EDI, "MOA+9", "200.00", "200.02", "invoice.due"},
	    {X12, "PAM****1", "214.92", "214.90", "invoice.line.amount"},
	    {X12, "AMT*1", "224.92", "224.96", "invoice.lines.sum"},
	    {X12, "AMT*T", "44.40", "44.43", "invoice.tax.sum"},
	    {X12, "TDS", "28440", "28442", ""},
	    {X12, "TDS", "28440", "28443", "invoice.total"},
	    {X12, "TDS", "28440", "284", "invoice.total"},
	    {UBL, "<cbc:InvoicedQuantity", ">12<", ">13<",
		"invoice.line.amount"},
	    {UBL, "<cac:LegalMonetaryTotal", "224.92", "224.95",
		"invoice.lines.sum"},
	    {UBL, "<cbc:AllowanceTotalAmount", "0.00", "0.03",
		"invoice.allowances.sum"},
	    {UBL, "<cbc:ChargeTotalAmount", "15.08", "15.05",
		"invoice.charges.sum"},
	    {UBL, "<cbc:TaxExclusiveAmount", "240.00", "240.03",
		"invoice.taxable"},
	    {UBL, "<cac:TaxTotal", "44.40", "44.43", "invoice.tax.sum"},
	    {UBL, "<cac:TaxTotal", "230.00", "231.00", "invoice.tax.amount"},
	    {UBL, "<cbc:TaxInclusiveAmount", "284.40", "284.43",
		"invoice.total"},
	    {UBL, "<cbc:PayableAmount", "200.00", "200.02", "invoice.due"},
	};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span bytes =
		    box_round(&b, guides_named(b.gs, span_of(cases[i].guide)),
			fixture(&b, "invoice"));
		(void)box_read_file(&b,
		    altered(
			&b, bytes, cases[i].mark, cases[i].from, cases[i].to),
		    NULL, NULL, NULL);
		if (!*cases[i].check)
			box_clean(&b);
		else if (!breaks(&b, cases[i].check))
			fail_msg("%s: %s in %s", cases[i].check, cases[i].to,
			    json_dumps(b.findings, JSON_COMPACT));
	}
	box_free(&b);
}

static void
totals_are_never_corrected(void **state)
{
	struct box b = box_loaded();
	struct span bytes = box_round(
	    &b, guides_named(b.gs, span_of(X12)), fixture(&b, "invoice"));

	(void)state;
	(void)box_read_file(
	    &b, altered(&b, bytes, "TDS", "28440", "99999"), NULL, NULL, NULL);
	assert_true(breaks(&b, "invoice.total"));
	assert_field(&b, "totals.amount", "999.99");
	assert_string_equal(repr_json_str(b.message, "verdict"), "accepted");
	const json_t *f = box_finding(&b, "guide.assert");
	assert_string_equal(repr_json_str(f, "found"), "999.99");
	assert_string_equal(repr_json_str(f, "expected"), "284.40");
	assert_string_equal(repr_json_str(f, "tag"), "TDS");
	box_free(&b);
}

static void
credits_name_what_they_correct(void **state)
{
	static const char *const names[][3] = {
	    {"edifact/invoic-381-d96a", "RFF+IV", "RFF+IT"},
	    {"edifact/invoic-381-d01b-ean010", "RFF+IV", "RFF+IT"},
	    {"x12/810-cr-004010", "REF*OI", "REF*ZZ"}};
	struct box b = box_loaded();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct span bytes =
		    box_round(&b, guides_named(b.gs, span_of(names[i][0])),
			fixture(&b, "credit"));
		(void)box_read_file(&b,
		    altered(&b, bytes, names[i][1], names[i][1], names[i][2]),
		    NULL, NULL, NULL);
		assert_true(breaks(&b, "credit.invoice"));
	}
	box_free(&b);
}

/* A partner whose sums have to agree says so in his guide. */
static void
a_partner_may_make_it_an_error(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_add(&b, "strict",
	    "guide 810 x12 004010\nextends " X12 "\n"
	    "assert invoice.total error at totals.amount totals.amount = "
	    "sum(lines.amount) + totals.tax\n"
	    "  en {totals.amount} is not {expected}.\n"
	    "  de {totals.amount} ist nicht {expected}.\n");
	struct span bytes = box_round(
	    &b, guides_named(b.gs, span_of(X12)), fixture(&b, "invoice"));
	(void)box_read_file(&b, bytes, "strict", NULL, NULL);
	assert_string_equal(repr_json_str(b.message, "verdict"), "rejected");
	assert_string_equal(
	    repr_json_str(box_finding(&b, "guide.assert"), "args.de"),
	    "284.40 ist nicht 269.32.");
	box_free(&b);
}

/* 4.00 for a hundred must not become 4.00 for one. */
static void
prices_keep_what_they_are_for(void **state)
{
	static const char *const refused[] = {
	    "x12/810-004010", "x12/850-004010", "x12/860-004010"};
	struct box b = box_loaded();
	json_t *whole = fixture(&b, "invoice");
	json_t *line = json_array_get(json_object_get(whole, "lines"), 1);
	struct err err;
	struct span bytes;

	(void)state;
	json_object_set_new(line, "price_base", json_string("100"));
	json_object_set_new(line, "price_amount", json_string("400"));
	bytes = box_round(&b, guides_named(b.gs, span_of(X12)), whole);
	assert_true(span_find_str(bytes, "*KG*400*HP*") < bytes.n);
	(void)box_read_file(&b, bytes, NULL, NULL, NULL);
	box_clean(&b);
	assert_field(&b, "lines.1.price_base", "100");
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		const struct guide *g = guides_named(b.gs, span_of(refused[i]));
		struct buf sample;
		buf_init(&sample, 1u << 20);
		guide_sample(g, &sample);
		json_t *c = box_json(&b, buf_span(&sample));
		buf_done(&sample);
		line = json_array_get(json_object_get(c, "lines"), 0);
		json_object_set_new(line, "price_base", json_string("12"));
		assert_int_equal(box_write(&b, g, c, &bytes, &err) == RC_OK &&
				     document_verify(b.gs, box_agreement(&b, g),
					 c, bytes, b.a, &err) == RC_OK,
		    0);
	}
	box_free(&b);
}

static void
pages_say_which_messages_are_meant(void **state)
{
	struct box b = box_loaded();
	const struct guide *g =
	    guides_named(b.gs, span_of("x12/810-cr-004010"));
	struct buf page;

	(void)state;
	buf_init(&page, 1u << 20);
	guide_describe(g, "en", NULL, &page);
	assert_true(span_find_str(buf_span(&page),
			"Only messages in which `BIG.07 in CR CN`\n") < page.n);
	buf_reset(&page);
	guide_describe(guides_named(b.gs, span_of(X12)), "de", NULL, &page);
	assert_true(span_find_str(buf_span(&page),
			"Nur Nachrichten, in denen gilt: `not BIG.07 in CR "
			"CN`\n") < page.n);
	buf_done(&page);
	box_free(&b);
}

/* A term of payment may be told in days instead. */
static void
periods_are_no_dates(void **state)
{
	struct box b = box_loaded();
	struct span bytes = box_round(
	    &b, guides_named(b.gs, span_of(EDI)), fixture(&b, "invoice"));

	(void)state;
	(void)box_read_file(&b,
	    altered(&b, bytes, "DTM+13:", "20261222:102", "30:804"), NULL, NULL,
	    NULL);
	box_clean(&b);
	assert_no_field(&b, "due_date");
	box_free(&b);
}

static const char *
schemas(void)
{
	const char *dir = getenv("KONTOR_UBL_SCHEMAS");
	FILE *f;

	if (dir)
		return dir;
	dir = "../shared/schemas/ubl-2.1";
	f = fopen("../shared/schemas/ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", "r");
	if (!f) {
		print_message("%s is not here\n", dir);
		skip();
	}
	fclose(f);
	return dir;
}

static void
samples_in_ubl_are_valid(void **state)
{
	static const char *const names[][2] = {{"ubl/invoice-2.1", "Invoice"},
	    {"ubl/credit-note-2.1", "CreditNote"}};
	const char *dir = schemas();
	struct box b = box_loaded();
	struct err err;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct guide *g =
		    guides_named(b.gs, span_of(names[i][0]));
		struct buf sample;
		if (edi_schema_load(dir, span_of(names[i][1]), &err) != RC_OK)
			fail_msg("%s", err.text);
		buf_init(&sample, 1u << 20);
		guide_sample(g, &sample);
		struct span bytes =
		    box_round(&b, g, box_json(&b, buf_span(&sample)));
		buf_done(&sample);
		(void)box_read_file(&b, bytes, NULL, NULL, dir);
		box_clean(&b);
	}
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_multiplied_out),
	    cmocka_unit_test(a_minor_unit_for_each_line_is_tolerated),
	    cmocka_unit_test(terms_of_a_sum_may_be_chosen),
	    cmocka_unit_test(conditions_that_make_no_sense_are_refused),
	    cmocka_unit_test(a_value_decides_which_guide_reads),
	    cmocka_unit_test(values_of_xml_decide_too),
	    cmocka_unit_test(samples_of_bills_and_credits_add_up),
	    cmocka_unit_test(bills_and_credits_pass_through_every_family),
	    cmocka_unit_test(each_figure_is_checked),
	    cmocka_unit_test(totals_are_never_corrected),
	    cmocka_unit_test(credits_name_what_they_correct),
	    cmocka_unit_test(a_partner_may_make_it_an_error),
	    cmocka_unit_test(prices_keep_what_they_are_for),
	    cmocka_unit_test(pages_say_which_messages_are_meant),
	    cmocka_unit_test(periods_are_no_dates),
	    cmocka_unit_test(samples_in_ubl_are_valid),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
