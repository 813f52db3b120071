/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/inside.h"

bool
sheet_is_xlsx(struct span bytes)
{
	return span_starts(bytes, "PK\x03\x04");
}

enum rc
sheet_read(
    struct span bytes, struct arena *a, struct sheet *out, struct err *err)
{
	*out = (struct sheet){.xlsx = sheet_is_xlsx(bytes)};
	return out->xlsx ? sheet_read_xlsx(bytes, a, out, err)
			 : sheet_read_csv(bytes, a, out, err);
}

enum rc
sheet_add_row(struct sheet *s, struct arena *a, uint32_t number, size_t offset,
    struct err *err)
{
	if (s->nrows == SHEET_ROWS)
		return err_set(err, RC_INPUT, "sheet.rows", "more than %u rows",
		    SHEET_ROWS);
	s->rows =
	    arena_grow(a, s->rows, sizeof *s->rows, &s->cap, s->nrows + 1);
	s->rows[s->nrows++] =
	    (struct sheet_row){.number = number, .offset = offset};
	return RC_OK;
}

enum rc
sheet_add_cell(struct sheet *s, struct arena *a, uint32_t column,
    struct sheet_cell cell, struct err *err)
{
	struct sheet_row *r = &s->rows[s->nrows - 1];

	if (cell.text.n == 0)
		return RC_OK;
	if (column >= SHEET_COLUMNS)
		return err_set(err, RC_INPUT, "sheet.columns",
		    "row %u has more than %u columns", r->number,
		    SHEET_COLUMNS);
	if (r->cells == NULL)
		r->cells = ARENA_ARRAY(a, struct sheet_cell, SHEET_COLUMNS);
	r->cells[column] = cell;
	if (column >= r->ncells)
		r->ncells = column + 1;
	return RC_OK;
}

void
sheet_end_row(struct sheet *s)
{
	if (s->nrows && s->rows[s->nrows - 1].ncells == 0)
		s->nrows--;
}
