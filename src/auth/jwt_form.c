/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks around libjwt: before it sees a token, and after.
 */
#include <string.h>

#include "auth/jwt_inside.h"
#include "repr/json.h"

/* Later than any sensible time, and far from overflow. */
#define TIME_MAX ((int64_t)1 << 40)
#define SIGNATURE_SIZE 64

static enum rc
refuse(struct err *err, const char *code, const char *text)
{
	return err_set(err, RC_DENIED, code, "%s", text);
}

static bool
is_url_alphabet(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return s.n > 0;
}

/* The text of a member that must be a non-empty string. */
static struct span
text(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_string(v))
		return (struct span){0};
	return span_make(json_string_value(v), json_string_length(v));
}

static bool
header_members_known(json_t *header)
{
	const char *name;
	json_t *value;

	/* Not crit, jwk, jku, x5u, x5c, zip or anything else. */
	json_object_foreach(header, name,
	    value) if (strcmp(name, "alg") && strcmp(name, "typ") &&
		       strcmp(name, "kid")) return false;
	return true;
}

static enum rc
header_check(
    struct span raw, struct arena *a, struct span *kid, struct err *err)
{
	json_t *header;

	if (repr_json_read(raw, a, &header, NULL) != RC_OK ||
	    !json_is_object(header))
		return refuse(err, "auth.token.header",
		    "the header is not a JSON object, or names a member twice");
	if (!header_members_known(header))
		return refuse(err, "auth.token.header",
		    "the header may hold alg, typ and kid only");
	if (!span_is(text(header, "alg"), "ES256"))
		return refuse(err, "auth.token.algorithm", "alg must be ES256");
	if (!span_is(text(header, "typ"), "JWT"))
		return refuse(err, "auth.token.type", "typ must be JWT");
	*kid = text(header, "kid");
	if (kid->n == 0 || kid->n > JWT_KID_MAX)
		return refuse(err, "auth.token.key", "no usable kid");
	return RC_OK;
}

enum rc
jwt_form_read(
    struct span token, struct arena *a, struct jwt_form *out, struct err *err)
{
	struct span rest = token, raw[3];

	if (token.n > JWT_MAX)
		return refuse(err, "auth.token.size", "longer than 8192 bytes");
	for (size_t i = 0; i < 3; i++) {
		struct span part = span_cut(&rest, '.');

		if (!is_url_alphabet(part) ||
		    !digest_from_base64url(part, a, &raw[i]))
			return refuse(err, "auth.token.form",
			    "expected three parts of base64url without "
			    "padding");
	}
	if (rest.p)
		return refuse(err, "auth.token.form", "more than three parts");
	if (raw[2].n != SIGNATURE_SIZE)
		return refuse(err, "auth.token.signature",
		    "an ES256 signature has 64 bytes");
	out->payload = raw[1];
	return header_check(raw[0], a, &out->kid, err);
}

static bool
time_read(const json_t *o, const char *name, bool needed, int64_t *out)
{
	const json_t *v = json_object_get(o, name);

	*out = 0;
	if (v == NULL)
		return !needed;
	if (!json_is_integer(v))
		return false;
	*out = json_integer_value(v);
	return *out > 0 && *out < TIME_MAX;
}

static enum rc
times_read(const json_t *o, const struct jwt_rule *rule, struct jwt_claims *c,
    struct err *err)
{
	if (!time_read(o, "exp", true, &c->exp) ||
	    !time_read(o, "iat", true, &c->iat) ||
	    !time_read(o, "nbf", !rule->lax, &c->nbf))
		return refuse(err, "auth.token.claims",
		    "exp, iat and nbf must be whole numbers of seconds");
	if (c->exp <= c->iat || c->exp - c->iat > rule->life)
		return refuse(err, "auth.token.time",
		    "exp is not after iat, or too long after it");
	return RC_OK;
}

static enum rc
parties_check(const struct jwt_claims *c, const struct jwt_rule *rule,
    const json_t *o, struct err *err)
{
	struct span use = text(o, "use");

	if (c->sub.n == 0 || c->jti.n == 0)
		return refuse(
		    err, "auth.token.claims", "sub and jti are needed");
	if (rule->issuer ? !span_is(c->iss, rule->issuer)
			 : !span_eq(c->iss, c->sub))
		return refuse(
		    err, "auth.token.issuer", "iss is not as expected");
	if (!span_is(c->aud, rule->audience))
		return refuse(
		    err, "auth.token.audience", "aud is not as expected");
	if (rule->lax && json_object_get(o, "use") == NULL)
		return RC_OK;
	if (!span_is(use, jwt_use_name(rule->use)))
		return refuse(err, "auth.token.use", "made for another use");
	return RC_OK;
}

enum rc
jwt_claims_read(struct span payload, const struct jwt_rule *rule,
    struct arena *a, struct jwt_claims *out, struct err *err)
{
	struct jwt_claims c = {0};
	enum rc rc;
	json_t *o;

	if (repr_json_read(payload, a, &o, NULL) != RC_OK || !json_is_object(o))
		return refuse(err, "auth.token.claims",
		    "the claims are not a JSON object, or name a member "
		    "twice");
	c.iss = text(o, "iss");
	c.aud = text(o, "aud");
	c.sub = text(o, "sub");
	c.jti = text(o, "jti");
	c.client_id = text(o, "client_id");
	c.scope = text(o, "scope");
	c.portal = text(o, "portal");
	c.partner = text(o, "partner");
	rc = times_read(o, rule, &c, err);
	if (rc == RC_OK)
		rc = parties_check(&c, rule, o, err);
	if (rc != RC_OK)
		return rc;
	digest_hex(c.jti, c.jti_hash);
	*out = c;
	return RC_OK;
}

enum rc
jwt_times_check(const struct jwt_claims *c, int64_t now, struct err *err)
{
	if (c->exp + JWT_SKEW <= now)
		return refuse(err, "auth.token.expired", "expired");
	if (c->iat > now + JWT_SKEW || c->nbf > now + JWT_SKEW)
		return refuse(
		    err, "auth.token.time", "not valid yet (iat, nbf)");
	return RC_OK;
}
