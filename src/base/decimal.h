/* SPDX-License-Identifier: Apache-2.0
 *
 * Exact decimals of at most 18 digits for money and quantities. Never
 * floating point. The scale (digits after the mark) is kept: 4.50 stays 4.50.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdint.h>

#include "base/span.h"

#define DECIMAL_SIZE 24
#define DECIMAL_DIGITS 18

struct decimal {
	int64_t units; /* value times ten to the power of scale */
	int scale;     /* 0 .. 18 */
};

/*
 * Reads [-+]digits[mark digits]; mark is '.', ',' or 0 for either. A digit
 * must stand before the mark and after it; at most 18 digits in all, leading
 * zeros included; no exponent, no thousands mark, no blanks.
 */
bool decimal_read(struct span s, char mark, struct decimal *out) MUST_USE;

/* Writes with '.', returns the length. */
size_t decimal_write(struct decimal d, char out[DECIMAL_SIZE]);

/* Compares values; 1.0 equals 1.00. */
int decimal_cmp(struct decimal a, struct decimal b);

/* Exact; false when the result needs more than 18 digits. */
bool decimal_add(
    struct decimal a, struct decimal b, struct decimal *out) MUST_USE;
bool decimal_mul(
    struct decimal a, struct decimal b, struct decimal *out) MUST_USE;

/* The quotient, rounded half away from zero to that scale; false for a divisor
 * of zero and for a result of more than 18 digits. */
bool decimal_div(struct decimal a, struct decimal b, int scale,
    struct decimal *out) MUST_USE;

/* Without trailing zeros after the mark: 4.50 becomes 4.5, 4.00 becomes 4. */
struct decimal decimal_short(struct decimal d);

#endif
