/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"

static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "abcdefghijklmnopqrstuvwxyz0123456789-_";

void
digest_sha256(struct span s, unsigned char out[DIGEST_SIZE])
{
	if (!EVP_Digest(s.p, s.n, out, NULL, EVP_sha256(), NULL))
		fatal("SHA-256 is not available");
}

void
digest_hex(struct span s, char out[DIGEST_HEX_SIZE])
{
	unsigned char d[DIGEST_SIZE];

	digest_sha256(s, d);
	for (size_t i = 0; i < sizeof d; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", d[i]);
}

void
digest_hmac(struct span key, struct span s, unsigned char out[DIGEST_SIZE])
{
	if (!HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)s.p,
		s.n, out, NULL))
		fatal("HMAC is not available");
}

bool
digest_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || !CRYPTO_memcmp(a.p, b.p, a.n));
}

void
digest_random(void *p, size_t n)
{
	char *q = p;

	while (n) {
		ssize_t got = getrandom(q, n, 0);

		if (got < 0)
			fatal("the kernel gives no random bytes");
		q += got;
		n -= (size_t)got;
	}
}

void
digest_to_hex(struct buf *out, struct span s)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		buf_putc(out, hex[(unsigned char)s.p[i] >> 4]);
		buf_putc(out, hex[s.p[i] & 15]);
	}
}

static void
to_base64(struct buf *out, struct span s, const char *alphabet, bool pad)
{
	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
		if (left > 2)
			v |= (unsigned char)s.p[i + 2];
		buf_putc(out, alphabet[v >> 18]);
		buf_putc(out, alphabet[v >> 12 & 63]);
		if (left > 1)
			buf_putc(out, alphabet[v >> 6 & 63]);
		else if (pad)
			buf_putc(out, '=');
		if (left > 2)
			buf_putc(out, alphabet[v & 63]);
		else if (pad)
			buf_putc(out, '=');
	}
}

void
digest_to_base64(struct buf *out, struct span s)
{
	to_base64(out, s, STANDARD, true);
}

void
digest_to_base64url(struct buf *out, struct span s)
{
	to_base64(out, s, URL, false);
}

static bool
from_base64(
    struct span s, const char *alphabet, struct arena *a, struct span *out)
{
	char *p;
	size_t n = 0;
	uint32_t v = 0;
	int bits = 0;

	if (s.n % 4 == 1)
		return false;
	p = arena_alloc(a, s.n / 4 * 3 + 3);
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(alphabet, s.p[i]) : NULL;

		if (at == NULL)
			return false;
		v = v << 6 | (uint32_t)(at - alphabet);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			p[n++] = (char)(v >> bits);
			v &= (1u << bits) - 1;
		}
	}
	*out = span_make(p, n);
	return v == 0;
}

bool
digest_from_base64url(struct span s, struct arena *a, struct span *out)
{
	return from_base64(s, URL, a, out);
}

bool
digest_from_base64(struct span s, struct arena *a, struct span *out)
{
	size_t pad = 0;

	if (s.n % 4)
		return false;
	while (pad < 2 && pad < s.n && s.p[s.n - 1 - pad] == '=')
		pad++;
	return from_base64(span_sub(s, 0, s.n - pad), STANDARD, a, out);
}

void
uuid_new(char out[UUID_SIZE])
{
	uint64_t ms = (uint64_t)(clock_wall() / 1000);
	unsigned char b[16];

	digest_random(b, sizeof b);
	for (int i = 0; i < 6; i++)
		b[i] = (unsigned char)(ms >> (40 - 8 * i));
	b[6] = (unsigned char)(0x70 | (b[6] & 0x0f));
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	for (int i = 0, w = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[w++] = '-';
		w += snprintf(out + w, 3, "%02x", b[i]);
	}
}

bool
uuid_is(struct span s)
{
	if (s.n != UUID_SIZE - 1)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s.p[i] != '-')
				return false;
		} else if (!isxdigit((unsigned char)s.p[i]) ||
			   isupper((unsigned char)s.p[i])) {
			return false;
		}
	}
	return true;
}
