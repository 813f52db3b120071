/* SPDX-License-Identifier: Apache-2.0
 *
 * The one statement of a request: select ... from api.call(op, who, input,
 * bytes). A call lives in the arena of its request; its answer too.
 */
#ifndef DB_CALL_H
#define DB_CALL_H

#include "base/arena.h"
#include "db/pg.h"

struct call {
	/* asked */
	struct span op;    /* operation's name, NUL-terminated */
	struct span who;   /* JSON, NUL-terminated */
	struct span input; /* JSON, NUL-terminated */
	struct span bytes; /* p == NULL: none */
	bool reads;        /* may be sent again when a connection is lost */
	int64_t wait;      /* microseconds until RC_AWAY */
	struct arena *a;
	void (*done)(struct call *c); /* once, never from inside call_send */
	void *owner;

	/* answered; texts live in a */
	struct db_error error; /* error.err.rc is RC_OK on success */
	int status;
	bool has_version;
	long long version;
	struct span location; /* p == NULL: none */
	struct span me;       /* JSON or p == NULL */
	struct span data;     /* JSON or p == NULL */

	/* private */
	struct pg_job job;
};

void call_send(struct pg_pool *p, struct call *c);

/* done() will not be called any more; harmless when it was. */
void call_abandon(struct call *c);

#endif
