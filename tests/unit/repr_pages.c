/* SPDX-License-Identifier: Apache-2.0
 *
 * Every template of assets/ in every language over tests/fixtures/pages: each
 * page renders, names no unknown text and leaves no argument open. With
 * KONTOR_PAGES=DIR the pages are written there, to be looked at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/conf.h"
#include "repr/page.h"

#define FIXTURES "tests/fixtures/pages"
#define FIXTURES_MAX 200

static struct arena *arena;
static struct pages *pages;
static json_t *seen; /* templates that a fixture has shown */
static char *names[FIXTURES_MAX];
static size_t nnames;

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
load(void **state)
{
	struct err err = {.rc = RC_OK};
	const struct dirent *e;
	DIR *d = opendir(FIXTURES);

	(void)state;
	arena = arena_new();
	seen = repr_json_object(arena);
	if (pages_load("assets", arena, &pages, &err) != RC_OK) {
		print_error("%s: %s\n", err.code, err.text);
		return 1;
	}
	while (d && nnames < FIXTURES_MAX && (e = readdir(d)) != NULL)
		if (span_ends(span_of(e->d_name), ".json"))
			names[nnames++] = arena_str(arena, span_of(e->d_name));
	if (d)
		closedir(d);
	qsort(names, nnames, sizeof *names, by_name);
	return nnames == 0;
}

static int
unload(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
keep(const char *name, const char *language, struct span page)
{
	const char *dir = getenv("KONTOR_PAGES");
	FILE *f;

	if (dir == NULL)
		return;
	f = fopen(arena_printf(arena, "%s/%.*s.%s.html", dir,
		      (int)strlen(name) - 5, name, language),
	    "w");
	assert_non_null(f);
	assert_int_equal(fwrite(page.p, 1, page.n, f), page.n);
	fclose(f);
}

/* What the fixture says must be seen. */
static void
check_shown(const char *name, const json_t *v, struct span page)
{
	json_t *text;
	size_t i;

	json_array_foreach(json_object_get(v, "shows"), i,
	    text) if (span_find_str(page, json_string_value(text)) == page.n)
	    fail_msg("%s: %s is not shown", name, json_string_value(text));
}

/* An argument that nobody gave stands in braces: {data.number}. */
static bool
has_open_argument(struct span page)
{
	for (size_t i = 0; i + 2 < page.n; i++)
		if (page.p[i] == '{' && page.p[i + 1] >= 'a' &&
		    page.p[i + 1] <= 'z')
			return true;
	return false;
}

static json_t *
fixture(const char *name)
{
	struct err err = {.rc = RC_OK};
	struct span text;
	json_t *v;

	assert_int_equal(file_read(arena_printf(arena, FIXTURES "/%s", name),
			     1 << 20, arena, &text, &err),
	    RC_OK);
	if (repr_json_read(text, arena, &v, &err) != RC_OK)
		fail_msg("%s: %s", name, err.text);
	return v;
}

static void
show(const char *name, const char *language)
{
	json_t *v = fixture(name), *view = json_object_get(v, "view");
	const char *template = repr_json_str(v, "template");
	struct text *text = pages_text(pages);
	struct err err = {.rc = RC_OK};
	struct buf out;

	assert_non_null(template);
	repr_json_set(seen, template, json_true());
	repr_json_set_str(json_object_get(view, "page"), "lang", language);
	repr_json_set_str(json_object_get(view, "page"), "other_lang",
	    strcmp(language, "en") ? "en" : "de");
	text_note_missed(text_locale(text, "en", NULL), span_of(""));
	buf_init(&out, PAGE_MAX);
	if (page_render(pages, template, view,
		text_locale(text, language, "Europe/Berlin"), &out,
		&err) != RC_OK)
		fail_msg("%s: %s", name, err.text);
	keep(name, language, buf_span(&out));
	check_shown(name, v, buf_span(&out));
	if (text_missed(text)[0])
		fail_msg("%s: no text for %s", name, text_missed(text));
	if (has_open_argument(buf_span(&out)) &&
	    !json_is_true(json_object_get(v, "braces")))
		fail_msg("%s (%s): an argument is open", name, language);
	buf_done(&out);
}

static void
every_page_renders_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < nnames; i++) {
		show(names[i], "en");
		show(names[i], "de");
	}
}

/* Used by partials of one folder, never asked for by a route. */
static bool
page_name_is(const char *name)
{
	static const char *const pieces[] = {"part/", "orders/form",
	    "orders/hold", "orders/line", "orders/propose", "orders/reasons",
	    "orders/reject", "orders/ship", "orders/steps", "orders/this-line",
	    "documents/canonical", "documents/changes", "documents/correct",
	    "documents/finding", "documents/party", "documents/raw",
	    "documents/readable", "documents/steps", "documents/where",
	    "desk/rows"};

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		if (span_starts(span_of(name), pieces[i]))
			return false;
	return true;
}

static void
every_route_has_a_page_and_every_page_a_fixture(void **state)
{
	static const char *const routed[] = {
#define ROUTE(method, path, who, input, operation, page) page,
#include "web/routes.def"
#undef ROUTE
	};

	(void)state;
	for (size_t i = 0; i < sizeof routed / sizeof *routed; i++) {
		if (routed[i] == NULL)
			continue;
		if (!page_is(pages, routed[i]))
			fail_msg("there is no template %s", routed[i]);
		if (page_name_is(routed[i]) &&
		    json_object_get(seen, routed[i]) == NULL)
			fail_msg("there is no fixture of %s", routed[i]);
	}
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Printed, never asserted: timings are not results. */
static void
rendering_beside_parsing_the_same_json(void **state)
{
	struct buf json, out;
	double parse, render;
	json_t *v = fixture("orders-list-50.json");
	struct span text;

	(void)state;
	buf_init(&json, PAGE_MAX);
	buf_init(&out, PAGE_MAX);
	repr_json_write(json_object_get(v, "view"), &json);
	text = buf_span(&json);
	parse = seconds();
	for (int i = 0; i < 200; i++)
		json_decref(json_loadb(text.p, text.n, 0, NULL));
	parse = seconds() - parse;
	render = seconds();
	for (int i = 0; i < 200; i++) {
		buf_reset(&out);
		assert_int_equal(
		    page_render(pages, "orders/list",
			json_object_get(v, "view"),
			text_locale(pages_text(pages), "de", "Europe/Berlin"),
			&out, NULL),
		    RC_OK);
	}
	render = seconds() - render;
	print_message("50 rows: %zu bytes of JSON parsed in %.0f us, %zu of "
		      "HTML rendered in %.0f us, ratio %.2f\n",
	    text.n, parse * 5000, out.n, render * 5000, render / parse);
	buf_done(&json);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_page_renders_in_both_languages),
	    cmocka_unit_test(every_route_has_a_page_and_every_page_a_fixture),
	    cmocka_unit_test(rendering_beside_parsing_the_same_json),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
