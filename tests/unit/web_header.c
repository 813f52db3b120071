/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/header.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
picks_the_best_representation(void **state)
{
	static const enum web_format page[] = {
	    FORMAT_HTML, FORMAT_JSON, FORMAT_XML, FORMAT_CSV};
	static const struct {
		const char *accept;
		bool ok;
		enum web_format want;
	} cases[] = {
	    {"", true, FORMAT_HTML},
	    {"*/*", true, FORMAT_HTML},
	    {"application/json", true, FORMAT_JSON},
	    {"APPLICATION/JSON", true, FORMAT_JSON},
	    {"application/problem+json", true, FORMAT_JSON},
	    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
		true, FORMAT_HTML},
	    {"application/json;q=0.5, application/xml", true, FORMAT_XML},
	    {"text/*;q=0.5, text/html;q=0.1", true, FORMAT_CSV},
	    {"text/csv", true, FORMAT_CSV},
	    {"application/json;q=0, */*;q=0.1", true, FORMAT_HTML},
	    {"application/json;q=0.001", true, FORMAT_JSON},
	    {"image/png", false, FORMAT_JSON},
	    {"application/json;q=0", false, FORMAT_JSON},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum web_format f = FORMAT_JSON;

		assert_int_equal(accept_pick(span_of(cases[i].accept), page,
				     COUNT(page), &f),
		    cases[i].ok);
		if (cases[i].ok)
			assert_int_equal(f, cases[i].want);
	}
}

static void
picks_a_language_that_it_speaks(void **state)
{
	(void)state;
	assert_string_equal(language_pick(span_of("")), "en");
	assert_string_equal(language_pick(span_of("de-AT,de;q=0.9")), "de");
	assert_string_equal(
	    language_pick(span_of("fr,de;q=0.3,en;q=0.2")), "de");
	assert_string_equal(language_pick(span_of("en;q=0.9,de;q=0.8")), "en");
	assert_string_equal(language_pick(span_of("fr")), "en");
}

static void
compares_tags_weakly_for_reading(void **state)
{
	struct span tag = span_of("\"7-ab\"");

	(void)state;
	assert_true(etag_match(span_of("\"7-ab\""), tag));
	assert_true(etag_match(span_of("W/\"7-ab\""), tag));
	assert_true(etag_match(span_of("\"x\", \"7-ab\""), tag));
	assert_true(etag_match(span_of("*"), tag));
	assert_false(etag_match(span_of("\"7\""), tag));
	assert_false(etag_match(span_of(""), tag));
}

static void
reads_the_version_that_was_seen(void **state)
{
	long long v = 0;

	(void)state;
	assert_int_equal(if_match_read(span_of("\"7\""), &v, NULL), RC_OK);
	assert_int_equal(v, 7);
	assert_int_equal(
	    if_match_read(span_of("\"12-abcdef-xml\""), &v, NULL), RC_OK);
	assert_int_equal(v, 12);
	assert_int_equal(if_match_read(span_of(""), &v, NULL), RC_ABSENT);
	assert_int_equal(if_match_read(span_of("*"), &v, NULL), RC_ABSENT);
	assert_int_equal(if_match_read(span_of("7"), &v, NULL), RC_INPUT);
	assert_int_equal(if_match_read(span_of("W/\"7\""), &v, NULL), RC_INPUT);
	assert_int_equal(if_match_read(span_of("\"x1\""), &v, NULL), RC_INPUT);
}

static void
waits_no_longer_than_allowed(void **state)
{
	(void)state;
	assert_int_equal(prefer_wait(span_of(""), 30), 0);
	assert_int_equal(prefer_wait(span_of("wait=10"), 30), 10);
	assert_int_equal(
	    prefer_wait(span_of("respond-async, wait=10"), 30), 10);
	assert_int_equal(prefer_wait(span_of("wait=99999"), 30), 30);
	assert_int_equal(prefer_wait(span_of("wait=-1"), 30), 0);
	assert_int_equal(prefer_wait(span_of("return=minimal"), 30), 0);
}

static void
takes_keys_of_visible_characters(void **state)
{
	char much[130];
	struct span k;

	(void)state;
	assert_int_equal(idempotency_read(span_of("\"a-1\""), &k, NULL), RC_OK);
	assert_true(span_is(k, "a-1"));
	assert_int_equal(idempotency_read(span_of("a-1"), &k, NULL), RC_OK);
	assert_int_equal(idempotency_read(span_of("a b"), &k, NULL), RC_INPUT);
	assert_int_equal(idempotency_read(span_of("\"\""), &k, NULL), RC_INPUT);
	memset(much, 'k', sizeof much);
	assert_int_equal(
	    idempotency_read(span_make(much, 129), &k, NULL), RC_INPUT);
}

static void
keeps_only_well_formed_trace_ids(void **state)
{
	struct span good = span_of("0af7651916cd43dd8448eb211c80319c");

	(void)state;
	assert_true(span_eq(trace_id(good), good));
	assert_null(trace_id(span_of("0af7")).p);
	assert_null(trace_id(span_of("0AF7651916cd43dd8448eb211c80319c")).p);
	assert_null(trace_id(span_of("")).p);
}

static void
reads_media_types_without_their_parameters(void **state)
{
	struct arena *a = arena_new();
	struct span charset;

	(void)state;
	assert_true(
	    span_is(media_type(span_of("Application/JSON; charset=\"UTF-8\""),
			a, &charset),
		"application/json"));
	assert_true(span_is(charset, "UTF-8"));
	assert_int_equal(media_type(span_of(""), a, &charset).n, 0);
	assert_true(media_type_is(span_of("application/edi-x12")));
	assert_false(media_type_is(span_of("text/html; charset=x")));
	assert_false(media_type_is(span_of("text")));
	assert_false(media_type_is(span_of("a/b\r\nx")));
	arena_free(a);
}

static void
finds_cookies_by_exact_name_and_refuses_two(void **state)
{
	struct span v;

	(void)state;
	assert_int_equal(
	    cookie_find(span_of("a=1; lang=de=x; b=2"), "lang", &v, NULL),
	    RC_OK);
	assert_true(span_is(v, "de=x"));
	assert_int_equal(
	    cookie_find(span_of("Lang=de; xlang=1"), "lang", &v, NULL),
	    RC_ABSENT);
	assert_int_equal(
	    cookie_find(span_of("lang=de; lang=en"), "lang", &v, NULL),
	    RC_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(picks_the_best_representation),
	    cmocka_unit_test(picks_a_language_that_it_speaks),
	    cmocka_unit_test(compares_tags_weakly_for_reading),
	    cmocka_unit_test(reads_the_version_that_was_seen),
	    cmocka_unit_test(waits_no_longer_than_allowed),
	    cmocka_unit_test(takes_keys_of_visible_characters),
	    cmocka_unit_test(keeps_only_well_formed_trace_ids),
	    cmocka_unit_test(reads_media_types_without_their_parameters),
	    cmocka_unit_test(finds_cookies_by_exact_name_and_refuses_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
