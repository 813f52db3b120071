/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes of partners as syntax: segments of EDIFACT and X12, nodes of XML, the
 * envelopes around them and the findings about them. It knows syntaxes, never
 * messages: what a segment means is for src/guide.
 *
 * A value is a token: offset and length inside its segment, nothing copied.
 * Release characters, wrapped lines and character sets are resolved when a
 * value is asked for (edi_value), and only where it holds such a thing.
 *
 * Positions count as people do: the first segment of a message (UNH, ST) is
 * 1, the first element after the tag is 1, the first component is 1, the first
 * repetition is 1; 0 means "the whole".
 */
#ifndef EDI_EDI_H
#define EDI_EDI_H

#include <stdint.h>

#include "base/arena.h"
#include "edi/finding.h"

enum edi_family {
	EDI_UNKNOWN,
	EDI_EDIFACT,
	EDI_X12,
	EDI_UBL, /* XML whose root stands in a namespace of OASIS UBL */
	EDI_XML,
	EDI_CSV, /* rows and columns; guides of either say "sheet" */
	EDI_XLSX,
};

/* What the first bytes say; a byte order mark and blanks are skipped. */
enum edi_family edi_sniff(struct span bytes);

/* "edifact", "x12", "ubl", "xml", "csv", "xlsx", "unknown" */
const char *edi_family_name(enum edi_family f);

/* Messages are trees of nodes: XML and sheets. */
static inline bool
edi_family_nodes(enum edi_family f)
{
	return f >= EDI_UBL;
}

static inline bool
edi_family_sheet(enum edi_family f)
{
	return f == EDI_CSV || f == EDI_XLSX;
}

/* What exceeds a limit is refused by name (IN-1). */
struct edi_limits {
	size_t bytes;
	uint32_t segments;      /* of a file */
	uint32_t messages;      /* of a file */
	uint32_t segment_bytes; /* binary data of BIN is not counted */
	uint32_t elements;      /* of a segment, components counted alone */
	uint32_t findings;      /* of one list; more are only counted */
};
extern const struct edi_limits EDI_LIMITS;

enum edi_charset {
	EDI_ASCII_UPPER, /* UNOA: capitals, digits, some marks */
	EDI_ASCII,       /* UNOB, X12 */
	EDI_8859_1,
	EDI_8859_2,
	EDI_8859_3,
	EDI_8859_4,
	EDI_8859_5,
	EDI_8859_6,
	EDI_8859_7,
	EDI_8859_8,
	EDI_8859_9,
	EDI_UTF8,
};

/* Service characters; 0 stands for "none". */
struct edi_syntax {
	enum edi_family family;
	enum edi_charset charset;
	char component;
	char element;
	char decimal;
	char release;
	char repetition;
	char terminator;
};

enum edi_token_flag {
	EDI_T_ELEMENT = 1, /* begins an element */
	EDI_T_REPEAT = 2,  /* begins another repetition of its element */
	EDI_T_QUOTED = 4,  /* holds release characters */
	EDI_T_WRAPPED = 8, /* holds line ends that are not data */
	EDI_T_HIGH = 16,   /* may hold bytes above 0x7F */
};

struct edi_token {
	uint32_t at; /* from the first byte of the segment */
	uint32_t n : 24;
	uint32_t flags : 8;
};

/*
 * tokens[0] is the tag. Element e (1 ..) owns the tokens from elements[e] up
 * to elements[e + 1]; elements[0] is 0, elements[nelements + 1] is ntokens.
 */
struct edi_segment {
	const char *bytes; /* its first byte */
	const struct edi_syntax *syntax;
	const struct edi_token *tokens;
	const uint16_t *elements;
	size_t offset;     /* of its first byte in the file */
	uint32_t length;   /* with its terminator */
	uint32_t number;   /* in its interchange; UNB, ISA are 1 */
	uint32_t position; /* in its message; UNH, ST are 1; 0 outside */
	uint16_t ntokens;
	uint16_t nelements;
	char tag[4]; /* NUL-padded; cut to three characters */
};

/* Quick comparison of tags: edi_tag(s) == EDI_TAG('U','N','H', 0). */
#define EDI_TAG(a, b, c, d)                                                    \
	((uint32_t)(unsigned char)(a) | (uint32_t)(unsigned char)(b) << 8 |    \
	    (uint32_t)(unsigned char)(c) << 16 |                               \
	    (uint32_t)(unsigned char)(d) << 24)
