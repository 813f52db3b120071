/* SPDX-License-Identifier: Apache-2.0
 *
 * Are two canonical documents the same, as far as the guide carries them?
 * Compared are all leaves by their path. What is declared lost may be absent
 * afterwards; what is computed or filled by default may be new.
 */
#include <string.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "guide/same.h"
#include "guide/same_list.h"
#include "guide/write.h"

#define SAME_DEPTH 16

/* Entries in another order are looked for, within reason: steps in vain in all,
 * and how many of them a whole comparison weighs. */
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
	bool strict;    /* nothing is new, nor absent because it is filled */
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
	if (c->strict)
		return false;
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
	return &by[hash_of(name) % SAME_HASH];
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

/* Where an entry is looked for. */
struct places {
	struct same_some *likely; /* what was filled by default may be absent */
	struct same_some *sure;
};

/* What is called so on one side, by its name on the other; NULL p: not met yet
 */
static struct span
called(const struct comparing *c, struct span name)
{
	uint32_t i = c->by_a ? *bucket(c->by_a, name) : 0;

	while (i && !span_eq(c->names[i - 1].a, name))
		i = c->names[i - 1].same_a;
	return i ? c->names[i - 1].b : (struct span){0};
}

/* What the entry on the other side has to say in this member; NULL p: anything
 */
static struct span
wanted(struct comparing *c, const json_t *item, const json_t *v)
{
	if (json_string_length(v) == 0 || tolerated(c, item))
		return (struct span){0};
	return is_name(c) ? called(c, text(v)) : text(v);
}

static void
fewer(struct same_some **best, struct same_some *some)
{
	if (!*best || some->n < (*best)->n)
		*best = some;
}

/* The fewest entries of the list that can be meant; NULL: any. */
static struct places
places(struct comparing *c, const json_t *item, struct same_list *list)
{
	json_t *from = (json_t *)(uintptr_t)item;
	struct places p = {NULL, NULL};

	for (void *i = json_object_iter(from); i;
	     i = json_object_iter_next(from, i)) {
		struct span key = span_of(json_object_iter_key(i));
		c->path[c->depth++] = key;
		struct span v = wanted(c, item, json_object_iter_value(i));
		if (v.n)
			fewer(filled(c) ? &p.likely : &p.sure,
			    same_list_find(list, key, v));
		c->depth--;
	}
	return p;
}

static bool
among(struct comparing *c, const json_t *item, const json_t *list,
    struct same_some *some)
{
	const char *where = c->where;
	size_t depth = c->depth, names = c->nnames;

	for (uint32_t i = 0; i < some->n && c->tries < SAME_TRIES; i++) {
		uint32_t at = (some->start + i) % some->n;
		uint32_t k = some->entries ? some->entries[at] : at;
		if (same(c, item, json_array_get(list, k))) {
			some->start = at + 1;
			return true;
		}
		c->tries += SAME_WHOLE;
		c->depth = depth;
		c->where = where;
		names_back(c, names);
	}
	return false;
}

/* Entries may stand in another order, as long as none is missing. */
static bool
somewhere(struct comparing *c, const json_t *item, const json_t *list,
    struct same_list **said)
{
	struct same_some all = {.n = (uint32_t)json_array_size(list)};

	if (!*said) {
		*said =
		    same_list_new(list, guide_family(c->g) != EDI_UBL, c->a);
		c->tries += all.n;
	}
	struct places p = places(c, item, *said);
	if (p.likely && (!p.sure || p.likely->n < p.sure->n) &&
	    among(c, item, list, p.likely))
		return true;
	return among(c, item, list, p.sure ? p.sure : &all);
}

/* Does b say what a does not? */
static bool
says_more(struct comparing *c, const json_t *a, const json_t *b)
{
	json_t *from = (json_t *)(uintptr_t)b;
	bool more = false;

	for (void *i = json_object_iter(from); i && !more;
	     i = json_object_iter_next(from, i)) {
		if (json_object_get(a, json_object_iter_key(i)))
			continue;
		c->path[c->depth++] = span_of(json_object_iter_key(i));
		more = !tolerated(c, NULL);
		c->depth--;
	}
	return more;
}

/* What names others comes first: it tells which of them is which. */
static bool
members(struct comparing *c, const json_t *a, const json_t *b)
{
	if (c->strict && says_more(c, a, b))
		return differs(c);
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

/* One entry of a list at its place, or else at another one. */
static bool
entry(struct comparing *c, const json_t *item, const json_t *list, size_t i,
    struct same_list **said)
{
	const char *where = c->where, *first;
	size_t depth = c->depth, names = c->nnames;

	if (same(c, item, json_array_get(list, i)))
		return true;
	first = c->where;
	c->depth = depth;
	c->where = where;
	names_back(c, names);
	if (somewhere(c, item, list, said))
		return true;
	c->where = first;
	return false;
}

/* The ith entry of a, in b. One that is the same in all it says goes before one
 * that will do. */
static bool
item(struct comparing *c, const json_t *a, const json_t *b, size_t i,
    struct same_list **said)
{
	const json_t *one = json_array_get(a, i);
	const char *where = c->where;
	size_t depth = c->depth;
	bool strict = c->strict;

	if (entry_lost(c, one))
		return true;
	c->path[c->depth++] = span_of(arena_printf(c->a, "%zu", i));
	c->strict = true;
	bool found = entry(c, one, b, i, said);
	c->strict = strict;
	if (!found && !strict) {
		c->depth = depth + 1;
		c->where = where;
		found = entry(c, one, b, i, said);
	}
	if (found)
		c->depth = depth;
	return found;
}

/* Is it known who the parent of the entry is on the other side? */
static bool
placed(const struct comparing *c, const json_t *entry)
{
	struct span up = c->g->names.up;
	struct span name = text(json_object_getn(entry, up.p, up.n));

	return !name.n || called(c, name).n;
}

/* Entries that lie in others are told apart by those: they come later. */
static bool
nested_items(struct comparing *c, const json_t *a, const json_t *b)
{
	struct same_list *said = NULL;
	size_t n = json_array_size(a), left = n;
	bool *done = ARENA_ARRAY(c->a, bool, n + 1);

	for (unsigned round = 0; left && round <= SAME_DEPTH; round++)
		for (size_t i = 0; i < n; i++) {
			if (done[i] || (round < SAME_DEPTH &&
					   !placed(c, json_array_get(a, i))))
				continue;
			done[i] = true;
			left--;
			if (!item(c, a, b, i, &said))
				return false;
		}
	return true;
}

static bool
items(struct comparing *c, const json_t *a, const json_t *b)
{
	const struct gnames *names = &c->g->names;
	struct same_list *said = NULL;

	if (names->up.n && c->depth == 1 && span_eq(c->path[0], names->list))
		return nested_items(c, a, b);
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!item(c, a, b, i, &said))
			return false;
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

enum rc
guide_compare(const struct guide *g, const json_t *a, const json_t *b,
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
		rc = guide_compare(g, a, b, arena, err);
	arena_free(arena);
	return rc;
}
