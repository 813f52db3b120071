/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "repr/csv.h"
#include "repr/xml.h"

static void
rows_and_their_lines_are_read(void **state)
{
	struct arena *a = arena_new();
	struct err err = {.rc = RC_OK};
	struct csv csv;

	(void)state;
	assert_int_equal(
	    csv_read(span_of("\xef\xbb\xbfn;p\r\nA;\"1,50\"\r\n\r\n"
			     "\"two\nlines\";\"q\"\"q\"\nB;2"),
		a, &csv, &err),
	    RC_OK);
	assert_int_equal(csv.nrows, 4);
	assert_true(span_is(csv.rows[0].cells[0], "n"));
	assert_true(span_is(csv.rows[1].cells[1], "1,50"));
	assert_true(span_is(csv.rows[2].cells[0], "two\nlines"));
	assert_true(span_is(csv.rows[2].cells[1], "q\"q"));
	assert_int_equal(csv.rows[2].line, 4);
	assert_int_equal(csv.rows[3].line, 6);
	assert_int_equal(
	    csv_read(span_of("a,\"b\nc"), a, &csv, &err), RC_INPUT);
	assert_string_equal(err.code, "csv.syntax");
	assert_int_equal(csv_read(span_of("\xff"), a, &csv, &err), RC_INPUT);
	assert_string_equal(err.code, "csv.utf8");
	arena_free(a);
}

static void
too_many_cells_are_refused(void **state)
{
	struct arena *a = arena_new();
	struct err err;
	struct csv csv;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (int i = 0; i <= CSV_MAX_CELLS; i++)
		buf_puts(&b, "x,");
	assert_int_equal(csv_read(buf_span(&b), a, &csv, &err), RC_INPUT);
	assert_string_equal(err.code, "csv.cells");
	buf_done(&b);
	arena_free(a);
}

static void
OU_2_formulas_are_neutralised(void **state)
{
	const struct span cells[] = {SPAN("=1+1"), SPAN("+49 30"), SPAN("-5"),
	    SPAN("-5-a"), SPAN("@x"), SPAN("a\"b"), SPAN("plain"), SPAN("")};
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	csv_write_row(&b, cells, sizeof cells / sizeof *cells);
	assert_string_equal(b.p,
	    "\"'=1+1\",\"'+49 30\",-5,\"'-5-a\",\"'@x\",\"a\"\"b\",plain,\r\n");
	buf_done(&b);
}

static json_t *
sample(struct arena *a)
{
	json_t *v;

	assert_int_equal(
	    repr_json_read(
		span_of(
		    "[{\"id\":\"1\",\"total\":{\"amount\":\"2.50\"},"
		    "\"tags\":[\"x\",\"y\"],\"can\":{\"go\":true},"
		    "\"lines\":[{}]},{\"id\":2,\"late\":true,\"1 <\":null}]"),
		a, &v, NULL),
	    RC_OK);
	return v;
}

static void
a_list_becomes_a_table(void **state)
{
	struct arena *a = arena_new();
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	csv_write_list(sample(a), &b);
	assert_string_equal(b.p,
	    "id,total.amount,tags,late,1 <\r\n1,2.50,x | y,,\r\n2,,,true,\r\n");
	buf_done(&b);
	arena_free(a);
}

static void
json_becomes_xml(void **state)
{
	struct arena *a = arena_new();
	struct buf b;

	(void)state;
	buf_init(&b, 2000);
	repr_xml_write(sample(a), "list", &b);
	assert_string_equal(b.p,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<list><item><id>1</id>"
	    "<total><amount>2.50</amount></total><tags><item>x</item>"
	    "<item>y</item></tags><can><go>true</go></can><lines><item></item>"
	    "</lines></item><item><id>2</id><late>true</late>"
	    "<member name=\"1 &lt;\"/></item></list>\n");
	buf_reset(&b);
	repr_xml_write(
	    repr_json_string(a, span_of("a\x01<\r\xc3\xbc")), "x", &b);
	assert_string_equal(b.p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				 "<x>a\xef\xbf\xbd&lt;&#13;\xc3\xbc</x>\n");
	buf_done(&b);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_and_their_lines_are_read),
	    cmocka_unit_test(too_many_cells_are_refused),
	    cmocka_unit_test(OU_2_formulas_are_neutralised),
	    cmocka_unit_test(a_list_becomes_a_table),
	    cmocka_unit_test(json_becomes_xml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
