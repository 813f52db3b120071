/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides the conditions of asserts and defaults over what has been read.
 */
#include <ctype.h>

#include "base/decimal.h"
#include "guide/read.h"

struct decimal_sum {
	struct decimal d;
	bool broken; /* a term was no decimal, or it overflowed */
};

void
guide_sums_make(struct gcontext *c, struct arena *a)
{
	c->sums = ARENA_ARRAY(a, struct decimal_sum, c->g->nsums + 1U);
}

void
guide_sums_reset(struct guide_reader *r, uint16_t list)
{
	for (uint16_t i = 0; i < r->g->nsums; i++)
		if (r->g->sums[i].list == list)
			r->c->sums[i] = (struct decimal_sum){0};
}

void
guide_sums_add(struct guide_reader *r, uint16_t scope)
{
	const struct guide *g = r->g;

	for (uint16_t i = 0; i < g->nsums; i++) {
		const struct gvalue *x = &r->c->values[g->sums[i].slot];
		struct decimal_sum *s = &r->c->sums[i];
		struct decimal term;
		if (g->slots[g->sums[i].slot].scope != scope || !x->set)
			continue;
		if (!decimal_read(x->v, 0, &term) ||
		    !decimal_add(s->d, term, &s->d))
			s->broken = true;
	}
}

static bool
present(struct guide_reader *r, const struct gexpr *e)
{
	if (e->op != OP_SLOT)
		return true;
	return r->c->values[e->slot].set || r->c->values[e->slot].count;
}

struct span
guide_eval(struct guide_reader *r, const struct gexpr *e)
{
	char number[DECIMAL_SIZE];

	switch (e->op) {
	case OP_TEXT:
		return e->text;
	case OP_SLOT:
		return r->c->values[e->slot].v;
	case OP_COUNT:
		return span_of(arena_printf(
		    r->scratch, "%u", r->c->values[e->slot].count));
	case OP_SUM:
		return arena_span(r->scratch,
		    span_make(
			number, decimal_write(r->c->sums[e->sum].d, number)));
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
	case OP_IN:
	case OP_NOT:
	case OP_AND:
	case OP_OR:
		break;
	}
	return (struct span){0};
}

static int
order(struct span a, struct span b)
{
	struct decimal x, y;

	if (decimal_read(a, '.', &x) && decimal_read(b, '.', &y))
		return decimal_cmp(x, y);
	return span_cmp(a, b);
}

static bool
compare(struct guide_reader *r, const struct gexpr *e)
{
	if (!present(r, e->a) || !present(r, e->b))
		return true;
	int c = order(guide_eval(r, e->a), guide_eval(r, e->b));
	return e->op == OP_EQ   ? c == 0
	       : e->op == OP_NE ? c != 0
	       : e->op == OP_LT ? c < 0
	       : e->op == OP_LE ? c <= 0
	       : e->op == OP_GT ? c > 0
				: c >= 0;
}

static bool
among(struct guide_reader *r, const struct gexpr *e)
{
	struct span v = guide_eval(r, e->a);

	if (!present(r, e->a))
		return true;
	for (uint16_t i = 0; i < e->nvalues; i++)
		if (span_eq(v, e->values[i]))
			return true;
	return false;
}

bool
guide_true(struct guide_reader *r, const struct gexpr *e)
{
	switch (e->op) {
	case OP_TEXT:
		return e->text.n > 0;
	case OP_SLOT:
		return present(r, e);
	case OP_COUNT:
		return r->c->values[e->slot].count > 0;
	case OP_SUM:
		return true;
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		return compare(r, e);
	case OP_IN:
		return among(r, e);
	case OP_NOT:
		return !guide_true(r, e->a);
	case OP_AND:
		return guide_true(r, e->a) && guide_true(r, e->b);
	case OP_OR:
		return guide_true(r, e->a) || guide_true(r, e->b);
	}
	return true;
}
