/* SPDX-License-Identifier: Apache-2.0
 *
 * UNG, UNH, UNT, UNE, UNZ: nesting, counts and references (exchange-guide
 * 4.1).
 */
#include <stdlib.h>

#include "edi/reader.h"

#define TAG(a, b, c) EDI_TAG(a, b, c, 0)

static void
close_message_missing(struct edi_reader *r)
{
	struct edi_finding *f;

	if (r->msg == NULL)
		return;
	f = edi_find_at(&r->msg->findings, EDI_R_UNT_MISSING, &r->seg, 0, 0, 0);
	edi_expected(&r->msg->findings, f, "UNT+%zu+%.*s", r->ncur + 1,
	    (int)r->msg->ref.n, r->msg->ref.p ? r->msg->ref.p : "");
	edi_close_message(r, false);
}

static void
close_group_missing(struct edi_reader *r)
{
	if (r->group == NULL)
		return;
	edi_expected(&r->ix->findings, edi_find_here(r, EDI_R_UNE_MISSING, 0),
	    "UNE+%u+%.*s", r->group->nmessages, (int)r->group->ref.n,
	    r->group->ref.p ? r->group->ref.p : "");
	r->group = NULL;
}

static void
ung(struct edi_reader *r)
{
	struct edi_segment *s = &r->seg;
	struct edi_group *g;

	close_message_missing(r);
	close_group_missing(r);
	if (r->ix->nmessages && r->ix->ngroups == 0)
		edi_find_here(r, EDI_R_UNG_MIXED, 0);
	g = edi_open_group(r);
	g->code = edi_keep_value(r, s, 1, 1);
	g->sender.id = edi_keep_value(r, s, 2, 1);
	g->sender.qualifier = edi_keep_value(r, s, 2, 2);
	g->receiver.id = edi_keep_value(r, s, 3, 1);
	g->receiver.qualifier = edi_keep_value(r, s, 3, 2);
	g->date = edi_keep_value(r, s, 4, 1);
	g->time = edi_keep_value(r, s, 4, 2);
	g->ref = edi_keep_value(r, s, 5, 1);
	g->version = edi_keep_value(r, s, 7, 1);
	if (g->ref.n == 0)
		edi_find_here(r, EDI_R_UNG_REFERENCE, 5);
	else if (!edi_names_add(&r->k.group_refs, g->ref))
		edi_find_here(r, EDI_R_UNG_DUPLICATE, 5);
}

static void
une(struct edi_reader *r)
{
	struct edi_group *g = r->group;

	close_message_missing(r);
	if (g == NULL) {
		edi_find_here(r, EDI_R_UNE_OUTSIDE, 0);
		return;
	}
	g->claimed = edi_keep_value(r, &r->seg, 1, 1);
	edi_check_count(r, &r->ix->findings, EDI_R_UNE_COUNT, g->nmessages);
	edi_check_reference(r, &r->ix->findings, EDI_R_UNE_REFERENCE, g->ref);
	edi_check_places(r, &r->ix->findings, EDI_R_UNZ_ELEMENTS, "11");
	if (g->nmessages == 0)
		edi_find_here(r, EDI_R_UNG_EMPTY, 0);
	r->group = NULL;
}

/* "D:96A:UN:EAN008" */
static struct span
version_text(struct edi_reader *r, const struct edi_id *id)
{
	const struct span parts[] = {
	    id->version, id->release, id->agency, id->association};
	struct buf *b = edi_text(r, 4096);

	for (size_t i = 0; i < 4; i++) {
		if (i && parts[i].n)
			buf_putc(b, ':');
		buf_put(b, parts[i]);
	}
	return edi_keep(r, buf_span(b));
}

/* How many components the elements of UNH have. */
static unsigned
components_of(unsigned element, bool four)
{
	static const unsigned char most[] = {0, 1, 5, 1, 2};
	static const unsigned char most_four[] = {0, 1, 7, 1, 2, 4, 4, 4};

	if (four)
		return element < sizeof most_four ? most_four[element] : 0;
	return element < sizeof most ? most[element] : 0;
}

/*
 * A separator too many shifts what says how the message is read; empty ends
 * do no harm. What version 4 added is known to some who declare an older one.
 */
static void
check_places(struct edi_reader *r, struct edi_findings *fs)
{
	bool four = span_is(r->ix->syntax_version, "4");

	for (unsigned e = 1; e <= r->seg.nelements; e++) {
		unsigned n = edi_components(&r->seg, e, 1);
		unsigned any = components_of(e, true);
		unsigned most = four ? any : components_of(e, false);

		while (n > most && edi_raw(&r->seg, e, 1, n).n == 0)
			n--;
		if (n > most)
			edi_find_at(fs,
			    n > any ? EDI_R_UNH_ELEMENTS
				    : EDI_R_UNH_ELEMENTS_FOUR,
			    &r->seg, e, 1, n > any ? any + 1 : most + 1);
	}
}

static void
check_unh(struct edi_reader *r, struct edi_message *m)
{
	struct edi_findings *fs = &m->findings;

	if (m->ref.n == 0)
		edi_find_at(fs, EDI_R_UNH_REFERENCE, &r->seg, 1, 1, 0);
	else if (!edi_names_add(&r->k.refs, m->ref))
		edi_find_at(fs, EDI_R_UNH_DUPLICATE, &r->seg, 1, 1, 0);
	if (m->ref.n > 14)
		edi_expected(fs,
		    edi_find_at(fs, EDI_R_UNH_LENGTH, &r->seg, 1, 1, 0),
		    "an..14");
	if (m->id.type.n == 0 || m->id.version.n == 0 || m->id.release.n == 0)
		edi_find_at(fs, EDI_R_UNH_TYPE, &r->seg, 2, 1,
		    m->id.type.n == 0      ? 1
		    : m->id.version.n == 0 ? 2
					   : 3);
	check_places(r, fs);
}

