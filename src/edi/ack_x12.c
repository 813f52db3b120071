/* SPDX-License-Identifier: Apache-2.0
 *
 * TA1 for the interchange; for each of its groups 997, or 999 where the
 * agreement says so. 999 has other tags, names the version that it answers and
 * tells repetitions and components apart.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "edi/ack.h"
#include "edi/write.h"

#define TEXT(s) ((struct span)SPAN(s))
#define CODES_MAX 5
#define BAD_VALUE_MAX 99

struct codes {
	const char *list[CODES_MAX];
	unsigned n;
};

/* How a set is called that answers a group. */
struct names {
	const char *set;     /* ST01 */
	const char *segment; /* a segment with a fault */
	const char *element; /* an element with a fault */
	const char *verdict; /* of a set */
	bool implementation; /* 999 */
};
static const struct names NAMES_997 = {"997", "AK3", "AK4", "AK5", false};
static const struct names NAMES_999 = {"999", "IK3", "IK4", "IK5", true};

static void
codes_add(struct codes *c, const char *code)
{
	if (code == NULL || c->n == CODES_MAX)
		return;
	for (unsigned i = 0; i < c->n; i++) {
		if (strcmp(c->list[i], code) == 0)
			return;
	}
	c->list[c->n++] = code;
}

static bool
error_is(const struct edi_finding *f)
{
	return f->severity == EDI_ERROR;
}

/* TA105 of the first error that has one. */
static const char *
note(const struct edi_interchange *ix)
{
	for (size_t i = 0; i < ix->findings.n; i++) {
		const struct edi_finding *f = &ix->findings.list[i];

		if (error_is(f) && f->rule->ta1 != NULL)
			return f->rule->ta1;
	}
	return ix->findings.errors ? "024" : "000";
}

static void
ta1(struct edi_writer *w, const struct edi_interchange *ix)
{
	const char *code = note(ix);

	edi_write_segment(w, "TA1");
	edi_write_value(w, 1, 1, 1, ix->control_ref);
	edi_write_value(w, 2, 1, 1, ix->date);
	edi_write_value(w, 3, 1, 1, ix->time);
	edi_write_text(w, 4, 1, ix->verdict == EDI_REJECTED ? "R" : "A");
	edi_write_text(w, 5, 1, code);
	edi_write_end(w);
}

/* At most 99 characters, none of them a separator; else left out. */
static struct span
bad_value(const struct edi_writer *w, struct span found)
{
	const struct edi_syntax *x = w->syntax;

	if (found.n > BAD_VALUE_MAX || span_find(found, x->element) < found.n ||
	    (x->repetition && span_find(found, x->repetition) < found.n) ||
	    span_find(found, x->component) < found.n ||
	    span_find(found, x->terminator) < found.n)
		return (struct span){NULL, 0};
	for (size_t i = 0; i < found.n; i++) {
		if (found.p[i] < 0x20 || found.p[i] > 0x7E)
			return (struct span){NULL, 0};
	}
	return found;
}

/* IK403 is finer than AK403. */
static const char *
element_code(const struct names *k, const struct edi_finding *f)
{
	if (k->implementation &&
	    f->rule == &EDI_RULES[EDI_R_GUIDE_ELEMENT_REPEAT])
		return "12";
	if (k->implementation &&
	    f->rule == &EDI_RULES[EDI_R_GUIDE_COMPONENT_MANY])
		return "13";
	return f->rule->ak4;
}

static void
ak4(struct edi_writer *w, const struct names *k, const struct edi_finding *f)
{
	edi_write_segment(w, k->element);
	edi_write_number(w, 1, 1, f->element);
	if (f->component)
		edi_write_number(w, 1, 2, f->component);
	if (k->implementation && f->repeat > 1)
		edi_write_number(w, 1, 3, f->repeat);
	edi_write_text(w, 3, 1, element_code(k, f));
	edi_write_value(w, 4, 1, 1, bad_value(w, f->found));
	edi_write_end(w);
}

static void
ak3(struct edi_writer *w, const struct names *k, const struct edi_finding *f)
{
	bool element = f->element && f->rule->ak4 != NULL;

	edi_write_segment(w, k->segment);
	edi_write_text(w, 1, 1, f->tag);
	edi_write_number(w, 2, 1, f->position ? f->position : 1);
	edi_write_text(w, 4, 1, element ? "8" : f->rule->ak3);
	edi_write_end(w);
}

static void
put_segments(
    struct edi_writer *w, const struct names *k, const struct edi_message *m)
{
	const struct edi_finding *last = NULL;

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct edi_finding *f = &m->findings.list[i];

		if (!error_is(f) || f->rule->ak3 == NULL || !f->tag[0])
			continue;
		if (last == NULL || last->position != f->position ||
		    !f->element || !last->element)
			ak3(w, k, f);
		last = f;
		if (f->element && f->rule->ak4 != NULL)
			ak4(w, k, f);
	}
}

static void
ak5(struct edi_writer *w, const struct names *k, const struct edi_message *m)
{
	struct codes c = {.n = 0};

	for (size_t i = 0; i < m->findings.n; i++) {
		if (error_is(&m->findings.list[i]))
			codes_add(&c, m->findings.list[i].rule->ak5);
	}
	edi_write_segment(w, k->verdict);
	edi_write_text(w, 1, 1, m->verdict == EDI_REJECTED ? "R" : "A");
	if (m->verdict == EDI_REJECTED && c.n == 0)
		codes_add(&c, "5");
	for (unsigned i = 0; i < c.n; i++)
		edi_write_text(w, 2 + i, 1, c.list[i]);
	edi_write_end(w);
}

