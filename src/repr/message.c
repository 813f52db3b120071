/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "repr/message.h"

enum part_kind {
	PART_TEXT,
	PART_HASH,
	PART_VALUE,
	PART_PLURAL,
	PART_SELECT,
};

struct option {
	struct span selector; /* "one", "=0", "other" */
	struct message *message;
	struct option *next;
};

struct part {
	enum part_kind kind;
	struct span text; /* literal; value: style */
	struct span name;
	enum message_type type;
	struct option *options;
	struct part *next;
};

struct message {
	struct part *first;
};

struct reader {
	struct span s;
	size_t pos;
	struct arena *a;
	int depth;
	struct err *err;
};

static const struct {
	const char *name;
	enum part_kind kind;
	enum message_type type;
} types[] = {
    {"", PART_VALUE, MESSAGE_PLAIN},
    {"number", PART_VALUE, MESSAGE_NUMBER},
    {"date", PART_VALUE, MESSAGE_DATE},
    {"datetime", PART_VALUE, MESSAGE_DATETIME},
    {"time", PART_VALUE, MESSAGE_TIME},
    {"money", PART_VALUE, MESSAGE_MONEY},
    {"quantity", PART_VALUE, MESSAGE_QUANTITY},
    {"label", PART_VALUE, MESSAGE_LABEL},
    {"plural", PART_PLURAL, MESSAGE_PLAIN},
    {"select", PART_SELECT, MESSAGE_PLAIN},
};

static enum rc read_message(
    struct reader *r, bool in_plural, struct message **out);

static enum rc
refuse(const struct reader *r, const char *what)
{
	return err_set(
	    r->err, RC_INPUT, "text.syntax", "%s at byte %zu", what, r->pos);
}

static char
peek(const struct reader *r)
{
	return r->pos < r->s.n ? r->s.p[r->pos] : '\0';
}

static void
skip_blanks(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\n' || peek(r) == '\t')
		r->pos++;
}

/* What stands before a blank, comma or brace. */
static struct span
read_word(struct reader *r)
{
	size_t from;

	skip_blanks(r);
	from = r->pos;
	while (peek(r) && !strchr(" \n\t,{}", peek(r)))
		r->pos++;
	return span_sub(r->s, from, r->pos - from);
}

/*
 * Literal text up to a brace (or # inside a plural). An apostrophe before one
 * of these quotes up to the next apostrophe; two of them are one.
 */
static struct span
read_text(struct reader *r, bool in_plural)
{
	char *out = arena_alloc(r->a, r->s.n - r->pos + 1);
	bool quoted = false;
	size_t n = 0;

	for (; r->pos < r->s.n; r->pos++) {
		char c = peek(r);
		char next = r->pos + 1 < r->s.n ? r->s.p[r->pos + 1] : '\0';

		if (c == '\'' && next == '\'') {
			r->pos++;
		} else if (c == '\'' && (quoted || next == '{' || next == '}' ||
					    (in_plural && next == '#'))) {
			quoted = !quoted;
			continue;
		} else if (!quoted &&
			   (c == '{' || c == '}' || (in_plural && c == '#'))) {
			break;
		}
		out[n++] = c;
	}
	return span_make(out, n);
}

static bool
has_other(const struct option *o)
{
	while (o && !span_is(o->selector, "other"))
		o = o->next;
	return o != NULL;
}

static enum rc
read_options(struct reader *r, struct part *part)
{
	struct option **last = &part->options;
	enum rc rc;

	for (skip_blanks(r); peek(r) != '}'; skip_blanks(r)) {
		struct option *o = ARENA_NEW(r->a, struct option);

		o->selector = read_word(r);
		skip_blanks(r);
		if (o->selector.n == 0 || peek(r) != '{')
			return refuse(r, "a choice {text} is expected");
		r->pos++;
		rc = read_message(r, part->kind == PART_PLURAL, &o->message);
		if (rc != RC_OK)
			return rc;
		if (peek(r) != '}')
			return refuse(r, "a choice is not closed");
		r->pos++;
		*last = o;
		last = &o->next;
	}
	if (!has_other(part->options))
		return refuse(r, "the choice 'other' is missing");
	return RC_OK;
}

static enum rc
set_type(struct reader *r, struct part *part, struct span type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (!span_is(type, types[i].name))
			continue;
		part->kind = types[i].kind;
		part->type = types[i].type;
		return RC_OK;
	}
	return refuse(r, "unknown type of argument");
}

