/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "edi/repair.h"

struct work {
	struct span bytes;
	struct arena *a;
	struct edi_changes *out;
	const struct edi_interchange
	    *ix; /* the findings' own; NULL: the file's */
};

static bool
label_is(const struct work *w, const struct edi_finding *f)
{
	return w->ix != NULL && w->ix->label_length &&
	       f->fix_at == w->ix->label_at &&
	       f->fix_length == w->ix->label_length;
}

/* UTF-8 throughout, or without any byte above 0x7F where that is claimed. */
static bool
label_fits(const struct work *w, const struct edi_finding *f)
{
	struct span s = span_sub(w->bytes, w->ix->offset, w->ix->length);

	if (span_is(f->fix, "UNOY"))
		return utf8_is(s);
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

static void
add(struct work *w, const struct edi_finding *f)
{
	struct edi_changes *c = w->out;

	if (f->fix.p == NULL || f->fix_at > w->bytes.n ||
	    f->fix_length > w->bytes.n - f->fix_at ||
	    (label_is(w, f) && !label_fits(w, f))) {
		c->left += f->severity == EDI_ERROR;
		return;
	}
	c->list = arena_grow(w->a, c->list, sizeof *c->list, &c->cap, c->n + 1);
	c->list[c->n++] =
	    (struct edi_change){f, f->fix_at, f->fix_length, f->fix};
}

static void
add_list(struct work *w, const struct edi_findings *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		add(w, &fs->list[i]);
	w->out->left += fs->left_out;
}

static bool
terminator_is(const struct edi_change *c)
{
	return c->finding->rule == &EDI_RULES[EDI_R_TERMINATOR_MISSING];
}

/* By place; of insertions at one place a count comes before a reference, and
 * the terminator last. */
static int
by_place(const void *x, const void *y)
{
	const struct edi_change *a = x, *b = y;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	if (terminator_is(a) != terminator_is(b))
		return terminator_is(a) ? 1 : -1;
	if (a->finding->rule != b->finding->rule)
		return a->finding->rule < b->finding->rule ? -1 : 1;
	return 0;
}

/* Of changes that touch the same bytes the first stays. */
static void
thin_out(struct edi_changes *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct edi_change *x = &c->list[i];
		const struct edi_change *last = n ? &c->list[n - 1] : NULL;

		if (last != NULL && x->offset < last->offset + last->length)
			continue;
		c->list[n++] = *x;
	}
	c->n = n;
}

void
edi_changes(struct span bytes, const struct edi_file *f, struct arena *a,
    struct edi_changes *out)
{
	struct work w = {.bytes = bytes, .a = a, .out = out};

	*out = (struct edi_changes){.n = 0};
	add_list(&w, &f->findings);
	for (size_t i = 0; i < f->ninterchanges; i++) {
		const struct edi_interchange *ix = w.ix = f->interchanges[i];

		add_list(&w, &ix->findings);
		for (uint32_t k = 0; k < ix->ngroups; k++)
			add_list(&w, &ix->groups[k]->findings);
		for (uint32_t k = 0; k < ix->nmessages; k++)
			add_list(&w, &ix->messages[k]->findings);
	}
	if (out->n)
		qsort(out->list, out->n, sizeof *out->list, by_place);
	thin_out(out);
}

void
edi_changes_apply(
    struct span bytes, const struct edi_changes *changes, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < changes->n; i++) {
		const struct edi_change *c = &changes->list[i];

		buf_put(out, span_sub(bytes, at, c->offset - at));
		buf_put(out, c->put);
		at = c->offset + c->length;
	}
	buf_put(out, span_sub(bytes, at, bytes.n));
}
