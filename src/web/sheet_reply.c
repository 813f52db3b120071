/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sheet/sheet.h"
#include "web/sheet_reply.h"

#define TEXT_MAX 1000

bool
sheet_reply_is(const json_t *data)
{
	return json_is_array(json_object_get(data, "columns")) &&
	       json_is_array(json_object_get(data, "rows"));
}

static enum sheet_kind
kind_of(const json_t *column)
{
	const char *kind = repr_json_str(column, "kind");

	if (kind && strcmp(kind, "number") == 0)
		return SHEET_NUMBER;
	return kind && strcmp(kind, "date") == 0 ? SHEET_DATE : SHEET_TEXT;
}

static struct span
title_of(const json_t *data, const json_t *column, const struct text_locale *l,
    struct arena *a)
{
	const char *name = repr_json_str(column, "name");
	const char *key = repr_json_str(column, "title");
	struct span s;
	struct buf b;

	if (key == NULL)
		key = arena_printf(
		    a, "sheet.%s.%s", repr_json_str(data, "table"), name);
	buf_init(&b, TEXT_MAX);
	if (!text_format_json(l, key, NULL, &b))
		buf_puts(&b, name);
	s = arena_span(a, buf_span(&b));
	buf_done(&b);
	return s;
}

/* Cells are texts or null; those of a set of codes get its names. */
static struct span
cell_of(const json_t *cell, const json_t *column, const struct text_locale *l,
    struct arena *a)
{
	struct span s = span_of(json_string_value(cell));
	const char *kind = repr_json_str(column, "kind");
	struct buf b;

	if (kind_of(column) != SHEET_TEXT || !s.n || strcmp(kind, "text") == 0)
		return s;
	buf_init(&b, TEXT_MAX);
	text_label(l, span_of(kind), s, &b);
	s = arena_span(a, buf_span(&b));
	buf_done(&b);
	return s;
}

bool
sheet_reply_xlsx(const json_t *data, struct span accept)
{
	struct span format = span_of(repr_json_str(data, "format"));

	if (!span_is(format, "any"))
		return span_is(format, "xlsx");
	return span_find_str(accept, SHEET_REPLY_XLSX) < accept.n;
}

void
sheet_reply_write(
    const json_t *data, bool xlsx, const struct text_locale *l, struct buf *out)
{
	const json_t *columns = json_object_get(data, "columns");
	const json_t *rows = json_object_get(data, "rows");
	size_t n = json_array_size(columns), nrows = json_array_size(rows);
	struct arena *a = arena_new();
	struct sheet_column *heads = ARENA_ARRAY(a, struct sheet_column, n);
	struct span *cells = ARENA_ARRAY(a, struct span, n * nrows + 1);
	struct sheet_table t = {span_of("Kontor"), heads, n, cells, nrows};

	for (size_t i = 0; i < n; i++) {
		const json_t *c = json_array_get(columns, i);

		heads[i] = (struct sheet_column){title_of(data, c, l, a),
		    kind_of(c), (unsigned)repr_json_int(c, "width", 12)};
		for (size_t k = 0; k < nrows; k++)
			cells[k * n + i] =
			    cell_of(json_array_get(json_array_get(rows, k), i),
				c, l, a);
	}
	if (xlsx)
		sheet_write_xlsx(&t, out);
	else
		sheet_write_csv(&t, strcmp(text_language(l), "de") == 0, out);
	arena_free(a);
}
