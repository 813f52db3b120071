/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl admin create: the first administrator (AU-11). The login is
 * looked up in the directory, so that a typing error gives nobody access.
 */
#include <stdio.h>
#include <string.h>

#include "auth/ldap.h"
#include "main/ctl.h"

static enum rc
find_dn(struct ctl *c, const char *login, const char **dn, struct err *err)
{
	struct ldap_conf conf;
	struct ldap_entry entry;
	enum rc rc;

	ldap_setup();
	rc = ldap_conf_load(c->conf, c->a, &conf, err);
	if (rc == RC_OK)
		rc = ldap_find(&conf, span_of(login), c->a, &entry, err);
	if (rc == RC_ABSENT)
		return err_set(err, RC_ABSENT, "directory.person",
		    "%s is not exactly one entry with %s = %s below %s", login,
		    conf.name_attr, login, conf.base);
	if (rc == RC_OK)
		*dn = arena_str(c->a, entry.dn);
	return rc;
}

int
ctl_admin_create(struct ctl *c)
{
	json_t *input = repr_json_object(c->a), *answer;
	const char *dn = ctl_get(c, "dn");
	struct err err;
	enum rc rc = RC_OK;

	if (!dn == !c->nwords)
		return ctl_usage(c, "a login or --dn is needed");
	if (dn == NULL)
		rc = find_dn(c, c->words[0], &dn, &err);
	if (rc != RC_OK)
		return ctl_fail(c, &err);
	repr_json_set_str(input, "dn", dn);
	rc = ctl_call(c, "select core.admin_create($1)", input, &answer, &err);
	if (rc == RC_CONFLICT)
		(void)err_set(&err, rc, "administrator.exists",
		    "there is an administrator already; further ones come "
		    "from directory groups");
	if (rc != RC_OK)
		return ctl_fail(c, &err);
	if (!ctl_print_json(c, answer))
		(void)printf("%s may log in as administrator\n", dn);
	return CTL_OK;
}
