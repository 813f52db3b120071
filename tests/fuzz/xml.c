/* SPDX-License-Identifier: Apache-2.0
 *
 * XML from outside: every text is UTF-8 and every node has a path.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "edi/edi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(const struct edi_node *n, struct arena *a)
{
	for (; n != NULL; n = n->next) {
		if (!utf8_is(n->text) || edi_xpath(n, a)[0] != '/')
			abort();
		for (uint32_t i = 0; i < n->nattributes; i++) {
			if (!utf8_is(n->attributes[i].value))
				abort();
		}
		walk(n->child, a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(span_make(data, size), NULL, a);

	for (size_t i = 0; i < f->ninterchanges; i++) {
		if (f->interchanges[i]->nmessages)
			walk(f->interchanges[i]->messages[0]->root, a);
	}
	arena_free(a);
	return 0;
}
