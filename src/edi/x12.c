/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an X12 interchange begins: ISA with its fixed widths.
 */
#include <ctype.h>
#include <string.h>

#include "edi/reader.h"

#define ISA_BYTES 106

/* Where the element separators stand. */
static const unsigned char PLACES[16] = {
    3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103};

/* ISA without line ends, and where it stood. */
struct head {
	char c[ISA_BYTES];
	size_t n;
	size_t end; /* offset behind the terminator, from r->scan.at */
};

/* As it nearly always stands there: no line end in it. */
static bool
head_whole(struct span s, struct head *h)
{
	if (s.n < ISA_BYTES || memchr(s.p, '\r', ISA_BYTES - 1) ||
	    memchr(s.p, '\n', ISA_BYTES - 1))
		return false;
	memcpy(h->c, s.p, ISA_BYTES);
	h->n = h->end = ISA_BYTES;
	return true;
}

static void
head_read(struct edi_reader *r, struct head *h)
{
	struct span s = span_sub(r->scan.in, r->scan.at, r->scan.in.n);
	size_t i = 0;

	if (head_whole(s, h))
		return;
	h->n = 0;
	for (; i < s.n && h->n < ISA_BYTES; i++) {
		bool line = s.p[i] == '\r' || s.p[i] == '\n';

		if (line && h->n < ISA_BYTES - 1)
			continue;
		h->c[h->n++] = s.p[i];
	}
	h->end = i;
}

/* How often c is among the n words of eight bytes at p, n below 32: each byte
 * of the account counts one byte of them. */
static unsigned
count(const char *p, unsigned n, char c)
{
	const uint64_t one = 0x0101010101010101u, low = one * 0x7F;
	uint64_t seen = 0, v;

	for (unsigned i = 0; i < n; i++) {
		memcpy(&v, p + (size_t)i * sizeof v, sizeof v);
		v ^= one * (unsigned char)c;
		seen += ~(((v & low) + low) | v | low) >> 7;
	}
	return (unsigned)((seen & 0x00FF00FF00FF00FFu) * 0x0001000100010001u >>
			  48) +
	       (unsigned)((seen >> 8 & 0x00FF00FF00FF00FFu) *
			      0x0001000100010001u >>
			  48);
}

/* Separators stand in all their places and nowhere else. */
static bool
widths_fit(const struct head *h)
{
	unsigned there = 0, tag = 0;

	if (h->n < ISA_BYTES)
		return false;
	for (size_t i = 0; i < 16; i++)
		there += h->c[PLACES[i]] == h->c[3];
	for (size_t i = 0; i < 3; i++)
		tag += h->c[i] == h->c[3];
	return there == 16 && count(h->c, 13, h->c[3]) == 16 + tag;
}

/*
 * With broken widths: the component separator follows the sixteenth element
 * separator, the terminator follows it. False when there is none near enough.
 */
static bool
head_guess(struct edi_reader *r, struct head *h)
{
	struct span s = span_sub(r->scan.in, r->scan.at, 400);
	unsigned seen = 0;

	for (size_t i = 3; i + 2 < s.n; i++) {
		if (s.p[i] != s.p[3])
			continue;
		if (++seen < 16 && i + 3 < s.n && s.p[i - 1] == 'S' &&
		    s.p[i - 2] == 'G')
			return false;
		if (seen < 16)
			continue;
		h->c[104] = s.p[i + 1];
		h->c[105] = s.p[i + 2];
		return true;
	}
	return false;
}

static bool
mark_is(char c)
{
	return !isalnum((unsigned char)c) && c != ' ' &&
	       (unsigned char)c < 0x80 && c != 0;
}

static struct edi_finding *
find(struct edi_reader *r, enum edi_rule_id rule, unsigned element)
{
	return edi_find_at(
	    &r->ix->findings, rule, &r->seg, element, element ? 1 : 0, 0);
}

