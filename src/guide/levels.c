/* SPDX-License-Identifier: Apache-2.0
 *
 * Hierarchies (notation.md section 4): segments that stand one after the
 * other and name the level above by its number. While reading, a level passes
 * on what it says to the entries in it and in the levels below.
 */
#include <string.h>

#include "base/hash.h"
#include "guide/compile.h"
#include "guide/read.h"

#define NO_LEVEL UINT32_MAX

struct glevel {
	struct span number;
	struct span entry;         /* nearest named entry: the package */
	struct span above;         /* the same of the level above */
	const struct span *passed; /* by number of the value */
	uint32_t same;             /* the next with the same hash */
};

struct glevels {
	struct glevel *list;
	size_t n, cap;
	uint32_t *hash; /* first level + 1, by hash of the number */
	size_t slots;
	uint32_t now;               /* the open level */
	struct span number, parent; /* said by the segment being read */
	struct gplace_in number_at, parent_at;
};

/* --- compiled -------------------------------------------------------- */

/* "packages.id" in two; false when it is not of two parts. */
static bool
name_split(struct guides *gs, const struct guide *g, struct span word,
    struct span *list, struct span *field)
{
	*field = word;
	*list = span_cut(field, '.');
	if (list->n && field->p && field->n &&
	    span_find(*field, '.') >= field->n)
		return true;
	guide_fault(gs, g->source->file, 1, "names: \"%.*s\" is not LIST.FIELD",
	    (int)word.n, word.p);
	return false;
}

static void
names(struct guides *gs, struct guide *g)
{
	struct gnames *to = &g->names;

	for (const struct gword *w = g->source->names; w; w = w->next) {
		struct span list, field;
		if (!name_split(gs, g, w->word, &list, &field))
			return;
		if (w == g->source->names) {
			to->list = list;
			to->own = field;
		} else if (span_eq(list, to->list)) {
			to->up = field;
		} else {
			to->from = list;
			to->ref = field;
		}
	}
}

static void
inherit(struct guides *gs, struct guide *g, uint16_t scope, struct span list)
{
	struct gscope *s = &g->scopes[scope];
	struct ginherit *to = ARENA_ARRAY(gs->a, struct ginherit, GUIDE_BELOW);

	s->inherit = to;
	for (uint16_t i = 0; i < g->nbelow; i++) {
		const struct gslot *b = &g->slots[g->below[i]];
		if (!span_eq(b->parts[1], list))
			continue;
		size_t at = b->parts[0].n + b->parts[1].n + 2;
		struct span field = span_sub(b->path, at, b->path.n);
		uint16_t slot = guide_slot(gs, g, scope, field, true);
		to[s->ninherit++] = (struct ginherit){slot, i};
	}
}

/* Stands a list inside itself, not only to be read? */
static bool
nests(const struct guide *g)
{
	for (uint16_t i = 1; i < g->nnodes; i++) {
		const struct gnode *n = &g->nodes[i];
		if (n->scope == GUIDE_NONE || n->way == WAY_READ)
			continue;
		const struct gscope *s = &g->scopes[n->scope];
		if (s->parent && s->slot == g->scopes[s->parent].slot &&
		    s->up != GUIDE_NONE)
			return true;
	}
	return false;
}

void
guide_levels_compile(struct guides *gs, struct guide *g)
{
	names(gs, g);
	if (g->nbelow && !g->names.from.n)
		g->names.from = g->slots[g->below[0]].parts[1];
	for (uint16_t i = 1; i < g->nnodes; i++)
		g->has_levels |= g->nodes[i].level;
	for (uint16_t i = 1; i < g->nscopes; i++) {
		struct gscope *s = &g->scopes[i];
		struct span list = g->slots[s->slot].path;
		if (g->slots[s->slot].scope != 0)
			continue;
		inherit(gs, g, i, list);
		if (g->names.own.n && span_eq(list, g->names.list))
			s->own = guide_slot(gs, g, i, g->names.own, true);
		if (g->names.up.n && span_eq(list, g->names.list))
			s->up = guide_slot(gs, g, i, g->names.up, true);
		if (g->names.ref.n && span_eq(list, g->names.from))
			s->ref = guide_slot(gs, g, i, g->names.ref, true);
	}
	g->nested = nests(g);
}

/* --- reading --------------------------------------------------------- */

static struct glevels *
levels(struct guide_reader *r)
{
	if (!r->levels) {
		r->levels = ARENA_NEW(r->scratch, struct glevels);
		r->levels->now = NO_LEVEL;
	}
	return r->levels;
}

static void
enlist(struct glevels *ls, uint32_t i)
{
	uint32_t *at = &ls->hash[hash_of(ls->list[i].number) % ls->slots];

	ls->list[i].same = *at;
	*at = i + 1;
}

