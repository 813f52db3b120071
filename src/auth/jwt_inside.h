/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files jwt*.c share; for nobody else.
 */
#ifndef AUTH_JWT_INSIDE_H
#define AUTH_JWT_INSIDE_H

#include "auth/jwt.h"
#include "auth/key.h"

#define JWT_KID_MAX 128

struct jwt_own {
	enum jwt_use use;
	const char *file;
	struct key key; /* its thumbprint is the kid */
};

struct jwt_cache;

struct jwt_keys {
	char *dir;
	char *issuer;
	char *audience[JWT_USES];
	struct arena *a; /* own and what it points to; replaced by a reload */
	struct jwt_own *own; /* sorted by file */
	size_t n;
	struct jwt_cache *cache;
};

/* A token taken apart and checked as far as that goes without a key. */
struct jwt_form {
	struct span kid;
	struct span payload; /* the decoded JSON text */
};

/* What the claims of a use must be. */
struct jwt_rule {
	enum jwt_use use;
	const char *issuer;   /* NULL: iss must equal sub */
	const char *audience; /* exactly */
	int64_t life;         /* exp - iat at most, seconds */
	bool lax;             /* nbf and use may be absent */
};

/* The key that signs, NULL when there is none. */
const struct key *jwt_keys_signing(const struct jwt_keys *k, enum jwt_use use);

/* "session", "access", ... */
const char *jwt_use_name(enum jwt_use use);

/* Size, three parts, alphabet, header members, alg, typ, kid. */
enum rc jwt_form_read(struct span token, struct arena *a, struct jwt_form *out,
    struct err *err) MUST_USE;

/* The claims of a payload whose signature holds; times are checked apart. */
enum rc jwt_claims_read(struct span payload, const struct jwt_rule *rule,
    struct arena *a, struct jwt_claims *out, struct err *err) MUST_USE;
enum rc jwt_times_check(
    const struct jwt_claims *c, int64_t now, struct err *err) MUST_USE;

/* Verified tokens by their SHA-256; bounded, the oldest give way. */
struct jwt_cache *jwt_cache_new(void);
void jwt_cache_free(struct jwt_cache *c);
void jwt_cache_clear(struct jwt_cache *c);
bool jwt_cache_get(const struct jwt_cache *c, enum jwt_use use,
    struct span token, int64_t now, struct arena *a,
    struct jwt_claims *out) MUST_USE;
void jwt_cache_put(struct jwt_cache *c, enum jwt_use use, struct span token,
    int64_t now, const struct jwt_claims *claims);

#endif
