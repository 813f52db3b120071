/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules among the elements of one segment: P R E C L.
 */
#include <ctype.h>
#include <string.h>

#include "guide/compile.h"

static bool
add(struct gplace *p, struct grelation *r)
{
	struct gnode *n = &p->g->nodes[p->node];
	struct grelation *list =
	    ARENA_ARRAY(p->gs->a, struct grelation, n->nrelations + 1U);

	if (r->n < 2)
		return false;
	if (n->nrelations)
		memcpy(list, n->relations, sizeof(*list) * n->nrelations);
	list[n->nrelations++] = *r;
	n->relations = list;
	return true;
}

/* "R0203": letter and pairs of digits */
static void
listed_rule(struct gplace *p, struct span w)
{
	struct grelation r = {.letter = w.p[0]};

	for (size_t i = 1; i + 1 < w.n && r.n < sizeof(r.elements); i += 2)
		r.elements[r.n++] =
		    (uint8_t)((w.p[i] - '0') * 10 + (w.p[i + 1] - '0'));
	if (!add(p, &r))
		guide_fault(p->gs, p->line->file, p->line->no,
		    "the rule \"%.*s\" of the list is not understood", (int)w.n,
		    w.p);
}

/* The number of an element by its name: "03", or "1004". */
static uint8_t
element(struct gplace *p, struct span key)
{
	const struct gnode *n = &p->g->nodes[p->node];
	unsigned e = 0;

	for (uint16_t i = 0; i < n->nleaves; i++)
		if (span_eq(p->g->leaves[n->leaf + i].name, key))
			return p->g->leaves[n->leaf + i].element;
	for (size_t i = 0; i < key.n && i < 2; i++) {
		if (!isdigit((unsigned char)key.p[i]))
			return 0;
		e = e * 10 + (unsigned)(key.p[i] - '0');
	}
	return key.n == 2 ? (uint8_t)e : 0;
}

void
guide_relations(struct gplace *p, struct span rules, const struct gline *lines)
{
	for (struct span w = guide_word(&rules); w.n; w = guide_word(&rules))
		listed_rule(p, w);
	for (const struct gline *l = lines->child; l; l = l->next) {
		if (l->kind != L_RULE)
			continue;
		struct grelation r = {.letter = l->key.p[0]};
		struct span rest = l->rest;
		for (struct span w = guide_word(&rest);
		     w.n && r.n < sizeof(r.elements); w = guide_word(&rest)) {
			r.elements[r.n] = element(p, w);
			if (!r.elements[r.n++])
				guide_fault(p->gs, l->file, l->no,
				    "no element %.*s", (int)w.n, w.p);
		}
		if (!add(p, &r))
			guide_fault(
			    p->gs, l->file, l->no, "a rule needs two elements");
	}
}
