/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes shared by the files of this folder; nobody else includes it.
 *
 * A guide is first a tree of lines as written (struct gline, parse.c), then,
 * after extends and use (merge.c), flat tables (struct guide, compile.c) that
 * the reader (check_*.c) and the writer (write_*.c) walk.
 */
#ifndef GUIDE_IMPL_H
#define GUIDE_IMPL_H

#include "base/buf.h"
#include "guide/guide.h"
#include "guide/keys.h"

#define GUIDE_NONE UINT16_MAX
#define GUIDE_MANY UINT32_MAX
#define GUIDE_DEPTH 24
#define GUIDE_SLACK 16 /* readable bytes behind gslot.open */

/* --- as written ---------------------------------------------------- */

enum gway {
	WAY_BOTH = 0,
	WAY_READ = 1,
	WAY_WRITE = 2,
};

enum gtype_kind {
	T_NONE,
	T_AN,
	T_A,
	T_N, /* EDIFACT n: number; X12 N0: integer */
	T_DECIMAL,
	T_IMPLIED,
	T_DATE,
	T_TIME,
	T_DATETIME,
};

#define GTYPE_FORMATS 12

struct gtype {
	uint8_t kind;
	uint8_t scale; /* decimals at most, 255: any; implied: how many */
	uint8_t nformats;
	uint16_t min, max;               /* characters; max 0: any */
	uint16_t formats[GTYPE_FORMATS]; /* 102, 203, ... */
};

enum gline_kind {
	L_PLACE,
	L_ELEMENT,
	L_REPEAT,
	L_RULE,
	L_ASSERT,
	L_FILL,
	L_USE,
};

enum gcompute {
	C_NONE,
	C_COUNTS,
	C_NUMBER,
	C_PARENT,
	C_LEVELS,
};

struct gtest {
	struct span element;
	struct span *values;
	uint16_t nvalues; /* 0: presence */
	bool not ;
};

struct gline {
	struct gline *parent, *child, *last, *next;
	const char *file;
	struct span key;   /* place, element, repeat range, rule letter, id */
	struct span group; /* number, "loop", or empty */
	struct span field; /* empty: none stated */
	struct span rest;  /* rule elements; condition of an assert */
	struct gtype type;
	struct span *codes;
	struct span codes_name, map, join, fallback, counts;
	struct gtest *tests;
	struct gsaid *said; /* of an assert or default, else NULL */
	unsigned no;
	uint32_t min, max; /* max 0: not allowed */
	uint16_t ncodes, ntests;
	enum gline_kind kind : 8;
	enum gway way : 8;
	enum gcompute compute : 8;
	bool occurs; /* min, max are stated */
	bool has_join, has_fallback, adds, droppable, level;
};

/* What few lines have: an assert's words, and what it or a default waits for.
 */
struct gsaid {
	struct span when; /* condition before the ":" of an assert */
	struct span en, de;
	bool warning;
	uint8_t contrl;
	uint8_t set;
};

struct gmap_entry {
	struct span code, value;
	char way; /* '=', '>', '<' */
};

enum gothers {
	OTHERS_REFUSE,
	OTHERS_WARN,
	OTHERS_DROP,
	OTHERS_KEEP,
	OTHERS_SAME,
	OTHERS_VALUE,
};

struct gmap {
	struct gmap *next;
	struct span name;
	struct gmap_entry *entries;
	size_t n, cap;
	enum gothers others;
	struct span other; /* OTHERS_VALUE */
	bool adds;
	bool identity;     /* a code list */
	struct gkeys keys; /* entries that are read, from 1 */
};

struct gblock {
	struct gblock *next;
	struct span name;
	struct gline *lines;
};

struct gword {
	struct gword *next;
	struct span word, value;
};

