/* SPDX-License-Identifier: Apache-2.0
 *
 * Says to the database that a session is in use, at most once a minute, in a
 * call of its own that no answer waits for: reads run read-only.
 */
#ifndef WEB_TOUCH_H
#define WEB_TOUCH_H

#include "web/flow.h"

void touch_session(struct flow *f);

#endif
