/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashes for tables whose keys come from outside. Each process has a secret of
 * its own, so that nobody can send keys that all fall into one place.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/span.h"

/* SipHash-1-3 by the secret of this process, which its children share. */
uint64_t hash_of(struct span s);

/* The same by a given secret; for tests. */
uint64_t hash_by(const uint64_t secret[2], struct span s);

#endif
