/* SPDX-License-Identifier: Apache-2.0
 *
 * Values by type: is it a number, a date, short enough; and what it is in the
 * canonical document.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "guide/read.h"

#define JUDGED(r) ((struct gjudged){.rule = (r)})

static size_t
characters(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] >= 0x80)
			return utf8_is(v) ? utf8_length(v) : v.n;
	return v.n;
}

static const char *
length_text(const struct guide_reader *r, const struct gtype *t)
{
	if (t->min == t->max)
		return arena_printf(r->scratch, "%u", t->max);
	if (t->min == 0)
		return arena_printf(r->scratch, "..%u", t->max);
	return arena_printf(r->scratch, "%u..%u", t->min, t->max);
}

/* Does the length fit? v is long enough or short enough by itself. */
static bool
length(const struct guide_reader *r, const struct gtype *t, size_t n,
    struct gjudged *out)
{
	if (t->max && n > t->max)
		out->rule = EDI_R_GUIDE_VALUE_LONG;
	else if (n < t->min)
		out->rule = EDI_R_GUIDE_VALUE_SHORT;
	else
		return true;
	out->expected = length_text(r, t);
	return false;
}

/* The parts of a number as sent. */
struct number {
	size_t whole, fraction; /* digits */
	bool minus, mark, exact;
	enum edi_rule_id rule;
};

static bool
number_plain(struct span v, struct number *n)
{
	size_t whole = guide_plain_number(v);

	if (!whole)
		return false;
	*n = (struct number){.whole = whole,
	    .fraction = v.n > whole ? v.n - whole - 1 : 0,
	    .mark = v.n > whole,
	    .exact = true,
	    .rule = EDI_R_COUNT};
	return true;
}

static struct number
number_scan(struct span v)
{
	struct number n = {.rule = EDI_R_COUNT, .exact = true};
	size_t i = 0;

	if (number_plain(v, &n))
		return n;
	if (v.n && (v.p[0] == '-' || v.p[0] == '+')) {
		n.minus = v.p[0] == '-';
		n.exact = n.minus;
		i++;
	}
	if (i + 1 < v.n && v.p[i] == '0' && isdigit((unsigned char)v.p[i + 1]))
		n.exact = false;
	for (; i < v.n; i++) {
		if (v.p[i] >= '0' && v.p[i] <= '9') {
			n.whole += !n.mark;
			n.fraction += n.mark;
		} else if (v.p[i] == '.' || v.p[i] == ',') {
			if (n.mark)
				n.rule = EDI_R_GUIDE_VALUE_MARK;
			n.mark = true;
			n.exact &= v.p[i] == '.';
		} else {
			n.rule = EDI_R_GUIDE_VALUE_NUMBER;
		}
	}
	if (n.rule == EDI_R_COUNT && n.whole + n.fraction == 0)
		n.rule = EDI_R_GUIDE_VALUE_NUMBER;
	return n;
}

/* Without plus and leading zeros, with a point and a digit before it. */
static struct span
number_canonical(struct arena *a, struct span v, const struct number *n)
{
	char *p;
	size_t len = 0, i = 0;

	if (n->exact && n->whole && (!n->mark || n->fraction))
		return v;
	p = arena_alloc(a, v.n + 3);
	if (n->minus)
		p[len++] = '-';
	while (i < v.n && (v.p[i] == '-' || v.p[i] == '+'))
		i++;
	while (
	    i + 1 < v.n && v.p[i] == '0' && isdigit((unsigned char)v.p[i + 1]))
		i++;
	if (i < v.n && !isdigit((unsigned char)v.p[i]))
		p[len++] = '0';
	for (; i < v.n; i++)
		p[len++] = v.p[i] == ',' ? '.' : v.p[i];
	if (len && p[len - 1] == '.')
		len--;
	return span_make(p, len);
}

static struct gjudged
decimal(const struct guide_reader *r, const struct gtype *t, struct span v)
{
	struct number n = number_scan(v);
	struct gjudged out = {.rule = n.rule};
	bool xml = r->m->root != NULL;

	if (n.rule == EDI_R_GUIDE_VALUE_MARK)
		out.expected = ".";
	if (n.rule != EDI_R_COUNT)
		return out;
	if (!r->x12 && !xml && n.whole == 0)
		return JUDGED(EDI_R_GUIDE_VALUE_DIGIT);
	if (!length(r, t, n.whole + n.fraction, &out))
		return out;
	if (t->scale != 255 && n.fraction > t->scale) {
		out.rule = EDI_R_GUIDE_VALUE_LONG;
		out.expected =
		    arena_printf(r->scratch, "%u.%u", t->max, t->scale);
		return out;
	}
	if (n.whole + n.fraction > 18)
		return JUDGED(EDI_R_GUIDE_VALUE_LONG);
	out.value = number_canonical(r->scratch, v, &n);
	return out;
}

