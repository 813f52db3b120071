/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/sql_text.h"

/* The statements of text and their lines, up to eight. */
static void
expect(const char *text, size_t n, const char *const want[],
    const unsigned lines[])
{
	struct sql_text t = {.rest = span_of(text), .line = 1};
	struct span statement;
	unsigned line;
	size_t i = 0;

	while (sql_text_next(&t, &statement, &line)) {
		assert_true(i < n);
		assert_true(span_is(statement, want[i]));
		assert_int_equal(line, lines[i]);
		i++;
	}
	assert_int_equal(i, n);
}

static void
cuts_at_semicolons_and_counts_lines(void **state)
{
	(void)state;
	expect("select 1;\n\nselect\n2 ;select 3", 3,
	    (const char *const[]){"select 1;", "select\n2 ;", "select 3"},
	    (const unsigned[]){1, 3, 4});
	expect("", 0, NULL, NULL);
	expect("\n -- only words ;\n/* ; /* ; */ ; */ ", 0, NULL, NULL);
}

static void
leaves_quotes_and_comments_whole(void **state)
{
	(void)state;
	expect("select ';', ''';', \";\" -- ;\n, 1;select 2", 2,
	    (const char *const[]){
		"select ';', ''';', \";\" -- ;\n, 1;", "select 2"},
	    (const unsigned[]){1, 2});
	expect("select E'\\';' ;select e'\\\\';", 2,
	    (const char *const[]){"select E'\\';' ;", "select e'\\\\';"},
	    (const unsigned[]){1, 1});
	/* Not an escape string: the name before the quote ends in e. */
	expect("select date'\\';select 2;", 2,
	    (const char *const[]){"select date'\\';", "select 2;"},
	    (const unsigned[]){1, 1});
}

static void
leaves_dollar_quotes_whole(void **state)
{
	(void)state;
	expect("do $$ a; $b$ ; $$;select $x1$ $$;$x$ $x1$; select $1;", 3,
	    (const char *const[]){
		"do $$ a; $b$ ; $$;", "select $x1$ $$;$x$ $x1$;", "select $1;"},
	    (const unsigned[]){1, 1, 1});
	/* Part of a name is no quote. */
	expect("select a$b$c; select $b$;$b$;", 2,
	    (const char *const[]){"select a$b$c;", "select $b$;$b$;"},
	    (const unsigned[]){1, 1});
}

static void
ends_where_quotes_do_not(void **state)
{
	(void)state;
	expect("select 'x;", 1, (const char *const[]){"select 'x;"},
	    (const unsigned[]){1});
	expect("select $$x;", 1, (const char *const[]){"select $$x;"},
	    (const unsigned[]){1});
	expect("select 1 /* ;", 1, (const char *const[]){"select 1 /* ;"},
	    (const unsigned[]){1});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cuts_at_semicolons_and_counts_lines),
	    cmocka_unit_test(leaves_quotes_and_comments_whole),
	    cmocka_unit_test(leaves_dollar_quotes_whole),
	    cmocka_unit_test(ends_where_quotes_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
