/* SPDX-License-Identifier: Apache-2.0
 *
 * Notifications of the database: channel `event` (something happened to a
 * partner's objects) and `session` (a session has ended). They
 * only say that it is worth to look; what a caller may see is asked for with
 * his own identity.
 */
#ifndef DB_NOTIFY_H
#define DB_NOTIFY_H

#include "db/pg.h"

#define NOTIFY_TEXT 64

struct notice {
	bool session;              /* of channel session, else of event */
	long long seq;             /* 0 when absent */
	char partner[NOTIFY_TEXT]; /* public id; empty: nobody's */
	char type[NOTIFY_TEXT];
	char object[NOTIFY_TEXT];
	char id[NOTIFY_TEXT]; /* public id of object or session */
};

/* The statement for struct pg_settings .listen. */
extern const char notify_listen[];

/*
 * Reads a payload, a flat JSON object.
 *
 * RC_INPUT  notify.payload
 */
enum rc notify_read(const char *channel, const char *payload,
    struct notice *out, struct err *err) MUST_USE;

#endif
