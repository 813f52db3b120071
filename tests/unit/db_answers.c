/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/notify.h"
#include "db/sqlstate.h"

static void
reads_the_status_of_our_own_refusals(void **state)
{
	static const struct {
		const char *sqlstate;
		int status;
		enum rc rc;
	} cases[] = {
	    {"PT401", 401, RC_DENIED},
	    {"PT403", 403, RC_DENIED},
	    {"PT404", 404, RC_ABSENT},
	    {"PT409", 409, RC_CONFLICT},
	    {"PT412", 412, RC_CONFLICT},
	    {"PT422", 422, RC_INPUT},
	    {"PT428", 428, RC_CONFLICT},
	    {"PT429", 429, RC_AWAY},
	    {"PT503", 503, RC_AWAY},
	};
	struct db_error e;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(sqlstate_read(cases[i].sqlstate, "orders.x",
				     "{\"args\":{}}", &e),
		    cases[i].rc);
		assert_int_equal(e.status, cases[i].status);
		assert_string_equal(e.err.code, "orders.x");
		assert_true(span_is(e.detail, "{\"args\":{}}"));
	}
}

static void
never_shows_what_postgresql_says(void **state)
{
	struct db_error e;

	(void)state;
	assert_int_equal(
	    sqlstate_read("23505", "duplicate key", "Key (a)=(b)", &e),
	    RC_FAULT);
	assert_string_equal(e.err.code, "fault");
	assert_int_equal(e.detail.n, 0);
	assert_int_equal(sqlstate_read("PTxyz", "m", NULL, &e), RC_FAULT);
	assert_int_equal(sqlstate_read("PT200", "m", NULL, &e), RC_FAULT);
}

static void
knows_what_may_pass(void **state)
{
	struct db_error e;

	(void)state;
	assert_int_equal(sqlstate_read("42501", "m", NULL, &e), RC_ABSENT);
	assert_int_equal(sqlstate_read("57014", "m", NULL, &e), RC_AWAY);
	assert_int_equal(sqlstate_read("57P01", "m", NULL, &e), RC_AWAY);
	assert_int_equal(sqlstate_read("08006", "m", NULL, &e), RC_AWAY);
	assert_int_equal(sqlstate_read(NULL, NULL, NULL, &e), RC_AWAY);
	assert_int_equal(sqlstate_read("22P05", "m", NULL, &e), RC_INPUT);
	assert_true(sqlstate_again("40001") && sqlstate_again("40P01"));
	assert_false(sqlstate_again("PT409") || sqlstate_again(NULL));
	assert_true(sqlstate_stale("26000"));
}

static void
reads_notifications(void **state)
{
	struct notice n;

	(void)state;
	assert_int_equal(notify_read("event",
			     "{\"seq\":17,\"partner\":\"p\",\"type\":\"t\","
			     "\"object\":\"order\",\"id\":\"i\"}",
			     &n, NULL),
	    RC_OK);
	assert_int_equal(n.seq, 17);
	assert_string_equal(n.partner, "p");
	assert_string_equal(n.object, "order");
	assert_false(n.session);
	assert_int_equal(
	    notify_read("session", "{\"id\":\"s\"}", &n, NULL), RC_OK);
	assert_true(n.session);
	assert_int_equal(notify_read("event", "{", &n, NULL), RC_INPUT);
}

static void
ignores_ids_that_are_too_long(void **state)
{
	char b[256];
	struct notice n;

	(void)state;
	memset(b, 'x', sizeof b);
	memcpy(b, "{\"id\":\"", 7);
	memcpy(b + sizeof b - 3, "\"}", 3);
	assert_int_equal(notify_read("event", b, &n, NULL), RC_OK);
	assert_string_equal(n.id, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_the_status_of_our_own_refusals),
	    cmocka_unit_test(never_shows_what_postgresql_says),
	    cmocka_unit_test(knows_what_may_pass),
	    cmocka_unit_test(reads_notifications),
	    cmocka_unit_test(ignores_ids_that_are_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
