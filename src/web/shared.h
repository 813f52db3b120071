/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that all workers of this host share: counters for /metrics, request
 * rates, and how many event streams a person has open. Made by the parent;
 * every member is atomic, so that a worker's death leaves nothing locked.
 */
#ifndef WEB_SHARED_H
#define WEB_SHARED_H

#include <stdint.h>

#include "base/buf.h"

#define SHARED_WORKERS 64

/* In the parent, once. */
void shared_make(void);

/* In a worker: clears what a predecessor of that number left behind. */
void shared_worker(unsigned id);

/* Counts an answer and the time it took in microseconds. */
void shared_count(int status, int64_t us);

/*
 * Takes one of the key's requests: `rate` a second on average, bursts of
 * `burst`; *left is how many more may follow at once. Returns 0, or after how
 * many seconds to come again.
 */
int shared_rate(struct span key, int rate, int burst, int64_t now, int *left);

/* One more stream for the key; false when it has max already. */
bool shared_stream_open(struct span key, int max);
void shared_stream_close(struct span key);

/* Appends the counters in the Prometheus text format. */
void shared_metrics(struct buf *out);

#endif
