/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "edi/write.h"

#define TEXT(s) ((struct span)SPAN(s))

static struct span
or_else(struct span s, const char *fallback)
{
	return s.n ? s : span_of(fallback);
}

/* Day and time in UTC: "CCYYMMDDHHMM"; a part of it is taken. */
static struct span
moment(char out[24], int64_t now, size_t from, size_t n)
{
	time_t t = (time_t)(now / 1000000);
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)strftime(out, 24, "%Y%m%d%H%M", &tm);
	return span_make(out + from, n);
}

static void
party(struct edi_writer *w, unsigned element, const struct edi_party *p)
{
	edi_write_value(w, element, 1, 1, p->id);
	edi_write_value(w, element, 1, 2, p->qualifier);
	edi_write_value(w, element, 1, 3, p->routing);
}

static void
unb(struct edi_writer *w, const struct edi_envelope *e)
{
	bool four = span_is(e->syntax_version, "4");
	char date[24], clock[24];

	edi_write_segment(w, "UNB");
	edi_write_value(w, 1, 1, 1, or_else(e->syntax_id, "UNOC"));
	edi_write_value(w, 1, 1, 2, or_else(e->syntax_version, "3"));
	party(w, 2, &e->sender);
	party(w, 3, &e->receiver);
	edi_write_value(
	    w, 4, 1, 1, moment(date, e->now, four ? 0 : 2, four ? 8 : 6));
	edi_write_value(w, 4, 1, 2, moment(clock, e->now, 8, 4));
	edi_write_value(w, 5, 1, 1, e->control_ref);
	edi_write_value(w, 7, 1, 1, e->application_ref);
	if (e->ack_requested)
		edi_write_text(w, 9, 1, "1");
	if (e->test)
		edi_write_text(w, 11, 1, "1");
	edi_write_end(w);
}

/* An element of ISA: always there, always of its full width. */
static void
fixed(struct edi_writer *w, struct span value, size_t width)
{
	buf_putc(w->out, w->syntax->element);
	w->failed |= value.n > width;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		w->failed |= c < 0x20 || c > 0x7E || c == w->syntax->element ||
			     c == w->syntax->terminator;
	}
	buf_put(w->out, span_sub(value, 0, width));
	for (size_t i = value.n; i < width; i++)
		buf_putc(w->out, ' ');
}

static void
control(struct edi_writer *w, struct span ref)
{
	char text[32];

	if (ref.n > 9)
		w->failed = true;
	(void)snprintf(text, sizeof text, "%0*d%.*s",
	    ref.n < 9 ? (int)(9 - ref.n) : 0, 0, (int)ref.n,
	    ref.p ? ref.p : "");
	fixed(w, span_of(ref.n < 9 ? text : text + 1), 9);
}

char
edi_x12_repetition(struct span version)
{
	return version.n == 5 && memcmp(version.p, "00402", 5) >= 0 ? '^' : 0;
}

static void
isa(struct edi_writer *w, const struct edi_envelope *e)
{
	char date[24], clock[24];
	char component = w->syntax->component;
	char mark = w->syntax->repetition ? w->syntax->repetition : 'U';

	edi_write_segment(w, "ISA");
	fixed(w, TEXT("00"), 2);
	fixed(w, TEXT(""), 10);
	fixed(w, TEXT("00"), 2);
	fixed(w, TEXT(""), 10);
	fixed(w, or_else(e->sender.qualifier, "ZZ"), 2);
	fixed(w, e->sender.id, 15);
	fixed(w, or_else(e->receiver.qualifier, "ZZ"), 2);
	fixed(w, e->receiver.id, 15);
	fixed(w, moment(date, e->now, 2, 6), 6);
	fixed(w, moment(clock, e->now, 8, 4), 4);
	fixed(w, span_make(&mark, 1), 1);
	fixed(w, or_else(e->syntax_id, "00401"), 5);
	control(w, e->control_ref);
	fixed(w, e->ack_requested ? TEXT("1") : TEXT("0"), 1);
	fixed(w, e->test ? TEXT("T") : TEXT("P"), 1);
	fixed(w, span_make(&component, 1), 1);
	edi_write_end(w);
}

