/* SPDX-License-Identifier: Apache-2.0
 *
 * One line of a guide's tree: place or element, occurrence, field, type,
 * clauses. A path (25/QTY+21, cac:Price/cbc:PriceAmount, BGM.1004) becomes
 * one line inside the other.
 */
#include <ctype.h>
#include <string.h>

#include "guide/impl.h"

struct line_in {
	struct guides *gs;
	struct gline *l;
	struct span rest;
};

static struct span
peek(const struct line_in *in)
{
	struct span rest = in->rest;

	return guide_word(&rest);
}

static bool
is_clause(struct span w)
{
	static const char *const words[] = {"is", "codes", "map", "when",
	    "default", "counts", "join", "adds", "droppable", "number",
	    "parent", "and", "level", "levels", "decimal", "implied", "date",
	    "time", "datetime"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is(w, words[i]))
			return true;
	return false;
}

static unsigned
digits(struct span *w)
{
	unsigned n = 0;

	while (w->n && isdigit((unsigned char)*w->p) && n < 1000000) {
		n = n * 10 + (unsigned)(*w->p - '0');
		*w = span_sub(*w, 1, w->n);
	}
	return n;
}

/* "3", "..35", "2..3"; nothing else may follow */
static bool
lengths(struct span w, struct gtype *t)
{
	unsigned n = digits(&w);

	t->min = t->max = (uint16_t)n;
	if (w.n == 0)
		return true;
	if (!span_starts(w, ".."))
		return false;
	w = span_sub(w, 2, w.n);
	t->max = (uint16_t)digits(&w);
	return w.n == 0 && t->max > 0;
}

static bool
simple_type(struct span w, struct gtype *t)
{
	static const struct {
		const char *name;
		enum gtype_kind kind;
	} kinds[] = {{"an", T_AN}, {"id", T_AN}, {"dt", T_DATE}, {"tm", T_TIME},
	    {"r", T_DECIMAL}, {"a", T_A}, {"n", T_N}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!span_starts(w, kinds[i].name))
			continue;
		struct gtype got = {.kind = kinds[i].kind, .scale = 255};
		if (!lengths(span_sub(w, strlen(kinds[i].name), w.n), &got))
			continue;
		*t = got;
		return true;
	}
	return false;
}

/* "decimal 14.3", "implied 2": the word after the type's name */
static bool
scaled_type(struct span *rest, struct gtype *t, bool implied)
{
	struct span after = *rest;
	struct span w = guide_word(&after);

	t->kind = implied ? T_IMPLIED : T_DECIMAL;
	t->scale = implied ? 2 : 255;
	if (!w.n || !isdigit((unsigned char)w.p[0]))
		return !implied;
	*rest = after;
	unsigned n = digits(&w);
	if (implied) {
		t->scale = (uint8_t)n;
		return w.n == 0 && n < 10;
	}
	t->max = (uint16_t)n;
	if (w.n && w.p[0] == '.') {
		w = span_sub(w, 1, w.n);
		t->scale = (uint8_t)digits(&w);
	}
	return w.n == 0;
}

static void
dated_type(struct span *rest, struct gtype *t, enum gtype_kind kind)
{
	t->kind = (uint8_t)kind;
	for (;;) {
		struct span after = *rest;
		struct span w = guide_word(&after);
		if (!w.n || !isdigit((unsigned char)w.p[0]) ||
		    t->nformats == GTYPE_FORMATS)
			return;
		t->formats[t->nformats++] = (uint16_t)digits(&w);
		*rest = after;
	}
}

bool
guide_parse_type(struct span word, struct span *rest, struct gtype *t)
{
	struct gtype got = {0};

	if (span_is(word, "decimal") || span_is(word, "implied")) {
		if (!scaled_type(rest, &got, span_is(word, "implied")))
			return false;
	} else if (span_is(word, "date")) {
		dated_type(rest, &got, T_DATE);
	} else if (span_is(word, "time")) {
		dated_type(rest, &got, T_TIME);
	} else if (span_is(word, "datetime")) {
		dated_type(rest, &got, T_DATETIME);
	} else if (!simple_type(word, &got)) {
		return false;
	}
	*t = got;
	return true;
}