/* A file as written, then as merged with what it extends. */
struct gsource {
	const char *file;
	struct span name;
	struct span type, version, document, code, root, segments, extends;
	struct gtest *where, *fors;
	uint16_t nwhere, nfors;
	struct gword *also, *association, *agency, *prefixes, *sets, *lost;
	struct gword *names;
	struct gword *between; /* roles: sender, receiver */
	struct gword *columns, *parts, *rows, *filled; /* of sheets */
	struct gword *collects;                        /* of sheets */
	enum edi_family family;
	uint8_t direction;
	bool strict;
	bool of_partner;
	struct gmap *maps;
	struct gblock *blocks;
	struct gline *root_line; /* its children are the tree */
	bool merging, merged;
};

/* --- segment lists -------------------------------------------------- */

struct gdirectory_element {
	struct span name;      /* "2380", "03" */
	struct span composite; /* "C507", or empty */
	struct gtype type;
	bool mandatory;
	uint16_t component; /* of a composite; 0 for a simple element */
	uint16_t element;   /* its number, 1 .. */
	bool composite_mandatory;
};

struct gdirectory_segment {
	struct gdirectory_segment *next;
	struct span tag;
	struct gdirectory_element *list; /* composites spread out */
	size_t n, cap;
	struct span rules; /* "R0203 P0304" */
	uint16_t elements; /* how many it may have */
};

struct gdirectory {
	struct gdirectory *next;
	struct span name; /* edifact/d96a */
	struct gdirectory_segment *segments;
};

/* What is looked for in a guide, side by side for all of them. */
struct gsought {
	uint32_t name; /* hashes */
	uint32_t kind; /* of family and type */
};

struct guides {
	struct arena *a;
	struct gdirectory *directories;
	struct gsource **sources;
	size_t nsources, sources_cap;
	struct guide **list;
	struct gsought *sought; /* beside list */
	size_t n, list_cap, sought_cap;
	struct buf *report;
	struct err *err;
	size_t faults;
};

/* --- compiled ------------------------------------------------------- */

/* A field of a scope: where values are put while reading. */
struct gslot {
	struct span path;    /* relative to its scope: "item.gtin" */
	struct span pointer; /* "/item/gtin" */
	struct span *parts;  /* "item", "gtin" */
	uint8_t nparts;
	uint16_t place;   /* in order of output, among all slots of the guide */
	uint16_t *opens;  /* where each part begins in open */
	struct span open; /* "\"item\":{\"gtin\":" */
	uint8_t list;     /* 0 value, 1 list of texts, 2 list of objects */
	uint16_t scope;
	uint8_t below; /* number of a value that a level passes on, or 0 */
	bool computed;
	bool filled; /* by default, where it is absent */
	bool single; /* some line puts a single value there */
};

/* A field of an entry that takes what the levels around it pass on. */
struct ginherit {
	uint16_t slot, below;
};

/* The document (0) or the entries of a list. */
struct gscope {
	uint16_t n;
	uint16_t parent;
	uint16_t slot; /* the list in the parent; GUIDE_NONE for the document */
	uint16_t konst; /* slot of the constant part, or GUIDE_NONE */
	uint16_t asked; /* slot that entries must have, or must not */
	bool without;   /* must not */
	struct span value;
	struct gcheck *checks;
	uint16_t nchecks;
	uint16_t *order; /* its n slots in the order of output */
	uint16_t place;  /* of the first of them; a multiple of 8 */
	uint16_t ninherit;
	const struct ginherit *inherit;
	uint16_t own, up, ref; /* slots of names, or GUIDE_NONE */
};

/* What is done with a value that has nothing unusual about it. */
enum gact {
	ACT_TEXT,   /* nothing, at that length */
	ACT_KEEP,   /* text of that length goes to its slot as it stands */
	ACT_DIGITS, /* the same of digits */
	ACT_AMOUNT, /* the same of digits, perhaps with a point */
	ACT_TAKE,   /* its one alternative takes it, without any condition */
	ACT_DATE,   /* the same of a day */
	ACT_WHICH,  /* the alternative that a code beside it names */
	ACT_LEAF,   /* a look at the leaf */
	ACT_NONE,   /* there is no leaf */
};

