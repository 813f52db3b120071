/* SPDX-License-Identifier: Apache-2.0
 *
 * One table look-up a byte: the class says whether a byte is plain data, a
 * service character, a line end or something to be remembered. Plain data is
 * passed over without a branch that depends on it.
 */
#include <string.h>

#include "edi/charset.h"
#include "edi/scan.h"

#define KIND EDI_SCAN_KIND
#define FAULTS EDI_SCAN_FAULTS
#define FIRST_BLOCK 8192u
#define NEXT_BLOCK 65536u

static void
service(struct edi_table *t, char c, enum edi_scan_kind k)
{
	if (c)
		t->class[(unsigned char)c] = (unsigned char)k;
}

/* The classes that a set of characters alone decides. */
static void
set_classes(struct edi_table *t, const unsigned char *faults, unsigned char ask)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char f = faults[c] & ask;
		bool odd = f || c >= 0x80;

		t->class[c] = (unsigned char)(f << 3 | (odd ? K_ODD : K_DATA));
	}
}

/* What scan_run.c looks for; more than the classes ask for is harmless. */
static void
set_marks(struct edi_table *t, const struct edi_syntax *x)
{
	const char marks[EDI_SCAN_MARKS] = {x->terminator, x->element,
	    x->component, x->release, x->repetition, '#', '$', '@'};
	bool upper = x->charset == EDI_ASCII_UPPER;

	for (unsigned i = 0; i < EDI_SCAN_MARKS; i++) {
		memset(t->marks[i], marks[i] ? marks[i] : x->terminator,
		    EDI_SCAN_LANE);
	}
	t->nmarks = upper ? EDI_SCAN_MARKS : EDI_SCAN_COMMON;
	memset(t->most, upper ? 'Z' : 0x7E, EDI_SCAN_LANE);
}

/* All that a table depends on. */
static uint64_t
key_of(const struct edi_syntax *x, unsigned char ask)
{
	const char marks[] = {
	    x->component, x->element, x->release, x->repetition, x->terminator};
	uint64_t key = 0;

	for (unsigned i = 0; i < sizeof marks; i++)
		key = key << 8 | (unsigned char)marks[i];
	return key << 16 | (uint64_t)x->charset << 8 | ask;
}

static void
table_make(struct edi_table *t, const struct edi_syntax *x, unsigned char ask)
{
	set_classes(t, edi_charset_classes(x->charset), ask);
	service(t, '\r', K_LINE);
	service(t, '\n', K_LINE);
	service(t, x->release, K_RELEASE);
	service(t, x->repetition, K_REPEAT);
	service(t, x->component, K_COMPONENT);
	service(t, x->element, K_ELEMENT);
	service(t, x->terminator, K_TERMINATOR);
	set_marks(t, x);
	t->key = key_of(x, ask);
}

void
edi_scan_syntax(struct edi_scan *s, const struct edi_syntax *syntax)
{
	unsigned char ask = (unsigned char)~s->faults & EDI_C_ALL;
	struct edi_tables *ts = s->tables;
	struct edi_table *t = ts->list;
	uint64_t key;

	if (syntax->family == EDI_X12)
		ask &= (unsigned char)~EDI_C_HIGH;
	key = key_of(syntax, ask);
	while (t < ts->list + EDI_SCAN_TABLES && t->key != key)
		t++;
	if (t == ts->list + EDI_SCAN_TABLES) {
		t = &ts->list[ts->next];
		ts->next = (ts->next + 1) % EDI_SCAN_TABLES;
		table_make(t, syntax, ask);
	}
	s->syntax = syntax;
	s->table = t;
	s->class = t->class;
}

void
edi_scan_recycle(struct edi_scan *s)
{
	s->tokens.block = s->tokens.used = 0;
	s->tokens.size = FIRST_BLOCK;
	s->elements.block = s->elements.used = 0;
	s->elements.size = FIRST_BLOCK;
}

