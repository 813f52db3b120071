/* SPDX-License-Identifier: Apache-2.0
 *
 * A guide for people: a page of Markdown with every place, how often, what it
 * means and which codes are agreed.
 */
#include <string.h>

#include "guide/read.h"

enum word {
	W_PLACE,
	W_OCCURS,
	W_FIELD,
	W_VALUE,
	W_CODES,
	W_RULES,
	W_LOST,
	W_READ,
	W_WRITTEN,
	W_WHEN,
	W_NEVER,
	W_COUNT,
};

static const char *const WORDS[2][W_COUNT] = {
    {"Place", "How often", "Meaning", "Value", "Codes", "Rules",
	"Not carried by this message", "only read", "only written", "if",
	"not used"},
    {"Stelle", "Wie oft", "Bedeutung", "Wert", "Codes", "Regeln",
	"Von dieser Nachricht nicht getragen", "nur gelesen", "nur geschrieben",
	"wenn", "nicht verwendet"},
};

struct describing {
	const struct guide *g;
	struct buf *out;
	bool german;
};

static const char *
word(const struct describing *d, enum word w)
{
	return WORDS[d->german][w];
}

static void
cell(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '|')
			buf_putc(out, '\\');
		buf_putc(out, s.p[i] == '\n' ? ' ' : s.p[i]);
	}
}

static void
occurs(struct describing *d, uint32_t min, uint32_t max)
{
	if (max == 0)
		buf_puts(d->out, word(d, W_NEVER));
	else if (max == GUIDE_MANY)
		buf_printf(d->out, "%u..*", min);
	else if (min == max)
		buf_printf(d->out, "%u", min);
	else
		buf_printf(d->out, "%u..%u", min, max);
}

static void
type(struct describing *d, const struct gtype *t)
{
	static const char *const names[] = {[T_NONE] = "",
	    [T_AN] = "an",
	    [T_A] = "a",
	    [T_N] = "n",
	    [T_DECIMAL] = "decimal",
	    [T_IMPLIED] = "implied",
	    [T_DATE] = "date",
	    [T_TIME] = "time",
	    [T_DATETIME] = "datetime"};

	buf_puts(d->out, names[t->kind]);
	if (t->max && t->min == t->max)
		buf_printf(d->out, " %u", t->max);
	else if (t->max)
		buf_printf(d->out, " %u..%u", t->min, t->max);
	for (uint8_t i = 0; i < t->nformats; i++)
		buf_printf(d->out, " %u", t->formats[i]);
}

static void
field(struct describing *d, const struct galt *a)
{
	if (a->slot != GUIDE_NONE) {
		buf_putc(d->out, '`');
		buf_put(d->out, d->g->slots[a->slot].path);
		buf_putc(d->out, '`');
	}
	if (a->way)
		buf_printf(d->out, " (%s)",
		    word(d, a->way == WAY_READ ? W_READ : W_WRITTEN));
	const struct gline *l = a->line;
	for (uint16_t i = 0; i < l->ntests; i++) {
		const struct gtest *t = &l->tests[i];
		buf_printf(
		    d->out, "%s %s", i ? "," : "", i ? "" : word(d, W_WHEN));
		buf_printf(d->out, " %s%.*s", t->not ? "not " : "",
		    (int)t->element.n, t->element.p);
		for (uint16_t k = 0; k < t->nvalues; k++)
			buf_printf(d->out, "%s%.*s", k ? "/" : " = ",
			    (int)t->values[k].n, t->values[k].p);
	}
}

static void
codes(struct describing *d, const struct galt *a)
{
	const struct gmap *m = a->codes ? a->codes : a->map;

	for (size_t i = 0; m && i < m->n && i < 40; i++) {
		buf_puts(d->out, i ? ", " : "");
		cell(d->out, m->entries[i].code);
		if (a->map && !a->codes) {
			buf_putc(d->out, ' ');
			buf_putc(d->out, m->entries[i].way);
			buf_putc(d->out, ' ');
			cell(d->out, m->entries[i].value);
		}
	}
}

static void
leaves(struct describing *d, const struct gnode *n, int depth)
{
	for (uint16_t i = 0; i < n->nleaves; i++) {
		const struct gleaf *l = &d->g->leaves[n->leaf + i];
		for (uint16_t k = 0; k < l->nalts && l->index == 0; k++) {
			buf_puts(d->out, "| ");
			for (int x = 0; x < depth; x++)
				buf_puts(d->out, "&emsp;");
			cell(d->out, l->name.n ? l->name : n->name);
			buf_printf(
			    d->out, " | %s | ", l->mandatory ? "1" : "0..1");
			field(d, &l->alts[k]);
			buf_puts(d->out, " | ");
			type(d,
			    l->alts[k].type.kind ? &l->alts[k].type : &l->type);
			buf_puts(d->out, " | ");
			codes(d, &l->alts[k]);
			buf_puts(d->out, " |\n");
		}
	}
}

static void
places(struct describing *d, uint16_t index, int depth)
{
	const struct gnode *parent = &d->g->nodes[index];

	for (uint16_t i = (uint16_t)(index + 1); i < parent->end;
	     i = d->g->nodes[i].end) {
		const struct gnode *n = &d->g->nodes[i];
		buf_puts(d->out, "| ");
		for (int x = 0; x < depth; x++)
			buf_puts(d->out, "&emsp;");
		buf_puts(d->out, "**");
		cell(d->out, n->line->key);
		buf_puts(d->out, "** | ");
		occurs(d, n->min, n->max);
		buf_puts(d->out, " | ");
		if (n->line->field.n && !span_is(n->line->field, "-")) {
			buf_putc(d->out, '`');
			cell(d->out, n->line->field);
			buf_putc(d->out, '`');
		}
		buf_puts(d->out, " | | |\n");
		leaves(d, n, depth + 1);
		if (depth < GUIDE_DEPTH)
			places(d, i, depth + 1);
	}
}

static void
rules(struct describing *d)
{
	bool any = false;

	for (uint16_t s = 0; s < d->g->nscopes; s++)
		for (uint16_t i = 0; i < d->g->scopes[s].nchecks; i++) {
			const struct gcheck *c = &d->g->scopes[s].checks[i];
			if (c->fill)
				continue;
			if (!any)
				buf_printf(
				    d->out, "\n## %s\n\n", word(d, W_RULES));
			any = true;
			buf_puts(d->out, "- ");
			buf_put(d->out, d->german ? c->de : c->en);
			buf_printf(
			    d->out, " (`%.*s`)\n", (int)c->id.n, c->id.p);
		}
}

void
guide_describe(const struct guide *g, const char *lang, struct buf *out)
{
	struct describing d = {
	    .g = g, .out = out, .german = strcmp(lang, "de") == 0};

	buf_printf(out, "# %s %s (%s)\n\n`%s`, `%s`\n\n", g->type, g->version,
	    edi_family_name(guide_family(g)), g->name, g->document);
	buf_printf(out, "| %s | %s | %s | %s | %s |\n|---|---|---|---|---|\n",
	    word(&d, W_PLACE), word(&d, W_OCCURS), word(&d, W_FIELD),
	    word(&d, W_VALUE), word(&d, W_CODES));
	places(&d, 0, 0);
	rules(&d);
	if (g->lost)
		buf_printf(out, "\n## %s\n\n", word(&d, W_LOST));
	for (const struct gword *w = g->lost; w; w = w->next)
		buf_printf(out, "%s`%.*s`", w == g->lost ? "" : ", ",
		    (int)w->word.n, w->word.p);
	if (g->lost)
		buf_putc(out, '\n');
}
