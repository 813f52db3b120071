/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an EDIFACT interchange begins: UNA, the service characters, UNB.
 */
#include <ctype.h>
#include <string.h>

#include "edi/charset.h"
#include "edi/reader.h"

static const struct edi_syntax PLAIN = {
    .family = EDI_EDIFACT,
    .charset = EDI_ASCII,
    .component = ':',
    .element = '+',
    .decimal = '.',
    .release = '?',
    .terminator = '\'',
};

/* UNOB of syntax 1 and 2 may use the information separators. */
static const struct edi_syntax SEPARATORS = {
    .family = EDI_EDIFACT,
    .charset = EDI_ASCII,
    .component = 0x1F,
    .element = 0x1D,
    .decimal = '.',
    .terminator = 0x1C,
};

static bool
character_is(char c)
{
	return !isalnum((unsigned char)c) && c != ' ' && c != 0 &&
	       (unsigned char)c < 0x80;
}

/* The service characters differ and are no letters, digits, blanks. */
static bool
distinct(const struct edi_syntax *x)
{
	const char c[] = {
	    x->component, x->element, x->terminator, x->release, x->repetition};

	for (size_t i = 0; i < sizeof c; i++) {
		if (c[i] == 0 && i >= 3)
			continue;
		if (!character_is(c[i]))
			return false;
		for (size_t k = 0; k < i; k++) {
			if (c[k] == c[i])
				return false;
		}
	}
	return true;
}

static char
or_none(char c)
{
	return c == ' ' ? 0 : c;
}

/* The number of bytes of UNA; 0 when its length is wrong. */
static size_t
una_length(struct span s)
{
	for (size_t n = 7; n <= 11 && n + 3 <= s.n; n++) {
		struct span t = edi_skip_blank(span_sub(s, n, s.n));

		if (span_starts(t, "UNB"))
			return n == 9 || t.p != s.p + n ? 9 : 0;
	}
	return 9;
}

static struct edi_syntax
una_read(struct span s)
{
	struct edi_syntax x = PLAIN;

	x.component = s.p[3];
	x.element = s.p[4];
	x.decimal = s.p[5];
	x.release = or_none(s.p[6]);
	x.repetition = or_none(s.p[7]);
	x.terminator = s.p[8];
	return x;
}

/* An interchange that cannot be read any further than this. */
static void
unreadable(struct edi_reader *r, enum edi_rule_id rule, const char *expected)
{
	struct edi_interchange *ix = edi_open_interchange(r);
	struct edi_finding *f = edi_find(&ix->findings, rule);
	struct span s = span_sub(r->scan.in, r->scan.at, 9);

	f->offset = r->scan.base + r->scan.at;
	f->segment = 1;
	memcpy(f->tag, s.p, 3);
	edi_found(&ix->findings, f, s);
	edi_expected(&ix->findings, f, "%s", expected);
	r->scan.at += s.n;
	edi_close_interchange(r);
	r->outside = true; /* what follows is part of the same fault */
}

/* Takes UNA at r->scan.at into r->syntax; false when it is unusable. */
static bool
una(struct edi_reader *r)
{
	struct span s = span_sub(r->scan.in, r->scan.at, r->scan.in.n);

	r->una = true;
	r->syntax = PLAIN;
	if (s.n < 9 || una_length(s) != 9) {
		unreadable(r, EDI_R_UNA_LENGTH, "UNA:+.? '");
		return false;
	}
	r->syntax = una_read(s);
	if (!distinct(&r->syntax)) {
		unreadable(r, EDI_R_UNA, "UNA:+.? '");
		return false;
	}
	s = span_sub(s, 9, s.n);
	r->scan.at = (size_t)(edi_skip_blank(s).p - r->scan.in.p);
	return true;
}

/* The service characters when no UNA announces them. */
static bool
guess(struct edi_reader *r)
{
	struct span s = span_sub(r->scan.in, r->scan.at, 4);

	r->syntax = PLAIN;
	if (s.n == 4 && s.p[3] == SEPARATORS.element)
		r->syntax = SEPARATORS;
	if (s.n == 4 && s.p[3] == r->syntax.element)
		return true;
	unreadable(r, EDI_R_UNA, "UNB+");
	return false;
}

