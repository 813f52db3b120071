/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "web/header.h"
#include "web/kore_api.h"
#include "web/request.h"

/* The names that nginx passes on; ops/nginx lists the same. */
static const struct {
	const char *name;
	size_t member;
} headers[] = {
    {"accept", offsetof(struct web_request, accept)},
    {"accept-language", offsetof(struct web_request, accept_language)},
    {"authorization", offsetof(struct web_request, authorization)},
    {"content-type", offsetof(struct web_request, content_type)},
    {"cookie", offsetof(struct web_request, cookie)},
    {"host", offsetof(struct web_request, host)},
    {"idempotency-key", offsetof(struct web_request, idempotency_key)},
    {"if-match", offsetof(struct web_request, if_match)},
    {"if-none-match", offsetof(struct web_request, if_none_match)},
    {"last-event-id", offsetof(struct web_request, last_event_id)},
    {"origin", offsetof(struct web_request, origin)},
    {"prefer", offsetof(struct web_request, prefer)},
    {"sec-fetch-site", offsetof(struct web_request, sec_fetch_site)},
    {"x-real-ip", offsetof(struct web_request, real_ip)},
    {"x-request-id", offsetof(struct web_request, request_id)},
};

static enum web_method
method_of(int kore)
{
	switch (kore) {
	case HTTP_METHOD_GET:
		return WEB_GET;
	case HTTP_METHOD_HEAD:
		return WEB_HEAD;
	case HTTP_METHOD_POST:
		return WEB_POST;
	case HTTP_METHOD_PUT:
		return WEB_PUT;
	case HTTP_METHOD_PATCH:
		return WEB_PATCH;
	case HTTP_METHOD_DELETE:
		return WEB_DELETE;
	default:
		return WEB_OPTIONS;
	}
}

static void
make_trace(struct web_request *out)
{
	struct span id = trace_id(out->request_id);
	unsigned char r[16];

	if (id.p) {
		(void)snprintf(
		    out->trace, sizeof out->trace, "%.*s", (int)id.n, id.p);
		return;
	}
	digest_random(r, sizeof r);
	for (size_t i = 0; i < sizeof r; i++)
		(void)snprintf(out->trace + 2 * i, 3, "%02x", r[i]);
}

void
request_read(struct http_request *kore, struct web_request *out)
{
	const char *value;

	*out = (struct web_request){
	    .method = method_of(kore->method),
	    .target = span_of(kore->path),
	    .query = span_of(kore->query_string),
	};
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		struct span *member =
		    (struct span *)(void *)((char *)out + headers[i].member);

		if (http_request_header(kore, headers[i].name, &value))
			*member = span_of(value);
	}
	if (kore->http_body)
		out->body =
		    span_make(kore->http_body->data, kore->http_body_length);
	make_trace(out);
}
