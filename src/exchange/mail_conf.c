/* SPDX-License-Identifier: Apache-2.0 */
#include <curl/curl.h>
#include <string.h>

#include "exchange/mail.h"

#define ADDRESS_MAX 254

bool
mail_address_is(const char *s)
{
	const char *at = strchr(s, '@');
	size_t n = strlen(s);

	if (!at || at == s || at[1] == '\0' || strchr(at + 1, '@') ||
	    n > ADDRESS_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || strchr("<>()[],;:\\\"", s[i]))
			return false;
	return true;
}

static bool
is_loopback(const char *host)
{
	return strcmp(host, "[::1]") == 0 || strcmp(host, "localhost") == 0 ||
	       strncmp(host, "127.", 4) == 0;
}

/* The part of an address that is asked for, in the arena; NULL if none. */
static const char *
url_part(const char *url, CURLUPart part, struct arena *a)
{
	CURLU *u = curl_url();
	const char *out = NULL;
	char *s = NULL;

	if (u == NULL)
		fatal("out of memory");
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) ==
		CURLUE_OK &&
	    curl_url_get(u, part, &s, 0) == CURLUE_OK)
		out = arena_str(a, span_of(s));
	curl_free(s);
	curl_url_cleanup(u);
	return out;
}

static enum rc
url_check(const struct mail_conf *c, struct arena *a, struct err *err)
{
	const char *scheme = url_part(c->url, CURLUPART_SCHEME, a);
	const char *host = url_part(c->url, CURLUPART_HOST, a);
	bool tls;

	if (!scheme || !host)
		return err_set(err, RC_INPUT, "conf.mail",
		    "smtp_url: smtp://HOST:PORT or smtps://HOST:PORT");
	tls = strcmp(scheme, "smtps") == 0;
	if (!tls && strcmp(scheme, "smtp") != 0)
		return err_set(err, RC_INPUT, "conf.mail",
		    "smtp_url: smtp:// or smtps://, not %s://", scheme);
	if (!tls && !c->start_tls && !is_loopback(host))
		return err_set(err, RC_INPUT, "conf.mail",
		    "smtp_url: mails would travel in clear; set "
		    "smtp_start_tls = yes or use smtps://");
	return RC_OK;
}

static const char *
given(const struct conf *conf, const char *key)
{
	const char *s = conf_get(conf, key, "");

	return s[0] ? s : NULL;
}

enum rc
mail_conf_load(const struct conf *conf, struct arena *a, struct mail_conf *out,
    struct err *err)
{
	struct mail_conf c = {.url = given(conf, "smtp_url"),
	    .start_tls =
		strcmp(conf_get(conf, "smtp_start_tls", "yes"), "no") != 0,
	    .ca = given(conf, "smtp_ca"),
	    .user = given(conf, "smtp_user"),
	    .from = conf_get(conf, "mail_from", ""),
	    .base_url = conf_get(conf, "base_url", "")};
	struct span password;
	enum rc rc;

	if (!c.url)
		return err_set(err, RC_ABSENT, "mail.no_relay",
		    "smtp_url is not set: mails wait");
	if (!mail_address_is(c.from))
		return err_set(err, RC_INPUT, "conf.mail",
		    "mail_from: \"%s\" is not an address", c.from);
	c.domain = strchr(c.from, '@') + 1;
	rc = url_check(&c, a, err);
	if (rc != RC_OK || !c.user) {
		*out = c;
		return rc;
	}
	rc = conf_secret(conf, "smtp_password", a, &password, err);
	if (rc == RC_ABSENT)
		return err_set(err, RC_INPUT, "conf.mail",
		    "smtp_password is not set, but smtp_user is");
	if (rc == RC_OK)
		c.password = arena_str(a, password);
	*out = c;
	return rc;
}
