/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "web/header.h"

static const struct format {
	const char *type, *subtype, *other;
	const char *full;
} formats[FORMATS] = {
    [FORMAT_JSON] = {"application", "json", "problem+json", "application/json"},
    [FORMAT_HTML] = {"text", "html", NULL, "text/html; charset=utf-8"},
    [FORMAT_XML] = {"application", "xml", NULL,
	"application/xml; charset=utf-8"},
    [FORMAT_CSV] = {"text", "csv", NULL, "text/csv; charset=utf-8"},
    [FORMAT_BYTES] = {"application", "octet-stream", NULL,
	"application/octet-stream"},
};

const char *
format_type(enum web_format f)
{
	return formats[f].full;
}

/* Thousandths of a q parameter among the parameters; 1000 without one. */
static int
quality(struct span params)
{
	int q, scale = 100;

	while (params.p) {
		struct span p = span_trim(span_cut(&params, ';'));

		if (p.n < 3 || (p.p[0] != 'q' && p.p[0] != 'Q') ||
		    p.p[1] != '=')
			continue;
		q = p.p[2] == '1' ? 1000 : 0;
		for (size_t i = 4; i < p.n && i < 7; i++, scale /= 10)
			if (isdigit((unsigned char)p.p[i]))
				q += (p.p[i] - '0') * scale;
		return q > 1000 ? 1000 : q;
	}
	return 1000;
}

/* How well a media range fits: 3 exact, 2 type/ *, 1 anything, 0 not. */
static int
fits(struct span range, const struct format *f)
{
	struct span sub = range, type = span_cut(&sub, '/');

	if (span_is(type, "*") && span_is(sub, "*"))
		return 1;
	if (!span_case_is(type, f->type))
		return 0;
	if (span_is(sub, "*"))
		return 2;
	if (span_case_is(sub, f->subtype) ||
	    (f->other && span_case_is(sub, f->other)))
		return 3;
	return 0;
}

static int
offer_quality(struct span accept, const struct format *f)
{
	int best = 0, q = 0;

	while (accept.p) {
		struct span params = span_cut(&accept, ',');
		struct span range = span_trim(span_cut(&params, ';'));
		int fit = fits(range, f);

		if (fit <= best)
			continue;
		best = fit;
		q = quality(params);
	}
	return q;
}

bool
accept_pick(struct span accept, const enum web_format *offers, size_t n,
    enum web_format *out)
{
	int best = 0;

	if (span_trim(accept).n == 0 && n) {
		*out = offers[0];
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		int q = offer_quality(accept, &formats[offers[i]]);

		if (q <= best)
			continue;
		best = q;
		*out = offers[i];
	}
	return best > 0;
}

const char *
language_pick(struct span accept)
{
	static const char *const known[] = {"en", "de"};
	const char *best = known[0];
	int top = 0;

	while (accept.p) {
		struct span params = span_cut(&accept, ',');
		struct span range = span_trim(span_cut(&params, ';'));
		struct span primary = span_cut(&range, '-');
		int q = quality(params);

		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (span_case_is(primary, known[i]) && q > top) {
				top = q;
				best = known[i];
			}
	}
	return best;
}

static struct span
tag_opaque(struct span tag)
{
	if (span_starts(tag, "W/"))
		return span_sub(tag, 2, tag.n);
	return tag;
}

bool
etag_match(struct span list, struct span etag)
{
	if (span_is(span_trim(list), "*"))
		return true;
	/* Our tags hold no comma. */
	while (list.p) {
		struct span tag = span_trim(span_cut(&list, ','));

		if (tag.n && span_eq(tag_opaque(tag), tag_opaque(etag)))
			return true;
	}
	return false;
}

enum rc
if_match_read(struct span header, long long *version, struct err *err)
{
	struct span s = span_trim(header);
	unsigned long long n;

	if (s.n == 0 || span_is(s, "*"))
		return err_set(err, RC_ABSENT, "http.if_match.absent",
		    "no version in If-Match");
	if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return err_set(err, RC_INPUT, "http.if_match",
		    "If-Match is not one of our tags");
	s = span_sub(s, 1, s.n - 2);
	if (!span_uint(span_cut(&s, '-'), &n))
		return err_set(err, RC_INPUT, "http.if_match",
		    "If-Match is not one of our tags");
	*version = (long long)n;
	return RC_OK;
}

int
prefer_wait(struct span prefer, int max)
{
	while (prefer.p) {
		struct span value = span_trim(span_cut(&prefer, ','));
		struct span name = span_trim(span_cut(&value, '='));
		unsigned long long n;

		if (!span_case_is(name, "wait"))
			continue;
		if (!span_uint(span_trim(value), &n))
			return 0;
		return n > (unsigned long long)max ? max : (int)n;
	}
	return 0;
}

enum rc
idempotency_read(struct span header, struct span *key, struct err *err)
{
	struct span s = span_trim(header);

	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = span_sub(s, 1, s.n - 2);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e || s.p[i] == '"')
			return err_set(err, RC_INPUT, "http.idempotency_key",
			    "visible ASCII characters only");
	if (s.n == 0 || s.n > 128)
		return err_set(err, RC_INPUT, "http.idempotency_key",
		    "1 to 128 characters");
	*key = s;
	return RC_OK;
}

struct span
trace_id(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isdigit((unsigned char)s.p[i]) &&
		    (s.p[i] < 'a' || s.p[i] > 'f'))
			return (struct span){0};
	return s.n == 32 ? s : (struct span){0};
}

struct span
media_type(struct span content_type, struct arena *a, struct span *charset)
{
	struct span rest = content_type, t = span_trim(span_cut(&rest, ';'));
	char *p = arena_str(a, t);

	*charset = (struct span){0};
	for (size_t i = 0; i < t.n; i++)
		p[i] = (char)tolower((unsigned char)p[i]);
	while (rest.p) {
		struct span v = span_cut(&rest, ';');
		struct span k = span_trim(span_cut(&v, '='));

		v = span_trim(v);
		if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
			v = span_sub(v, 1, v.n - 2);
		if (span_case_is(k, "charset"))
			*charset = v;
	}
	return span_make(p, t.n);
}

static bool
name_is(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '-' &&
		    s.p[i] != '+' && s.p[i] != '.' && s.p[i] != '_')
			return false;
	return s.n > 0 && s.n < 100;
}

bool
media_type_is(struct span s)
{
	struct span sub = s, type = span_cut(&sub, '/');

	return sub.p && name_is(type) && name_is(sub);
}

enum rc
cookie_find(
    struct span cookies, const char *name, struct span *out, struct err *err)
{
	bool found = false;

	while (cookies.p) {
		struct span value = span_trim(span_cut(&cookies, ';'));
		struct span key = span_cut(&value, '=');

		if (value.p == NULL || !span_is(key, name))
			continue;
		if (found)
			return err_set(err, RC_INPUT, "cookie.duplicate",
			    "cookie %s is there twice", name);
		found = true;
		*out = value;
	}
	if (!found)
		return err_set(
		    err, RC_ABSENT, "cookie.absent", "no cookie %s", name);
	return RC_OK;
}
