/* SPDX-License-Identifier: Apache-2.0
 *
 * Scopes while reading: the document and the entries of its lists. When one
 * ends, defaults and asserts are decided and its fields become JSON text in
 * an order fixed when the guide was compiled.
 */
#include <string.h>

#include "guide/read.h"
#include "repr/jsonout.h"

/* Sixteen bytes at a time; compilers know how. */
typedef unsigned char wide __attribute__((vector_size(16)));
typedef uint64_t pair __attribute__((vector_size(16)));

/* Does JSON have all of the bytes as they are? */
static inline bool
plain_is(wide v)
{
	pair other = (pair)((v - 0x20 >= 0x5f) | (v == '"') | (v == '\\'));

	return !(other[0] | other[1]);
}

/* At least sixteen, the last ones twice. */
static inline bool
copy_long(char *to, struct span s)
{
	bool plain = true;
	wide v, last;

	memcpy(&last, s.p + s.n - 16, 16);
	for (size_t i = 0; i + 16 < s.n; i += 16) {
		memcpy(&v, s.p + i, 16);
		memcpy(to + i, &v, 16);
		plain &= plain_is(v);
	}
	memcpy(to + s.n - 16, &last, 16);
	return plain & plain_is(last);
}

/* Less than sixteen: halves that may have bytes in common. */
static inline bool
copy_short(char *to, struct span s)
{
	uint64_t head, tail;
	uint32_t first, last;

	if (s.n >= 8) {
		memcpy(&head, s.p, 8);
		memcpy(&tail, s.p + s.n - 8, 8);
		memcpy(to, &head, 8);
		memcpy(to + s.n - 8, &tail, 8);
	} else if (s.n >= 4) {
		memcpy(&first, s.p, 4);
		memcpy(&last, s.p + s.n - 4, 4);
		memcpy(to, &first, 4);
		memcpy(to + s.n - 4, &last, 4);
		head = tail = first | (uint64_t)last << 32;
	} else if (s.n) {
		unsigned char a = (unsigned char)s.p[0];
		unsigned char b = (unsigned char)s.p[s.n / 2];
		unsigned char c = (unsigned char)s.p[s.n - 1];
		to[0] = (char)a;
		to[s.n / 2] = (char)b;
		to[s.n - 1] = (char)c;
		head = tail = 0x2020202020000000u | (uint64_t)c << 16 |
			      (uint64_t)b << 8 | a;
	} else {
		return true;
	}
	return plain_is((wide)(pair){head, tail});
}

/* Plain text as it is; tells by false that there may be something else. */
static inline bool
copy_plain(char *to, struct span s)
{
	return s.n >= 16 ? copy_long(to, s) : copy_short(to, s);
}

void
guide_json_string(struct buf *out, struct span s)
{
	if (!buf_reserve(out, s.n + 2))
		return;
	char *p = out->p + out->n;
	if (!copy_plain(p + 1, s)) {
		jo_quote(out, s);
		return;
	}
	p[0] = p[s.n + 1] = '"';
	p[s.n + 2] = '\0';
	out->n += s.n + 2;
}

static void
forget(struct guide_reader *r, const struct gmember *m)
{
	struct gvalue *x = m->value;

	x->set = x->full = x->wrong = false;
	x->v = (struct span){0};
	x->line = NULL;
	if (x->count) {
		x->count = 0;
		buf_reset(&x->text);
		guide_sums_reset(r, (uint16_t)(x - r->c->values));
	}
}

