/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents are read and written in a process of their own (IN-2): forked from
 * a zygote that was made before the worker had a secret or a database
 * connection, with the guides loaded; one fork a document; it reaches nothing
 * but two pipes and has limits of memory and CPU. Its death costs that
 * document only.
 */
#ifndef EXCHANGE_SANDBOX_H
#define EXCHANGE_SANDBOX_H

#include "exchange/frame.h"

struct sandbox_options {
	const char *guides;      /* folder partners/ */
	const char *schemas;     /* folder with the UBL XSDs, or NULL */
	const char *own_schemas; /* with those of our documents, or NULL */
	unsigned cpu_s;          /* of one document */
	unsigned memory_mib;     /* of one document */
	size_t document_bytes;   /* longest document */
};

struct sandbox; /* the zygote */

/*
 * Forks the zygote; to be called before anything secret is known to this
 * process. Returns when its guides are loaded. The process must ignore SIGPIPE.
 *
 * RC_INPUT  guide.syntax
 * RC_FAULT  sandbox.start
 */
enum rc sandbox_start(const struct sandbox_options *o, struct sandbox **out,
    struct err *err) MUST_USE;

/* Ends the zygote, which has no child then. */
void sandbox_stop(struct sandbox *s);

/* What a child is asked. */
enum sandbox_kind {
	SANDBOX_READ = 1, /* agreements (JSON), bytes -> result (JSON) */
	SANDBOX_ACK,      /* struct sandbox_ack, control_ref -> name of the
			     kind, verdict, bytes (empty: nothing answers) */
	SANDBOX_WRITE,    /* what exchange.write_start says (JSON), now as
			     decimal -> bytes, name of the guide */
	SANDBOX_ERROR,    /* answer: code, text, findings (JSON) */
};

/* After SANDBOX_READ, about one of its interchanges. */
struct sandbox_ack {
	int64_t now;     /* microseconds since 1970 */
	uint32_t index;  /* of the interchange, from 0 */
	uint32_t reused; /* its control number was: it is rejected */
};

struct sandbox_child {
	struct sandbox *sandbox;
	int in, out;
	int pid;
	int64_t deadline;
};

/*
 * A fresh child, to be closed in any case.
 *
 * RC_FAULT  sandbox.away  the zygote is gone; the worker must end
 */
enum rc sandbox_open(
    struct sandbox *s, struct sandbox_child *out, struct err *err) MUST_USE;

/*
 * Asks and waits; the answer lives in a.
 *
 * RC_INPUT  sandbox.died    by a limit or a fault; text says which
 * RC_FAULT  sandbox.killed  by somebody else; trying again may help
 * RC_FAULT  sandbox.away    the zygote is gone; the worker must end
 * RC_INPUT  what the child says in SANDBOX_ERROR
 */
enum rc sandbox_ask(struct sandbox_child *c, const struct frame *ask,
    struct arena *a, struct frame *answer, struct err *err) MUST_USE;

void sandbox_close(struct sandbox_child *c);

#endif
