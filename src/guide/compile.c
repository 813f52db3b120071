/* SPDX-License-Identifier: Apache-2.0
 *
 * A tree of lines to tables: nodes in the order of the tree, each with what
 * the reader and the writer need at hand.
 */
#include <ctype.h>
#include <string.h>

#include "guide/compile.h"

uint32_t
guide_hash(struct span name)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619U;
	return h;
}

struct span
guide_field(const struct gplace *p, struct span field)
{
	if (!p->prefix.n || span_starts(field, "/") ||
	    span_starts(field, "../") || span_starts(field, "below."))
		return field;
	return span_of(arena_printf(p->gs->a, "%.*s.%.*s", (int)p->prefix.n,
	    p->prefix.p, (int)field.n, field.p));
}

const struct gmap *
guide_map(const struct guide *g, struct span name)
{
	const struct gmap *m = g->source->maps;

	while (m && !span_eq(m->name, name))
		m = m->next;
	return m;
}

bool
guide_is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '_' &&
		    (i == 0 || (s.p[i] != '-' && s.p[i] != '.')))
			return false;
	return s.n > 0;
}

static struct span
tag_cut(struct span *key)
{
	size_t i = 0;

	while (i < key->n && !strchr("+*", key->p[i]))
		i++;
	struct span tag = span_sub(*key, 0, i);
	*key = span_sub(*key, i, key->n);
	return tag;
}

static void
codes_split(struct arena *a, struct gqualifier *q, struct span text)
{
	struct span *list = ARENA_ARRAY(a, struct span, 16);

	while (text.p && q->n < 16)
		list[q->n++] = span_cut(&text, '|');
	q->codes = list;
}

/* What follows the tag: "+137", "***S", "+7+VAT". */
static void
qualifiers(struct gplace *p, struct gnode *n, struct span rest)
{
	struct gqualifier *list =
	    rest.n ? ARENA_ARRAY(p->gs->a, struct gqualifier, 8) : NULL;
	uint8_t element = 0, component = 1;

	n->qualifiers = list;
	while (rest.n && n->nqualifiers < 8) {
		char c = rest.p[0];
		size_t i = 1;
		element = (uint8_t)(element + (c != ':'));
		component = c == ':' ? (uint8_t)(component + 1) : 1;
		while (i < rest.n && !strchr("+*:", rest.p[i]))
			i++;
		if (i > 1) {
			struct gqualifier *q = &list[n->nqualifiers++];
			q->element = element;
			q->component = component;
			codes_split(p->gs->a, q, span_sub(rest, 1, i - 1));
		}
		rest = span_sub(rest, i, rest.n);
	}
	n->bare = n->nqualifiers == 0;
}

static void
edi_name(struct gplace *p, struct gnode *n)
{
	struct span rest = p->line->key;

	n->name = tag_cut(&rest);
	char t[4] = {0};
	if (n->name.n < 2 || n->name.n > 3)
		guide_fault(p->gs, p->line->file, p->line->no,
		    "\"%.*s\" is no segment", (int)n->name.n, n->name.p);
	for (size_t i = 0; i < n->name.n && i < 3; i++)
		t[i] = n->name.p[i];
	n->tag = EDI_TAG(t[0], t[1], t[2], 0);
	n->hl = span_is(n->name, "HL");
	qualifiers(p, n, rest);
}

static void
xml_name(struct gplace *p, struct gnode *n)
{
	struct span name = p->line->key;
	struct span prefix = span_cut(&name, ':');
	const struct gword *w = p->g->source->prefixes;

	while (w && !span_eq(w->word, prefix))
		w = w->next;
	if (!guide_is_name(name) || !w)
		guide_fault(p->gs, p->line->file, p->line->no,
		    "\"%.*s\" has no known prefix", (int)p->line->key.n,
		    p->line->key.p);
	n->name = name;
	n->ns = w ? w->value : (struct span){0};
	n->tag = guide_hash(name);
	n->bare = true;
}

static struct span
path(struct gplace *p, const struct gnode *n)
{
	const struct gnode *up = &p->g->nodes[n->parent];
	struct span key = p->line->key;
	const char *group =
	    n->is_group && !span_is(n->group, "loop")
		? arena_printf(p->gs->a, "%.*s:", (int)n->group.n, n->group.p)
		: "";

	if (!up->path.n)
		return span_of(
		    arena_printf(p->gs->a, "%s%.*s", group, (int)key.n, key.p));
	return span_of(arena_printf(p->gs->a, "%.*s/%s%.*s", (int)up->path.n,
	    up->path.p, group, (int)key.n, key.p));
}

/* Has the line elements of its own (so that its field is their prefix)? */
static bool
has_parts(const struct gplace *p, const struct gline *l)
{
	if (edi_family_nodes(p->g->source->family))
		return l->child != NULL;
	for (const struct gline *k = l->child; k; k = k->next)
		if (k->kind == L_ELEMENT || k->kind == L_REPEAT)
			return true;
	return false;
}

