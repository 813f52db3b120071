/* SPDX-License-Identifier: Apache-2.0
 *
 * What the reader wants to know at once about the inside of segments, worked
 * out when a guide is compiled: where its leaves stand, what is done with most
 * values there, and codes as words.
 */
#include <string.h>

#include "guide/impl.h"

static bool
anything_when_absent(const struct gleaf *l)
{
	bool must = l->mandatory;

	for (uint16_t i = 0; i < l->nalts; i++)
		must |= l->alts[i].ntests && l->alts[i].line->occurs &&
			l->alts[i].line->min > 0;
	return must;
}

/* Codes of a map that are read. */
static void
map_keys(struct guides *gs, const struct gmap *map)
{
	struct gmap *m = (struct gmap *)(uintptr_t)map;

	if (!m || m->keys.table)
		return;
	m->keys = guide_keys(gs->a, m->n);
	for (size_t i = 0; i < m->n && i + 1 < UINT16_MAX; i++)
		if (m->entries[i].way != '<')
			guide_keys_add(
			    &m->keys, m->entries[i].code, (uint16_t)(i + 1));
}

/* The values that an alternative puts into its slot as they stand; the last
 * piece of joined text must not be full, which asks for a look. */
static void
kept(const struct guide *g, const struct gleaf *l, struct galt *a)
{
	const struct gtype *t = a->type.kind ? &a->type : &l->type;
	bool any = t->kind == T_NONE, text = any || t->kind == T_AN;
	bool coded = a->codes || a->map;

	if (a->compute != C_NONE || a->entry != GUIDE_NONE ||
	    (a->has_join && coded))
		return;
	a->least = any ? 0 : text ? t->min : 1;
	a->most = any || !t->max ? UINT16_MAX : text ? t->max : 19;
	if (a->has_join && l->type.max && a->most >= l->type.max)
		a->most = (uint16_t)(l->type.max - 1);
	if (a->slot == GUIDE_NONE) {
		a->kept = text && !coded ? KEPT_NOWHERE : KEPT_NONE;
		return;
	}
	if (g->slots[a->slot].list || (!text && (a->has_join || coded)))
		return;
	a->place = g->slots[a->slot].place;
	a->kept = text                   ? KEPT_TEXT
		  : t->kind == T_DECIMAL ? KEPT_NUMBER
		  : t->kind == T_DATE    ? KEPT_DAY
					 : KEPT_NONE;
}

static void
alternatives(struct guides *gs, const struct guide *g, const struct gleaf *l)
{
	for (uint16_t i = 0; i < l->nalts; i++) {
		struct galt *a = (struct galt *)(uintptr_t)&l->alts[i];

		map_keys(gs, a->codes);
		map_keys(gs, a->map);
		kept(g, l, a);
	}
}

static bool
dated(const struct gtype *t)
{
	return t->kind == T_DATE || t->kind == T_DATETIME || t->kind == T_TIME;
}

/* One alternative, which is always meant. */
static bool
only(const struct gleaf *l)
{
	return l->nalts == 1 && l->alts[0].ntests == 0 &&
	       l->alts[0].way != WAY_WRITE;
}

/* A day that may be CCYYMMDD, which in EDIFACT is format 102. */
static bool
day(const struct guide *g, const struct gleaf *l)
{
	const struct gtype *t = l->nalts ? &l->alts->type : &l->type;
	bool allowed = g->source->family == EDI_X12 || !t->nformats;

	for (uint8_t i = 0; i < t->nformats; i++)
		allowed |= t->formats[i] == 102;
	return only(l) && l->alts->kept == KEPT_DAY && allowed &&
	       l->type.kind == T_DATE &&
	       (!l->simple || g->source->family == EDI_X12);
}

/* Adds what one alternative is for; false when a look is needed. */
static bool
chosen(struct gchoice *c, const struct galt *a, uint16_t number)
{
	const struct gcond_test *t = a->tests;

	if (a->ntests == 0) {
		c->otherwise = number;
		return true;
	}
	if (a->ntests > 1 || t->not ||
	    (c->element &&
		(c->element != t->element || c->component != t->component)))
		return false;
	c->element = t->element;
	c->component = t->component;
	if (!t->nvalues && !c->present)
		c->present = number;
	for (uint16_t i = 0; i < t->nvalues && !c->present; i++)
		guide_keys_add(&c->keys, t->values[i], number);
	return true;
}

