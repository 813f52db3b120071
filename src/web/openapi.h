/* SPDX-License-Identifier: Apache-2.0
 *
 * The API's description (OpenAPI 3.1), made at start from routes.def and the
 * operations' registered input shapes.
 */
#ifndef WEB_OPENAPI_H
#define WEB_OPENAPI_H

#include "db/check.h"
#include "web/flow.h"

/* In the parent, once. */
void openapi_make(const struct db_operation *o, size_t n);

/* GET /api/v1/openapi.json */
flow_fn openapi_show;

#endif
