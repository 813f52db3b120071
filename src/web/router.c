/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "web/router.h"

#define GET WEB_GET
#define POST WEB_POST
#define PUT WEB_PUT
#define PATCH WEB_PATCH
#define DELETE WEB_DELETE
#define ROUTE(m, p, w, i, o, t) {m, p, WHO_##w, INPUT_##i, #o, t},
const struct route routes[] = {
#include "web/routes.def"
};
#undef ROUTE
const size_t routes_n = sizeof routes / sizeof *routes;

static const struct {
	const char *name;
	enum web_method m;
} methods[] = {
    {"GET", WEB_GET},
    {"HEAD", WEB_HEAD},
    {"POST", WEB_POST},
    {"PUT", WEB_PUT},
    {"PATCH", WEB_PATCH},
    {"DELETE", WEB_DELETE},
    {"OPTIONS", WEB_OPTIONS},
};

static const struct {
	const char *prefix, *portal;
	enum web_who who;
} doors[DOORS] = {
    [DOOR_ROOT] = {"", NULL, WHO_PUBLIC},
    [DOOR_DISTRIBUTOR] = {"/distributor", "distributor", WHO_DISTRIBUTOR},
    [DOOR_SUPPLIER] = {"/supplier", "supplier", WHO_SUPPLIER},
    [DOOR_DESK] = {"/desk", "desk", WHO_DESK},
    [DOOR_API] = {"/api/v1", NULL, WHO_ANY},
};

enum web_method
web_method(struct span name)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (span_is(name, methods[i].name))
			return methods[i].m;
	return 0;
}

const char *
web_method_name(enum web_method m)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (methods[i].m == m)
			return methods[i].name;
	return "?";
}

const char *
door_prefix(enum web_door d)
{
	return doors[d].prefix;
}

const char *
door_portal(enum web_door d)
{
	return doors[d].portal;
}

enum web_door
door_of_portal(struct span portal)
{
	for (int d = DOOR_ROOT; d < DOORS; d++)
		if (doors[d].portal && span_is(portal, doors[d].portal))
			return (enum web_door)d;
	return DOOR_ROOT;
}

enum web_who
who_of_portal(struct span portal)
{
	return doors[door_of_portal(portal)].who;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes one segment; false when it must not be in a path. */
static bool
decode(struct span raw, struct arena *a, struct span *out)
{
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		int c = (unsigned char)raw.p[i];

		if (c == '%') {
			if (raw.n - i < 3 || hex(raw.p[i + 1]) < 0 ||
			    hex(raw.p[i + 2]) < 0)
				return false;
			c = hex(raw.p[i + 1]) * 16 + hex(raw.p[i + 2]);
			i += 2;
			if (c == '/')
				return false;
		}
		if (c < 0x20 || c == 0x7f || c == '\\')
			return false;
		p[n++] = (char)c;
	}
	*out = span_make(p, n);
	return n > 0 && !span_is(*out, ".") && !span_is(*out, "..") &&
	       utf8_is(*out);
}

static void
take_door(struct route_path *p, struct span raw)
{
	p->door = DOOR_ROOT;
	p->rest = raw;
	for (int d = DOOR_ROOT + 1; d < DOORS; d++) {
		size_t n = strlen(doors[d].prefix);

		if (!span_starts(raw, doors[d].prefix) ||
		    (raw.n > n && raw.p[n] != '/'))
			continue;
		p->door = (enum web_door)d;
		p->rest = span_sub(raw, n, raw.n);
	}
}

enum rc
route_path_read(
    struct span raw, struct arena *a, struct route_path *out, struct err *err)
{
	struct span rest;

	*out = (struct route_path){0};
	if (raw.n == 0 || raw.p[0] != '/')
		return err_set(
		    err, RC_INPUT, "http.path", "a path starts with /");
	take_door(out, raw);
	if (out->rest.n <= 1)
		return RC_OK;
	rest = span_sub(out->rest, 1, out->rest.n);
	while (rest.p) {
		struct span s, part = span_cut(&rest, '/');

		if (!decode(part, a, &s))
			return err_set(err, RC_INPUT, "http.path",
			    "a segment of the path is malformed");
		if (out->n == ROUTE_SEGMENTS)
			return err_set(err, RC_ABSENT, "http.route",
			    "no route has so many segments");
		out->segments[out->n++] = s;
	}
	return RC_OK;
}

