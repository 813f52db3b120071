/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of one segment: presence, type, number and rules of its
 * elements, and the fields they fill.
 */
#include "guide/walk.h"

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

static void
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

/* A leaf whose token is what it stands for. */
static inline void
token(struct gwalk *w, const struct gquick *q, const struct gleaf *l,
    const struct edi_segment *s, const struct edi_token *t)
{
	struct span v = {s->bytes + t->at, t->n};
	bool fits = v.n >= q->min && v.n <= q->max;

	if (q->only) {
		struct gplace_in at = {.segment = s,
		    .element = l->element,
		    .component = l->simple ? 0 : l->component};
		guide_take(w->r, l, l->alts, v, 0, &at);
	} else if (!(fits &&
		       (q->plain || (q->digits && digits_is(v.p, v.n)))) &&
		   !(q->amount && guide_plain_decimal(&l->type, v))) {
		leaf(w, l, s);
	}
}

/* Elements and components beyond what the segment has. */
static void
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

void
guide_segment(struct gwalk *w, uint16_t node, const struct edi_segment *s)
{
	const struct gnode *n = &w->g->nodes[node];
	const struct gleaf *list = &w->g->leaves[n->leaf];
	const struct gquick *quick = &w->g->quick[n->leaf];

	for (uint16_t i = 0; i < n->nleaves; i++) {
		const struct gquick *q = &quick[i];
		if (q->element > s->nelements) {
			if (i >= n->last_must)
				break;
			if (q->absent)
				leaf(w, &list[i], s);
			continue;
		}
		unsigned at = s->elements[q->element] + q->component - 1U;
		unsigned end = s->elements[q->element + 1U];
		const struct edi_token *t = &s->tokens[at];
		if (at >= end || !t->n) {
			if (q->absent)
				leaf(w, &list[i], s);
			else if (q->component == 1 && at + 1 == end)
				i = (uint16_t)(i + q->skip);
			continue;
		}
		if (t->flags & GUIDE_CARE)
			leaf(w, &list[i], s);
		else
			token(w, q, &list[i], s, t);
	}
	surplus(w, n, s);
	for (uint16_t i = 0; i < n->nrelations; i++) {
		const struct grelation *r = &n->relations[i];
		unsigned lacks = rule_lacks(r, s);
		if (lacks)
			broken(w, r, s, lacks, r->letter == 'E');
	}
}
