/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "repr/json.h"

static const struct {
	const char *text, *code;
} refused[] = {
    {"{\"a\":1,\"a\":2}", "json.syntax"},
    {"{\"a\":\"\\u0000\"}", "json.syntax"},
    {"\"scalar\"", "json.syntax"},
    {"[1] 2", "json.syntax"},
    {"", "json.syntax"},
    {"[\"\xff\"]", "json.utf8"},
    {"[1e999]", "json.syntax"},
    {"{\"a\":}", "json.syntax"},
};

static void
refuses_what_json_does_not_allow(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct arena *a = arena_new();
		struct err err;
		json_t *v;

		assert_int_equal(
		    repr_json_read(span_of(refused[i].text), a, &v, &err),
		    RC_INPUT);
		assert_string_equal(err.code, refused[i].code);
		arena_free(a);
	}
}

static enum rc
read_nested(int depth, struct err *err)
{
	struct arena *a = arena_new();
	struct buf b;
	json_t *v;
	enum rc rc;

	buf_init(&b, 1000);
	for (int i = 0; i < depth; i++)
		buf_puts(&b, "[\"[[\",");
	buf_puts(&b, "1");
	for (int i = 0; i < depth; i++)
		buf_puts(&b, "]");
	rc = repr_json_read(buf_span(&b), a, &v, err);
	buf_done(&b);
	arena_free(a);
	return rc;
}

static void
holds_the_limits_of_size_and_depth(void **state)
{
	struct arena *a = arena_new();
	char *big = arena_alloc(a, REPR_JSON_MAX + 1);
	struct err err;
	json_t *v;

	(void)state;
	assert_int_equal(read_nested(REPR_JSON_DEPTH, &err), RC_OK);
	assert_int_equal(read_nested(REPR_JSON_DEPTH + 1, &err), RC_INPUT);
	assert_string_equal(err.code, "json.depth");
	memset(big, ' ', REPR_JSON_MAX + 1);
	big[0] = '[';
	big[REPR_JSON_MAX - 1] = ']';
	assert_int_equal(
	    repr_json_read(span_make(big, REPR_JSON_MAX), a, &v, &err), RC_OK);
	assert_int_equal(
	    repr_json_read(span_make(big, REPR_JSON_MAX + 1), a, &v, &err),
	    RC_INPUT);
	assert_string_equal(err.code, "json.size");
	arena_free(a);
}

static void
paths_lead_to_values(void **state)
{
	struct arena *a = arena_new();
	json_t *v;

	(void)state;
	assert_int_equal(
	    repr_json_read(
		span_of("{\"a\":{\"b\":[{\"c\":\"x\"},7]}}"), a, &v, NULL),
	    RC_OK);
	assert_string_equal(repr_json_str(v, "a.b.0.c"), "x");
	assert_int_equal(repr_json_int(v, "a.b.1", 0), 7);
	assert_int_equal(repr_json_int(v, "a.b.0.c", -1), -1);
	assert_null(repr_json_at(v, "a.b.2"));
	assert_null(repr_json_at(v, "a.b.x"));
	assert_ptr_equal(repr_json_at(v, ""), v);
	arena_free(a);
}

static void
members_keep_their_order_and_bad_bytes_are_marked(void **state)
{
	struct arena *a = arena_new();
	json_t *v = repr_json_object(a);
	struct buf b;

	(void)state;
	repr_json_set_str(v, "z", "1");
	repr_json_set_str(v, "none", NULL);
	repr_json_set_int(v, "a", 2);
	repr_json_set(v, "m", repr_json_string(a, span_of("\xff!")));
	buf_init(&b, 1000);
	repr_json_write(v, &b);
	assert_string_equal(
	    b.p, "{\"z\":\"1\",\"a\":2,\"m\":\"\xef\xbf\xbd!\"}");
	buf_done(&b);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refuses_what_json_does_not_allow),
	    cmocka_unit_test(holds_the_limits_of_size_and_depth),
	    cmocka_unit_test(paths_lead_to_values),
	    cmocka_unit_test(members_keep_their_order_and_bad_bytes_are_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
