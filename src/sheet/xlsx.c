/* SPDX-License-Identifier: Apache-2.0
 *
 * An XLSX is a ZIP of XML parts. Nothing is unpacked before its size is known
 * to be bearable, and never more than was announced.
 */
#include <string.h>

#include <zip.h>

#include "sheet/inside.h"

struct archive {
	zip_t *zip;
	struct arena *a;
};

static void
discard(void *p)
{
	zip_discard(p);
}

static enum rc
broken(struct err *err, const char *what)
{
	return err_set(err, RC_INPUT, "sheet.zip", "%s", what);
}

static enum rc
open_zip(struct span bytes, struct archive *z, struct err *err)
{
	zip_error_t e;
	zip_source_t *source;

	zip_error_init(&e);
	source = zip_source_buffer_create(bytes.p, bytes.n, 0, &e);
	z->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &e) : NULL;
	zip_error_fini(&e);
	if (z->zip == NULL) {
		if (source)
			zip_source_free(source);
		return broken(err, "not a workbook");
	}
	arena_defer(z->a, discard, z->zip);
	if (zip_get_num_entries(z->zip, 0) > (zip_int64_t)SHEET_PARTS)
		return broken(err, "too many parts");
	return RC_OK;
}

/* Its size, once that is known to be bearable. */
static enum rc
measure(const struct archive *z, const char *name, zip_uint64_t *index,
    size_t *size, struct err *err)
{
	zip_int64_t at = zip_name_locate(z->zip, name, 0);
	zip_stat_t s;

	if (at < 0)
		return err_set(err, RC_ABSENT, "sheet.zip", "no %s", name);
	if (zip_stat_index(z->zip, (zip_uint64_t)at, 0, &s) != 0 ||
	    !(s.valid & ZIP_STAT_SIZE) || !(s.valid & ZIP_STAT_COMP_SIZE))
		return broken(err, name);
	if ((s.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
	    s.encryption_method != ZIP_EM_NONE)
		return broken(err, "encrypted");
	if (s.size > SHEET_PART ||
	    (s.size > SHEET_SMALL && s.size / SHEET_RATIO > s.comp_size))
		return err_set(err, RC_INPUT, "sheet.size",
		    "%s has %llu bytes unpacked", name,
		    (unsigned long long)s.size);
	*index = (zip_uint64_t)at;
	*size = (size_t)s.size;
	return RC_OK;
}

/* Is it XML that can be read in peace? UTF-8, without a document type. */
static enum rc
peaceful(struct span s, const char *name, struct err *err)
{
	if (memchr(s.p, 0, s.n))
		return broken(err, name);
	if (span_find_str(s, "<!DOCTYPE") < s.n)
		return err_set(err, RC_INPUT, "sheet.entity",
		    "%s has a document type", name);
	return RC_OK;
}

static enum rc
part(const struct archive *z, const char *name, struct span *out,
    struct err *err)
{
	zip_uint64_t index = 0;
	size_t size = 0, got = 0;
	zip_file_t *file;
	char *p;
	enum rc rc = measure(z, name, &index, &size, err);

	if (rc != RC_OK)
		return rc;
	file = zip_fopen_index(z->zip, index, 0);
	if (file == NULL)
		return broken(err, name);
	p = arena_alloc(z->a, size + 1);
	while (got < size) {
		zip_int64_t n = zip_fread(file, p + got, size - got);

		if (n <= 0)
			break;
		got += (size_t)n;
	}
	(void)zip_fclose(file);
	if (got != size || size == 0)
		return broken(err, name);
	p[size] = '\0';
	*out = span_make(p, size);
	return peaceful(*out, name, err);
}

typedef enum rc reads(struct span xml, struct sheet_book *b, struct err *err);

/* Reads a part into the book; one that is optional may be absent. */
static enum rc
read_part(const struct archive *z, const char *name, bool optional, reads *read,
    struct sheet_book *b, struct err *err)
{
	struct span xml;
	enum rc rc = part(z, name, &xml, err);

	if (rc == RC_ABSENT && optional)
		return RC_OK;
	if (rc == RC_ABSENT)
		return broken(err, "not a workbook");
	return rc == RC_OK ? read(xml, b, err) : rc;
}

/* The part that holds the sheet; targets are relative to xl/ or absolute. */
static const char *
sheet_part(const struct sheet_book *b)
{
	if (b->target.n == 0)
		return "xl/worksheets/sheet1.xml";
	if (b->target.p[0] == '/')
		return arena_str(b->a, span_sub(b->target, 1, b->target.n));
	return arena_printf(b->a, "xl/%.*s", (int)b->target.n, b->target.p);
}

enum rc
sheet_read_xlsx(
    struct span bytes, struct arena *a, struct sheet *out, struct err *err)
{
	struct archive z = {.a = a};
	struct sheet_book book = {.a = a};
	struct span xml;
	enum rc rc = open_zip(bytes, &z, err);

	if (rc == RC_OK)
		rc = read_part(&z, "xl/workbook.xml", false, sheet_xml_workbook,
		    &book, err);
	if (rc == RC_OK)
		rc = read_part(&z, "xl/_rels/workbook.xml.rels", true,
		    sheet_xml_relations, &book, err);
	if (rc == RC_OK)
		rc = read_part(&z, "xl/sharedStrings.xml", true,
		    sheet_xml_strings, &book, err);
	if (rc == RC_OK)
		rc = read_part(
		    &z, "xl/styles.xml", true, sheet_xml_styles, &book, err);
	if (rc == RC_OK)
		rc = part(&z, sheet_part(&book), &xml, err);
	if (rc == RC_ABSENT)
		return broken(err, "no sheet");
	return rc == RC_OK ? sheet_xml_rows(xml, &book, out, err) : rc;
}
