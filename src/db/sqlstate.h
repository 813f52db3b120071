/* SPDX-License-Identifier: Apache-2.0
 *
 * From SQLSTATE to enum rc. Our functions raise PTnnn with an HTTP status, a
 * stable code as message and JSON as detail; everything else is PostgreSQL
 * speaking.
 */
#ifndef DB_SQLSTATE_H
#define DB_SQLSTATE_H

#include "base/err.h"

#define SQLSTATE_DETAIL_MAX 16384

struct db_error {
	struct err err;
	int status;         /* the nnn of PTnnn, else 0 */
	struct span detail; /* JSON of PTnnn, else empty; valid during done() */
};

/* Serialization failure or deadlock: the same statement may succeed now. */
bool sqlstate_again(const char *sqlstate);

/* A plan or prepared statement is stale: a new connection helps. */
bool sqlstate_stale(const char *sqlstate);

/*
 * Fills *out from the fields of a result; any may be NULL. What PostgreSQL
 * itself says goes to out->err.text, which is for the log only.
 */
enum rc sqlstate_read(const char *sqlstate, const char *message,
    const char *detail, struct db_error *out);

#endif
