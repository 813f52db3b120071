/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <libpq-fe.h>

#include "base/clock.h"
#include "db/call.h"

enum { COL_STATUS, COL_VERSION, COL_LOCATION, COL_ME, COL_DATA, COLUMNS };

static const struct pg_statement statement = {
    .id = 0,
    .name = "api_call",
    .sql = "select status, version, location, me, data from "
	   "api.call($1::text, $2::jsonb, $3::jsonb, $4::bytea)",
    .nparams = 4,
};

static void
clear(void *rows)
{
	PQclear(rows);
}

static struct span
column(const PGresult *r, int n)
{
	if (PQgetisnull(r, 0, n))
		return (struct span){0};
	return span_make(PQgetvalue(r, 0, n), (size_t)PQgetlength(r, 0, n));
}

static void
read_row(struct call *c, PGresult *r)
{
	struct span version;

	if (PQntuples(r) != 1 || PQnfields(r) != COLUMNS) {
		(void)err_set(&c->error.err, RC_FAULT, "fault",
		    "api.call gave %d rows of %d columns", PQntuples(r),
		    PQnfields(r));
		return;
	}
	c->status = (int)strtol(PQgetvalue(r, 0, COL_STATUS), NULL, 10);
	version = column(r, COL_VERSION);
	c->has_version = version.p != NULL;
	if (version.p)
		c->version = strtoll(version.p, NULL, 10);
	c->location = column(r, COL_LOCATION);
	c->me = column(r, COL_ME);
	c->data = column(r, COL_DATA);
}

static void
answered(struct pg_job *job, struct pg_answer *answer)
{
	struct call *c = job->owner;
	PGresult *r;

	c->error = answer->error;
	if (c->error.err.rc == RC_OK) {
		r = pg_take(answer);
		arena_defer(c->a, clear, r);
		read_row(c, r);
	} else {
		c->error.detail = arena_span(c->a, c->error.detail);
	}
	c->done(c);
}

void
call_send(struct pg_pool *p, struct call *c)
{
	struct pg_job *j = &c->job;

	*j = (struct pg_job){
	    .statement = &statement,
	    .values = {c->op, c->who, c->input, c->bytes},
	    .binary = {false, false, false, true},
	    .deadline = clock_mono() + c->wait,
	    .repeatable = c->reads,
	    .done = answered,
	    .owner = c,
	};
	c->error = (struct db_error){0};
	pg_submit(p, j);
}

void
call_abandon(struct call *c)
{
	pg_abandon(&c->job);
}
