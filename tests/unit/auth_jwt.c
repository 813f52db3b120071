/* SPDX-License-Identifier: Apache-2.0
 *
 * SE-5: each rule obeyed and violated.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth_tokens.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The claims of a sound session token; each can be changed. */
#define ISS "\"iss\":\"" ISSUER "\""
#define AUD "\"aud\":\"" ISSUER "/session\""
#define SUB "\"sub\":\"person-1\",\"jti\":\"id-1\""
#define TIMES "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000600"
#define USE "\"use\":\"session\""
#define SOUND "{" ISS "," AUD "," SUB "," TIMES "," USE "}"

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
verify_at(struct world *w, struct span token, int64_t now)
{
	static struct err err;
	struct jwt_claims c;

	err = (struct err){0};
	if (jwt_verify(w->keys, JWT_USE_SESSION, token, now, w->a, &c, &err) ==
	    RC_OK)
		return "ok";
	assert_int_equal(err.rc, RC_DENIED);
	return err.code;
}

static const char *
verify(struct world *w, struct span token)
{
	return verify_at(w, token, NOW);
}

static struct span
session_token(struct world *w, const char *header, const char *claims)
{
	return token_raw(w->a,
	    header ? header : good_header(w->a, w->session.thumbprint),
	    claims ? claims : SOUND, w->session.private_pem);
}

static void
SE5_takes_what_we_signed(void **state)
{
	struct world *w = *state;
	struct jwt_claims c = {.sub = SPAN("person-1"),
	    .jti = SPAN("id-1"),
	    .portal = SPAN("desk"),
	    .iat = NOW,
	    .exp = NOW + 60};
	char hash[DIGEST_HEX_SIZE];
	struct jwt_claims got;
	struct buf b;

	digest_hex(c.jti, hash);
	buf_init(&b, JWT_MAX);
	assert_int_equal(
	    jwt_sign(w->keys, JWT_USE_SESSION, &c, &b, NULL), RC_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(jwt_verify(w->keys, JWT_USE_SESSION,
				     buf_span(&b), NOW, w->a, &got, NULL),
		    RC_OK);
		assert_true(span_is(got.sub, "person-1"));
		assert_true(span_is(got.portal, "desk"));
		assert_true(span_is(got.iss, ISSUER));
		assert_true(span_is(got.aud, ISSUER "/session"));
		assert_int_equal(got.exp, NOW + 60);
		assert_string_equal(got.jti_hash, hash);
	}
	buf_done(&b);
}

static void
SE5_takes_the_sound_token_that_the_cases_vary(void **state)
{
	assert_string_equal(
	    verify(*state, session_token(*state, NULL, NULL)), "ok");
}

static void
SE5_refuses_more_than_8_KiB(void **state)
{
	struct world *w = *state;
	char *p = arena_alloc(w->a, 9000);
	const char *claims;

	memset(p, 'x', 5600);
	claims = arena_printf(w->a,
	    "{" ISS "," AUD "," SUB "," TIMES "," USE ",\"x\":\"%s\"}", p);
	assert_string_equal(verify(w, session_token(w, NULL, claims)), "ok");
	memset(p, 'x', 6200);
	claims = arena_printf(w->a,
	    "{" ISS "," AUD "," SUB "," TIMES "," USE ",\"x\":\"%s\"}", p);
	assert_string_equal(
	    verify(w, session_token(w, NULL, claims)), "auth.token.size");
}

static void
SE5_refuses_other_than_three_clean_parts(void **state)
{
	struct world *w = *state;
	struct span t = session_token(w, NULL, NULL);
	const char *s = arena_str(w->a, t);
	size_t dot = span_find(t, '.');
	const char *bad[] = {
	    "",
	    ".",
	    "..",
	    "...",
	    arena_printf(w->a, "%s.", s),
	    arena_printf(w->a, ".%s", s),
	    arena_printf(w->a, "%s=", s),
	    arena_printf(w->a, "%s\n", s),
	    arena_printf(w->a, " %s", s),
	    arena_printf(w->a, "%.*s", (int)dot, s),
	    arena_printf(w->a, "%.*s.", (int)dot, s),
	    arena_printf(w->a, "%.*s=%s", (int)dot, s, s + dot),
	    arena_printf(w->a, "%.*s+%s", (int)dot, s, s + dot),
	    arena_printf(w->a, "%.*s/%s", (int)dot, s, s + dot),
	    arena_printf(w->a, "%s.%s", s, s),
	};

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_string_equal(
		    verify(w, span_of(bad[i])), "auth.token.form");
	assert_string_equal(
	    verify(w, span_make("a.b\0.c", 6)), "auth.token.form");
}

