/* SPDX-License-Identifier: Apache-2.0
 *
 * The short way through ordinary segments. Blocks of 64 bytes become 64 bits,
 * one for each byte that may be something else than plain data, so that plain
 * data is never looked at one by one; the class of such a byte says what it
 * is. Whatever is not ordinary is left to scan.c.
 */
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "edi/scan.h"

#define BLOCK 64

/* What the length of a token can say. */
#define MOST_BYTES 0xFFFFFF

/* Everything that changes from segment to segment. */
struct run {
	struct edi_scan *s;
	const char *p, *end;    /* of what is there */
	const char *block;      /* the block that bits are about */
	uint64_t bits;          /* what is left of it */
	struct edi_token *t;    /* the next one */
	struct edi_token *last; /* of the room */
	ptrdiff_t most;         /* tokens of a segment */
	ptrdiff_t longest;      /* bytes of a segment in front of its end */
	uint16_t *e;
	const uint16_t *elast; /* from here there is no room for a segment */
};

#ifdef __SSE2__
static inline __m128i
lane(const char *p)
{
	return _mm_loadu_si128((const __m128i_u *)(const void *)p);
}

/* As signed numbers bytes from 0x80 are below 0x20, too. */
static inline unsigned
lane_bits(const struct edi_table *t, const char *p, unsigned nmarks)
{
	__m128i v = lane(p);
	__m128i m = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
	    _mm_cmpgt_epi8(v, lane(t->most)));

#pragma GCC unroll 8
	for (unsigned i = 0; i < nmarks; i++)
		m = _mm_or_si128(m, _mm_cmpeq_epi8(v, lane(t->marks[i])));
	return (unsigned)_mm_movemask_epi8(m);
}

static inline uint64_t
four_lanes(const struct edi_table *t, const char *p, unsigned nmarks)
{
	return (uint64_t)lane_bits(t, p, nmarks) |
	       (uint64_t)lane_bits(t, p + 16, nmarks) << 16 |
	       (uint64_t)lane_bits(t, p + 32, nmarks) << 32 |
	       (uint64_t)lane_bits(t, p + 48, nmarks) << 48;
}

static inline uint64_t
block_bits(const struct edi_scan *s, const char *p)
{
	const struct edi_table *t = s->table;

	if (t->nmarks == EDI_SCAN_COMMON)
		return four_lanes(t, p, EDI_SCAN_COMMON);
	return four_lanes(t, p, EDI_SCAN_MARKS);
}
#else
static uint64_t
block_bits(const struct edi_scan *s, const char *p)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < BLOCK; i++)
		bits |= (uint64_t)(s->class[(unsigned char)p[i]] != K_DATA)
			<< i;
	return bits;
}
#endif

/* The bits of the block at p; there are none behind the end. */
static uint64_t
look(const struct edi_scan *s, const char *p, const char *end)
{
	char rest[BLOCK] = {0};
	size_t n = (size_t)(end - p);

	if (n >= BLOCK)
		return block_bits(s, p);
	memcpy(rest, p, n);
	return block_bits(s, rest) & ((1ull << n) - 1);
}

/* Goes on at p, which lies ahead. */
static inline void
move_to(struct run *r, const char *p)
{
	r->p = p;
	if (p - r->block >= BLOCK) {
		r->block = p;
		r->bits = p < r->end ? look(r->s, p, r->end) : 0;
	} else {
		r->bits &= ~0ull << (p - r->block);
	}
}

/* The next block with a byte that may be none of plain data; false when there
 * is none. */
static bool
next_block(struct run *r)
{
	do {
		if (r->end - r->block <= BLOCK)
			return false;
		r->block += BLOCK;
		r->bits = look(r->s, r->block, r->end);
	} while (r->bits == 0);
	return true;
}

static inline void
skip_blanks(struct run *r)
{
	const char *p = r->p;

	if (p<r->end && * p> ' ')
		return;
	while (p < r->end &&
	       (*p == '\n' || *p == '\r' || *p == ' ' || *p == '\t') &&
	       *p != r->s->syntax->terminator)
		p++;
	if (p != r->p)
		move_to(r, p);
}

