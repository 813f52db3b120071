/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

static int
sequence_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	if (c >= 0xf0 && c <= 0xf4)
		return 4;
	return 0;
}

int32_t
utf8_next(struct span *s)
{
	const unsigned char *p = (const unsigned char *)s->p;
	uint32_t v;
	int n;

	if (s->n == 0)
		return -2;
	n = sequence_length(p[0]);
	if (n == 0 || (size_t)n > s->n)
		return -1;
	v = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (int i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		v = v << 6 | (p[i] & 0x3fu);
	}
	if (v < smallest[n] || (v >= 0xd800 && v <= 0xdfff) || v > 0x10ffff)
		return -1;
	*s = span_sub(*s, (size_t)n, s->n);
	return (int32_t)v;
}

size_t
utf8_check(struct span s)
{
	struct span rest = s;

	while (rest.n) {
		if ((unsigned char)rest.p[0] < 0x80) {
			rest.p++;
			rest.n--;
		} else if (utf8_next(&rest) < 0) {
			break;
		}
	}
	return s.n - rest.n;
}

bool
utf8_is(struct span s)
{
	return utf8_check(s) == s.n;
}

size_t
utf8_length(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

void
utf8_put(struct buf *out, uint32_t c)
{
	char b[4];
	size_t n = 0;

	if (c < 0x80) {
		b[n++] = (char)c;
	} else if (c < 0x800) {
		b[n++] = (char)(0xc0 | c >> 6);
		b[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		b[n++] = (char)(0xe0 | c >> 12);
		b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		b[n++] = (char)(0xf0 | c >> 18);
		b[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (c & 0x3f));
	}
	buf_put(out, span_make(b, n));
}

void
utf8_from_latin1(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		utf8_put(out, (unsigned char)s.p[i]);
}