static void
parties(struct edi_reader *r, const struct edi_segment *s)
{
	struct edi_interchange *ix = r->ix;

	ix->syntax_id = edi_keep_value(r, s, 1, 1);
	ix->label_at = edi_token_offset(s, edi_token(s, 1, 1, 1));
	ix->label_length = (uint32_t)edi_raw(s, 1, 1, 1).n;
	ix->syntax_version = edi_keep_value(r, s, 1, 2);
	ix->sender.id = edi_keep_value(r, s, 2, 1);
	ix->sender.qualifier = edi_keep_value(r, s, 2, 2);
	ix->sender.routing = edi_keep_value(r, s, 2, 3);
	ix->receiver.id = edi_keep_value(r, s, 3, 1);
	ix->receiver.qualifier = edi_keep_value(r, s, 3, 2);
	ix->receiver.routing = edi_keep_value(r, s, 3, 3);
	ix->date = edi_keep_value(r, s, 4, 1);
	ix->time = edi_keep_value(r, s, 4, 2);
	ix->control_ref = edi_keep_value(r, s, 5, 1);
	ix->application_ref = edi_keep_value(r, s, 7, 1);
}

static void
missing(struct edi_reader *r, enum edi_rule_id rule, unsigned element,
    struct span value)
{
	if (value.n == 0)
		edi_find_at(&r->ix->findings, rule, &r->seg, element, 1, 1);
}

static void
longest(struct edi_reader *r, unsigned element, unsigned component, size_t max,
    struct span value)
{
	struct edi_finding *f;

	if (value.n <= max)
		return;
	f = edi_find_at(
	    &r->ix->findings, EDI_R_UNB_LENGTH, &r->seg, element, 1, component);
	edi_expected(&r->ix->findings, f, "an..%zu", max);
}

static void
check_syntax(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct edi_findings *fs = &ix->findings;
	struct edi_finding *f;
	bool known = edi_charset_of(ix->syntax_id, &ix->syntax.charset);

	if (!known) {
		f = edi_find_at(fs, EDI_R_UNB_SYNTAX, &r->seg, 1, 1, 1);
		edi_expected(fs, f, "UNOA .. UNOK, UNOW, UNOY");
	} else if (!span_starts(ix->syntax_id, "UNO") ||
		   span_is(ix->syntax_id, "UNOX")) {
		edi_find_at(fs, EDI_R_UNB_SYNTAX_OTHER, &r->seg, 1, 1, 1);
	}
	if (ix->syntax_version.n != 1 || ix->syntax_version.p[0] < '1' ||
	    ix->syntax_version.p[0] > '4') {
		f = edi_find_at(fs, EDI_R_UNB_VERSION, &r->seg, 1, 1, 2);
		edi_expected(fs, f, "1, 2, 3, 4");
	}
}

/* Six digits of eight, or eight of six in this century. */
static struct span
other_length(struct edi_reader *r, struct span date)
{
	if (date.n == 8)
		return span_sub(date, 2, 6);
	return span_of(arena_printf(r->a, "20%.*s", (int)date.n, date.p));
}

static void
check_date(struct edi_reader *r, bool four)
{
	struct edi_interchange *ix = r->ix;
	struct edi_findings *fs = &ix->findings;
	struct edi_finding *f;

	if (!edi_date_is(ix->date)) {
		f = edi_find_at(fs, EDI_R_UNB_DATE, &r->seg, 4, 1, 1);
		edi_expected(fs, f, four ? "CCYYMMDD" : "YYMMDD");
	} else if (ix->date.n != (four ? 8 : 6)) {
		f = edi_find_at(fs, EDI_R_UNB_DATE_LENGTH, &r->seg, 4, 1, 1);
		edi_expected(fs, f, four ? "CCYYMMDD" : "YYMMDD");
		edi_repair_value(fs, f, &r->seg, other_length(r, ix->date));
	}
	if (!edi_time_is(ix->time) || (ix->time.n != 4 && !four)) {
		f = edi_find_at(fs, EDI_R_UNB_TIME, &r->seg, 4, 1, 2);
		edi_expected(fs, f, "HHMM");
	}
}

static void
check_flags(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct span ack = edi_raw(&r->seg, 9, 1, 1);
	struct span test = edi_raw(&r->seg, 11, 1, 1);

	ix->ack_requested = span_is(ack, "1");
	ix->test = test.n && !span_is(test, "0");
	if (ack.n > 1 || (ack.n && !edi_digits_is(ack)))
		edi_find_at(&ix->findings, EDI_R_UNB_FLAG, &r->seg, 9, 1, 1);
	if (test.n > 1 || (test.n && (*test.p < '0' || *test.p > '4')))
		edi_find_at(&ix->findings, EDI_R_UNB_FLAG, &r->seg, 11, 1, 1);
}

