/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages. The view of every template is {data, me, page}; docs/features/web.md
 * lists what page holds.
 */
#ifndef WEB_RENDER_H
#define WEB_RENDER_H

#include "web/reply.h"

/* The page of the route (or of f->again) with the operation's answer. out is
 * an empty buffer of the flow. */
enum flow_step render_call(
    struct flow *f, int status, json_t *data, struct buf *out);

/* The error page; v is problem_json. */
enum flow_step render_problem(struct flow *f, json_t *v, struct buf *out);

/* A page of the web layer's own, e.g. "login/show". */
enum flow_step render_page(
    struct flow *f, int status, const char *name, json_t *data);

#endif