void
guide_scope_open(struct guide_reader *r, uint16_t scope)
{
	const struct gscope *s = &r->g->scopes[scope];

	for (uint16_t from = 0; from < s->n; from = (uint16_t)(from + 8)) {
		uint64_t eight = guide_eight(r->c, s, from);
		if (!eight)
			continue;
		memset(&r->c->touched[s->place + from], 0, sizeof eight);
		while (eight)
			forget(r, guide_lowest(r->c, s, from, &eight));
	}
	if (s->konst != GUIDE_NONE) {
		guide_touch(r->c, s->konst)->set = true;
		r->c->values[s->konst].v = s->value;
	}
	if (!r->locators)
		return;
	if (scope == 0) {
		r->c->pointers[0] = "";
		return;
	}
	r->c->pointers[scope] = arena_printf(r->scratch, "%s%s/%u",
	    r->c->pointers[r->g->slots[s->slot].scope],
	    r->g->slots[s->slot].pointer.p, r->c->values[s->slot].count);
}

static void
number(struct buf *out, const char *key, size_t n)
{
	char digits[24];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	buf_puts(out, key);
	buf_put(out, span_make(digits + i, sizeof(digits) - i));
}

static void
locate_segment(struct buf *out, const struct gplace_in *at)
{
	const struct edi_segment *s = at->segment;

	number(out, "\"offset\":",
	    edi_token_offset(s, edi_token(s, at->element, 1, at->component)));
	number(out, ",\"segment\":", s->number);
	buf_puts(out, ",\"tag\":\"");
	buf_put(out, span_make(s->tag, strnlen(s->tag, sizeof(s->tag))));
	number(out, "\",\"element\":", at->element);
	number(out, ",\"component\":", at->component);
	buf_putc(out, '}');
}

/* Row, letters, number and title of a column. */
static void
locate_cell(struct buf *out, const struct edi_node *n)
{
	char letters[4];

	edi_column(n->column_nth, letters);
	number(out, ",\"segment\":", n->line);
	buf_printf(out, ",\"tag\":\"%s\"", letters);
	number(out, ",\"element\":", n->column_nth);
	buf_puts(out, ",\"column\":");
	guide_json_string(out, n->column);
}

static void
locate(struct guide_reader *r, uint16_t scope, const struct gslot *slot,
    const struct gvalue *x)
{
	struct buf *out = r->locators;

	if (!out || (!x->at.segment && !x->at.node))
		return;
	if (out->n)
		buf_putc(out, ',');
	buf_putc(out, '"');
	buf_puts(out, r->c->pointers[scope]);
	buf_put(out, slot->pointer);
	buf_puts(out, "\":{");
	if (x->at.segment) {
		locate_segment(out, &x->at);
		return;
	}
	buf_printf(out, "\"offset\":%zu,\"xpath\":", x->at.node->offset);
	const char *xpath = edi_xpath(x->at.node, r->scratch);
	if (x->at.attribute.n)
		xpath = arena_printf(r->scratch, "%s/@%.*s", xpath,
		    (int)x->at.attribute.n, x->at.attribute.p);
	guide_json_string(out, span_of(xpath));
	if (x->at.node->column_nth)
		locate_cell(out, x->at.node);
	buf_putc(out, '}');
}

/* How many parts of its path a slot has in common with the one before. */
static uint8_t
common(const struct gslot *a, const struct gslot *b)
{
	uint8_t n = 0;

	while (a && n + 1 < a->nparts && n + 1 < b->nparts &&
	       a->parts[n].p == b->parts[n].p)
		n++;
	return n;
}

/* GUIDE_SLACK bytes at a time: more than asked for on both sides. */
static inline void
copy_wide(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i += GUIDE_SLACK)
		memcpy(to + i, from + i, GUIDE_SLACK);
}

/* Closes what the member before left open and opens what this one is in. */
static void
approach(struct gmember *m, const struct gmember *last)
{
	uint8_t shared = common(last ? last->slot : NULL, m->slot);
	size_t from = m->slot->opens[shared], n = m->slot->open.n - from;
	char *p = m->text;

	for (unsigned d = last ? last->slot->nparts : 0; d > shared + 1U; d--)
		*p++ = '}';
	*p = ',';
	p += last != NULL;
	copy_wide(p, m->slot->open.p + from, n);
	p += n;
	*p++ = '"';
	m->n = (size_t)(p - m->text);
	m->last = last;
}

