/* SPDX-License-Identifier: Apache-2.0
 *
 * Are two canonical documents the same, as far as the guide carries them?
 * Compared are all leaves by their path. What is declared lost may be absent
 * afterwards; what is computed or filled by default may be new.
 */
#include <string.h>

#include "base/decimal.h"
#include "guide/agreement.h"
#include "guide/write.h"

#define SAME_DEPTH 16

/* Entries in another order are looked for, within reason: glances in all, and
 * how many of them a whole comparison weighs. */
#define SAME_TRIES 20000000
#define SAME_WHOLE 100

/* A name on one side and what it is called on the other. */
struct renamed {
	struct span a, b;
	uint32_t same_a, same_b; /* the one before with the same hash, + 1 */
};

#define SAME_HASH 16384u

struct comparing {
	const struct guide *g;
	struct arena *a;
	struct span path[SAME_DEPTH];
	size_t depth;
	bool backwards; /* b is the original */
	const char *where;
	struct renamed *names;
	size_t nnames, names_cap;
	uint32_t *by_a, *by_b; /* the last of them + 1, by hash */
	size_t tries;
};

/* parties.*.vat_id against the present path; a prefix is enough. */
static bool
pattern_fits(const struct comparing *c, struct span pattern, bool whole)
{
	size_t i = 0;

	while (pattern.p) {
		struct span part = span_cut(&pattern, '.');
		if (i == c->depth)
			return false;
		if (!span_is(part, "*") && !span_eq(part, c->path[i]))
			return false;
		i++;
	}
	return !whole || i == c->depth;
}

