/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "auth/ldap_inside.h"
#include "base/clock.h"

#define STEP_US (3 * 1000 * 1000LL)
#define LEAST_US (20 * 1000LL)
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

void
ldap_setup(void)
{
	/* Read once, when the library is first used. */
	if (setenv("LDAPNOINIT", "1", 1) < 0)
		fatal("the environment cannot be changed");
	(void)ldap_set_option(NULL, LDAP_OPT_RESTART, LDAP_OPT_OFF);
}

static enum rc
away(struct err *err, const char *doing, int code)
{
	return err_set(err, RC_AWAY, "directory.away", "%s: %s", doing,
	    ldap_err2string(code));
}

/* What the next call may take: never past the deadline, at most 3 s. */
static enum rc
allow(struct ldap_line *l, struct err *err)
{
	int64_t left = l->deadline - clock_mono();
	struct timeval tv;

	if (left < LEAST_US)
		return away(err, "directory", LDAP_TIMEOUT);
	if (left > STEP_US)
		left = STEP_US;
	tv.tv_sec = left / 1000000;
	tv.tv_usec = left % 1000000;
	(void)ldap_set_option(l->ld, LDAP_OPT_NETWORK_TIMEOUT, &tv);
	(void)ldap_set_option(l->ld, LDAP_OPT_TIMEOUT, &tv);
	return RC_OK;
}

static int
set_tls(struct ldap_line *l)
{
	const char *ca = l->conf->ca ? l->conf->ca : SYSTEM_CA;
	int demand = LDAP_OPT_X_TLS_DEMAND;
	int least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
	int client = 0;
	int code;

	code = ldap_set_option(l->ld, LDAP_OPT_X_TLS_CACERTFILE, ca);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(
		    l->ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
	if (code == LDAP_SUCCESS)
		code =
		    ldap_set_option(l->ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(l->ld, LDAP_OPT_X_TLS_NEWCTX, &client);
	return code;
}

static int
set_options(struct ldap_line *l)
{
	int version = LDAP_VERSION3, deref = LDAP_DEREF_NEVER;
	int code;

	code = ldap_set_option(l->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(l->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(l->ld, LDAP_OPT_RESTART, LDAP_OPT_OFF);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(l->ld, LDAP_OPT_DEREF, &deref);
	return code;
}

enum rc
ldap_line_open(struct ldap_line *l, const struct ldap_conf *conf,
    int64_t deadline, struct err *err)
{
	bool tls = conf->start_tls || span_starts(span_of(conf->uri), "ldaps:");
	enum rc rc;
	int code;

	*l = (struct ldap_line){.conf = conf, .deadline = deadline};
	code = ldap_initialize(&l->ld, conf->uri);
	if (code != LDAP_SUCCESS)
		return err_set(err, RC_FAULT, "directory.setup",
		    "ldap_uri %s: %s", conf->uri, ldap_err2string(code));
	code = set_options(l);
	if (code == LDAP_SUCCESS && tls)
		code = set_tls(l);
	if (code != LDAP_SUCCESS) {
		ldap_line_close(l);
		return err_set(err, RC_FAULT, "directory.setup",
		    "ldap_ca or another option: %s", ldap_err2string(code));
	}
	rc = ldap_limit(l, err);
	if (rc == RC_OK)
		rc = allow(l, err);
	if (rc == RC_OK && conf->start_tls) {
		code = ldap_start_tls_s(l->ld, NULL, NULL);
		if (code != LDAP_SUCCESS)
			rc = away(err, "StartTLS", code);
	}
	if (rc != RC_OK)
		ldap_line_close(l);
	return rc;
}

void
ldap_line_close(struct ldap_line *l)
{
	if (l->ld)
		(void)ldap_unbind_ext_s(l->ld, NULL, NULL);
	l->ld = NULL;
}

/* Whether a bind was refused for reasons of the account, not of the line. */
static bool
is_refusal(int code)
{
	static const int codes[] = {LDAP_INVALID_CREDENTIALS,
	    LDAP_INSUFFICIENT_ACCESS, LDAP_NO_SUCH_OBJECT,
	    LDAP_INAPPROPRIATE_AUTH, LDAP_UNWILLING_TO_PERFORM,
	    LDAP_CONSTRAINT_VIOLATION, LDAP_INVALID_DN_SYNTAX};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (code == codes[i])
			return true;
	return false;
}

enum rc
ldap_line_bind(
    struct ldap_line *l, const char *dn, struct span password, struct err *err)
{
	char copy[LDAP_PASSWORD_MAX + 1];
	struct berval cred = {.bv_len = password.n, .bv_val = copy};
	enum rc rc = allow(l, err);
	int code;

	if (rc != RC_OK)
		return rc;
	if (password.n == 0 || password.n > LDAP_PASSWORD_MAX)
		return err_set(err, RC_DENIED, "directory.credentials",
		    "a password of %zu bytes", password.n);
	memcpy(copy, password.p, password.n);
	code = ldap_sasl_bind_s(
	    l->ld, dn, LDAP_SASL_SIMPLE, &cred, NULL, NULL, NULL);
	explicit_bzero(copy, sizeof copy);
	if (code == LDAP_SUCCESS)
		return RC_OK;
	if (is_refusal(code))
		return err_set(err, RC_DENIED, "directory.credentials", "%s",
		    ldap_err2string(code));
	return away(err, "bind", code);
}

enum rc
ldap_line_serve(struct ldap_line *l, struct err *err)
{
	enum rc rc;

	if (l->conf->bind_dn == NULL)
		return RC_OK;
	rc = ldap_line_bind(l, l->conf->bind_dn, l->conf->bind_password, err);
	if (rc == RC_DENIED)
		rc = err_set(err, RC_FAULT, "directory.setup",
		    "the directory refuses ldap_bind_dn %s", l->conf->bind_dn);
	return rc;
}

enum rc
ldap_line_search(struct ldap_line *l, const char *base, const char *filter,
    const char *const attrs[], int limit, LDAPMessage **out, struct err *err)
{
	char *names[8] = {0};
	enum rc rc = allow(l, err);
	int code;

	*out = NULL;
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < 7 && attrs[i]; i++) {
		/* libldap takes them without const and leaves them alone. */
		memcpy(&names[i], &attrs[i], sizeof names[i]);
	}
	code = ldap_search_ext_s(l->ld, base, LDAP_SCOPE_SUBTREE, filter, names,
	    0, NULL, NULL, NULL, limit + 1, out);
	if (code == LDAP_SUCCESS || code == LDAP_SIZELIMIT_EXCEEDED)
		return RC_OK;
	if (code == LDAP_NO_SUCH_OBJECT || code == LDAP_INSUFFICIENT_ACCESS ||
	    code == LDAP_FILTER_ERROR || code == LDAP_INVALID_DN_SYNTAX)
		return err_set(err, RC_FAULT, "directory.setup",
		    "searching %s: %s", base, ldap_err2string(code));
	return away(err, "search", code);
}
