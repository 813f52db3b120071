/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides the conditions of asserts and defaults over what has been read.
 */
#include <ctype.h>

#include "base/decimal.h"
#include "guide/read.h"

struct decimal_sum {
	struct decimal d;
	bool broken;     /* a term was no decimal, or it overflowed */
	bool any, mixed; /* only(): a first value; another one */
	struct span only;
};

/* ISO 4217: currencies whose minor unit is not a hundredth. */
static const char WHOLE[] =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
static const char THOUSANDTHS[] = "BHD IQD JOD KWD LYD OMR TND";

void
guide_sums_make(struct gcontext *c, struct arena *a)
{
	c->sums = ARENA_ARRAY(a, struct decimal_sum, c->g->ntotals + 1U);
}

void
guide_sums_reset(struct guide_reader *r, uint16_t list)
{
	for (uint16_t i = 0; i < r->g->nsums; i++)
		if (r->g->sums[i].list == list)
			r->c->sums[r->g->sums[i].number] =
			    (struct decimal_sum){0};
}

/* The value that all entries have, as long as they do. */
static void
agree(struct guide_reader *r, struct decimal_sum *s, const struct gvalue *x)
{
	if (s->any)
		s->mixed |= !x->set || !span_eq(s->only, x->v);
	else if (x->set)
		s->only = arena_span(r->scratch, x->v);
	s->mixed |= !x->set;
	s->any = true;
}

void
guide_sums_add(struct guide_reader *r, uint16_t scope)
{
	for (uint16_t i = 0; i < r->g->nsums; i++) {
		const struct gsum *sum = &r->g->sums[i];
		struct decimal_sum *s = &r->c->sums[sum->number];
		struct decimal term;
		if (sum->scope != scope ||
		    (sum->when && !guide_true(r, sum->when)))
			continue;
		if (sum->only) {
			agree(r, s, &r->c->values[sum->term->slot]);
			continue;
		}
		if (!guide_number(r, sum->term, &term) ||
		    !decimal_add(s->d, term, &s->d))
			s->broken = true;
	}
}

static bool
arithmetic(struct guide_reader *r, const struct gexpr *e, struct decimal *out)
{
	struct decimal a, b;

	if (!guide_number(r, e->a, &a))
		return e->op == OP_FIRST && guide_number(r, e->b, out);
	if (e->op == OP_FIRST) {
		*out = a;
		return true;
	}
	if (!guide_number(r, e->b, &b))
		return false;
	a = decimal_short(a);
	b = decimal_short(b);
	if (e->op == OP_MUL)
		return decimal_mul(a, b, out);
	if (e->op == OP_DIV)
		return decimal_div(a, b, 6, out);
	if (e->op == OP_SUB)
		b.units = -b.units;
	return decimal_add(a, b, out);
}

bool
guide_number(struct guide_reader *r, const struct gexpr *e, struct decimal *out)
{
	const struct gvalue *x;

	switch (e->op) {
	case OP_TEXT:
		return decimal_read(e->text, '.', out);
	case OP_SLOT:
		x = &r->c->values[e->slot];
		return x->set && decimal_read(x->v, '.', out);
	case OP_COUNT:
		*out = (struct decimal){r->c->values[e->slot].count, 0};
		return true;
	case OP_SUM:
		*out = r->c->sums[e->sum].d;
		return !r->c->sums[e->sum].broken;
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_DIV:
	case OP_FIRST:
		return arithmetic(r, e, out);
	case OP_ROUND:
		if (!guide_number(r, e->a, out))
			return false;
		*out = guide_minor(r, decimal_short(*out));
		return true;
	case OP_ONLY:
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
	return false;
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
	char text[DECIMAL_SIZE];
	struct decimal d;

	if (e->op == OP_TEXT)
		return e->text;
	if (e->op == OP_SLOT)
		return r->c->values[e->slot].v;
	if (e->op == OP_ONLY)
		return r->c->sums[e->sum].mixed ? (struct span){0}
						: r->c->sums[e->sum].only;
	if (!guide_number(r, e, &d))
		return (struct span){0};
	return arena_span(r->scratch, span_make(text, decimal_write(d, text)));
}

static bool
listed(const char *codes, struct span code)
{
	for (const char *p = codes; *p; p += 4) {
		if (span_eq(span_make(p, 3), code))
			return true;
		if (!p[3])
			break;
	}
	return false;
}

/* How many digits behind the point the document's currency has. */
static int
minor_digits(const struct guide_reader *r)
{
	struct span c = {0};

	if (r->g->currency != GUIDE_NONE && r->c->values[r->g->currency].set)
		c = r->c->values[r->g->currency].v;
	return listed(WHOLE, c) ? 0 : listed(THOUSANDTHS, c) ? 3 : 2;
}

struct decimal
guide_minor(const struct guide_reader *r, struct decimal d)
{
	struct decimal one = {1, 0}, out;

	return decimal_div(d, one, minor_digits(r), &out) ? out : d;
}

/* a - b in absolute value, at most so many minor units? */
static bool
close_to(struct guide_reader *r, const struct gexpr *e, struct decimal a,
    struct decimal b)
{
	struct decimal units, difference;

	b.units = -b.units;
	if (!guide_number(r, e->within, &units) ||
	    !decimal_add(decimal_short(a), decimal_short(b), &difference))
		return true;
	if (difference.units < 0)
		difference.units = -difference.units;
	units = decimal_short(units);
	units.scale += minor_digits(r);
	return decimal_cmp(difference, units) <= 0;
}

static bool
computed(const struct gexpr *e)
{
	return e->op != OP_TEXT && e->op != OP_SLOT;
}

static bool
compare(struct guide_reader *r, const struct gexpr *e)
{
	struct decimal x, y;
	int c;

	if (!present(r, e->a) || !present(r, e->b))
		return true;
	if (guide_number(r, e->a, &x) && guide_number(r, e->b, &y)) {
		if (e->within)
			return close_to(r, e, x, y);
		c = decimal_cmp(x, y);
	} else if (computed(e->a) || computed(e->b) || e->within) {
		return true; /* cannot be said */
	} else {
		c = span_cmp(guide_eval(r, e->a), guide_eval(r, e->b));
	}
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
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_DIV:
	case OP_FIRST:
	case OP_ROUND:
		return true;
	case OP_ONLY:
		return guide_eval(r, e).n > 0;
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
