/* SPDX-License-Identifier: Apache-2.0
 *
 * Signing in and out. The directory is asked in a task thread, so that its
 * silence holds up nobody else; what it says goes to the database, which
 * decides and makes the session.
 */
#ifndef WEB_LOGIN_H
#define WEB_LOGIN_H

#include "auth/session.h"
#include "web/flow.h"

flow_fn login_front; /* GET / and the bare doors: to the right place */
flow_fn login_show;  /* GET /login */
flow_fn login_post;  /* POST /login */
flow_fn login_end;   /* POST /logout */

/* POST /membership: goes on for another partner of the same person, named by
 * field `membership` as the account lists it, at the address `next` of that
 * portal; a new session. */
flow_fn login_switch;
/* POST /view: looks through the eyes of a partner (fields `partner`,
 * `reason`), read-only; a new session that POST /membership ends. */
flow_fn login_view;

/* Reads the body as a form into f->in.json. RC codes as form_read, and
 * http.media_type (415). */
bool login_form(struct flow *f, struct err *err);

/* Sets the cookie of a session row just made with id and goes to next, or
 * home when next is empty or belongs to another portal. */
enum flow_step login_enter(struct flow *f, const struct session_id *id,
    const json_t *session, const char *next);

#endif
