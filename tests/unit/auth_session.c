/* SPDX-License-Identifier: Apache-2.0
 *
 * Session cookies, form tokens, and the token endpoint field by field.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/csrf.h"
#include "auth/session.h"
#include "auth/token.h"
#include "auth_tokens.h"
#include "repr/json.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

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

static void
SE1_makes_a_session_and_reads_it_back(void **state)
{
	struct world *w = *state;
	const struct session_owner owner = {
	    SPAN("person"), SPAN("distributor"), SPAN("partner")};
	struct session made, got;
	struct session_id id, other;
	struct buf b;

	session_id_make(&id);
	session_id_make(&other);
	assert_string_not_equal(id.jti, other.jti);
	assert_int_equal(strlen(id.jti), 43);
	assert_int_equal(
	    session_make(w->keys, &id, &owner, NOW, w->a, &made, NULL), RC_OK);
	buf_init(&b, JWT_MAX);
	session_cookie_set(&made, &b);
	assert_true(span_starts(buf_span(&b), "__Host-kontor="));
	assert_non_null(
	    strstr(b.p, "; Path=/; Secure; HttpOnly; SameSite=Lax"));
	assert_null(strstr(b.p, "Domain"));
	buf_reset(&b);
	buf_puts(&b, "a=1; __Host-kontor=");
	buf_put(&b, made.token);
	buf_puts(&b, "; theme=dark");
	assert_int_equal(
	    session_read(w->keys, buf_span(&b), NOW, w->a, &got, NULL), RC_OK);
	assert_string_equal(got.hash, id.hash);
	assert_true(span_is(got.person, "person"));
	assert_true(span_is(got.portal, "distributor"));
	assert_true(span_is(got.partner, "partner"));
	assert_int_equal(got.expires, NOW + SESSION_SECONDS);
	buf_done(&b);
}

static void
SE1_finds_its_cookie_by_exact_name_and_once_only(void **state)
{
	static const struct {
		const char *cookies;
		enum rc rc;
	} cases[] = {
	    {"", RC_ABSENT},
	    {"kontor=x", RC_ABSENT},
	    {"__host-kontor=x", RC_ABSENT},
	    {"__Host-kontor2=x", RC_ABSENT},
	    {"x__Host-kontor=x", RC_ABSENT},
	    {"a=__Host-kontor=x", RC_ABSENT},
	    {"__Host-kontor=x", RC_OK},
	    {"a=1;__Host-kontor=x;b=2", RC_OK},
	    {"__Host-kontor", RC_INPUT},
	    {"__Host-kontor=", RC_INPUT},
	    {"__Host-kontor =x", RC_INPUT},
	    {"__Host-kontor=x; __Host-kontor=x", RC_INPUT},
	    {"__Host-kontor=x; __Host-kontor=y", RC_INPUT},
	    {"__Host-kontor=x; a=b; __Host-kontor =y", RC_INPUT},
	};
	struct span token;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum rc rc =
		    session_cookie(span_of(cases[i].cookies), &token, NULL);

		assert_int_equal(rc, cases[i].rc);
		if (rc == RC_OK)
			assert_true(span_is(token, "x"));
	}
}

static void
HT9_binds_form_tokens_to_session_and_key(void **state)
{
	struct span key = SPAN("0123456789abcdef0123456789abcdef");
	struct span other = SPAN("0123456789abcdef0123456789abcdeX");
	char t[CSRF_SIZE], u[CSRF_SIZE];

	(void)state;
	csrf_make(key, "session one", t);
	csrf_make(key, "session one", u);
	assert_string_not_equal(t, u);
	assert_true(csrf_is(key, "session one", span_of(t)));
	assert_true(csrf_is(key, "session one", span_of(u)));
	assert_false(csrf_is(key, "session two", span_of(t)));
	assert_false(csrf_is(other, "session one", span_of(t)));
	assert_false(csrf_is(key, "session one", span_of("")));
	assert_false(csrf_is(key, "session one", span_sub(span_of(t), 0, 63)));
	t[20] = t[20] == 'A' ? 'B' : 'A';
	assert_false(csrf_is(key, "session one", span_of(t)));
}

static void
HT9_takes_our_origin_only(void **state)
{
	static const struct {
		const char *origin, *site;
		bool ok;
	} cases[] = {
	    {ISSUER, "", true},
	    {ISSUER, "same-origin", true},
	    {"", "same-origin", true},
	    {"", "", false},
	    {"", "none", false},
	    {"", "same-site", false},
	    {"", "cross-site", false},
	    {"null", "same-origin", false},
	    {"https://portal.example.evil.example", "", false},
	    {"http://portal.example", "", false},
	    {"https://portal.example:8443", "", false},
	    {"https://evil.example", "same-origin", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    csrf_origin_is(ISSUER, span_of(cases[i].origin),
			span_of(cases[i].site)),
		    cases[i].ok);
}

#define TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* A client with one key, and a sound request of it. */
struct client {
	struct key key;
	struct jwt_public public;
	struct token_client client;
	struct token_request request;
};

