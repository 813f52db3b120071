/* SPDX-License-Identifier: Apache-2.0
 *
 * Which guide a message is read by.
 */
#include <string.h>

#include "guide/impl.h"

/* "D.96A" of a guide against the parts of the message's id. */
static bool
version_is(struct span have, enum edi_family family, const struct edi_id *id)
{
	if (family == EDI_X12)
		return span_eq(have, id->version);
	if (family == EDI_EDIFACT) {
		size_t dot = span_find(have, '.');
		return span_eq(span_sub(have, 0, dot), id->version) &&
		       span_eq(span_sub(have, dot + 1, have.n), id->release);
	}
	return !id->version.n || span_eq(have, id->version);
}

static bool
any(const struct gword *w, struct span s)
{
	for (; w; w = w->next)
		if (span_eq(w->word, s))
			return true;
	return false;
}

static bool
version_fits(
    const struct gsource *s, enum edi_family family, const struct edi_id *id)
{
	if (version_is(s->version, family, id))
		return true;
	for (const struct gword *w = s->also; w; w = w->next)
		if (version_is(w->word, family, id))
			return true;
	return false;
}

bool
guide_fits(const struct guide *g, enum edi_family family,
    const struct edi_id *id, enum guide_direction direction)
{
	const struct gsource *s = g->source;

	if (s->family != family || !span_eq(s->type, id->type) ||
	    !(s->direction & direction) || !version_fits(s, family, id))
		return false;
	if ((family == EDI_UBL || family == EDI_XML) && id->release.n &&
	    s->root.n && !span_eq(s->root, id->release))
		return false;
	return (!s->agency || any(s->agency, id->agency)) &&
	       (!s->association || any(s->association, id->association));
}

uint32_t
guide_kind(enum edi_family family, struct span type)
{
	return guide_hash(type) * 8 + family;
}

bool
guide_asks_inside(
    const struct guides *gs, enum edi_family family, const struct edi_id *id)
{
	uint32_t kind = guide_kind(family, id->type);

	for (size_t i = 0; i < gs->n; i++)
		if (gs->sought[i].kind == kind && gs->list[i]->nwhere &&
		    guide_fits(gs->list[i], family, id, GUIDE_IN))
			return true;
	return false;
}

const struct guide *
guide_select(const struct guides *gs, enum edi_family family,
    const struct edi_message *m, enum guide_direction direction,
    struct span wanted)
{
	const struct edi_id *id = &m->id;
	const struct guide *best = NULL;
	uint32_t kind;
	int most = -1;

	if (wanted.n) {
		best = guides_named(gs, wanted);
		return best && guide_fits(best, family, id, direction) &&
			       guide_where_holds(best, m)
			   ? best
			   : NULL;
	}
	kind = guide_kind(family, id->type);
	for (size_t i = 0; i < gs->n; i++) {
		if (gs->sought[i].kind != kind)
			continue;
		const struct guide *g = gs->list[i];
		const struct gsource *s = g->source;
		if (s->of_partner || !guide_fits(g, family, id, direction))
			continue;
		int stated = (g->nwhere ? 8 : 0) + (s->association ? 4 : 0) +
			     (s->agency ? 2 : 0) +
			     (version_is(s->version, family, id) ? 1 : 0);
		if (stated > most && guide_where_holds(g, m)) {
			most = stated;
			best = g;
		}
	}
	return best;
}

void
guide_identity(const struct guide *g, struct buf *out)
{
	const struct gsource *s = g->source;

	buf_printf(out, "%s %s", g->type, g->version);
	for (const struct gword *w = s->agency; w; w = w->next)
		buf_printf(out, " %.*s", (int)w->word.n, w->word.p);
	for (const struct gword *w = s->association; w; w = w->next)
		buf_printf(out, " %.*s", (int)w->word.n, w->word.p);
}

enum guide_direction
guide_directions(const struct guide *g)
{
	return g->source->direction;
}
