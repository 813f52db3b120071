/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks the segments of a message along a guide: finds each segment's place,
 * says what is missing, and finds the way back after a fault (notation.md
 * section 10). What is inside a segment is for segment.c.
 */
#include <string.h>

#include "guide/read.h"
#include "guide/walk.h"

static struct gnode *
node_of(const struct gwalk *w, uint16_t i)
{
	return &w->nodes[i];
}

/* Is the value among the codes of the qualifier? */
static inline bool
among(struct span v, const struct gqualifier *q)
{
	uint64_t key = guide_key(v);

	for (uint16_t k = 0; k < q->n; k++)
		if (q->keys[k] == key &&
		    (key != GUIDE_LONG || guide_equal(v, q->codes[k])))
			return true;
	return false;
}

/* Does the segment carry the qualifiers of the place? */
static bool
qualified(
    const struct gwalk *w, const struct gnode *n, const struct edi_segment *s)
{
	for (uint8_t i = 0; i < n->nqualifiers; i++) {
		const struct gqualifier *q = &n->qualifiers[i];
		if (!among(guide_at(w->r, s, q->element, q->component), q))
			return false;
	}
	return true;
}

static inline bool
fits(const struct gwalk *w, uint16_t i, const struct edi_segment *s)
{
	const struct gnode *n = node_of(w, i);

	return n->tag == edi_tag(s) && n->way != WAY_WRITE &&
	       (!n->nqualifiers || qualified(w, n, s));
}

static inline bool
has_room(const struct gwalk *w, uint16_t i)
{
	return w->counts[i] < node_of(w, i)->max || node_of(w, i)->max == 0;
}

/* The first place from `from` to the end of its group that takes s. A place
 * that is full is taken only when no other does (*full). number is that of the
 * tag, 0 when tags have none. */
static uint16_t
ahead(const struct gwalk *w, uint16_t from, const struct edi_segment *s,
    uint16_t number, uint16_t *full)
{
	uint16_t i = from;

	if (i && number)
		i = guide_first(w->g, w->nodes[i].parent, number);
	for (; i; i = number ? w->nodes[i].same : w->nodes[i].next) {
		if (i < from || !fits(w, i, s))
			continue;
		if (has_room(w, i))
			return i;
		if (!*full)
			*full = i;
	}
	return 0;
}

/* Looks in the open group, then in those around it. *group receives the group
 * that the place stands in. */
static uint16_t
search(const struct gwalk *w, const struct edi_segment *s, uint16_t *full)
{
	uint16_t from = w->from;
	uint16_t number = guide_tag(w->g, edi_tag(s));

	if (!number && w->g->tags)
		return 0;
	for (uint16_t group = w->group;; group = node_of(w, group)->parent) {
		uint16_t i = ahead(w, from, s, number, full);
		if (i || group == 0)
			return i;
		from = node_of(w, group)->place;
	}
}

static void
missing(struct gwalk *w, uint16_t i, const struct edi_segment *s)
{
	const struct gnode *n = node_of(w, i);
	enum edi_rule_id rule = n->is_group ? EDI_R_GUIDE_GROUP_MISSING
					    : EDI_R_GUIDE_SEGMENT_MISSING;
	struct gplace_in at = {.segment = s};

	if (w->r->c->reported[i])
		return;
	for (uint16_t k = n->place; n->bare && k < n->place_end;
	     k = node_of(w, k)->end)
		if (w->r->c->reported[k])
			return; /* the same place, said already */
	w->r->c->reported[i] = true;
	struct edi_finding *f = guide_find(w->r, rule, &at);
	f->found = (struct span){0};
	memset(f->tag, 0, sizeof(f->tag));
	memcpy(f->tag, n->name.p, n->name.n < 3 ? n->name.n : 3);
	edi_expected(w->r->fs, f, "%.*s", (int)n->line->key.n, n->line->key.p);
	edi_arg(w->r->fs, f, "path", n->path);
}

