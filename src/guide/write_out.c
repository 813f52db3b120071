/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells to bytes: a segment with its separators, an XML element.
 */
#include <string.h>

#include "guide/write.h"

static struct span
at(const struct gwriter *w, unsigned element, unsigned component)
{
	for (size_t i = 0; i < w->ncells; i++)
		if (w->cells[i].element == element &&
		    w->cells[i].component == component)
			return w->cells[i].text;
	return (struct span){0};
}

void
guide_put_segment(struct gwriter *w, const struct gnode *n)
{
	char tag[4] = {0};
	unsigned elements = 0, components = 0;

	memcpy(tag, n->name.p, n->name.n < 3 ? n->name.n : 3);
	for (size_t i = 0; i < w->ncells; i++) {
		if (w->cells[i].element > elements)
			elements = w->cells[i].element;
		if (w->cells[i].component > components)
			components = w->cells[i].component;
	}
	edi_write_segment(&w->edi, tag);
	for (unsigned e = 1; e <= elements; e++)
		for (unsigned c = 1; c <= components; c++)
			edi_write_value(&w->edi, e, 1, c, at(w, e, c));
	edi_write_end(&w->edi);
}

void
guide_put_xml(struct buf *out, struct span s, bool attribute)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '&')
			buf_puts(out, "&amp;");
		else if (c == '<')
			buf_puts(out, "&lt;");
		else if (c == '>')
			buf_puts(out, "&gt;");
		else if (c == '"' && attribute)
			buf_puts(out, "&quot;");
		else if (c == '\r' || (attribute && (c == '\n' || c == '\t')))
			buf_printf(out, "&#%u;", c);
		else if (c >= 0x20 || c == '\n' || c == '\t')
			buf_putc(out, (char)c);
		else
			buf_puts(out, "\xef\xbf\xbd");
	}
}

static void
indent(struct gwriter *w)
{
	buf_putc(w->out, '\n');
	for (int i = 0; i < w->depth; i++)
		buf_puts(w->out, "  ");
}

/* Elements of the root's own namespace carry no prefix. */
static struct span
xml_name(const struct gwriter *w, const struct gnode *n)
{
	return span_eq(n->ns, w->g->source->root) ? n->name : n->line->key;
}

void
guide_put_start(struct gwriter *w, const struct gnode *n, bool empty)
{
	indent(w);
	buf_putc(w->out, '<');
	buf_put(w->out, xml_name(w, n));
	for (size_t i = 0; i < w->ncells; i++) {
		const struct gcell *c = &w->cells[i];
		if (!c->attribute.n || !c->text.n)
			continue;
		buf_printf(
		    w->out, " %.*s=\"", (int)c->attribute.n, c->attribute.p);
		guide_put_xml(w->out, c->text, true);
		buf_putc(w->out, '"');
	}
	buf_putc(w->out, '>');
	for (size_t i = 0; i < w->ncells; i++)
		if (!w->cells[i].attribute.n)
			guide_put_xml(w->out, w->cells[i].text, false);
	if (empty)
		return;
	w->depth++;
}

void
guide_put_end(struct gwriter *w, const struct gnode *n)
{
	bool inner = w->out->n && w->out->p[w->out->n - 1] == '>' &&
		     n->end > n - w->g->nodes + 1;

	w->depth--;
	if (inner)
		indent(w);
	struct span name = xml_name(w, n);
	buf_puts(w->out, "</");
	buf_put(w->out, name);
	buf_putc(w->out, '>');
}
