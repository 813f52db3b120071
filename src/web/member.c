/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "auth/session.h"
#include "web/identity.h"
#include "web/login.h"
#include "web/reply.h"

/* A form of somebody who is signed in; FLOW_ON when it proves itself. */
static enum flow_step
proven(struct flow *f)
{
	struct err err = {0};

	if (!login_form(f, &err)) {
		if (!strcmp(err.code, "http.media_type"))
			return flow_problem(f, 415, err.code);
		return flow_fail(f, &err);
	}
	identity_try(f);
	if (f->id.portal == DOOR_ROOT)
		return reply_see(f, span_of("/login"));
	if (identity_proves(f, span_of(repr_json_str(f->in.json, "form_token")),
		&err) != RC_OK)
		return flow_fail(f, &err);
	return FLOW_ON;
}

static enum flow_step
ended(struct flow *f)
{
	struct buf b;

	if (f->call.error.err.rc == RC_AWAY)
		return flow_fail_db(f, &f->call.error);
	buf_init(&b, 512);
	session_cookie_end(&b);
	reply_header(f, "set-cookie", b.p);
	reply_header(f, "clear-site-data", "\"storage\"");
	buf_done(&b);
	return reply_see(f, span_of("/login?done=logout"));
}

enum flow_step
login_end(struct flow *f)
{
	if (proven(f) == FLOW_DONE)
		return FLOW_DONE;
	return flow_call(f, "session_end", repr_json_object(f->a),
	    (struct span){0}, false, ended);
}

static enum flow_step
switched(struct flow *f)
{
	const struct session_id *id = f->extra;
	const char *next = repr_json_str(f->in.json, "next");
	json_t *data;

	if (f->call.error.err.rc != RC_OK)
		return flow_fail_db(f, &f->call.error);
	if (repr_json_trusted(f->call.data, f->a, &data, NULL) != RC_OK)
		return flow_problem(f, 500, "fault");
	return login_enter(
	    f, id, json_object_get(data, "session"), next ? next : "");
}

/* Asks for a session in place of this one, by members of the form. */
static enum flow_step
change(struct flow *f, const char *op, const char *const *members, size_t n)
{
	struct session_id *id = ARENA_NEW(f->a, struct session_id);
	json_t *in = repr_json_object(f->a);

	if (proven(f) == FLOW_DONE)
		return FLOW_DONE;
	session_id_make(id);
	f->extra = id;
	for (size_t i = 0; i < n; i++)
		repr_json_set_str(
		    in, members[i], repr_json_str(f->in.json, members[i]));
	repr_json_set_str(in, "hash", id->hash);
	return flow_call(f, op, in, (struct span){0}, false, switched);
}

enum flow_step
login_switch(struct flow *f)
{
	static const char *const members[] = {"membership"};

	return change(f, "session_switch", members, 1);
}

enum flow_step
login_view(struct flow *f)
{
	static const char *const members[] = {"partner", "reason"};

	return change(f, "partners_view", members, 2);
}
