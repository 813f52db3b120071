/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical fields to slots: every field that a guide fills has a number, so
 * that reading a document looks no names up.
 */
#include <string.h>

#include "guide/compile.h"

static uint16_t
scope_up(const struct guide *g, uint16_t scope)
{
	return scope ? g->scopes[scope].parent : 0;
}

static uint16_t
slot_find(const struct guide *g, uint16_t scope, struct span path)
{
	for (uint16_t i = 0; i < g->nslots; i++)
		if (g->slots[i].scope == scope &&
		    span_eq(g->slots[i].path, path))
			return i;
	return GUIDE_NONE;
}

/* Letters, digits and _ between dots. */
static bool
is_field(struct span s)
{
	size_t part = 0, parts = 1;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '.' && part == 0)
			return false;
		parts += c == '.';
		part = c == '.' ? 0 : part + 1;
		if (c != '.' && c != '_' && !(c >= 'a' && c <= 'z') &&
		    !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z'))
			return false;
	}
	return part > 0 && parts <= GUIDE_PARTS;
}

static void
split(struct arena *a, struct gslot *s)
{
	struct span rest = s->path;

	s->parts = ARENA_ARRAY(a, struct span, GUIDE_PARTS);
	while (rest.p && s->nparts < GUIDE_PARTS)
		s->parts[s->nparts++] = span_cut(&rest, '.');
	char *p = arena_printf(a, "/%.*s", (int)s->path.n, s->path.p);
	for (size_t i = 0; p[i]; i++)
		if (p[i] == '.')
			p[i] = '/';
	s->pointer = span_of(p);
}

/* below.lines.order_number: a value for the entries of a list. */
static void
passed_on(struct guides *gs, struct guide *g, uint16_t slot)
{
	struct gslot *s = &g->slots[slot];

	if (s->nparts < 3 || g->nbelow == GUIDE_BELOW) {
		guide_fault(gs, g->source->file, 1,
		    "\"%.*s\": below.LIST.FIELD is expected, %d at most",
		    (int)s->path.n, s->path.p, GUIDE_BELOW);
		return;
	}
	g->below[g->nbelow++] = slot;
	s->below = (uint8_t)g->nbelow;
}

uint16_t
guide_slot(struct guides *gs, struct guide *g, uint16_t scope,
    struct span field, bool make)
{
	uint8_t list = 0;

	if (span_starts(field, "/")) {
		scope = 0;
		field = span_sub(field, 1, field.n);
	}
	for (; span_starts(field, "../"); field = span_sub(field, 3, field.n))
		scope = scope_up(g, scope);
	bool below = span_starts(field, "below.");
	if (below)
		scope = 0;
	if (span_ends(field, "[]")) {
		list = 1;
		field = span_sub(field, 0, field.n - 2);
	}
	uint16_t i = slot_find(g, scope, field);
	if (i != GUIDE_NONE || !make)
		return i;
	if (!is_field(field)) {
		guide_fault(gs, g->source->file, 1, "\"%.*s\" is no field name",
		    (int)field.n, field.p);
		field = span_of("field");
	}
	if (g->nslots == GUIDE_SLOTS) {
		guide_fault(gs, g->source->file, 1, "too many fields");
		return 0;
	}
	i = g->nslots++;
	g->slots[i] = (struct gslot){
	    .path = arena_span(gs->a, field), .scope = scope, .list = list};
	split(gs->a, &g->slots[i]);
	if (below)
		passed_on(gs, g, i);
	return i;
}

/* "kind=contract", "line_id", "!line_id" */
static void
scope_which(struct guides *gs, struct guide *g, uint16_t n, struct span which)
{
	struct gscope *s = &g->scopes[n];
	struct span value = which;
	struct span key = span_cut(&value, '=');
	bool without = span_starts(key, "!");

	if (!which.n)
		return;
	if (without)
		key = span_sub(key, 1, key.n);
	uint16_t slot = guide_slot(gs, g, n, key, true);
	if (value.p != NULL) {
		s->konst = slot;
		s->value = value;
	} else {
		s->asked = slot;
		s->without = without;
	}
}

uint16_t
guide_scope(struct guides *gs, struct guide *g, uint16_t parent,
    struct span list, struct span which)
{
	if (g->nscopes == GUIDE_SCOPES) {
		guide_fault(gs, g->source->file, 1, "too many lists");
		return 0;
	}
	uint16_t n = g->nscopes++;
	struct gscope *s = &g->scopes[n];

	*s = (struct gscope){.parent = parent,
	    .konst = GUIDE_NONE,
	    .asked = GUIDE_NONE,
	    .own = GUIDE_NONE,
	    .up = GUIDE_NONE,
	    .ref = GUIDE_NONE};
	s->slot = guide_slot(gs, g, parent, list, true);
	g->slots[s->slot].list = 2;
	scope_which(gs, g, n, which);
	return n;
}

/* Are the first n parts of two slots the same? */
static bool
alike(const struct gslot *a, const struct gslot *b, size_t n)
{
	if (a->nparts < n || b->nparts < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!span_eq(a->parts[i], b->parts[i]))
			return false;
	return true;
}

struct ordering {
	struct guide *g;
	struct gscope *s;
	uint16_t scope;
	bool *done;
};

/* Puts everything that shares the first `depth` parts with slot `like`. */
static void
order_group(struct ordering *o, const struct gslot *like, size_t depth)
{
	for (uint16_t i = 0; i < o->g->nslots; i++) {
		const struct gslot *s = &o->g->slots[i];
		if (o->done[i] || s->scope != o->scope || s->below ||
		    !alike(s, like, depth))
			continue;
		if (s->nparts == depth + 1) {
			o->done[i] = true;
			o->s->order[o->s->n++] = i;
		} else {
			order_group(o, s, depth + 1);
		}
	}
}

/* One name is one thing: a value, a list, or an object. */
static void
clashes(struct guides *gs, struct guide *g)
{
	for (uint16_t i = 0; i < g->nslots; i++) {
		const struct gslot *s = &g->slots[i];
		bool clash = s->list && s->single;
		for (uint16_t k = 0; k < g->nslots && !clash; k++)
			clash = k != i && g->slots[k].scope == s->scope &&
				alike(s, &g->slots[k], s->nparts);
		if (clash)
			guide_fault(gs, g->source->file, 1,
			    "the field \"%.*s\" is used in two ways",
			    (int)s->path.n, s->path.p);
	}
}

void
guide_slots_order(struct guides *gs, struct guide *g)
{
	bool *done = ARENA_ARRAY(gs->a, bool, g->nslots + 1U);

	clashes(gs, g);
	for (uint16_t i = 0; i < g->nscopes; i++) {
		struct ordering o = {g, &g->scopes[i], i, done};
		struct gslot none = {0};
		o.s->order = ARENA_ARRAY(gs->a, uint16_t, g->nslots + 1U);
		o.s->n = 0;
		order_group(&o, &none, 0);
	}
}
