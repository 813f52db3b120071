/* SPDX-License-Identifier: Apache-2.0
 *
 * GS, ST, SE, GE, IEA, TA1: nesting, counts and references (exchange-guide
 * 4.2), and the parents of HL, which are syntax too: no set may name a parent
 * that has not occurred.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "edi/reader.h"

#define TAG(a, b, c) EDI_TAG(a, b, c, 0)

static struct edi_finding *
find_group(struct edi_reader *r, enum edi_rule_id rule, unsigned element)
{
	return edi_find_at(
	    &r->group->findings, rule, &r->seg, element, element ? 1 : 0, 0);
}

static void
close_message_missing(struct edi_reader *r)
{
	struct edi_finding *f;

	if (r->msg == NULL)
		return;
	f = edi_find_at(&r->msg->findings, EDI_R_SE_MISSING, &r->seg, 0, 0, 0);
	edi_expected(&r->msg->findings, f, "SE %zu %.*s", r->ncur + 1,
	    (int)r->msg->ref.n, r->msg->ref.p ? r->msg->ref.p : "");
	edi_close_message(r, false);
}

static void
close_group_missing(struct edi_reader *r)
{
	if (r->group == NULL)
		return;
	edi_expected(&r->group->findings, find_group(r, EDI_R_GE_MISSING, 0),
	    "GE %u %.*s", r->group->nmessages, (int)r->group->ref.n,
	    r->group->ref.p ? r->group->ref.p : "");
	r->group = NULL;
}

static void
check_gs(struct edi_reader *r, struct edi_group *g)
{
	struct span version = g->version;
	unsigned long long n;

	if (g->code.n != 2)
		find_group(r, EDI_R_GS_CODE, 1);
	if (g->sender.id.n == 0)
		find_group(r, EDI_R_GS_PARTY, 2);
	if (g->receiver.id.n == 0)
		find_group(r, EDI_R_GS_PARTY, 3);
	if (!edi_date_is(g->date))
		edi_expected(
		    &g->findings, find_group(r, EDI_R_GS_DATE, 4), "CCYYMMDD");
	if (!edi_time_is(g->time))
		edi_expected(
		    &g->findings, find_group(r, EDI_R_GS_TIME, 5), "HHMM");
	if (g->ref.n > 9 || !span_uint(g->ref, &n))
		edi_expected(
		    &g->findings, find_group(r, EDI_R_GS_CONTROL, 6), "n 1/9");
	else if (!edi_names_add(&r->k.group_refs, g->ref))
		find_group(r, EDI_R_GS_DUPLICATE, 6);
	if (version.n == 0 || version.n > 12)
		edi_expected(
		    &g->findings, find_group(r, EDI_R_GS_VERSION, 8), "004010");
}

static void
gs(struct edi_reader *r)
{
	struct edi_segment *s = &r->seg;
	struct edi_group *g;

	close_message_missing(r);
	close_group_missing(r);
	g = edi_open_group(r);
	g->code = edi_keep_value(r, s, 1, 1);
	g->sender.id = edi_keep(r, span_trim(edi_value(s, 2, 1, 1, r->a)));
	g->receiver.id = edi_keep(r, span_trim(edi_value(s, 3, 1, 1, r->a)));
	g->date = edi_keep_value(r, s, 4, 1);
	g->time = edi_keep_value(r, s, 5, 1);
	g->ref = edi_keep_value(r, s, 6, 1);
	g->sender.qualifier = edi_keep_value(r, s, 7, 1);
	g->version = edi_keep_value(r, s, 8, 1);
	edi_names_clear(&r->k.refs);
	check_gs(r, g);
	edi_check_places(r, &g->findings, EDI_R_GE_ELEMENTS, "11111111");
}

static void
ge(struct edi_reader *r)
{
	struct edi_group *g = r->group;

	close_message_missing(r);
	if (g == NULL) {
		edi_find_here(r, EDI_R_GE_OUTSIDE, 0);
		return;
	}
	g->claimed = edi_keep_value(r, &r->seg, 1, 1);
	edi_check_count(r, &g->findings, EDI_R_GE_COUNT, g->nmessages);
	edi_check_reference(r, &g->findings, EDI_R_GE_REFERENCE, g->ref);
	edi_check_places(r, &g->findings, EDI_R_GE_ELEMENTS, "11");
	if (g->nmessages == 0)
		find_group(r, EDI_R_GS_EMPTY, 0);
	r->group = NULL;
}

static void
identify(struct edi_reader *r, struct edi_message *m)
{
	struct span gs08 =
	    m->group != NULL ? m->group->version : (struct span){NULL, 0};

	m->id.type = edi_keep_value(r, &r->seg, 1, 1);
	m->ref = edi_keep_value(r, &r->seg, 2, 1);
	m->version = gs08;
	m->id.version = span_sub(gs08, 0, 6);
	m->id.association = span_sub(gs08, 6, gs08.n);
	if (m->id.association.n == 0)
		m->id.association = edi_keep_value(r, &r->seg, 3, 1);
	if (m->group != NULL)
		m->id.agency = m->group->sender.qualifier;
}

static void
st(struct edi_reader *r)
{
	struct edi_message *m;

	close_message_missing(r);
	if (r->group == NULL)
		edi_find_here(r, EDI_R_ST_OUTSIDE, 0);
	m = edi_open_message(r);
	identify(r, m);
	edi_push(r);
	edi_check_places(r, &m->findings, EDI_R_SE_ELEMENTS, "111");
	if (m->id.type.n != 3)
		edi_find_at(&m->findings, EDI_R_ST_TYPE, &r->seg, 1, 1, 0);
	if (m->ref.n < 4 || m->ref.n > 9)
		edi_expected(&m->findings,
		    edi_find_at(
			&m->findings, EDI_R_ST_CONTROL, &r->seg, 2, 1, 0),
		    "an 4/9");
	else if (!edi_names_add(&r->k.refs, m->ref))
		edi_find_at(&m->findings, EDI_R_ST_DUPLICATE, &r->seg, 2, 1, 0);
}

static void
se(struct edi_reader *r)
{
	struct edi_message *m = r->msg;

	if (m == NULL) {
		edi_find_here(r, EDI_R_SE_OUTSIDE, 0);
		return;
	}
	edi_push(r);
	edi_check_count(r, &m->findings, EDI_R_SE_COUNT, r->ncur);
	edi_check_reference(r, &m->findings, EDI_R_SE_REFERENCE, m->ref);
	edi_check_places(r, &m->findings, EDI_R_SE_ELEMENTS, "11");
	edi_close_message(r, true);
}

static void
check_groups(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	unsigned long long claimed;

	/* an answer without groups is sent with 0 and with 1 */
	if (ix->ngroups == 0 && ix->nta1s) {
		edi_find_at(&ix->findings, EDI_R_TA1_ONLY, &r->seg, 0, 0, 0);
		if (span_uint(edi_raw(&r->seg, 1, 1, 1), &claimed) &&
		    claimed <= 1)
			return;
	} else if (ix->ngroups == 0) {
		edi_find_here(r, EDI_R_INTERCHANGE_EMPTY, 0);
	}
	edi_check_count(r, &ix->findings, EDI_R_IEA_COUNT, ix->ngroups);
}

