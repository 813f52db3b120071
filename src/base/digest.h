/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256, random bytes from the kernel, constant-time comparison, and the
 * text forms of bytes: hex, base64 (RFC 4648 section 4) and base64url without
 * padding (section 5).
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/arena.h"
#include "base/buf.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65

void digest_sha256(struct span s, unsigned char out[DIGEST_SIZE]);

/* Lower-case hex of the SHA-256. */
void digest_hex(struct span s, char out[DIGEST_HEX_SIZE]);
void digest_hmac(
    struct span key, struct span s, unsigned char out[DIGEST_SIZE]);

/* Equality in time that depends on the lengths only. */
bool digest_equal(struct span a, struct span b);

/* Ends the process when the kernel gives none. */
void digest_random(void *p, size_t n);

void digest_to_hex(struct buf *out, struct span s);
void digest_to_base64(struct buf *out, struct span s);
void digest_to_base64url(struct buf *out, struct span s);

/* Strict: no blanks, no padding, no stray bits. *out lives in a. */
bool digest_from_base64url(
    struct span s, struct arena *a, struct span *out) MUST_USE;

/* Strict: padded, no blanks. */
bool digest_from_base64(
    struct span s, struct arena *a, struct span *out) MUST_USE;

/* A new UUIDv7 (RFC 9562) for the wall time in microseconds. */
#define UUID_SIZE 37
void uuid_new(char out[UUID_SIZE]);

/* 8-4-4-4-12 hex digits in lower case. */
bool uuid_is(struct span s);

#endif
