/* SPDX-License-Identifier: Apache-2.0
 *
 * CSV (RFC 4180). Written cells that a spreadsheet would take for a formula
 * (first character = + - @ tab CR, unless the cell is a plain number) get a
 * leading apostrophe.
 */
#ifndef REPR_CSV_H
#define REPR_CSV_H

#include "repr/json.h"

#define CSV_MAX_ROWS 100000
#define CSV_MAX_CELLS 64

struct csv_row {
	unsigned long line;   /* where the row starts, from 1 */
	unsigned long number; /* as a spreadsheet counts: line breaks in
				 quoted cells begin no row */
	size_t offset;        /* of its first byte in the text */
	struct span *cells;
	size_t ncells;
};

struct csv {
	struct csv_row *rows;
	size_t nrows;
};

/*
 * Reads comma or semicolon separated text (whichever the first line has more
 * of), with or without a byte order mark; empty lines are skipped. Everything
 * lives in a; so are empty cells beyond CSV_MAX_CELLS.
 *
 * RC_INPUT  csv.syntax, csv.utf8, csv.rows, csv.cells; text names the line
 */
enum rc csv_read(struct span bytes, struct arena *a, struct csv *out,
    struct err *err) MUST_USE;

/* The same of UTF-8 without a mark whose separator is known. */
enum rc csv_read_with(struct span text, char separator, struct arena *a,
    struct csv *out, struct err *err) MUST_USE;

/* One row with its line end (CR LF). */
void csv_write_row(struct buf *out, const struct span *cells, size_t ncells);

/*
 * A list as a table: one row for each entry of the array, a column for each
 * member in order of first appearance; nested members are "total.amount",
 * arrays are joined with " | " when they hold scalars, else left out.
 */
void csv_write_list(const json_t *items, struct buf *out);

#endif
