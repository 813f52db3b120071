/* SPDX-License-Identifier: Apache-2.0
 *
 * An arena owns all memory of one request or job; it is released whole.
 * Allocation never returns NULL: exhaustion ends the process. An arena is
 * used by one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena;

struct arena *arena_new(void);

/* Runs the deferred functions, last first, then frees everything. */
void arena_free(struct arena *a);

/* Same, but keeps a block for the next use, the largest that is not huge. */
void arena_reset(struct arena *a);

/* n zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n)
    __attribute__((returns_nonnull, malloc));

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* count zeroed elements; a product that overflows ends the process. */
#define ARENA_ARRAY(a, type, count)                                            \
	((type *)arena_array((a), sizeof(type), (count)))
void *arena_array(struct arena *a, size_t size, size_t count)
    __attribute__((returns_nonnull));

/* The same with whatever happens to be in it, for what is written anyway. */
void *arena_array_raw(struct arena *a, size_t size, size_t count)
    __attribute__((returns_nonnull));

/*
 * Room for at least need elements: returns old while *cap suffices, else a
 * larger copy (capacity at least doubled, new part zeroed).
 */
void *arena_grow(struct arena *a, void *old, size_t size, size_t *cap,
    size_t need) __attribute__((returns_nonnull));

/* A NUL-terminated copy. */
char *arena_str(struct arena *a, struct span s)
    __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));

/* A copy of the bytes. */
struct span arena_span(struct arena *a, struct span s);

/* Calls done(p) when the arena is freed or reset; for foreign objects. */
void arena_defer(struct arena *a, void (*done)(void *), void *p);

/* Bytes handed out since arena_new or arena_reset. */
size_t arena_used(const struct arena *a);

/* Zeroed heap memory for what outlives every arena; ends the process when
 * there is none. The only heap functions outside this folder. */
void *heap_alloc(size_t n) __attribute__((returns_nonnull, malloc));
void *heap_grow(void *p, size_t n) __attribute__((returns_nonnull));
char *heap_str(const char *s) __attribute__((returns_nonnull));
void heap_free(void *p);

#endif
