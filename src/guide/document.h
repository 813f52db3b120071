/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole file in, a whole interchange out: the two calls that the worker and
 * kontorctl use. Pure functions of bytes, guides and agreements; no database,
 * no clock, no files but the loaded guides (and the schemas, if named).
 */
#ifndef GUIDE_DOCUMENT_H
#define GUIDE_DOCUMENT_H

#include "guide/cover.h"
#include "guide/guide.h"
#include "repr/json.h"

struct document_options {
	const struct edi_limits *limits; /* NULL: EDI_LIMITS */
	const char *schemas;             /* folder with the UBL XSDs, or NULL */
	const char *own_schemas;         /* with those of our documents */
	const char *guide;  /* use this guide for every message; NULL: select */
	bool partner_known; /* agreements are complete: none fits = finding */
	bool need_guide;    /* a message without a guide is an error, else a
			       warning and judged at envelope level */
	bool plain;         /* leave canonical documents and locators out */
	/* With document_feed: called with each canonical document, which is
	 * gone afterwards. */
	void (*each)(
	    void *ctx, const struct edi_message *m, struct span canonical);
	void *ctx;
	struct guide_cover
	    *cover; /* NULL, or notes what of the guides is used */
};

/*
 * Reads a file: sniff, envelope, agreement, guide, canonical; all findings in
 * one pass, a verdict for every message.
 *
 * agreements  array of agreement objects {id, family, direction, guides,
 *             ours, theirs, options}, or NULL
 * out         one JSON object: {family, interchanges: [{control_ref, test,
 *             ack_requested, syntax, sender, receiver, date, verdict,
 *             agreement, groups, messages: [{ref, group, type, version, guide,
 *             offset, length, segments, verdict, canonical, locators,
 *             findings}], findings}], findings}
 * file        the same as structs, in a; may be NULL
 *
 * Never refuses: what cannot be read is a finding.
 *
 * RC_FAULT  document.size when out is too small
 */
enum rc document_read(const struct guides *gs, struct span bytes,
    const json_t *agreements, const struct document_options *o, struct arena *a,
    struct buf *out, struct edi_file **file, struct err *err) MUST_USE;

/*
 * A reader for one file after the other, which keeps its memory and what it
 * prepared for each guide, nothing of what was read. It lasts as long as the
 * arena.
 */
struct document_reader;
struct document_reader *document_reader_new(
    const struct guides *gs, struct arena *a);

/* document_read with a reader. */
enum rc document_reader_read(struct document_reader *d, struct span bytes,
    const json_t *agreements, const struct document_options *o, struct arena *a,
    struct buf *out, struct edi_file **file, struct err *err) MUST_USE;

/*
 * The same in pieces of any size, for files that are larger than memory: no
 * more than one message is kept (XML: all of it). out then has of the messages
 * only the first of each interchange and those with findings, without
 * canonical documents; messages_left_out says how many of them were too many.
 * The options must stay until the end.
 */
void document_begin(struct document_reader *d, const json_t *agreements,
    const struct document_options *o, struct arena *a);
void document_feed(struct document_reader *d, struct span piece);
enum rc document_end(struct document_reader *d, struct buf *out,
    struct edi_file **file, struct err *err) MUST_USE;

/* References of the interchange, already allocated. */
struct document_numbers {
	const char *interchange; /* UNB 0020, ISA13 */
	const char *group;       /* GS06; NULL: the interchange's */
	const char *message;     /* UNH 0062, ST02; NULL: "1", "0001" */
};

/*
 * Writes one message with its whole envelope. The guide is the one that the
 * agreement names for the canonical type: answer.guides.<type>, else
 * guides.<type>, else answer.guide.
 *
 * canonical  object as the reader makes it: type, number, ...
 * now        microseconds since 1970; goes into the envelope
 * out        the bytes; meaningless after a failure
 * findings   why it could not be written; may be NULL
 *
 * RC_ABSENT  guide.absent: the agreement names no guide for the type
 * RC_INPUT   write.missing, write.room, write.code, write.charset,
 *            write.separator: the first finding
 */
enum rc document_write(const struct guides *gs, const json_t *agreement,
    const json_t *canonical, const struct document_numbers *numbers,
    int64_t now, struct arena *a, struct buf *out,
    struct edi_findings *findings, struct err *err) MUST_USE;

/*
 * Reads back what was written and compares with what it was written from,
 * apart from what the guide declares lost.
 *
 * RC_INPUT  write.readback
 */
enum rc document_verify(const struct guides *gs, const json_t *agreement,
    const json_t *canonical, struct span bytes, struct arena *a,
    struct err *err) MUST_USE;

/*
 * The guide's sample as a document, with an envelope between example parties;
 * always the same bytes.
 *
 * RC_INPUT  as document_write: a fault of the guide
 */
enum rc document_sample(const struct guides *gs, const struct guide *g,
    struct arena *a, struct buf *out, struct err *err) MUST_USE;

/* The same of guide_sample_nth. */
enum rc document_sample_nth(const struct guides *gs, const struct guide *g,
    unsigned nth, struct arena *a, struct buf *out, struct err *err) MUST_USE;

/* A sample for people: one segment a line; XML has its lines. */
void document_lines(const struct guide *g, struct span s, struct buf *out);

/* The guide's page in Markdown: guide_describe with the sample below. */
enum rc guide_page(const struct guides *gs, const struct guide *g,
    const char *lang, const struct text_locale *words, struct buf *out,
    struct err *err) MUST_USE;

#endif
