/* SPDX-License-Identifier: Apache-2.0
 *
 * Stopping without losing a request (AV-4): on SIGTERM the socket's name goes
 * away, /readyz says no, what is in flight is finished (15 s at most), then
 * the worker ends.
 */
#ifndef WEB_DRAIN_H
#define WEB_DRAIN_H

/* In the parent: remembers the listening socket at path. */
void drain_parent(const char *path);

/* In a worker: SIGTERM drains from now on. */
void drain_worker(void);

/* To be called every 0.1 s. */
void drain_tick(void);

#endif
