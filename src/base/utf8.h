/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, at most
 * U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdint.h>

#include "base/buf.h"

/* Offset of the first byte that is not valid UTF-8, or s.n. */
size_t utf8_check(struct span s);
bool utf8_is(struct span s);

/* Takes one code point off *s; -1 at a malformed byte, -2 at the end. */
int32_t utf8_next(struct span *s);

/* Number of code points of valid UTF-8. */
size_t utf8_length(struct span s);

void utf8_put(struct buf *out, uint32_t code_point);

/* Appends ISO 8859-1 bytes as UTF-8. */
void utf8_from_latin1(struct buf *out, struct span s);

#endif
