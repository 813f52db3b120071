/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of one segment: presence, type, number and rules of its
 * elements, and the fields they fill.
 */
#include "guide/walk.h"

/* Kept out of the way of what each segment needs. */
#define RARE __attribute__((noinline, cold))

static bool
element_has(const struct edi_segment *s, unsigned element)
{
	if (element == 0 || element > s->nelements)
		return false;
	for (unsigned i = s->elements[element]; i < s->elements[element + 1];
	     i++)
		if (s->tokens[i].n)
			return true;
	return false;
}

static bool
holds(struct gwalk *w, const struct edi_segment *s, const struct gcond_test *t)
{
	struct span v = guide_at(w->r, s, t->element, t->component);
	bool yes = v.n > 0;

	if (t->nvalues) {
		yes = false;
		for (uint16_t i = 0; i < t->nvalues && !yes; i++)
			yes = guide_equal(v, t->values[i]);
	}
	return yes != t->not ;
}

static bool
applies(struct gwalk *w, const struct edi_segment *s, const struct galt *a)
{
	if (a->way == WAY_WRITE)
		return false;
	for (uint16_t i = 0; i < a->ntests; i++)
		if (!holds(w, s, &a->tests[i]))
			return false;
	return true;
}

/* A code of the format beside a date: 2379 follows 2380. */
static unsigned
date_format(struct gwalk *w, const struct edi_segment *s, const struct gleaf *l)
{
	unsigned long long code;

	if (w->r->x12 || l->simple ||
	    (l->type.kind != T_DATE && l->type.kind != T_DATETIME &&
		l->type.kind != T_TIME))
		return 0;
	struct span v = guide_at(w->r, s, l->element, l->component + 1U);
	return span_uint(v, &code) && code < 1000 ? (unsigned)code : 0;
}

static void
plain(struct gwalk *w, const struct gleaf *l, struct span v,
    const struct gplace_in *at)
{
	struct gjudged j = guide_judge(w->r, &l->type, v, 0);

	if (j.rule == EDI_R_COUNT)
		return;
	struct edi_finding *f = guide_find(w->r, j.rule, at);
	edi_found(w->r->fs, f, v);
	if (j.expected)
		edi_expected(w->r->fs, f, "%s", j.expected);
	guide_find_name(w->r, f, l);
}

RARE static void
absent(struct gwalk *w, const struct gleaf *l, const struct edi_segment *s)
{
	bool must = l->mandatory;

	if (must && !l->simple && !l->composite_mandatory)
		must = element_has(s, l->element);
	if (!must) {
		for (uint16_t i = 0; i < l->nalts && !must; i++)
			must = l->alts[i].ntests && l->alts[i].line->occurs &&
			       l->alts[i].line->min > 0 &&
			       applies(w, s, &l->alts[i]);
		if (!must)
			return;
	}
	struct gplace_in at = {.segment = s,
	    .element = l->element,
	    .component = l->simple ? 0 : l->component};
	struct edi_finding *f =
	    guide_find(w->r, EDI_R_GUIDE_ELEMENT_MISSING, &at);
	guide_find_name(w->r, f, l);
}

static void
leaf(struct gwalk *w, const struct gleaf *l, const struct edi_segment *s)
{
	struct span v = guide_at(w->r, s, l->element, l->component);

	if (!v.n) {
		if (l->mandatory || l->nalts)
			absent(w, l, s);
		return;
	}
	struct gplace_in at = {.segment = s,
	    .element = l->element,
	    .component = l->simple ? 0 : l->component};
	if (l->unused) {
		struct edi_finding *f =
		    guide_find(w->r, EDI_R_GUIDE_ELEMENT_UNUSED, &at);
		guide_find_name(w->r, f, l);
		return;
	}
	for (uint16_t i = 0; i < l->nalts; i++)
		if (applies(w, s, &l->alts[i])) {
			guide_take(
			    w->r, l, &l->alts[i], v, date_format(w, s, l), &at);
			return;
		}
	if (!l->nalts)
		plain(w, l, v, &at);
}

static inline bool
digits_is(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned)(p[i] - '0') > 9)
			return false;
	return true;
}

/* Puts a value that nothing is wrong with into its slot; false when there is
 * one already. Of a place in XML nothing is ever set here. */