/* How many components the elements of UNB have; version 4 has more in some. */
static unsigned
components_of(unsigned element, bool four)
{
	static const unsigned char most[] = {
	    0, 2, 3, 3, 2, 1, 2, 1, 1, 1, 1, 1};

	if (element > 11)
		return 0;
	return four && element < 4 ? 4 : most[element];
}

/* A separator too many shifts what stands behind it; empty ends do no harm. */
static void
check_places(struct edi_reader *r, bool four)
{
	struct edi_findings *fs = &r->ix->findings;
	unsigned n;

	for (unsigned e = 1; e <= r->seg.nelements; e++) {
		unsigned most = components_of(e, four);

		if (most == 0) {
			edi_find_at(fs, EDI_R_UNB_ELEMENTS, &r->seg, e, 1, 0);
			return;
		}
		n = edi_components(&r->seg, e, 1);
		while (n > most && edi_raw(&r->seg, e, 1, n).n == 0)
			n--;
		if (n > most)
			edi_find_at(
			    fs, EDI_R_UNB_ELEMENTS, &r->seg, e, 1, most + 1);
	}
}

static void
check_header(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	bool four = span_is(ix->syntax_version, "4");

	check_syntax(r);
	missing(r, EDI_R_UNB_SENDER, 2, ix->sender.id);
	missing(r, EDI_R_UNB_RECEIVER, 3, ix->receiver.id);
	check_date(r, four);
	missing(r, EDI_R_UNB_REFERENCE, 5, ix->control_ref);
	longest(r, 2, 1, 35, ix->sender.id);
	longest(r, 2, 2, 4, ix->sender.qualifier);
	longest(r, 3, 1, 35, ix->receiver.id);
	longest(r, 3, 2, 4, ix->receiver.qualifier);
	longest(r, 5, 1, 14, ix->control_ref);
	longest(r, 7, 1, 14, ix->application_ref);
	check_places(r, four);
	check_flags(r);
	/* The mark counts only from version 4 on, where it has a default. */
	if (!four)
		ix->syntax.repetition = 0;
	else if (!r->una)
		ix->syntax.repetition = '*';
}

/* Is a segment that was fine as ASCII the same as the header now has it? */
static bool
same_as(const struct edi_reader *r, const struct edi_syntax *x)
{
	return !r->scan.faults && !r->scan.high &&
	       x->charset != EDI_ASCII_UPPER &&
	       x->repetition == r->syntax.repetition;
}

/* Judges the characters of UNB by the set that it declares itself. */
static void
again(struct edi_reader *r)
{
	struct edi_segment first = r->seg;

	if (same_as(r, &r->ix->syntax)) {
		r->seg.syntax = &r->ix->syntax;
		edi_check_bytes(r);
		return;
	}
	r->scan.faults = 0;
	edi_scan_syntax(&r->scan, &r->ix->syntax);
	r->scan.at = r->seg.offset - r->scan.base;
	(void)edi_scan(&r->scan, &r->seg);
	r->seg.number = first.number;
	edi_check_bytes(r);
}

bool
edi_edifact_start(struct edi_reader *r)
{
	size_t from = r->scan.at;
	enum edi_scanned rc;

	if (span_starts(span_sub(r->scan.in, from, 3), "UNA")) {
		if (!una(r))
			return true;
		if (!span_starts(span_sub(r->scan.in, r->scan.at, 3), "UNB"))
			return true; /* reported as data outside */
	} else if (!guess(r)) {
		return true;
	}
	edi_scan_syntax(&r->scan, &r->syntax);
	rc = edi_scan(&r->scan, &r->seg);
	if (rc == EDI_SCAN_MORE) {
		r->scan.at = from;
		return false;
	}
	if (rc == EDI_SCAN_LONG) {
		r->scan.at = (size_t)(r->seg.bytes - r->scan.in.p);
		unreadable(r, EDI_R_UNA, "UNB+");
		return true;
	}
	edi_open_interchange(r)->offset = r->scan.base + from;
	r->seg.number = r->ix->nsegments = 1;
	r->file->nsegments++;
	parties(r, &r->seg);
	check_header(r);
	edi_header_done(r);
	again(r);
	if (rc == EDI_SCAN_CUT)
		edi_edifact_cut(r);
	return true;
}
