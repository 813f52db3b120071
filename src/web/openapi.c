/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "web/app.h"
#include "web/errors.h"
#include "web/openapi.h"
#include "web/reply.h"
#include "web/schema.h"
#include "web/sheet_reply.h"

#define TEXT_MAX ((size_t)4 << 20)

static const struct {
	const char *operation, *text;
} summaries[] = {
#define SUMMARY(operation, text) {#operation, text},
#include "web/openapi.def"
#undef SUMMARY
};

#define SHEET_TYPE SHEET_REPLY_XLSX

static struct span text;

static const char *
summary_of(const char *operation)
{
	for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++)
		if (!strcmp(summaries[i].operation, operation))
			return summaries[i].text;
	return operation;
}

/* "/orders/:id/:event" as "/orders/{id}/{event}". */
static const char *
template_of(const char *path, struct arena *a)
{
	struct span rest = span_of(path + 1);
	const char *out = "";

	while (rest.p) {
		struct span part = span_cut(&rest, '/');
		bool param = part.n && part.p[0] == ':';

		out = arena_printf(a, "%s/%s%.*s%s", out, param ? "{" : "",
		    (int)part.n - param, part.p + param, param ? "}" : "");
	}
	return out;
}

static json_t *
reference(const char *name, struct arena *a)
{
	json_t *v = repr_json_object(a);

	repr_json_set_str(v, "$ref", arena_printf(a, "#/components/%s", name));
	return v;
}

static void
put_path_params(const struct route *r, json_t *out, struct arena *a)
{
	struct span rest = span_of(r->path + 1);

	while (rest.p) {
		struct span part = span_cut(&rest, '/');
		json_t *v;

		if (part.n == 0 || part.p[0] != ':')
			continue;
		v = repr_json_object(a);
		repr_json_set(
		    v, "name", repr_json_string(a, span_sub(part, 1, part.n)));
		repr_json_set_str(v, "in", "path");
		repr_json_set(v, "required", json_true());
		repr_json_set(v, "schema",
		    schema_scalar(
			span_is(part, ":event") ? "line" : "uuid", a));
		(void)json_array_append(out, v);
	}
}

static json_t *
parameters_of(const struct route *r, json_t *shape, struct arena *a)
{
	json_t *out = repr_json_array(a);

	put_path_params(r, out, a);
	if (r->method == WEB_GET && r->input == INPUT_QUERY)
		schema_query(shape, out, a);
	if (r->method != WEB_GET) {
		(void)json_array_append(
		    out, reference("parameters/idempotency_key", a));
		if (strstr(r->path, ":id"))
			(void)json_array_append(
			    out, reference("parameters/if_match", a));
	}
	return out;
}

static void
put_content(json_t *content, const char *type, json_t *schema, struct arena *a)
{
	json_t *v = repr_json_object(a);

	repr_json_set(v, "schema", schema);
	repr_json_set(content, type, v);
}

/* The body with a file: its name and type come with the part. */
static void
put_form(json_t *content, json_t *shape, struct arena *a)
{
	json_t *schema = schema_of(shape, a), *file = repr_json_object(a);
	json_t *members = json_object_get(schema, "properties");

	(void)json_object_del(members, "filename");
	(void)json_object_del(members, "media_type");
	repr_json_set_str(file, "type", "string");
	repr_json_set_str(file, "format", "binary");
	repr_json_set(members, "file", file);
	put_content(content, "multipart/form-data", schema, a);
}

static json_t *
body_of(const struct route *r, json_t *shape, bool bytes, struct arena *a)
{
	static const char *const types[] = {"application/edifact",
	    "application/edi-x12", "application/xml", "text/csv", SHEET_TYPE};
	json_t *v = repr_json_object(a), *content = repr_json_object(a);

	if (r->input == INPUT_BYTES) {
		for (size_t i = 0; i < sizeof types / sizeof *types; i++)
			put_content(content, types[i], repr_json_object(a), a);
		repr_json_set(v, "required", json_true());
	} else {
		put_content(
		    content, "application/json", schema_of(shape, a), a);
		if (bytes)
			put_form(content, shape, a);
	}
	repr_json_set(v, "content", content);
	return v;
}

static void
put_answer(json_t *out, int status, const char *types[], json_t *schema,
    struct arena *a)
{
	json_t *v = repr_json_object(a), *content = repr_json_object(a);

