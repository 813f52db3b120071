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
bytes_of(struct span text, bool windows)
{
	return windows ? utf8_length(text) : text.n;
}

enum rc
sheet_read_csv(
    struct span bytes, struct arena *a, struct sheet *out, struct err *err)
{
	size_t mark = span_starts(bytes, "\xef\xbb\xbf") ? 3 : 0;
	struct span text = span_sub(bytes, mark, bytes.n);
	bool windows = !utf8_is(text);
	size_t last = 0, byte = 0;
	struct csv csv;
	enum rc rc;

	if (windows)
		text = from_windows(text, a);
	char separator = separator_of(text);
	out->comma = separator == ';';
	rc = csv_read_with(text, separator, a, &csv, err);
	for (size_t i = 0; rc == RC_OK && i < csv.nrows; i++) {
		const struct csv_row *r = &csv.rows[i];

		byte +=
		    bytes_of(span_sub(text, last, r->offset - last), windows);
		last = r->offset;
		rc = sheet_add_row(
		    out, a, (uint32_t)r->number, mark + byte, err);
		for (size_t k = 0; rc == RC_OK && k < r->ncells; k++)
			rc = sheet_add_cell(out, a, (uint32_t)k,
			    (struct sheet_cell){cell_text(r->cells[k]), false},
			    err);
		if (rc == RC_OK)
			sheet_end_row(out);
	}
	return rc;
}
