/* SPDX-License-Identifier: Apache-2.0 */
#include <curl/curl.h>
#include <string.h>

#include "exchange/mail.h"

#define SAID_MAX 300

/* What goes out, and what the relay said: its last complaint, else its last
 * line. After a complaint there is still a farewell. */
struct talk {
	struct span rest;
	char said[SAID_MAX + 1];
};

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
	struct talk *t = arg;
	struct span part = span_sub(t->rest, 0, size * n);

	memcpy(to, part.p, part.n);
	t->rest = span_sub(t->rest, part.n, t->rest.n);
	return part.n;
}

static bool
complains(const char *line)
{
	return line[0] == '4' || line[0] == '5';
}

static size_t
hear(char *line, size_t size, size_t n, void *arg)
{
	struct talk *t = arg;
	size_t len = size * n < SAID_MAX ? size * n : SAID_MAX;

	if (complains(t->said) && !complains(line))
		return size * n;
	for (size_t i = 0; i < len; i++)
		t->said[i] = line[i] >= ' ' && line[i] <= '~' ? line[i] : ' ';
	while (len > 0 && t->said[len - 1] == ' ')
		len--;
	t->said[len] = '\0';
	return size * n;
}

/* What the relay says to us, not to the mail: it must be told who we are. */
static bool
about_us(long code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

static enum rc
judge(CURL *h, CURLcode rc, const struct talk *t, struct err *err)
{
	long code = 0;

	if (rc == CURLE_OK)
		return RC_OK;
	(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &code);
	if (code >= 500 && code < 600 && !about_us(code))
		return err_set(err, RC_INPUT, "mail.refused", "%s", t->said);
	if (code >= 400 && code < 600)
		return err_set(err, RC_AWAY, "mail.away", "%s", t->said);
	return err_set(err, RC_AWAY, "mail.away", "%s", curl_easy_strerror(rc));
}

static void
set_peer(CURL *h, const struct mail_conf *c)
{
	(void)curl_easy_setopt(h, CURLOPT_URL, c->url);
	(void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(h, CURLOPT_USE_SSL,
	    c->start_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	(void)curl_easy_setopt(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (c->ca)
		(void)curl_easy_setopt(h, CURLOPT_CAINFO, c->ca);
	if (c->user) {
		(void)curl_easy_setopt(h, CURLOPT_USERNAME, c->user);
		(void)curl_easy_setopt(h, CURLOPT_PASSWORD, c->password);
	}
	(void)curl_easy_setopt(h, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, 10L);
	(void)curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)MAIL_SECONDS);
}

static void
set_talk(CURL *h, struct talk *t)
{
	(void)curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(h, CURLOPT_READFUNCTION, give);
	(void)curl_easy_setopt(h, CURLOPT_READDATA, t);
	(void)curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, hear);
	(void)curl_easy_setopt(h, CURLOPT_HEADERDATA, t);
}

enum rc
mail_deliver(const struct mail_conf *c, const char *address,
    struct span message, struct arena *a, struct err *err)
{
	struct talk t = {.rest = message};
	struct curl_slist *to = NULL;
	CURL *h = curl_easy_init();
	enum rc rc;

	if (h)
		to = curl_slist_append(NULL, arena_printf(a, "<%s>", address));
	if (!to)
		fatal("out of memory");
	set_peer(h, c);
	set_talk(h, &t);
	(void)curl_easy_setopt(
	    h, CURLOPT_MAIL_FROM, arena_printf(a, "<%s>", c->from));
	(void)curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to);
	rc = judge(h, curl_easy_perform(h), &t, err);
	curl_slist_free_all(to);
	curl_easy_cleanup(h);
	return rc;
}
