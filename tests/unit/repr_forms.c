/* SPDX-License-Identifier: Apache-2.0
 *
 * Every form of every page in tests/fixtures/pages, refused for each of its
 * fields in turn. The summary of errors has to lead to the field of the form
 * that was sent, the message to stand there and nowhere else, and what was
 * typed to be shown there only, though other forms have fields of the same
 * name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <string.h>

#include "base/conf.h"
#include "repr/page.h"

#define FIXTURES "tests/fixtures/pages"
#define FORMS_MAX 200
#define FIELDS_MAX 60
#define TYPED "typed-by-hand"
#define WRONG "wrong-in-this-way"

struct form {
	struct span text, name; /* from <form to </form>; _form */
	struct span fields[FIELDS_MAX];
	size_t nfields;
};

struct shown {
	const char *fixture;
	struct span page;
	struct form forms[FORMS_MAX];
	size_t nforms;
};

static struct arena *arena;
static struct pages *pages;
static size_t ntried;

static int
load(void **state)
{
	struct err err = {.rc = RC_OK};

	(void)state;
	arena = arena_new();
	return pages_load("assets", arena, &pages, &err) != RC_OK;
}

static int
unload(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool
says(const struct form *form, const char *words)
{
	return span_find_str(form->text, words) < form->text.n;
}

/* The rest of s after what; p == NULL when it is not in there. */
static struct span
after(struct span s, const char *what)
{
	size_t at = span_find_str(s, what);

	return at == s.n ? (struct span){0}
			 : span_sub(s, at + strlen(what), s.n);
}

static struct span
attribute(struct span tag, const char *name)
{
	struct span v = after(tag, arena_printf(arena, " %s=\"", name));

	return v.p ? span_cut(&v, '"') : v;
}

/* Fields that somebody types into or chooses from. Answers for many rows at
 * once (items[…]) come back row by row, not as errors of fields; nothing can be
 * wrong with what is chosen for kinds of mail. */
static bool
is_filled_in(struct span tag)
{
	struct span type = attribute(tag, "type");
	struct span name = attribute(tag, "name");

	return name.n && !span_is(type, "hidden") &&
	       !span_is(type, "checkbox") && !span_is(type, "radio") &&
	       !span_is(type, "submit") && !span_starts(name, "items[") &&
	       !span_starts(name, "kinds[");
}

static void
read_form(struct form *form)
{
	static const char *const tags[] = {"<input", "<select", "<textarea"};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		struct span rest = after(form->text, tags[i]);

		while (rest.p) {
			struct span tag = span_cut(&rest, '>');

			if (span_is(attribute(tag, "name"), "_form"))
				form->name = attribute(tag, "value");
			if (is_filled_in(tag) && form->nfields < FIELDS_MAX)
				form->fields[form->nfields++] =
				    attribute(tag, "name");
			rest = after(rest, tags[i]);
		}
	}
}

/* Is this the address of a route, "/orders/:id/cancel"? */
static bool
fits(struct span path, struct span route)
{
	while (path.p && route.p) {
		struct span is = span_cut(&path, '/');
		struct span of = span_cut(&route, '/');

		if (!span_starts(of, ":") && !span_eq(is, of))
			return false;
	}
	return path.p == NULL && route.p == NULL;
}

/* Does a refusal come back to the page that it is on? Others are shown by the
 * page of their route, or by one of their own (/view). */
static bool
comes_back(struct span tag, const char *door, const char *template)
{
	static const struct {
		const char *method, *path, *page;
	} routes[] = {
#define ROUTE(method, path, who, input, operation, page) {#method, path, page},
#include "web/routes.def"
#undef ROUTE
	};
	struct span path = attribute(tag, "action");

	if (!span_is(attribute(tag, "method"), "post") ||
	    !span_starts(path, door))
		return false;
	path = span_sub(path, strlen(door), path.n);
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (routes[i].page && strcmp(routes[i].method, "POST") == 0 &&
		    strcmp(routes[i].page, template) == 0 &&
		    fits(path, span_of(routes[i].path)))
			return true;
	return false;
}

static void
read_forms(struct shown *s, const char *door, const char *template)
{
	struct span rest = after(s->page, "<form");

	while (rest.p) {
		size_t end = span_find_str(rest, "</form>");
		struct form *form = &s->forms[s->nforms];
		struct span tag;

		assert_true(s->nforms < FORMS_MAX);
		*form = (struct form){.text = span_sub(rest, 0, end)};
		tag = form->text;
		if (comes_back(span_cut(&tag, '>'), door, template) ||
		    says(form, "name=\"_back\"")) {
			read_form(form);
			s->nforms++;
		}
		rest = after(rest, "<form");
	}
}

/* The fixture's page as it stands there before anything is refused, or as it is
 * then. */
static struct shown *
show(const char *fixture, json_t *refused)
{
	static const char *const own[] = {
	    "error", "error_summary", "errors", "input", "invalid"};
	struct shown *s = ARENA_NEW(arena, struct shown);
	struct err err = {.rc = RC_OK};
	struct span text;
	struct buf out;
	json_t *v, *page;

	assert_int_equal(file_read(arena_printf(arena, FIXTURES "/%s", fixture),
			     1 << 20, arena, &text, &err),
	    RC_OK);
	assert_int_equal(repr_json_read(text, arena, &v, &err), RC_OK);
	page = json_object_get(json_object_get(v, "view"), "page");
	repr_json_set_str(page, "lang", "en");
	repr_json_set_str(page, "other_lang", "de");
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		(void)json_object_del(page, own[i]);
	(void)json_object_update(page, refused);
	buf_init(&out, PAGE_MAX);
	if (page_render(pages, repr_json_str(v, "template"),
		json_object_get(v, "view"),
		text_locale(pages_text(pages), "en", "Europe/Berlin"), &out,
		&err) != RC_OK)
		fail_msg("%s: %s", fixture, err.text);
	s->fixture = fixture;
	s->page = arena_span(arena, buf_span(&out));
	buf_done(&out);
	read_forms(
	    s, repr_json_str(page, "door"), repr_json_str(v, "template"));
	return s;
}

