/* SPDX-License-Identifier: Apache-2.0
 *
 * kontor-worker: takes jobs from the queue, any number of them on any host,
 * and worker_processes side by side in each.
 * The zygote that documents are read in is forked first, before settings with
 * secrets are read and before there is a connection. SIGTERM ends it after the
 * job in hand.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "auth/ldap.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "jobs/job.h"

#define POLL_MS 500
#define TICK_US (2 * 1000000)
#define AGAIN_MAX 5
#define LOOK_MS 100
#define PROCESSES_MAX 64

struct worker {
	struct arena *a; /* as long as the process */
	struct conf *conf;
	struct sandbox *sandbox;
	struct text *text;
	struct sync *db;
	char name[96]; /* nobody else has it */
	int64_t tick;
	int backoff_ms;
};

static volatile sig_atomic_t stopping;

static void
on_stop(int sig)
{
	(void)sig;
	stopping = 1;
}

static void
handle(int sig, void (*how)(int))
{
	struct sigaction sa = {.sa_handler = how};

	if (sigaction(sig, &sa, NULL) != 0)
		fatal("sigaction: %s", strerror(errno));
}

static void
settings(struct worker *w)
{
	const char *path = getenv("KONTOR_CONF"), *var = getenv("KONTOR_VAR");
	struct err err = {.rc = RC_OK};

	if (path == NULL && var != NULL)
		path = arena_printf(w->a, "%s/kontor.conf", var);
	if (conf_load(path ? path : "ops/kontor.conf", w->a, &w->conf, &err) !=
	    RC_OK)
		fatal(
		    "kontor-worker does not start: %s: %s", err.code, err.text);
}

static void
start_sandbox(struct worker *w)
{
	const char *schemas = conf_get(w->conf, "ubl_schemas", "");
	struct sandbox_options *o = ARENA_NEW(w->a, struct sandbox_options);
	struct err err = {.rc = RC_OK};

	o->guides = conf_get(w->conf, "partner_dir", "partners");
	o->schemas = schemas[0] ? schemas : NULL;
	o->own_schemas = conf_get(w->conf, "schema_dir", "docs/schemas");
	o->cpu_s = (unsigned)conf_int(w->conf, "reader_cpu", 5, 1, 3600);
	o->memory_mib =
	    (unsigned)conf_int(w->conf, "reader_memory", 256, 32, 65536);
	o->document_bytes =
	    (size_t)conf_int(w->conf, "document_max", 10 << 20, 1024, 1 << 30);
	if (sandbox_start(o, &w->sandbox, &err) != RC_OK)
		fatal(
		    "kontor-worker does not start: %s: %s", err.code, err.text);
}

/* The sentences of answers; without them answers carry codes only. */
static void
load_text(struct worker *w)
{
	const char *assets = conf_get(w->conf, "asset_dir", "assets");
	struct err err = {.rc = RC_OK};

	if (text_load(arena_printf(w->a, "%s/text", assets), w->a, &w->text,
		&err) != RC_OK) {
		log_say("warning", "text", "%s: %s", err.code, err.text);
		w->text = NULL;
	}
}

static void
name_worker(struct worker *w)
{
	char host[64] = "host", id[UUID_SIZE];
	size_t n;

	(void)gethostname(host, sizeof host - 1);
	uuid_new(id);
	n = strnlen(host, 40);
	memcpy(w->name, host, n);
	w->name[n] = '/';
	memcpy(w->name + n + 1, id, UUID_SIZE);
}

/* Its claims last as long as the connection: whatever it leaves behind is
 * taken back by the next claim of another (core.job_recover). */
static enum rc
connect_db(struct worker *w, struct err *err)
{
	struct arena *a = arena_new();
	struct db_error said = {.status = 0};
	enum rc rc =
	    sync_open(db_conninfo(w->conf, "kontor_worker", a), &w->db, err);

	if (rc == RC_OK && sync_run(w->db, "listen job", &said) != RC_OK) {
		*err = said.err;
		rc = said.err.rc;
	}
	arena_free(a);
	return rc;
}

static void
pause_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	(void)nanosleep(&t, NULL);
}

/* Until there is a connection, or it has to stop. */
static void
be_connected(struct worker *w)
{
	struct err err = {.rc = RC_OK};
	struct logline l;

	while (w->db == NULL && !stopping) {
		if (connect_db(w, &err) == RC_OK) {
			w->backoff_ms = 0;
			log_say("info", "connected", "worker %s", w->name);
			return;
		}
		sync_close(w->db);
		w->db = NULL;
		log_begin(&l, "warning", "database");
		log_err(&l, &err);
		log_end(&l);
		w->backoff_ms = w->backoff_ms ? w->backoff_ms * 2 : 100;
		if (w->backoff_ms > 3000)
			w->backoff_ms = 3000;
		pause_ms(w->backoff_ms);
	}
}

static void
log_job(const struct work *work, struct span kind, int64_t since, enum rc rc,
    const struct err *err)
{
	struct logline l;

	log_begin(&l, rc == RC_OK ? "info" : "error", "job");
	log_span(&l, "kind", kind);
	log_span(&l, "job", work->job);
	log_int(&l, "attempt", work->attempt);
	log_int(&l, "ms", (clock_mono() - since) / 1000);
	if (rc == RC_OK)
		log_str(&l, "result", rc_name(rc));
	else
		log_err(&l, err);
	log_end(&l);
}

