/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the reading direction share: values in slots, scopes,
 * and the way from a leaf's bytes to a canonical value.
 */
#ifndef GUIDE_READ_H
#define GUIDE_READ_H

#include "base/decimal.h"
#include <string.h>

#include "guide/cover.h"
#include "guide/impl.h"

/* Where a value stands. */
struct gplace_in {
	const struct edi_segment *segment;
	const struct edi_node *node;
	uint8_t element, component;
	struct span attribute;
};

struct gvalue {
	struct span v;
	struct gplace_in at;
	const struct gline *line; /* that set it */
	bool set;
	bool soft;       /* set by a line that is only read */
	bool wrong;      /* what stood there was refused */
	bool full;       /* joined text whose last piece was full */
	uint32_t count;  /* entries of a list */
	struct buf text; /* entries of a list, as JSON; or the joined pieces */
};

/* The most that such a text may have: it is as long as the message allows. */
#define GUIDE_TEXT (SIZE_MAX / 4)

/* A member of the canonical document, and what stands before its value when
 * it comes behind the member it came behind the last time. */
struct gmember {
	const struct gslot *slot;
	struct gvalue *value;
	const struct gmember *last; /* NULL: it was the first */
	char *text;                 /* with a quote, GUIDE_SLACK behind it */
	size_t n;                   /* 0: never yet */
};

/* A count said somewhere, compared when everything has been read. */
struct gcounted {
	const struct galt *alt;
	struct span said;
	struct gplace_in at;
};

#define GUIDE_COUNTED 16

struct glevels; /* levels.c */

/* The state for one guide. */
struct gcontext {
	struct gcontext *next;
	const struct guide *g;
	struct gvalue *values;   /* by slot */
	struct gmember *members; /* by place of a slot */
	bool *touched;           /* by place of a slot: may hold something */
	uint32_t *counts;        /* by node, in the present occurrence */
	bool *reported;          /* by node, missing already said */
	uint16_t *after;         /* by node, which came behind it; 0: none */
	struct decimal_sum *sums;
	const char **pointers; /* by scope, "/lines/3" */
};

struct guide_reader {
	struct arena *a;       /* owns this */
	struct arena *scratch; /* values of one message */
	struct gcontext *contexts, *c;
	const struct guide *g;
	struct edi_message *m;
	struct edi_findings *fs;
	struct buf *canonical, *locators;
	bool x12;
	struct gcounted counted[GUIDE_COUNTED];
	size_t ncounted;
	struct guide_cover *cover; /* NULL: nobody asks what was used */
	struct glevels *levels;    /* of this message; NULL: none so far */
};

/* The value of a slot, to be filled: whoever sets one gets it by this. */
static inline struct gvalue *
guide_touch(struct gcontext *c, uint16_t slot)
{
	c->touched[c->g->slots[slot].place] = true;
	return &c->values[slot];
}

/* The touched ones of eight slots of a scope, number `from` the lowest byte;
 * from is a multiple of 8. */
static inline uint64_t
guide_eight(const struct gcontext *c, const struct gscope *s, uint16_t from)
{
	uint64_t eight;

	memcpy(&eight, c->touched + s->place + from, sizeof eight);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	eight = __builtin_bswap64(eight);
#endif
	return eight;
}

/* Takes the lowest of them out. */
static inline struct gmember *
guide_lowest(const struct gcontext *c, const struct gscope *s, uint16_t from,
    uint64_t *eight)
{
	unsigned bit = (unsigned)__builtin_ctzll(*eight);

	*eight &= *eight - 1;
	return &c->members[(unsigned)s->place + from + bit / 8];
}

/* --- value.c: bytes to canonical text, by type ----------------------- */

/* The same as span_eq; most of what is compared differs in the first byte. */
static inline bool
guide_equal(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	if (a.n == 0)
		return true;
	if (a.n <= 3) /* codes */
		return a.p[0] == b.p[0] && a.p[a.n - 1] == b.p[a.n - 1] &&
		       a.p[a.n / 2] == b.p[a.n / 2];
	return a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0;
}

/* What is wrong with a value; EDI_R_COUNT for nothing. */
struct gjudged {
	struct span value;
	enum edi_rule_id rule;
	const char *expected; /* NULL: none */
};

/* format is the date format code beside the value, or 0. */
/* False for a GTIN, GLN or SSCC whose last digit does not fit; what has
 * another length or other characters is left to the type. */