/* Which alternative a code at another place means: numbers from 1, 0: none. */
struct gchoice {
	uint8_t element, component;
	uint16_t present, otherwise; /* of another code; of none */
	struct gkeys keys;
};

/* What decides about most values at a place without a look at its leaf. */
struct gquick {
	uint8_t act;
	uint16_t leaf;     /* of its segment */
	uint16_t min, max; /* bytes; what is longer is looked at */
	union {
		const struct galt *alt;      /* ACT_KEEP, ACT_TAKE */
		const struct gchoice *which; /* ACT_WHICH */
	};
};

/* A place that may not be empty without a look at its leaf. */
struct gmust {
	uint8_t element, component;
	bool within; /* unless all of its element is */
};

/* An element of a segment. */
struct gspot {
	struct gquick *quick; /* its components */
	uint8_t wide;         /* as many of them */
	uint8_t most;         /* tokens that are no surplus */
};

/*
 * A relation that says more than that, by the bits of elements; bit 0 is
 * always there. When one of `when` is there, it holds if all of `all` are and
 * one of `any`; else it asks for a look.
 */
struct grule {
	uint64_t when, all, any;
	uint16_t number; /* of the relation */
};

/* The leaves of a segment by where they stand. */
struct gcells {
	struct gspot *list; /* by element, 1 .. elements */
	struct gmust *must;
	uint16_t nmust;
	uint8_t elements;
	uint64_t pairs; /* elements that come with the one behind them */
	struct grule *rules;
	uint16_t nrules;
};

/* Numbers of tags and the first child with each, see guide_first. */
#define GUIDE_TAGS 512
struct gtags {
	uint32_t tag[GUIDE_TAGS];
	uint16_t number[GUIDE_TAGS]; /* 1 .. */
	uint16_t n;
	uint16_t *first; /* by row and number */
};

/* X12-like rule among elements of one segment. */
struct grelation {
	char letter;
	uint8_t n;
	uint8_t elements[12]; /* XML: leaf numbers */
};

struct gcond_test { /* a compiled `when` of a line */
	uint8_t element, component;
	bool not ;
	uint16_t nvalues;
	const struct span *values;
	struct span attribute; /* XML */
	bool text;             /* XML "." */
};

/* Values that go to their slot as they stand. */
enum gkept {
	KEPT_NONE,
	KEPT_TEXT,
	KEPT_NUMBER,
	KEPT_DAY,     /* once it is written as one */
	KEPT_NOWHERE, /* text without a slot */
};

struct galt {
	const struct gcond_test *tests;
	uint16_t ntests;
	uint8_t way;
	uint8_t compute;
	uint16_t slot;  /* GUIDE_NONE: no field */
	uint16_t entry; /* list scope that the value alone fills, or NONE */
	bool has_fallback, has_join, adds, droppable;
	bool gs1;     /* gtin, gln, sscc: the last digit checks the others */
	uint8_t kept; /* enum gkept, when it has from .. */
	uint16_t least, most; /* .. so many bytes */
	uint16_t place;       /* of its slot */
	const struct gmap *map;
	const struct gmap *codes;
	struct span join, fallback, konst;
	uint16_t counts;     /* slot of a list, or GUIDE_NONE */
	uint32_t counts_tag; /* of the segments counted, or 0 */
	struct gtype type;
	const struct gline *line;
};

/* One value's place in a segment or XML element. */
struct gleaf {
	uint8_t element, component;
	bool simple; /* the element has no components */
	bool mandatory, unused, composite_mandatory;
	struct gtype type;
	uint16_t nalts;
	const struct galt *alts;
	uint16_t series;       /* leaves of one series share alternatives */
	uint16_t index;        /* within the series */
	struct span attribute; /* XML: empty is the text */
	struct span name;      /* "2380", "BEG03" for people */
};

