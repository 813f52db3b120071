/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "repr/text_impl.h"

#define FILE_MAX (512 * 1024)
#define NAMES_MAX 32

static size_t
hash_of(struct span s)
{
	size_t h = 1469598103934665603u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h ^ h >> 29;
}

static struct text_entry **
slot_of(const struct text *t, struct span key)
{
	size_t i = hash_of(key) & (t->nslots - 1);

	while (t->slots[i] && !span_is(key, t->slots[i]->key))
		i = (i + 1) & (t->nslots - 1);
	return &t->slots[i];
}

const struct text_entry *
text_find(const struct text *t, struct span key)
{
	return *slot_of(t, key);
}

bool
text_has(const struct text *t, struct span key)
{
	return text_find(t, key) != NULL;
}

void
text_each(
    const struct text *t, void (*seen)(void *arg, const char *key), void *arg)
{
	for (const struct text_entry *e = t->first; e; e = e->next)
		seen(arg, e->key);
}

/* Room for twice as many keys as there are. */
static void
grow(struct text *t)
{
	if (t->nslots > 2 * t->nentries)
		return;
	t->nslots = t->nslots ? t->nslots * 2 : 1024;
	t->slots = ARENA_ARRAY(t->a, struct text_entry *, t->nslots);
	for (struct text_entry *e = t->first; e; e = e->next)
		*slot_of(t, span_of(e->key)) = e;
}

const char *
text_missed(const struct text *t)
{
	return t->missed;
}

void
text_note_missed(const struct text_locale *l, struct span key)
{
	(void)snprintf(l->text->missed, sizeof l->text->missed, "%.*s",
	    (int)(key.n < 120 ? key.n : 120), key.p);
}

static enum rc
add(struct text *t, size_t language, const char *key, const char *pattern,
    struct err *err)
{
	struct text_entry **slot, *e;
	struct err why = {.rc = RC_OK};

	grow(t);
	slot = slot_of(t, span_of(key));
	e = *slot;
	if (e == NULL) {
		e = ARENA_NEW(t->a, struct text_entry);
		e->key = arena_str(t->a, span_of(key));
		e->next = t->first;
		t->first = *slot = e;
		t->nentries++;
	}
	if (e->by_language[language])
		return err_set(
		    err, RC_INPUT, "text.duplicate", "%s is there twice", key);
	if (message_compile(arena_span(t->a, span_of(pattern)), t->a,
		&e->by_language[language], &why) != RC_OK)
		return err_set(
		    err, RC_INPUT, "text.syntax", "%s: %s", key, why.text);
	return RC_OK;
}

static enum rc
load_file(struct text *t, size_t language, const char *path, struct err *err)
{
	struct arena *a = arena_new();
	struct err why = {.rc = RC_OK};
	struct span bytes;
	const char *key;
	json_t *all = NULL, *pattern;
	enum rc rc = file_read(path, FILE_MAX, a, &bytes, err);

	if (rc == RC_OK && repr_json_read(bytes, a, &all, &why) != RC_OK)
		rc = err_set(
		    err, RC_INPUT, "text.syntax", "%s: %s", path, why.text);
	json_object_foreach(all, key, pattern)
	{
		if (rc != RC_OK)
			break;
		if (!json_is_string(pattern))
			rc = err_set(err, RC_INPUT, "text.syntax",
			    "%s: %s is not a string", path, key);
		else
			rc = add(
			    t, language, key, json_string_value(pattern), err);
	}
	arena_free(a);
	return rc;
}

static enum rc
load_language(struct text *t, const char *dir, const char *tag, struct err *err)
{
	struct text_language *l = &t->languages[t->nlanguages];
	const char *path = arena_printf(t->a, "%s/%s", dir, tag);
	const struct dirent *e;
	enum rc rc;
	DIR *d;

	if (t->nlanguages == TEXT_LANGUAGES || strlen(tag) >= sizeof l->tag)
		return err_set(err, RC_INPUT, "text.syntax",
		    "one language too many: %s", tag);
	rc = text_language_open(l, tag, t->a, err);
	if (rc != RC_OK)
		return rc;
	d = opendir(path);
	if (d == NULL)
		return err_set(err, RC_ABSENT, "file.absent", "%s: %s", path,
		    strerror(errno));
	while (rc == RC_OK && (e = readdir(d)) != NULL)
		if (span_ends(span_of(e->d_name), ".json"))
			rc = load_file(t, t->nlanguages,
			    arena_printf(t->a, "%s/%s", path, e->d_name), err);
	closedir(d);
	t->nlanguages++;
	return rc;
}