static void
iea(struct edi_reader *r)
{
	close_message_missing(r);
	close_group_missing(r);
	check_groups(r);
	edi_check_reference(
	    r, &r->ix->findings, EDI_R_IEA_REFERENCE, r->ix->control_ref);
	edi_check_places(r, &r->ix->findings, EDI_R_IEA_ELEMENTS, "11");
	edi_close_interchange(r);
}

static void
iea_missing(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;

	close_message_missing(r);
	close_group_missing(r);
	edi_expected(&ix->findings, edi_find_here(r, EDI_R_IEA_MISSING, 0),
	    "IEA %u %.*s", ix->ngroups, (int)ix->control_ref.n,
	    ix->control_ref.p ? ix->control_ref.p : "");
}

void
edi_x12_cut(struct edi_reader *r)
{
	iea_missing(r);
	edi_close_interchange(r);
}

/* Nobody counts them, so that only their shape tells two that ran together. */
static void
ta1(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct span verdict = edi_raw(&r->seg, 4, 1, 1);

	ix->ta1s = arena_grow(
	    r->a, ix->ta1s, sizeof(*ix->ta1s), &ix->ta1s_cap, ix->nta1s + 1U);
	ix->ta1s[ix->nta1s++] = (struct edi_ta1){
	    .control_ref = edi_keep_value(r, &r->seg, 1, 1),
	    .date = edi_keep_value(r, &r->seg, 2, 1),
	    .time = edi_keep_value(r, &r->seg, 3, 1),
	    .verdict = edi_keep_value(r, &r->seg, 4, 1),
	    .note = edi_keep_value(r, &r->seg, 5, 1),
	    .offset = r->seg.offset,
	    .segment = r->seg.number,
	    .length = r->seg.length,
	};
	if (r->seg.nelements > 5 || verdict.n != 1 ||
	    !strchr("AER", *verdict.p))
		edi_expected(&r->ix->findings,
		    edi_find_here(r, EDI_R_TA1_CONTENT, 4), "A, E, R");
	if (r->ix->ngroups || r->msg != NULL)
		edi_find_here(r, EDI_R_TA1_POSITION, 0);
}

