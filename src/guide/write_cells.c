/* SPDX-License-Identifier: Apache-2.0
 *
 * One occurrence of a place: which values stand in it. A series of leaves
 * (one element, or several that take a list, a long text or alternatives)
 * shares pieces; the kth occurrence takes the kth handful of them.
 */
#include <string.h>

#include "base/utf8.h"
#include "guide/write.h"

/* A piece of a series: of which alternative, and its text. */
struct piece {
	const struct galt *alt;
	struct span text; /* canonical */
};

static size_t
cut_at(struct span s, size_t max)
{
	struct span rest = s;

	for (size_t n = 0; n < max && rest.n; n++)
		if (utf8_next(&rest) < 0)
			break;
	return s.n - rest.n;
}

/* The nth chunk of a joined text; NULL p when there are fewer. */
static struct span
chunk(struct span text, struct span join, size_t max, uint32_t n)
{
	bool lines = join.n == 1 && join.p[0] == '\n';

	while (text.n) {
		struct span line = text;
		if (lines) {
			line = span_cut(&text, '\n');
			if (!line.n)
				continue;
		} else {
			text.n = 0;
		}
		while (line.n) {
			size_t len = max ? cut_at(line, max) : line.n;
			if (n-- == 0)
				return span_sub(line, 0, len);
			line = span_sub(line, len, line.n);
		}
	}
	return (struct span){0};
}

/* Lists are used up one after the other, by whichever place comes next. */
static bool
list_piece(struct gwriter *w, const struct gleaf *l, const struct galt *a,
    struct piece *out)
{
	const json_t *list = guide_slot_json(w, a->slot);
	uint32_t at = w->used[a->slot] + l->index;

	if (at >= json_array_size(list))
		return false;
	const json_t *v = json_array_get(list, at);
	out->text = span_make(json_string_value(v), json_string_length(v));
	if (w->taken[a->slot] < at + 1)
		w->taken[a->slot] = at + 1;
	return out->text.n > 0;
}

static bool
counted(struct gwriter *w, const struct galt *a, struct piece *out)
{
	uint32_t n = 0;

	if (a->compute != C_COUNTS)
		return false;
	if (!a->counts_tag)
		n = (uint32_t)json_array_size(guide_slot_json(w, a->counts));
	else
		n = a->counts_tag == EDI_TAG('H', 'L', 0, 0) ? w->hl
							     : w->edi.nsegments;
	out->text = span_of(arena_printf(w->a, "%u", n));
	return true;
}

/* The nth piece among the alternatives of a leaf. */
static bool
nth_piece(
    struct gwriter *w, const struct gleaf *l, uint32_t n, struct piece *out)
{
	for (uint16_t i = 0; i < l->nalts; i++) {
		const struct galt *a = &l->alts[i];
		out->alt = a;
		if (a->way == WAY_READ)
			continue;
		if (a->compute) {
			if (n == 0 && counted(w, a, out))
				return true;
			continue;
		}
		if (a->slot == GUIDE_NONE)
			continue;
		if (w->g->slots[a->slot].list == 1) {
			if (list_piece(w, l, a, out))
				return true;
			continue;
		}
		struct span v = guide_slot_text(w, a->slot);
		if (!v.n)
			continue;
		if (!a->has_join) {
			out->text = v;
			if (n-- == 0)
				return true;
			continue;
		}
		for (uint32_t c = 0;; c++) {
			out->text = chunk(v, a->join, l->type.max, c);
			if (!out->text.p)
				break;
			if (n-- == 0)
				return true;
		}
	}
	return false;
}

static struct gcell *
cell(struct gwriter *w, uint8_t element, uint8_t component,
    struct span attribute)
{
	for (size_t i = 0; i < w->ncells; i++) {
		struct gcell *c = &w->cells[i];
		if (c->element == element && c->component == component &&
		    span_eq(c->attribute, attribute))
			return c;
	}
	if (w->ncells == WRITE_ELEMENTS * WRITE_COMPONENTS)
		return &w->cells[0];
	struct gcell *c = &w->cells[w->ncells++];
	*c = (struct gcell){
	    .element = element, .component = component, .attribute = attribute};
	return c;
}

static void
constant(struct gwriter *w, uint8_t element, uint8_t component,
    struct span attribute, struct span v)
{
	struct gcell *c = cell(w, element, component, attribute);

	if (!c->text.n)
		c->text = v;
}

/* What the conditions of the alternative ask for stands beside the value. */
static void
conditions(struct gwriter *w, const struct galt *a)
{
	for (uint16_t i = 0; i < a->ntests; i++) {
		const struct gcond_test *t = &a->tests[i];
		if (t->nvalues && !t->not &&!t->text)
			constant(w, t->element, t->component, t->attribute,
			    t->values[0]);
	}
}

