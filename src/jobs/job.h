/* SPDX-License-Identifier: Apache-2.0
 *
 * Background jobs: what kinds there are and how one is done.
 */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include "exchange/work.h"

/* The kinds as a PostgreSQL array: "{document_read,sweep}". */
const char *job_kinds(void);

/* Does a job of that kind. RC_FAULT job.unknown */
enum rc job_do(struct span kind, struct work *w, struct err *err) MUST_USE;

/*
 * Each of them does its job and marks it done in one transaction. On any other
 * result nothing was changed and the job is tried again.
 */
#define JOB(kind, run) enum rc run(struct work *w, struct err *err) MUST_USE;
#define SQL_JOB(kind, sql)
#include "jobs/jobs.def"
#undef JOB
#undef SQL_JOB

#endif