/* What was called missing is there, but late: that is one fault, not two. */
static void
found_late(struct gwalk *w, uint16_t i)
{
	struct edi_findings *fs = w->r->fs;
	const struct gnode *n = node_of(w, i);

	for (size_t k = fs->n; w->r->c->reported[i] && k-- > 0;) {
		const struct edi_finding *f = &fs->list[k];
		if ((f->rule != &EDI_RULES[EDI_R_GUIDE_SEGMENT_MISSING] &&
			f->rule != &EDI_RULES[EDI_R_GUIDE_GROUP_MISSING]) ||
		    !span_eq(f->args[0].value, n->path))
			continue;
		edi_findings_drop(fs, k);
		w->r->c->reported[i] = false;
	}
}

/* Mandatory children of the group that stand before `end` and are not there. */
static void
passed(
    struct gwalk *w, uint16_t group, uint16_t end, const struct edi_segment *s)
{
	const struct gnode *g = node_of(w, group);

	for (uint16_t i = 0; i < g->nmust && g->must[i] < end; i++)
		if (w->counts[g->must[i]] < node_of(w, g->must[i])->min)
			missing(w, g->must[i], s);
}

/* Ends the open group. */
static void
leave(struct gwalk *w, const struct edi_segment *s)
{
	const struct gnode *g = node_of(w, w->group);

	if (g->nmust)
		passed(w, w->group, g->end, s);
	if (g->scope != GUIDE_NONE)
		guide_scope_close(w->r, g->scope);
	w->from = g->place;
	w->group = g->parent;
}

static void
enter(struct gwalk *w, uint16_t i)
{
	const struct gnode *n = node_of(w, i);
	size_t below = (size_t)(n->end - i - 1);

	memset(&w->counts[i + 1], 0, below * sizeof(*w->counts));
	memset(&w->r->c->reported[i + 1], 0, below);
	if (n->scope != GUIDE_NONE)
		guide_scope_open(w->r, n->scope);
	w->group = i;
	w->from = n->end > i + 1 ? (uint16_t)(i + 1) : 0;
}

static void
too_often(struct gwalk *w, uint16_t i, const struct edi_segment *s)
{
	const struct gnode *n = node_of(w, i);
	struct gplace_in at = {.segment = s};
	enum edi_rule_id rule = n->max == 0   ? EDI_R_GUIDE_SEGMENT_UNEXPECTED
				: n->is_group ? EDI_R_GUIDE_GROUP_REPEAT
					      : EDI_R_GUIDE_SEGMENT_REPEAT;

	if (w->counts[i] != n->max + 1)
		return;
	struct edi_finding *f = guide_find(w->r, rule, &at);
	edi_expected(w->r->fs, f, "%u", n->max);
	edi_arg(w->r->fs, f, "path", n->path);
}

/* The segment has its place: counts, opens the group, reads the values. */
static void
accept(struct gwalk *w, uint16_t i, const struct edi_segment *s)
{
	const struct gnode *n = node_of(w, i);

	w->before = i;
	while (w->group != n->parent)
		leave(w, s);
	if (node_of(w, w->group)->nmust)
		passed(w, w->group, n->place, s);
	w->from = n->place;
	if (w->r->cover)
		guide_cover_add(w->r->cover, n);
	bool over = ++w->counts[i] > n->max;
	if (over)
		too_often(w, i, s);
	if (n->place_bare != GUIDE_NONE && n->place_bare != i &&
	    ++w->counts[n->place_bare] > node_of(w, n->place_bare)->max &&
	    !over) /* the same fault, said already */
		too_often(w, n->place_bare, s);
	if (n->is_group) {
		enter(w, i);
		if (n->level)
			guide_level_next(w->r);
		guide_segment(w, i, s);
		if (n->level)
			guide_level_open(w->r);
		return;
	}
	if (n->scope != GUIDE_NONE)
		guide_scope_open(w->r, n->scope);
	guide_segment(w, i, s);
	if (n->scope != GUIDE_NONE)
		guide_scope_close(w->r, n->scope);
}

/* A place before the present one, in the open groups within `outer`, and in
 * that itself when it is the message. */
