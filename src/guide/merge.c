/* SPDX-License-Identifier: Apache-2.0
 *
 * extends and use: one whole tree of lines for every guide.
 */
#include <string.h>

#include "guide/impl.h"

struct gsource *
guide_source(const struct guides *gs, struct span name)
{
	for (size_t i = 0; i < gs->nsources; i++)
		if (span_eq(gs->sources[i]->name, name))
			return gs->sources[i];
	return NULL;
}

void
guide_line_add(struct gline *parent, struct gline *l)
{
	l->parent = parent;
	l->next = NULL;
	if (parent->last)
		parent->last->next = l;
	else
		parent->child = l;
	parent->last = l;
}

struct gline *
guide_line_copy(struct arena *a, const struct gline *l)
{
	struct gline *c = ARENA_NEW(a, struct gline);

	*c = *l;
	c->parent = c->child = c->last = c->next = NULL;
	for (const struct gline *k = l->child; k; k = k->next)
		guide_line_add(c, guide_line_copy(a, k));
	return c;
}

static void
insert_after(struct gline *parent, struct gline *prev, struct gline *l)
{
	if (!prev && !parent->child) {
		guide_line_add(parent, l);
		return;
	}
	l->parent = parent;
	l->next = prev ? prev->next : parent->child;
	if (prev)
		prev->next = l;
	else
		parent->child = l;
	if (!l->next)
		parent->last = l;
}

static void
cut_out(struct gline *parent, struct gline *l)
{
	struct gline **at = &parent->child;
	struct gline *before = NULL;

	for (; *at != l; at = &(*at)->next)
		before = *at;
	*at = l->next;
	if (parent->last == l)
		parent->last = before;
}

/* The tag of a place: what stands before its first separator. */
static struct span
tag(struct span key)
{
	size_t i = 0;

	while (i < key.n && !strchr("+*", key.p[i]))
		i++;
	return span_sub(key, 0, i);
}

static bool
same_place(const struct gline *have, const struct gline *l)
{
	if (have->kind != l->kind)
		return false;
	switch (l->kind) {
	case L_PLACE:
		if (!l->key.n)
			return span_eq(have->group, l->group);
		return span_eq(have->key, l->key) &&
		       (!l->group.n || span_eq(have->group, l->group));
	case L_ELEMENT:
	case L_REPEAT:
	case L_ASSERT:
		return span_eq(have->key, l->key);
	case L_FILL:
		return span_eq(have->field, l->field);
	case L_RULE:
	case L_USE:
		return false;
	}
	return false;
}

static struct gline *
find(const struct gline *parent, const struct gline *l)
{
	for (struct gline *k = parent->child; k; k = k->next)
		if (same_place(k, l))
			return k;
	return NULL;
}

/* What a line states replaces what the base said. */
static void
amend(struct gline *have, const struct gline *l)
{
	have->file = l->file;
	have->no = l->no;
	if (l->way)
		have->way = l->way;
	if (l->occurs) {
		have->occurs = true;
		have->min = l->min;
		have->max = l->max;
	}
	if (l->field.n)
		have->field = l->field;
	if (l->type.kind)
		have->type = l->type;
	if (l->ncodes) {
		have->codes = l->codes;
		have->ncodes = l->ncodes;
	}
	if (l->map.n)
		have->map = l->map;
	if (l->has_join) {
		have->has_join = true;
		have->join = l->join;
	}
	if (l->has_fallback) {
		have->has_fallback = true;
		have->fallback = l->fallback;
	}
	have->adds |= l->adds;
	have->droppable |= l->droppable;
	have->level |= l->level;
	if (l->compute) {
		have->compute = l->compute;
		have->counts = l->counts;
	}
	if (l->ntests) {
		have->tests = l->tests;
		have->ntests = l->ntests;
	}
}

/* Elements: a line with a field replaces all lines of that element, one
 * without changes them all. */
