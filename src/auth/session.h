/* SPDX-License-Identifier: Apache-2.0
 *
 * The browser's session: a token (jwt.h) with 256 random bits as jti in the
 * cookie __Host-kontor, and a row in the database keyed by the hash of the
 * jti. The row decides; the token only proves that we made it.
 */
#ifndef AUTH_SESSION_H
#define AUTH_SESSION_H

#include "auth/jwt.h"

#define SESSION_COOKIE "__Host-kontor"
#define SESSION_SECONDS (12 * 60 * 60)

struct session {
	struct span token;          /* the cookie's value */
	struct span person;         /* sub: the account's public id */
	struct span portal;         /* picks the database login */
	struct span partner;        /* public id, or empty; for limits only */
	int64_t expires;            /* Unix seconds */
	char hash[DIGEST_HEX_SIZE]; /* {"session": hash} in `who` */
};

/* A new random jti (43 characters of base64url) and its hash, for the row
 * that is made before the token. */
struct session_id {
	char jti[44];
	char hash[DIGEST_HEX_SIZE];
};
void session_id_make(struct session_id *out);

/* Whose session it is, as the row says; partner may be empty. */
struct session_owner {
	struct span person, portal, partner;
};

/*
 * The token for a row that was made with id->hash.
 *
 * RC_FAULT  jwt.sign
 */
enum rc session_make(const struct jwt_keys *k, const struct session_id *id,
    const struct session_owner *owner, int64_t now, struct arena *a,
    struct session *out, struct err *err) MUST_USE;

/*
 * Finds and verifies the session in the value of a Cookie header (several
 * headers joined by "; ").
 *
 * RC_ABSENT  session.absent     no cookie of that name
 * RC_INPUT   session.cookie     the cookie is there twice, or malformed
 * RC_DENIED  auth.token.<why>   see jwt_verify
 */
enum rc session_read(struct jwt_keys *k, struct span cookies, int64_t now,
    struct arena *a, struct session *out, struct err *err) MUST_USE;

/* The value of the cookie, unverified; the first half of session_read. */
enum rc session_cookie(
    struct span cookies, struct span *token, struct err *err) MUST_USE;

/* Values for Set-Cookie: the session, and one that removes it. */
void session_cookie_set(const struct session *s, struct buf *out);
void session_cookie_end(struct buf *out);

#endif
