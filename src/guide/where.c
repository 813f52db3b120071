/* SPDX-License-Identifier: Apache-2.0
 *
 * `where`: a value inside the message that decides which of several guides
 * for the same kind of message is meant.
 */
#include <ctype.h>
#include <string.h>

#include "guide/impl.h"

static void
fault(struct guides *gs, const struct guide *g, struct span what)
{
	guide_fault(gs, g->source->file, 1, "where: no place \"%.*s\"",
	    (int)what.n, what.p);
}

/* "07", "07-1" */
static bool
x12_element(struct span key, struct gwhere *w)
{
	struct span component = key;
	struct span element = span_cut(&component, '-');
	unsigned e = 0, c = 0;

	for (size_t i = 0; i < element.n && isdigit((unsigned char)key.p[i]);
	     i++)
		e = e * 10 + (unsigned)(key.p[i] - '0');
	for (size_t i = 0; i < component.n; i++)
		c = c * 10 + (unsigned)(component.p[i] - '0');
	w->element = (uint8_t)e;
	w->component = (uint8_t)(c ? c : 1);
	return element.n == 2 && e > 0 && e < 100 && c < 100;
}

/* "1001", "C002.1001" */
static bool
edifact_element(
    const struct gdirectory_segment *d, struct span key, struct gwhere *w)
{
	size_t dot = span_find(key, '.');
	struct span composite =
	    dot < key.n ? span_sub(key, 0, dot) : (struct span){0};
	struct span name = dot < key.n ? span_sub(key, dot + 1, key.n) : key;

	for (size_t i = 0; d && i < d->n; i++) {
		const struct gdirectory_element *e = &d->list[i];
		if (!span_eq(e->name, name) ||
		    (composite.n && !span_eq(e->composite, composite)))
			continue;
		w->element = (uint8_t)e->element;
		w->component = (uint8_t)(e->component ? e->component : 1);
		return true;
	}
	return false;
}

static void
segment(struct guides *gs, const struct guide *g, struct gwhere *w)
{
	struct span key = w->test->element;
	struct span rest = key;
	struct span tag = span_cut(&rest, '.');
	char t[4] = {0};

	if (tag.n >= 2 && tag.n <= 3)
		memcpy(t, tag.p, tag.n);
	w->tag = EDI_TAG(t[0], t[1], t[2], 0);
	bool ok =
	    g->source->family == EDI_X12
		? x12_element(rest, w)
		: edifact_element(
		      guide_directory(gs, g->source->segments, tag), rest, w);
	if (!t[0] || !ok)
		fault(gs, g, key);
}

/* "cac:Party/cbc:ID", at last perhaps "@schemeID" */
static void
element(struct guides *gs, const struct guide *g, struct gwhere *w)
{
	struct gword **end = &w->steps;
	struct span rest = w->test->element;

	while (rest.p) {
		struct span name = span_cut(&rest, '/');
		if (span_starts(name, "@")) {
			w->attribute =
			    arena_str(gs->a, span_sub(name, 1, name.n));
			continue;
		}
		struct span prefix = span_cut(&name, ':');
		const struct gword *p = g->source->prefixes;
		while (p && !span_eq(p->word, prefix))
			p = p->next;
		if (!p || !name.n) {
			fault(gs, g, w->test->element);
			return;
		}
		struct gword *step = ARENA_NEW(gs->a, struct gword);
		step->word = span_of(arena_str(gs->a, name));
		step->value = span_of(arena_str(gs->a, p->value));
		*end = step;
		end = &step->next;
	}
}

void
guide_where(struct guides *gs, struct guide *g)
{
	const struct gsource *s = g->source;
	bool xml = edi_family_nodes(s->family);

	g->where = ARENA_ARRAY(gs->a, struct gwhere, s->nwhere + 1U);
	g->nwhere = s->nwhere;
	for (uint16_t i = 0; i < s->nwhere; i++) {
		g->where[i].test = &s->where[i];
		if (xml)
			element(gs, g, &g->where[i]);
		else
			segment(gs, g, &g->where[i]);
	}
}

void
guide_where_put(struct buf *out, const struct gtest *t)
{
	buf_puts(out, t->not ? "not " : "");
	buf_put(out, t->element);
	for (uint16_t i = 0; i < t->nvalues; i++) {
		buf_puts(out, i ? " " : t->nvalues > 1 ? " in " : " = ");
		buf_put(out, t->values[i]);
	}
}

static struct span
in_xml(const struct edi_message *m, const struct gwhere *w)
{
	const struct edi_node *n = m->root;

	for (const struct gword *s = w->steps; n && s; s = s->next)
		n = edi_child(n, s->value.p, s->word.p);
	if (!n)
		return (struct span){0};
	return w->attribute ? edi_attribute(n, w->attribute)
			    : span_trim(n->text);
}

/* The value in the first segment of that tag. */
static struct span
in_segments(const struct edi_message *m, const struct gwhere *w)
{
	for (uint32_t i = 0; i < m->nsegments; i++)
		if (edi_tag(&m->segments[i]) == w->tag)
			return edi_raw(
			    &m->segments[i], w->element, 1, w->component);
	return (struct span){0};
}

static bool
holds(const struct edi_message *m, const struct gwhere *w)
{
	struct span v = m->root ? in_xml(m, w) : in_segments(m, w);

	if (!w->test->nvalues)
		return v.n > 0;
	for (uint16_t i = 0; i < w->test->nvalues; i++)
		if (span_eq(v, w->test->values[i]))
			return true;
	return false;
}

bool
guide_where_holds(const struct guide *g, const struct edi_message *m)
{
	for (uint16_t i = 0; i < g->nwhere; i++)
		if (holds(m, &g->where[i]) == g->where[i].test->not )
			return false;
	return true;
}
