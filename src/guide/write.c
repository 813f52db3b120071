/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk of the writing direction: which places are written, how often, in
 * the order of the guide.
 */
#include <string.h>

#include "guide/write.h"

/* What is taken back when a place turns out to be empty. */
struct mark {
	size_t bytes, findings, errors;
	uint32_t segments, hl;
	int depth;
	bool failed;
};

static struct mark
mark(const struct gwriter *w)
{
	return (struct mark){w->out->n, w->fs->n, w->fs->errors,
	    w->edi.nsegments, w->hl, w->depth, w->edi.failed};
}

/* A place that is not written lacks nothing; a value that could not be written
 * stays a fault. */
static void
forgive(struct gwriter *w, const struct mark *m)
{
	struct edi_findings *fs = w->fs;
	size_t n = m->findings;

	fs->errors = m->errors;
	for (size_t i = m->findings; i < fs->n; i++) {
		if (fs->list[i].rule == &EDI_RULES[EDI_R_WRITE_MISSING])
			continue;
		fs->errors += fs->list[i].severity == EDI_ERROR;
		fs->list[n++] = fs->list[i];
	}
	fs->n = n;
}

static void
take_back(struct gwriter *w, const struct mark *m)
{
	w->out->n = m->bytes;
	if (w->out->p)
		w->out->p[m->bytes] = 0;
	forgive(w, m);
	w->edi.nsegments = m->segments;
	w->hl = m->hl;
	w->depth = m->depth;
	w->edi.failed = m->failed;
}

static bool place(struct gwriter *w, uint16_t i);

/* True when one of the children had something to say. */
static bool
children(struct gwriter *w, uint16_t node)
{
	bool data = false;
	const struct gnode *n = &w->g->nodes[node];

	for (uint16_t i = (uint16_t)(node + 1); i < n->end;
	     i = w->g->nodes[i].end) {
		bool again = i > node + 1 && w->g->nodes[i].level &&
			     w->g->nodes[w->g->nodes[i].place].level &&
			     w->g->nodes[i].place != i;
		if (!w->g->nodes[i].level)
			data |= place(w, i);
		else if (!again)
			data |= guide_write_levels(w);
	}
	return data;
}

static void
lacking(struct gwriter *w, const struct gnode *n)
{
	for (uint16_t i = 0; i < n->nleaves; i++) {
		const struct gleaf *l = &w->g->leaves[n->leaf + i];
		bool have = false;
		for (size_t k = 0; k < w->ncells; k++)
			have |= w->cells[k].element == l->element &&
				w->cells[k].component == l->component &&
				span_eq(w->cells[k].attribute, l->attribute) &&
				w->cells[k].text.n;
		if (have || !l->mandatory || !l->nalts)
			continue;
		struct edi_finding *f = guide_write_find(
		    w, EDI_R_WRITE_MISSING, l, (struct span){0});
		edi_arg(w->fs, f, "path", n->path);
		if (l->alts[0].slot != GUIDE_NONE)
			edi_expected(w->fs, f, "%.*s",
			    (int)w->g->slots[l->alts[0].slot].path.n,
			    w->g->slots[l->alts[0].slot].path.p);
	}
}

/* What the cells took from lists is used up, or given back. */
static void
settle(struct gwriter *w, bool kept)
{
	size_t n = sizeof(*w->used) * w->g->nslots;

	if (kept)
		memcpy(w->used, w->taken, n);
	else
		memcpy(w->taken, w->used, n);
}

/* One occurrence; true when it holds data. It is written then, or when the
 * place is mandatory. */
static bool
occurrence(struct gwriter *w, uint16_t i)
{
	const struct gnode *n = &w->g->nodes[i];
	struct mark before = mark(w);
	bool data;

	if (n->hl && w->hl_depth < GUIDE_DEPTH)
		w->hl_of[w->hl_depth++] = ++w->hl;
	enum gwritten got = guide_cells(w, i);
	settle(w, got != GW_LACKING);
	if (got == GW_LACKING && (n->min == 0 || w->k > 0)) {
		take_back(w, &before);
		w->hl_depth -= n->hl;
		return false;
	}
	if (got == GW_LACKING)
		lacking(w, n);
	data = got == GW_DATA;
	if (w->xml)
		guide_put_start(w, n, false);
	else
		guide_put_segment(w, n);
	data |= children(w, i);
	if (w->xml)
		guide_put_end(w, n);
	w->hl_depth -= n->hl;
	if (!data && (n->min == 0 || w->k > 0))
		take_back(w, &before);
	return data;
}

void
guide_write_level(struct gwriter *w, uint16_t i)
{
	const struct gnode *n = &w->g->nodes[i];
	bool lacks = guide_cells(w, i) == GW_LACKING;

	settle(w, true);
	if (lacks)
		lacking(w, n);
	guide_put_segment(w, n);
	(void)children(w, i);
}

