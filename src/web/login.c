/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/session.h"
#include "base/clock.h"
#include "repr/form.h"
#include "web/app.h"
#include "web/errors.h"
#include "web/formflow.h"
#include "web/identity.h"
#include "web/login.h"
#include "web/nav.h"
#include "web/render.h"
#include "web/task.h"

/* One login, kept in f->extra. */
struct login {
	const char *name, *next;
	struct span password;
	const json_t *entry;
	struct session_id id;
	const char *old; /* hash of the session it replaces, or NULL */
	const char *membership;
	struct problem why;
};

static const struct span none;

bool
login_form(struct flow *f, struct err *err)
{
	struct span charset, type;
	json_t *v;

	type = media_type(f->rq.content_type, f->a, &charset);
	if (!span_is(type, "application/x-www-form-urlencoded")) {
		(void)err_set(
		    err, RC_INPUT, "http.media_type", "a form is expected");
		return false;
	}
	if (form_read(f->rq.body, f->a, &v, err) != RC_OK)
		return false;
	f->in.json = v;
	return true;
}

static const char *
text_of(const json_t *v, const char *name)
{
	const char *s = repr_json_str(v, name);

	return s ? s : "";
}

static enum flow_step
show(struct flow *f, int status)
{
	json_t *data = repr_json_object(f->a);
	struct login *l = f->extra;

	repr_json_set_str(
	    data, "next", l ? l->next : text_of(f->in.query, "next"));
	repr_json_set_str(data, "name", l ? l->name : "");
	(void)json_object_del(f->in.json, "password");
	if (f->format == FORMAT_HTML)
		return render_page(f, status, "login/show", data);
	return reply_problem(f);
}

/* Refusals look alike; their reason is in the audit (AU-5). */
static enum flow_step
refuse(struct flow *f, int status, const char *code, int retry)
{
	struct login *l = f->extra;

	f->problem = l->why; /* its text is for the log */
	f->problem.status = status;
	f->problem.retry_after = retry;
	(void)snprintf(f->problem.code, sizeof f->problem.code, "%s", code);
	if (retry > 0) {
		json_t *d = repr_json_object(f->a), *a = repr_json_object(f->a);

		repr_json_set_int(a, "seconds", retry);
		repr_json_set_int(a, "minutes", (retry + 59) / 60);
		repr_json_set(d, "args", a);
		f->problem.detail = d;
		reply_header(f, "retry-after", arena_printf(f->a, "%d", retry));
	}
	return show(f, status);
}

/* Where somebody who is signed in belongs. */
static enum flow_step
to_home(struct flow *f, enum web_door d, const char *next)
{
	size_t n = strlen(door_prefix(d));

	if (next && span_starts(span_of(next), door_prefix(d)) &&
	    (next[n] == '/'))
		return reply_see(f, span_of(next));
	return reply_see(f, span_of(arena_printf(f->a, "%s%s", door_prefix(d),
				nav_home(d, NULL))));
}

/* `me` tells the role, which picks the first screen. */
static enum flow_step
front_known(struct flow *f)
{
	json_t *me = NULL;

	if (f->call.error.err.rc == RC_AWAY)
		return flow_fail_db(f, &f->call.error);
	if (f->call.error.err.rc != RC_OK)
		return reply_see(f, span_of("/login"));
	if (repr_json_trusted(f->call.me, f->a, &me, NULL) != RC_OK)
		me = NULL;
	return reply_see(
	    f, span_of(arena_printf(f->a, "%s%s", door_prefix(f->id.portal),
		   nav_home(f->id.portal, me))));
}

enum flow_step
login_front(struct flow *f)
{
	if (f->rq.path.door == DOOR_API)
		return flow_problem(f, 404, "http.route");
	identity_try(f);
	if (f->id.portal == DOOR_ROOT)
		return reply_see(f, span_of("/login"));
	return flow_call(
	    f, "account_show", repr_json_object(f->a), none, true, front_known);
}

enum flow_step
login_show(struct flow *f)
{
	f->format = FORMAT_HTML;
	formflow_cookies(f);
	return show(f, 200);
}

static enum flow_step opened(struct flow *f);

static enum flow_step
open_session(struct flow *f)
{
	struct login *l = f->extra;
	json_t *in = repr_json_object(f->a);

	session_id_make(&l->id);
	json_object_set(in, "entry", (json_t *)(uintptr_t)l->entry);
	repr_json_set_str(in, "hash", l->id.hash);
	repr_json_set_str(in, "account", l->name);
	repr_json_set_str(in, "membership", l->membership);
	repr_json_set_str(in, "replaces", l->old);
	f->id = (struct identity){0};
	return flow_call(f, "session_create", in, none, false, opened);
}

