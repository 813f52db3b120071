/* SPDX-License-Identifier: Apache-2.0
 *
 * From path, query and body to the operation's one input object. Members that
 * belong to the web layer are taken out. Pure.
 */
#ifndef WEB_INPUT_H
#define WEB_INPUT_H

#include "repr/json.h"
#include "web/request.h"

struct input {
	json_t *json;      /* for the operation */
	struct span bytes; /* document or file; p == NULL: none */
	bool form;         /* came from a browser's form */

	/* the web layer's own members; p == NULL when absent */
	struct span form_token; /* form_token */
	struct span back;       /* _back: own path to go to afterwards */
	struct span sent;       /* _form: which of a page's forms this is */
	struct span lang;       /* lang (query) */
	struct span theme;      /* theme (query) */
	struct span flash;      /* done (query): what was just done */
	json_t *query;          /* the query as an object, without these */
};

/*
 * Path parameters win over members of the same name. Numbers in forms stay
 * strings. `_event` of a form becomes `event`.
 *
 * RC_INPUT  http.media_type (415), http.query (a query on a route that has
 *           none), json.*, form.*, input.object (JSON that is no object)
 */
enum rc input_read(const struct web_request *rq, const struct route_match *m,
    struct arena *a, struct input *out, struct err *err) MUST_USE;

/* The query alone, for routes without operation. */
enum rc input_query(const struct web_request *rq, struct arena *a,
    struct input *out, struct err *err) MUST_USE;

#endif
