/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of one request: what is asked, who asks, what the database said,
 * which step comes next. flow.c is the only state machine; other files give
 * it steps. A flow and all it points to live in its arena, which ends with
 * the request; nothing else may keep a flow without `leave`.
 */
#ifndef WEB_FLOW_H
#define WEB_FLOW_H

#include "db/call.h"
#include "repr/page.h"
#include "web/header.h"
#include "web/input.h"
#include "web/request.h"

struct flow;

enum flow_step {
	FLOW_ON,   /* run f->next at once */
	FLOW_WAIT, /* sleep until flow_wake */
	FLOW_DONE, /* answered */
};
typedef enum flow_step flow_fn(struct flow *f);

/* Who is calling; nobody while portal is DOOR_ROOT. */
struct identity {
	enum web_door portal; /* picks the database login */
	bool machine;         /* by access token */
	char hash[65];        /* of session or token */
	struct span person;   /* account or client, for log and limits */
	struct span partner;  /* public id as the token says, for limits */
	int64_t expires;
};

/* What goes wrong, ready to be shown. */
struct problem {
	int status;
	char code[64];
	const json_t *detail; /* {"args", "errors", "current"} or NULL */
	int retry_after;      /* seconds; 0: not said */
	char text[256];       /* for the log */
};

struct flow {
	struct http_request *kore;
	struct arena *a;
	struct web_request rq;
	struct route_match match;
	flow_fn *next;
	int64_t start; /* clock_mono() */

	enum web_format format;
	const char *lang;
	struct identity id;
	struct input in;
	bool form;      /* sent by a form: page or redirect follows */
	json_t *result; /* of a bulk step that failed in part */
	struct call call;
	struct problem problem;
	const struct route *again; /* the page that shows a form's errors */
	struct route_match shown;  /* its place */
	int wait;                  /* seconds of Prefer: wait */
	int64_t wait_until;
	struct span wait_id;

	/* Whatever a step has registered elsewhere is undone here. */
	void (*leave)(struct flow *f);
	void *extra;
	struct flow *queue; /* for lists of waiting flows */

	int status; /* answered */
	size_t sent;
	const char *operation; /* for the log */
};

/* Called by Kore for every request, and again whenever it was woken. */
int dispatch(struct http_request *kore);

/* Runs the current step again soon. */
void flow_wake(struct flow *f);

/* Ends the flow with a problem: a page, problem+json or XML. */
enum flow_step flow_fail(struct flow *f, const struct err *err);
enum flow_step flow_fail_db(struct flow *f, const struct db_error *e);
enum flow_step flow_problem(struct flow *f, int status, const char *code);

/*
 * Sends op with this input, and bytes when bytes.p is set, under the caller's
 * identity and login (the public one for nobody); `next` sees the answer in
 * f->call. reads: changes nothing. Input beyond 4 MiB is refused at once.
 */
enum flow_step flow_call(struct flow *f, const char *op, const json_t *input,
    struct span bytes, bool reads, flow_fn *next);

/* The portal's language and zone for this caller. */
const struct text_locale *flow_locale(const struct flow *f, const json_t *me);

#endif
