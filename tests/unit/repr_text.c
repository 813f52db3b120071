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
#include <unistd.h>

#include "repr/text.h"

static char dir[] = "/tmp/kontor-text-XXXXXX";

static void
put_file(const char *language, const char *text)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, language);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof path, "%s/%s/a.json", dir, language);
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
	static const char *const names[] = {
	    "en/a.json", "de/a.json", "en", "de", ""};
	char path[200];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		(void)remove(path);
	}
	return 0;
}

#define EN                                                                     \
	"{\"hi\":\"It''s {name}\",\"n\":\"{n, plural, =0{none} one{# line} "   \
	"other{# lines}}\",\"sel\":\"{k, select, in{from} other{to}} {a.b}\"," \
	"\"d\":\"by {d, date}, {m, money}, {q, quantity}, {s, label, "         \
	"order}\","                                                            \
	"\"may\":\"{k, select, none{without} other{with {k}}}\","              \
	"\"quote\":\"'{'x'}'\",\"label.order.open\":\"Open\","                 \
	"\"label.unit.MTR\":\"m\"}"
#define DE                                                                     \
	"{\"hi\":\"Hier ist {name}\",\"n\":\"{n, plural, =0{keine} one{# "     \
	"Zeile} other{# Zeilen}}\",\"sel\":\"{k, select, in{von} other{an}} "  \
	"{a.b}\",\"d\":\"bis {d, date}, {m, money}, {q, quantity}, "           \
	"{s, label, order}\",\"quote\":\"'{'x'}'\","                           \
	"\"may\":\"{k, select, none{ohne} other{mit {k}}}\","                  \
	"\"label.order.open\":\"Offen\",\"label.unit.MTR\":\"m\"}"

static void
says(struct text *t, const char *language, const char *key, const char *args,
    const char *expected)
{
	struct arena *a = arena_new();
	struct buf b;
	json_t *v;

	buf_init(&b, 1000);
	assert_int_equal(repr_json_read(span_of(args), a, &v, NULL), RC_OK);
	assert_true(text_format_json(
	    text_locale(t, language, "Europe/Berlin"), key, v, &b));
	assert_string_equal(b.p, expected);
	buf_done(&b);
	arena_free(a);
}

static void
sentences_take_arguments_by_name(void **state)
{
	struct arena *a = arena_new();
	struct err err;
	struct text *t;
	const char *args = "{\"d\":\"2026-12-03\",\"m\":{\"amount\":\"1480.5\","
			   "\"currency\":\"EUR\"},\"q\":{\"value\":\"2.50\","
			   "\"unit\":\"MTR\"},\"s\":\"open\"}";

	(void)state;
	put_file("en", EN);
	put_file("de", DE);
	assert_int_equal(text_load(dir, a, &t, &err), RC_OK);
	says(t, "en", "hi", "{\"name\":\"Ann\"}", "It's Ann");
	says(t, "en", "hi", "{}", "It's {name}");
	says(t, "en", "n", "{\"n\":0}", "none");
	says(t, "en", "n", "{\"n\":1}", "1 line");
	says(t, "en", "n", "{\"n\":\"1200\"}", "1,200 lines");
	says(t, "de", "n", "{\"n\":1}", "1 Zeile");
	says(t, "de", "n", "{\"n\":1200}", "1.200 Zeilen");
	says(t, "de", "sel", "{\"k\":\"in\",\"a\":{\"b\":7}}", "von 7");
	says(t, "en", "sel", "{\"k\":\"x\",\"a\":{\"b\":7}}", "to 7");
	says(t, "en", "may", "{\"k\":\"x\"}", "with x");
	says(t, "en", "may", "{\"k\":\"\"}", "without");
	says(t, "de", "may", "{}", "ohne");
	says(t, "en", "sel", "{\"k\":\"x\",\"a\":{\"b\":[\"10\",20]}}",
	    "to 10, 20");
	says(t, "en", "n", "{\"n\":[1,2,3]}", "3 lines");
	says(t, "en", "quote", "{}", "{x}");
	says(t, "en", "d", args,
	    "by 3 Dec 2026, \u20ac1,480.50, 2.5\u00a0m, Open");
	says(t, "de", "d", args,
	    "bis 03.12.2026, 1.480,50\u00a0\u20ac, 2,5\u00a0m, Offen");
	says(t, "fr", "label.order.open", "{}", "Open");
	assert_false(text_has(t, span_of("nothing")));
	arena_free(a);
}

