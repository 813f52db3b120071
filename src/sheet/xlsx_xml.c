/* SPDX-License-Identifier: Apache-2.0
 *
 * The XML parts of an XLSX, each read once from front to back. No entity is
 * replaced, no file and no address is opened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlreader.h>

#include "sheet/inside.h"

#define CELL_TEXT 32767u /* what a spreadsheet allows */
#define DAY_MAX 200u     /* characters of a number format */

struct walk {
	xmlTextReaderPtr r;
	struct arena *a;
	int rc; /* of the last step: 1 there is more, 0 the end, else broken */
};

static void
quiet(void *ctx, const char *text, xmlParserSeverities severity,
    xmlTextReaderLocatorPtr at)
{
	(void)ctx;
	(void)text;
	(void)severity;
	(void)at;
}

static bool
walk_begin(struct walk *w, struct span xml, struct arena *a)
{
	*w = (struct walk){.a = a};
	w->r = xmlReaderForMemory(xml.p, (int)xml.n, NULL, "UTF-8",
	    XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
	if (w->r)
		xmlTextReaderSetErrorHandler(w->r, quiet, NULL);
	return w->r != NULL;
}

static enum rc
walk_end(struct walk *w, const char *what, struct err *err)
{
	xmlFreeTextReader(w->r);
	if (w->rc != 0)
		return err_set(
		    err, RC_INPUT, "sheet.syntax", "%s is not XML", what);
	return RC_OK;
}

static bool
step(struct walk *w)
{
	w->rc = xmlTextReaderRead(w->r);
	return w->rc == 1;
}

static bool
starts(const struct walk *w, const char *name)
{
	return xmlTextReaderNodeType(w->r) == XML_READER_TYPE_ELEMENT &&
	       strcmp((const char *)xmlTextReaderConstLocalName(w->r), name) ==
		   0;
}

static bool
ends(const struct walk *w, const char *name)
{
	return xmlTextReaderNodeType(w->r) == XML_READER_TYPE_END_ELEMENT &&
	       strcmp((const char *)xmlTextReaderConstLocalName(w->r), name) ==
		   0;
}

static struct span
attribute(const struct walk *w, const char *name)
{
	struct span out = {NULL, 0};

	if (xmlTextReaderMoveToAttribute(w->r, (const xmlChar *)name) != 1)
		return out;
	out = arena_span(
	    w->a, span_of((const char *)xmlTextReaderConstValue(w->r)));
	(void)xmlTextReaderMoveToElement(w->r);
	return out;
}

/* Text up to the end of the element; of its elements only those named
 * (`only`, or all) count, and none inside phonetic hints. */
static struct span
text_of(struct walk *w, const char *element, const char *only)
{
	bool on = only == NULL;
	struct span out;
	struct buf b;
	int skip = 0;

	if (xmlTextReaderIsEmptyElement(w->r))
		return (struct span){NULL, 0};
	buf_init(&b, CELL_TEXT * 4);
	while (step(w) && !ends(w, element)) {
		skip += starts(w, "rPh") && !xmlTextReaderIsEmptyElement(w->r);
		skip -= ends(w, "rPh");
		if (only && starts(w, only))
			on = !xmlTextReaderIsEmptyElement(w->r);
		if (only && ends(w, only))
			on = false;
		if (on && !skip && xmlTextReaderHasValue(w->r))
			buf_puts(
			    &b, (const char *)xmlTextReaderConstValue(w->r));
	}
	out = arena_span(w->a, buf_span(&b));
	buf_done(&b);
	return out;
}

enum rc
sheet_xml_workbook(struct span xml, struct sheet_book *b, struct err *err)
{
	struct walk w;

	if (!walk_begin(&w, xml, b->a))
		return err_set(err, RC_INPUT, "sheet.syntax", "workbook");
	while (step(&w)) {
		struct span v;

		if (starts(&w, "workbookPr")) {
			v = attribute(&w, "date1904");
			b->base1904 = span_is(v, "1") || span_is(v, "true");
		} else if (starts(&w, "sheet") && b->first.n == 0) {
			v = attribute(&w, "state");
			if (v.n == 0 || span_is(v, "visible"))
				b->first = attribute(&w, "r:id");
		}
	}
	return walk_end(&w, "workbook", err);
}

enum rc
sheet_xml_relations(struct span xml, struct sheet_book *b, struct err *err)
{
	struct walk w;

	if (!walk_begin(&w, xml, b->a))
		return err_set(err, RC_INPUT, "sheet.syntax", "relations");
	while (step(&w))
		if (starts(&w, "Relationship") &&
		    span_eq(attribute(&w, "Id"), b->first))
			b->target = attribute(&w, "Target");
	return walk_end(&w, "relations", err);
}

enum rc
sheet_xml_strings(struct span xml, struct sheet_book *b, struct err *err)
{
	struct walk w;

	if (!walk_begin(&w, xml, b->a))
		return err_set(err, RC_INPUT, "sheet.syntax", "strings");
	while (step(&w)) {
		if (!starts(&w, "si"))
			continue;
		b->strings = arena_grow(b->a, b->strings, sizeof *b->strings,
		    &b->strings_cap, b->nstrings + 1);
		b->strings[b->nstrings++] = text_of(&w, "si", "t");
	}
	return walk_end(&w, "strings", err);
}

/* The formats of days that every spreadsheet has. */
static bool
built_in_day(unsigned long long id)
{
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) ||
	       id == 36 || (id >= 50 && id <= 58);
}

