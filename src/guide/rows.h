/* SPDX-License-Identifier: Apache-2.0
 *
 * A guide line by line, as people read it: each place and below it each value
 * with what it means. Inside src/guide.
 */
#ifndef GUIDE_ROWS_H
#define GUIDE_ROWS_H

#include "guide/impl.h"

/* A place (leaf NULL), or one alternative of a value in it. */
struct grow {
	const struct gnode *node;
	const struct gleaf *leaf;
	const struct galt *alt;
	unsigned depth;
};

void guide_rows(const struct guide *g,
    void (*seen)(void *ctx, const struct grow *row), void *ctx);

/* What a row says, in words of a language ("en", "de"); appended. */
void guide_say_occurs(struct buf *out, const struct grow *r, bool german);
void guide_say_type(struct buf *out, const struct grow *r, bool german);
void guide_say_condition(struct buf *out, const struct grow *r, bool german);

struct text_locale;

/* The word for one part of a field; false and nothing when there is none. */
bool guide_spoken(
    const struct text_locale *words, struct span part, struct buf *out);

/* The field in words, appended; nothing without words. */
void guide_meaning(
    const struct text_locale *words, struct span field, struct buf *out);

#endif
