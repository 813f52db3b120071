/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates: the specification's own cases (from the folder KONTOR_CORPUS or
 * ../shared/corpus; skipped when absent) and each rule once more by cases of
 * our own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "repr/template.h"

static int calls;

static void
lambda_world(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared, (void)text;
	buf_puts(out, "world");
}

static void
lambda_planet(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared, (void)text;
	buf_puts(out, "{{planet}}");
}

static void
lambda_delims(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared, (void)text;
	buf_puts(out, "|planet| => {{planet}}");
}

static void
lambda_count(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared, (void)text;
	buf_printf(out, "%d", ++calls);
}

static void
lambda_greater(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared, (void)text;
	buf_puts(out, ">");
}

static void
lambda_yes(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared;
	buf_puts(out, span_is(text, "{{x}}") ? "yes" : "no");
}

static void
lambda_around(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared;
	buf_put(out, text);
	buf_puts(out, "{{planet}}");
	buf_put(out, text);
}

static void
lambda_around_delims(struct template_call *c, const void *prepared,
    struct span text, struct buf *out)
{
	(void)c, (void)prepared;
	buf_put(out, text);
	buf_puts(out, "{{planet}} => |planet|");
	buf_put(out, text);
}

static void
lambda_underscores(struct template_call *c, const void *prepared,
    struct span text, struct buf *out)
{
	(void)c, (void)prepared;
	buf_puts(out, "__");
	buf_put(out, text);
	buf_puts(out, "__");
}

static void
lambda_nothing(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c, (void)prepared, (void)text, (void)out;
}

static const struct {
	const char *name;
	void (*call)(struct template_call *c, const void *prepared,
	    struct span text, struct buf *out);
} lambdas[] = {
    {"Interpolation", lambda_world},
    {"Interpolation - Expansion", lambda_planet},
    {"Interpolation - Alternate Delimiters", lambda_delims},
    {"Interpolation - Multiple Calls", lambda_count},
    {"Escaping", lambda_greater},
    {"Section", lambda_yes},
    {"Section - Expansion", lambda_around},
    {"Section - Alternate Delimiters", lambda_around_delims},
    {"Section - Multiple Calls", lambda_underscores},
    {"Inverted Section", lambda_nothing},
};

struct sample {
	const char *text;
	json_t *data, *partials;
	const struct template_func *funcs;
	bool strict, trim;
};

static enum rc
render(
    const struct sample *s, struct arena *a, struct buf *out, struct err *err)
{
	struct template_options o = {
	    .funcs = s->funcs, .strict = s->strict, .trim = s->trim};
	struct template_set *set = template_set_new(&o, a);
	enum rc rc = template_set_add(set, "main", span_of(s->text), err);
	const char *name;
	json_t *text;

	json_object_foreach(s->partials, name, text) if (rc == RC_OK) rc =
	    template_set_add(set, name, span_of(json_string_value(text)), err);
	if (rc == RC_OK)
		rc = template_set_link(set, err);
	if (rc == RC_OK)
		rc = template_render(
		    template_find(set, "main"), s->data, NULL, out, err);
	return rc;
}

/* Runs one case of the specification; 1 when it fails. */
static int
official(json_t *test, bool is_lambda)
{
	struct template_func funcs[2] = {{.name = NULL}};
	struct arena *a = arena_new();
	const char *name = repr_json_str(test, "name");
	const char *expected = repr_json_str(test, "expected");
	struct sample s = {.text = repr_json_str(test, "template"),
	    .data = json_object_get(test, "data"),
	    .partials = json_object_get(test, "partials"),
	    .funcs = funcs};
	struct err err = {.rc = RC_OK};
	struct buf out;
	int failed;

	calls = 0;
	for (size_t i = 0; is_lambda && i < sizeof lambdas / sizeof *lambdas;
	     i++)
		if (strcmp(lambdas[i].name, name) == 0)
			funcs[0] = (struct template_func){.name = "lambda",
			    .lambda = true,
			    .call = lambdas[i].call};
	assert_true(!is_lambda || funcs[0].name);
	json_object_del(s.data, is_lambda ? "lambda" : "");
	buf_init(&out, 100000);
	failed = render(&s, a, &out, &err) != RC_OK ||
		 !span_is(buf_span(&out), expected);
	if (failed)
		print_error("%s (%s)\n  template  %s\n  expected  %s\n"
			    "  rendered  %s\n",
		    name, err.text, s.text, expected, out.p ? out.p : "");
	buf_done(&out);
	arena_free(a);
	return failed;
}

