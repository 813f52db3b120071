/* SPDX-License-Identifier: Apache-2.0
 *
 * Sheets: what people and spreadsheets write in them, how they are bounded,
 * and what the project's guides make of their rows.
 */
#include "edi/finding.h"
#include "guide/sheet_shape.h"
#include "guide_help.h"
#include "repr/text.h"
#include "sheet/inside.h"

static void
numbers_are_read_as_people_type_them(void **state)
{
	static const struct {
		const char *typed, *point, *comma; /* NULL: no number */
	} CASES[] = {
	    {"5", "5", "5"},
	    {"1234.5", "1234.5", "1234.5"},
	    {"1234,5", "1234.5", "1234.5"},
	    {"1.234,5", "1234.5", "1234.5"},
	    {"1,234.5", "1234.5", "1234.5"},
	    {"1.234.567", "1234567", "1234567"},
	    {"1.234", "1.234", "1234"},
	    {"1,234", "1234", "1.234"},
	    {"0,125", "0.125", "0.125"},
	    {"1 234,50", "1234.50", "1234.50"},
	    {"1\xc2\xa0"
	     "234",
		"1234", "1234"},
	    {"1'234.5", "1234.5", "1234.5"},
	    {",5", "0.5", "0.5"},
	    {"-3", "-3", "-3"},
	    {"1.23.4", NULL, NULL},
	    {"1,2,3", NULL, NULL},
	    {"12 pieces", NULL, NULL},
	    {"", NULL, NULL},
	    {".", NULL, NULL},
	    {"1e3", NULL, NULL},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct span typed = span_of(CASES[i].typed);
		struct span p = sheet_number(typed, false, a);
		struct span c = sheet_number(typed, true, a);
		if (!span_eq(p, span_of(CASES[i].point)) ||
		    !span_eq(c, span_of(CASES[i].comma)))
			fail_msg("%s: %.*s and %.*s", CASES[i].typed, (int)p.n,
			    p.p ? p.p : "", (int)c.n, c.p ? c.p : "");
	}
	arena_free(a);
}

static void
days_are_read_where_they_are_certain(void **state)
{
	static const char *const CASES[][2] = {
	    {"2026-12-03", "2026-12-03"},
	    {"3.12.2026", "2026-12-03"},
	    {"03.12.26", "2026-12-03"},
	    {"13/02/2026", "2026-02-13"},
	    {"02/13/2026", "2026-02-13"},
	    {"5/5/2026", "2026-05-05"},
	    {"2026-12-03 00:00:00", "2026-12-03"},
	    {"02/03/2026", ""},
	    {"30.2.2026", ""},
	    {"2026-13-01", ""},
	    {"tomorrow", ""},
	    {"", ""},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct span got = sheet_date(span_of(CASES[i][0]), a);
		if (!span_is(got, CASES[i][1]))
			fail_msg("%s: %.*s", CASES[i][0], (int)got.n,
			    got.p ? got.p : "");
	}
	assert_true(
	    span_is(sheet_serial(span_of("46359"), false, a), "2026-12-03"));
	assert_true(
	    span_is(sheet_serial(span_of("44897.5"), true, a), "2026-12-03"));
	assert_true(
	    span_is(sheet_serial(span_of("1"), false, a), "1900-01-01"));
	assert_false(sheet_serial(span_of("99999999"), false, a).n);
	arena_free(a);
}

static void
text_says_its_separator_and_its_encoding(void **state)
{
	static const char *const SAME[] = {
	    "Order;Remark\r\nPO-1;\xc3\x84 2,5\r\n",
	    "\xef\xbb\xbfOrder,Remark\nPO-1,\"\xc3\x84 2,5\"\n",
	    "Order\tRemark\nPO-1\t\xc3\x84 2,5",
	    "Order;Remark\r\n\r\nPO-1;\xc4 2,5\r\n", /* Windows-1252 */
	};
	struct arena *a = arena_new();
	struct sheet s;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
		assert_int_equal(
		    sheet_read(span_of(SAME[i]), a, &s, &err), RC_OK);
		assert_int_equal(s.nrows, 2);
		assert_int_equal(s.rows[1].number, i == 3 ? 3 : 2);
		assert_true(span_is(s.rows[1].cells[0].text, "PO-1"));
		assert_true(span_is(s.rows[1].cells[1].text, "\xc3\x84 2,5"));
		assert_memory_equal(SAME[i] + s.rows[1].offset, "PO-1", 4);
		assert_true(s.comma == (i == 0 || i == 3));
	}
	/* a line break in a cell begins no row; the apostrophe is no text */
	assert_int_equal(
	    sheet_read(span_of("a,b\n\"x\ny\",'=1\n3,4\n"), a, &s, &err),
	    RC_OK);
	assert_int_equal(s.rows[2].number, 3);
	assert_true(span_is(s.rows[1].cells[1].text, "=1"));
	assert_int_equal(
	    sheet_read(span_of("a,b\n\"x"), a, &s, &err), RC_INPUT);
	arena_free(a);
}

