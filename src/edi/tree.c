/* SPDX-License-Identifier: Apache-2.0
 *
 * Interchanges, groups and messages as they open and close, and the verdicts.
 */
#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "edi/charset.h"
#include "edi/reader.h"

/* A larger set gives its memory back when it is cleared. */
#define NAMES_KEPT 256

/* Two bytes of length, then the name; longer ones count by their begin. */
static struct span
name_at(const struct edi_names *names, uint32_t slot)
{
	const unsigned char *p =
	    (const unsigned char *)names->bytes.p + slot - 1;

	return span_make(p + 2, (size_t)p[0] << 8 | p[1]);
}

static uint32_t *
name_slot(const struct edi_names *names, struct span name)
{
	size_t i = hash_of(name) & (names->cap - 1);

	while (
	    names->slots[i] && !span_eq(name_at(names, names->slots[i]), name))
		i = (i + 1) & (names->cap - 1);
	return &names->slots[i];
}

bool
edi_names_has(const struct edi_names *names, struct span name)
{
	name = span_sub(name, 0, UINT16_MAX);
	if (names->n < 2)
		return names->n && span_eq(name_at(names, 1), name);
	return *name_slot(names, name);
}

static void
names_grow(struct edi_names *names)
{
	uint32_t *old = names->slots;
	size_t n = names->cap;

	names->cap = n ? n * 2 : 16;
	names->slots = heap_alloc(names->cap * sizeof *names->slots);
	for (size_t i = 0; i < n; i++) {
		if (old[i])
			*name_slot(names, name_at(names, old[i])) = old[i];
	}
	heap_free(old);
}

/* Puts the bytes of the name away: where, or 0 when there is no room. */
static uint32_t
name_keep(struct edi_names *names, struct span name)
{
	uint32_t at = (uint32_t)names->bytes.n + 1;

	if (names->bytes.max == 0)
		buf_init(&names->bytes, UINT32_MAX - 1);
	if (!buf_reserve(&names->bytes, name.n + 2))
		return 0;
	buf_putc(&names->bytes, (char)(name.n >> 8));
	buf_putc(&names->bytes, (char)(name.n & 0xFF));
	buf_put(&names->bytes, name);
	return at;
}

/* The first name stands alone, in no table: mostly there is no other. */
bool
edi_names_add(struct edi_names *names, struct span name)
{
	uint32_t *slot;

	name = span_sub(name, 0, UINT16_MAX);
	if (names->n == 0) {
		names->n = name_keep(names, name) != 0;
		return true;
	}
	if (names->n == 1 && span_eq(name_at(names, 1), name))
		return false;
	if (names->n * 3 >= names->cap * 2)
		names_grow(names);
	if (names->n == 1)
		*name_slot(names, name_at(names, 1)) = 1;
	slot = name_slot(names, name);
	if (*slot)
		return false;
	*slot = name_keep(names, name);
	names->n += *slot != 0;
	return true;
}

void
edi_names_clear(struct edi_names *names)
{
	if (names->cap > NAMES_KEPT || names->bytes.cap > NAMES_KEPT * 64) {
		edi_names_done(names);
		return;
	}
	if (names->cap)
		memset(names->slots, 0, names->cap * sizeof *names->slots);
	names->n = 0;
	buf_reset(&names->bytes);
}

void
edi_names_done(struct edi_names *names)
{
	heap_free(names->slots);
	buf_done(&names->bytes);
	*names = (struct edi_names){.n = 0};
}

/* Where what is said of the open message, or of everything, is kept. */
static struct arena *
keeper(const struct edi_reader *r)
{
	return r->msg != NULL ? r->msg->findings.a : r->a;
}

struct span
edi_keep(struct edi_reader *r, struct span s)
{
	return s.n ? arena_span(keeper(r), s) : (struct span){NULL, 0};
}

struct span
edi_keep_value(struct edi_reader *r, const struct edi_segment *s,
    unsigned element, unsigned component)
{
	return edi_keep(r, edi_value(s, element, 1, component, keeper(r)));
}

struct buf *
edi_text(struct edi_reader *r, size_t max)
{
	struct buf *b = &r->k.text;

	buf_reset(b);
	b->max = max;
	return b;
}

struct edi_findings *
edi_here(struct edi_reader *r)
{
	return r->msg != NULL ? &r->msg->findings : &r->ix->findings;
}

struct edi_interchange *
edi_open_interchange(struct edi_reader *r)
{
	struct edi_file *f = r->file;
	struct edi_interchange *ix = ARENA_NEW(r->a, struct edi_interchange);

	f->interchanges =
	    arena_grow(r->a, f->interchanges, sizeof *f->interchanges,
		&f->interchanges_cap, f->ninterchanges + 1);
	f->interchanges[f->ninterchanges++] = ix;
	ix->offset = r->digested = r->scan.base + r->scan.at;
	r->digest = (struct edi_digest){.n = 0};
	ix->syntax = r->syntax;
	edi_findings_init(&ix->findings, r->a, r->limits.findings);
	r->ix = ix;
	r->group = NULL;
	r->msg = r->before = NULL;
	r->outside = false;
	r->state = EDI_INSIDE;
	edi_names_clear(&r->k.refs);
	edi_names_clear(&r->k.group_refs);
	return ix;
}

