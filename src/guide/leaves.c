/* SPDX-License-Identifier: Apache-2.0
 *
 * Elements to leaves: for every element and component of a segment (or text
 * and attribute of an XML element) its use, type, and the lines of the guide
 * that give it a meaning.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "guide/compile.h"

/* Where an element key points: positions of one series. */
struct target {
	uint8_t element[64], component[64];
	uint16_t n;
};

struct gleaf *
guide_leaf_new(struct gplace *p)
{
	if (p->g->nleaves == GUIDE_LEAVES) {
		guide_fault(
		    p->gs, p->line->file, p->line->no, "too many elements");
		return &p->g->leaves[0];
	}
	struct gnode *n = &p->g->nodes[p->node];
	struct gleaf *leaf = &p->g->leaves[p->g->nleaves++];
	*leaf = (struct gleaf){.series = n->nseries++};
	n->nleaves++;
	return leaf;
}

static struct gleaf *
leaf_at(struct gplace *p, unsigned element, unsigned component)
{
	const struct gnode *n = &p->g->nodes[p->node];

	for (uint16_t i = 0; i < n->nleaves; i++) {
		struct gleaf *l = &p->g->leaves[n->leaf + i];
		if (l->element == element && l->component == component)
			return l;
	}
	struct gleaf *l = guide_leaf_new(p);
	l->element = (uint8_t)element;
	l->component = (uint8_t)component;
	l->simple = true;
	l->name = span_of(arena_printf(p->gs->a, "%02u", element));
	return l;
}

static struct span
tag_of(const struct gplace *p)
{
	return p->g->nodes[p->node].name;
}

/* The leaves that the list of segments knows. */
static const struct gdirectory_segment *
listed(struct gplace *p)
{
	struct gnode *n = &p->g->nodes[p->node];
	const struct gdirectory_segment *d =
	    guide_directory(p->gs, p->g->source->segments, n->name);

	n->leaf = (uint16_t)p->g->nleaves;
	if (!d)
		return NULL;
	uint8_t *components = ARENA_ARRAY(p->gs->a, uint8_t, d->elements + 1U);
	for (size_t i = 0; i < d->n; i++) {
		const struct gdirectory_element *e = &d->list[i];
		struct gleaf *l = guide_leaf_new(p);
		l->element = (uint8_t)e->element;
		l->component = (uint8_t)(e->component ? e->component : 1);
		l->simple = e->component == 0;
		l->mandatory = e->mandatory;
		l->composite_mandatory = e->composite_mandatory;
		l->type = e->type;
		l->name = e->name;
		if (components[e->element] < l->component)
			components[e->element] = l->component;
	}
	n->elements = (uint8_t)d->elements;
	n->components = components;
	return d;
}

static unsigned
number(struct span s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n && i < 3; i++)
		n = n * 10 + (unsigned)(s.p[i] - '0');
	return n;
}

/* "03", "03-1", "01..02" */
static bool
x12_target(struct span key, struct target *t)
{
	size_t dots = span_find_str(key, "..");
	size_t dash = span_find(key, '-');
	unsigned from = number(span_sub(key, 0, 2));
	unsigned to = dots < key.n ? number(span_sub(key, dots + 2, 2)) : from;

	for (unsigned e = from; e && e <= to && t->n < 30; e++) {
		t->element[t->n] = (uint8_t)e;
		t->component[t->n++] =
		    (uint8_t)(dash < key.n ? number(span_sub(key, dash + 1, 2))
					   : 1);
	}
	return t->n > 0;
}

/* The element number of the nth composite of that name, 0 when absent. */
static unsigned
composite_at(struct gplace *p, struct span name, unsigned nth)
{
	const struct gdirectory_segment *d =
	    guide_directory(p->gs, p->g->source->segments, tag_of(p));
	unsigned element = 0;

	for (size_t i = 0; d && i < d->n; i++)
		if (d->list[i].component == 1 &&
		    span_eq(d->list[i].composite, name) && nth-- == 1)
			element = d->list[i].element;
	return element;
}

/* A number alone means the element outside composites, if there is one. */
static void
prefer_simple(struct gplace *p, struct target *t)
{
	const struct gnode *n = &p->g->nodes[p->node];

	for (uint16_t i = 0; t->n > 1 && i < n->nleaves; i++) {
		const struct gleaf *l = &p->g->leaves[n->leaf + i];
		for (uint16_t k = 0; l->simple && k < t->n; k++)
			if (t->element[k] == l->element) {
				t->element[0] = l->element;
				t->component[0] = 1;
				t->n = 1;
			}
	}
}

/* "1004", "C507.2380", "C212#2.7140"; within restricts to one element. */
static bool
edifact_target(
    struct gplace *p, struct span key, unsigned within, struct target *t)
{
	const struct gnode *n = &p->g->nodes[p->node];
	size_t dot = span_find(key, '.');
	unsigned element = within;