static void
spreadsheets_write_more_than_plain_csv(void **state)
{
	static const char LE[] = "\xff\xfe"
				 "a\0\t\0b\0\n\0"
				 "\x3d\xd8\x00\xde\t\0\xfc\0\n\0"
				 "1\0\t\0"
				 "2\0";
	static const char BE[] = "\xfe\xff"
				 "\0a\0\t\0b\0\n"
				 "\xd8\x3d\xde\x00\0\t\0\xfc\0\n"
				 "\0"
				 "1\0\t\0"
				 "2";
	static const char *const HINTS[] = {
	    "sep=;\r\na;b\r\n1,5;2\r\n", "\xef\xbb\xbfsep=,\na,b\n\"1,5\",2"};
	struct arena *a = arena_new();
	struct sheet s;
	struct err err;
	struct buf wide;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct span bytes = i ? span_make(BE, sizeof BE - 1)
				      : span_make(LE, sizeof LE - 1);
		assert_int_equal(sheet_read(bytes, a, &s, &err), RC_OK);
		assert_int_equal(s.nrows, 3);
		assert_true(
		    span_is(s.rows[1].cells[0].text, "\xf0\x9f\x98\x80"));
		assert_true(span_is(s.rows[1].cells[1].text, "\xc3\xbc"));
		assert_int_equal(s.rows[1].offset, 10);
		assert_int_equal(s.rows[2].offset, 20);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    sheet_read(span_of(HINTS[i]), a, &s, &err), RC_OK);
		assert_int_equal(s.nrows, 2);
		assert_true(span_is(s.rows[0].cells[1].text, "b"));
		assert_true(span_is(s.rows[1].cells[0].text, "1,5"));
		assert_int_equal(s.rows[1].number, 2);
		assert_true(s.comma == (i == 0));
	}
	buf_init(&wide, 4096);
	buf_puts(&wide, "a,b");
	for (int i = 0; i < 200; i++)
		buf_putc(&wide, ',');
	buf_puts(&wide, "\n1,2");
	assert_int_equal(sheet_read(buf_span(&wide), a, &s, &err), RC_OK);
	assert_int_equal(s.rows[0].ncells, 2);
	buf_done(&wide);
	arena_free(a);
}

static struct span
table_of(bool xlsx, struct buf *out)
{
	static const struct sheet_column COLUMNS[] = {
	    {SPAN("Order"), SHEET_TEXT, 12},
	    {SPAN("Menge"), SHEET_NUMBER, 8},
	    {SPAN("Termin"), SHEET_DATE, 10},
	};
	static const struct span CELLS[] = {SPAN("PO-1 <&> \"x\""),
	    SPAN("12.5"), SPAN("2026-12-03"), SPAN("=1+1"), SPAN("0.1"),
	    SPAN("")};
	struct sheet_table t = {SPAN("Kontor"), COLUMNS, 3, CELLS, 2};

	if (xlsx)
		sheet_write_xlsx(&t, out);
	else
		sheet_write_csv(&t, true, out);
	return buf_span(out);
}