	repr_json_set_str(v, "description", status_text(status));
	for (size_t i = 0; types[i]; i++)
		put_content(content, types[i],
		    strcmp(types[i], "application/json") ? repr_json_object(a)
							 : schema,
		    a);
	repr_json_set(v, "content", content);
	repr_json_set(out, arena_printf(a, "%d", status), v);
}

static json_t *
answers_of(const struct route *r, struct arena *a)
{
	static const char *list[] = {
	    "application/json", "application/xml", "text/csv", NULL};
	static const char *bytes[] = {"application/edifact",
	    "application/edi-x12", "application/xml", "application/json", NULL};
	static const char *sheet[] = {
	    "text/csv", SHEET_TYPE, "application/json", NULL};
	static const char *usual[] = {
	    "application/json", "application/xml", NULL};
	static const int reads[] = {400, 401, 403, 404, 406, 429, 503, 0};
	static const int writes[] = {
	    400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 428, 429, 503, 0};
	const int *refusals = r->method == WEB_GET ? reads : writes;
	const char **types = usual;
	json_t *out = repr_json_object(a), *object = schema_of(NULL, a);

	if (route_is_list(r))
		types = list;
	else if (span_ends(span_of(r->path), "/sheet"))
		types = sheet;
	else if (span_ends(span_of(r->operation), "_bytes"))
		types = bytes;
	put_answer(out, 200, types,
	    types == list ? reference("schemas/list", a) : object, a);
	if (r->method != WEB_GET) {
		put_answer(out, 201, usual, object, a);
		put_answer(out, 202, usual, object, a);
		repr_json_set(out, "204", reference("responses/nothing", a));
	} else {
		repr_json_set(out, "304", reference("responses/unchanged", a));
	}
	for (; *refusals; refusals++)
		repr_json_set(out, arena_printf(a, "%d", *refusals),
		    reference("responses/problem", a));
	return out;
}

static void
put_route(const struct route *r, const struct db_operation *op, json_t *paths,
    struct arena *a)
{
	const char *path = template_of(r->path, a), *method;
	json_t *item = json_object_get(paths, path);
	json_t *v = repr_json_object(a), *tags = repr_json_array(a);
	json_t *shape = NULL;
	struct span rest = span_of(r->path + 1);

	if (op && op->input &&
	    repr_json_trusted(span_of(op->input), a, &shape, NULL) != RC_OK)
		shape = NULL;
	if (item == NULL) {
		item = repr_json_object(a);
		repr_json_set(paths, path, item);
	}
	(void)json_array_append(
	    tags, repr_json_string(a, span_cut(&rest, '/')));
	repr_json_set_str(v, "operationId", r->operation);
	repr_json_set_str(v, "summary", summary_of(r->operation));
	repr_json_set(v, "tags", tags);
	repr_json_set(v, "parameters", parameters_of(r, shape, a));
	if (r->method != WEB_GET)
		repr_json_set(v, "requestBody",
		    body_of(r, shape, op && op->takes_bytes, a));
	repr_json_set(v, "responses", answers_of(r, a));
	method = r->method == WEB_GET     ? "get"
		 : r->method == WEB_POST  ? "post"
		 : r->method == WEB_PUT   ? "put"
		 : r->method == WEB_PATCH ? "patch"
					  : "delete";
	repr_json_set(item, method, v);
}

static json_t *
description(const struct db_operation *o, size_t n, struct arena *a)
{
	json_t *v, *paths = repr_json_object(a);
	struct err err = {0};

	if (repr_json_trusted(
		span_of(schema_frame(app.base_url, a)), a, &v, &err) != RC_OK)
		fatal("openapi: %s", err.text);
	for (size_t i = 0; i < routes_n; i++) {
		const struct db_operation *op = NULL;

		if (routes[i].who == WHO_PUBLIC)
			continue;
		for (size_t k = 0; k < n; k++)
			if (!strcmp(o[k].name, routes[i].operation))
				op = &o[k];
		put_route(&routes[i], op, paths, a);
	}
	repr_json_set(v, "paths", paths);
	return v;
}

void
openapi_make(const struct db_operation *o, size_t n)
{
	struct arena *a = arena_new();
	struct buf b;

	buf_init(&b, TEXT_MAX);
	repr_json_write(description(o, n, a), &b);
	text = arena_span(app.a, buf_span(&b));
	buf_done(&b);
	arena_free(a);
}

enum flow_step
openapi_show(struct flow *f)
{
	return reply_public(f, "application/json", text, 300);
}
