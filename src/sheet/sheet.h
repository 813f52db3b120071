/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of people: CSV and XLSX to rows of cells, and rows to CSV and XLSX.
 * It knows rows, columns and how spreadsheets write numbers and days; what a
 * column means is for src/guide/sheet.c.
 *
 * CSV: separated by semicolon, comma or tab, in UTF-8 (with or without a
 * mark), UTF-16 (with one) or Windows-1252; a first line "sep=;" names the
 * separator. XLSX: the first visible sheet; no formula is computed, what was
 * computed last is taken. Bounded before anything is unpacked.
 */
#ifndef SHEET_SHEET_H
#define SHEET_SHEET_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define SHEET_ROWS 100000u
#define SHEET_COLUMNS 64u
#define SHEET_PART (32u << 20) /* bytes of one part of an XLSX, unpacked */
#define SHEET_PARTS 1000u      /* files in an XLSX */
#define SHEET_RATIO 300u       /* unpacked to packed, ... */
#define SHEET_SMALL (1u << 20) /* ... of a part larger than this */

struct sheet_cell {
	struct span text; /* UTF-8, trimmed; empty where there is nothing */
	bool exact;       /* a number or a day of the spreadsheet's own: "12.5",
			     "2026-12-03"; else as somebody typed it */
};

struct sheet_row {
	uint32_t number; /* as the spreadsheet counts, from 1 */
	size_t offset;   /* of its first byte in the file; XLSX: 0 */
	struct sheet_cell *cells;
	uint32_t ncells;
};

struct sheet {
	struct sheet_row *rows; /* those with something in them */
	size_t nrows, cap;
	bool xlsx;
	bool comma; /* a typed number has a decimal comma, by the separator */
};

/* Do the bytes begin as an XLSX does? */
bool sheet_is_xlsx(struct span bytes);

/* Bytes of a CSV before its titles: a mark, and a line "sep=;". */
size_t sheet_before_titles(struct span bytes);

/*
 * Reads a whole file; everything lives in a.
 *
 * RC_INPUT  sheet.syntax, sheet.rows, sheet.columns, sheet.size, sheet.zip,
 *           sheet.entity; text says what and where
 */
enum rc sheet_read(struct span bytes, struct arena *a, struct sheet *out,
    struct err *err) MUST_USE;

/*
 * A number as people type it ("1.234,5", "1 234.5", "1'234") with a decimal
 * point; comma says which mark is the decimal one where one mark with three
 * digits behind it could be either. The empty span for what is no number.
 */
struct span sheet_number(struct span typed, bool comma, struct arena *a);

/*
 * A day as people type it ("2026-12-03", "3.12.2026", "03.12.26",
 * "13/02/2026"), as YYYY-MM-DD. With slashes only where one of both parts
 * cannot be a month. The empty span for anything else.
 */
struct span sheet_date(struct span typed, struct arena *a);

/* Day of a serial number of a spreadsheet, as YYYY-MM-DD; empty when there is
 * none. base1904: days are counted from 1904. */
struct span sheet_serial(struct span number, bool base1904, struct arena *a);

enum sheet_kind {
	SHEET_TEXT,
	SHEET_NUMBER, /* decimal with a point */
	SHEET_DATE,   /* YYYY-MM-DD */
};

struct sheet_column {
	struct span title;
	enum sheet_kind kind;
	unsigned width; /* characters */
};

/* A table to be written: cells row by row, ncolumns each. */
struct sheet_table {
	struct span name; /* of the sheet */
	const struct sheet_column *columns;
	size_t ncolumns;
	const struct span *cells;
	size_t nrows;
};

/* CSV with a byte order mark: semicolons and decimal commas, or commas and
 * points. What a spreadsheet would take for a formula is marked as text. */
void sheet_write_csv(const struct sheet_table *t, bool comma, struct buf *out);

/* XLSX: one sheet, its first row fixed and bold; always the same bytes. */
void sheet_write_xlsx(const struct sheet_table *t, struct buf *out);

#endif
