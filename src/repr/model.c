/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <string.h>

#include "base/conf.h"
#include "repr/model.h"
#include "repr/template.h"

#define FILE_MAX (64 * 1024)
#define ROWS_MAX 500

struct models {
	json_t *by_template; /* "orders/new" → declaration */
	struct arena *a;
};

/* What filling one form needs to know. */
struct fill {
	struct arena *a;
	const json_t *view, *input; /* input: what was typed, or NULL */
	const json_t *invalid;
	const char *sent; /* the form that was refused, "" if it has no name */
	json_t *form, *changed;
	bool conflict;
};

static enum rc
load_file(struct models *m, const char *path, const char *name, struct err *err)
{
	struct err why = {.rc = RC_OK};
	struct span text;
	json_t *v;
	enum rc rc = file_read(path, FILE_MAX, m->a, &text, err);

	if (rc != RC_OK)
		return rc;
	if (repr_json_read(text, m->a, &v, &why) != RC_OK)
		return err_set(
		    err, RC_INPUT, "model.syntax", "%s: %s", path, why.text);
	repr_json_set(m->by_template, name, v);
	return RC_OK;
}

static enum rc
load_folder(
    struct models *m, const char *dir, const char *prefix, struct err *err)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	enum rc rc = RC_OK;

	while (d && rc == RC_OK && (e = readdir(d)) != NULL) {
		struct span name = span_of(e->d_name);
		const char *path = arena_printf(m->a, "%s/%s", dir, e->d_name);

		if (e->d_name[0] == '.')
			continue;
		if (span_ends(name, ".json"))
			rc = load_file(m, path,
			    arena_printf(m->a, "%s%.*s", prefix,
				(int)(name.n - 5), name.p),
			    err);
		else
			rc = load_folder(m, path,
			    arena_printf(m->a, "%s%s/", prefix, e->d_name),
			    err);
	}
	if (d)
		closedir(d);
	return rc;
}

enum rc
models_load(
    const char *dir, struct arena *a, struct models **out, struct err *err)
{
	struct models *m = ARENA_NEW(a, struct models);

	m->a = a;
	m->by_template = repr_json_object(a);
	*out = m;
	return load_folder(m, dir, "", err);
}

static void
each_key(const json_t *v, void (*seen)(void *arg, const char *key), void *arg)
{
	static const char *const members[] = {"label", "hint", "options.empty"};
	const json_t *part;
	size_t i;

	for (i = 0; i < sizeof members / sizeof *members; i++)
		if (repr_json_str(v, members[i]))
			seen(arg, repr_json_str(v, members[i]));
	json_array_foreach(json_object_get(v, "fields"), i, part)
	    each_key(part, seen, arg);
	json_array_foreach(json_object_get(v, "rows"), i, part)
	    each_key(part, seen, arg);
}

void
models_each_key(
    const struct models *m, void (*seen)(void *arg, const char *key), void *arg)
{
	const char *name;
	json_t *v;

	json_object_foreach(m->by_template, name, v) each_key(v, seen, arg);
}

static const char *
text_at(struct arena *a, const json_t *v, const char *path)
{
	const json_t *found = path ? repr_json_at(v, path) : NULL;
	struct buf b;
	char *out;

	buf_init(&b, REPR_JSON_MAX);
	template_scalar(&b, found);
	out = arena_str(a, buf_span(&b));
	buf_done(&b);
	return out;
}

static void
add_option(const struct fill *f, json_t *options, const char *value,
    const char *member, const char *text, const char *chosen)
{
	json_t *o = repr_json_object(f->a);

	repr_json_set_str(o, "value", value);
	repr_json_set_str(o, member, text);
	if (strcmp(value, chosen) == 0)
		repr_json_set(o, "selected", json_true());
	(void)json_array_append(options, o);
}

