/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes as words: most have few bytes, so that one comparison tells two of
 * them apart and a multiplication finds one among many.
 */
#ifndef GUIDE_KEYS_H
#define GUIDE_KEYS_H

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/* The key of whatever is longer than seven bytes, which is no key at all. */
#define GUIDE_LONG UINT64_MAX

/* The bytes and, highest, how many they are; 0 for none. */
static inline uint64_t
guide_key(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint64_t key = (uint64_t)s.n << 56;
	uint32_t head, tail;

	if (s.n == 0)
		return 0;
	if (s.n < 4)
		return key | p[0] | (uint64_t)p[s.n / 2] << 8 * (s.n / 2) |
		       (uint64_t)p[s.n - 1] << 8 * (s.n - 1);
	if (s.n > 7)
		return GUIDE_LONG;
	memcpy(&head, p, 4);
	memcpy(&tail, p + s.n - 4, 4);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	head = __builtin_bswap32(head);
	tail = __builtin_bswap32(tail);
#endif
	return key | head | (uint64_t)tail << 8 * (s.n - 4);
}

struct gkey {
	uint64_t key;
	uint16_t number; /* 1 .. */
};

/* Numbers of codes; zero is an empty table. */
struct gkeys {
	const struct gkey *table;
	uint8_t bits;
	bool longer; /* some code has no key, and is not here */
};

/* An empty table with room for so many codes. */
struct gkeys guide_keys(struct arena *a, size_t codes);

/* Adds a code, unless it is there already. */
void guide_keys_add(struct gkeys *keys, struct span code, uint16_t number);

/* The number of a code; 0 when it is not there. */
static inline uint16_t
guide_keys_find(const struct gkeys *keys, uint64_t key)
{
	uint32_t i = (uint32_t)(key * 0x9E3779B97F4A7C15u >> (64 - keys->bits));

	while (keys->table[i].key && keys->table[i].key != key)
		i = (i + 1) & ((1u << keys->bits) - 1);
	return keys->table[i].key ? keys->table[i].number : 0;
}

#endif
