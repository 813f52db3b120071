/* SPDX-License-Identifier: Apache-2.0
 *
 * The text comes from sentences, the envelope from gmime. Whatever a name or a
 * number holds, it is one line of text: control characters become blanks
 * before anything is written.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "exchange/mail.h"

#define BODY_MAX (256u << 10)
#define TEXT_MAX 300

/* A sentence for a key made of two parts; the key where there is none. */
static void
say(struct buf *out, const struct text_locale *l, const char *group,
    const char *code, const json_t *args)
{
	char key[160];
	int n = snprintf(key, sizeof key, "%s.%s", group, code);

	if (n < 0 || (size_t)n >= sizeof key ||
	    !text_format_json(l, key, args, out))
		buf_puts(out, code);
}

/* One line of at most TEXT_MAX bytes, cut between characters. */
static char *
one_line(struct span s, struct arena *a)
{
	char *line = arena_str(a, s);
	size_t n = strlen(line);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = ' ';
	if (n > TEXT_MAX) {
		n = TEXT_MAX;
		while (n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80)
			n--;
		line[n] = '\0';
	}
	return line;
}

static void
put_line(
    struct buf *out, const char *lead, const struct buf *text, struct arena *a)
{
	buf_puts(out, lead);
	buf_puts(out, one_line(buf_span(text), a));
	buf_putc(out, '\n');
}

static void
put_item(struct buf *out, const struct text_locale *l, const json_t *mail,
    const json_t *item, const struct mail_conf *c, struct arena *a)
{
	struct buf line;

	buf_init(&line, BODY_MAX);
	say(&line, l, "event", repr_json_str(item, "type"), item);
	put_line(out, "* ", &line, a);
	for (int i = 0; i < 2; i++) {
		static const char *const path[] = {"partner", "data.due_at"};
		static const char *const key[] = {"partner", "due"};

		buf_reset(&line);
		if (!repr_json_str(item, path[i]))
			continue;
		say(&line, l, "mail", key[i], item);
		put_line(out, "  ", &line, a);
	}
	buf_done(&line);
	buf_printf(out, "  %s/%s%s\n\n", c->base_url,
	    repr_json_str(mail, "portal"), repr_json_str(item, "href"));
}

static void
put_paragraph(struct buf *out, const struct text_locale *l, const char *code,
    const json_t *mail)
{
	say(out, l, "mail", code, mail);
	buf_puts(out, "\n\n");
}

static void
put_body(struct buf *out, const struct text_locale *l, const json_t *mail,
    const struct mail_conf *c, struct arena *a)
{
	const json_t *items = repr_json_at(mail, "items");

	put_paragraph(out, l, "hello", mail);
	put_paragraph(out, l, repr_json_str(mail, "kind"), mail);
	for (size_t i = 0; i < json_array_size(items); i++)
		put_item(out, l, mail, json_array_get(items, i), c, a);
	if (repr_json_int(mail, "more", 0) > 0)
		put_paragraph(out, l, "more", mail);
	buf_puts(out, "-- \n");
	say(out, l, "mail", "foot", mail);
	buf_printf(out, "\n%s/%s/account#mails\n", c->base_url,
	    repr_json_str(mail, "portal"));
}

/* What sentences need besides what the database says. */
static json_t *
with_counts(const json_t *mail, struct arena *a)
{
	json_t *m = repr_json_keep(a, json_copy((json_t *)(uintptr_t)mail));
	const json_t *items = repr_json_at(mail, "items");
	const char *number = repr_json_str(mail, "items.0.number");
	const char *subject = repr_json_str(mail, "items.0.data.subject");

	number = number ? number : subject;
	repr_json_set_str(m, "number", number ? number : "-");
	repr_json_set_str(
	    m, "name", one_line(span_of(repr_json_str(mail, "name")), a));
	repr_json_set_int(m, "more",
	    repr_json_int(mail, "n", 0) - (long long)json_array_size(items));
	return m;
}

static void
set_part(GMimeMessage *m, struct span body)
{
	GMimePart *part = g_mime_part_new_with_type("text", "plain");
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(body.p, body.n);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(
	    stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(
	    GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(
	    part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_object_unref(content);
	g_object_unref(stream);
	g_mime_message_set_mime_part(m, GMIME_OBJECT(part));
	g_object_unref(part);
}

static void
set_header(GMimeMessage *m, const char *name, const char *value)
{
	g_mime_object_set_header(GMIME_OBJECT(m), name, value, "utf-8");
}

/* Mails about one object are one thread. */
static void
set_thread(GMimeMessage *m, const char *about, const struct mail_conf *c,
    struct arena *a)
{
	const char *id;

	if (!about)
		return;
	id = arena_printf(a, "<%s@%s>", about, c->domain);
	set_header(m, "In-Reply-To", id);
	set_header(m, "References", id);
}

static void
set_date(GMimeMessage *m, int64_t now)
{
	GDateTime *t = g_date_time_new_from_unix_utc(now / 1000000);

	g_mime_message_set_date(m, t);
	g_date_time_unref(t);
}

static struct span
bytes_of(GMimeMessage *m, struct arena *a)
{
	GMimeFormatOptions *o = g_mime_format_options_new();
	GMimeStream *s = g_mime_stream_mem_new();
	GByteArray *b;
	struct span out;

	g_mime_format_options_set_newline_format(o, GMIME_NEWLINE_FORMAT_DOS);
	(void)g_mime_object_write_to_stream(GMIME_OBJECT(m), o, s);
	b = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(s));
	out = arena_span(a, span_make(b->data, b->len));
	g_object_unref(s);
	g_mime_format_options_free(o);
	return out;
}

enum rc
mail_compose(const struct mail_conf *c, const struct text_locale *l,
    const json_t *mail, int64_t now, struct arena *a, struct span *out,
    struct err *err)
{
	const json_t *m = with_counts(mail, a);
	struct buf subject, body;
	GMimeMessage *message;

	g_mime_init();
	message = g_mime_message_new(TRUE);
	buf_init(&subject, BODY_MAX);
	buf_init(&body, BODY_MAX);
	say(&subject, l, "mail", "subject", m);
	put_body(&body, l, m, c, a);
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM,
	    one_line(span_of(repr_json_str(m, "house")), a), c->from);
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO,
	    repr_json_str(m, "name"), repr_json_str(m, "address"));
	g_mime_message_set_subject(
	    message, one_line(buf_span(&subject), a), "utf-8");
	set_date(message, now);
	g_mime_message_set_message_id(message, repr_json_str(m, "message_id"));
	set_thread(message, repr_json_str(m, "about"), c, a);
	set_header(message, "Auto-Submitted", "auto-generated");
	set_part(message, buf_span(&body));
	*out = bytes_of(message, a);
	g_object_unref(message);
	buf_done(&subject);
	if (body.full) {
		buf_done(&body);
		return err_set(err, RC_FAULT, "mail.size",
		    "the mail would be larger than %u bytes", BODY_MAX);
	}
	buf_done(&body);
	return RC_OK;
}
