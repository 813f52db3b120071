/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "repr/csv.h"
#include "sheet/inside.h"

/* Windows-1252 where it differs from ISO 8859-1; 0: no character. */
static const uint16_t HIGH[32] = {0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026,
    0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0,
    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122,
    0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178};

static struct span
from_windows(struct span s, struct arena *a)
{
	struct buf b;
	struct span out;

	buf_init(&b, s.n * 3 + 1);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		utf8_put(&b, c >= 0x80 && c < 0xA0
				 ? (HIGH[c - 0x80] ? HIGH[c - 0x80] : 0xFFFDu)
				 : c);
	}
	out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

/* How the bytes of the file say characters. */
enum coding { UTF_8, WINDOWS, UTF_16 };

static uint32_t
unit_at(struct span s, size_t i, bool big)
{
	unsigned char a = (unsigned char)s.p[i];
	unsigned char b = (unsigned char)s.p[i + 1];

	return big ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

/* What spreadsheets call Unicode text; big: the high byte comes first. */
static struct span
from_utf16(struct span s, bool big, struct arena *a)
{
	struct buf b;
	struct span out;

	buf_init(&b, s.n * 2 + 4);
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		uint32_t c = unit_at(s, i, big), low;

		if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.n &&
		    (low = unit_at(s, i + 2, big)) >= 0xDC00 && low < 0xE000) {
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			i += 2;
		} else if (c >= 0xD800 && c < 0xE000) {
			c = 0xFFFD;
		}
		utf8_put(&b, c);
	}
	out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

/* "sep=;" in the first line tells a spreadsheet the separator, no more. */
static size_t
told(struct span text, char *separator)
{
	size_t n = span_find(text, '\n');
	struct span line = span_trim(span_sub(text, 0, n));

	if (line.n != 5 || !span_starts(line, "sep=") ||
	    !strchr(";,\t", line.p[4]))
		return 0;
	*separator = line.p[4];
	return n < text.n ? n + 1 : n;
}

size_t
sheet_before_titles(struct span bytes)
{
	size_t mark = span_starts(bytes, "\xef\xbb\xbf") ? 3 : 0;
	char separator;

	return mark + told(span_sub(bytes, mark, bytes.n), &separator);
}

/* The mark that the first line has most of, outside quotes. */
static char
separator_of(struct span s)
{
	static const char MARKS[] = {';', ',', '\t'};
	size_t count[sizeof MARKS] = {0}, best = 1;
	bool quoted = false;

	for (size_t i = 0; i < s.n && (quoted || s.p[i] != '\n'); i++) {
		quoted ^= s.p[i] == '"';
		for (size_t k = 0; !quoted && k < sizeof MARKS; k++)
			count[k] += s.p[i] == MARKS[k];
	}
	for (size_t k = 0; k < sizeof MARKS; k++)
		if (count[k] > count[best])
			best = k;
	return MARKS[best];
}

/* Without blanks around it, and without the apostrophe that keeps it from
 * being taken for a formula. */
static struct span
cell_text(struct span s)
{
	s = span_trim(s);
	if (s.n > 1 && s.p[0] == '\'' && strchr("=+-@\t\r", s.p[1]))
		s = span_sub(s, 1, s.n);
	return s;
}

/* How many bytes of the file a piece of text was. */
static size_t
bytes_of(struct span text, enum coding coding)
{
	size_t n = utf8_length(text);

	if (coding == UTF_8)
		return text.n;
	if (coding == WINDOWS)
		return n;
	/* beyond the first plane four bytes, in UTF-8 as well */
	for (size_t i = 0; i < text.n; i++)
		n += (unsigned char)text.p[i] >= 0xF0;
	return n * 2;
}

/* The file as UTF-8 without a mark; how long that was. */
static size_t
decoded(
    struct span bytes, struct arena *a, struct span *text, enum coding *coding)
{
	bool big = span_starts(bytes, "\xfe\xff");
	size_t mark = span_starts(bytes, "\xef\xbb\xbf") ? 3 : 0;

	*coding = UTF_8;
	if (big || span_starts(bytes, "\xff\xfe")) {
		*coding = UTF_16;
		*text = from_utf16(span_sub(bytes, 2, bytes.n), big, a);
		return 2;
	}
	*text = span_sub(bytes, mark, bytes.n);
	if (!utf8_is(*text)) {
		*coding = WINDOWS;
		*text = from_windows(*text, a);
	}
	return mark;
}

enum rc
sheet_read_csv(
    struct span bytes, struct arena *a, struct sheet *out, struct err *err)
{
	struct span text;
	enum coding coding;
	size_t last = 0, byte = decoded(bytes, a, &text, &coding);
	char separator = 0;
	size_t hint = told(text, &separator);
	struct csv csv;
	enum rc rc;

	byte += bytes_of(span_sub(text, 0, hint), coding);
	text = span_sub(text, hint, text.n);
	if (!hint)
		separator = separator_of(text);
	out->comma = separator == ';';
	rc = csv_read_with(text, separator, a, &csv, err);
	for (size_t i = 0; rc == RC_OK && i < csv.nrows; i++) {
		const struct csv_row *r = &csv.rows[i];

		byte +=
		    bytes_of(span_sub(text, last, r->offset - last), coding);
		last = r->offset;
		rc = sheet_add_row(out, a, (uint32_t)r->number, byte, err);
		for (size_t k = 0; rc == RC_OK && k < r->ncells; k++)
			rc = sheet_add_cell(out, a, (uint32_t)k,
			    (struct sheet_cell){cell_text(r->cells[k]), false},
			    err);
		if (rc == RC_OK)
			sheet_end_row(out);
	}
	return rc;
}