static void
what_is_written_is_read(void **state)
{
	struct arena *a = arena_new();
	struct sheet s;
	struct err err;

	(void)state;
	for (int xlsx = 0; xlsx < 2; xlsx++) {
		struct buf b;
		buf_init(&b, 1u << 20);
		assert_int_equal(
		    sheet_read(table_of(xlsx, &b), a, &s, &err), RC_OK);
		assert_int_equal(s.nrows, 3);
		assert_true(span_is(s.rows[0].cells[1].text, "Menge"));
		assert_true(span_is(s.rows[1].cells[0].text, "PO-1 <&> \"x\""));
		assert_true(
		    span_is(s.rows[1].cells[1].text, xlsx ? "12.5" : "12,5"));
		assert_int_equal(s.rows[1].cells[1].exact, xlsx);
		assert_true(span_is(s.rows[1].cells[2].text, "2026-12-03"));
		assert_true(span_is(s.rows[2].cells[0].text, "=1+1"));
		assert_int_equal(s.rows[2].ncells, 2);
		buf_done(&b);
	}
	arena_free(a);
}

/* A workbook of these parts; NULL leaves one out. */
static struct span
workbook(
    const char *strings, const char *styles, struct span rows, struct buf *out)
{
	struct sheet_zip z;

	sheet_zip_begin(&z, out);
	sheet_zip_add(&z, "xl/workbook.xml",
	    span_of("<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" "
		    "state=\"hidden\" r:id=\"r1\"/><sheet name=\"b\" "
		    "r:id=\"r2\"/></sheets></workbook>"));
	sheet_zip_add(&z, "xl/_rels/workbook.xml.rels",
	    span_of("<R><Relationship Id=\"r1\" Target=\"worksheets/no.xml\"/>"
		    "<Relationship Id=\"r2\" Target=\"/xl/worksheets/s.xml\"/>"
		    "</R>"));
	if (strings)
		sheet_zip_add(&z, "xl/sharedStrings.xml", span_of(strings));
	if (styles)
		sheet_zip_add(&z, "xl/styles.xml", span_of(styles));
	sheet_zip_add(&z, "xl/worksheets/s.xml", rows);
	sheet_zip_end(&z);
	return buf_span(out);
}

static void
a_workbook_is_read_as_spreadsheets_write_it(void **state)
{
	struct arena *a = arena_new();
	struct sheet s;
	struct err err;
	struct buf b;

	(void)state;
	buf_init(&b, 1u << 20);
	struct span file = workbook(
	    "<sst><si><t>Order</t></si><si><r><t>PO</t></r><r><t>-1</t></r>"
	    "<rPh sb=\"0\" eb=\"1\"><t>x</t></rPh></si></sst>",
	    "<s><numFmts><numFmt numFmtId=\"164\" "
	    "formatCode=\"dd\\.mm\\.yyyy\"/><numFmt numFmtId=\"165\" "
	    "formatCode=\"0.0&quot;day&quot;\"/></numFmts><cellStyleXfs>"
	    "<xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
	    "<xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"
	    "</cellXfs></s>",
	    span_of("<w><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v>"
		    "</c></row><row/><row r=\"7\"><c r=\"A7\" t=\"s\"><v>1</v>"
		    "</c><c r=\"C7\" s=\"1\"><v>46359</v></c><c s=\"2\"><v>"
		    "12.300000000000001</v></c><c t=\"str\"><f>A1</f><v>so</v>"
		    "</c><c r=\"H7\"><v>1E-3</v></c></row></sheetData></w>"),
	    &b);
	assert_int_equal(sheet_read(file, a, &s, &err), RC_OK);
	assert_int_equal(s.nrows, 2);
	assert_true(span_is(s.rows[0].cells[0].text, "Order"));
	assert_int_equal(s.rows[1].number, 7);
	const struct sheet_cell *c = s.rows[1].cells;
	assert_true(span_is(c[0].text, "PO-1"));
	assert_int_equal(c[1].text.n, 0);
	assert_true(span_is(c[2].text, "2026-12-03"));
	assert_true(span_is(c[3].text, "12.3"));
	assert_true(span_is(c[4].text, "so"));
	assert_true(span_is(c[7].text, "0.001"));
	buf_done(&b);
	arena_free(a);
}

static const char *
refused(struct span file)
{
	static struct err err;
	struct arena *a = arena_new();
	struct sheet s;

	if (sheet_read(file, a, &s, &err) == RC_OK)
		(void)err_set(&err, RC_OK, "read", "read");
	arena_free(a);
	return err.code;
}

