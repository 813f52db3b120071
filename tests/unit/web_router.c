/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/router.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

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

static enum rc
read_path(const char *raw, struct route_path *out)
{
	return route_path_read(span_of(raw), a, out, NULL);
}

static const struct route *
find(const char *raw, enum web_method m, struct route_match *out)
{
	struct route_path p;

	assert_int_equal(read_path(raw, &p), RC_OK);
	route_find(&p, m, out);
	return out->route;
}

static void
finds_the_door_and_what_is_behind_it(void **state)
{
	static const struct {
		const char *raw, *rest;
		enum web_door door;
		size_t n;
	} cases[] = {
	    {"/", "/", DOOR_ROOT, 0},
	    {"/login", "/login", DOOR_ROOT, 1},
	    {"/desk", "", DOOR_DESK, 0},
	    {"/desk/partners/17", "/partners/17", DOOR_DESK, 2},
	    {"/api/v1/orders", "/orders", DOOR_API, 1},
	    {"/distributors/x", "/distributors/x", DOOR_ROOT, 2},
	    {"/api/v2/orders", "/api/v2/orders", DOOR_ROOT, 3},
	};
	struct route_path p;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(read_path(cases[i].raw, &p), RC_OK);
		assert_int_equal(p.door, cases[i].door);
		assert_true(span_is(p.rest, cases[i].rest));
		assert_int_equal(p.n, cases[i].n);
	}
}

static void
refuses_paths_that_could_mean_two_things(void **state)
{
	static const char *const bad[] = {"", "orders", "*", "//", "/a//b",
	    "/a/", "/./a", "/a/../b", "/%2e%2e/a", "/a%2fb", "/a%5cb", "/a\\b",
	    "/a%00b", "/a%0ab", "/a%7f", "/a%", "/a%4", "/a%zz", "/%ff",
	    "/a%c0%af"};
	struct route_path p;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(read_path(bad[i], &p), RC_INPUT);
	assert_int_equal(read_path("/1/2/3/4/5/6/7/8/9", &p), RC_ABSENT);
}

static void
decodes_a_segment_once(void **state)
{
	struct route_path p;

	(void)state;
	assert_int_equal(read_path("/desk/a%2520b%C3%A4+c", &p), RC_OK);
	assert_true(span_is(p.segments[0], "a%20b\xc3\xa4+c"));
}

static void
prefers_literal_segments_to_parameters(void **state)
{
	struct route_match m;

	(void)state;
	assert_string_equal(
	    find("/distributor/orders/new", WEB_GET, &m)->operation,
	    "orders_new");
	assert_string_equal(
	    find("/distributor/orders/17", WEB_GET, &m)->operation,
	    "orders_show");
	assert_true(span_is(route_param(&m, span_of("id")), "17"));
	assert_null(route_param(&m, span_of("event")).p);
	assert_string_equal(
	    find("/api/v1/orders/17/confirm", WEB_POST, &m)->operation,
	    "orders_event");
	assert_true(span_is(route_param(&m, span_of("event")), "confirm"));
}

static void
tells_which_methods_a_path_knows(void **state)
{
	struct route_match m;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_null(find("/api/v1/orders", WEB_DELETE, &m));
	route_allow(m.allow, &b);
	assert_string_equal(b.p, "GET, HEAD, POST");
	assert_null(find("/api/v1/nothing", WEB_GET, &m));
	assert_int_equal(m.allow, 0);
	buf_done(&b);
}

static void
serves_head_by_the_route_of_get(void **state)
{
	struct route_match m;

	(void)state;
	assert_string_equal(
	    find("/desk/orders", WEB_HEAD, &m)->operation, "orders_list");
}

static void
keeps_operations_behind_doors(void **state)
{
	struct route_match m;

	(void)state;
	assert_null(find("/orders", WEB_GET, &m));
	assert_int_equal(m.allow, 0);
}

static void
links_a_route_with_its_parameters_encoded(void **state)
{
	struct route_match m;
	struct buf b;

	(void)state;
	buf_init(&b, 200);
	(void)find("/supplier/orders/a%20b/confirm", WEB_POST, &m);
	assert_true(
	    route_link(route_of_page("orders/show"), DOOR_SUPPLIER, &m, &b));
	assert_string_equal(b.p, "/supplier/orders/a%20b");
	buf_reset(&b);
	(void)find("/supplier/orders", WEB_GET, &m);
	assert_false(
	    route_link(route_of_page("orders/show"), DOOR_SUPPLIER, &m, &b));
	buf_done(&b);
}

static void
bounds_bodies_by_route(void **state)
{
	struct route_path p;

	(void)state;
	assert_int_equal(read_path("/api/v1/documents", &p), RC_OK);
	assert_true(route_body_max(&p, WEB_POST, false) >= 10u << 20);
	assert_int_equal(read_path("/api/v1/orders", &p), RC_OK);
	assert_int_equal(route_body_max(&p, WEB_POST, false), 1u << 20);
	assert_true(route_body_max(&p, WEB_POST, true) >= 10u << 20);
	assert_int_equal(read_path("/login", &p), RC_OK);
	assert_int_equal(route_body_max(&p, WEB_POST, true), 16u << 10);
	assert_int_equal(read_path("/api/v1/token", &p), RC_OK);
	assert_int_equal(route_body_max(&p, WEB_POST, true), 16u << 10);
}

static void
shows_every_refused_form_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];

		if (r->method != WEB_GET && r->page)
			assert_non_null(route_of_page(r->page));
	}
}

static void
has_no_route_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++)
		for (size_t k = 0; k < i; k++)
			assert_false(routes[i].method == routes[k].method &&
				     !strcmp(routes[i].path, routes[k].path));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_the_door_and_what_is_behind_it),
	    cmocka_unit_test(refuses_paths_that_could_mean_two_things),
	    cmocka_unit_test(decodes_a_segment_once),
	    cmocka_unit_test(prefers_literal_segments_to_parameters),
	    cmocka_unit_test(tells_which_methods_a_path_knows),
	    cmocka_unit_test(serves_head_by_the_route_of_get),
	    cmocka_unit_test(keeps_operations_behind_doors),
	    cmocka_unit_test(links_a_route_with_its_parameters_encoded),
	    cmocka_unit_test(bounds_bodies_by_route),
	    cmocka_unit_test(shows_every_refused_form_again),
	    cmocka_unit_test(has_no_route_twice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
