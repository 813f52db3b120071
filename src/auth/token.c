/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "auth/token.h"
#include "repr/json.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define CLIENT_MAX 128
#define SCOPE_MAX 1024

enum rc
token_request_check(const struct token_request *r, struct arena *a,
    struct span *client, struct err *err)
{
	enum rc rc;

	if (r->grant_type.n == 0)
		return err_set(
		    err, RC_INPUT, "token.request", "grant_type is missing");
	if (!span_is(r->grant_type, "client_credentials"))
		return err_set(err, RC_INPUT, "token.grant_type",
		    "grant_type must be client_credentials");
	if (!span_is(r->client_assertion_type, ASSERTION_TYPE))
		return err_set(err, RC_INPUT, "token.request",
		    "client_assertion_type must be " ASSERTION_TYPE);
	if (r->client_assertion.n == 0)
		return err_set(err, RC_INPUT, "token.request",
		    "client_assertion is missing");
	if (r->scope.n > SCOPE_MAX)
		return err_set(err, RC_INPUT, "token.scope", "scope too long");
	rc = jwt_claimed_subject(r->client_assertion, a, client, err);
	if (rc != RC_OK)
		return rc;
	if (client->n > CLIENT_MAX ||
	    (r->client_id.n && !span_eq(r->client_id, *client)))
		return err_set(err, RC_DENIED, "token.client",
		    "client_id is not the assertion's sub");
	return RC_OK;
}

enum rc
token_assertion_check(const struct token_request *r,
    const struct token_client *c, const char *issuer, int64_t now,
    struct arena *a, struct token_assertion *out, struct err *err)
{
	struct jwt_claims claims;
	const char *once;
	enum rc rc = jwt_verify_assertion(c->keys, c->nkeys, issuer,
	    r->client_assertion, now, a, &claims, err);

	if (rc != RC_OK)
		return rc;
	if (!span_eq(claims.sub, c->id))
		return err_set(err, RC_DENIED, "token.client",
		    "iss and sub must be the client");
	if (claims.exp - now > TOKEN_ASSERTION_SECONDS)
		return err_set(err, RC_DENIED, "token.assertion",
		    "exp may be at most %d s ahead", TOKEN_ASSERTION_SECONDS);
	/* Two clients may choose the same jti. */
	once = arena_printf(a, "%.*s %.*s", (int)c->id.n, c->id.p,
	    (int)claims.jti.n, claims.jti.p);
	digest_hex(span_of(once), out->jti_hash);
	out->expires = claims.exp;
	return RC_OK;
}

/* Whether name stands in a blank-separated list. */
static bool
names_has(struct span names, struct span name)
{
	while (names.p)
		if (span_eq(span_cut(&names, ' '), name))
			return true;
	return false;
}

static bool
scope_allowed(struct span wanted, struct span allowed)
{
	while (wanted.p) {
		struct span one = span_cut(&wanted, ' ');

		if (one.n == 0 || !names_has(allowed, one))
			return false;
	}
	return true;
}

enum rc
token_access_sign(const struct jwt_keys *k, const struct token_client *c,
    const struct session_id *id, struct span scope, int64_t now,
    struct arena *a, struct token_access *out, struct err *err)
{
	struct jwt_claims claims = {
	    .sub = c->id,
	    .client_id = c->id,
	    .portal = c->portal,
	    .partner = c->partner,
	    .scope = scope,
	    .jti = span_of(id->jti),
	    .iat = now,
	    .exp = now + TOKEN_SECONDS,
	};
	struct buf b;
	enum rc rc;

	buf_init(&b, JWT_MAX);
	rc = jwt_sign(k, JWT_USE_ACCESS, &claims, &b, err);
	if (rc == RC_OK) {
		*out = (struct token_access){
		    .token = arena_span(a, buf_span(&b)),
		    .scope = arena_span(a, scope),
		    .expires = claims.exp,
		};
		memcpy(out->hash, id->hash, sizeof out->hash);
	}
	buf_done(&b);
	return rc;
}

enum rc
token_access_make(const struct jwt_keys *k, const struct token_client *c,
    struct span scope, int64_t now, struct arena *a, struct token_access *out,
    struct err *err)
{
	struct session_id id;

	if (scope.n && !scope_allowed(scope, c->scope))
		return err_set(err, RC_INPUT, "token.scope",
		    "a scope that this client may not have");
	session_id_make(&id);
	return token_access_sign(
	    k, c, &id, scope.n ? scope : c->scope, now, a, out, err);
}

void
token_answer(const struct token_access *t, int64_t now, struct buf *out)
{
	struct arena *a = arena_new();
	json_t *o = repr_json_object(a);

	repr_json_set(o, "access_token", repr_json_string(a, t->token));
	repr_json_set_str(o, "token_type", "Bearer");
	repr_json_set_int(o, "expires_in", t->expires - now);
	repr_json_set(o, "scope", repr_json_string(a, t->scope));
	repr_json_write(o, out);
	arena_free(a);
}

/* What a stranger may know: never why an assertion was refused. */
static const struct {
	const char *code, *error, *text;
} ERRORS[] = {
    {"token.request", "invalid_request", NULL},
    {"token.grant_type", "unsupported_grant_type", NULL},
    {"token.scope", "invalid_scope", NULL},
};

void
token_error(const struct err *err, struct buf *out)
{
	struct arena *a = arena_new();
	json_t *o = repr_json_object(a);
	const char *error = "invalid_client";
	const char *text = "the client is unknown or its assertion is refused";

	for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++)
		if (!strcmp(err->code, ERRORS[i].code)) {
			error = ERRORS[i].error;
			text = err->text;
		}
	if (err->rc == RC_AWAY || err->rc == RC_FAULT) {
		error = "temporarily_unavailable";
		text = "please try again later";
	}
	repr_json_set_str(o, "error", error);
	repr_json_set_str(o, "error_description", text);
	repr_json_write(o, out);
	arena_free(a);
}

int
token_error_status(const struct err *err)
{
	switch (err->rc) {
	case RC_INPUT:
		return 400;
	case RC_AWAY:
	case RC_FAULT:
		return 503;
	case RC_OK:
	case RC_DENIED:
	case RC_ABSENT:
	case RC_CONFLICT:
		break;
	}
	return 401;
}

enum rc
token_bearer(struct span authorization, struct span *token, struct err *err)
{
	struct span rest = authorization, scheme;

	if (authorization.n == 0)
		return err_set(
		    err, RC_ABSENT, "token.absent", "no Authorization header");
	scheme = span_cut(&rest, ' ');
	while (rest.n && rest.p[0] == ' ')
		rest = span_sub(rest, 1, rest.n);
	if (!span_case_is(scheme, "bearer") || rest.n == 0 ||
	    span_find(rest, ' ') < rest.n)
		return err_set(err, RC_INPUT, "token.header",
		    "expected Authorization: Bearer TOKEN");
	*token = rest;
	return RC_OK;
}

void
token_metadata(const char *issuer, struct buf *out)
{
	buf_printf(out,
	    "{\"issuer\":\"%s\",\"token_endpoint\":\"%s/api/v1/token\","
	    "\"jwks_uri\":\"%s/.well-known/jwks.json\","
	    "\"grant_types_supported\":[\"client_credentials\"],"
	    "\"response_types_supported\":[],"
	    "\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\"],"
	    "\"token_endpoint_auth_signing_alg_values_supported\":"
	    "[\"ES256\"]}",
	    issuer, issuer, issuer);
}
