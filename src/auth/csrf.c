/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "auth/csrf.h"
#include "base/arena.h"
#include "base/digest.h"

#define NONCE 16

/* nonce and MAC over "form", nonce and session, in base64url. */
static void
seal(struct span key, const unsigned char nonce[NONCE], const char *session,
    char out[CSRF_SIZE])
{
	unsigned char raw[NONCE + DIGEST_SIZE];
	struct buf b;

	buf_init(&b, 256);
	buf_puts(&b, "form ");
	buf_put(&b, span_make(nonce, NONCE));
	buf_puts(&b, session);
	memcpy(raw, nonce, NONCE);
	digest_hmac(key, buf_span(&b), raw + NONCE);
	buf_reset(&b);
	digest_to_base64url(&b, span_make(raw, sizeof raw));
	memcpy(out, b.p, CSRF_SIZE);
	buf_done(&b);
}

void
csrf_make(struct span key, const char *session, char out[CSRF_SIZE])
{
	unsigned char nonce[NONCE];

	digest_random(nonce, sizeof nonce);
	seal(key, nonce, session, out);
}

bool
csrf_is(struct span key, const char *session, struct span token)
{
	char want[CSRF_SIZE];
	struct arena *a;
	struct span raw;
	bool ok = false;

	if (token.n != CSRF_SIZE - 1)
		return false;
	a = arena_new();
	if (digest_from_base64url(token, a, &raw)) {
		seal(key, (const unsigned char *)raw.p, session, want);
		ok = digest_equal(token, span_make(want, CSRF_SIZE - 1));
	}
	arena_free(a);
	return ok;
}

bool
csrf_origin_is(const char *ours, struct span origin, struct span site)
{
	if (origin.n)
		return span_is(origin, ours);
	return span_is(site, "same-origin");
}
