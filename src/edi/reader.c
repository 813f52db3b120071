/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes a file in pieces, finds interchanges in it and keeps what the open
 * message still needs. What a segment of an envelope says is for
 * edifact_envelope.c and x12_envelope.c.
 */
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "edi/charset.h"
#include "edi/reader.h"

/* A header is looked at when this much is there, or the file ends. */
#define HEADER_BYTES 512

/* Room for this many further segments of a message. */
#define RUN 32

/* A reader keeps no more than about this of a file that was larger. */
#define KEPT (1u << 20)

static void
reader_done(void *p)
{
	struct edi_reader *r = p;

	edi_names_done(&r->k.refs);
	edi_names_done(&r->k.group_refs);
	edi_names_done(&r->k.interchanges);
	edi_names_done(&r->k.contents);
	edi_names_done(&r->k.hl);
	buf_done(&r->k.window);
	buf_done(&r->k.text);
	arena_free(r->k.a);
	arena_free(r->k.each[0]);
	arena_free(r->k.each[1]);
}

/* One that keeps nothing, for a single file. */
static struct edi_reader *
reader_new(struct arena *a)
{
	struct edi_reader *r = ARENA_NEW(a, struct edi_reader);

	r->scan.tables = ARENA_NEW(a, struct edi_tables);
	buf_init(&r->k.window, 0);
	buf_init(&r->k.text, SIZE_MAX / 8);
	arena_defer(a, reader_done, r);
	return r;
}

struct edi_reader *
edi_reader_new(struct arena *a)
{
	struct edi_reader *r = reader_new(a);

	r->k.a = arena_new();
	return r;
}

/* What was grown for a large file is not kept for the small ones. */
static void
shrink(struct edi_kept *k)
{
	edi_names_clear(&k->refs);
	edi_names_clear(&k->group_refs);
	edi_names_clear(&k->interchanges);
	edi_names_clear(&k->hl);
	edi_names_clear(&k->contents);
	if (k->window.cap > KEPT)
		buf_done(&k->window);
	buf_reset(&k->window);
}

/* Segments are kept while only their message needs them, else the file. */
static void
segments_begin(struct edi_reader *r, const struct edi_options *o)
{
	struct edi_kept *k = &r->k;

	if (k->a && r->o.message && o->message && arena_used(k->a) <= KEPT) {
		edi_scan_recycle(&r->scan);
		return;
	}
	if (k->a)
		arena_reset(k->a);
	k->cur = NULL;
	k->cur_cap = 0;
	r->scan.tokens = r->scan.elements = (struct edi_pool){.nblocks = 0};
}

void
edi_reader_begin(
    struct edi_reader *r, const struct edi_options *o, struct arena *a)
{
	static const struct edi_options none;

	o = o ? o : &none;
	shrink(&r->k);
	segments_begin(r, o);
	*r = (struct edi_reader){
	    .k = r->k,
	    .o = *o,
	    .limits = o->limits ? *o->limits : EDI_LIMITS,
	    .a = a,
	    .scan = {.tables = r->scan.tables,
		.tokens = r->scan.tokens,
		.elements = r->scan.elements,
		.a = r->k.a && o->message ? r->k.a : a},
	    .file = ARENA_NEW(a, struct edi_file),
	};
	edi_findings_init(&r->file->findings, a, r->limits.findings);
	r->scan.limits = &r->limits;
	r->k.window.max = r->limits.bytes + 1;
	for (size_t i = 0; o->forget && i < 2; i++) {
		if (r->k.each[i] == NULL)
			r->k.each[i] = arena_new();
		arena_reset(r->k.each[i]);
	}
}

static size_t
left(const struct edi_reader *r)
{
	return r->scan.in.n - r->scan.at;
}

static struct span
rest(const struct edi_reader *r)
{
	return span_sub(r->scan.in, r->scan.at, r->scan.in.n);
}

static struct edi_finding *
file_find(struct edi_reader *r, enum edi_rule_id rule)
{
	struct edi_finding *f = edi_find(&r->file->findings, rule);

	f->offset = r->scan.base + r->scan.at;
	return f;
}

static void
stop(struct edi_reader *r)
{
	r->state = EDI_STOPPED;
}