struct edi_group *
edi_open_group(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct edi_group *g = ARENA_NEW(r->a, struct edi_group);

	ix->groups = arena_grow(r->a, ix->groups, sizeof *ix->groups,
	    &ix->groups_cap, ix->ngroups + 1);
	ix->groups[ix->ngroups++] = g;
	g->number = ix->ngroups;
	g->offset = r->seg.offset;
	edi_findings_init(&g->findings, r->a, r->limits.findings);
	r->group = g;
	return g;
}

/* The message before stays until this one has ended, too. */
static struct edi_message *
message_new(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct arena *a = r->a;
	struct edi_message *m;

	if (r->o.forget) {
		a = r->k.each[ix->nmessages++ & 1];
		arena_reset(a);
		m = ARENA_NEW(a, struct edi_message);
	} else {
		m = ARENA_NEW(a, struct edi_message);
		ix->messages = arena_grow(a, ix->messages, sizeof *ix->messages,
		    &ix->messages_cap, ix->nmessages + 1);
		ix->messages[ix->nmessages++] = m;
	}
	edi_findings_init(&m->findings, a, r->limits.findings);
	return m;
}

struct edi_message *
edi_open_message(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct edi_message *m = message_new(r);

	m->number = ix->nmessages;
	m->group = r->group;
	m->offset = r->seg.offset;
	if (r->group != NULL)
		r->group->nmessages++;
	r->file->nmessages++;
	r->msg = m;
	r->ncur = 0;
	r->hl_last = 0;
	r->hl_deep = false;
	edi_names_clear(&r->k.hl);
	return m;
}

void
edi_push(struct edi_reader *r)
{
	edi_room(r, 1);
	r->seg.position = (uint32_t)r->ncur + 1;
	r->k.cur[r->ncur++] = r->seg;
	r->msg->length = r->seg.offset + r->seg.length - r->msg->offset;
}

void
edi_close_message(struct edi_reader *r, bool recycle)
{
	struct edi_message *m = r->msg;

	r->msg = NULL;
	r->before = m;
	m->nsegments = (uint32_t)r->ncur;
	m->segments = r->k.cur;
	if (r->o.message != NULL) {
		r->o.message(r->o.ctx, r->file, r->ix, m);
		m->segments = NULL;
		r->ix->nrejected += r->o.forget && m->findings.errors > 0;
		if (recycle)
			edi_scan_recycle(&r->scan);
		return;
	}
	/* kept: the next message gets an array of its own */
	r->k.cur = NULL;
	r->k.cur_cap = 0;
}

/* One of several names in one. */
static void
put_name(struct buf *b, struct span s)
{
	buf_put(b, s);
	buf_putc(b, '\n');
}

void
edi_digest_to(struct edi_reader *r, size_t offset)
{
	size_t from = r->digested;

	if (r->ix == NULL || r->ix->syntax.family != EDI_X12 || offset <= from)
		return;
	edi_digest_put(&r->digest,
	    span_sub(r->scan.in, from - r->scan.base, offset - from));
	r->digested = offset;
}

/* Was there one with the same bytes, segments, reference and sender? */
static bool
seen(struct edi_reader *r)
{
	const struct edi_interchange *ix = r->ix;
	struct buf *b = edi_text(r, UINT16_MAX);
	uint64_t digest;

	edi_digest_to(r, r->scan.base + r->scan.at);
	digest = edi_digest_end(&r->digest);
	buf_put(b, span_make(&digest, sizeof digest));
	buf_put(b, span_make(&ix->nsegments, sizeof ix->nsegments));
	put_name(b, ix->control_ref);
	buf_put(b, ix->sender.id);
	return !edi_names_add(&r->k.contents, buf_span(b));
}

/* X12 may send the very same interchange again: it has no effect. */
static void
check_repeated(struct edi_reader *r)
{
	struct edi_findings *fs = &r->ix->findings;

	if (r->ix->syntax.family != EDI_X12 || !seen(r) || !r->ix->duplicate)
		return;
	for (size_t i = 0; i < fs->n; i++) {
		struct edi_finding *f = &fs->list[i];

		if (f->rule != &EDI_RULES[EDI_R_INTERCHANGE_DUPLICATE])
			continue;
		f->rule = &EDI_RULES[EDI_R_INTERCHANGE_REPEATED];
		f->severity = f->rule->severity;
		fs->errors--;
	}
}

void
edi_close_interchange(struct edi_reader *r)
{
	check_repeated(r);
	r->ix->length = r->scan.base + r->scan.at - r->ix->offset;
	r->ix = NULL;
	r->group = NULL;
	r->state = EDI_AT_START;
	r->una = false;
}