/* Room for n more entries in one piece; the pieces never move. */
static void *
pool_room(struct edi_scan *s, struct edi_pool *p, size_t size, size_t n)
{
	if (p->nblocks && p->used + n <= p->size)
		return (char *)p->blocks[p->block] + p->used * size;
	if (p->nblocks)
		p->block++;
	p->used = 0;
	p->size = p->block ? NEXT_BLOCK : FIRST_BLOCK;
	if (p->block == p->nblocks) {
		p->blocks = arena_grow(s->a, p->blocks, sizeof *p->blocks,
		    &p->cap, p->nblocks + 1);
		p->blocks[p->nblocks++] = arena_array_raw(s->a, size, p->size);
	}
	return p->blocks[p->block];
}

struct edi_token *
edi_scan_tokens(struct edi_scan *s)
{
	return pool_room(
	    s, &s->tokens, sizeof(struct edi_token), EDI_SCAN_TOKENS);
}

uint16_t *
edi_scan_elements(struct edi_scan *s)
{
	return pool_room(
	    s, &s->elements, sizeof(uint16_t), s->limits->elements + 2);
}

/* The state while one segment is scanned. */
struct piece {
	struct edi_segment *out;
	struct edi_token *t; /* the token being filled */
	uint16_t *elements;
	const char *start, *p, *token;
	const char *end; /* of what may be looked at */
	const char *all; /* of what is there */
	unsigned flags;
	unsigned ntokens, nelements;
	unsigned max_elements;
	bool binary; /* BIN, BDS: an element's bytes are counted */
};

static void
token_end(struct edi_scan *s, struct piece *x)
{
	if (x->ntokens == EDI_SCAN_TOKENS) {
		s->many = true;
		return;
	}
	x->t[x->ntokens++] = (struct edi_token){
	    .at = (uint32_t)(x->token - x->start),
	    .n = (uint32_t)(x->p - x->token) & 0xFFFFFF,
	    .flags = x->flags & 0xFF,
	};
}

static void
token_begin(struct edi_scan *s, struct piece *x, unsigned flag)
{
	token_end(s, x);
	x->token = x->p + 1;
	x->flags = flag;
	if (flag != EDI_T_ELEMENT)
		return;
	if (x->nelements == x->max_elements) {
		s->many = true;
		return;
	}
	x->elements[++x->nelements] = (uint16_t)x->ntokens;
}

static void
odd(struct edi_scan *s, struct piece *x)
{
	unsigned char c = (unsigned char)*x->p;
	unsigned faults = FAULTS(s->class[c]);

	if (c >= 0x80) {
		x->flags |= EDI_T_HIGH;
		s->high = true;
	}
	if (faults == 0)
		return;
	for (unsigned i = 0; i < 5; i++) {
		if (faults & 1u << i)
			s->fault_at[i] = s->base + (size_t)(x->p - s->in.p);
	}
	s->faults |= faults;
	edi_scan_syntax(s, s->syntax); /* each kind is reported once */
}

/* Skips the character that a release character quotes. */
static bool
released(struct edi_scan *s, struct piece *x)
{
	x->flags |= EDI_T_QUOTED;
	for (x->p++; x->p < x->end; x->p++) {
		if (KIND(s->class[(unsigned char)*x->p]) != K_LINE)
			break;
		x->flags |= EDI_T_WRAPPED;
		s->wrapped = true;
	}
	if (x->p == x->end)
		return false;
	if (KIND(s->class[(unsigned char)*x->p]) == K_ODD)
		odd(s, x);
	return true;
}

/* X12 BIN*length*data and BDS*filter*length*data: 0 no, -1 not all there. */
static long
binary_length(struct edi_scan *s, struct piece *x)
{
	unsigned at = x->out->tag[1] == 'I' ? 1 : 2;
	unsigned long long n;
	struct span v;

	if (x->nelements != at + 1)
		return 0;
	v = span_make(
	    x->start + x->t[x->elements[at]].at, x->t[x->elements[at]].n);
	if (!span_uint(v, &n) || n > s->limits->bytes)
		return -2;
	return n > (unsigned long long)(x->all - x->token) ? -1 : (long)n;
}

