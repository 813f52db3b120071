/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the directory entries of everybody with a live session again; what the
 * directory does not answer ends no session.
 */
#include "auth/ldap.h"
#include "jobs/job.h"

#define MOST 1000

struct due {
	struct span *ids;
	struct ldap_entry *found;
	size_t n;
};

static enum rc
fetch(struct work *w, struct due *due, struct err *err)
{
	struct sync_rows rows;
	enum rc rc = work_ask(w, "select entry_uuid from core.directory_due()",
	    NULL, 0, &rows, err);

	if (rc != RC_OK)
		return rc;
	due->n = rows.n < MOST ? rows.n : MOST;
	due->ids = ARENA_ARRAY(w->a, struct span, due->n + 1);
	due->found = ARENA_ARRAY(w->a, struct ldap_entry, due->n + 1);
	for (size_t i = 0; i < due->n; i++)
		due->ids[i] = rows.cells[i * rows.width];
	return RC_OK;
}

static enum rc
tell(struct work *w, const struct due *due, size_t i, struct err *err)
{
	struct sync_param params[] = {
	    work_text(due->ids[i]), work_text((struct span){NULL, 0})};
	struct buf b;
	enum rc rc;

	buf_init(&b, 1u << 20);
	if (due->found[i].id.p != NULL) {
		ldap_entry_json(&due->found[i], &b);
		params[1] = work_text(buf_span(&b));
	}
	rc = work_ask(w, "select core.directory_seen($1, $2::jsonb)", params, 2,
	    NULL, err);
	buf_done(&b);
	return rc;
}

static enum rc
look(struct work *w, struct err *err)
{
	struct ldap_conf conf;
	struct due due;
	enum rc rc = fetch(w, &due, err);

	if (rc != RC_OK || due.n == 0)
		return rc;
	rc = ldap_conf_load(w->conf, w->a, &conf, err);
	if (rc == RC_OK)
		rc = ldap_recheck(&conf, due.ids, due.n, w->a, due.found, err);
	for (size_t i = 0; rc == RC_OK && i < due.n; i++)
		rc = tell(w, &due, i, err);
	return rc;
}

enum rc
job_directory_check(struct work *w, struct err *err)
{
	enum rc rc = work_begin(w, err);

	if (rc != RC_OK)
		return rc;
	rc = look(w, err);
	if (rc == RC_OK)
		return work_done(w, (struct span){NULL, 0}, err);
	work_undo(w);
	return rc;
}
