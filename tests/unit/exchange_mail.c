/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails as they are written: what a mail program reads in them, and that no
 * name or number becomes a header. Settings of the relay.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gmime/gmime.h>
#include <string.h>
#include <unistd.h>

#include "exchange/mail.h"

#define NOW 1795435200000000 /* 2026-11-23T12:00:00Z */

struct suite {
	struct arena *a;
	struct text *t;
	struct span bytes; /* of the mail written last */
	GMimeMessage *read;
};

static const struct mail_conf CONF = {.from = "kontor@house.example",
    .domain = "house.example",
    .base_url = "https://kontor.example"};

static int
begin(void **state)
{
	struct arena *a = arena_new();
	struct suite *s = ARENA_NEW(a, struct suite);
	struct err err;

	s->a = a;
	assert_int_equal(text_load("assets/text", a, &s->t, &err), RC_OK);
	g_mime_init();
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct suite *s = *state;

	if (s->read)
		g_object_unref(s->read);
	arena_free(s->a);
	return 0;
}

/* A reminder with n orders, each with the number given, to somebody. */
static json_t *
reminder(struct suite *s, const char *name, const char *number, int n)
{
	json_t *m = repr_json_object(s->a), *items = repr_json_array(s->a);

	repr_json_set_str(m, "kind", "order.reminded");
	repr_json_set_str(m, "portal", "supplier");
	repr_json_set_str(m, "name", name);
	repr_json_set_str(m, "house", "Häuser & Söhne \"KG\"");
	repr_json_set_str(m, "address", "eva@elbe.example");
	repr_json_set_str(m, "message_id", "id-1@house.example");
	repr_json_set_int(m, "n", n);
	for (int i = 0; i < n; i++) {
		json_t *item = repr_json_object(s->a);
		json_t *data = repr_json_object(s->a);

		repr_json_set_str(item, "type", "order.reminded");
		repr_json_set_str(item, "number", number);
		repr_json_set_str(item, "href", "/orders/77");
		repr_json_set_str(item, "time_zone", "Europe/Berlin");
		repr_json_set_str(data, "due_at", "2026-11-24T13:30:00Z");
		repr_json_set(item, "data", data);
		(void)json_array_append(items, item);
	}
	repr_json_set(m, "items", items);
	return m;
}

/* Writes a mail and reads it again as a mail program does. */
static void
write_and_read(struct suite *s, const json_t *m, const char *language)
{
	struct err err;
	GMimeStream *stream;
	GMimeParser *parser;

	assert_int_equal(
	    mail_compose(&CONF, text_locale(s->t, language, "Europe/Berlin"), m,
		NOW, s->a, &s->bytes, &err),
	    RC_OK);
	stream = g_mime_stream_mem_new_with_buffer(s->bytes.p, s->bytes.n);
	parser = g_mime_parser_new_with_stream(stream);
	if (s->read)
		g_object_unref(s->read);
	s->read = g_mime_parser_construct_message(parser, NULL);
	assert_non_null(s->read);
	g_object_unref(parser);
	g_object_unref(stream);
}

static const char *
header(struct suite *s, const char *name)
{
	return g_mime_object_get_header(GMIME_OBJECT(s->read), name);
}

static void
body_has(struct suite *s, const char *text)
{
	GMimeObject *part = g_mime_message_get_mime_part(s->read);
	char *body = g_mime_text_part_get_text(GMIME_TEXT_PART(part));

	if (!strstr(body, text))
		fail_msg("no \"%s\" in:\n%s", text, body);
	g_free(body);
}

static void
subject_is(struct suite *s, const char *text)
{
	assert_string_equal(g_mime_message_get_subject(s->read), text);
}

/* Lines end with CR LF, and none is longer than SMTP may carry. */
static void
lines_are_sound(struct suite *s)
{
	size_t from = 0;

	for (size_t i = 0; i < s->bytes.n; i++) {
		if (s->bytes.p[i] != '\n') {
			assert_int_not_equal(s->bytes.p[i], 0);
			continue;
		}
		assert_true(i > 0 && s->bytes.p[i - 1] == '\r');
		assert_true(i - from < 998);
		from = i + 1;
	}
	for (size_t i = 0; i < s->bytes.n; i++)
		assert_true((unsigned char)s->bytes.p[i] < 0x80);
}

