/* SPDX-License-Identifier: Apache-2.0
 *
 * Two guides side by side: what one has and the other has not, and what both
 * have but say otherwise. Lines are matched by where they stand and under
 * which condition they count.
 */
#include <string.h>

#include "guide/rows.h"

struct line {
	struct span key, says;
	bool taken;
};

struct listing {
	const struct guide *g;
	struct arena *a;
	struct line *list;
	size_t n, cap;
	bool german;
};

static struct line *
add(struct listing *l, struct span key, struct span says)
{
	l->list = arena_grow(l->a, l->list, sizeof *l->list, &l->cap, l->n + 1);
	l->list[l->n] = (struct line){.key = key, .says = says};
	return &l->list[l->n++];
}

static struct span
take(struct listing *l, struct buf *b)
{
	struct span s = arena_span(l->a, buf_span(b));

	buf_done(b);
	return s;
}

static void
entries(struct buf *out, const struct galt *a)
{
	const struct gmap *m = a->codes ? a->codes : a->map;

	for (size_t i = 0; m && i < m->n; i++) {
		const struct gmap_entry *e = &m->entries[i];

		buf_printf(
		    out, "%s%.*s", i ? " " : "; ", (int)e->code.n, e->code.p);
		if (!a->codes)
			buf_printf(
			    out, "%c%.*s", e->way, (int)e->value.n, e->value.p);
	}
}

static void
row(void *ctx, const struct grow *r)
{
	struct listing *l = ctx;
	struct buf key, says;

	buf_init(&key, 65536);
	buf_init(&says, 1u << 20);
	buf_put(&key, r->node->path);
	guide_say_occurs(&says, r, l->german);
	if (r->leaf) {
		buf_putc(&key, '.');
		buf_put(&key, r->leaf->name);
		guide_say_condition(&key, r, l->german);
		buf_putc(&says, ' ');
		if (r->alt->slot != GUIDE_NONE)
			buf_printf(&says, "`%.*s` ",
			    (int)l->g->slots[r->alt->slot].path.n,
			    l->g->slots[r->alt->slot].path.p);
		guide_say_type(&says, r, l->german);
		if (r->alt->has_fallback)
			buf_printf(&says, "; %s %.*s",
			    l->german ? "Vorgabe" : "default",
			    (int)r->alt->fallback.n, r->alt->fallback.p);
		entries(&says, r->alt);
	} else if (r->node->line && r->node->line->field.n) {
		buf_printf(&says, " `%.*s`", (int)r->node->line->field.n,
		    r->node->line->field.p);
	}
	struct span k = take(l, &key);
	(void)add(l, k, take(l, &says));
}

static void
words(struct listing *l, const char *key, const struct gword *w)
{
	for (; w; w = w->next)
		(void)add(l,
		    span_of(arena_printf(
			l->a, "%s %.*s", key, (int)w->word.n, w->word.p)),
		    w->value);
}

static void
rules(struct listing *l)
{
	for (uint16_t s = 0; s < l->g->nscopes; s++)
		for (uint16_t i = 0; i < l->g->scopes[s].nchecks; i++) {
			const struct gcheck *c = &l->g->scopes[s].checks[i];

			if (!c->fill)
				(void)add(l,
				    span_of(arena_printf(l->a, "assert %.*s",
					(int)c->id.n, c->id.p)),
				    l->german ? c->de : c->en);
		}
}

static void
test(struct listing *l, const char *word, const struct gtest *t)
{
	struct buf b;

	buf_init(&b, 4096);
	guide_where_put(&b, t);
	(void)add(l,
	    span_of(arena_printf(
		l->a, "%s %.*s", word, (int)t->element.n, t->element.p)),
	    arena_span(l->a, buf_span(&b)));
	buf_done(&b);
}

static void
wheres(struct listing *l)
{
	const struct gsource *s = l->g->source;

	for (uint16_t i = 0; i < l->g->nwhere; i++)
		test(l, "where", l->g->where[i].test);
	for (uint16_t i = 0; i < s->nfors; i++)
		test(l, "for", &s->fors[i]);
}

static void
list(struct listing *l)
{
	const struct gsource *s = l->g->source;

	(void)add(l, span_of("guide"),
	    span_of(arena_printf(l->a, "%s %s %s", guide_type(l->g),
		edi_family_name(guide_family(l->g)), guide_version(l->g))));
	words(l, "also", s->also);
	words(l, "agency", s->agency);
	words(l, "association", s->association);
	if (s->between)
		(void)add(l, span_of("between"),
		    span_of(arena_printf(
			l->a, "%s %s", l->g->sender, l->g->receiver)));
	wheres(l);
	words(l, "set", l->g->sets);
	words(l, "lost", l->g->lost);
	if (l->g->strict)
		(void)add(l, span_of("strict"), span_of(""));
	guide_rows(l->g, row, l);
	rules(l);
}

static struct line *
find(struct listing *l, const struct line *like)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->list[i].taken && span_eq(l->list[i].key, like->key))
			return &l->list[i];
	return NULL;
}

static void
put(struct buf *out, char sign, const struct line *x)
{
	buf_printf(out, "%c %.*s", sign, (int)x->key.n, x->key.p);
	if (x->says.n)
		buf_printf(out, ": %.*s", (int)x->says.n, x->says.p);
	buf_putc(out, '\n');
}

size_t
guide_diff(const struct guide *a, const struct guide *b, const char *lang,
    struct buf *out)
{
	bool german = strcmp(lang, "de") == 0;
	struct arena *arena = arena_new();
	struct listing x = {.g = a, .a = arena, .german = german};
	struct listing y = {.g = b, .a = arena, .german = german};
	size_t n = 0;

	list(&x);
	list(&y);
	for (size_t i = 0; i < x.n; i++) {
		struct line *other = find(&y, &x.list[i]);

		if (other)
			other->taken = true;
		if (other && span_eq(other->says, x.list[i].says))
			continue;
		n++;
		put(out, '-', &x.list[i]);
		if (other)
			put(out, '+', other);
	}
	for (size_t i = 0; i < y.n; i++) {
		if (y.list[i].taken)
			continue;
		n++;
		put(out, '+', &y.list[i]);
	}
	arena_free(arena);
	return n;
}
