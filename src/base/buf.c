/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void
buf_done(struct buf *b)
{
	heap_free(b->p);
	*b = (struct buf){.max = b->max};
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->full = false;
	if (b->p)
		b->p[0] = '\0';
}

bool
buf_reserve(struct buf *b, size_t n)
{
	size_t need, cap;

	if (b->full || __builtin_add_overflow(b->n, n, &need) ||
	    need > b->max) {
		b->full = true;
		return false;
	}
	if (need < b->cap)
		return true;
	cap = b->cap ? b->cap : 256;
	while (cap <= need)
		cap *= 2;
	b->p = heap_grow(b->p, cap);
	b->cap = cap;
	return true;
}

void
buf_put_slow(struct buf *b, struct span s)
{
	if (!buf_reserve(b, s.n))
		return;
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, span_of(s));
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0)
		fatal("buf_printf: format %s", format);
	if (!buf_reserve(b, (size_t)n))
		return;
	va_start(ap, format);
	(void)vsnprintf(b->p + b->n, (size_t)n + 1, format, ap);
	va_end(ap);
	b->n += (size_t)n;
}

struct span
buf_span(const struct buf *b)
{
	return (struct span){b->p, b->n};
}
