/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection to the directory with strict options and a deadline; for
 * ldap.c and ldap_entry.c only.
 */
#ifndef AUTH_LDAP_INSIDE_H
#define AUTH_LDAP_INSIDE_H

#include <stdint.h>

#include <ldap.h>

#include "auth/ldap.h"

struct ldap_line {
	LDAP *ld;
	const struct ldap_conf *conf;
	int64_t deadline; /* clock_mono() */
	struct ldap_conncb connected;
	Sockbuf_IO io;
};

/* Makes every read and write of the handle's socket end at the deadline. *l
 * must stay in place. */
enum rc ldap_limit(struct ldap_line *l, struct err *err) MUST_USE;

/* Connects, with TLS where the settings say so. */
enum rc ldap_line_open(struct ldap_line *l, const struct ldap_conf *conf,
    int64_t deadline, struct err *err) MUST_USE;
void ldap_line_close(struct ldap_line *l);

/* RC_DENIED directory.credentials; RC_AWAY directory.away */
enum rc ldap_line_bind(struct ldap_line *l, const char *dn,
    struct span password, struct err *err) MUST_USE;

/* Binds as the service account, when there is one. */
enum rc ldap_line_serve(struct ldap_line *l, struct err *err) MUST_USE;

/*
 * All entries below base that match; at most limit + 1 are fetched, so that
 * the caller sees that there are too many. *out is to be freed by
 * ldap_msgfree, also when it is not used.
 */
enum rc ldap_line_search(struct ldap_line *l, const char *base,
    const char *filter, const char *const attrs[], int limit, LDAPMessage **out,
    struct err *err) MUST_USE;

/* "(&(objectClass=CLASS)(ATTR=value))" with the value escaped. */
const char *ldap_filter(
    struct arena *a, const char *class, const char *attr, struct span value);

/* The one entry of a result. RC_ABSENT when there is none or several. */
enum rc ldap_entry_read(struct ldap_line *l, LDAPMessage *found,
    struct arena *a, struct ldap_entry *out, struct err *err) MUST_USE;

/* Adds the groups by asking for those that hold the entry's DN. */
enum rc ldap_groups_find(struct ldap_line *l, struct arena *a,
    struct ldap_entry *e, struct err *err) MUST_USE;

/* The attributes of a person that are asked for; NULL-terminated. */
void ldap_person_attrs(const struct ldap_conf *conf, const char *out[8]);

#endif