/* The n bytes at the finding should not be there. */
static void
without(struct edi_reader *r, struct edi_finding *f, size_t n)
{
	edi_fix(&r->file->findings, f, f->offset, n, (struct span){NULL, 0});
}

/* Looks at the first bytes of the file: mark, blanks, family. */
static void
first_bytes(struct edi_reader *r)
{
	struct span s = rest(r), t = edi_skip_bom(s);

	r->begun = true;
	r->file->family = edi_sniff(s);
	if (r->file->family == EDI_UBL || r->file->family == EDI_XML) {
		r->state = EDI_GATHERING;
		return;
	}
	if (t.n != s.n)
		without(r, file_find(r, EDI_R_FILE_BOM), s.n - t.n);
	r->scan.at += s.n - t.n;
	s = edi_skip_blank(t);
	if (s.n != t.n && s.n)
		without(r, file_find(r, EDI_R_FILE_LEADING), t.n - s.n);
	r->scan.at += t.n - s.n;
	if (s.n == 0 && r->scan.last) {
		file_find(r, EDI_R_FILE_EMPTY);
		stop(r);
	}
}

/* Passes over blanks, 0x1A and NUL between interchanges. */
static void
skip_between(struct edi_reader *r)
{
	for (; left(r); r->scan.at++) {
		char c = r->scan.in.p[r->scan.at];

		if (c == 0x1A || c == 0) {
			if (!r->trailing)
				without(
				    r, file_find(r, EDI_R_FILE_TRAILING), 1);
			r->trailing = true;
		} else if (!strchr(" \t\r\n", c)) {
			break;
		}
	}
}

static bool
header_is(struct span s)
{
	return span_starts(s, "UNA") || span_starts(s, "UNB") ||
	       span_starts(s, "ISA");
}

/* Offset of the next header that does not begin inside a word. */
static size_t
next_header(struct span s)
{
	for (size_t i = 1; i + 4 <= s.n; i++) {
		if (!header_is(span_sub(s, i, 4)) ||
		    isalnum((unsigned char)s.p[i - 1]) ||
		    isalnum((unsigned char)s.p[i + 3]))
			continue;
		return i;
	}
	return s.n;
}

static void
outside(struct edi_reader *r)
{
	struct span s = rest(r);
	size_t n = next_header(s);
	enum edi_rule_id rule = EDI_R_FILE_OUTSIDE;
	struct edi_finding *f;

	if (r->file->ninterchanges == 0) {
		rule = EDI_R_FILE_UNKNOWN;
		if (span_starts(s, "UIB") || span_starts(s, "UIH"))
			rule = EDI_R_EDIFACT_INTERACTIVE;
		else if (span_starts(s, "UN") || r->una)
			rule = EDI_R_UNB_MISSING;
	}
	if (!r->outside) {
		f = file_find(r, rule);
		edi_found(&r->file->findings, f, span_sub(s, 0, 20));
		if (rule == EDI_R_UNB_MISSING)
			edi_expected(&r->file->findings, f, "UNB");
		else if (rule != EDI_R_EDIFACT_INTERACTIVE)
			edi_expected(&r->file->findings, f, "UNB, ISA, <");
	}
	r->outside = true;
	if (n == s.n && !r->scan.last && s.n > 4)
		n = s.n - 4;
	r->scan.at += n;
}

/* False when more bytes are needed. */
static bool
at_start(struct edi_reader *r)
{
	struct span s;

	if (!r->scan.last && left(r) < HEADER_BYTES)
		return false;
	if (!r->begun) {
		first_bytes(r);
		return true;
	}
	skip_between(r);
	s = rest(r);
	if (s.n == 0 || (!r->scan.last && s.n < HEADER_BYTES))
		return false;
	r->scan.faults = 0;
	r->reported = 0;
	if (span_starts(s, "UNA") || span_starts(s, "UNB"))
		return edi_edifact_start(r);
	if (span_starts(s, "ISA"))
		return edi_x12_start(r);
	outside(r);
	return true;
}

static const enum edi_rule_id FAULT_RULES[] = {EDI_R_CHARSET,
    EDI_R_CHARSET_LABEL, EDI_R_CHARSET_LOWER, EDI_R_CHARSET_MARK,
    EDI_R_CHARSET_CONTROL};