static void
job_failed(struct worker *w, struct work *work, const struct err *why)
{
	struct sync_param params[] = {work_text(work->job),
	    work_text(span_of(
		arena_printf(work->a, "%s: %s", why->code, why->text)))};
	struct db_error said;

	if (sync_ask(w->db, "select core.job_fail($1::bigint, $2)", params, 2,
		work->a, NULL, &said) != RC_OK)
		log_say("error", "job_fail", "%s", said.err.text);
}

/* Others were in the way: at once again, a few times. */
static bool
again(enum rc rc, const struct err *err)
{
	return rc == RC_AWAY && strcmp(err->code, "db.busy") == 0;
}

static void
do_job(struct worker *w, struct work *work, struct span kind)
{
	struct err err = {.rc = RC_OK};
	int64_t since = clock_mono();
	enum rc rc = RC_AWAY;

	crash_point("after_claim");
	for (int i = 0; i < AGAIN_MAX; i++) {
		rc = job_do(kind, work, &err);
		if (!again(rc, &err))
			break;
	}
	log_job(work, kind, since, rc, &err);
	if (rc == RC_OK)
		return;
	if (strcmp(err.code, "db.away") == 0) {
		sync_close(w->db);
		w->db = NULL;
		return;
	}
	job_failed(w, work, &err);
	if (strcmp(err.code, "sandbox.away") == 0)
		fatal("kontor-worker ends: %s", err.text);
}

/* Work that comes by the clock. */
static void
tick(struct worker *w, struct arena *a)
{
	struct db_error said;

	if (clock_mono() < w->tick)
		return;
	w->tick = clock_mono() + TICK_US;
	if (sync_ask(w->db, "select core.job_tick()", NULL, 0, a, NULL,
		&said) != RC_OK)
		log_say("error", "tick", "%s", said.err.text);
}

static enum rc
claim(
    struct worker *w, struct arena *a, struct sync_rows *rows, struct err *err)
{
	struct sync_param params[] = {
	    work_text(span_of(job_kinds())), work_text(span_of(w->name))};
	struct db_error said = {.status = 0};
	enum rc rc = sync_ask(w->db,
	    "select id, kind, input, attempt "
	    "from core.job_claim($1::text[], $2, 1)",
	    params, 2, a, rows, &said);

	if (rc != RC_OK)
		*err = said.err;
	return rc;
}

static void
lost(struct worker *w, const struct err *err)
{
	log_say("warning", "database", "%s", err->text);
	sync_close(w->db);
	w->db = NULL;
}

static void
one_round(struct worker *w, struct arena *a)
{
	struct sync_rows rows = {0};
	struct err err = {.rc = RC_OK};
	struct work work = {.db = w->db,
	    .sandbox = w->sandbox,
	    .conf = w->conf,
	    .text = w->text,
	    .a = a};
	enum rc rc;

	tick(w, a);
	rc = claim(w, a, &rows, &err);
	if (rc == RC_OK && rows.n > 0) {
		work.job = rows.cells[0];
		work.input = rows.cells[2];
		work.attempt = rows.cells[3].p[0] - '0';
		do_job(w, &work, rows.cells[1]);
		return;
	}
	if (rc == RC_OK)
		rc = sync_wait(w->db, POLL_MS, &err);
	if (rc != RC_OK && rc != RC_ABSENT)
		lost(w, &err);
}

/* One process that takes jobs, until it has to stop. */
static int
work(struct worker *w)
{
	handle(SIGTERM, SIG_IGN); /* the zygote ends with its socket */
	handle(SIGINT, SIG_IGN);
	start_sandbox(w);
	load_text(w);
	handle(SIGTERM, on_stop);
	handle(SIGINT, on_stop);
	ldap_setup();
	crash_setup(w->conf);
	name_worker(w);
	while (!stopping) {
		struct arena *a = arena_new();

		be_connected(w);
		if (w->db != NULL)
			one_round(w, a);
		arena_free(a);
	}
	sync_close(w->db);
	sandbox_stop(w->sandbox);
	log_say("info", "stopped", "worker %s", w->name);
	return 0;
}

static pid_t
start_one(struct worker *w)
{
	pid_t pid = fork();

	if (pid < 0)
		fatal("fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	/* the first process is gone: finish the job in hand and end */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		fatal("prctl: %s", strerror(errno));
	exit(work(w));
}

/* Starts those again that have ended; false when none is left. */
static bool
look_after(struct worker *w, pid_t pids[], long n)
{
	bool any = false;

	for (long i = 0; i < n; i++) {
		if (pids[i] > 0 && waitpid(pids[i], NULL, WNOHANG) == pids[i]) {
			pids[i] = 0;
			if (!stopping)
				log_say("error", "worker",
				    "one of %ld has ended", n);
		}
		if (pids[i] == 0 && !stopping)
			pids[i] = start_one(w);
		any |= pids[i] > 0;
	}
	return any;
}

static int
work_several(struct worker *w, long n)
{
	pid_t *pids = ARENA_ARRAY(w->a, pid_t, (size_t)n);

	handle(SIGTERM, on_stop);
	handle(SIGINT, on_stop);
	while (look_after(w, pids, n)) {
		/* again and again: one that just starts is deaf to it */
		for (long i = 0; stopping && i < n; i++) {
			if (pids[i] > 0)
				(void)kill(pids[i], SIGTERM);
		}
		pause_ms(LOOK_MS);
	}
	return 0;
}

int
main(void)
{
	struct worker w = {.a = arena_new()};
	long n;

	log_open(2, "kontor-worker");
	settings(&w);
	handle(SIGPIPE, SIG_IGN);
	n = conf_int(w.conf, "worker_processes", 2, 1, PROCESSES_MAX);
	return n == 1 ? work(&w) : work_several(&w, n);
}
