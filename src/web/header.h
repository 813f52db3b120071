/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of request headers: what is asked for, what is known already, what
 * the body is. Pure; malformed values are refused or ignored as each function
 * says, never guessed.
 */
#ifndef WEB_HEADER_H
#define WEB_HEADER_H

#include "base/arena.h"
#include "base/err.h"

enum web_format {
	FORMAT_JSON,
	FORMAT_HTML,
	FORMAT_XML,
	FORMAT_CSV,
	FORMAT_BYTES, /* the stored document itself */
	FORMATS
};

/* The media type that an answer carries, with its charset. */
const char *format_type(enum web_format f);

/*
 * The best of n offers, first one first among equals (RFC 9110 section
 * 12.5.1). An empty header takes the first. False when none is acceptable.
 */
bool accept_pick(struct span accept, const enum web_format *offers, size_t n,
    enum web_format *out);

/* The best of "en" and "de" for an Accept-Language header; "en" if neither. */
const char *language_pick(struct span accept_language);

/* Whether an If-None-Match header names the tag ("*" or weak comparison). */
bool etag_match(struct span if_none_match, struct span etag);

/*
 * The version that an If-Match header names: our tags are "7" or "7-<hash>".
 *
 * RC_ABSENT  http.if_match.absent  no header, or "*"
 * RC_INPUT   http.if_match         not one of our tags
 */
enum rc if_match_read(
    struct span if_match, long long *version, struct err *err) MUST_USE;

/* Seconds of `wait=N` in a Prefer header, at most max; 0 when there is none.
 */
int prefer_wait(struct span prefer, int max);

/*
 * An Idempotency-Key: 1 to 128 visible ASCII characters, with or without
 * quotes.
 *
 * RC_INPUT  http.idempotency_key
 */
enum rc idempotency_read(
    struct span header, struct span *key, struct err *err) MUST_USE;

/* A trace id as nginx makes it or takes it from traceparent: 32 lower-case hex
 * digits; empty if malformed. */
struct span trace_id(struct span header);

/* A media type without parameters, lower case; *charset as sent or empty. */
struct span media_type(
    struct span content_type, struct arena *a, struct span *charset);

/* Whether this is "type/subtype" and nothing else. */
bool media_type_is(struct span s);

/*
 * The value of a cookie in a Cookie header by its exact name.
 *
 * RC_ABSENT  cookie.absent
 * RC_INPUT   cookie.duplicate
 */
enum rc cookie_find(struct span cookies, const char *name, struct span *out,
    struct err *err) MUST_USE;

#endif
