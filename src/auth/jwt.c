/* SPDX-License-Identifier: Apache-2.0
 *
 * The only caller of libjwt. libjwt believes a token's header, checks no
 * claim and parses its key at every call, so jwt_form.c stands around it and
 * jwt_cache.c before it.
 */
#include <stdlib.h>
#include <string.h>

#include <jwt.h>

#include "auth/jwt_inside.h"
#include "repr/json.h"

#define SESSION_LIFE (12 * 60 * 60)
#define ACCESS_LIFE (10 * 60)
#define ASSERTION_LIFE (60 * 60) /* token.c looks closer */
#define INVITE_LIFE (24 * 60 * 60)

static const int64_t LIFE[JWT_USES] = {
    [JWT_USE_SESSION] = SESSION_LIFE,
    [JWT_USE_ACCESS] = ACCESS_LIFE,
    [JWT_USE_ASSERTION] = ASSERTION_LIFE,
    [JWT_USE_INVITE] = INVITE_LIFE,
};

static json_t *
claims_json(const struct jwt_claims *c, enum jwt_use use, struct arena *a)
{
	const struct {
		const char *name;
		struct span value;
	} texts[] = {
	    {"iss", c->iss},
	    {"aud", c->aud},
	    {"sub", c->sub},
	    {"client_id", c->client_id},
	    {"scope", c->scope},
	    {"portal", c->portal},
	    {"partner", c->partner},
	    {"jti", c->jti},
	};
	json_t *o = repr_json_object(a);

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].value.n)
			repr_json_set(o, texts[i].name,
			    repr_json_string(a, texts[i].value));
	repr_json_set_int(o, "iat", c->iat);
	repr_json_set_int(o, "nbf", c->iat);
	repr_json_set_int(o, "exp", c->exp);
	repr_json_set_str(o, "use", jwt_use_name(use));
	return o;
}

static enum rc
sign(const char *pem, const char *kid, const char *claims, struct buf *out,
    struct err *err)
{
	jwt_t *t = NULL;
	char *text = NULL;

	if (jwt_new(&t) == 0 &&
	    jwt_set_alg(t, JWT_ALG_ES256, (const unsigned char *)pem,
		(int)strlen(pem)) == 0 &&
	    jwt_add_header(t, "kid", kid) == 0 &&
	    jwt_add_grants_json(t, claims) == 0)
		text = jwt_encode_str(t);
	if (text)
		buf_puts(out, text);
	free(text); /* libjwt's memory */
	jwt_free(t);
	if (text == NULL || out->full)
		return err_set(err, RC_FAULT, "jwt.sign",
		    "a token could not be signed with key %s", kid);
	return RC_OK;
}

static enum rc
sign_claims(const char *pem, const char *kid, const struct jwt_claims *c,
    enum jwt_use use, struct buf *out, struct err *err)
{
	struct arena *a = arena_new();
	struct buf text;
	enum rc rc;

	buf_init(&text, JWT_MAX);
	repr_json_write(claims_json(c, use, a), &text);
	buf_putc(&text, '\0');
	rc = text.full ? err_set(err, RC_FAULT, "jwt.sign", "claims too long")
		       : sign(pem, kid, text.p, out, err);
	buf_done(&text);
	arena_free(a);
	return rc;
}

enum rc
jwt_sign(const struct jwt_keys *k, enum jwt_use use, const struct jwt_claims *c,
    struct buf *out, struct err *err)
{
	const struct key *key = jwt_keys_signing(k, use);
	struct jwt_claims full = *c;

	if (key == NULL)
		return err_set(err, RC_FAULT, "jwt.sign", "no key for %s",
		    jwt_use_name(use));
	full.iss = span_of(k->issuer);
	full.aud = span_of(k->audience[use]);
	return sign_claims(
	    key->private_pem, key->thumbprint, &full, use, out, err);
}

enum rc
jwt_sign_assertion(const char *pem, const char *kid, const struct jwt_claims *c,
    const char *issuer, struct buf *out, struct err *err)
{
	struct jwt_claims full = *c;

	full.iss = c->sub;
	full.aud = span_of(issuer);
	return sign_claims(pem, kid, &full, JWT_USE_ASSERTION, out, err);
}