/* "refs[kind=contract].number": opens the list, leaves the rest of the name. */
static struct span
open_list(struct gplace *p, struct gnode *n, struct span field)
{
	size_t open = span_find(field, '[');
	size_t close = span_find(field, ']');
	struct span inner = span_sub(field, open + 1, close - open - 1);
	struct span list = guide_field(p, span_sub(field, 0, open));

	n->scope = p->scope = guide_scope(p->gs, p->g, p->scope, list, inner);
	p->prefix = (struct span){0};
	struct span rest = span_sub(field, close + 1, field.n);
	return span_starts(rest, ".") ? span_sub(rest, 1, rest.n) : rest;
}

/* The field of a place: list, prefix or value. True when it is a value,
 * whose line is then *value. */
static bool
target(struct gplace *p, struct gnode *n, struct gline *value)
{
	struct span field = p->line->field;
	bool parts = has_parts(p, p->line);

	*value = *p->line;
	value->occurs = false; /* said of the place, not of the value */
	if (!field.n || span_is(field, "-"))
		return !parts &&
		       (p->line->ncodes || p->line->compute ||
			   p->line->type.kind || p->line->has_fallback);
	if (span_find(field, '[') < field.n) {
		if (!p->line->child && span_ends(field, "[]"))
			return true; /* a list of texts */
		field = open_list(p, n, field);
		value->field = field;
		return field.n > 0;
	}
	if (!parts)
		return true;
	p->prefix = guide_field(p, field);
	return false;
}

static void
must(struct gplace *p, uint16_t index)
{
	struct gnode *n = &p->g->nodes[index];
	uint16_t count = 0;
	uint16_t *list = ARENA_ARRAY(p->gs->a, uint16_t, n->end - index + 1U);

	for (uint16_t k = (uint16_t)(index + 1); k < n->end;
	     k = p->g->nodes[k].end)
		if (p->g->nodes[k].min > 0 && p->g->nodes[k].max > 0 &&
		    p->g->nodes[k].way != WAY_WRITE)
			list[count++] = k;
	n->must = list;
	n->nmust = count;
}

/* Children that stand together with the same tag share a place. */
static void
places(struct guide *g, uint16_t index)
{
	const struct gnode *n = &g->nodes[index];

	for (uint16_t k = (uint16_t)(index + 1); k < n->end;) {
		uint16_t end = k, bare = GUIDE_NONE;
		for (; end < n->end && g->nodes[end].tag == g->nodes[k].tag;
		     end = g->nodes[end].end)
			if (g->nodes[end].bare)
				bare = end;
		for (uint16_t i = k; i < end; i = g->nodes[i].end) {
			g->nodes[i].place = k;
			g->nodes[i].place_end = end;
			g->nodes[i].place_bare = bare;
		}
		k = end;
	}
}

static void children(struct gplace *p, const struct gline *l);

static void
node(struct gplace *up, const struct gline *l)
{
	struct gplace p = *up;
	struct guide *g = p.g;
	struct gline *value = NULL, line;
	bool xml = edi_family_nodes(g->source->family);

	if (g->nnodes == GUIDE_NODES) {
		guide_fault(p.gs, l->file, l->no, "too many places");
		return;
	}
	p.line = l;
	p.way = l->way ? l->way : up->way;
	p.node = g->nnodes++;
	struct gnode *n = &g->nodes[p.node];
	*n = (struct gnode){.parent = up->node,
	    .way = (uint8_t)p.way,
	    .min = l->min,
	    .max = l->max,
	    .group = l->group,
	    .is_group = l->group.n > 0,
	    .level = l->level,
	    .scope = GUIDE_NONE,
	    .line = l};
	if (!l->occurs)
		guide_fault(p.gs, l->file, l->no,
		    "how often \"%.*s\" may occur is not said", (int)l->key.n,
		    l->key.p);
	if (xml) {
		xml_name(&p, n);
		n->tests = l->tests;
		n->ntests = l->ntests;
	} else {
		edi_name(&p, n);
	}
	n->path = path(&p, n);
	if (target(&p, n, &line)) {
		value = ARENA_NEW(p.gs->a, struct gline);
		*value = line;
	}
	if (xml)
		guide_leaves_xml(&p, value);
	else
		guide_leaves_edi(&p, value);
	children(&p, l);
	if (n->scope != GUIDE_NONE)
		guide_checks(p.gs, g, n->scope, l);
}

static void
children(struct gplace *p, const struct gline *l)
{
	uint16_t index = p->node;

	for (const struct gline *k = l->child; k; k = k->next)
		if (k->kind == L_PLACE)
			node(p, k);
	p->g->nodes[index].end = p->g->nnodes;
	must(p, index);
	places(p->g, index);
}

static void
lines_up(struct guide *g)
{
	for (uint16_t i = 1; i < g->nnodes; i++) {
		struct gnode *n = &g->nodes[i];
		n->next = n->end < g->nodes[n->parent].end ? n->end : 0;
	}
}

static bool
type_same(const struct gtype *a, const struct gtype *b)
{
	return a->kind == b->kind && a->scale == b->scale && a->min == b->min &&
	       a->max == b->max && a->nformats == b->nformats &&
	       memcmp(a->formats, b->formats, sizeof(a->formats)) == 0;
}

