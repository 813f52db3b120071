/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exchange/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
#define INSTRUMENTED 1
#else
#define INSTRUMENTED 0
#endif

#define AGREEMENTS                                                             \
	"[{\"id\":\"a\",\"family\":\"edifact\",\"direction\":\"in\","          \
	"\"guides\":{\"order\":\"edifact/orders-d96a\"},"                      \
	"\"ours\":{\"id\":\"R\",\"qualifier\":\"14\"},"                        \
	"\"theirs\":{\"id\":\"S\",\"qualifier\":\"14\"},\"options\":{}}]"

#define ORDER                                                                  \
	"UNB+UNOC:3+S:14+R:14+260101:1200+77'UNH+1+ORDERS:D:96A:UN'"           \
	"BGM+220+PO1+9'DTM+137:20260101:102'NAD+BY+2900000000117::9'"          \
	"NAD+SU+2900000000018::9'LIN+1++2910000000017:EN'QTY+21:2:PCE'"        \
	"UNS+S'UNT+9+1'UNZ+1+77'"

static const struct sandbox_options OPTIONS = {
    .guides = "partners",
    .cpu_s = 5,
    .memory_mib = 32,
    .document_bytes = 10u << 20,
};

static struct sandbox *box;

static int
begin(void **state)
{
	struct err err;

	struct sigaction ignore = {.sa_handler = SIG_IGN};

	(void)state;
	if (sigaction(SIGPIPE, &ignore, NULL) != 0)
		return -1;
	if (sandbox_start(&OPTIONS, &box, &err) != RC_OK) {
		print_error("%s\n", err.text);
		return -1;
	}
	return 0;
}

static int
end(void **state)
{
	(void)state;
	sandbox_stop(box);
	return 0;
}

static enum rc
ask_read(struct sandbox_child *c, struct span bytes, struct arena *a,
    struct frame *answer, struct err *err)
{
	struct frame ask = {.kind = SANDBOX_READ,
	    .nparts = 2,
	    .parts = {SPAN(AGREEMENTS), bytes}};

	assert_int_equal(sandbox_open(box, c, err), RC_OK);
	return sandbox_ask(c, &ask, a, answer, err);
}

static bool
says(struct span s, const char *text)
{
	return span_find_str(s, text) < s.n;
}

static void
reads_and_acknowledges_in_a_child(void **state)
{
	struct arena *a = arena_new();
	struct sandbox_ack want = {0, 0, false};
	struct frame ask = {.kind = SANDBOX_ACK,
	    .nparts = 2,
	    .parts = {span_make(&want, sizeof want), SPAN("5")}};
	struct frame answer;
	struct sandbox_child c;
	struct err err;

	(void)state;
	assert_int_equal(ask_read(&c, span_of(ORDER), a, &answer, &err), RC_OK);
	assert_true(says(answer.parts[0], "\"number\":\"PO1\""));
	assert_int_equal(sandbox_ask(&c, &ask, a, &answer, &err), RC_OK);
	assert_true(span_is(answer.parts[0], "contrl"));
	assert_true(span_is(answer.parts[1], "accepted"));
	assert_true(says(answer.parts[2], "UCI+77+S:14+R:14+7'"));
	want.reused = true;
	assert_int_equal(sandbox_ask(&c, &ask, a, &answer, &err), RC_OK);
	assert_true(span_is(answer.parts[1], "rejected"));
	assert_true(says(answer.parts[2], "UCI+77+S:14+R:14+4+26'"));
	sandbox_close(&c);
	arena_free(a);
}

/* 3.6 MB of XML, 900,000 elements that need more memory than a child has. */
static struct span
hungry(struct arena *a)
{
	size_t n = 3600000;
	char *p = arena_alloc(a, n);

	memcpy(p, "<a>", 3);
	for (size_t i = 3; i + 8 < n; i += 4)
		memcpy(p + i, "<b/>", 4);
	return span_make(p, n);
}

static void
survives_a_child_that_needs_too_much(void **state)
{
	struct arena *a;
	struct frame answer;
	struct sandbox_child c;
	struct err err;

	(void)state;
	if (INSTRUMENTED)
		skip();
	a = arena_new();
	assert_int_equal(ask_read(&c, hungry(a), a, &answer, &err), RC_INPUT);
	assert_string_equal(err.code, "sandbox.died");
	sandbox_close(&c);
	assert_int_equal(ask_read(&c, span_of(ORDER), a, &answer, &err), RC_OK);
	sandbox_close(&c);
	arena_free(a);
}

static void
survives_a_child_that_is_killed(void **state)
{
	struct arena *a = arena_new();
	struct frame answer;
	struct sandbox_child c;
	struct err err;

	(void)state;
	assert_int_equal(ask_read(&c, span_of(ORDER), a, &answer, &err), RC_OK);
	assert_int_equal(kill(c.pid, SIGKILL), 0);
	assert_int_equal(sandbox_ask(&c, &answer, a, &answer, &err), RC_FAULT);
	assert_string_equal(err.code, "sandbox.killed");
	sandbox_close(&c);
	assert_int_equal(ask_read(&c, span_of(ORDER), a, &answer, &err), RC_OK);
	sandbox_close(&c);
	arena_free(a);
}

static void
says_why_a_document_cannot_be_written(void **state)
{
	struct arena *a = arena_new();
	struct frame answer,
	    ask = {.kind = SANDBOX_WRITE,
		.nparts = 2,
		.parts = {SPAN("{\"agreement\":{\"family\":\"edifact\"},"
			       "\"canonical\":{\"type\":\"order\"},"
			       "\"control\":{\"interchange\":\"1\"}}"),
		    SPAN("0")}};
	struct sandbox_child c;
	struct err err;

	(void)state;
	assert_int_equal(sandbox_open(box, &c, &err), RC_OK);
	assert_int_equal(sandbox_ask(&c, &ask, a, &answer, &err), RC_INPUT);
	assert_string_equal(err.code, "guide.absent");
	sandbox_close(&c);
	arena_free(a);
}

static void
refuses_guides_that_do_not_load(void **state)
{
	struct sandbox_options o = OPTIONS;
	struct sandbox *other;
	struct err err;

	(void)state;
	o.guides = "tests/no-such-folder";
	assert_int_equal(sandbox_start(&o, &other, &err), RC_INPUT);
	assert_string_equal(err.code, "guide.syntax");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_acknowledges_in_a_child),
	    cmocka_unit_test(survives_a_child_that_needs_too_much),
	    cmocka_unit_test(survives_a_child_that_is_killed),
	    cmocka_unit_test(says_why_a_document_cannot_be_written),
	    cmocka_unit_test(refuses_guides_that_do_not_load),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