/* Does a format show a day? Letters in quotes and brackets do not count. */
static bool
shows_day(struct span format)
{
	bool quoted = false, bracket = false;

	for (size_t i = 0; i < format.n && i < DAY_MAX; i++) {
		char c = format.p[i];

		quoted ^= c == '"';
		bracket = c == '[' || (bracket && c != ']');
		if (c == '\\' || c == '_' || c == '*')
			i++;
		else if (!quoted && !bracket && strchr("yYdD", c))
			return true;
	}
	return false;
}

struct formats {
	unsigned long long *days; /* ids of own formats that show one */
	size_t n, cap;
};

static bool
day_format(const struct formats *f, unsigned long long id)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->days[i] == id)
			return true;
	return built_in_day(id);
}

static void
note_format(const struct walk *w, struct formats *f)
{
	unsigned long long id;

	if (!span_uint(attribute(w, "numFmtId"), &id) ||
	    !shows_day(attribute(w, "formatCode")))
		return;
	f->days = arena_grow(w->a, f->days, sizeof *f->days, &f->cap, f->n + 1);
	f->days[f->n++] = id;
}

enum rc
sheet_xml_styles(struct span xml, struct sheet_book *b, struct err *err)
{
	struct formats f = {.n = 0};
	bool cells = false;
	struct walk w;

	if (!walk_begin(&w, xml, b->a))
		return err_set(err, RC_INPUT, "sheet.syntax", "styles");
	while (step(&w)) {
		unsigned long long id = 0;

		if (starts(&w, "numFmt"))
			note_format(&w, &f);
		cells =
		    starts(&w, "cellXfs") || (cells && !ends(&w, "cellXfs"));
		if (!cells || !starts(&w, "xf"))
			continue;
		if (!span_uint(attribute(&w, "numFmtId"), &id))
			id = 0;
		b->dates = arena_grow(b->a, b->dates, sizeof *b->dates,
		    &b->dates_cap, b->ndates + 1);
		b->dates[b->ndates++] = day_format(&f, id);
	}
	return walk_end(&w, "styles", err);
}

/* "AB12": the column from 0, the row; false for anything else. */
static bool
place(struct span ref, uint32_t *column, uint32_t *row)
{
	unsigned long long n;
	size_t i = 0;

	*column = 0;
	while (i < ref.n && i < 3 && ref.p[i] >= 'A' && ref.p[i] <= 'Z')
		*column = *column * 26 + (uint32_t)(ref.p[i++] - 'A' + 1);
	if (i == 0 || !span_uint(span_sub(ref, i, ref.n), &n) || n == 0 ||
	    n > 1048576)
		return false;
	*column -= 1;
	*row = (uint32_t)n;
	return true;
}

