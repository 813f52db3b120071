/* SPDX-License-Identifier: Apache-2.0
 *
 * A try is claimed, counted and committed before the relay is spoken to, and
 * what became of it afterwards. When the worker dies between, the mail goes out
 * again once the claim is over: a reminder twice is better than none, and the
 * Message-ID is the same. A second job finds it claimed and does nothing.
 */
#include "base/clock.h"
#include "exchange/mail.h"

/* Ends a try, the job with it; claim is NULL where none was begun. */
static enum rc
end(struct work *w, struct span mail, const char *how, const char *error,
    const char *claim, struct err *err)
{
	struct sync_param params[] = {work_text(mail), work_text(span_of(how)),
	    work_text(span_of(error)), work_text(span_of(claim))};
	enum rc rc = work_begin(w, err);

	if (rc != RC_OK)
		return rc;
	rc = work_ask(w,
	    "select core.mail_ended($1::bigint, $2, $3, $4::timestamptz)",
	    params, 4, NULL, err);
	if (rc == RC_OK)
		return work_done(w, (struct span){NULL, 0}, err);
	work_undo(w);
	return rc;
}

/* Begins a try; *text is NULL, and the job done, when there is none to make. */
static enum rc
start(struct work *w, struct span mail, const struct mail_conf *c,
    json_t **text, struct err *err)
{
	struct sync_param params[] = {
	    work_text(mail), work_text(span_of(c->domain))};
	struct sync_rows rows;
	enum rc rc = work_begin(w, err);

	*text = NULL;
	if (rc != RC_OK)
		return rc;
	rc = work_ask(w,
	    "select core.mail_text(core.mail_start($1::bigint, $2))", params, 2,
	    &rows, err);
	if (rc == RC_OK && rows.n == 1 && rows.cells[0].p)
		rc = repr_json_trusted(rows.cells[0], w->a, text, err);
	if (rc == RC_OK)
		return *text ? work_keep(w, err)
			     : work_done(w, (struct span){NULL, 0}, err);
	work_undo(w);
	return rc;
}

static enum rc
try(struct work *w, const struct mail_conf *c, const json_t *text,
    struct err *err)
{
	const char *address = repr_json_str(text, "address");
	struct span message;
	enum rc rc;

	if (!mail_address_is(address))
		return err_set(err, RC_INPUT, "mail.address",
		    "mail.address"); /* the screen knows the code */
	rc = mail_compose(c,
	    text_locale(w->text, repr_json_str(text, "language"),
		repr_json_str(text, "time_zone")),
	    text, clock_wall(), w->a, &message, err);
	if (rc == RC_OK)
		rc = mail_deliver(c, address, message, w->a, err);
	crash_point("mail_sent");
	return rc;
}

enum rc
mail_send(struct work *w, struct err *err)
{
	struct span mail = work_input(w, "mail");
	struct mail_conf c;
	struct err why;
	const char *claim;
	json_t *text;
	enum rc rc = mail_conf_load(w->conf, w->a, &c, &why);

	if (rc == RC_ABSENT)
		return end(w, mail, "later", why.code, NULL, err);
	if (rc != RC_OK || !w->text)
		return end(w, mail, "later",
		    rc != RC_OK ? why.text : "the sentences are missing", NULL,
		    err);
	rc = start(w, mail, &c, &text, err);
	if (rc != RC_OK || !text)
		return rc;
	claim = repr_json_str(text, "claim");
	if (repr_json_int(text, "n", 0) == 0)
		return end(w, mail, "void", NULL, claim, err);
	rc = try(w, &c, text, &why);
	if (rc == RC_OK)
		return end(w, mail, "sent", NULL, claim, err);
	return end(
	    w, mail, rc == RC_INPUT ? "never" : "again", why.text, claim, err);
}
