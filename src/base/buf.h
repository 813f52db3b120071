/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing byte buffer with a maximum. What would exceed the maximum is not
 * written at all and sets `full`; every later write is refused too, so one
 * check at the end suffices. The bytes are always followed by a NUL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <string.h>

#include "base/span.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	bool full;
};

/* max is the largest number of bytes it may ever hold. */
void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);

/* Forgets the content, keeps the memory. */
void buf_reset(struct buf *b);

void buf_put_slow(struct buf *b, struct span s);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes room for n more bytes; false when that exceeds the maximum. */
bool buf_reserve(struct buf *b, size_t n);

/* The content; valid until the next write. */
struct span buf_span(const struct buf *b);

/* Is there room for n more bytes, without asking for memory? */
static inline bool
buf_has(const struct buf *b, size_t n)
{
	return n < b->cap - b->n && n <= b->max - b->n && !b->full;
}

static inline void
buf_put(struct buf *b, struct span s)
{
	if (!s.n || !buf_has(b, s.n)) {
		buf_put_slow(b, s);
		return;
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

static inline void
buf_putc(struct buf *b, char c)
{
	if (!buf_has(b, 1)) {
		buf_put_slow(b, (struct span){&c, 1});
		return;
	}
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

#endif