/* "12345" with two implied decimals is 123.45. */
static struct gjudged
implied(const struct guide_reader *r, const struct gtype *t, struct span v)
{
	struct number n = number_scan(v);
	struct gjudged out = {.rule = n.rule};

	if (n.rule != EDI_R_COUNT || n.mark)
		return JUDGED(EDI_R_GUIDE_VALUE_NUMBER);
	if (!length(r, t, n.whole, &out) || n.whole > 18)
		return out.rule != EDI_R_COUNT ? out
					       : JUDGED(EDI_R_GUIDE_VALUE_LONG);
	size_t sign = v.p[0] == '-' || v.p[0] == '+';
	struct span digits = span_sub(v, sign, v.n);
	while (digits.n <= t->scale)
		digits = span_of(
		    arena_printf(r->scratch, "0%.*s", (int)digits.n, digits.p));
	const char *s = arena_printf(r->scratch, "%s%.*s.%s",
	    n.minus ? "-" : "", (int)(digits.n - t->scale), digits.p,
	    arena_str(
		r->scratch, span_sub(digits, digits.n - t->scale, t->scale)));
	struct number again = number_scan(span_of(s));
	out.value = number_canonical(r->scratch, span_of(s), &again);
	return out;
}

static int
two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool
all_digits(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!isdigit((unsigned char)v.p[i]))
			return false;
	return v.n > 0;
}

/* CCYYMMDD or YYMMDD at p; false when there is no such day. */
static bool
day(const char *p, bool century, char out[11])
{
	int year = century ? two(p) * 100 + two(p + 2) : two(p);

	p += century ? 4 : 2;
	if (!century)
		year += year < 70 ? 2000 : 1900;
	if (!clock_date_is(year, two(p), two(p + 2)))
		return false;
	out[0] = (char)('0' + year / 1000);
	out[1] = (char)('0' + year / 100 % 10);
	out[2] = (char)('0' + year / 10 % 10);
	out[3] = (char)('0' + year % 10);
	out[4] = out[7] = '-';
	memcpy(out + 5, p, 2);
	memcpy(out + 8, p + 2, 2);
	out[10] = 0;
	return true;
}

/* Every month has that day of every year. */
static bool
any_month_has(const char *p)
{
	int month = two(p + 4), date = two(p + 6);

	return month >= 1 && month <= 12 && date >= 1 && date <= 28 &&
	       two(p) + two(p + 2) > 0;
}

struct span
guide_day(const struct guide_reader *r, struct span v)
{
	char *out;

	if (v.n != 8 || !all_digits(v))
		return (struct span){0};
	out = arena_alloc(r->scratch, 11);
	if (!any_month_has(v.p))
		return day(v.p, true, out) ? span_make(out, 10)
					   : (struct span){0};
	memcpy(out, v.p, 4);
	memcpy(out + 5, v.p + 4, 2);
	memcpy(out + 8, v.p + 6, 2);
	out[4] = out[7] = '-';
	return span_make(out, 10);
}

struct date_format {
	unsigned code;
	uint8_t length, digits; /* of the whole; that have to be digits */
	uint8_t time;           /* where HHMM begins; 0: none */
	bool century, week;
	const char *picture;
};

static const struct date_format FORMATS[] = {
    {102, 8, 8, 0, true, false, "CCYYMMDD"},
    {203, 12, 12, 8, true, false, "CCYYMMDDHHMM"},
    {204, 14, 14, 8, true, false, "CCYYMMDDHHMMSS"},
    {303, 15, 12, 8, true, false, "CCYYMMDDHHMMZZZ"},
    {304, 17, 14, 8, true, false, "CCYYMMDDHHMMSSZZZ"},
    {101, 6, 6, 0, false, false, "YYMMDD"},
    {201, 10, 10, 6, false, false, "YYMMDDHHMM"},
    {718, 17, 8, 0, true, false, "CCYYMMDD-CCYYMMDD"}, /* its first day */
    {616, 6, 6, 0, true, true, "CCYYWW"},              /* its Monday */
    {8, 8, 8, 0, true, false, "CCYYMMDD"},
    {6, 6, 6, 0, false, false, "YYMMDD"},
};