/* Does the byte belong to a character in UTF-8 of the present segment? */
static bool
in_utf8(const struct edi_segment *s, const char *p)
{
	struct span rest;

	while (p > s->bytes && ((unsigned char)*p & 0xC0) == 0x80)
		p--;
	rest = span_make(p, (size_t)(s->bytes + s->length - p));
	return utf8_next(&rest) >= 0x80;
}

/*
 * The label that would be true: a first byte above 0x7F that is UTF-8 makes
 * the text UTF-8 (edi/repair.h looks at all of it before it believes that).
 */
static void
relabel(
    struct edi_reader *r, struct edi_finding *f, unsigned bit, const char *p)
{
	const char *label = NULL;

	if (r->ix->syntax.family != EDI_EDIFACT || r->ix->label_length != 4)
		return;
	if (bit == 1 || (bit == 0 && in_utf8(&r->seg, p)))
		label = "UNOY";
	else if (bit == 2)
		label = "UNOB";
	if (label == NULL)
		return;
	edi_repair(&r->ix->findings, f, "%s", label);
	edi_fix(&r->ix->findings, f, r->ix->label_at, 4, span_of(label));
}

static void
fault_find(struct edi_reader *r, unsigned bit)
{
	size_t at = r->scan.fault_at[bit];
	struct edi_findings *fs = &r->ix->findings;
	struct edi_finding *f =
	    edi_find_at(fs, FAULT_RULES[bit], &r->seg, 0, 0, 0);
	const char *p = r->scan.in.p + (at - r->scan.base);
	unsigned e = 0;

	f->offset = at;
	while (e < r->seg.nelements &&
	       r->seg.offset + r->seg.tokens[r->seg.elements[e + 1]].at <= at)
		e++;
	f->element = (uint16_t)e;
	f->found =
	    span_of(arena_printf(r->a, "0x%02X", (unsigned)(unsigned char)*p));
	if (r->ix->syntax.family == EDI_EDIFACT)
		edi_expected(
		    fs, f, "%s", edi_charset_id(r->ix->syntax.charset));
	relabel(r, f, bit, p);
}

void
edi_check_bytes(struct edi_reader *r)
{
	unsigned fresh = r->scan.faults & ~r->reported;
	struct edi_findings *fs;

	if (!fresh && !r->scan.many && !r->scan.wrapped && !r->scan.high)
		return;
	fs = edi_here(r);
	for (unsigned bit = 0; fresh && bit < 5; bit++) {
		if (fresh & 1u << bit)
			fault_find(r, bit);
	}
	r->reported |= fresh;
	if (r->scan.many) {
		struct edi_finding *f =
		    edi_find_at(fs, EDI_R_ELEMENTS_LIMIT, &r->seg, 0, 0, 0);

		edi_expected(fs, f, "%u", r->limits.elements);
	}
	if (r->scan.wrapped && !(r->reported & 1u << 8)) {
		edi_find_at(
		    &r->ix->findings, EDI_R_LINES_WRAPPED, &r->seg, 0, 0, 0);
		r->reported |= 1u << 8;
	}
	if (r->scan.high && r->ix->syntax.charset == EDI_UTF8 &&
	    !(r->reported & 1u << 9)) {
		size_t bad = utf8_check(span_make(r->seg.bytes, r->seg.length));

		if (bad < r->seg.length) {
			edi_find_at(&r->ix->findings, EDI_R_CHARSET_UTF8,
			    &r->seg, 0, 0, 0)
			    ->offset += bad;
			r->reported |= 1u << 9;
		}
	}
}

static void
cut(struct edi_reader *r)
{
	if (r->ix->syntax.family == EDI_X12)
		edi_x12_cut(r);
	else
		edi_edifact_cut(r);
}

/* A limit of the whole file: nothing of it is read any further. */
static void
limit(struct edi_reader *r, enum edi_rule_id rule, uint32_t most)
{
	struct edi_findings *fs = &r->ix->findings;
	struct edi_finding *f = edi_find(fs, rule);

	f->offset = r->scan.base + r->scan.at;
	f->segment = r->ix->nsegments;
	edi_expected(fs, f, "%u", most);
	if (r->msg != NULL)
		edi_close_message(r, false);
	edi_close_interchange(r);
	stop(r);
}

