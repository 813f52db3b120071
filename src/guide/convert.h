/* SPDX-License-Identifier: Apache-2.0
 *
 * From one family to another: what a message says, as the canonical document
 * has it, written by another guide, read back and compared.
 */
#ifndef GUIDE_CONVERT_H
#define GUIDE_CONVERT_H

#include "guide/document.h"

/*
 * The guide that writes "FAMILY:TYPE:VERSION", as edifact:ORDERS:D.96A,
 * edifact:ORDERS:D:96A:UN:EAN008, x12:850:004010, ubl:Order:2.1; or the guide
 * of that name. Where several do (INVOIC is an invoice or a credit), the one
 * that makes documents of the canonical type, which may be NULL for any.
 * NULL: none, or it is only for reading.
 */
const struct guide *guide_target(
    const struct guides *gs, struct span target, const char *type);

struct document_conversion {
	const struct guide *to;
	struct edi_party sender, receiver; /* ids empty: as the source has it */
	struct document_numbers numbers;
	int64_t now; /* microseconds since 1970 */
};

/*
 * Writes canonical by c->to and makes sure that our own reader reads the same
 * in it. *lost receives the JSON pointers of what the other message does not
 * carry, an array in a; all of them are declared by its guide.
 *
 * RC_INPUT   convert.type     the guide makes other documents
 *            convert.parties  nobody says who sends to whom
 *            write.*          as document_write and document_verify
 */
enum rc document_convert(const struct guides *gs, const json_t *canonical,
    const struct document_conversion *c, struct arena *a, struct buf *out,
    json_t **lost, struct err *err) MUST_USE;

#endif
