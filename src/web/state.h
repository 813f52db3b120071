/* SPDX-License-Identifier: Apache-2.0
 *
 * What Kore keeps with a request until it is gone. A task must outlive the
 * flow: its thread may still run when the client has left.
 */
#ifndef WEB_STATE_H
#define WEB_STATE_H

#include "web/flow.h"
#include "web/kore_api.h"

struct state {
	struct flow *f; /* NULL when it has ended */
	struct kore_task task;
	flow_fn *next; /* after the task */
};

#endif
