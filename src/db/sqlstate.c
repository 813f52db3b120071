/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "db/sqlstate.h"

static const struct rule {
	const char *prefix;
	enum rc rc;
	const char *code;
} rules[] = {
    /* Others' rows and functions answer like missing ones (AZ-3). */
    {"42501", RC_ABSENT, "absent"},
    {"57014", RC_AWAY, "db.timeout"},
    {"55P03", RC_AWAY, "db.busy"},
    {"40001", RC_AWAY, "db.busy"},
    {"40P01", RC_AWAY, "db.busy"},
    {"25006", RC_FAULT, "fault"},
    {"08", RC_AWAY, "db.away"},
    {"53", RC_AWAY, "db.busy"},
    {"57P", RC_AWAY, "db.away"},
    {"58", RC_AWAY, "db.away"},
    /* Text that PostgreSQL cannot store, e.g. \u0000 in JSON. */
    {"22P05", RC_INPUT, "input.text"},
    {"22021", RC_INPUT, "input.text"},
};

bool
sqlstate_again(const char *s)
{
	return s && (!strcmp(s, "40001") || !strcmp(s, "40P01"));
}

bool
sqlstate_stale(const char *s)
{
	return s && (!strcmp(s, "26000") || !strcmp(s, "42P05"));
}

static enum rc
rc_of_status(int status)
{
	switch (status) {
	case 401:
	case 403:
		return RC_DENIED;
	case 404:
		return RC_ABSENT;
	case 409:
	case 412:
	case 428:
		return RC_CONFLICT;
	case 429:
	case 503:
		return RC_AWAY;
	case 500:
		return RC_FAULT;
	default:
		return RC_INPUT;
	}
}

/* nnn of PTnnn, or 0. */
static int
status_of(const char *s)
{
	unsigned long long n;

	if (s == NULL || strlen(s) != 5 || strncmp(s, "PT", 2) != 0)
		return 0;
	if (!span_uint(span_of(s + 2), &n) || n < 400 || n > 599)
		return 0;
	return (int)n;
}

enum rc
sqlstate_read(const char *sqlstate, const char *message, const char *detail,
    struct db_error *out)
{
	const char *text = message ? message : "no message";

	*out = (struct db_error){.status = status_of(sqlstate)};
	if (out->status) {
		out->detail = span_of(detail);
		return err_set(&out->err, rc_of_status(out->status), text,
		    "%s raised by the database", text);
	}
	if (sqlstate == NULL)
		return err_set(&out->err, RC_AWAY, "db.away", "%s", text);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (span_starts(span_of(sqlstate), rules[i].prefix))
			return err_set(&out->err, rules[i].rc, rules[i].code,
			    "SQLSTATE %s: %s", sqlstate, text);
	return err_set(
	    &out->err, RC_FAULT, "fault", "SQLSTATE %s: %s", sqlstate, text);
}
