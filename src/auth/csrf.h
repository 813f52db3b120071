/* SPDX-License-Identifier: Apache-2.0
 *
 * What a changing request with a cookie must bring along (HT-9): the form
 * token of its session, and an Origin that is ours.
 */
#ifndef AUTH_CSRF_H
#define AUTH_CSRF_H

#include "base/err.h"
#include "base/span.h"

/* 16 random bytes and 32 of MAC in base64url, and a NUL. */
#define CSRF_SIZE 65

/*
 * A form token; differs at each call, so that compressing a page betrays
 * nothing.
 *
 * key      the secret of setting form_key, at least 32 bytes
 * session  struct session .hash
 */
void csrf_make(struct span key, const char *session, char out[CSRF_SIZE]);

/* Whether the token was made with this key for the session. */
bool csrf_is(struct span key, const char *session, struct span token) MUST_USE;

/*
 * Whether a request comes from our own pages. origin is the Origin header,
 * site the Sec-Fetch-Site header, both may be empty. Origin must be ours
 * exactly ("https://portal.example:8443"); "null" is refused. Without Origin,
 * Sec-Fetch-Site must be same-origin.
 */
bool csrf_origin_is(
    const char *ours, struct span origin, struct span site) MUST_USE;

#endif
