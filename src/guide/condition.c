/* SPDX-License-Identifier: Apache-2.0
 *
 * The conditions of asserts and defaults: text to a tree of operations over
 * slots.
 */
#include <ctype.h>
#include <string.h>

#include "guide/compile.h"

struct parsing {
	struct guides *gs;
	struct guide *g;
	const struct gline *l;
	struct span rest;
	uint16_t scope;
	int depth;
	bool bad;
	bool quiet; /* an unknown field is no fault */
};

static struct gexpr *expr_or(struct parsing *p);
static struct gexpr *sums(struct parsing *p);

static struct gexpr *new (struct parsing *p, enum gop op)
{
	struct gexpr *e = ARENA_NEW(p->gs->a, struct gexpr);

	e->op = op;
	e->slot = GUIDE_NONE;
	return e;
}

static bool
take(struct parsing *p, const char *word)
{
	struct span s = span_trim(p->rest);
	size_t n = strlen(word);

	if (!span_starts(s, word))
		return false;
	if (isalpha((unsigned char)word[n - 1]) && s.n > n &&
	    (isalnum((unsigned char)s.p[n]) || s.p[n] == '_' || s.p[n] == '.'))
		return false;
	p->rest = span_sub(s, n, s.n);
	return true;
}

static struct span
token(struct parsing *p)
{
	struct span s = span_trim(p->rest);
	size_t i = 0;

	if (s.n && s.p[0] == '"') {
		p->rest = s;
		return guide_word(&p->rest);
	}
	while (i < s.n &&
	       (isalnum((unsigned char)s.p[i]) || strchr("_./[]-", s.p[i])))
		i++;
	p->rest = span_sub(s, i, s.n);
	return span_sub(s, 0, i);
}

static uint16_t
known(struct parsing *p, struct span name)
{
	uint16_t slot = guide_slot(p->gs, p->g, p->scope, name, false);

	if (slot == GUIDE_NONE) {
		if (!p->quiet)
			guide_fault(p->gs, p->l->file, p->l->no,
			    "this guide has no field \"%.*s\" here",
			    (int)name.n, name.p);
		p->bad = true;
		slot = 0;
	}
	return slot;
}

/* One scope's part of a sum: its term and condition, seen from there. */
static bool
term(struct parsing *p, struct gsum *sum)
{
	struct gexpr *e;

	e = sums(p);
	sum->term = e;
	if (!p->bad && take(p, "when"))
		sum->when = expr_or(p);
	p->bad |= !take(p, ")");
	return !p->bad;
}

/* sum(lines.amount), sum(lines: quantity * price when item.gtin),
 * only(lines.order_number): one term
 * for each place whose entries go into the list. */
static void
summed(struct parsing *p, struct gexpr *e)
{
	struct span from = p->rest;
	struct span name = token(p);
	bool whole = take(p, ":");
	size_t dot = span_find(name, '.');
	uint16_t list = known(p, whole ? name : span_sub(name, 0, dot));
	uint16_t before = p->g->nsums;
	struct parsing end = *p;

	e->sum = p->g->ntotals++;
	if (!whole)
		from = span_sub(from,
		    (size_t)(name.p - from.p) + (dot < name.n ? dot + 1 : 0),
		    from.n);
	for (uint16_t i = 1; i < p->g->nscopes && !p->bad; i++) {
		struct parsing q = *p;
		struct gsum sum = {.number = e->sum, .list = list, .scope = i};
		if (p->g->scopes[i].slot != list)
			continue;
		q.rest = whole ? p->rest : from;
		q.scope = i;
		q.quiet = true;
		if (!term(&q, &sum) || p->g->nsums == GUIDE_SCOPES)
			continue;
		sum.only = e->op == OP_ONLY;
		if (sum.only && sum.term->op != OP_SLOT)
			continue;
		p->g->sums[p->g->nsums++] = sum;
		end = q;
	}
	p->rest = end.rest;
	if (p->g->nsums == before)
		guide_fault(p->gs, p->l->file, p->l->no, "no list \"%.*s\"",
		    (int)name.n, name.p);
}

