/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "web/app.h"
#include "web/reply.h"
#include "web/wait.h"

struct waiting {
	struct call first; /* what is answered when time is up */
	json_t *input;
	bool asking;
	bool again; /* a notice came while asking */
};

static struct flow *head;

static enum flow_step ask(struct flow *f);

static void
unlist(struct flow *f)
{
	struct flow **p = &head;

	while (*p && *p != f)
		p = &(*p)->queue;
	if (*p)
		*p = f->queue;
	f->leave = NULL;
}

static bool
settled(struct flow *f)
{
	const char *state;
	json_t *data;

	if (repr_json_trusted(f->call.data, f->a, &data, NULL) != RC_OK)
		return true;
	state = repr_json_str(data, "state");
	return !state || (strcmp(state, "received") != 0 &&
			     strcmp(state, "checked") != 0);
}

static enum flow_step
asked(struct flow *f)
{
	struct waiting *w = f->extra;

	w->asking = false;
	if (f->call.error.err.rc == RC_OK && settled(f)) {
		unlist(f);
		f->call.status = 200;
		return reply_call(f);
	}
	if (clock_mono() >= f->wait_until || app.draining) {
		unlist(f);
		f->call = w->first;
		return reply_call(f);
	}
	f->next = ask;
	if (w->again)
		return FLOW_ON;
	return FLOW_WAIT;
}

static enum flow_step
ask(struct flow *f)
{
	struct waiting *w = f->extra;

	w->asking = true;
	w->again = false;
	return flow_call(
	    f, "documents_show", w->input, (struct span){0}, true, asked);
}

bool
wait_begin(struct flow *f)
{
	struct waiting *w = ARENA_NEW(f->a, struct waiting);
	json_t *data;
	const char *id;

	if (f->call.status != 202 || f->call.data.p == NULL ||
	    strcmp(f->match.route->operation, "documents_create") != 0 ||
	    repr_json_trusted(f->call.data, f->a, &data, NULL) != RC_OK)
		return false;
	id = repr_json_str(data, "id");
	if (id == NULL)
		return false;
	w->first = f->call;
	w->input = repr_json_object(f->a);
	repr_json_set_str(w->input, "id", id);
	f->extra = w;
	f->wait_id = span_of(id);
	f->wait_until = clock_mono() + (int64_t)f->wait * 1000000;
	f->leave = unlist;
	f->queue = head;
	head = f;
	/* Asked at once: the notice may be over already. */
	(void)ask(f);
	return true;
}

static void
stir(struct flow *f)
{
	struct waiting *w = f->extra;

	if (w->asking)
		w->again = true;
	else
		flow_wake(f);
}

void
wait_notice(const char *id)
{
	for (struct flow *f = head; f; f = f->queue)
		if (span_is(f->wait_id, id))
			stir(f);
}

void
wait_tick(int64_t now)
{
	(void)now;
	for (struct flow *f = head; f; f = f->queue)
		if (!((struct waiting *)f->extra)->asking)
			flow_wake(f);
}