static void
a_mail_has_the_headers_it_needs(void **state)
{
	struct suite *s = *state;
	GMimeObject *part;

	write_and_read(s, reminder(s, "Eva", "PO-1", 1), "en");
	assert_string_equal(
	    header(s, "Date"), "Mon, 23 Nov 2026 12:00:00 +0000");
	assert_string_equal(
	    g_mime_message_get_message_id(s->read), "id-1@house.example");
	assert_string_equal(header(s, "Auto-Submitted"), "auto-generated");
	assert_string_equal(header(s, "Mime-Version"), "1.0");
	part = g_mime_message_get_mime_part(s->read);
	assert_string_equal(
	    g_mime_object_get_header(part, "Content-Transfer-Encoding"),
	    "quoted-printable");
	assert_string_equal(g_mime_object_get_header(part, "Content-Type"),
	    "text/plain; charset=utf-8");
	assert_null(header(s, "References"));
	lines_are_sound(s);
}

static void
it_speaks_its_readers_language(void **state)
{
	struct suite *s = *state;

	write_and_read(s, reminder(s, "Jürgen Müßig", "PO-1", 1), "de");
	subject_is(s, "Antwort bald fällig: PO-1");
	body_has(s, "Guten Tag Jürgen Müßig,");
	body_has(s, "Fällig: 24.11.2026, 14:30 (Europe/Berlin)");
	body_has(s, "https://kontor.example/supplier/orders/77");
	body_has(s, "https://kontor.example/supplier/account#mails");
	assert_non_null(strstr(header(s, "To"), "eva@elbe.example"));
	lines_are_sound(s);
	write_and_read(s, reminder(s, "Eva", "PO-1", 1), "en");
	subject_is(s, "Answer due soon: PO-1");
	body_has(s, "The answer to PO-1 is due soon");
}

/* What an event has no number for, its words in the mail name. */
static void
words_stand_for_a_number(void **state)
{
	struct suite *s = *state;
	json_t *m = reminder(s, "Eva", NULL, 1);
	json_t *item = json_array_get(repr_json_at(m, "items"), 0);

	repr_json_set_str(m, "kind", "announcement.sent");
	repr_json_set_str(item, "type", "announcement.sent");
	write_and_read(s, m, "en");
	body_has(s, "* Announcement\r\n");
	repr_json_set_str((json_t *)(uintptr_t)repr_json_at(item, "data"),
	    "subject", "Closed");
	write_and_read(s, m, "en");
	subject_is(s, "Announcement: Closed");
	body_has(s, "* Announcement: Closed");
}

static void
several_are_gathered(void **state)
{
	struct suite *s = *state;
	json_t *m = reminder(s, "Eva", "PO-1", 50);

	repr_json_set_int(m, "n", 53);
	write_and_read(s, m, "en");
	subject_is(s, "Answer due soon: 53 entries");
	body_has(s, "3 more entries are in the portal");
}

static void
mails_about_one_object_are_a_thread(void **state)
{
	struct suite *s = *state;
	json_t *m = reminder(s, "Eva", "PO-1", 1);

	repr_json_set_str(m, "about", "0190");
	write_and_read(s, m, "en");
	assert_string_equal(header(s, "References"), "<0190@house.example>");
	assert_string_equal(header(s, "In-Reply-To"), "<0190@house.example>");
}

