/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files that compile guides share.
 */
#ifndef GUIDE_COMPILE_H
#define GUIDE_COMPILE_H

#include "guide/impl.h"

#define GUIDE_NODES 4000
#define GUIDE_LEAVES 40000
#define GUIDE_SLOTS 600
#define GUIDE_SCOPES 60
#define GUIDE_PARTS 8

/* A name as XML has it, of ASCII letters, digits and _ - . */
bool guide_is_name(struct span s);

/* The place that is being compiled. */
struct gplace {
	struct guides *gs;
	struct guide *g;
	const struct gline *line;
	uint16_t node;
	enum gway way;      /* of the places around it */
	uint16_t scope;     /* where its fields are */
	struct span prefix; /* "parties.buyer", put before relative fields */
};

/* A new list scope below parent; which says of which entries it consists:
 * "kind=contract" (a constant part), "line_id" (those that have the field),
 * "!line_id" (those that have not), or nothing. */
uint16_t guide_scope(struct guides *gs, struct guide *g, uint16_t parent,
    struct span list, struct span which);

/* The field as the scope knows it: prefix and name. */
struct span guide_field(const struct gplace *p, struct span field);

/* Makes the leaves of a segment from the list of segments and the lines
 * below; value is the line of a segment with one value, or NULL. */
void guide_leaves_edi(struct gplace *p, const struct gline *value);
void guide_leaves_xml(struct gplace *p, const struct gline *value);

/* Fills an alternative from its line; elements of `when` are resolved by
 * resolve within the same segment. */
struct galt guide_alternative(struct gplace *p, const struct gline *l);

/* X12's "R0203 P0304" and the lines `rule`. */
void guide_relations(
    struct gplace *p, struct span listed, const struct gline *lines);

/* The map or list of codes of that name; NULL when there is none. */
const struct gmap *guide_map(const struct guide *g, struct span name);

struct gleaf *guide_leaf_new(struct gplace *p);

/* Asserts and defaults below l belong to scope. */
void guide_checks(
    struct guides *gs, struct guide *g, uint16_t scope, const struct gline *l);

/* The clause `default` of a line: fills the slot when its scope ends. */
void guide_fallback(struct guides *gs, struct guide *g, uint16_t scope,
    uint16_t slot, const struct gline *l);

/* levels.c: who takes what levels pass on, and whose names are whose. */
void guide_levels_compile(struct guides *gs, struct guide *g);

void guide_slots_order(struct guides *gs, struct guide *g);

#endif