/* CCYYWW as ISO 8601 counts weeks. */
static bool
monday(const char *p, char out[11])
{
	int year = two(p) * 100 + two(p + 2), week = two(p + 4);
	int y, m, d;

	if (year == 0 || week < 1 || week > 53)
		return false;
	int64_t fourth = clock_days(year, 1, 4); /* is always in week 1 */
	int64_t first = fourth - (fourth + 3) % 7;
	clock_from_days(first + 7 * (week - 1), &y, &m, &d);
	(void)snprintf(out, 11, "%04u-%02u-%02u", (unsigned)y % 10000,
	    (unsigned)m % 100, (unsigned)d % 100);
	return true;
}

static bool
date_fits(const struct date_format *f, struct span v, char out[11])
{
	if (v.n != f->length && (f->code != 718 || v.n != 16))
		return false;
	if (!all_digits(span_sub(v, 0, f->digits)))
		return false;
	return f->week ? monday(v.p, out) : day(v.p, f->century, out);
}

static const struct date_format *
date_format(unsigned code)
{
	if (code == FORMATS[0].code)
		return &FORMATS[0];
	for (size_t i = 0; i < sizeof(FORMATS) / sizeof(*FORMATS); i++)
		if (FORMATS[i].code == code)
			return &FORMATS[i];
	return NULL;
}

static struct gjudged
xml_date(const struct guide_reader *r, const struct gtype *t, struct span v)
{
	char out[11];
	bool time = t->kind == T_DATETIME;
	struct gjudged j = {.rule = EDI_R_GUIDE_VALUE_DATE,
	    .expected = time ? "CCYY-MM-DDThh:mm:ss" : "CCYY-MM-DD"};

	if (v.n < 10 || v.p[4] != '-' || v.p[7] != '-')
		return j;
	char plain[8] = {
	    v.p[0], v.p[1], v.p[2], v.p[3], v.p[5], v.p[6], v.p[8], v.p[9]};
	if (!all_digits(span_make(plain, 8)) || !day(plain, true, out))
		return j;
	if (v.n > 10 && !strchr("Z+-T", v.p[10]))
		return j;
	j.rule = EDI_R_COUNT;
	j.value = span_sub(v, 0, 10);
	if (time && v.n >= 16 && v.p[10] == 'T')
		j.value = span_sub(v, 0, 16);
	(void)r;
	return j;
}

static bool
format_allowed(const struct gtype *t, unsigned code)
{
	for (uint8_t i = 0; i < t->nformats; i++)
		if (t->formats[i] == code)
			return true;
	return t->nformats == 0;
}

static const char *
date_expected(const struct guide_reader *r, const struct gtype *t,
    const struct date_format *f, unsigned code)
{
	if (r->x12)
		return "CCYYMMDD";
	if (f)
		return arena_printf(r->scratch, "%s (%u)", f->picture, code);
	return arena_printf(
	    r->scratch, "%u", t->nformats ? t->formats[0] : 102U);
}

static struct gjudged
date(const struct guide_reader *r, const struct gtype *t, struct span v,
    unsigned code)
{
	char out[11];
	struct gjudged j = {.rule = EDI_R_GUIDE_VALUE_DATE};

	if (r->m->root)
		return xml_date(r, t, v);
	if (r->x12)
		code = v.n == 6 ? 6 : 8;
	else if (!code)
		code = t->nformats ? t->formats[0] : 102;
	const struct date_format *f = date_format(code);
	if (!f || (!r->x12 && !format_allowed(t, code)) ||
	    !date_fits(f, v, out)) {
		j.expected = date_expected(r, t, f, code);
		return j;
	}
	j.rule = EDI_R_COUNT;
	if (t->kind == T_DATETIME && f->time) {
		if (two(v.p + f->time) > 23 || two(v.p + f->time + 2) > 59) {
			j.rule = EDI_R_GUIDE_VALUE_TIME;
			j.expected = date_expected(r, t, f, code);
		}
		j.value = span_of(arena_printf(r->scratch, "%sT%.2s:%.2s", out,
		    v.p + f->time, v.p + f->time + 2));
	} else {
		j.value = arena_span(r->scratch, span_make(out, 10));
	}
	return j;
}

