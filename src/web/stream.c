/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "auth/csrf.h"
#include "base/clock.h"
#include "web/app.h"
#include "web/identity.h"
#include "web/kore_api.h"
#include "web/reply.h"
#include "web/shared.h"
#include "web/stream.h"

#define SECOND 1000000
#define BEAT (15 * SECOND)
#define LOOK (20 * SECOND) /* without a notice; finds ended sessions too */
#define SOON (SECOND / 4)  /* a notice's event may still be invisible */
#define LOOKS 5
#define QUEUED_MAX ((size_t)256 << 10)
#define PAGE 100
#define DAY_MS 86400000

struct stream {
	struct stream *next;
	struct arena *a;
	struct connection *c; /* NULL: the client has left */
	enum web_door portal;
	bool all; /* the desk: any partner's event may be for it */
	struct span key, who;
	char partner[NOTIFY_TEXT], session[NOTIFY_TEXT];
	long long since;
	int64_t beat_at, look_at;
	int looks; /* how often to look again soon */
	bool asking, again, ended;
	struct call call;
	struct arena *answer; /* of the running call */
};

static struct stream *head;

static void look(struct stream *s);

/* Kore tells that a connection ends; the stream itself goes with a tick. */
static void
gone(struct connection *c)
{
	for (struct stream *s = head; s; s = s->next)
		if (s->c == c)
			s->c = NULL;
}

static size_t
queued(const struct connection *c)
{
	const struct netbuf *nb;
	size_t n = 0;

	TAILQ_FOREACH(nb, &c->send_queue, list)
	n += nb->b_len - nb->s_off;
	return n;
}

static void
put(struct stream *s, struct span text)
{
	struct connection *c = s->c;

	if (c == NULL || text.n == 0)
		return;
	net_send_queue(c, text.p, text.n);
	if (net_send_flush(c) != KORE_RESULT_OK || queued(c) > QUEUED_MAX)
		kore_connection_disconnect(c);
}

static void
end(struct stream *s, const char *why)
{
	struct buf b;

	if (s->c) {
		buf_init(&b, 256);
		buf_printf(
		    &b, "event: end\ndata: {\"reason\":\"%s\"}\n\n", why);
		s->c->flags |= CONN_CLOSE_EMPTY;
		put(s, buf_span(&b));
		buf_done(&b);
	}
	s->ended = true;
}

static void
put_event(struct stream *s, const json_t *e, struct buf *b)
{
	static const char *const members[] = {"type", "object", "id", "number"};
	json_t *v = repr_json_object(s->answer);

	s->since = repr_json_int(e, "seq", s->since);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		repr_json_set_str(v, members[i], repr_json_str(e, members[i]));
	buf_printf(b, "id: %lld\nevent: change\ndata: ", s->since);
	repr_json_write(v, b);
	buf_puts(b, "\n\n");
}

/* Sends what the caller may see; true when there may be more at once. */
static bool
send_events(struct stream *s)
{
	const json_t *items;
	json_t *data;
	struct buf b;
	size_t n;

	if (repr_json_trusted(s->call.data, s->answer, &data, NULL) != RC_OK)
		return false;
	items = repr_json_at(data, "items");
	n = json_array_size(items);
	buf_init(&b, QUEUED_MAX);
	for (size_t i = 0; i < n; i++)
		put_event(s, json_array_get(items, i), &b);
	put(s, buf_span(&b));
	buf_done(&b);
	if (n)
		s->looks = 0;
	return n >= PAGE;
}

static void
looked(struct call *c)
{
	struct stream *s = c->owner;
	int64_t now = clock_mono();
	bool more = false;

	s->asking = false;
	s->look_at = now + LOOK;
	if (c->error.err.rc == RC_OK)
		more = send_events(s);
	else if (c->error.err.rc != RC_AWAY)
		end(s, c->error.err.code);
	arena_free(s->answer);
	s->answer = NULL;
	if (s->ended || s->c == NULL)
		return;
	if (more || s->again)
		look(s);
	else if (s->looks > 0 && s->looks--)
		s->look_at = now + SOON;
}

static void
look(struct stream *s)
{
	s->asking = true;
	s->again = false;
	s->answer = arena_new();
	s->call = (struct call){
	    .op = span_of("activity_list"),
	    .who = s->who,
	    .input = span_of(arena_printf(s->answer,
		"{\"since\":\"%lld\",\"limit\":\"%d\"}", s->since, PAGE)),
	    .reads = true,
	    .wait = 5 * SECOND,
	    .a = s->answer,
	    .done = looked,
	    .owner = s,
	};
	call_send(app.pool[s->portal], &s->call);
}

static void
stream_free(struct stream *s)
{
	if (s->asking)
		call_abandon(&s->call);
	if (s->answer)
		arena_free(s->answer);
	shared_stream_close(s->key);
	arena_free(s->a);
}

