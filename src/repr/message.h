/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns of ICU's MessageFormat, compiled. ICU's own formatter takes named
 * arguments from C++ only; this one reads the same notation and leaves
 * numbers, dates and plural categories to its caller.
 */
#ifndef REPR_MESSAGE_H
#define REPR_MESSAGE_H

#include "repr/json.h"

#define MESSAGE_DEPTH 8

struct message;

enum message_type {
	MESSAGE_PLAIN,
	MESSAGE_NUMBER,
	MESSAGE_DATE,
	MESSAGE_DATETIME,
	MESSAGE_TIME,
	MESSAGE_MONEY,
	MESSAGE_QUANTITY,
	MESSAGE_LABEL,
};

/* How the caller writes what the pattern asks for. */
struct message_writer {
	void *ctx;
	/* Appends the argument; style is what stands after the type. */
	void (*value)(void *ctx, struct span name, enum message_type type,
	    struct span style, struct buf *out);
	/* The argument's text, for select and exact plural numbers. */
	struct span (*text)(void *ctx, struct span name);
	/* "zero", "one", "two", "few", "many" or "other" for a number. */
	const char *(*plural)(void *ctx, struct span number);
};

/*
 * Compiles a pattern; it and *out live in a.
 *
 * RC_INPUT  text.syntax; text names the byte offset
 */
enum rc message_compile(struct span pattern, struct arena *a,
    const struct message **out, struct err *err) MUST_USE;

void message_write(
    const struct message *m, const struct message_writer *w, struct buf *out);

/* The whole text when the message has no arguments, else p == NULL. */
struct span message_literal(const struct message *m);

/* Calls seen for the name of every argument, repeatedly. */
void message_each(const struct message *m,
    void (*seen)(void *arg, struct span name), void *arg);

#endif
