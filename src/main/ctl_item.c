/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl item import FILE: items, suppliers, partners' own numbers and
 * prices from CSV; all or nothing.
 */
#include <stdio.h>
#include <string.h>

#include "main/ctl.h"
#include "repr/csv.h"

/* The columns, in any order; number is needed. */
static const struct {
	const char *name, *expected;
} COLUMNS[] = {
    {"number", "1 to 35 printable characters"},
    {"gtin", "8, 12, 13 or 14 digits with a right check digit"},
    {"unit", "a code of UN/ECE Recommendation 20, as C62"},
    {"name_en", "a name, for a new item"},
    {"name_de", "a name"},
    {"serialised", "true or false"},
    {"warranty_months", "a whole number up to 999"},
    {"supplier", "number or short name of a supplier"},
    {"suppliers_item_id", "the supplier's number for it"},
    {"partner", "number or short name of a partner, where a price stands"},
    {"buyers_item_id", "the partner's number for it"},
    {"price", "a number, with point or comma"},
    {"price_base", "a number"},
    {"currency", "three letters"},
    {"min_quantity", "a number"},
    {"valid_from", "a date as 2026-01-31"},
    {"stock", "a number"},
    {"stock_on", "a date as 2026-01-31"},
};
#define NCOLUMNS (sizeof COLUMNS / sizeof *COLUMNS)

static const char *
expected(const char *column)
{
	for (size_t i = 0; i < NCOLUMNS; i++)
		if (strcmp(column, COLUMNS[i].name) == 0)
			return COLUMNS[i].expected;
	return "another value";
}

static const char *
column_named(struct span name)
{
	for (size_t i = 0; i < NCOLUMNS; i++)
		if (span_case_is(span_trim(name), COLUMNS[i].name))
			return COLUMNS[i].name;
	return NULL;
}

static enum rc
header(const struct csv_row *row, const char **names, struct err *err)
{
	bool number = false;

	for (size_t i = 0; i < row->ncells; i++) {
		names[i] = column_named(row->cells[i]);
		if (names[i] == NULL)
			return err_set(err, RC_INPUT, "item.column",
			    "line %lu, column %zu: unknown heading %.*s",
			    row->line, i + 1, (int)row->cells[i].n,
			    row->cells[i].p);
		for (size_t j = 0; j < i; j++)
			if (names[j] == names[i])
				return err_set(err, RC_INPUT, "item.column",
				    "line %lu: heading %s stands twice",
				    row->line, names[i]);
		number = number || strcmp(names[i], "number") == 0;
	}
	if (!number)
		return err_set(err, RC_INPUT, "item.column",
		    "line %lu: there is no heading number", row->line);
	return RC_OK;
}

static enum rc
rows_of(
    const struct ctl *c, const struct csv *csv, json_t *out, struct err *err)
{
	const char *names[CSV_MAX_CELLS];
	enum rc rc;

	if (csv->nrows == 0)
		return err_set(err, RC_INPUT, "item.column",
		    "the file is empty; expected a line of headings");
	rc = header(&csv->rows[0], names, err);
	for (size_t i = 1; i < csv->nrows && rc == RC_OK; i++) {
		const struct csv_row *row = &csv->rows[i];
		json_t *o = repr_json_object(c->a);

		if (row->ncells > csv->rows[0].ncells)
			return err_set(err, RC_INPUT, "item.cells",
			    "line %lu: %zu cells, expected %zu", row->line,
			    row->ncells, csv->rows[0].ncells);
		for (size_t j = 0; j < row->ncells; j++)
			repr_json_set(o, names[j],
			    repr_json_string(c->a, span_trim(row->cells[j])));
		(void)json_array_append(out, o);
	}
	return rc;
}

/* Each error with its line in the file and what was expected. */
static void
complete(json_t *errors, const struct csv *csv)
{
	json_t *e;
	size_t i;

	json_array_foreach(errors, i, e)
	{
		size_t row = (size_t)repr_json_int(e, "row", 0);
		const char *column = repr_json_str(e, "column");

		if (row < csv->nrows)
			repr_json_set_int(
			    e, "line", (long long)csv->rows[row].line);
		repr_json_set_str(
		    e, "expected", expected(column ? column : ""));
	}
}

static int
tell(const struct ctl *c, const json_t *answer)
{
	const json_t *errors = json_object_get(answer, "errors"), *e;
	size_t i;

	if (ctl_print_json(c, answer))
		return json_array_size(errors) ? CTL_FAILED : CTL_OK;
	json_array_foreach(errors, i, e)
	{
		const char *found = repr_json_str(e, "found");

		(void)fprintf(stderr,
		    "line %lld, %s: found \"%s\", expected %s (%s)\n",
		    repr_json_int(e, "line", 0), repr_json_str(e, "column"),
		    found ? found : "", repr_json_str(e, "expected"),
		    repr_json_str(e, "code"));
	}
	if (json_array_size(errors)) {
		(void)fprintf(stderr, "nothing was imported\n");
		return CTL_FAILED;
	}
	(void)printf("%lld rows, %lld items, %lld prices%s\n",
	    repr_json_int(answer, "rows", 0), repr_json_int(answer, "items", 0),
	    repr_json_int(answer, "prices", 0),
	    ctl_get(c, "dry-run") ? ": a dry run, nothing was stored" : "");
	return CTL_OK;
}

static enum rc
import(const struct ctl *c, struct csv *csv, json_t **answer, struct err *err)
{
	bool dry = ctl_get(c, "dry-run") != NULL;
	json_t *rows = repr_json_array(c->a);
	struct sync_param params[2];
	struct span text;
	struct buf b;
	enum rc rc = ctl_read(c, c->words[0], &text, err);

	if (rc == RC_OK)
		rc = csv_read(text, c->a, csv, err);
	if (rc == RC_OK)
		rc = rows_of(c, csv, rows, err);
	if (rc != RC_OK)
		return rc;
	buf_init(&b, 256u << 20);
	repr_json_write(rows, &b);
	params[0] = ctl_span(buf_span(&b));
	params[1] = ctl_text(dry ? "true" : "false");
	rc = ctl_ask(c, "select item.import($1, $2)", params, 2, answer, err);
	buf_done(&b);
	return rc;
}

int
ctl_item_import(struct ctl *c)
{
	json_t *answer = NULL;
	struct csv csv;
	struct err err;

	if (import(c, &csv, &answer, &err) != RC_OK)
		return ctl_fail(c, &err);
	complete(json_object_get(answer, "errors"), &csv);
	return tell(c, answer);
}
