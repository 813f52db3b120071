/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens, cookies, Authorization headers and registered keys from outside:
 * none is believed, and none makes a parser err.
 */
#include <stdint.h>

#include "auth/csrf.h"
#include "auth/key.h"
#include "auth/session.h"
#include "auth/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct jwt_public none = {.kid = "k",
	    .pem =
		"-----BEGIN PUBLIC KEY-----\n"
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdl9Ww5m9RCfrcouAxHbyGpFcAh"
		"Fm\n"
		"LPZxlusnyElvSuX1BQM5XnQaVpjbOkHXTbwr7Dmatcj+J9xzSyacfJNJ/g==\n"
		"-----END PUBLIC KEY-----\n"};
	struct span input = span_make(p, n), token;
	struct arena *a = arena_new();
	struct jwt_claims claims;
	struct key key;

	if (session_cookie(input, &token, NULL) == RC_OK &&
	    (token.p < input.p || token.p + token.n > input.p + input.n))
		__builtin_trap();
	if (token_bearer(input, &token, NULL) != RC_OK)
		token = input;
	if (jwt_claimed_subject(token, a, &token, NULL) == RC_OK &&
	    token.n == 0)
		__builtin_trap();
	if (jwt_verify_assertion(&none, 1, "https://portal.example", input,
		1800000000, a, &claims, NULL) == RC_OK)
		__builtin_trap();
	if (csrf_is(span_of("0123456789abcdef0123456789abcdef"), "s", input))
		__builtin_trap();
	(void)key_read(input, a, &key, NULL);
	arena_free(a);
	return 0;
}