/* The hash grows with the list. */
static void
room(struct guide_reader *r, struct glevels *ls)
{
	if (ls->n < ls->slots)
		return;
	ls->slots = ls->slots ? ls->slots * 4 : 64;
	ls->hash = ARENA_ARRAY(r->scratch, uint32_t, ls->slots);
	for (uint32_t i = 0; i < ls->n; i++)
		enlist(ls, i);
}

static uint32_t
numbered(const struct glevels *ls, struct span number)
{
	if (!ls->n || !number.n)
		return NO_LEVEL;
	uint32_t i = ls->hash[hash_of(number) % ls->slots];
	while (i && !span_eq(ls->list[i - 1].number, number))
		i = ls->list[i - 1].same;
	return i ? i - 1 : NO_LEVEL;
}

/* What the open level said itself is kept for the levels below. */
static void
keep(struct guide_reader *r, struct glevels *ls)
{
	const struct guide *g = r->g;
	struct span *own = NULL;

	for (uint16_t i = 0; i < g->nbelow; i++) {
		struct gvalue *x = &r->c->values[g->below[i]];
		if (x->set && ls->now != NO_LEVEL) {
			struct glevel *l = &ls->list[ls->now];
			if (!own) {
				own = ARENA_ARRAY(
				    r->scratch, struct span, GUIDE_BELOW);
				memcpy(
				    own, l->passed, sizeof(*own) * GUIDE_BELOW);
				l->passed = own;
			}
			own[i] = arena_span(r->scratch, x->v);
		}
		x->set = x->full = false;
		x->v = (struct span){0};
		x->line = NULL;
	}
}

/* Twice the same number, or a level above that is not there. X12 has had that
 * checked with the syntax. */
static void
fault(struct guide_reader *r, enum edi_rule_id rule, struct span v,
    const struct gplace_in *at)
{
	if (!r->x12)
		edi_found(r->fs, guide_find(r, rule, at), v);
}

void
guide_levels_start(struct guide_reader *r)
{
	r->levels = NULL;
	for (uint16_t i = 0; i < r->g->nbelow; i++)
		r->c->values[r->g->below[i]].set = false;
}

void
guide_level_said(struct guide_reader *r, uint8_t compute, struct span v,
    const struct gplace_in *at)
{
	struct glevels *ls = levels(r);

	if (compute == C_NUMBER) {
		ls->number = v;
		ls->number_at = *at;
	} else {
		ls->parent = v;
		ls->parent_at = *at;
	}
}

void
guide_level_next(struct guide_reader *r)
{
	keep(r, levels(r));
}

void
guide_level_open(struct guide_reader *r)
{
	static const struct span nothing[GUIDE_BELOW];
	struct glevels *ls = levels(r);
	uint32_t above = numbered(ls, ls->parent);
	struct glevel l = {
	    .number = arena_span(r->scratch, ls->number), .passed = nothing};

	if (numbered(ls, ls->number) != NO_LEVEL)
		fault(r, EDI_R_GUIDE_LEVEL_NUMBER, ls->number, &ls->number_at);
	if (ls->parent.n && above == NO_LEVEL)
		fault(r, EDI_R_GUIDE_LEVEL_PARENT, ls->parent, &ls->parent_at);
	if (above != NO_LEVEL) {
		l.entry = l.above = ls->list[above].entry;
		l.passed = ls->list[above].passed;
	}
	room(r, ls);
	ls->list =
	    arena_grow(r->scratch, ls->list, sizeof(l), &ls->cap, ls->n + 1);
	ls->list[ls->n] = l;
	ls->now = (uint32_t)ls->n++;
	enlist(ls, ls->now);
	ls->number = ls->parent = (struct span){0};
}

static void
fill(struct guide_reader *r, uint16_t slot, struct span v)
{
	struct gvalue *x = slot == GUIDE_NONE ? NULL : guide_touch(r->c, slot);

	if (!x || x->set || !v.n)
		return;
	x->v = v;
	x->set = true;
	x->at = (struct gplace_in){0};
}

void
guide_level_fill(struct guide_reader *r, uint16_t scope)
{
	const struct gscope *s = &r->g->scopes[scope];
	struct glevels *ls = r->levels;

	if (ls->now == NO_LEVEL)
		return;
	struct glevel *l = &ls->list[ls->now];
	for (uint16_t i = 0; i < s->ninherit; i++) {
		uint16_t b = s->inherit[i].below;
		const struct gvalue *x = &r->c->values[r->g->below[b]];
		fill(r, s->inherit[i].slot, x->set ? x->v : l->passed[b]);
	}
	fill(r, s->ref, l->entry);
	if (s->own == GUIDE_NONE)
		return;
	fill(r, s->own, l->number);
	fill(r, s->up, l->above);
	l->entry = l->number;
}
