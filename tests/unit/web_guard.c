/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "web/guard.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum guard_verdict
check(const char *text, struct guard *g)
{
	return guard_check(span_of(text), g);
}

static void
passes_plain_requests(void **state)
{
	static const char *const good[] = {
	    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET /a?b=c HTTP/1.1\r\nhost: a:1\r\nAccept: */*\r\n\r\n",
	    "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
	    "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na",
	    "POST /logout HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	    "DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	};
	struct guard g;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(check(good[i], &g), GUARD_PASS);
}

static void
waits_for_the_blank_line(void **state)
{
	struct guard g;

	(void)state;
	assert_int_equal(check("", &g), GUARD_MORE);
	assert_int_equal(
	    check("GET / HTTP/1.1\r\nHost: a\r\n", &g), GUARD_MORE);
}

/* HT-2: nothing may be read in two ways. */
static void
refuses_ambiguous_framing(void **state)
{
	static const char *const bad[] = {
	    /* two lengths, the same or not; malformed ones */
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
	    "Content-Length: 2\r\n\r\nx",
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
	    "Content-Length: 1\r\n\r\nx",
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx",
	    "POST / HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 99999999999999999999\r\n\r\nx",
	    /* chunked, alone and beside a length */
	    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
	    /* a body where none belongs, a second request behind one */
	    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	    "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: "
	    "a\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /",
	    /* hosts */
	    "GET / HTTP/1.1\r\nAccept: a\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nHostile: b\r\n\r\n",
	    /* lines */
	    "GET / HTTP/1.1\nHost: a\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nX: \x80\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n",
	    /* request lines */
	    "get / HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
	    "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
	    "GET /\r\nHost: a\r\n\r\n",
	    "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
	};
	struct guard g;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(check(bad[i], &g), GUARD_REFUSE);
		assert_int_equal(g.status, 400);
	}
}

static void
refuses_methods_that_no_route_has(void **state)
{
	static const char *const names[] = {"TRACE", "CONNECT", "PROPFIND"};
	struct guard g;
	struct buf b;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		buf_init(&b, 100);
		buf_printf(&b, "%s / HTTP/1.1\r\nHost: a\r\n\r\n", names[i]);
		assert_int_equal(guard_check(buf_span(&b), &g), GUARD_REFUSE);
		assert_int_equal(g.status, 501);
		buf_done(&b);
	}
}

static void
bounds_heads_and_bodies(void **state)
{
	struct guard g;
	struct buf b;

	(void)state;
	buf_init(&b, 1u << 20);
	buf_puts(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 22; i++)
		buf_printf(&b, "X-%d: y\r\n", i);
	buf_puts(&b, "\r\n");
	assert_int_equal(guard_check(buf_span(&b), &g), GUARD_REFUSE);
	assert_int_equal(g.status, 431);
	buf_reset(&b);
	buf_puts(&b, "GET /");
	while (b.n < GUARD_HEAD_MAX)
		buf_putc(&b, 'a');
	assert_int_equal(guard_check(buf_span(&b), &g), GUARD_REFUSE);
	assert_int_equal(g.status, 431);
	buf_done(&b);
	assert_int_equal(check("POST /login HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 16385\r\n\r\n",
			     &g),
	    GUARD_REFUSE);
	assert_int_equal(g.status, 413);
	assert_int_equal(check("POST /api/v1/orders HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 1048577\r\n\r\n",
			     &g),
	    GUARD_REFUSE);
	assert_int_equal(g.status, 413);
	assert_int_equal(check("POST /api/v1/documents HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 10485760\r\n\r\n",
			     &g),
	    GUARD_PASS);
	assert_int_equal(g.length, 10485760);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(passes_plain_requests),
	    cmocka_unit_test(waits_for_the_blank_line),
	    cmocka_unit_test(refuses_ambiguous_framing),
	    cmocka_unit_test(refuses_methods_that_no_route_has),
	    cmocka_unit_test(bounds_heads_and_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
