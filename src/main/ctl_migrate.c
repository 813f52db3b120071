/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl migrate: roles of the cluster, then migrations and code of one
 * database in one transaction, under an advisory lock. Run as a superuser,
 * through the unix socket.
 */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/sql_text.h"
#include "main/ctl.h"

#define SCRIPT_MAX (16u << 20)
#define FILES_MAX 1000
#define LOCK "select pg_advisory_xact_lock(4711)"

/* Everything a script needs; errors name the file as it was given. */
struct migrate {
	const struct ctl *c;
	const char *dir;
	struct sync *db;
	int applied, files;
};

static enum rc
failed(const char *path, unsigned line, struct span statement, unsigned at,
    const struct db_error *db, struct err *err)
{
	/* Characters are bytes in our scripts but for rare comments. */
	for (unsigned i = 0; i + 1 < at && i < statement.n; i++)
		line += statement.p[i] == '\n';
	return err_set(err, RC_FAULT, "migrate.sql", "%s:%u: %s%s%.*s", path,
	    line, db->err.text, db->detail.n ? " " : "", (int)db->detail.n,
	    db->detail.p ? db->detail.p : "");
}

static enum rc
run_script(struct migrate *m, const char *path, struct err *err)
{
	struct sql_text t = {.line = 1};
	struct span statement;
	struct db_error db;
	unsigned line;
	enum rc rc = file_read(path, SCRIPT_MAX, m->c->a, &t.rest, err);

	if (rc != RC_OK)
		return rc;
	m->files++;
	while (sql_text_next(&t, &statement, &line)) {
		struct arena *a = arena_new();

		rc = sync_run(m->db, arena_str(a, statement), &db);
		arena_free(a);
		if (rc != RC_OK)
			return failed(path, line, statement,
			    sync_error_at(m->db), &db, err);
	}
	return RC_OK;
}

static enum rc
run_sql(struct migrate *m, const char *sql, struct err *err)
{
	struct db_error db;
	enum rc rc = sync_run(m->db, sql, &db);

	if (rc != RC_OK)
		*err = db.err;
	return rc;
}

static enum rc
ask_bool(struct migrate *m, const char *sql, const char *param, bool *out,
    struct err *err)
{
	struct sync_param p = ctl_text(param);
	struct sync_rows rows;
	struct db_error db;
	enum rc rc = sync_ask(m->db, sql, &p, 1, m->c->a, &rows, &db);

	if (rc != RC_OK) {
		*err = db.err;
		return rc;
	}
	*out = rows.n == 1 && span_is(rows.cells[0], "t");
	return RC_OK;
}

/* Roles belong to the cluster, so they have a transaction and lock there. */
static enum rc
roles(
    struct migrate *m, const char *user, const char *database, struct err *err)
{
	const char *conninfo = arena_printf(m->c->a, "%s dbname=postgres",
	    db_conninfo(m->c->conf, user, m->c->a));
	bool exists = false;
	enum rc rc = sync_open(conninfo, &m->db, err);

	if (rc != RC_OK)
		return rc;
	rc = run_sql(m, "begin; " LOCK, err);
	if (rc == RC_OK)
		rc = run_script(
		    m, arena_printf(m->c->a, "%s/roles.sql", m->dir), err);
	if (rc == RC_OK)
		rc = run_sql(m, "commit", err);
	if (rc == RC_OK)
		rc = ask_bool(m,
		    "select exists (select from pg_database "
		    "where datname = $1)",
		    database, &exists, err);
	if (rc == RC_OK && !exists)
		rc = run_sql(m,
		    arena_printf(m->c->a,
			"create database \"%s\" template template0 "
			"encoding utf8",
			database),
		    err);
	sync_close(m->db);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* Names of the migrations, in order. */
static enum rc
list(struct migrate *m, const char *dir, const char **names, size_t *n,
    struct err *err)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (d == NULL)
		return err_set(err, RC_ABSENT, "migrate.files", "%s: %s", dir,
		    strerror(errno));
	while ((e = readdir(d)) && *n < FILES_MAX)
		if (span_ends(span_of(e->d_name), ".sql"))
			names[(*n)++] = arena_str(m->c->a, span_of(e->d_name));
	(void)closedir(d);
	qsort(names, *n, sizeof *names, by_name);
	return RC_OK;
}

/* "0001_core.sql" -> 1 and "core". */
static enum rc
name_read(struct arena *a, const char *file, const char **number,
    const char **name, struct err *err)
{
	struct span rest = span_of(file), n = span_cut(&rest, '_');
	unsigned long long value;

	if (n.n != 4 || !span_uint(n, &value) || rest.n < 5)
		return err_set(err, RC_INPUT, "migrate.name",
		    "%s: expected NNNN_name.sql", file);
	*number = arena_printf(a, "%llu", value);
	*name = arena_str(a, span_sub(rest, 0, rest.n - 4));
	return RC_OK;
}

