/* SPDX-License-Identifier: Apache-2.0
 *
 * Repairs of any bytes: each change lies within them, behind the one before,
 * and what comes out is as long as they make it and can be read.
 */
#include <stdint.h>
#include <stdlib.h>

#include "edi/repair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_make(data, size);
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(s, NULL, a);
	struct edi_changes c;
	size_t at = 0, n = size;
	struct buf b;

	edi_changes(s, f, a, &c);
	for (size_t i = 0; i < c.n; i++) {
		if (c.list[i].offset < at ||
		    c.list[i].length > size - c.list[i].offset)
			abort();
		at = c.list[i].offset + c.list[i].length;
		n += c.list[i].put.n - c.list[i].length;
	}
	buf_init(&b, 64u << 20);
	edi_changes_apply(s, &c, &b);
	if (b.n != n)
		abort();
	(void)edi_read(buf_span(&b), NULL, a);
	buf_done(&b);
	arena_free(a);
	return 0;
}