static void
set_options(
    const struct fill *f, const json_t *field, json_t *out, const char *chosen)
{
	const json_t *how = json_object_get(field, "options");
	const char *from = repr_json_str(how, "from");
	const char *set = repr_json_str(how, "set");
	json_t *options = repr_json_array(f->a), *v;
	size_t i;

	if (repr_json_str(how, "empty"))
		add_option(
		    f, options, "", "key", repr_json_str(how, "empty"), chosen);
	json_array_foreach(json_object_get(how, "codes"), i, v)
	    add_option(f, options, json_string_value(v), "coded",
		arena_printf(f->a, "%s.%s", set, json_string_value(v)), chosen);
	json_array_foreach(from ? repr_json_at(f->view, from) : NULL, i, v)
	    add_option(f, options,
		text_at(f->a, v, repr_json_str(how, "value")), "text",
		text_at(f->a, v, repr_json_str(how, "text")), chosen);
	repr_json_set(out, "options", options);
}

static const struct {
	const char *type, *flag, *html, *mode;
} types[] = {
    {"text", "is_input", "text", NULL},
    {"search", "is_input", "search", NULL},
    {"password", "is_input", "password", NULL},
    {"number", "is_input", "text", "numeric"},
    {"decimal", "is_input", "text", "decimal"},
    {"date", "is_input", "date", NULL},
    {"select", "is_select", NULL, NULL},
    {"area", "is_area", NULL, NULL},
    {"check", "is_check", NULL, NULL},
    {"file", "is_file", NULL, NULL},
};

static void
set_type(const json_t *field, json_t *out)
{
	const char *type = repr_json_str(field, "type");

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strcmp(types[i].type, type ? type : "text") != 0)
			continue;
		repr_json_set(out, types[i].flag, json_true());
		repr_json_set_str(out, "type", types[i].html);
		repr_json_set_str(out, "mode", types[i].mode);
	}
}

/* The members that the partial takes as they are. */
static void
copy_members(const json_t *field, json_t *out)
{
	static const char *const members[] = {"label", "hint", "required",
	    "max", "autocomplete", "list", "class", "accept", "note"};

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		json_t *v = json_object_get(field, members[i]);

		if (v)
			repr_json_set(out, members[i], v);
	}
}

/* A field with its value; name and id as they stand on the page. */
static json_t *
fill_field(const struct fill *f, const json_t *field, const char *name,
    const char *id, const char *value, const json_t *error)
{
	json_t *out = repr_json_object(f->a);

	repr_json_set_str(out, "name", name);
	repr_json_set_str(out, "id", id);
	copy_members(field, out);
	set_type(field, out);
	repr_json_set_str(out, "value", value);
	if (value[0] && strcmp(value, "false") != 0)
		repr_json_set(out, "checked", json_true());
	if (error) {
		json_t *copy = json_deep_copy(error);

		repr_json_set(out, "error", repr_json_keep(f->a, copy));
	}
	if (json_object_get(field, "options"))
		set_options(f, field, out, value);
	if (repr_json_str(field, "hint") || error)
		repr_json_set(out, "described", json_true());
	return out;
}

static void
note_change(const struct fill *f, const json_t *field, const char *mine,
    const char *theirs)
{
	json_t *c;

	if (!f->conflict || strcmp(mine, theirs) == 0)
		return;
	c = repr_json_object(f->a);
	repr_json_set_str(c, "label", repr_json_str(field, "label"));
	repr_json_set_str(c, "mine", mine);
	repr_json_set_str(c, "theirs", theirs);
	(void)json_array_append(f->changed, c);
}

/* What goes into a part of the form that was sent; into others only what is
 * stored, though their fields may have the same names. */
static struct fill
fill_of(const struct fill *f, const json_t *part)
{
	const char *form = repr_json_str(part, "form");
	struct fill of = *f;

	if (strcmp(form ? form : "", f->sent) == 0)
		return of;
	of.input = of.invalid = NULL;
	of.conflict = false;
	return of;
}

