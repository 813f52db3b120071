/* SPDX-License-Identifier: Apache-2.0
 *
 * One JSON object a line, one write(2) below 4096 bytes. No bodies, tokens or
 * passwords: callers log names and ids. Control characters are escaped.
 *
 *	struct logline l;
 *	log_begin(&l, "info", "request");
 *	log_str(&l, "operation", op);
 *	log_int(&l, "ms", ms);
 *	log_end(&l);
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/err.h"

struct logline {
	char p[4000];
	size_t n;
};

/* Where lines go; standard error unless set. fd stays the caller's. */
void log_open(int fd, const char *program);

void log_begin(struct logline *l, const char *level, const char *event);

/* A member whose value does not fit is cut and ends in "…". NULL is left out.
 */
void log_str(struct logline *l, const char *key, const char *value);
void log_span(struct logline *l, const char *key, struct span value);
void log_int(struct logline *l, const char *key, int64_t value);

/* Adds code and text of *err; nothing when err is NULL or RC_OK. */
void log_err(struct logline *l, const struct err *err);
void log_end(struct logline *l);

/* A whole line with a single text. */
void log_say(const char *level, const char *event, const char *text, ...)
    __attribute__((format(printf, 3, 4)));

#endif
