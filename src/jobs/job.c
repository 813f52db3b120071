/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/job.h"

struct job {
	const char *kind;
	enum rc (*run)(struct work *w, struct err *err);
	const char *sql;
};

static const struct job JOBS[] = {
#define JOB(kind, run) {#kind, run, NULL},
#define SQL_JOB(kind, sql) {#kind, NULL, sql},
#include "jobs/jobs.def"
#undef JOB
#undef SQL_JOB
};

const char *
job_kinds(void)
{
	return "{"
#define JOB(kind, run) #kind ","
#define SQL_JOB(kind, sql) #kind ","
#include "jobs/jobs.def"
#undef JOB
#undef SQL_JOB
	       "none}";
}

static enum rc
run_sql(const struct job *j, struct work *w, struct err *err)
{
	struct sync_param input = work_text(w->input);
	enum rc rc = work_begin(w, err);

	if (rc != RC_OK)
		return rc;
	rc = work_ask(w, j->sql, &input, 1, NULL, err);
	if (rc == RC_OK)
		return work_done(w, (struct span){NULL, 0}, err);
	work_undo(w);
	return rc;
}

enum rc
job_do(struct span kind, struct work *w, struct err *err)
{
	for (size_t i = 0; i < sizeof JOBS / sizeof *JOBS; i++) {
		if (!span_is(kind, JOBS[i].kind))
			continue;
		return JOBS[i].run ? JOBS[i].run(w, err)
				   : run_sql(&JOBS[i], w, err);
	}
	return err_set(
	    err, RC_FAULT, "job.unknown", "no job %.*s", (int)kind.n, kind.p);
}
