/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "repr/csv.h"
#include "repr/form.h"
#include "repr/label.h"
#include "repr/xml.h"
#include "web/app.h"
#include "web/errors.h"
#include "web/kore_api.h"
#include "web/render.h"
#include "web/reply.h"
#include "web/shared.h"
#include "web/sheet_reply.h"

#define ANSWER_MAX ((size_t)64 << 20)

/* What every answer carries, whoever asks. */
static const char *const fixed[][2] = {
    {"strict-transport-security", "max-age=31536000; includeSubDomains"},
    {"x-content-type-options", "nosniff"},
    {"referrer-policy", "same-origin"},
    {"cross-origin-opener-policy", "same-origin"},
    {"cross-origin-resource-policy", "same-origin"},
};

static const char page_policy[] =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
static const char data_policy[] =
    "default-src 'none'; frame-ancestors 'none'; sandbox";

void
reply_header(struct flow *f, const char *name, const char *value)
{
	if (f->kore)
		http_response_header(f->kore, name, value);
}

void
reply_log(struct flow *f)
{
	int64_t us = clock_mono() - f->start;
	struct logline l;

	log_begin(&l, f->status >= 500 ? "error" : "info", "request");
	log_str(&l, "trace", f->rq.trace);
	log_str(&l, "method", web_method_name(f->rq.method));
	/* The path of a public route holds a secret, whatever the method. */
	if (f->rq.path.door == DOOR_ROOT && f->match.allow)
		log_str(&l, "path",
		    f->match.route ? f->match.route->path : "(public)");
	else
		log_span(&l, "path", f->rq.target);
	log_str(&l, "operation", f->operation);
	log_str(&l, "portal", door_portal(f->id.portal));
	if (f->id.person.n)
		log_span(&l, f->id.machine ? "client" : "person", f->id.person);
	log_int(&l, "status", f->status);
	if (f->problem.code[0])
		log_str(&l, "code", f->problem.code);
	/* What PostgreSQL itself said is never shown, but must be found. */
	if (f->status >= 500 ||
	    span_starts(span_of(f->problem.text), "SQLSTATE"))
		log_str(&l, "text", f->problem.text);
	log_int(&l, "bytes", (int64_t)f->sent);
	log_int(&l, "us", us);
	log_end(&l);
	shared_count(f->status, us);
}

static enum flow_step
answer(struct flow *f, int status, const char *type, struct span body)
{
	/* Stored bytes are never a page of ours, whatever they call themselves
	 * (IN-9). */
	bool page =
	    type && !strncmp(type, "text/html", 9) && f->format != FORMAT_BYTES;

	if (f->kore == NULL)
		return FLOW_DONE;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		reply_header(f, fixed[i][0], fixed[i][1]);
	reply_header(
	    f, "content-security-policy", page ? page_policy : data_policy);
	reply_header(f, "x-request-id", f->rq.trace);
	if (type)
		reply_header(f, "content-type", type);
	f->status = status;
	f->sent = body.n;
	http_response(f->kore, status, body.n ? body.p : NULL, body.n);
	reply_log(f);
	return FLOW_DONE;
}

enum flow_step
reply(struct flow *f, int status, const char *type, struct span body)
{
	reply_header(f, "cache-control", "no-store");
	reply_header(f, "vary", "accept, accept-language, cookie");
	return answer(f, status, type, body);
}

enum flow_step
reply_public(struct flow *f, const char *type, struct span body, int seconds)
{
	char b[48];

	(void)snprintf(b, sizeof b, "public, max-age=%d", seconds);
	reply_header(f, "cache-control", b);
	return answer(f, 200, type, body);
}