/* The summary of errors leads to the field by its id, which need not be its
 * name. */
static void
lead_to(const struct fill *f, const char *name, const char *id)
{
	json_t *e;
	size_t i;

	json_array_foreach(repr_json_at(f->view, "page.errors"), i, e)
	{
		const char *field = repr_json_str(e, "field");

		if (field && strcmp(field, name) == 0)
			repr_json_set_str(e, "field", id);
	}
}

static void
fill_single(const struct fill *f, const json_t *field)
{
	const char *name = repr_json_str(field, "name");
	const char *id = repr_json_str(field, "id");
	const char *as = repr_json_str(field, "as");
	const char *path = repr_json_str(field, "value");
	const char *stored = text_at(f->a, f->view, path);
	const char *value = stored;
	json_t *out;

	if (value[0] == '\0' && repr_json_str(field, "default"))
		value = repr_json_str(field, "default");
	if (f->input) {
		value = text_at(f->a, f->input, name);
		if (path)
			note_change(f, field, value, stored);
	}
	id = id ? id : name;
	if (f->input && strcmp(id, name) != 0)
		lead_to(f, name, id);
	out = fill_field(
	    f, field, name, id, value, repr_json_at(f->invalid, name));
	if (!json_is_true(json_object_get(field, "required")) &&
	    !json_is_true(json_object_get(field, "quiet")))
		repr_json_set(out, "optional", json_true());
	if (f->input && repr_json_str(field, "form"))
		repr_json_set(out, "sent", json_true());
	repr_json_set(f->form, as ? as : id, out);
}

/* Where the typed entry stands that names the stored row, or past the end. */
static size_t
typed_for(const json_t *typed, const char *by, const json_t *stored)
{
	const char *id = repr_json_str(stored, "id");
	json_t *v;
	size_t i;

	json_array_foreach(typed, i, v)
	{
		const char *named = repr_json_str(v, by);

		if (id && named && strcmp(id, named) == 0)
			break;
	}
	return i;
}

/* What is stored of a row, and over it what was typed. */
static json_t *
row_facts(const struct fill *f, json_t *stored, json_t *typed)
{
	json_t *row = repr_json_object(f->a);

	(void)json_object_update(row, stored);
	(void)json_object_update(row, typed);
	return row;
}

/* Entry n of the rows; at: where the form sent it, if typed. */
static json_t *
fill_row(const struct fill *f, const json_t *rows, const char *list,
    const json_t *row, bool typed, size_t n, size_t at)
{
	json_t *out = repr_json_object(f->a), *field;
	size_t i;

	repr_json_set_int(out, "index", (long long)n);
	repr_json_set_int(out, "number", (long long)n + 1);
	json_array_foreach(json_object_get(rows, "fields"), i, field)
	{
		const char *name = repr_json_str(field, "name");
		const char *as = repr_json_str(field, "as");
		const char *from = repr_json_str(field, "from");
		const char *full =
		    arena_printf(f->a, "%s[%zu][%s]", list, n, name);
		const char *id = arena_printf(
		    f->a, "%s[%zu][%s]", repr_json_str(rows, "name"), n, name);
		const json_t *error =
		    repr_json_at(row, arena_printf(f->a, "invalid.%s", name));

		if (typed)
			lead_to(f,
			    arena_printf(f->a, "%s[%zu][%s]", list, at, name),
			    id);
		repr_json_set(out, as ? as : name,
		    fill_field(f, field, full, id,
			text_at(f->a, row, from && !typed ? from : name),
			error));
	}
	return out;
}