struct gqualifier {
	uint8_t element, component;
	uint16_t n;
	const struct span *codes;
	const uint64_t *keys; /* of the codes */
};

struct gnode {
	uint32_t tag;     /* EDI_TAG or hash of XML name */
	struct span name; /* tag; local name */
	struct span ns;   /* XML */
	struct span path; /* for people: "25/QTY+21" */
	struct span group;
	bool is_group, bare, hl, level;
	uint8_t way;
	uint8_t nqualifiers;
	uint16_t parent, end, next;
	uint16_t row;              /* in gtags.first; 0: has no children */
	uint16_t same;             /* the next sibling of that tag, or 0 */
	uint16_t place, place_end; /* nodes place .. place_end share it */
	uint16_t place_bare;       /* the one without qualifier or NONE */
	uint16_t scope;            /* opened by each occurrence, or NONE */
	uint16_t leaf, nleaves;
	uint16_t nmust;
	const uint16_t *must; /* children that have to be there */
	uint32_t min, max;
	const struct gqualifier *qualifiers;
	const struct grelation *relations;
	uint16_t nrelations;
	uint16_t nseries;
	uint8_t elements;          /* at most; 0: not known */
	const uint8_t *components; /* at most, by element, 1 .. elements */
	uint16_t last_must;        /* leaf after which nothing can be missing */
	const struct gtest *tests; /* XML: children that must be there */
	uint16_t ntests;
	const struct gline *line;
};

enum gop {
	OP_TEXT, /* constant */
	OP_SLOT,
	OP_COUNT,
	OP_SUM,
	OP_ONLY,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IN,
	OP_NOT,
	OP_AND,
	OP_OR,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_FIRST,
	OP_ROUND,
};

struct gexpr {
	enum gop op;
	uint16_t slot;
	uint16_t sum; /* number of the sum */
	struct span text;
	struct span *values;
	uint16_t nvalues;
	struct gexpr *a, *b;
	struct gexpr *within; /* OP_EQ: minor units that they may differ */
};

struct gcheck {
	bool fill; /* else an assert */
	bool warning;
	const struct edi_rule *rule; /* guide.assert, with codes of its own */
	uint16_t slot;               /* filled, or named by `at` */
	struct span id, en, de;
	struct gexpr *when, *expr;
	const struct gline *line;
};

/* What the entries of one scope add to a sum. */
struct gsum {
	uint16_t number;
	uint16_t list;  /* slot of the list */
	uint16_t scope; /* of the entries */
	const struct gexpr *term, *when;
	bool only; /* the value that all entries have */
};

/* A value somewhere in the message that decides whether the guide is meant. */
struct gwhere {
	uint32_t tag; /* EDI_TAG */
	uint8_t element, component;
	struct gword *steps;   /* XML: names of the elements on the way */
	const char *attribute; /* XML, or NULL */
	const struct gtest *test;
};

#define GUIDE_BELOW 8

/*
 * How entries name one another: `names packages.id packages.parent
 * lines.package`. Empty where the guide has none.
 */
struct gnames {
	struct span list, own, up; /* packages, id, parent */
	struct span from, ref;     /* lines, package */
};

struct guide {
	const struct gsource *source;
	const char *name, *type, *version, *document;
	const char *sender, *receiver; /* roles, or NULL */
	struct gnode *nodes;           /* 0 is the message itself */
	uint16_t nnodes;
	struct gleaf *leaves;
	const struct gcells *const *cells; /* beside the nodes */
	struct gtags *tags;
	size_t nleaves;
	struct gslot *slots;
	uint16_t nslots, nplaces;
	struct gscope *scopes;
	uint16_t nscopes;
	struct gsum *sums;
	uint16_t nsums, ntotals;
	uint16_t currency; /* slot of the document's, or NONE */
	struct gwhere *where;
	uint16_t nwhere;
	struct gnames names;
	bool has_levels;
	bool nested; /* entries are written inside their parents */
	uint16_t nbelow;
	uint16_t below[GUIDE_BELOW]; /* slots */
	struct gword *sets, *lost;
	bool strict;
};

