/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts with numbers: each different one gets the next, and is found by hash.
 */
#ifndef GUIDE_TEXTS_H
#define GUIDE_TEXTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

#define TEXTS_NONE UINT32_MAX

struct texts {
	struct span *list; /* by number */
	uint32_t n;
	uint32_t *hash, *same, slots;
};

/* Room for at most that many; everything lives in a. */
void texts_init(struct texts *t, struct arena *a, size_t most);

/* The number of a text, or TEXTS_NONE. */
uint32_t texts_find(const struct texts *t, struct span s);

/* The same, giving it the next number where it is new; s must live on. */
uint32_t texts_add(struct texts *t, struct span s);

#endif