/* What the form says of a row's entry by itself: its hidden fields. */
static void
put_hidden(const struct form *form, const char *prefix, json_t *row)
{
	struct span rest = after(form->text, "<input");

	while (rest.p) {
		struct span tag = span_cut(&rest, '>');
		struct span name = attribute(tag, "name");

		if (span_starts(name, prefix) &&
		    span_is(attribute(tag, "type"), "hidden")) {
			name = span_sub(name, strlen(prefix), name.n);
			name = span_sub(name, 0, name.n - 1);
			repr_json_set(row, arena_str(arena, name),
			    repr_json_string(arena, attribute(tag, "value")));
		}
		rest = after(rest, "<input");
	}
}

/* lines[2][quantity] as it comes from the form: entries up to that one, which
 * has what is typed and what is wrong with it. */
static void
put_row(const struct form *form, json_t *input, struct span list, size_t n,
    const char *member)
{
	const char *name = arena_str(arena, list);
	json_t *rows = repr_json_array(arena), *wrong, *row = NULL;

	for (size_t i = 0; i <= n; i++) {
		row = repr_json_object(arena);
		put_hidden(form, arena_printf(arena, "%s[%zu][", name, i), row);
		(void)json_array_append(rows, row);
	}
	wrong = repr_json_object(arena);
	repr_json_set_str(wrong, member, WRONG);
	repr_json_set(row, "invalid", wrong);
	repr_json_set_str(row, member, TYPED);
	repr_json_set(input, name, rows);
}

static void
put_field(const struct form *form, json_t *page, const char *field)
{
	json_t *input = repr_json_object(arena);
	json_t *invalid = repr_json_object(arena);
	struct span rest = span_of(field), list = span_cut(&rest, '[');
	struct span index = span_cut(&rest, ']');
	unsigned long long n;

	if (span_uint(index, &n)) {
		(void)span_cut(&rest, '[');
		put_row(form, input, list, (size_t)n,
		    arena_str(arena, span_cut(&rest, ']')));
	} else {
		repr_json_set_str(input, field, TYPED);
		repr_json_set_str(invalid, field, WRONG);
	}
	repr_json_set(page, "input", input);
	repr_json_set(page, "invalid", invalid);
}

/* page as it is when this form's field was refused. */
static json_t *
refusal(const struct form *form, const char *field)
{
	json_t *page = repr_json_object(arena), *v;
	json_t *list = repr_json_array(arena);

	put_field(form, page, field);
	repr_json_set(page, "form", repr_json_string(arena, form->name));
	v = repr_json_object(arena);
	repr_json_set_int(v, "status", 422);
	repr_json_set_str(v, "detail", "refused");
	repr_json_set(page, "error", v);
	v = repr_json_object(arena);
	repr_json_set_str(v, "field", field);
	repr_json_set_str(v, "text", "see below");
	(void)json_array_append(list, v);
	repr_json_set(page, "errors", list);
	return page;
}

/* The nth form was sent, and its field was wrong. */
static void
try_field(const struct shown *before, size_t n, const char *field)
{
	const struct form *sent = &before->forms[n];
	struct shown *s = show(before->fixture, refusal(sent, field));
	struct span to = after(s->page, "<a href=\"#f-");
	const char *id;

	ntried++;
	assert_int_equal(s->nforms, before->nforms);
	assert_non_null(to.p);
	id = arena_str(arena, span_cut(&to, '"'));
	for (size_t i = 0; i < s->nforms; i++) {
		const struct form *form = &s->forms[i];
		bool has = says(form, arena_printf(arena, "id=\"f-%s\"", id));

		if (has != (i == n))
			fail_msg("%s: %s of form %zu leads to #f-%s",
			    s->fixture, field, n, id);
		if (says(form, WRONG) != (i == n) ||
		    says(form, "aria-invalid=\"true\"") != (i == n))
			fail_msg("%s: what is wrong with %s of form %zu "
				 "stands in form %zu",
			    s->fixture, field, n, i);
		if (says(form, TYPED) && i != n)
			fail_msg("%s: %s of form %zu is shown in form %zu",
			    s->fixture, field, n, i);
	}
}

static void
try_page(const char *fixture)
{
	struct shown *s = show(fixture, NULL);

	for (size_t i = 0; i < s->nforms; i++)
		for (size_t k = 0; k < s->forms[i].nfields; k++)
			try_field(
			    s, i, arena_str(arena, s->forms[i].fields[k]));
}

static void
a_refused_form_is_marked_and_no_other_with_the_same_fields(void **state)
{
	const struct dirent *e;
	DIR *d = opendir(FIXTURES);

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		if (span_ends(span_of(e->d_name), ".json"))
			try_page(arena_str(arena, span_of(e->d_name)));
	closedir(d);
	assert_true(ntried >= 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_refused_form_is_marked_and_no_other_with_the_same_fields),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