static bool
occurrence(struct span w, struct gline *l)
{
	uint32_t min, max;

	if (w.n == 1 && strchr("MON", w.p[0])) {
		min = w.p[0] == 'M';
		max = w.p[0] != 'N';
	} else {
		if (!w.n || !isdigit((unsigned char)w.p[0]))
			return false;
		min = max = digits(&w);
		if (span_starts(w, "..")) {
			w = span_sub(w, 2, w.n);
			max = span_is(w, "*") ? GUIDE_MANY : digits(&w);
			if (max == GUIDE_MANY)
				w.n = 0;
		}
		if (w.n || max < min)
			return false;
	}
	l->min = min;
	l->max = max;
	return l->occurs = true;
}

/* Words up to the next clause. */
static void
code_words(struct line_in *in, struct span **list, uint16_t *n)
{
	size_t cap = 0;

	*list = NULL;
	*n = 0;
	for (struct span w = peek(in); w.n && !is_clause(w); w = peek(in)) {
		(void)guide_word(&in->rest);
		*list =
		    arena_grow(in->gs->a, *list, sizeof(**list), &cap, *n + 1U);
		(*list)[(*n)++] = w;
	}
}

static bool
tests(struct line_in *in)
{
	size_t cap = 0;
	struct gline *l = in->l;

	for (;;) {
		struct gtest t = {0};
		struct span w = guide_word(&in->rest);
		if ((t.not = span_is(w, "not")))
			w = guide_word(&in->rest);
		t.element = w;
		w = peek(in);
		if (span_is(w, "=") || span_is(w, "in")) {
			(void)guide_word(&in->rest);
			code_words(in, &t.values, &t.nvalues);
			if (!t.nvalues)
				return false;
		}
		l->tests = arena_grow(
		    in->gs->a, l->tests, sizeof(t), &cap, l->ntests + 1U);
		l->tests[l->ntests++] = t;
		if (!t.element.n)
			return false;
		if (!span_is(peek(in), "and"))
			return true;
		(void)guide_word(&in->rest);
	}
}

bool
guide_parse_tests(
    struct guides *gs, struct span text, struct gtest **list, uint16_t *n)
{
	struct gline l = {0};
	struct line_in in = {gs, &l, text};

	if (!tests(&in) || span_trim(in.rest).n)
		return false;
	*list = l.tests;
	*n = l.ntests;
	return true;
}

static struct span
line_ends(struct arena *a, struct span s)
{
	return span_is(s, "\\n") ? span_of("\n") : arena_span(a, s);
}

static bool
clause(struct line_in *in, struct span w)
{
	struct gline *l = in->l;

	if (span_is(w, "is") || span_is(w, "codes")) {
		code_words(in, &l->codes, &l->ncodes);
		return l->ncodes > 0;
	}
	if (span_is(w, "map"))
		return (l->map = guide_word(&in->rest)).n > 0;
	if (span_is(w, "when"))
		return tests(in);
	if (span_is(w, "default")) {
		l->has_fallback = true;
		return (l->fallback = guide_word(&in->rest)).n > 0;
	}
	if (span_is(w, "counts")) {
		l->compute = C_COUNTS;
		return (l->counts = guide_word(&in->rest)).n > 0;
	}
	if (span_is(w, "join")) {
		l->has_join = true;
		l->join = line_ends(in->gs->a, guide_word(&in->rest));
		return true;
	}
	if (span_is(w, "adds"))
		return l->adds = true;
	if (span_is(w, "droppable"))
		return l->droppable = true;
	if (span_is(w, "level"))
		return l->level = true;
	if (span_is(w, "levels")) {
		l->compute = C_LEVELS;
		return true;
	}
	if (span_is(w, "number") || span_is(w, "parent")) {
		l->compute = span_is(w, "number") ? C_NUMBER : C_PARENT;
		return true;
	}
	return guide_parse_type(w, &in->rest, &l->type);
}

