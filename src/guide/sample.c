/* SPDX-License-Identifier: Apache-2.0
 *
 * A canonical document that uses every field of a guide: what the generated
 * sample is written from.
 */
#include <string.h>

#include "guide/read.h"
#include "repr/jsonout.h"

struct sampling {
	const struct guide *g;
	const struct galt **alts; /* by slot: the line that writes it */
	const struct gleaf **leaves;
	struct buf *out;
	unsigned nth; /* 0: the first of everything */
};

static bool
last_is(const struct gslot *s, const char *name)
{
	return span_is(s->parts[s->nparts - 1], name);
}

/* Values that people recognise. */
static const char *
familiar(const struct gslot *s)
{
	static const char *const known[][2] = {{"country", "DE"},
	    {"currency", "EUR"}, {"unit_code", "KGM"}, {"language", "EN"},
	    {"gtin", "4000000000013"}, {"gln", "2900000000117"},
	    {"duns", "123456789"}, {"vat_id", "DE999999999"},
	    {"name", "Example"}, {"city", "Kiel"}, {"postal_code", "24114"},
	    {"region", "SH"}, {"street", "Kaistr. 4"},
	    {"phone", "+49 431 0000"}, {"mail", "orders@example.test"},
	    {"line_id", "1"}, {"order_line_id", "1"}, {"weight_unit", "KGM"},
	    {"sscc", "340123450000000017"}, {"category", "S"},
	    {"number", "4711"}, {"order_number", "PO-2026-118"},
	    {"value", "Example text"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (last_is(s, known[i][0]))
			return known[i][1];
	return NULL;
}

/* Numbers that add up, by the list (or none) and the field. */
static const char *
figure(const struct guide *g, const struct gslot *s)
{
	static const char *const known[][3] = {{"lines", "quantity", "12"},
	    {"lines", "price_amount", "2.5"}, {"lines", "price_base", "1"},
	    {"lines", "amount", "25"}, {"lines", "percent", "20"},
	    {"allowances", "amount", "5"}, {"allowances", "percent", "20"},
	    {"taxes", "percent", "20"}, {"taxes", "taxable", "20"},
	    {"taxes", "amount", "4"}, {"", "totals.lines", "25"},
	    {"", "totals.allowances", "5"}, {"", "totals.charges", "0"},
	    {"", "totals.taxable", "20"}, {"", "totals.tax", "4"},
	    {"", "totals.amount", "24"}, {"", "totals.prepaid", "10"},
	    {"", "totals.due", "14"}};
	const struct gscope *scope = &g->scopes[s->scope];
	struct span list =
	    s->scope ? g->slots[scope->slot].path : (struct span){0};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_is(list, known[i][0]) &&
		    (span_is(s->path, known[i][1]) || last_is(s, known[i][1])))
			return known[i][2];
	return NULL;
}

static void
text(struct sampling *x, const struct gslot *s, const struct gtype *t)
{
	const char *known = familiar(s);
	struct span v = known ? span_of(known) : s->parts[s->nparts - 1];
	struct span padded = span_of("0000000000000000");

	if (t->min > v.n && t->min <= padded.n)
		v = span_sub(padded, 0, t->min);
	jo_quote(x->out, span_sub(v, 0, t->max ? t->max : v.n));
}

/* The field of a list entry that names it, or another one. */
static bool
is_name(const struct sampling *x, uint16_t i)
{
	const struct gscope *s = &x->g->scopes[x->g->slots[i].scope];

	return x->g->slots[i].scope && (s->own == i || s->ref == i);
}

static bool
is_up(const struct sampling *x, uint16_t i)
{
	return x->g->slots[i].scope &&
	       x->g->scopes[x->g->slots[i].scope].up == i;
}

/* Is the entry written, and read as the same value again? */
static bool
comes_back(const struct gmap *m, const struct gmap_entry *e)
{
	if (e->way != '<')
		return e->way != '>';
	for (size_t k = 0; k < m->n; k++)
		if (m->entries[k].way != '<' &&
		    span_eq(m->entries[k].code, e->code))
			return span_eq(m->entries[k].value, e->value);
	return true;
}

static size_t
writable(const struct gmap *m)
{
	size_t n = 0;

	for (size_t k = 0; k < m->n; k++)
		n += comes_back(m, &m->entries[k]);
	return n;
}

static const struct gmap_entry *
nth_entry(const struct gmap *m, unsigned nth)
{
	size_t left = nth % writable(m);

	for (size_t k = 0; k < m->n; k++)
		if (comes_back(m, &m->entries[k]) && left-- == 0)
			return &m->entries[k];
	return &m->entries[0];
}

static void
value(struct sampling *x, uint16_t i)
{
	const struct gslot *s = &x->g->slots[i];
	if (is_name(x, i)) {
		buf_puts(x->out, "\"1\"");
		return;
	}
	const struct galt *a = x->alts[i];
	const struct gtype *t = a && a->type.kind ? &a->type
				: x->leaves[i]    ? &x->leaves[i]->type
						  : NULL;
	if (a && a->map && writable(a->map)) {
		jo_quote(x->out, nth_entry(a->map, x->nth)->value);
		return;
	}
	if (a && a->codes && a->codes->n) {
		jo_quote(x->out, a->codes->entries[x->nth % a->codes->n].code);
		return;
	}
	struct gtype none = {0};
	t = t ? t : &none;
	if (t->kind == T_DATE || t->kind == T_DATETIME)
		buf_puts(x->out, "\"2026-11-22\"");
	else if (t->kind == T_TIME)
		buf_puts(x->out, "\"09:30\"");
	else if ((t->kind == T_DECIMAL || t->kind == T_IMPLIED) &&
		 figure(x->g, s))
		jo_quote(x->out, span_of(figure(x->g, s)));
	else if (t->kind == T_DECIMAL || t->kind == T_IMPLIED)
		buf_puts(x->out, t->scale == 0 ? "\"12\"" : "\"12.5\"");
	else if (t->kind == T_N)
		jo_quote(x->out, span_sub(span_of("1234567890123456"), 0,
				     t->min ? t->min : 1));
	else
		text(x, s, t);
}

static void scope(struct sampling *x, uint16_t n);

/* Is any field of the scope written, besides its constant part, or of a list
 * in it? */
static bool
written(const struct sampling *x, uint16_t n)
{
	const struct gscope *s = &x->g->scopes[n];

	for (uint16_t i = 0; i < s->n; i++) {
		uint16_t slot = s->order[i];

		if (x->alts[slot])
			return true;
		for (uint16_t k = 1; k < x->g->nscopes; k++)
			if (x->g->slots[slot].list == 2 && k != n &&
			    x->g->scopes[k].slot == slot && written(x, k))
				return true;
	}
	return false;
}

/* Would an entry of the one be an entry of the other as well? */
static bool
alike(const struct gscope *s, const struct gscope *other)
{
	if ((s->asked == GUIDE_NONE) != (other->asked == GUIDE_NONE) ||
	    s->without != other->without)
		return false;
	return s->konst == GUIDE_NONE || span_eq(other->value, s->value);
}

/* One entry for each scope that feeds the list. */
static void
list(struct sampling *x, uint16_t slot)
{
	bool first = true;

	buf_putc(x->out, '[');
	if (x->g->slots[slot].list == 1)
		value(x, slot);
	for (uint16_t i = 1; i < x->g->nscopes; i++) {
		const struct gscope *s = &x->g->scopes[i];
		if (s->slot != slot)
			continue;
		bool twice = !written(x, i);
		for (uint16_t k = 1; k < i; k++)
			twice |= x->g->scopes[k].slot == slot &&
				 written(x, k) && alike(s, &x->g->scopes[k]);
		if (twice)
			continue;
		if (!first)
			buf_putc(x->out, ',');
		first = false;
		buf_putc(x->out, '{');
		scope(x, i);
		buf_putc(x->out, '}');
	}
	buf_putc(x->out, ']');
}

static void
key(struct buf *out, struct span k)
{
	jo_quote(out, k);
	buf_putc(out, ':');
}

static void
scope(struct sampling *x, uint16_t n)
{
	const struct gscope *s = &x->g->scopes[n];
	const struct gslot *last = NULL;

	for (uint16_t i = 0; i < s->n; i++) {
		uint16_t id = s->order[i];
		const struct gslot *slot = &x->g->slots[id];
		uint8_t shared = 0;
		if (is_up(x, id) || (!slot->list && !x->alts[id] &&
					id != s->konst && !is_name(x, id)))
			continue;
		while (last && shared + 1 < last->nparts &&
		       shared + 1 < slot->nparts &&
		       span_eq(last->parts[shared], slot->parts[shared]))
			shared++;
		for (int d = last ? last->nparts - 1 : 0; d > shared; d--)
			buf_putc(x->out, '}');
		if (last)
			buf_putc(x->out, ',');
		for (uint8_t k = shared; k + 1 < slot->nparts; k++) {
			key(x->out, slot->parts[k]);
			buf_putc(x->out, '{');
		}
		key(x->out, slot->parts[slot->nparts - 1]);
		last = slot;
		if (slot->list)
			list(x, id);
		else if (id == s->konst)
			jo_quote(x->out, s->value);
		else
			value(x, id);
	}
	for (int d = last ? last->nparts - 1 : 0; d > 0; d--)
		buf_putc(x->out, '}');
}

/* What a level passes on is written with it. */
static void
inherited(struct sampling *x, const struct gscope *s)
{
	for (uint16_t k = 0; k < s->ninherit; k++) {
		uint16_t from = x->g->below[s->inherit[k].below];
		uint16_t to = s->inherit[k].slot;

		if (x->alts[to])
			continue;
		x->alts[to] = x->alts[from];
		x->leaves[to] = x->leaves[from];
	}
}

/* Entries that are only read have no line that writes them. */
static void
writers(struct sampling *x)
{
	for (size_t i = 0; i < x->g->nleaves; i++) {
		const struct gleaf *l = &x->g->leaves[i];
		for (uint16_t k = 0; k < l->nalts; k++) {
			const struct galt *a = &l->alts[k];
			if (a->slot == GUIDE_NONE || a->way == WAY_READ ||
			    a->compute || x->alts[a->slot])
				continue;
			x->alts[a->slot] = a;
			x->leaves[a->slot] = l;
		}
	}
	for (uint16_t i = 1; i < x->g->nscopes; i++)
		if (written(x, i))
			inherited(x, &x->g->scopes[i]);
}

/* Is the alternative one of several for the same place? */
static bool
chosen_by_code(const struct galt *a)
{
	return a->slot != GUIDE_NONE && a->way != WAY_READ && !a->compute &&
	       a->ntests > 0;
}

static unsigned
alternatives(const struct gleaf *l)
{
	unsigned n = 0;

	for (uint16_t k = 0; k < l->nalts; k++)
		n += chosen_by_code(&l->alts[k]);
	return n == l->nalts ? n : 0;
}

/* Where several fields may fill one place, only the nth of them has a value. */
static void
choose(struct sampling *x)
{
	for (size_t i = 0; x->nth && i < x->g->nleaves; i++) {
		const struct gleaf *l = &x->g->leaves[i];
		unsigned n = alternatives(l);

		for (uint16_t k = 0; n > 1 && k < l->nalts; k++)
			if (k != x->nth % n &&
			    l->alts[k].slot != l->alts[x->nth % n].slot)
				x->alts[l->alts[k].slot] = NULL;
	}
}

unsigned
guide_samples(const struct guide *g)
{
	size_t most = 1;

	for (size_t i = 0; i < g->nleaves; i++) {
		const struct gleaf *l = &g->leaves[i];

		if (alternatives(l) > most)
			most = alternatives(l);
		for (uint16_t k = 0; k < l->nalts; k++) {
			const struct galt *a = &l->alts[k];
			size_t n = a->slot == GUIDE_NONE ? 0
				   : a->map              ? writable(a->map)
				   : a->codes            ? a->codes->n
							 : 0;

			if (n > most)
				most = n;
		}
	}
	return (unsigned)most;
}

void
guide_sample(const struct guide *g, struct buf *out)
{
	guide_sample_nth(g, 0, out);
}

void
guide_sample_nth(const struct guide *g, unsigned n, struct buf *out)
{
	struct arena *a = arena_new();
	struct sampling x = {.g = g, .out = out, .nth = n};

	x.alts = ARENA_ARRAY(a, const struct galt *, g->nslots + 1U);
	x.leaves = ARENA_ARRAY(a, const struct gleaf *, g->nslots + 1U);
	writers(&x);
	choose(&x);
	buf_puts(out, "{\"type\":");
	jo_quote(out, span_of(g->document));
	size_t before = out->n;
	buf_putc(out, ',');
	scope(&x, 0);
	if (out->n == before + 1)
		out->n = before; /* no field at all */
	buf_putc(out, '}');
	arena_free(a);
}
