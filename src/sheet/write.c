/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "edi/edi.h"
#include "sheet/inside.h"

#define PART_MAX (256u << 20)

static struct span
cell_at(const struct sheet_table *t, size_t row, size_t column)
{
	return t->cells[row * t->ncolumns + column];
}

/* Would a spreadsheet take it for a formula? */
static bool
formula_is(struct span s)
{
	struct decimal d;

	return s.n && strchr("=+-@\t\r", s.p[0]) && !decimal_read(s, 0, &d);
}

static void
csv_text(struct buf *out, struct span s)
{
	buf_putc(out, '"');
	if (formula_is(s))
		buf_putc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, s.p[i]);
	}
	buf_putc(out, '"');
}

static void
csv_cell(struct buf *out, struct span s, enum sheet_kind kind, bool comma)
{
	bool quote = kind == SHEET_TEXT && formula_is(s);

	for (size_t i = 0; i < s.n && !quote; i++)
		quote = strchr("\",;\t\r\n", s.p[i]) != NULL;
	if (quote) {
		csv_text(out, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		buf_putc(out, s.p[i] == '.' && comma && kind == SHEET_NUMBER
				  ? ','
				  : s.p[i]);
}

void
sheet_write_csv(const struct sheet_table *t, bool comma, struct buf *out)
{
	buf_puts(out, "\xef\xbb\xbf");
	for (size_t row = 0; row <= t->nrows; row++) {
		for (size_t i = 0; i < t->ncolumns; i++) {
			if (i)
				buf_putc(out, comma ? ';' : ',');
			csv_cell(out,
			    row ? cell_at(t, row - 1, i) : t->columns[i].title,
			    row ? t->columns[i].kind : SHEET_TEXT, comma);
		}
		buf_puts(out, "\r\n");
	}
}

static void
xml_text(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '&')
			buf_puts(out, "&amp;");
		else if (c == '<')
			buf_puts(out, "&lt;");
		else if (c == '>')
			buf_puts(out, "&gt;");
		else if (c == '"')
			buf_puts(out, "&quot;");
		else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
			buf_putc(out, c);
	}
}

/* The serial number of YYYY-MM-DD; 0 when it is none. */
static long long
serial_of(struct span day)
{
	unsigned long long y, m, d;

	if (day.n != 10 || !span_uint(span_sub(day, 0, 4), &y) ||
	    !span_uint(span_sub(day, 5, 2), &m) ||
	    !span_uint(span_sub(day, 8, 2), &d) || y < 1901)
		return 0;
	return clock_days((int)y, (int)m, (int)d) - clock_days(1899, 12, 30);
}

/* Styles: 0 plain, 1 bold, 2 a day (the spreadsheet's own way), 3 text. */
static void
xlsx_cell(struct buf *out, unsigned row, unsigned column, struct span s,
    enum sheet_kind kind)
{
	struct decimal d;
	char letters[4];

	if (s.n == 0)
		return;
	edi_column(column + 1, letters);
	if (row > 1 && kind == SHEET_NUMBER && decimal_read(s, '.', &d))
		buf_printf(out, "<c r=\"%s%u\"><v>%.*s</v></c>", letters, row,
		    (int)s.n, s.p);
	else if (row > 1 && kind == SHEET_DATE && serial_of(s))
		buf_printf(out, "<c r=\"%s%u\" s=\"2\"><v>%lld</v></c>",
		    letters, row, serial_of(s));
	else {
		buf_printf(out,
		    "<c r=\"%s%u\" s=\"%d\" t=\"inlineStr\"><is>"
		    "<t xml:space=\"preserve\">",
		    letters, row, row == 1 ? 1 : 3);
		xml_text(out, s);
		buf_puts(out, "</t></is></c>");
	}
}

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define DOCUMENT                                                               \
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define OFFICE "application/vnd.openxmlformats-officedocument.spreadsheetml."

