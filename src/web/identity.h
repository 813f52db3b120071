/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is calling: a person by the session cookie on a portal's door, a machine
 * by a bearer token on the API's; the two never mix. Proves only that we made
 * the token; whether session or token still stand is decided by api.call.
 */
#ifndef WEB_IDENTITY_H
#define WEB_IDENTITY_H

#include "web/flow.h"

/*
 * Fills f->id from the headers.
 *
 * RC_DENIED  session.absent, session.cookie, session.ended, token.absent,
 *            token.header, token.invalid: all of them are answered 401
 */
enum rc identity_read(struct flow *f, struct err *err) MUST_USE;

/* The session of a page that needs none (login); leaves f->id empty if there
 * is none. */
void identity_try(struct flow *f);

/* {"session"|"token", ip, lang, trace, channel, idempotency_key, if_match,
 * body_sha256}: the `who` of api.call. Lives in f->a. */
struct span identity_who(struct flow *f);

/*
 * Whether a change by cookie comes from our own form or script (HT-9).
 *
 * RC_DENIED  csrf.origin, csrf.token
 */
enum rc identity_proves(
    struct flow *f, struct span form_token, struct err *err) MUST_USE;

#endif
