/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "web/shared.h"

#define SECOND 1000000

static void
lets_a_burst_pass_and_then_the_rate(void **state)
{
	struct span key = span_of("somebody");
	int64_t now = 1000 * (int64_t)SECOND;
	int passed = 0, left = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		passed += shared_rate(key, 10, 20, now, &left) == 0;
	assert_int_equal(passed, 21);
	assert_int_equal(left, 0);
	assert_true(shared_rate(key, 10, 20, now, &left) >= 1);
	assert_int_equal(shared_rate(span_of("other"), 10, 20, now, &left), 0);
	assert_int_equal(left, 20);
	passed = 0;
	for (int i = 0; i < 100; i++)
		passed += shared_rate(key, 10, 20, now + SECOND, &left) == 0;
	assert_int_equal(passed, 10);
}

static void
counts_streams_over_all_workers(void **state)
{
	struct span key = span_of("p");
	int status = 0;
	pid_t pid;

	(void)state;
	shared_worker(1);
	assert_true(shared_stream_open(key, 3));
	assert_true(shared_stream_open(key, 3));
	pid = fork();
	if (pid == 0) {
		shared_worker(2);
		_exit(shared_stream_open(key, 3) && !shared_stream_open(key, 3)
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_false(shared_stream_open(key, 3));
	/* Worker 2 died without closing; its successor begins anew. */
	shared_worker(2);
	shared_worker(1);
	assert_true(shared_stream_open(key, 1));
	shared_stream_close(key);
	assert_true(shared_stream_open(key, 1));
}

static void
writes_counters_as_prometheus_reads_them(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	shared_count(204, 700);
	shared_count(503, 3000000);
	shared_metrics(&b);
	assert_non_null(
	    strstr(b.p, "kontor_http_responses_total{class=\"2xx\"} 1\n"));
	assert_non_null(
	    strstr(b.p, "kontor_http_seconds_bucket{le=\"0.001\"} 1\n"));
	assert_non_null(
	    strstr(b.p, "kontor_http_seconds_bucket{le=\"+Inf\"} 2\n"));
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lets_a_burst_pass_and_then_the_rate),
	    cmocka_unit_test(counts_streams_over_all_workers),
	    cmocka_unit_test(writes_counters_as_prometheus_reads_them),
	};

	shared_make();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