static inline bool
put(struct gwalk *w, const struct gleaf *l, const struct galt *a,
    const struct edi_segment *s, struct span v)
{
	struct gcontext *c = w->r->c;
	struct gvalue *x = &c->values[a->slot];

	if (x->set)
		return false;
	c->touched[a->place] = true;
	x->v = v;
	x->at.segment = s;
	x->at.element = l->element;
	x->at.component = l->simple ? 0 : l->component;
	x->line = a->line;
	x->set = true;
	x->soft = a->way == WAY_READ;
	x->full = false;
	return true;
}

enum kept_as {
	KEPT_NOT,  /* there is something to be said about it */
	KEPT_LEFT, /* it is left out */
	KEPT_AS,
};

/* What the codes and the map of a line make of the value. */
static enum kept_as
translate(const struct galt *a, struct span *v)
{
	const struct gmap_entry *e;

	if (a->codes && !guide_mapped(a->codes, *v))
		return KEPT_NOT;
	if (!a->map)
		return KEPT_AS;
	e = guide_mapped(a->map, *v);
	if (!e)
		return a->map->others == OTHERS_SAME   ? KEPT_AS
		       : a->map->others == OTHERS_DROP ? KEPT_LEFT
						       : KEPT_NOT;
	*v = e->value;
	return a->map->identity || v->n != 1 || *v->p != '-' ? KEPT_AS
							     : KEPT_LEFT;
}

/* The same, if there is nothing unusual about the value. */
static inline bool
keep(struct gwalk *w, const struct gleaf *l, const struct galt *a,
    const struct edi_segment *s, struct span v)
{
	const struct gtype *t = a->type.kind ? &a->type : &l->type;

	if (v.n < a->least || v.n > a->most || a->kept == KEPT_NONE ||
	    (a->kept == KEPT_NUMBER && !guide_plain_decimal(t, v)))
		return false;
	if (a->kept == KEPT_NOWHERE)
		return true;
	if (a->codes || a->map) {
		enum kept_as as = translate(a, &v);
		if (as != KEPT_AS)
			return as == KEPT_LEFT;
	}
	return (!a->gs1 || guide_check_digit_is(v)) && put(w, l, a, s, v);
}

static void
take(struct gwalk *w, const struct gleaf *l, const struct galt *a,
    const struct edi_segment *s, struct span v)
{
	if (a->kept != KEPT_DAY && keep(w, l, a, s, v))
		return;
	struct gplace_in at = {.segment = s,
	    .element = l->element,
	    .component = l->simple ? 0 : l->component};
	guide_take(w->r, l, a, v, 0, &at);
}

/* By the code that says which alternative is meant; false: a look is needed.
 */
static inline bool
which(struct gwalk *w, const struct gchoice *c, const struct gleaf *l,
    const struct edi_segment *s, struct span v)
{
	uint64_t key = 0;

	if (c->element <= s->nelements) {
		unsigned i = s->elements[c->element] + c->component - 1U;
		const struct edi_token *t = &s->tokens[i];
		if (i < s->elements[c->element + 1U] && t->n) {
			if (t->flags & GUIDE_CARE)
				return false;
			key = guide_key((struct span){s->bytes + t->at, t->n});
		}
	}
	if (key == GUIDE_LONG && c->keys.longer)
		return false;
	unsigned number = guide_keys_find(&c->keys, key);
	if (!number && key)
		number = c->present;
	if (!number)
		number = c->otherwise;
	if (number)
		take(w, l, &l->alts[number - 1], s, v);
	return true;
}

/* A day of eight digits, which is what most dates are; EDIFACT says so beside
 * it. */
static bool
day(struct gwalk *w, const struct gleaf *l, const struct edi_segment *s,
    struct span v)
{
	static const struct span CCYYMMDD = SPAN("102");
	struct span d;

	if (v.n != 8 ||
	    (!w->r->x12 &&
		!guide_equal(guide_at(w->r, s, l->element, l->component + 1U),
		    CCYYMMDD)))
		return false;
	d = guide_day(w->r, v);
	return d.n && put(w, l, l->alts, s, d);
}

/* A value that there is something to be done about. */
static void
special(struct gwalk *w, const struct gquick *q, const struct gleaf *list,
    const struct edi_segment *s, const struct edi_token *t)
{
	const struct gleaf *l = &list[q->leaf];
	struct span v = {s->bytes + t->at, t->n};
	bool done = false;

	switch (t->flags & GUIDE_CARE ? ACT_LEAF : (enum gact)q->act) {
	case ACT_DIGITS:
		done = v.n >= q->min && v.n <= q->max && digits_is(v.p, v.n);
		break;
	case ACT_AMOUNT:
		done = guide_plain_decimal(&l->type, v);
		break;
	case ACT_TAKE:
	case ACT_KEEP:
		take(w, l, l->alts, s, v);
		return;
	case ACT_WHICH:
		done = which(w, q->which, l, s, v);
		break;
	case ACT_DATE:
		done = day(w, l, s, v);
		break;
	case ACT_TEXT:
	case ACT_LEAF:
	case ACT_NONE:
		break;
	}
	if (!done && q->act != ACT_NONE)
		leaf(w, l, s);
}

