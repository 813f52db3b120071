/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed tokens: the one place that calls libjwt, and the one verification
 * function for every token of ours and of partners' clients (SE-5). A token
 * is a JWS in compact form, ES256, typ JWT, at most JWT_MAX bytes, with a
 * known kid. Each use has keys and an audience of its own, so that a token
 * for one use is refused everywhere else. Whether its session, token or
 * client still stands is asked in the database, never here.
 *
 * Not for several threads at once: one struct jwt_keys a process.
 */
#ifndef AUTH_JWT_H
#define AUTH_JWT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

#define JWT_MAX 8192
#define JWT_SKEW 60  /* seconds that two clocks may differ */
#define JWT_CACHE 60 /* seconds for which a verified token is believed */

enum jwt_use {
	JWT_USE_SESSION,   /* a person's browser; audience ISSUER/session */
	JWT_USE_ACCESS,    /* a machine client; audience ISSUER/api/v1 */
	JWT_USE_ASSERTION, /* signed by a client's own key; audience ISSUER */
	JWT_USE_INVITE,    /* a link in a mail; audience ISSUER/invite */
};
#define JWT_USES 4

/* Absent texts are empty spans, an absent nbf is 0. Times are Unix seconds. */
struct jwt_claims {
	struct span iss, aud, sub, jti;
	struct span client_id; /* access */
	struct span scope;     /* access: names apart by one blank */
	struct span portal;  /* session, access: distributor, supplier, desk */
	struct span partner; /* the same: public id; for limits only */
	int64_t iat, nbf, exp;
	char jti_hash[DIGEST_HEX_SIZE]; /* hex SHA-256 of jti: the row's key */
};

/* A public key that somebody registered. */
struct jwt_public {
	const char *kid;
	const char *pem; /* SubjectPublicKeyInfo, P-256 */
};

struct jwt_keys;

/*
 * Loads our own keys (setting key_dir): files USE-NAME.pem, EC P-256, where
 * USE is session, access or invite. The last private key of a use, by file
 * name, signs; all of them verify; a public key only verifies. The kid is the
 * key's thumbprint (RFC 7638). So a key is rotated by adding a file and
 * withdrawn by removing one.
 *
 * issuer  our address, as "https://portal.example"; copied
 * out     freed by jwt_keys_free
 *
 * RC_FAULT  jwt.keys; text names the file: unreadable, open to everybody, not
 *           P-256, or no signing key for session or access
 */
enum rc jwt_keys_load(const char *dir, const char *issuer,
    struct jwt_keys **out, struct err *err) MUST_USE;
void jwt_keys_free(struct jwt_keys *k);

/* Reads the folder again and forgets what was verified; on any error the keys
 * stay as they were. To be called at least once a minute (SE-6). */
enum rc jwt_keys_reload(struct jwt_keys *k, struct err *err) MUST_USE;

/* The kid that signs tokens of this use, NULL when there is none. */
const char *jwt_keys_kid(const struct jwt_keys *k, enum jwt_use use);
const char *jwt_issuer(const struct jwt_keys *k);

/* The public keys for access tokens as a JWK set (RFC 7517). */
void jwt_keys_public(const struct jwt_keys *k, struct buf *out);

/*
 * Signs sub, jti, client_id, scope, portal, iat and exp of *c (empty ones are
 * left out) with iss, aud, nbf = iat and use added. About 1 ms.
 *
 * use  not JWT_USE_ASSERTION
 *
 * RC_FAULT  jwt.sign
 */
enum rc jwt_sign(const struct jwt_keys *k, enum jwt_use use,
    const struct jwt_claims *c, struct buf *out, struct err *err) MUST_USE;

/*
 * Signs a client's assertion: iss = sub = client, aud = issuer; for kontorctl
 * and tests.
 *
 * pem  a private P-256 key
 *
 * RC_FAULT  jwt.sign
 */
enum rc jwt_sign_assertion(const char *pem, const char *kid,
    const struct jwt_claims *c, const char *issuer, struct buf *out,
    struct err *err) MUST_USE;

/*
 * Verifies a token of ours. About 1 ms; a token seen within JWT_CACHE seconds
 * is answered from memory, times are checked always.
 *
 * now  Unix seconds
 * out  set only on RC_OK; texts live in a
 *
 * RC_DENIED  auth.token.<why>: size, form, header, algorithm, type, key,
 *            signature, claims, issuer, audience, use, time, expired. Callers
 *            answer 401 and show nothing but auth.token.invalid or .expired.
 */
enum rc jwt_verify(struct jwt_keys *k, enum jwt_use use, struct span token,
    int64_t now, struct arena *a, struct jwt_claims *out,
    struct err *err) MUST_USE;

/*
 * Verifies a client's assertion under the n keys that the client registered;
 * nbf may be absent, as may use. Never cached: assertions are used once.
 *
 * RC_DENIED as jwt_verify
 */
enum rc jwt_verify_assertion(const struct jwt_public *keys, size_t n,
    const char *issuer, struct span token, int64_t now, struct arena *a,
    struct jwt_claims *out, struct err *err) MUST_USE;

/*
 * Who claims to have signed this assertion: its sub, unverified, to find the
 * keys with. The form is checked as in jwt_verify.
 *
 * RC_DENIED as jwt_verify
 */
enum rc jwt_claimed_subject(struct span token, struct arena *a,
    struct span *sub, struct err *err) MUST_USE;

#endif
