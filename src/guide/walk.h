/* SPDX-License-Identifier: Apache-2.0
 *
 * The position of a walk along a guide.
 */
#ifndef GUIDE_WALK_H
#define GUIDE_WALK_H

#include "guide/read.h"

struct gwalk {
	struct guide_reader *r;
	const struct guide *g;
	struct gnode *nodes; /* of g */
	uint32_t *counts;
	uint16_t *after; /* see gcontext */
	uint16_t group;  /* the open one; 0 is the message */
	uint16_t from;   /* the present place in it; 0: none is left */
	uint16_t before; /* the place of the segment before; NONE: unknown. It
			    decides about group and from. */
	uint16_t torn;   /* the group that a segment too late left open */
	uint32_t sought, sought_at; /* a tag, and its last segment from 1 */
};

/* Tokens that are not what they stand for. */
#define GUIDE_CARE (EDI_T_QUOTED | EDI_T_WRAPPED | EDI_T_HIGH | EDI_T_REPEAT)

/* The value at a place of a segment; empty when absent. */
static inline struct span
guide_at(struct guide_reader *r, const struct edi_segment *s, unsigned element,
    unsigned component)
{
	if (element == 0 || element > s->nelements)
		return (struct span){0};
	unsigned i = s->elements[element] + component - 1;
	if (i >= s->elements[element + 1])
		return (struct span){0};
	const struct edi_token *t = &s->tokens[i];
	if (t->flags & GUIDE_CARE)
		return edi_value(s, element, 1, component, r->scratch);
	return (struct span){s->bytes + t->at, t->n};
}

/* Checks the elements of a segment at its place and takes its values. */
void guide_segment(struct gwalk *w, uint16_t node, const struct edi_segment *s);

#endif
