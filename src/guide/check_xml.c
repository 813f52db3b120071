/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks the tree of an XML document along a guide: order, number and content
 * of what the guide names. What it does not name is left to the schema, or
 * refused by a strict guide.
 */
#include <string.h>

#include "guide/read.h"

struct xwalk {
	struct guide_reader *r;
	const struct guide *g;
	uint32_t *counts;
};

/* A place may ask for a child: `when cbc:Quantity`. */
static bool
has(const struct edi_node *e, const struct gtest *t)
{
	struct span rest = t->element;

	while (e && rest.p) {
		struct span name = span_cut(&rest, '/');
		(void)span_cut(&name, ':');
		for (e = e->child; e && !span_eq(e->name, name);)
			e = e->next;
	}
	bool yes = e != NULL;
	if (e && t->nvalues) {
		yes = false;
		for (uint16_t i = 0; i < t->nvalues && !yes; i++)
			yes = span_eq(span_trim(e->text), t->values[i]);
	}
	return yes != t->not ;
}

static bool
is_node(const struct gnode *n, const struct edi_node *e, uint32_t hash)
{
	if (n->tag != hash || n->way == WAY_WRITE ||
	    !span_eq(n->name, e->name) || !span_eq(n->ns, e->ns))
		return false;
	for (uint16_t i = 0; i < n->ntests; i++)
		if (!has(e, &n->tests[i]))
			return false;
	return true;
}

static struct span
value(const struct edi_node *e, struct span attribute)
{
	if (!attribute.n)
		return span_trim(e->text);
	for (uint32_t i = 0; i < e->nattributes; i++)
		if (!e->attributes[i].ns.n &&
		    span_eq(e->attributes[i].name, attribute))
			return span_trim(e->attributes[i].value);
	return (struct span){0};
}

static bool
applies(const struct edi_node *e, const struct galt *a)
{
	if (a->way == WAY_WRITE)
		return false;
	for (uint16_t i = 0; i < a->ntests; i++) {
		const struct gcond_test *t = &a->tests[i];
		struct span v = value(e, t->attribute);
		bool yes = v.n > 0;
		if (t->nvalues) {
			yes = false;
			for (uint16_t k = 0; k < t->nvalues && !yes; k++)
				yes = span_eq(v, t->values[k]);
		}
		if (yes == t->not )
			return false;
	}
	return true;
}

static void
leaf(struct xwalk *w, const struct gleaf *l, const struct edi_node *e)
{
	struct gplace_in at = {.node = e, .attribute = l->attribute};
	struct span v = value(e, l->attribute);

	if (!v.n) {
		if (!l->mandatory)
			return;
		struct edi_finding *f =
		    guide_find(w->r, EDI_R_GUIDE_ELEMENT_MISSING, &at);
		edi_arg(w->r->fs, f, "name",
		    e->column.n      ? e->column
		    : l->attribute.n ? l->name
				     : e->name);
		return;
	}
	for (uint16_t i = 0; i < l->nalts; i++)
		if (applies(e, &l->alts[i])) {
			guide_take(w->r, l, &l->alts[i], v, 0, &at);
			return;
		}
}

/* The place of a child, from `from` on; a full one only when no other fits. */
static uint16_t
find(const struct xwalk *w, uint16_t from, const struct edi_node *e)
{
	uint32_t hash = guide_hash(e->name);
	uint16_t full = 0;

	for (uint16_t i = from; i; i = w->g->nodes[i].next) {
		if (!is_node(&w->g->nodes[i], e, hash))
			continue;
		if (w->counts[i] < w->g->nodes[i].max)
			return i;
		full = full ? full : i;
	}
	return full;
}

static void
missing(struct xwalk *w, uint16_t index, const struct edi_node *e)
{
	const struct gnode *n = &w->g->nodes[index];
	struct gplace_in at = {.node = e};

	for (uint16_t i = 0; i < n->nmust; i++) {
		const struct gnode *m = &w->g->nodes[n->must[i]];
		if (w->counts[n->must[i]] >= m->min)
			continue;
		struct edi_finding *f =
		    guide_find(w->r, EDI_R_GUIDE_NODE_MISSING, &at);
		f->found = (struct span){0};
		edi_expected(
		    w->r->fs, f, "%.*s", (int)m->line->key.n, m->line->key.p);
		edi_arg(w->r->fs, f, "path", m->path);
	}
}

static void element(
    struct xwalk *w, uint16_t index, const struct edi_node *e, int depth);