static void
unterminated(struct edi_reader *r)
{
	struct edi_findings *fs = &r->ix->findings;
	uint32_t tag = edi_tag(&r->seg);
	bool trailer = tag == EDI_TAG('U', 'N', 'Z', 0) ||
		       tag == EDI_TAG('I', 'E', 'A', 0);
	enum edi_rule_id rule = trailer && !r->scan.dangling
				    ? EDI_R_TERMINATOR_MISSING
				    : EDI_R_SEGMENT_UNTERMINATED;
	struct edi_finding *f = edi_find_at(fs, rule, &r->seg, 0, 0, 0);

	f->offset = r->scan.base + r->scan.in.n;
	edi_expected(fs, f, "%c", r->ix->syntax.terminator);
	if (rule == EDI_R_SEGMENT_UNTERMINATED)
		return; /* nobody knows what else is missing */
	edi_repair(fs, f, "%c", r->ix->syntax.terminator);
	edi_fix(fs, f, f->offset, 0, f->repair);
}

/* A line end behind the last segment wraps nothing. */
static bool
wraps(const struct edi_segment *s)
{
	struct span t = span_trim(span_make(s->bytes, s->length));

	return span_find(t, '\n') < t.n || span_find(t, '\r') < t.n;
}

static void
dispatch(struct edi_reader *r, enum edi_scanned rc)
{
	r->seg.number = ++r->ix->nsegments;
	r->seg.position = r->msg != NULL ? (uint32_t)r->ncur + 1 : 0;
	if (++r->file->nsegments > r->limits.segments) {
		limit(r, EDI_R_SEGMENTS_LIMIT, r->limits.segments);
		return;
	}
	if (rc == EDI_SCAN_CUT) {
		unterminated(r);
		r->scan.wrapped = r->scan.wrapped && wraps(&r->seg);
	}
	if (r->scan.dangling)
		edi_find_at(
		    &r->ix->findings, EDI_R_EDIFACT_RELEASE, &r->seg, 0, 0, 0);
	edi_check_bytes(r);
	if (r->ix->syntax.family == EDI_X12)
		edi_x12_segment(r);
	else
		edi_edifact_segment(r);
	if (r->file->nmessages > r->limits.messages && r->ix != NULL)
		limit(r, EDI_R_MESSAGES_LIMIT, r->limits.messages);
}

void
edi_room(struct edi_reader *r, size_t n)
{
	size_t cap = r->k.cur_cap ? r->k.cur_cap * 2 : 2 * RUN;
	struct edi_segment *p;

	if (r->k.cur != NULL && r->ncur + n <= r->k.cur_cap)
		return;
	while (cap < r->ncur + n)
		cap *= 2;
	p = arena_array_raw(r->scan.a, sizeof *p, cap);
	if (r->ncur)
		memcpy(p, r->k.cur, sizeof *p * r->ncur);
	r->k.cur = p;
	r->k.cur_cap = cap;
}

/* The ordinary segments of the open message, many at once. */
static void
ordinary(struct edi_reader *r)
{
	size_t max = r->limits.segments - r->file->nsegments, n;
	struct edi_segment *list;

	edi_room(r, RUN);
	list = r->k.cur + r->ncur;
	if (max > r->k.cur_cap - r->ncur)
		max = r->k.cur_cap - r->ncur;
	n = edi_scan_run(
	    &r->scan, list, max, r->ix->nsegments + 1, (uint32_t)r->ncur + 1);
	if (n == 0)
		return;
	r->ix->nsegments += (uint32_t)n;
	r->file->nsegments += (uint32_t)n;
	r->ncur += n;
	r->seg = list[n - 1];
	r->msg->length = r->seg.offset + r->seg.length - r->msg->offset;
}

/* One segment of the open interchange; false when more bytes are needed. */
static bool
inside(struct edi_reader *r)
{
	enum edi_scanned rc;

	/* a fault of a segment that was not all there is still to be said */
	if (r->msg != NULL && !(r->scan.faults & ~r->reported))
		ordinary(r);
	rc = edi_scan(&r->scan, &r->seg);

	switch (rc) {
	case EDI_SCAN_MORE:
		return false;
	case EDI_SCAN_END:
		cut(r);
		return false;
	case EDI_SCAN_LONG:
		limit(r, EDI_R_SEGMENT_SIZE, r->limits.segment_bytes);
		return false;
	case EDI_SCAN_BINARY:
		edi_find_at(
		    &r->ix->findings, EDI_R_X12_BINARY, &r->seg, 0, 0, 0);
		cut(r);
		stop(r);
		return false;
	case EDI_SCAN_SEGMENT:
	case EDI_SCAN_CUT:
		dispatch(r, rc);
		return true;
	}
	return false;
}

