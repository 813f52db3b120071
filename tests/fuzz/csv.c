/* SPDX-License-Identifier: Apache-2.0
 *
 * CSV from outside: cells are UTF-8 within the text, and what is written of
 * them can be read again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "repr/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = {.p = (const char *)data, .n = size};
	struct arena *a = arena_new();
	struct csv csv, again;
	struct buf b;

	buf_init(&b, 64 * 1024 * 1024);
	if (csv_read(s, a, &csv, NULL) == RC_OK) {
		for (size_t i = 0; i < csv.nrows; i++) {
			buf_reset(&b);
			csv_write_row(
			    &b, csv.rows[i].cells, csv.rows[i].ncells);
			if (csv_read(buf_span(&b), a, &again, NULL) != RC_OK)
				abort();
		}
	}
	buf_done(&b);
	arena_free(a);
	return 0;
}
