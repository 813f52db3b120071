/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "repr/form.h"

static void
becomes(const char *form, const char *json)
{
	struct arena *a = arena_new();
	struct err err = {.rc = RC_OK};
	struct buf b;
	json_t *v;

	buf_init(&b, 100000);
	if (form_read(span_of(form), a, &v, &err) != RC_OK)
		fail_msg("%s: %s", form, err.text);
	repr_json_write(v, &b);
	assert_string_equal(b.p, json);
	buf_done(&b);
	arena_free(a);
}

static void
fields_become_one_input(void **state)
{
	(void)state;
	becomes("", "{}");
	becomes("a=1&b=x+y%21&c=", "{\"a\":\"1\",\"b\":\"x y!\"}");
	becomes("lines[1][item]=B&lines[0][item]=A&lines[0][quantity]=4",
	    "{\"lines\":[{\"item\":\"A\",\"quantity\":\"4\"},{\"item\":\"B\"}]"
	    "}");
	becomes("lines%5B0%5D%5Bitem%5D=A", "{\"lines\":[{\"item\":\"A\"}]}");
	becomes("lines[0][item]=&lines[7][item]=B",
	    "{\"lines\":[{\"item\":\"B\"}]}");
	becomes("ids[]=x&ids[]=y&due[lte]=1",
	    "{\"ids\":[\"x\",\"y\"],\"due\":{\"lte\":\"1\"}}");
	becomes("t=a%0D%0Ab%0Dc", "{\"t\":\"a\\nb\\nc\"}");
	becomes("u=%C3%BC&", "{\"u\":\"\xc3\xbc\"}");
}

static const struct {
	const char *form, *code;
} refused[] = {
    {"a=1&a=2", "form.duplicate"},
    {"a=%0", "form.encoding"},
    {"a=%zz", "form.encoding"},
    {"a=%ff", "form.encoding"},
    {"a=%00", "form.encoding"},
    {"a=%1b", "form.encoding"},
    {"=1", "form.name"},
    {"a b=1", "form.name"},
    {"a[=1", "form.name"},
    {"a[0]x=1", "form.name"},
    {"a[0][b][0][c][d][e]=1", "form.name"},
    {"a[99999]=1", "form.name"},
    {"a[0]=1&a[b]=2", "form.name"},
    {"a=1&a[0]=2", "form.name"},
    {"a[0]=1&a=2", "form.name"},
};

static void
over_a_limit_everything_is_refused(void **state)
{
	struct arena *a = arena_new();
	struct err err;
	struct buf b;
	json_t *v;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		assert_int_equal(
		    form_read(span_of(refused[i].form), a, &v, &err), RC_INPUT);
		assert_string_equal(err.code, refused[i].code);
	}
	buf_init(&b, 2 * FORM_MAX_BYTES);
	for (int i = 0; i <= FORM_MAX_PAIRS; i++)
		buf_printf(&b, "f%d=1&", i);
	assert_int_equal(form_read(buf_span(&b), a, &v, &err), RC_INPUT);
	assert_string_equal(err.code, "form.pairs");
	while (b.n <= FORM_MAX_BYTES)
		buf_puts(&b, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	assert_int_equal(form_read(buf_span(&b), a, &v, &err), RC_INPUT);
	assert_string_equal(err.code, "form.size");
	buf_done(&b);
	arena_free(a);
}

#define TYPE "multipart/form-data; boundary=xx"
#define FIELD "--xx\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n7\r\n"
#define UPLOAD                                                                 \
	"--xx\r\nContent-Disposition: form-data; name=\"file\"; "              \
	"filename=\"a;b.edi\"\r\nContent-Type: application/edifact\r\n\r\n"    \
	"UNA\r\n--x\r\n"

static enum rc
multipart(const char *body, const char *type, struct arena *a,
    struct form_file *file, json_t **fields, struct err *err)
{
	return form_multipart(
	    span_of(body), span_of(type), a, file, fields, err);
}

static void
a_file_is_read_beside_its_fields(void **state)
{
	struct arena *a = arena_new();
	struct form_file file;
	struct err err;
	json_t *v;

	(void)state;
	assert_int_equal(
	    multipart(FIELD UPLOAD "--xx--\r\n", TYPE, a, &file, &v, &err),
	    RC_OK);
	assert_string_equal(repr_json_str(v, "f"), "7");
	assert_true(span_is(file.field, "file"));
	assert_true(span_is(file.name, "a;b.edi"));
	assert_true(span_is(file.type, "application/edifact"));
	assert_true(span_is(file.bytes, "UNA\r\n--x"));
	assert_int_equal(
	    multipart(FIELD "--xx--", TYPE, a, &file, &v, &err), RC_OK);
	assert_null(file.bytes.p);
	arena_free(a);
}

static void
a_broken_multipart_body_is_refused(void **state)
{
	static const struct {
		const char *body, *type, *code;
	} bad[] = {
	    {FIELD, TYPE, "form.multipart"},
	    {FIELD "--xx--x", TYPE, "form.multipart"},
	    {"x" FIELD "--xx--", TYPE, "form.multipart"},
	    {UPLOAD UPLOAD "--xx--", TYPE, "form.files"},
	    {FIELD FIELD "--xx--", TYPE, "form.duplicate"},
	    {FIELD "--xx--", "multipart/form-data", "form.boundary"},
	    {"--xx\r\nX: y\r\n\r\n1\r\n--xx--", TYPE, "form.multipart"},
	    {"--xx\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xx--", TYPE,
		"form.multipart"},
	    {"", TYPE, "form.multipart"},
	};
	struct arena *a = arena_new();
	struct form_file file;
	struct err err;
	json_t *v;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(
		    multipart(bad[i].body, bad[i].type, a, &file, &v, &err),
		    RC_INPUT);
		assert_string_equal(err.code, bad[i].code);
	}
	arena_free(a);
}

static void
fields_beside_a_file_are_bounded_as_others(void **state)
{
	static const char head[] =
	    "--xx\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n";
	struct arena *a = arena_new();
	struct form_file file;
	struct err err;
	struct buf b;
	json_t *v;

	(void)state;
	buf_init(&b, 4 * FORM_MAX_BYTES);
	for (int field = 0; field < 2; field++) {
		buf_printf(&b, head, field ? "two" : "one");
		for (int i = 0; i < FORM_MAX_BYTES / 2 / 8 + field; i++)
			buf_puts(&b, "eightfor");
		buf_puts(&b, "\r\n");
	}
	buf_puts(&b, UPLOAD "--xx--\r\n");
	assert_int_equal(multipart(b.p, TYPE, a, &file, &v, &err), RC_INPUT);
	assert_string_equal(err.code, "form.size");
	buf_done(&b);
	arena_free(a);
}

static void
query_values_are_encoded(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	form_encode(&b, span_of("a b/\xc3\xbc&~"));
	assert_string_equal(b.p, "a%20b%2F%C3%BC%26~");
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_become_one_input),
	    cmocka_unit_test(over_a_limit_everything_is_refused),
	    cmocka_unit_test(a_file_is_read_beside_its_fields),
	    cmocka_unit_test(a_broken_multipart_body_is_refused),
	    cmocka_unit_test(fields_beside_a_file_are_bounded_as_others),
	    cmocka_unit_test(query_values_are_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
