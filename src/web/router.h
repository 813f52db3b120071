/* SPDX-License-Identifier: Apache-2.0
 *
 * From an address to a line of routes.def. A path is a door (/distributor,
 * /supplier, /desk for browsers, /api/v1 for machines) and the route's path
 * behind it; routes of PUBLIC and the web layer's own hang at the root. Knows
 * nothing of Kore, identities or SQL.
 */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum web_method {
	WEB_GET = 1,
	WEB_HEAD = 2,
	WEB_POST = 4,
	WEB_PUT = 8,
	WEB_PATCH = 16,
	WEB_DELETE = 32,
	WEB_OPTIONS = 64,
};

/* Whom a route accepts: bits of portals. */
enum web_who {
	WHO_PUBLIC = 0,
	WHO_DISTRIBUTOR = 1,
	WHO_SUPPLIER = 2,
	WHO_PARTNER = 3,
	WHO_DESK = 4,
	WHO_BUYING = 5,
	WHO_SELLING = 6,
	WHO_ANY = 7,
};

enum web_input { INPUT_NONE, INPUT_QUERY, INPUT_BODY, INPUT_BYTES };

enum web_door {
	DOOR_ROOT,
	DOOR_DISTRIBUTOR,
	DOOR_SUPPLIER,
	DOOR_DESK,
	DOOR_API,
	DOORS
};

struct route {
	enum web_method method;
	const char *path;
	enum web_who who;
	enum web_input input;
	const char *operation;
	const char *page; /* NULL: nothing for a browser */
};

extern const struct route routes[];
extern const size_t routes_n;

#define ROUTE_PARAMS 4
#define ROUTE_SEGMENTS 8

/* A path, decoded and cut once. */
struct route_path {
	enum web_door door;
	struct span rest; /* behind the door, as sent: "/orders/17" */
	struct span segments[ROUTE_SEGMENTS];
	size_t n;
};

struct route_match {
	const struct route *route; /* NULL: no such path, or not this method */
	unsigned allow;            /* methods that the path knows; 0: none */
	size_t nparams;
	struct {
		const char *name; /* ":id" is "id"; not NUL-terminated */
		size_t length;
		struct span value;
	} params[ROUTE_PARAMS];
};

/* "GET" and so on, in capitals; 0 for a method that no route may have. */
enum web_method web_method(struct span name);
const char *web_method_name(enum web_method m);

/* "/distributor", "" for the root. */
const char *door_prefix(enum web_door d);

/* The word for the portal of a door: "distributor"; NULL for root and API. */
const char *door_portal(enum web_door d);
enum web_door door_of_portal(struct span portal); /* DOOR_ROOT: none */
enum web_who who_of_portal(struct span portal);   /* WHO_PUBLIC: none */

/*
 * Decodes and cuts a raw path. *out lives in a.
 *
 * RC_INPUT  http.path   not absolute, malformed %XX, an encoded separator, a
 *                       control character, not UTF-8, an empty or dot segment
 * RC_ABSENT http.route  more segments than any route has
 */
enum rc route_path_read(struct span raw, struct arena *a,
    struct route_path *out, struct err *err) MUST_USE;

/* HEAD finds the route of GET. Literal segments win over parameters. */
void route_find(
    const struct route_path *path, enum web_method m, struct route_match *out);

/* The GET route of the same page, to show a form again; NULL when none. */
const struct route *route_of_page(const char *page);

/* True for lists, which have CSV. */
bool route_is_list(const struct route *r);

/* True for a POST that changes nothing: its input is too long for an address,
 * and what it answers is the page. */
bool route_shows(const struct route *r);

/* The value of a parameter; p == NULL when there is none of that name. */
struct span route_param(const struct route_match *m, struct span name);

/*
 * Appends door and path of a route with the parameters of m filled in; false
 * when one is missing.
 */
bool route_link(const struct route *r, enum web_door d,
    const struct route_match *m, struct buf *out);

/* "GET, HEAD, POST" for the Allow header. */
void route_allow(unsigned methods, struct buf *out);

/* The largest body that the method and path may have (HT-4); multipart bodies
 * may carry a file. */
size_t route_body_max(
    const struct route_path *path, enum web_method m, bool multipart);

#endif
