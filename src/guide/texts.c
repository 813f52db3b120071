/* SPDX-License-Identifier: Apache-2.0 */
#include "guide/texts.h"
#include "base/hash.h"
#include "guide/impl.h"

void
texts_init(struct texts *t, struct arena *a, size_t most)
{
	*t = (struct texts){.slots = (uint32_t)(most * 2 + 1)};
	t->list = ARENA_ARRAY(a, struct span, most + 1);
	t->same = ARENA_ARRAY(a, uint32_t, most + 1);
	t->hash = ARENA_ARRAY(a, uint32_t, t->slots);
}

uint32_t
texts_find(const struct texts *t, struct span s)
{
	uint32_t i = t->hash[hash_of(s) % t->slots];

	while (i && !span_eq(t->list[i - 1], s))
		i = t->same[i - 1];
	return i ? i - 1 : TEXTS_NONE;
}

uint32_t
texts_add(struct texts *t, struct span s)
{
	uint32_t i = texts_find(t, s);

	if (i != TEXTS_NONE)
		return i;
	uint32_t *at = &t->hash[hash_of(s) % t->slots];
	t->list[t->n] = s;
	t->same[t->n] = *at;
	*at = ++t->n;
	return t->n - 1;
}