static void
run(struct edi_reader *r)
{
	bool go = true;

	while (go) {
		switch (r->state) {
		case EDI_AT_START:
			go = at_start(r);
			break;
		case EDI_INSIDE:
			go = inside(r);
			break;
		case EDI_GATHERING:
		case EDI_STOPPED:
			go = false;
			break;
		}
	}
}

/* Keeps what is still needed and moves the open message along. */
static void
keep_rest(struct edi_reader *r)
{
	size_t from = r->scan.base + r->scan.at;
	struct span s;

	if (r->ncur && r->msg != NULL)
		from = r->k.cur[0].offset;
	if (r->state == EDI_GATHERING)
		from = r->scan.base;
	if (r->state == EDI_STOPPED)
		from = r->scan.base + r->scan.in.n;
	edi_digest_to(r, from);
	s = span_sub(r->scan.in, from - r->scan.base, r->scan.in.n);
	if (r->k.window.p != NULL && r->scan.in.p == r->k.window.p) {
		if (s.p != r->k.window.p)
			memmove(r->k.window.p, s.p, s.n);
		r->k.window.n = s.n;
	} else {
		buf_reset(&r->k.window);
		buf_put(&r->k.window, s);
	}
	r->scan.at -=
	    from - r->scan.base < r->scan.at ? from - r->scan.base : r->scan.at;
	r->scan.base = from;
}

/* Only when the bytes have moved: pieces may be small, messages large. */
static void
rebase(struct edi_reader *r)
{
	uintptr_t zero = (uintptr_t)r->scan.in.p - r->scan.base;

	if (zero == r->zero)
		return;
	r->zero = zero;
	for (size_t i = 0; r->msg != NULL && i < r->ncur; i++)
		r->k.cur[i].bytes =
		    r->scan.in.p + (r->k.cur[i].offset - r->scan.base);
}

static bool
too_big(struct edi_reader *r, size_t n)
{
	struct edi_finding *f;

	r->file->nbytes += n;
	if (r->file->nbytes <= r->limits.bytes || r->state == EDI_STOPPED)
		return r->state == EDI_STOPPED;
	f = file_find(r, EDI_R_FILE_SIZE);
	edi_expected(&r->file->findings, f, "%zu", r->limits.bytes);
	if (r->msg != NULL)
		edi_close_message(r, false);
	if (r->ix != NULL)
		edi_close_interchange(r);
	stop(r);
	return true;
}

void
edi_reader_feed(struct edi_reader *r, struct span piece)
{
	if (too_big(r, piece.n) || piece.n == 0)
		return;
	if (r->k.window.n) {
		buf_put(&r->k.window, piece);
		r->scan.in = buf_span(&r->k.window);
	} else {
		r->scan.in = piece;
	}
	rebase(r);
	run(r);
	keep_rest(r);
	r->scan.in = buf_span(&r->k.window);
	rebase(r);
}

/* The last piece: nothing is kept behind it. */
static struct edi_file *
end(struct edi_reader *r)
{
	r->scan.last = true;
	run(r);
	if (r->state == EDI_GATHERING)
		edi_xml_read(r, r->scan.in);
	if (r->state == EDI_INSIDE)
		cut(r);
	for (size_t i = 0; i < r->file->ninterchanges; i++)
		edi_judge(r->file->interchanges[i]);
	return r->file;
}

struct edi_file *
edi_reader_end(struct edi_reader *r)
{
	r->scan.in = buf_span(&r->k.window);
	return end(r);
}

struct edi_file *
edi_reader_read(struct edi_reader *r, struct span bytes,
    const struct edi_options *o, struct arena *a)
{
	edi_reader_begin(r, o, a);
	if (!too_big(r, bytes.n))
		r->scan.in = bytes;
	else
		r->file->family = edi_sniff(bytes);
	return end(r);
}

struct edi_file *
edi_read(struct span bytes, const struct edi_options *o, struct arena *a)
{
	return edi_reader_read(reader_new(a), bytes, o, a);
}
