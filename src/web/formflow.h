/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms without script: after success the browser goes to the changed object
 * (303), after a refusal it sees the same form again with what was typed and
 * what is wrong.
 */
#ifndef WEB_FORMFLOW_H
#define WEB_FORMFLOW_H

#include "web/flow.h"

/* Keeps language and theme that a query has chosen, as cookies. */
void formflow_cookies(struct flow *f);

/* After a refusal: asks for the form's page again; false when there is none
 * and the error page must do. */
bool formflow_again(struct flow *f);

/* After success. */
enum flow_step formflow_done(struct flow *f);

#endif
