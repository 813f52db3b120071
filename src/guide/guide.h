/* SPDX-License-Identifier: Apache-2.0
 *
 * Guides: what a partner's document may contain and what it means
 * (docs/guides/notation.md). Loaded once at start and read-only afterwards;
 * compiled to tables, so that reading a document looks no names up. One guide
 * serves reading (segments or XML nodes to findings and canonical JSON) and
 * writing (canonical JSON to bytes).
 */
#ifndef GUIDE_GUIDE_H
#define GUIDE_GUIDE_H

#include "base/buf.h"
#include "base/err.h"
#include "edi/edi.h"

struct guides; /* all guides of a folder */
struct guide;

/*
 * Loads every *.guide and *.segments file below dir (partners/). Everything
 * lives in a. With faults the first one is in err and all are in *report, a
 * line each: "file:line: reason"; report may be NULL.
 *
 * RC_INPUT  guide.syntax; RC_FAULT file.read
 */
enum rc guides_load(const char *dir, struct arena *a, struct buf *report,
    struct guides **out, struct err *err) MUST_USE;

/* One further guide from memory, named as its file would be; for tests. */
enum rc guides_add(struct guides *gs, struct span text, const char *name,
    struct err *err) MUST_USE;

/* An empty collection to add to. */
struct guides *guides_new(struct arena *a);

/* Guides in the order of their names. */
size_t guides_count(const struct guides *gs);
const struct guide *guides_at(const struct guides *gs, size_t i);

/* "edifact/orders-d96a", "kranich/orders"; NULL when there is none. */
const struct guide *guides_named(const struct guides *gs, struct span name);

enum guide_direction {
	GUIDE_IN = 1,
	GUIDE_OUT = 2,
};

/* May another message of the same kind be read by another guide? */
bool guide_asks_inside(
    const struct guides *gs, enum edi_family family, const struct edi_id *id);

/*
 * The most specific guide for a message (notation.md section 1). wanted is
 * the name that the agreement gives, or the empty span; it is taken when it
 * fits the message, and only so are guides of partners. NULL: none.
 */
const struct guide *guide_select(const struct guides *gs,
    enum edi_family family, const struct edi_message *m,
    enum guide_direction direction, struct span wanted);

/* Does the guide fit what the message's header says? */
bool guide_fits(const struct guide *g, enum edi_family family,
    const struct edi_id *id, enum guide_direction direction);

const char *guide_name(const struct guide *g);
const char *guide_type(const struct guide *g);     /* "ORDERS", "850" */
struct span guide_root(const struct guide *g);     /* XML: its namespace */
const char *guide_version(const struct guide *g);  /* "D.96A", "004010" */
const char *guide_document(const struct guide *g); /* "order" */
/* The role in parties of who sends such documents, or receives them; NULL: the
 * guide does not say. */
const char *guide_between(const struct guide *g, bool sender);
enum edi_family guide_family(const struct guide *g);

/* What reading keeps from message to message: memory, and a place for every
 * value of each guide so far. */
struct guide_reader;

struct guide_reader *guide_reader_new(struct arena *a);

/* Gives back what a large message made it grow. */
void guide_reader_shrink(struct guide_reader *r);

/*
 * Checks one message and builds its canonical document in one walk; findings
 * are added to m->findings, all of them. canonical receives the document's own
 * members without braces (`"number":"4711","lines":[...]`), locators (may be
 * NULL) the members `"/number":{...}`; both only text, no JSON tree.
 */
void guide_check(struct guide_reader *r, const struct guide *g,
    struct edi_message *m, struct buf *canonical, struct buf *locators);

/* Says whether two canonical documents (JSON texts) are equal but for what g
 * declares lost or computes. The first difference is in err.
 *
 * RC_INPUT  write.readback */
enum rc guide_same(const struct guide *g, struct span a_json,
    struct span b_json, struct err *err) MUST_USE;

/* A canonical document that fills every place the guide maps, as JSON text:
 * the source of the guide's generated sample. */
void guide_sample(const struct guide *g, struct buf *out);

/* Further samples: the nth has the nth of all codes, and of fields that share
 * a place only the nth. There are guide_samples of them, from 0. */
void guide_sample_nth(const struct guide *g, unsigned n, struct buf *out);
unsigned guide_samples(const struct guide *g);

/*
 * The guide for people, as Markdown; lang "en" or "de". words: what its fields
 * are called in that language (assets/text), or NULL.
 */
struct text_locale;
void guide_describe(const struct guide *g, const char *lang,
    const struct text_locale *words, struct buf *out);

/*
 * What b says otherwise than a, a line each: "- " as a has it, "+ " as b has
 * it; a change is both. Returns how many differences there are.
 */
size_t guide_diff(const struct guide *a, const struct guide *b,
    const char *lang, struct buf *out);

/* "ORDERS D.96A UN EAN008", "850 004010": how messages name themselves. */
void guide_identity(const struct guide *g, struct buf *out);

enum guide_direction guide_directions(const struct guide *g);

#endif