static void
isa_values(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct edi_segment *s = &r->seg;

	ix->sender.qualifier =
	    edi_keep(r, span_trim(edi_value(s, 5, 1, 1, r->a)));
	ix->sender.id = edi_keep(r, span_trim(edi_value(s, 6, 1, 1, r->a)));
	ix->receiver.qualifier =
	    edi_keep(r, span_trim(edi_value(s, 7, 1, 1, r->a)));
	ix->receiver.id = edi_keep(r, span_trim(edi_value(s, 8, 1, 1, r->a)));
	ix->date = edi_keep_value(r, s, 9, 1);
	ix->time = edi_keep_value(r, s, 10, 1);
	ix->syntax_id = edi_keep_value(r, s, 12, 1);
	ix->syntax_version = ix->syntax_id;
	ix->control_ref = edi_keep_value(r, s, 13, 1);
	ix->ack_requested = span_is(edi_raw(s, 14, 1, 1), "1");
	ix->test = span_is(edi_raw(s, 15, 1, 1), "T");
}

static bool
qualifier_is(struct span s)
{
	return s.n == 2 && isalnum((unsigned char)s.p[0]) &&
	       isalnum((unsigned char)s.p[1]);
}

static bool
one_of(struct span s, const char *list)
{
	return s.n == 1 && strchr(list, s.p[0]) != NULL;
}

static void
expect(struct edi_reader *r, bool fine, enum edi_rule_id rule, unsigned element,
    const char *expected)
{
	if (!fine)
		edi_expected(
		    &r->ix->findings, find(r, rule, element), "%s", expected);
}

static void
check_identity(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	const struct edi_segment *s = &r->seg;

	expect(r, qualifier_is(edi_raw(s, 1, 1, 1)), EDI_R_ISA_AUTHORISATION, 1,
	    "00 .. 08");
	expect(r, qualifier_is(edi_raw(s, 3, 1, 1)), EDI_R_ISA_SECURITY, 3,
	    "00, 01");
	expect(r, qualifier_is(ix->sender.qualifier),
	    EDI_R_ISA_SENDER_QUALIFIER, 5, "01, 08, 12, 14, ZZ, ...");
	expect(r, ix->sender.id.n > 0, EDI_R_ISA_SENDER, 6, "an 15");
	expect(r, qualifier_is(ix->receiver.qualifier),
	    EDI_R_ISA_RECEIVER_QUALIFIER, 7, "01, 08, 12, 14, ZZ, ...");
	expect(r, ix->receiver.id.n > 0, EDI_R_ISA_RECEIVER, 8, "an 15");
}

/* In an ISA of a wrong length a line end is a fault like any other. */
static void
check_rest(struct edi_reader *r, bool fit)
{
	struct edi_interchange *ix = r->ix;
	const struct edi_segment *s = &r->seg;
	struct span date = fit ? ix->date : edi_raw(s, 9, 1, 1);
	struct span time = fit ? ix->time : edi_raw(s, 10, 1, 1);
	struct span standard = edi_raw(s, 11, 1, 1);
	struct span version = ix->syntax_id;
	char mark = standard.n == 1 ? *standard.p : 0;

	expect(
	    r, date.n == 6 && edi_date_is(date), EDI_R_ISA_DATE, 9, "YYMMDD");
	expect(r, time.n == 4 && edi_time_is(time), EDI_R_ISA_TIME, 10, "HHMM");
	expect(r, mark == 'U' || mark == ' ' || mark_is(mark),
	    EDI_R_ISA_STANDARD, 11, "U, ^");
	expect(r, version.n == 5 && edi_digits_is(version), EDI_R_ISA_VERSION,
	    12, "00401, 00501");
	expect(r, ix->control_ref.n == 9 && edi_digits_is(ix->control_ref),
	    EDI_R_ISA_CONTROL, 13, "n 9");
	expect(
	    r, one_of(edi_raw(s, 14, 1, 1), "01"), EDI_R_ISA_ACK, 14, "0, 1");
	expect(
	    r, one_of(edi_raw(s, 15, 1, 1), "PTI"), EDI_R_ISA_TEST, 15, "P, T");
}

/* Separators that stand in each other's way are taken out of use. */
static void
check_separators(struct edi_reader *r, char component)
{
	struct edi_syntax *x = &r->ix->syntax;
	struct span mark = edi_raw(&r->seg, 11, 1, 1);
	struct span version = r->ix->syntax_id;

	if (!mark_is(x->element))
		find(r, EDI_R_ISA_SEPARATOR, 0);
	if (!mark_is(component) || component == x->element ||
	    component == x->terminator)
		find(r, EDI_R_ISA_COMPONENT, 16);
	else
		x->component = component;
	if (!mark_is(x->terminator) || x->terminator == x->element)
		find(r, EDI_R_ISA_TERMINATOR, 0);
	if (mark.n == 1 && mark_is(*mark.p) && version.n == 5 &&
	    memcmp(version.p, "00402", 5) >= 0 && *mark.p != x->element &&
	    *mark.p != x->component && *mark.p != x->terminator)
		x->repetition = *mark.p;
}