static void
bombs_and_entities_are_refused(void **state)
{
	struct arena *a = arena_new();
	char *zeros = arena_alloc(a, 40u << 20);
	struct buf b;

	(void)state;
	memset(zeros, ' ', 40u << 20);
	buf_init(&b, 64u << 20);
	assert_string_equal(
	    refused(workbook(NULL, NULL, span_make(zeros, 40u << 20), &b)),
	    "sheet.size");
	buf_reset(&b);
	assert_string_equal(
	    refused(workbook(NULL, NULL, span_make(zeros, 2u << 20), &b)),
	    "sheet.size"); /* by its ratio */
	buf_reset(&b);
	assert_string_equal(
	    refused(workbook(NULL, NULL,
		span_of("<!DOCTYPE w [<!ENTITY a \"b\">]><w>&a;</w>"), &b)),
	    "sheet.entity");
	buf_reset(&b);
	assert_string_equal(
	    refused(workbook(NULL, NULL, span_of("<w><row><c></w>"), &b)),
	    "sheet.syntax");
	buf_reset(&b);
	struct span good = workbook(NULL, NULL, span_of("<w/>"), &b);
	assert_string_equal(refused(good), "read");
	for (size_t n = 5; n < good.n; n += 7)
		assert_string_not_equal(refused(span_sub(good, 0, n)), "read");
	assert_string_equal(refused(span_of("PK\x03\x04")), "sheet.zip");
	buf_done(&b);
	arena_free(a);
}

#define HEAD "Order;Line;Confirmed;Date\n"

static const struct {
	enum edi_rule_id rule;
	const char *bytes;
} FAULTS[] = {
    {EDI_R_SHEET_SYNTAX, HEAD "\"PO-1;10"},
    {EDI_R_SHEET_EMPTY, HEAD "PO-1;10;;\n"},
    {EDI_R_SHEET_COLUMN_MISSING, "Order;Confirmed\nPO-1;5\n"},
    {EDI_R_SHEET_COLUMN_TWICE,
	"Order;Line;Confirmed;Best\xc3\xa4tigt\na;1;1;1"},
    {EDI_R_SHEET_COLUMN_UNKNOWN, "Order;Line;Confirmed;Foo\nPO-1;10;1;2\n"},
    {EDI_R_SHEET_VALUE_DIFFERS,
	"Despatch number;Order;Line;Leaves now;Package;SSCC\n"
	"D1;PO-1;10;1;1;329000020000000011\n"
	"D1;PO-1;20;1;1;329000020000000028\n"},
    {EDI_R_GUIDE_VALUE_NUMBER, HEAD "PO-1;10;many;2026-12-03\n"},
    {EDI_R_GUIDE_VALUE_DATE, HEAD "PO-1;10;5;soon\n"},
    {EDI_R_GUIDE_ELEMENT_MISSING, HEAD "PO-1;;5;2026-12-03\n"},
    {EDI_R_GUIDE_VALUE_LONG, HEAD "PO-1;1234567;5;2026-12-03\n"},
};

static bool met[EDI_R_COUNT];

static void
meet(struct box *b, struct span bytes, enum edi_rule_id rule)
{
	struct buf out;
	struct err err;

	buf_init(&out, 4u << 20);
	assert_int_equal(
	    document_read(b->gs, bytes, NULL, NULL, b->a, &out, NULL, &err),
	    RC_OK);
	const char *id =
	    arena_printf(b->a, "\"rule\":\"%s\"", EDI_RULES[rule].id);
	struct span said = buf_span(&out);
	size_t at = span_find_str(said, id);
	if (at == said.n ||
	    span_find_str(span_sub(said, at + 1, said.n), id) < said.n - at - 1)
		fail_msg("%s: %s", id, out.p);
	met[rule] = true;
	buf_done(&out);
}

