/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "edi/edi.h"
#include "repr/jsonout.h"

#define TEXT_MAX 200

const struct edi_rule EDI_RULES[EDI_R_COUNT] = {
#define RULE(name, id, scope, severity, contrl, ta1, ak3, ak4, ak5, ak9)       \
	{id, EDI_S_##scope, EDI_##severity, contrl, ta1, ak3, ak4, ak5, ak9},
#include "edi/rules.def"
#undef RULE
};

void
edi_findings_init(struct edi_findings *fs, struct arena *a, size_t max)
{
	*fs = (struct edi_findings){.a = a, .max = max};
}

struct edi_finding *
edi_find_as(
    struct edi_findings *fs, enum edi_rule_id rule, enum edi_severity severity)
{
	size_t max = fs->max ? fs->max : EDI_LIMITS.findings;
	struct edi_finding *f;

	fs->errors += severity == EDI_ERROR;
	if (fs->n >= max) {
		fs->left_out++;
		if (fs->unseen == NULL)
			fs->unseen = ARENA_NEW(fs->a, struct edi_finding);
		f = fs->unseen;
	} else {
		fs->list = arena_grow(
		    fs->a, fs->list, sizeof *fs->list, &fs->cap, fs->n + 1);
		f = &fs->list[fs->n++];
	}
	*f = (struct edi_finding){
	    .rule = &EDI_RULES[rule], .severity = severity};
	return f;
}

void
edi_findings_drop(struct edi_findings *fs, size_t i)
{
	fs->errors -= fs->list[i].severity == EDI_ERROR;
	fs->n--;
	memmove(&fs->list[i], &fs->list[i + 1], (fs->n - i) * sizeof *fs->list);
}

struct edi_finding *
edi_find(struct edi_findings *fs, enum edi_rule_id rule)
{
	return edi_find_as(fs, rule, EDI_RULES[rule].severity);
}

struct edi_finding *
edi_find_at(struct edi_findings *fs, enum edi_rule_id rule,
    const struct edi_segment *s, unsigned element, unsigned repeat,
    unsigned component)
{
	struct edi_finding *f = edi_find(fs, rule);
	const struct edi_token *t = NULL;

	f->offset = s->offset;
	f->segment = s->number;
	f->position = s->position;
	f->element = (uint16_t)element;
	f->repeat = (uint16_t)repeat;
	f->component = (uint16_t)component;
	memcpy(f->tag, s->tag, sizeof f->tag);
	if (element) {
		t = edi_token(s, element, repeat, component);
		f->offset = edi_token_offset(s, t);
	}
	if (t != NULL && t->n)
		edi_found(fs, f, edi_token_value(s, t, fs->a));
	return f;
}

struct edi_finding *
edi_find_node(
    struct edi_findings *fs, enum edi_rule_id rule, const struct edi_node *n)
{
	struct edi_finding *f = edi_find(fs, rule);

	f->offset = n->offset;
	f->segment = n->line;
	f->xpath = edi_xpath(n, fs->a);
	if (n->column_nth) {
		edi_column(n->column_nth, f->tag);
		f->element = n->column_nth;
		edi_arg(fs, f, "column", n->column);
	}
	if (n->child == NULL && n->text.n)
		edi_found(fs, f, n->text);
	return f;
}

/* At most TEXT_MAX bytes, never cutting a character in two. */
static struct span
shorten(struct span s)
{
	size_t n = s.n;

	if (n <= TEXT_MAX)
		return s;
	for (n = TEXT_MAX; n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80;)
		n--;
	return span_sub(s, 0, n);
}

static struct span
clean_copy(struct arena *a, struct span s)
{
	struct buf b;
	struct span out;

	s = shorten(s);
	if (utf8_is(s))
		return arena_span(a, s);
	buf_init(&b, 4 * TEXT_MAX + 8);
	while (s.n) {
		int32_t cp = utf8_next(&s);

		if (cp < 0)
			s = span_sub(s, 1, s.n);
		utf8_put(&b, cp < 0 ? 0xFFFD : (uint32_t)cp);
	}
	out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

void
edi_found(struct edi_findings *fs, struct edi_finding *f, struct span s)
{
	if (f != fs->unseen)
		f->found = clean_copy(fs->a, s);
}

__attribute__((format(printf, 2, 0))) static struct span
formatted(struct arena *a, const char *format, va_list ap)
{
	char text[TEXT_MAX * 2];

	(void)vsnprintf(text, sizeof text, format, ap);
	return clean_copy(a, span_of(text));
}

void
edi_expected(
    struct edi_findings *fs, struct edi_finding *f, const char *format, ...)
{
	va_list ap;

	if (f == fs->unseen)
		return;
	va_start(ap, format);
	f->expected = formatted(fs->a, format, ap);
	va_end(ap);
}

void
edi_repair(
    struct edi_findings *fs, struct edi_finding *f, const char *format, ...)
{
	va_list ap;

	if (f == fs->unseen)
		return;
	va_start(ap, format);
	f->repair = formatted(fs->a, format, ap);
	va_end(ap);
}

void
edi_fix(struct edi_findings *fs, struct edi_finding *f, size_t at,
    size_t length, struct span put)
{
	f->fix = arena_span(fs->a, put);
	if (f->fix.p == NULL)
		f->fix.p = "";
	f->fix_at = at;
	f->fix_length = length;
}

static bool
service_is(const struct edi_syntax *x, char c)
{
	return c &&
	       (c == x->component || c == x->element || c == x->terminator ||
		   c == x->release || c == x->repetition);
}

/* False when the syntax cannot carry it. */
static bool
put_value(struct buf *b, const struct edi_syntax *x, struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (service_is(x, value.p[i])) {
			if (x->release == 0)
				return false;
			buf_putc(b, x->release);
		}
		buf_putc(b, value.p[i]);
	}
	return true;
}

void
edi_repair_value(struct edi_findings *fs, struct edi_finding *f,
    const struct edi_segment *s, struct span value)
{
	const struct edi_token *t =
	    edi_token(s, f->element, f->repeat, f->component);
	const struct edi_token *last = &s->tokens[s->ntokens - 1];
	struct buf b;

	f->repair = clean_copy(fs->a, value);
	buf_init(&b, 4 * TEXT_MAX);
	for (unsigned e = s->nelements; t == NULL && e < f->element; e++)
		buf_putc(&b, s->syntax->element);
	if ((t != NULL || (s->nelements < f->element && f->component <= 1)) &&
	    put_value(&b, s->syntax, value))
		edi_fix(fs, f, s->offset + (t ? t->at : last->at + last->n),
		    t ? t->n : 0, buf_span(&b));
	buf_done(&b);
}

void
edi_arg(struct edi_findings *fs, struct edi_finding *f, const char *name,
    struct span value)
{
	for (size_t i = 0; f != fs->unseen && i < EDI_FINDING_ARGS; i++) {
		if (f->args[i].name != NULL)
			continue;
		f->args[i] = (struct edi_arg){name, clean_copy(fs->a, value)};
		return;
	}
}

const struct edi_rule *
edi_rule(struct span id)
{
	for (size_t i = 0; i < EDI_R_COUNT; i++) {
		if (span_is(id, EDI_RULES[i].id))
			return &EDI_RULES[i];
	}
	return NULL;
}

const char *
edi_rule_code(const struct edi_rule *r, char code[EDI_CODE_MAX])
{
	const struct {
		unsigned list;
		const char *number;
	} lists[] = {
	    {4, r->ak4}, {3, r->ak3}, {5, r->ak5}, {9, r->ak9}, {1, r->ta1}};
	unsigned long long n = r->contrl;
	unsigned list = 0;

	for (size_t i = 0; n == 0 && i < sizeof lists / sizeof *lists; i++) {
		if (lists[i].number && span_uint(span_of(lists[i].number), &n))
			list = lists[i].list;
	}
	(void)snprintf(code, EDI_CODE_MAX, "P%04u",
	    n ? list * 100 + (unsigned)n % 100 : 1000);
	return code;
}

static void
json_codes(struct jsonout *j, const struct edi_rule *r)
{
	char code[EDI_CODE_MAX];

	jo_cstr(j, "code", edi_rule_code(r, code));
	if (r->contrl)
		jo_int(j, "contrl", r->contrl);
	if (!r->ta1 && !r->ak3 && !r->ak4 && !r->ak5 && !r->ak9)
		return;
	jo_open(j, "x12", '{');
	jo_cstr(j, "ta1", r->ta1);
	jo_cstr(j, "segment", r->ak3);
	jo_cstr(j, "element", r->ak4);
	jo_cstr(j, "set", r->ak5);
	jo_cstr(j, "group", r->ak9);
	jo_close(j);
}

static void
json_place(struct jsonout *j, const struct edi_finding *f)
{
	jo_int(j, "offset", (int64_t)f->offset);
	jo_count(j, "segment", f->segment);
	jo_count(j, "position", f->position);
	if (f->tag[0])
		jo_cstr(j, "tag", f->tag);
	jo_count(j, "element", f->element);
	jo_count(j, "repeat", f->repeat);
	jo_count(j, "component", f->component);
	jo_cstr(j, "xpath", f->xpath);
	jo_cstr(j, "pointer", f->pointer);
}

static void
json_finding(struct jsonout *j, const struct edi_finding *f)
{
	jo_open(j, NULL, '{');
	jo_cstr(j, "rule", f->rule->id);
	jo_cstr(j, "severity", f->severity == EDI_ERROR ? "error" : "warning");
	json_place(j, f);
	jo_text(j, "found", f->found);
	jo_text(j, "expected", f->expected);
	json_codes(j, f->rule);
	if (f->args[0].name != NULL) {
		jo_open(j, "args", '{');
		for (size_t i = 0; i < EDI_FINDING_ARGS; i++) {
			if (f->args[i].name != NULL)
				jo_string(j, f->args[i].name, f->args[i].value);
		}
		jo_close(j);
	}
	jo_text(j, "repair", f->repair);
	jo_close(j);
}

void
edi_finding_json(struct buf *out, const struct edi_finding *f)
{
	struct jsonout j;

	jo_begin(&j, out);
	json_finding(&j, f);
}

void
edi_findings_json(struct buf *out, const struct edi_findings *fs)
{
	struct jsonout j;

	jo_begin(&j, out);
	jo_open(&j, NULL, '[');
	for (size_t i = 0; i < fs->n; i++)
		json_finding(&j, &fs->list[i]);
	jo_close(&j);
}