enum flow_step
reply_see(struct flow *f, struct span path)
{
	/* Only own paths: "//host" and "/\host" would leave (HT-11). */
	if (path.n == 0 || path.p[0] != '/' ||
	    (path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\')))
		path = span_of("/");
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= 0x20 || path.p[i] > 0x7e)
			path = span_of("/");
	reply_header(f, "location", arena_str(f->a, path));
	return reply(f, 303, NULL, (struct span){0});
}

/* A buffer that lives as long as the flow. */
static void
free_buf(void *b)
{
	buf_done(b);
}

static struct buf *
flow_buf(struct flow *f)
{
	struct buf *b = ARENA_NEW(f->a, struct buf);

	buf_init(b, ANSWER_MAX);
	arena_defer(f->a, free_buf, b);
	return b;
}

static enum flow_step
send_buf(struct flow *f, int status, const char *type, const struct buf *b)
{
	if (b->full)
		return flow_problem(f, 500, "fault");
	return reply(f, status, type, buf_span(b));
}

/* The element around an answer: the path's first noun, "orders". */
static const char *
root_name(const struct flow *f)
{
	if (f->rq.path.n == 0)
		return "answer";
	return arena_str(f->a, f->rq.path.segments[0]);
}

/* Whose language a file speaks. */
static const struct text_locale *
reader_of(struct flow *f)
{
	json_t *me = NULL;

	if (f->call.me.p &&
	    repr_json_trusted(f->call.me, f->a, &me, NULL) != RC_OK)
		me = NULL;
	return flow_locale(f, me);
}

/* The bytes that an answer holds, or those of the labels that it describes. */
static bool
bytes_of(struct flow *f, const json_t *data, struct span *out)
{
	const json_t *labels = json_object_get(data, "labels");
	struct err err = {0};
	struct logline l;
	struct buf *b;

	if (labels == NULL)
		return digest_from_base64(
		    span_of(repr_json_str(data, "base64")), f->a, out);
	b = flow_buf(f);
	if (label_pdf(labels, app.fonts, reader_of(f), b, &err) != RC_OK) {
		log_begin(&l, "error", "labels");
		log_err(&l, &err);
		log_end(&l);
		return false;
	}
	*out = buf_span(b);
	return true;
}

static enum flow_step
reply_file(
    struct flow *f, const char *name, const char *type, struct span bytes)
{
	struct buf b;

	buf_init(&b, 512);
	buf_puts(&b, "attachment; filename=\"");
	for (const char *p = name ? name : "document"; *p; p++)
		buf_putc(&b,
		    *p > 0x1f && *p < 0x7f && !strchr("\"\\/", *p) ? *p : '_');
	buf_putc(&b, '"');
	reply_header(f, "content-disposition", b.p);
	buf_done(&b);
	return reply(f, f->call.status,
	    type && media_type_is(span_of(type)) ? type
						 : format_type(FORMAT_BYTES),
	    bytes);
}

/* A table becomes a file of the reader's spreadsheet. */
static enum flow_step
reply_sheet(struct flow *f, const json_t *data)
{
	bool xlsx = sheet_reply_xlsx(data, f->rq.accept);
	const char *name = repr_json_str(data, "name");
	struct buf *b = flow_buf(f);

	sheet_reply_write(data, xlsx, reader_of(f), b);
	if (b->full)
		return flow_problem(f, 500, "fault");
	return reply_file(f,
	    arena_printf(
		f->a, "%s.%s", name ? name : "table", xlsx ? "xlsx" : "csv"),
	    xlsx ? SHEET_REPLY_XLSX : "text/csv", buf_span(b));
}

static enum flow_step
reply_bytes(struct flow *f, const json_t *data)
{
	struct span bytes;

	if (sheet_reply_is(data))
		return reply_sheet(f, data);
	if (!bytes_of(f, data, &bytes))
		return flow_problem(f, 500, "fault");
	return reply_file(f, repr_json_str(data, "filename"),
	    repr_json_str(data, "media_type"), bytes);
}

static enum flow_step
reply_data(struct flow *f, int status, json_t *data)
{
	struct buf *b = flow_buf(f);

	switch (f->format) {
	case FORMAT_XML:
		repr_xml_write(data, root_name(f), b);
		break;
	case FORMAT_CSV:
		csv_write_list(repr_json_at(data, "items"), b);
		reply_header(f, "content-disposition", "attachment");
		break;
	case FORMAT_BYTES:
		return reply_bytes(f, data);
	case FORMAT_HTML:
		return render_call(f, status, data, b);
	case FORMAT_JSON:
	case FORMATS:
		repr_json_write(data, b);
		break;
	}
	return send_buf(f, status, format_type(f->format), b);
}

/* What is made of an answer: a file speaks the reader's language. */
static const char *
tag_kind(struct flow *f, const json_t *data)
{
	bool sheet = sheet_reply_is(data);

	if (!sheet && json_object_get(data, "labels") == NULL)
		return "-bytes";
	return arena_printf(f->a, "-%s-%s",
	    !sheet                                 ? "labels"
	    : sheet_reply_xlsx(data, f->rq.accept) ? "xlsx"
						   : "csv",
	    text_language(reader_of(f)));
}

/* The tag: version if there is one, and a digest of what is sent. */
static bool
known_already(struct flow *f, struct span body, const char *kind)
{
	char hex[DIGEST_HEX_SIZE], tag[64];
	int n;

	digest_hex(body, hex);
	hex[16] = '\0';
	if (f->call.has_version)
		n = snprintf(tag, sizeof tag, "\"%lld-%s%s\"", f->call.version,
		    hex, kind);
	else
		n = snprintf(tag, sizeof tag, "\"x%s%s\"", hex, kind);
	reply_header(f, "etag", tag);
	return (f->rq.method == WEB_GET || f->rq.method == WEB_HEAD) &&
	       f->rq.if_none_match.n &&
	       etag_match(f->rq.if_none_match, span_make(tag, (size_t)n));
}

/* `Link: <...?after=...>; rel="next"` for pages of lists. */
static void
link_next(struct flow *f, const json_t *data)
{
	const char *next = repr_json_str(data, "next");
	struct buf b;

	if (next == NULL || strlen(next) > 1024)
		return;
	buf_init(&b, 4096);
	buf_putc(&b, '<');
	buf_put(&b, f->rq.target);
	buf_puts(&b, "?after=");
	form_encode(&b, span_of(next));
	buf_puts(&b, ">; rel=\"next\"");
	reply_header(f, "link", b.p);
	buf_done(&b);
}

enum flow_step
reply_call(struct flow *f)
{
	static const char *const kinds[FORMATS] = {
	    [FORMAT_JSON] = "", [FORMAT_XML] = "-xml", [FORMAT_CSV] = "-csv"};
	struct call *c = &f->call;
	json_t *data;

	if (c->location.p && c->status != 200) {
		struct buf *b = flow_buf(f);

		buf_puts(b, door_prefix(f->rq.path.door));
		buf_put(b, c->location);
		reply_header(f, "location", b->p);
	}
	if (c->data.p == NULL || c->status == 204)
		return reply(f, c->status, NULL, (struct span){0});
	if (kinds[f->format] && known_already(f, c->data, kinds[f->format]))
		return reply(f, 304, NULL, (struct span){0});
	if (f->format == FORMAT_JSON && !route_is_list(f->match.route))
		return reply(f, c->status, "application/json", c->data);
	if (repr_json_trusted(c->data, f->a, &data, NULL) != RC_OK)
		return flow_problem(f, 500, "fault");
	if (f->format == FORMAT_BYTES &&
	    known_already(f, c->data, tag_kind(f, data)))
		return reply(f, 304, NULL, (struct span){0});
	if (route_is_list(f->match.route))
		link_next(f, data);
	if (f->format == FORMAT_JSON)
		return reply(f, c->status, "application/json", c->data);
	return reply_data(f, c->status, data);
}

static void
problem_headers(struct flow *f)
{
	char b[16];

	if (f->problem.retry_after > 0) {
		(void)snprintf(b, sizeof b, "%d", f->problem.retry_after);
		reply_header(f, "retry-after", b);
	}
	if (f->problem.status == 401 && f->rq.path.door == DOOR_API)
		reply_header(f, "www-authenticate", "Bearer");
}

enum flow_step
reply_problem(struct flow *f)
{
	struct buf *b = flow_buf(f);
	json_t *v =
	    problem_json(&f->problem, f->rq.trace, flow_locale(f, NULL), f->a);

	problem_headers(f);
	if (f->format == FORMAT_HTML)
		return render_problem(f, v, b);
	if (f->format == FORMAT_XML) {
		repr_xml_write(v, "problem", b);
		return reply(f, f->problem.status,
		    "application/problem+xml; charset=utf-8", buf_span(b));
	}
	repr_json_write(v, b);
	return reply(
	    f, f->problem.status, "application/problem+json", buf_span(b));
}
