/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "repr/template_impl.h"

const struct template_delims template_default_delims = {
    SPAN("{{"),
    SPAN("}}"),
};

struct parser {
	struct template *t;
	struct arena *a;
	struct span text;
	size_t pos;
	struct template_delims delims;
	bool starts_line; /* nothing of this line was emitted yet */
	struct {
		size_t node;
		size_t body; /* where its raw text begins */
		struct span name;
	} open[TEMPLATE_DEPTH];
	size_t nopen;
};

struct tag {
	char type; /* 0 for a variable */
	struct span name;
	size_t at, end;  /* of the tag itself */
	bool alone;      /* on its line */
	size_t from, to; /* with its line when alone, else as at and end */
};

static enum rc
refuse(const struct parser *p, size_t at, const char *what, struct span name,
    struct err *err)
{
	int line = 1;

	for (size_t i = 0; i < at && i < p->text.n; i++)
		line += p->text.p[i] == '\n';
	return err_set(err, RC_INPUT, "template.syntax", "%s, line %d: %s%.*s",
	    p->t->name, line, what, (int)(name.n < 80 ? name.n : 80), name.p);
}

static struct template_node *
emit(struct parser *p, enum template_kind kind)
{
	struct template *t = p->t;
	struct template_node *n;

	t->nodes = arena_grow(
	    p->a, t->nodes, sizeof *t->nodes, &t->cap, t->nnodes + 1);
	n = &t->nodes[t->nnodes++];
	*n = (struct template_node){
	    .kind = kind, .starts_line = p->starts_line, .end = t->nnodes};
	p->starts_line = false;
	return n;
}

static bool
blank_is(char c)
{
	return c == ' ' || c == '\t';
}

/* Text without the blanks at the start of its lines and without empty lines. */
static struct span
trimmed(struct parser *p, struct span text)
{
	char *out = arena_alloc(p->a, text.n ? text.n : 1);
	bool start = p->starts_line;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (start && (blank_is(c) || c == '\n' || c == '\r'))
			continue;
		out[n++] = c;
		start = c == '\n';
	}
	p->starts_line = start;
	return span_make(out, n);
}

static void
emit_text(struct parser *p, size_t from, size_t to)
{
	struct span s = span_sub(p->text, from, to - from);
	bool starts_next;
	bool starts_this = p->starts_line;

	if (s.n == 0)
		return;
	starts_next = s.p[s.n - 1] == '\n';
	if (p->t->set->options.trim) {
		s = trimmed(p, s);
		starts_next = p->starts_line;
		if (s.n == 0)
			return;
	}
	p->starts_line = starts_this;
	emit(p, TEMPLATE_TEXT)->text = s;
	p->starts_line = starts_next;
}

/* An inline tag that makes no node still begins its line. */
static void
emit_line_start(struct parser *p)
{
	if (p->starts_line && !p->t->set->options.trim)
		emit(p, TEMPLATE_TEXT);
}

static size_t
find(const struct parser *p, size_t from, struct span what)
{
	struct span rest = span_sub(p->text, from, p->text.n);
	const char *hit =
	    rest.n ? memmem(rest.p, rest.n, what.p, what.n) : NULL;

	return hit ? (size_t)(hit - p->text.p) : p->text.n;
}

/* A tag that may stand alone takes its line's blanks and end with it. */
static void
find_line(const struct parser *p, struct tag *tag)
{
	size_t from = tag->at, to = tag->end;

	tag->from = tag->at;
	tag->to = tag->end;
	while (from > 0 && blank_is(p->text.p[from - 1]))
		from--;
	while (to < p->text.n && blank_is(p->text.p[to]))
		to++;
	if (from > 0 && p->text.p[from - 1] != '\n')
		return;
	if (to + 1 < p->text.n && p->text.p[to] == '\r' &&
	    p->text.p[to + 1] == '\n')
		to++;
	if (to < p->text.n && p->text.p[to++] != '\n')
		return;
	tag->alone = true;
	tag->from = from;
	tag->to = to;
}