/* Behind the opening brace: name [, type [, style or choices]] }. */
static enum rc
read_argument(struct reader *r, struct part *part)
{
	struct span type = {"", 0};
	enum rc rc;

	part->name = read_word(r);
	if (part->name.n == 0)
		return refuse(r, "an argument without name");
	skip_blanks(r);
	if (peek(r) == ',') {
		r->pos++;
		type = read_word(r);
		skip_blanks(r);
	}
	rc = set_type(r, part, type);
	if (rc != RC_OK)
		return rc;
	if (peek(r) == ',') {
		r->pos++;
		if (part->kind == PART_VALUE)
			part->text = read_word(r);
		else
			rc = read_options(r, part);
	} else if (part->kind != PART_VALUE) {
		return refuse(r, "choices are expected");
	}
	skip_blanks(r);
	if (rc == RC_OK && peek(r) != '}')
		return refuse(r, "an argument is not closed");
	r->pos++;
	return rc;
}

static enum rc
read_message(struct reader *r, bool in_plural, struct message **out)
{
	struct message *m = ARENA_NEW(r->a, struct message);
	struct part **last = &m->first;
	enum rc rc = RC_OK;

	if (++r->depth > MESSAGE_DEPTH)
		return refuse(r, "nested too deep");
	while (rc == RC_OK && r->pos < r->s.n && peek(r) != '}') {
		struct part *part = ARENA_NEW(r->a, struct part);

		if (peek(r) == '{') {
			r->pos++;
			rc = read_argument(r, part);
		} else if (in_plural && peek(r) == '#') {
			r->pos++;
			part->kind = PART_HASH;
		} else {
			part->text = read_text(r, in_plural);
		}
		*last = part;
		last = &part->next;
	}
	r->depth--;
	*out = m;
	return rc;
}

enum rc
message_compile(struct span pattern, struct arena *a,
    const struct message **out, struct err *err)
{
	struct reader r = {.s = pattern, .a = a, .err = err};
	struct message *m;
	enum rc rc = read_message(&r, false, &m);

	if (rc == RC_OK && r.pos < pattern.n)
		rc = refuse(&r, "a brace too many");
	*out = m;
	return rc;
}

static const struct message *
choose(const struct part *part, const struct message_writer *w)
{
	struct span value = w->text(w->ctx, part->name);
	const struct message *other = NULL;
	const char *category = NULL;

	for (const struct option *o = part->options; o; o = o->next) {
		if (part->kind == PART_SELECT) {
			if (value.n ? span_eq(o->selector, value)
				    : span_is(o->selector, "none"))
				return o->message;
		} else if (o->selector.p[0] == '=') {
			if (span_eq(
				span_sub(o->selector, 1, o->selector.n), value))
				return o->message;
		} else {
			if (category == NULL)
				category = w->plural(w->ctx, value);
			if (span_is(o->selector, category))
				return o->message;
		}
		if (span_is(o->selector, "other"))
			other = o->message;
	}
	return other;
}

static void
write_parts(const struct message *m, const struct message_writer *w,
    struct span number, struct buf *out)
{
	for (const struct part *p = m->first; p; p = p->next) {
		switch (p->kind) {
		case PART_TEXT:
			buf_put(out, p->text);
			break;
		case PART_HASH:
			w->value(w->ctx, number, MESSAGE_NUMBER, number, out);
			break;
		case PART_VALUE:
			w->value(w->ctx, p->name, p->type, p->text, out);
			break;
		case PART_PLURAL:
			write_parts(choose(p, w), w, p->name, out);
			break;
		case PART_SELECT:
			write_parts(choose(p, w), w, number, out);
			break;
		}
	}
}

void
message_write(
    const struct message *m, const struct message_writer *w, struct buf *out)
{
	write_parts(m, w, (struct span){"", 0}, out);
}

struct span
message_literal(const struct message *m)
{
	if (m->first == NULL)
		return (struct span){"", 0};
	if (m->first->kind == PART_TEXT && m->first->next == NULL)
		return m->first->text;
	return (struct span){NULL, 0};
}

void
message_each(const struct message *m, void (*seen)(void *arg, struct span name),
    void *arg)
{
	for (const struct part *p = m->first; p; p = p->next) {
		if (p->name.n)
			seen(arg, p->name);
		for (const struct option *o = p->options; o; o = o->next)
			message_each(o->message, seen, arg);
	}
}
