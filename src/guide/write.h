/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the writing direction share. The tree of a guide is walked
 * once; what turns out to be empty is taken back.
 */
#ifndef GUIDE_WRITE_H
#define GUIDE_WRITE_H

#include "edi/write.h"
#include "guide/impl.h"
#include "repr/json.h"

#define WRITE_ELEMENTS 101
#define WRITE_COMPONENTS 24

/* A cell of the segment, or text and attributes of the element. */
struct gcell {
	struct span text;
	const struct galt *alt; /* that gave the text, or NULL */
	struct span attribute;  /* XML */
	uint8_t element, component;
};

struct gwriter {
	const struct guide *g;
	struct arena *a;
	struct edi_findings *fs;
	struct buf *out;
	const json_t **objects; /* by scope: the entry being written */
	uint32_t *used;         /* by slot: texts of a list already written */
	uint32_t *taken;        /* the same, not yet settled */
	struct gcell *cells;    /* of the present segment or element */
	size_t ncells;
	uint32_t k; /* which of several occurrences */
	struct edi_writer edi;
	uint32_t hl;
	uint32_t hl_of[GUIDE_DEPTH];
	unsigned hl_depth;
	struct gplan *plan;     /* of levels; NULL: none */
	struct gnested *nested; /* NULL: not looked at yet */
	bool xml, x12;
	bool ascii; /* other letters are written in ASCII */
	int depth;
};

/* One place of one occurrence. */
enum gwritten {
	GW_EMPTY,   /* nothing to say */
	GW_LACKING, /* a mandatory field has no value: leave the place out */
	GW_CONSTANT,
	GW_DATA,
};

/* Fills cells from the leaves of a node. */
enum gwritten guide_cells(struct gwriter *w, uint16_t node);

/* The value of a slot: a JSON text, number or boolean; NULL p when absent. */
struct span guide_slot_text(const struct gwriter *w, uint16_t slot);
const json_t *guide_slot_json(const struct gwriter *w, uint16_t slot);

/* Canonical text to what stands in the document; NULL p with a finding when
 * that is impossible. *format receives the date code to write beside it. */
struct span guide_format(struct gwriter *w, const struct gleaf *leaf,
    const struct galt *alt, struct span v, unsigned *format);

struct edi_finding *guide_write_find(struct gwriter *w, enum edi_rule_id rule,
    const struct gleaf *leaf, struct span value);

/* Writes all places of a message; false when a finding forbids it. */
bool guide_write(struct gwriter *w);

/* Latin letters and marks in ASCII, "Mueller"; others become "?". */
struct span guide_ascii(struct arena *a, struct span s);

/* What the cells took from the lists of a scope is forgotten. */
void guide_forget(struct gwriter *w, uint16_t scope);

/* One occurrence of a level, written whatever it holds. */
void guide_write_level(struct gwriter *w, uint16_t node);

/* write_levels.c: lays the levels out; writes them all; true when there are
 * any. */
void guide_levels_plan(struct gwriter *w);
bool guide_write_levels(struct gwriter *w);

/* The value that the level being written passes on; NULL: none. */
const json_t *guide_level_value(const struct gwriter *w, const struct gslot *s);

/* The nth entry of the list that belongs to the level being written, NULL
 * after the last. False: the list is not spread over levels. */
bool guide_level_entry(
    const struct gwriter *w, uint16_t scope, size_t nth, const json_t **out);

/* The nth entry that lies in the one being written around it, NULL after the
 * last. False: the entries of the list are not written inside one another. */
bool guide_nested_entry(
    struct gwriter *w, uint16_t scope, size_t nth, const json_t **out);

/* How the levels are nested, "SOPI". */
struct span guide_level_letters(const struct gwriter *w);

/* write_out.c: what is put out for one occurrence of a place. */
void guide_put_segment(struct gwriter *w, const struct gnode *n);
void guide_put_start(struct gwriter *w, const struct gnode *n, bool empty);
void guide_put_end(struct gwriter *w, const struct gnode *n);
void guide_put_xml(struct buf *out, struct span s, bool attribute);

void guide_writer_init(struct gwriter *w, const struct guide *g,
    const json_t *canonical, struct arena *a, struct buf *out,
    struct edi_findings *fs);

#endif
