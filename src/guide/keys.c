/* SPDX-License-Identifier: Apache-2.0 */
#include "guide/keys.h"

struct gkeys
guide_keys(struct arena *a, size_t codes)
{
	struct gkeys keys = {.bits = 1};

	while ((size_t)1 << keys.bits < 2 * codes + 1)
		keys.bits++;
	keys.table = ARENA_ARRAY(a, struct gkey, (size_t)1 << keys.bits);
	return keys;
}

void
guide_keys_add(struct gkeys *keys, struct span code, uint16_t number)
{
	struct gkey *table = (struct gkey *)(uintptr_t)keys->table;
	uint64_t key = guide_key(code);
	uint32_t i = (uint32_t)(key * 0x9E3779B97F4A7C15u >> (64 - keys->bits));

	if (key == GUIDE_LONG) {
		keys->longer = true;
		return;
	}
	while (table[i].key && table[i].key != key)
		i = (i + 1) & ((1u << keys->bits) - 1);
	if (key && !table[i].key)
		table[i] = (struct gkey){key, number};
}
