/* SPDX-License-Identifier: Apache-2.0 */
#include "repr/form.h"
#include "repr/page_impl.h"
#include "repr/text_impl.h"

/* What a literal section of a function means. */
struct literal {
	const struct text_entry *entry; /* t */
	struct span path;               /* the others: a name in the context */
};

static const struct text_locale *
locale_of(const struct template_call *c)
{
	return template_call_user(c);
}

static const json_t *
find_argument(const void *ctx, struct span dotted)
{
	return template_call_find(ctx, dotted);
}

/* The first key of "a|b|c" that exists. */
static const struct text_entry *
entry_of(const struct text *t, struct span keys)
{
	const struct text_entry *e = NULL;

	while (e == NULL && keys.p)
		e = text_find(t, span_trim(span_cut(&keys, '|')));
	return e;
}

static enum rc
prepare_text(void *user, struct span literal, struct arena *a,
    const void **prepared, struct err *err)
{
	const struct pages *p = user;
	struct literal *l = ARENA_NEW(a, struct literal);

	l->entry = entry_of(p->text, literal);
	*prepared = l;
	if (l->entry == NULL)
		return err_set(err, RC_INPUT, "text.unknown",
		    "unknown text key %.*s", (int)literal.n, literal.p);
	return RC_OK;
}

static void
call_text(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	const struct literal *l = prepared;
	const struct text_locale *locale = locale_of(c);
	struct text_args args = {.find = find_argument, .ctx = c};
	const struct text_entry *e =
	    l ? l->entry : entry_of(locale->text, text);

	if (e) {
		text_write(locale, e, &args, out);
	} else {
		text_note_missed(locale, text);
		buf_put(out, text);
	}
}

/* A section that begins like a name is one; a value never is. */
static enum rc
prepare_path(void *user, struct span literal, struct arena *a,
    const void **prepared, struct err *err)
{
	char c = literal.n ? literal.p[0] : '\0';
	struct literal *l = ARENA_NEW(a, struct literal);

	(void)user, (void)err;
	if (c == '.' || c == '_' || (c >= 'a' && c <= 'z')) {
		l->path = literal;
		*prepared = l;
	}
	return RC_OK;
}

static const json_t *
value_of(struct template_call *c, const void *prepared)
{
	const struct literal *l = prepared;

	return l ? template_call_find(c, l->path) : NULL;
}

static void
call_scalar(struct template_call *c, const void *prepared, struct span text,
    struct buf *out,
    void (*write)(const struct text_locale *l, struct span s, struct buf *out))
{
	const json_t *v = value_of(c, prepared);
	struct buf number;

	if (prepared == NULL) {
		write(locale_of(c), text, out);
	} else if (json_is_string(v)) {
		write(locale_of(c),
		    span_make(json_string_value(v), json_string_length(v)),
		    out);
	} else if (v) {
		buf_init(&number, 64);
		template_scalar(&number, v);
		write(locale_of(c), buf_span(&number), out);
		buf_done(&number);
	}
}

static void
call_date(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	call_scalar(c, prepared, text, out, text_date);
}

static void
call_datetime(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	call_scalar(c, prepared, text, out, text_datetime);
}

static void
call_time(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	call_scalar(c, prepared, text, out, text_time);
}

static void
call_number(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	call_scalar(c, prepared, text, out, text_number);
}

static struct span
member(const json_t *v, const char *name)
{
	const json_t *s = json_object_get(v, name);

	return json_is_string(s)
		   ? span_make(json_string_value(s), json_string_length(s))
		   : span_of("");
}

/* An object of two members, or both in the text with a blank between. */
static void
call_pair(struct template_call *c, const void *prepared, struct span text,
    struct buf *out, const char *first, const char *second,
    void (*write)(const struct text_locale *l, struct span a, struct span b,
	struct buf *out))
{
	const json_t *v = value_of(c, prepared);
	struct span value;

	if (json_is_object(v)) {
		write(locale_of(c), member(v, first), member(v, second), out);
		return;
	}
	if (json_is_string(v))
		text = span_of(json_string_value(v));
	else if (prepared)
		return;
	text = span_trim(text);
	if (text.n == 0)
		return;
	value = span_cut(&text, ' ');
	write(locale_of(c), value, text.p ? text : span_of(""), out);
}

static void
call_money(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	call_pair(c, prepared, text, out, "amount", "currency", text_money);
}

static void
call_quantity(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	call_pair(c, prepared, text, out, "value", "unit", text_quantity);
}

static void
call_label(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	struct span set;

	(void)prepared;
	text = span_trim(text);
	set = span_cut(&text, '.');
	if (text.n)
		text_label(locale_of(c), set, text, out);
}

/* For a query value in a link. */
static void
call_url(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared;
	form_encode(out, text);
}

/* A whole value, indented, for people who look into documents. */
static void
call_json(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	const json_t *v = value_of(c, prepared);

	(void)text;
	if (v)
		repr_json_pretty(v, out);
}

const struct template_func page_functions[] = {
    {.name = "t", .call = call_text, .prepare = prepare_text},
    {.name = "date", .call = call_date, .prepare = prepare_path},
    {.name = "datetime", .call = call_datetime, .prepare = prepare_path},
    {.name = "time", .call = call_time, .prepare = prepare_path},
    {.name = "number", .call = call_number, .prepare = prepare_path},
    {.name = "money", .call = call_money, .prepare = prepare_path},
    {.name = "quantity", .call = call_quantity, .prepare = prepare_path},
    {.name = "label", .call = call_label},
    {.name = "url", .call = call_url},
    {.name = "json", .call = call_json, .prepare = prepare_path},
    {.name = NULL},
};