/* Leaves that only the list of segments knows. */
static bool
leaf_same(const struct gleaf *a, const struct gleaf *b)
{
	return !a->nalts && !b->nalts && a->element == b->element &&
	       a->component == b->component && a->simple == b->simple &&
	       a->mandatory == b->mandatory && a->unused == b->unused &&
	       a->composite_mandatory == b->composite_mandatory &&
	       a->series == b->series && a->index == b->index &&
	       type_same(&a->type, &b->type) && span_eq(a->name, b->name) &&
	       span_eq(a->attribute, b->attribute);
}

static bool
leaves_same(const struct guide *g, const struct gnode *a, const struct gnode *b)
{
	if (a->tag != b->tag || a->nleaves != b->nleaves)
		return false;
	for (uint16_t i = 0; i < a->nleaves; i++)
		if (!leaf_same(
			&g->leaves[a->leaf + i], &g->leaves[b->leaf + i]))
			return false;
	return true;
}

/* A segment that a guide names often and says nothing about has its leaves
 * once. First in front of what is there, where there is always room. */
static void
leaves_once(struct guide *g)
{
	size_t used = 0;
	uint16_t *own = heap_alloc(sizeof(*own) * g->nnodes);

	for (uint16_t i = 0; i < g->nnodes; i++) {
		struct gnode *n = &g->nodes[i];
		uint16_t k = 1;
		while (k < i && (!own[k] || !leaves_same(g, &g->nodes[k], n)))
			k++;
		if (k < i) {
			n->leaf = g->nodes[k].leaf;
			continue;
		}
		memmove(&g->leaves[used], &g->leaves[n->leaf],
		    sizeof(*g->leaves) * n->nleaves);
		n->leaf = (uint16_t)used;
		used += n->nleaves;
		own[i] = 1;
	}
	g->nleaves = used;
	heap_free(own);
}

/* From room for the largest guide to what this one needs. */
static void
settle(struct guides *gs, struct guide *g)
{
	leaves_once(g);
	struct gnode *nodes = ARENA_ARRAY(gs->a, struct gnode, g->nnodes);
	struct gleaf *leaves = ARENA_ARRAY(gs->a, struct gleaf, g->nleaves + 1);
	struct gslot *slots = ARENA_ARRAY(gs->a, struct gslot, g->nslots + 1U);

	memcpy(nodes, g->nodes, sizeof(*nodes) * g->nnodes);
	if (g->nleaves)
		memcpy(leaves, g->leaves, sizeof(*leaves) * g->nleaves);
	memcpy(slots, g->slots, sizeof(*slots) * g->nslots);
	heap_free(g->nodes);
	heap_free(g->leaves);
	heap_free(g->slots);
	g->nodes = nodes;
	g->leaves = leaves;
	g->slots = slots;
}

struct guide *
guide_compile(struct guides *gs, const struct gsource *s)
{
	struct guide *g = ARENA_NEW(gs->a, struct guide);
	struct gline *tree;

	g->source = s;
	g->name = arena_str(gs->a, s->name);
	g->type = arena_str(gs->a, s->type);
	g->version = arena_str(gs->a, s->version);
	g->document = arena_str(gs->a, s->document);
	if (s->between) {
		g->sender = arena_str(gs->a, s->between->word);
		g->receiver = arena_str(gs->a, s->between->value);
	}
	g->sets = s->sets;
	g->lost = s->lost;
	g->strict = s->strict;
	g->nodes = heap_alloc(sizeof(*g->nodes) * GUIDE_NODES);
	g->leaves = heap_alloc(sizeof(*g->leaves) * GUIDE_LEAVES);
	g->slots = heap_alloc(sizeof(*g->slots) * GUIDE_SLOTS);
	g->scopes = ARENA_ARRAY(gs->a, struct gscope, GUIDE_SCOPES);
	g->sums = ARENA_ARRAY(gs->a, struct gsum, GUIDE_SCOPES);
	g->nscopes = 1;
	g->scopes[0] = (struct gscope){.slot = GUIDE_NONE,
	    .konst = GUIDE_NONE,
	    .asked = GUIDE_NONE,
	    .own = GUIDE_NONE,
	    .up = GUIDE_NONE,
	    .ref = GUIDE_NONE};
	g->nnodes = 1;
	tree = guide_tree(gs, (struct gsource *)(uintptr_t)s);
	struct gplace p = {.gs = gs, .g = g, .line = tree};
	for (const struct gword *w = s->sets; w; w = w->next)
		(void)guide_slot(gs, g, 0, w->word, true);
	g->nodes[0].scope = GUIDE_NONE;
	children(&p, tree);
	guide_levels_compile(gs, g);
	g->currency = guide_slot(gs, g, 0, span_of("currency"), false);
	guide_checks(gs, g, 0, tree);
	guide_where(gs, g);
	guide_for(gs, g);
	lines_up(g);
	guide_slots_order(gs, g);
	settle(gs, g);
	guide_plan(gs, g);
	if (!s->document.n)
		guide_fault(gs, s->file, 1, "`document` is missing");
	return g;
}