struct names {
	struct span names[NAMES_MAX];
	size_t n;
};

static void
note_name(void *arg, struct span name)
{
	struct names *all = arg;

	for (size_t i = 0; i < all->n; i++)
		if (span_eq(all->names[i], name))
			return;
	if (all->n < NAMES_MAX)
		all->names[all->n++] = name;
}

/* An argument that is called like a language holds that language's sentence
 * (guides bring their own), so it need not stand in the others. */
static bool
names_within(const struct text *t, const struct names *a, const struct names *b)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;
		size_t l = 0;

		while (k < b->n && !span_eq(a->names[i], b->names[k]))
			k++;
		while (l < t->nlanguages &&
		       !span_is(a->names[i], t->languages[l].tag))
			l++;
		if (k == b->n && l == t->nlanguages)
			return false;
	}
	return true;
}

/* Every language has every key, with the same arguments. */
static enum rc
compare(const struct text *t, const struct text_entry *e, struct err *err)
{
	struct names first = {.n = 0};

	for (size_t i = 0; i < t->nlanguages; i++) {
		struct names here = {.n = 0};

		if (e->by_language[i] == NULL)
			return err_set(err, RC_INPUT, "text.missing",
			    "%s has no %s", t->languages[i].tag, e->key);
		message_each(e->by_language[i], note_name, i ? &here : &first);
		if (i && !(names_within(t, &here, &first) &&
			     names_within(t, &first, &here)))
			return err_set(err, RC_INPUT, "text.arguments",
			    "%s: arguments of %s differ", e->key,
			    t->languages[i].tag);
	}
	return RC_OK;
}

/* The default language comes first; entries of dir are languages. */
static enum rc
load_all(struct text *t, const char *dir, struct err *err)
{
	const struct dirent *e;
	enum rc rc = load_language(t, dir, "en", err);
	DIR *d = opendir(dir);

	while (rc == RC_OK && d && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && strcmp(e->d_name, "en") != 0)
			rc = load_language(t, dir, e->d_name, err);
	if (d)
		closedir(d);
	for (const struct text_entry *k = t->first; k && rc == RC_OK;
	     k = k->next)
		rc = compare(t, k, err);
	return rc;
}

enum rc
text_load(const char *dir, struct arena *a, struct text **out, struct err *err)
{
	struct text *t = ARENA_NEW(a, struct text);

	t->a = a;
	grow(t);
	*out = t;
	return load_all(t, dir, err);
}

static size_t
language_index(const struct text *t, const char *language)
{
	size_t i = 0;

	while (i < t->nlanguages && language &&
	       strcmp(t->languages[i].tag, language) != 0)
		i++;
	return language ? i : t->nlanguages;
}

bool
text_speaks(const struct text *t, const char *language)
{
	return language_index(t, language) < t->nlanguages;
}

/* A zone name comes from outside, so their number is bounded. */
const struct text_locale *
text_locale(struct text *t, const char *language, const char *zone)
{
	size_t index = language_index(t, language);
	struct text_locale *l;

	if (index == t->nlanguages)
		index = 0;
	if (zone == NULL || strlen(zone) >= sizeof l->zone)
		zone = "UTC";
	for (size_t i = 0; i < t->nlocales; i++)
		if (t->locales[i]->index == index &&
		    strcmp(t->locales[i]->zone, zone) == 0)
			return t->locales[i];
	if (t->nlocales == TEXT_LOCALES)
		return t->locales[0];
	l = ARENA_NEW(t->a, struct text_locale);
	l->text = t;
	l->index = index;
	l->language = &t->languages[index];
	(void)snprintf(l->zone, sizeof l->zone, "%s", zone);
	l->clock = text_clock_open(zone, t->a);
	t->locales[t->nlocales++] = l;
	return l;
}

const char *
text_language(const struct text_locale *l)
{
	return l->language->tag;
}