static bool
is_element(struct span k)
{
	if (!k.n)
		return false;
	if (k.p[0] == '@' || span_is(k, "."))
		return true;
	/* a composite: C507, in service segments S009 */
	if (strchr("CS", k.p[0]) && k.n >= 4 &&
	    isdigit((unsigned char)k.p[1]) && isdigit((unsigned char)k.p[2]) &&
	    isdigit((unsigned char)k.p[3]))
		return true;
	for (size_t i = 0; i < k.n; i++)
		if (!isdigit((unsigned char)k.p[i]) && k.p[i] != '-' &&
		    k.p[i] != '.')
			return false;
	return k.n >= 2;
}

/* A type with its length, "an..35"; a word alone is a field. */
static bool
is_type(struct span w)
{
	struct span none = {0};
	struct gtype ignored;

	for (size_t i = 0; i < w.n; i++)
		if (isdigit((unsigned char)w.p[i]))
			return guide_parse_type(w, &none, &ignored);
	return false;
}

/* What follows the key. */
static bool
statement(struct line_in *in)
{
	struct span w = peek(in);

	if (!w.n)
		return true;
	if (occurrence(w, in->l))
		(void)guide_word(&in->rest);
	w = peek(in);
	/* fields may be called like a clause: "date date 102" */
	if (span_is(w, "date") || span_is(w, "number") ||
	    (w.n && !is_clause(w) && !is_type(w))) {
		in->l->field = w;
		(void)guide_word(&in->rest);
	}
	for (w = guide_word(&in->rest); w.n; w = guide_word(&in->rest))
		if (!clause(in, w)) {
			guide_fault(in->gs, in->l->file, in->l->no,
			    "\"%.*s\" is not understood here", (int)w.n, w.p);
			return false;
		}
	return true;
}

static struct gline *
line_new(struct guides *gs, const char *file, unsigned no)
{
	struct gline *l = ARENA_NEW(gs->a, struct gline);

	l->file = file;
	l->no = no;
	return l;
}

/* Where the last step of a path begins; 0 for a path of one step. */
static size_t
path_split(struct span key)
{
	for (size_t i = key.n; i > 1; i--)
		if (key.p[i - 1] == '/')
			return i;
	return 0;
}

/* "25/BGM.1004": where the element begins, else 0. */
static size_t
element_split(struct span key)
{
	bool xml = memchr(key.p, ':', key.n) && islower((unsigned char)*key.p);
	size_t from = path_split(key);

	for (size_t i = from + 1; !xml && i + 1 < key.n; i++)
		if (key.p[i] == '.' && isalpha((unsigned char)key.p[from]) &&
		    is_element(span_sub(key, i + 1, key.n)) &&
		    !is_element(span_sub(key, from, key.n)))
			return i + 1;
	return 0;
}

static void
step(struct gline *l, struct span key)
{
	bool number = key.n > 0;

	for (size_t i = 0; i < key.n; i++)
		number = number && isdigit((unsigned char)key.p[i]);
	if (number)
		l->group = key;
	else
		l->key = key;
}

/* Wraps l into a line for each step of its path; returns the outermost. */
static struct gline *
expand(struct guides *gs, struct gline *l, struct span key)
{
	size_t at = element_split(key);
	struct span outer = span_sub(key, 0, at ? at - 1 : 0);

	if (at) {
		l->kind = L_ELEMENT;
		l->key = span_sub(key, at, key.n);
	} else if ((at = path_split(key)) > 0) {
		outer = span_sub(key, 0, at - 1);
		step(l, span_sub(key, at, key.n));
	} else {
		step(l, key);
		return l;
	}
	struct gline *o = line_new(gs, l->file, l->no);
	o->way = l->way;
	if (l->occurs && l->kind == L_PLACE && l->key.n &&
	    islower((unsigned char)l->key.p[0])) {
		o->occurs = true;
		o->min = l->min > 0;
		o->max = 1;
	}
	o = expand(gs, o, outer);
	struct gline *inner = o;
	while (inner->child)
		inner = inner->child;
	guide_line_add(inner, l);
	return o;
}

