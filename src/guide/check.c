/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads one message by one guide; keeps the memory from message to message.
 */
#include <string.h>

#include "guide/read.h"

static void
reader_done(void *p)
{
	struct guide_reader *r = p;

	for (struct gcontext *c = r->contexts; c; c = c->next)
		for (uint16_t i = 0; i < c->g->nslots; i++)
			if (c->values[i].text.max)
				buf_done(&c->values[i].text);
	arena_free(r->scratch);
}

struct guide_reader *
guide_reader_new(struct arena *a)
{
	struct guide_reader *r = ARENA_NEW(a, struct guide_reader);

	r->a = a;
	r->scratch = arena_new();
	arena_defer(a, reader_done, r);
	return r;
}

void
guide_reader_shrink(struct guide_reader *r)
{
	arena_reset(r->scratch);
	for (struct gcontext *c = r->contexts; c; c = c->next)
		for (uint16_t i = 0; i < c->g->nslots; i++)
			if (c->values[i].text.max)
				buf_done(&c->values[i].text);
}

void
guide_reader_cover(struct guide_reader *r, struct guide_cover *c)
{
	r->cover = c;
}

static void
members(struct guide_reader *r, struct gcontext *c)
{
	c->members = ARENA_ARRAY(r->a, struct gmember, c->g->nplaces + 8U);
	for (uint16_t i = 0; i < c->g->nslots; i++) {
		const struct gslot *s = &c->g->slots[i];
		struct gmember *m = &c->members[s->place];

		if (s->below) /* nowhere in the document */
			continue;
		m->slot = s;
		m->value = &c->values[i];
		m->text = arena_array_raw(
		    r->a, 1, s->open.n + GUIDE_DEPTH + 2 * GUIDE_SLACK);
	}
}

static struct gcontext *
context(struct guide_reader *r, const struct guide *g)
{
	struct gcontext *c = r->contexts;

	while (c && c->g != g)
		c = c->next;
	if (c)
		return c;
	c = ARENA_NEW(r->a, struct gcontext);
	c->g = g;
	c->values = ARENA_ARRAY(r->a, struct gvalue, g->nslots + 1U);
	c->touched = ARENA_ARRAY(r->a, bool, g->nplaces + 8U);
	c->counts = ARENA_ARRAY(r->a, uint32_t, g->nnodes);
	c->reported = ARENA_ARRAY(r->a, bool, g->nnodes);
	members(r, c);
	c->after = ARENA_ARRAY(r->a, uint16_t, g->nnodes);
	c->pointers = ARENA_ARRAY(r->a, const char *, g->nscopes);
	guide_sums_make(c, r->a);
	c->next = r->contexts;
	r->contexts = c;
	return c;
}

/*
 * A set in a group for others: GS01 says so, but ST01 decides how it is read.
 * Industry guides and old versions have codes of their own for some groups, so
 * that only a strict guide refuses it.
 */
static void
check_group(struct edi_message *m, const struct gsource *s)
{
	const struct edi_group *group = m->group;
	struct edi_finding *f;

	if (!group || !s->code.n || span_eq(group->code, s->code) ||
	    !span_eq(m->id.type, s->type))
		return;
	f = edi_find_as(&m->findings, EDI_R_GUIDE_SET_GROUP,
	    s->strict ? EDI_ERROR : EDI_WARNING);
	f->offset = group->offset;
	memcpy(f->tag, "GS", sizeof "GS");
	f->element = 1;
	edi_found(&m->findings, f, group->code);
	edi_expected(&m->findings, f, "%.*s", (int)s->code.n, s->code.p);
	edi_arg(&m->findings, f, "set", m->id.type);
}

void
guide_check(struct guide_reader *r, const struct guide *g,
    struct edi_message *m, struct buf *canonical, struct buf *locators)
{
	arena_reset(r->scratch);
	r->g = g;
	r->c = context(r, g);
	r->m = m;
	r->fs = &m->findings;
	r->ncounted = 0;
	guide_levels_start(r);
	r->canonical = canonical;
	r->locators = locators;
	r->x12 = guide_family(g) == EDI_X12;
	if (r->x12)
		check_group(m, g->source);
	memset(r->c->pointers, 0, sizeof(*r->c->pointers) * g->nscopes);
	guide_scope_open(r, 0);
	for (const struct gword *w = g->sets; w; w = w->next) {
		/* the fields of `set` are the document's first slots */
		uint16_t slot = 0;
		for (uint16_t i = 0; i < g->nslots; i++)
			if (g->slots[i].scope == 0 &&
			    span_eq(g->slots[i].path, w->word))
				slot = i;
		struct gvalue *x = guide_touch(r->c, slot);
		x->v = w->value;
		x->set = true;
		x->at = (struct gplace_in){0};
	}
	size_t before = m->findings.n;
	if (m->root)
		guide_check_xml(r);
	else
		guide_check_edi(r);
	guide_counts(r);
	guide_scope_close(r, 0);
	if (m->root)
		guide_echoes(r->fs, before);
}