static void
official_file(const char *file)
{
	const char *dir = getenv("KONTOR_CORPUS");
	struct arena *a = arena_new();
	struct span text;
	json_t *cases, *test;
	size_t i;
	int failed = 0;
	const char *path = arena_printf(
	    a, "%s/mustache/%s.json", dir ? dir : "../shared/corpus", file);

	if (file_read(path, 1 << 20, a, &text, NULL) != RC_OK) {
		print_message("skipped: %s is not there\n", path);
		arena_free(a);
		skip();
	}
	assert_int_equal(repr_json_trusted(text, a, &cases, NULL), RC_OK);
	json_array_foreach(json_object_get(cases, "tests"), i, test) failed +=
	    official(test, strcmp(file, "~lambdas") == 0);
	assert_true(i > 0);
	print_message("%s: %zu cases\n", file, i);
	arena_free(a);
	assert_int_equal(failed, 0);
}

static void
spec_comments(void **state)
{
	(void)state;
	official_file("comments");
}

static void
spec_delimiters(void **state)
{
	(void)state;
	official_file("delimiters");
}

static void
spec_interpolation(void **state)
{
	(void)state;
	official_file("interpolation");
}

static void
spec_inverted(void **state)
{
	(void)state;
	official_file("inverted");
}

static void
spec_partials(void **state)
{
	(void)state;
	official_file("partials");
}

static void
spec_sections(void **state)
{
	(void)state;
	official_file("sections");
}

static void
spec_lambdas(void **state)
{
	(void)state;
	official_file("~lambdas");
}

static void
filter_upper(struct template_call *c, const void *prepared, struct span text,
    struct buf *out)
{
	(void)c;
	if (prepared) {
		buf_puts(out, prepared);
		return;
	}
	for (size_t i = 0; i < text.n; i++)
		buf_putc(out, text.p[i] >= 'a' && text.p[i] <= 'z'
				  ? (char)(text.p[i] - 32)
				  : text.p[i]);
}

static enum rc
prepare_upper(void *user, struct span literal, struct arena *a,
    const void **prepared, struct err *err)
{
	(void)user;
	if (span_is(literal, "bad"))
		return err_set(err, RC_INPUT, "test.bad", "bad literal");
	*prepared = arena_printf(a, "<%.*s>", (int)literal.n, literal.p);
	return RC_OK;
}

static const struct template_func filters[] = {
    {.name = "upper", .call = filter_upper, .prepare = prepare_upper},
    {.name = NULL},
};

static const struct {
	const char *rule, *text, *data, *expected;
	bool trim;
} own[] = {
    {"escapes", "{{a}}", "{\"a\":\"<&>\\\"'x\"}", "&lt;&amp;&gt;&quot;&#39;x",
	false},
    {"numbers", "{{a}} {{b}} {{c}}", "{\"a\":-7,\"b\":0.1,\"c\":1.21}",
	"-7 0.1 1.21", false},
    {"missing", "[{{a}}{{b.c}}]", "{\"b\":1}", "[]", false},
    {"falsy",
	"{{#a}}a{{/a}}{{#b}}b{{/b}}{{#c}}c{{/c}}{{#d}}d{{/d}}{{^d}}D{{/d}}",
	"{\"a\":0,\"b\":\"\",\"c\":[],\"d\":null}", "D", false},
    {"list", "{{#a}}<{{.}}>{{/a}}", "{\"a\":[1,\"x\"]}", "<1><x>", false},
    {"outward", "{{#a}}{{b}}{{/a}}", "{\"a\":{\"c\":1},\"b\":2}", "2", false},
    {"dotted stays inside", "{{#a}}[{{b.c}}]{{/a}}",
	"{\"a\":{\"b\":{}},\"b\":{\"c\":1}}", "[]", false},
    {"standalone", "a\n  {{#b}}\n  x\n  {{/b}}\r\nc\n", "{\"b\":true}",
	"a\n  x\nc\n", false},
    {"delimiters", "{{=<% %>=}}<%a%> {{a}}", "{\"a\":1}", "1 {{a}}", false},
    {"filter", "{{#upper}}a {{b}}{{/upper}}", "{\"b\":\"<c\"}", "A &lt;C",
	false},
    {"prepared filter", "{{#upper}} ab {{/upper}}!", "{}", "&lt;ab&gt;!",
	false},
    {"filter in filter", "{{#upper}}x{{#upper}}{{b}}{{/upper}}{{/upper}}{{b}}",
	"{\"b\":\"c\"}", "XCc", false},
    {"a filter's name stays data", "{{upper}}", "{\"upper\":1}", "1", false},
    {"trim", "  <p>\n\n   {{#a}}\n   x {{a}}  y\n   {{/a}}\n  </p>\n",
	"{\"a\":1}", "<p>\nx 1  y\n</p>\n", true},
};

