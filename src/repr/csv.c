/* SPDX-License-Identifier: Apache-2.0 */
#include <csv.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "repr/csv.h"
#include "repr/template.h"

#define CELL_MAX (64 * 1024)

struct reader {
	struct arena *a;
	struct csv *out;
	size_t row_cap, cell_cap;
	struct csv_row row; /* being read */
	struct span text;
	size_t offset; /* where the row begins */
	unsigned long line;
	unsigned long inside; /* lines that begin inside a row, so far */
	unsigned long number; /* of the row */
	enum rc rc;
	struct err *err;
};

static void
refuse(struct reader *r, const char *code, const char *what)
{
	if (r->rc == RC_OK)
		r->rc = err_set(
		    r->err, RC_INPUT, code, "line %lu: %s", r->line, what);
}

static void
take_cell(void *p, size_t n, void *arg)
{
	struct reader *r = arg;

	if (r->row.ncells == CSV_MAX_CELLS) {
		/* what spreadsheets leave behind the last column says nothing
		 */
		if (n == 0)
			return;
		refuse(r, "csv.cells", "too many cells");
		return;
	}
	r->row.cells = arena_grow(r->a, r->row.cells, sizeof *r->row.cells,
	    &r->cell_cap, r->row.ncells + 1);
	r->row.cells[r->row.ncells++] = arena_span(r->a, span_make(p, n));
}

static void
take_row(int end, void *arg)
{
	struct reader *r = arg;
	struct csv *out = r->out;

	(void)end;
	if (r->row.ncells == 0 ||
	    (r->row.ncells == 1 && r->row.cells[0].n == 0)) {
		r->row.ncells = 0; /* an empty line */
		return;
	}
	if (out->nrows == CSV_MAX_ROWS) {
		refuse(r, "csv.rows", "too many rows");
		return;
	}
	out->rows = arena_grow(
	    r->a, out->rows, sizeof *out->rows, &r->row_cap, out->nrows + 1);
	r->row.line = r->line;
	r->row.offset = r->offset;
	r->row.number = r->number;
	out->rows[out->nrows++] = r->row;
	r->row = (struct csv_row){.line = 0};
	r->cell_cap = 0;
}

/* Excel writes semicolons where the comma is the decimal mark. */
static unsigned char
separator_of(struct span bytes)
{
	size_t commas = 0, semicolons = 0;
	bool quoted = false;

	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (bytes.p[i] == '\n')
			break;
		commas += bytes.p[i] == ',';
		semicolons += bytes.p[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

/* A line at a time, so that rows know where they begin. */
static void
parse(struct reader *r, struct csv_parser *p)
{
	struct span rest = r->text;
	unsigned long line = 0;

	while (rest.n && r->rc == RC_OK) {
		size_t n = span_find(rest, '\n');

		n = n < rest.n ? n + 1 : n;
		line++;
		if (r->row.ncells == 0 && !p->quoted) {
			r->line = line;
			r->offset = r->text.n - rest.n;
			r->number = line - r->inside;
		} else {
			r->inside++;
		}
		if (csv_parse(p, rest.p, n, take_cell, take_row, r) != n)
			refuse(r, "csv.syntax", csv_strerror(csv_error(p)));
		rest = span_sub(rest, n, rest.n);
	}
	if (r->rc == RC_OK && csv_fini(p, take_cell, take_row, r) != 0)
		refuse(r, "csv.syntax", csv_strerror(csv_error(p)));
}

enum rc
csv_read(struct span bytes, struct arena *a, struct csv *out, struct err *err)
{
	size_t at;

	*out = (struct csv){.rows = NULL};
	if (span_starts(bytes, "\xef\xbb\xbf"))
		bytes = span_sub(bytes, 3, bytes.n);
	at = utf8_check(bytes);
	if (at < bytes.n)
		return err_set(
		    err, RC_INPUT, "csv.utf8", "not UTF-8 at byte %zu", at);
	return csv_read_with(bytes, (char)separator_of(bytes), a, out, err);
}

enum rc
csv_read_with(struct span text, char separator, struct arena *a,
    struct csv *out, struct err *err)
{
	struct reader r = {.a = a, .out = out, .err = err, .text = text};
	struct csv_parser p;

	*out = (struct csv){.rows = NULL};
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		fatal("libcsv cannot start");
	csv_set_delim(&p, (unsigned char)separator);
	parse(&r, &p);
	csv_free(&p);
	return r.rc;
}

static bool
formula_is(struct span s)
{
	struct decimal d;

	if (s.n == 0)
		return false;
	if (s.p[0] == '@' || s.p[0] == '=' || s.p[0] == '\t' || s.p[0] == '\r')
		return true;
	return (s.p[0] == '+' || s.p[0] == '-') && !decimal_read(s, 0, &d);
}

static void
put_cell(struct buf *out, struct span s)
{
	bool quote = formula_is(s);

	for (size_t i = 0; i < s.n && !quote; i++)
		quote = s.p[i] == '"' || s.p[i] == ',' || s.p[i] == ';' ||
			s.p[i] == '\n' || s.p[i] == '\r';
	if (!quote) {
		buf_put(out, s);
		return;
	}
	buf_putc(out, '"');
	if (formula_is(s))
		buf_putc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, s.p[i]);
	}
	buf_putc(out, '"');
}

