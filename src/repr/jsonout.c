/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>

#include "base/utf8.h"
#include "repr/jsonout.h"

void
jo_begin(struct jsonout *j, struct buf *out)
{
	*j = (struct jsonout){.out = out};
}

/* Bytes that JSON does not have as they are, eight at a time: their high bits.
 * Some others may count as such, too. */
static inline uint64_t
others_in(uint64_t v)
{
	const uint64_t one = 0x0101010101010101u, high = one << 7;
	uint64_t quote = v ^ one * '"', back = v ^ one * '\\';

	return ((v - one * 0x20) | v | (quote - one) | (back - one)) & high;
}

static bool
plain_is(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static uint64_t
word(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Does JSON have all bytes as they are? False when that is not certain. */
static bool
all_plain(struct span s)
{
	uint64_t others = 0;

	if (s.n < sizeof others) {
		for (size_t i = 0; i < s.n; i++)
			if (!plain_is((unsigned char)s.p[i]))
				return false;
		return true;
	}
	for (size_t i = 0; i + sizeof others < s.n; i += sizeof others)
		others |= others_in(word(s.p + i));
	return !(others | others_in(word(s.p + s.n - sizeof others)));
}

/* How many bytes JSON has as they are. */
static size_t
plain(struct span s)
{
	size_t n = 0;

	for (; n + sizeof(uint64_t) <= s.n; n += sizeof(uint64_t)) {
		if (others_in(word(s.p + n)))
			break;
	}
	while (n < s.n && plain_is((unsigned char)s.p[n]))
		n++;
	return n;
}

static void
quote_other(struct buf *out, struct span *s)
{
	unsigned char c = (unsigned char)s->p[0];
	struct span before = *s;
	int32_t cp;

	if (c == '"' || c == '\\') {
		buf_putc(out, '\\');
		buf_putc(out, (char)c);
	} else if (c == '\n') {
		buf_puts(out, "\\n");
	} else if (c == 0) {
		buf_puts(out, "\xEF\xBF\xBD");
	} else if (c < 0x20) {
		buf_printf(out, "\\u%04x", c);
	} else {
		cp = utf8_next(s);
		if (cp >= 0) {
			buf_put(out, span_sub(before, 0, before.n - s->n));
			return;
		}
		*s = before;
		buf_puts(out, "\xEF\xBF\xBD");
	}
	*s = span_sub(*s, 1, s->n);
}

/* Text that is plain as a whole, in one go; false when there is no room. */
static bool
quote_plain(struct buf *out, struct span s)
{
	char *p;

	if (!buf_reserve(out, s.n + 2))
		return false;
	p = out->p + out->n;
	*p++ = '"';
	if (s.n)
		memcpy(p, s.p, s.n);
	memcpy(p + s.n, "\"", 2);
	out->n += s.n + 2;
	return true;
}

void
jo_quote(struct buf *out, struct span s)
{
	if (all_plain(s) && quote_plain(out, s))
		return;
	buf_putc(out, '"');
	while (s.n) {
		size_t n = plain(s);

		if (n)
			buf_put(out, span_make(s.p, n));
		s = span_make(s.p + n, s.n - n);
		if (s.n)
			quote_other(out, &s);
	}
	buf_putc(out, '"');
}

static void
entry(struct jsonout *j, const char *key)
{
	struct span k = span_of(key);
	bool more;
	char *p;

	if (j->depth == 0)
		return;
	more = j->more[j->depth - 1];
	j->more[j->depth - 1] = true;
	if (!buf_reserve(j->out, k.n + 4))
		return;
	p = j->out->p + j->out->n;
	if (more)
		*p++ = ',';
	if (key != NULL) {
		*p++ = '"';
		memcpy(p, key, k.n);
		p += k.n;
		*p++ = '"';
		*p++ = ':';
	}
	*p = '\0';
	j->out->n = (size_t)(p - j->out->p);
}

void
jo_open(struct jsonout *j, const char *key, char kind)
{
	assert(j->depth < JO_DEPTH);
	entry(j, key);
	buf_putc(j->out, kind);
	j->more[j->depth] = false;
	j->kind[j->depth++] = kind;
}

void
jo_close(struct jsonout *j)
{
	assert(j->depth > 0);
	buf_putc(j->out, j->kind[--j->depth] == '{' ? '}' : ']');
}

void
jo_string(struct jsonout *j, const char *key, struct span value)
{
	entry(j, key);
	jo_quote(j->out, value);
}

void
jo_int(struct jsonout *j, const char *key, int64_t value)
{
	char digits[24];
	size_t i = sizeof digits;
	uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	entry(j, key);
	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	if (value < 0)
		digits[--i] = '-';
	buf_put(j->out, span_make(digits + i, sizeof digits - i));
}

void
jo_bool(struct jsonout *j, const char *key, bool value)
{
	entry(j, key);
	buf_puts(j->out, value ? "true" : "false");
}

void
jo_null(struct jsonout *j, const char *key)
{
	entry(j, key);
	buf_puts(j->out, "null");
}

void
jo_raw(struct jsonout *j, const char *key, struct span json)
{
	entry(j, key);
	buf_put(j->out, json);
}

void
jo_text(struct jsonout *j, const char *key, struct span value)
{
	if (value.n)
		jo_string(j, key, value);
}

void
jo_cstr(struct jsonout *j, const char *key, const char *value)
{
	if (value != NULL)
		jo_string(j, key, span_of(value));
}

void
jo_count(struct jsonout *j, const char *key, int64_t value)
{
	if (value)
		jo_int(j, key, value);
}