static void
elements(struct arena *a, struct gline *to, const struct gline *from)
{
	for (const struct gline *l = from->child; l; l = l->next)
		if (l->kind == L_ELEMENT && l->field.n)
			for (struct gline *k = to->child, *n; k; k = n) {
				n = k->next;
				if (k->kind == L_ELEMENT &&
				    span_eq(k->key, l->key))
					cut_out(to, k);
			}
	for (const struct gline *l = from->child; l; l = l->next) {
		if (l->kind != L_ELEMENT)
			continue;
		bool amended = false;
		for (struct gline *k = to->child; !l->field.n && k; k = k->next)
			if (k->kind == L_ELEMENT && span_eq(k->key, l->key)) {
				amend(k, l);
				amended = true;
			}
		if (!amended)
			guide_line_add(to, guide_line_copy(a, l));
	}
}

/* Do two places of the same tag share a code of their first qualifier? */
static bool
overlap(struct span a, struct span b)
{
	size_t t = tag(a).n;

	if (a.n == t || b.n == t)
		return a.n == t;
	for (struct span x = span_sub(a, t + 1, a.n); x.p;) {
		struct span code = span_cut(&x, '|');
		for (struct span y = span_sub(b, t + 1, b.n); y.p;)
			if (span_eq(code, span_cut(&y, '|')))
				return true;
	}
	return false;
}

/* Where a new place goes: before the first line that would take its segments
 * too, else behind those of the same tag, else after the line above it. */
static void
find_room(const struct gline *to, const struct gline *l, struct gline **prev)
{
	struct gline *before = NULL;

	for (struct gline *k = to->child; k; before = k, k = k->next) {
		if (k->kind != L_PLACE || !span_eq(tag(k->key), tag(l->key)))
			continue;
		*prev = k;
		if (overlap(k->key, l->key)) {
			*prev = before;
			return;
		}
	}
}

static void apply(
    struct guides *gs, struct gline *to, const struct gline *from);

static void
place(struct guides *gs, struct gline *to, const struct gline *l,
    struct gline **prev)
{
	struct gline *have = find(to, l);

	if (!have && l->kind == L_PLACE && to->group.n && l->key.n &&
	    span_eq(l->key, to->key) && !l->occurs) {
		apply(gs, to, l); /* 25/LIN.1082: the group's own segment */
		return;
	}
	if (have) {
		amend(have, l);
		if (l->kind == L_ASSERT || l->kind == L_FILL) {
			have->rest = l->rest;
			have->said = l->said;
		}
		apply(gs, have, l);
		*prev = have;
		return;
	}
	if (l->kind == L_PLACE && !l->key.n) {
		guide_fault(gs, l->file, l->no, "there is no group %.*s here",
		    (int)l->group.n, l->group.p);
		return;
	}
	struct gline *c = guide_line_copy(gs->a, l);
	if (l->kind == L_PLACE) {
		find_room(to, l, prev);
		insert_after(to, *prev, c);
	} else {
		guide_line_add(to, c);
	}
	*prev = c;
}

static void
apply(struct guides *gs, struct gline *to, const struct gline *from)
{
	struct gline *prev = NULL;

	elements(gs->a, to, from);
	for (const struct gline *l = from->child; l; l = l->next)
		if (l->kind != L_ELEMENT)
			place(gs, to, l, &prev);
}

/* Replaces every `use` below l by the lines of its block. */
static void
expand(struct guides *gs, struct gblock *blocks, struct gline *l, int depth)
{
	for (struct gline *k = l->child, *n; k; k = n) {
		n = k->next;
		if (k->kind != L_USE) {
			expand(gs, blocks, k, depth);
			continue;
		}
		struct gblock *b = blocks;
		while (b && !span_eq(b->name, k->key))
			b = b->next;
		if (!b || depth > 8) {
			guide_fault(gs, k->file, k->no, "no block %.*s",
			    (int)k->key.n, k->key.p);
			continue;
		}
		struct gline *copy = guide_line_copy(gs->a, b->lines);
		expand(gs, blocks, copy, depth + 1);
		struct gline *at = k;
		for (struct gline *x = copy->child, *next; x; x = next) {
			next = x->next;
			insert_after(l, at, x);
			at = x;
		}
		cut_out(l, k);
	}
}