/* A value that no field gives: is, codes, default, number, parent. */
static struct span
given(struct gwriter *w, const struct gleaf *l)
{
	for (uint16_t i = 0; i < l->nalts; i++) {
		const struct galt *a = &l->alts[i];
		if (a->way == WAY_READ)
			continue;
		if (a->compute == C_NUMBER)
			return span_of(arena_printf(w->a, "%u", w->hl));
		if (a->compute == C_PARENT && w->hl_depth > 1)
			return span_of(arena_printf(
			    w->a, "%u", w->hl_of[w->hl_depth - 2]));
		unsigned format;
		if (a->compute == C_LEVELS)
			return guide_format(
			    w, l, a, guide_level_letters(w), &format);
		if (a->has_fallback)
			return guide_format(w, l, a, a->fallback, &format);
		if (a->codes && a->slot == GUIDE_NONE && a->codes->n)
			return a->codes->entries[0].code;
	}
	return (struct span){0};
}

/* Has the leaf a field that the guide calls mandatory, and nothing else? */
static bool
must(const struct gleaf *l)
{
	bool field = false;
	bool mandatory = l->mandatory && (l->simple || l->composite_mandatory);

	for (uint16_t i = 0; i < l->nalts; i++) {
		const struct galt *a = &l->alts[i];
		if (a->way == WAY_READ)
			continue;
		if (a->has_fallback || a->compute)
			return false;
		if (a->slot == GUIDE_NONE)
			continue;
		field = true;
		mandatory |= a->line->occurs && a->line->kind == L_ELEMENT &&
			     a->line->min > 0;
	}
	return field && mandatory;
}

static uint16_t
positions(const struct guide *g, const struct gnode *n, uint16_t series)
{
	uint16_t count = 0;

	for (uint16_t i = 0; i < n->nleaves; i++)
		count = (uint16_t)(count +
				   (g->leaves[n->leaf + i].series == series));
	return count;
}

static enum gwritten
leaf(struct gwriter *w, const struct gnode *n, const struct gleaf *l)
{
	struct piece p = {0};
	unsigned format;
	uint32_t per = positions(w->g, n, l->series);

	if (nth_piece(w, l, w->k * per + l->index, &p)) {
		struct span v = guide_format(w, l, p.alt, p.text, &format);
		if (v.n) {
			struct gcell *c =
			    cell(w, l->element, l->component, l->attribute);
			c->text = v;
			c->alt = p.alt;
			conditions(w, p.alt);
			if (format && !l->simple && !w->x12)
				constant(w, l->element,
				    (uint8_t)(l->component + 1),
				    (struct span){0},
				    span_of(arena_printf(w->a, "%u", format)));
			return p.alt->compute && span_is(v, "0") ? GW_CONSTANT
								 : GW_DATA;
		}
	}
	if (l->index == 0 && must(l) && w->k == 0)
		return GW_LACKING;
	struct span v = w->k == 0 ? given(w, l) : (struct span){0};
	if (!v.n)
		return GW_EMPTY;
	constant(w, l->element, l->component, l->attribute, v);
	return GW_CONSTANT;
}

static void
qualifiers(struct gwriter *w, const struct gnode *n)
{
	for (uint8_t i = 0; i < n->nqualifiers; i++)
		constant(w, n->qualifiers[i].element,
		    n->qualifiers[i].component, (struct span){0},
		    n->qualifiers[i].codes[0]);
}

static bool
filled(const struct gwriter *w, const struct gcond_test *t)
{
	for (size_t i = 0; i < w->ncells; i++) {
		const struct gcell *c = &w->cells[i];
		if (c->element == t->element && c->component == t->component &&
		    span_eq(c->attribute, t->attribute))
			return c->text.n > 0;
	}
	return false;
}

/* A value that counts only beside another one is not written without it. */
static void
alone(struct gwriter *w)
{
	for (size_t i = 0; i < w->ncells; i++) {
		struct gcell *c = &w->cells[i];
		for (uint16_t k = 0; c->alt && k < c->alt->ntests; k++) {
			const struct gcond_test *t = &c->alt->tests[k];
			if (t->nvalues == 0 && !t->text &&
			    filled(w, t) == t->not )
				c->text = (struct span){0};
		}
	}
}

enum gwritten
guide_cells(struct gwriter *w, uint16_t node)
{
	const struct gnode *n = &w->g->nodes[node];
	enum gwritten got = GW_EMPTY;
	bool lacking = false;

	w->ncells = 0;
	for (uint16_t i = 0; i < n->nleaves; i++) {
		enum gwritten one = leaf(w, n, &w->g->leaves[n->leaf + i]);
		lacking |= one == GW_LACKING;
		if (one != GW_LACKING && one > got)
			got = one;
	}
	qualifiers(w, n);
	alone(w);
	return lacking ? GW_LACKING : got;
}