/* How deep the level stands; 1 without a parent that is known. */
static unsigned
hl_depth(struct edi_reader *r, unsigned long long n, struct span parent)
{
	unsigned long long above = 0;
	unsigned depth = 1;

	if (span_uint(parent, &above) && above < r->hl_cap &&
	    edi_names_has(&r->k.hl, parent))
		depth = r->hl_depths[above] + 1u;
	if (depth > EDI_LEVELS + 1)
		depth = EDI_LEVELS + 1;
	if (n >= r->limits.segments)
		return depth;
	r->hl_depths = arena_grow(r->a, r->hl_depths, 1, &r->hl_cap, n + 1);
	r->hl_depths[n] = (uint8_t)depth;
	return depth;
}

static void
check_depth(struct edi_reader *r, unsigned depth)
{
	struct edi_findings *fs = &r->msg->findings;
	struct edi_finding *f;

	if (depth <= EDI_LEVELS || r->hl_deep)
		return;
	r->hl_deep = true;
	f = edi_find_at(fs, EDI_R_DEPTH_LIMIT, &r->seg, 0, 0, 0);
	edi_expected(fs, f, "%u", EDI_LEVELS);
}

/* The parent must have occurred; numbers rise. */
static void
hl(struct edi_reader *r)
{
	struct edi_findings *fs = &r->msg->findings;
	struct span number = edi_value(&r->seg, 1, 1, 1, r->a);
	struct span parent = edi_value(&r->seg, 2, 1, 1, r->a);
	unsigned long long n = 0;

	if (parent.n && !edi_names_has(&r->k.hl, parent))
		edi_find_at(fs, EDI_R_HL_PARENT, &r->seg, 2, 1, 0);
	if (!span_uint(number, &n) || n <= r->hl_last)
		edi_expected(fs,
		    edi_find_at(fs, EDI_R_HL_NUMBER, &r->seg, 1, 1, 0), "%llu",
		    r->hl_last + 1);
	if (n > r->hl_last)
		r->hl_last = n;
	check_depth(r, hl_depth(r, n, parent));
	(void)edi_names_add(&r->k.hl, edi_keep(r, number));
}

/* Two files were mixed: EDIFACT's own envelope has no business here. */
static bool
foreign(uint32_t tag)
{
	return tag == TAG('U', 'N', 'A') || tag == TAG('U', 'N', 'B') ||
	       tag == TAG('U', 'N', 'H') || tag == TAG('U', 'N', 'T') ||
	       tag == TAG('U', 'N', 'Z');
}

/* Wishes for the network that may follow ISA; more elements than they have
 * are another segment's. */
static bool
service(const struct edi_segment *s)
{
	uint32_t tag = edi_tag(s);

	return (tag == TAG('I', 'S', 'B') && s->nelements == 1) ||
	       (tag == TAG('I', 'S', 'E') && s->nelements <= 3) ||
	       (tag == TAG('T', 'A', '3') && s->nelements <= 12);
}

static void
other(struct edi_reader *r)
{
	struct edi_findings *fs = edi_here(r);
	uint32_t tag = edi_tag(&r->seg);

	if (!edi_tag_is(&r->seg, 2, 3)) {
		struct edi_finding *f =
		    edi_find_at(fs, EDI_R_SEGMENT_TAG, &r->seg, 0, 0, 0);

		edi_found(fs, f, span_make(r->seg.bytes, r->seg.tokens[0].n));
	}
	if (foreign(tag))
		edi_find_at(fs, EDI_R_SEGMENT_FOREIGN, &r->seg, 0, 0, 0);
	if (r->msg != NULL) {
		if (tag == TAG('H', 'L', 0))
			hl(r);
		edi_push(r);
		return;
	}
	if (r->ix->ngroups == 0 && service(&r->seg))
		return;
	edi_find_here(r, EDI_R_X12_OUTSIDE, 0);
}

static void
next_interchange(struct edi_reader *r)
{
	iea_missing(r);
	edi_rewind(r);
}

void
edi_x12_segment(struct edi_reader *r)
{
	switch (edi_tag_is(&r->seg, 2, 3) ? edi_tag(&r->seg) : 0) {
	case TAG('G', 'S', 0):
		gs(r);
		break;
	case TAG('S', 'T', 0):
		st(r);
		break;
	case TAG('S', 'E', 0):
		se(r);
		break;
	case TAG('G', 'E', 0):
		ge(r);
		break;
	case TAG('I', 'E', 'A'):
		iea(r);
		break;
	case TAG('T', 'A', '1'):
		ta1(r);
		break;
	case TAG('I', 'S', 'A'):
		next_interchange(r);
		break;
	default:
		other(r);
	}
}
