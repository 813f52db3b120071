/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "repr/form_impl.h"

#define BOUNDARY_MAX 70
#define HEADERS_MAX 8

struct part {
	struct span name, filename, type, bytes;
	bool is_file;
};

static enum rc
refuse(struct err *err, const char *what)
{
	return err_set(err, RC_INPUT, "form.multipart", "%s", what);
}

/* A parameter's value out of `form-data; name="x"; filename="y"`; quoted
 * values may hold anything but a quote (browsers send %22). */
static bool
parameter(struct span header, const char *key, struct span *out)
{
	while (header.n) {
		size_t semi = span_find(header, ';');
		struct span rest, name;

		header = span_sub(header, semi + 1, header.n);
		rest = header;
		name = span_trim(span_cut(&rest, '='));
		if (rest.p == NULL)
			return false;
		if (rest.n && rest.p[0] == '"') {
			rest = span_sub(rest, 1, rest.n);
			*out = span_cut(&rest, '"');
			header = rest.p ? rest : span_of("");
		} else {
			size_t end = span_find(rest, ';');

			*out = span_trim(span_sub(rest, 0, end));
			header = span_sub(rest, end, rest.n);
		}
		if (span_case_is(name, key))
			return true;
	}
	return false;
}

static enum rc
read_headers(struct span *rest, struct part *part, struct err *err)
{
	for (int i = 0; i <= HEADERS_MAX; i++) {
		size_t end = span_find_str(*rest, "\r\n");
		struct span line = span_sub(*rest, 0, end), value, name;

		if (end == rest->n)
			return refuse(err, "a part's head does not end");
		*rest = span_sub(*rest, end + 2, rest->n);
		if (line.n == 0)
			return part->name.p
				   ? RC_OK
				   : refuse(err, "a part without name");
		value = line;
		name = span_trim(span_cut(&value, ':'));
		value = span_trim(value);
		if (span_case_is(name, "content-type")) {
			part->type = value;
		} else if (span_case_is(name, "content-disposition")) {
			if (!parameter(value, "name", &part->name))
				return refuse(err, "a part without name");
			part->is_file =
			    parameter(value, "filename", &part->filename);
		}
	}
	return refuse(err, "too many lines in a part's head");
}

static enum rc
take(struct form *f, const struct part *part, size_t *fields,
    struct form_file *file, struct err *err)
{
	if (!part->is_file) {
		*fields += part->bytes.n;
		if (*fields > FORM_MAX_BYTES)
			return err_set(err, RC_INPUT, "form.size",
			    "fields of more than %d bytes", FORM_MAX_BYTES);
		return form_add(f, part->name, part->bytes);
	}
	if (part->filename.n == 0 && part->bytes.n == 0)
		return RC_OK; /* no file was chosen */
	if (file->bytes.p)
		return err_set(
		    err, RC_INPUT, "form.files", "more than one file");
	*file = (struct form_file){.field = part->name,
	    .name = part->filename,
	    .type = part->type,
	    .bytes = part->bytes};
	return RC_OK;
}

static enum rc
read_parts(struct span rest, struct span mark, struct form *f,
    struct form_file *file, struct err *err)
{
	size_t fields = 0;

	/* The body begins as if a line end stood before it. */
	if (!span_starts(rest, mark.p + 2))
		return refuse(err, "the first boundary is missing");
	rest = span_sub(rest, mark.n - 2, rest.n);
	while (!span_starts(rest, "--")) {
		struct part part = {.is_file = false};
		enum rc rc;
		size_t end;

		if (!span_starts(rest, "\r\n"))
			return refuse(err, "a boundary does not end its line");
		rest = span_sub(rest, 2, rest.n);
		rc = read_headers(&rest, &part, err);
		if (rc != RC_OK)
			return rc;
		end = span_find_str(rest, mark.p);
		if (end == rest.n)
			return refuse(err, "a part does not end");
		part.bytes = span_make(rest.p, end);
		rest = span_sub(rest, end + mark.n, rest.n);
		rc = take(f, &part, &fields, file, err);
		if (rc != RC_OK)
			return rc;
	}
	rest = span_trim(span_sub(rest, 2, rest.n));
	return rest.n ? refuse(err, "bytes after the last boundary") : RC_OK;
}

enum rc
form_multipart(struct span body, struct span content_type, struct arena *a,
    struct form_file *file, json_t **fields, struct err *err)
{
	struct form *f = form_new(a, err);
	struct span boundary;
	struct span mark;
	enum rc rc;

	*file = (struct form_file){.bytes = {NULL, 0}};
	if (!parameter(content_type, "boundary", &boundary) ||
	    boundary.n == 0 || boundary.n > BOUNDARY_MAX ||
	    memchr(boundary.p, '\0', boundary.n))
		return err_set(
		    err, RC_INPUT, "form.boundary", "no usable boundary");
	mark =
	    span_of(arena_printf(a, "\r\n--%.*s", (int)boundary.n, boundary.p));
	rc = read_parts(body, mark, f, file, err);
	if (rc == RC_OK)
		*fields = form_value(f);
	return rc;
}
