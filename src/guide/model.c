/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "guide/model.h"
#include "guide/rows.h"

#define SAID_MAX (64u << 10)

struct modelling {
	const struct guide *g;
	struct arena *a;
	bool german;
	const struct text_locale *words;
	json_t *rows;
};

typedef void say_fn(struct buf *out, const struct grow *r, bool german);

/* object[key] = what say says, left out when that is nothing. */
static void
say(const struct modelling *m, json_t *o, const char *key, say_fn *f,
    const struct grow *r)
{
	struct buf b;

	buf_init(&b, SAID_MAX);
	f(&b, r, m->german);
	if (b.n)
		repr_json_set(o, key, repr_json_string(m->a, buf_span(&b)));
	buf_done(&b);
}

static void
set(const struct modelling *m, json_t *o, const char *key, struct span s)
{
	if (s.n)
		repr_json_set(o, key, repr_json_string(m->a, s));
}

/* object.field and what it means in words. */
static void
set_field(const struct modelling *m, json_t *o, struct span path)
{
	struct buf b;

	buf_init(&b, SAID_MAX);
	guide_meaning(m->words, path, &b);
	set(m, o, "field", path);
	set(m, o, "meaning", buf_span(&b));
	buf_done(&b);
}

static void
codes(const struct modelling *m, json_t *o, const struct galt *alt)
{
	const struct gmap *map = alt->codes ? alt->codes : alt->map;
	json_t *list = repr_json_array(m->a);

	for (size_t i = 0; map && i < map->n; i++) {
		json_t *c = repr_json_object(m->a);

		set(m, c, "code", map->entries[i].code);
		if (alt->map && !alt->codes)
			set(m, c, "means", map->entries[i].value);
		json_array_append(list, c);
	}
	if (json_array_size(list))
		repr_json_set(o, "codes", list);
}

static void
value(const struct modelling *m, json_t *o, const struct grow *r)
{
	const struct galt *alt = r->alt;

	set(m, o, "value", r->leaf->name.n ? r->leaf->name : r->node->name);
	if (alt->slot != GUIDE_NONE)
		set_field(m, o, m->g->slots[alt->slot].path);
	if (alt->way)
		repr_json_set_str(
		    o, "way", alt->way == WAY_READ ? "read" : "write");
	say(m, o, "condition", guide_say_condition, r);
	say(m, o, "type", guide_say_type, r);
	codes(m, o, alt);
}

static void
row(void *ctx, const struct grow *r)
{
	const struct modelling *m = ctx;
	json_t *o = repr_json_object(m->a);
	struct span field = r->node->line->field;

	repr_json_set_int(o, "depth", r->depth);
	say(m, o, "occurs", guide_say_occurs, r);
	if (r->leaf)
		value(m, o, r);
	else {
		set(m, o, "place", r->node->line->key);
		if (!span_is(field, "-"))
			set_field(m, o, field);
	}
	json_array_append(m->rows, o);
}

static json_t *
rules(const struct modelling *m)
{
	json_t *list = repr_json_array(m->a);

	for (uint16_t s = 0; s < m->g->nscopes; s++)
		for (uint16_t i = 0; i < m->g->scopes[s].nchecks; i++) {
			const struct gcheck *c = &m->g->scopes[s].checks[i];
			json_t *o = repr_json_object(m->a);

			if (c->fill)
				continue;
			set(m, o, "id", c->id);
			set(m, o, "text", m->german ? c->de : c->en);
			json_array_append(list, o);
		}
	return list;
}

json_t *
guide_model(const struct guide *g, const char *lang,
    const struct text_locale *words, struct arena *a)
{
	struct modelling m = {g, a, strcmp(lang, "de") == 0, words, NULL};
	json_t *o = repr_json_object(a), *lost = repr_json_array(a);

	m.rows = repr_json_array(a);
	guide_rows(g, row, &m);
	for (const struct gword *w = g->lost; w; w = w->next)
		json_array_append(lost, repr_json_string(a, w->word));
	repr_json_set(o, "rows", m.rows);
	repr_json_set(o, "rules", rules(&m));
	repr_json_set(o, "lost", lost);
	return o;
}
