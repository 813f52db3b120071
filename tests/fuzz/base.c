/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimals, UTF-8 and base64 from outside: what is accepted must survive the
 * way back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = {.p = (const char *)data, .n = size};
	struct decimal d, again;
	char text[DECIMAL_SIZE];
	struct arena *a = arena_new();
	struct span out;

	if (decimal_read(s, 0, &d)) {
		decimal_write(d, text);
		if (!decimal_read(span_of(text), '.', &again) ||
		    decimal_cmp(d, again) != 0)
			abort();
	}
	if (utf8_is(s) != (utf8_check(s) == size))
		abort();
	if (digest_from_base64url(s, a, &out) && out.n > size)
		abort();
	arena_free(a);
	return 0;
}
