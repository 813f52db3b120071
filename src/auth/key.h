/* SPDX-License-Identifier: Apache-2.0
 *
 * EC P-256 keys as PEM text: check, make, print as JWK. All strings live in
 * the arena that is handed in.
 */
#ifndef AUTH_KEY_H
#define AUTH_KEY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct key {
	const char *public_pem;
	const char *private_pem; /* NULL when only the public part is known */
	const char *x, *y;       /* coordinates, base64url */
	const char *thumbprint;  /* RFC 7638, base64url SHA-256 */
};

/*
 * Reads a public or private key in PEM, or a public JWK (a JSON object).
 *
 * RC_INPUT  key.form   neither PEM nor JWK
 *           key.curve  not EC P-256, or not a point on the curve
 */
enum rc key_read(struct span text, struct arena *a, struct key *out,
    struct err *err) MUST_USE;

/* A new key pair. RC_FAULT key.make */
enum rc key_make(struct arena *a, struct key *out, struct err *err) MUST_USE;

/* {"kty":"EC","crv":"P-256","x":…,"y":…,"kid":…,"use":"sig","alg":"ES256"} */
void key_jwk(const struct key *k, const char *kid, struct buf *out);

#endif
