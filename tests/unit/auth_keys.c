/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures that must not hold (in the manner of Wycheproof's JWS vectors),
 * keys that must not load, rotation, and the memory of verified tokens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth_tokens.h"
#include "repr/json.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SOUND                                                                  \
	"{\"iss\":\"" ISSUER "\",\"aud\":\"" ISSUER "/session\","              \
	"\"sub\":\"p\",\"jti\":\"i\",\"use\":\"session\","                     \
	"\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000600}"

static int
setup(void **state)
{
	*state = world_new();
	return 0;
}

static int
teardown(void **state)
{
	world_free(*state);
	return 0;
}

static const char *
verify(struct world *w, struct span token)
{
	static struct err err;
	struct jwt_claims c;

	err = (struct err){0};
	return jwt_verify(w->keys, JWT_USE_SESSION, token, NOW, w->a, &c,
		   &err) == RC_OK
		   ? "ok"
		   : err.code;
}

static struct span
sound(struct world *w)
{
	return token_raw(w->a, good_header(w->a, w->session.thumbprint), SOUND,
	    w->session.private_pem);
}

/* The first two parts of a token with another signature. */
static struct span
with_signature(struct world *w, struct span token, const void *sig, size_t n)
{
	struct span out;
	struct buf b;
	size_t at = token.n;

	while (token.p[at - 1] != '.')
		at--;
	buf_init(&b, JWT_MAX);
	buf_put(&b, span_sub(token, 0, at));
	digest_to_base64url(&b, span_make(sig, n));
	out = arena_span(w->a, buf_span(&b));
	buf_done(&b);
	return out;
}

/* The order of the group of P-256. */
static const unsigned char ORDER[32] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
    0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

static void
SE5_refuses_degenerate_signatures(void **state)
{
	struct world *w = *state;
	unsigned char zero[64] = {0}, one[64] = {0}, n[64], ff[64];

	one[31] = one[63] = 1;
	memcpy(n, ORDER, 32);
	memcpy(n + 32, ORDER, 32);
	memset(ff, 0xff, sizeof ff);
	assert_string_equal(verify(w, with_signature(w, sound(w), zero, 64)),
	    "auth.token.signature");
	assert_string_equal(verify(w, with_signature(w, sound(w), one, 64)),
	    "auth.token.signature");
	assert_string_equal(verify(w, with_signature(w, sound(w), n, 64)),
	    "auth.token.signature");
	assert_string_equal(verify(w, with_signature(w, sound(w), ff, 64)),
	    "auth.token.signature");
	/* r = 0 or s = 0 beside a plausible other half. */
	memcpy(zero, ORDER + 1, 16);
	assert_string_equal(verify(w, with_signature(w, sound(w), zero, 64)),
	    "auth.token.signature");
}

static void
SE5_refuses_signatures_of_other_lengths(void **state)
{
	struct world *w = *state;
	struct span t = sound(w), raw, part = t;
	unsigned char der[72] = {0x30, 0x45, 0x02, 0x21, 0};
	unsigned char wide[96] = {0};

	(void)span_cut(&part, '.');
	(void)span_cut(&part, '.');
	assert_true(digest_from_base64url(part, w->a, &raw));
	assert_string_equal(
	    verify(w, with_signature(w, t, raw.p, 63)), "auth.token.signature");
	assert_string_equal(
	    verify(w, with_signature(w, t, raw.p, 32)), "auth.token.signature");
	/* ASN.1 in place of r and s, and r and s widened by zeros. */
	assert_string_equal(verify(w, with_signature(w, t, der, sizeof der)),
	    "auth.token.signature");
	memcpy(wide + 16, raw.p, 32);
	memcpy(wide + 64, raw.p + 32, 32);
	assert_string_equal(verify(w, with_signature(w, t, wide, sizeof wide)),
	    "auth.token.signature");
	assert_string_equal(
	    verify(w, with_signature(w, t, "", 0)), "auth.token.form");
}

static void
SE5_refuses_any_changed_character(void **state)
{
	struct world *w = *state;
	struct span t = sound(w);
	char *s = arena_str(w->a, t);

	assert_string_equal(verify(w, t), "ok");
	/* Each seventh character: 1 ms each. */
	for (size_t i = 0; i < t.n; i += 7) {
		char was = s[i];

		s[i] = was == 'A' ? 'B' : 'A';
		assert_string_not_equal(verify(w, span_of(s)), "ok");
		s[i] = was;
	}
	assert_string_equal(verify(w, span_of(s)), "ok");
}

static void
SE5_refuses_another_key_under_our_kid(void **state)
{
	struct world *w = *state;
	struct key other;

	assert_int_equal(key_make(w->a, &other, NULL), RC_OK);
	assert_string_equal(
	    verify(w, token_raw(w->a, good_header(w->a, w->session.thumbprint),
			  SOUND, other.private_pem)),
	    "auth.token.signature");
}

static void
SE5_refuses_a_MAC_made_with_our_public_key(void **state)
{
	struct world *w = *state;
	unsigned char mac[64] = {0};
	struct span t = sound(w);
	const char *pem = w->session.public_pem;
	size_t at = t.n;

	while (t.p[at - 1] != '.')
		at--;
	digest_hmac(span_of(pem), span_sub(t, 0, at - 1), mac);
	assert_string_equal(
	    verify(w, with_signature(w, t, mac, 32)), "auth.token.signature");
	assert_string_equal(
	    verify(w, with_signature(w, t, mac, 64)), "auth.token.signature");
}

static void
takes_no_keys_but_P256(void **state)
{
	struct world *w = *state;
	static const char *const bad[] = {"", "x", "{}", "[]",
	    "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
	    "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AA\",\"y\":\"AA\"}",
	    "{\"kty\":\"oct\",\"k\":\"AA\"}",
	    /* Not on the curve. */
	    "{\"kty\":\"EC\",\"crv\":\"P-256\","
	    "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
	    "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"};
	static const char *const curves[] = {
	    "P-384", "P-521", "secp256k1", "prime192v1"};
	struct key k;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
		    key_read(span_of(bad[i]), w->a, &k, NULL), RC_INPUT);
	for (size_t i = 0; i < COUNT(curves); i++) {
		EVP_PKEY *p = EVP_EC_gen(curves[i]);
		BIO *bio = BIO_new(BIO_s_mem());
		char *pem;
		long n;

		assert_non_null(p);
		assert_true(PEM_write_bio_PUBKEY(bio, p));
		n = BIO_get_mem_data(bio, &pem);
		assert_int_equal(
		    key_read(span_make(pem, (size_t)n), w->a, &k, NULL),
		    RC_INPUT);
		BIO_free(bio);
		EVP_PKEY_free(p);
	}
}

