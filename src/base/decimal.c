/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"

static const int64_t LIMIT = 1000000000000000000; /* ten to the 18th */

static bool
mark_is(char c, char mark)
{
	return mark ? c == mark : c == '.' || c == ',';
}

bool
decimal_read(struct span s, char mark, struct decimal *out)
{
	bool minus = false, after = false;
	int64_t v = 0;
	int digits = 0, scale = 0;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
		minus = s.p[0] == '-';
		s = span_sub(s, 1, s.n);
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9') {
			if (++digits > DECIMAL_DIGITS)
				return false;
			v = v * 10 + (s.p[i] - '0');
			scale += after;
		} else if (!after && digits && mark_is(s.p[i], mark)) {
			after = true;
		} else {
			return false;
		}
	}
	if (digits == 0 || (after && scale == 0))
		return false;
	*out = (struct decimal){minus ? -v : v, scale};
	return true;
}

size_t
decimal_write(struct decimal d, char out[DECIMAL_SIZE])
{
	unsigned long long v = (unsigned long long)llabs(d.units);
	char digits[DECIMAL_SIZE];
	size_t n, w = 0, whole;

	n = (size_t)snprintf(digits, sizeof digits, "%0*llu", d.scale + 1, v);
	whole = n - (size_t)d.scale;
	if (d.units < 0)
		out[w++] = '-';
	for (size_t i = 0; i < n; i++) {
		if (i == whole)
			out[w++] = '.';
		out[w++] = digits[i];
	}
	out[w] = '\0';
	return w;
}

static __int128
scaled(struct decimal d, int scale)
{
	__int128 v = d.units;

	for (; d.scale < scale; d.scale++)
		v *= 10;
	return v;
}

int
decimal_cmp(struct decimal a, struct decimal b)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;
	__int128 x = scaled(a, scale), y = scaled(b, scale);

	return (x > y) - (x < y);
}

/* Drops trailing zeros until the value fits 18 digits. */
static bool
fit(__int128 v, int scale, struct decimal *out)
{
	while (scale > 0 && v % 10 == 0 &&
	       (v >= LIMIT || v <= -LIMIT || scale > DECIMAL_DIGITS)) {
		v /= 10;
		scale--;
	}
	if (v >= LIMIT || v <= -LIMIT || scale > DECIMAL_DIGITS)
		return false;
	*out = (struct decimal){(int64_t)v, scale};
	return true;
}

bool
decimal_add(struct decimal a, struct decimal b, struct decimal *out)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;

	return fit(scaled(a, scale) + scaled(b, scale), scale, out);
}

bool
decimal_mul(struct decimal a, struct decimal b, struct decimal *out)
{
	return fit((__int128)a.units * b.units, a.scale + b.scale, out);
}

bool
decimal_div(struct decimal a, struct decimal b, int scale, struct decimal *out)
{
	__int128 x = a.units, y = b.units;

	if (y == 0)
		return false;
	for (int i = a.scale; i < b.scale + scale; i++)
		if (__builtin_mul_overflow(x, 10, &x))
			return false;
	for (int i = b.scale + scale; i < a.scale; i++)
		if (__builtin_mul_overflow(y, 10, &y))
			return false;
	__int128 q = x / y, rest = x % y;
	if (rest < 0)
		rest = -rest;
	if (y < 0)
		y = -y;
	if (rest >= y - rest)
		q += (x < 0) == (b.units < 0) ? 1 : -1;
	return fit(q, scale, out);
}

struct decimal
decimal_short(struct decimal d)
{
	while (d.scale > 0 && d.units % 10 == 0) {
		d.units /= 10;
		d.scale--;
	}
	return d;
}
