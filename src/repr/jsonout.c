/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "repr/jsonout.h"

void
jo_begin(struct jsonout *j, struct buf *out)
{
	*j = (struct jsonout){.out = out};
}

static bool
plain_is(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
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

void
jo_quote(struct buf *out, struct span s)
{
	buf_putc(out, '"');
	while (s.n) {
		size_t n = 0;

		while (n < s.n && plain_is((unsigned char)s.p[n]))
			n++;
		if (n)
			buf_put(out, span_sub(s, 0, n));
		s = span_sub(s, n, s.n);
		if (s.n)
			quote_other(out, &s);
	}
	buf_putc(out, '"');
}

static void
entry(struct jsonout *j, const char *key)
{
	if (j->depth == 0)
		return;
	if (j->more[j->depth - 1])
		buf_putc(j->out, ',');
	j->more[j->depth - 1] = true;
	if (key != NULL) {
		jo_quote(j->out, span_of(key));
		buf_putc(j->out, ':');
	}
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
	entry(j, key);
	buf_printf(j->out, "%" PRId64, value);
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
