/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "repr/form.h"
#include "web/app.h"
#include "web/builtin.h"
#include "web/errors.h"
#include "web/flow.h"
#include "web/formflow.h"
#include "web/identity.h"
#include "web/render.h"
#include "web/reply.h"
#include "web/shared.h"
#include "web/state.h"
#include "web/touch.h"
#include "web/wait.h"

#define CALL_WAIT 8000000
#define INPUT_MAX ((size_t)4 << 20)

static enum flow_step begin(struct flow *f);
static enum flow_step called(struct flow *f);

/* Kore may call this several times for one request. */
static void
left(struct http_request *kore)
{
	struct state *s = http_state_get(kore);
	struct flow *f = s ? s->f : NULL;

	if (f == NULL)
		return;
	s->f = NULL;
	f->kore = NULL;
	call_abandon(&f->call);
	if (f->leave)
		f->leave(f);
	if (f->status == 0) {
		f->status = 499; /* the client has left */
		reply_log(f);
	}
	arena_free(f->a);
}

static struct flow *
flow_new(struct http_request *kore)
{
	struct state *s = http_state_create(kore, sizeof *s, left);
	struct arena *a = arena_new();
	struct flow *f = ARENA_NEW(a, struct flow);

	f->a = a;
	f->kore = kore;
	f->start = clock_mono();
	f->next = begin;
	f->lang = "en";
	s->f = f;
	return f;
}

int
dispatch(struct http_request *kore)
{
	struct state *s = http_state_exists(kore) ? http_state_get(kore) : NULL;
	struct flow *f = s ? s->f : flow_new(kore);
	enum flow_step step = FLOW_ON;

	while (step == FLOW_ON)
		step = f->next(f);
	if (step == FLOW_DONE)
		return KORE_RESULT_OK;
	http_request_sleep(kore);
	return KORE_RESULT_RETRY;
}

void
flow_wake(struct flow *f)
{
	if (f->kore)
		http_request_wakeup(f->kore);
}

const struct text_locale *
flow_locale(const struct flow *f, const json_t *me)
{
	const char *lang = repr_json_str(me, "language");
	const char *zone = repr_json_str(me, "time_zone");
	struct span chosen = f->in.lang;

	/* What was chosen here and now wins over what is kept. */
	if (chosen.p == NULL &&
	    cookie_find(f->rq.cookie, "__Host-lang", &chosen, NULL) != RC_OK)
		chosen = (struct span){0};
	if (span_is(chosen, "de") || span_is(chosen, "en"))
		lang = span_is(chosen, "de") ? "de" : "en";
	return text_locale(pages_text(app.pages), lang ? lang : f->lang, zone);
}

enum flow_step
flow_problem(struct flow *f, int status, const char *code)
{
	f->problem = (struct problem){.status = status};
	(void)snprintf(f->problem.code, sizeof f->problem.code, "%s", code);
	if (status == 503)
		f->problem.retry_after = 2;
	return reply_problem(f);
}

/* A browser without a session is sent to sign in, and back afterwards. */
static enum flow_step
to_login(struct flow *f)
{
	struct buf b;
	enum flow_step step;

	buf_init(&b, 8192);
	buf_puts(&b, "/login");
	if (f->rq.method == WEB_GET && f->rq.path.n) {
		buf_puts(&b, "?next=");
		form_encode(&b, f->rq.target);
		if (f->rq.query.n) {
			buf_puts(&b, "%3F");
			form_encode(&b, f->rq.query);
		}
	}
	step = reply_see(f, buf_span(&b));
	buf_done(&b);
	return step;
}

static enum flow_step
fail_now(struct flow *f)
{
	if (f->problem.status == 403 && f->id.hash[0])
		touch_denial(f);
	if (f->problem.status == 401 && f->format == FORMAT_HTML &&
	    f->rq.path.door != DOOR_ROOT)
		return to_login(f);
	return reply_problem(f);
}

enum flow_step
flow_fail(struct flow *f, const struct err *err)
{
	problem_of(err, &f->problem);
	return fail_now(f);
}

enum flow_step
flow_fail_db(struct flow *f, const struct db_error *e)
{
	problem_of_db(e, f->a, &f->problem);
	return fail_now(f);
}

static void
call_done(struct call *c)
{
	flow_wake(c->owner);
}