static inline bool
capital_is(char c)
{
	return (unsigned char)(c - 'A') < 26;
}

static inline bool
alnum_is(char c)
{
	return capital_is(c) || (unsigned char)(c - '0') < 10;
}

/* Tags that begin otherwise are all ordinary. */
#define LETTER(c) (1u << ((c) - 'A'))
#define ODD_LETTERS                                                            \
	(LETTER('B') | LETTER('G') | LETTER('H') | LETTER('I') | LETTER('S') | \
	    LETTER('T') | LETTER('U'))

/* Neither an envelope's, of either family, nor kept an account of. */
static inline bool
ordinary_is(uint32_t tag)
{
	if (!(ODD_LETTERS >> ((tag & 0xFF) - 'A') & 1))
		return true;
	if ((tag & 0xFFFF) == EDI_TAG('U', 'N', 0, 0))
		return tag == EDI_TAG('U', 'N', 'S', 0);
	switch (tag) {
	case EDI_TAG('G', 'S', 0, 0):
	case EDI_TAG('S', 'T', 0, 0):
	case EDI_TAG('S', 'E', 0, 0):
	case EDI_TAG('G', 'E', 0, 0):
	case EDI_TAG('H', 'L', 0, 0):
	case EDI_TAG('I', 'E', 'A', 0):
	case EDI_TAG('I', 'S', 'A', 0):
	case EDI_TAG('T', 'A', '1', 0):
	case EDI_TAG('B', 'I', 'N', 0):
	case EDI_TAG('B', 'D', 'S', 0):
		return false;
	default:
		return true;
	}
}

/* The tag of an ordinary segment at r->p, else 0. */
static inline uint32_t
tag_at(const struct run *r)
{
	const struct edi_scan *s = r->s;
	enum edi_family family = s->syntax->family;
	const char *p = r->p;
	unsigned n = 3;
	enum edi_scan_kind k;
	uint32_t tag;

	if (r->end - p < 4 || !capital_is(p[0]) || !alnum_is(p[1]))
		return 0;
	if (family == EDI_X12 && !alnum_is(p[2]))
		n = 2;
	else if (!alnum_is(p[2]))
		return 0;
	k = EDI_SCAN_KIND(s->class[(unsigned char)p[n]]);
	if (k != K_ELEMENT && k != K_TERMINATOR)
		return 0;
	tag = EDI_TAG(p[0], p[1], n == 3 ? p[2] : 0, 0);
	return ordinary_is(tag) ? tag : 0;
}

/* May the byte that a release character quotes be taken as it is? */
static inline bool
quotable(const struct run *r, const char *p)
{
	enum edi_scan_kind k;

	if (p >= r->end)
		return false;
	k = EDI_SCAN_KIND(r->s->class[(unsigned char)*p]);
	return k != K_LINE && k != K_ODD;
}

/* A byte above 0x7F that is nothing but data. */
static inline bool
high_is(const struct run *r, unsigned class)
{
	return EDI_SCAN_KIND(class) == K_ODD && EDI_SCAN_FAULTS(class) == 0 &&
	       r->s->syntax->charset != EDI_UTF8;
}

/* A byte that separates nothing: false when it asks for care. */
static bool
inside(struct run *r, const char *p, unsigned *flags)
{
	unsigned class = r->s->class[(unsigned char)*p];
	enum edi_scan_kind k = EDI_SCAN_KIND(class);

	if (k == K_RELEASE && quotable(r, p + 1)) {
		*flags |= EDI_T_QUOTED;
		move_to(r, p + 2);
		return true;
	}
	if (high_is(r, class))
		*flags |= EDI_T_HIGH;
	return k == K_DATA || high_is(r, class);
}

/* A token as one word, which is how its parts lie in memory: where it begins
 * and its flags, then its length. */
#define FLAG_BIT 56

static inline void
put_token(struct edi_token *t, uint64_t word, ptrdiff_t n)
{
	word |= (uint64_t)n << 32;
	_Static_assert(sizeof *t == sizeof word, "a token is a word");
	memcpy(t, &word, sizeof word);
}

