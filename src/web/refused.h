/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was typed for a row that a bulk step refused, put beside the row, so
 * that the form there shows it again.
 */
#ifndef WEB_REFUSED_H
#define WEB_REFUSED_H

#include "repr/json.h"
#include "web/flow.h"

/*
 * Gives each row of data's lists that f->result refused a member
 * "refused": {"<event>": what was sent for it, and "wrong": {"<member>":
 * true}}, and on an order's page the result "at", the line's place. Does
 * nothing when the request had no such result. data may be NULL.
 */
void refused_rows(struct flow *f, json_t *data);

#endif
