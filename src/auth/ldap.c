/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "auth/ldap_inside.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"

#define RECHECK_STEP_US (3 * 1000 * 1000LL)

static bool
host_is_loopback(struct span uri)
{
	struct span rest = span_sub(uri, strlen("ldap://"), uri.n);
	struct span host = span_sub(rest, 0, span_find(rest, '/'));

	if (span_starts(host, "[::1]"))
		return true;
	host = span_sub(host, 0, span_find(host, ':'));
	return span_is(host, "localhost") || span_starts(host, "127.");
}

static enum rc
uri_check(const struct ldap_conf *c, struct err *err)
{
	struct span uri = span_of(c->uri);

	if (span_find(uri, ' ') < uri.n || span_find(uri, ',') < uri.n)
		return err_set(
		    err, RC_INPUT, "conf.ldap", "ldap_uri must be one address");
	if (span_starts(uri, "ldaps://") && c->start_tls)
		return err_set(err, RC_INPUT, "conf.ldap",
		    "ldap_start_tls = yes does not go with ldaps://");
	if (span_starts(uri, "ldapi://") || span_starts(uri, "ldaps://"))
		return RC_OK;
	if (!span_starts(uri, "ldap://"))
		return err_set(err, RC_INPUT, "conf.ldap",
		    "ldap_uri must begin with ldap://, ldaps:// or ldapi://");
	if (!c->start_tls && !host_is_loopback(uri))
		return err_set(err, RC_INPUT, "conf.ldap",
		    "ldap_uri: passwords would travel in clear; set "
		    "ldap_start_tls = yes or use ldaps://");
	return RC_OK;
}

/* Attribute and class names go into filters as they stand. */
static enum rc
name_check(const char *key, const char *value, struct err *err)
{
	const char *p = value;

	while (isalnum((unsigned char)*p) || *p == '-' || *p == '.')
		p++;
	if (p == value || *p)
		return err_set(err, RC_INPUT, "conf.ldap",
		    "%s = %s: expected a name", key, value);
	return RC_OK;
}

static enum rc
names_check(const struct ldap_conf *c, struct err *err)
{
	enum rc rc = name_check("ldap_name_attribute", c->name_attr, err);

	if (rc == RC_OK)
		rc = name_check("ldap_person_class", c->person_class, err);
	if (rc == RC_OK)
		rc = name_check("ldap_group_attribute", c->group_attr, err);
	return rc;
}

static const char *
setting(const struct conf *conf, const char *key)
{
	const char *v = conf_get(conf, key, NULL);

	return v && *v ? v : NULL;
}

enum rc
ldap_conf_load(const struct conf *conf, struct arena *a, struct ldap_conf *out,
    struct err *err)
{
	struct ldap_conf c = {
	    .uri = setting(conf, "ldap_uri"),
	    .start_tls = !strcmp(conf_get(conf, "ldap_start_tls", "no"), "yes"),
	    .ca = setting(conf, "ldap_ca"),
	    .base = setting(conf, "ldap_base"),
	    .name_attr = conf_get(conf, "ldap_name_attribute", "uid"),
	    .person_class =
		conf_get(conf, "ldap_person_class", "inetOrgPerson"),
	    .active_filter = conf_get(conf, "ldap_active_filter", ""),
	    .group_base = setting(conf, "ldap_group_base"),
	    .group_attr = conf_get(conf, "ldap_group_attribute", "member"),
	    .bind_dn = setting(conf, "ldap_bind_dn"),
	    .decoy_dn = setting(conf, "ldap_decoy_dn"),
	    .floor_ms = (int)conf_int(conf, "ldap_refusal_ms", 300, 0, 2000),
	};
	enum rc rc;

	if (c.uri == NULL || c.base == NULL)
		return err_set(err, RC_INPUT, "conf.ldap", "%s is missing",
		    c.uri ? "ldap_base" : "ldap_uri");
	rc = uri_check(&c, err);
	if (rc == RC_OK)
		rc = names_check(&c, err);
	if (rc == RC_OK && c.bind_dn)
		rc = conf_secret(
		    conf, "ldap_bind_password", a, &c.bind_password, err);
	if (rc == RC_OK)
		*out = c;
	return rc;
}

static const char *
person_filter(const struct ldap_conf *conf, struct arena *a, const char *attr,
    struct span value)
{
	return arena_printf(a, "(&%s%s)", conf->active_filter,
	    ldap_filter(a, conf->person_class, attr, value));
}

/* Opens *l, logs the service account in and looks one person up. */
static enum rc
look_up(struct ldap_line *l, const char *attr, struct span value,
    struct arena *a, struct ldap_entry *out, struct err *err)
{
	const char *attrs[8];
	LDAPMessage *found;
	enum rc rc;

