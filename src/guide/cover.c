/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "guide/cover.h"
#include "guide/rows.h"

/* A set of addresses, open addressing. */
struct guide_cover {
	struct arena *a;
	const void **slots;
	size_t n, cap;
};

struct guide_cover *
guide_cover_new(struct arena *a)
{
	struct guide_cover *c = ARENA_NEW(a, struct guide_cover);

	c->a = a;
	c->cap = 4096;
	c->slots = ARENA_ARRAY(a, const void *, c->cap);
	return c;
}

/* Where the part is, or would be. */
static const void **
slot(const struct guide_cover *c, const void *part)
{
	uint64_t hash =
	    (uint64_t)(uintptr_t)part * UINT64_C(0x9E3779B97F4A7C15);
	size_t i = (size_t)(hash >> 32) & (c->cap - 1);

	while (c->slots[i] && c->slots[i] != part)
		i = (i + 1) & (c->cap - 1);
	return &c->slots[i];
}

static void
grow(struct guide_cover *c)
{
	struct guide_cover old = *c;

	c->cap *= 2;
	c->slots = ARENA_ARRAY(c->a, const void *, c->cap);
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i])
			*slot(c, old.slots[i]) = old.slots[i];
}

void
guide_cover_add(struct guide_cover *c, const void *part)
{
	const void **s = slot(c, part);

	if (*s)
		return;
	*s = part;
	if (++c->n * 2 > c->cap)
		grow(c);
}

bool
guide_covered(const struct guide_cover *c, const void *part)
{
	return *slot(c, part) != NULL;
}

struct counting {
	const struct guide *g;
	const struct guide_cover *c;
	struct guide_cover *maps; /* counted already */
	struct guide_coverage sum;
	struct buf *unused;
};

/* Entries that are only written cannot be read. */
static void
codes(struct counting *x, const struct gmap *m, const struct grow *row)
{
	if (!m || guide_covered(x->maps, m))
		return;
	guide_cover_add(x->maps, m);
	for (size_t i = 0; i < m->n; i++) {
		if (m->entries[i].way == '<')
			continue;
		x->sum.codes++;
		if (guide_covered(x->c, &m->entries[i]))
			x->sum.codes_used++;
		else if (x->unused)
			buf_printf(x->unused, "code %.*s %.*s: %.*s\n",
			    (int)row->node->path.n, row->node->path.p,
			    (int)row->leaf->name.n, row->leaf->name.p,
			    (int)m->entries[i].code.n, m->entries[i].code.p);
	}
}

static void
value(struct counting *x, const struct grow *row)
{
	const struct galt *a = row->alt;

	if (a->slot == GUIDE_NONE || a->way == WAY_WRITE)
		return;
	x->sum.values++;
	if (guide_covered(x->c, a))
		x->sum.values_used++;
	else if (x->unused) {
		buf_printf(x->unused, "value %.*s %.*s `%.*s`",
		    (int)row->node->path.n, row->node->path.p,
		    (int)row->leaf->name.n, row->leaf->name.p,
		    (int)x->g->slots[a->slot].path.n,
		    x->g->slots[a->slot].path.p);
		guide_say_condition(x->unused, row, false);
		buf_putc(x->unused, '\n');
	}
	codes(x, a->codes, row);
	codes(x, a->map, row);
}

/* Lines that only say what else is tolerated are no places to be covered. */
static bool
counts(const struct guide *g, const struct gnode *n)
{
	uint16_t first = (uint16_t)(n - g->nodes);

	if (n->max == 0 || n->way == WAY_WRITE)
		return false;
	if (n->min > 0)
		return true;
	for (uint16_t i = first; i < n->end; i++) {
		const struct gnode *in = &g->nodes[i];

		if (in->scope != GUIDE_NONE)
			return true;
		for (uint16_t k = 0; k < in->nleaves; k++)
			if (g->leaves[in->leaf + k].nalts)
				return true;
	}
	return false;
}

static void
seen(void *ctx, const struct grow *row)
{
	struct counting *x = ctx;

	if (row->leaf) {
		value(x, row);
		return;
	}
	if (!counts(x->g, row->node))
		return;
	x->sum.places++;
	if (guide_covered(x->c, row->node))
		x->sum.places_used++;
	else if (x->unused)
		buf_printf(x->unused, "place %.*s\n", (int)row->node->path.n,
		    row->node->path.p);
}

struct guide_coverage
guide_coverage(
    const struct guide *g, const struct guide_cover *c, struct buf *unused)
{
	struct arena *a = arena_new();
	struct counting x = {.g = g, .c = c, .unused = unused};

	x.maps = guide_cover_new(a);
	guide_rows(g, seen, &x);
	arena_free(a);
	return x.sum;
}
