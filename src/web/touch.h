/* SPDX-License-Identifier: Apache-2.0
 *
 * What is written beside a request, in a call of its own: reads run read-only,
 * and a refusal rolls back. No answer waits for it, but where it says so.
 */
#ifndef WEB_TOUCH_H
#define WEB_TOUCH_H

#include "web/flow.h"

/* The session is in use; said at most once a minute. */
void touch_session(struct flow *f);

/* The caller was refused with 403 (AD-1). */
void touch_denial(struct flow *f);

/* Leaves a trace of what somebody of the house reads through a partner's
 * eyes; nothing in an ordinary session. */
void touch_view(struct flow *f);

/* Notes that the caller has seen an object, where somebody wants to know. */
void touch_seen(struct flow *f);

/* The operation that notes that the caller takes an object and must have done
 * so before the answer leaves; NULL: none. */
const char *touch_before(const struct flow *f);

/* The input of such a note: the object that the path names. */
json_t *touch_object(const struct flow *f, struct arena *a);

#endif