static void
each_fault_is_found_once(void **state)
{
	struct box b = box_loaded();
	struct buf file;
	unsigned missing = 0;

	(void)state;
	for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
		meet(&b, span_of(FAULTS[i].bytes), FAULTS[i].rule);
	buf_init(&file, 1u << 20);
	meet(&b,
	    workbook(NULL, NULL, span_of("<w><row><c><v>1</v></c></row></w>"),
		&file),
	    EDI_R_SHEET_TITLES);
	buf_done(&file);
	buf_init(&file, 1u << 20);
	buf_puts(&file, HEAD "PO-1;10");
	for (unsigned i = 0; i < SHEET_COLUMNS; i++)
		buf_puts(&file, ";x");
	meet(&b, buf_span(&file), EDI_R_SHEET_SYNTAX);
	buf_done(&file);
	buf_init(&file, 64u << 20);
	char *big = arena_alloc(b.a, 40u << 20);
	memset(big, ' ', 40u << 20);
	meet(&b, workbook(NULL, NULL, span_make(big, 40u << 20), &file),
	    EDI_R_SHEET_SIZE);
	buf_done(&file);
	for (int i = 0; i < EDI_R_COUNT; i++)
		missing +=
		    strncmp(EDI_RULES[i].id, "sheet.", 6) == 0 && !met[i];
	assert_int_equal(missing, 0);
	box_free(&b);
}

static const json_t *
read_file(struct box *b, struct span bytes)
{
	struct buf out;
	struct err err;

	buf_init(&out, 4u << 20);
	assert_int_equal(
	    document_read(b->gs, bytes, NULL, NULL, b->a, &out, NULL, &err),
	    RC_OK);
	json_t *v = box_json(b, buf_span(&out));
	buf_done(&out);
	return v;
}

static void
rows_become_answers_and_a_wrong_one_stands_alone(void **state)
{
	struct box b = box_loaded();
	const json_t *r = read_file(
	    &b, span_of("Auftrag;Position;Best\xc3\xa4tigt;Termin;R\xc3\xbc"
			"ckstand;"
			"R\xc3\xbc"
			"ckstandstermin;Grund\n"
			"PO-1;10;1.000;3.12.2026;;;\n"
			"PO-2;10;x;;;;\n"
			"PO-1;20;60;3.12.2026;;;\n"
			"PO-1;30;;;;;\n"
			"PO-2;20;0;;;;capacity\n"
			"PO-1;20;40,5;9.12.2026;19,5;31.12.2026;\n"));
	const json_t *ms = repr_json_at(r, "interchanges.0.messages");

	(void)state;
	assert_string_equal(repr_json_str(r, "family"), "csv");
	assert_int_equal(json_array_size(ms), 2);
	const json_t *one = json_array_get(ms, 0), *two = json_array_get(ms, 1);
	assert_string_equal(repr_json_str(one, "verdict"), "accepted");
	const json_t *c = json_object_get(one, "canonical");
	assert_string_equal(repr_json_str(c, "order_number"), "PO-1");
	assert_int_equal(json_array_size(json_object_get(c, "lines")), 2);
	assert_string_equal(repr_json_str(c, "lines.0.confirmed"), "1000");
	assert_string_equal(repr_json_str(c, "lines.1.confirmed"), "100.5");
	assert_string_equal(
	    repr_json_str(c, "lines.1.schedule.1.date"), "2026-12-09");
	assert_string_equal(
	    repr_json_str(c, "lines.1.schedule.2.quantity"), "19.5");
	const json_t *at = json_object_get(
	    json_object_get(one, "locators"), "/lines/1/schedule/1/date");
	assert_int_equal(repr_json_int(at, "segment", 0), 7);
	assert_string_equal(repr_json_str(at, "xpath"), "D7");
	assert_string_equal(repr_json_str(at, "column"), "Termin");
	assert_string_equal(
	    repr_json_str(two, "verdict"), "accepted_with_errors");
	c = json_object_get(two, "canonical");
	assert_int_equal(json_array_size(json_object_get(c, "lines")), 1);
	assert_string_equal(repr_json_str(c, "lines.0.action"), "7");
	assert_string_equal(repr_json_str(two, "findings.0.xpath"), "C3");
	assert_string_equal(
	    repr_json_str(two, "findings.0.expected"), "1234.5, 1234,5");
	box_free(&b);
}

static void
a_wrong_row_holds_up_its_order(void **state)
{
	struct box b = box_loaded();
	const json_t *r = read_file(
	    &b, span_of("Order number,Line,Our item,Quantity,Delivery date\n"
			"A,1,K-1,5,2026-12-03\nA,2,K-2,?,2026-12-03\n"
			"B,1,K-1,\"1,000\",2026-12-03\n"));
	const json_t *ms = repr_json_at(r, "interchanges.0.messages");

	(void)state;
	assert_int_equal(json_array_size(ms), 2);
	assert_string_equal(
	    repr_json_str(json_array_get(ms, 0), "verdict"), "rejected");
	const json_t *c = json_object_get(json_array_get(ms, 1), "canonical");
	assert_string_equal(repr_json_str(c, "type"), "order");
	assert_string_equal(repr_json_str(c, "function"), "original");
	assert_string_equal(repr_json_str(c, "lines.0.ordered"), "1000");
	assert_string_equal(
	    repr_json_str(c, "lines.0.item.sellers_item_id"), "K-1");
	box_free(&b);
}