/* Writes the member if its value is plain text; else what stands before the
 * value, without the quote, and false. */
static inline bool
member(struct buf *out, const struct gmember *m, struct span v)
{
	size_t most = m->n + v.n + 2 * GUIDE_SLACK;

	if (!buf_has(out, most) && !buf_reserve(out, most))
		return true;
	char *p = out->p + out->n;
	copy_wide(p, m->text, m->n);
	p += m->n;
	bool plain = !m->slot->list && copy_plain(p, v);
	if (plain) {
		p += v.n;
		*p++ = '"';
	} else {
		p--;
	}
	*p = '\0';
	out->n = (size_t)(p - out->p);
	return plain;
}

static void
emit_value(struct guide_reader *r, uint16_t scope, struct buf *out,
    const struct gmember *m)
{
	const struct gvalue *x = m->value;

	if (!member(out, m, m->slot->list ? (struct span){0} : x->v)) {
		if (m->slot->list) {
			buf_putc(out, '[');
			buf_put(out, buf_span(&x->text));
			buf_putc(out, ']');
		} else {
			jo_quote(out, x->v);
		}
	}
	if (r->locators && m->slot->list != 2)
		locate(r, scope, m->slot, x);
}

/* The members of a scope, without the outer braces. */
static void
emit(struct guide_reader *r, uint16_t scope, struct buf *out)
{
	const struct gscope *s = &r->g->scopes[scope];
	const struct gmember *last = NULL;

	for (uint16_t from = 0; from < s->n; from = (uint16_t)(from + 8)) {
		uint64_t eight = guide_eight(r->c, s, from);
		while (eight) {
			struct gmember *m = guide_lowest(r->c, s, from, &eight);
			if (m->slot->list ? !m->value->count : !m->value->set)
				continue;
			if (!m->n || m->last != last)
				approach(m, last);
			emit_value(r, scope, out, m);
			last = m;
		}
	}
	for (unsigned d = last ? last->slot->nparts - 1U : 0; d; d--)
		buf_putc(out, '}');
}

/* The sentence of an assert with {field} and {expected} filled in. */
static struct span
sentence(struct guide_reader *r, uint16_t scope, struct span text,
    struct span expected)
{
	struct buf b;

	buf_init(&b, 2000);
	while (text.n) {
		size_t open = span_find(text, '{');
		buf_put(&b, span_sub(text, 0, open));
		text = span_sub(text, open, text.n);
		size_t close = span_find(text, '}');
		if (!text.n || close == text.n)
			break;
		struct span name = span_sub(text, 1, close - 1);
		if (span_is(name, "expected"))
			buf_put(&b, expected);
		for (uint16_t i = 0; i < r->g->nslots; i++)
			if (r->g->slots[i].scope == scope &&
			    span_eq(r->g->slots[i].path, name))
				buf_put(&b, r->c->values[i].v);
		text = span_sub(text, close + 1, text.n);
	}
	struct span s = arena_span(r->scratch, buf_span(&b));
	buf_done(&b);
	return s;
}

/* What an equation asks for where a field is compared with something. */
static struct span
right_value(struct guide_reader *r, const struct gcheck *c)
{
	const struct gexpr *e = c->expr;
	struct decimal d;
	char text[DECIMAL_SIZE];

	while (e->op == OP_OR)
		e = e->a;
	if (e->op != OP_EQ || e->a->op != OP_SLOT || e->a->slot != c->slot ||
	    !guide_number(r, e->b, &d))
		return (struct span){0};
	d = decimal_short(d);
	if (e->within)
		d = guide_minor(r, d);
	return arena_span(r->scratch, span_make(text, decimal_write(d, text)));
}