/*
 * Compares a route's path with the segments. The result grows with literal
 * segments, the first counting most; 0 is no match.
 */
static unsigned
score(const struct route *r, const struct route_path *path)
{
	struct span rest = span_of(r->path + 1);
	unsigned s = 1;
	size_t i = 0;

	for (; rest.p && i < path->n; i++) {
		struct span part = span_cut(&rest, '/');
		bool param = part.n && part.p[0] == ':';

		if (!param && !span_eq(part, path->segments[i]))
			return 0;
		s = s << 1 | !param;
	}
	return rest.p || i < path->n ? 0 : s;
}

static void
fill_params(const struct route_path *path, struct route_match *m)
{
	struct span rest = span_of(m->route->path + 1);

	for (size_t i = 0; rest.p && m->nparams < ROUTE_PARAMS; i++) {
		struct span part = span_cut(&rest, '/');

		if (part.n == 0 || part.p[0] != ':')
			continue;
		m->params[m->nparams].name = part.p + 1;
		m->params[m->nparams].length = part.n - 1;
		m->params[m->nparams++].value = path->segments[i];
	}
}

void
route_find(
    const struct route_path *path, enum web_method m, struct route_match *out)
{
	unsigned best = 0;

	*out = (struct route_match){0};
	if (m == WEB_HEAD)
		m = WEB_GET;
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];
		unsigned s;

		if ((r->who == WHO_PUBLIC) != (path->door == DOOR_ROOT))
			continue;
		if ((s = score(r, path)) == 0)
			continue;
		out->allow |= r->method | (r->method == WEB_GET ? WEB_HEAD : 0);
		if (r->method == m && s > best) {
			best = s;
			out->route = r;
		}
	}
	if (out->route)
		fill_params(path, out);
}

const struct route *
route_of_page(const char *page)
{
	for (size_t i = 0; i < routes_n; i++)
		if (routes[i].method == WEB_GET && routes[i].page && page &&
		    !strcmp(routes[i].page, page))
			return &routes[i];
	return NULL;
}

bool
route_is_list(const struct route *r)
{
	return r->method == WEB_GET &&
	       span_ends(span_of(r->operation), "_list");
}

bool
route_shows(const struct route *r)
{
	return r->method == WEB_POST &&
	       span_ends(span_of(r->operation), "_pick");
}

struct span
route_param(const struct route_match *m, struct span name)
{
	for (size_t i = 0; i < m->nparams; i++)
		if (span_eq(span_make(m->params[i].name, m->params[i].length),
			name))
			return m->params[i].value;
	return (struct span){0};
}

static void
put_encoded(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || (c && strchr("-._~", c)))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

bool
route_link(const struct route *r, enum web_door d, const struct route_match *m,
    struct buf *out)
{
	struct span rest = span_of(r->path + 1);

	buf_puts(out, door_prefix(d));
	while (rest.p) {
		struct span v, part = span_cut(&rest, '/');

		buf_putc(out, '/');
		if (part.n == 0 || part.p[0] != ':') {
			buf_put(out, part);
			continue;
		}
		v = route_param(m, span_sub(part, 1, part.n));
		if (v.p == NULL)
			return false;
		put_encoded(out, v);
	}
	return true;
}

void
route_allow(unsigned allow, struct buf *out)
{
	const char *apart = "";

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (!(allow & methods[i].m))
			continue;
		buf_printf(out, "%s%s", apart, methods[i].name);
		apart = ", ";
	}
}

size_t
route_body_max(const struct route_path *path, enum web_method m, bool multipart)
{
	const size_t file = (10u << 20) + (64u << 10);
	struct route_match match;

	route_find(path, m, &match);
	if (path->door == DOOR_ROOT || match.route == NULL)
		return 16u << 10;
	switch (match.route->input) {
	case INPUT_BYTES:
		return file;
	case INPUT_BODY:
		return multipart ? file : 1u << 20;
	case INPUT_NONE:
	case INPUT_QUERY:
		break;
	}
	return 16u << 10;
}