static void
unh(struct edi_reader *r)
{
	struct edi_segment *s = &r->seg;
	struct edi_message *m;

	close_message_missing(r);
	if (r->group == NULL && r->ix->ngroups)
		edi_find_here(r, EDI_R_UNG_MIXED, 0);
	m = edi_open_message(r);
	m->ref = edi_keep_value(r, s, 1, 1);
	m->id.type = edi_keep_value(r, s, 2, 1);
	m->id.version = edi_keep_value(r, s, 2, 2);
	m->id.release = edi_keep_value(r, s, 2, 3);
	m->id.agency = edi_keep_value(r, s, 2, 4);
	m->id.association = edi_keep_value(r, s, 2, 5);
	m->version = version_text(r, &m->id);
	edi_push(r);
	check_unh(r, m);
	if (r->group != NULL && r->group->nmessages > 1 && r->before &&
	    !span_eq(m->id.type, r->before->id.type))
		edi_find_here(r, EDI_R_UNG_TYPE, 2);
}

static void
unt(struct edi_reader *r)
{
	struct edi_message *m = r->msg;

	if (m == NULL) {
		edi_find_here(r, EDI_R_UNT_OUTSIDE, 0);
		return;
	}
	edi_push(r);
	edi_check_count(r, &m->findings, EDI_R_UNT_COUNT, r->ncur);
	edi_check_reference(r, &m->findings, EDI_R_UNT_REFERENCE, m->ref);
	edi_check_places(r, &m->findings, EDI_R_UNT_ELEMENTS, "11");
	edi_close_message(r, true);
}

static void
unz(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;

	close_message_missing(r);
	close_group_missing(r);
	edi_check_count(r, &ix->findings, EDI_R_UNZ_COUNT,
	    ix->ngroups ? ix->ngroups : ix->nmessages);
	edi_check_reference(
	    r, &ix->findings, EDI_R_UNZ_REFERENCE, ix->control_ref);
	edi_check_places(r, &ix->findings, EDI_R_UNZ_ELEMENTS, "11");
	if (ix->nmessages == 0 && ix->ngroups == 0)
		edi_find_here(r, EDI_R_INTERCHANGE_EMPTY, 0);
	edi_close_interchange(r);
}

static void
unz_missing(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;

	edi_expected(&ix->findings, edi_find_here(r, EDI_R_UNZ_MISSING, 0),
	    "UNZ+%u+%.*s", ix->ngroups ? ix->ngroups : ix->nmessages,
	    (int)ix->control_ref.n, ix->control_ref.p ? ix->control_ref.p : "");
}

void
edi_edifact_cut(struct edi_reader *r)
{
	close_message_missing(r);
	close_group_missing(r);
	unz_missing(r);
	edi_close_interchange(r);
}

/* Another interchange begins before this one has ended. */
static void
next_interchange(struct edi_reader *r)
{
	close_message_missing(r);
	close_group_missing(r);
	unz_missing(r);
	edi_rewind(r);
}

/* Binary objects hold any byte, so that nothing behind can be trusted. */
static void
object(struct edi_reader *r)
{
	edi_find_here(r, EDI_R_EDIFACT_OBJECT, 0);
	if (r->msg != NULL)
		edi_close_message(r, false);
	edi_close_interchange(r);
	r->state = EDI_STOPPED;
}

/* Two files were mixed: X12's own envelope has no business here. */
static bool
foreign(const struct edi_segment *s)
{
	uint32_t tag = edi_tag(s);

	return tag == TAG('I', 'S', 'A') || tag == TAG('I', 'E', 'A') ||
	       tag == TAG('T', 'A', '1');
}

static void
other(struct edi_reader *r)
{
	struct edi_findings *fs = edi_here(r);

	if (!edi_tag_is(&r->seg, 3, 3)) {
		struct edi_finding *f =
		    edi_find_at(fs, EDI_R_SEGMENT_TAG, &r->seg, 0, 0, 0);

		edi_found(fs, f, span_make(r->seg.bytes, r->seg.tokens[0].n));
	}
	if (foreign(&r->seg))
		edi_find_at(fs, EDI_R_SEGMENT_FOREIGN, &r->seg, 0, 0, 0);
	if (r->msg != NULL)
		edi_push(r);
	else
		edi_find_here(r, EDI_R_EDIFACT_OUTSIDE, 0);
}

void
edi_edifact_segment(struct edi_reader *r)
{
	switch (edi_tag_is(&r->seg, 3, 3) ? edi_tag(&r->seg) : 0) {
	case TAG('U', 'N', 'H'):
		unh(r);
		break;
	case TAG('U', 'N', 'T'):
		unt(r);
		break;
	case TAG('U', 'N', 'G'):
		ung(r);
		break;
	case TAG('U', 'N', 'E'):
		une(r);
		break;
	case TAG('U', 'N', 'Z'):
		unz(r);
		break;
	case TAG('U', 'N', 'A'):
	case TAG('U', 'N', 'B'):
		next_interchange(r);
		break;
	case TAG('U', 'N', 'O'):
	case TAG('U', 'N', 'P'):
		object(r);
		break;
	default:
		other(r);
	}
}
