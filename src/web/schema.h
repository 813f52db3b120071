/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Schema for the shapes with which operations register their input
 * (sql/code/core/input.sql), and the fixed frame of the API's description.
 */
#ifndef WEB_SCHEMA_H
#define WEB_SCHEMA_H

#include "repr/json.h"

/* For one scalar type: text line decimal int date uuid bool json. */
json_t *schema_scalar(const char *type, struct arena *a);

/* For a shape, object or array; NULL is "any object". */
json_t *schema_of(json_t *shape, struct arena *a);

/* Appends a query parameter for each scalar member. */
void schema_query(json_t *shape, json_t *out, struct arena *a);

/* The description without its paths, as JSON text. */
const char *schema_frame(const char *base_url, struct arena *a);

#endif
