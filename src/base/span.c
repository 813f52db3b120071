/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "base/span.h"

bool
span_case_is(struct span a, const char *s)
{
	return a.n == strlen(s) && (a.n == 0 || !strncasecmp(a.p, s, a.n));
}

bool
span_ends(struct span s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

size_t
span_find(struct span s, char c)
{
	const char *q = s.n ? memchr(s.p, c, s.n) : NULL;

	return q ? (size_t)(q - s.p) : s.n;
}

size_t
span_find_str(struct span s, const char *needle)
{
	const char *q = s.n ? memmem(s.p, s.n, needle, strlen(needle)) : NULL;

	return q ? (size_t)(q - s.p) : s.n;
}

struct span
span_cut(struct span *rest, char sep)
{
	size_t at = span_find(*rest, sep);
	struct span head = {rest->p, at};

	if (at == rest->n)
		*rest = (struct span){NULL, 0};
	else
		*rest = (struct span){rest->p + at + 1, rest->n - at - 1};
	return head;
}

static bool
blank_is(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
span_trim(struct span s)
{
	while (s.n && blank_is(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && blank_is(s.p[s.n - 1]))
		s.n--;
	return s;
}

int
span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	if (d)
		return d;
	return (a.n > b.n) - (a.n < b.n);
}

bool
span_uint(struct span s, unsigned long long *out)
{
	unsigned long long v = 0;

	if (s.n == 0 || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (unsigned long long)(s.p[i] - '0');
	}
	*out = v;
	return true;
}
