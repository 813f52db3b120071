/* SPDX-License-Identifier: Apache-2.0
 *
 * Cuts bytes into segments, elements and components in one pass, for EDIFACT
 * and X12 alike; the service characters come from the header. Inside src/edi.
 */
#ifndef EDI_SCAN_H
#define EDI_SCAN_H

#include "edi/edi.h"

/* More components than this are cut off and reported. */
#define EDI_SCAN_TOKENS 4096u

/* The lower two bits of a separator are the flags of the token behind it. */
enum edi_scan_kind {
	K_DATA,
	K_RELEASE,
	K_TERMINATOR,
	K_LINE,
	K_COMPONENT,
	K_ELEMENT = K_COMPONENT | EDI_T_ELEMENT,
	K_REPEAT = K_COMPONENT | EDI_T_REPEAT,
	K_ODD, /* bits 3 .. 7 say what of edi_charset_fault */
};
#define EDI_SCAN_SEPARATES(k) ((unsigned)(k)-K_COMPONENT < 3u)

/* Of these marks the last ones only matter where lower case does not fit. */
#define EDI_SCAN_MARKS 8
#define EDI_SCAN_COMMON 5

#define EDI_SCAN_KIND(c) ((enum edi_scan_kind)((c)&7))
#define EDI_SCAN_FAULTS(c) ((unsigned)(c) >> 3)

enum edi_scanned {
	EDI_SCAN_SEGMENT, /* a whole segment */
	EDI_SCAN_CUT,     /* the file ends inside this segment */
	EDI_SCAN_MORE,    /* not all of it is there yet */
	EDI_SCAN_END,     /* nothing but blanks is left of the file */
	EDI_SCAN_LONG,    /* longer than allowed */
	EDI_SCAN_BINARY,  /* the length of binary data cannot be true */
};

struct edi_pool {
	void **blocks;
	size_t nblocks, cap;
	size_t block; /* in use */
	size_t used, size;
};

#define EDI_SCAN_LANE 16

/* What service characters and a character set make of every byte. */
struct edi_table {
	uint64_t key;             /* what it was made of; 0: nothing yet */
	unsigned char class[256]; /* see EDI_SCAN_KIND */
	/* bytes that are not plain data, each over a whole lane, ... */
	char marks[EDI_SCAN_MARKS][EDI_SCAN_LANE];
	char most[EDI_SCAN_LANE]; /* ... nor are those above this one */
	unsigned nmarks;          /* that matter */
};

/* The tables made last: the same few serve one file after the other. */
#define EDI_SCAN_TABLES 4
struct edi_tables {
	struct edi_table list[EDI_SCAN_TABLES];
	unsigned next; /* gives way */
};

struct edi_scan {
	const struct edi_syntax *syntax;
	const struct edi_limits *limits;
	struct arena *a;
	struct edi_tables *tables;
	const struct edi_table *table; /* the one in use ... */
	const unsigned char *class;    /* ... and its classes */
	struct span in;                /* what is there */
	size_t at;                     /* next byte */
	size_t base;                   /* offset in the file of in.p[0] */
	bool last;                     /* nothing follows */
	struct edi_pool tokens, elements;
	uint32_t nsegments;
	/* of the segment scanned last */
	unsigned faults;    /* bits of edi_charset_fault, each seen once */
	size_t fault_at[8]; /* offset in the file, by bit */
	bool many;          /* more elements or components than allowed */
	bool wrapped;       /* a line end inside */
	bool dangling;      /* a release character quotes nothing */
	bool high;          /* bytes above 0x7F */
};

/* Takes the service characters and the character set from *syntax, which must
 * stay; to be called again when they change. */
void edi_scan_syntax(struct edi_scan *s, const struct edi_syntax *syntax);

/* Forgets the tokens of all segments scanned so far. */
void edi_scan_recycle(struct edi_scan *s);

/* Scans from s->at; s->at moves past what was scanned, except after MORE. */
enum edi_scanned edi_scan(struct edi_scan *s, struct edi_segment *out);

/*
 * The short way through the inside of a message: takes at most max segments
 * and stops in front of the first that asks for more care, be it one of the
 * envelope, one that is not all there or one with anything to be said about.
 * Those taken get the numbers and positions from the given ones on.
 */
size_t edi_scan_run(struct edi_scan *s, struct edi_segment *list, size_t max,
    uint32_t number, uint32_t position);

/* Room for the tokens and elements of one segment. */
struct edi_token *edi_scan_tokens(struct edi_scan *s);
uint16_t *edi_scan_elements(struct edi_scan *s);

struct span edi_skip_bom(struct span s);
struct span edi_skip_blank(struct span s);

#endif
