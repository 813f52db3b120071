/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "auth/csrf.h"
#include "repr/form.h"
#include "web/app.h"
#include "web/errors.h"
#include "web/nav.h"
#include "web/refused.h"
#include "web/render.h"

static json_t *
string(struct flow *f, struct span s)
{
	return repr_json_string(f->a, s);
}

/* The address of this page: a refused form's is that of its GET route. */
static struct span
address(struct flow *f)
{
	struct span s = f->rq.target;
	struct buf b;

	if (f->again == NULL)
		return s;
	buf_init(&b, 4096);
	if (route_link(f->again, f->rq.path.door, &f->shown, &b))
		s = arena_span(f->a, buf_span(&b));
	buf_done(&b);
	return s;
}

/* This address with another value of one query member, as a link. */
static void
set_switch(struct flow *f, json_t *page, const char *member, const char *name,
    const char *value)
{
	struct buf b;
	const char *key;
	json_t *v;

	buf_init(&b, 16384);
	buf_put(&b, address(f));
	buf_printf(&b, "?%s=%s", name, value);
	json_object_foreach(f->in.query, key, v)
	{
		if (!json_is_string(v))
			continue;
		buf_putc(&b, '&');
		form_encode(&b, span_of(key));
		buf_putc(&b, '=');
		form_encode(&b, span_of(json_string_value(v)));
	}
	repr_json_set_str(page, member, b.p);
	buf_done(&b);
}

/* What was just done; only the shape of a code gets onto the page. */
static void
set_flash(struct flow *f, json_t *page)
{
	struct span s = f->in.flash;
	json_t *v;

	if (s.p == NULL || s.n == 0 || s.n > 64)
		return;
	for (size_t i = 0; i < s.n; i++)
		if (!islower((unsigned char)s.p[i]) && s.p[i] != '_' &&
		    s.p[i] != '.')
			return;
	v = repr_json_object(f->a);
	repr_json_set(v, "code", string(f, s));
	repr_json_set(page, "flash", v);
}

static void
set_form_token(struct flow *f, json_t *page)
{
	char token[CSRF_SIZE];

	if (f->id.hash[0] == '\0' || f->id.machine)
		return;
	csrf_make(app.form_key, f->id.hash, token);
	repr_json_set_str(page, "form_token", token);
}

/* "/lines/0/item" as the name of its form field, "lines[0][item]". */
static json_t *
field_of(struct flow *f, const char *pointer)
{
	struct span rest = span_of(pointer);
	struct buf b;
	json_t *v;
	int n = 0;

	buf_init(&b, 1024);
	(void)span_cut(&rest, '/');
	for (; rest.p; n++) {
		struct span part = span_cut(&rest, '/');

		buf_puts(&b, n ? "[" : "");
		buf_put(&b, part);
		buf_puts(&b, n ? "]" : "");
	}
	v = string(f, buf_span(&b));
	buf_done(&b);
	return v;
}

/* Puts the sentence where the field is: page.invalid.<name>, and in rows of
 * the input as member `invalid`. */
static void
set_invalid(struct flow *f, json_t *page, const char *pointer, json_t *text)
{
	json_t *at = page, *invalid;
	struct span rest = span_of(pointer), part;

	(void)span_cut(&rest, '/');
	part = span_cut(&rest, '/');
	if (rest.p)
		at = json_object_get(page, "input");
	while (rest.p && at) {
		unsigned long long i;

		at = span_uint(part, &i) && json_is_array(at)
			 ? json_array_get(at, (size_t)i)
			 : json_object_get(at, arena_str(f->a, part));
		part = span_cut(&rest, '/');
	}
	if (!json_is_object(at) || part.n == 0)
		return;
	invalid = json_object_get(at, "invalid");
	if (invalid == NULL) {
		invalid = repr_json_object(f->a);
		repr_json_set(at, "invalid", invalid);
	}
	repr_json_set(invalid, arena_str(f->a, part), text);
}