static void
set(struct edi_writer *w, const struct names *k, const struct edi_message *m)
{
	edi_write_segment(w, "AK2");
	edi_write_value(w, 1, 1, 1, m->id.type);
	edi_write_value(w, 2, 1, 1, m->ref);
	edi_write_end(w);
	if (m->verdict == EDI_REJECTED)
		put_segments(w, k, m);
	ak5(w, k, m);
}

static const char *
group_verdict(const struct edi_group *g, unsigned sets, unsigned accepted)
{
	if (g->verdict == EDI_REJECTED || (sets && !accepted))
		return "R";
	return accepted < sets ? "P" : "A";
}

static void
ak9(struct edi_writer *w, const struct edi_group *g, unsigned sets,
    unsigned accepted)
{
	struct codes c = {.n = 0};
	unsigned long long claimed;

	for (size_t i = 0; i < g->findings.n; i++) {
		if (error_is(&g->findings.list[i]))
			codes_add(&c, g->findings.list[i].rule->ak9);
	}
	if (!span_uint(g->claimed, &claimed))
		claimed = sets;
	edi_write_segment(w, "AK9");
	edi_write_text(w, 1, 1, group_verdict(g, sets, accepted));
	edi_write_number(w, 2, 1, claimed);
	edi_write_number(w, 3, 1, sets);
	edi_write_number(w, 4, 1, accepted);
	for (unsigned i = 0; i < c.n; i++)
		edi_write_text(w, 5 + i, 1, c.list[i]);
	edi_write_end(w);
}

static void
group(struct edi_writer *w, const struct edi_interchange *ix,
    const struct edi_group *g)
{
	unsigned sets = 0, accepted = 0;
	const struct names *k = ix->wants_999 ? &NAMES_999 : &NAMES_997;
	char ref[12];

	(void)snprintf(ref, sizeof ref, "%04u", g->number);
	edi_write_message(w, span_of(ref), span_of(k->set), TEXT(""));
	edi_write_segment(w, "AK1");
	edi_write_value(w, 1, 1, 1, g->code);
	edi_write_value(w, 2, 1, 1, g->ref);
	if (k->implementation)
		edi_write_value(w, 3, 1, 1, g->version);
	edi_write_end(w);
	for (uint32_t i = 0; i < ix->nmessages; i++) {
		if (ix->messages[i]->group != g)
			continue;
		sets++;
		accepted += ix->messages[i]->verdict != EDI_REJECTED;
		set(w, k, ix->messages[i]);
	}
	ak9(w, g, sets, accepted);
	edi_write_message_end(w, span_of(ref));
}

static bool
answers(const struct edi_group *g)
{
	return span_is(g->code, "FA");
}

/* Theirs; a 999 begins with 005010. */
static struct span
version(const struct edi_interchange *ix)
{
	struct span v = span_sub(ix->groups[0]->version, 0, 6);

	if (ix->wants_999 && !span_starts(v, "00501"))
		return TEXT("005010");
	return v.n == 6 ? v : TEXT("004010");
}

/* All answers stand in one group of our own. */
static unsigned
put_groups(struct edi_writer *w, struct edi_envelope *e,
    const struct edi_interchange *ix)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < ix->ngroups; i++)
		n += !answers(ix->groups[i]);
	if (n == 0)
		return 0;
	e->group_code = TEXT("FA");
	e->group_ref = TEXT("1");
	e->group_sender = ix->groups[0]->receiver.id;
	e->group_receiver = ix->groups[0]->sender.id;
	e->group_version = version(ix);
	edi_write_group(w, e);
	for (uint32_t i = 0; i < ix->ngroups; i++) {
		if (!answers(ix->groups[i]))
			group(w, ix, ix->groups[i]);
	}
	edi_write_group_end(w, e, n);
	return 1;
}

static bool
mark_is(char c)
{
	return c == '\n' || (c > ' ' && c < 0x7F && !isalnum((unsigned char)c));
}

/* Theirs, where they are fit for use. */
static void
take_separators(struct edi_syntax *ours, const struct edi_syntax *theirs)
{
	char e = theirs->element, c = theirs->component;
	char t = theirs->terminator;

	if (!mark_is(e) || !mark_is(c) || !mark_is(t) || e == c || e == t ||
	    c == t)
		return;
	ours->element = e;
	ours->component = c;
	ours->terminator = t;
	if (ours->repetition && theirs->repetition)
		ours->repetition = theirs->repetition;
	if (ours->repetition == e || ours->repetition == c ||
	    ours->repetition == t)
		ours->repetition = 0;
}

enum rc
edi_ack_x12(const struct edi_interchange *ix, bool sets,
    const struct edi_ack_options *o, struct buf *out, struct err *err)
{
	struct edi_syntax syntax = EDI_WRITE_X12;
	struct edi_envelope e;
	struct edi_writer w;
	unsigned groups = 0;

	edi_ack_envelope(ix, o, &e);
	e.syntax_id = ix->syntax_id.n == 5 ? ix->syntax_id : TEXT("00401");
	syntax.repetition = edi_x12_repetition(e.syntax_id);
	take_separators(&syntax, &ix->syntax);
	edi_write_begin(&w, out, &syntax, NULL);
	edi_write_open(&w, &e);
	if (!sets || ix->ack_requested)
		ta1(&w, ix);
	if (sets)
		groups = put_groups(&w, &e, ix);
	edi_write_trailer(&w, &e, groups);
	if (w.failed || out->full)
		return err_set(err, RC_INPUT, "ack.write",
		    "a value of the interchange cannot be written back");
	return RC_OK;
}
