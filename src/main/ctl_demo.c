/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl demo logins: what the set-up noted in $KONTOR_VAR/demo.
 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

#include "main/ctl.h"

#define LOGINS_MAX (1u << 20)

/* Beside the settings when KONTOR_VAR is not set. */
static const char *
logins_path(const struct ctl *c)
{
	const char *var = getenv("KONTOR_VAR"), *conf = getenv("KONTOR_CONF");

	if (var == NULL && conf)
		var = dirname(arena_str(c->a, span_of(conf)));
	return arena_printf(c->a, "%s/demo/logins.json", var ? var : "var");
}

static const char *
member(const json_t *login, const char *name)
{
	const char *s = repr_json_str(login, name);

	return s ? s : "";
}

int
ctl_demo_logins(struct ctl *c)
{
	const char *path = logins_path(c);
	struct span text;
	struct err err;
	json_t *logins, *login;
	size_t i;

	if (file_read(path, LOGINS_MAX, c->a, &text, &err) != RC_OK) {
		if (err.rc == RC_ABSENT)
			(void)err_set(&err, RC_ABSENT, "demo.absent",
			    "%s is not there: this is no set-up with demo "
			    "data, or KONTOR_VAR names another one",
			    path);
		return ctl_fail(c, &err);
	}
	if (repr_json_trusted(text, c->a, &logins, &err) != RC_OK)
		return ctl_fail(c, &err);
	if (ctl_print_json(c, logins))
		return CTL_OK;
	(void)printf(
	    "%-18s %-22s %-18s %s\n", "LOGIN", "PASSWORD", "ROLE", "NAME");
	json_array_foreach(logins, i, login)(void)
	    printf("%-18s %-22s %-18s %s\n", member(login, "login"),
		member(login, "password"), member(login, "role"),
		member(login, "name"));
	return CTL_OK;
}