bool guide_check_digit_is(struct span v);

/* CCYYMMDD as the canonical document has it; nothing when that is no day. */
struct span guide_day(const struct guide_reader *r, struct span v);

struct gjudged guide_judge(const struct guide_reader *r, const struct gtype *t,
    struct span v, unsigned format);

/* Text whose bytes alone fit: most values. */
static inline bool
guide_any_text(const struct gtype *t, struct span v)
{
	return t->kind == T_NONE ||
	       (t->kind == T_AN && v.n >= t->min && (v.n <= t->max || !t->max));
}

/* Digits, perhaps with a point between them, which is what most numbers are:
 * how many stand before the point, else 0. */
static inline size_t
guide_plain_number(struct span v)
{
	size_t i = 0, whole;

	if (!v.n || v.n > 19 || (v.n > 1 && v.p[0] == '0' && v.p[1] != '.'))
		return 0;
	while (i < v.n && (unsigned)(v.p[i] - '0') < 10)
		i++;
	whole = i;
	if (i < v.n && v.p[i] == '.')
		for (i++; i < v.n && (unsigned)(v.p[i] - '0') < 10;)
			i++;
	return i < v.n || whole + 1 == v.n ? 0 : whole;
}

/* A decimal that fits its type as it stands. */
static inline bool
guide_plain_decimal(const struct gtype *t, struct span v)
{
	size_t whole = guide_plain_number(v), digits;

	if (!whole)
		return false;
	digits = v.n - (v.n > whole);
	return digits <= 18 && digits >= t->min &&
	       (!t->max || digits <= t->max) &&
	       (t->scale == 255 || digits - whole <= t->scale);
}

/* --- take.c: values into slots --------------------------------------- */

/* Tests of an alternative are decided by the caller. */
void guide_take(struct guide_reader *r, const struct gleaf *leaf,
    const struct galt *alt, struct span v, unsigned format,
    const struct gplace_in *at);

/* The entry for a code that is read; NULL when there is none. */
const struct gmap_entry *guide_mapped(const struct gmap *m, struct span v);

/* Compares what was counted with what is there. */
void guide_counts(struct guide_reader *r);

/* Says in the finding what the element is called. */
void guide_find_name(
    struct guide_reader *r, struct edi_finding *f, const struct gleaf *leaf);

struct edi_finding *guide_find(
    struct guide_reader *r, enum edi_rule_id rule, const struct gplace_in *at);

/* --- scope.c: entries of lists, and the document --------------------- */

void guide_scope_open(struct guide_reader *r, uint16_t scope);
void guide_scope_close(struct guide_reader *r, uint16_t scope);
void guide_json_string(struct buf *out, struct span s);

/* --- levels.c: hierarchies -------------------------------------------- */

/* A message begins. */
void guide_levels_start(struct guide_reader *r);

/* The opening segment of a level is about to be read: what it says is its own,
 * not that of the level before. */
void guide_level_next(struct guide_reader *r);

/* The opening segment of a level has been read. */
void guide_level_open(struct guide_reader *r);

/* Its number, or that of the level above. */
void guide_level_said(struct guide_reader *r, uint8_t compute, struct span v,
    const struct gplace_in *at);

/* An entry takes what the levels around it pass on. */
void guide_level_fill(struct guide_reader *r, uint16_t scope);

/* --- eval.c ----------------------------------------------------------- */

bool guide_true(struct guide_reader *r, const struct gexpr *e);
/* The number that an expression comes to; false when it cannot be said. */
bool guide_number(
    struct guide_reader *r, const struct gexpr *e, struct decimal *out);
/* Rounded to the minor unit of the document's currency. */
struct decimal guide_minor(const struct guide_reader *r, struct decimal d);
struct span guide_eval(struct guide_reader *r, const struct gexpr *e);
void guide_sums_add(struct guide_reader *r, uint16_t scope);
void guide_sums_reset(struct guide_reader *r, uint16_t list);
void guide_sums_make(struct gcontext *c, struct arena *a);

/* --- check_edi.c, check_xml.c ------------------------------------------ */

void guide_check_edi(struct guide_reader *r);
void guide_check_xml(struct guide_reader *r);

/* Takes out what the guide found and the schema, whose findings are the first
 * ones, has said already. */
void guide_echoes(struct edi_findings *fs, size_t schema);

#endif