	if (dot < key.n) {
		struct span c = span_sub(key, 0, dot);
		size_t hash = span_find(c, '#');
		unsigned nth =
		    hash < c.n ? number(span_sub(c, hash + 1, 2)) : 1;
		element = composite_at(p, span_sub(c, 0, hash), nth);
		key = span_sub(key, dot + 1, key.n);
		if (!element)
			return false;
	}
	for (uint16_t i = 0; i < n->nleaves && t->n < 60; i++) {
		const struct gleaf *l = &p->g->leaves[n->leaf + i];
		if (!span_eq(l->name, key) ||
		    (element && l->element != element))
			continue;
		t->element[t->n] = l->element;
		t->component[t->n++] = l->component;
	}
	prefer_simple(p, t);
	return t->n > 0;
}

static bool
resolve(struct gplace *p, struct span key, unsigned within, struct target *t)
{
	t->n = 0;
	if (p->g->source->family == EDI_X12) {
		if (!x12_target(key, t))
			return false;
		for (uint16_t i = 0; within && i < t->n; i++)
			t->element[i] = (uint8_t)(t->element[i] + within);
		return true;
	}
	return edifact_target(p, key, within, t);
}

static void
test_xml(struct gcond_test *c, struct span key)
{
	c->text = span_is(key, ".");
	c->attribute =
	    span_starts(key, "@") ? span_sub(key, 1, key.n) : (struct span){0};
}

static void
conditions(
    struct gplace *p, const struct gline *l, unsigned within, struct galt *a)
{
	bool xml = edi_family_nodes(p->g->source->family);
	struct gcond_test *list =
	    ARENA_ARRAY(p->gs->a, struct gcond_test, l->ntests + 1U);

	for (uint16_t i = 0; i < l->ntests; i++) {
		struct target t = {.n = 0};
		list[i].not = l->tests[i].not ;
		list[i].values = l->tests[i].values;
		list[i].nvalues = l->tests[i].nvalues;
		if (xml) {
			test_xml(&list[i], l->tests[i].element);
		} else if (resolve(p, l->tests[i].element, within, &t)) {
			list[i].element = t.element[0];
			list[i].component = t.component[0];
		} else {
			guide_fault(p->gs, l->file, l->no,
			    "there is no element %.*s in %.*s",
			    (int)l->tests[i].element.n, l->tests[i].element.p,
			    (int)tag_of(p).n, tag_of(p).p);
		}
	}
	a->tests = list;
	a->ntests = l->ntests;
}

static const struct gmap *
codes_of(struct gplace *p, const struct gline *l)
{
	if (!l->ncodes)
		return NULL;
	const struct gmap *named =
	    l->ncodes == 1 ? guide_map(p->g, l->codes[0]) : NULL;
	if (named && named->identity)
		return named;
	struct gmap *m = ARENA_NEW(p->gs->a, struct gmap);
	m->identity = true;
	m->n = l->ncodes;
	m->entries = ARENA_ARRAY(p->gs->a, struct gmap_entry, l->ncodes);
	for (uint16_t i = 0; i < l->ncodes; i++)
		m->entries[i] =
		    (struct gmap_entry){l->codes[i], l->codes[i], '='};
	return m;
}

static void
computed(struct gplace *p, const struct gline *l, struct galt *a)
{
	a->compute = (uint8_t)l->compute;
	a->counts = GUIDE_NONE;
	if (l->compute != C_COUNTS)
		return;
	for (struct span rest = l->counts; rest.p;) { /* HL|lines */
		struct span what = span_cut(&rest, '|');
		char t[4] = {0};
		if (!what.n || !isupper((unsigned char)what.p[0])) {
			a->counts =
			    guide_slot(p->gs, p->g, p->scope, what, true);
			p->g->slots[a->counts].list = 2;
			continue;
		}
		memcpy(t, what.p, what.n < 3 ? what.n : 3);
		a->counts_tag = EDI_TAG(t[0], t[1], t[2], 0);
	}
}

/* Numbers of GS1 by the names that the canonical document has for them. */
static bool
gs1_is(struct span field)
{
	return span_ends(field, ".gtin") || span_ends(field, ".gln") ||
	       span_ends(field, "sscc") || span_is(field, "gtin") ||
	       span_is(field, "gln");
}

/* packages[].sscc: the value is an entry of its own; only when read. */
static struct span
entry(struct gplace *p, const struct gline *l, struct galt *a)
{
	struct span field = l->field;
	size_t open = span_find(field, '['), close = span_find(field, ']');

	if (l->kind != L_ELEMENT || close + 2 >= field.n || open + 1 != close)
		return guide_field(p, field);
	if (a->way != WAY_READ)
		guide_fault(p->gs, l->file, l->no,
		    "an element that is an entry can only be read");
	a->entry = guide_scope(p->gs, p->g, p->scope,
	    guide_field(p, span_sub(field, 0, open)), (struct span){0});
	return span_sub(field, close + 2, field.n);
}