/* --- parse.c, parse_line.c, segments.c ------------------------------- */

/* Notes a fault at a line; the first one stays in gs->err. */
void guide_fault(struct guides *gs, const char *file, unsigned no,
    const char *text, ...) __attribute__((format(printf, 4, 5)));

/* Takes the next word (or quoted text) off *rest; empty at the end. */
struct span guide_word(struct span *rest);

struct gsource *guide_parse(
    struct guides *gs, struct span text, const char *file, struct span name);
struct gline *guide_parse_line(
    struct guides *gs, const char *file, unsigned no, struct span text);
struct gdirectory *guide_parse_segments(
    struct guides *gs, struct span text, const char *file, struct span name);
/* "BGM.1001 in 380 381 and not BIG.07": tests as after `when`. */
bool guide_parse_tests(struct guides *gs, struct span text,
    struct gtest **tests, uint16_t *ntests);
bool guide_parse_type(struct span word, struct span *rest, struct gtype *t);
const struct gdirectory_segment *guide_directory(
    const struct guides *gs, struct span name, struct span tag);

/* --- merge.c --------------------------------------------------------- */

/* Brings extends and use into the tree. */
void guide_merge(struct guides *gs, struct gsource *s);

/* The whole tree of a merged source, use and extends resolved. */
struct gline *guide_tree(struct guides *gs, struct gsource *s);
struct gsource *guide_source(const struct guides *gs, struct span name);
struct gline *guide_line_copy(struct arena *a, const struct gline *l);
void guide_line_add(struct gline *parent, struct gline *l);

/* --- compile*.c ------------------------------------------------------- */

struct guide *guide_compile(struct guides *gs, const struct gsource *s);

/* --- where.c ---------------------------------------------------------- */

/* Finds the places that `where` names. */
void guide_where(struct guides *gs, struct guide *g);

/* "BGM.1001 in 381 396", as a guide says it. */
void guide_where_put(struct buf *out, const struct gtest *t);

/* Does the message say what the guide's `where` asks for? */
bool guide_where_holds(const struct guide *g, const struct edi_message *m);

/* Parses a condition; names are looked up in scope and those around it. */
struct gexpr *guide_condition(struct guides *gs, struct guide *g,
    uint16_t scope, struct span text, const struct gline *l);

/* The slot of a field seen from scope; made when make is set, else
 * GUIDE_NONE. "/x" is the document's, "../x" of the scope around. */
uint16_t guide_slot(struct guides *gs, struct guide *g, uint16_t scope,
    struct span field, bool make);

/* Makes what the reader of segments looks up: tags, same, open. */
void guide_plan(struct guides *gs, struct guide *g);

/* The same inside segments: cells, keys of codes. */
void guide_plan_segments(struct guides *gs, struct guide *g);

/* The number of a tag in the guide, and the first child of a group with the
 * tag of that number; 0 for none. */
static inline uint32_t
guide_tag_slot(const struct gtags *t, uint32_t tag)
{
	uint32_t i = (tag * 0x9E3779B1u) >> 16 & (GUIDE_TAGS - 1);

	while (t->number[i] && t->tag[i] != tag)
		i = (i + 1) & (GUIDE_TAGS - 1);
	return i;
}
static inline uint16_t
guide_tag(const struct guide *g, uint32_t tag)
{
	return g->tags ? g->tags->number[guide_tag_slot(g->tags, tag)] : 0;
}
static inline uint16_t
guide_first(const struct guide *g, uint16_t group, uint16_t number)
{
	return g->tags->first[g->nodes[group].row * (g->tags->n + 1U) + number];
}

/* The hash by which XML names are found. */
uint32_t guide_hash(struct span name);
uint32_t guide_kind(enum edi_family family, struct span type);

/* for.c: complains about `for` with fields that the guide does not know. */
void guide_for(struct guides *gs, const struct guide *g);

#endif