/* One place decides which alternative is meant. */
static const struct gchoice *
choice(struct guides *gs, const struct gleaf *l)
{
	struct gchoice c = {0};
	size_t values = 0;

	for (uint16_t i = 0; i < l->nalts; i++)
		values += l->alts[i].ntests ? l->alts[i].tests->nvalues : 0U;
	c.keys = guide_keys(gs->a, values);
	for (uint16_t i = 0; i < l->nalts && !c.otherwise; i++)
		if (l->alts[i].way != WAY_WRITE &&
		    !chosen(&c, &l->alts[i], (uint16_t)(i + 1)))
			return NULL;
	if (!c.element)
		return NULL;
	struct gchoice *kept_one = ARENA_NEW(gs->a, struct gchoice);
	*kept_one = c;
	return kept_one;
}

/* A value that nothing asks for has to fit its type. */
static void
bare(const struct guide *g, const struct gleaf *l, struct gquick *q)
{
	const struct gtype *t = &l->type;

	if (t->kind == T_NONE || t->kind == T_AN)
		q->act = ACT_TEXT;
	else if (t->kind == T_DECIMAL ||
		 (t->kind == T_N && g->source->family == EDI_EDIFACT))
		q->act = ACT_AMOUNT;
	else if (t->kind == T_N)
		q->act = ACT_DIGITS;
	else
		return;
	if (t->kind == T_NONE)
		return;
	q->min = t->min;
	q->max = t->max ? t->max : UINT16_MAX;
	if (q->act == ACT_DIGITS && q->max > 18)
		q->max = 18;
}

static void
taken(const struct gleaf *l, struct gquick *q)
{
	const struct galt *a = l->alts;

	q->act = ACT_TAKE;
	q->alt = a;
	if (a->kept == KEPT_NOWHERE)
		q->act = ACT_TEXT;
	else if (a->kept == KEPT_TEXT && !a->gs1 && !a->codes && !a->map)
		q->act = ACT_KEEP;
	else
		return;
	q->min = a->least;
	q->max = a->most;
}

static void
quick(struct guides *gs, const struct guide *g, const struct gleaf *l,
    struct gquick *q)
{
	q->act = ACT_LEAF;
	if (l->unused)
		return;
	if (!l->nalts)
		bare(g, l, q);
	else if (day(g, l))
		q->act = ACT_DATE;
	else if (dated(&l->type))
		return;
	else if (only(l))
		taken(l, q);
	else if ((q->which = choice(gs, l)) != NULL)
		q->act = ACT_WHICH;
}

/* Has the segment a code there, which says that it stands at this place? */
static bool
qualifies(const struct gnode *n, const struct gleaf *l)
{
	for (uint8_t i = 0; i < n->nqualifiers; i++)
		if (n->qualifiers[i].element == l->element &&
		    n->qualifiers[i].component == l->component)
			return true;
	return false;
}

/* A component that its composite has to have, when that is there. */
static bool
depends_on_element(const struct gleaf *l)
{
	bool other = false;

	for (uint16_t i = 0; i < l->nalts; i++)
		other |= l->alts[i].ntests > 0;
	return l->mandatory && !l->simple && !l->composite_mandatory && !other;
}

/* The elements, and where the components of each begin. */
static void
elements(struct guides *gs, const struct gnode *n, const struct gleaf *list,
    struct gcells *c)
{
	for (uint16_t i = 0; i < n->nleaves; i++)
		if (c->elements < list[i].element)
			c->elements = list[i].element;
	c->list = ARENA_ARRAY(gs->a, struct gspot, c->elements + 1U);
	for (uint16_t i = 0; i < n->nleaves; i++)
		if (c->list[list[i].element].wide < list[i].component)
			c->list[list[i].element].wide = list[i].component;
	for (unsigned e = 1; e <= c->elements; e++) {
		struct gspot *spot = &c->list[e];
		unsigned may = e <= n->elements ? n->components[e] : 0;
		spot->most = (uint8_t)(may ? may : 1);
		spot->quick =
		    ARENA_ARRAY(gs->a, struct gquick, spot->wide + 1U);
		for (unsigned k = 0; k <= spot->wide; k++)
			spot->quick[k] =
			    (struct gquick){.act = ACT_NONE, .max = UINT16_MAX};
	}
}

static void
cells(struct guides *gs, const struct guide *g, const struct gnode *n,
    struct gcells *c)
{
	const struct gleaf *list = &g->leaves[n->leaf];