static const unsigned char WIDTHS[16] = {
    2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};

/* Without blanks, line ends and no-break spaces (UTF-8) at its ends. */
static struct span
bare(struct span v)
{
	for (;;) {
		size_t n = v.n;

		v = span_trim(v);
		if (span_starts(v, "\xC2\xA0"))
			v = span_sub(v, 2, v.n);
		if (span_ends(v, "\xC2\xA0"))
			v = span_sub(v, 0, v.n - 2);
		if (v.n == n)
			return v;
	}
}

/* The ISA with its padding, when nothing but that is wrong with its length. */
static void
pad(struct edi_reader *r, struct edi_finding *f)
{
	struct edi_segment *s = &r->seg;
	char isa[ISA_BYTES] = {'I', 'S', 'A'};
	size_t n = 3;

	for (unsigned e = 1; e <= 16; e++) {
		size_t width = WIDTHS[e - 1];
		struct span v = bare(edi_raw(s, e, 1, 1));

		if (v.n > width || (v.n < width && width != 10 && width != 15))
			return;
		isa[n++] = s->syntax->element;
		if (v.n)
			memcpy(isa + n, v.p, v.n);
		memset(isa + n + v.n, ' ', width - v.n);
		n += width;
	}
	edi_repair(&r->ix->findings, f, "%.*s", (int)n, isa);
	edi_fix(
	    &r->ix->findings, f, s->offset, s->length - 1, span_make(isa, n));
}

static struct edi_finding *
length_fault(struct edi_reader *r, const struct head *h)
{
	struct edi_findings *fs = &r->ix->findings;
	struct edi_finding *f = edi_find(fs, EDI_R_ISA_LENGTH);

	f->offset = r->ix->offset;
	f->segment = 1;
	memcpy(f->tag, "ISA", 4);
	edi_found(fs, f, span_make(h->c, h->n < 60 ? h->n : 60));
	edi_expected(fs, f, "106");
	return f;
}

static void
unreadable(struct edi_reader *r, const struct head *h)
{
	edi_open_interchange(r);
	(void)length_fault(r, h);
	r->scan.at += 3;
	edi_close_interchange(r);
	r->outside = true;
}

static void
set_syntax(struct edi_reader *r, const struct head *h)
{
	r->syntax = (struct edi_syntax){
	    .family = EDI_X12,
	    .charset = EDI_ASCII,
	    .element = h->c[3],
	    .decimal = '.',
	    .terminator = h->c[105],
	};
	edi_scan_syntax(&r->scan, &r->syntax);
}

bool
edi_x12_start(struct edi_reader *r)
{
	size_t from = r->scan.at;
	struct head h;
	enum edi_scanned rc;
	bool fit;

	head_read(r, &h);
	fit = widths_fit(&h);
	if (!fit && !head_guess(r, &h)) {
		unreadable(r, &h);
		return true;
	}
	set_syntax(r, &h);
	rc = edi_scan(&r->scan, &r->seg);
	if (rc == EDI_SCAN_MORE || rc == EDI_SCAN_LONG) {
		r->scan.at = from;
		if (rc == EDI_SCAN_MORE)
			return false;
		unreadable(r, &h);
		return true;
	}
	edi_open_interchange(r)->offset = r->scan.base + from;
	r->digested = r->scan.base + from;
	r->seg.number = r->ix->nsegments = 1;
	r->file->nsegments++;
	isa_values(r);
	if (!fit) {
		struct edi_finding *f = length_fault(r, &h);

		if (rc == EDI_SCAN_SEGMENT && r->seg.nelements == 16)
			pad(r, f);
	}
	check_identity(r);
	check_rest(r, fit);
	check_separators(r, h.c[104]);
	edi_check_bytes(r);
	edi_header_done(r);
	if (rc == EDI_SCAN_CUT)
		edi_x12_cut(r);
	return true;
}