struct galt
guide_alternative(struct gplace *p, const struct gline *l)
{
	struct galt a = {.slot = GUIDE_NONE,
	    .entry = GUIDE_NONE,
	    .way = (uint8_t)(l->way ? l->way : p->way),
	    .has_fallback = l->has_fallback,
	    .has_join = l->has_join,
	    .adds = l->adds,
	    .droppable = l->droppable,
	    .join = l->join,
	    .fallback = l->fallback,
	    .type = l->type,
	    .line = l};

	computed(p, l, &a);
	a.codes = codes_of(p, l);
	if (l->map.n) {
		a.map = guide_map(p->g, l->map);
		if (!a.map)
			guide_fault(p->gs, l->file, l->no, "no map \"%.*s\"",
			    (int)l->map.n, l->map.p);
	}
	if (l->field.n && !span_is(l->field, "-")) {
		struct span field = entry(p, l, &a);
		a.gs1 = gs1_is(field);
		a.slot = guide_slot(p->gs, p->g,
		    a.entry == GUIDE_NONE ? p->scope : a.entry, field, true);
		p->g->slots[a.slot].single |= !span_ends(l->field, "[]");
		p->g->slots[a.slot].computed |=
		    a.compute != C_NONE || l->has_fallback;
		if (l->has_fallback && l->way != WAY_WRITE)
			guide_fallback(
			    p->gs, p->g, p->g->slots[a.slot].scope, a.slot, l);
	}
	return a;
}

/* Puts one line on one leaf. */
static void
put(struct gplace *p, struct gleaf *leaf, const struct gline *l,
    struct galt alt)
{
	struct galt *alts =
	    ARENA_ARRAY(p->gs->a, struct galt, leaf->nalts + 1U);

	if (leaf->nalts)
		memcpy(alts, leaf->alts, sizeof(*alts) * leaf->nalts);
	alts[leaf->nalts++] = alt;
	leaf->alts = alts;
	if (l->type.kind) {
		uint16_t max = leaf->type.max;
		leaf->type = l->type;
		/* X12: six or eight digits, as the segment list has it. */
		if (!leaf->type.max &&
		    (p->g->source->family == EDI_X12 ||
			(l->type.kind != T_DATE && l->type.kind != T_DATETIME)))
			leaf->type.max = max;
	}
	if (l->occurs && !l->ntests) {
		leaf->mandatory = l->min > 0;
		leaf->unused = l->max == 0;
		leaf->composite_mandatory |= leaf->mandatory;
	}
}

/* An element line: a value, or a list or joined text over several. */
static void
element(struct gplace *p, const struct gline *l, unsigned within)
{
	struct target t = {.n = 0};

	if (!resolve(p, l->key, within, &t)) {
		guide_fault(p->gs, l->file, l->no,
		    "there is no element %.*s in %.*s", (int)l->key.n, l->key.p,
		    (int)tag_of(p).n, tag_of(p).p);
		return;
	}
	bool all = l->has_join || span_ends(l->field, "[]");
	if (!all && t.n > 1 && !within && t.element[0] != t.element[t.n - 1] &&
	    l->field.n)
		guide_fault(p->gs, l->file, l->no,
		    "%.*s stands at several places in %.*s; name its composite",
		    (int)l->key.n, l->key.p, (int)tag_of(p).n, tag_of(p).p);
	struct galt alt = guide_alternative(p, l);
	conditions(p, l, within, &alt);
	uint16_t series = 0;
	size_t last = all ? t.n : 1;
	for (size_t i = 0; i < last; i++) {
		struct gleaf *leaf = leaf_at(p, t.element[i], t.component[i]);
		if (i == 0)
			series = leaf->series;
		leaf->series = series;
		leaf->index = (uint16_t)i;
		put(p, leaf, l, alt);
		if (i > 0)
			leaf->mandatory = false;
	}
}

