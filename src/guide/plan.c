/* SPDX-License-Identifier: Apache-2.0
 *
 * What the reader of segments wants to know at once, worked out when a guide
 * is compiled: the children of a group by tag and the members of the canonical
 * document as text. What is inside segments is for plan_segment.c.
 */
#include <string.h>

#include "guide/compile.h"

static uint16_t *
tag_number(struct gtags *t, uint32_t tag, bool make)
{
	uint32_t i = guide_tag_slot(t, tag);

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
	if (edi_family_nodes(family))
		return;
	tags(gs, g);
	guide_plan_segments(gs, g);
}
