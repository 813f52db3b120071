/* SPDX-License-Identifier: Apache-2.0
 *
 * Server-sent events: GET <door>/events. A notification only wakes a stream;
 * what it then sends is asked for under the caller's own identity
 * (activity_list), so a stream shows exactly what its person may see and ends
 * with the session.
 */
#ifndef WEB_STREAM_H
#define WEB_STREAM_H

#include "db/notify.h"
#include "web/flow.h"

#define STREAMS_PER_PERSON 5

flow_fn stream_open;

/* Something happened; streams that may show it look for it. */
void stream_notice(const struct notice *n);

/* To be called ten times a second. */
void stream_tick(int64_t now);

/* Ends all streams of this worker; browsers come back to another one. */
void stream_close_all(void);

#endif
