/* SPDX-License-Identifier: Apache-2.0
 *
 * Hierarchies while writing: the flat lists of the canonical document become
 * levels one after the other (notation.md section 4). First all levels are
 * laid out, so that what stands before them can say how they are nested; then
 * each is written with the entries that belong to it.
 */
#include <string.h>

#include "guide/compile.h"
#include "guide/texts.h"
#include "guide/write.h"

#define NOBODY TEXTS_NONE

struct package {
	const json_t *entry;
	uint32_t next, last; /* of the same name */
	uint32_t parent;     /* NOBODY: none */
	uint32_t child, last_child, sibling;
	uint32_t line, last_line; /* lines in it */
	uint32_t group; /* of everything in it; NOBODY: none, or several */
	bool holds, mixed, laid;
};

/* One level to be written. */
struct planned {
	uint16_t node;
	uint32_t above; /* number of the level around it; 0: none */
	const json_t *line, *group;
	uint32_t package;  /* NOBODY: none */
	uint32_t first, n; /* lines inside, in plan->inside */
};

struct gplan {
	struct gwriter *w;
	const json_t *document, *lines;
	uint16_t root, group, tree, outer, entry; /* nodes, or GUIDE_NONE */
	struct texts ids, values;
	struct package *packages; /* by number of the id */
	uint32_t *next_line;      /* of the same package */
	uint32_t *group_of;       /* by line; NOBODY: none */
	const json_t **first_of;  /* by group: its first line */
	uint32_t loose, last_loose;
	uint32_t *inside, ninside;
	struct planned *list;
	size_t n, cap;
	const struct planned *now;
	bool mixed;
};

/* --- what the guide has ------------------------------------------------ */

static bool
list_is(const struct guide *g, const struct gnode *n, struct span name)
{
	return n->scope != GUIDE_NONE &&
	       g->slots[g->scopes[n->scope].slot].scope == 0 &&
	       span_eq(g->slots[g->scopes[n->scope].slot].path, name);
}

/* Stands an entry of the list in the level, or is it one? */
static bool
within(const struct guide *g, uint16_t node, struct span list)
{
	for (uint16_t i = node; list.n && i < g->nodes[node].end; i++)
		if (list_is(g, &g->nodes[i], list))
			return true;
	return false;
}

static bool
writes_below(const struct guide *g, const struct galt *a)
{
	return a->slot != GUIDE_NONE && a->way != WAY_READ &&
	       g->slots[a->slot].below;
}

static bool
passes_on(const struct guide *g, uint16_t node)
{
	for (uint16_t i = node; i < g->nodes[node].end; i++) {
		const struct gnode *n = &g->nodes[i];
		for (uint16_t k = 0; k < n->nleaves; k++) {
			const struct gleaf *l = &g->leaves[n->leaf + k];
			for (uint16_t a = 0; a < l->nalts; a++)
				if (writes_below(g, &l->alts[a]))
					return true;
		}
	}
	return false;
}

static void
kinds(struct gplan *p, const struct guide *g)
{
	p->root = p->group = p->tree = p->outer = p->entry = GUIDE_NONE;
	for (uint16_t i = 1; i < g->nnodes; i++) {
		const struct gnode *n = &g->nodes[i];
		if (!n->level || n->way == WAY_READ || n->max == 0)
			continue;
		if (list_is(g, n, g->names.from))
			p->entry = i;
		else if (within(g, i, g->names.list)) {
			p->outer = p->tree;
			p->tree = i;
		} else if (passes_on(g, i))
			p->group = i;
		else
			p->root = i;
	}
	if (p->outer == GUIDE_NONE)
		p->outer = p->tree;
}

/* --- what the document has --------------------------------------------- */

static struct span
member(const json_t *o, struct span key)
{
	const json_t *v = key.n ? json_object_getn(o, key.p, key.n) : NULL;

	return span_make(json_string_value(v), json_string_length(v));
}

static void
unknown(struct gplan *p, struct span name)
{
	(void)guide_write_find(p->w, EDI_R_WRITE_CODE, NULL, name);
}

