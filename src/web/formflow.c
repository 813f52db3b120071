/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "repr/form.h"
#include "web/errors.h"
#include "web/formflow.h"
#include "web/reply.h"

static void
keep(struct flow *f, const char *name, struct span value)
{
	reply_header(f, "set-cookie",
	    arena_printf(f->a,
		"__Host-%s=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax; "
		"Max-Age=31536000",
		name, (int)value.n, value.p));
}

static void
keep_choices(struct flow *f, struct span lang, struct span theme)
{
	if (span_is(lang, "en") || span_is(lang, "de"))
		keep(f, "lang", lang);
	if (span_is(theme, "auto") || span_is(theme, "light") ||
	    span_is(theme, "dark"))
		keep(f, "theme", theme);
}

void
formflow_cookies(struct flow *f)
{
	keep_choices(f, f->in.lang, f->in.theme);
}

/* The object's page is there, or the form's was asked for in vain. */
static enum flow_step
seen_again(struct flow *f)
{
	if (f->call.error.err.rc == RC_OK) {
		f->call.status = f->problem.status ? f->problem.status : 200;
		f->call.location = (struct span){0};
		return reply_call(f);
	}
	f->again = NULL;
	if (f->problem.status)
		return reply_problem(f);
	return flow_fail_db(f, &f->call.error);
}

/* A page of this door that the caller may see, by its path. */
static bool
find_page(struct flow *f, struct span path)
{
	struct route_path p;
	struct err err;

	if (route_path_read(path, f->a, &p, &err) != RC_OK ||
	    p.door != f->rq.path.door)
		return false;
	route_find(&p, WEB_GET, &f->shown);
	return f->shown.route && f->shown.route->page &&
	       (f->shown.route->who &
		   who_of_portal(span_of(door_portal(p.door))));
}

/* Where the form says that it stands (_back), with that address's query. */
static bool
find_back(struct flow *f, json_t **query)
{
	struct span rest = f->in.back, path;
	struct err err;

	if (rest.n == 0)
		return false;
	rest = span_cut(&rest, '#');
	path = span_cut(&rest, '?');
	if (!find_page(f, path))
		return false;
	if (rest.n && form_read(rest, f->a, query, &err) != RC_OK)
		*query = repr_json_object(f->a);
	return true;
}

/* The page that the form was on, else the GET route with the same template. */
static bool
find_shown(struct flow *f, json_t **query)
{
	*query = repr_json_object(f->a);
	if (find_back(f, query))
		return true;
	f->shown = f->match;
	f->shown.route = route_of_page(f->match.route->page);
	return f->shown.route != NULL;
}

/* The parameters of its path that the route has: not :event. */
static bool
put_params(struct flow *f, json_t *input)
{
	const struct route *r = f->shown.route;
	struct buf b;
	bool ok;

	buf_init(&b, 4096);
	ok = route_link(r, f->rq.path.door, &f->shown, &b);
	buf_done(&b);
	if (!ok)
		return false;
	for (size_t i = 0; i < f->shown.nparams; i++) {
		struct span name = span_make(
		    f->shown.params[i].name, f->shown.params[i].length);

		if (span_find_str(span_of(r->path),
			arena_printf(f->a, ":%.*s", (int)name.n, name.p)) <
		    strlen(r->path))
			repr_json_set(input, arena_str(f->a, name),
			    repr_json_string(f->a, f->shown.params[i].value));
	}
	return true;
}

/* Reads the page of the form again. */
static bool
read_again(struct flow *f)
{
	json_t *input = repr_json_object(f->a), *query;

	if (!find_shown(f, &query))
		return false;
	if (f->shown.route->input == INPUT_QUERY) {
		(void)json_object_update(input, query);
		f->in.query = query;
	}
	if (!put_params(f, input))
		return false;
	f->again = f->shown.route;
	(void)flow_call(
	    f, f->again->operation, input, (struct span){0}, true, seen_again);
	return true;
}

bool
formflow_again(struct flow *f)
{
	problem_of_db(&f->call.error, f->a, &f->problem);
	switch (f->problem.status) {
	case 400:
	case 409:
	case 412:
	case 413:
	case 415:
	case 422:
	case 428:
		return read_again(f);
	default:
		f->problem = (struct problem){0};
		return false;
	}
}

/* Where to go: the new place, where the form says, or the object's page. */
static void
put_target(struct flow *f, struct buf *b)
{
	const char *door = door_prefix(f->rq.path.door);
	const struct route *r = route_of_page(f->match.route->page);

	if (f->call.location.p) {
		buf_puts(b, door);
		buf_put(b, f->call.location);
		return;
	}
	if (f->in.back.p && span_starts(f->in.back, door) &&
	    f->in.back.n > strlen(door) && f->in.back.p[strlen(door)] == '/') {
		buf_put(b, f->in.back);
		return;
	}
	if (r && route_link(r, f->rq.path.door, &f->match, b))
		return;
	buf_reset(b);
	buf_puts(b, door);
	buf_puts(b, "/home");
}

/* done=<operation>[.<event>], before the fragment: the page says what has
 * happened. */
static void
put_done(struct flow *f, struct buf *b)
{
	struct span event = span_of(repr_json_str(f->in.json, "event"));
	struct span all = buf_span(b);
	size_t at = span_find(all, '#');
	const char *fragment = arena_str(f->a, span_sub(all, at, all.n));

	b->n = at;
	buf_putc(b, span_find(buf_span(b), '?') < b->n ? '&' : '?');
	buf_printf(b, "done=%s", f->match.route->operation);
	if (event.n) {
		buf_putc(b, '.');
		form_encode(b, event);
	}
	buf_puts(b, fragment);
}

enum flow_step
formflow_done(struct flow *f)
{
	enum flow_step step;
	json_t *data = NULL;
	struct buf b;

	if (route_shows(f->match.route))
		return reply_call(f);
	/* A bulk step that failed for some rows is told on the page. */
	if (f->call.data.p &&
	    repr_json_trusted(f->call.data, f->a, &data, NULL) == RC_OK &&
	    repr_json_int(data, "failed", 0) > 0) {
		f->result = data;
		if (read_again(f))
			return FLOW_WAIT;
	}
	/* What was chosen last wins, on this page or in the settings. */
	if (!strcmp(f->match.route->operation, "account_settings"))
		keep_choices(f, span_of(repr_json_str(f->in.json, "language")),
		    span_of(repr_json_str(f->in.json, "theme")));
	buf_init(&b, 8192);
	put_target(f, &b);
	put_done(f, &b);
	step = reply_see(f, buf_span(&b));
	buf_done(&b);
	return step;
}
