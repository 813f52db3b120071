/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "web/nav.h"

enum role { ALL, MANAGER, AGENT, ADMINISTRATOR };

/* A place is shown when its route exists; the first one is the home. */
static const struct place {
	enum web_door door;
	enum role role;
	const char *name, *path;
} places[] = {
    {DOOR_DISTRIBUTOR, ALL, "home", "/home"},
    {DOOR_DISTRIBUTOR, ALL, "orders", "/orders"},
    {DOOR_DISTRIBUTOR, ALL, "despatches", "/despatches"},
    {DOOR_DISTRIBUTOR, ALL, "cases", "/cases"},
    {DOOR_DISTRIBUTOR, ALL, "returns", "/returns"},
    {DOOR_DISTRIBUTOR, ALL, "documents", "/documents"},
    {DOOR_SUPPLIER, ALL, "worklist", "/worklist"},
    {DOOR_SUPPLIER, ALL, "despatches", "/despatches"},
    {DOOR_SUPPLIER, ALL, "orders", "/orders"},
    {DOOR_SUPPLIER, ALL, "invoices", "/invoices"},
    {DOOR_SUPPLIER, ALL, "documents", "/documents"},
    {DOOR_SUPPLIER, ALL, "scorecard", "/scorecard"},
    {DOOR_DESK, MANAGER, "portfolio", "/portfolio"},
    {DOOR_DESK, AGENT, "cases", "/cases"},
    {DOOR_DESK, AGENT, "returns", "/returns"},
    {DOOR_DESK, ALL, "home", "/home"},
    {DOOR_DESK, MANAGER, "partners", "/partners"},
    {DOOR_DESK, ADMINISTRATOR, "partners", "/partners"},
    {DOOR_DESK, ALL, "orders", "/orders"},
    {DOOR_DESK, MANAGER, "invoices", "/invoices"},
    {DOOR_DESK, ALL, "documents", "/documents"},
    {DOOR_DESK, AGENT, "activity", "/activity"},
    {DOOR_DESK, ADMINISTRATOR, "activity", "/activity"},
    {DOOR_DESK, ADMINISTRATOR, "mails", "/mails"},
};

static enum role
role_of(const json_t *me)
{
	const char *r = repr_json_str(me, "role");

	if (r && !strcmp(r, "account_manager"))
		return MANAGER;
	if (r && !strcmp(r, "agent"))
		return AGENT;
	return ADMINISTRATOR;
}

static bool
routed(const char *path)
{
	for (size_t i = 0; i < routes_n; i++)
		if (routes[i].method == WEB_GET && routes[i].page &&
		    !strcmp(routes[i].path, path))
			return true;
	return false;
}

static bool
shown(const struct place *p, enum web_door d, enum role role)
{
	return p->door == d && (p->role == ALL || p->role == role) &&
	       routed(p->path);
}

/* "/orders" is current on "/orders" and "/orders/17". */
static bool
current(const struct place *p, struct span rest)
{
	size_t n = strlen(p->path);

	return span_starts(rest, p->path) && (rest.n == n || rest.p[n] == '/');
}

json_t *
nav_of(enum web_door d, const json_t *me, struct span rest, struct arena *a)
{
	json_t *out = repr_json_array(a);

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const struct place *p = &places[i];
		json_t *v;

		if (!shown(p, d, role_of(me)))
			continue;
		v = repr_json_object(a);
		repr_json_set_str(v, "name", p->name);
		repr_json_set_str(v, "href",
		    arena_printf(a, "%s%s", door_prefix(d), p->path));
		repr_json_set_str(
		    v, "label", arena_printf(a, "nav.%s", p->name));
		if (current(p, rest))
			repr_json_set(v, "current", json_true());
		(void)json_array_append(out, v);
	}
	return out;
}

const char *
nav_home(enum web_door d, const json_t *me)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (shown(&places[i], d, role_of(me)))
			return places[i].path;
	return "/home";
}
