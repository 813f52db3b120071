/* SPDX-License-Identifier: Apache-2.0
 *
 * `for`: what a canonical document says decides by which of several guides it
 * is written.
 */
#include "guide/agreement.h"
#include "guide/impl.h"

/* "lines" of "lines.*.text" and "lines[]". */
static struct span
first(struct span path)
{
	struct span rest = span_sub(path, 0, span_find(path, '['));

	return span_cut(&rest, '.');
}

static bool
known(const struct guide *g, struct span name)
{
	for (uint16_t i = 0; i < g->nslots; i++)
		if (g->slots[i].scope == 0 &&
		    span_eq(first(g->slots[i].path), name))
			return true;
	for (const struct gword *w = g->lost; w; w = w->next)
		if (span_eq(first(w->word), name))
			return true;
	return false;
}

void
guide_for(struct guides *gs, const struct guide *g)
{
	const struct gsource *s = g->source;

	for (uint16_t i = 0; i < s->nfors; i++)
		if (!known(g, first(s->fors[i].element)))
			guide_fault(gs, s->file, 1, "for: no field \"%.*s\"",
			    (int)s->fors[i].element.n, s->fors[i].element.p);
}

static bool
holds(const struct gtest *t, const json_t *canonical, struct arena *a)
{
	const json_t *v = repr_json_at(canonical, arena_str(a, t->element));
	struct span text =
	    span_make(json_string_value(v), json_string_length(v));
	bool found = t->nvalues == 0 &&
		     (text.n || json_array_size(v) || json_object_size(v));

	for (uint16_t i = 0; i < t->nvalues; i++)
		found |= span_eq(text, t->values[i]);
	return found != t->not ;
}

int
guide_is_for(const struct guide *g, const json_t *canonical, struct arena *a)
{
	const struct gsource *s = g->source;

	for (uint16_t i = 0; i < s->nfors; i++)
		if (!holds(&s->fors[i], canonical, a))
			return -1;
	return s->nfors > 0;
}