/* Most values are text of a length that fits; what goes nowhere is done. */
static inline void
value(struct gwalk *w, const struct gquick *q, const struct gleaf *list,
    const struct edi_segment *s, const struct edi_token *t)
{
	bool plain = q->act <= ACT_KEEP && t->n >= q->min && t->n <= q->max &&
		     !(t->flags & GUIDE_CARE);

	if (plain && q->act == ACT_TEXT)
		return;
	if (!plain || !put(w, &list[q->leaf], q->alt, s,
			  (struct span){s->bytes + t->at, t->n}))
		special(w, q, list, s, t);
}

/* Elements and components beyond what the segment has. */
RARE static void
surplus(struct gwalk *w, const struct gnode *n, const struct edi_segment *s)
{
	struct gplace_in at = {.segment = s};

	/* as many tokens as elements and the tag: no element has parts */
	if (!n->elements ||
	    (s->nelements <= n->elements && s->ntokens == s->nelements + 1U))
		return;
	for (unsigned e = n->elements + 1U; e <= s->nelements; e++) {
		if (!element_has(s, e))
			continue;
		at.element = (uint8_t)(e > 255 ? 255 : e);
		struct edi_finding *f =
		    guide_find(w->r, EDI_R_GUIDE_ELEMENT_MANY, &at);
		edi_expected(w->r->fs, f, "%u", n->elements);
		break;
	}
	for (unsigned e = 1; e <= n->elements && e <= s->nelements; e++) {
		unsigned have = s->elements[e + 1U] - s->elements[e];
		unsigned may = n->components[e];
		if (have <= 1 || have <= may)
			continue;
		at.element = (uint8_t)e;
		bool repeated = edi_repeats(s, e) > 1;
		if (!repeated && !edi_raw(s, e, 1, (may ? may : 1) + 1).n)
			continue;
		struct edi_finding *f = guide_find(w->r,
		    repeated ? EDI_R_GUIDE_ELEMENT_REPEAT
			     : EDI_R_GUIDE_COMPONENT_MANY,
		    &at);
		edi_expected(w->r->fs, f, "%u", may ? may : 1);
	}
}

static void
broken(struct gwalk *w, const struct grelation *rel,
    const struct edi_segment *s, unsigned element, bool exclusion)
{
	struct gplace_in at = {.segment = s, .element = (uint8_t)element};
	struct edi_finding *f = guide_find(w->r,
	    exclusion ? EDI_R_GUIDE_ELEMENT_EXCLUSION
		      : EDI_R_GUIDE_ELEMENT_CONDITION,
	    &at);
	struct buf b;

	buf_init(&b, 100);
	buf_putc(&b, rel->letter);
	for (uint8_t i = 0; i < rel->n; i++)
		buf_printf(&b, "%02u", rel->elements[i]);
	edi_expected(w->r->fs, f, "%s", b.p);
	buf_done(&b);
}

/* The element that a broken rule asks for; 0 when it holds. */
static unsigned
rule_lacks(const struct grelation *r, const struct edi_segment *s)
{
	unsigned have = 0, first_absent = 0, second_present = 0;

	for (uint8_t i = 0; i < r->n; i++) {
		bool has = element_has(s, r->elements[i]);
		have += has;
		if (!has && !first_absent)
			first_absent = r->elements[i];
		if (has && have == 2)
			second_present = r->elements[i];
	}
	bool first = element_has(s, r->elements[0]);
	switch (r->letter) {
	case 'P':
		return have && have < r->n ? first_absent : 0;
	case 'R':
		return have ? 0 : r->elements[0];
	case 'E':
		return second_present;
	case 'C':
		return first && have < r->n ? first_absent : 0;
	case 'L':
		return first && have < 2 ? r->elements[1] : 0;
	default:
		return 0;
	}
}

RARE static void
relation(
    struct gwalk *w, const struct grelation *r, const struct edi_segment *s)
{
	unsigned lacks = rule_lacks(r, s);

