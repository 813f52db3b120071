/* SPDX-License-Identifier: Apache-2.0
 *
 * Applies what findings propose where the right bytes are certain: counts and
 * references of trailers, counts of guides, the padding of ISA, the label of
 * the character set, the length of the date in UNB, a missing last terminator,
 * what stands before and after the interchange. A pure function of the bytes
 * and of what was found in them: nobody's data changes, and the result is to
 * be read and judged again.
 */
#ifndef EDI_REPAIR_H
#define EDI_REPAIR_H

#include "edi/edi.h"

/* length bytes at offset give way to put. */
struct edi_change {
	const struct edi_finding *finding;
	size_t offset, length;
	struct span put;
};

struct edi_changes {
	struct edi_change *list; /* in the order of the bytes */
	size_t n, cap;
	size_t left; /* errors without a proposal */
};

/*
 * The changes that f's findings propose; of two for the same bytes the first.
 * A label is changed to UTF-8 only where the whole interchange is UTF-8.
 *
 * bytes  what f was read from
 * a      owns the list
 */
void edi_changes(struct span bytes, const struct edi_file *f, struct arena *a,
    struct edi_changes *out);

/* Appends the bytes with the changes made. */
void edi_changes_apply(
    struct span bytes, const struct edi_changes *changes, struct buf *out);

#endif