enum flow_step
flow_call(struct flow *f, const char *op, const json_t *input,
    struct span bytes, bool reads, flow_fn *next)
{
	struct buf b;

	buf_init(&b, INPUT_MAX);
	repr_json_write(input, &b);
	if (b.full) {
		/* Numbers may be longer than they were written: 0.1 is. */
		buf_done(&b);
		return flow_problem(f, 413, "http.body.size");
	}
	f->call = (struct call){
	    .op = span_of(op),
	    .who = identity_who(f),
	    .input = arena_span(f->a, buf_span(&b)),
	    .bytes = bytes,
	    .reads = reads,
	    .wait = CALL_WAIT,
	    .a = f->a,
	    .done = call_done,
	    .owner = f,
	};
	buf_done(&b);
	f->next = next;
	call_send(app.pool[f->id.portal], &f->call);
	return FLOW_WAIT;
}

/* The formats that a route offers at a door, the usual one first. */
static size_t
offers_of(const struct route *r, enum web_door d, enum web_format out[FORMATS])
{
	size_t n = 0;

	if (span_ends(span_of(r->operation), "_bytes")) {
		out[n++] = FORMAT_BYTES;
		out[n++] = FORMAT_JSON;
		return n;
	}
	if (d != DOOR_API && r->page)
		out[n++] = FORMAT_HTML;
	out[n++] = FORMAT_JSON;
	out[n++] = FORMAT_XML;
	if (route_is_list(r))
		out[n++] = FORMAT_CSV;
	return n;
}

/* How to talk before a route is known: errors are always answered. */
static enum web_format
format_guess(const struct flow *f)
{
	static const enum web_format page[] = {
	    FORMAT_HTML, FORMAT_JSON, FORMAT_XML};
	static const enum web_format data[] = {FORMAT_JSON, FORMAT_XML};
	enum web_format out = FORMAT_JSON;
	bool ok;

	if (f->rq.path.door == DOOR_API)
		ok = accept_pick(f->rq.accept, data, 2, &out);
	else
		ok = accept_pick(f->rq.accept, page, 3, &out);
	return ok ? out : FORMAT_JSON;
}

static enum flow_step
pick_format(struct flow *f)
{
	enum web_format offers[FORMATS];
	size_t n = offers_of(f->match.route, f->rq.path.door, offers);

	if (accept_pick(f->rq.accept, offers, n, &f->format))
		return FLOW_ON;
	/* A stored file is what it is; callers need not guess its type. */
	if (offers[0] == FORMAT_BYTES) {
		f->format = FORMAT_BYTES;
		return FLOW_ON;
	}
	f->format = format_guess(f);
	return flow_problem(f, 406, "http.accept");
}

static enum flow_step
not_routed(struct flow *f)
{
	struct buf b;

	if (f->match.allow == 0)
		return flow_problem(f, 404, "http.route");
	buf_init(&b, 128);
	route_allow(f->match.allow, &b);
	reply_header(f, "allow", b.p);
	buf_done(&b);
	return flow_problem(f, 405, "http.method");
}

/* Identity, then whether this door and route are for it. */
static enum flow_step
admit(struct flow *f)
{
	enum web_door d = f->rq.path.door;
	struct err err = {0};
	const char *portal;

	if (d == DOOR_ROOT)
		return FLOW_ON;
	if (identity_read(f, &err) != RC_OK)
		return flow_fail(f, &err);
	portal = door_portal(f->id.portal);
	if (d != DOOR_API && d != f->id.portal) {
		/* Nothing of another portal is shown, its menu neither. */
		f->id = (struct identity){0};
		return flow_problem(f, 404, "http.route");
	}
	if (!(f->match.route->who & who_of_portal(span_of(portal))))
		return flow_problem(f, 404, "http.route");
	return FLOW_ON;
}

static enum flow_step
check_headers(struct flow *f)
{
	struct err err = {0};
	struct span key;
	long long version;

	if (f->rq.idempotency_key.n &&
	    idempotency_read(f->rq.idempotency_key, &key, &err) != RC_OK)
		return flow_fail(f, &err);
	if (f->rq.if_match.n &&
	    if_match_read(f->rq.if_match, &version, &err) == RC_INPUT)
		return flow_fail(f, &err);
	return FLOW_ON;
}

