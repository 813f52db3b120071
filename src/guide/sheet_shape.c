/* SPDX-License-Identifier: Apache-2.0
 *
 * Titles of a sheet against the columns of guides.
 */
#include <ctype.h>
#include <string.h>

#include "guide/sheet_shape.h"

/* A title without what people vary: case, blanks, stars and colons. */
static struct span
plain(struct span s, struct arena *a)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool umlaut = i && (unsigned char)s.p[i - 1] == 0xC3 &&
			      c >= 0x80 && c <= 0x9E;

		if (isspace(c) || strchr("*:.-_/", c) || c == 0xC2 || c == 0xA0)
			continue;
		out[n++] = (char)(umlaut ? c + 0x20 : tolower(c));
	}
	return span_make(out, n);
}

static void
column_of(const struct gword *w, struct column *c)
{
	struct span rest = w->value, kind = guide_word(&rest);

	*c = (struct column){.name = w->word};
	c->sum = span_is(kind, "sum");
	c->list = span_is(kind, "list");
	c->kind = c->sum || span_is(kind, "number") ? SHEET_NUMBER
		  : span_is(kind, "date")           ? SHEET_DATE
						    : SHEET_TEXT;
	c->must = span_is(guide_word(&rest), "M");
	while (c->ntitles < SHEET_TITLES) {
		struct span title = guide_word(&rest);
		if (!title.n)
			break;
		c->titles[c->ntitles++] = title;
	}
	if (c->ntitles == 1)
		c->titles[c->ntitles++] = c->titles[0];
}

static size_t
named(const struct shape *s, struct span name)
{
	for (size_t i = 0; i < s->ncolumns; i++)
		if (span_eq(s->columns[i].name, name))
			return i;
	return SHEET_COLUMNS;
}

static size_t
parts_of(const struct gword *list, const struct shape *s, struct part *out)
{
	size_t n = 0;

	for (; list && n < SHEET_PARTS_MAX; list = list->next) {
		struct part *p = &out[n++];
		struct span rest = list->value, w;

		p->name = list->word;
		while ((w = guide_word(&rest)).n && p->n < SHEET_PART_COLUMNS)
			if (named(s, w) < SHEET_COLUMNS)
				p->columns[p->n++] = named(s, w);
	}
	return n;
}

void
shape_of(const struct guide *g, struct shape *s)
{
	const struct gsource *src = g->source;

	*s = (struct shape){.guide = g};
	for (const struct gword *w = src->columns;
	     w && s->ncolumns < SHEET_COLUMNS; w = w->next)
		column_of(w, &s->columns[s->ncolumns++]);
	s->number = src->rows ? named(s, src->rows->word) : SHEET_COLUMNS;
	s->entry = src->rows && src->rows->next
		       ? named(s, src->rows->next->word)
		       : SHEET_COLUMNS;
	for (const struct gword *w = src->filled; w; w = w->next) {
		size_t i = named(s, w->word);
		if (i < SHEET_COLUMNS)
			s->filled[i] = s->any_filled = true;
	}
	s->nparts = parts_of(src->parts, s, s->parts);
	s->ncollects = parts_of(src->collects, s, s->collects);
}

/* Which of the column's titles it is; -1: none. */
static int
title_of(const struct column *c, struct span title, struct arena *a)
{
	for (size_t i = 0; i < c->ntitles; i++)
		if (span_eq(plain(c->titles[i], a), title))
			return (int)i;
	return -1;
}

static void
match(struct shape *s, const struct sheet_row *row, struct arena *a)
{
	int english = 0, german = 0;

	for (uint32_t i = 0; i < row->ncells; i++) {
		struct span title = plain(row->cells[i].text, a);
		int which = -1;
		size_t k = 0;

		if (!title.n)
			continue;
		while (k < s->ncolumns &&
		       (which = title_of(&s->columns[k], title, a)) < 0)
			k++;
		s->unknown[i] = which < 0;
		if (which < 0)
			continue;
		s->twice[i] = s->columns[k].at != 0;
		if (s->twice[i])
			continue;
		s->columns[k].at = i + 1;
		s->columns[k].title = row->cells[i].text;
		s->known++;
		english += which == 0;
		german += which == 1;
	}
	s->german = german > english;
}

/* Mandatory columns that are not there. */
static size_t
lacking(const struct shape *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->ncolumns; i++)
		n += s->columns[i].must && !s->columns[i].at;
	return n;
}

bool
shape_find(const struct guides *gs, struct span wanted,
    const struct sheet_row *titles, struct shape *out, struct arena *a)
{
	struct shape *s = ARENA_NEW(a, struct shape);
	bool found = false;

	for (size_t i = 0; i < guides_count(gs); i++) {
		const struct guide *g = guides_at(gs, i);

		if (guide_family(g) != EDI_CSV ||
		    (wanted.n ? !span_is(wanted, guide_name(g))
			      : g->source->of_partner))
			continue;
		shape_of(g, s);
		match(s, titles, a);
		if (s->known < 2 || (found && (lacking(s) > lacking(out) ||
						  (lacking(s) == lacking(out) &&
						      s->known <= out->known))))
			continue;
		*out = *s;
		found = true;
	}
	return found;
}

/* Zeros behind the point say nothing. */
static struct span
shorter(struct span v)
{
	if (span_find(v, '.') == v.n)
		return v;
	while (v.p[v.n - 1] == '0')
		v.n--;
	return v.p[v.n - 1] == '.' ? span_sub(v, 0, v.n - 1) : v;
}

struct span
shape_value(const struct shape *s, const struct sheet_row *r, size_t column,
    struct arena *a)
{
	const struct column *c = &s->columns[column];
	struct sheet_cell cell = {.exact = false};
	struct span v;

	if (c->at && c->at <= r->ncells)
		cell = r->cells[c->at - 1];
	if (!cell.text.n || c->kind == SHEET_TEXT)
		return cell.text;
	if (c->kind == SHEET_NUMBER)
		v = shorter(cell.exact ? cell.text
				       : sheet_number(cell.text, s->comma, a));
	else
		v = cell.exact && memchr(cell.text.p, '-', cell.text.n) == NULL
			? sheet_serial(cell.text, false, a)
			: sheet_date(cell.text, a);
	return v.n ? v : cell.text;
}
