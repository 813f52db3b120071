/* SPDX-License-Identifier: Apache-2.0
 *
 * Which parts of guides some documents have used: places, values and codes.
 * Filled while reading, by the same walk that checks; costs nothing where
 * nobody asks.
 */
#ifndef GUIDE_COVER_H
#define GUIDE_COVER_H

#include "guide/guide.h"

struct guide_cover;

struct guide_cover *guide_cover_new(struct arena *a);

/* From now on what this reader reads counts; NULL: no more. */
struct guide_reader;
void guide_reader_cover(struct guide_reader *r, struct guide_cover *c);

/* Notes a part (a struct of the guide, by its address). */
void guide_cover_add(struct guide_cover *c, const void *part);
bool guide_covered(const struct guide_cover *c, const void *part);

/* How much of a guide was used. */
struct guide_coverage {
	unsigned places, places_used;
	unsigned values, values_used; /* fields, each alternative for itself */
	unsigned codes, codes_used;   /* entries of maps and code lists */
};

/* Counts, and lists what was not used: a line for each, "+ place", "BGM.1004
 * number" or "map kind: 220"; unused may be NULL. */
struct guide_coverage guide_coverage(
    const struct guide *g, const struct guide_cover *c, struct buf *unused);

#endif