static void
rows_become_a_despatch_with_its_packages(void **state)
{
	struct box b = box_loaded();
	const json_t *r = read_file(
	    &b, span_of("Despatch number;Order;Line;Leaves now;Package;SSCC;"
			"Package kind;Serial numbers;Carrier\n"
			"D1;PO-1;10;4;2;;;A1, A2,A3;Fast Cargo\n"
			"D2;PO-1;20;1;;;;;\n"
			"D1;PO-1;20;5;;329000020000000028;;;\n"
			"D1;PO-2;10;6;2;329000020000000011;CT;\"B1\nB2;\";\n"
			"D1;PO-2;20;;3;;;;\n"));
	const json_t *ms = repr_json_at(r, "interchanges.0.messages");

	(void)state;
	assert_int_equal(json_array_size(ms), 2);
	const json_t *one = json_array_get(ms, 0);
	assert_string_equal(repr_json_str(one, "verdict"), "accepted");
	const json_t *c = json_object_get(one, "canonical");
	assert_string_equal(repr_json_str(c, "type"), "despatch");
	assert_string_equal(repr_json_str(c, "function"), "original");
	assert_string_equal(repr_json_str(c, "carrier.name"), "Fast Cargo");
	/* a package for each number, or for each SSCC without one */
	assert_int_equal(json_array_size(json_object_get(c, "packages")), 2);
	assert_string_equal(repr_json_str(c, "packages.0.id"), "2");
	assert_string_equal(
	    repr_json_str(c, "packages.0.sscc"), "329000020000000011");
	assert_string_equal(repr_json_str(c, "packages.0.kind"), "CT");
	assert_string_equal(
	    repr_json_str(c, "packages.1.id"), "329000020000000028");
	assert_int_equal(json_array_size(json_object_get(c, "lines")), 3);
	assert_string_equal(repr_json_str(c, "lines.0.package"), "2");
	assert_string_equal(repr_json_str(c, "lines.0.item.serials.2"), "A3");
	assert_string_equal(
	    repr_json_str(c, "lines.1.package"), "329000020000000028");
	assert_string_equal(repr_json_str(c, "lines.2.item.serials.1"), "B2");
	const json_t *at = json_object_get(
	    json_object_get(one, "locators"), "/packages/0/sscc");
	assert_string_equal(repr_json_str(at, "xpath"), "F5");
	at = json_object_get(
	    json_object_get(one, "locators"), "/lines/1/package");
	assert_string_equal(repr_json_str(at, "column"), "SSCC");
	c = json_object_get(json_array_get(ms, 1), "canonical");
	assert_null(json_object_get(c, "packages"));
	box_free(&b);
}

static void
rows_of_one_package_agree(void **state)
{
	struct box b = box_loaded();
	const json_t *r = read_file(
	    &b, span_of("Despatch number;Order;Line;Leaves now;Package;SSCC;"
			"Package kind\n"
			"D1;PO-1;10;4;1;;CT\n"
			"D1;PO-1;20;1;1;329000000000000019;\n"
			"D1;PO-1;30;5;1;329000020000000028;PX\n"
			"D1;PO-1;40;5;1;329000000000000019;CT\n"
			"D2;PO-1;50;5;1;329000020000000028;PX\n"));
	const json_t *ms = repr_json_at(r, "interchanges.0.messages");
	const json_t *one = json_array_get(ms, 0), *f;

	(void)state;
	assert_string_equal(repr_json_str(one, "verdict"), "rejected");
	assert_int_equal(json_array_size(json_object_get(one, "findings")), 2);
	f = repr_json_at(one, "findings.0");
	assert_string_equal(repr_json_str(f, "rule"), "sheet.value.differs");
	assert_string_equal(repr_json_str(f, "xpath"), "F4");
	assert_int_equal(repr_json_int(f, "segment", 0), 4);
	assert_string_equal(repr_json_str(f, "found"), "329000020000000028");
	assert_string_equal(repr_json_str(f, "expected"), "329000000000000019");
	assert_string_equal(repr_json_str(f, "args.of"), "1");
	assert_string_equal(
	    repr_json_str(one, "findings.1.args.column"), "Package kind");
	assert_string_equal(
	    repr_json_str(json_array_get(ms, 1), "verdict"), "accepted");
	box_free(&b);
}