/*
 * A spreadsheet keeps numbers as doubles and writes 12.3 as
 * 12.300000000000001: fifteen digits are what was meant.
 */
static struct span
number(struct span v, struct arena *a)
{
	char text[64];
	char *end;
	double d = strtod(arena_str(a, v), &end);
	struct span s;

	if (*end != '\0' || !(d > -1e15 && d < 1e15))
		return v;
	(void)snprintf(text, sizeof text, "%.15g", d);
	if (strchr(text, 'e')) {
		(void)snprintf(text, sizeof text, "%.18f", d);
		s = span_of(text);
		while (s.n && s.p[s.n - 1] == '0')
			s.n--;
		return arena_span(a, s);
	}
	return arena_span(a, span_of(text));
}

static struct sheet_cell
valued(const struct walk *w, const struct sheet_book *b, struct span type,
    struct span style, struct span v)
{
	struct sheet_cell cell = {.text = span_trim(v)};
	unsigned long long n;

	if (span_is(type, "s")) {
		cell.text = span_uint(cell.text, &n) && n < b->nstrings
				? span_trim(b->strings[n])
				: (struct span){NULL, 0};
	} else if ((type.n == 0 || span_is(type, "n")) && cell.text.n) {
		cell.exact = true;
		cell.text = number(cell.text, w->a);
		if (span_uint(style, &n) && n < b->ndates && b->dates[n]) {
			struct span day =
			    sheet_serial(cell.text, b->base1904, w->a);
			cell.text = day.n ? day : cell.text;
		}
	} else if (span_is(type, "d")) {
		cell.exact = true;
		cell.text = span_sub(cell.text, 0, 10);
	}
	return cell;
}

static struct sheet_cell
read_cell(struct walk *w, const struct sheet_book *b)
{
	struct span type = attribute(w, "t"), style = attribute(w, "s");
	struct sheet_cell cell = {.exact = false};

	if (xmlTextReaderIsEmptyElement(w->r))
		return cell;
	while (step(w) && !ends(w, "c")) {
		if (starts(w, "v"))
			cell = valued(w, b, type, style, text_of(w, "v", NULL));
		else if (starts(w, "is"))
			cell.text = span_trim(text_of(w, "is", "t"));
	}
	return cell;
}

/* Places that are left out follow the one before. */
struct at {
	uint32_t row, column;
};

static enum rc
row_begin(
    const struct walk *w, struct at *at, struct sheet *out, struct err *err)
{
	unsigned long long n;

	sheet_end_row(out);
	at->row =
	    span_uint(attribute(w, "r"), &n) && n > at->row && n <= 1048576
		? (uint32_t)n
		: at->row + 1;
	at->column = 0;
	return sheet_add_row(out, w->a, at->row, 0, err);
}

static enum rc
cell(struct walk *w, const struct sheet_book *b, struct at *at,
    struct sheet *out, struct err *err)
{
	struct span ref = attribute(w, "r");
	uint32_t column, row;
	enum rc rc;

	if (place(ref, &column, &row))
		at->column = column;
	if (out->nrows == 0)
		return err_set(err, RC_INPUT, "sheet.syntax", "no row");
	rc = sheet_add_cell(out, w->a, at->column, read_cell(w, b), err);
	at->column++;
	return rc;
}

enum rc
sheet_xml_rows(struct span xml, const struct sheet_book *b, struct sheet *out,
    struct err *err)
{
	struct at at = {0, 0};
	enum rc rc = RC_OK;
	struct walk w;

	if (!walk_begin(&w, xml, b->a))
		return err_set(err, RC_INPUT, "sheet.syntax", "sheet");
	while (rc == RC_OK && step(&w)) {
		if (starts(&w, "row"))
			rc = row_begin(&w, &at, out, err);
		else if (starts(&w, "c"))
			rc = cell(&w, b, &at, out, err);
	}
	if (rc != RC_OK) {
		xmlFreeTextReader(w.r);
		return rc;
	}
	sheet_end_row(out);
	return walk_end(&w, "sheet", err);
}
