/* SPDX-License-Identifier: Apache-2.0
 *
 * A short number for many bytes that come in pieces, only for telling a
 * repetition from a change: it keeps no attacker out. Inside src/edi.
 */
#ifndef EDI_DIGEST_H
#define EDI_DIGEST_H

#include <stdint.h>

#include "base/span.h"

#define EDI_DIGEST_LANES 4
#define EDI_DIGEST_BLOCK (16 * EDI_DIGEST_LANES)

struct edi_digest {
	uint64_t lanes[EDI_DIGEST_LANES];
	uint64_t n;                  /* of all bytes so far */
	char part[EDI_DIGEST_BLOCK]; /* those of a block that is not full */
};

/* All zero is a begin. How the bytes are cut into pieces does not matter. */
void edi_digest_put(struct edi_digest *d, struct span s);
uint64_t edi_digest_end(struct edi_digest *d);

#endif
