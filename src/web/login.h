/* SPDX-License-Identifier: Apache-2.0
 *
 * Signing in and out. The directory is asked in a task thread, so that its
 * silence holds up nobody else; what it says goes to the database, which
 * decides and makes the session.
 */
#ifndef WEB_LOGIN_H
#define WEB_LOGIN_H

#include "web/flow.h"

flow_fn login_front; /* GET / and the bare doors: to the right place */
flow_fn login_show;  /* GET /login */
flow_fn login_post;  /* POST /login */
flow_fn login_end;   /* POST /logout */

#endif
