/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries that are written inside the one that they name as their parent, as
 * packages in UBL are (notation.md section 4): which lie in which is found out
 * once, so that writing takes as long as there are entries.
 */
#include <string.h>

#include "guide/texts.h"
#include "guide/write.h"

struct gnested {
	struct texts names;
	const json_t **entries; /* those of one parent side by side */
	uint32_t *first;        /* by number of the parent; last: of none */
};

/* Is the list of the scope the one whose entries hold each other? */
static bool
holds_itself(const struct guide *g, uint16_t scope)
{
	const struct gslot *s = &g->slots[g->scopes[scope].slot];

	return scope && s->scope == 0 && span_eq(s->path, g->names.list);
}

static struct span
member(const json_t *o, struct span key)
{
	const json_t *v = key.n ? json_object_getn(o, key.p, key.n) : NULL;

	return span_make(json_string_value(v), json_string_length(v));
}

/* The number of the parent; that of "none" stands behind all others. One that
 * nobody is called by gives TEXTS_NONE: the entry is left out. */
static uint32_t
parent_of(const struct gnested *x, const json_t *entry, struct span up)
{
	struct span name = member(entry, up);

	return name.n ? texts_find(&x->names, name) : x->names.n;
}

static struct gnested *
nested(struct gwriter *w)
{
	const struct gnames *names = &w->g->names;
	const json_t *list =
	    json_object_getn(w->objects[0], names->list.p, names->list.n);
	size_t n = json_array_size(list);
	struct gnested *x = ARENA_NEW(w->a, struct gnested);

	texts_init(&x->names, w->a, n);
	for (size_t i = 0; i < n; i++)
		(void)texts_add(
		    &x->names, member(json_array_get(list, i), names->own));
	x->entries = ARENA_ARRAY(w->a, const json_t *, n + 1);
	x->first = ARENA_ARRAY(w->a, uint32_t, x->names.n + 3U);
	for (size_t i = 0; i < n; i++) {
		uint32_t p = parent_of(x, json_array_get(list, i), names->up);
		if (p != TEXTS_NONE)
			x->first[p + 2]++;
	}
	for (uint32_t p = 2; p < x->names.n + 3U; p++)
		x->first[p] += x->first[p - 1];
	for (size_t i = 0; i < n; i++) {
		const json_t *entry = json_array_get(list, i);
		uint32_t p = parent_of(x, entry, names->up);
		if (p != TEXTS_NONE)
			x->entries[x->first[p + 1]++] = entry;
	}
	return x;
}

bool
guide_nested_entry(
    struct gwriter *w, uint16_t scope, size_t nth, const json_t **out)
{
	const struct guide *g = w->g;
	uint16_t around = g->scopes[scope].parent;

	if (w->plan || !g->nested || !holds_itself(g, scope))
		return false;
	if (!w->nested)
		w->nested = nested(w);
	const struct gnested *x = w->nested;
	uint32_t p = x->names.n;
	if (holds_itself(g, around))
		p = texts_find(
		    &x->names, member(w->objects[around], g->names.own));
	*out = p != TEXTS_NONE && nth < x->first[p + 1] - x->first[p]
		   ? x->entries[x->first[p] + nth]
		   : NULL;
	return true;
}
