/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking the directory who somebody is (AU-1 to AU-5): search with the
 * service account, then bind as the entry found on a connection of its own.
 * Everything here blocks, for at most LDAP_DEADLINE_MS, and belongs into a
 * task thread or the worker. Any number of threads may call; nothing is
 * shared but the settings.
 */
#ifndef AUTH_LDAP_H
#define AUTH_LDAP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"

#define LDAP_DEADLINE_MS 4000
#define LDAP_PASSWORD_MAX 1024
#define LDAP_NAME_MAX 256
#define LDAP_GROUPS_MAX 200

/* Read-only after ldap_conf_load. */
struct ldap_conf {
	const char *uri;           /* ldap_uri: ldap://, ldaps:// or ldapi:// */
	bool start_tls;            /* ldap_start_tls = yes */
	const char *ca;            /* ldap_ca: PEM file, for TLS */
	const char *base;          /* ldap_base: where people are */
	const char *name_attr;     /* ldap_name_attribute, default uid */
	const char *person_class;  /* ldap_person_class, inetOrgPerson */
	const char *active_filter; /* ldap_active_filter: who may log in, as
				      "(!(pwdAccountLockedTime=*))" */
	const char *group_base; /* ldap_group_base; absent: memberOf is read */
	const char *group_attr; /* ldap_group_attribute, default member */
	const char *bind_dn;    /* ldap_bind_dn; absent: anonymous search */
	struct span bind_password; /* from the file ldap_bind_password */
	const char *decoy_dn;      /* ldap_decoy_dn: whom to bind as in vain */
	int floor_ms;              /* ldap_refusal_ms, default 300 */
};

struct ldap_entry {
	struct span dn;
	struct span id;   /* entryUUID: the account's key */
	struct span name; /* as typed at login: value of name_attr */
	struct span display_name;
	struct span mail;
	struct span *groups; /* DNs as the directory writes them */
	size_t ngroups;
};

/* Once, before any thread is started: turns off the library's environment
 * variables and dot-files. */
void ldap_setup(void);

/*
 * Reads the settings above. Credentials never travel in clear: ldap:// needs
 * ldap_start_tls unless the host is the loopback address.
 *
 * RC_INPUT  conf.ldap; text names the setting
 * RC_FAULT  conf.secret
 */
enum rc ldap_conf_load(const struct conf *conf, struct arena *a,
    struct ldap_conf *out, struct err *err) MUST_USE;

/*
 * Whether name and password are those of exactly one person. Unknown name,
 * wrong password, locked or ambiguous entry give one answer, after at least
 * floor_ms.
 *
 * out  set only on RC_OK; lives in a
 *
 * RC_DENIED  login.refused   no such person and password; empty, too long or
 *                            NUL-bearing passwords without asking (AU-1)
 * RC_AWAY    directory.away  no answer in time, or no trust in the peer
 * RC_FAULT   directory.setup the service account or a base is wrong
 */
enum rc ldap_login(const struct ldap_conf *conf, struct span name,
    struct span password, struct arena *a, struct ldap_entry *out,
    struct err *err) MUST_USE;

/*
 * Looks n accounts up again by entryUUID on one connection. found[i].id.p is
 * NULL for an entry that is gone. On any error nothing may be concluded.
 *
 * RC_AWAY, RC_FAULT as ldap_login
 */
enum rc ldap_recheck(const struct ldap_conf *conf, const struct span *ids,
    size_t n, struct arena *a, struct ldap_entry *found,
    struct err *err) MUST_USE;

/*
 * One entry by the login name, without password; for kontorctl.
 *
 * RC_ABSENT  directory.person; RC_AWAY, RC_FAULT as ldap_login
 */
enum rc ldap_find(const struct ldap_conf *conf, struct span name,
    struct arena *a, struct ldap_entry *out, struct err *err) MUST_USE;

/* {"dn","id","name","display_name","mail","groups":[…]}: what SQL is handed. */
void ldap_entry_json(const struct ldap_entry *e, struct buf *out);

#endif
