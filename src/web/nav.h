/* SPDX-License-Identifier: Apache-2.0
 *
 * The main navigation: a table of places by portal and role, at most six
 * each.
 */
#ifndef WEB_NAV_H
#define WEB_NAV_H

#include "repr/json.h"
#include "web/router.h"

/*
 * [{name, href, label, current}] for a caller (me may be NULL); label is the
 * text key "nav.<name>", rest the path behind the door.
 */
json_t *nav_of(
    enum web_door d, const json_t *me, struct span rest, struct arena *a);

/* Where a signed-in person starts, with its door: "/supplier/worklist". */
const char *nav_home(enum web_door d, const json_t *me);

#endif
