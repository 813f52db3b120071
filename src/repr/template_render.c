/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repr/template_impl.h"

#define SCRATCH_MAX (1024 * 1024)

struct template_call {
	const json_t *stack[2 * TEMPLATE_DEPTH]; /* contexts, innermost last */
	size_t depth;
	size_t level; /* nested renderings */
	bool plain;   /* inside a filter: nothing is escaped */
	bool too_deep;
	struct span indent; /* of the partial being rendered */
	struct buf *out;
	struct buf scratch; /* sections of filters */
	struct buf answer;
	struct arena *a; /* what lambdas answered; made when needed */
	void *user;
};

static void render(
    struct template_call *c, const struct template *t, size_t from, size_t to);

static const char *
escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* All five lie in 0x22..0x3e; most bytes do not. */
static bool
special_is(unsigned char c)
{
	return c <= '>' && c >= '"' && escape_of((char)c) != NULL;
}

void
template_escape(struct buf *out, struct span s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!special_is((unsigned char)s.p[i]))
			continue;
		buf_put(out, span_make(s.p + from, i - from));
		buf_puts(out, escape_of(s.p[i]));
		from = i + 1;
	}
	buf_put(out, span_make(s.p ? s.p + from : "", s.n - from));
}

/* The shortest text that reads back as the same number. */
static struct span
real_text(double d, char text[40])
{
	int n = 0;

	for (int digits = 15; digits <= 17; digits++) {
		n = snprintf(text, 40, "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	return span_make(text, (size_t)n);
}

/* The text of a scalar; text is room for a number. */
static struct span
scalar(const json_t *v, char text[40])
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		return span_make(json_string_value(v), json_string_length(v));
	case JSON_INTEGER:
		return span_make(text, (size_t)snprintf(text, 40, "%lld",
					   (long long)json_integer_value(v)));
	case JSON_REAL:
		return real_text(json_real_value(v), text);
	case JSON_TRUE:
		return span_of("true");
	case JSON_FALSE:
		return span_of("false");
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return span_of(NULL);
}

void
template_scalar(struct buf *out, const json_t *v)
{
	char text[40];

	if (v)
		buf_put(out, scalar(v, text));
}

static const json_t *
member(const json_t *v, struct span name)
{
	unsigned long long i;

	if (json_is_object(v))
		return json_object_getn(v, name.p, name.n);
	if (json_is_array(v) && span_uint(name, &i))
		return json_array_get(v, (size_t)i);
	return NULL;
}

/* The first part of a name is looked for outwards, the rest only there. */
static const json_t *
first(const struct template_call *c, struct span name)
{
	for (size_t i = c->depth; i-- > 0;) {
		const json_t *v =
		    json_is_object(c->stack[i])
			? json_object_getn(c->stack[i], name.p, name.n)
			: NULL;

		if (v)
			return v;
	}
	return NULL;
}

static const json_t *
lookup(const struct template_call *c, const struct template_node *n)
{
	const json_t *v;

	if (n->nnames == 0)
		return c->stack[c->depth - 1];
	v = first(c, n->names[0]);
	for (size_t i = 1; v && i < n->nnames; i++)
		v = member(v, n->names[i]);
	return v;
}

const json_t *
template_call_find(const struct template_call *c, struct span dotted)
{
	const json_t *v;

	if (span_is(dotted, "."))
		return c->stack[c->depth - 1];
	v = first(c, span_cut(&dotted, '.'));
	while (v && dotted.p)
		v = member(v, span_cut(&dotted, '.'));
	return v;
}

void *
template_call_user(const struct template_call *c)
{
	return c->user;
}

static bool
truthy(const json_t *v)
{
	if (v == NULL)
		return false;
	switch (json_typeof(v)) {
	case JSON_OBJECT:
	case JSON_TRUE:
		return true;
	case JSON_ARRAY:
		return json_array_size(v) > 0;
	case JSON_STRING:
		return json_string_length(v) > 0;
	case JSON_INTEGER:
		return json_integer_value(v) != 0;
	case JSON_REAL:
		return json_real_value(v) != 0;
	case JSON_FALSE:
	case JSON_NULL:
		break;
	}
	return false;
}

static void
put(struct template_call *c, struct span s)
{
	if (c->plain)
		buf_put(c->out, s);
	else
		template_escape(c->out, s);
}

/* Literal text; inside an indented partial each line start is indented. */
static void
put_text(struct template_call *c, struct span s)
{
	if (c->indent.n == 0) {
		buf_put(c->out, s);
		return;
	}
	while (s.p) {
		size_t at = span_find(s, '\n');
		size_t n = at < s.n ? at + 1 : at;

		buf_put(c->out, span_sub(s, 0, n));
		s = span_sub(s, n, s.n);
		if (s.n == 0)
			break;
		buf_put(c->out, c->indent);
	}
}

static void
put_value(struct template_call *c, const struct template_node *n)
{
	const json_t *v = lookup(c, n);
	char text[40];

	if (v == NULL)
		return;
	if (n->kind == TEMPLATE_RAW)
		buf_put(c->out, scalar(v, text));
	else
		put(c, scalar(v, text));
}

static bool
enter(struct template_call *c)
{
	if (c->level == TEMPLATE_DEPTH || c->depth == 2 * TEMPLATE_DEPTH)
		c->too_deep = true;
	else
		c->level++;
	return !c->too_deep;
}

static void
render_section(struct template_call *c, const struct template *t, size_t at)
{
	const struct template_node *n = &t->nodes[at];
	const json_t *v = lookup(c, n);
	size_t count = json_is_array(v) ? json_array_size(v) : 1;

	if (!truthy(v) || !enter(c))
		return;
	c->depth++;
	for (size_t i = 0; i < count; i++) {
		c->stack[c->depth - 1] =
		    json_is_array(v) ? json_array_get(v, i) : v;
		render(c, t, at + 1, n->end);
	}
	c->depth--;
	c->level--;
}

static void
render_partial(struct template_call *c, const struct template_set *set,
    const struct template_node *n)
{
	const struct template *t = n->partial;
	struct span outer = c->indent;
	struct buf indent;

	if (t == NULL) /* in what a lambda answered */
		t = template_of(set, n->names[0]);
	if (t == NULL || !enter(c))
		return;
	buf_init(&indent, SCRATCH_MAX);
	if (n->text.n) {
		buf_put(&indent, outer);
		buf_put(&indent, n->text);
		c->indent = buf_span(&indent);
	}
	render(c, t, 0, t->nnodes);
	c->indent = outer;
	buf_done(&indent);
	c->level--;
}

/* The section goes to the scratch buffer, the answer to the output. */
static void
render_filter(struct template_call *c, const struct template *t, size_t at)
{
	const struct template_node *n = &t->nodes[at];
	struct span text = n->text;
	size_t mark = c->scratch.n;
	struct buf *out = c->out;
	bool plain = c->plain;

	if (n->end > at + 1) {
		if (!enter(c))
			return;
		c->out = &c->scratch;
		c->plain = true;
		render(c, t, at + 1, n->end);
		c->out = out;
		c->plain = plain;
		c->level--;
		text = span_sub(buf_span(&c->scratch), mark, c->scratch.n);
	}
	buf_reset(&c->answer);
	n->func->call(c, n->prepared, text, &c->answer);
	if (!c->scratch.full)
		c->scratch.n = mark;
	put(c, buf_span(&c->answer));
}

/* What a lambda answers is a template; a variable's is then escaped. */
static void
render_lambda(struct template_call *c, const struct template *t,
    const struct template_node *n)
{
	bool section = n->kind == TEMPLATE_LAMBDA;
	struct template answer = {.name = n->func->name, .set = t->set};
	struct buf text, rendered, *out = c->out;

	if (c->a == NULL)
		c->a = arena_new();
	if (!enter(c))
		return;
	buf_init(&text, SCRATCH_MAX);
	buf_init(&rendered, SCRATCH_MAX);
	n->func->call(c, NULL, section ? n->text : (struct span){"", 0}, &text);
	c->out = &rendered;
	if (template_compile(&answer, arena_span(c->a, buf_span(&text)),
		section ? &n->delims : &template_default_delims, c->a,
		NULL) == RC_OK)
		render(c, &answer, 0, answer.nnodes);
	c->out = out;
	if (n->kind == TEMPLATE_LAMBDA_VAR)
		put(c, buf_span(&rendered));
	else
		buf_put(c->out, buf_span(&rendered));
	buf_done(&text);
	buf_done(&rendered);
	c->level--;
}

/* One node; returns the index of the next. */
static size_t
render_node(struct template_call *c, const struct template *t, size_t at)
{
	const struct template_node *n = &t->nodes[at];

	switch (n->kind) {
	case TEMPLATE_TEXT:
		put_text(c, n->text);
		break;
	case TEMPLATE_VAR:
	case TEMPLATE_RAW:
		put_value(c, n);
		break;
	case TEMPLATE_SECTION:
		render_section(c, t, at);
		break;
	case TEMPLATE_INVERTED:
		if (!(n->func && n->func->lambda) && !truthy(lookup(c, n)))
			return at + 1;
		break;
	case TEMPLATE_PARTIAL:
		render_partial(c, t->set, n);
		break;
	case TEMPLATE_FILTER:
		render_filter(c, t, at);
		break;
	case TEMPLATE_LAMBDA:
	case TEMPLATE_LAMBDA_VAR:
	case TEMPLATE_LAMBDA_RAW:
		render_lambda(c, t, n);
		break;
	}
	return n->end;
}

static void
render(
    struct template_call *c, const struct template *t, size_t from, size_t to)
{
	while (from < to && !c->too_deep) {
		if (t->nodes[from].starts_line && c->indent.n)
			buf_put(c->out, c->indent);
		from = render_node(c, t, from);
	}
}

enum rc
template_render(const struct template *t, const json_t *view, void *user,
    struct buf *out, struct err *err)
{
	struct template_call c = {.out = out, .user = user, .depth = 1};
	enum rc rc = RC_OK;

	c.stack[0] = view;
	buf_init(&c.scratch, SCRATCH_MAX);
	buf_init(&c.answer, SCRATCH_MAX);
	render(&c, t, 0, t->nnodes);
	if (c.too_deep)
		rc = err_set(err, RC_FAULT, "template.depth",
		    "%s: more than %d levels", t->name, TEMPLATE_DEPTH);
	else if (out->full || c.scratch.full || c.answer.full)
		rc = err_set(err, RC_FAULT, "template.size",
		    "%s: more than %zu bytes", t->name, out->max);
	buf_done(&c.scratch);
	buf_done(&c.answer);
	if (c.a)
		arena_free(c.a);
	return rc;
}
