/* SPDX-License-Identifier: Apache-2.0
 *
 * Is the process alive, may it be sent requests, what has it done? Served
 * without identity; /metrics on the operator's own socket only.
 */
#ifndef WEB_HEALTH_H
#define WEB_HEALTH_H

#include "web/flow.h"

flow_fn health_live;
flow_fn health_ready;

struct http_request;

/* Kore's handler of the operator's socket. */
int metrics(struct http_request *kore);

#endif