static bool
changes(const struct flow *f)
{
	return f->rq.method != WEB_GET && f->rq.method != WEB_HEAD;
}

/* The body as input, and the proof that a change is wanted (HT-9). */
static enum flow_step
take_input(struct flow *f)
{
	struct err err = {0};

	if (input_read(&f->rq, &f->match, f->a, &f->in, &err) != RC_OK) {
		if (!strcmp(err.code, "http.media_type"))
			return flow_problem(f, 415, err.code);
		return flow_fail(f, &err);
	}
	if (changes(f) && f->rq.path.door != DOOR_API &&
	    f->rq.path.door != DOOR_ROOT &&
	    identity_proves(f, f->in.form_token, &err) != RC_OK)
		return flow_fail(f, &err);
	f->form = f->in.form && f->format == FORMAT_HTML;
	f->wait = prefer_wait(f->rq.prefer, WAIT_MAX);
	return FLOW_ON;
}

static enum flow_step
too_many(struct flow *f, int wait)
{
	f->problem = (struct problem){.status = 429, .retry_after = wait};
	(void)snprintf(
	    f->problem.code, sizeof f->problem.code, "rate.exceeded");
	return reply_problem(f);
}

/*
 * HT-8: a caller is a person or a client, however many sessions or tokens he
 * has, else an address; all callers of a partner together are bounded, too.
 */
static enum flow_step
limited(struct flow *f)
{
	struct span key = f->id.person.n ? f->id.person : f->rq.real_ip;
	int left, rest,
	    wait = shared_rate(key, app.rate, app.rate * 4, f->start, &left);

	if (f->rq.path.door == DOOR_API) {
		reply_header(f, "ratelimit-policy",
		    arena_printf(f->a, "\"caller\";q=%d;w=4", app.rate * 4));
		reply_header(f, "ratelimit",
		    arena_printf(f->a, "\"caller\";r=%d", left));
	}
	if (wait == 0 && f->id.partner.n)
		wait = shared_rate(f->id.partner, app.partner_rate,
		    app.partner_rate * 4, f->start, &rest);
	return wait == 0 ? FLOW_ON : too_many(f, wait);
}

static enum flow_step
ask(struct flow *f)
{
	return flow_call(f, f->match.route->operation, f->in.json, f->in.bytes,
	    !changes(f), called);
}

/* It is written down that the caller takes this: now he gets it. */
static enum flow_step
noted(struct flow *f)
{
	if (f->call.error.err.rc != RC_OK)
		return flow_fail_db(f, &f->call.error);
	return ask(f);
}

static enum flow_step
run(struct flow *f)
{
	static flow_fn *const steps[] = {
	    pick_format, admit, limited, check_headers, take_input};
	const char *note = touch_before(f);

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i](f) == FLOW_DONE)
			return FLOW_DONE;
	formflow_cookies(f);
	if (note)
		return flow_call(f, note, touch_object(f, f->a),
		    (struct span){0}, false, noted);
	return ask(f);
}

static enum flow_step
begin(struct flow *f)
{
	const struct builtin *b;
	struct err err = {0};
	enum rc rc;

	request_read(f->kore, &f->rq);
	f->lang = language_pick(f->rq.accept_language);
	rc = route_path_read(f->rq.target, f->a, &f->rq.path, &err);
	f->format = format_guess(f);
	f->in.query = f->in.json = repr_json_object(f->a);
	if (rc != RC_OK)
		return flow_fail(f, &err);
	b = builtin_find(&f->rq.path, f->rq.method, &f->match.allow);
	if (b) {
		f->operation = b->name;
		return builtin_run(f, b);
	}
	if (f->match.allow == 0)
		route_find(&f->rq.path, f->rq.method, &f->match);
	if (f->match.route == NULL)
		return not_routed(f);
	f->operation = f->match.route->operation;
	return run(f);
}

/* The database has answered. */
static enum flow_step
called(struct flow *f)
{
	if (f->call.error.err.rc != RC_OK) {
		if (f->form && formflow_again(f))
			return FLOW_WAIT;
		return flow_fail_db(f, &f->call.error);
	}
	touch_session(f);
	touch_view(f);
	touch_seen(f);
	if (f->form)
		return formflow_done(f);
	if (f->wait > 0 && wait_begin(f))
		return FLOW_WAIT;
	return reply_call(f);
}