static void
child(struct xwalk *w, uint16_t index, const struct edi_node *e, uint16_t *from,
    int depth)
{
	struct gplace_in at = {.node = e};
	const struct gnode *n = &w->g->nodes[index];
	uint16_t first = n->end > index + 1 ? (uint16_t)(index + 1) : 0;
	uint16_t i = find(w, *from, e);

	if (!i) {
		i = *from != first ? find(w, first, e) : 0;
		if (!i) {
			if (w->g->strict)
				(void)guide_find(
				    w->r, EDI_R_GUIDE_NODE_UNEXPECTED, &at);
			return;
		}
		(void)guide_find(w->r, EDI_R_GUIDE_NODE_UNEXPECTED, &at);
	} else {
		*from = w->g->nodes[i].place;
	}
	if (w->r->cover)
		guide_cover_add(w->r->cover, &w->g->nodes[i]);
	if (w->counts[i]++ == w->g->nodes[i].max) {
		struct edi_finding *f =
		    guide_find(w->r, EDI_R_GUIDE_NODE_REPEAT, &at);
		edi_expected(w->r->fs, f, "%u", w->g->nodes[i].max);
	}
	element(w, i, e, depth + 1);
}

static void
element(struct xwalk *w, uint16_t index, const struct edi_node *e, int depth)
{
	const struct gnode *n = &w->g->nodes[index];
	uint16_t from = n->end > index + 1 ? (uint16_t)(index + 1) : 0;

	if (depth > GUIDE_DEPTH)
		return;
	memset(&w->counts[index + 1], 0,
	    sizeof(*w->counts) * (size_t)(n->end - index - 1));
	if (n->scope != GUIDE_NONE)
		guide_scope_open(w->r, n->scope);
	for (uint16_t i = 0; i < n->nleaves; i++)
		leaf(w, &w->g->leaves[n->leaf + i], e);
	for (const struct edi_node *k = e->child; k && from; k = k->next)
		child(w, index, k, &from, depth);
	missing(w, index, e);
	if (n->scope != GUIDE_NONE)
		guide_scope_close(w->r, n->scope);
}

void
guide_check_xml(struct guide_reader *r)
{
	struct xwalk w = {.r = r, .g = r->g, .counts = r->c->counts};

	element(&w, 0, r->m->root, 0);
}

/* Is it in the list "A, B, C"? */
static bool
listed(struct span list, struct span name)
{
	while (list.p)
		if (span_eq(span_trim(span_cut(&list, ',')), name))
			return true;
	return false;
}

/* "k:IssueDate" without its prefix. */
static struct span
local(struct span name)
{
	size_t colon = span_find(name, ':');

	return colon < name.n ? span_sub(name, colon + 1, name.n) : name;
}

/* Is the path that of the place, or of a child of it? */
static bool
at_or_in(const char *path, const char *place)
{
	size_t n = strlen(place);

	return strncmp(path, place, n) == 0 &&
	       (path[n] == 0 ||
		   (path[n] == '/' && strchr(path + n + 1, '/') == NULL));
}

/* Is it the value that the schema complains of? */
static bool
of_value(const struct edi_finding *schema)
{
	struct span m = schema->args[0].value;

	return span_find_str(m, "[facet ") < m.n ||
	       span_find_str(m, "is not a valid value") < m.n;
}

static bool
echo(const struct edi_finding *schema, const struct edi_finding *f)
{
	if (schema->rule != &EDI_RULES[EDI_R_XML_SCHEMA] || !schema->xpath ||
	    !f->xpath)
		return false;
	if (f->rule == &EDI_RULES[EDI_R_GUIDE_NODE_MISSING])
		return at_or_in(schema->xpath, f->xpath) &&
		       listed(schema->expected, local(f->expected));
	if (strcmp(schema->xpath, f->xpath) != 0)
		return false;
	return f->rule == &EDI_RULES[EDI_R_GUIDE_NODE_UNEXPECTED] ||
	       f->rule == &EDI_RULES[EDI_R_GUIDE_NODE_REPEAT] ||
	       of_value(schema);
}

/* The guide knows what was found and wanted where the schema only objects. */
static void
inherit(struct edi_finding *schema, const struct edi_finding *f)
{
	if (f->found.n)
		schema->found = f->found;
	if (schema->expected.n == 0)
		schema->expected = f->expected;
}

void
guide_echoes(struct edi_findings *fs, size_t schema)
{
	size_t n = schema;

	for (size_t i = schema; i < fs->n; i++) {
		bool said = false;
		for (size_t k = 0; k < schema && !said; k++) {
			said = echo(&fs->list[k], &fs->list[i]);
			if (said && of_value(&fs->list[k]))
				inherit(&fs->list[k], &fs->list[i]);
		}
		if (said)
			fs->errors -= fs->list[i].severity == EDI_ERROR;
		else
			fs->list[n++] = fs->list[i];
	}
	fs->n = n;
}
