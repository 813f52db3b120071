/* SPDX-License-Identifier: Apache-2.0 */
#include "edi/edi.h"

struct span
edi_attribute(const struct edi_node *n, const char *name)
{
	for (uint32_t i = 0; i < n->nattributes; i++) {
		if (n->attributes[i].ns.n == 0 &&
		    span_is(n->attributes[i].name, name))
			return n->attributes[i].value;
	}
	return (struct span){NULL, 0};
}

const struct edi_node *
edi_child(const struct edi_node *n, const char *ns, const char *name)
{
	for (n = n->child; n != NULL; n = n->next) {
		if (span_is(n->name, name) &&
		    (ns == NULL || span_is(n->ns, ns)))
			return n;
	}
	return NULL;
}

#define ALONE UINT32_MAX

/* Numbers all siblings of that name, so that each is looked at once however
 * many of them are asked for. */
static void
count(const struct edi_node *n)
{
	const struct edi_node *s = n->parent ? n->parent->child : n;
	struct edi_node *last = NULL;
	uint32_t all = 0;

	for (; s != NULL; s = s->next) {
		if (!span_eq(s->name, n->name))
			continue;
		last = (struct edi_node *)(uintptr_t)s;
		last->nth = ++all;
	}
	if (all == 1)
		last->nth = ALONE;
}

/* Place among the siblings of the same name; 0 when it is the only one. */
static unsigned
place(const struct edi_node *n)
{
	if (n->nth == 0)
		count(n);
	return n->nth == ALONE ? 0 : n->nth;
}

static void
put_path(struct buf *b, const struct edi_node *n)
{
	unsigned at = place(n);

	if (n->parent != NULL)
		put_path(b, n->parent);
	buf_putc(b, '/');
	buf_put(b, n->name);
	if (at)
		buf_printf(b, "[%u]", at);
}

void
edi_column(unsigned column, char out[4])
{
	char back[4];
	size_t n = 0, i = 0;

	for (; column && n < 3; column = (column - 1) / 26)
		back[n++] = (char)('A' + (column - 1) % 26);
	while (n)
		out[i++] = back[--n];
	out[i] = '\0';
}

const char *
edi_xpath(const struct edi_node *n, struct arena *a)
{
	struct buf b;
	const char *path;
	char letters[4];

	if (n->column.p) {
		edi_column(n->column_nth, letters);
		return arena_printf(a, "%s%u", letters, n->line);
	}
	buf_init(&b, 1u << 20);
	put_path(&b, n);
	path = arena_str(a, buf_span(&b));
	buf_done(&b);
	return path;
}
