/* SPDX-License-Identifier: Apache-2.0
 *
 * `Prefer: wait=N`: a stored document is answered when it was read, or after
 * N seconds as if nobody had asked to wait.
 */
#ifndef WEB_WAIT_H
#define WEB_WAIT_H

#include "web/flow.h"

#define WAIT_MAX 30

/* Takes the flow over; false when there is nothing to wait for. */
bool wait_begin(struct flow *f);

/* Something happened to this document. */
void wait_notice(const char *id);

/* To be called twice a second. */
void wait_tick(int64_t now);

#endif