/* Reads the tag at p->pos; its type decides where it ends. */
static enum rc
read_tag(struct parser *p, size_t at, struct tag *tag, struct err *err)
{
	size_t in = at + p->delims.open.n, close;
	char type = in < p->text.n ? p->text.p[in] : '\0';
	struct span mark = p->delims.close;

	*tag = (struct tag){.at = at};
	if (type != '\0' && strchr("#^/>!&{=", type)) {
		tag->type = type;
		in++;
	}
	if (type == '{' || type == '=')
		mark = span_of(arena_printf(p->a, "%c%.*s",
		    type == '{' ? '}' : '=', (int)mark.n, mark.p));
	close = find(p, in, mark);
	if (close == p->text.n)
		return refuse(
		    p, at, "a tag is not closed", (struct span){"", 0}, err);
	tag->name = span_trim(span_sub(p->text, in, close - in));
	tag->end = close + mark.n;
	if (tag->type && tag->type != '{' && tag->type != '&')
		find_line(p, tag);
	else
		tag->from = tag->at, tag->to = tag->end;
	return RC_OK;
}

static enum rc
set_delims(struct parser *p, const struct tag *tag, struct err *err)
{
	struct span rest = tag->name;
	struct span open = span_cut(&rest, ' ');
	struct span close = span_trim(rest);

	if (open.n == 0 || close.n == 0 || span_find(close, ' ') < close.n ||
	    span_find(tag->name, '=') < tag->name.n)
		return refuse(p, tag->at, "not two marks: ", tag->name, err);
	p->delims = (struct template_delims){open, close};
	return RC_OK;
}

static enum rc
set_names(struct parser *p, struct template_node *n, const struct tag *tag,
    struct err *err)
{
	struct span rest = tag->name;
	size_t count = 1;

	if (span_is(tag->name, "."))
		return RC_OK;
	for (size_t i = 0; i < rest.n; i++) {
		count += rest.p[i] == '.';
		if (blank_is(rest.p[i]) || rest.p[i] == '\n')
			return refuse(p, tag->at, "not a name: ", rest, err);
	}
	n->names = ARENA_ARRAY(p->a, struct span, count);
	while (rest.p) {
		struct span part = span_cut(&rest, '.');

		if (part.n == 0)
			return refuse(
			    p, tag->at, "not a name: ", tag->name, err);
		n->names[n->nnames++] = part;
	}
	return RC_OK;
}

static const struct template_func *
func_of(const struct parser *p, struct span name)
{
	const struct template_func *f = p->t->set->options.funcs;

	for (; f && f->name; f++)
		if (span_is(name, f->name))
			return f;
	return NULL;
}

static enum rc
add_variable(struct parser *p, const struct tag *tag, struct err *err)
{
	const struct template_func *f = func_of(p, tag->name);
	bool lambda = f && f->lambda, raw = tag->type != '\0';
	struct template_node *n;

	if (raw && p->t->set->options.strict) {
		(void)refuse(p, tag->at, "unescaped variable ", tag->name, err);
		return err_set(err, RC_INPUT, "template.raw", "%s",
		    err ? arena_printf(p->a, "%s", err->text) : "");
	}
	if (lambda)
		n = emit(p, raw ? TEMPLATE_LAMBDA_RAW : TEMPLATE_LAMBDA_VAR);
	else
		n = emit(p, raw ? TEMPLATE_RAW : TEMPLATE_VAR);
	n->func = lambda ? f : NULL;
	return set_names(p, n, tag, err);
}

static enum rc
open_section(struct parser *p, const struct tag *tag, struct err *err)
{
	const struct template_func *f = func_of(p, tag->name);
	enum template_kind kind = TEMPLATE_SECTION;
	struct template_node *n;

	if (p->nopen == TEMPLATE_DEPTH)
		return refuse(p, tag->at, "nested too deep: ", tag->name, err);
	if (tag->type == '^')
		kind = TEMPLATE_INVERTED;
	else if (f)
		kind = f->lambda ? TEMPLATE_LAMBDA : TEMPLATE_FILTER;
	n = emit(p, kind);
	n->func = f;
	n->delims = p->delims;
	p->open[p->nopen].node = p->t->nnodes - 1;
	p->open[p->nopen].name = tag->name;
	p->open[p->nopen++].body = tag->to;
	return set_names(p, n, tag, err);
}

