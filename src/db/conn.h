/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of pg.c and conn.c: one connection and its pool. Not for other
 * modules.
 */
#ifndef DB_CONN_H
#define DB_CONN_H

#include <libpq-fe.h>

#include "db/pg.h"

enum conn_state {
	CONN_DOWN = 0,  /* opens again at `until` */
	CONN_OPENING,   /* gives up at `until` */
	CONN_IDLE,      /* outside a transaction */
	CONN_BUSY,      /* a pipeline runs; gives up at `until` */
	CONN_LISTENING, /* only hears notifications */
};

struct pg_conn {
	struct pg_pool *pool;
	PGconn *db;
	void *hook; /* the event loop's */
	enum conn_state state;
	int64_t until;
	int64_t backoff;
	bool writing;       /* wants to hear of room */
	unsigned prepared;  /* bit by statement id */
	unsigned statement; /* of the running pipeline */
	bool preparing;     /* the next COMMAND_OK is of PREPARE */
	struct pg_job *job; /* NULL when its owner has left */
	PGresult *rows;     /* of the running pipeline: rows or first error */
	bool failed, again, stale;
};

struct pg_pool {
	struct pg_settings s;
	struct pg_conn *conns;
	struct pg_job *first, *last;
	struct pg_stats stats;
};

/* Calls done() and forgets the job. */
void job_answer(struct pg_job *job, struct pg_answer *answer);
void job_away(struct pg_job *job, const char *code, const char *text);

void queue_put(struct pg_pool *p, struct pg_job *job, bool first);

/* Gives waiting jobs to idle connections. */
void pool_dispatch(struct pg_pool *p);

/* Sends the job on an idle connection. */
void conn_run(struct pg_conn *c, struct pg_job *job);

/* Closes the connection; it opens again after its wait. */
void conn_close(struct pg_conn *c, const char *why);
void conn_tick(struct pg_conn *c, int64_t now);

#endif
