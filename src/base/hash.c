/* SPDX-License-Identifier: Apache-2.0
 *
 * SipHash-1-3 (Aumasson, Bernstein): one round a word of eight bytes, three at
 * the end.
 */
#include "base/hash.h"

#include <sys/auxv.h>

struct sip {
	uint64_t a, b, c, d;
};

static uint64_t
rotated(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void
mix(struct sip *v)
{
	v->a += v->b;
	v->c += v->d;
	v->b = rotated(v->b, 13) ^ v->a;
	v->d = rotated(v->d, 16) ^ v->c;
	v->a = rotated(v->a, 32);
	v->c += v->b;
	v->a += v->d;
	v->b = rotated(v->b, 17) ^ v->c;
	v->d = rotated(v->d, 21) ^ v->a;
	v->c = rotated(v->c, 32);
}

/* Up to eight bytes, the first one lowest. */
static uint64_t
word(const char *p, size_t n)
{
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++)
		x |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return x;
}

uint64_t
hash_by(const uint64_t secret[2], struct span s)
{
	struct sip v = {
	    secret[0] ^ 0x736F6D6570736575,
	    secret[1] ^ 0x646F72616E646F6D,
	    secret[0] ^ 0x6C7967656E657261,
	    secret[1] ^ 0x7465646279746573,
	};
	size_t i = 0;
	uint64_t m;

	for (; i + 8 <= s.n; i += 8) {
		m = word(s.p + i, 8);
		v.d ^= m;
		mix(&v);
		v.a ^= m;
	}
	m = i < s.n ? word(s.p + i, s.n - i) : 0;
	m |= (uint64_t)(s.n & 0xFF) << 56;
	v.d ^= m;
	mix(&v);
	v.a ^= m;
	v.c ^= 0xFF;
	for (int round = 0; round < 3; round++)
		mix(&v);
	return v.a ^ v.b ^ v.c ^ v.d;
}

static uint64_t secret_here[2];

/*
 * The kernel gives each program 16 random bytes; no call is needed, which a
 * sandboxed child could not make. They are not used as they are, for the
 * library guards its stack with some of them.
 */
__attribute__((constructor)) static void
choose_secret(void)
{
	const char *given = (const char *)(uintptr_t)getauxval(AT_RANDOM);
	uint64_t from[2] = {0, 0};

	if (given) {
		from[0] = word(given, 8);
		from[1] = word(given + 8, 8);
	}
	secret_here[0] = hash_by(from, span_of("first"));
	secret_here[1] = hash_by(from, span_of("second"));
}

uint64_t
hash_of(struct span s)
{
	return hash_by(secret_here, s);
}