enum flow_step
login_enter(struct flow *f, const struct session_id *id, const json_t *session,
    const char *next)
{
	const struct session_owner owner = {
	    .person = span_of(text_of(session, "person")),
	    .portal = span_of(text_of(session, "portal")),
	    .partner = span_of(text_of(session, "partner")),
	};
	struct session s;
	struct err err = {0};
	struct buf b;

	if (session_make(app.keys, id, &owner, clock_wall() / 1000000, f->a, &s,
		&err) != RC_OK)
		return flow_fail(f, &err);
	buf_init(&b, 16384);
	session_cookie_set(&s, &b);
	reply_header(f, "set-cookie", b.p);
	buf_done(&b);
	f->id.person = s.person;
	f->id.portal = door_of_portal(owner.portal);
	memcpy(f->id.hash, s.hash, sizeof f->id.hash);
	if (next[0])
		return to_home(f, f->id.portal, next);
	return flow_call(
	    f, "account_show", repr_json_object(f->a), none, true, front_known);
}

/* Several memberships: the first one; the account page offers the others. */
static enum flow_step
opened(struct flow *f)
{
	struct login *l = f->extra;
	json_t *data;
	const char *code;

	if (f->call.error.err.rc != RC_OK)
		return flow_fail_db(f, &f->call.error);
	if (repr_json_trusted(f->call.data, f->a, &data, NULL) != RC_OK)
		return flow_problem(f, 500, "fault");
	if ((code = repr_json_str(data, "refused")) != NULL)
		return refuse(f, 403, code, 0);
	if (json_object_get(data, "session"))
		return login_enter(
		    f, &l->id, json_object_get(data, "session"), l->next);
	l->membership = repr_json_str(data, "memberships.0.id");
	if (l->membership == NULL)
		return flow_problem(f, 500, "fault");
	return open_session(f);
}

static enum flow_step
refused(struct flow *f)
{
	struct login *l = f->extra;

	char code[sizeof l->why.code];

	memcpy(code, l->why.code, sizeof code);
	return refuse(f, l->why.status, code, l->why.retry_after);
}

/* Notes the failure before it is answered. */
static enum flow_step
failed(struct flow *f, const char *reason)
{
	struct login *l = f->extra;
	json_t *in = repr_json_object(f->a);

	repr_json_set_str(in, "account", l->name);
	repr_json_set_str(in, "reason", reason);
	return flow_call(f, "login_failed", in, none, false, refused);
}

static enum flow_step
looked(struct flow *f)
{
	const struct task_found *found = task_result(f);
	struct login *l = f->extra;
	json_t *entry;

	problem_of(&found->err, &l->why);
	switch (found->err.rc) {
	case RC_OK:
		if (repr_json_trusted(span_make(found->entry, found->n), f->a,
			&entry, NULL) != RC_OK)
			return flow_problem(f, 500, "fault");
		l->entry = entry;
		return open_session(f);
	case RC_DENIED:
		l->why.status = 403;
		return failed(f, "refused");
	case RC_INPUT:
	case RC_ABSENT:
	case RC_CONFLICT:
	case RC_AWAY:
	case RC_FAULT:
		break;
	}
	l->why.status = 503;
	l->why.retry_after = 5;
	(void)snprintf(l->why.code, sizeof l->why.code, "directory.away");
	return failed(f, "away");
}

static enum flow_step
allowed(struct flow *f)
{
	struct login *l = f->extra;
	json_t *data;
	long long wait;

	if (f->call.error.err.rc != RC_OK)
		return flow_fail_db(f, &f->call.error);
	if (repr_json_trusted(f->call.data, f->a, &data, NULL) != RC_OK)
		return flow_problem(f, 500, "fault");
	wait = repr_json_int(data, "wait", 0);
	if (wait < 0)
		return refuse(f, 403, "login.locked", 0);
	if (wait > 0)
		return refuse(f, 429, "login.wait", (int)wait);
	return task_login(f, span_of(l->name), l->password, looked);
}

enum flow_step
login_post(struct flow *f)
{
	struct login *l = ARENA_NEW(f->a, struct login);
	json_t *in = repr_json_object(f->a);
	struct err err = {0};

	if (!login_form(f, &err)) {
		if (!strcmp(err.code, "http.media_type"))
			return flow_problem(f, 415, err.code);
		return flow_fail(f, &err);
	}
	if (!csrf_origin_is(app.base_url, f->rq.origin, f->rq.sec_fetch_site))
		return flow_problem(f, 403, "csrf.origin");
	identity_try(f);
	if (f->id.hash[0])
		l->old = arena_str(f->a, span_of(f->id.hash));
	f->id = (struct identity){0};
	l->name = text_of(f->in.json, "name");
	l->next = text_of(f->in.json, "next");
	l->password = span_of(text_of(f->in.json, "password"));
	f->extra = l;
	repr_json_set_str(in, "account", l->name);
	return flow_call(f, "login_check", in, none, false, allowed);
}