static uint16_t
behind(const struct gwalk *w, const struct edi_segment *s, uint16_t outer)
{
	for (uint16_t group = w->group;; group = node_of(w, group)->parent) {
		const struct gnode *g = node_of(w, group);
		if (outer != GUIDE_NONE && group == outer)
			return 0;
		uint16_t first = (uint16_t)(group + 1);
		for (uint16_t i = g->end > first ? first : 0; i;
		     i = node_of(w, i)->next)
			if (fits(w, i, s))
				return i;
		if (group == 0)
			return 0;
	}
}

/* A group ahead whose opening segment is missing and that holds s. */
static uint16_t
headless(const struct gwalk *w, const struct edi_segment *s)
{
	uint16_t from = w->from;

	for (uint16_t group = w->group;; group = node_of(w, group)->parent) {
		for (uint16_t i = from; i; i = node_of(w, i)->next) {
			const struct gnode *n = node_of(w, i);
			if (!n->is_group || n->way == WAY_WRITE || !n->bare)
				continue;
			uint16_t first = (uint16_t)(i + 1);
			for (uint16_t k = n->end > first ? first : 0; k;
			     k = node_of(w, k)->next)
				if (fits(w, k, s))
					return i;
		}
		if (group == 0)
			return 0;
		from = node_of(w, group)->place;
	}
}

/* Is the tag somewhere in the guide? */
static bool
tag_known(const struct gwalk *w, uint32_t tag, bool open_only)
{
	if (!open_only) {
		for (uint16_t i = 1; i < w->g->nnodes; i++)
			if (node_of(w, i)->tag == tag)
				return true;
		return false;
	}
	for (uint16_t group = w->group;; group = node_of(w, group)->parent) {
		const struct gnode *g = node_of(w, group);
		uint16_t first = (uint16_t)(group + 1);
		for (uint16_t i = g->end > first ? first : 0; i;
		     i = node_of(w, i)->next)
			if (node_of(w, i)->tag == tag)
				return true;
		if (group == 0)
			return false;
	}
}

static void
stray(struct gwalk *w, const struct edi_segment *s)
{
	struct gplace_in at = {.segment = s};
	uint32_t tag = edi_tag(s);
	bool strict = w->g->strict;
	struct edi_finding *f;

	if (tag_known(w, tag, true))
		f = guide_find(w->r,
		    strict ? EDI_R_GUIDE_SEGMENT_UNEXPECTED
			   : EDI_R_GUIDE_SEGMENT_QUALIFIER,
		    &at);
	else if (strict || tag_known(w, tag, false))
		f = guide_find(w->r, EDI_R_GUIDE_SEGMENT_UNEXPECTED, &at);
	else
		f = guide_find(w->r, EDI_R_GUIDE_SEGMENT_UNKNOWN, &at);
	edi_found(w->r->fs, f, guide_at(w->r, s, 1, 1));
}

/* Is the group this one, or one within it? */
static bool
inside(const struct gwalk *w, uint16_t group, uint16_t outer)
{
	for (; group; group = node_of(w, group)->parent)
		if (group == outer)
			return true;
	return false;
}

/* The segment stands too late. The group that it tears apart is remembered: it
 * goes on behind, and does not begin again. */
static void
disordered(struct gwalk *w, uint16_t i, const struct edi_segment *s)
{
	struct gplace_in at = {.segment = s};

	w->torn = w->group;
	found_late(w, i);
	(void)guide_find(w->r, EDI_R_GUIDE_SEGMENT_ORDER, &at);
	accept(w, i, s);
}

/* Does a segment with the tag come behind this one? One scan a tag. */
static bool
comes(struct gwalk *w, uint32_t tag, const struct edi_segment *s)
{
	const struct edi_message *m = w->r->m;

	if (w->sought != tag) {
		w->sought = tag;
		w->sought_at = m->nsegments;
		while (w->sought_at &&
		       edi_tag(&m->segments[w->sought_at - 1]) != tag)
			w->sought_at--;
	}
	return w->sought_at && &m->segments[w->sought_at - 1] > s;
}

