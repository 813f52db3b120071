/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses that are no operation of the database: sign-in, tokens, health,
 * event streams, the API's description.
 */
#ifndef WEB_BUILTIN_H
#define WEB_BUILTIN_H

#include "web/flow.h"

struct builtin {
	enum web_method method;
	bool every_door; /* path is behind each portal's door and the API's */
	const char *path;
	const char *name; /* for the log */
	flow_fn *start;
};

/* The entry for a path and method; else NULL, *allow then has the methods
 * that the path knows. */
const struct builtin *builtin_find(
    const struct route_path *path, enum web_method m, unsigned *allow);

enum flow_step builtin_run(struct flow *f, const struct builtin *b);

/* The addresses, for the API's description. */
extern const struct builtin builtins[];
extern const size_t builtins_n;

#endif