/* A filter over plain text keeps the text in its node and is prepared now. */
static enum rc
prepare(
    struct parser *p, struct template_node *n, size_t inner, struct err *err)
{
	const struct template_node *only = &p->t->nodes[inner];
	size_t count = p->t->nnodes - inner;

	if (count > 1 || (count == 1 && only->kind != TEMPLATE_TEXT))
		return RC_OK;
	n->text = count ? span_trim(only->text) : (struct span){"", 0};
	p->t->nnodes = inner;
	if (n->func->prepare == NULL)
		return RC_OK;
	return n->func->prepare(
	    p->t->set->options.user, n->text, p->t->set->a, &n->prepared, err);
}

static enum rc
close_section(struct parser *p, const struct tag *tag, struct err *err)
{
	struct template_node *n;
	enum rc rc = RC_OK;
	size_t at, body;

	if (p->nopen == 0)
		return refuse(p, tag->at, "nothing to close: ", tag->name, err);
	at = p->open[--p->nopen].node;
	body = p->open[p->nopen].body;
	if (!span_eq(p->open[p->nopen].name, tag->name))
		return refuse(
		    p, tag->at, "closes another section: ", tag->name, err);
	n = &p->t->nodes[at];
	n->text = span_sub(p->text, body, tag->from - body);
	if (n->kind == TEMPLATE_FILTER)
		rc = prepare(p, n, at + 1, err);
	n->end = p->t->nnodes;
	return rc;
}

static enum rc
add_tag(struct parser *p, const struct tag *tag, struct err *err)
{
	struct template_node *n;

	switch (tag->type) {
	case '!':
		return RC_OK;
	case '=':
		return set_delims(p, tag, err);
	case '#':
	case '^':
		return open_section(p, tag, err);
	case '/':
		return close_section(p, tag, err);
	case '>':
		n = emit(p, TEMPLATE_PARTIAL);
		n->names = ARENA_NEW(p->a, struct span);
		n->names[n->nnames++] = tag->name;
		if (tag->alone)
			n->text =
			    span_sub(p->text, tag->from, tag->at - tag->from);
		return RC_OK;
	default:
		return add_variable(p, tag, err);
	}
}

/* The line of a tag that stands alone is not part of the output. */
static enum rc
take_tag(struct parser *p, const struct tag *tag, struct err *err)
{
	bool starts = p->starts_line;
	enum rc rc;

	if (tag->name.n == 0 && tag->type != '!')
		return refuse(p, tag->at, "a tag without name", tag->name, err);
	if (!tag->alone && tag->type != '\0' && strchr("!=/", tag->type))
		emit_line_start(p);
	if (tag->alone)
		p->starts_line = false;
	rc = add_tag(p, tag, err);
	if (tag->alone)
		p->starts_line = true;
	else if (p->t->set->options.trim && tag->type &&
		 strchr("!=/#^", tag->type))
		p->starts_line = starts;
	p->pos = tag->to;
	return rc;
}

enum rc
template_compile(struct template *t, struct span text,
    const struct template_delims *delims, struct arena *a, struct err *err)
{
	struct parser p = {.t = t, .a = a, .text = text, .delims = *delims};

	p.starts_line = true;
	t->nnodes = 0;
	while (p.pos < text.n) {
		size_t at = find(&p, p.pos, p.delims.open);
		struct tag tag;
		enum rc rc;

		if (at == text.n) {
			emit_text(&p, p.pos, at);
			break;
		}
		rc = read_tag(&p, at, &tag, err);
		if (rc == RC_OK) {
			emit_text(&p, p.pos, tag.from);
			rc = take_tag(&p, &tag, err);
		}
		if (rc != RC_OK)
			return rc;
	}
	if (p.nopen)
		return refuse(&p, text.n,
		    "a section is not closed: ", p.open[p.nopen - 1].name, err);
	return RC_OK;
}
