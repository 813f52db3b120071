/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "repr/form.h"
#include "web/header.h"
#include "web/input.h"

static const char *const documents[] = {"application/edifact",
    "application/edi-x12", "application/xml", "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};

/* Takes a string member out of the object. */
static struct span
take(json_t *v, const char *name, struct arena *a)
{
	const char *s = repr_json_str(v, name);
	struct span out = {0};

	if (s)
		out = span_of(arena_str(a, span_of(s)));
	(void)json_object_del(v, name);
	return out;
}

static void
merge(json_t *into, json_t *from)
{
	const char *key;
	json_t *v;

	json_object_foreach(from, key, v) repr_json_set(into, key, v);
}

static enum rc
wrong_type(struct err *err)
{
	return err_set(err, RC_INPUT, "http.media_type",
	    "this route takes no body of that media type");
}

enum rc
input_query(const struct web_request *rq, struct arena *a, struct input *out,
    struct err *err)
{
	enum rc rc;

	*out = (struct input){.json = repr_json_object(a)};
	rc = form_read(rq->query, a, &out->query, err);
	if (rc != RC_OK)
		return rc;
	out->lang = take(out->query, "lang", a);
	out->theme = take(out->query, "theme", a);
	out->flash = take(out->query, "done", a);
	return RC_OK;
}

static enum rc
read_json(const struct web_request *rq, struct arena *a, struct input *out,
    struct err *err)
{
	json_t *v;
	enum rc rc = repr_json_read(rq->body, a, &v, err);

	if (rc != RC_OK)
		return rc;
	if (!json_is_object(v))
		return err_set(err, RC_INPUT, "input.object",
		    "the body must be a JSON object");
	merge(out->json, v);
	return RC_OK;
}

static enum rc
read_form(const struct web_request *rq, struct arena *a, struct input *out,
    struct err *err)
{
	json_t *v;
	enum rc rc = form_read(rq->body, a, &v, err);

	if (rc == RC_OK)
		merge(out->json, v);
	return rc;
}

static enum rc
read_multipart(const struct web_request *rq, struct arena *a, struct input *out,
    struct err *err)
{
	struct form_file file = {0};
	json_t *v;
	enum rc rc =
	    form_multipart(rq->body, rq->content_type, a, &file, &v, err);

	if (rc != RC_OK)
		return rc;
	merge(out->json, v);
	if (file.bytes.p == NULL)
		return RC_OK;
	out->bytes = file.bytes;
	repr_json_set(out->json, "filename", repr_json_string(a, file.name));
	repr_json_set(out->json, "media_type",
	    file.type.n
		? repr_json_string(a, file.type)
		: repr_json_string(a, span_of("application/octet-stream")));
	return RC_OK;
}

static enum rc
read_document(const struct web_request *rq, struct span type, struct arena *a,
    struct input *out, struct err *err)
{
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		if (!span_is(type, documents[i]))
			continue;
		merge(out->json, out->query);
		out->bytes = rq->body;
		repr_json_set(
		    out->json, "media_type", repr_json_string(a, type));
		return RC_OK;
	}
	return wrong_type(err);
}

static enum rc
read_body(const struct web_request *rq, enum web_input kind, struct arena *a,
    struct input *out, struct err *err)
{
	struct span charset, type = media_type(rq->content_type, a, &charset);

	if (charset.n && !span_case_is(charset, "utf-8") && kind == INPUT_BODY)
		return wrong_type(err);
	if (span_is(type, "multipart/form-data")) {
		out->form = rq->path.door != DOOR_API;
		return read_multipart(rq, a, out, err);
	}
	if (kind == INPUT_BYTES)
		return read_document(rq, type, a, out, err);
	if (type.n == 0 && rq->body.n == 0)
		return RC_OK;
	if (span_is(type, "application/json") ||
	    span_is(type, "application/merge-patch+json"))
		return read_json(rq, a, out, err);
	if (!span_is(type, "application/x-www-form-urlencoded") ||
	    rq->path.door == DOOR_API)
		return wrong_type(err);
	out->form = true;
	return read_form(rq, a, out, err);
}

static void
take_own(struct input *out, struct arena *a)
{
	json_t *event = json_object_get(out->json, "_event");

	out->form_token = take(out->json, "form_token", a);
	out->back = take(out->json, "_back", a);
	out->sent = take(out->json, "_form", a);
	if (event) {
		repr_json_set(out->json, "event", event);
		(void)json_object_del(out->json, "_event");
	}
}

enum rc
input_read(const struct web_request *rq, const struct route_match *m,
    struct arena *a, struct input *out, struct err *err)
{
	enum web_input kind = m->route->input;
	enum rc rc = input_query(rq, a, out, err);

	if (rc != RC_OK)
		return rc;
	if (kind == INPUT_QUERY)
		merge(out->json, out->query);
	else if (json_object_size(out->query) && kind != INPUT_BYTES)
		return err_set(
		    err, RC_INPUT, "http.query", "this route has no query");
	if (kind == INPUT_BODY || kind == INPUT_BYTES) {
		rc = read_body(rq, kind, a, out, err);
		if (rc != RC_OK)
			return rc;
		take_own(out, a);
	}
	for (size_t i = 0; i < m->nparams; i++)
		repr_json_set(out->json,
		    arena_str(
			a, span_make(m->params[i].name, m->params[i].length)),
		    repr_json_string(a, m->params[i].value));
	return RC_OK;
}
