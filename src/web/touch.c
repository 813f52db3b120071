/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "web/app.h"
#include "web/identity.h"
#include "web/touch.h"

#define MINUTE 60000000
#define SLOTS 4096

/* The sessions touched last, by the first bits of their hash. */
static struct {
	char hash[65];
	int64_t at;
} seen[SLOTS];

static void
touched(struct call *c)
{
	struct arena *a = c->owner;

	arena_free(a);
}

static unsigned
slot_of(const char *hash)
{
	unsigned n = 0;

	for (size_t i = 0; i < 8; i++)
		n = n * 31 + (unsigned char)hash[i];
	return n % SLOTS;
}

/* a owns the call and ends with it. */
static void
beside(struct flow *f, struct arena *a, const char *op, struct span input)
{
	struct call *c = ARENA_NEW(a, struct call);

	c->op = span_of(op);
	c->who = arena_span(a, identity_who(f));
	c->input = input;
	c->wait = 5000000;
	c->a = a;
	c->done = touched;
	c->owner = a;
	call_send(app.pool[f->id.portal], c);
}

void
touch_session(struct flow *f)
{
	unsigned i = slot_of(f->id.hash);
	int64_t now = clock_mono();

	if (f->id.hash[0] == '\0' || f->id.machine)
		return;
	if (!strcmp(seen[i].hash, f->id.hash) && now - seen[i].at < MINUTE)
		return;
	memcpy(seen[i].hash, f->id.hash, sizeof seen[i].hash);
	seen[i].at = now;
	beside(f, arena_new(), "session_touch", span_of("{}"));
}

/* An entry of the audit about this request; code may be NULL. */
static void
note(struct flow *f, const char *kind, const char *code)
{
	struct arena *a = arena_new();
	json_t *in = repr_json_object(a);
	struct buf b;

	repr_json_set_str(in, "kind", kind);
	repr_json_set_str(in, "code", code);
	repr_json_set_str(in, "operation", f->operation);
	repr_json_set(in, "object", repr_json_string(a, f->rq.target));
	buf_init(&b, 8192);
	repr_json_write(in, &b);
	beside(f, a, "audit_note", arena_span(a, buf_span(&b)));
	buf_done(&b);
}

void
touch_denial(struct flow *f)
{
	note(f, "denial", f->problem.code);
}

void
touch_view(struct flow *f)
{
	json_t *me;

	if (f->id.machine || f->call.me.p == NULL ||
	    repr_json_trusted(f->call.me, f->a, &me, NULL) != RC_OK)
		return;
	if (json_is_object(json_object_get(me, "viewing")))
		note(f, "read", NULL);
}

/* What reading one object brings about: by the operation that read it. */
static const struct {
	const char *read, *note;
	bool before; /* the answer depends on it */
} marks[] = {
    {"order_files_bytes", "order_files_seen", true},
    {"announcements_show", "announcements_seen", false},
};

/* The note that this request brings about before or after it is answered. */
static const char *
mark_of(const struct flow *f, bool before)
{
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (f->rq.method == WEB_GET && marks[i].before == before &&
		    !strcmp(marks[i].read, f->operation))
			return marks[i].note;
	return NULL;
}

const char *
touch_before(const struct flow *f)
{
	return mark_of(f, true);
}

json_t *
touch_object(const struct flow *f, struct arena *a)
{
	json_t *in = repr_json_object(a);

	for (size_t k = 0; k < f->match.nparams; k++)
		repr_json_set(in,
		    arena_str(a, span_make(f->match.params[k].name,
				     f->match.params[k].length)),
		    repr_json_string(a, f->match.params[k].value));
	return in;
}

void
touch_seen(struct flow *f)
{
	const char *op = mark_of(f, false);
	struct arena *a;
	struct buf b;

	if (op == NULL)
		return;
	a = arena_new();
	buf_init(&b, 8192);
	repr_json_write(touch_object(f, a), &b);
	beside(f, a, op, arena_span(a, buf_span(&b)));
	buf_done(&b);
}