void
edi_rewind(struct edi_reader *r)
{
	r->scan.at = r->seg.offset - r->scan.base;
	r->file->nsegments--;
	r->ix->nsegments--;
	edi_close_interchange(r);
}

static void
check_duplicate(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	struct buf *b = edi_text(r, UINT16_MAX);

	buf_putc(b, (char)ix->syntax.family);
	put_name(b, ix->sender.id);
	put_name(b, ix->sender.qualifier);
	put_name(b, ix->receiver.id);
	put_name(b, ix->receiver.qualifier);
	buf_put(b, ix->control_ref);
	ix->duplicate = !edi_names_add(&r->k.interchanges, buf_span(b));
	if (ix->duplicate)
		edi_find_at(&ix->findings, EDI_R_INTERCHANGE_DUPLICATE, &r->seg,
		    0, 0, 0);
}

void
edi_header_done(struct edi_reader *r)
{
	struct edi_interchange *ix = r->ix;
	enum edi_charset declared = ix->syntax.charset;

	ix->header = ix->sender.id.n && ix->receiver.id.n && ix->control_ref.n;
	if (ix->header)
		check_duplicate(r);
	if (r->o.interchange != NULL)
		r->o.interchange(r->o.ctx, r->file, ix);
	if (ix->syntax.charset != declared)
		edi_found(&ix->findings,
		    edi_find_at(&ix->findings, EDI_R_CHARSET_RELABELLED,
			&r->seg, 1, 1, 1),
		    ix->syntax_id);
	edi_scan_syntax(&r->scan, &ix->syntax);
}

static bool
group_has_errors(const struct edi_message *m)
{
	return m->group != NULL && m->group->findings.errors > 0;
}

void
edi_judge(struct edi_interchange *ix)
{
	uint32_t rejected = ix->nrejected;

	ix->verdict = ix->findings.errors ? EDI_REJECTED : EDI_ACCEPTED;
	for (uint32_t i = 0; ix->messages && i < ix->nmessages; i++) {
		struct edi_message *m = ix->messages[i];

		m->verdict = EDI_ACCEPTED;
		if (m->findings.errors || group_has_errors(m) ||
		    ix->verdict == EDI_REJECTED)
			m->verdict =
			    m->spared ? EDI_ACCEPTED_WITH_ERRORS : EDI_REJECTED;
		rejected += m->verdict != EDI_ACCEPTED;
	}
	for (uint32_t i = 0; i < ix->ngroups; i++) {
		struct edi_group *g = ix->groups[i];

		g->verdict = g->findings.errors ? EDI_REJECTED : EDI_ACCEPTED;
		if (ix->verdict == EDI_REJECTED)
			g->verdict = EDI_REJECTED;
		rejected += g->verdict == EDI_REJECTED;
	}
	if (rejected && ix->verdict == EDI_ACCEPTED)
		ix->verdict = EDI_ACCEPTED_WITH_ERRORS;
}

bool
edi_is_valid(const struct edi_file *f)
{
	if (f->findings.errors || f->ninterchanges == 0)
		return false;
	for (size_t i = 0; i < f->ninterchanges; i++) {
		if (f->interchanges[i]->verdict != EDI_ACCEPTED)
			return false;
	}
	return true;
}

static bool
capital_is(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
tag_char_is(char c)
{
	return capital_is(c) || (c >= '0' && c <= '9');
}

bool
edi_tag_is(const struct edi_segment *s, unsigned min, unsigned max)
{
	const char *p = s->bytes + s->tokens[0].at;
	size_t n = 0;

	if (s->tokens[0].n == 3 && max == 3 && capital_is(p[0]) &&
	    tag_char_is(p[1]) && tag_char_is(p[2]))
		return true;
	for (uint32_t i = 0; i < s->tokens[0].n; i++) {
		if (p[i] == '\r' || p[i] == '\n')
			continue;
		if (n ? !tag_char_is(p[i]) : !capital_is(p[i]))
			return false;
		n++;
	}
	return n >= min && n <= max;
}

bool
edi_digits_is(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n > 0;
}

static int
two(struct span s, size_t at)
{
	return (s.p[at] - '0') * 10 + s.p[at + 1] - '0';
}

bool
edi_date_is(struct span s)
{
	if (!edi_digits_is(s) || (s.n != 6 && s.n != 8))
		return false;
	if (s.n == 8)
		return clock_date_is(
		    two(s, 0) * 100 + two(s, 2), two(s, 4), two(s, 6));
	return clock_date_is(2000 + two(s, 0), two(s, 2), two(s, 4)) ||
	       clock_date_is(1900 + two(s, 0), two(s, 2), two(s, 4));
}

bool
edi_time_is(struct span s)
{
	if (!edi_digits_is(s) || s.n < 4 || s.n > 8)
		return false;
	if (two(s, 0) > 23 || two(s, 2) > 59)
		return false;
	return s.n < 6 || two(s, 4) <= 59;
}