	elements(gs, n, list, c);
	c->must = ARENA_ARRAY(gs->a, struct gmust, n->nleaves + 1U);
	for (uint16_t i = 0; i < n->nleaves; i++) {
		const struct gleaf *l = &list[i];
		struct gquick *q =
		    &c->list[l->element].quick[l->component - 1U];
		q->leaf = i;
		quick(gs, g, l, q);
		if (anything_when_absent(l) && !qualifies(n, l))
			c->must[c->nmust++] = (struct gmust){
			    l->element, l->component, depends_on_element(l)};
	}
}

/* The elements as bits; 0 when not all have one. */
static uint64_t
mask(const struct grelation *r, const struct gcells *c)
{
	uint64_t bits = 0;

	for (uint8_t k = 0; k < r->n; k++) {
		if (r->elements[k] > 62 || r->elements[k] > c->elements)
			return 0;
		bits |= 1ull << r->elements[k];
	}
	return bits;
}

static struct grule
rule(const struct grelation *r, uint64_t bits, uint16_t number)
{
	uint64_t first = 1ull << (r->elements[0] & 63);
	struct grule out = {.when = 1, .number = number};

	if (!bits)
		return out;
	switch (r->letter) {
	case 'P':
		return (struct grule){bits, bits, 1, number};
	case 'C':
		return (struct grule){first, bits, 1, number};
	case 'R':
		return (struct grule){1, 0, bits, number};
	case 'L':
		return (struct grule){first, 0, bits & ~first, number};
	case 'E':
		out.when = bits;
		return out;
	default:
		return out;
	}
}

static void
relations(struct guides *gs, const struct gnode *n, struct gcells *c)
{
	if (n->nrelations)
		c->rules = ARENA_ARRAY(gs->a, struct grule, n->nrelations);
	for (uint16_t i = 0; i < n->nrelations; i++) {
		const struct grelation *r = &n->relations[i];
		uint64_t bits = mask(r, c), pair = bits & -bits;

		if (r->letter == 'P' && bits && bits == 3 * pair)
			c->pairs |= pair;
		else
			c->rules[c->nrules++] = rule(r, bits, i);
	}
}

static void
qualifier_keys(struct guides *gs, const struct gnode *n)
{
	for (uint8_t i = 0; i < n->nqualifiers; i++) {
		struct gqualifier *q =
		    (struct gqualifier *)(uintptr_t)&n->qualifiers[i];
		uint64_t *keys = ARENA_ARRAY(gs->a, uint64_t, q->n + 1U);

		for (uint16_t k = 0; k < q->n; k++)
			keys[k] = guide_key(q->codes[k]);
		q->keys = keys;
	}
}

/* Segments that the guide only lists: what is said of them is in the list of
 * segments, and the same at each place. */
static bool
same_cells(const struct gnode *a, const struct gnode *b)
{
	if (a->leaf != b->leaf || a->nleaves != b->nleaves ||
	    a->tag != b->tag || a->nqualifiers || b->nqualifiers ||
	    a->elements != b->elements || a->nrelations != b->nrelations)
		return false;
	for (uint16_t i = 0; i < a->nrelations; i++) {
		const struct grelation *x = &a->relations[i];
		const struct grelation *y = &b->relations[i];
		if (x->letter != y->letter || x->n != y->n ||
		    memcmp(x->elements, y->elements, x->n) != 0)
			return false;
	}
	return true;
}

static void
plan(struct guides *gs, const struct guide *g, uint16_t node,
    const struct gcells **list)
{
	const struct gnode *n = &g->nodes[node];
	struct gcells *c;

	qualifier_keys(gs, n);
	for (uint16_t i = 0; i < node && !list[node]; i++)
		if (same_cells(n, &g->nodes[i]))
			list[node] = list[i];
	if (list[node])
		return;
	list[node] = c = ARENA_NEW(gs->a, struct gcells);
	cells(gs, g, n, c);
	relations(gs, n, c);
}

void
guide_plan_segments(struct guides *gs, struct guide *g)
{
	const struct gcells **list =
	    ARENA_ARRAY(gs->a, const struct gcells *, g->nnodes);

	g->cells = list;
	for (size_t i = 0; i < g->nleaves; i++)
		alternatives(gs, g, &g->leaves[i]);
	for (uint16_t i = 0; i < g->nnodes; i++)
		plan(gs, g, i, list);
}
