/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "auth/key.h"
#include "base/digest.h"
#include "repr/json.h"

#define CURVE "prime256v1"
#define COORDINATE 32

/* OpenSSL would ask for a passphrase on the terminal. */
static int
no_passphrase(char *buf, int size, int writing, void *unused)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)unused;
	return 0;
}

static EVP_PKEY *
read_pem(struct span text, bool *private)
{
	BIO *bio = BIO_new_mem_buf(text.p, (int)text.n);
	EVP_PKEY *k;

	if (bio == NULL)
		fatal("OpenSSL has no memory");
	*private = span_find_str(text, "PRIVATE KEY") < text.n;
	if (*private)
		k = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	else
		k = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return k;
}

static bool
jwk_point(const json_t *jwk, struct arena *a, unsigned char point[65])
{
	static const char *const names[] = {"x", "y"};

	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	for (size_t i = 0; i < 2; i++) {
		struct span raw;
		const char *s = repr_json_str(jwk, names[i]);

		if (s == NULL || !digest_from_base64url(span_of(s), a, &raw) ||
		    raw.n != COORDINATE)
			return false;
		memcpy(point + 1 + i * COORDINATE, raw.p, COORDINATE);
	}
	return true;
}

static EVP_PKEY *
from_point(unsigned char point[65])
{
	char curve[] = CURVE;
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(
				   OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
	    OSSL_PARAM_construct_octet_string(
		OSSL_PKEY_PARAM_PUB_KEY, point, 65),
	    OSSL_PARAM_construct_end()};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *k = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		k = NULL;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return k;
}

static EVP_PKEY *
read_jwk(struct span text, struct arena *a)
{
	unsigned char point[65];
	const char *kty, *crv;
	json_t *jwk;

	if (repr_json_read(text, a, &jwk, NULL) != RC_OK ||
	    !json_is_object(jwk))
		return NULL;
	kty = repr_json_str(jwk, "kty");
	crv = repr_json_str(jwk, "crv");
	if (kty == NULL || strcmp(kty, "EC") || crv == NULL ||
	    strcmp(crv, "P-256") || json_object_get(jwk, "d") ||
	    !jwk_point(jwk, a, point))
		return NULL;
	return from_point(point);
}

static bool
is_p256(EVP_PKEY *k)
{
	char group[32] = "";
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (!EVP_PKEY_is_a(k, "EC") ||
	    !EVP_PKEY_get_utf8_string_param(
		k, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) ||
	    strcmp(group, CURVE))
		return false;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL);
	ok = ctx && EVP_PKEY_public_check(ctx) > 0;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static const char *
coordinate(EVP_PKEY *k, const char *name, struct arena *a)
{
	unsigned char raw[COORDINATE];
	BIGNUM *n = NULL;
	const char *s;
	struct buf b;

	if (!EVP_PKEY_get_bn_param(k, name, &n) ||
	    BN_bn2binpad(n, raw, COORDINATE) != COORDINATE)
		fatal("a P-256 key without coordinates");
	BN_free(n);
	buf_init(&b, 64);
	digest_to_base64url(&b, span_make(raw, sizeof raw));
	s = arena_str(a, buf_span(&b));
	buf_done(&b);
	return s;
}

static const char *
write_pem(EVP_PKEY *k, bool private, struct arena *a)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const char *out;
	char *p;
	long n;

	if (bio == NULL || !(private ? PEM_write_bio_PrivateKey(
					   bio, k, NULL, NULL, 0, NULL, NULL)
				     : PEM_write_bio_PUBKEY(bio, k)))
		fatal("a key cannot be written as PEM");
	n = BIO_get_mem_data(bio, &p);
	out = arena_str(a, span_make(p, (size_t)n));
	BIO_free(bio);
	return out;
}

static void
fill(EVP_PKEY *k, bool private, struct arena *a, struct key *out)
{
	unsigned char d[DIGEST_SIZE];
	struct buf b;

	*out = (struct key){
	    .public_pem = write_pem(k, false, a),
	    .private_pem = private ? write_pem(k, true, a) : NULL,
	    .x = coordinate(k, OSSL_PKEY_PARAM_EC_PUB_X, a),
	    .y = coordinate(k, OSSL_PKEY_PARAM_EC_PUB_Y, a),
	};
	buf_init(&b, 256);
	buf_printf(&b,
	    "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
	    out->x, out->y);
	digest_sha256(buf_span(&b), d);
	buf_reset(&b);
	digest_to_base64url(&b, span_make(d, sizeof d));
	out->thumbprint = arena_str(a, buf_span(&b));
	buf_done(&b);
}

enum rc
key_read(struct span text, struct arena *a, struct key *out, struct err *err)
{
	struct span s = span_trim(text);
	bool private = false;
	EVP_PKEY *k;
	bool ok;

	if (s.n && s.p[0] == '{')
		k = read_jwk(s, a);
	else
		k = s.n ? read_pem(s, &private) : NULL;
	if (k == NULL)
		return err_set(err, RC_INPUT, "key.form",
		    "expected a P-256 key as PEM without passphrase, or a "
		    "public JWK");
	ok = is_p256(k);
	if (ok)
		fill(k, private, a, out);
	EVP_PKEY_free(k);
	if (!ok)
		return err_set(err, RC_INPUT, "key.curve",
		    "expected a key on the curve P-256 (prime256v1)");
	return RC_OK;
}

enum rc
key_make(struct arena *a, struct key *out, struct err *err)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");

	if (k == NULL)
		return err_set(err, RC_FAULT, "key.make",
		    "OpenSSL cannot make a P-256 key");
	fill(k, true, a, out);
	EVP_PKEY_free(k);
	return RC_OK;
}

void
key_jwk(const struct key *k, const char *kid, struct buf *out)
{
	buf_printf(out,
	    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\","
	    "\"kid\":\"%s\",\"use\":\"sig\",\"alg\":\"ES256\"}",
	    k->x, k->y, kid);
}
