/* SPDX-License-Identifier: Apache-2.0
 *
 * What the reader of segments wants to know at once, worked out when a guide
 * is compiled: the children of a group by tag, leaves that take any text, and
 * the members of the canonical document as text.
 */
#include <string.h>

#include "guide/compile.h"

static uint16_t *
tag_number(struct gtags *t, uint32_t tag, bool make)
{
	uint32_t i = (tag * 0x9E3779B1u) >> 16 & (GUIDE_TAGS - 1);

	while (t->number[i] && t->tag[i] != tag)
		i = (i + 1) & (GUIDE_TAGS - 1);
	if (!t->number[i] && make) {
		t->tag[i] = tag;
		t->number[i] = ++t->n;
	}
	return &t->number[i];
}

/* The number of rows; 0 for a guide of more tags than there is room for. */
static uint16_t
number_tags(struct guide *g)
{
	uint16_t rows = 0;

	for (uint16_t i = 0; i < g->nnodes; i++) {
		struct gnode *n = &g->nodes[i];
		if (i && g->tags->n == GUIDE_TAGS / 2)
			return 0;
		if (i)
			(void)tag_number(g->tags, n->tag, true);
		n->row = n->end > i + 1 ? rows++ : 0;
	}
	return rows;
}

static void
tags(struct guides *gs, struct guide *g)
{
	struct gtags *t = g->tags = ARENA_NEW(gs->a, struct gtags);
	size_t rows = number_tags(g), width = t->n + 1U;

	if (!rows) {
		g->tags = NULL;
		return;
	}
	t->first = ARENA_ARRAY(gs->a, uint16_t, width * rows);
	for (uint16_t i = (uint16_t)(g->nnodes - 1); i > 0; i--) {
		struct gnode *n = &g->nodes[i];
		uint16_t *first = &t->first[g->nodes[n->parent].row * width +
					    *tag_number(t, n->tag, false)];
		n->same = *first;
		*first = i;
	}
}

uint16_t
guide_tag(const struct guide *g, uint32_t tag)
{
	return g->tags ? *tag_number(g->tags, tag, false) : 0;
}

static bool
anything_when_absent(const struct gleaf *l)
{
	bool must = l->mandatory;

	for (uint16_t i = 0; i < l->nalts; i++)
		must |= l->alts[i].ntests && l->alts[i].line->occurs &&
			l->alts[i].line->min > 0;
	return must;
}

/* How many leaves of the element follow when none has anything to say. */
static uint8_t
skip(const struct gnode *n, const struct gleaf *list, uint16_t from)
{
	uint16_t i = from;

	for (; i < n->nleaves && list[i].element == list[from].element; i++)
		if (anything_when_absent(&list[i]))
			return 0;
	return (uint8_t)(i - from - 1);
}

/* Dates ask for the format beside them. */
static bool
only(const struct gleaf *l)
{
	return l->nalts == 1 && !l->unused && l->alts[0].ntests == 0 &&
	       l->alts[0].way != WAY_WRITE && l->type.kind != T_DATE &&
	       l->type.kind != T_DATETIME && l->type.kind != T_TIME;
}

static uint16_t
fewest(uint16_t a, uint16_t b)
{
	return b && b < a ? b : a;
}

static void
quick(struct guides *gs, struct guide *g)
{
	struct gquick *list = ARENA_ARRAY(gs->a, struct gquick, g->nleaves + 1);

	g->quick = list;
	for (size_t i = 0; i < g->nleaves; i++) {
		const struct gleaf *l = &g->leaves[i];
		bool text = l->type.kind == T_AN;
		bool digits = l->type.kind == T_N || l->type.kind == T_DECIMAL;
		bool bare = !l->nalts && !l->unused;
		list[i] = (struct gquick){.element = l->element,
		    .component = l->element ? l->component : UINT8_MAX,
		    .plain = bare && (text || l->type.kind == T_NONE),
		    .digits = bare && digits,
		    .amount = bare && digits &&
			      (l->type.kind == T_DECIMAL ||
				  g->source->family == EDI_EDIFACT),
		    .only = only(l),
		    .absent = anything_when_absent(l),
		    .min = text || digits ? l->type.min : 0,
		    .max = digits                ? fewest(18, l->type.max)
			   : text && l->type.max ? l->type.max
						 : UINT16_MAX};
	}
	for (uint16_t i = 0; i < g->nnodes; i++) {
		const struct gnode *n = &g->nodes[i];
		for (uint16_t k = 0; k < n->nleaves; k++)
			list[n->leaf + k].skip =
			    skip(n, &g->leaves[n->leaf], k);
	}
}

static void
opening(struct guides *gs, struct gslot *s)
{
	struct buf b;

	buf_init(&b, 4096);
	s->opens = ARENA_ARRAY(gs->a, uint16_t, s->nparts + 1U);
	for (uint8_t i = 0; i < s->nparts; i++) {
		s->opens[i] = (uint16_t)b.n;
		buf_putc(&b, '"');
		buf_put(&b, s->parts[i]);
		buf_puts(&b, i + 1 < s->nparts ? "\":{" : "\":");
	}
	s->open = span_make(arena_alloc(gs->a, b.n + GUIDE_SLACK), b.n);
	memcpy((char *)(uintptr_t)s->open.p, b.p, b.n);
	buf_done(&b);
}

/* The same names in slots one after the other become the same bytes, so that
 * the reader compares addresses. */
static void
share(const struct gslot *before, struct gslot *s)
{
	for (uint8_t i = 0; i < s->nparts && i < before->nparts &&
			    span_eq(before->parts[i], s->parts[i]);
	     i++)
		s->parts[i] = before->parts[i];
}

static void
members(struct guides *gs, struct guide *g)
{
	for (uint16_t i = 0; i < g->nslots; i++)
		opening(gs, &g->slots[i]);
	for (uint16_t i = 0; i < g->nscopes; i++) {
		struct gscope *s = &g->scopes[i];
		s->place = g->nplaces;
		for (uint16_t k = 0; k < s->n; k++) {
			struct gslot *slot = &g->slots[s->order[k]];
			slot->place = (uint16_t)(s->place + k);
			if (k)
				share(&g->slots[s->order[k - 1]], slot);
		}
		g->nplaces = (uint16_t)(g->nplaces + (s->n + 7) / 8 * 8);
	}
}

void
guide_plan(struct guides *gs, struct guide *g)
{
	enum edi_family family = g->source->family;

	members(gs, g);
	if (family == EDI_UBL || family == EDI_XML)
		return;
	tags(gs, g);
	quick(gs, g);
}
