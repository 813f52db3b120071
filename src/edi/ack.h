/* SPDX-License-Identifier: Apache-2.0
 *
 * Acknowledgements on the level of syntax: CONTRL for EDIFACT, TA1 and 997 or
 * 999 for X12, written from an interchange with its findings and verdicts
 * (exchange-guide section 5). The caller sends them only after the bytes that
 * they answer are committed.
 */
#ifndef EDI_ACK_H
#define EDI_ACK_H

#include "base/err.h"
#include "edi/edi.h"

enum edi_ack_kind {
	EDI_ACK_NONE,
	EDI_ACK_CONTRL,
	EDI_ACK_TA1, /* the envelope is refused, or nothing else was sent */
	EDI_ACK_997,
	EDI_ACK_999, /* ix->wants_999 */
};

/* "none", "contrl", "ta1", "997", "999" */
const char *edi_ack_name(enum edi_ack_kind k);

/*
 * What answers this interchange. None: XML; an unreadable header; an
 * interchange that holds nothing but acknowledgements itself.
 */
enum edi_ack_kind edi_ack_kind(const struct edi_interchange *ix);

struct edi_ack_options {
	struct span control_ref; /* our own number; digits for X12 */
	int64_t now;             /* microseconds since 1970, UTC */
};

/*
 * Appends the whole interchange with the acknowledgement, from their receiver
 * to their sender.
 *
 * RC_ABSENT ack.none   nothing answers this interchange
 * RC_INPUT  ack.write  a value of theirs cannot be written back
 */
enum rc edi_ack_write(const struct edi_interchange *ix,
    const struct edi_ack_options *o, struct buf *out, struct err *err) MUST_USE;

/* Inside src/edi. */
enum rc edi_ack_contrl(const struct edi_interchange *ix,
    const struct edi_ack_options *o, struct buf *out, struct err *err) MUST_USE;
enum rc edi_ack_x12(const struct edi_interchange *ix, bool sets,
    const struct edi_ack_options *o, struct buf *out, struct err *err) MUST_USE;

/* The interchange that carries the answer. */
struct edi_envelope;
void edi_ack_envelope(const struct edi_interchange *ix,
    const struct edi_ack_options *o, struct edi_envelope *e);

/* Does the message itself answer on the level of syntax: CONTRL, 997, 999? */
bool edi_is_ack(const struct edi_message *m);

#endif
