/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/decimal.h"
#include "guide/same_list.h"
#include "guide/texts.h"
#include "guide/write.h"

struct same_list {
	struct arena *a;
	bool ascii;
	struct texts said; /* "key=text" */
	struct same_some *some;
	struct same_some nobody;
};

static bool
blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Equal but for the number of blanks and line ends between words. */
bool
same_words(struct span a, struct span b)
{
	a = span_trim(a);
	b = span_trim(b);
	size_t i = 0, k = 0;
	while (i < a.n && k < b.n) {
		if (blank(a.p[i]) && blank(b.p[k])) {
			while (i < a.n && blank(a.p[i]))
				i++;
			while (k < b.n && blank(b.p[k]))
				k++;
		} else if (a.p[i++] != b.p[k++]) {
			return false;
		}
	}
	return i == a.n && k == b.n;
}

/* Texts that are the same for the comparison give the same. */
static struct span
meaning(const struct same_list *l, struct span key, struct span s)
{
	char number[DECIMAL_SIZE];
	struct decimal d;
	struct span out;
	struct buf b;

	if (l->ascii)
		s = guide_ascii(l->a, s);
	s = span_trim(s);
	if (decimal_read(s, '.', &d))
		s = span_make(number, decimal_write(decimal_short(d), number));
	buf_init(&b, key.n + s.n + 2);
	buf_put(&b, key);
	buf_putc(&b, '=');
	for (size_t i = 0; i < s.n; i++)
		if (i == 0 || !blank(s.p[i]) || !blank(s.p[i - 1]))
			buf_putc(&b, blank(s.p[i]) ? ' ' : s.p[i]);
	out = arena_span(l->a, buf_span(&b));
	buf_done(&b);
	return out;
}

static size_t
members(const json_t *list)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		n += json_object_size(json_array_get(list, i));
	return n;
}

/* What each entry says, member by member; which receives the numbers. */
static size_t
note(struct same_list *l, const json_t *list, uint32_t *which, uint32_t *entry)
{
	size_t n = 0;

	for (uint32_t i = 0; i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);

		for (void *m = json_object_iter(o); m;
		     m = json_object_iter_next(o, m)) {
			const json_t *v = json_object_iter_value(m);

			if (!json_is_string(v))
				continue;
			entry[n] = i;
			which[n++] = texts_add(&l->said,
			    meaning(l, span_of(json_object_iter_key(m)),
				span_make(json_string_value(v),
				    json_string_length(v))));
		}
	}
	return n;
}

struct same_list *
same_list_new(const json_t *list, bool ascii, struct arena *a)
{
	struct same_list *l = ARENA_NEW(a, struct same_list);
	size_t most = members(list), n;
	uint32_t *which = ARENA_ARRAY(a, uint32_t, most + 1);
	uint32_t *entry = ARENA_ARRAY(a, uint32_t, most + 1);
	uint32_t *all = ARENA_ARRAY(a, uint32_t, most + 1);

	l->a = a;
	l->ascii = ascii;
	texts_init(&l->said, a, most);
	n = note(l, list, which, entry);
	l->some = ARENA_ARRAY(a, struct same_some, l->said.n + 1U);
	for (size_t i = 0; i < n; i++)
		l->some[which[i]].n++;
	for (uint32_t k = 0; k < l->said.n; k++) {
		l->some[k].entries = all;
		all += l->some[k].n;
		l->some[k].n = 0;
	}
	for (size_t i = 0; i < n; i++) {
		struct same_some *s = &l->some[which[i]];

		s->entries[s->n++] = entry[i];
	}
	return l;
}

struct same_some *
same_list_find(struct same_list *l, struct span key, struct span text)
{
	uint32_t i = texts_find(&l->said, meaning(l, key, text));

	return i == TEXTS_NONE ? &l->nobody : &l->some[i];
}
