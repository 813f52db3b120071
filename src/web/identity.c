/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "auth/csrf.h"
#include "auth/session.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/digest.h"
#include "web/app.h"
#include "web/identity.h"

static int64_t
now(void)
{
	return clock_wall() / 1000000;
}

static enum rc
read_session(struct flow *f, struct err *err)
{
	struct session s;
	enum rc rc = session_read(app.keys, f->rq.cookie, now(), f->a, &s, err);

	if (rc != RC_OK)
		return rc;
	f->id.portal = door_of_portal(s.portal);
	f->id.person = s.person;
	f->id.partner = s.partner;
	f->id.expires = s.expires;
	memcpy(f->id.hash, s.hash, sizeof f->id.hash);
	return RC_OK;
}

static enum rc
read_token(struct flow *f, struct err *err)
{
	struct jwt_claims c;
	struct span token;
	enum rc rc = token_bearer(f->rq.authorization, &token, err);

	if (rc == RC_OK)
		rc = jwt_verify(
		    app.keys, JWT_USE_ACCESS, token, now(), f->a, &c, err);
	if (rc != RC_OK)
		return rc;
	f->id.machine = true;
	f->id.portal = door_of_portal(c.portal);
	f->id.person = c.client_id;
	f->id.partner = c.partner;
	f->id.expires = c.exp;
	memcpy(f->id.hash, c.jti_hash, sizeof f->id.hash);
	return RC_OK;
}

enum rc
identity_read(struct flow *f, struct err *err)
{
	enum rc rc = f->rq.path.door == DOOR_API ? read_token(f, err)
						 : read_session(f, err);

	if (rc == RC_OK && f->id.portal == DOOR_ROOT)
		rc = err_set(
		    err, RC_DENIED, "auth.token.claims", "no known portal");
	if (rc == RC_OK)
		return RC_OK;
	f->id = (struct identity){0};
	/* Why a token is refused is nobody's business but the log's. */
	if (rc == RC_DENIED)
		return err_set(err, RC_DENIED,
		    f->rq.path.door == DOOR_API ? "token.invalid"
						: "session.ended",
		    "token refused");
	if (rc == RC_ABSENT && err)
		err->rc = RC_DENIED;
	return RC_DENIED;
}

void
identity_try(struct flow *f)
{
	if (read_session(f, NULL) != RC_OK)
		f->id = (struct identity){0};
}

static void
put_version(struct flow *f, json_t *who)
{
	long long version;

	if (if_match_read(f->rq.if_match, &version, NULL) == RC_OK)
		repr_json_set_int(who, "if_match", version);
}

/* What a repeat must have in common with the first: the object is named by
 * the path, so the body alone would let one key's answer stand for another. */
static void
repeat_digest(const struct web_request *rq, char hex[DIGEST_HEX_SIZE])
{
	struct buf b;

	digest_hex(rq->body, hex);
	buf_init(&b, 16384);
	buf_put(&b, rq->target);
	buf_puts(&b, "?");
	buf_put(&b, rq->query);
	buf_puts(&b, "\n");
	buf_puts(&b, hex);
	digest_hex(buf_span(&b), hex);
	buf_done(&b);
}

static void
put_repeat(struct flow *f, json_t *who)
{
	char hex[DIGEST_HEX_SIZE];
	struct span key;

	if (f->rq.idempotency_key.n == 0 ||
	    idempotency_read(f->rq.idempotency_key, &key, NULL) != RC_OK)
		return;
	repeat_digest(&f->rq, hex);
	repr_json_set(who, "idempotency_key", repr_json_string(f->a, key));
	repr_json_set_str(who, "body_sha256", hex);
}

struct span
identity_who(struct flow *f)
{
	json_t *who = repr_json_object(f->a);
	struct buf b;
	struct span s;

	if (f->id.hash[0])
		repr_json_set_str(
		    who, f->id.machine ? "token" : "session", f->id.hash);
	if (f->rq.real_ip.n)
		repr_json_set(who, "ip", repr_json_string(f->a, f->rq.real_ip));
	repr_json_set_str(who, "lang", f->lang);
	repr_json_set_str(who, "trace", f->rq.trace);
	repr_json_set_str(who, "channel", f->id.machine ? "api" : "portal");
	put_version(f, who);
	if (f->rq.method != WEB_GET && f->rq.method != WEB_HEAD)
		put_repeat(f, who);
	buf_init(&b, 8192);
	repr_json_write(who, &b);
	s = arena_span(f->a, buf_span(&b));
	buf_done(&b);
	return s;
}

enum rc
identity_proves(struct flow *f, struct span form_token, struct err *err)
{
	if (!csrf_origin_is(app.base_url, f->rq.origin, f->rq.sec_fetch_site))
		return err_set(err, RC_DENIED, "csrf.origin",
		    "the request does not come from our own pages");
	if (!csrf_is(app.form_key, f->id.hash, form_token))
		return err_set(err, RC_DENIED, "csrf.token",
		    "the form's token is of another session");
	return RC_OK;
}
