/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the guides below a folder and compiles them. Names are paths without
 * the ending and without "base/".
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/conf.h"
#include "guide/compile.h"

#define GUIDE_FILE_MAX (1024 * 1024)
#define GUIDE_FILES 4000

struct guides *
guides_new(struct arena *a)
{
	struct guides *gs = ARENA_NEW(a, struct guides);

	gs->a = a;
	return gs;
}

static int
by_name(const void *a, const void *b)
{
	const struct guide *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void
source_add(struct guides *gs, struct gsource *s)
{
	gs->sources = arena_grow(gs->a, gs->sources, sizeof(*gs->sources),
	    &gs->sources_cap, gs->nsources + 1);
	gs->sources[gs->nsources++] = s;
}

static void
seek(struct guides *gs, size_t i)
{
	const struct gsource *s = gs->list[i]->source;

	gs->sought[i].name = guide_hash(span_of(gs->list[i]->name));
	gs->sought[i].kind = guide_kind(s->family, s->type);
}

static void
compile(struct guides *gs, struct gsource *s)
{
	guide_merge(gs, s);
	struct guide *g = guide_compile(gs, s);
	gs->list = arena_grow(
	    gs->a, gs->list, sizeof(struct guide *), &gs->list_cap, gs->n + 1);
	gs->sought = arena_grow(
	    gs->a, gs->sought, sizeof(*gs->sought), &gs->sought_cap, gs->n + 1);
	gs->list[gs->n++] = g;
	seek(gs, gs->n - 1);
}

/* "base/edifact/orders-d96a.guide" to "edifact/orders-d96a" */
static struct span
name_of(struct guides *gs, const char *path)
{
	struct span n = span_of(path);

	if (span_starts(n, "base/"))
		n = span_sub(n, 5, n.n);
	for (size_t i = n.n; i > 0 && n.p[i - 1] != '/'; i--)
		if (n.p[i - 1] == '.') {
			n = span_sub(n, 0, i - 1);
			break;
		}
	return arena_span(gs->a, n);
}

static enum rc
file(struct guides *gs, const char *dir, const char *path, struct err *err)
{
	struct span text;
	const char *full = arena_printf(gs->a, "%s/%s", dir, path);
	enum rc rc = file_read(full, GUIDE_FILE_MAX, gs->a, &text, err);
	char *shown = arena_str(gs->a, span_of(path));

	if (rc != RC_OK)
		return rc;
	if (span_ends(span_of(path), ".segments")) {
		(void)guide_parse_segments(gs, text, shown, name_of(gs, path));
		return RC_OK;
	}
	struct gsource *s = guide_parse(gs, text, shown, name_of(gs, path));
	s->of_partner = !span_starts(span_of(path), "base/");
	source_add(gs, s);
	return RC_OK;
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The names in a folder, sorted, without those that begin with a dot. */
static bool
names(struct guides *gs, const char *dir, const char ***out, size_t *n)
{
	size_t cap = 0;
	DIR *d = opendir(dir);

	*out = NULL;
	*n = 0;
	if (!d)
		return false;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		*out = arena_grow(gs->a, *out, sizeof(**out), &cap, *n + 1);
		(*out)[(*n)++] = arena_str(gs->a, span_of(e->d_name));
	}
	(void)closedir(d);
	if (*n)
		qsort(*out, *n, sizeof(**out), by_text);
	return true;
}

static enum rc
folder(struct guides *gs, const char *dir, const char *below, int depth,
    struct err *err)
{
	const char **list;
	size_t n;
	enum rc rc = RC_OK;
	const char *here = arena_printf(gs->a, "%s/%s", dir, below);

	if (!names(gs, here, &list, &n))
		return err_set(
		    err, RC_FAULT, "file.read", "cannot read %s", here);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		struct span name = span_of(list[i]);
		const char *path = arena_printf(
		    gs->a, "%s%s%s", below, *below ? "/" : "", list[i]);
		struct stat st;
		if (stat(arena_printf(gs->a, "%s/%s", dir, path), &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < 4)
			rc = folder(gs, dir, path, depth + 1, err);
		else if ((span_ends(name, ".guide") ||
			     span_ends(name, ".segments")) &&
			 gs->nsources < GUIDE_FILES)
			rc = file(gs, dir, path, err);
	}
	return rc;
}

enum rc
guides_load(const char *dir, struct arena *a, struct buf *report,
    struct guides **out, struct err *err)
{
	struct guides *gs = guides_new(a);
	struct err ignored;
	enum rc rc;

	gs->report = report;
	gs->err = err ? err : &ignored;
	rc = folder(gs, dir, "", 0, gs->err);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < gs->nsources; i++)
		compile(gs, gs->sources[i]);
	if (gs->n)
		qsort(gs->list, gs->n, sizeof(*gs->list), by_name);
	for (size_t i = 0; i < gs->n; i++)
		seek(gs, i);
	*out = gs;
	gs->err = NULL;
	gs->report = NULL;
	return gs->faults ? RC_INPUT : RC_OK;
}

enum rc
guides_add(
    struct guides *gs, struct span text, const char *name, struct err *err)
{
	size_t before = gs->faults;
	char *file_name = arena_str(gs->a, span_of(name));
	struct err ignored;

	text = arena_span(gs->a, text);
	gs->err = err ? err : &ignored;
	gs->faults = 0;
	if (span_starts(text, "segments "))
		(void)guide_parse_segments(
		    gs, text, file_name, span_of(file_name));
	else {
		struct gsource *s =
		    guide_parse(gs, text, file_name, span_of(file_name));
		source_add(gs, s);
		compile(gs, s);
	}
	size_t faults = gs->faults;
	gs->faults = before + faults;
	gs->err = NULL;
	return faults ? RC_INPUT : RC_OK;
}

size_t
guides_count(const struct guides *gs)
{
	return gs->n;
}

const struct guide *
guides_at(const struct guides *gs, size_t i)
{
	return gs->list[i];
}

const struct guide *
guides_named(const struct guides *gs, struct span name)
{
	uint32_t hash = guide_hash(name);

	for (size_t i = 0; i < gs->n; i++)
		if (gs->sought[i].name == hash &&
		    span_is(name, gs->list[i]->name))
			return gs->list[i];
	return NULL;
}

const char *
guide_name(const struct guide *g)
{
	return g->name;
}

struct span
guide_root(const struct guide *g)
{
	return g->source->root;
}

const char *
guide_type(const struct guide *g)
{
	return g->type;
}

const char *
guide_version(const struct guide *g)
{
	return g->version;
}

const char *
guide_document(const struct guide *g)
{
	return g->document;
}

const char *
guide_between(const struct guide *g, bool sender)
{
	return sender ? g->sender : g->receiver;
}

enum edi_family
guide_family(const struct guide *g)
{
	return g->source->family;
}