static void
packages(struct gplan *p, const json_t *list)
{
	const struct gnames *names = &p->w->g->names;
	size_t n = json_array_size(list);

	texts_init(&p->ids, p->w->a, n);
	p->packages = ARENA_ARRAY(p->w->a, struct package, n * 2 + 1);
	for (size_t i = 0; i < n; i++) {
		const json_t *e = json_array_get(list, i);
		uint32_t before = p->ids.n;
		uint32_t k = texts_add(&p->ids, member(e, names->own));
		struct package *x = &p->packages[k];
		struct package *to = x;
		if (k != before) { /* one more of that name */
			to = &p->packages[n + i];
			*to = (struct package){.entry = e, .next = NOBODY};
			p->packages[x->last].next = (uint32_t)(n + i);
			x->last = (uint32_t)(n + i);
			continue;
		}
		*x = (struct package){.entry = e,
		    .next = NOBODY,
		    .last = k,
		    .parent = NOBODY,
		    .child = NOBODY,
		    .sibling = NOBODY,
		    .line = NOBODY,
		    .group = NOBODY};
	}
}

static void
parents(struct gplan *p)
{
	const struct gnames *names = &p->w->g->names;

	for (uint32_t i = 0; i < p->ids.n; i++) {
		struct package *x = &p->packages[i];
		struct span up = member(x->entry, names->up);
		if (!up.n)
			continue;
		x->parent = texts_find(&p->ids, up);
		if (x->parent == NOBODY || x->parent == i) {
			unknown(p, up);
			x->parent = NOBODY;
			continue;
		}
		struct package *above = &p->packages[x->parent];
		above->holds = true;
		if (above->child == NOBODY)
			above->child = i;
		else
			p->packages[above->last_child].sibling = i;
		above->last_child = i;
	}
}

/* What a level above would have passed on to the entry. */
static struct span
group_text(const struct gplan *p, const json_t *line)
{
	const struct guide *g = p->w->g;

	if (!g->nbelow)
		return (struct span){0};
	const struct gslot *s = &g->slots[g->below[0]];
	struct span v = member(line, s->parts[2]);
	return v.n ? v : member(p->document, s->parts[2]);
}

/* The packages around a line belong to its group, as long as all agree. */
static void
mark(struct gplan *p, uint32_t package, uint32_t group)
{
	for (uint32_t i = package, d = 0; i != NOBODY && d < GUIDE_DEPTH;
	     i = p->packages[i].parent, d++) {
		struct package *x = &p->packages[i];
		if (x->group == NOBODY && !x->mixed) {
			x->group = group;
		} else if (x->group != group) {
			x->mixed = p->mixed = true;
			x->group = NOBODY;
		}
	}
}

static void
chain(struct gplan *p, uint32_t *first, uint32_t *last, uint32_t line)
{
	if (*first == NOBODY)
		*first = line;
	else
		p->next_line[*last] = line;
	*last = line;
}

static void
lines(struct gplan *p)
{
	size_t n = json_array_size(p->lines);
	struct arena *a = p->w->a;

	texts_init(&p->values, a, n);
	p->next_line = ARENA_ARRAY(a, uint32_t, n + 1);
	p->group_of = ARENA_ARRAY(a, uint32_t, n + 1);
	p->first_of = ARENA_ARRAY(a, const json_t *, n + 1);
	p->inside = ARENA_ARRAY(a, uint32_t, n + 1);
	p->loose = NOBODY;
	for (uint32_t i = 0; i < n; i++) {
		const json_t *e = json_array_get(p->lines, i);
		struct span ref = member(e, p->w->g->names.ref);
		struct span value = group_text(p, e);
		uint32_t in = ref.n ? texts_find(&p->ids, ref) : NOBODY;
		p->next_line[i] = p->group_of[i] = NOBODY;
		if (value.n) {
			uint32_t before = p->values.n;
			p->group_of[i] = texts_add(&p->values, value);
			if (p->values.n > before)
				p->first_of[before] = e;
		}
		if (ref.n && in == NOBODY)
			unknown(p, ref);
		if (in == NOBODY) {
			chain(p, &p->loose, &p->last_loose, i);
			continue;
		}
		struct package *x = &p->packages[in];
		chain(p, &x->line, &x->last_line, i);
		if (p->group != GUIDE_NONE)
			mark(p, in, p->group_of[i]);
	}
}

/* --- laying out ---------------------------------------------------------- */