/* repeat C212 1..5, repeat 06-07 0..10 */
static void
repeat(struct gplace *p, const struct gline *r)
{
	unsigned stride = 1, first;
	bool x12 = p->g->source->family == EDI_X12;

	if (x12) {
		first = number(span_sub(r->key, 0, 2));
		stride = number(span_sub(r->key, 3, 2)) - first + 1;
	} else {
		first = composite_at(p, r->key, 1);
	}
	if (!first || stride > 9) {
		guide_fault(p->gs, r->file, r->no, "cannot repeat %.*s",
		    (int)r->key.n, r->key.p);
		return;
	}
	for (const struct gline *l = r->child; l; l = l->next) {
		uint16_t series = 0;
		for (unsigned i = 0; i < r->max && i < 40; i++) {
			unsigned within = x12 ? i * stride : first + i;
			struct target t = {.n = 0};
			if (!resolve(p, l->key, within, &t)) {
				if (i == 0)
					guide_fault(p->gs, l->file, l->no,
					    "no element %.*s", (int)l->key.n,
					    l->key.p);
				break;
			}
			struct gleaf *leaf =
			    leaf_at(p, t.element[0], t.component[0]);
			struct galt alt = guide_alternative(p, l);
			conditions(p, l, within, &alt);
			if (i == 0)
				series = leaf->series;
			leaf->series = series;
			leaf->index = (uint16_t)i;
			struct gline once = *l;
			once.occurs = l->occurs && i == 0;
			put(p, leaf, &once, alt);
		}
	}
}

/* The leaf that follows the qualifier. */
static struct gleaf *
value_leaf(struct gplace *p)
{
	const struct gnode *n = &p->g->nodes[p->node];

	if (!n->nqualifiers)
		return n->nleaves ? &p->g->leaves[n->leaf] : leaf_at(p, 1, 1);
	const struct gqualifier *q = &n->qualifiers[n->nqualifiers - 1];
	for (uint16_t i = 0; i + 1 < n->nleaves; i++) {
		const struct gleaf *l = &p->g->leaves[n->leaf + i];
		if (l->element == q->element && l->component == q->component)
			return &p->g->leaves[n->leaf + i + 1];
	}
	return leaf_at(p, q->element + 1U, 1);
}

static int
leaf_cmp(const void *a, const void *b)
{
	const struct gleaf *x = a, *y = b;

	if (x->element != y->element)
		return x->element < y->element ? -1 : 1;
	return (x->component > y->component) - (x->component < y->component);
}

/* Can its absence be a fault? */
static bool
may_lack(const struct gleaf *l)
{
	for (uint16_t i = 0; i < l->nalts; i++)
		if (l->alts[i].ntests && l->alts[i].line->occurs &&
		    l->alts[i].line->min > 0)
			return true;
	return l->mandatory;
}

/* A line to be written in a place that is only read, or the reverse. */
static bool
never(const struct gplace *p, const struct gline *l)
{
	return p->way && l->way && p->way != l->way;
}

void
guide_leaves_edi(struct gplace *p, const struct gline *value)
{
	struct gnode *n = &p->g->nodes[p->node];
	const struct gdirectory_segment *d = listed(p);

	if (value) {
		struct galt alt = guide_alternative(p, value);
		conditions(p, value, 0, &alt);
		struct gleaf *leaf = value_leaf(p);
		put(p, leaf, value, alt);
		if (value->field.n)
			leaf->mandatory = leaf->composite_mandatory = true;
	}
	for (const struct gline *l = p->line->child; l; l = l->next) {
		if (never(p, l))
			continue;
		if (l->kind == L_ELEMENT)
			element(p, l, 0);
		else if (l->kind == L_REPEAT)
			repeat(p, l);
	}
	qsort(
	    &p->g->leaves[n->leaf], n->nleaves, sizeof(struct gleaf), leaf_cmp);
	for (uint16_t i = 0; i < n->nleaves; i++)
		if (may_lack(&p->g->leaves[n->leaf + i]))
			n->last_must = (uint16_t)(i + 1);
	guide_relations(p, d ? d->rules : (struct span){0}, p->line);
}

void
guide_leaves_xml(struct gplace *p, const struct gline *value)
{
	struct gnode *n = &p->g->nodes[p->node];

	n->leaf = (uint16_t)p->g->nleaves;
	if (value) {
		struct gleaf *leaf = guide_leaf_new(p);
		put(p, leaf, value, guide_alternative(p, value));
		leaf->mandatory = leaf->simple = true;
	}
	for (const struct gline *l = p->line->child; l; l = l->next) {
		if (l->kind != L_ELEMENT || never(p, l))
			continue;
		struct span name = span_starts(l->key, "@")
				       ? span_sub(l->key, 1, l->key.n)
				       : (struct span){0};
		struct gleaf *leaf = NULL;
		if (!span_is(l->key, ".") && !guide_is_name(name))
			guide_fault(p->gs, l->file, l->no,
			    "\"%.*s\" is no attribute", (int)l->key.n,
			    l->key.p);
		for (uint16_t i = 0; i < n->nleaves; i++)
			if (span_eq(p->g->leaves[n->leaf + i].attribute, name))
				leaf = &p->g->leaves[n->leaf + i];
		if (!leaf)
			leaf = guide_leaf_new(p);
		leaf->simple = true;
		leaf->attribute = name;
		leaf->name = l->key;
		struct galt alt = guide_alternative(p, l);
		conditions(p, l, 0, &alt);
		put(p, leaf, l, alt);
	}
}