static const struct {
	void (*write)(
	    const struct text_locale *l, struct span s, struct buf *out);
	const char *value, *en, *de;
} values[] = {
    {text_date, "2026-12-03", "3 Dec 2026", "03.12.2026"},
    {text_date, "2026-06-30T22:30:00Z", "1 Jul 2026", "01.07.2026"},
    {text_date, "soon", "soon", "soon"},
    {text_date, "2026-02-30", "2026-02-30", "2026-02-30"},
    {text_datetime, "2026-12-03T08:05:09.123456+00:00", "3 Dec 2026, 09:05",
	"03.12.2026, 09:05"},
    {text_datetime, "2026-07-03 08:05:09+02", "3 Jul 2026, 08:05",
	"03.07.2026, 08:05"},
    {text_time, "2026-07-03T23:05:09Z", "01:05", "01:05"},
    {text_time, "25:00", "25:00", "25:00"},
    {text_number, "-1234567.50", "-1,234,567.50", "-1.234.567,50"},
    {text_number, "0012", "12", "12"},
    {text_number, "1e5", "1e5", "1e5"},
};

static void
values_follow_the_language_and_the_zone(void **state)
{
	struct arena *a = arena_new();
	struct text *t;
	struct buf b;

	(void)state;
	put_file("en", EN);
	put_file("de", DE);
	assert_int_equal(text_load(dir, a, &t, NULL), RC_OK);
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		buf_reset(&b);
		values[i].write(text_locale(t, "en", "Europe/Berlin"),
		    span_of(values[i].value), &b);
		assert_string_equal(b.p, values[i].en);
		buf_reset(&b);
		values[i].write(text_locale(t, "de", "Europe/Berlin"),
		    span_of(values[i].value), &b);
		assert_string_equal(b.p, values[i].de);
	}
	buf_reset(&b);
	text_money(
	    text_locale(t, "en", NULL), span_of("-7"), span_of("CHF"), &b);
	text_money(
	    text_locale(t, "en", NULL), span_of("0.0125"), span_of("JPY"), &b);
	text_money(text_locale(t, "en", NULL), span_of("1"), span_of("?"), &b);
	assert_string_equal(b.p, "-CHF\u00a07.00JP\u00a50.01251 ?");
	buf_done(&b);
	arena_free(a);
}

static const struct {
	const char *en, *de, *code;
} refused[] = {
    {"{\"a\":\"x\"}", "{}", "text.missing"},
    {"{}", "{\"a\":\"x\"}", "text.missing"},
    {"{\"a\":\"{x}\"}", "{\"a\":\"{y}\"}", "text.arguments"},
    {"{\"a\":\"{x}\"}", "{\"a\":\"y\"}", "text.arguments"},
    {"{\"a\":\"{x\"}", "{\"a\":\"{x}\"}", "text.syntax"},
    {"{\"a\":\"x}\"}", "{\"a\":\"x\"}", "text.syntax"},
    {"{\"a\":\"{x, plural, one{1}}\"}", "{\"a\":\"{x}\"}", "text.syntax"},
    {"{\"a\":\"{x, colour}\"}", "{\"a\":\"{x}\"}", "text.syntax"},
    {"{\"a\":7}", "{\"a\":\"\"}", "text.syntax"},
};

static void
languages_that_differ_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct arena *a = arena_new();
		struct err err;
		struct text *t;

		put_file("en", refused[i].en);
		put_file("de", refused[i].de);
		assert_int_equal(text_load(dir, a, &t, &err), RC_INPUT);
		assert_string_equal(err.code, refused[i].code);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sentences_take_arguments_by_name),
	    cmocka_unit_test(values_follow_the_language_and_the_zone),
	    cmocka_unit_test(languages_that_differ_are_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
