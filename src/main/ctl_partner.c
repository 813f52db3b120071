/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl partner load DIR: a partner, its agreements and guides.
 */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guide/agreement.h"
#include "main/ctl.h"
#include "main/partner_conf.h"

static enum rc
named_exist(const struct ctl *c, const struct guides *gs,
    const json_t *agreement, const char *member, struct err *err)
{
	json_t *names = json_object_get(agreement, member), *v;
	const char *kind;

	json_object_foreach(names, kind, v)
	{
		const char *absent =
		    agreement_guides_absent(gs, json_string_value(v), c->a);
		if (absent)
			return err_set(err, RC_INPUT, "partner.guide",
			    "agreement %s, %s.%s: there is no guide %s",
			    repr_json_str(agreement, "name"), member, kind,
			    absent);
	}
	return RC_OK;
}

static enum rc
check_guides(struct ctl *c, const char *dir, const struct partner_conf *p,
    struct err *err)
{
	struct guides *gs;
	json_t *agreement;
	size_t i;
	enum rc rc = ctl_guides(c, dir, &gs, err);

	json_array_foreach(p->agreements, i, agreement)
	{
		if (rc == RC_OK)
			rc = named_exist(c, gs, agreement, "guides", err);
		if (rc == RC_OK)
			rc =
			    named_exist(c, gs, agreement, "answer_guides", err);
	}
	return rc;
}

/* One function call with JSON in and out. */
static enum rc
call(const struct ctl *c, struct sync *s, const char *sql, const json_t *input,
    json_t **out, struct err *err)
{
	struct sync_param p;
	struct buf b;
	enum rc rc;

	buf_init(&b, 16u << 20);
	repr_json_write(input, &b);
	p = ctl_span(buf_span(&b));
	rc = ctl_ask_on(c, s, sql, &p, 1, out, err);
	buf_done(&b);
	return rc;
}

static enum rc
store(const struct ctl *c, struct sync *s, const struct partner_conf *p,
    json_t *answer, struct err *err)
{
	json_t *partner, *one, *agreement, *done = repr_json_array(c->a);
	size_t i;
	enum rc rc = call(
	    c, s, "select core.admin_partner($1)", p->partner, &partner, err);

	if (rc != RC_OK)
		return rc;
	repr_json_set(answer, "partner", partner);
	repr_json_set(answer, "agreements", done);
	json_array_foreach(p->agreements, i, agreement)
	{
		rc = call(c, s,
		    arena_printf(c->a,
			"select exchange.agreement_load("
			"core.partner_key('%s'), $1)",
			repr_json_str(partner, "id")),
		    agreement, &one, err);
		if (rc != RC_OK)
			return rc;
		repr_json_set(one, "name", json_object_get(agreement, "name"));
		(void)json_array_append(done, one);
	}
	return RC_OK;
}

static enum rc
load(const struct ctl *c, const struct partner_conf *p, json_t *answer,
    struct err *err)
{
	bool dry = ctl_get(c, "dry-run") != NULL;
	struct db_error db;
	struct sync *s;
	enum rc rc = ctl_connect(c, "kontor_admin", &s, err);

	if (rc != RC_OK)
		return rc;
	rc = sync_run(s, "begin", &db);
	if (rc == RC_OK) {
		rc = store(c, s, p, answer, err);
		if (rc == RC_OK)
			rc = sync_run(s, dry ? "rollback" : "commit", &db);
	}
	sync_close(s);
	return rc;
}

static void
tell(const struct ctl *c, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "agreements"), *one;
	size_t i;

	(void)printf("%s %s, number %s\n",
	    ctl_get(c, "dry-run") ? "would load" : "loaded",
	    repr_json_str(answer, "partner.name"),
	    repr_json_str(answer, "partner.number"));
	json_array_foreach(list, i, one)(void)
	    printf("agreement %s, version %lld, %s\n",
		repr_json_str(one, "name"), repr_json_int(one, "version", 0),
		json_is_true(json_object_get(one, "changed")) ? "new"
							      : "as before");
}

int
ctl_partner_load(struct ctl *c)
{
	char dir[PATH_MAX];
	json_t *answer = repr_json_object(c->a);
	struct partner_conf p;
	struct err err;

	if (realpath(c->words[0], dir) == NULL) {
		(void)err_set(&err, RC_ABSENT, "file.absent",
		    "%s: no such folder", c->words[0]);
		return ctl_fail(c, &err);
	}
	if (partner_conf_read(arena_printf(c->a, "%s/partner.conf", dir),
		basename(arena_str(c->a, span_of(dir))), c->a, &p,
		&err) != RC_OK ||
	    check_guides(c, dirname(arena_str(c->a, span_of(dir))), &p, &err) !=
		RC_OK ||
	    load(c, &p, answer, &err) != RC_OK)
		return ctl_fail(c, &err);
	if (!ctl_print_json(c, answer))
		tell(c, answer);
	return CTL_OK;
}
