/* SPDX-License-Identifier: Apache-2.0
 *
 * CONTRL in syntax 3: one per interchange. UCI judges the interchange, UCF the
 * groups, UCM the messages, UCS the segments, UCD the elements.
 */
#include <string.h>

#include "edi/ack.h"
#include "edi/charset.h"
#include "edi/write.h"

#define TEXT(s) ((struct span)SPAN(s))

/* 0083 */
#define ACKNOWLEDGED 7
#define REJECTED 4

#define UNSPECIFIED 18

static bool
service_segment(const struct edi_finding *f)
{
	return f->tag[0] == 'U' && f->tag[1] == 'N' && f->tag[2] != 'S';
}

static const struct edi_finding *
first_error(const struct edi_findings *fs)
{
	for (size_t i = 0; i < fs->n; i++) {
		if (fs->list[i].severity == EDI_ERROR)
			return &fs->list[i];
	}
	return NULL;
}

static unsigned
code(const struct edi_finding *f)
{
	return f->rule->contrl ? f->rule->contrl : UNSPECIFIED;
}

/* 0083, 0085, 0013, S011 from element e on; the tag counts as element 1. */
static void
put_verdict(struct edi_writer *w, unsigned e, unsigned action,
    const struct edi_finding *f)
{
	edi_write_number(w, e, 1, action);
	if (f == NULL)
		return;
	edi_write_number(w, e + 1, 1, code(f));
	if (!service_segment(f))
		return;
	edi_write_text(w, e + 2, 1, f->tag);
	if (f->element)
		edi_write_number(w, e + 3, 1, f->element + 1u);
	if (f->element && f->component)
		edi_write_number(w, e + 3, 2, f->component);
}

static void
put_party(struct edi_writer *w, unsigned e, const struct edi_party *p)
{
	edi_write_value(w, e, 1, 1, p->id);
	edi_write_value(w, e, 1, 2, p->qualifier);
	edi_write_value(w, e, 1, 3, p->routing);
}

static void
uci(struct edi_writer *w, const struct edi_interchange *ix)
{
	bool bad = ix->verdict == EDI_REJECTED;

	edi_write_segment(w, "UCI");
	edi_write_value(w, 1, 1, 1, ix->control_ref);
	put_party(w, 2, &ix->sender);
	put_party(w, 3, &ix->receiver);
	put_verdict(w, 4, bad ? REJECTED : ACKNOWLEDGED,
	    bad ? first_error(&ix->findings) : NULL);
	edi_write_end(w);
}

static void
ucf(struct edi_writer *w, const struct edi_group *g)
{
	bool bad = g->verdict == EDI_REJECTED;

	edi_write_segment(w, "UCF");
	edi_write_value(w, 1, 1, 1, g->ref);
	put_party(w, 2, &g->sender);
	put_party(w, 3, &g->receiver);
	put_verdict(w, 4, bad ? REJECTED : ACKNOWLEDGED,
	    bad ? first_error(&g->findings) : NULL);
	edi_write_end(w);
}

/* Errors of user segments, position by position. */
static void
put_segments(struct edi_writer *w, const struct edi_message *m)
{
	uint32_t last = 0;

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct edi_finding *f = &m->findings.list[i];

		if (f->severity != EDI_ERROR || service_segment(f))
			continue;
		if (f->position != last || last == 0) {
			edi_write_segment(w, "UCS");
			edi_write_number(
			    w, 1, 1, f->position ? f->position : 1);
			if (!f->element)
				edi_write_number(w, 2, 1, code(f));
			edi_write_end(w);
		}
		last = f->position;
		if (!f->element)
			continue;
		edi_write_segment(w, "UCD");
		edi_write_number(w, 1, 1, code(f));
		edi_write_number(w, 2, 1, f->element + 1u);
		if (f->component)
			edi_write_number(w, 2, 2, f->component);
		edi_write_end(w);
	}
}

static const struct edi_finding *
first_service_error(const struct edi_findings *fs)
{
	for (size_t i = 0; i < fs->n; i++) {
		if (fs->list[i].severity == EDI_ERROR &&
		    service_segment(&fs->list[i]))
			return &fs->list[i];
	}
	return NULL;
}

static void
ucm(struct edi_writer *w, const struct edi_message *m)
{
	bool bad = m->verdict == EDI_REJECTED;

	edi_write_segment(w, "UCM");
	edi_write_value(w, 1, 1, 1, m->ref);
	edi_write_value(w, 2, 1, 1, m->id.type);
	edi_write_value(w, 2, 1, 2, m->id.version);
	edi_write_value(w, 2, 1, 3, m->id.release);
	edi_write_value(w, 2, 1, 4, m->id.agency);
	edi_write_value(w, 2, 1, 5, m->id.association);
	put_verdict(w, 3, bad ? REJECTED : ACKNOWLEDGED,
	    bad ? first_service_error(&m->findings) : NULL);
	edi_write_end(w);
	if (bad)
		put_segments(w, m);
}

static void
put_messages(struct edi_writer *w, const struct edi_interchange *ix,
    const struct edi_group *g)
{
	for (uint32_t i = 0; i < ix->nmessages; i++) {
		if (ix->messages[i]->group == g)
			ucm(w, ix->messages[i]);
	}
}

static void
put_levels(struct edi_writer *w, const struct edi_interchange *ix)
{
	if (ix->verdict == EDI_REJECTED)
		return; /* with all levels below */
	put_messages(w, ix, NULL);
	for (uint32_t i = 0; i < ix->ngroups; i++) {
		ucf(w, ix->groups[i]);
		if (ix->groups[i]->verdict != EDI_REJECTED)
			put_messages(w, ix, ix->groups[i]);
	}
}

enum rc
edi_ack_contrl(const struct edi_interchange *ix,
    const struct edi_ack_options *o, struct buf *out, struct err *err)
{
	struct edi_syntax syntax = EDI_WRITE_EDIFACT;
	struct edi_envelope e;
	struct edi_writer w;

	edi_ack_envelope(ix, o, &e);
	e.syntax_version = TEXT("3");
	e.syntax_id = TEXT("UNOC");
	if (ix->syntax.charset == EDI_UTF8) {
		e.syntax_id = TEXT("UNOY");
		syntax.charset = EDI_UTF8;
	}
	edi_write_begin(&w, out, &syntax, NULL);
	edi_write_open(&w, &e);
	edi_write_message(&w, TEXT("1"), TEXT("CONTRL"), TEXT("D:3:UN"));
	uci(&w, ix);
	put_levels(&w, ix);
	edi_write_message_end(&w, TEXT("1"));
	edi_write_close(&w, &e, 1);
	if (w.failed || out->full)
		return err_set(err, RC_INPUT, "ack.write",
		    "a value of the interchange cannot be written back");
	return RC_OK;
}