static const char TYPES[] =
    XML "<Types xmlns=\"" PACKAGE "content-types\">"
	"<Default Extension=\"rels\" ContentType=\"application/"
	"vnd.openxmlformats-package.relationships+xml\"/>"
	"<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
	"<Override PartName=\"/xl/workbook.xml\" ContentType=\"" OFFICE
	"sheet.main+xml\"/>"
	"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" OFFICE
	"worksheet+xml\"/>"
	"<Override PartName=\"/xl/styles.xml\" ContentType=\"" OFFICE
	"styles+xml\"/></Types>";

static const char RELATIONS[] =
    XML "<Relationships xmlns=\"" PACKAGE "relationships\">"
	"<Relationship Id=\"rId1\" Type=\"" DOCUMENT "/officeDocument\""
	" Target=\"xl/workbook.xml\"/></Relationships>";

static const char BOOK_RELATIONS[] =
    XML "<Relationships xmlns=\"" PACKAGE "relationships\">"
	"<Relationship Id=\"rId1\" Type=\"" DOCUMENT "/worksheet\""
	" Target=\"worksheets/sheet1.xml\"/>"
	"<Relationship Id=\"rId2\" Type=\"" DOCUMENT "/styles\""
	" Target=\"styles.xml\"/></Relationships>";

static const char STYLES[] =
    XML "<styleSheet xmlns=\"" MAIN "\"><fonts count=\"2\">"
	"<font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
	"<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
	"<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
	"<fill><patternFill patternType=\"gray125\"/></fill></fills>"
	"<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/>"
	"</border></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs>"
	"<cellXfs count=\"4\"><xf/><xf fontId=\"1\" applyFont=\"1\"/>"
	"<xf numFmtId=\"14\" applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"49\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>";

static void
workbook(const struct sheet_table *t, struct buf *b)
{
	buf_puts(b, XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" DOCUMENT
			"\"><sheets><sheet name=\"");
	xml_text(b, t->name);
	buf_puts(b, "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
}

static void
rows(const struct sheet_table *t, struct buf *b)
{
	for (size_t row = 0; row <= t->nrows; row++) {
		buf_printf(b, "<row r=\"%zu\">", row + 1);
		for (size_t i = 0; i < t->ncolumns; i++)
			xlsx_cell(b, (unsigned)row + 1, (unsigned)i,
			    row ? cell_at(t, row - 1, i) : t->columns[i].title,
			    t->columns[i].kind);
		buf_puts(b, "</row>");
	}
}

static void
worksheet(const struct sheet_table *t, struct buf *b)
{
	buf_puts(b, XML "<worksheet xmlns=\"" MAIN "\"><sheetViews>"
			"<sheetView workbookViewId=\"0\"><pane ySplit=\"1\" "
			"topLeftCell=\"A2\" activePane=\"bottomLeft\" "
			"state=\"frozen\"/></sheetView></sheetViews><cols>");
	for (size_t i = 0; i < t->ncolumns; i++)
		buf_printf(b,
		    "<col min=\"%zu\" max=\"%zu\" width=\"%u\" "
		    "customWidth=\"1\"/>",
		    i + 1, i + 1, t->columns[i].width);
	buf_puts(b, "</cols><sheetData>");
	rows(t, b);
	buf_puts(b, "</sheetData></worksheet>");
}

void
sheet_write_xlsx(const struct sheet_table *t, struct buf *out)
{
	struct sheet_zip z;
	struct buf part;

	buf_init(&part, PART_MAX);
	sheet_zip_begin(&z, out);
	sheet_zip_add(&z, "[Content_Types].xml", span_of(TYPES));
	sheet_zip_add(&z, "_rels/.rels", span_of(RELATIONS));
	workbook(t, &part);
	sheet_zip_add(&z, "xl/workbook.xml", buf_span(&part));
	sheet_zip_add(
	    &z, "xl/_rels/workbook.xml.rels", span_of(BOOK_RELATIONS));
	sheet_zip_add(&z, "xl/styles.xml", span_of(STYLES));
	buf_reset(&part);
	worksheet(t, &part);
	sheet_zip_add(&z, "xl/worksheets/sheet1.xml", buf_span(&part));
	sheet_zip_end(&z);
	if (part.full)
		out->full = true;
	buf_done(&part);
}
