/* SPDX-License-Identifier: Apache-2.0
 *
 * What people and spreadsheets write in a cell: numbers and days.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sheet/sheet.h"

#define NONE ((struct span){NULL, 0})
#define LONGEST 40

/* Blanks and apostrophes that people put between thousands. */
static size_t
blank_at(struct span s)
{
	static const char *const BLANKS[] = {" ", "\xc2\xa0", "\xe2\x80\xaf",
	    "\xe2\x80\x89", "'", "\xe2\x80\x99"};

	for (size_t i = 0; i < sizeof BLANKS / sizeof *BLANKS; i++)
		if (span_starts(s, BLANKS[i]))
			return strlen(BLANKS[i]);
	return 0;
}

/* A number taken apart: where its marks stand among its digits. */
struct typed {
	char text[LONGEST + 1]; /* digits and marks */
	size_t n;
	bool minus, grouped; /* blanks stood between digits */
};

static bool
take(struct span s, struct typed *t)
{
	*t = (struct typed){.n = 0};
	if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
		t->minus = s.p[0] == '-';
		s = span_sub(s, 1, s.n);
	}
	while (s.n) {
		size_t blank = blank_at(s);

		if (t->n == LONGEST)
			return false;
		if (blank && t->n && s.n > blank) {
			t->grouped = true;
			s = span_sub(s, blank, s.n);
			continue;
		}
		if (!isdigit((unsigned char)s.p[0]) && s.p[0] != '.' &&
		    s.p[0] != ',')
			return false;
		t->text[t->n++] = s.p[0];
		s = span_sub(s, 1, s.n);
	}
	return strpbrk(t->text, "0123456789") != NULL;
}

static size_t
count(const struct typed *t, char mark)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->text[i] == mark;
	return n;
}

/* Where the mark stands last; the length without one. */
static size_t
last(const struct typed *t, char mark)
{
	for (size_t i = t->n; i > 0; i--)
		if (t->text[i - 1] == mark)
			return i - 1;
	return t->n;
}

/* Does the mark stand between thousands, left of end? */
static bool
groups(const struct typed *t, char mark, size_t end)
{
	size_t digits = 0;
	bool any = false;

	for (size_t i = 0; i < end; i++) {
		if (t->text[i] != mark) {
			digits++;
			continue;
		}
		if (digits == 0 || digits > 3 || (any && digits != 3) ||
		    (!any && t->text[0] == '0'))
			return false;
		any = true;
		digits = 0;
	}
	return !any || digits == 3;
}

/* The mark that is the decimal one, 0 for none; false: it is no number. */
static bool
decimal_mark(const struct typed *t, bool comma, char *mark)
{
	size_t points = count(t, '.'), commas = count(t, ',');
	char other;

	*mark = 0;
	if (points + commas == 0)
		return true;
	if (points && commas) {
		*mark = last(t, '.') > last(t, ',') ? '.' : ',';
		other = *mark == '.' ? ',' : '.';
		return count(t, *mark) == 1 && groups(t, other, last(t, *mark));
	}
	other = points ? '.' : ',';
	if (points + commas > 1)
		return groups(t, other, t->n);
	/* "1.234" is a thousand where the comma is the decimal mark */
	if (t->grouped || other == (comma ? ',' : '.') ||
	    !groups(t, other, t->n))
		*mark = other;
	return true;
}

struct span
sheet_number(struct span typed, bool comma, struct arena *a)
{
	struct typed t;
	char mark, *out;
	size_t n = 0;

	if (!take(span_trim(typed), &t) || !decimal_mark(&t, comma, &mark))
		return NONE;
	out = arena_alloc(a, t.n + 3);
	if (t.minus)
		out[n++] = '-';
	if (t.text[0] == mark && mark)
		out[n++] = '0';
	for (size_t i = 0; i < t.n; i++) {
		if (isdigit((unsigned char)t.text[i]))
			out[n++] = t.text[i];
		else if (t.text[i] == mark && i + 1 < t.n)
			out[n++] = '.';
	}
	return n && isdigit((unsigned char)out[n - 1]) ? span_make(out, n)
						       : NONE;
}

static struct span
day(unsigned year, unsigned month, unsigned d, struct arena *a)
{
	if (year > 9999 || !clock_date_is((int)year, (int)month, (int)d))
		return NONE;
	return span_of(arena_printf(a, "%04u-%02u-%02u", year, month, d));
}

/* Up to three numbers of at most four digits between the same marks. */
static bool
three(struct span s, char mark, unsigned long long out[3], size_t length[3])
{
	struct span rest = s;

	for (int i = 0; i < 3; i++) {
		struct span part = span_trim(span_cut(&rest, mark));

		length[i] = part.n;
		if (part.n == 0 || part.n > 4 || !span_uint(part, &out[i]))
			return false;
	}
	return rest.p == NULL;
}

/* Two digits mean this century. */
static unsigned
year_of(unsigned long long y, size_t length)
{
	return (unsigned)(length <= 2 ? 2000 + y : y);
}

struct span
sheet_date(struct span typed, struct arena *a)
{
	struct span s = span_trim(typed);
	unsigned long long v[3];
	size_t n[3];

	/* midnight behind a day says nothing */
	if (s.n > 10 && (s.p[10] == ' ' || s.p[10] == 'T') &&
	    (span_is(span_sub(s, 11, s.n), "00:00") ||
		span_is(span_sub(s, 11, s.n), "00:00:00")))
		s = span_sub(s, 0, 10);
	if (three(s, '-', v, n) && n[0] == 4)
		return day((unsigned)v[0], (unsigned)v[1], (unsigned)v[2], a);
	if (three(s, '.', v, n) && n[0] <= 2 && n[1] <= 2)
		return day(
		    year_of(v[2], n[2]), (unsigned)v[1], (unsigned)v[0], a);
	if (!three(s, '/', v, n) || n[0] > 2 || n[1] > 2)
		return NONE;
	if (v[0] > 12 || v[0] == v[1])
		return day(
		    year_of(v[2], n[2]), (unsigned)v[1], (unsigned)v[0], a);
	return v[1] > 12
		   ? day(year_of(v[2], n[2]), (unsigned)v[0], (unsigned)v[1], a)
		   : NONE;
}

struct span
sheet_serial(struct span number, bool base1904, struct arena *a)
{
	unsigned long long n;
	int year, month, d;

	if (!span_uint(span_sub(number, 0, span_find(number, '.')), &n) ||
	    n == 0 || n > 2958465)
		return NONE;
	/* 1900 was no leap year, but counts as one up to its 29 February */
	clock_from_days((base1904 ? clock_days(1904, 1, 1)
				  : clock_days(1899, 12, n < 60 ? 31 : 30)) +
			    (int64_t)n,
	    &year, &month, &d);
	return day((unsigned)year, (unsigned)month, (unsigned)d, a);
}
