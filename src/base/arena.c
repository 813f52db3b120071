/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

#define BLOCK_MIN 8192
#define BLOCK_KEPT (128u * 1024) /* the largest that a reset keeps */

struct block {
	struct block *next;
	size_t cap, used;
	max_align_t bytes[];
};

struct deferred {
	struct deferred *next;
	void (*done)(void *);
	void *p;
};

struct arena {
	struct block *head; /* newest; the first block is last */
	struct deferred *deferred;
	size_t used;
};

void *
heap_alloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (p == NULL)
		fatal("out of memory (%zu bytes)", n);
	return p;
}

void *
heap_grow(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (p == NULL)
		fatal("out of memory (%zu bytes)", n);
	return p;
}

char *
heap_str(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(heap_alloc(n), s, n);
}

void
heap_free(void *p)
{
	free(p);
}

static struct block *
block_new(size_t cap, struct block *next)
{
	struct block *b = malloc(sizeof *b + cap);

	if (b == NULL)
		fatal("out of memory (%zu bytes)", cap);
	*b = (struct block){.next = next, .cap = cap};
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a = heap_alloc(sizeof *a);

	a->head = block_new(BLOCK_MIN, NULL);
	return a;
}

static void
run_deferred(struct arena *a)
{
	struct deferred *d;

	while ((d = a->deferred) != NULL) {
		a->deferred = d->next;
		d->done(d->p);
	}
}

/* The newest block is the largest, unless one was made to measure. */
void
arena_reset(struct arena *a)
{
	struct block *kept, *b;

	run_deferred(a);
	kept = a->head;
	b = kept->next;
	while (b) {
		struct block *next = b->next;
		bool better = kept->cap > BLOCK_KEPT ||
			      (b->cap > kept->cap && b->cap <= BLOCK_KEPT);

		free(better ? kept : b);
		kept = better ? b : kept;
		b = next;
	}
	kept->next = NULL;
	kept->used = 0;
	a->head = kept;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	run_deferred(a);
	while (a->head) {
		struct block *b = a->head;

		a->head = b->next;
		free(b);
	}
	free(a);
}

static void *
alloc_raw(struct arena *a, size_t n)
{
	const size_t align = sizeof(max_align_t);
	struct block *b = a->head;
	size_t need;
	void *p;

	if (__builtin_add_overflow(n, align - 1, &need))
		fatal("out of memory (%zu bytes)", n);
	need &= ~(align - 1);
	if (need == 0)
		need = align;
	if (need > b->cap - b->used) {
		size_t cap = b->cap * 2 > need ? b->cap * 2 : need;

		if (cap > (1u << 20) && need <= (1u << 20))
			cap = 1u << 20;
		b = a->head = block_new(cap, b);
	}
	p = (char *)b->bytes + b->used;
	b->used += need;
	a->used += need;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	return memset(alloc_raw(a, n), 0, n);
}

void *
arena_array(struct arena *a, size_t size, size_t count)
{
	size_t n;

	if (__builtin_mul_overflow(size, count, &n))
		fatal("out of memory (%zu x %zu bytes)", size, count);
	return arena_alloc(a, n);
}

void *
arena_array_raw(struct arena *a, size_t size, size_t count)
{
	size_t n;

	if (__builtin_mul_overflow(size, count, &n))
		fatal("out of memory (%zu x %zu bytes)", size, count);
	return alloc_raw(a, n);
}

void *
arena_grow(struct arena *a, void *old, size_t size, size_t *cap, size_t need)
{
	size_t want = *cap ? *cap : 8;
	void *p;

	if (old != NULL && need <= *cap)
		return old;
	while (want < need) {
		if (__builtin_mul_overflow(want, 2, &want))
			fatal("out of memory (%zu elements)", need);
	}
	p = arena_array(a, size, want);
	if (old != NULL && *cap)
		memcpy(p, old, size * *cap);
	*cap = want;
	return p;
}

char *
arena_str(struct arena *a, struct span s)
{
	char *p = alloc_raw(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

struct span
arena_span(struct arena *a, struct span s)
{
	return (struct span){arena_str(a, s), s.n};
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0)
		fatal("arena_printf: format %s", format);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, format);
	(void)vsnprintf(p, (size_t)n + 1, format, ap);
	va_end(ap);
	return p;
}

void
arena_defer(struct arena *a, void (*done)(void *), void *p)
{
	struct deferred *d = ARENA_NEW(a, struct deferred);

	*d = (struct deferred){a->deferred, done, p};
	a->deferred = d;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
