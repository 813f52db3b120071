/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/clock.h"
#include "db/sync.h"

#define PARAMS_MAX 16

struct sync {
	PGconn *db;
	PGresult *last; /* keeps the texts of the last error */
	unsigned error_at;
};

/* libpq takes a folder for a host name unless it begins with a slash. */
static const char *
host(const struct conf *conf, struct arena *a)
{
	const char *s = conf_get(conf, "pg_host", "var/pg");
	char full[PATH_MAX];

	return strchr(s, '/') && realpath(s, full) ? arena_str(a, span_of(full))
						   : s;
}

const char *
db_conninfo(const struct conf *conf, const char *role, struct arena *a)
{
	return arena_printf(a,
	    "host='%s' port='%s' dbname='%s' user='%s' "
	    "connect_timeout=5 client_encoding=UTF8",
	    host(conf, a), conf_get(conf, "pg_port", "5432"),
	    conf_get(conf, "pg_database", "kontor"), role);
}

/* What PostgreSQL tells beside its work belongs to nobody's terminal. */
static void
no_notice(void *unused, const PGresult *r)
{
	(void)unused;
	(void)r;
}

enum rc
sync_open(const char *conninfo, struct sync **out, struct err *err)
{
	PGconn *db = PQconnectdb(conninfo);
	struct sync *s;
	enum rc rc;

	if (PQstatus(db) != CONNECTION_OK) {
		rc = err_set(err, RC_AWAY, "db.away", "%s", PQerrorMessage(db));
		PQfinish(db);
		return rc;
	}
	(void)PQsetNoticeReceiver(db, no_notice, NULL);
	s = heap_alloc(sizeof *s);
	s->db = db;
	*out = s;
	return RC_OK;
}

void
sync_close(struct sync *s)
{
	if (s == NULL)
		return;
	PQclear(s->last);
	PQfinish(s->db);
	heap_free(s);
}

/* Keeps r as the last result; says whether it is one of success. */
static enum rc
judge(struct sync *s, PGresult *r, struct db_error *err)
{
	ExecStatusType status = PQresultStatus(r);
	const char *at;
	struct db_error own;

	PQclear(s->last);
	s->last = r;
	s->error_at = 0;
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	    status == PGRES_EMPTY_QUERY) {
		if (err)
			*err = (struct db_error){0};
		return RC_OK;
	}
	at = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
	if (at)
		s->error_at = (unsigned)strtoul(at, NULL, 10);
	return sqlstate_read(PQresultErrorField(r, PG_DIAG_SQLSTATE),
	    r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)
	      : PQerrorMessage(s->db),
	    PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL), err ? err : &own);
}

static void
rows_read(const PGresult *r, struct arena *a, struct sync_rows *out)
{
	int n = PQntuples(r), width = PQnfields(r);
	struct span *cells =
	    ARENA_ARRAY(a, struct span, (size_t)n * (size_t)width + 1);

	for (int i = 0; i < n; i++)
		for (int j = 0; j < width; j++)
			if (!PQgetisnull(r, i, j))
				cells[i * width + j] = span_of(arena_str(
				    a, span_make(PQgetvalue(r, i, j),
					   (size_t)PQgetlength(r, i, j))));
	out->n = (size_t)n;
	out->width = (size_t)width;
	out->cells = cells;
}

enum rc
sync_ask(struct sync *s, const char *sql, const struct sync_param *params,
    size_t n, struct arena *a, struct sync_rows *out, struct db_error *err)
{
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX], formats[PARAMS_MAX];
	enum rc rc;

	if (n > PARAMS_MAX)
		fatal("more than %d parameters", PARAMS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct span v = params[i].value;

		/* Text must end in NUL, so it is copied. */
		values[i] = v.p && !params[i].bytes ? arena_str(a, v) : v.p;
		if (v.n > INT_MAX)
			fatal("a parameter of %zu bytes", v.n);
		lengths[i] = (int)v.n;
		formats[i] = params[i].bytes;
	}
	rc = judge(s,
	    PQexecParams(s->db, sql, (int)n, NULL, values, lengths, formats, 0),
	    err);
	if (rc == RC_OK && out)
		rows_read(s->last, a, out);
	return rc;
}

enum rc
sync_run(struct sync *s, const char *sql, struct db_error *err)
{
	return judge(s, PQexec(s->db, sql), err);
}

unsigned
sync_error_at(const struct sync *s)
{
	return s->error_at;
}

enum rc
sync_wait(struct sync *s, int ms, struct err *err)
{
	int64_t until = clock_mono() + ms * 1000LL;

	for (;;) {
		struct pollfd p = {.fd = PQsocket(s->db), .events = POLLIN};
		int64_t left = until - clock_mono();
		PGnotify *heard = PQnotifies(s->db);

		if (heard) {
			/* One wake-up for all that came. */
			while (heard) {
				PQfreemem(heard);
				heard = PQnotifies(s->db);
			}
			return RC_OK;
		}
		if (left <= 0 || p.fd < 0)
			break;
		if (poll(&p, 1, (int)(left / 1000) + 1) < 0) {
			if (errno == EINTR)
				break; /* a signal: let the caller look */
			return err_set(err, RC_FAULT, "fault", "poll: %s",
			    strerror(errno));
		}
		if (!PQconsumeInput(s->db))
			break;
	}
	if (PQstatus(s->db) != CONNECTION_OK)
		return err_set(
		    err, RC_AWAY, "db.away", "%s", PQerrorMessage(s->db));
	return err_set(err, RC_ABSENT, "db.quiet", "no notification");
}

struct span
sync_bytes(struct span cell, struct arena *a)
{
	unsigned char *raw;
	size_t n;
	struct span out;

	if (cell.p == NULL)
		return cell;
	raw = PQunescapeBytea((const unsigned char *)cell.p, &n);
	if (raw == NULL)
		fatal("out of memory");
	out = arena_span(a, span_make(raw, n));
	PQfreemem(raw);
	return out;
}