/* Does the entry have what the place asks for? */
static bool
entry_fits(const struct gwriter *w, const struct gscope *s)
{
	if (s->asked != GUIDE_NONE &&
	    s->without == (guide_slot_text(w, s->asked).n > 0))
		return false;
	return s->konst == GUIDE_NONE ||
	       span_eq(guide_slot_text(w, s->konst), s->value);
}

void
guide_forget(struct gwriter *w, uint16_t scope)
{
	for (uint16_t i = 0; i < w->g->nslots; i++)
		if (w->g->slots[i].scope == scope)
			w->used[i] = w->taken[i] = 0;
}

/* A mandatory place for which there is no entry and which says something by
 * default, like a note that has to be there. */
static bool
unasked(struct gwriter *w, uint16_t i)
{
	const struct gnode *n = &w->g->nodes[i];

	w->objects[n->scope] = NULL;
	guide_forget(w, n->scope);
	return n->min > 0 && n->end == i + 1 &&
	       guide_cells(w, i) == GW_CONSTANT && occurrence(w, i);
}

static bool
entries(struct gwriter *w, uint16_t i)
{
	const struct gnode *n = &w->g->nodes[i];
	const struct gscope *s = &w->g->scopes[n->scope];
	const json_t *list = guide_slot_json(w, s->slot);
	uint32_t written = 0, k = w->k;
	bool data = false;

	w->k = 0;
	for (size_t e = 0;; e++) {
		const json_t *one_of;
		if (!guide_level_entry(w, n->scope, e, &one_of) &&
		    !guide_nested_entry(w, n->scope, e, &one_of))
			one_of = json_array_get(list, e);
		if (!one_of)
			break;
		w->objects[n->scope] = one_of;
		guide_forget(w, n->scope);
		if (!entry_fits(w, s))
			continue;
		if (written == n->max) {
			struct edi_finding *f =
			    edi_find(w->fs, EDI_R_WRITE_ROOM);
			edi_expected(w->fs, f, "%u", n->max);
			edi_arg(w->fs, f, "path", n->path);
			break;
		}
		bool one = occurrence(w, i);
		written += one;
		data |= one;
	}
	if (!written)
		(void)unasked(w, i);
	w->objects[n->scope] = NULL;
	w->k = k;
	return data;
}

/* Several occurrences of a place that is no list: as many as have a piece. */
static bool
repeated(struct gwriter *w, uint16_t i)
{
	const struct gnode *n = &w->g->nodes[i];
	bool data = false;

	for (w->k = 0; w->k < n->max; w->k++) {
		if (!occurrence(w, i))
			break;
		data = true;
	}
	w->k = 0;
	return data;
}

/* A line without qualifier or field only says what else is tolerated. */
static bool
only_tolerates(const struct gwriter *w, const struct gnode *n)
{
	if (n->place_bare == GUIDE_NONE || !n->bare ||
	    w->g->nodes[n->place].end == n->place_end)
		return false;
	for (uint16_t i = 0; i < n->nleaves; i++)
		if (w->g->leaves[n->leaf + i].nalts)
			return false;
	return n->scope == GUIDE_NONE;
}

static bool
place(struct gwriter *w, uint16_t i)
{
	const struct gnode *n = &w->g->nodes[i];

	if (n->way == WAY_READ || n->max == 0 || w->hl_depth >= GUIDE_DEPTH ||
	    (!w->xml && only_tolerates(w, n)))
		return false;
	if (n->scope != GUIDE_NONE)
		return w->k == 0 ? entries(w, i) : false;
	if (n->max == 1)
		return occurrence(w, i);
	return w->k == 0 ? repeated(w, i) : false;
}

void
guide_writer_init(struct gwriter *w, const struct guide *g,
    const json_t *canonical, struct arena *a, struct buf *out,
    struct edi_findings *fs)
{
	enum edi_family f = guide_family(g);

	*w = (struct gwriter){.g = g,
	    .a = a,
	    .fs = fs,
	    .out = out,
	    .xml = f == EDI_UBL || f == EDI_XML,
	    .x12 = f == EDI_X12};
	w->objects = ARENA_ARRAY(a, const json_t *, g->nscopes);
	w->objects[0] = canonical;
	w->used = ARENA_ARRAY(a, uint32_t, g->nslots + 1U);
	w->taken = ARENA_ARRAY(a, uint32_t, g->nslots + 1U);
	w->cells =
	    ARENA_ARRAY(a, struct gcell, WRITE_ELEMENTS * WRITE_COMPONENTS);
}

bool
guide_write(struct gwriter *w)
{
	size_t errors = w->fs->errors;

	guide_levels_plan(w);
	(void)children(w, 0);
	return w->fs->errors == errors && !w->out->full;
}
