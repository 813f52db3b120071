/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns of a sheet as a guide names them, and its rows as nodes. Shared
 * by sheet.c and sheet_shape.c, sheet_rows.c; nobody else includes it.
 */
#ifndef GUIDE_SHEET_SHAPE_H
#define GUIDE_SHEET_SHAPE_H

#include "guide/impl.h"
#include "guide/sheet.h"

#define SHEET_NAMESPACE "urn:kontor:sheet:1"
#define SHEET_ROOT "Sheet"
#define SHEET_ENTRY "Entry" /* rows of one number and one line */
#define SHEET_TITLES 8
#define SHEET_PARTS_MAX 4
#define SHEET_PART_COLUMNS 6

struct column {
	struct span name;
	struct span titles[SHEET_TITLES]; /* English, German, others */
	size_t ntitles;
	enum sheet_kind kind;
	bool must, sum, list;
	uint32_t at;       /* where in the sheet, from 1; 0: not there */
	struct span title; /* as it stands there */
};

/* A node for each row that has one of some columns, or, collected, for each
 * value of the first. */
struct part {
	struct span name;
	size_t columns[SHEET_PART_COLUMNS];
	size_t n;
};

struct shape {
	const struct guide *guide;
	struct column columns[SHEET_COLUMNS];
	size_t ncolumns, known;
	struct part parts[SHEET_PARTS_MAX];
	size_t nparts;
	struct part collects[SHEET_PARTS_MAX];
	size_t ncollects;
	size_t number, entry; /* columns whose value is one message, one entry;
				 SHEET_COLUMNS: none */
	bool filled[SHEET_COLUMNS]; /* one of these makes a row say something */
	bool any_filled;            /* some are named at all */
	bool unknown[SHEET_COLUMNS], twice[SHEET_COLUMNS]; /* in the sheet */
	bool german, comma;
};

/* The guide that most titles of the row belong to; false when fewer than two
 * do. */
bool shape_find(const struct guides *gs, struct span wanted,
    const struct sheet_row *titles, struct shape *out, struct arena *a);

void shape_of(const struct guide *g, struct shape *s);

/* The rows below the titles as messages of the interchange. */
void shape_messages(const struct shape *s, const struct sheet *t,
    const struct edi_limits *limits, struct edi_interchange *ix,
    struct arena *a);

/* The value of a column in a row, as the guide reads it: numbers with a point,
 * days as YYYY-MM-DD, what is neither as it was typed. */
struct span shape_value(const struct shape *s, const struct sheet_row *r,
    size_t column, struct arena *a);

#endif
