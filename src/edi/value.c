/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "edi/charset.h"
#include "edi/edi.h"

#define PLAIN_NOT (EDI_T_QUOTED | EDI_T_WRAPPED | EDI_T_HIGH)

static bool
has_element(const struct edi_segment *s, unsigned element)
{
	return element <= s->nelements;
}

/* First token and number of tokens of one repetition; 0 when absent. */
static unsigned
find_repeat(const struct edi_segment *s, unsigned element, unsigned repeat,
    unsigned *first)
{
	unsigned i, end, seen = 1;

	if (!has_element(s, element))
		return 0;
	i = s->elements[element];
	end = s->elements[element + 1];
	for (; repeat > seen && i < end; seen++) {
		for (i++; i < end && !(s->tokens[i].flags & EDI_T_REPEAT);)
			i++;
	}
	*first = i;
	while (i < end && (i == *first || !(s->tokens[i].flags & EDI_T_REPEAT)))
		i++;
	return i - *first;
}

unsigned
edi_repeats(const struct edi_segment *s, unsigned element)
{
	unsigned n = 1;

	if (!has_element(s, element))
		return 0;
	for (unsigned i = s->elements[element]; i < s->elements[element + 1];
	     i++)
		n += (s->tokens[i].flags & EDI_T_REPEAT) != 0;
	return n;
}

unsigned
edi_components(const struct edi_segment *s, unsigned element, unsigned repeat)
{
	unsigned first;

	return find_repeat(s, element, repeat, &first);
}

/* The long way, apart, so that the short one needs no room on the stack. */
__attribute__((noinline)) static const struct edi_token *
token_inside(const struct edi_segment *s, unsigned element, unsigned repeat,
    unsigned component)
{
	unsigned first, n = find_repeat(s, element, repeat, &first);

	return component > n ? NULL : &s->tokens[first + component - 1];
}

const struct edi_token *
edi_token(const struct edi_segment *s, unsigned element, unsigned repeat,
    unsigned component)
{
	if (component > 1 || repeat > 1)
		return token_inside(
		    s, element, repeat, component ? component : 1);
	return has_element(s, element) &&
		       s->elements[element] < s->elements[element + 1]
		   ? &s->tokens[s->elements[element]]
		   : NULL;
}

struct span
edi_raw(const struct edi_segment *s, unsigned element, unsigned repeat,
    unsigned component)
{
	const struct edi_token *t = edi_token(s, element, repeat, component);

	if (t == NULL)
		return (struct span){NULL, 0};
	return span_make(s->bytes + t->at, t->n);
}

struct span
edi_value(const struct edi_segment *s, unsigned element, unsigned repeat,
    unsigned component, struct arena *a)
{
	const struct edi_token *t = edi_token(s, element, repeat, component);

	if (t == NULL)
		return (struct span){NULL, 0};
	return edi_token_value(s, t, a);
}

/* Takes release characters and line ends out of p[0..n); new length. */
static size_t
resolve(const struct edi_segment *s, const struct edi_token *t, char *p)
{
	const char *in = s->bytes + t->at;
	char release = s->syntax->release;
	size_t w = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (in[i] == '\r' || in[i] == '\n')
			continue;
		if (release && in[i] == release) {
			do
				i++;
			while (i < t->n && (in[i] == '\r' || in[i] == '\n'));
			if (i == t->n)
				break;
		}
		p[w++] = in[i];
	}
	return w;
}

struct span
edi_token_value(
    const struct edi_segment *s, const struct edi_token *t, struct arena *a)
{
	struct span v = {s->bytes + t->at, t->n};

	if (!(t->flags & PLAIN_NOT))
		return v;
	if (t->flags & (EDI_T_QUOTED | EDI_T_WRAPPED)) {
		char *p = arena_alloc(a, t->n + 1u);

		v = span_make(p, resolve(s, t, p));
	}
	if (t->flags & EDI_T_HIGH)
		v = edi_charset_utf8(s->syntax->charset, v, a);
	return v;
}

size_t
edi_token_offset(const struct edi_segment *s, const struct edi_token *t)
{
	if (t != NULL)
		return s->offset + t->at;
	return s->offset + (s->length ? s->length - 1 : 0);
}
