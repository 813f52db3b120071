/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "exchange/download.h"
#include "sheet/zip.h"

#define ATTEMPTS 3
#define START_MAX (64u << 20)
#define FILE_MAX (32u << 20)

static enum rc
fetch(struct work *w, struct span download, json_t **start, struct err *err)
{
	struct sync_param id = work_text(download);
	struct sync_rows rows;
	enum rc rc = work_begin(w, err);

	*start = NULL;
	if (rc != RC_OK)
		return rc;
	rc = work_ask(w, "select exchange.download_start($1::bigint)", &id, 1,
	    &rows, err);
	if (rc == RC_OK && rows.n == 1 && rows.cells[0].p)
		rc = repr_json_trusted(rows.cells[0], w->a, start, err);
	work_undo(w); /* nothing was changed */
	return rc;
}

static enum rc
write_one(struct work *w, struct sandbox_child *child, const json_t *document,
    struct span *bytes, struct err *err)
{
	struct frame answer, ask = {.kind = SANDBOX_WRITE, .nparts = 2};
	struct buf start;
	enum rc rc;

	buf_init(&start, START_MAX);
	repr_json_write(document, &start);
	ask.parts[0] = buf_span(&start);
	ask.parts[1] = span_of(arena_printf(w->a, "%" PRId64, clock_wall()));
	rc = sandbox_ask(child, &ask, w->a, &answer, err);
	buf_done(&start);
	if (rc == RC_OK)
		*bytes = answer.parts[0];
	return rc;
}

/* XML files hold one document each: several go into a ZIP. */
struct file {
	struct buf *out;
	struct sheet_zip zip;
	bool packed;
};

static void
put(struct work *w, struct file *f, const json_t *document, struct span bytes)
{
	const char *number = repr_json_str(document, "canonical.number");

	if (!f->packed) {
		buf_put(f->out, bytes);
		if (bytes.n && bytes.p[bytes.n - 1] != '\n')
			buf_putc(f->out, '\n');
		return;
	}
	sheet_zip_add(&f->zip,
	    arena_printf(w->a, "%s.xml", number ? number : "document"), bytes);
}

static enum rc
write_all(struct work *w, const json_t *start, struct buf *out, struct err *err)
{
	const json_t *list = repr_json_at(start, "documents");
	const char *family = repr_json_str(start, "family");
	struct sandbox_child child = {.in = -1, .out = -1};
	struct file f = {.out = out};
	enum rc rc = sandbox_open(w->sandbox, &child, err);

	f.packed =
	    json_array_size(list) > 1 && family && strcmp(family, "ubl") == 0;
	if (f.packed)
		sheet_zip_begin(&f.zip, out);
	for (size_t i = 0; rc == RC_OK && i < json_array_size(list); i++) {
		const json_t *document = json_array_get(list, i);
		struct span bytes;

		rc = write_one(w, &child, document, &bytes, err);
		if (rc == RC_OK)
			put(w, &f, document, bytes);
	}
	if (f.packed)
		sheet_zip_end(&f.zip);
	sandbox_close(&child);
	if (rc == RC_OK && out->full)
		return err_set(err, RC_INPUT, "document.size",
		    "the file would be larger than %u bytes", FILE_MAX);
	return rc;
}

static enum rc
finish(struct work *w, const char *sql, struct span download,
    struct sync_param second, struct err *err)
{
	struct sync_param params[] = {work_text(download), second};
	enum rc rc = work_begin(w, err);

	if (rc != RC_OK)
		return rc;
	if (sql)
		rc = work_ask(w, sql, params, 2, NULL, err);
	if (rc == RC_OK)
		return work_done(w, (struct span){NULL, 0}, err);
	work_undo(w);
	return rc;
}

static bool
hopeless(const struct work *w, enum rc rc, const struct err *err)
{
	if (strcmp(err->code, "sandbox.away") == 0)
		return false;
	return rc == RC_INPUT || rc == RC_ABSENT ||
	       (rc != RC_AWAY && rc != RC_CONFLICT && w->attempt >= ATTEMPTS);
}

enum rc
download_write(struct work *w, struct err *err)
{
	struct span download = work_input(w, "download");
	struct sync_param none = work_text((struct span){NULL, 0});
	json_t *start;
	struct err why;
	struct buf out;
	enum rc rc = fetch(w, download, &start, err);

	if (rc != RC_OK)
		return rc;
	if (start == NULL)
		return finish(w, NULL, download, none, err);
	buf_init(&out, FILE_MAX);
	rc = write_all(w, start, &out, err);
	if (rc == RC_OK)
		rc = finish(w,
		    "select exchange.downloaded($1::bigint, $2::bytea)",
		    download, work_bytes(buf_span(&out)), err);
	buf_done(&out);
	if (rc == RC_OK || !hopeless(w, rc, err))
		return rc;
	why = *err;
	return finish(w, "select exchange.download_failed($1::bigint, $2)",
	    download, work_text(span_of(why.text)), err);
}