static struct span
assertion(struct world *w, const struct client *c, const char *iss,
    const char *sub, const char *aud, const char *rest)
{
	return token_raw(w->a, good_header(w->a, c->key.thumbprint),
	    arena_printf(w->a,
		"{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\"%s}", iss, sub,
		aud, rest),
	    c->key.private_pem);
}

#define REST ",\"jti\":\"a1\",\"iat\":1800000000,\"exp\":1800000300"

static struct client *
client_new(struct world *w)
{
	struct client *c = ARENA_NEW(w->a, struct client);

	assert_int_equal(key_make(w->a, &c->key, NULL), RC_OK);
	c->public = (struct jwt_public){
	    .kid = c->key.thumbprint, .pem = c->key.public_pem};
	c->client = (struct token_client){.id = SPAN("c1"),
	    .portal = SPAN("distributor"),
	    .scope = SPAN("orders.read documents.write"),
	    .keys = &c->public,
	    .nkeys = 1};
	c->request =
	    (struct token_request){.grant_type = SPAN("client_credentials"),
		.client_assertion_type = SPAN(TYPE),
		.client_assertion = assertion(w, c, "c1", "c1", ISSUER, REST)};
	return c;
}

static const char *
check(struct world *w, const struct client *c, struct span token)
{
	static struct err err;
	struct token_request r = c->request;
	struct token_assertion got;

	err = (struct err){0};
	r.client_assertion = token;
	return token_assertion_check(
		   &r, &c->client, ISSUER, NOW, w->a, &got, &err) == RC_OK
		   ? "ok"
		   : err.code;
}

static void
AU10_takes_a_sound_assertion(void **state)
{
	struct world *w = *state;
	struct client *c = client_new(w);
	struct token_assertion got;
	struct span claimed;

	assert_int_equal(
	    token_request_check(&c->request, w->a, &claimed, NULL), RC_OK);
	assert_true(span_is(claimed, "c1"));
	assert_int_equal(token_assertion_check(&c->request, &c->client, ISSUER,
			     NOW, w->a, &got, NULL),
	    RC_OK);
	assert_int_equal(got.expires, NOW + 300);
	assert_int_equal(strlen(got.jti_hash), 64);
}

