/* SPDX-License-Identifier: Apache-2.0
 *
 * Where connections come in: the guard (guard.h) in front of Kore's parser.
 * One request a connection, nothing is read behind it.
 */
#ifndef WEB_ENTRY_H
#define WEB_ENTRY_H

struct connection;

/* Kore's connect callback of both listeners. */
void guard_connect(struct connection *c);

#endif
