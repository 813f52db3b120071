/* SPDX-License-Identifier: Apache-2.0
 *
 * The digest by which a repeated interchange is told from a changed one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "edi/digest.h"

#define BYTES 300

static char text[BYTES];

static uint64_t
of(size_t n, size_t piece)
{
	struct edi_digest d = {.n = 0};

	for (size_t at = 0; at < n; at += piece)
		edi_digest_put(
		    &d, span_make(text + at, n - at < piece ? n - at : piece));
	edi_digest_put(&d, (struct span){NULL, 0});
	return edi_digest_end(&d);
}

static void
pieces_do_not_matter(void **state)
{
	(void)state;
	for (size_t n = 1; n <= BYTES; n++) {
		uint64_t whole = of(n, n);

		for (size_t piece = 1; piece < n; piece += 1 + piece / 5)
			assert_true(of(n, piece) == whole);
	}
}

static void
every_byte_and_their_order_matter(void **state)
{
	uint64_t before = of(BYTES, BYTES);

	(void)state;
	for (size_t i = 0; i < BYTES; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ 1 << bit);
			assert_true(of(BYTES, BYTES) != before);
			text[i] = (char)(text[i] ^ 1 << bit);
		}
	}
	for (size_t i = 0; i + 16 < BYTES; i++) {
		char c = text[i];

		text[i] = text[i + 16];
		text[i + 16] = c;
		assert_true(of(BYTES, BYTES) != before);
		text[i + 16] = text[i];
		text[i] = c;
	}
}

static void
zeros_at_the_end_matter(void **state)
{
	(void)state;
	memset(text, 0, sizeof text);
	for (size_t n = 1; n < BYTES; n++)
		assert_true(of(n, n) != of(n + 1, n + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_do_not_matter),
	    cmocka_unit_test(every_byte_and_their_order_matter),
	    cmocka_unit_test(zeros_at_the_end_matter),
	};

	for (size_t i = 0; i < BYTES; i++)
		text[i] = (char)(i * 7 % 251);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
