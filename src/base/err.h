/* SPDX-License-Identifier: Apache-2.0
 *
 * How functions say that something went wrong. What can fail returns enum rc
 * and fills struct err. Codes are stable, documented and translated
 * (assets/text, key "error.<code>"); text is for logs and people and is never
 * parsed.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/span.h"

enum rc {
	RC_OK = 0,
	RC_INPUT,    /* the sender can fix it */
	RC_DENIED,   /* known, but not allowed */
	RC_ABSENT,   /* not there, or not visible to this identity */
	RC_CONFLICT, /* the state has moved on */
	RC_AWAY,     /* a peer is unreachable; retrying may help */
	RC_FAULT,    /* our defect */
};

struct err {
	enum rc rc;
	char code[64];
	char text[512];
};

/*
 * Fills *err (which may be NULL) and returns rc, so that a function can end
 * with `return err_set(...)`. text is a printf format; what does not fit ends
 * in "...". What is kept is UTF-8 whatever was given: it goes to the database.
 */
enum rc err_set(struct err *err, enum rc rc, const char *code, const char *text,
    ...) __attribute__((format(printf, 4, 5)));

/* The word for an rc: "ok", "input", ... */
const char *rc_name(enum rc rc);

/* Says on standard error what is wrong and ends the process with status 1. */
void fatal(const char *text, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#endif