void
edi_write_group(struct edi_writer *w, const struct edi_envelope *e)
{
	char date[24], clock[24];

	edi_write_segment(w, "GS");
	edi_write_value(w, 1, 1, 1, e->group_code);
	edi_write_value(
	    w, 2, 1, 1, e->group_sender.n ? e->group_sender : e->sender.id);
	edi_write_value(w, 3, 1, 1,
	    e->group_receiver.n ? e->group_receiver : e->receiver.id);
	edi_write_value(w, 4, 1, 1, moment(date, e->now, 0, 8));
	edi_write_value(w, 5, 1, 1, moment(clock, e->now, 8, 4));
	edi_write_value(w, 6, 1, 1, e->group_ref);
	edi_write_text(w, 7, 1, "X");
	edi_write_value(w, 8, 1, 1, or_else(e->group_version, "004010"));
	edi_write_end(w);
}

void
edi_write_open(struct edi_writer *w, const struct edi_envelope *e)
{
	if (w->syntax->family != EDI_X12) {
		unb(w, e);
		return;
	}
	isa(w, e);
	if (e->group_code.n)
		edi_write_group(w, e);
}

/* ST02 has at least four characters. */
static struct span
set_number(const struct edi_writer *w, struct span ref, char padded[8])
{
	if (w->syntax->family != EDI_X12 || ref.n >= 4)
		return ref;
	memset(padded, '0', 4);
	if (ref.n)
		memcpy(padded + 4 - ref.n, ref.p, ref.n);
	return span_make(padded, 4);
}

void
edi_write_message(struct edi_writer *w, struct span ref, struct span type,
    struct span version)
{
	bool x12 = w->syntax->family == EDI_X12;
	char padded[8];

	ref = set_number(w, ref, padded);
	w->nsegments = 0;
	edi_write_segment(w, x12 ? "ST" : "UNH");
	edi_write_value(w, 1, 1, 1, x12 ? type : ref);
	edi_write_value(w, 2, 1, 1, x12 ? ref : type);
	for (unsigned c = 2; !x12 && version.p != NULL; c++)
		edi_write_value(w, 2, 1, c, span_cut(&version, ':'));
	edi_write_end(w);
}

void
edi_write_message_end(struct edi_writer *w, struct span ref)
{
	uint32_t n = w->nsegments + 1;
	char padded[8];

	edi_write_segment(w, w->syntax->family == EDI_X12 ? "SE" : "UNT");
	edi_write_number(w, 1, 1, n);
	edi_write_value(w, 2, 1, 1, set_number(w, ref, padded));
	edi_write_end(w);
}

void
edi_write_group_end(
    struct edi_writer *w, const struct edi_envelope *e, unsigned messages)
{
	edi_write_segment(w, "GE");
	edi_write_number(w, 1, 1, messages);
	edi_write_value(w, 2, 1, 1, e->group_ref);
	edi_write_end(w);
}

void
edi_write_trailer(
    struct edi_writer *w, const struct edi_envelope *e, unsigned count)
{
	bool x12 = w->syntax->family == EDI_X12;

	edi_write_segment(w, x12 ? "IEA" : "UNZ");
	edi_write_number(w, 1, 1, count);
	if (x12)
		control(w, e->control_ref);
	else
		edi_write_value(w, 2, 1, 1, e->control_ref);
	edi_write_end(w);
}

void
edi_write_close(
    struct edi_writer *w, const struct edi_envelope *e, unsigned messages)
{
	bool grouped = w->syntax->family == EDI_X12 && e->group_code.n;

	if (grouped)
		edi_write_group_end(w, e, messages);
	edi_write_trailer(w, e, grouped ? 1 : messages);
}