static inline uint32_t
edi_tag(const struct edi_segment *s)
{
	return EDI_TAG(s->tag[0], s->tag[1], s->tag[2], s->tag[3]);
}

/* How many repetitions the element has (at least 1 when it is present). */
unsigned edi_repeats(const struct edi_segment *s, unsigned element);

/* How many components that repetition has; 0 when it is absent. */
unsigned edi_components(
    const struct edi_segment *s, unsigned element, unsigned repeat);

/*
 * The token, or NULL when the segment ends before it. component 0 counts as 1.
 * An empty token (n == 0) is "absent" too, as far as data goes.
 */
const struct edi_token *edi_token(const struct edi_segment *s, unsigned element,
    unsigned repeat, unsigned component);

/* The bytes as they stand in the file; the empty span when absent. */
struct span edi_raw(const struct edi_segment *s, unsigned element,
    unsigned repeat, unsigned component);

/*
 * The value: release characters and wrapped line ends taken out, in UTF-8
 * (bytes that the character set does not know become U+FFFD). Borrows from the
 * file where nothing changes, else lives in a.
 */
struct span edi_value(const struct edi_segment *s, unsigned element,
    unsigned repeat, unsigned component, struct arena *a);
struct span edi_token_value(
    const struct edi_segment *s, const struct edi_token *t, struct arena *a);

/* Offset of the token in the file; the segment's end when t is NULL. */
size_t edi_token_offset(const struct edi_segment *s, const struct edi_token *t);

/* A node of an XML document. text is all character data directly inside. */
struct edi_attribute {
	struct span ns;
	struct span name;
	struct span value;
};

struct edi_node {
	struct span ns;
	struct span name; /* without prefix */
	struct span text;
	const struct edi_attribute *attributes;
	const struct edi_node *parent;
	const struct edi_node *child; /* the first */
	const struct edi_node *next;  /* sibling */
	size_t offset;                /* of its start tag, as UTF-8 */
	uint32_t line;
	uint32_t nattributes;
	uint32_t nth; /* among those of its name; edi_xpath counts them */
	/* Sheets only: line is the row. */
	struct span column;  /* its title */
	uint16_t column_nth; /* from 1; 0: the row itself */
};

/* The value of the attribute without namespace; NULL p when absent. */
struct span edi_attribute(const struct edi_node *n, const char *name);

/* The first child of that name in ns; ns NULL means any. */
const struct edi_node *edi_child(
    const struct edi_node *n, const char *ns, const char *name);

/* "A", "AB": the letters of a column of a sheet, from 1. */
void edi_column(unsigned column, char out[4]);

/* "/Order/OrderLine[2]/LineItem/ID"; an index only where there are several.
 * Of a sheet, where line is set, "D14" or, of a row, "14". */
const char *edi_xpath(const struct edi_node *n, struct arena *a);

enum edi_verdict {
	EDI_ACCEPTED,
	EDI_ACCEPTED_WITH_ERRORS,
	EDI_REJECTED,
};
const char *edi_verdict_name(enum edi_verdict v);

struct edi_party {
	struct span id;
	struct span qualifier;
	struct span routing;
};

/*
 * What selects the guide. EDIFACT: ORDERS, D, 96A, UN, EAN008. X12: 850,
 * 004010 (GS08's first six), agency GS07, association the rest of GS08 (or
 * ST03). XML: root name; version is UBLVersionID, association CustomizationID,
 * agency ProfileID, release the namespace.
 */
struct edi_id {
	struct span type;
	struct span version;
	struct span release;
	struct span agency;
	struct span association;
};

/* UNG to UNE, GS to GE. */
struct edi_group {
	struct span ref;
	struct span code; /* UNG 0038 (message type), GS01 */
	struct span version;
	struct edi_party sender, receiver;
	struct span date, time;
	struct span claimed; /* count as sent: UNE 0060, GE01 */
	struct edi_findings findings;
	enum edi_verdict verdict;
	uint32_t number; /* 1 .. */
	uint32_t nmessages;
	size_t offset;
};

struct edi_message {
	struct edi_id id;
	struct span ref;
	struct span version;     /* "D:96A:UN:EAN008", "004010", "2.1" */
	struct edi_group *group; /* NULL for none */
	const struct edi_segment *segments; /* UNH..UNT, ST..SE; see below */
	const struct edi_node *root;        /* XML only */
	struct edi_findings findings;
	enum edi_verdict verdict;
	uint32_t number; /* in the interchange, 1 .. */
	uint32_t nsegments;
	size_t offset;
	size_t length;
	bool spared; /* what is wrong was left out: the rest counts */
	void *user;  /* the reader's own, e.g. the canonical document */
};