/* first(price_base, 1): the first that is there */
static struct gexpr *
first(struct parsing *p)
{
	struct gexpr *e = new (p, OP_FIRST);

	e->a = sums(p);
	p->bad |= !take(p, ",");
	e->b = sums(p);
	p->bad |= !take(p, ")");
	return e;
}

static struct gexpr *
operand(struct parsing *p)
{
	struct span s = span_trim(p->rest);
	struct gexpr *e;

	if (take(p, "first("))
		return first(p);
	if (take(p, "round(")) {
		e = new (p, OP_ROUND);
		e->a = sums(p);
		p->bad |= !take(p, ")");
		return e;
	}
	if (take(p, "count(")) {
		e = new (p, OP_COUNT);
		e->slot = known(p, token(p));
		p->bad |= !take(p, ")");
		return e;
	}
	bool only = take(p, "only(");
	if (only || take(p, "sum(")) {
		e = new (p, only ? OP_ONLY : OP_SUM);
		summed(p, e);
		return e;
	}
	struct span w = token(p);
	if (!w.n && !span_starts(s, "\""))
		p->bad = true;
	if (span_starts(s, "\"") || (w.n && isdigit((unsigned char)w.p[0]))) {
		e = new (p, OP_TEXT);
		e->text = w;
		return e;
	}
	e = new (p, OP_SLOT);
	if (!p->bad)
		e->slot = known(p, w);
	return e;
}

/* An arithmetic sign stands between blanks, for names hold "-" and "/". */
static bool
sign(struct parsing *p, char c)
{
	struct span s = span_trim(p->rest);

	if (s.n < 2 || s.p[0] != c || (s.p[1] != ' ' && s.p[1] != '('))
		return false;
	p->rest = span_sub(s, 1, s.n);
	return true;
}

static struct gexpr *
pair(struct parsing *p, enum gop op, struct gexpr *a, struct gexpr *b)
{
	struct gexpr *e = new (p, op);

	e->a = a;
	e->b = b;
	return e;
}

static struct gexpr *
products(struct parsing *p)
{
	struct gexpr *a = operand(p);

	for (;;) {
		if (p->bad)
			return a;
		if (sign(p, '*'))
			a = pair(p, OP_MUL, a, operand(p));
		else if (sign(p, '/'))
			a = pair(p, OP_DIV, a, operand(p));
		else
			return a;
	}
}

static struct gexpr *
sums(struct parsing *p)
{
	struct gexpr *a = products(p);

	for (;;) {
		if (p->bad)
			return a;
		if (sign(p, '+'))
			a = pair(p, OP_ADD, a, products(p));
		else if (sign(p, '-'))
			a = pair(p, OP_SUB, a, products(p));
		else
			return a;
	}
}

static struct gexpr *
within(struct parsing *p, struct gexpr *a)
{
	struct gexpr *e = new (p, OP_IN);
	size_t cap = 0;

	e->a = a;
	p->bad |= !take(p, "(");
	do {
		e->values = arena_grow(p->gs->a, e->values, sizeof(*e->values),
		    &cap, e->nvalues + 1U);
		e->values[e->nvalues++] = token(p);
	} while (take(p, ","));
	p->bad |= !take(p, ")");
	return e;
}

static struct gexpr *
compare(struct parsing *p)
{
	static const struct {
		const char *sign;
		enum gop op;
	} signs[] = {{"!=", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {"=", OP_EQ},
	    {"<", OP_LT}, {">", OP_GT}};
	struct gexpr *a = sums(p);

	if (take(p, "in"))
		return within(p, a);
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (!take(p, signs[i].sign))
			continue;
		struct gexpr *e = pair(p, signs[i].op, a, sums(p));
		if (e->op == OP_EQ && take(p, "within"))
			e->within = sums(p);
		return e;
	}
	return a;
}

static struct gexpr *
expr_not(struct parsing *p)
{
	if (++p->depth > 40) {
		p->bad = true;
		return new (p, OP_TEXT);
	}
	if (take(p, "not")) {
		struct gexpr *e = new (p, OP_NOT);
		e->a = expr_not(p);
		return e;
	}
	if (take(p, "(")) {
		struct gexpr *e = expr_or(p);
		p->bad |= !take(p, ")");
		return e;
	}
	return compare(p);
}

