/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "repr/model.h"

#define DECLARED                                                               \
	"{\"fields\":[{\"name\":\"note\",\"label\":\"l.note\",\"hint\":"       \
	"\"l.hint\",\"value\":\"data.note\",\"max\":9},{\"name\":\"kind\","    \
	"\"type\":\"select\",\"required\":true,\"label\":\"l.kind\","          \
	"\"default\":\"b\",\"options\":{\"set\":\"kind\",\"empty\":\"l.any\"," \
	"\"codes\":[\"a\",\"b\"]}},{\"id\":\"second\",\"name\":\"to\","        \
	"\"type\":\"select\",\"label\":\"l.to\",\"value\":\"data.to\","        \
	"\"options\":{\"from\":\"data.places\",\"value\":\"id\",\"text\":"     \
	"\"name\"}}],\"rows\":[{\"name\":\"lines\",\"value\":\"data.lines\","  \
	"\"least\":3,\"blank\":1,\"fields\":[{\"name\":\"item\",\"as\":"       \
	"\"what\",\"label\":\"l.item\"}]}]}"

static char dir[] = "/tmp/kontor-model-XXXXXX";

static void
put_file(const char *text)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/a", dir);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof path, "%s/a/b.json", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
drop_dir(void **state)
{
	static const char *const names[] = {"a/b.json", "a", ""};
	char path[200];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		(void)remove(path);
	}
	return 0;
}

static json_t *
fill(const char *view, struct arena *a)
{
	struct models *m;
	json_t *v;

	put_file(DECLARED);
	assert_int_equal(models_load(dir, a, &m, NULL), RC_OK);
	assert_int_equal(repr_json_read(span_of(view), a, &v, NULL), RC_OK);
	model_fill(m, "a/b", v, a);
	return v;
}

static void
fields_hold_what_is_stored(void **state)
{
	struct arena *a = arena_new();
	json_t *v =
	    fill("{\"data\":{\"note\":\"x\",\"to\":\"2\",\"places\":"
		 "[{\"id\":1,\"name\":\"P\"},{\"id\":2,\"name\":\"Q\"}],"
		 "\"lines\":[{\"item\":\"A\"}]},\"page\":{}}",
		a);

	(void)state;
	assert_string_equal(repr_json_str(v, "form.note.value"), "x");
	assert_string_equal(repr_json_str(v, "form.note.type"), "text");
	assert_true(json_is_true(repr_json_at(v, "form.note.optional")));
	assert_true(json_is_true(repr_json_at(v, "form.note.described")));
	assert_null(repr_json_at(v, "form.kind.optional"));
	assert_string_equal(
	    repr_json_str(v, "form.kind.options.0.key"), "l.any");
	assert_string_equal(
	    repr_json_str(v, "form.kind.options.2.coded"), "kind.b");
	assert_true(
	    json_is_true(repr_json_at(v, "form.kind.options.2.selected")));
	assert_string_equal(repr_json_str(v, "form.second.name"), "to");
	assert_string_equal(
	    repr_json_str(v, "form.second.options.1.text"), "Q");
	assert_true(
	    json_is_true(repr_json_at(v, "form.second.options.1.selected")));
	assert_int_equal(json_array_size(repr_json_at(v, "form.lines")), 3);
	assert_string_equal(
	    repr_json_str(v, "form.lines.0.what.name"), "lines[0][item]");
	assert_string_equal(repr_json_str(v, "form.lines.0.what.value"), "A");
	assert_string_equal(repr_json_str(v, "form.lines.2.what.value"), "");
	arena_free(a);
}

static void
after_a_refusal_they_hold_what_was_typed(void **state)
{
	struct arena *a = arena_new();
	json_t *v = fill("{\"data\":{\"note\":\"x\"},\"page\":{\"input\":"
			 "{\"note\":\"y\",\"lines\":[{\"item\":\"A\"},"
			 "{\"item\":\"B\",\"invalid\":{\"item\":\"bad\"}},{},"
			 "{}]},\"invalid\":{\"note\":\"worse\"},"
			 "\"error\":{\"status\":422}}}",
	    a);

	(void)state;
	assert_string_equal(repr_json_str(v, "form.note.value"), "y");
	assert_string_equal(repr_json_str(v, "form.note.error"), "worse");
	assert_string_equal(repr_json_str(v, "form.lines.1.what.error"), "bad");
	assert_null(repr_json_at(v, "form.lines.0.what.error"));
	assert_int_equal(json_array_size(repr_json_at(v, "form.lines")), 5);
	assert_null(repr_json_at(v, "form.changed"));
	arena_free(a);
}

static void
after_a_conflict_both_versions_are_shown(void **state)
{
	struct arena *a = arena_new();
	json_t *v = fill("{\"data\":{\"note\":\"x\"},\"page\":{\"input\":"
			 "{\"note\":\"y\"},\"error\":{\"status\":412}}}",
	    a);

	(void)state;
	assert_string_equal(repr_json_str(v, "form.changed.0.mine"), "y");
	assert_string_equal(repr_json_str(v, "form.changed.0.theirs"), "x");
	assert_string_equal(repr_json_str(v, "form.changed.0.label"), "l.note");
	arena_free(a);
}

