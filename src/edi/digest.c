/* SPDX-License-Identifier: Apache-2.0
 *
 * Four lanes of sixteen bytes each; a product of 128 bits, folded, carries
 * every bit of them into every other.
 */
#include <string.h>

#include "edi/digest.h"

__extension__ typedef unsigned __int128 wide;

static const uint64_t ODD[EDI_DIGEST_LANES] = {0x9E3779B97F4A7C15u,
    0xC2B2AE3D27D4EB4Fu, 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu};

static inline uint64_t
eight(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint64_t
product(uint64_t a, uint64_t b)
{
	wide v = (wide)a * b;

	return (uint64_t)v ^ (uint64_t)(v >> 64);
}

/* Whole blocks. */
static void
blocks(struct edi_digest *d, const char *p, size_t n)
{
	uint64_t lanes[EDI_DIGEST_LANES];

	memcpy(lanes, d->lanes, sizeof lanes);
	for (; n; n--) {
#pragma GCC unroll 4
		for (unsigned i = 0; i < EDI_DIGEST_LANES; i++, p += 16)
			lanes[i] = product(eight(p) ^ ODD[i],
				       eight(p + 8) ^ lanes[i]) +
				   ODD[i];
	}
	memcpy(d->lanes, lanes, sizeof lanes);
}

/* Fills the block that is not full; how much of s that took. */
static size_t
fill(struct edi_digest *d, struct span s)
{
	size_t at = d->n % EDI_DIGEST_BLOCK, n = EDI_DIGEST_BLOCK - at;

	if (at == 0 || s.n == 0)
		return 0;
	if (n > s.n)
		n = s.n;
	memcpy(d->part + at, s.p, n);
	if (at + n == EDI_DIGEST_BLOCK)
		blocks(d, d->part, 1);
	return n;
}

void
edi_digest_put(struct edi_digest *d, struct span s)
{
	size_t n = fill(d, s);
	size_t whole = (s.n - n) / EDI_DIGEST_BLOCK;
	struct span rest = span_sub(s, n + whole * EDI_DIGEST_BLOCK, s.n);

	if (whole)
		blocks(d, s.p + n, whole);
	if (rest.n)
		memcpy(d->part, rest.p, rest.n);
	d->n += s.n;
}

uint64_t
edi_digest_end(struct edi_digest *d)
{
	size_t at = d->n % EDI_DIGEST_BLOCK;
	uint64_t h = d->n;

	memset(d->part + at, 0, EDI_DIGEST_BLOCK - at);
	blocks(d, d->part, 1);
	for (unsigned i = 0; i < EDI_DIGEST_LANES; i++)
		h = product(h ^ ODD[i], d->lanes[i] ^ ODD[3 - i]);
	return h;
}