static struct gexpr *
expr_and(struct parsing *p)
{
	struct gexpr *a = expr_not(p);

	while (!p->bad && take(p, "and")) {
		struct gexpr *e = new (p, OP_AND);
		e->a = a;
		e->b = expr_not(p);
		a = e;
	}
	return a;
}

static struct gexpr *
expr_or(struct parsing *p)
{
	struct gexpr *a = expr_and(p);

	while (!p->bad && take(p, "or")) {
		struct gexpr *e = new (p, OP_OR);
		e->a = a;
		e->b = expr_and(p);
		a = e;
	}
	return a;
}

struct gexpr *
guide_condition(struct guides *gs, struct guide *g, uint16_t scope,
    struct span text, const struct gline *l)
{
	struct parsing p = {
	    .gs = gs, .g = g, .l = l, .rest = text, .scope = scope};
	struct gexpr *e = expr_or(&p);

	if (p.bad || span_trim(p.rest).n)
		guide_fault(gs, l->file, l->no,
		    "the condition \"%.*s\" is not understood", (int)text.n,
		    text.p);
	return e;
}

/* An assert may say other codes than all have. */
static const struct edi_rule *
rule_of(struct guides *gs, const struct gline *l)
{
	const struct edi_rule *usual = &EDI_RULES[EDI_R_GUIDE_ASSERT];
	struct edi_rule *own;

	if (!l->said->contrl && !l->said->set)
		return usual;
	own = ARENA_NEW(gs->a, struct edi_rule);
	*own = *usual;
	if (l->said->contrl)
		own->contrl = l->said->contrl;
	if (l->said->set)
		own->ak5 = arena_printf(gs->a, "%u", l->said->set);
	return own;
}

static void
one_check(struct guides *gs, struct guide *g, uint16_t scope,
    const struct gline *l, struct gcheck *c)
{
	c->fill = l->kind == L_FILL;
	c->warning = l->said->warning;
	c->rule = rule_of(gs, l);
	c->id = l->key;
	c->en = l->said->en;
	c->de = l->said->de;
	c->line = l;
	c->slot = l->field.n ? guide_slot(gs, g, scope, l->field, c->fill)
			     : GUIDE_NONE;
	if (l->field.n && c->slot == GUIDE_NONE)
		guide_fault(gs, l->file, l->no, "no field \"%.*s\" here",
		    (int)l->field.n, l->field.p);
	if (c->fill)
		g->slots[c->slot].filled = true;
	if (l->said->when.n)
		c->when = guide_condition(gs, g, scope, l->said->when, l);
	c->expr = guide_condition(gs, g, scope, l->rest, l);
	if (!c->fill && (!c->en.n || !c->de.n))
		guide_fault(gs, l->file, l->no,
		    "the assert needs a sentence in both languages");
}

void
guide_fallback(struct guides *gs, struct guide *g, uint16_t scope,
    uint16_t slot, const struct gline *l)
{
	struct gscope *s = &g->scopes[scope];
	struct gcheck *list =
	    ARENA_ARRAY(gs->a, struct gcheck, s->nchecks + 1U);

	if (s->nchecks)
		memcpy(list, s->checks, sizeof(*list) * s->nchecks);
	struct gexpr *e = ARENA_NEW(gs->a, struct gexpr);
	e->op = OP_TEXT;
	e->text = l->fallback;
	list[s->nchecks++] =
	    (struct gcheck){.fill = true, .slot = slot, .expr = e, .line = l};
	s->checks = list;
}

void
guide_checks(
    struct guides *gs, struct guide *g, uint16_t scope, const struct gline *l)
{
	struct gscope *s = &g->scopes[scope];
	uint16_t n = s->nchecks;

	for (const struct gline *k = l->child; k; k = k->next)
		n = (uint16_t)(n + (k->kind == L_ASSERT || k->kind == L_FILL));
	struct gcheck *list = ARENA_ARRAY(gs->a, struct gcheck, n + 1U);
	if (s->nchecks)
		memcpy(list, s->checks, sizeof(*list) * s->nchecks);
	s->checks = list;
	for (const struct gline *k = l->child; k; k = k->next)
		if (k->kind == L_ASSERT || k->kind == L_FILL)
			one_check(gs, g, scope, k, &list[s->nchecks++]);
}