static struct gline *
build(struct guides *gs, struct gsource *s, struct gblock *blocks, int depth)
{
	struct gsource *base =
	    s->extends.n ? guide_source(gs, s->extends) : NULL;
	struct gline *own = guide_line_copy(gs->a, s->root_line);

	expand(gs, blocks, own, 0);
	if (!base || depth > 8)
		return own;
	struct gline *tree = build(gs, base, blocks, depth + 1);
	apply(gs, tree, own);
	return tree;
}

static struct gmap *
map_named(struct gmap *m, struct span name)
{
	while (m && !span_eq(m->name, name))
		m = m->next;
	return m;
}

static void
inherit_maps(struct guides *gs, struct gsource *s, const struct gsource *base)
{
	for (struct gmap *m = base->maps; m; m = m->next) {
		struct gmap *own = map_named(s->maps, m->name);
		if (!own) {
			own = ARENA_NEW(gs->a, struct gmap);
			*own = *m;
			own->next = s->maps;
			s->maps = own;
		} else if (own->adds) {
			own->adds = false;
			own->entries = arena_grow(gs->a, own->entries,
			    sizeof(*own->entries), &own->cap, own->n + m->n);
			memcpy(own->entries + own->n, m->entries,
			    m->n * sizeof(*m->entries));
			own->n += m->n;
			if (own->others == OTHERS_REFUSE) {
				own->others = m->others;
				own->other = m->other;
			}
		}
	}
}

static void
inherit_blocks(struct guides *gs, struct gsource *s, const struct gsource *base)
{
	for (struct gblock *b = base->blocks; b; b = b->next) {
		struct gblock *own = s->blocks;
		while (own && !span_eq(own->name, b->name))
			own = own->next;
		if (own)
			continue;
		own = ARENA_NEW(gs->a, struct gblock);
		*own = *b;
		own->next = s->blocks;
		s->blocks = own;
	}
}

static void
inherit_head(struct gsource *s, const struct gsource *b)
{
	if (!s->document.n)
		s->document = b->document;
	if (!s->code.n)
		s->code = b->code;
	if (!s->root.n)
		s->root = b->root;
	if (!s->segments.n)
		s->segments = b->segments;
	if (!s->agency)
		s->agency = b->agency;
	if (!s->association)
		s->association = b->association;
	if (!s->prefixes)
		s->prefixes = b->prefixes;
	if (!s->sets)
		s->sets = b->sets;
	if (!s->between)
		s->between = b->between;
	if (!s->names)
		s->names = b->names;
	if (!s->columns)
		s->columns = b->columns;
	if (!s->parts)
		s->parts = b->parts;
	if (!s->collects)
		s->collects = b->collects;
	if (!s->rows)
		s->rows = b->rows;
	if (!s->filled)
		s->filled = b->filled;
	if (!s->lost)
		s->lost = b->lost;
	if (!s->nwhere) {
		s->where = b->where;
		s->nwhere = b->nwhere;
	}
	if (!s->nfors) {
		s->fors = b->fors;
		s->nfors = b->nfors;
	}
	s->strict |= b->strict;
}

void
guide_merge(struct guides *gs, struct gsource *s)
{
	struct gsource *base;

	if (s->merged || s->merging)
		return;
	s->merging = true;
	if (s->extends.n) {
		base = guide_source(gs, s->extends);
		if (!base || base == s || (base->merging && !base->merged)) {
			guide_fault(gs, s->file, 2, "cannot extend \"%.*s\"",
			    (int)s->extends.n, s->extends.p);
			s->extends.n = 0;
		} else {
			guide_merge(gs, base);
			inherit_maps(gs, s, base);
			inherit_blocks(gs, s, base);
			inherit_head(s, base);
		}
	}
	s->merged = true;
}

struct gline *
guide_tree(struct guides *gs, struct gsource *s)
{
	return build(gs, s, s->blocks, 0);
}