static void
SE5_refuses_stray_bits_at_the_end(void **state)
{
	struct world *w = *state;
	struct span t = session_token(w, NULL, NULL);
	char *s = arena_str(w->a, t);
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				       "klmnopqrstuvwxyz0123456789-_";
	char *last = s + t.n - 1;

	/* 64 bytes end in a character with four unused bits. */
	*last = alphabet[strchr(alphabet, *last) - alphabet + 1];
	assert_string_equal(verify(w, span_of(s)), "auth.token.form");
}

static void
SE5_refuses_other_header_members(void **state)
{
	struct world *w = *state;
	static const char *const more[] = {"\"crit\":[\"exp\"]", "\"jwk\":{}",
	    "\"jku\":\"https://evil.example\"",
	    "\"x5u\":\"https://evil.example\"", "\"x5c\":[]", "\"zip\":\"DEF\"",
	    "\"b64\":false", "\"cty\":\"JWT\"", "\"kid\":\"again\"",
	    "\"alg\":\"ES256\""};

	for (size_t i = 0; i < COUNT(more); i++) {
		const char *h = arena_printf(w->a,
		    "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\",%s}",
		    w->session.thumbprint, more[i]);

		assert_string_equal(
		    verify(w, session_token(w, h, NULL)), "auth.token.header");
	}
	assert_string_equal(
	    verify(w, session_token(w, "[]", NULL)), "auth.token.header");
	assert_string_equal(
	    verify(w, session_token(w, "{", NULL)), "auth.token.header");
}

static void
SE5_takes_no_algorithm_but_ES256(void **state)
{
	struct world *w = *state;
	static const char *const algs[] = {"\"none\"", "\"None\"", "\"HS256\"",
	    "\"HS512\"", "\"RS256\"", "\"PS256\"", "\"ES384\"", "\"ES512\"",
	    "\"ES256K\"", "\"es256\"", "\"EdDSA\"", "\"\"", "null", "1",
	    "[\"ES256\"]"};

	for (size_t i = 0; i < COUNT(algs); i++) {
		const char *h = arena_printf(w->a,
		    "{\"alg\":%s,\"typ\":\"JWT\",\"kid\":\"%s\"}", algs[i],
		    w->session.thumbprint);

		assert_string_equal(verify(w, session_token(w, h, NULL)),
		    "auth.token.algorithm");
	}
	assert_string_equal(
	    verify(w, session_token(w, "{\"typ\":\"JWT\"}", NULL)),
	    "auth.token.algorithm");
}

static void
SE5_takes_no_type_but_JWT(void **state)
{
	struct world *w = *state;
	static const char *const types[] = {
	    "\"at+jwt\"", "\"jwt\"", "\"\"", "null"};

	for (size_t i = 0; i < COUNT(types); i++) {
		const char *h = arena_printf(w->a,
		    "{\"alg\":\"ES256\",\"typ\":%s,\"kid\":\"%s\"}", types[i],
		    w->session.thumbprint);

		assert_string_equal(
		    verify(w, session_token(w, h, NULL)), "auth.token.type");
	}
}