static void
AU10_refuses_an_assertion_with_any_field_wrong(void **state)
{
	struct world *w = *state;
	struct client *c = client_new(w);
	const struct {
		const char *iss, *sub, *aud, *rest, *code;
	} cases[] = {
	    {"c2", "c1", ISSUER, REST, "auth.token.issuer"},
	    {"c1", "c2", ISSUER, REST, "auth.token.issuer"},
	    {"c2", "c2", ISSUER, REST, "token.client"},
	    {"c1", "c1", ISSUER "/", REST, "auth.token.audience"},
	    {"c1", "c1", ISSUER "/api/v1/token", REST, "auth.token.audience"},
	    {"c1", "c1", ISSUER,
		",\"jti\":\"a\",\"iat\":1800000000,\"exp\":1800000301",
		"token.assertion"},
	    {"c1", "c1", ISSUER,
		",\"jti\":\"a\",\"iat\":1799999000,\"exp\":1799999940",
		"auth.token.expired"},
	    {"c1", "c1", ISSUER,
		",\"jti\":\"a\",\"iat\":1800000061,\"exp\":1800000300",
		"auth.token.time"},
	    {"c1", "c1", ISSUER, ",\"jti\":\"a\",\"exp\":1800000300",
		"auth.token.claims"},
	    {"c1", "c1", ISSUER, ",\"jti\":\"a\",\"iat\":1800000000",
		"auth.token.claims"},
	    {"c1", "c1", ISSUER, ",\"iat\":1800000000,\"exp\":1800000300",
		"auth.token.claims"},
	    {"c1", "c1", ISSUER,
		",\"jti\":\"\",\"iat\":1800000000,\"exp\":1800000300",
		"auth.token.claims"},
	    {"c1", "c1", ISSUER, REST ",\"use\":\"access\"", "auth.token.use"},
	    {"c1", "c1", ISSUER, REST ",\"nbf\":1800000061", "auth.token.time"},
	    {"c1", "c1", ISSUER, REST ",\"use\":\"assertion\"", "ok"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    check(w, c,
			assertion(w, c, cases[i].iss, cases[i].sub,
			    cases[i].aud, cases[i].rest)),
		    cases[i].code);
}

static void
AU10_refuses_keys_that_are_not_registered(void **state)
{
	struct world *w = *state;
	struct client *c = client_new(w), *d = client_new(w);
	struct span stolen = token_raw(w->a,
	    good_header(w->a, c->key.thumbprint),
	    "{\"iss\":\"c1\",\"sub\":\"c1\",\"aud\":\"" ISSUER "\"" REST "}",
	    d->key.private_pem);

	assert_string_equal(check(w, c, stolen), "auth.token.signature");
	assert_string_equal(
	    check(w, c, d->request.client_assertion), "auth.token.key");
	/* Our own tokens are no assertions. */
	c->client.nkeys = 0;
	assert_string_equal(
	    check(w, c, c->request.client_assertion), "auth.token.key");
}

static void
refuses_malformed_token_requests(void **state)
{
	struct world *w = *state;
	struct client *c = client_new(w);
	struct token_request r = c->request;
	struct span who;
	struct err err;

	r.grant_type = span_of("password");
	assert_int_equal(token_request_check(&r, w->a, &who, &err), RC_INPUT);
	assert_string_equal(err.code, "token.grant_type");
	r = c->request;
	r.client_assertion_type = span_of("");
	assert_int_equal(token_request_check(&r, w->a, &who, &err), RC_INPUT);
	r = c->request;
	r.client_assertion = span_of("");
	assert_int_equal(token_request_check(&r, w->a, &who, &err), RC_INPUT);
	assert_int_equal(token_error_status(&err), 400);
	r.client_assertion = span_of("a.b.c");
	assert_int_equal(token_request_check(&r, w->a, &who, &err), RC_DENIED);
	assert_int_equal(token_error_status(&err), 401);
	r = c->request;
	r.client_id = span_of("c2");
	assert_int_equal(token_request_check(&r, w->a, &who, &err), RC_DENIED);
	assert_string_equal(err.code, "token.client");
}

static void
SE4_gives_access_tokens_with_what_was_asked_and_allowed(void **state)
{
	struct world *w = *state;
	struct client *c = client_new(w);
	static const struct {
		const char *wish, *got;
	} cases[] = {
	    {"", "orders.read documents.write"},
	    {"orders.read", "orders.read"},
	    {"documents.write orders.read", "documents.write orders.read"},
	    {"orders", NULL},
	    {"orders.read ", NULL},
	    {" orders.read", NULL},
	    {"orders.read admin", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct token_access t;
		struct jwt_claims claims;
		struct err err = {0};
		enum rc rc = token_access_make(w->keys, &c->client,
		    span_of(cases[i].wish), NOW, w->a, &t, &err);

		if (cases[i].got == NULL) {
			assert_int_equal(rc, RC_INPUT);
			assert_string_equal(err.code, "token.scope");
			continue;
		}
		assert_int_equal(rc, RC_OK);
		assert_int_equal(jwt_verify(w->keys, JWT_USE_ACCESS, t.token,
				     NOW, w->a, &claims, NULL),
		    RC_OK);
		assert_true(span_is(claims.scope, cases[i].got));
		assert_true(span_is(claims.sub, "c1"));
		assert_true(span_is(claims.client_id, "c1"));
		assert_true(span_is(claims.portal, "distributor"));
		assert_true(claims.exp - claims.iat <= 600);
		assert_string_equal(claims.jti_hash, t.hash);
	}
}

static void
answers_as_RFC_6749_says(void **state)
{
	struct world *w = *state;
	struct err err;
	struct buf b;
	json_t *o;

	buf_init(&b, 4096);
	(void)err_set(&err, RC_DENIED, "auth.token.signature", "secret why");
	token_error(&err, &b);
	assert_non_null(strstr(b.p, "\"invalid_client\""));
	assert_null(strstr(b.p, "secret why"));
	buf_reset(&b);
	(void)err_set(&err, RC_AWAY, "db.away", "x");
	token_error(&err, &b);
	assert_non_null(strstr(b.p, "temporarily_unavailable"));
	assert_int_equal(token_error_status(&err), 503);
	buf_reset(&b);
	token_metadata(ISSUER, &b);
	assert_int_equal(repr_json_read(buf_span(&b), w->a, &o, NULL), RC_OK);
	assert_string_equal(
	    repr_json_str(o, "token_endpoint"), ISSUER "/api/v1/token");
	assert_string_equal(repr_json_str(o, "issuer"), ISSUER);
	buf_done(&b);
}

static void
SE8_takes_tokens_from_the_bearer_scheme_only(void **state)
{
	static const struct {
		const char *header;
		enum rc rc;
	} cases[] = {
	    {"", RC_ABSENT},
	    {"Bearer abc", RC_OK},
	    {"bearer  abc", RC_OK},
	    {"Bearer", RC_INPUT},
	    {"Bearer ", RC_INPUT},
	    {"Basic abc", RC_INPUT},
	    {"Bearer abc abc", RC_INPUT},
	    {"Bearerabc", RC_INPUT},
	};
	struct span token;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum rc rc =
		    token_bearer(span_of(cases[i].header), &token, NULL);

		assert_int_equal(rc, cases[i].rc);
		if (rc == RC_OK)
			assert_true(span_is(token, "abc"));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(SE1_makes_a_session_and_reads_it_back),
	    TEST(SE1_finds_its_cookie_by_exact_name_and_once_only),
	    TEST(HT9_binds_form_tokens_to_session_and_key),
	    TEST(HT9_takes_our_origin_only),
	    TEST(AU10_takes_a_sound_assertion),
	    TEST(AU10_refuses_an_assertion_with_any_field_wrong),
	    TEST(AU10_refuses_keys_that_are_not_registered),
	    TEST(refuses_malformed_token_requests),
	    TEST(SE4_gives_access_tokens_with_what_was_asked_and_allowed),
	    TEST(answers_as_RFC_6749_says),
	    TEST(SE8_takes_tokens_from_the_bearer_scheme_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
