/* SPDX-License-Identifier: Apache-2.0
 *
 * A guide for people: a page of Markdown with every place, how often, what it
 * means and which codes are agreed.
 */
#include <string.h>

#include "guide/rows.h"
#include "repr/text.h"

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
	W_LEVEL,
	W_WHERE,
	W_COUNT,
};

static const char *const WORDS[2][W_COUNT] = {
    {"Place", "How often", "Meaning", "Value", "Codes", "Rules",
	"Not carried by this message", "only read", "only written", "level",
	"Only messages in which"},
    {"Stelle", "Wie oft", "Bedeutung", "Wert", "Codes", "Regeln",
	"Was diese Nachricht nicht übermittelt", "nur gelesen",
	"nur geschrieben", "Ebene", "Nur Nachrichten, in denen gilt:"},
};

struct describing {
	const struct guide *g;
	struct buf *out;
	const struct text_locale *words;
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

/* In words, and as the field is called in the API. */
static void
named(struct describing *d, struct span path)
{
	struct buf b;

	buf_init(&b, 4096);
	guide_meaning(d->words, path, &b);
	cell(d->out, buf_span(&b));
	buf_puts(d->out, b.n ? " `" : "`");
	cell(d->out, path);
	buf_putc(d->out, '`');
	buf_done(&b);
}

static void
field(struct describing *d, const struct grow *r)
{
	const struct galt *a = r->alt;

	if (a->slot != GUIDE_NONE)
		named(d, d->g->slots[a->slot].path);
	if (a->way)
		buf_printf(d->out, " (%s)",
		    word(d, a->way == WAY_READ ? W_READ : W_WRITTEN));
	guide_say_condition(d->out, r, d->german);
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
row(void *ctx, const struct grow *r)
{
	struct describing *d = ctx;

	buf_puts(d->out, "| ");
	for (unsigned x = 0; x < r->depth; x++)
		buf_puts(d->out, "&emsp;");
	if (!r->leaf)
		buf_puts(d->out, "**");
	cell(d->out, !r->leaf          ? r->node->line->key
		     : r->leaf->name.n ? r->leaf->name
				       : r->node->name);
	buf_puts(d->out, r->leaf ? " | " : "** | ");
	guide_say_occurs(d->out, r, d->german);
	buf_puts(d->out, " | ");
	if (r->leaf) {
		field(d, r);
		buf_puts(d->out, " | ");
		guide_say_type(d->out, r, d->german);
		buf_puts(d->out, " | ");
		codes(d, r->alt);
		buf_puts(d->out, " |\n");
		return;
	}
	if (r->node->line->field.n && !span_is(r->node->line->field, "-"))
		named(d, r->node->line->field);
	if (r->node->level)
		buf_printf(d->out, " (%s)", word(d, W_LEVEL));
	buf_puts(d->out, " | | |\n");
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

/* What the message is and how the table is read. */
static void
intro(struct describing *d)
{
	static const char *const parts[] = {
	    "intro", "order", "occurs", "codes"};
	struct arena *a = arena_new();
	struct buf identity, document;
	const char *key = arena_printf(a, "guide.document.%s", d->g->document);

	buf_init(&identity, 65536);
	buf_init(&document, 4096);
	guide_identity(d->g, &identity);
	if (!text_format(d->words, span_of(key), NULL, &document))
		buf_puts(&document, d->g->document);
	json_t *args = repr_json_object(a);
	repr_json_set(
	    args, "identity", repr_json_string(a, buf_span(&identity)));
	repr_json_set(
	    args, "document", repr_json_string(a, buf_span(&document)));
	repr_json_set_str(args, "guide", d->g->name);
	for (size_t i = 0; i < 4; i++) {
		key = arena_printf(a, "guide.page.%s", parts[i]);
		(void)text_format_json(d->words, key, args, d->out);
		buf_puts(d->out, "\n\n");
	}
	buf_done(&identity);
	buf_done(&document);
	arena_free(a);
}

void
guide_describe(const struct guide *g, const char *lang,
    const struct text_locale *words, struct buf *out)
{
	struct describing d = {.g = g,
	    .out = out,
	    .words = words,
	    .german = strcmp(lang, "de") == 0};

	buf_printf(out, "# %s %s (%s)\n\n", g->type, g->version,
	    edi_family_name(guide_family(g)));
	if (words)
		intro(&d);
	else
		buf_printf(out, "`%s`, `%s`\n\n", g->name, g->document);
	for (uint16_t i = 0; i < g->nwhere; i++) {
		buf_printf(out, "%s `", word(&d, W_WHERE));
		guide_where_put(out, g->where[i].test);
		buf_puts(out, "`\n\n");
	}
	buf_printf(out, "| %s | %s | %s | %s | %s |\n|---|---|---|---|---|\n",
	    word(&d, W_PLACE), word(&d, W_OCCURS), word(&d, W_FIELD),
	    word(&d, W_VALUE), word(&d, W_CODES));
	guide_rows(g, row, &d);
	rules(&d);
	if (g->lost)
		buf_printf(out, "\n## %s\n\n", word(&d, W_LOST));
	for (const struct gword *w = g->lost; w; w = w->next)
		buf_printf(out, "%s`%.*s`", w == g->lost ? "" : ", ",
		    (int)w->word.n, w->word.p);
	if (g->lost)
		buf_putc(out, '\n');
}