static uint32_t
lay(struct gplan *p, uint16_t node, uint32_t above)
{
	p->list =
	    arena_grow(p->w->a, p->list, sizeof(*p->list), &p->cap, p->n + 1);
	p->list[p->n++] =
	    (struct planned){.node = node, .above = above, .package = NOBODY};
	return (uint32_t)p->n;
}

/* The lines of a chain that belong to the group, below or inside a level. */
static void
lay_lines(struct gplan *p, uint32_t line, uint32_t level, uint32_t group)
{
	if (p->entry == GUIDE_NONE && level)
		p->list[level - 1].first = p->ninside;
	for (; line != NOBODY; line = p->next_line[line]) {
		if (p->group != GUIDE_NONE && p->group_of[line] != group)
			continue;
		if (p->entry != GUIDE_NONE) {
			uint32_t own = lay(p, p->entry, level);
			p->list[own - 1].line = json_array_get(p->lines, line);
		} else if (level) {
			p->inside[p->ninside++] = line;
			p->list[level - 1].n++;
		}
	}
}

/* The same for all groups that the chain has, each in a level of its own. */
static void
lay_groups(struct gplan *p, uint32_t line, uint32_t level)
{
	if (p->group == GUIDE_NONE) {
		lay_lines(p, line, level, NOBODY);
		return;
	}
	bool *seen = ARENA_ARRAY(p->w->a, bool, p->values.n + 1U);
	for (uint32_t i = line; i != NOBODY; i = p->next_line[i]) {
		uint32_t g = p->group_of[i];
		if (seen[g == NOBODY ? p->values.n : g])
			continue;
		seen[g == NOBODY ? p->values.n : g] = true;
		uint32_t own = level;
		if (g != NOBODY) {
			own = lay(p, p->group, level);
			p->list[own - 1].group = p->first_of[g];
		}
		lay_lines(p, line, own, g);
	}
}

static void
lay_package(struct gplan *p, uint32_t i, uint32_t above, int depth)
{
	struct package *x = &p->packages[i];

	if (depth > GUIDE_DEPTH || x->laid)
		return;
	x->laid = true;
	uint32_t level = lay(p, x->holds ? p->outer : p->tree, above);
	p->list[level - 1].package = i;
	if (p->mixed)
		lay_groups(p, x->line, level);
	else
		lay_lines(p, x->line, level, x->group);
	for (uint32_t k = x->child; k != NOBODY; k = p->packages[k].sibling)
		lay_package(p, k, level, depth + 1);
}

/* All packages that stand in no other, of one group where there are groups;
 * those that hold nothing go with the first. */
static void
lay_packages(struct gplan *p, uint32_t above, uint32_t group)
{
	for (uint32_t i = 0; p->tree != GUIDE_NONE && i < p->ids.n; i++) {
		const struct package *x = &p->packages[i];
		if (x->parent == NOBODY && !x->laid &&
		    (group == NOBODY || x->group == group ||
			x->group == NOBODY))
			lay_package(p, i, above, 0);
	}
}

static void
lay_all(struct gplan *p)
{
	uint32_t top = 0;

	if (p->root != GUIDE_NONE)
		top = lay(p, p->root, 0);
	else if (p->tree != GUIDE_NONE)
		top = lay(p, p->tree, 0);
	for (uint32_t g = 0;
	     p->group != GUIDE_NONE && !p->mixed && g < p->values.n; g++) {
		uint32_t own = lay(p, p->group, top);
		p->list[own - 1].group = p->first_of[g];
		lay_packages(p, own, g);
		lay_lines(p, p->loose, own, g);
	}
	lay_packages(p, top, NOBODY);
	if (p->mixed)
		lay_groups(p, p->loose, top);
	else
		lay_lines(p, p->loose, top, NOBODY);
	for (uint32_t i = 0; i < p->ids.n; i++)
		if (!p->packages[i].laid && p->tree != GUIDE_NONE)
			unknown(p, p->ids.list[i]); /* they hold each other */
}

