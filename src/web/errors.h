/* SPDX-License-Identifier: Apache-2.0
 *
 * The one table from enum rc to HTTP status, and problems as JSON (RFC 9457).
 */
#ifndef WEB_ERRORS_H
#define WEB_ERRORS_H

#include "web/flow.h"

/* Some codes have a status of their own; else rc decides. */
int status_of(enum rc rc, const char *code);

/* The reason phrase: "Not Found". */
const char *status_text(int status);

/* Fills *out; a fault's or peer's text is for the log, never shown. */
void problem_of(const struct err *err, struct problem *out);
void problem_of_db(
    const struct db_error *e, struct arena *a, struct problem *out);

/*
 * {type, title, status, detail, code, errors, trace_id}: sentences from key
 * "error.<code>" of the texts in the caller's language.
 */
json_t *problem_json(const struct problem *p, const char *trace,
    const struct text_locale *l, struct arena *a);

#endif
