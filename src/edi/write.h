/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments to bytes, for EDIFACT and X12: separators, release characters,
 * trailing empty elements left out, character set. What cannot be written is a
 * finding, and such bytes must never be sent: X12 has no release character, so
 * that a separator in data ends the attempt.
 *
 *	edi_write_begin(&w, &buf, &syntax, &findings);
 *	edi_write_segment(&w, "BGM");
 *	edi_write_value(&w, 1, 1, 1, SPAN("220"));
 *	edi_write_value(&w, 2, 1, 1, number);
 *	edi_write_end(&w);
 */
#ifndef EDI_WRITE_H
#define EDI_WRITE_H

#include "edi/edi.h"

/* Our own choice: UNOC or UNOY, no UNA; "*", ">", "~" and no repetition. */
extern const struct edi_syntax EDI_WRITE_EDIFACT;
extern const struct edi_syntax EDI_WRITE_X12;

/* What stands in ISA11 from 00402 on: "^"; 0 before, when it was "U". */
char edi_x12_repetition(struct span version);

struct edi_writer {
	struct buf *out;
	const struct edi_syntax *syntax;
	struct edi_findings *findings; /* may be NULL */
	unsigned element, repeat, component;
	uint32_t nsegments; /* since edi_write_begin or the last message */
	char tag[4];
	size_t start; /* of the segment in *out */
	bool failed;  /* something could not be written */
};

void edi_write_begin(struct edi_writer *w, struct buf *out,
    const struct edi_syntax *syntax, struct edi_findings *findings);

/* Begins a segment; tag has two or three characters. */
void edi_write_segment(struct edi_writer *w, const char *tag);

/*
 * Puts a value in UTF-8 at its place; 0 counts as 1. Places must rise within a
 * segment; empty values are left out and their separators too when nothing
 * follows.
 */
void edi_write_value(struct edi_writer *w, unsigned element, unsigned repeat,
    unsigned component, struct span value);
void edi_write_text(struct edi_writer *w, unsigned element, unsigned component,
    const char *value);
void edi_write_number(struct edi_writer *w, unsigned element,
    unsigned component, unsigned long long value);

void edi_write_end(struct edi_writer *w);

/* Interchange and message around what is written. */
struct edi_envelope {
	struct edi_party sender, receiver;
	struct span control_ref; /* ISA13 is padded with zeros to 9 */
	struct span application_ref;
	struct span syntax_id;      /* "UNOC"; ISA12 "00401" */
	struct span syntax_version; /* "3"; X12: none */
	struct span group_code;     /* X12: GS01 */
	struct span group_ref;      /* X12: GS06 */
	struct span group_version;  /* X12: GS08 */
	struct span group_sender;   /* X12: GS02; empty: the sender's id */
	struct span group_receiver; /* X12: GS03 */
	int64_t now;                /* microseconds since 1970, UTC */
	bool test;
	bool ack_requested;
};

/* UNB, or ISA and GS (no GS while group_code is empty). */
void edi_write_open(struct edi_writer *w, const struct edi_envelope *e);

/* UNH or ST. The version of an EDIFACT message is D:96A:UN:EAN008; ST02 is
 * padded with zeros to 4. */
void edi_write_message(struct edi_writer *w, struct span ref, struct span type,
    struct span version);

/* UNT or SE, counted from edi_write_message. */
void edi_write_message_end(struct edi_writer *w, struct span ref);

/* UNZ, or GE and IEA; messages is how many were written. */
void edi_write_close(
    struct edi_writer *w, const struct edi_envelope *e, unsigned messages);

/* X12 only: GS and GE alone, for interchanges of several groups. */
void edi_write_group(struct edi_writer *w, const struct edi_envelope *e);
void edi_write_group_end(
    struct edi_writer *w, const struct edi_envelope *e, unsigned messages);
void edi_write_trailer(struct edi_writer *w, const struct edi_envelope *e,
    unsigned groups_or_messages);

#endif
