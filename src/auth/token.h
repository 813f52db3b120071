/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /api/v1/token: OAuth 2.0 client credentials with private_key_jwt
 * (RFC 6749, 7523, 9068; AU-10, SE-4). In three steps, as the database stands
 * between them:
 *
 *   token_request_check    the form's fields; whose assertion it claims to be
 *   -> SQL: that client's registered keys, scopes, portal
 *   token_assertion_check  signature and claims under those keys
 *   token_access_make      the access token
 *   -> SQL: assertion used once (hash, expiry), token row (hash, expiry)
 */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include "auth/session.h"

#define TOKEN_SECONDS 600           /* an access token's life */
#define TOKEN_ASSERTION_SECONDS 300 /* how far ahead exp may be */

/* The form's fields; absent ones are empty. */
struct token_request {
	struct span grant_type;
	struct span client_assertion_type;
	struct span client_assertion;
	struct span client_id; /* optional; must be the assertion's sub */
	struct span scope;     /* optional; names apart by one blank */
};

struct token_client {
	struct span id; /* client_id */
	struct span portal;
	struct span partner; /* public id; for limits only */
	struct span scope;   /* all that it may ask for */
	const struct jwt_public *keys;
	size_t nkeys;
};

struct token_assertion {
	char jti_hash[DIGEST_HEX_SIZE]; /* hash of client id, blank, jti */
	int64_t expires;
};

struct token_access {
	struct span token;
	struct span scope;
	int64_t expires;
	char hash[DIGEST_HEX_SIZE]; /* {"token": hash} in `who` */
};

/*
 * RC_INPUT   token.request     a field is missing or malformed
 *            token.grant_type  not client_credentials
 * RC_DENIED  auth.token.<why>  the assertion is not a token at all
 *            token.client      client_id is not the assertion's sub
 *
 * client  the client that the assertion claims, unverified
 */
enum rc token_request_check(const struct token_request *r, struct arena *a,
    struct span *client, struct err *err) MUST_USE;

/*
 * RC_DENIED  auth.token.<why>    see jwt_verify
 *            token.client        iss or sub is not the client
 *            token.assertion     exp too far ahead, or no jti
 */
enum rc token_assertion_check(const struct token_request *r,
    const struct token_client *c, const char *issuer, int64_t now,
    struct arena *a, struct token_assertion *out, struct err *err) MUST_USE;

/*
 * Without a wish for scope all of the client's scopes are given.
 *
 * RC_INPUT  token.scope  a scope that the client may not have
 * RC_FAULT  jwt.sign
 */
enum rc token_access_make(const struct jwt_keys *k,
    const struct token_client *c, struct span scope, int64_t now,
    struct arena *a, struct token_access *out, struct err *err) MUST_USE;

/* The same for an identifier that already stands in a token row; scope is
 * taken as it is. */
enum rc token_access_sign(const struct jwt_keys *k,
    const struct token_client *c, const struct session_id *id,
    struct span scope, int64_t now, struct arena *a, struct token_access *out,
    struct err *err) MUST_USE;

/* The bodies: success (RFC 6749 section 5.1) and error (5.2). */
void token_answer(const struct token_access *t, int64_t now, struct buf *out);
void token_error(const struct err *err, struct buf *out);

/* The status for an error: 400, 401 (client unknown or unproved) or 503. */
int token_error_status(const struct err *err);

/* Takes the token out of an Authorization header: "Bearer TOKEN".
 * RC_ABSENT token.absent; RC_INPUT token.header */
enum rc token_bearer(
    struct span authorization, struct span *token, struct err *err) MUST_USE;

/* /.well-known/oauth-authorization-server (RFC 8414). */
void token_metadata(const char *issuer, struct buf *out);

#endif
