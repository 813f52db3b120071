/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be said of a message without a guide, by the list of segments of its
 * version alone: composites with more components than they have. Nothing else
 * of a list binds without a guide: which elements a segment needs depends on
 * the message.
 */
#include <stdio.h>

#include "guide/check_list.h"

#include "guide/impl.h"

/* Components of a composite; 0 for a simple element or one not known. */
static unsigned
components(const struct gdirectory_segment *d, unsigned element)
{
	unsigned most = 0;

	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].element == element &&
		    d->list[i].component > most)
			most = d->list[i].component;
	return most;
}

static void
segment(const struct gdirectory_segment *d, const struct edi_segment *s,
    struct edi_findings *fs)
{
	for (unsigned e = 1; e <= s->nelements; e++) {
		unsigned most = components(d, e), found = 0;

		for (unsigned k = 1; most > 1 && k <= edi_repeats(s, e); k++)
			if (edi_components(s, e, k) > found)
				found = edi_components(s, e, k);
		if (most < 2 || found <= most)
			continue;
		struct edi_finding *f = edi_find_at(
		    fs, EDI_R_GUIDE_COMPONENT_MANY, s, e, 1, most + 1);
		edi_expected(fs, f, "%u", most);
	}
}

void
guide_check_list(
    const struct guides *gs, enum edi_family family, struct edi_message *m)
{
	char name[32];

	if (family != EDI_X12 || m->id.version.n != 6)
		return;
	(void)snprintf(name, sizeof(name), "x12/%.6s", m->id.version.p);
	for (uint32_t i = 0; i < m->nsegments; i++) {
		const struct edi_segment *s = &m->segments[i];
		struct span tag = {s->tag, 0};

		while (tag.n < 3 && s->tag[tag.n])
			tag.n++;
		const struct gdirectory_segment *d =
		    guide_directory(gs, span_of(name), tag);
		if (d)
			segment(d, s, &m->findings);
	}
}