	if (lacks)
		broken(w, r, s, lacks, r->letter == 'E');
}

/* there has the bits of the elements that are there. */
static inline void
relations(struct gwalk *w, const struct gnode *n, const struct gcells *c,
    const struct edi_segment *s, uint64_t there)
{
	if ((there ^ there >> 1) & c->pairs) {
		for (uint16_t i = 0; i < n->nrelations; i++)
			relation(w, &n->relations[i], s);
		return;
	}
	there |= 1;
	for (uint16_t i = 0; i < c->nrules; i++) {
		const struct grule *r = &c->rules[i];
		if ((there & r->when) &&
		    ((there & r->all) != r->all || !(there & r->any)))
			relation(w, &n->relations[r->number], s);
	}
}

/* The bits of the elements that are there. */
static uint64_t
elements_there(const struct edi_segment *s)
{
	uint64_t there = 0;

	for (unsigned e = 1; e <= s->nelements && e < 64; e++)
		there |= (uint64_t)element_has(s, e) << e;
	return there;
}

/* Every leaf in turn, be it there or not. */
RARE static void
every_leaf(struct gwalk *w, const struct gnode *n, const struct gcells *c,
    const struct edi_segment *s)
{
	const struct gleaf *list = &w->g->leaves[n->leaf];

	for (uint16_t i = 0; i < n->nleaves; i++) {
		if (list[i].element > s->nelements && i >= n->last_must)
			break;
		leaf(w, &list[i], s);
	}
	surplus(w, n, s);
	relations(w, n, c, s, elements_there(s));
}

/* Is nothing absent that there might be something to be said about? */
static inline bool
complete(const struct gcells *c, const struct edi_segment *s)
{
	for (uint16_t i = 0; i < c->nmust; i++) {
		const struct gmust *m = &c->must[i];
		unsigned at, end;
		if (m->element > s->nelements) {
			if (m->within)
				continue;
			return false;
		}
		at = s->elements[m->element] + m->component - 1U;
		end = s->elements[m->element + 1U];
		if ((at >= end || !s->tokens[at].n) &&
		    (!m->within || element_has(s, m->element)))
			return false;
	}
	return true;
}

/*
 * The short way: from token to token, since a segment has far fewer of them
 * than leaves. It says the same in the same order as every_leaf().
 */
static void
composites(struct gwalk *w, const struct gnode *n, const struct gcells *c,
    const struct edi_segment *s)
{
	const struct gleaf *list = &w->g->leaves[n->leaf];
	const uint16_t *begin = s->elements;
	bool more = s->nelements > n->elements;
	unsigned last = s->nelements < c->elements ? s->nelements : c->elements;

	for (unsigned e = 1; e <= last; e++) {
		const struct gspot *spot = &c->list[e];
		const struct edi_token *t = s->tokens + begin[e];
		const struct gquick *q = spot->quick;
		unsigned have = (unsigned)begin[e + 1] - begin[e];
		more |= have > spot->most;
		for (have = have < spot->wide ? have : spot->wide; have;
		     have--, t++, q++)
			if (t->n)
				value(w, q, list, s, t);
	}
	if (more)
		surplus(w, n, s);
	if (n->nrelations)
		relations(w, n, c, s, elements_there(s));
}

/* The same where no element has components: most segments of X12. */
static void
simples(struct gwalk *w, const struct gnode *n, const struct gcells *c,
    const struct edi_segment *s)
{
	const struct gleaf *list = &w->g->leaves[n->leaf];
	unsigned last = s->nelements < c->elements ? s->nelements : c->elements;
	uint64_t there = 0;

	for (unsigned e = 1; e <= last; e++) {
		const struct edi_token *t = &s->tokens[e];
		if (!t->n)
			continue;
		there |= e < 64 ? 1ull << e : 0;
		if (c->list[e].wide)
			value(w, c->list[e].quick, list, s, t);
	}
	if (s->nelements > n->elements)
		surplus(w, n, s);
	if (n->nrelations)
		relations(w, n, c, s, there);
}

void
guide_segment(struct gwalk *w, uint16_t node, const struct edi_segment *s)
{
	const struct gnode *n = &w->g->nodes[node];
	const struct gcells *c = w->g->cells[node];

	if (w->r->cover || !complete(c, s))
		every_leaf(w, n, c, s);
	else if (s->ntokens == s->nelements + 1U)
		simples(w, n, c, s);
	else
		composites(w, n, c, s);
}