void
guide_levels_plan(struct gwriter *w)
{
	const struct gnames *names = &w->g->names;
	const json_t *doc = w->objects[0];

	if (!w->g->has_levels)
		return;
	struct gplan *p = ARENA_NEW(w->a, struct gplan);
	p->w = w;
	p->document = doc;
	p->lines = names->from.n
		       ? json_object_getn(doc, names->from.p, names->from.n)
		       : NULL;
	kinds(p, w->g);
	packages(p, names->list.n
			? json_object_getn(doc, names->list.p, names->list.n)
			: NULL);
	parents(p);
	lines(p);
	lay_all(p);
	w->plan = p;
}

/* --- writing ---------------------------------------------------------------
 */

static void
objects(struct gwriter *w, const struct planned *l)
{
	const struct gnode *n = &w->g->nodes[l->node];

	if (n->scope == GUIDE_NONE)
		return;
	guide_forget(w, n->scope);
	w->objects[n->scope] = l->line ? l->line
			       : l->package != NOBODY
				   ? w->plan->packages[l->package].entry
				   : NULL;
}

/* More levels of a kind than the document may have. */
static bool
too_many(struct gwriter *w, const struct gnode *n, uint32_t count)
{
	if (count <= n->max)
		return false;
	struct edi_finding *f = edi_find(w->fs, EDI_R_WRITE_ROOM);
	edi_expected(w->fs, f, "%u", n->max);
	edi_arg(w->fs, f, "path", n->path);
	return true;
}

bool
guide_write_levels(struct gwriter *w)
{
	struct gplan *p = w->plan;
	uint32_t *counts = ARENA_ARRAY(w->a, uint32_t, w->g->nnodes);

	for (size_t i = 0; i < p->n; i++) {
		const struct planned *l = &p->list[i];
		if (too_many(w, &w->g->nodes[l->node], ++counts[l->node]))
			break;
		p->now = l;
		w->hl = (uint32_t)i + 1;
		w->hl_depth = l->above ? 2 : 1;
		w->hl_of[0] = l->above;
		w->hl_of[w->hl_depth - 1] = w->hl;
		objects(w, l);
		guide_write_level(w, l->node);
	}
	w->hl_depth = 0;
	p->now = NULL;
	return p->n > 0;
}

const json_t *
guide_level_value(const struct gwriter *w, const struct gslot *s)
{
	const struct planned *l = w->plan ? w->plan->now : NULL;

	if (!l || !l->group)
		return NULL;
	const json_t *v =
	    json_object_getn(l->group, s->parts[2].p, s->parts[2].n);
	return v ? v
		 : json_object_getn(
		       w->plan->document, s->parts[2].p, s->parts[2].n);
}

bool
guide_level_entry(
    const struct gwriter *w, uint16_t scope, size_t nth, const json_t **out)
{
	const struct gplan *p = w->plan;
	const struct guide *g = w->g;
	struct span list = g->slots[g->scopes[scope].slot].path;

	if (!p || !p->now || g->slots[g->scopes[scope].slot].scope != 0)
		return false;
	*out = NULL;
	if (span_eq(list, g->names.from)) {
		if (nth < p->now->n)
			*out = json_array_get(
			    p->lines, p->inside[p->now->first + nth]);
		return true;
	}
	if (!span_eq(list, g->names.list))
		return false;
	uint32_t i = p->now->package;
	for (size_t k = 0; k < nth && i != NOBODY; k++)
		i = p->packages[i].next;
	if (i != NOBODY)
		*out = p->packages[i].entry;
	return true;
}

/* The letters of the levels from the outermost inwards: SOPI. */
struct span
guide_level_letters(const struct gwriter *w)
{
	const struct gplan *p = w->plan;
	char *text = arena_alloc(w->a, 8);
	size_t n = 0;

	if (!p)
		return (struct span){0};
	uint16_t order[5] = {p->root, p->mixed ? p->outer : p->group,
	    p->mixed ? p->tree : p->outer, p->mixed ? p->group : p->tree,
	    p->entry};
	for (size_t k = 0; k < 5; k++) {
		bool used = order[k] != GUIDE_NONE &&
			    (k == 0 || order[k] != order[k - 1]);
		bool laid = false;
		for (size_t i = 0; used && i < p->n && !laid; i++)
			laid = p->list[i].node == order[k];
		const struct gnode *node = &w->g->nodes[order[k]];
		if (laid && node->nqualifiers && node->qualifiers[0].codes[0].n)
			text[n++] = node->qualifiers[0].codes[0].p[0];
	}
	return span_make(text, n);
}
