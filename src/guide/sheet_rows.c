/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a sheet as nodes: a message for each number, an entry for each line
 * of it, a part for each row that has one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "guide/sheet_shape.h"

/* A row that says something, and what it belongs to. */
struct filled {
	const struct sheet_row *row;
	struct span number, entry;
	uint32_t first; /* row of the first with that number, while sorted */
};

struct tree {
	const struct shape *s;
	struct arena *a;
	struct edi_findings *found;
	struct edi_node *last; /* child of the open node */
};

static bool
says_something(
    const struct shape *s, const struct sheet_row *r, struct arena *a)
{
	if (!s->any_filled)
		return true;
	for (size_t i = 0; i < s->ncolumns; i++)
		if (s->filled[i] && shape_value(s, r, i, a).n)
			return true;
	return false;
}

static int
by_number(const void *pa, const void *pb)
{
	const struct filled *a = pa, *b = pb;
	int c = span_cmp(a->number, b->number);

	return c ? c
		 : (a->row->number > b->row->number) -
		       (a->row->number < b->row->number);
}

/* In the order of the sheet, but those of one number together. */
static int
by_first(const void *pa, const void *pb)
{
	const struct filled *a = pa, *b = pb;

	if (a->first != b->first)
		return a->first > b->first ? 1 : -1;
	return (a->row->number > b->row->number) -
	       (a->row->number < b->row->number);
}

/* A row without its key is one by itself: nothing says what it belongs to. */
static bool
together(struct span a, struct span b)
{
	return a.n && span_eq(a, b);
}

static void
gather(struct filled *list, size_t n)
{
	qsort(list, n, sizeof *list, by_number);
	for (size_t i = 0; i < n; i++)
		list[i].first =
		    i && together(list[i].number, list[i - 1].number)
			? list[i - 1].first
			: list[i].row->number;
	qsort(list, n, sizeof *list, by_first);
}

static struct edi_node *
node(struct tree *t, struct edi_node *parent, struct span name,
    const struct sheet_row *row)
{
	struct edi_node *n = ARENA_NEW(t->a, struct edi_node);

	n->ns = span_of(SHEET_NAMESPACE);
	n->name = name;
	n->parent = parent;
	n->line = row->number;
	n->offset = row->offset;
	n->column = span_of("");
	if (t->last)
		t->last->next = n;
	else if (parent)
		parent->child = n;
	t->last = n;
	return n;
}

/* The column that says what a column says in a row: where the first of a
 * collection is empty, its second stands for it. */
static size_t
meant(const struct tree *t, size_t column, const struct sheet_row *row)
{
	for (size_t k = 0; k < t->s->ncollects; k++) {
		const struct part *p = &t->s->collects[k];
		if (p->n > 1 && p->columns[0] == column &&
		    !shape_value(t->s, row, column, t->a).n &&
		    shape_value(t->s, row, p->columns[1], t->a).n)
			return p->columns[1];
	}
	return column;
}

/* One value of a cell of a list, and what is behind it. */
static struct span
next_of(struct span *rest)
{
	struct span v = *rest;
	size_t n = 0;

	while (n < v.n && !strchr(",;\n", v.p[n]))
		n++;
	*rest = span_sub(v, n + (n < v.n), v.n);
	return span_trim(span_sub(v, 0, n));
}

static void
cell(struct tree *t, struct edi_node *parent, size_t column,
    const struct sheet_row *row, struct span value)
{
	const struct column *c = &t->s->columns[column];
	const struct column *at = &t->s->columns[meant(t, column, row)];
	struct span one = value;

	/* an empty cell is only worth a word where it has to be filled */
	if (!at->at || (!value.n && !c->must))
		return;
	do {
		if (c->list)
			one = next_of(&value);
		if (c->list && !one.n)
			continue;
		struct edi_node *n = node(t, parent, c->name, row);
		n->column = at->title;
		n->column_nth = (uint16_t)at->at;
		n->text = one;
	} while (c->list && value.n);
}

static struct span
value_of(const struct tree *t, const struct sheet_row *row, size_t column)
{
	return shape_value(t->s, row, meant(t, column, row), t->a);
}

/* What the rows of an entry come to; as typed where one is no number. */
static struct span
sum(struct tree *t, size_t column, const struct filled *list, size_t n)
{
	struct decimal all = {0}, d;
	char text[DECIMAL_SIZE];
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		struct span v = shape_value(t->s, list[i].row, column, t->a);
		if (!v.n)
			continue;
		if (!decimal_read(v, '.', &d) || !decimal_add(all, d, &all))
			return shape_value(t->s, list[0].row, column, t->a);
		any = true;
	}
	if (!any)
		return (struct span){NULL, 0};
	return arena_span(t->a, span_make(text, decimal_write(all, text)));
}

static bool
zero_is(struct span v)
{
	struct decimal d;

	return v.n && decimal_read(v, '.', &d) && d.units == 0;
}

/* A part says how much: nothing, or none of it, is no part. */
static void
part(struct tree *t, struct edi_node *entry, const struct part *p,
    const struct sheet_row *row)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++)
		any |= shape_value(t->s, row, p->columns[i], t->a).n > 0;
	if (!any || zero_is(shape_value(t->s, row, p->columns[0], t->a)))
		return;
	struct edi_node *up = node(t, entry, p->name, row);
	struct edi_node *self = t->last;
	t->last = NULL;
	for (size_t i = 0; i < p->n; i++)
		cell(t, up, p->columns[i], row,
		    shape_value(t->s, row, p->columns[i], t->a));
	t->last = self;
}

