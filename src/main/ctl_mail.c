/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl mail …: mails to people that have not arrived, and again.
 */
#include <stdio.h>

#include "main/ctl.h"

static const char *
text(const json_t *v, const char *path)
{
	const char *s = repr_json_str(v, path);

	return s ? s : "-";
}

int
ctl_mail_list(struct ctl *c)
{
	struct sync_param p = ctl_text(ctl_get(c, "view"));
	json_t *mails, *mail;
	struct err err;
	size_t i;

	if (ctl_ask(c, "select core.admin_mails($1)", &p, 1, &mails, &err) !=
	    RC_OK)
		return ctl_fail(c, &err);
	if (ctl_print_json(c, mails))
		return CTL_OK;
	(void)printf("%-36s %-7s %-5s %-20s %-24s %-28s %s\n", "ID", "STATE",
	    "TRIES", "MADE AT", "KIND", "ADDRESS", "ERROR");
	json_array_foreach(mails, i, mail)(void)
	    printf("%-36s %-7s %-5lld %-20.19s %-24s %-28s %s\n",
		text(mail, "id"), text(mail, "state"),
		repr_json_int(mail, "attempts", 0), text(mail, "made_at"),
		text(mail, "kind"), text(mail, "address"), text(mail, "error"));
	return CTL_OK;
}

int
ctl_mail_send(struct ctl *c)
{
	struct sync_param p = ctl_text(c->words[0]);
	struct err err;
	json_t *again;

	if (ctl_ask(c,
		"select to_json(core.admin_mail_again(core.try_uuid($1)))", &p,
		1, &again, &err) != RC_OK)
		return ctl_fail(c, &err);
	if (!json_is_true(again)) {
		(void)err_set(&err, RC_ABSENT, "mail.absent",
		    "there is no mail %s that is not sent", c->words[0]);
		return ctl_fail(c, &err);
	}
	if (!ctl_print_json(c, again))
		(void)printf("mail %s goes out at once\n", c->words[0]);
	return CTL_OK;
}
