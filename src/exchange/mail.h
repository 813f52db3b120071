/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails to people: written from what core.mail_text tells and handed to the
 * relay. Which mails there are, to whom and when is the database's
 * (sql/code/core/mail.sql). Nothing is received here.
 */
#ifndef EXCHANGE_MAIL_H
#define EXCHANGE_MAIL_H

#include "exchange/work.h"

/* Read-only after mail_conf_load. */
struct mail_conf {
	const char *url;      /* smtp_url: smtp:// (StartTLS) or smtps:// */
	bool start_tls;       /* smtp_start_tls = yes */
	const char *ca;       /* smtp_ca: PEM file; NULL: the system's */
	const char *user;     /* smtp_user; NULL: without logging in */
	const char *password; /* from the file smtp_password */
	const char *from;     /* mail_from: the address of the house */
	const char *domain;   /* of that address: in Message-IDs */
	const char *base_url; /* of links */
};

/*
 * Reads the settings above. Without TLS only a relay on the loopback address
 * is spoken to.
 *
 * RC_ABSENT mail.no_relay  smtp_url is empty
 * RC_INPUT  conf.mail      text names the setting
 * RC_FAULT  conf.secret
 */
enum rc mail_conf_load(const struct conf *conf, struct arena *a,
    struct mail_conf *out, struct err *err) MUST_USE;

/* Is this an address that can be sent to: ASCII, one @, nothing that ends or
 * starts anything in SMTP or a header? */
bool mail_address_is(const char *s);

/*
 * Writes a message: text/plain, UTF-8, lines end with CRLF.
 *
 * mail  as core.mail_text says; its address must be one
 * now   microseconds, as clock_wall
 * out   lives in a
 */
enum rc mail_compose(const struct mail_conf *c, const struct text_locale *l,
    const json_t *mail, int64_t now, struct arena *a, struct span *out,
    struct err *err) MUST_USE;

/*
 * Hands a message to the relay, within MAIL_SECONDS. Blocks.
 *
 * RC_INPUT  mail.refused  for good; text is what the relay says
 * RC_AWAY   mail.away     no answer, no trust, or not now
 */
#define MAIL_SECONDS 30
enum rc mail_deliver(const struct mail_conf *c, const char *address,
    struct span message, struct arena *a, struct err *err) MUST_USE;

/* Sends the mail that the job names, once, and notes what became of it. */
enum rc mail_send(struct work *w, struct err *err) MUST_USE;

#endif