/* What the envelope says is not the guide's business. */
static bool
of_envelope(const struct comparing *c)
{
	static const char *const names[] = {"type", "standard", "version",
	    "test", "sender", "receiver", "control_ref", "message_ref"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (c->depth && span_is(c->path[0], names[i]))
			return true;
	return false;
}

/* The path of a slot, lists as "*". */
static bool
slot_fits(const struct comparing *c, const struct gslot *s)
{
	const struct gscope *scope = &c->g->scopes[s->scope];
	size_t at = 0;

	if (s->scope) {
		const struct gslot *list = &c->g->slots[scope->slot];
		if (list->scope)
			return c->depth > s->nparts &&
			       span_eq(c->path[c->depth - 1],
				   s->parts[s->nparts - 1]);
		for (uint8_t i = 0; i < list->nparts; i++, at++)
			if (at >= c->depth ||
			    !span_eq(list->parts[i], c->path[at]))
				return false;
		at++;
	}
	for (uint8_t i = 0; i < s->nparts; i++, at++)
		if (at >= c->depth || !span_eq(s->parts[i], c->path[at]))
			return false;
	return at == c->depth;
}

/* Filled by default: may be there on one side only. */
static bool
filled(const struct comparing *c)
{
	for (uint16_t i = 0; i < c->g->nslots; i++)
		if (c->g->slots[i].filled && slot_fits(c, &c->g->slots[i]))
			return true;
	return false;
}

/* What a message always implies may be new, but not another. */
static bool
tolerated(const struct comparing *c, const json_t *other)
{
	if (of_envelope(c))
		return true;
	for (const struct gword *w = c->g->lost; w; w = w->next)
		if (pattern_fits(c, w->word, false))
			return true;
	for (const struct gword *w = c->g->sets; w && !other; w = w->next)
		if (pattern_fits(c, w->word, true))
			return true;
	for (uint16_t i = 0; i < c->g->nslots; i++)
		if (c->g->slots[i].computed && slot_fits(c, &c->g->slots[i]))
			return true;
	return false;
}

static bool
blank(char ch)
{
	return ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r';
}

/* Equal but for the number of blanks and line ends between words. */
static bool
same_words(struct span a, struct span b)
{
	a = span_trim(a);
	b = span_trim(b);
	size_t i = 0, k = 0;
	while (i < a.n && k < b.n) {
		if (blank(a.p[i]) && blank(b.p[k])) {
			while (i < a.n && blank(a.p[i]))
				i++;
			while (k < b.n && blank(b.p[k]))
				k++;
		} else if (a.p[i++] != b.p[k++]) {
			return false;
		}
	}
	return i == a.n && k == b.n;
}

static struct span
text(const json_t *v)
{
	return span_make(json_string_value(v), json_string_length(v));
}

static bool
same_text(struct comparing *c, struct span a, struct span b)
{
	struct decimal x, y;

	if (same_words(a, b))
		return true;
	if (decimal_read(a, '.', &x) && decimal_read(b, '.', &y) &&
	    decimal_cmp(x, y) == 0)
		return true;
	return guide_family(c->g) != EDI_UBL &&
	       same_words(guide_ascii(c->a, a), guide_ascii(c->a, b));
}

static bool
differs(struct comparing *c)
{
	struct buf b;

	if (c->where)
		return false;
	buf_init(&b, 400);
	for (size_t i = 0; i < c->depth; i++)
		buf_printf(&b, "/%.*s", (int)c->path[i].n, c->path[i].p);
	c->where = arena_str(c->a, buf_span(&b));
	buf_done(&b);
	return false;
}

static bool same(struct comparing *c, const json_t *a, const json_t *b);

/* packages.3.id, lines.7.package: names that count only in their document. */
static bool
is_name(const struct comparing *c)
{
	const struct gnames *n = &c->g->names;

	if (!n->own.n || c->depth != 3)
		return false;
	if (span_eq(c->path[0], n->list))
		return span_eq(c->path[2], n->own) ||
		       (n->up.n && span_eq(c->path[2], n->up));
	return n->ref.n && span_eq(c->path[0], n->from) &&
	       span_eq(c->path[2], n->ref);
}

static uint32_t *
bucket(uint32_t *by, struct span name)
{
	return &by[guide_hash(name) % SAME_HASH];
}

/* What was learned since there were n names is forgotten. */
static void
names_back(struct comparing *c, size_t n)
{
	while (c->nnames > n) {
		const struct renamed *x = &c->names[--c->nnames];
		*bucket(c->by_a, x->a) = x->same_a;
		*bucket(c->by_b, x->b) = x->same_b;
	}
}

static void
names_add(struct comparing *c, struct span a, struct span b)
{
	uint32_t *in_a = bucket(c->by_a, a), *in_b = bucket(c->by_b, b);

	c->names = arena_grow(
	    c->a, c->names, sizeof(*c->names), &c->names_cap, c->nnames + 1);
	c->names[c->nnames++] = (struct renamed){a, b, *in_a, *in_b};
	*in_a = *in_b = (uint32_t)c->nnames;
}

/* The same thing, whatever it is called? The first meeting decides. */
static bool
same_name(struct comparing *c, struct span a, struct span b)
{
	if (!a.n || !b.n)
		return a.n == b.n;
	if (!c->by_a) {
		c->by_a = ARENA_ARRAY(c->a, uint32_t, SAME_HASH);
		c->by_b = ARENA_ARRAY(c->a, uint32_t, SAME_HASH);
	}
	uint32_t i = *bucket(c->by_a, a), k = *bucket(c->by_b, b);
	while (i && !span_eq(c->names[i - 1].a, a))
		i = c->names[i - 1].same_a;
	while (k && !span_eq(c->names[k - 1].b, b))
		k = c->names[k - 1].same_b;
	if (!i && !k)
		names_add(c, a, b);
	return i == k;
}

/* Every member of a is in b. */
static bool
members_but(struct comparing *c, const json_t *a, const json_t *b, bool named)
{
	json_t *from = (json_t *)(uintptr_t)a;

	for (void *i = json_object_iter(from); i;
	     i = json_object_iter_next(from, i)) {
		struct span key = span_of(json_object_iter_key(i));
		if (c->depth == 0 && c->g->names.list.n &&
		    span_eq(key, c->g->names.list) != named)
			continue;
		c->path[c->depth++] = key;
		const json_t *other =
		    json_object_get(b, json_object_iter_key(i));
		if (!same(c, json_object_iter_value(i), other))
			return false;
		c->depth--;
	}
	return true;
}

/* The first text of an entry that has to be the same on the other side. */
static const char *
telling(struct comparing *c, const json_t *item)
{
	json_t *from = (json_t *)(uintptr_t)item;
	const char *key = NULL;

	for (void *i = json_object_iter(from); i && !key;
	     i = json_object_iter_next(from, i)) {
		c->path[c->depth++] = span_of(json_object_iter_key(i));
		if (json_string_length(json_object_iter_value(i)) &&
		    !is_name(c) && !tolerated(c, item))
			key = json_object_iter_key(i);
		c->depth--;
	}
	return key;
}

static bool
ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* Not the entry, by its telling text alone. */
static bool
other_one(struct comparing *c, const json_t *item, const json_t *other,
    const char *key)
{
	struct span a = text(key ? json_object_get(item, key) : NULL);
	struct span b = text(key ? json_object_get(other, key) : NULL);

	return a.n && b.n && ascii(a) && ascii(b) && !same_text(c, a, b);
}

/* Entries may stand in another order, as long as none is missing. */
static bool
somewhere(
    struct comparing *c, const json_t *item, const json_t *list, size_t *hint)
{
	const char *where = c->where;
	size_t depth = c->depth, names = c->nnames, n = json_array_size(list);
	const char *key = telling(c, item);

	for (size_t i = 0; i < n && c->tries < SAME_TRIES; i++) {
		size_t at = (i + *hint) % n;
		const json_t *other = json_array_get(list, at);
		c->tries++;
		if (other_one(c, item, other, key))
			continue;
		c->tries += SAME_WHOLE;
		if (same(c, item, other)) {
			*hint = at + 1;
			return true;
		}
		c->depth = depth;
		c->where = where;
		names_back(c, names);
	}
	return false;
}

/* What names others comes first: it tells which of them is which. */
static bool
members(struct comparing *c, const json_t *a, const json_t *b)
{
	if (!members_but(c, a, b, false))
		return false;
	return c->depth || !c->g->names.list.n || members_but(c, a, b, true);
}

/* Entries with a constant part may be declared lost: refs[kind=branch]. */
static bool
entry_lost(const struct comparing *c, const json_t *item)
{
	for (const struct gword *w = c->g->lost; w; w = w->next) {
		struct span rest = w->word;
		struct span list = span_cut(&rest, '[');
		struct span key = span_cut(&rest, '=');
		struct span value = span_cut(&rest, ']');

		if (value.n == 0 || !pattern_fits(c, list, true))
			continue;
		const json_t *part = json_object_getn(item, key.p, key.n);
		if (json_is_string(part) && span_eq(text(part), value))
			return true;
	}
	return false;
}

static bool
items(struct comparing *c, const json_t *a, const json_t *b)
{
	size_t hint = 0;

	for (size_t i = 0; i < json_array_size(a); i++) {
		const json_t *item = json_array_get(a, i);
		if (entry_lost(c, item))
			continue;
		const char *where = c->where;
		size_t depth = c->depth++, names = c->nnames;
		c->path[depth] = span_of(arena_printf(c->a, "%zu", i));
		if (!same(c, item, json_array_get(b, i))) {
			const char *first = c->where;
			c->depth = depth + 1;
			c->where = where;
			names_back(c, names);
			if (!somewhere(c, item, b, &hint)) {
				c->where = first;
				return false;
			}
		}
		c->depth = depth;
	}
	return true;
}

static bool
same(struct comparing *c, const json_t *a, const json_t *b)
{
	if (json_is_null(a) || c->depth + 1 >= SAME_DEPTH)
		return true;
	if (json_is_object(a))
		return members(c, a, b);
	if (json_is_array(a))
		return items(c, a, b);
	if (tolerated(c, b))
		return true;
	if (is_name(c))
		return same_name(c, text(a), text(b)) || differs(c);
	if (!b && filled(c))
		return true;
	if (json_is_string(a) && json_string_length(a) == 0)
		return true;
	if (json_is_string(a) && json_is_string(b))
		return same_text(c, text(a), text(b)) || differs(c);
	return (b && json_equal(a, b)) || differs(c);
}

static enum rc
compare(const struct guide *g, const json_t *a, const json_t *b,
    struct arena *arena, struct err *err)
{
	struct comparing c = {.g = g, .a = arena};

	if (same(&c, a, b)) {
		c.depth = 0;
		c.backwards = true;
		names_back(&c, 0);
		if (same(&c, b, a))
			return RC_OK;
	}
	return err_set(err, RC_INPUT, "write.readback",
	    "%s is %s after writing by %s", c.where ? c.where : "/",
	    c.backwards ? "new or another" : "lost or another", guide_name(g));
}

enum rc
guide_same(const struct guide *g, struct span a_json, struct span b_json,
    struct err *err)
{
	struct arena *arena = arena_new();
	json_t *a, *b;
	enum rc rc = repr_json_trusted(a_json, arena, &a, err);

	if (rc == RC_OK)
		rc = repr_json_trusted(b_json, arena, &b, err);
	if (rc == RC_OK)
		rc = compare(g, a, b, arena, err);
	arena_free(arena);
	return rc;
}

/* Why our own reader refuses what was written: its first error. */
static enum rc
refused(const json_t *message, struct err *err)
{
	const json_t *fs = json_object_get(message, "findings");
	const json_t *f = json_array_get(fs, 0);

	for (size_t i = 0; i < json_array_size(fs); i++) {
		const char *severity =
		    repr_json_str(json_array_get(fs, i), "severity");
		if (severity && strcmp(severity, "error") == 0) {
			f = json_array_get(fs, i);
			break;
		}
	}
	const char *part[] = {repr_json_str(f, "rule"), repr_json_str(f, "tag"),
	    repr_json_str(f, "xpath"), repr_json_str(f, "found"),
	    repr_json_str(f, "expected")};
	for (size_t i = 0; i < 5; i++)
		part[i] = part[i] ? part[i] : "";
	return err_set(err, RC_INPUT, "write.readback",
	    "our own reader refuses the document: %s at %s%s %lld, found "
	    "\"%s\", expected \"%s\"",
	    part[0], part[1], part[2],
	    (long long)repr_json_int(f, "element", 0), part[3], part[4]);
}

enum rc
document_verify(const struct guides *gs, const json_t *agreement,
    const json_t *canonical, struct span bytes, struct arena *a,
    struct err *err)
{
	const char *type = repr_json_str(canonical, "type");
	const struct guide *g =
	    type ? agreement_writes(gs, agreement, type) : NULL;
	struct document_options o = {
	    .guide = g ? guide_name(g) : NULL, .need_guide = true};
	struct buf result;
	json_t *read;

	if (!g)
		return err_set(err, RC_ABSENT, "guide.absent",
		    "the agreement names no guide");
	buf_init(&result, SIZE_MAX / 8);
	enum rc rc = document_read(gs, bytes, NULL, &o, a, &result, NULL, err);
	struct span text_of = arena_span(a, buf_span(&result));
	buf_done(&result);
	if (rc == RC_OK)
		rc = repr_json_trusted(text_of, a, &read, err);
	if (rc != RC_OK)
		return rc;
	const json_t *m = repr_json_at(read, "interchanges.0.messages.0");
	const char *verdict = repr_json_str(m, "verdict");
	if (!verdict || strcmp(verdict, "accepted") != 0)
		return refused(m, err);
	return compare(g, canonical, json_object_get(m, "canonical"), a, err);
}
