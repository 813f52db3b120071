/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of segments (notation.md section 9): which elements a segment has, in
 * the order of a standard, before a guide says more.
 */
#include <ctype.h>
#include <string.h>

#include "guide/impl.h"

struct reading {
	struct guides *gs;
	const char *file;
	unsigned no;
	struct gdirectory_segment *seg;
	uint16_t element; /* the last one's number */
};

static void
blanks(struct span *s)
{
	*s = span_trim(*s);
}

static struct gdirectory_element *
add(struct reading *r)
{
	struct gdirectory_segment *seg = r->seg;

	seg->list = arena_grow(
	    r->gs->a, seg->list, sizeof(*seg->list), &seg->cap, seg->n + 1);
	return &seg->list[seg->n++];
}

/* "2380", "C507", "03" */
static struct span
name(struct span *s)
{
	size_t i = 0;

	blanks(s);
	while (i < s->n && isalnum((unsigned char)s->p[i]) && s->p[i] != 'x')
		i++;
	struct span n = span_sub(*s, 0, i);
	*s = span_sub(*s, i, s->n);
	return n;
}

/* "!" and "x5" in either order */
static void
marks(struct span *s, bool *mandatory, unsigned *repeat)
{
	*mandatory = false;
	*repeat = 1;
	while (s->n && (s->p[0] == '!' || s->p[0] == 'x')) {
		bool times = s->p[0] == 'x';
		*mandatory |= !times;
		*s = span_sub(*s, 1, s->n);
		for (*repeat = times ? 0 : *repeat;
		     s->n && isdigit((unsigned char)s->p[0]);
		     *s = span_sub(*s, 1, s->n))
			*repeat = *repeat * 10 + (unsigned)(s->p[0] - '0');
	}
}

static bool
type(struct reading *r, struct span text, struct gtype *t)
{
	struct span w = guide_word(&text);

	if (guide_parse_type(w, &text, t))
		return true;
	guide_fault(
	    r->gs, r->file, r->no, "\"%.*s\" is no type", (int)w.n, w.p);
	return false;
}

static void
composite(
    struct reading *r, struct span comp, struct span inner, bool mandatory)
{
	uint16_t component = 0;

	r->element++;
	while (inner.p) {
		struct span item = span_cut(&inner, ',');
		unsigned times;
		bool must;
		struct span n = name(&item);
		marks(&item, &must, &times);
		struct gdirectory_element *e = add(r);
		component++;
		*e = (struct gdirectory_element){.name = n,
		    .mandatory = must,
		    .element = r->element,
		    .component = component,
		    .composite = comp,
		    .composite_mandatory = mandatory};
		if (!type(r, item, &e->type))
			return;
	}
}

static void
simple(struct reading *r, struct span n, struct span text, bool mandatory)
{
	struct gdirectory_element *e = add(r);
	unsigned number = 0;

	r->element++;
	for (size_t i = 0; n.n == 2 && i < 2; i++)
		number = number * 10 + (unsigned)(n.p[i] - '0');
	if (number)
		r->element = (uint16_t)number;
	*e = (struct gdirectory_element){
	    .name = n, .mandatory = mandatory, .element = r->element};
	(void)type(r, text, &e->type);
}

/* The end of an item: the comma outside brackets. */
static struct span
item_cut(struct span *s)
{
	int depth = 0;
	size_t i = 0;

	for (; i < s->n && (depth || s->p[i] != ','); i++)
		depth += (s->p[i] == '(') - (s->p[i] == ')');
	struct span item = span_sub(*s, 0, i);
	*s = i < s->n ? span_sub(*s, i + 1, s->n) : (struct span){0};
	return item;
}

static void
segment(struct reading *r, struct gdirectory *d, struct span text)
{
	r->seg = ARENA_NEW(r->gs->a, struct gdirectory_segment);
	r->seg->tag = guide_word(&text);
	size_t semicolon = span_find(text, ';');
	r->seg->rules = span_trim(span_sub(text, semicolon + 1, text.n));
	text = span_sub(text, 0, semicolon);
	r->element = 0;
	blanks(&text);
	while (text.n) {
		struct span item = item_cut(&text);
		unsigned repeat;
		bool must;
		struct span n = name(&item);
		marks(&item, &must, &repeat);
		size_t open = span_find(item, '(');
		for (unsigned i = 0; i < repeat && i < 99; i++) {
			if (open < item.n)
				composite(r, n,
				    span_sub(item, open + 1,
					span_find(item, ')') - open - 1),
				    must && i == 0);
			else
				simple(r, n, item, must && i == 0);
		}
	}
	r->seg->elements = r->element;
	r->seg->next = d->segments;
	d->segments = r->seg;
}

struct gdirectory *
guide_parse_segments(
    struct guides *gs, struct span text, const char *file, struct span nm)
{
	struct gdirectory *d = ARENA_NEW(gs->a, struct gdirectory);
	struct buf one;
	struct reading r = {.gs = gs, .file = file};

	d->name = nm;
	buf_init(&one, 4096);
	for (unsigned no = 1; text.p; no++) {
		struct span line = span_cut(&text, '\n');
		struct span t = span_trim(line);
		if (!t.n || t.p[0] == '#' || span_starts(t, "segments "))
			continue;
		if (line.p[0] != ' ' && one.n) {
			segment(&r, d, arena_span(gs->a, buf_span(&one)));
			buf_reset(&one);
		}
		if (!one.n)
			r.no = no;
		buf_putc(&one, ' ');
		buf_put(&one, t);
	}
	if (one.n)
		segment(&r, d, arena_span(gs->a, buf_span(&one)));
	buf_done(&one);
	d->next = gs->directories;
	gs->directories = d;
	return d;
}

const struct gdirectory_segment *
guide_directory(const struct guides *gs, struct span nm, struct span tag)
{
	for (const struct gdirectory *d = gs->directories; d; d = d->next)
		if (span_eq(d->name, nm))
			for (const struct gdirectory_segment *s = d->segments;
			     s; s = s->next)
				if (span_eq(s->tag, tag))
					return s;
	return NULL;
}
