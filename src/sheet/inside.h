/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this folder share; nobody else includes it.
 */
#ifndef SHEET_INSIDE_H
#define SHEET_INSIDE_H

#include "sheet/sheet.h"
#include "sheet/zip.h"

/* A row to fill, behind the last one. RC_INPUT sheet.rows */
enum rc sheet_add_row(struct sheet *s, struct arena *a, uint32_t number,
    size_t offset, struct err *err) MUST_USE;

/* Puts a cell (column from 0) into the last row. RC_INPUT sheet.columns */
enum rc sheet_add_cell(struct sheet *s, struct arena *a, uint32_t column,
    struct sheet_cell cell, struct err *err) MUST_USE;

/* Takes the last row back if there is nothing in it. */
void sheet_end_row(struct sheet *s);

enum rc sheet_read_csv(struct span bytes, struct arena *a, struct sheet *out,
    struct err *err) MUST_USE;
enum rc sheet_read_xlsx(struct span bytes, struct arena *a, struct sheet *out,
    struct err *err) MUST_USE;

/* What styles.xml, sharedStrings.xml and workbook.xml say. */
struct sheet_book {
	struct arena *a;
	struct span *strings;
	size_t nstrings, strings_cap;
	bool *dates; /* by style: it shows a day */
	size_t ndates, dates_cap;
	bool base1904;
	struct span first;  /* relation of the first visible sheet */
	struct span target; /* its part */
};

/* RC_INPUT sheet.syntax, sheet.entity */
enum rc sheet_xml_workbook(
    struct span xml, struct sheet_book *b, struct err *err) MUST_USE;
enum rc sheet_xml_relations(
    struct span xml, struct sheet_book *b, struct err *err) MUST_USE;
enum rc sheet_xml_strings(
    struct span xml, struct sheet_book *b, struct err *err) MUST_USE;
enum rc sheet_xml_styles(
    struct span xml, struct sheet_book *b, struct err *err) MUST_USE;
enum rc sheet_xml_rows(struct span xml, const struct sheet_book *b,
    struct sheet *out, struct err *err) MUST_USE;

#endif
