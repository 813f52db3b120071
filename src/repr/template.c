/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/conf.h"
#include "repr/template_impl.h"

#define FILE_MAX (256 * 1024)

struct template_set *
template_set_new(const struct template_options *options, struct arena *a)
{
	struct template_set *set = ARENA_NEW(a, struct template_set);

	set->a = a;
	set->options = *options;
	return set;
}

struct template *
template_of(const struct template_set *set, struct span name)
{
	struct template *t = set->first;

	while (t && !span_is(name, t->name))
		t = t->next;
	return t;
}

const struct template *
template_find(const struct template_set *set, const char *name)
{
	return template_of(set, span_of(name));
}

void
template_set_each(const struct template_set *set,
    void (*seen)(void *arg, const char *name), void *arg)
{
	for (const struct template *t = set->first; t; t = t->next)
		seen(arg, t->name);
}

enum rc
template_set_add(struct template_set *set, const char *name, struct span text,
    struct err *err)
{
	struct template *t = template_of(set, span_of(name));

	if (t == NULL) {
		t = ARENA_NEW(set->a, struct template);
		t->name = arena_str(set->a, span_of(name));
		t->set = set;
		t->next = set->first;
		set->first = t;
	}
	return template_compile(
	    t, arena_span(set->a, text), &template_default_delims, set->a, err);
}

static enum rc
link_one(struct template_set *set, struct template *t, struct err *err)
{
	for (size_t i = 0; i < t->nnodes; i++) {
		struct template_node *n = &t->nodes[i];

		if (n->kind != TEMPLATE_PARTIAL)
			continue;
		n->partial = template_of(set, n->names[0]);
		if (n->partial == NULL && set->options.strict)
			return err_set(err, RC_INPUT, "template.partial",
			    "%s: unknown partial %.*s", t->name,
			    (int)n->names[0].n, n->names[0].p);
	}
	return RC_OK;
}

enum rc
template_set_link(struct template_set *set, struct err *err)
{
	for (struct template *t = set->first; t; t = t->next) {
		enum rc rc = link_one(set, t, err);

		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

static enum rc load_folder(struct template_set *set, const char *dir,
    const char *prefix, struct err *err);

static enum rc
load_entry(struct template_set *set, const char *dir, const char *prefix,
    const struct dirent *e, struct err *err)
{
	const char *path = arena_printf(set->a, "%s/%s", dir, e->d_name);
	struct span name = span_of(e->d_name), text;
	enum rc rc;

	if (e->d_name[0] == '.')
		return RC_OK;
	if (!span_ends(name, ".html")) {
		if (span_find(name, '.') < name.n)
			return RC_OK;
		return load_folder(set, path,
		    arena_printf(set->a, "%s%s/", prefix, e->d_name), err);
	}
	rc = file_read(path, FILE_MAX, set->a, &text, err);
	if (rc != RC_OK)
		return rc;
	return template_set_add(set,
	    arena_printf(set->a, "%s%.*s", prefix, (int)(name.n - 5), name.p),
	    text, err);
}

static enum rc
load_folder(struct template_set *set, const char *dir, const char *prefix,
    struct err *err)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	enum rc rc = RC_OK;

	if (d == NULL)
		return err_set(err, RC_ABSENT, "file.absent", "%s: %s", dir,
		    strerror(errno));
	while (rc == RC_OK && (e = readdir(d)) != NULL)
		rc = load_entry(set, dir, prefix, e, err);
	closedir(d);
	return rc;
}

enum rc
template_set_load(struct template_set *set, const char *dir, struct err *err)
{
	enum rc rc = load_folder(set, dir, "", err);

	return rc == RC_OK ? template_set_link(set, err) : rc;
}
