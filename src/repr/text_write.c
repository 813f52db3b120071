/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes sentences: arguments by their types.
 */
#include <stdio.h>

#include "base/decimal.h"
#include "repr/template.h"
#include "repr/text_impl.h"

#define ARGUMENT_MAX (64 * 1024)

struct writing {
	const struct text_locale *l;
	const struct text_args *args;
	struct buf number; /* the text of a numeric argument */
};

static const json_t *
argument(const struct writing *w, struct span name)
{
	return w->args && w->args->find ? w->args->find(w->args->ctx, name)
					: NULL;
}

static struct span
text_of(void *ctx, struct span name)
{
	struct writing *w = ctx;
	const json_t *v = argument(w, name);

	buf_reset(&w->number);
	if (json_is_array(v))
		buf_printf(&w->number, "%zu", json_array_size(v));
	else
		template_scalar(&w->number, v);
	return w->number.p ? buf_span(&w->number) : span_of("");
}

static struct span
member_text(const json_t *v, const char *name)
{
	return span_of(json_string_value(json_object_get(v, name)));
}

/* The entries of a list, "10, 20"; its text for plurals is their number. */
static void
write_list(const json_t *list, struct buf *out)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		buf_puts(out, i ? ", " : "");
		template_scalar(out, json_array_get(list, i));
	}
}

static void
write_value(void *ctx, struct span name, enum message_type type,
    struct span style, struct buf *out)
{
	struct writing *w = ctx;
	const json_t *v = argument(w, name);
	struct span text = text_of(ctx, name);

	if (v == NULL) {
		buf_printf(out, "{%.*s}", (int)name.n, name.p);
		return;
	}
	switch (type) {
	case MESSAGE_PLAIN:
		if (json_is_array(v))
			write_list(v, out);
		else
			buf_put(out, text);
		break;
	case MESSAGE_NUMBER:
		text_number(w->l, text, out);
		break;
	case MESSAGE_DATE:
		text_date(w->l, text, out);
		break;
	case MESSAGE_DATETIME:
		text_datetime(w->l, text, out);
		break;
	case MESSAGE_TIME:
		text_time(w->l, text, out);
		break;
	case MESSAGE_MONEY:
		text_money(w->l, member_text(v, "amount"),
		    member_text(v, "currency"), out);
		break;
	case MESSAGE_QUANTITY:
		if (json_is_object(v))
			text_quantity(w->l, member_text(v, "value"),
			    member_text(v, "unit"), out);
		else
			text_quantity(w->l, text, span_of(""), out);
		break;
	case MESSAGE_LABEL:
		text_label(w->l, style, text, out);
		break;
	}
}

static const char *
plural_of(void *ctx, struct span number)
{
	struct writing *w = ctx;

	return text_plural(w->l->language, number);
}

void
text_write(const struct text_locale *l, const struct text_entry *e,
    const struct text_args *args, struct buf *out)
{
	const struct message *m = e->by_language[l->index];
	struct span literal = message_literal(m);
	struct writing w = {.l = l, .args = args};
	struct message_writer writer = {.ctx = &w,
	    .value = write_value,
	    .text = text_of,
	    .plural = plural_of};

	if (literal.p) {
		buf_put(out, literal);
		return;
	}
	buf_init(&w.number, ARGUMENT_MAX);
	message_write(m, &writer, out);
	buf_done(&w.number);
}

bool
text_format(const struct text_locale *l, struct span key,
    const struct text_args *args, struct buf *out)
{
	const struct text_entry *e = text_find(l->text, key);

	if (e)
		text_write(l, e, args, out);
	return e != NULL;
}

static const json_t *
find_member(const void *ctx, struct span dotted)
{
	const json_t *v = ctx;

	while (v && dotted.p) {
		struct span name = span_cut(&dotted, '.');

		v = json_object_getn(v, name.p, name.n);
	}
	return v;
}

bool
text_format_json(const struct text_locale *l, const char *key,
    const json_t *args, struct buf *out)
{
	struct text_args a = {.find = find_member, .ctx = args};

	return text_format(l, span_of(key), &a, out);
}

void
text_label(const struct text_locale *l, struct span set, struct span code,
    struct buf *out)
{
	char key[160];
	int n = snprintf(key, sizeof key, "label.%.*s.%.*s",
	    (int)(set.n < 60 ? set.n : 60), set.p,
	    (int)(code.n < 80 ? code.n : 80), code.p);

	if (!text_format(l, span_make(key, (size_t)n), NULL, out))
		buf_put(out, code);
}

void
text_quantity(const struct text_locale *l, struct span value, struct span unit,
    struct buf *out)
{
	char text[DECIMAL_SIZE];
	struct decimal d;

	if (decimal_read(value, '.', &d))
		value = span_make(text, decimal_write(decimal_short(d), text));
	text_number(l, value, out);
	if (unit.n == 0 || span_is(unit, "C62"))
		return;
	buf_puts(out, "\u00a0");
	text_label(l, span_of("unit"), unit, out);
}
