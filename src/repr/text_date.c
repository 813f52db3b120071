/* SPDX-License-Identifier: Apache-2.0
 *
 * Dates and instants, by the patterns and names that text_locale.c got from
 * ICU; ICU's calendar is asked for a zone's offset only.
 */
#include <stdio.h>

#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/clock.h"
#include "repr/text_impl.h"

#define QUARTER_MS (15 * 60 * 1000LL)

struct moment {
	int year, month, day, hour, minute, second;
};

static bool
read_2(struct span s, size_t at, int *out)
{
	unsigned long long v;

	if (!span_uint(span_sub(s, at, 2), &v))
		return false;
	*out = (int)v;
	return true;
}

static bool
read_day(struct span s, struct moment *m)
{
	unsigned long long year;

	if (s.n < 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !span_uint(span_sub(s, 0, 4), &year) || !read_2(s, 5, &m->month) ||
	    !read_2(s, 8, &m->day))
		return false;
	m->year = (int)year;
	return clock_date_is(m->year, m->month, m->day);
}

/* Minutes that an instant's zone is ahead of UTC: Z, +01:00, +01. */
static bool
read_zone(struct span s, int *minutes)
{
	int hours = 0, rest = 0;

	*minutes = 0;
	if (span_is(s, "Z") || span_is(s, "z"))
		return true;
	if (s.n < 3 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !read_2(s, 1, &hours))
		return false;
	if (s.n == 6 && s.p[3] == ':' && !read_2(s, 4, &rest))
		return false;
	*minutes = (hours * 60 + rest) * (s.p[0] == '-' ? -1 : 1);
	return true;
}

/* "2026-12-03T09:30:00.123+01:00", also with a blank instead of the T. */
static bool
read_instant(struct span s, int64_t *ms)
{
	struct moment m = {0};
	size_t at = 19;
	int zone;

	if (!read_day(s, &m) || s.n < 20 ||
	    (s.p[10] != 'T' && s.p[10] != ' ') || !read_2(s, 11, &m.hour) ||
	    !read_2(s, 14, &m.minute) || !read_2(s, 17, &m.second))
		return false;
	if (s.p[at] == '.')
		for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9';)
			at++;
	if (!read_zone(span_sub(s, at, s.n), &zone))
		return false;
	*ms = ((clock_days(m.year, m.month, m.day) * 24 + m.hour) * 60 +
		  m.minute - zone) *
		  60000 +
	      m.second * 1000;
	return true;
}

/* Offsets change on quarters of an hour at most; the last is kept. */
static int64_t
offset_at(struct text_clock *l, int64_t ms)
{
	int64_t quarter = ms / QUARTER_MS;
	UErrorCode e = U_ZERO_ERROR;

	if (quarter == l->quarter)
		return l->offset_ms;
	ucal_setMillis(l->calendar, (double)ms, &e);
	l->offset_ms = ucal_get(l->calendar, UCAL_ZONE_OFFSET, &e) +
		       ucal_get(l->calendar, UCAL_DST_OFFSET, &e);
	l->quarter = quarter;
	return U_FAILURE(e) ? 0 : l->offset_ms;
}

static void
local_moment(const struct text_locale *l, int64_t ms, struct moment *m)
{
	int64_t local, days, rest;

	local = ms + offset_at(l->clock, ms);
	days = local / 86400000;
	rest = local % 86400000;
	if (rest < 0) {
		days--;
		rest += 86400000;
	}
	clock_from_days(days, &m->year, &m->month, &m->day);
	m->hour = (int)(rest / 3600000);
	m->minute = (int)(rest / 60000 % 60);
	m->second = (int)(rest / 1000 % 60);
}

static void
put_field(const struct text_language *l, const struct moment *m, char letter,
    int width, struct buf *out)
{
	int hour12 = m->hour % 12 ? m->hour % 12 : 12;

	switch (letter) {
	case 'y':
		buf_printf(out, width == 2 ? "%02d" : "%d",
		    width == 2 ? m->year % 100 : m->year);
		break;
	case 'M':
	case 'L':
		if (width >= 3)
			buf_put(out, l->months[m->month - 1]);
		else
			buf_printf(out, "%0*d", width, m->month);
		break;
	case 'd':
		buf_printf(out, "%0*d", width, m->day);
		break;
	case 'H':
		buf_printf(out, "%0*d", width, m->hour);
		break;
	case 'h':
		buf_printf(out, "%0*d", width, hour12);
		break;
	case 'm':
		buf_printf(out, "%0*d", width, m->minute);
		break;
	case 's':
		buf_printf(out, "%0*d", width, m->second);
		break;
	case 'a':
		buf_puts(out, m->hour < 12 ? "am" : "pm");
		break;
	default:
		break;
	}
}

static void
put_moment(const struct text_language *l, struct span pattern,
    const struct moment *m, struct buf *out)
{
	bool quoted = false;

	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];
		int width = 1;

		if (c == '\'') {
			quoted = !quoted;
		} else if (!quoted &&
			   ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
			while (i + 1 < pattern.n && pattern.p[i + 1] == c) {
				width++;
				i++;
			}
			put_field(l, m, c, width, out);
		} else {
			buf_putc(out, c);
		}
	}
}

void
text_date(const struct text_locale *l, struct span s, struct buf *out)
{
	struct moment m = {0};
	int64_t ms;

	if (s.n > 10 && read_instant(s, &ms))
		local_moment(l, ms, &m);
	else if (s.n != 10 || !read_day(s, &m)) {
		buf_put(out, s);
		return;
	}
	put_moment(l->language, l->language->date, &m, out);
}

static void
put_instant(const struct text_locale *l, struct span s, struct span pattern,
    struct buf *out)
{
	struct moment m = {0};
	int64_t ms;

	if (!read_instant(s, &ms)) {
		buf_put(out, s);
		return;
	}
	local_moment(l, ms, &m);
	put_moment(l->language, pattern, &m, out);
}

void
text_datetime(const struct text_locale *l, struct span s, struct buf *out)
{
	put_instant(l, s, l->language->datetime, out);
}

void
text_time(const struct text_locale *l, struct span s, struct buf *out)
{
	put_instant(l, s, l->language->time, out);
}

static void
calendar_done(void *calendar)
{
	ucal_close(calendar);
}

struct text_clock *
text_clock_open(const char *zone, struct arena *a)
{
	struct text_clock *c = ARENA_NEW(a, struct text_clock);
	UErrorCode e = U_ZERO_ERROR;
	UChar name[64];
	int32_t n = 0;

	u_strFromUTF8(name, 64, &n, zone, -1, &e);
	c->calendar = ucal_open(name, n, "en", UCAL_GREGORIAN, &e);
	if (U_FAILURE(e))
		fatal("ICU has no calendar: %s", u_errorName(e));
	arena_defer(a, calendar_done, c->calendar);
	c->quarter = INT64_MIN;
	return c;
}
