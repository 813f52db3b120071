/* SPDX-License-Identifier: Apache-2.0
 *
 * Event-driven PostgreSQL connections in pipeline mode, one pool per login
 * role. Never blocks: sockets hang in the caller's event loop through struct
 * pg_loop, time passes through pg_pool_tick. Statements are prepared once per
 * connection. A lost connection is opened again with growing waits (0.1 to
 * 5 s); jobs wait in a queue with a length and a deadline.
 *
 * A pool lives as long as the process. A job belongs to its owner and must
 * stay in place until done() was called or pg_abandon() returned.
 */
#ifndef DB_PG_H
#define DB_PG_H

#include <stdint.h>

#include "db/sqlstate.h"

struct pg_conn;
struct pg_pool;
struct pg_result; /* libpq's PGresult */

#define PG_PARAMS_MAX 6

/* A statement; id is below 32 and its own within the program. */
struct pg_statement {
	unsigned id;
	const char *name;
	const char *sql;
	int nparams;
};

/* What came back; rows is NULL unless rc is RC_OK. */
struct pg_answer {
	struct db_error error;
	struct pg_result *rows; /* owned by the one who takes it (pg_take) */
};

struct pg_job {
	const struct pg_statement *statement;
	struct span values[PG_PARAMS_MAX]; /* p == NULL: SQL null */
	bool binary[PG_PARAMS_MAX];
	int64_t deadline; /* clock_mono(); an answer is waited for until then */
	bool repeatable;  /* changes nothing: may be sent again */
	void (*done)(struct pg_job *job, struct pg_answer *answer);
	void *owner;

	/* private */
	struct pg_job *next;
	struct pg_pool *pool;
	struct pg_conn *conn;
	int tries;
	int64_t queued_until;
};

struct pg_loop {
	/*
	 * Watch fd for reading, and for writing when write is set; called
	 * again whenever that changes. *hook is the loop's own, kept per
	 * connection, NULL at first.
	 */
	void (*watch)(struct pg_conn *c, void **hook, int fd, bool write);
};

struct pg_settings {
	const char *name;
	const char *conninfo;
	const struct pg_loop *loop;
	int size;
	int queue_max;
	int64_t queue_wait; /* microseconds until a waiting job is refused */
	/* NULL, or channels to listen on (the pool then takes no jobs). */
	const char *listen;
	void (*notify)(const char *channel, const char *payload);
};

struct pg_stats {
	int ready, busy, queued;
	uint64_t jobs, failed, lost, reconnects;
};

/* Copies *s, not what it points to. The first tick opens the connections. */
struct pg_pool *pg_pool_new(const struct pg_settings *s);

/* To be called every 0.1 s or so with clock_mono(). */
void pg_pool_tick(struct pg_pool *p, int64_t now);

/* To be called by the loop when a watched socket is ready or in error. */
void pg_conn_ready(struct pg_conn *c);

/*
 * Sends or queues the job. done() is called exactly once, never from inside
 * this function: RC_AWAY (db.away, db.busy, db.timeout) when the database
 * cannot be asked in time.
 */
void pg_submit(struct pg_pool *p, struct pg_job *job);

/* done() will not be called any more. A running statement runs on. */
void pg_abandon(struct pg_job *job);

/* Takes the rows out of an answer; the caller clears them. */
struct pg_result *pg_take(struct pg_answer *a);

bool pg_pool_ready(const struct pg_pool *p);
struct pg_stats pg_pool_stats(const struct pg_pool *p);

#endif
