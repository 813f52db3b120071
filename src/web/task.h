/* SPDX-License-Identifier: Apache-2.0
 *
 * The directory asked in a thread of Kore's. The thread gets a copy of name
 * and password and gives back a copy of what it found; it never sees a flow.
 */
#ifndef WEB_TASK_H
#define WEB_TASK_H

#include "web/flow.h"

#define TASK_ENTRY_MAX 49152

struct task_found {
	struct err err;
	size_t n;
	char entry[TASK_ENTRY_MAX]; /* ldap_entry_json */
};

/* Starts ldap_login; `next` runs when it is over. */
enum flow_step task_login(
    struct flow *f, struct span name, struct span password, flow_fn *next);

/* What was found; lives in f->a. To be called once, by `next`. */
const struct task_found *task_result(struct flow *f);

#endif
