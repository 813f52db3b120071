/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "auth/token.h"
#include "base/clock.h"
#include "repr/form.h"
#include "web/app.h"
#include "web/oauth.h"
#include "web/reply.h"

struct asked {
	struct token_request request;
	struct token_client client;
	struct token_assertion assertion;
	struct token_access access;
};

static int64_t
now(void)
{
	return clock_wall() / 1000000;
}

static struct span
finish(struct flow *f, struct buf *b)
{
	struct span s = arena_span(f->a, buf_span(b));

	buf_done(b);
	return s;
}

enum flow_step
oauth_keys(struct flow *f)
{
	struct buf b;

	buf_init(&b, 65536);
	jwt_keys_public(app.keys, &b);
	return reply_public(f, "application/json", finish(f, &b), 300);
}

enum flow_step
oauth_metadata(struct flow *f)
{
	struct buf b;

	buf_init(&b, 65536);
	token_metadata(app.base_url, &b);
	return reply_public(f, "application/json", finish(f, &b), 300);
}

/* Errors of RFC 6749 section 5.2. */
static enum flow_step
refuse(struct flow *f, const struct err *err)
{
	int status = token_error_status(err);
	struct buf b;

	buf_init(&b, 8192);
	token_error(err, &b);
	(void)snprintf(
	    f->problem.code, sizeof f->problem.code, "%s", err->code);
	(void)snprintf(
	    f->problem.text, sizeof f->problem.text, "%.*s", 255, err->text);
	if (status == 503)
		reply_header(f, "retry-after", "2");
	return reply(f, status, "application/json", finish(f, &b));
}

static enum flow_step
made(struct flow *f)
{
	struct asked *q = f->extra;
	struct err err = {0};
	const char *code;
	json_t *data;
	struct buf b;

	if (f->call.error.err.rc != RC_OK)
		return refuse(f, &f->call.error.err);
	if (repr_json_trusted(f->call.data, f->a, &data, &err) != RC_OK)
		return refuse(f, &err);
	if ((code = repr_json_str(data, "refused")) != NULL) {
		(void)err_set(&err, RC_DENIED, code, "refused");
		return refuse(f, &err);
	}
	buf_init(&b, 16384);
	token_answer(&q->access, now(), &b);
	return reply(f, 200, "application/json", finish(f, &b));
}

static enum flow_step
enter(struct flow *f)
{
	struct asked *q = f->extra;
	json_t *in = repr_json_object(f->a);

	repr_json_set(in, "client_id", repr_json_string(f->a, q->client.id));
	repr_json_set_str(in, "assertion_hash", q->assertion.jti_hash);
	repr_json_set_int(in, "assertion_expires", q->assertion.expires);
	repr_json_set_str(in, "hash", q->access.hash);
	repr_json_set_int(in, "expires", q->access.expires);
	repr_json_set(in, "scope", repr_json_string(f->a, q->access.scope));
	return flow_call(f, "token_create", in, (struct span){0}, false, made);
}

static void
read_client(struct flow *f, const json_t *data, struct token_client *c)
{
	const json_t *keys = repr_json_at(data, "keys");
	size_t n = json_array_size(keys);
	struct jwt_public *out = ARENA_ARRAY(f->a, struct jwt_public, n + 1);

	c->id = span_of(repr_json_str(data, "client_id"));
	c->portal = span_of(repr_json_str(data, "portal"));
	c->partner = span_of(repr_json_str(data, "partner"));
	c->scope = span_of(repr_json_str(data, "scope"));
	c->keys = out;
	for (size_t i = 0; i < n; i++) {
		const json_t *k = json_array_get(keys, i);

		out[i].kid = repr_json_str(k, "kid");
		out[i].pem = repr_json_str(k, "pem");
		c->nkeys += out[i].kid && out[i].pem;
	}
}

static enum flow_step
found(struct flow *f)
{
	struct asked *q = f->extra;
	struct err err = {0};
	json_t *data = NULL;
	enum rc rc;

	if (f->call.error.err.rc != RC_OK)
		return refuse(f, &f->call.error.err);
	if (f->call.data.p)
		(void)!repr_json_trusted(f->call.data, f->a, &data, NULL);
	if (!json_is_object(data)) {
		(void)err_set(
		    &err, RC_DENIED, "token.client", "no such client");
		return refuse(f, &err);
	}
	read_client(f, data, &q->client);
	rc = token_assertion_check(&q->request, &q->client, app.base_url, now(),
	    f->a, &q->assertion, &err);
	if (rc == RC_OK)
		rc = token_access_make(app.keys, &q->client, q->request.scope,
		    now(), f->a, &q->access, &err);
	return rc == RC_OK ? enter(f) : refuse(f, &err);
}

static struct span
field(const json_t *v, const char *name)
{
	return span_of(repr_json_str(v, name));
}

enum flow_step
oauth_token(struct flow *f)
{
	struct asked *q = ARENA_NEW(f->a, struct asked);
	struct span client, charset;
	json_t *v, *in = repr_json_object(f->a);
	struct err err = {0};
	enum rc rc;

	if (!span_is(media_type(f->rq.content_type, f->a, &charset),
		"application/x-www-form-urlencoded"))
		return flow_problem(f, 415, "http.media_type");
	if (form_read(f->rq.body, f->a, &v, &err) != RC_OK) {
		(void)err_set(&err, RC_INPUT, "token.request", "no form");
		return refuse(f, &err);
	}
	q->request = (struct token_request){
	    .grant_type = field(v, "grant_type"),
	    .client_assertion_type = field(v, "client_assertion_type"),
	    .client_assertion = field(v, "client_assertion"),
	    .client_id = field(v, "client_id"),
	    .scope = field(v, "scope"),
	};
	f->extra = q;
	rc = token_request_check(&q->request, f->a, &client, &err);
	if (rc != RC_OK)
		return refuse(f, &err);
	f->id.person = client;
	repr_json_set(in, "client_id", repr_json_string(f->a, client));
	return flow_call(f, "client_key", in, (struct span){0}, true, found);
}