static bool
binary_is(const struct edi_scan *s, const struct edi_segment *out)
{
	return s->syntax->family == EDI_X12 &&
	       (edi_tag(out) == EDI_TAG('B', 'I', 'N', 0) ||
		   edi_tag(out) == EDI_TAG('B', 'D', 'S', 0));
}

static void
set_tag(struct edi_scan *s, struct piece *x)
{
	unsigned n = 0;

	if (x->p - x->token == 3 && !x->flags) {
		memcpy(x->out->tag, x->token, 3);
		x->binary = binary_is(s, x->out);
		return;
	}
	for (const char *p = x->token; p < x->p && n < 3; p++) {
		if (*p != '\r' && *p != '\n')
			x->out->tag[n++] = *p;
	}
	x->binary = binary_is(s, x->out);
}

/* Looks no further than a segment may be long from here. */
static void
look_ahead(const struct edi_scan *s, struct piece *x)
{
	x->end = x->all;
	if (x->end - x->p > s->limits->segment_bytes)
		x->end = x->p + s->limits->segment_bytes;
}

/* An element separator: EDI_SCAN_SEGMENT to go on. */
static enum edi_scanned
element(struct edi_scan *s, struct piece *x)
{
	long skip;

	if (x->nelements == 0 && x->ntokens == 0)
		set_tag(s, x);
	token_begin(s, x, EDI_T_ELEMENT);
	if (!x->binary)
		return EDI_SCAN_SEGMENT;
	skip = binary_length(s, x);
	if (skip == -1 && !s->last)
		return EDI_SCAN_MORE;
	if (skip < 0)
		return EDI_SCAN_BINARY;
	if (skip)
		x->flags |= EDI_T_HIGH;
	x->p += skip;
	look_ahead(s, x);
	return EDI_SCAN_SEGMENT;
}

static enum edi_scanned
finish(struct edi_scan *s, struct piece *x, enum edi_scanned rc)
{
	struct edi_segment *out = x->out;

	if (x->nelements == 0 && x->ntokens == 0)
		set_tag(s, x);
	token_end(s, x);
	x->elements[x->nelements + 1] = (uint16_t)x->ntokens;
	out->length = (uint32_t)(x->p - x->start) + (rc == EDI_SCAN_SEGMENT);
	out->ntokens = (uint16_t)x->ntokens;
	out->nelements = (uint16_t)x->nelements;
	s->tokens.used += x->ntokens;
	s->elements.used += x->nelements + 2;
	s->at = (size_t)(x->p - s->in.p) + (rc == EDI_SCAN_SEGMENT);
	return rc;
}

/* A byte that is not plain data: EDI_SCAN_SEGMENT to go on. */
static enum edi_scanned
special(struct edi_scan *s, struct piece *x, enum edi_scan_kind k)
{
	switch (k) {
	case K_ELEMENT:
		return element(s, x);
	case K_COMPONENT:
		if (x->ntokens == 0)
			set_tag(s, x);
		token_begin(s, x, 0);
		break;
	case K_REPEAT:
		token_begin(s, x, EDI_T_REPEAT);
		break;
	case K_RELEASE:
		if (released(s, x))
			break;
		s->dangling = s->last;
		return s->last ? EDI_SCAN_CUT : EDI_SCAN_MORE;
	case K_LINE:
		x->flags |= EDI_T_WRAPPED;
		s->wrapped = true;
		break;
	case K_ODD:
		odd(s, x);
		break;
	case K_DATA:
	case K_TERMINATOR:
		break;
	}
	return EDI_SCAN_SEGMENT;
}

/* The next byte that is not plain data, whose class is 0, or the end. */
static inline const char *
past_plain(const char *p, const char *end, const unsigned char *class)
{
	for (; end - p >= 4; p += 4) {
#pragma GCC unroll 4
		for (unsigned i = 0; i < 4; i++) {
			if (class[(unsigned char)p[i]])
				return p + i;
		}
	}
	while (p < end && !class[(unsigned char)*p])
		p++;
	return p;
}

/*
 * The short way: separators between plain tokens, one after the other, with
 * everything in registers. Stops in front of anything else and of the first
 * separator, which ends the tag.
 */
