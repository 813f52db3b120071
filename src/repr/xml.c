/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "repr/template.h"
#include "repr/xml.h"

static bool
name_start_is(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* ASCII names only; "xml..." is reserved. */
static bool
name_is(const char *s)
{
	if (!name_start_is(*s) || strncasecmp(s, "xml", 3) == 0)
		return false;
	for (; *s; s++)
		if (!name_start_is(*s) && !(*s >= '0' && *s <= '9') &&
		    *s != '-' && *s != '.')
			return false;
	return true;
}

static bool
allowed(int32_t c)
{
	return c == '\t' || c == '\n' ||
	       (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

/* CR would be read back as LF, so it is written by number. */
static void
put_text(struct buf *out, struct span s)
{
	size_t from = 0;
	struct span rest = s;

	while (rest.n) {
		size_t at = s.n - rest.n;
		int32_t c = utf8_next(&rest);

		if (c < 0)
			break;
		if (allowed(c))
			continue;
		template_escape(out, span_sub(s, from, at - from));
		buf_puts(out, c == '\r' ? "&#13;" : "\xef\xbf\xbd");
		from = s.n - rest.n;
	}
	template_escape(out, span_sub(s, from, s.n - rest.n - from));
}

static void put_element(const json_t *v, const char *key, struct buf *out);

static void
put_content(const json_t *v, struct buf *out)
{
	const char *key;
	json_t *inner;
	size_t i;

	switch (json_typeof(v)) {
	case JSON_OBJECT:
		json_object_foreach((json_t *)(uintptr_t)v, key, inner)
		    put_element(inner, key, out);
		break;
	case JSON_ARRAY:
		json_array_foreach(v, i, inner) put_element(inner, "item", out);
		break;
	case JSON_STRING:
		put_text(out,
		    span_make(json_string_value(v), json_string_length(v)));
		break;
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		template_scalar(out, v);
		break;
	}
}

static void
put_element(const json_t *v, const char *key, struct buf *out)
{
	bool plain = name_is(key);
	const char *name = plain ? key : "member";

	buf_printf(out, "<%s", name);
	if (!plain) {
		buf_puts(out, " name=\"");
		put_text(out, span_of(key));
		buf_putc(out, '"');
	}
	if (json_is_null(v)) {
		buf_puts(out, "/>");
		return;
	}
	buf_putc(out, '>');
	put_content(v, out);
	buf_printf(out, "</%s>", name);
}

void
repr_xml_write(const json_t *v, const char *root, struct buf *out)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	put_element(v, root, out);
	buf_putc(out, '\n');
}
