/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON from outside: what is read can be written and reads the same again,
 * and has an XML and a CSV form.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "repr/csv.h"
#include "repr/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = {.p = (const char *)data, .n = size};
	struct arena *a = arena_new();
	json_t *v, *again;
	struct buf b;

	buf_init(&b, 64 * 1024 * 1024);
	if (repr_json_read(s, a, &v, NULL) == RC_OK) {
		repr_json_write(v, &b);
		if (repr_json_trusted(buf_span(&b), a, &again, NULL) != RC_OK ||
		    !json_equal(v, again))
			abort();
		buf_reset(&b);
		repr_xml_write(v, "root", &b);
		csv_write_list(v, &b);
		if (!utf8_is(buf_span(&b)))
			abort();
	}
	buf_done(&b);
	arena_free(a);
	return 0;
}
