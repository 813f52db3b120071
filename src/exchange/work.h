/* SPDX-License-Identifier: Apache-2.0
 *
 * What the worker hands to whoever does a job, and the few statements that all
 * of them share. A job is done in one transaction that also marks it done.
 */
#ifndef EXCHANGE_WORK_H
#define EXCHANGE_WORK_H

#include "db/sync.h"
#include "exchange/sandbox.h"
#include "repr/json.h"
#include "repr/text.h"

struct work {
	struct sync *db;
	struct sandbox *sandbox;
	const struct conf *conf;
	struct text *text; /* sentences; NULL: answers carry codes only */
	struct arena *a;   /* of this job */
	struct span job;   /* its id, as decimal */
	struct span input; /* JSON */
	int attempt;       /* 1 .. */
};

/* A text parameter; p == NULL is SQL null. */
struct sync_param work_text(struct span s);
struct sync_param work_bytes(struct span s);

/* begin, and the identity of the job. RC_CONFLICT job.lost */
enum rc work_begin(struct work *w, struct err *err) MUST_USE;

/* One statement of the transaction; out may be NULL. */
enum rc work_ask(struct work *w, const char *sql,
    const struct sync_param *params, size_t n, struct sync_rows *out,
    struct err *err) MUST_USE;

/* Marks the job done and commits. result is JSON or empty. */
enum rc work_done(struct work *w, struct span result, struct err *err) MUST_USE;

/* Commits what was done so far and keeps the claim: the job goes on. */
enum rc work_keep(struct work *w, struct err *err) MUST_USE;

/* Ends the transaction without effect. */
void work_undo(struct work *w);

/* The value of a member of the job's input, as text; empty when absent. */
struct span work_input(struct work *w, const char *path);

/*
 * Named points of the crash test: the process kills itself at the point that
 * KONTOR_CRASH_AT names ("point" or "point:n" for the n-th time), but only
 * where the setting crash_points is on.
 */
void crash_setup(const struct conf *conf);
void crash_point(const char *name);

#endif
