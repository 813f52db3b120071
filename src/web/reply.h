/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers: status, the headers that every answer carries (HT-10), body, and
 * the request's log line. Each function ends a flow and returns FLOW_DONE.
 */
#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include "web/flow.h"

/* To be called before the answer; value is copied. */
void reply_header(struct flow *f, const char *name, const char *value);

/* Any body. Personal data: never stored by caches. */
enum flow_step reply(
    struct flow *f, int status, const char *type, struct span body);

/* A body that everybody may have and keep for some seconds. */
enum flow_step reply_public(
    struct flow *f, const char *type, struct span body, int seconds);

/* 303 to one of our own paths ("/desk/orders"); anything else ends at /. */
enum flow_step reply_see(struct flow *f, struct span path);

/* What the operation answered, in the format that was agreed. */
enum flow_step reply_call(struct flow *f);

/* f->problem in that format. */
enum flow_step reply_problem(struct flow *f);

/* The line of a request that ends without an answer (the client left). */
void reply_log(struct flow *f);

#endif
