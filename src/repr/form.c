/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "repr/form_impl.h"

/*
 * Fields are gathered in a tree of nodes and made JSON at the end, so that
 * numbered entries can be put in order and empty ones left out.
 */
struct node {
	struct span key;
	unsigned long long index; /* of a numbered entry */
	bool numbered, list;      /* list: its members are entries */
	bool has_value;
	struct span value;
	struct node *first, *next;
};

struct form {
	struct arena *a;
	struct node root;
	size_t pairs, unnumbered;
	struct err *err;
};

struct form *
form_new(struct arena *a, struct err *err)
{
	struct form *f = ARENA_NEW(a, struct form);

	f->a = a;
	f->err = err;
	f->unnumbered = FORM_MAX_INDEX + 1;
	return f;
}

static bool
part_is(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
			    "WXYZ0123456789_-.",
			s.p[i]) ||
		    s.p[i] == '\0')
			return false;
	return s.n > 0;
}

/* The member of that name; entries are kept in the order of their numbers. */
static struct node *
descend(struct form *f, struct node *at, struct span key)
{
	struct node **link = &at->first, *n;
	unsigned long long index = 0;
	bool numbered =
	    at != &f->root && (key.n == 0 || span_uint(key, &index));

	if (key.n == 0)
		index = f->unnumbered++;
	if (at->first && at->list != numbered)
		return NULL;
	at->list = numbered;
	for (n = *link; n; link = &n->next, n = *link)
		if (numbered ? n->index >= index : span_eq(n->key, key))
			break;
	if (n && (!numbered || n->index == index))
		return n;
	n = ARENA_NEW(f->a, struct node);
	n->key = key;
	n->index = index;
	n->next = *link;
	*link = n;
	return n;
}

/* name[part][part]; finds or makes the node; NULL when refused. */
static struct node *
locate(struct form *f, struct span name)
{
	size_t at = span_find(name, '[');
	struct span rest = span_sub(name, at, name.n);
	struct node *n = &f->root;
	unsigned long long index;
	int depth = 1;

	if (name.n > FORM_MAX_NAME || !part_is(span_sub(name, 0, at)))
		return NULL;
	n = descend(f, n, span_sub(name, 0, at));
	while (n && rest.n) {
		size_t end = span_find(rest, ']');
		struct span part = span_sub(rest, 1, end - 1);

		if (rest.p[0] != '[' || end == rest.n || n->has_value ||
		    (part.n && !part_is(part)) ||
		    (span_uint(part, &index) && index > FORM_MAX_INDEX) ||
		    ++depth > FORM_MAX_DEPTH)
			return NULL;
		n = descend(f, n, part);
		rest = span_sub(rest, end + 1, rest.n);
	}
	return n && n->first ? NULL : n;
}

/* CR LF and CR become LF; other control characters are refused. */
static enum rc
clean(struct form *f, struct span value, struct span *out)
{
	char *to = arena_alloc(f->a, value.n + 1);
	size_t n = 0;

	if (!utf8_is(value))
		return err_set(
		    f->err, RC_INPUT, "form.encoding", "a value is not UTF-8");
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c == '\r') {
			if (i + 1 < value.n && value.p[i + 1] == '\n')
				continue;
			c = '\n';
		}
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return err_set(f->err, RC_INPUT, "form.encoding",
			    "a value holds a control character");
		to[n++] = (char)c;
	}
	*out = span_make(to, n);
	return RC_OK;
}

enum rc
form_add(struct form *f, struct span name, struct span value)
{
	struct node *n;

	if (++f->pairs > FORM_MAX_PAIRS)
		return err_set(f->err, RC_INPUT, "form.pairs",
		    "more than %d fields", FORM_MAX_PAIRS);
	n = locate(f, name);
	if (n == NULL)
		return err_set(f->err, RC_INPUT, "form.name",
		    "not a field name: %.*s", (int)(name.n < 60 ? name.n : 60),
		    name.p);
	if (n->has_value)
		return err_set(f->err, RC_INPUT, "form.duplicate",
		    "%.*s is there twice", (int)name.n, name.p);
	n->has_value = true;
	return clean(f, value, &n->value);
}

/* A new reference, or NULL when nothing is in it. */
static json_t *
value_of(const struct node *n, bool top)
{
	json_t *v, *inner;

	if (n->has_value)
		return n->value.n ? json_stringn_nocheck(n->value.p, n->value.n)
				  : NULL;
	v = n->list ? json_array() : json_object();
	for (const struct node *m = n->first; m; m = m->next) {
		inner = value_of(m, false);
		if (inner == NULL)
			continue;
		if (n->list)
			(void)json_array_append_new(v, inner);
		else
			(void)json_object_setn_new_nocheck(
			    v, m->key.p, m->key.n, inner);
	}
	if (top || json_object_size(v) + json_array_size(v) > 0)
		return v;
	json_decref(v);
	return NULL;
}

json_t *
form_value(struct form *f)
{
	return repr_json_keep(f->a, value_of(&f->root, true));
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static enum rc
decode(struct form *f, struct span s, struct span *out)
{
	char *to = arena_alloc(f->a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = s.n - i > 2 ? hex(s.p[i + 1]) : -1;
			int low = s.n - i > 2 ? hex(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return err_set(f->err, RC_INPUT,
				    "form.encoding", "a broken %%XX");
			c = (char)(high << 4 | low);
			i += 2;
		}
		to[n++] = c;
	}
	*out = span_make(to, n);
	return RC_OK;
}

enum rc
form_read(struct span body, struct arena *a, json_t **out, struct err *err)
{
	struct form *f = form_new(a, err);

	if (body.n > FORM_MAX_BYTES)
		return err_set(err, RC_INPUT, "form.size", "more than %d bytes",
		    FORM_MAX_BYTES);
	while (body.p) {
		struct span pair = span_cut(&body, '&');
		struct span value = pair, name = span_cut(&value, '=');
		enum rc rc;

		if (pair.n == 0)
			continue;
		rc = decode(f, name, &name);
		if (rc == RC_OK)
			rc = decode(f, value, &value);
		if (rc == RC_OK)
			rc = form_add(f, name, value);
		if (rc != RC_OK)
			return rc;
	}
	*out = form_value(f);
	return RC_OK;
}

void
form_encode(struct buf *out, struct span s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char triple[3] = {'%', digits[c >> 4], digits[c & 15]};

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || (c && strchr("-._~", c)))
			buf_putc(out, (char)c);
		else
			buf_put(out, span_make(triple, 3));
	}
}
