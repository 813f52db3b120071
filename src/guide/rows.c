/* SPDX-License-Identifier: Apache-2.0 */
#include "guide/rows.h"

struct walking {
	const struct guide *g;
	void (*seen)(void *ctx, const struct grow *row);
	void *ctx;
};

static void
values(const struct walking *w, const struct gnode *n, unsigned depth)
{
	for (uint16_t i = 0; i < n->nleaves; i++) {
		const struct gleaf *l = &w->g->leaves[n->leaf + i];

		for (uint16_t k = 0; k < l->nalts && l->index == 0; k++)
			w->seen(
			    w->ctx, &(struct grow){n, l, &l->alts[k], depth});
	}
}

static void
places(const struct walking *w, uint16_t index, unsigned depth)
{
	const struct gnode *parent = &w->g->nodes[index];

	if (depth > GUIDE_DEPTH)
		return;
	for (uint16_t i = (uint16_t)(index + 1); i < parent->end;
	     i = w->g->nodes[i].end) {
		const struct gnode *n = &w->g->nodes[i];

		w->seen(w->ctx, &(struct grow){n, NULL, NULL, depth});
		values(w, n, depth + 1);
		places(w, i, depth + 1);
	}
}

void
guide_rows(const struct guide *g,
    void (*seen)(void *ctx, const struct grow *row), void *ctx)
{
	struct walking w = {g, seen, ctx};

	values(&w, &g->nodes[0], 0);
	places(&w, 0, 0);
}

void
guide_say_occurs(struct buf *out, const struct grow *r, bool german)
{
	uint32_t min = r->leaf ? r->leaf->mandatory : r->node->min;
	uint32_t max = r->leaf ? !r->leaf->unused : r->node->max;

	if (max == 0)
		buf_puts(out, german ? "nicht verwendet" : "not used");
	else if (max == GUIDE_MANY)
		buf_printf(out, "%u..*", min);
	else if (min == max)
		buf_printf(out, "%u", min);
	else
		buf_printf(out, "%u..%u", min, max);
}

static const char *
kind(const struct gtype *t, bool german)
{
	static const char *const names[][2] = {[T_NONE] = {"", ""},
	    [T_AN] = {"text", "Text"},
	    [T_A] = {"letters", "Buchstaben"},
	    [T_N] = {"digits", "Ziffern"},
	    [T_DECIMAL] = {"number", "Zahl"},
	    [T_IMPLIED] = {"number without point", "Zahl ohne Komma"},
	    [T_DATE] = {"date", "Datum"},
	    [T_TIME] = {"time", "Uhrzeit"},
	    [T_DATETIME] = {"date and time", "Datum und Uhrzeit"}};

	return names[t->kind][german];
}

static void
length(struct buf *out, const struct gtype *t, bool german)
{
	if (t->max && t->min == t->max)
		buf_printf(out, german ? ", genau %u" : ", exactly %u", t->max);
	else if (t->max && t->min)
		buf_printf(
		    out, german ? ", %u bis %u" : ", %u to %u", t->min, t->max);
	else if (t->max)
		buf_printf(
		    out, german ? ", höchstens %u" : ", at most %u", t->max);
}

void
guide_say_type(struct buf *out, const struct grow *r, bool german)
{
	const struct gtype *t =
	    r->alt->type.kind ? &r->alt->type : &r->leaf->type;

	if (!t->kind)
		return;
	buf_puts(out, kind(t, german));
	length(out, t, german);
	if (t->kind == T_IMPLIED || (t->kind == T_DECIMAL && t->max &&
					t->scale && t->scale < UINT8_MAX))
		buf_printf(out,
		    german ? ", davon %u Nachkommastellen"
			   : ", %u of them decimals",
		    t->scale);
	for (uint8_t i = 0; i < t->nformats; i++)
		buf_printf(out, "%s%u", i ? "/" : ", ", t->formats[i]);
}

void
guide_say_condition(struct buf *out, const struct grow *r, bool german)
{
	const struct gline *l = r->alt->line;

	for (uint16_t i = 0; i < l->ntests; i++) {
		const struct gtest *t = &l->tests[i];

		buf_puts(out, i        ? german ? " und" : " and"
			      : german ? " wenn"
				       : " if");
		if (t->not )
			buf_puts(out, german ? " nicht" : " not");
		buf_printf(out, " %.*s", (int)t->element.n, t->element.p);
		for (uint16_t k = 0; k < t->nvalues; k++)
			buf_printf(out, "%s%.*s", k ? "/" : " = ",
			    (int)t->values[k].n, t->values[k].p);
	}
}