/* HHMM or HHMMSS, also 09:30:00 in XML */
static struct gjudged
time_of_day(const struct guide_reader *r, struct span v)
{
	char d[4];
	size_t n = 0;

	for (size_t i = 0; i < v.n && n < 4; i++)
		if (v.p[i] != ':')
			d[n++] = v.p[i];
	struct gjudged j = {.rule = EDI_R_GUIDE_VALUE_TIME, .expected = "HHMM"};
	if (n < 4 || !all_digits(span_make(d, 4)) || two(d) > 23 ||
	    two(d + 2) > 59)
		return j;
	j.rule = EDI_R_COUNT;
	j.value = span_of(arena_printf(r->scratch, "%.2s:%.2s", d, d + 2));
	return j;
}

static struct gjudged
letters(const struct guide_reader *r, const struct gtype *t, struct span v)
{
	struct gjudged j = {.rule = EDI_R_COUNT, .value = v};

	if (!length(r, t, characters(v), &j))
		return j;
	for (size_t i = 0; i < v.n; i++)
		if (isdigit((unsigned char)v.p[i]))
			j.rule = EDI_R_GUIDE_VALUE_CHARACTER;
	return j;
}

/* EDIFACT n is a number with or without mark, X12 N0 an integer. */
static struct gjudged
numeric(const struct guide_reader *r, const struct gtype *t, struct span v)
{
	struct number n = number_scan(v);
	struct gjudged j = {.rule = n.rule, .value = v};

	if (n.rule == EDI_R_COUNT && r->x12 && n.mark)
		j.rule = EDI_R_GUIDE_VALUE_NUMBER;
	else if (n.rule == EDI_R_COUNT && !r->x12 && n.whole == 0)
		j.rule = EDI_R_GUIDE_VALUE_DIGIT;
	else if (n.rule == EDI_R_COUNT)
		(void)length(r, t, n.whole + n.fraction, &j);
	return j;
}

struct gjudged
guide_judge(const struct guide_reader *r, const struct gtype *t, struct span v,
    unsigned format)
{
	struct gjudged j = {.rule = EDI_R_COUNT, .value = v};

	switch ((enum gtype_kind)t->kind) {
	case T_NONE:
		return j;
	case T_AN:
		if (t->max && v.n > t->max)
			(void)length(r, t, characters(v), &j);
		else if (v.n < t->min)
			(void)length(r, t, v.n, &j);
		return j;
	case T_A:
		return letters(r, t, v);
	case T_N:
		return numeric(r, t, v);
	case T_DECIMAL:
		return decimal(r, t, v);
	case T_IMPLIED:
		return implied(r, t, v);
	case T_DATE:
	case T_DATETIME:
		return date(r, t, v, format);
	case T_TIME:
		return time_of_day(r, v);
	}
	return j;
}

/* Eight digits, the first of weight three, the next of weight one and so on;
 * false when not all are digits. */
static inline bool
weighed(uint64_t v, uint64_t *sum)
{
	const uint64_t ones = 0x0101010101010101u, even = 0x00FF00FF00FF00FFu;
	uint64_t d;

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	d = v ^ ones * '0';
	if ((d | (d + ones * 6)) & ones * 0xF0)
		return false;
	*sum += (3 * (d & even) + (d >> 8 & even)) * 0x0001000100010001u >> 48;
	return true;
}

/* The first n of eight bytes, behind zeros. */
static inline uint64_t
behind_zeros(const char *p, size_t n)
{
	char text[8] = {'0', '0', '0', '0', '0', '0', '0', '0'};
	uint64_t v;

	memcpy(text + 8 - n, p, n);
	memcpy(&v, text, sizeof v);
	return v;
}

bool
guide_check_digit_is(struct span v)
{
	uint64_t sum = 0, last;

	if (v.n != 8 && v.n != 18 && (v.n < 12 || v.n > 14))
		return true;
	for (; v.n >= 8; v.n -= 8) {
		memcpy(&last, v.p + v.n - 8, 8);
		if (!weighed(last, &sum))
			return true;
	}
	return (v.n && !weighed(behind_zeros(v.p, v.n), &sum)) || sum % 10 == 0;
}
