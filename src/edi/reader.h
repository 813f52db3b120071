/* SPDX-License-Identifier: Apache-2.0
 *
 * The state while a file is read, shared by reader.c and the two envelopes.
 * Inside src/edi.
 */
#ifndef EDI_READER_H
#define EDI_READER_H

#include "edi/digest.h"
#include "edi/scan.h"

/* Levels of HL, one inside the other (IN-1). */
#define EDI_LEVELS 16u

/* A set of names with bytes of its own, as small as can be: an interchange may
 * have as many as messages. */
struct edi_names {
	uint32_t *slots; /* where in bytes, from 1 on */
	size_t n, cap;
	struct buf bytes; /* length and bytes of each */
};

/* False when the name is there already. */
bool edi_names_add(struct edi_names *names, struct span name);
bool edi_names_has(const struct edi_names *names, struct span name);
void edi_names_clear(struct edi_names *names);
void edi_names_done(struct edi_names *names);

enum edi_state {
	EDI_AT_START,  /* before or between interchanges */
	EDI_INSIDE,    /* an interchange is open */
	EDI_GATHERING, /* XML: the whole document is needed */
	EDI_STOPPED,   /* a limit, or nothing more can be understood */
};

/* What a reader keeps from file to file: memory, nothing of what was read. */
struct edi_kept {
	struct arena *a;         /* of what only the open message needs */
	struct arena *each[2];   /* of messages that are forgotten, in turn */
	struct edi_segment *cur; /* of the open message */
	size_t cur_cap;
	struct edi_names refs, group_refs, interchanges, hl;
	struct edi_names contents; /* of X12 interchanges, as sums */
	struct buf window;         /* what must be kept of earlier pieces */
	struct buf text;           /* put together for a moment */
};

struct edi_reader {
	struct edi_kept k;
	struct edi_options o;
	struct edi_limits limits;
	struct arena *a;
	struct edi_file *file;
	struct edi_scan scan;
	struct edi_syntax syntax; /* of the header being looked at */
	struct edi_segment seg;   /* the one scanned last */
	enum edi_state state;
	struct edi_interchange *ix;
	struct edi_group *group;
	struct edi_message *msg;
	struct edi_message *before; /* the message before, or NULL */
	size_t ncur;                /* of k.cur */
	uintptr_t zero;    /* address of the file's byte 0, if it were there */
	unsigned reported; /* character faults, by bit */
	unsigned long long hl_last;
	uint8_t *hl_depths; /* of the message's levels, by number */
	size_t hl_cap;
	bool hl_deep;             /* said already */
	bool begun;               /* the first bytes have been looked at */
	bool outside;             /* data outside an interchange was reported */
	bool trailing;            /* 0x1A or NUL was reported */
	bool una;                 /* the interchange began with UNA */
	struct edi_digest digest; /* of the X12 interchange that is open ... */
	size_t digested;          /* ... up to this offset in the file */
};

/* A copy that lasts as long as the message, else as the arena. */
struct span edi_keep(struct edi_reader *r, struct span s);
struct span edi_keep_value(struct edi_reader *r, const struct edi_segment *s,
    unsigned element, unsigned component);

/* An empty text, of at most so many bytes, until the next one is asked for. */
struct buf *edi_text(struct edi_reader *r, size_t max);

/* Where findings about the open message or, without one, the interchange go.
 */
struct edi_findings *edi_here(struct edi_reader *r);

/* Begins an interchange, a group, a message at r->seg. */
struct edi_interchange *edi_open_interchange(struct edi_reader *r);
struct edi_group *edi_open_group(struct edi_reader *r);
struct edi_message *edi_open_message(struct edi_reader *r);

/* Room for n more segments of the open message, which are written before they
 * are read. */
void edi_room(struct edi_reader *r, size_t n);

/* Adds r->seg to the open message. */
void edi_push(struct edi_reader *r);

/* Ends the message: hands it to the caller. recycle when no segment scanned
 * so far is needed any more. */
void edi_close_message(struct edi_reader *r, bool recycle);

/* Ends the interchange; r->scan.at stands behind it. */
void edi_close_interchange(struct edi_reader *r);

/* Tells the caller that the header has been read; false on a duplicate. */
void edi_header_done(struct edi_reader *r);

/* Reports what the scanner noticed about the bytes of r->seg. */
void edi_check_bytes(struct edi_reader *r);

/* Takes what is there of an open X12 interchange, up to an offset in the file,
 * into its digest, before the bytes go. */
void edi_digest_to(struct edi_reader *r, size_t offset);

/* Reads the segment at r->scan.at again, as the begin of an interchange. */
void edi_rewind(struct edi_reader *r);

/*
 * Looks for a header at r->scan.at. False when more bytes are needed. After
 * true either an interchange is open or the bytes have been passed over with
 * a finding.
 */
bool edi_edifact_start(struct edi_reader *r);
bool edi_x12_start(struct edi_reader *r);

/* One segment inside an interchange. */
void edi_edifact_segment(struct edi_reader *r);
void edi_x12_segment(struct edi_reader *r);

/* The file or the interchange ends without its trailers. */
void edi_edifact_cut(struct edi_reader *r);
void edi_x12_cut(struct edi_reader *r);

/* A whole XML document as one interchange with one message. */
void edi_xml_read(struct edi_reader *r, struct span bytes);

/* Character set and shape, the same in both families. */
bool edi_tag_is(const struct edi_segment *s, unsigned min, unsigned max);
bool edi_digits_is(struct span s);

/* YYMMDD or CCYYMMDD, a day that exists; HHMM, HHMMSS, HHMMSSDD. */
bool edi_date_is(struct span s);
bool edi_time_is(struct span s);

/* A finding of the interchange at an element of the present segment; element 0
 * is the segment itself. */
struct edi_finding *edi_find_here(
    struct edi_reader *r, enum edi_rule_id rule, unsigned element);

/* Element 1 of the present trailer must be this number; leading zeros do not
 * matter. The finding proposes the real one. */
void edi_check_count(struct edi_reader *r, struct edi_findings *fs,
    enum edi_rule_id rule, size_t real);

/* Element 2 of the present trailer must be this reference, compared as text.
 * The finding proposes the first one. */
void edi_check_reference(struct edi_reader *r, struct edi_findings *fs,
    enum edi_rule_id rule, struct span first);

/*
 * How many elements the present segment has, and how many components each of
 * them, a digit for each: "122". What is beyond is a finding; empty ends do no
 * harm.
 */
void edi_check_places(struct edi_reader *r, struct edi_findings *fs,
    enum edi_rule_id rule, const char *most);

#endif