void
csv_write_row(struct buf *out, const struct span *cells, size_t ncells)
{
	for (size_t i = 0; i < ncells; i++) {
		if (i)
			buf_putc(out, ',');
		put_cell(out, cells[i]);
	}
	buf_puts(out, "\r\n");
}

struct columns {
	struct arena *a;
	struct span names[CSV_MAX_CELLS];
	size_t n;
};

static bool
scalars_only(const json_t *v)
{
	size_t i;
	json_t *e;

	json_array_foreach(
	    v, i, e) if (json_is_object(e) || json_is_array(e)) return false;
	return true;
}

static void
add_column(struct columns *c, struct span name)
{
	for (size_t i = 0; i < c->n; i++)
		if (span_eq(c->names[i], name))
			return;
	if (c->n < CSV_MAX_CELLS)
		c->names[c->n++] = name;
}

/* Columns of one entry; what callers may do is not data. */
static void
add_columns(struct columns *c, const json_t *v, const char *prefix)
{
	const char *key;
	json_t *inner;

	json_object_foreach((json_t *)(uintptr_t)v, key, inner)
	{
		const char *name = arena_printf(c->a, "%s%s", prefix, key);

		if (span_is(span_of(name), "actions") ||
		    span_is(span_of(name), "can"))
			continue;
		if (json_is_object(inner))
			add_columns(c, inner, arena_printf(c->a, "%s.", name));
		else if (!json_is_array(inner) || scalars_only(inner))
			add_column(c, span_of(name));
	}
}

static struct span
cell_of(const json_t *v, struct arena *a)
{
	struct buf b;
	struct span s;
	json_t *e;
	size_t i;

	buf_init(&b, CELL_MAX);
	if (json_is_array(v)) {
		json_array_foreach(v, i, e)
		{
			if (i)
				buf_puts(&b, " | ");
			template_scalar(&b, e);
		}
	} else {
		template_scalar(&b, v);
	}
	s = arena_span(a, buf_span(&b));
	buf_done(&b);
	return s;
}

void
csv_write_list(const json_t *items, struct buf *out)
{
	struct arena *a = arena_new();
	struct columns c = {.a = a};
	struct span cells[CSV_MAX_CELLS];
	json_t *entry;
	size_t i;

	json_array_foreach(items, i, entry) add_columns(&c, entry, "");
	csv_write_row(out, c.names, c.n);
	json_array_foreach(items, i, entry)
	{
		for (size_t k = 0; k < c.n; k++)
			cells[k] =
			    cell_of(repr_json_at(entry, c.names[k].p), a);
		csv_write_row(out, cells, c.n);
	}
	arena_free(a);
}