/* A place outside the open group that something mandatory separates from here,
 * which is yet to come: then the segment belongs to the open group, too late.
 */
static uint16_t
belongs_inside(struct gwalk *w, uint16_t i, const struct edi_segment *s)
{
	const struct gnode *n = node_of(w, i);
	const struct gnode *g = node_of(w, n->parent);

	for (uint16_t k = 0; k < g->nmust && g->must[k] < n->place; k++)
		if (w->counts[g->must[k]] < node_of(w, g->must[k])->min &&
		    comes(w, node_of(w, g->must[k])->tag, s))
			return behind(w, s, n->parent);
	return 0;
}

/* No place ahead takes the segment. */
static void
resynchronise(struct gwalk *w, const struct edi_segment *s)
{
	uint16_t i = behind(w, s, GUIDE_NONE);

	if (i) {
		disordered(w, i, s);
		return;
	}
	i = headless(w, s);
	if (!i) {
		stray(w, s);
		return;
	}
	w->before = GUIDE_NONE;
	w->r->c->reported[i] = false;
	if (!inside(w, w->torn, i))
		missing(w, i, s);
	while (w->group != node_of(w, i)->parent)
		leave(w, s);
	passed(w, w->group, node_of(w, i)->place, s);
	w->counts[i]++;
	enter(w, i);
	uint16_t full = 0;
	i = search(w, s, &full);
	if (i)
		accept(w, i, s);
}

/* The first place with that tag that a search would look at. */
static uint16_t
nearest(const struct gwalk *w, uint32_t tag)
{
	uint16_t from = w->from, number = guide_tag(w->g, tag);

	for (uint16_t group = w->group; number;
	     group = node_of(w, group)->parent) {
		uint16_t i = from ? guide_first(w->g, group, number) : 0;
		while (i && i < from)
			i = node_of(w, i)->same;
		if (i || group == 0)
			return i;
		from = node_of(w, group)->place;
	}
	return 0;
}

/*
 * The place that takes s, or 0. What came behind the place before the last
 * time mostly comes again: where a search would begin with it, it needs none.
 */
static uint16_t
place_of(struct gwalk *w, const struct edi_segment *s)
{
	uint16_t i = w->before == GUIDE_NONE ? 0 : w->after[w->before];
	uint16_t full = 0;

	if (i && fits(w, i, s) && has_room(w, i))
		return i;
	i = search(w, s, &full);
	if (!i)
		return full;
	if (w->before != GUIDE_NONE && i == nearest(w, edi_tag(s)))
		w->after[w->before] = i;
	return i;
}

static void
one(struct gwalk *w, const struct edi_segment *s)
{
	uint16_t i = place_of(w, s);
	uint16_t inner = i && node_of(w, i)->parent != w->group
			     ? belongs_inside(w, i, s)
			     : 0;

	if (inner)
		disordered(w, inner, s);
	else if (i)
		accept(w, i, s);
	else
		resynchronise(w, s);
}

static bool
is_service(const struct edi_segment *s)
{
	uint32_t t = edi_tag(s);

	if ((t & 0xFF) != 'U' && (t & 0xFF) != 'S')
		return false;
	return t == EDI_TAG('U', 'N', 'H', 0) ||
	       t == EDI_TAG('U', 'N', 'T', 0) || t == EDI_TAG('S', 'T', 0, 0) ||
	       t == EDI_TAG('S', 'E', 0, 0);
}

void
guide_check_edi(struct guide_reader *r)
{
	struct gwalk w = {.r = r,
	    .g = r->g,
	    .nodes = r->g->nodes,
	    .counts = r->c->counts,
	    .after = r->c->after};
	const struct edi_message *m = r->m;
	const struct edi_segment *last = NULL;

	enter(&w, 0);
	for (uint32_t i = 0; i < m->nsegments; i++) {
		last = &m->segments[i];
		if (!is_service(last))
			one(&w, last);
	}
	if (!last)
		return;
	while (w.group)
		leave(&w, last);
	passed(&w, 0, r->g->nodes[0].end, last);
}