static enum rc
signature_check(
    struct span token, const char *pem, struct arena *a, struct err *err)
{
	jwt_t *t = NULL;
	int bad = jwt_decode(&t, arena_str(a, token),
	    (const unsigned char *)pem, (int)strlen(pem));

	/* Never what the header says: what libjwt really did. */
	if (!bad && jwt_get_alg(t) != JWT_ALG_ES256)
		bad = -1;
	jwt_free(t);
	if (bad)
		return err_set(err, RC_DENIED, "auth.token.signature",
		    "the signature does not hold");
	return RC_OK;
}

static enum rc
verify(struct span token, const struct jwt_form *form, const char *pem,
    const struct jwt_rule *rule, int64_t now, struct arena *a,
    struct jwt_claims *out, struct err *err)
{
	enum rc rc;

	if (pem == NULL)
		return err_set(err, RC_DENIED, "auth.token.key",
		    "no key of ours for this use has that kid");
	rc = signature_check(token, pem, a, err);
	if (rc == RC_OK)
		rc = jwt_claims_read(form->payload, rule, a, out, err);
	if (rc == RC_OK)
		rc = jwt_times_check(out, now, err);
	return rc;
}

static const char *
own_pem(const struct jwt_keys *k, enum jwt_use use, struct span kid)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->own[i].use == use &&
		    span_is(kid, k->own[i].key.thumbprint))
			return k->own[i].key.public_pem;
	return NULL;
}

enum rc
jwt_verify(struct jwt_keys *k, enum jwt_use use, struct span token, int64_t now,
    struct arena *a, struct jwt_claims *out, struct err *err)
{
	const struct jwt_rule rule = {
	    .use = use,
	    .issuer = k->issuer,
	    .audience = k->audience[use],
	    .life = LIFE[use],
	};
	struct jwt_claims c;
	struct jwt_form form;
	enum rc rc;

	if (token.n <= JWT_MAX &&
	    jwt_cache_get(k->cache, use, token, now, a, &c)) {
		rc = jwt_times_check(&c, now, err);
	} else {
		rc = jwt_form_read(token, a, &form, err);
		if (rc == RC_OK)
			rc = verify(token, &form, own_pem(k, use, form.kid),
			    &rule, now, a, &c, err);
		if (rc == RC_OK)
			jwt_cache_put(k->cache, use, token, now, &c);
	}
	if (rc == RC_OK)
		*out = c;
	return rc;
}

enum rc
jwt_verify_assertion(const struct jwt_public *keys, size_t n,
    const char *issuer, struct span token, int64_t now, struct arena *a,
    struct jwt_claims *out, struct err *err)
{
	const struct jwt_rule rule = {
	    .use = JWT_USE_ASSERTION,
	    .audience = issuer,
	    .life = LIFE[JWT_USE_ASSERTION],
	    .lax = true,
	};
	const char *pem = NULL;
	struct jwt_claims c;
	struct jwt_form form;
	struct key key;
	enum rc rc = jwt_form_read(token, a, &form, err);

	if (rc != RC_OK)
		return rc;
	/* libjwt takes keys on any curve; so look first. */
	for (size_t i = 0; i < n; i++)
		if (span_is(form.kid, keys[i].kid) &&
		    key_read(span_of(keys[i].pem), a, &key, NULL) == RC_OK)
			pem = key.public_pem;
	rc = verify(token, &form, pem, &rule, now, a, &c, err);
	if (rc == RC_OK)
		*out = c;
	return rc;
}

enum rc
jwt_claimed_subject(
    struct span token, struct arena *a, struct span *sub, struct err *err)
{
	struct jwt_form form;
	const char *text;
	json_t *o;
	enum rc rc = jwt_form_read(token, a, &form, err);

	if (rc != RC_OK)
		return rc;
	if (repr_json_read(form.payload, a, &o, NULL) != RC_OK ||
	    (text = repr_json_str(o, "sub")) == NULL || *text == '\0')
		return err_set(err, RC_DENIED, "auth.token.claims",
		    "the claims name no sub");
	*sub = span_of(text);
	return RC_OK;
}