	ldap_person_attrs(l->conf, attrs);
	rc = ldap_line_search(l, l->conf->base,
	    person_filter(l->conf, a, attr, value), attrs, 1, &found, err);
	if (rc == RC_OK)
		rc = ldap_entry_read(l, found, a, out, err);
	(void)ldap_msgfree(found);
	return rc;
}

static enum rc
open_served(struct ldap_line *l, const struct ldap_conf *conf, int64_t deadline,
    struct err *err)
{
	enum rc rc = ldap_line_open(l, conf, deadline, err);

	if (rc != RC_OK)
		return rc;
	rc = ldap_line_serve(l, err);
	if (rc != RC_OK)
		ldap_line_close(l);
	return rc;
}

/* Binds on a connection of its own, which is closed again. */
static enum rc
try_password(const struct ldap_conf *conf, const char *dn, struct span password,
    int64_t deadline, struct err *err)
{
	struct ldap_line l;
	enum rc rc = ldap_line_open(&l, conf, deadline, err);

	if (rc != RC_OK)
		return rc;
	rc = ldap_line_bind(&l, dn, password, err);
	ldap_line_close(&l);
	return rc;
}

static const char *
decoy(const struct ldap_conf *conf, struct arena *a)
{
	char nobody[UUID_SIZE];

	if (conf->decoy_dn)
		return conf->decoy_dn;
	uuid_new(nobody);
	return arena_printf(a, "%s=%s,%s", conf->name_attr, nobody, conf->base);
}

static enum rc
ask(const struct ldap_conf *conf, struct span name, struct span password,
    int64_t deadline, struct arena *a, struct ldap_entry *out, struct err *err)
{
	struct ldap_line l;
	enum rc rc = open_served(&l, conf, deadline, err), found;

	if (rc != RC_OK)
		return rc;
	found = look_up(&l, conf->name_attr, name, a, out, err);
	if (found != RC_OK && found != RC_ABSENT) {
		ldap_line_close(&l);
		return found;
	}
	/* An unknown name costs the same steps as a known one. */
	rc = try_password(conf, found == RC_OK ? out->dn.p : decoy(conf, a),
	    password, deadline, err);
	if (rc == RC_OK && found == RC_OK)
		rc = ldap_groups_find(&l, a, out, err);
	else if (rc == RC_OK)
		rc = RC_DENIED;
	ldap_line_close(&l);
	return rc;
}

static bool
is_askable(struct span name, struct span password)
{
	return password.n > 0 && password.n <= LDAP_PASSWORD_MAX &&
	       span_find(password, '\0') == password.n && name.n > 0 &&
	       name.n <= LDAP_NAME_MAX && utf8_is(name) &&
	       span_find(name, '\0') == name.n;
}

static void
sleep_until(int64_t mono)
{
	int64_t left;

	while ((left = mono - clock_mono()) > 0) {
		struct timespec ts = {
		    .tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};

		(void)nanosleep(&ts, NULL);
	}
}

enum rc
ldap_login(const struct ldap_conf *conf, struct span name, struct span password,
    struct arena *a, struct ldap_entry *out, struct err *err)
{
	int64_t start = clock_mono();
	struct ldap_entry e = {0};
	enum rc rc = RC_DENIED;

	if (is_askable(name, password))
		rc = ask(conf, name, password,
		    start + LDAP_DEADLINE_MS * 1000LL, a, &e, err);
	if (rc == RC_OK)
		*out = e;
	if (rc != RC_DENIED)
		return rc;
	sleep_until(start + conf->floor_ms * 1000LL);
	return err_set(
	    err, RC_DENIED, "login.refused", "no such person and password");
}

enum rc
ldap_find(const struct ldap_conf *conf, struct span name, struct arena *a,
    struct ldap_entry *out, struct err *err)
{
	struct ldap_entry e;
	struct ldap_line l;
	enum rc rc = open_served(
	    &l, conf, clock_mono() + LDAP_DEADLINE_MS * 1000LL, err);

	if (rc != RC_OK)
		return rc;
	rc = look_up(&l, conf->name_attr, name, a, &e, err);
	if (rc == RC_OK)
		rc = ldap_groups_find(&l, a, &e, err);
	ldap_line_close(&l);
	if (rc == RC_OK)
		*out = e;
	return rc;
}

enum rc
ldap_recheck(const struct ldap_conf *conf, const struct span *ids, size_t n,
    struct arena *a, struct ldap_entry *found, struct err *err)
{
	struct ldap_line l;
	enum rc rc = open_served(&l, conf, clock_mono() + RECHECK_STEP_US, err);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		found[i] = (struct ldap_entry){0};
		/* Each entry has its time; the job, not a person, waits. */
		l.deadline = clock_mono() + RECHECK_STEP_US;
		rc = look_up(&l, "entryUUID", ids[i], a, &found[i], err);
		if (rc == RC_OK)
			rc = ldap_groups_find(&l, a, &found[i], err);
		else if (rc == RC_ABSENT)
			rc = RC_OK;
	}
	ldap_line_close(&l);
	return rc;
}