static bool
assert_line(struct line_in *in)
{
	struct gline *l = in->l;
	struct span w;

	l->kind = L_ASSERT;
	l->said = ARENA_NEW(in->gs->a, struct gsaid);
	l->key = guide_word(&in->rest);
	for (w = peek(in); w.n; w = peek(in)) {
		struct span after = in->rest;
		(void)guide_word(&after);
		struct span value = guide_word(&after);
		if (span_is(w, "error") || span_is(w, "warning")) {
			l->said->warning = span_is(w, "warning");
			(void)guide_word(&in->rest);
			continue;
		}
		if (span_is(w, "contrl"))
			l->said->contrl = (uint8_t)digits(&value);
		else if (span_is(w, "set"))
			l->said->set = (uint8_t)digits(&value);
		else if (span_is(w, "at"))
			l->field = span_ends(value, ":")
				       ? span_sub(value, 0, value.n - 1)
				       : value;
		else
			break;
		in->rest = after;
	}
	l->rest = span_trim(in->rest);
	if (span_starts(l->rest, "when ")) {
		size_t colon = span_find(l->rest, ':');
		l->said->when = span_sub(l->rest, 5, colon > 5 ? colon - 5 : 0);
		l->rest = span_sub(l->rest, colon + 1, l->rest.n);
	}
	return l->key.n && l->rest.n;
}

static bool
fill_line(struct line_in *in)
{
	struct gline *l = in->l;

	l->kind = L_FILL;
	l->said = ARENA_NEW(in->gs->a, struct gsaid);
	l->field = guide_word(&in->rest);
	if (!span_is(guide_word(&in->rest), "="))
		return false;
	l->rest = span_trim(in->rest);
	size_t at = span_find_str(l->rest, " when ");
	if (at < l->rest.n) {
		l->said->when = span_sub(l->rest, at + 6, l->rest.n);
		l->rest = span_sub(l->rest, 0, at);
	}
	return l->rest.n > 0;
}

/* use, repeat, rule, assert, default; false when the line is another. */
static bool
special(struct line_in *in, struct span w, bool *ok)
{
	struct gline *l = in->l;

	if (span_is(w, "use")) {
		l->kind = L_USE;
		l->key = guide_word(&in->rest);
		*ok = l->key.n > 0;
	} else if (span_is(w, "repeat")) {
		l->kind = L_REPEAT;
		l->key = guide_word(&in->rest);
		*ok = occurrence(guide_word(&in->rest), l);
	} else if (span_is(w, "rule")) {
		l->kind = L_RULE;
		l->key = guide_word(&in->rest);
		l->rest = span_trim(in->rest);
		*ok =
		    l->key.n == 1 && strchr("PRECL", l->key.p[0]) && l->rest.n;
	} else if (span_is(w, "assert")) {
		*ok = assert_line(in);
	} else if (span_is(w, "default")) {
		*ok = fill_line(in);
	} else {
		return false;
	}
	return true;
}

struct gline *
guide_parse_line(
    struct guides *gs, const char *file, unsigned no, struct span text)
{
	struct gline *l = line_new(gs, file, no);
	struct line_in in = {gs, l, text};
	struct span w = guide_word(&in.rest);
	bool ok = true;

	if (span_is(w, "read") || span_is(w, "write")) {
		l->way = span_is(w, "read") ? WAY_READ : WAY_WRITE;
		w = guide_word(&in.rest);
	}
	if (special(&in, w, &ok)) {
		if (!ok)
			guide_fault(gs, file, no, "\"%.*s\" is not understood",
			    (int)text.n, text.p);
		return ok ? l : NULL;
	}
	if (span_is(w, "group")) {
		l->group = guide_word(&in.rest);
		w = guide_word(&in.rest);
	} else if (span_is(w, "loop")) {
		l->group = w;
		w = guide_word(&in.rest);
	}
	if (!w.n || !statement(&in))
		return NULL;
	if (is_element(w)) {
		l->kind = L_ELEMENT;
		l->key = w;
		return l;
	}
	struct span group = l->group;
	struct gline *outer = expand(gs, l, w);
	if (group.n)
		l->group = group;
	return outer;
}