/* One entry for each row that is there, then blank ones. */
static void
fill_rows(const struct fill *f, const json_t *rows)
{
	const char *name = repr_json_str(rows, "name");
	const char *path = repr_json_str(rows, "value");
	const char *list = repr_json_str(rows, "input");
	const char *by = repr_json_str(rows, "by");
	const json_t *stored = path ? repr_json_at(f->view, path) : NULL;
	const json_t *typed;
	json_t *out = repr_json_array(f->a);
	size_t want, least = (size_t)repr_json_int(rows, "least", 1);

	list = list ? list : name;
	typed = f->input ? json_object_get(f->input, list) : NULL;
	if (f->input && !by)
		stored = NULL;
	want = json_array_size(f->input && !by ? typed : stored) +
	       (size_t)repr_json_int(rows, "blank", 0);
	if (want < least)
		want = least;
	for (size_t i = 0; i < want && i < ROWS_MAX; i++) {
		json_t *old = json_array_get(stored, i), *filled, *row;
		size_t at = by ? typed_for(typed, by, old) : i;
		json_t *new = json_array_get(typed, at);

		row = row_facts(f, old, new);
		filled = fill_row(f, rows, list, row, new != NULL, i, at);
		repr_json_set(filled, "row", row);
		(void)json_array_append(out, filled);
	}
	repr_json_set(f->form, name, out);
}

static bool
is_named(const json_t *row, const char *name)
{
	const char *id = repr_json_str(row, "id");
	const char *line = repr_json_str(row, "line");

	return (id && strcmp(id, name) == 0) ||
	       (line && strcmp(line, name) == 0);
}

/* Marks a thing whose id, or line, names the form that was sent. */
static bool
mark_row(const struct fill *f, json_t *row, json_t *sent)
{
	if (!is_named(row, f->sent))
		return false;
	repr_json_set(row, "sent", sent);
	return true;
}

static bool
mark_rows(const struct fill *f, json_t *sent)
{
	json_t *v, *row;
	const char *key;
	bool any = false;
	size_t i;

	json_object_foreach(json_object_get(f->view, "data"), key, v)
	{
		if (json_is_object(v))
			any |= mark_row(f, v, sent);
		json_array_foreach(v, i, row) any |= mark_row(f, row, sent);
	}
	return any;
}

/* A row's own form was sent: `sent` of the row is what was typed there and
 * what is wrong with it; the ids of its fields begin with the form's name. */
static void
fill_sent_row(const struct fill *f)
{
	const json_t *page = json_object_get(f->view, "page");
	json_t *sent = repr_json_object(f->a), *e;
	size_t i;

	if (f->input == NULL || f->sent[0] == '\0')
		return;
	repr_json_set(sent, "input", json_object_get(page, "input"));
	repr_json_set(sent, "invalid", json_object_get(page, "invalid"));
	if (!mark_rows(f, sent))
		return;
	json_array_foreach(repr_json_at(f->view, "page.errors"), i, e)
	{
		const char *field = repr_json_str(e, "field");

		if (field)
			repr_json_set_str(e, "field",
			    arena_printf(f->a, "%s-%s", f->sent, field));
	}
}

void
model_fill(const struct models *m, const char *template_name, json_t *view,
    struct arena *a)
{
	const json_t *declared = json_object_get(m->by_template, template_name);
	const json_t *page = json_object_get(view, "page");
	const char *sent = repr_json_str(page, "form");
	struct fill f = {.a = a, .view = view, .sent = sent ? sent : ""}, of;
	json_t *part;
	size_t i;

	f.input = json_object_get(page, "input");
	fill_sent_row(&f);
	if (declared == NULL)
		return;
	f.form = repr_json_object(a);
	f.changed = repr_json_array(a);
	f.invalid = json_object_get(page, "invalid");
	f.conflict = repr_json_int(page, "error.status", 0) == 412;
	json_array_foreach(json_object_get(declared, "fields"), i, part)
	{
		of = fill_of(&f, part);
		fill_single(&of, part);
	}
	json_array_foreach(json_object_get(declared, "rows"), i, part)
	{
		of = fill_of(&f, part);
		fill_rows(&of, part);
	}
	if (json_array_size(f.changed))
		repr_json_set(f.form, "changed", f.changed);
	repr_json_set(view, "form", f.form);
}