/* More tokens than elements are allowed may be too many. */
static ptrdiff_t
most_tokens(const struct edi_scan *s)
{
	if (s->limits->elements < EDI_SCAN_TOKENS)
		return s->limits->elements;
	return (ptrdiff_t)EDI_SCAN_TOKENS - 1;
}

/* False while there is room for as many tokens as a block can end. */
static inline bool
full(const struct run *r, const struct edi_token *t, ptrdiff_t n)
{
	return r->last - t < BLOCK || n > r->most;
}

/* Cuts the segment at r->p; false when it asks for care. */
static inline bool
cut(struct run *r, struct edi_segment *out)
{
	const char *start = r->p, *token = start, *p;
	const unsigned char *class = r->s->class;
	struct edi_token *t = r->t;
	uint64_t word = 0, bits = r->bits;
	const char *block = r->block;
	uint16_t *e = r->e, n = 0;

	*e++ = 0;
	if (full(r, t, n))
		return false;
	for (;;) {
		unsigned kind, flags = 0;

		if (bits == 0) {
			if (full(r, t, n) || !next_block(r))
				return false;
			bits = r->bits;
			block = r->block;
		}
		p = block + __builtin_ctzll(bits);
		bits &= bits - 1;
		kind = class[(unsigned char)*p];
		if (EDI_SCAN_SEPARATES(kind)) {
			kind -= K_COMPONENT; /* the flags */
			put_token(t++, word, p - token);
			token = p + 1;
			word = (uint32_t)(token - start) | (uint64_t)kind
							       << FLAG_BIT;
			*e = ++n;
			e += kind & EDI_T_ELEMENT;
			continue;
		}
		if (kind == K_TERMINATOR)
			break;
		r->bits = bits;
		if (!inside(r, p, &flags) || full(r, t, n))
			return false;
		word |= (uint64_t)flags << FLAG_BIT;
		bits = r->bits;
		block = r->block;
	}
	if (n >= r->most || p - start >= r->longest)
		return false;
	put_token(t++, word, p - token);
	*e++ = ++n;
	out->ntokens = n;
	out->nelements = (uint16_t)(e - r->e - 2);
	out->length = (uint32_t)(p + 1 - start);
	r->p = p + 1;
	r->bits = bits;
	r->t = t;
	r->e = e;
	return true;
}

/* Room for tokens and elements, and how much of it a segment may take. */
static void
room(struct run *r, const struct edi_scan *s)
{
	uint32_t longest = s->limits->segment_bytes;

	r->last = r->t + (s->tokens.size - s->tokens.used) - 1;
	r->most = most_tokens(s);
	r->elast = r->e + (s->elements.size - s->elements.used) -
		   (r->most + BLOCK + 2);
	r->longest = longest > MOST_BYTES ? MOST_BYTES : longest;
}

size_t
edi_scan_run(struct edi_scan *s, struct edi_segment *list, size_t max,
    uint32_t number, uint32_t position)
{
	struct run r = {
	    .s = s, .t = edi_scan_tokens(s), .e = edi_scan_elements(s)};
	const struct edi_token *t = r.t;
	const uint16_t *e = r.e;
	size_t n = 0;

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		return 0; /* a token is no such word */
	room(&r, s);
	r.p = r.block = s->in.p + s->at;
	r.end = s->in.p + s->in.n;
	r.bits = r.p < r.end ? look(s, r.p, r.end) : 0;
	for (; n < max && r.e < r.elast; n++) {
		struct edi_segment *out = &list[n];
		uint32_t tag;

		skip_blanks(&r);
		tag = tag_at(&r);
		*out = (struct edi_segment){.bytes = r.p,
		    .syntax = s->syntax,
		    .tokens = r.t,
		    .elements = r.e,
		    .offset = s->base + (size_t)(r.p - s->in.p),
		    .number = number + (uint32_t)n,
		    .position = position + (uint32_t)n};
		memcpy(out->tag, &tag, sizeof out->tag);
		if (tag == 0 || !cut(&r, out))
			break;
	}
	if (n)
		s->at = list[n - 1].offset + list[n - 1].length - s->base;
	s->tokens.used += (size_t)(r.t - t);
	s->elements.used += (size_t)(r.e - e);
	return n;
}