static void
failed(struct guide_reader *r, uint16_t scope, const struct gcheck *c)
{
	struct gplace_in nowhere = {0};
	const struct gvalue *x =
	    c->slot != GUIDE_NONE ? &r->c->values[c->slot] : NULL;
	struct edi_finding *f = guide_find(r, EDI_R_GUIDE_ASSERT,
	    x && x->set && (x->at.segment || x->at.node) ? &x->at : &nowhere);

	f->rule = c->rule;
	if (c->warning) {
		f->severity = EDI_WARNING;
		if (r->fs->errors)
			r->fs->errors--;
	}
	struct span right = right_value(r, c);
	if (x && x->set)
		edi_found(r->fs, f, x->v);
	if (right.n)
		edi_expected(r->fs, f, "%.*s", (int)right.n, right.p);
	edi_arg(r->fs, f, "check", c->id);
	edi_arg(r->fs, f, "en", sentence(r, scope, c->en, right));
	edi_arg(r->fs, f, "de", sentence(r, scope, c->de, right));
	if (r->c->pointers[scope] && c->slot != GUIDE_NONE)
		f->pointer = arena_printf(r->fs->a, "%s/%.*s",
		    r->c->pointers[scope], (int)r->g->slots[c->slot].path.n,
		    r->g->slots[c->slot].path.p);
}

/* Asks it for a value that stood there and was refused? That is told. */
static bool
refused(const struct guide_reader *r, const struct gexpr *e)
{
	if (!e)
		return false;
	if (e->op == OP_SLOT && e->slot != GUIDE_NONE)
		return r->c->values[e->slot].wrong;
	return refused(r, e->a) || refused(r, e->b);
}

static void
checks(struct guide_reader *r, uint16_t scope)
{
	const struct gscope *s = &r->g->scopes[scope];

	for (uint16_t i = 0; i < s->nchecks; i++) {
		const struct gcheck *c = &s->checks[i];
		struct gvalue *x =
		    c->slot != GUIDE_NONE ? &r->c->values[c->slot] : NULL;
		if (c->fill && (x->set || x->count))
			continue;
		if (c->when && !guide_true(r, c->when))
			continue;
		if (!c->fill) {
			if (!guide_true(r, c->expr) && !refused(r, c->expr) &&
			    !refused(r, c->when))
				failed(r, scope, c);
			continue;
		}
		(void)guide_touch(r->c, c->slot);
		x->v = guide_eval(r, c->expr);
		x->set = x->v.n > 0;
		x->at = (struct gplace_in){0};
		if (c->expr->op == OP_SLOT)
			x->at = r->c->values[c->expr->slot].at;
	}
}

/* An entry of which nothing was taken is none. */
static bool
says_anything(const struct guide_reader *r, const struct gscope *s)
{
	for (uint16_t from = 0; from < s->n; from = (uint16_t)(from + 8)) {
		uint64_t eight = guide_eight(r->c, s, from);
		while (eight) {
			const struct gvalue *x =
			    guide_lowest(r->c, s, from, &eight)->value;
			if ((x->set || x->count) &&
			    (s->konst == GUIDE_NONE ||
				x != &r->c->values[s->konst]))
				return true;
		}
	}
	return false;
}

void
guide_scope_close(struct guide_reader *r, uint16_t scope)
{
	const struct gscope *s = &r->g->scopes[scope];

	if (r->levels)
		guide_level_fill(r, scope);
	checks(r, scope);
	if (scope == 0) {
		emit(r, 0, r->canonical);
		return;
	}
	struct gvalue *list = guide_touch(r->c, s->slot);
	if (!says_anything(r, s))
		return;
	guide_sums_add(r, scope);
	if (!list->text.max)
		buf_init(&list->text, GUIDE_TEXT);
	if (list->count)
		buf_putc(&list->text, ',');
	buf_putc(&list->text, '{');
	emit(r, scope, &list->text);
	buf_putc(&list->text, '}');
	list->count++;
}
