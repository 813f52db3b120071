/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/conn.h"

#define SECOND 1000000
#define CONNECT_WAIT (2 * SECOND)
#define BACKOFF_MIN (SECOND / 10)
#define BACKOFF_MAX (5 * SECOND)
#define TRIES_MAX 3

static void
watch(struct pg_conn *c, bool write)
{
	c->pool->s.loop->watch(c, &c->hook, PQsocket(c->db), write);
}

/* Sends what libpq has buffered; wants to hear of room when some is left. */
static bool
conn_flush(struct pg_conn *c)
{
	int rc = PQflush(c->db);

	if (rc < 0)
		return false;
	if (c->writing != (rc == 1)) {
		c->writing = rc == 1;
		watch(c, c->writing);
	}
	return true;
}

/*
 * Closes the connection and says when to try again. Its job is sent again if
 * it changes nothing, else its owner hears that the outcome is not known.
 */
void
conn_close(struct pg_conn *c, const char *why)
{
	struct pg_job *job = c->job;

	log_say("warn", "db.lost", "%s: %s", c->pool->s.name, why);
	if (c->state == CONN_BUSY || c->state == CONN_IDLE)
		c->pool->stats.lost++;
	/* PQfinish also takes the socket out of epoll. */
	PQfinish(c->db);
	c->db = NULL;
	if (c->rows)
		PQclear(c->rows);
	c->rows = NULL;
	c->job = NULL;
	c->state = CONN_DOWN;
	c->backoff = c->backoff ? c->backoff * 2 : BACKOFF_MIN;
	if (c->backoff > BACKOFF_MAX)
		c->backoff = BACKOFF_MAX;
	c->until = clock_mono() + c->backoff;
	if (job == NULL)
		return;
	if (job->repeatable && ++job->tries < TRIES_MAX)
		queue_put(c->pool, job, true);
	else
		job_away(job, "db.away", why);
}

static void
conn_lost(struct pg_conn *c)
{
	char why[200];

	/* The text is freed with the connection. */
	(void)snprintf(why, sizeof why, "%s", PQerrorMessage(c->db));
	conn_close(c, why[0] ? why : "connection lost");
}

static void
conn_open(struct pg_conn *c, int64_t now)
{
	c->db = PQconnectStart(c->pool->s.conninfo);
	if (c->db == NULL)
		fatal("no memory for a database connection");
	c->state = CONN_OPENING;
	c->until = now + CONNECT_WAIT;
	c->prepared = 0;
	c->writing = true;
	if (PQstatus(c->db) == CONNECTION_BAD)
		conn_lost(c);
	else
		watch(c, true);
}

static void
conn_opened(struct pg_conn *c)
{
	c->writing = false;
	c->backoff = 0;
	c->pool->stats.reconnects++;
	if (PQsetnonblocking(c->db, 1) != 0) {
		conn_lost(c);
		return;
	}
	watch(c, false);
	c->state = CONN_IDLE;
	if (c->pool->s.listen) {
		c->state = CONN_LISTENING;
		if (!PQsendQuery(c->db, c->pool->s.listen) || !conn_flush(c))
			conn_lost(c);
		return;
	}
	if (!PQenterPipelineMode(c->db))
		conn_lost(c);
	else
		pool_dispatch(c->pool);
}

static void
conn_poll(struct pg_conn *c)
{
	PostgresPollingStatusType s = PQconnectPoll(c->db);

	if (s == PGRES_POLLING_FAILED)
		conn_lost(c);
	else if (s == PGRES_POLLING_OK)
		conn_opened(c);
	else
		watch(c, s == PGRES_POLLING_WRITING);
}

static bool
job_send(struct pg_conn *c, struct pg_job *job)
{
	const struct pg_statement *s = job->statement;
	const char *values[PG_PARAMS_MAX];
	int lengths[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];

	for (int i = 0; i < s->nparams; i++) {
		values[i] = job->values[i].p;
		lengths[i] = (int)job->values[i].n;
		formats[i] = job->binary[i];
	}
	c->statement = s->id;
	c->preparing = !(c->prepared & 1u << s->id);
	if (c->preparing && !PQsendPrepare(c->db, s->name, s->sql, 0, NULL))
		return false;
	return PQsendQueryPrepared(
		   c->db, s->name, s->nparams, values, lengths, formats, 0) &&
	       PQpipelineSync(c->db) && conn_flush(c);
}

void
conn_run(struct pg_conn *c, struct pg_job *job)
{
	c->state = CONN_BUSY;
	c->job = job;
	c->failed = false;
	job->conn = c;
	c->until = job->deadline;
	if (!job_send(c, job))
		c->until =
		    0; /* the next tick closes it: done() never from here */
}