static void
nothing_becomes_a_header(void **state)
{
	static const char *const EVIL[] = {"x\r\nBcc: evil@example.org",
	    "x\nBcc: evil@example.org\n\nbody", "x\rBcc: evil@example.org",
	    "x\",<evil@example.org>,\"", "x\x0b\x0c\x7f\x1b[2J"};
	struct suite *s = *state;

	for (size_t i = 0; i < sizeof EVIL / sizeof *EVIL; i++) {
		json_t *m = reminder(s, EVIL[i], EVIL[i], 1);
		InternetAddressList *to;

		repr_json_set_str(m, "house", EVIL[i]);
		write_and_read(s, m, "en");
		assert_null(header(s, "Bcc"));
		to = g_mime_message_get_to(s->read);
		assert_int_equal(internet_address_list_length(to), 1);
		assert_int_equal(internet_address_list_length(
				     g_mime_message_get_from(s->read)),
		    1);
		assert_non_null(strstr(header(s, "To"), "eva@elbe.example"));
		lines_are_sound(s);
	}
}

static void
long_names_are_folded(void **state)
{
	struct suite *s = *state;
	char name[4001];

	for (size_t i = 0; i + 1 < sizeof name; i += 2)
		memcpy(name + i, "\xC3\xA4", 2);
	name[4000] = '\0';
	write_and_read(s, reminder(s, name, name, 50), "en");
	lines_are_sound(s);
}

static void
addresses_are_checked(void **state)
{
	static const char *const GOOD[] = {
	    "a@b", "eva.b+c@elbe.example", "o'neil_1@x-y.example"};
	static const char *const BAD[] = {"", "a", "@b", "a@", "a@b@c", "a b@c",
	    "a@b\r\nRCPT TO:<x@y>", "<a@b>", "a@b,c@d", "\"a\"@b",
	    "m\xC3\xBCller@b"};

	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
		assert_true(mail_address_is(GOOD[i]));
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		assert_false(mail_address_is(BAD[i]));
}

/* What mail_conf_load says of a file of settings. */
static enum rc
load(struct suite *s, const char *settings, struct mail_conf *c)
{
	char path[] = "/tmp/kontor-mail-XXXXXX";
	struct conf *conf;
	struct err err;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(
	    write(fd, settings, strlen(settings)), strlen(settings));
	assert_int_equal(close(fd), 0);
	assert_int_equal(conf_load(path, s->a, &conf, &err), RC_OK);
	assert_int_equal(unlink(path), 0);
	return mail_conf_load(conf, s->a, c, &err);
}

static void
mails_never_travel_in_clear(void **state)
{
	struct mail_conf c;

	assert_int_equal(
	    load(*state, "mail_from = a@b.example\n", &c), RC_ABSENT);
	assert_int_equal(load(*state,
			     "smtp_url = smtp://relay.example:587\n"
			     "mail_from = a@b.example\n",
			     &c),
	    RC_OK);
	assert_true(c.start_tls);
	assert_string_equal(c.domain, "b.example");
	assert_int_equal(load(*state,
			     "smtp_url = smtp://relay.example\n"
			     "smtp_start_tls = no\nmail_from = a@b.example\n",
			     &c),
	    RC_INPUT);
	assert_int_equal(load(*state,
			     "smtp_url = smtp://127.0.0.1:25\n"
			     "smtp_start_tls = no\nmail_from = a@b.example\n",
			     &c),
	    RC_OK);
	assert_int_equal(load(*state,
			     "smtp_url = http://relay.example\n"
			     "mail_from = a@b.example\n",
			     &c),
	    RC_INPUT);
	assert_int_equal(load(*state,
			     "smtp_url = smtps://relay.example\n"
			     "mail_from = nobody\n",
			     &c),
	    RC_INPUT);
	assert_int_equal(load(*state,
			     "smtp_url = smtps://relay.example\n"
			     "smtp_user = u\nmail_from = a@b.example\n",
			     &c),
	    RC_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mail_has_the_headers_it_needs),
	    cmocka_unit_test(it_speaks_its_readers_language),
	    cmocka_unit_test(words_stand_for_a_number),
	    cmocka_unit_test(several_are_gathered),
	    cmocka_unit_test(mails_about_one_object_are_a_thread),
	    cmocka_unit_test(nothing_becomes_a_header),
	    cmocka_unit_test(long_names_are_folded),
	    cmocka_unit_test(addresses_are_checked),
	    cmocka_unit_test(mails_never_travel_in_clear),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
