/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <libpq-fe.h>

#include "db/check.h"

static const char role_sql[] =
    "select current_setting('fsync') = 'on' and "
    "current_setting('synchronous_commit') <> 'off', "
    "r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb, "
    "exists (select 1 from pg_class c where c.relowner = r.oid) or "
    "exists (select 1 from pg_proc p where p.proowner = r.oid), "
    "has_database_privilege(current_database(), 'create') or "
    "has_database_privilege(current_database(), 'temp') "
    "from pg_roles r where r.rolname = current_user";

static enum rc
ask(const char *conninfo, const char *sql, PGconn **db, PGresult **r,
    struct err *err)
{
	enum rc rc = RC_OK;

	*r = NULL;
	*db = PQconnectdb(conninfo);
	if (PQstatus(*db) == CONNECTION_OK)
		*r = PQexec(*db, sql);
	if (PQresultStatus(*r) != PGRES_TUPLES_OK)
		rc =
		    err_set(err, RC_AWAY, "db.away", "%s", PQerrorMessage(*db));
	return rc;
}

static bool
is_true(const PGresult *r, int column)
{
	return *PQgetvalue(r, 0, column) == 't';
}

static enum rc
check_role(PGconn *db, const PGresult *r, struct err *err)
{
	const char *user = PQuser(db);

	if (PQserverVersion(db) < DB_VERSION_MIN)
		return err_set(err, RC_FAULT, "db.version",
		    "PostgreSQL %d is too old; 15.20 or later is needed",
		    PQserverVersion(db));
	if (PQntuples(r) != 1)
		return err_set(
		    err, RC_FAULT, "db.role", "no role is called %s", user);
	if (!is_true(r, 0))
		return err_set(err, RC_FAULT, "db.durable",
		    "fsync and synchronous_commit must be on: what is "
		    "acknowledged must be kept");
	if (is_true(r, 1) || is_true(r, 2) || is_true(r, 3))
		return err_set(err, RC_FAULT, "db.role",
		    "%s must not be a superuser, bypass row security, own "
		    "tables or functions, or create or use temporary ones",
		    user);
	return RC_OK;
}

enum rc
db_check(const char *conninfo, struct err *err)
{
	PGconn *db;
	PGresult *r;
	enum rc rc = ask(conninfo, role_sql, &db, &r, err);

	if (rc == RC_OK)
		rc = check_role(db, r, err);
	PQclear(r);
	PQfinish(db);
	return rc;
}

static const char *
text(const PGresult *r, int row, int column, struct arena *a)
{
	if (PQgetisnull(r, row, column))
		return NULL;
	return arena_str(a, span_of(PQgetvalue(r, row, column)));
}

enum rc
db_operations(const char *conninfo, struct arena *a, struct db_operation **out,
    size_t *n, struct err *err)
{
	PGconn *db;
	PGresult *r;
	enum rc rc = ask(conninfo,
	    "select name, writes, takes_bytes, input from core.operation "
	    "order by name",
	    &db, &r, err);

	*n = 0;
	if (rc == RC_OK) {
		*n = (size_t)PQntuples(r);
		*out = ARENA_ARRAY(a, struct db_operation, *n + 1);
		for (int i = 0; i < PQntuples(r); i++)
			(*out)[i] = (struct db_operation){
			    .name = text(r, i, 0, a),
			    .writes = *PQgetvalue(r, i, 1) == 't',
			    .takes_bytes = *PQgetvalue(r, i, 2) == 't',
			    .input = text(r, i, 3, a),
			};
	}
	PQclear(r);
	PQfinish(db);
	return rc;
}