static void
SE5_refuses_unknown_and_absent_kid(void **state)
{
	struct world *w = *state;
	const char *h = "{\"alg\":\"ES256\",\"typ\":\"JWT\"}";

	assert_string_equal(
	    verify(w, session_token(w, h, NULL)), "auth.token.key");
	assert_string_equal(
	    verify(w, session_token(w, good_header(w->a, "other"), NULL)),
	    "auth.token.key");
	assert_string_equal(
	    verify(w, session_token(w, good_header(w->a, "../x"), NULL)),
	    "auth.token.key");
	assert_string_equal(
	    verify(
		w, session_token(w,
		       "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":7}", NULL)),
	    "auth.token.key");
}

static void
SE5_keeps_the_uses_apart(void **state)
{
	struct world *w = *state;
	/* An access token of ours is no session: its key is unknown here. */
	struct span access =
	    token_raw(w->a, good_header(w->a, w->access.thumbprint), SOUND,
		w->access.private_pem);

	assert_string_equal(verify(w, access), "auth.token.key");
	assert_string_equal(verify(w, session_token(w, NULL,
					  "{" ISS "," AUD "," SUB "," TIMES
					  ",\"use\":\"access\"}")),
	    "auth.token.use");
	assert_string_equal(
	    verify(w,
		session_token(w, NULL, "{" ISS "," AUD "," SUB "," TIMES "}")),
	    "auth.token.use");
}

static void
SE5_refuses_wrong_parties_and_missing_names(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *claims, *code;
	} cases[] = {
	    {"{\"iss\":\"https://evil.example\"," AUD "," SUB "," TIMES "," USE
	     "}",
		"auth.token.issuer"},
	    {"{\"iss\":\"" ISSUER "/\"," AUD "," SUB "," TIMES "," USE "}",
		"auth.token.issuer"},
	    {"{" AUD "," SUB "," TIMES "," USE "}", "auth.token.issuer"},
	    {"{" ISS ",\"aud\":\"" ISSUER "\"," SUB "," TIMES "," USE "}",
		"auth.token.audience"},
	    {"{" ISS ",\"aud\":[\"" ISSUER "/session\"]," SUB "," TIMES "," USE
	     "}",
		"auth.token.audience"},
	    {"{" ISS "," SUB "," TIMES "," USE "}", "auth.token.audience"},
	    {"{" ISS "," AUD ",\"sub\":\"p\"," TIMES "," USE "}",
		"auth.token.claims"},
	    {"{" ISS "," AUD ",\"jti\":\"i\"," TIMES "," USE "}",
		"auth.token.claims"},
	    {"{" ISS "," AUD "," SUB ",\"sub\":\"q\"," TIMES "," USE "}",
		"auth.token.claims"},
	    /* What is no JSON object libjwt refuses with the signature. */
	    {"{" ISS "," AUD "," SUB "," TIMES "," USE "}x",
		"auth.token.signature"},
	    {"[1]", "auth.token.claims"},
	    {"\"x\"", "auth.token.signature"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    verify(w, session_token(w, NULL, cases[i].claims)),
		    cases[i].code);
}

static void
SE5_refuses_absent_and_non_integer_times(void **state)
{
	struct world *w = *state;
	static const char *const times[] = {
	    "\"nbf\":1800000000,\"exp\":1800000600",
	    "\"iat\":1800000000,\"exp\":1800000600",
	    "\"iat\":1800000000,\"nbf\":1800000000",
	    "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":\"1800000600\"",
	    "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000600.5",
	    "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1.8e9",
	    "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":null",
	    "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":true",
	    "\"iat\":1800000000,\"nbf\":-1,\"exp\":1800000600",
	    "\"iat\":0,\"nbf\":1800000000,\"exp\":1800000600",
	    "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":9e18",
	    "\"iat\":1800000000,\"nbf\":1800000000,"
	    "\"exp\":9223372036854775807",
	};

	for (size_t i = 0; i < COUNT(times); i++)
		assert_string_equal(
		    verify(w, session_token(w, NULL,
				  arena_printf(w->a,
				      "{" ISS "," AUD "," SUB ",%s," USE "}",
				      times[i]))),
		    "auth.token.claims");
}

static void
SE5_allows_clocks_60_seconds_apart_and_no_more(void **state)
{
	struct world *w = *state;
	struct span t = session_token(w, NULL, NULL);

	assert_string_equal(verify_at(w, t, NOW - 61), "auth.token.time");
	assert_string_equal(verify_at(w, t, NOW - 60), "ok");
	assert_string_equal(verify_at(w, t, NOW + 659), "ok");
	assert_string_equal(verify_at(w, t, NOW + 660), "auth.token.expired");
	/* Also when the token is remembered. */
	assert_string_equal(verify_at(w, t, NOW + 661), "auth.token.expired");
	assert_string_equal(verify_at(w, t, NOW - 61), "auth.token.time");
}

static void
SE5_refuses_a_longer_life_than_the_use_has(void **state)
{
	struct world *w = *state;
	const char *claims =
	    "{" ISS "," AUD "," SUB "," USE ",\"iat\":1800000000,"
	    "\"nbf\":1800000000,\"exp\":1800043201}";

	assert_string_equal(
	    verify(w, session_token(w, NULL, claims)), "auth.token.time");
	claims = "{" ISS "," AUD "," SUB "," USE ",\"iat\":1800000000,"
		 "\"nbf\":1800000000,\"exp\":1800000000}";
	assert_string_equal(
	    verify(w, session_token(w, NULL, claims)), "auth.token.time");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(SE5_takes_what_we_signed),
	    cmocka_unit_test(SE5_takes_the_sound_token_that_the_cases_vary),
	    cmocka_unit_test(SE5_refuses_more_than_8_KiB),
	    cmocka_unit_test(SE5_refuses_other_than_three_clean_parts),
	    cmocka_unit_test(SE5_refuses_stray_bits_at_the_end),
	    cmocka_unit_test(SE5_refuses_other_header_members),
	    cmocka_unit_test(SE5_takes_no_algorithm_but_ES256),
	    cmocka_unit_test(SE5_takes_no_type_but_JWT),
	    cmocka_unit_test(SE5_refuses_unknown_and_absent_kid),
	    cmocka_unit_test(SE5_keeps_the_uses_apart),
	    cmocka_unit_test(SE5_refuses_wrong_parties_and_missing_names),
	    cmocka_unit_test(SE5_refuses_absent_and_non_integer_times),
	    cmocka_unit_test(SE5_allows_clocks_60_seconds_apart_and_no_more),
	    cmocka_unit_test(SE5_refuses_a_longer_life_than_the_use_has),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