static void
entry(
    struct tree *t, struct edi_node *root, const struct filled *list, size_t n)
{
	struct edi_node *e = node(t, root, span_of(SHEET_ENTRY), list[0].row);

	t->last = NULL;
	for (size_t i = 0; i < t->s->ncolumns; i++)
		cell(t, e, i, list[0].row,
		    t->s->columns[i].sum ? sum(t, i, list, n)
					 : value_of(t, list[0].row, i));
	for (size_t k = 0; k < t->s->nparts; k++)
		for (size_t i = 0; i < n; i++)
			part(t, e, &t->s->parts[k], list[i].row);
	t->last = e;
}

/* A later row says otherwise what the first said of the same thing. */
static void
differs(struct tree *t, const struct filled *f, size_t column,
    struct span value, struct span first)
{
	const struct column *at = &t->s->columns[meant(t, column, f->row)];
	struct edi_node n = {.line = f->row->number,
	    .offset = f->row->offset,
	    .column = at->title,
	    .column_nth = (uint16_t)at->at,
	    .text = value};
	struct edi_finding *x =
	    edi_find_node(t->found, EDI_R_SHEET_VALUE_DIFFERS, &n);

	edi_arg(t->found, x, "of", f->number);
	edi_expected(t->found, x, "%.*s", (int)first.n, first.p);
}

/* Of rows of one value: in each column the one that they say. */
static void
collected(struct tree *t, struct edi_node *root, const struct part *p,
    const struct filled *list, size_t n)
{
	struct edi_node *up = node(t, root, p->name, list[0].row);

	t->last = NULL;
	for (size_t k = 0; k < p->n; k++) {
		struct span first = {NULL, 0};
		for (size_t i = 0; i < n; i++) {
			struct span v = value_of(t, list[i].row, p->columns[k]);
			if (!v.n)
				continue;
			if (!first.n)
				cell(t, up, p->columns[k], list[i].row,
				    first = v);
			else if (!span_eq(v, first))
				differs(t, &list[i], p->columns[k], v, first);
		}
	}
	t->last = up;
}

/* A node for each value of the first column, in the order of the sheet. */
static void
collect(struct tree *t, struct edi_node *root, const struct part *p,
    const struct filled *rows, size_t n)
{
	struct filled *list = ARENA_ARRAY(t->a, struct filled, n);

	for (size_t i = 0; i < n; i++) {
		list[i] = rows[i];
		list[i].number = value_of(t, rows[i].row, p->columns[0]);
	}
	gather(list, n);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && list[k].first == list[i].first;)
			k++;
		if (list[i].number.n)
			collected(t, root, p, list + i, k - i);
	}
}

/* Rows of one line need not stand together. */
static void
entries(struct tree *t, struct edi_node *root, struct filled *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].number = list[i].entry;
	gather(list, n);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && list[k].first == list[i].first;)
			k++;
		entry(t, root, list + i, k - i);
	}
}

static void
message(struct tree *t, struct edi_interchange *ix, struct filled *list,
    size_t n, const struct edi_limits *limits)
{
	struct edi_message *m = ARENA_NEW(t->a, struct edi_message);
	struct edi_node *root;

	edi_findings_init(&m->findings, t->a, limits->findings);
	t->found = &m->findings;
	t->last = NULL;
	root = node(t, NULL, span_of(SHEET_ROOT), list[0].row);
	t->last = NULL;
	for (size_t i = 0; i < t->s->ncolumns; i++)
		cell(t, root, i, list[0].row, value_of(t, list[0].row, i));
	for (size_t k = 0; k < t->s->ncollects; k++)
		collect(t, root, &t->s->collects[k], list, n);
	m->offset = list[0].row->offset;
	m->ref = list[0].number;
	entries(t, root, list, n);
	m->id.type = span_of(guide_type(t->s->guide));
	m->version = m->id.version = span_of(guide_version(t->s->guide));
	m->root = root;
	m->nsegments = (uint32_t)n;
	ix->messages = arena_grow(t->a, ix->messages, sizeof *ix->messages,
	    &ix->messages_cap, ix->nmessages + 1);
	ix->messages[ix->nmessages++] = m;
	m->number = ix->nmessages;
}

void
shape_messages(const struct shape *s, const struct sheet *sheet,
    const struct edi_limits *limits, struct edi_interchange *ix,
    struct arena *a)
{
	struct filled *list = ARENA_ARRAY(a, struct filled, sheet->nrows);
	struct tree t = {.s = s, .a = a};
	size_t n = 0;

	for (size_t i = 1; i < sheet->nrows; i++) {
		const struct sheet_row *r = &sheet->rows[i];

		if (!says_something(s, r, a))
			continue;
		list[n] = (struct filled){.row = r};
		if (s->number < SHEET_COLUMNS)
			list[n].number = shape_value(s, r, s->number, a);
		if (s->entry < SHEET_COLUMNS)
			list[n].entry = shape_value(s, r, s->entry, a);
		n++;
	}
	gather(list, n);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && list[k].first == list[i].first;)
			k++;
		if (ix->nmessages == limits->messages) {
			(void)edi_find(&ix->findings, EDI_R_MESSAGES_LIMIT);
			return;
		}
		message(&t, ix, list + i, k - i, limits);
	}
}