/*
 * The connection outlives the request, and so does the stream. It may end while
 * the answer is sent, when the reader has left meanwhile: the stream has to be
 * known by then, or it would go on writing to whoever gets the connection next.
 */
static void
begin(struct flow *f, struct stream *s)
{
	struct connection *c = f->kore->owner;

	s->next = head;
	head = s;
	if (c->state == CONN_STATE_DISCONNECTING)
		return;
	s->c = c;
	c->disconnect = gone;
	f->kore->flags |= HTTP_REQUEST_NO_CONTENT_LENGTH;
	c->flags |= CONN_IS_BUSY;
	reply_header(f, "x-accel-buffering", "no");
	(void)reply(f, 200, "text/event-stream", (struct span){0});
	if (c->state == CONN_STATE_DISCONNECTING)
		return;
	c->flags = (u_int16_t)(c->flags & ~CONN_CLOSE_EMPTY);
	c->http_timeout = 0;
	c->idle_timer.length = DAY_MS;
	put(s, span_of("retry: 2000\n\n"));
}

static void
copy(char out[NOTIFY_TEXT], const char *s)
{
	if (s && strlen(s) < NOTIFY_TEXT)
		memcpy(out, s, strlen(s) + 1);
}

static struct stream *
stream_new(struct flow *f, const json_t *me, const json_t *data)
{
	struct arena *a = arena_new();
	struct stream *s = ARENA_NEW(a, struct stream);
	unsigned long long last;

	s->a = a;
	s->portal = f->id.portal;
	s->all = f->id.portal == DOOR_DESK;
	s->key = arena_span(a, f->id.person);
	s->who = arena_span(a, identity_who(f));
	copy(s->partner, repr_json_str(me, "partner.id"));
	copy(s->session, repr_json_str(me, "session_id"));
	s->since = repr_json_int(data, "latest", 0);
	s->beat_at = f->start + BEAT;
	s->look_at = f->start + LOOK;
	if (span_uint(f->rq.last_event_id, &last)) {
		s->since = (long long)last;
		s->look_at = 0; /* tell at once what was missed */
	}
	return s;
}

static enum flow_step
known(struct flow *f)
{
	json_t *me, *data;

	if (f->call.error.err.rc != RC_OK)
		return flow_fail_db(f, &f->call.error);
	if (repr_json_trusted(f->call.me, f->a, &me, NULL) != RC_OK ||
	    repr_json_trusted(f->call.data, f->a, &data, NULL) != RC_OK)
		return flow_problem(f, 500, "fault");
	if (app.draining)
		return flow_problem(f, 503, "http.draining");
	if (!shared_stream_open(f->id.person, STREAMS_PER_PERSON)) {
		f->problem.retry_after = 10;
		reply_header(f, "retry-after", "10");
		return flow_problem(f, 429, "stream.many");
	}
	if (f->kore)
		begin(f, stream_new(f, me, data));
	return FLOW_DONE;
}

enum flow_step
stream_open(struct flow *f)
{
	json_t *in = repr_json_object(f->a);
	enum web_door d = f->rq.path.door;
	struct err err = {0};

	f->format = FORMAT_JSON;
	if (identity_read(f, &err) != RC_OK)
		return flow_fail(f, &err);
	if (d != DOOR_API && d != f->id.portal)
		return flow_problem(f, 404, "http.route");
	if (d != DOOR_API &&
	    !csrf_origin_is(app.base_url, f->rq.origin, f->rq.sec_fetch_site))
		return flow_problem(f, 403, "csrf.origin");
	if (f->rq.method == WEB_HEAD)
		return reply(f, 200, "text/event-stream", (struct span){0});
	repr_json_set_str(in, "limit", "1");
	return flow_call(f, "activity_list", in, (struct span){0}, true, known);
}

void
stream_notice(const struct notice *n)
{
	for (struct stream *s = head; s; s = s->next) {
		bool mine =
		    n->session ? !strcmp(n->id, s->session)
			       : s->all || (n->partner[0] &&
					       !strcmp(n->partner, s->partner));

		if (!mine)
			continue;
		s->looks = LOOKS;
		s->look_at = 0;
		s->again = s->asking;
	}
}

void
stream_tick(int64_t now)
{
	struct stream **p = &head, *s;

	while ((s = *p) != NULL) {
		if (s->c == NULL || s->ended) {
			*p = s->next;
			stream_free(s);
			continue;
		}
		if (!s->asking && now >= s->look_at)
			look(s);
		if (now >= s->beat_at) {
			s->beat_at = now + BEAT;
			put(s, span_of(": beat\n\n"));
		}
		p = &s->next;
	}
}

void
stream_close_all(void)
{
	for (struct stream *s = head; s; s = s->next)
		end(s, "draining");
}