static void
conn_error(struct pg_conn *c, PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (c->failed) /* the first error of a pipeline is the one */
		return;
	c->failed = true;
	c->again = sqlstate_again(state);
	c->stale = sqlstate_stale(state);
	if (c->rows)
		PQclear(c->rows);
	c->rows = r;
}

/* The pipeline has ended: hand the answer over and take the next job. */
static void
conn_done(struct pg_conn *c)
{
	struct pg_answer a = {0};
	struct pg_job *job = c->job;
	PGresult *rows = c->rows;
	bool failed = c->failed; /* done() may start the next pipeline */

	c->rows = NULL;
	c->job = NULL;
	c->state = CONN_IDLE;
	/* Asked before done(): with the next pipeline it is not idle. */
	if (PQtransactionStatus(c->db) != PQTRANS_IDLE)
		conn_close(c, "left inside a transaction");
	if (job && failed && (c->again || c->stale) &&
	    ++job->tries < TRIES_MAX) {
		/* The server knows it, or does not, against our belief. */
		if (c->stale)
			c->prepared ^= 1u << c->statement;
		PQclear(rows);
		queue_put(c->pool, job, true);
	} else if (job) {
		if (failed)
			(void)sqlstate_read(
			    PQresultErrorField(rows, PG_DIAG_SQLSTATE),
			    PQresultErrorField(rows, PG_DIAG_MESSAGE_PRIMARY),
			    PQresultErrorField(rows, PG_DIAG_MESSAGE_DETAIL),
			    &a.error);
		else
			a.rows = rows;
		job_answer(job, &a);
		if (failed || a.rows)
			PQclear(rows);
	} else if (rows) {
		PQclear(rows);
	}
	pool_dispatch(c->pool);
}

/* One result of the running pipeline; false at its end. */
static bool
conn_result(struct pg_conn *c, PGresult *r)
{
	switch (PQresultStatus(r)) {
	case PGRES_PIPELINE_SYNC:
		PQclear(r);
		conn_done(c);
		return false;
	case PGRES_COMMAND_OK:
		/* Also when its owner has left: the server knows it now. */
		if (c->preparing)
			c->prepared |= 1u << c->statement;
		c->preparing = false;
		PQclear(r);
		return true;
	case PGRES_TUPLES_OK:
		c->rows = r;
		return true;
	case PGRES_FATAL_ERROR:
		conn_error(c, r);
		if (c->rows != r)
			PQclear(r);
		return true;
	case PGRES_EMPTY_QUERY:
	case PGRES_COPY_OUT:
	case PGRES_COPY_IN:
	case PGRES_BAD_RESPONSE:
	case PGRES_NONFATAL_ERROR:
	case PGRES_COPY_BOTH:
	case PGRES_SINGLE_TUPLE:
	case PGRES_PIPELINE_ABORTED:
		break;
	}
	PQclear(r);
	return true;
}

static void
conn_read(struct pg_conn *c)
{
	int nulls = 0;

	while (c->state == CONN_BUSY && !PQisBusy(c->db) && nulls < 2) {
		PGresult *r = PQgetResult(c->db);

		nulls = r ? 0 : nulls + 1;
		if (r && !conn_result(c, r))
			return;
	}
}

static void
conn_listen(struct pg_conn *c)
{
	PGresult *r;
	PGnotify *n;

	while (!PQisBusy(c->db) && (r = PQgetResult(c->db)) != NULL)
		PQclear(r);
	while ((n = PQnotifies(c->db)) != NULL) {
		c->pool->s.notify(n->relname, n->extra);
		PQfreemem(n);
	}
}

void
pg_conn_ready(struct pg_conn *c)
{
	if (c->state == CONN_DOWN)
		return;
	if (c->state == CONN_OPENING) {
		conn_poll(c);
		return;
	}
	if (!PQconsumeInput(c->db) || (c->writing && !conn_flush(c))) {
		conn_lost(c);
		return;
	}
	if (c->state == CONN_LISTENING)
		conn_listen(c);
	else if (c->state == CONN_BUSY)
		conn_read(c);
	if (c->db && PQstatus(c->db) == CONNECTION_BAD)
		conn_lost(c);
}

void
conn_tick(struct pg_conn *c, int64_t now)
{
	switch (c->state) {
	case CONN_DOWN:
		if (now >= c->until)
			conn_open(c, now);
		break;
	case CONN_OPENING:
		if (now >= c->until)
			conn_close(c, "no answer while connecting");
		break;
	case CONN_BUSY:
		/* Without an answer in time nobody knows what the server
		 * does; a fresh connection is the only safe state. */
		if (now >= c->until)
			conn_close(c, "no answer in time");
		break;
	case CONN_IDLE:
	case CONN_LISTENING:
		break;
	}
}