/* A form that was refused: what was typed, and what is wrong with it. */
static void
set_errors(struct flow *f, json_t *page, const struct text_locale *l)
{
	json_t *p, *errors, *list = repr_json_array(f->a);

	if (f->problem.status == 0)
		return;
	p = problem_json(&f->problem, f->rq.trace, l, f->a);
	errors = json_object_get(p, "errors");
	repr_json_set(page, "error", p);
	repr_json_set(page, "error_summary", json_true());
	repr_json_set(page, "input", f->in.json);
	if (f->in.sent.p)
		repr_json_set(page, "form", string(f, f->in.sent));
	for (size_t i = 0; i < json_array_size(errors); i++) {
		json_t *e = json_array_get(errors, i);
		const char *pointer = repr_json_str(e, "pointer");
		json_t *v = repr_json_object(f->a);

		repr_json_set(v, "code", json_object_get(e, "code"));
		repr_json_set(v, "text", json_object_get(e, "detail"));
		repr_json_set_str(v, "pointer", pointer);
		if (pointer)
			repr_json_set(v, "field", field_of(f, pointer));
		(void)json_array_append(list, v);
		if (pointer)
			set_invalid(
			    f, page, pointer, json_object_get(e, "detail"));
	}
	repr_json_set(page, "errors", list);
}

static const char *
theme_of(struct flow *f, const json_t *me)
{
	const char *mine = repr_json_str(me, "theme");
	struct span s = f->in.theme;

	if (s.p == NULL &&
	    cookie_find(f->rq.cookie, "__Host-theme", &s, NULL) != RC_OK)
		s = span_of(mine);
	if (span_is(s, "dark") || span_is(s, "light"))
		return span_is(s, "dark") ? "dark" : "light";
	return "auto";
}

static json_t *
page_of(struct flow *f, const json_t *me, const struct text_locale *l)
{
	const char *lang = text_language(l);
	const char *other = strcmp(lang, "de") ? "de" : "en";
	json_t *page = repr_json_object(f->a);
	enum web_door d = f->rq.path.door;

	repr_json_set(page, "path", string(f, address(f)));
	repr_json_set_str(page, "door", door_prefix(d));
	repr_json_set_str(page, "base", app.base_url);
	repr_json_set_str(page, "portal", door_portal(d));
	repr_json_set_str(page, "lang", lang);
	repr_json_set_str(page, "other_lang", other);
	set_switch(f, page, "other_lang_href", "lang", other);
	if (d != DOOR_ROOT && f->id.hash[0])
		repr_json_set(
		    page, "nav", nav_of(d, me, f->rq.path.rest, f->a));
	repr_json_set(page, "query", f->in.query);
	set_form_token(f, page);
	set_flash(f, page);
	set_errors(f, page, l);
	if (f->result)
		repr_json_set(page, "result", f->result);
	repr_json_set_str(page, "trace_id", f->rq.trace);
	repr_json_set_str(page, "theme", theme_of(f, me));
	repr_json_set(page, app.demo ? "demo" : "live", json_true());
	return page;
}

static enum flow_step
send_page(struct flow *f, int status, const char *name, json_t *data,
    json_t *me, struct buf *out)
{
	const struct text_locale *l = flow_locale(f, me);
	json_t *view = repr_json_object(f->a);
	struct err err = {0};

	refused_rows(f, data);
	repr_json_set(view, "data", data ? data : json_null());
	repr_json_set(view, "me", me ? me : json_null());
	repr_json_set(view, "page", page_of(f, me, l));
	if (page_render(app.pages, name, view, l, out, &err) == RC_OK)
		return reply(
		    f, status, format_type(FORMAT_HTML), buf_span(out));
	/* No page can be shown: say so in the plainest form. */
	problem_of(&err, &f->problem);
	f->format = FORMAT_JSON;
	return reply_problem(f);
}

enum flow_step
render_call(struct flow *f, int status, json_t *data, struct buf *out)
{
	const struct route *r = f->again ? f->again : f->match.route;
	json_t *me = NULL;

	if (f->call.me.p &&
	    repr_json_trusted(f->call.me, f->a, &me, NULL) != RC_OK)
		me = NULL;
	return send_page(f, status, r->page, data, me, out);
}

enum flow_step
render_problem(struct flow *f, json_t *v, struct buf *out)
{
	json_t *me = NULL;

	if (f->call.me.p &&
	    repr_json_trusted(f->call.me, f->a, &me, NULL) != RC_OK)
		me = NULL;
	return send_page(f, f->problem.status, "error/show", v, me, out);
}

static void
free_buf(void *b)
{
	buf_done(b);
}

enum flow_step
render_page(struct flow *f, int status, const char *name, json_t *data)
{
	struct buf *b = ARENA_NEW(f->a, struct buf);

	buf_init(b, PAGE_MAX);
	arena_defer(f->a, free_buf, b);
	return send_page(f, status, name, data, NULL, b);
}
