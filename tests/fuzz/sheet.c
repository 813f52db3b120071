/* SPDX-License-Identifier: Apache-2.0
 *
 * Sheets from outside: whatever the bytes are, cells are UTF-8; the parts of a
 * workbook are read as XML of their own, too, since a fuzzer finds no ZIP.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "sheet/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look(const struct sheet *s)
{
	for (size_t i = 0; i < s->nrows; i++)
		for (uint32_t k = 0; k < s->rows[i].ncells; k++)
			if (!utf8_is(s->rows[i].cells[k].text))
				abort();
}

static void
part(struct span xml, struct arena *a)
{
	struct sheet_book b = {.a = a};
	struct sheet s = {.xlsx = true};

	if (sheet_xml_workbook(xml, &b, NULL) == RC_OK &&
	    sheet_xml_strings(xml, &b, NULL) == RC_OK &&
	    sheet_xml_styles(xml, &b, NULL) == RC_OK &&
	    sheet_xml_relations(xml, &b, NULL) == RC_OK &&
	    sheet_xml_rows(xml, &b, &s, NULL) == RC_OK)
		look(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = {.p = (const char *)data, .n = size};
	struct arena *a = arena_new();
	struct sheet out;

	if (sheet_read(s, a, &out, NULL) == RC_OK)
		look(&out);
	if (size && data[0] == '<')
		part(s, a);
	(void)sheet_number(s, size & 1, a);
	(void)sheet_date(s, a);
	arena_free(a);
	return 0;
}
