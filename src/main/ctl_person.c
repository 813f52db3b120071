/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl group …, person …, setting …: who may log in, and limits.
 */
#include <stdio.h>

#include "main/ctl.h"

/* Calls, then says `said` or prints the answer. */
static int
call(struct ctl *c, const char *sql, const json_t *input, const char *said)
{
	struct err err;
	json_t *answer;

	if (ctl_call(c, sql, input, &answer, &err) != RC_OK)
		return ctl_fail(c, &err);
	if (!ctl_print_json(c, answer))
		(void)printf("%s\n", said);
	return CTL_OK;
}

static json_t *
group(struct ctl *c)
{
	json_t *input = repr_json_object(c->a);

	repr_json_set_str(input, "dn", ctl_get(c, "dn"));
	repr_json_set_str(input, "role", ctl_get(c, "role"));
	repr_json_set_str(input, "partner", ctl_get(c, "partner"));
	return input;
}

int
ctl_group_add(struct ctl *c)
{
	if (ctl_get(c, "dn") == NULL || ctl_get(c, "role") == NULL)
		return ctl_usage(c, "--dn and --role are needed");
	return call(c, "select core.admin_group($1)", group(c),
	    "its members may log in with that role");
}

int
ctl_group_remove(struct ctl *c)
{
	if (ctl_get(c, "dn") == NULL)
		return ctl_usage(c, "--dn is needed");
	return call(c, "select core.admin_group_remove($1)", group(c),
	    "sessions that stood on it end within a minute");
}

int
ctl_person_end(struct ctl *c)
{
	json_t *input = repr_json_object(c->a);

	if (ctl_get(c, "disable") && ctl_get(c, "enable"))
		return ctl_usage(c, "one of --disable, --enable");
	repr_json_set_str(input, "login", c->words[0]);
	if (ctl_get(c, "disable") || ctl_get(c, "enable"))
		repr_json_set_str(
		    input, "disable", ctl_get(c, "disable") ? "true" : "false");
	return call(c, "select core.admin_person($1)", input,
	    "all sessions of that person have ended");
}

int
ctl_person_unlock(struct ctl *c)
{
	json_t *input = repr_json_object(c->a);

	repr_json_set_str(input, "login", c->words[0]);
	return call(c, "select core.admin_throttle($1)", input,
	    "failed logins are forgotten");
}

int
ctl_setting_set(struct ctl *c)
{
	json_t *input = repr_json_object(c->a);

	repr_json_set_str(input, "name", c->words[0]);
	repr_json_set_str(input, "value", c->words[1]);
	return call(
	    c, "select core.admin_setting($1)", input, "it holds at once");
}
