/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "repr/label.h"

#define FONTS "/usr/share/fonts/truetype/dejavu"

struct world {
	struct arena *a;
	struct label_fonts *fonts;
	const struct text_locale *en;
	struct buf out;
	struct err err;
};

static int
begin(void **state)
{
	static struct world w;
	struct text *text;

	w.a = arena_new();
	assert_int_equal(label_fonts_load(FONTS, w.a, &w.fonts, &w.err), RC_OK);
	assert_int_equal(text_load("assets/text", w.a, &text, &w.err), RC_OK);
	w.en = text_locale(text, "en", NULL);
	buf_init(&w.out, LABEL_MAX);
	*state = &w;
	return 0;
}

static int
end(void **state)
{
	struct world *w = *state;

	buf_done(&w->out);
	arena_free(w->a);
	return 0;
}

static enum rc
draw(struct world *w, const char *json)
{
	json_t *labels;

	buf_reset(&w->out);
	assert_int_equal(
	    repr_json_read(span_of(json), w->a, &labels, &w->err), RC_OK);
	return label_pdf(labels, w->fonts, w->en, &w->out, &w->err);
}

static void
draws_what_it_is_given(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    draw(w,
		"[{\"sscc\":\"106141412345678908\",\"qr\":\"x\",\"fields\":["
		"{\"name\":\"to\",\"value\":\"A\\nB\","
		"\"large\":true}],\"contents\":[\"4 \\u00d7 P1\"]}]"),
	    RC_OK);
	assert_true(span_starts(buf_span(&w->out), "%PDF-"));
}

static void
refuses_what_is_no_sscc(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    draw(w, "[{\"sscc\":\"10614141234567890\"}]"), RC_INPUT);
	assert_string_equal(w->err.code, "label.code");
	assert_int_equal(
	    draw(w, "[{\"sscc\":\"10614141234567890x\"}]"), RC_INPUT);
	assert_int_equal(draw(w, "[{}]"), RC_INPUT);
}

static void
says_when_a_label_is_too_large(void **state)
{
	struct world *w = *state;
	json_t *labels;

	assert_int_equal(
	    repr_json_read(span_of("[{\"sscc\":\"106141412345678908\"}]"), w->a,
		&labels, &w->err),
	    RC_OK);
	buf_done(&w->out);
	buf_init(&w->out, 100);
	assert_int_equal(
	    label_pdf(labels, w->fonts, w->en, &w->out, &w->err), RC_FAULT);
	assert_string_equal(w->err.code, "label.draw");
}

static void
names_the_font_that_is_missing(void **state)
{
	struct world *w = *state;
	struct label_fonts *f;

	assert_int_equal(
	    label_fonts_load("/nowhere", w->a, &f, &w->err), RC_ABSENT);
	assert_string_equal(w->err.code, "label.font");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(draws_what_it_is_given, begin, end),
	    cmocka_unit_test_setup_teardown(
		refuses_what_is_no_sscc, begin, end),
	    cmocka_unit_test_setup_teardown(
		says_when_a_label_is_too_large, begin, end),
	    cmocka_unit_test_setup_teardown(
		names_the_font_that_is_missing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
