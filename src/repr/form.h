/* SPDX-License-Identifier: Apache-2.0
 *
 * What browsers send, as one input JSON. All values are strings.
 *
 *	number=7&lines[0][item]=A&lines[0][quantity]=4&ids[]=x&ids[]=y
 *	{"number":"7","lines":[{"item":"A","quantity":"4"}],"ids":["x","y"]}
 *
 * Empty values are left out, and so are array entries in which nothing is
 * left; entries keep the order of their numbers, without gaps. Line ends in
 * values become LF. Over a limit everything is refused, nothing is cut.
 */
#ifndef REPR_FORM_H
#define REPR_FORM_H

#include "repr/json.h"

#define FORM_MAX_BYTES (1024 * 1024)
#define FORM_MAX_PAIRS 8000
#define FORM_MAX_NAME 128
#define FORM_MAX_DEPTH 6
#define FORM_MAX_INDEX 9999

/*
 * Reads application/x-www-form-urlencoded, or the query string of an address.
 * *out is an object that lives in a.
 *
 * RC_INPUT  form.size, form.pairs, form.name, form.encoding (bad %XX, not
 *           UTF-8, a control character), form.duplicate
 */
enum rc form_read(
    struct span body, struct arena *a, json_t **out, struct err *err) MUST_USE;

struct form_file {
	struct span field;
	struct span name;  /* as sent; never a path to be opened */
	struct span type;  /* media type or empty */
	struct span bytes; /* borrowed from the body */
};

/*
 * Reads multipart/form-data with at most one file; *fields as form_read, with
 * the same bound, whatever the file's size.
 * file->bytes.p is NULL when no file was chosen.
 *
 * RC_INPUT  form.boundary, form.multipart, form.files, and as form_read
 */
enum rc form_multipart(struct span body, struct span content_type,
    struct arena *a, struct form_file *file, json_t **fields,
    struct err *err) MUST_USE;

/* Appends s percent-encoded for use as a query value. */
void form_encode(struct buf *out, struct span s);

#endif
