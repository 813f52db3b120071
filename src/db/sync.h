/* SPDX-License-Identifier: Apache-2.0
 *
 * A blocking connection to PostgreSQL, for kontorctl, the worker and tests;
 * never for the server's event loop (pg.h).
 */
#ifndef DB_SYNC_H
#define DB_SYNC_H

#include "base/arena.h"
#include "base/conf.h"
#include "db/sqlstate.h"

struct sync;

/* A parameter as text or as bytes; value.p == NULL is SQL null. */
struct sync_param {
	struct span value;
	bool bytes;
};

/* cells[row * width + column], as text; p == NULL is SQL null. */
struct sync_rows {
	size_t n, width;
	const struct span *cells;
};

/* Settings pg_host, pg_port and pg_database as a conninfo for a role; lives
 * in a. */
const char *db_conninfo(
    const struct conf *conf, const char *role, struct arena *a);

/*
 * Connects within 5 s.
 *
 * RC_AWAY  db.away
 */
enum rc sync_open(
    const char *conninfo, struct sync **out, struct err *err) MUST_USE;
void sync_close(struct sync *s);

/*
 * One statement. A connection that was lost stays lost: open another one.
 *
 * out  lives in a; may be NULL
 * err  as sqlstate_read says; err->detail is valid until the next call
 */
enum rc sync_ask(struct sync *s, const char *sql,
    const struct sync_param *params, size_t n, struct arena *a,
    struct sync_rows *out, struct db_error *err) MUST_USE;

/* The same for text without parameters and rows: begin, commit, a script. */
enum rc sync_run(
    struct sync *s, const char *sql, struct db_error *err) MUST_USE;

/* Where in the SQL text the last error lies, in characters from 1, or 0. */
unsigned sync_error_at(const struct sync *s);

/*
 * Waits until a notification arrives (after a `listen`), at most ms.
 *
 * RC_ABSENT  db.quiet  none came in time
 * RC_AWAY    db.away
 */
enum rc sync_wait(struct sync *s, int ms, struct err *err) MUST_USE;

/* The bytes of a bytea cell ("\x…"). */
struct span sync_bytes(struct span cell, struct arena *a);

#endif
