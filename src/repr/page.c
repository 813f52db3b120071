/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/digest.h"
#include "repr/page_impl.h"

#define ASSET_MAX (1024 * 1024)

/* The sum of the sums of a folder's files, whatever their order. */
static void
add_folder(const char *dir, struct arena *a, unsigned char sum[DIGEST_SIZE])
{
	unsigned char one[DIGEST_SIZE];
	const struct dirent *e;
	DIR *d = opendir(dir);
	struct span bytes;

	while (d && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' ||
		    file_read(arena_printf(a, "%s/%s", dir, e->d_name),
			ASSET_MAX, a, &bytes, NULL) != RC_OK)
			continue;
		digest_sha256(bytes, one);
		for (size_t i = 0; i < DIGEST_SIZE; i++)
			sum[i] = (unsigned char)(sum[i] + one[i]);
	}
	if (d)
		closedir(d);
}

static void
set_version(struct pages *p, const char *dir)
{
	static const char *const folders[] = {"css", "js", "img"};
	unsigned char sum[DIGEST_SIZE] = {0};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		add_folder(arena_printf(a, "%s/%s", dir, folders[i]), a, sum);
	(void)snprintf(p->version, sizeof p->version, "%02x%02x%02x%02x",
	    sum[0], sum[1], sum[2], sum[3]);
	arena_free(a);
}

struct missing {
	const struct text *text;
	const char *key;
};

static void
note_missing(void *arg, const char *key)
{
	struct missing *m = arg;

	if (!text_has(m->text, span_of(key)))
		m->key = key;
}

static enum rc
load_models(struct pages *p, const char *dir, struct arena *a, struct err *err)
{
	struct missing missing = {.text = p->text};
	enum rc rc =
	    models_load(arena_printf(a, "%s/forms", dir), a, &p->models, err);

	if (rc != RC_OK)
		return rc;
	models_each_key(p->models, note_missing, &missing);
	if (missing.key)
		return err_set(err, RC_INPUT, "text.unknown",
		    "a form names the unknown text key %s", missing.key);
	return RC_OK;
}

enum rc
pages_load(
    const char *dir, struct arena *a, struct pages **out, struct err *err)
{
	struct pages *p = ARENA_NEW(a, struct pages);
	struct template_options options = {
	    .funcs = page_functions, .user = p, .strict = true, .trim = true};
	enum rc rc =
	    text_load(arena_printf(a, "%s/text", dir), a, &p->text, err);

	if (rc != RC_OK)
		return rc;
	rc = load_models(p, dir, a, err);
	if (rc != RC_OK)
		return rc;
	set_version(p, dir);
	p->templates = template_set_new(&options, a);
	*out = p;
	return template_set_load(
	    p->templates, arena_printf(a, "%s/templates", dir), err);
}

struct text *
pages_text(const struct pages *p)
{
	return p->text;
}

bool
page_is(const struct pages *p, const char *name)
{
	return template_find(p->templates, name) != NULL;
}

static void
add_flag(json_t *is, const char *member, const char *value)
{
	char key[80];
	int n = snprintf(key, sizeof key, "%s_%s", member, value);

	if (n > 0 && (size_t)n < sizeof key)
		repr_json_set(is, key, json_true());
}

/*
 * What templates have to tell apart, since Mustache cannot compare: a flag
 * <member>_<value> for each code among the members of data, some_<member> for
 * each list that is not empty, and portal, role and the status of an error.
 */
static void
set_flags(json_t *view, struct arena *a)
{
	const char *portal = repr_json_str(view, "page.portal");
	const char *role = repr_json_str(view, "me.role");
	long long status = repr_json_int(view, "page.error.status", 0);
	json_t *is = repr_json_object(a), *v;
	const char *key;

	json_object_foreach(json_object_get(view, "data"), key, v)
	{
		if (json_is_string(v) && json_string_length(v) <= 32)
			add_flag(is, key, json_string_value(v));
		if (json_array_size(v))
			add_flag(is, "some", key);
	}
	if (portal)
		add_flag(is, "portal", portal);
	if (role)
		add_flag(is, "role", role);
	if (status)
		add_flag(is, "error", arena_printf(a, "%lld", status));
	repr_json_set(view, "is", is);
}

enum rc
page_render(const struct pages *p, const char *name, json_t *view,
    const struct text_locale *locale, struct buf *out, struct err *err)
{
	const struct template *t = template_find(p->templates, name);
	json_t *page = json_object_get(view, "page");
	union {
		const struct text_locale *in;
		void *out;
	} user = {.in = locale};

	struct arena *a;
	enum rc rc;

	if (t == NULL)
		return err_set(err, RC_ABSENT, "template.absent",
		    "there is no template %s", name);
	if (json_is_object(page)) {
		repr_json_set_str(page, "template", name);
		repr_json_set_str(page, "assets", p->version);
	}
	a = arena_new();
	model_fill(p->models, name, view, a);
	set_flags(view, a);
	rc = template_render(t, view, user.out, out, err);
	arena_free(a);
	return rc;
}