/* What a partner says of an interchange of ours: TA1. */
struct edi_ta1 {
	struct span control_ref; /* our ISA13 */
	struct span date, time;  /* our ISA09, ISA10 */
	struct span verdict;     /* A, E, R */
	struct span note;        /* 000 .. 031 */
	size_t offset;
	uint32_t segment, length;
};

struct edi_interchange {
	struct edi_syntax syntax;
	struct span syntax_id;      /* "UNOC", "00401" */
	struct span syntax_version; /* "3" */
	struct span control_ref;
	struct span application_ref;
	struct edi_party sender, receiver;
	struct span date, time;
	struct edi_group **groups;
	struct edi_message **messages; /* NULL when they are forgotten */
	struct edi_ta1 *ta1s;
	struct edi_findings findings;
	enum edi_verdict verdict;
	uint32_t ngroups, nmessages, nta1s;
	uint32_t nrejected; /* messages with errors, when they are forgotten */
	uint32_t nsegments;
	size_t groups_cap, messages_cap, ta1s_cap;
	size_t offset, length;
	size_t label_at; /* EDIFACT: where UNB names the character set, ... */
	uint32_t label_length; /* ... and how many bytes that takes */
	bool duplicate;        /* same parties and reference as one before it */
	bool header; /* the header could be read: an answer is possible */
	bool test;
	bool ack_requested;
	bool wants_999; /* as the agreement says: instead of 997 */
	void *user;
};

struct edi_file {
	enum edi_family family;
	struct edi_interchange **interchanges;
	size_t ninterchanges, interchanges_cap;
	struct edi_findings findings; /* outside every interchange */
	uint32_t nsegments, nmessages;
	size_t nbytes;
};

/*
 * How a reader is asked. The functions may be NULL; with message, the segments
 * of a message are valid during its call only, so that memory does not grow
 * with the file. Names and references in these structs last as long as the
 * arena; with `forget` those of a message, its findings and itself are gone
 * when its call has ended, and only their number is kept.
 *
 * interchange  its header has been read: the agreement may be looked up and
 *              ix->syntax.charset relabelled
 * message      its last segment has been read and counted; findings of the
 *              guide are added to m->findings. Called for faulty messages too,
 *              so that all findings come in one pass.
 */
struct edi_options {
	const struct edi_limits *limits; /* NULL: EDI_LIMITS */
	bool forget;                     /* see above; needs message */
	const char *schemas;     /* folder with the OASIS XSDs, or NULL */
	const char *own_schemas; /* folder with those of our documents */
	void *ctx;
	void (*interchange)(
	    void *ctx, struct edi_file *f, struct edi_interchange *ix);
	void (*message)(void *ctx, struct edi_file *f,
	    struct edi_interchange *ix, struct edi_message *m);
};

/*
 * Reads a whole file and judges its envelopes; all findings in one pass. Never
 * fails: what cannot be read is a finding. bytes must outlive the arena.
 */
struct edi_file *edi_read(
    struct span bytes, const struct edi_options *o, struct arena *a);

/*
 * A reader for one file after the other, which keeps its memory from each to
 * the next and nothing else. It lasts as long as the arena.
 */
struct edi_reader;
struct edi_reader *edi_reader_new(struct arena *a);

/*
 * Begins a file in pieces of any size, whose structs will live in a, as if
 * there had been none before. A piece may go after the call; with message set,
 * no more than one message is kept. edi_reader_end judges and returns the
 * file; then another one can begin.
 */
void edi_reader_begin(
    struct edi_reader *r, const struct edi_options *o, struct arena *a);
void edi_reader_feed(struct edi_reader *r, struct span piece);
struct edi_file *edi_reader_end(struct edi_reader *r);

/* edi_read with a reader. */
struct edi_file *edi_reader_read(struct edi_reader *r, struct span bytes,
    const struct edi_options *o, struct arena *a);

/* Sets the verdicts from the findings; done by edi_read, again after more
 * findings were added. A rejected interchange rejects its messages. */
void edi_judge(struct edi_interchange *ix);

/* No error anywhere: neither in the file nor in any part of it. */
bool edi_is_valid(const struct edi_file *f);

#endif
