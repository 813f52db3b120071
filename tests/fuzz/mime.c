/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of MIME from outside: the first line is the content type, the rest the
 * body. A file lies within the body, and what is read can be written as JSON.
 */
#include <stdint.h>
#include <stdlib.h>

#include "repr/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = span_make(data, size);
	struct span type = span_cut(&body, '\n');
	struct arena *a = arena_new();
	struct form_file file;
	struct buf b;
	json_t *v;

	buf_init(&b, 64u << 20);
	if (form_multipart(body, type, a, &file, &v, NULL) == RC_OK) {
		if (file.bytes.n &&
		    (file.bytes.p < body.p ||
			file.bytes.p + file.bytes.n > body.p + body.n))
			abort();
		repr_json_write(v, &b);
		if (repr_json_trusted(buf_span(&b), a, &v, NULL) != RC_OK)
			abort();
	}
	buf_done(&b);
	arena_free(a);
	return 0;
}