static enum edi_scan_kind
separators(struct piece *x, const unsigned char *class)
{
	struct edi_token *t = x->t + x->ntokens;
	const struct edi_token *last = x->t + EDI_SCAN_TOKENS - 1;
	const char *p = x->p, *end = x->end, *token = x->token;
	uint32_t flags = x->flags & 0xFF;
	unsigned nelements = x->nelements;
	enum edi_scan_kind k = K_DATA;

	for (;;) {
		p = past_plain(p, end, class);
		k = p < end ? KIND(class[(unsigned char)*p]) : K_DATA;
		if (p == end || !EDI_SCAN_SEPARATES(k) || t == x->t ||
		    t >= last ||
		    (k == K_ELEMENT && nelements == x->max_elements))
			break;
		*t++ = (struct edi_token){
		    .at = (uint32_t)(token - x->start),
		    .n = (uint32_t)(p - token) & 0xFFFFFF,
		    .flags = flags & 0xFF,
		};
		token = ++p;
		flags = k == K_REPEAT ? EDI_T_REPEAT : 0;
		if (k == K_ELEMENT) {
			flags = EDI_T_ELEMENT;
			x->elements[++nelements] = (uint16_t)(t - x->t);
		}
	}
	x->p = p;
	x->token = token;
	x->flags = flags;
	x->ntokens = (unsigned)(t - x->t);
	x->nelements = nelements;
	return p == end ? K_DATA : k;
}

/* The next byte that is not plain data, the slow way. */
static enum edi_scan_kind
plain(struct piece *x, const unsigned char *class)
{
	x->p = past_plain(x->p, x->end, class);
	return x->p == x->end ? K_DATA : KIND(class[(unsigned char)*x->p]);
}

static enum edi_scanned
run(struct edi_scan *s, struct piece *x)
{
	enum edi_scanned rc;
	enum edi_scan_kind k;

	for (;; x->p++) {
		k = x->binary ? plain(x, s->class) : separators(x, s->class);
		if (x->p == x->end)
			return s->last ? EDI_SCAN_CUT : EDI_SCAN_MORE;
		if (k == K_TERMINATOR)
			return EDI_SCAN_SEGMENT;
		rc = special(s, x, k);
		if (rc != EDI_SCAN_SEGMENT)
			return rc;
	}
}

static bool
blank_before(const struct edi_scan *s, char c)
{
	return (c == ' ' || c == '\t' || c == '\r' || c == '\n') &&
	       c != s->syntax->terminator;
}

static void
begin(struct edi_scan *s, struct piece *x, struct edi_segment *out)
{
	*x = (struct piece){.out = out, .flags = 0};
	x->start = x->p = x->token = s->in.p + s->at;
	x->all = s->in.p + s->in.n;
	look_ahead(s, x);
	x->max_elements = s->limits->elements;
	x->t = edi_scan_tokens(s);
	x->elements = edi_scan_elements(s);
	out->bytes = x->start;
	out->syntax = s->syntax;
	out->tokens = x->t;
	out->elements = x->elements;
	out->offset = s->base + s->at;
	out->position = 0;
	memset(out->tag, 0, sizeof out->tag);
	s->many = s->wrapped = s->dangling = s->high = false;
}

enum edi_scanned
edi_scan(struct edi_scan *s, struct edi_segment *out)
{
	enum edi_scanned rc;
	struct piece x;
	size_t from = s->at;

	while (s->at < s->in.n && blank_before(s, s->in.p[s->at]))
		s->at++;
	if (s->at == s->in.n)
		return s->last ? EDI_SCAN_END : EDI_SCAN_MORE;
	begin(s, &x, out);
	rc = run(s, &x);
	if (rc == EDI_SCAN_BINARY)
		return rc;
	if ((rc == EDI_SCAN_MORE || rc == EDI_SCAN_CUT) && x.end < x.all)
		return EDI_SCAN_LONG;
	if (rc == EDI_SCAN_MORE) {
		s->at = from;
		return rc;
	}
	return finish(s, &x, rc);
}