#define TWO_FORMS                                                              \
	"{\"fields\":[{\"id\":\"a\",\"form\":\"one\",\"name\":\"why\"},"       \
	"{\"id\":\"b\",\"form\":\"two\",\"name\":\"why\",\"value\":"           \
	"\"data.why\"},{\"name\":\"why\",\"as\":\"c\"}],\"rows\":[{\"name\":"  \
	"\"decide\",\"form\":\"two\",\"input\":\"lines\",\"by\":\"line\","     \
	"\"value\":\"data.items\",\"fields\":[{\"name\":\"why\"}]}]}"

/* What a form named so sent, with page.errors of its two fields. */
static json_t *
refuse(const char *sent, struct arena *a)
{
	struct models *m;
	json_t *v;
	const char *view = arena_printf(a,
	    "{\"data\":{\"why\":\"old\",\"items\":[{\"id\":\"x\"},"
	    "{\"id\":\"y\"}]},\"page\":{\"form\":\"%s\",\"input\":{\"why\":"
	    "\"typed\",\"lines\":[{\"line\":\"y\",\"why\":\"row\"}]},"
	    "\"invalid\":{\"why\":\"wrong\"},\"errors\":[{\"field\":"
	    "\"why\"},{\"field\":\"lines[0][why]\"}]}}",
	    sent);

	put_file(TWO_FORMS);
	assert_int_equal(models_load(dir, a, &m, NULL), RC_OK);
	assert_int_equal(repr_json_read(span_of(view), a, &v, NULL), RC_OK);
	model_fill(m, "a/b", v, a);
	return v;
}

static void
only_the_form_that_was_sent_is_marked(void **state)
{
	struct arena *a = arena_new();
	json_t *v = refuse("two", a);

	(void)state;
	assert_string_equal(repr_json_str(v, "form.b.value"), "typed");
	assert_string_equal(repr_json_str(v, "form.b.error"), "wrong");
	assert_true(json_is_true(repr_json_at(v, "form.b.sent")));
	assert_string_equal(repr_json_str(v, "form.a.value"), "");
	assert_null(repr_json_at(v, "form.a.error"));
	assert_string_equal(repr_json_str(v, "form.c.value"), "");
	assert_string_equal(repr_json_str(v, "page.errors.0.field"), "b");
	/* Rows are shown as stored; the form had sent the second one only. */
	assert_string_equal(
	    repr_json_str(v, "page.errors.1.field"), "decide[1][why]");
	assert_string_equal(repr_json_str(v, "form.decide.1.why.value"), "row");
	v = refuse("one", a);
	assert_string_equal(repr_json_str(v, "page.errors.0.field"), "a");
	assert_string_equal(repr_json_str(v, "form.b.value"), "old");
	assert_string_equal(repr_json_str(v, "form.decide.1.why.value"), "");
	v = refuse("", a);
	assert_string_equal(repr_json_str(v, "page.errors.0.field"), "why");
	assert_string_equal(repr_json_str(v, "form.c.error"), "wrong");
	assert_null(repr_json_at(v, "form.b.error"));
	arena_free(a);
}

static void
a_row_has_what_its_own_form_sent(void **state)
{
	struct arena *a = arena_new();
	json_t *v = refuse("y", a);

	(void)state;
	assert_null(repr_json_at(v, "data.items.0.sent"));
	assert_string_equal(
	    repr_json_str(v, "data.items.1.sent.input.why"), "typed");
	assert_string_equal(
	    repr_json_str(v, "data.items.1.sent.invalid.why"), "wrong");
	assert_string_equal(repr_json_str(v, "page.errors.0.field"), "y-why");
	assert_null(repr_json_at(v, "form.c.error"));
	v = refuse("nobody", a);
	assert_string_equal(repr_json_str(v, "page.errors.0.field"), "why");
	arena_free(a);
}

static void
count_key(void *arg, const char *key)
{
	assert_true(span_starts(span_of(key), "l."));
	++*(int *)arg;
}

static void
its_text_keys_are_known_and_broken_ones_refused(void **state)
{
	struct arena *a = arena_new();
	struct models *m;
	struct err err;
	int keys = 0;

	(void)state;
	put_file(DECLARED);
	assert_int_equal(models_load(dir, a, &m, NULL), RC_OK);
	models_each_key(m, count_key, &keys);
	assert_int_equal(keys, 6);
	put_file("{");
	assert_int_equal(models_load(dir, a, &m, &err), RC_INPUT);
	assert_string_equal(err.code, "model.syntax");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_hold_what_is_stored),
	    cmocka_unit_test(after_a_refusal_they_hold_what_was_typed),
	    cmocka_unit_test(after_a_conflict_both_versions_are_shown),
	    cmocka_unit_test(only_the_form_that_was_sent_is_marked),
	    cmocka_unit_test(a_row_has_what_its_own_form_sent),
	    cmocka_unit_test(its_text_keys_are_known_and_broken_ones_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