static enum rc
is_applied(struct migrate *m, const char *number, bool *out, struct err *err)
{
	bool begun = false;
	enum rc rc = ask_bool(m, "select to_regclass($1) is not null",
	    "core.migration", &begun, err);

	*out = false;
	if (rc == RC_OK && begun)
		rc = ask_bool(m,
		    "select exists (select from core.migration "
		    "where number = $1::int)",
		    number, out, err);
	return rc;
}

static enum rc
migration(struct migrate *m, const char *dir, const char *file, struct err *err)
{
	const char *number = NULL, *name = NULL;
	bool done = false, same = false;
	enum rc rc = name_read(m->c->a, file, &number, &name, err);

	if (rc == RC_OK)
		rc = is_applied(m, number, &done, err);
	if (rc == RC_OK && !done) {
		rc = run_script(
		    m, arena_printf(m->c->a, "%s/%s", dir, file), err);
		m->applied++;
	}
	if (rc != RC_OK)
		return rc;
	rc = ask_bool(m,
	    arena_printf(m->c->a,
		"select exists (select from core.migration "
		"where number = %s and name = $1)",
		number),
	    name, &same, err);
	if (rc == RC_OK && !same)
		rc = err_set(err, RC_CONFLICT, "migrate.name",
		    "%s/%s: the database has another migration of that "
		    "number, or the file does not register itself",
		    dir, file);
	return rc;
}

static enum rc
migrations(struct migrate *m, struct err *err)
{
	const char *dir = arena_printf(m->c->a, "%s/migrations", m->dir);
	const char **names = ARENA_ARRAY(m->c->a, const char *, FILES_MAX);
	size_t n = 0;
	enum rc rc = list(m, dir, names, &n, err);

	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = migration(m, dir, names[i], err);
	return rc;
}

/* Follows the lines `\ir PATH` of sql/code/load.sql. */
static enum rc
code(struct migrate *m, struct err *err)
{
	const char *path = arena_printf(m->c->a, "%s/code/load.sql", m->dir);
	struct span text;
	enum rc rc = file_read(path, SCRIPT_MAX, m->c->a, &text, err);

	for (int n = 1; rc == RC_OK && text.p; n++) {
		struct span line = span_trim(span_cut(&text, '\n'));

		if (line.n == 0 || span_starts(line, "--"))
			continue;
		if (!span_starts(line, "\\ir "))
			return err_set(err, RC_INPUT, "migrate.load",
			    "%s:%d: expected \\ir PATH", path, n);
		line = span_trim(span_sub(line, 4, line.n));
		rc = run_script(m,
		    arena_printf(
			m->c->a, "%s/code/%.*s", m->dir, (int)line.n, line.p),
		    err);
	}
	return rc;
}

static enum rc
database(struct migrate *m, const char *user, const char *name, struct err *err)
{
	enum rc rc = ctl_connect(m->c, user, &m->db, err);

	if (rc != RC_OK)
		return rc;
	rc = run_sql(m,
	    arena_printf(m->c->a,
		"begin; " LOCK "; set local client_min_messages = warning; "
		"alter database \"%s\" owner to kontor_owner; "
		"set local role kontor_owner",
		name),
	    err);
	if (rc == RC_OK)
		rc = migrations(m, err);
	if (rc == RC_OK)
		rc = code(m, err);
	if (rc == RC_OK)
		rc = run_sql(m, "commit", err);
	sync_close(m->db);
	return rc;
}

/* --sql, setting sql_dir, ./sql, or sql beside the program's folder. */
static const char *
sql_dir(const struct ctl *c)
{
	const char *dir = ctl_get(c, "sql");
	char exe[PATH_MAX];
	ssize_t n;

	if (dir == NULL)
		dir = conf_get(c->conf, "sql_dir", NULL);
	if (dir || access("sql/roles.sql", R_OK) == 0)
		return dir ? dir : "sql";
	n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n <= 0)
		return "sql";
	exe[n] = '\0';
	return arena_printf(c->a, "%s/../sql", dirname(exe));
}

int
ctl_migrate(struct ctl *c)
{
	struct migrate m = {.c = c, .dir = sql_dir(c)};
	const char *user = ctl_get(c, "user");
	const char *name = conf_get(c->conf, "pg_database", "kontor");
	struct err err;
	json_t *o;

	if (user == NULL)
		user = "postgres";
	if (strpbrk(name, "\"'\\"))
		return ctl_usage(c, "pg_database must be a plain name");
	if (roles(&m, user, name, &err) != RC_OK ||
	    database(&m, user, name, &err) != RC_OK)
		return ctl_fail(c, &err);
	o = repr_json_object(c->a);
	repr_json_set_str(o, "database", name);
	repr_json_set_int(o, "migrations", m.applied);
	repr_json_set_int(o, "files", m.files);
	if (!ctl_print_json(c, o))
		(void)printf("database %s is up to date: %d migrations "
			     "applied, %d files read\n",
		    name, m.applied, m.files);
	return CTL_OK;
}
