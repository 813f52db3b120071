/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "web/builtin.h"
#include "web/health.h"
#include "web/login.h"
#include "web/oauth.h"
#include "web/openapi.h"
#include "web/reply.h"
#include "web/stream.h"

const struct builtin builtins[] = {
    {WEB_GET, false, "/", "front", login_front},
    {WEB_GET, true, "/", "front", login_front},
    {WEB_GET, false, "/login", "login", login_show},
    {WEB_POST, false, "/login", "login", login_post},
    {WEB_POST, false, "/logout", "logout", login_end},
    {WEB_POST, false, "/membership", "membership", login_switch},
    {WEB_POST, false, "/view", "view", login_view},
    {WEB_GET, false, "/livez", "livez", health_live},
    {WEB_GET, false, "/readyz", "readyz", health_ready},
    {WEB_GET, false, "/.well-known/jwks.json", "jwks", oauth_keys},
    {WEB_GET, false, "/.well-known/oauth-authorization-server", "oauth",
	oauth_metadata},
    {WEB_POST, false, "/api/v1/token", "token", oauth_token},
    {WEB_GET, false, "/api/v1/openapi.json", "openapi", openapi_show},
    {WEB_GET, true, "/events", "events", stream_open},
};
const size_t builtins_n = sizeof builtins / sizeof *builtins;

/* Whether the path is this one, behind its door or as a whole. */
static bool
is(const struct builtin *b, const struct route_path *path)
{
	struct span rest = span_of(b->path);
	size_t n = strlen(door_prefix(path->door)), i = 0;

	if (b->every_door == (path->door == DOOR_ROOT))
		if (path->door != DOOR_API || b->every_door)
			return false;
	if (!b->every_door) {
		if (!span_starts(rest, door_prefix(path->door)))
			return false;
		rest = span_sub(rest, n, rest.n);
	}
	rest = span_sub(rest, 1, rest.n);
	if (rest.n == 0)
		return path->n == 0;
	while (rest.p && i < path->n)
		if (!span_eq(span_cut(&rest, '/'), path->segments[i++]))
			return false;
	return rest.p == NULL && i == path->n;
}

const struct builtin *
builtin_find(const struct route_path *path, enum web_method m, unsigned *allow)
{
	const struct builtin *found = NULL;

	*allow = 0;
	if (m == WEB_HEAD)
		m = WEB_GET;
	for (size_t i = 0; i < builtins_n; i++) {
		if (!is(&builtins[i], path))
			continue;
		*allow |= builtins[i].method |
			  (builtins[i].method == WEB_GET ? WEB_HEAD : 0);
		if (builtins[i].method == m)
			found = &builtins[i];
	}
	return found;
}

enum flow_step
builtin_run(struct flow *f, const struct builtin *b)
{
	struct err err = {0};

	if (input_query(&f->rq, f->a, &f->in, &err) != RC_OK)
		return flow_fail(f, &err);
	return b->start(f);
}
