/* SPDX-License-Identifier: Apache-2.0
 *
 * Text for partners whose documents carry ASCII only.
 */
#include <string.h>

#include "base/utf8.h"
#include "guide/write.h"

/* U+00A0 to U+00FF. */
static const char *const LATIN[96] = {" ", "!", "c", "GBP", "?", "JPY", "|",
    "S", "\"", "(C)", "a", "\"", "-", "-", "(R)", "-", "o", "+-", "2", "3", "'",
    "u", "P", ".", ",", "1", "o", "\"", "1/4", "1/2", "3/4", "?", "A", "A", "A",
    "A", "Ae", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I", "D", "N",
    "O", "O", "O", "O", "Oe", "x", "O", "U", "U", "U", "Ue", "Y", "Th", "ss",
    "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",
    "i", "d", "n", "o", "o", "o", "o", "oe", "/", "o", "u", "u", "u", "ue", "y",
    "th", "y"};

/* The letter without its mark for U+0100 to U+017F, two a letter. */
static const char LATIN_A[129] =
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiJjJjKkkLlLlLlLlLlNnNnNnn"
    "NnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

static void
put(struct buf *b, int32_t c)
{
	if (c >= 0xa0 && c <= 0xff)
		buf_puts(b, LATIN[c - 0xa0]);
	else if (c >= 0x100 && c <= 0x17f)
		buf_putc(b, LATIN_A[c - 0x100]);
	else if (c == 0x2013 || c == 0x2014)
		buf_putc(b, '-');
	else if (c == 0x2018 || c == 0x2019 || c == 0x201a)
		buf_putc(b, '\'');
	else if (c == 0x201c || c == 0x201d || c == 0x201e)
		buf_putc(b, '"');
	else if (c == 0x20ac)
		buf_puts(b, "EUR");
	else
		buf_putc(b, '?');
}

struct span
guide_ascii(struct arena *a, struct span s)
{
	struct buf b;
	size_t i = 0;

	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	if (i == s.n)
		return s;
	buf_init(&b, 3 * s.n + 8);
	while (s.n) {
		int32_t c = utf8_next(&s);
		if (c < 0)
			s = span_sub(s, 1, s.n);
		if (c >= 0 && c < 0x80)
			buf_putc(&b, (char)c);
		else
			put(&b, c);
	}
	struct span out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}