static void
reads_a_public_JWK_but_no_private_one(void **state)
{
	struct world *w = *state;
	struct key k;
	struct buf b;
	const char *d;

	buf_init(&b, 1024);
	key_jwk(&w->access, "k1", &b);
	assert_int_equal(key_read(buf_span(&b), w->a, &k, NULL), RC_OK);
	assert_string_equal(k.thumbprint, w->access.thumbprint);
	assert_string_equal(k.public_pem, w->access.public_pem);
	assert_null(k.private_pem);
	d = arena_printf(w->a, "%.*s,\"d\":\"AA\"}", (int)b.n - 1, b.p);
	assert_int_equal(key_read(span_of(d), w->a, &k, NULL), RC_INPUT);
	buf_done(&b);
}

static void
SE6_loads_no_key_that_others_may_read(void **state)
{
	struct world *w = *state;
	struct err err = {0};

	write_file(w->dir, "session-2.pem", w->access.private_pem, 0644);
	assert_int_equal(jwt_keys_reload(w->keys, &err), RC_FAULT);
	assert_string_equal(err.code, "jwt.keys");
	assert_non_null(strstr(err.text, "session-2.pem"));
	/* What was there stays. */
	assert_string_equal(verify(w, sound(w)), "ok");
	write_file(w->dir, "session-2.pem", "nonsense", 0600);
	assert_int_equal(jwt_keys_reload(w->keys, &err), RC_FAULT);
}

