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

void
touch_session(struct flow *f)
{
	unsigned i = slot_of(f->id.hash);
	int64_t now = clock_mono();
	struct arena *a;
	struct call *c;

	if (f->id.hash[0] == '\0' || f->id.machine)
		return;
	if (!strcmp(seen[i].hash, f->id.hash) && now - seen[i].at < MINUTE)
		return;
	memcpy(seen[i].hash, f->id.hash, sizeof seen[i].hash);
	seen[i].at = now;
	a = arena_new();
	c = ARENA_NEW(a, struct call);
	c->op = span_of("session_touch");
	c->who = arena_span(a, identity_who(f));
	c->input = span_of("{}");
	c->wait = 5000000;
	c->a = a;
	c->done = touched;
	c->owner = a;
	call_send(app.pool[f->id.portal], c);
}
