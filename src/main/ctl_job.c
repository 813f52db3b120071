/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl job … and status: what waits, what died, what answers.
 */
#include <stdio.h>
#include <string.h>

#include "main/ctl.h"

static const char *
text(const json_t *v, const char *path)
{
	const char *s = repr_json_str(v, path);

	return s ? s : "-";
}

int
ctl_job_list(struct ctl *c)
{
	struct sync_param p = ctl_text(ctl_get(c, "state"));
	json_t *jobs, *job;
	struct err err;
	size_t i;

	if (ctl_ask(c, "select core.admin_jobs($1)", &p, 1, &jobs, &err) !=
	    RC_OK)
		return ctl_fail(c, &err);
	if (ctl_print_json(c, jobs))
		return CTL_OK;
	(void)printf("%-10s %-9s %-20s %-8s %-20s %s\n", "ID", "STATE", "KIND",
	    "ATTEMPTS", "RUN AT", "ERROR");
	json_array_foreach(jobs, i, job)(void)
	    printf("%-10lld %-9s %-20s %-8lld %-20.19s %s\n",
		repr_json_int(job, "id", 0), text(job, "state"),
		text(job, "kind"), repr_json_int(job, "attempts", 0),
		text(job, "run_at"), text(job, "error"));
	return CTL_OK;
}

int
ctl_job_retry(struct ctl *c)
{
	struct sync_param p = ctl_text(c->words[0]);
	unsigned long long id;
	struct err err;
	json_t *again;

	if (!span_uint(span_of(c->words[0]), &id))
		return ctl_usage(c, "ID is a number, as job list shows it");
	if (ctl_ask(c, "select to_json(core.job_retry($1::bigint))", &p, 1,
		&again, &err) != RC_OK)
		return ctl_fail(c, &err);
	if (!json_is_true(again)) {
		(void)err_set(&err, RC_ABSENT, "job.absent",
		    "there is no dead job %llu", id);
		return ctl_fail(c, &err);
	}
	if (!ctl_print_json(c, again))
		(void)printf("job %llu waits for a worker again\n", id);
	return CTL_OK;
}

int
ctl_status(struct ctl *c)
{
	json_t *s, *v;
	struct err err;
	const char *name;

	if (ctl_ask(c, "select core.admin_status()", NULL, 0, &s, &err) !=
	    RC_OK)
		return ctl_fail(c, &err);
	if (ctl_print_json(c, s))
		return CTL_OK;
	(void)printf("database   answers, migration %lld\n",
	    repr_json_int(s, "migration", 0));
	(void)printf("sessions   %lld live\n", repr_json_int(s, "sessions", 0));
	json_object_foreach(json_object_get(s, "jobs"), name, v)(void) printf(
	    "jobs       %lld %s\n", (long long)json_integer_value(v), name);
	return CTL_OK;
}