static void
SE6_rotates_with_overlap_and_withdraws(void **state)
{
	struct world *w = *state;
	struct span old = sound(w);
	struct key next;

	assert_string_equal(verify(w, old), "ok");
	assert_int_equal(key_make(w->a, &next, NULL), RC_OK);
	write_file(w->dir, "session-2.pem", next.private_pem, 0600);
	assert_int_equal(jwt_keys_reload(w->keys, NULL), RC_OK);
	assert_string_equal(
	    jwt_keys_kid(w->keys, JWT_USE_SESSION), next.thumbprint);
	assert_string_equal(verify(w, old), "ok");
	/* Withdrawn: refused at once, though it was remembered. */
	remove_file(w->dir, "session-1.pem");
	assert_int_equal(jwt_keys_reload(w->keys, NULL), RC_OK);
	assert_string_equal(verify(w, old), "auth.token.key");
	/* The public part alone verifies but does not sign. */
	write_file(w->dir, "session-3.pem", w->session.public_pem, 0644);
	assert_int_equal(jwt_keys_reload(w->keys, NULL), RC_OK);
	assert_string_equal(verify(w, old), "ok");
	assert_string_equal(
	    jwt_keys_kid(w->keys, JWT_USE_SESSION), next.thumbprint);
	remove_file(w->dir, "session-3.pem");
}

static void
publishes_access_keys_only_and_no_secrets(void **state)
{
	struct world *w = *state;
	json_t *set;
	struct buf b;

	buf_init(&b, 4096);
	jwt_keys_public(w->keys, &b);
	assert_int_equal(repr_json_read(buf_span(&b), w->a, &set, NULL), RC_OK);
	assert_int_equal(json_array_size(json_object_get(set, "keys")), 1);
	assert_string_equal(
	    repr_json_str(set, "keys.0.kid"), w->access.thumbprint);
	assert_string_equal(repr_json_str(set, "keys.0.crv"), "P-256");
	assert_null(repr_json_at(set, "keys.0.d"));
	buf_done(&b);
}

static void
remembers_many_tokens_within_bounds(void **state)
{
	struct world *w = *state;
	struct span first = sound(w);

	assert_string_equal(verify(w, first), "ok");
	/* A remembered token under another use is not believed. */
	struct jwt_claims c;
	struct err err = {0};

	assert_int_equal(
	    jwt_verify(w->keys, JWT_USE_ACCESS, first, NOW, w->a, &c, &err),
	    RC_DENIED);
	assert_string_equal(err.code, "auth.token.key");
	for (int i = 0; i < 300; i++) {
		struct span t =
		    token_raw(w->a, good_header(w->a, w->session.thumbprint),
			arena_printf(w->a, "%.*s,\"n\":%d}",
			    (int)strlen(SOUND) - 1, SOUND, i),
			w->session.private_pem);

		assert_string_equal(verify(w, t), "ok");
	}
	assert_string_equal(verify(w, first), "ok");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(SE5_refuses_degenerate_signatures),
	    TEST(SE5_refuses_signatures_of_other_lengths),
	    TEST(SE5_refuses_any_changed_character),
	    TEST(SE5_refuses_another_key_under_our_kid),
	    TEST(SE5_refuses_a_MAC_made_with_our_public_key),
	    TEST(takes_no_keys_but_P256),
	    TEST(reads_a_public_JWK_but_no_private_one),
	    TEST(SE6_loads_no_key_that_others_may_read),
	    TEST(SE6_rotates_with_overlap_and_withdraws),
	    TEST(publishes_access_keys_only_and_no_secrets),
	    TEST(remembers_many_tokens_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