static void
each_rule_by_a_case_of_our_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		struct arena *a = arena_new();
		struct sample s = {
		    .text = own[i].text, .funcs = filters, .trim = own[i].trim};
		struct err err = {.rc = RC_OK};
		struct buf out;

		buf_init(&out, 10000);
		assert_int_equal(
		    repr_json_trusted(span_of(own[i].data), a, &s.data, NULL),
		    RC_OK);
		if (render(&s, a, &out, &err) != RC_OK ||
		    !span_is(buf_span(&out), own[i].expected))
			fail_msg("%s: %s instead of %s (%s)", own[i].rule,
			    out.p, own[i].expected, err.text);
		buf_done(&out);
		arena_free(a);
	}
}

static const struct {
	const char *text, *code;
	bool strict;
} refused[] = {
    {"{{#a}}", "template.syntax", false},
    {"{{/a}}", "template.syntax", false},
    {"{{#a}}{{/b}}", "template.syntax", false},
    {"{{a", "template.syntax", false},
    {"{{}}", "template.syntax", false},
    {"{{a b}}", "template.syntax", false},
    {"{{a..b}}", "template.syntax", false},
    {"{{=x=}}", "template.syntax", false},
    {"{{{a}}}", "template.raw", true},
    {"{{& a}}", "template.raw", true},
    {"{{> nobody}}", "template.partial", true},
    {"{{#upper}}bad{{/upper}}", "test.bad", true},
};

static void
refuses_what_is_wrong_when_compiled(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct arena *a = arena_new();
		struct sample s = {.text = refused[i].text,
		    .funcs = filters,
		    .strict = refused[i].strict,
		    .data = repr_json_object(a)};
		struct err err = {.rc = RC_OK};
		struct buf out;

		buf_init(&out, 10000);
		assert_int_equal(render(&s, a, &out, &err), RC_INPUT);
		assert_string_equal(err.code, refused[i].code);
		buf_done(&out);
		arena_free(a);
	}
}

static void
a_partial_without_end_is_an_error_not_a_crash(void **state)
{
	struct arena *a = arena_new();
	struct sample s = {.text = "{{>p}}", .data = repr_json_object(a)};
	struct err err = {.rc = RC_OK};
	struct buf out;

	(void)state;
	s.partials = repr_json_object(a);
	repr_json_set_str(s.partials, "p", "x{{>p}}");
	buf_init(&out, 10000);
	assert_int_equal(render(&s, a, &out, &err), RC_FAULT);
	assert_string_equal(err.code, "template.depth");
	buf_reset(&out);
	out.max = 10;
	s.text = "more than ten bytes";
	assert_int_equal(render(&s, a, &out, &err), RC_FAULT);
	assert_string_equal(err.code, "template.size");
	buf_done(&out);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spec_comments),
	    cmocka_unit_test(spec_delimiters),
	    cmocka_unit_test(spec_interpolation),
	    cmocka_unit_test(spec_inverted),
	    cmocka_unit_test(spec_partials),
	    cmocka_unit_test(spec_sections),
	    cmocka_unit_test(spec_lambdas),
	    cmocka_unit_test(each_rule_by_a_case_of_our_own),
	    cmocka_unit_test(refuses_what_is_wrong_when_compiled),
	    cmocka_unit_test(a_partial_without_end_is_an_error_not_a_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
