/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "auth/session.h"

#define ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Lax"

void
session_id_make(struct session_id *out)
{
	unsigned char raw[32];
	struct buf b;

	digest_random(raw, sizeof raw);
	buf_init(&b, sizeof out->jti);
	digest_to_base64url(&b, span_make(raw, sizeof raw));
	memcpy(out->jti, b.p, sizeof out->jti);
	buf_done(&b);
	digest_hex(span_of(out->jti), out->hash);
}

enum rc
session_make(const struct jwt_keys *k, const struct session_id *id,
    const struct session_owner *owner, int64_t now, struct arena *a,
    struct session *out, struct err *err)
{
	struct jwt_claims c = {
	    .sub = owner->person,
	    .portal = owner->portal,
	    .partner = owner->partner,
	    .jti = span_of(id->jti),
	    .iat = now,
	    .exp = now + SESSION_SECONDS,
	};
	struct buf b;
	enum rc rc;

	buf_init(&b, JWT_MAX);
	rc = jwt_sign(k, JWT_USE_SESSION, &c, &b, err);
	if (rc == RC_OK) {
		*out = (struct session){
		    .token = arena_span(a, buf_span(&b)),
		    .person = arena_span(a, owner->person),
		    .portal = arena_span(a, owner->portal),
		    .partner = arena_span(a, owner->partner),
		    .expires = c.exp,
		};
		memcpy(out->hash, id->hash, sizeof out->hash);
	}
	buf_done(&b);
	return rc;
}

enum rc
session_cookie(struct span cookies, struct span *token, struct err *err)
{
	struct span rest = cookies, found = {0};

	while (rest.p) {
		struct span value = span_trim(span_cut(&rest, ';'));
		struct span name = span_cut(&value, '=');

		/* A blank before "=" must not hide a second cookie. */
		if (!span_is(span_trim(name), SESSION_COOKIE))
			continue;
		if (found.p || value.n == 0 || name.n != strlen(SESSION_COOKIE))
			return err_set(err, RC_INPUT, "session.cookie",
			    "the cookie %s is there twice or malformed",
			    SESSION_COOKIE);
		found = value;
	}
	if (found.p == NULL)
		return err_set(
		    err, RC_ABSENT, "session.absent", "no session cookie");
	*token = found;
	return RC_OK;
}

enum rc
session_read(struct jwt_keys *k, struct span cookies, int64_t now,
    struct arena *a, struct session *out, struct err *err)
{
	struct jwt_claims c;
	struct span token;
	enum rc rc = session_cookie(cookies, &token, err);

	if (rc == RC_OK)
		rc = jwt_verify(k, JWT_USE_SESSION, token, now, a, &c, err);
	if (rc != RC_OK)
		return rc;
	*out = (struct session){
	    .token = token,
	    .person = c.sub,
	    .portal = c.portal,
	    .partner = c.partner,
	    .expires = c.exp,
	};
	memcpy(out->hash, c.jti_hash, sizeof out->hash);
	return RC_OK;
}

void
session_cookie_set(const struct session *s, struct buf *out)
{
	buf_puts(out, SESSION_COOKIE "=");
	buf_put(out, s->token);
	buf_printf(out, ATTRIBUTES "; Max-Age=%d", SESSION_SECONDS);
}

void
session_cookie_end(struct buf *out)
{
	buf_puts(out, SESSION_COOKIE "=" ATTRIBUTES "; Max-Age=0");
}
