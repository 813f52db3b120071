/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/input.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

struct asked {
	enum web_method method;
	const char *path, *query, *type, *body;
};

static enum rc
read_input(const struct asked *q, struct input *out, struct err *err)
{
	struct web_request rq = {
	    .method = q->method,
	    .query = span_of(q->query),
	    .content_type = span_of(q->type),
	    .body = span_of(q->body),
	};
	struct route_match m;

	assert_int_equal(
	    route_path_read(span_of(q->path), a, &rq.path, NULL), RC_OK);
	route_find(&rq.path, q->method, &m);
	assert_non_null(m.route);
	return input_read(&rq, &m, a, out, err);
}

static void
is(const json_t *v, const char *want)
{
	struct buf b;

	buf_init(&b, 100000);
	repr_json_write(v, &b);
	assert_string_equal(b.p, want);
	buf_done(&b);
}

static void
joins_path_and_query(void **state)
{
	struct asked q = {
	    WEB_GET, "/desk/orders", "q=a+b&due[lte]=1&lang=de", NULL, NULL};
	struct input in;

	(void)state;
	assert_int_equal(read_input(&q, &in, NULL), RC_OK);
	is(in.json, "{\"q\":\"a b\",\"due\":{\"lte\":\"1\"}}");
	assert_true(span_is(in.lang, "de"));
}

static void
refuses_a_query_where_there_is_none(void **state)
{
	struct asked q = {WEB_GET, "/desk/invoices/7", "x=1", NULL, NULL};
	struct err err = {0};
	struct input in;

	(void)state;
	assert_int_equal(read_input(&q, &in, &err), RC_INPUT);
	assert_string_equal(err.code, "http.query");
	q.query = "lang=en&theme=dark&done=orders_event.cancel";
	assert_int_equal(read_input(&q, &in, NULL), RC_OK);
	is(in.json, "{\"id\":\"7\"}");
	assert_true(span_is(in.flash, "orders_event.cancel"));
}

static void
lets_the_path_win(void **state)
{
	struct asked q = {WEB_POST, "/api/v1/orders/7/cancel", NULL,
	    "application/json", "{\"id\":\"8\",\"event\":\"confirm\",\"x\":1}"};
	struct input in;

	(void)state;
	assert_int_equal(read_input(&q, &in, NULL), RC_OK);
	is(in.json, "{\"id\":\"7\",\"event\":\"cancel\",\"x\":1}");
	assert_false(in.form);
}

static void
takes_its_own_members_out_of_forms(void **state)
{
	struct asked q = {WEB_POST, "/distributor/orders", NULL,
	    "application/x-www-form-urlencoded",
	    "form_token=T&_back=%2Fdistributor%2Fhome&_event=save&"
	    "_form=cancel&"
	    "lines[0][item]=A"};
	struct input in;

	(void)state;
	assert_int_equal(read_input(&q, &in, NULL), RC_OK);
	is(in.json, "{\"lines\":[{\"item\":\"A\"}],\"event\":\"save\"}");
	assert_true(in.form);
	assert_true(span_is(in.form_token, "T"));
	assert_true(span_is(in.back, "/distributor/home"));
	assert_true(span_is(in.sent, "cancel"));
}

static void
insists_on_the_media_type(void **state)
{
	struct asked q = {WEB_POST, "/api/v1/orders", NULL, "text/plain", "{}"};
	struct err err = {0};
	struct input in;

	(void)state;
	assert_int_equal(read_input(&q, &in, &err), RC_INPUT);
	assert_string_equal(err.code, "http.media_type");
	/* Forms are for browsers' doors. */
	q.type = "application/x-www-form-urlencoded";
	q.body = "a=1";
	assert_int_equal(read_input(&q, &in, NULL), RC_INPUT);
	q.type = "application/json; charset=iso-8859-1";
	q.body = "{}";
	assert_int_equal(read_input(&q, &in, NULL), RC_INPUT);
	q.type = "application/json; charset=utf-8";
	assert_int_equal(read_input(&q, &in, NULL), RC_OK);
	q.path = "/api/v1/documents";
	assert_int_equal(read_input(&q, &in, NULL), RC_INPUT);
}

static void
hands_documents_over_as_bytes(void **state)
{
	struct asked q = {WEB_POST, "/api/v1/documents", "filename=o.edi",
	    "application/edifact", "UNB+"};
	struct input in;

	(void)state;
	assert_int_equal(read_input(&q, &in, NULL), RC_OK);
	is(in.json, "{\"filename\":\"o.edi\","
		    "\"media_type\":\"application/edifact\"}");
	assert_true(span_is(in.bytes, "UNB+"));
}

static void
takes_the_file_of_an_upload(void **state)
{
	struct asked q = {WEB_POST, "/distributor/documents", NULL,
	    "multipart/form-data; boundary=B",
	    "--B\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n"
	    "T\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; "
	    "filename=\"o.edi\"\r\nContent-Type: text/x\r\n\r\nUNB+\r\n"
	    "--B--\r\n"};
	struct input in;

	(void)state;
	assert_int_equal(read_input(&q, &in, NULL), RC_OK);
	assert_true(span_is(in.bytes, "UNB+"));
	assert_true(span_is(in.form_token, "T"));
	assert_true(in.form);
	is(in.json, "{\"filename\":\"o.edi\",\"media_type\":\"text/x\"}");
}

static void
refuses_json_that_is_no_object(void **state)
{
	static const char *const bad[] = {
	    "[]", "1", "{\"a\":1,\"a\":2}", "{", "", "{}x"};
	struct asked q = {
	    WEB_POST, "/api/v1/orders", NULL, "application/json", NULL};
	struct input in;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		q.body = bad[i];
		assert_int_equal(read_input(&q, &in, NULL), RC_INPUT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(joins_path_and_query),
	    cmocka_unit_test(refuses_a_query_where_there_is_none),
	    cmocka_unit_test(lets_the_path_win),
	    cmocka_unit_test(takes_its_own_members_out_of_forms),
	    cmocka_unit_test(insists_on_the_media_type),
	    cmocka_unit_test(hands_documents_over_as_bytes),
	    cmocka_unit_test(takes_the_file_of_an_upload),
	    cmocka_unit_test(refuses_json_that_is_no_object),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
