/* SPDX-License-Identifier: Apache-2.0
 *
 * What must hold of the database before the server starts. Blocks; for the
 * parent process only.
 */
#ifndef DB_CHECK_H
#define DB_CHECK_H

#include "base/arena.h"
#include "base/err.h"

#define DB_VERSION_MIN 150020

/*
 * Opens conninfo and checks the server's version, that commits are durable
 * (fsync, synchronous_commit; DU-1), and that the login owns nothing and
 * holds no privilege beyond its portal (AZ-5).
 *
 * RC_AWAY   db.away
 * RC_FAULT  db.version, db.durable, db.role
 */
enum rc db_check(const char *conninfo, struct err *err) MUST_USE;

struct db_operation {
	const char *name;
	bool writes;
	bool takes_bytes;
	const char *input; /* JSON: the shape of the input; NULL: unchecked */
};

/*
 * All operations that api.call knows, by name. They live in a.
 *
 * RC_AWAY  db.away
 */
enum rc db_operations(const char *conninfo, struct arena *a,
    struct db_operation **out, size_t *n, struct err *err) MUST_USE;

#endif
