/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests: a folder of keys, and tokens with any header and any claims,
 * signed without libjwt.
 */
#ifndef TESTS_AUTH_TOKENS_H
#define TESTS_AUTH_TOKENS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "auth/jwt.h"
#include "auth/key.h"

#define ISSUER "https://portal.example"
#define NOW 1800000000

struct world {
	struct arena *a;
	char dir[64];
	struct jwt_keys *keys;
	struct key session, access;
};

static inline void
write_file(const char *dir, const char *name, const char *text, mode_t mode)
{
	char path[160];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	(void)unlink(path);
	f = fopen(path, "w");
	if (f == NULL)
		fatal("%s", path);
	(void)fputs(text, f);
	(void)fclose(f);
	(void)chmod(path, mode);
}

static inline void
remove_file(const char *dir, const char *name)
{
	char path[160];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	(void)unlink(path);
}

static inline struct world *
world_new(void)
{
	struct arena *a = arena_new();
	struct world *w = ARENA_NEW(a, struct world);

	w->a = a;
	strcpy(w->dir, "/tmp/kontor-test-XXXXXX");
	if (mkdtemp(w->dir) == NULL ||
	    key_make(a, &w->session, NULL) != RC_OK ||
	    key_make(a, &w->access, NULL) != RC_OK)
		fatal("no keys");
	write_file(w->dir, "session-1.pem", w->session.private_pem, 0600);
	write_file(w->dir, "access-1.pem", w->access.private_pem, 0600);
	if (jwt_keys_load(w->dir, ISSUER, &w->keys, NULL) != RC_OK)
		fatal("keys do not load");
	return w;
}

static inline void
world_free(struct world *w)
{
	remove_file(w->dir, "session-1.pem");
	remove_file(w->dir, "session-2.pem");
	remove_file(w->dir, "access-1.pem");
	(void)rmdir(w->dir);
	jwt_keys_free(w->keys);
	arena_free(w->a);
}

static inline EVP_PKEY *
load_private(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *k = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	BIO_free(bio);
	if (k == NULL)
		fatal("no private key");
	return k;
}

/* r and s, each padded to `half` bytes. */
static inline void
sign_raw(struct buf *out, struct span text, const char *pem, int half)
{
	EVP_PKEY *k = load_private(pem);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[256], raw[132];
	const unsigned char *p = der;
	size_t n = sizeof der;
	ECDSA_SIG *sig;

	if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, k) <= 0 ||
	    EVP_DigestSign(
		ctx, der, &n, (const unsigned char *)text.p, text.n) <= 0)
		fatal("cannot sign");
	sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
	(void)BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, half);
	(void)BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + half, half);
	digest_to_base64url(out, span_make(raw, 2 * (size_t)half));
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(k);
}

/* header and claims as they stand, signed; lives in a. */
static inline struct span
token_raw(
    struct arena *a, const char *header, const char *claims, const char *pem)
{
	struct span out;
	struct buf b;

	buf_init(&b, 1 << 20);
	digest_to_base64url(&b, span_of(header));
	buf_putc(&b, '.');
	digest_to_base64url(&b, span_of(claims));
	out = arena_span(a, buf_span(&b));
	buf_putc(&b, '.');
	sign_raw(&b, out, pem, 32);
	out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

static inline const char *
good_header(struct arena *a, const char *kid)
{
	return arena_printf(
	    a, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", kid);
}

#endif