/* Each guide's sample is read without a finding, in pieces, too. */
static void
every_sheet_reads_its_sample(void **state)
{
	struct box b = box_loaded();
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		struct buf sample, out;
		struct edi_file *f;
		struct err err;

		if (guide_family(g) != EDI_CSV)
			continue;
		buf_init(&sample, 65536);
		buf_init(&out, 1u << 20);
		assert_int_equal(
		    document_sample(b.gs, g, b.a, &sample, &err), RC_OK);
		struct document_reader *d = document_reader_new(b.gs, b.a);
		document_begin(d, NULL, NULL, b.a);
		document_feed(d, span_sub(buf_span(&sample), 0, 10));
		document_feed(d, span_sub(buf_span(&sample), 10, sample.n));
		assert_int_equal(document_end(d, &out, &f, &err), RC_OK);
		if (!edi_is_valid(f) ||
		    span_find_str(buf_span(&out), "\"rule\"") < out.n)
			fail_msg("%s: %s", guide_name(g), out.p);
		buf_done(&sample);
		buf_done(&out);
		n++;
	}
	assert_true(n >= 2);
	box_free(&b);
}

/* What is downloaded has the titles by which it is read again. */
static void
titles_are_those_of_the_portal(void **state)
{
	static const char *const TABLES[][2] = {
	    {"sheet/order-response-1", "answer"}, {"sheet/order-1", "order"},
	    {"sheet/despatch-1", "despatch"}};
	struct box b = box_loaded();
	struct shape *s = ARENA_NEW(b.a, struct shape);
	struct text *text;
	struct err err;

	(void)state;
	assert_int_equal(text_load("assets/text", b.a, &text, &err), RC_OK);
	for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
		shape_of(box_guide(&b, TABLES[i][0]), s);
		for (size_t k = 0; k < s->ncolumns * 2; k++) {
			const struct column *c = &s->columns[k / 2];
			const struct text_locale *l =
			    text_locale(text, k % 2 ? "de" : "en", NULL);
			struct buf said;
			buf_init(&said, 1000);
			if (!text_format_json(l,
				arena_printf(b.a, "sheet.%s.%.*s", TABLES[i][1],
				    (int)c->name.n, c->name.p),
				NULL, &said) ||
			    !span_eq(buf_span(&said), c->titles[k % 2]))
				fail_msg("%.*s: %s", (int)c->name.n, c->name.p,
				    said.p ? said.p : "no text");
			buf_done(&said);
		}
	}
	box_free(&b);
}

static void
other_text_is_no_sheet(void **state)
{
	struct box b = box_loaded();

	(void)state;
	assert_string_equal(
	    repr_json_str(read_file(&b, span_of("Dear all, how are you")),
		"findings.0.rule"),
	    "file.unknown");
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_read_as_people_type_them),
	    cmocka_unit_test(days_are_read_where_they_are_certain),
	    cmocka_unit_test(text_says_its_separator_and_its_encoding),
	    cmocka_unit_test(spreadsheets_write_more_than_plain_csv),
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(a_workbook_is_read_as_spreadsheets_write_it),
	    cmocka_unit_test(bombs_and_entities_are_refused),
	    cmocka_unit_test(each_fault_is_found_once),
	    cmocka_unit_test(rows_become_answers_and_a_wrong_one_stands_alone),
	    cmocka_unit_test(a_wrong_row_holds_up_its_order),
	    cmocka_unit_test(rows_become_a_despatch_with_its_packages),
	    cmocka_unit_test(rows_of_one_package_agree),
	    cmocka_unit_test(every_sheet_reads_its_sample),
	    cmocka_unit_test(titles_are_those_of_the_portal),
	    cmocka_unit_test(other_text_is_no_sheet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
