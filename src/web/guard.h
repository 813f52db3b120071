/* SPDX-License-Identifier: Apache-2.0
 *
 * The ingress guard's rules (HT-2, HT-3, HT-4, HT-6): is the head of a request
 * unambiguous, within the limits, and is its body allowed? Runs on the raw
 * bytes before Kore's lenient parser sees them. Pure.
 */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include "base/span.h"

#define GUARD_HEAD_MAX 16384
#define GUARD_HEADERS_MAX 22 /* Kore drops what follows the 23rd silently */
#define GUARD_TARGET_MAX 1900

enum guard_verdict {
	GUARD_MORE, /* the head is not complete */
	GUARD_PASS,
	GUARD_REFUSE,
};

struct guard {
	int status;                /* of a refusal */
	const char *code;          /* stable: "http.framing" and so on */
	unsigned long long length; /* the body's declared length */
	size_t head;               /* bytes of the head, its blank line too */
};

/* bytes is all that arrived so far. */
enum guard_verdict guard_check(struct span bytes, struct guard *out);

#endif
