/* SPDX-License-Identifier: Apache-2.0
 *
 * A span borrows bytes that somebody else owns. It is not NUL-terminated and
 * may hold any byte. The empty span has n == 0; p may then be NULL.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MUST_USE __attribute__((warn_unused_result))

struct span {
	const char *p;
	size_t n;
};

/* A span over a string literal, usable in initialisers. */
#define SPAN(literal)                                                          \
	{                                                                      \
		"" literal, sizeof(literal) - 1                                \
	}

/* The bytes of s without its NUL; s may be NULL (empty span). */
static inline struct span
span_of(const char *s)
{
	return (struct span){s, s ? strlen(s) : 0};
}

/* The bytes of p[0..n). */
static inline struct span
span_make(const void *p, size_t n)
{
	return (struct span){(const char *)p, n};
}

/* From byte `from`, at most n bytes; both are clamped to the span. */
static inline struct span
span_sub(struct span s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct span){s.p ? s.p + from : NULL, n};
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}

/* Equality of ASCII letters in either case. */
bool span_case_is(struct span a, const char *s);
static inline bool
span_starts(struct span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool span_ends(struct span s, const char *suffix);

/* Index of the first c, or s.n when there is none. */
size_t span_find(struct span s, char c);

/* Index of the first occurrence of needle, or s.n. */
size_t span_find_str(struct span s, const char *needle);

/*
 * Cuts the bytes before the first sep off *rest and returns them; *rest is
 * what follows sep. Without sep all of *rest is returned and *rest is empty
 * with p == NULL, so that a loop `while (rest.p)` sees every field.
 */
struct span span_cut(struct span *rest, char sep);

/* Without spaces, tabs, CR and LF at both ends. */
struct span span_trim(struct span s);

/* Negative, zero or positive, like memcmp; a prefix sorts first. */
int span_cmp(struct span a, struct span b);

/* Reads an unsigned decimal of 1 to 18 digits; false for anything else. */
bool span_uint(struct span s, unsigned long long *out) MUST_USE;

#endif
