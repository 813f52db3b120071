/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/conn.h"

void
job_answer(struct pg_job *job, struct pg_answer *answer)
{
	struct pg_pool *p = job->pool;

	p->stats.jobs++;
	if (answer->error.err.rc == RC_FAULT || answer->error.err.rc == RC_AWAY)
		p->stats.failed++;
	job->pool = NULL;
	job->conn = NULL;
	job->done(job, answer);
}

void
job_away(struct pg_job *job, const char *code, const char *text)
{
	struct pg_answer a = {0};

	(void)err_set(&a.error.err, RC_AWAY, code, "%s", text);
	job_answer(job, &a);
}

void
queue_put(struct pg_pool *p, struct pg_job *job, bool first)
{
	job->conn = NULL;
	job->next = NULL;
	job->queued_until = clock_mono() + p->s.queue_wait;
	if (job->queued_until > job->deadline)
		job->queued_until = job->deadline;
	p->stats.queued++;
	if (p->first == NULL) {
		p->first = p->last = job;
	} else if (first) {
		job->next = p->first;
		p->first = job;
	} else {
		p->last->next = job;
		p->last = job;
	}
}

static bool
queue_cut(struct pg_pool *p, struct pg_job *job)
{
	struct pg_job *before = NULL;

	for (struct pg_job *j = p->first; j; before = j, j = j->next) {
		if (j != job)
			continue;
		if (before)
			before->next = j->next;
		else
			p->first = j->next;
		if (p->last == j)
			p->last = before;
		p->stats.queued--;
		return true;
	}
	return false;
}

void
pool_dispatch(struct pg_pool *p)
{
	for (int i = 0; i < p->s.size && p->first; i++) {
		struct pg_job *job = p->first;

		if (p->conns[i].state != CONN_IDLE)
			continue;
		(void)queue_cut(p, job);
		conn_run(&p->conns[i], job);
	}
}

void
pg_pool_tick(struct pg_pool *p, int64_t now)
{
	struct pg_job *next;

	for (int i = 0; i < p->s.size; i++)
		conn_tick(&p->conns[i], now);
	for (struct pg_job *j = p->first; j; j = next) {
		next = j->next;
		if (j->queued_until > now)
			continue;
		(void)queue_cut(p, j);
		job_away(j, "db.busy", "no connection became free in time");
		next = p->first; /* done() may have changed the queue */
	}
	pool_dispatch(p);
}

struct pg_pool *
pg_pool_new(const struct pg_settings *s)
{
	struct pg_pool *p = heap_alloc(sizeof *p);

	p->s = *s;
	p->conns = heap_alloc(sizeof *p->conns * (size_t)s->size);
	for (int i = 0; i < s->size; i++)
		p->conns[i].pool = p;
	return p;
}

void
pg_submit(struct pg_pool *p, struct pg_job *job)
{
	job->pool = p;
	job->tries = 0;
	queue_put(p, job, false);
	/* A full queue is told by the next tick, unless its turn comes before:
	 * then it is a job like others, with all its time. */
	if (p->stats.queued > p->s.queue_max)
		job->queued_until = 0;
	pool_dispatch(p);
}

void
pg_abandon(struct pg_job *job)
{
	if (job->pool == NULL)
		return;
	if (job->conn)
		job->conn->job = NULL;
	else
		(void)queue_cut(job->pool, job);
	job->pool = NULL;
	job->conn = NULL;
}

struct pg_result *
pg_take(struct pg_answer *a)
{
	struct pg_result *r = a->rows;

	a->rows = NULL;
	return r;
}

bool
pg_pool_ready(const struct pg_pool *p)
{
	for (int i = 0; i < p->s.size; i++)
		if (p->conns[i].state != CONN_DOWN &&
		    p->conns[i].state != CONN_OPENING)
			return true;
	return false;
}

struct pg_stats
pg_pool_stats(const struct pg_pool *p)
{
	struct pg_stats s = p->stats;

	s.ready = s.busy = 0;
	for (int i = 0; i < p->s.size; i++) {
		s.ready += p->conns[i].state == CONN_IDLE;
		s.busy += p->conns[i].state == CONN_BUSY;
	}
	return s;
}
