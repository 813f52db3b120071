/* SPDX-License-Identifier: Apache-2.0
 *
 * From a value in the document to a field: type, codes, map, slot.
 */
#include <string.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "guide/read.h"

struct edi_finding *
guide_find(
    struct guide_reader *r, enum edi_rule_id rule, const struct gplace_in *at)
{
	if (at->segment)
		return edi_find_at(r->fs, rule, at->segment, at->element,
		    at->element ? 1 : 0, at->component);
	if (at->node)
		return edi_find_node(r->fs, rule, at->node);
	struct edi_finding *f = edi_find(r->fs, rule);
	f->offset = r->m->offset;
	return f;
}

void
guide_find_name(
    struct guide_reader *r, struct edi_finding *f, const struct gleaf *leaf)
{
	/* people know a column by its title */
	if (f->args[0].name && strcmp(f->args[0].name, "column") == 0)
		edi_arg(r->fs, f, "name", f->args[0].value);
	/* X12 names elements after their segment: BEG03 */
	else if (r->x12 && f->tag[0])
		edi_arg(r->fs, f, "name",
		    span_of(arena_printf(r->scratch, "%s%.*s", f->tag,
			(int)leaf->name.n, leaf->name.p)));
	else
		edi_arg(r->fs, f, "name", leaf->name);
}

static void
complain(struct guide_reader *r, const struct gleaf *leaf,
    const struct gjudged *j, struct span v, const struct gplace_in *at)
{
	struct edi_finding *f = guide_find(r, j->rule, at);

	edi_found(r->fs, f, v);
	if (j->expected)
		edi_expected(r->fs, f, "%s", j->expected);
	guide_find_name(r, f, leaf);
}

/* The first codes of a list, for the sentence. */
static const char *
some_codes(const struct guide_reader *r, const struct gmap *m)
{
	struct buf b;

	buf_init(&b, 160);
	for (size_t i = 0; i < m->n && b.n < 120; i++) {
		if (m->entries[i].way == '<')
			continue;
		buf_printf(&b, "%s%.*s", b.n ? ", " : "",
		    (int)m->entries[i].code.n, m->entries[i].code.p);
	}
	const char *s = arena_str(r->scratch, buf_span(&b));
	buf_done(&b);
	return s;
}

static void
complain_code(struct guide_reader *r, const struct gmap *m, struct span v,
    const struct gplace_in *at, enum edi_rule_id rule,
    enum edi_severity severity)
{
	struct edi_finding *f = guide_find(r, rule, at);

	if (f->severity != severity) {
		if (severity == EDI_WARNING && r->fs->errors)
			r->fs->errors--;
		f->severity = severity;
	}
	edi_found(r->fs, f, v);
	edi_expected(r->fs, f, "%s", some_codes(r, m));
}

/* False: the value is left out. */
static bool
others(struct guide_reader *r, const struct gmap *m, struct span *v,
    const struct gplace_in *at)
{
	switch (m->others) {
	case OTHERS_REFUSE:
		complain_code(r, m, *v, at, EDI_R_GUIDE_VALUE_CODE, EDI_ERROR);
		return false;
	case OTHERS_WARN:
		complain_code(
		    r, m, *v, at, EDI_R_GUIDE_VALUE_CODE, EDI_WARNING);
		return false;
	case OTHERS_DROP:
		return false;
	case OTHERS_KEEP:
		complain_code(
		    r, m, *v, at, EDI_R_GUIDE_VALUE_UNIT, EDI_WARNING);
		return true;
	case OTHERS_SAME:
		return true;
	case OTHERS_VALUE:
		*v = m->other;
		return true;
	}
	return true;
}

const struct gmap_entry *
guide_mapped(const struct gmap *m, struct span v)
{
	uint64_t key = guide_key(v);

	if (m->keys.table && (key != GUIDE_LONG || !m->keys.longer)) {
		uint16_t number = guide_keys_find(&m->keys, key);
		return number ? &m->entries[number - 1] : NULL;
	}
	for (size_t i = 0; i < m->n; i++)
		if (m->entries[i].way != '<' &&
		    guide_equal(m->entries[i].code, v))
			return &m->entries[i];
	return NULL;
}

static bool
mapped(struct guide_reader *r, const struct gmap *m, struct span *v,
    const struct gplace_in *at)
{
	const struct gmap_entry *e = guide_mapped(m, *v);

	if (!e)
		return others(r, m, v, at);
	if (r->cover)
		guide_cover_add(r->cover, e);
	*v = e->value;
	return m->identity || v->n != 1 || *v->p != '-';
}

/* One more text of a list of texts. */
static void
append(struct gvalue *x, struct span v, const struct gplace_in *at)
{
	if (!x->text.max)
		buf_init(&x->text, GUIDE_TEXT);
	if (x->count++)
		buf_putc(&x->text, ',');
	else
		x->at = *at;
	guide_json_string(&x->text, v);
}

/* Does this entry of a list stand in the element that holds the first one? */
static bool
beside(const struct gvalue *x, const struct gplace_in *at)
{
	const struct edi_node *holder = x->at.node ? x->at.node->parent : NULL;

	for (const struct edi_node *e = at->node; holder && e; e = e->parent)
		if (e->parent == holder)
			return true;
	return false;
}

/*
 * A line that is only read gives way to one that is also written, whichever
 * comes first; entries of one list that stand in one element belong together
 * all the same. True: the value is not to be stored.
 */
static bool
gives_way(struct gvalue *x, const struct galt *alt, const struct gplace_in *at)
{
	bool soft = alt->way == WAY_READ;

	if (!x->set && !x->count) {
		x->soft = soft;
		return false;
	}
	if (x->count && beside(x, at)) {
		x->soft = x->soft && soft;
		return false;
	}
	if (soft && x->line != alt->line)
		return true;
	if (x->soft && !soft) {
		x->soft = x->set = x->full = false;
		x->count = 0;
		if (x->text.max)
			buf_reset(&x->text);
	}
	return false;
}

static bool
is_full(const struct gleaf *leaf, struct span v)
{
	return leaf->type.max && v.n >= leaf->type.max &&
	       utf8_length(v) == leaf->type.max;
}

/* Joined text: a full piece runs on, a shorter one ends a line. It grows where
 * it is, since there may be as many pieces as a message has segments. */
static void
join(const struct gleaf *leaf, const struct galt *alt, struct gvalue *x,
    struct span v)
{
	if (!x->text.max)
		buf_init(&x->text, GUIDE_TEXT);
	if (!x->v.n || x->v.p != x->text.p) {
		buf_reset(&x->text);
		buf_put(&x->text, x->v);
	}
	if (!x->full)
		buf_put(&x->text, alt->join);
	buf_put(&x->text, v);
	x->v = buf_span(&x->text);
	x->full = is_full(leaf, v);
}

/* Numbers that follow one another in one place come to their sum. */
static bool
add(struct guide_reader *r, struct gvalue *x, struct span v)
{
	struct decimal sum, more;
	char text[DECIMAL_SIZE];

	if (!decimal_read(x->v, '.', &sum) || !decimal_read(v, '.', &more) ||
	    !decimal_add(sum, more, &sum))
		return false;
	x->v =
	    arena_span(r->scratch, span_make(text, decimal_write(sum, text)));
	return true;
}

static void
store(struct guide_reader *r, const struct gleaf *leaf, const struct galt *alt,
    struct span v, const struct gplace_in *at)
{
	struct gvalue *x = guide_touch(r->c, alt->slot);

	if (gives_way(x, alt, at))
		return;
	if (r->g->slots[alt->slot].list == 1) {
		x->line = alt->line;
		append(x, v, at);
		return;
	}
	if (!x->set) {
		x->set = true;
		x->v = v;
		x->at = *at;
		x->line = alt->line;
		x->full = alt->has_join && is_full(leaf, v);
		return;
	}
	if (alt->adds && x->line == alt->line && add(r, x, v))
		return;
	if (alt->has_join && x->line == alt->line) {
		join(leaf, alt, x, v);
	} else if (!span_eq(x->v, v) && x->line != alt->line) {
		struct edi_finding *f =
		    guide_find(r, EDI_R_GUIDE_VALUE_CONTRADICTION, at);
		edi_found(r->fs, f, v);
		edi_expected(r->fs, f, "%.*s", (int)x->v.n, x->v.p);
	}
}

static void
counted(struct guide_reader *r, const struct galt *alt, struct span v,
    const struct gplace_in *at)
{
	if (r->ncounted < GUIDE_COUNTED)
		r->counted[r->ncounted++] = (struct gcounted){alt, v, *at};
}

static uint32_t
tags(const struct edi_message *m, uint32_t tag)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < m->nsegments; k++)
		n += edi_tag(&m->segments[k]) == tag;
	return n;
}

void
guide_counts(struct guide_reader *r)
{
	for (size_t i = 0; i < r->ncounted; i++) {
		const struct gcounted *c = &r->counted[i];
		unsigned long long said;
		uint32_t found = 0, entries = 0;
		if (c->alt->counts != GUIDE_NONE)
			found = entries = r->c->values[c->alt->counts].count;
		if (c->alt->counts_tag)
			found = tags(r->m, c->alt->counts_tag);
		if (!span_uint(c->said, &said) || said == found ||
		    (c->alt->counts != GUIDE_NONE && said == entries))
			continue;
		struct edi_finding *f =
		    guide_find(r, EDI_R_GUIDE_VALUE_COUNT, &c->at);
		edi_found(r->fs, f, c->said);
		edi_expected(r->fs, f, "%u", found);
		if (c->at.segment)
			edi_repair_value(r->fs, f, c->at.segment,
			    span_of(arena_printf(r->scratch, "%u", found)));
		else
			edi_repair(r->fs, f, "%u", found);
	}
	r->ncounted = 0;
}

/* No assert misses a value that is told to be wrong. */
static void
refuse(struct guide_reader *r, const struct galt *alt)
{
	if (alt->slot != GUIDE_NONE && alt->entry == GUIDE_NONE)
		guide_touch(r->c, alt->slot)->wrong = true;
}

static void
refuse_code(
    struct guide_reader *r, const struct galt *alt, const struct gmap *m)
{
	if (m->others == OTHERS_REFUSE)
		refuse(r, alt);
}

void
guide_take(struct guide_reader *r, const struct gleaf *leaf,
    const struct galt *alt, struct span v, unsigned format,
    const struct gplace_in *at)
{
	const struct gtype *t = alt->type.kind ? &alt->type : &leaf->type;
	struct gjudged j = {.value = v, .rule = EDI_R_COUNT};

	if (!guide_any_text(t, v) &&
	    (t->kind != T_DECIMAL || !guide_plain_decimal(t, v)))
		j = guide_judge(r, t, v, format);
	if (j.rule != EDI_R_COUNT) {
		complain(r, leaf, &j, v, at);
		refuse(r, alt);
		return;
	}
	if (r->cover)
		guide_cover_add(r->cover, alt);
	if (alt->compute == C_COUNTS)
		counted(r, alt, j.value, at);
	else if (alt->compute == C_NUMBER || alt->compute == C_PARENT)
		guide_level_said(r, alt->compute, j.value, at);
	if (alt->codes) {
		struct span code = v;
		if (!mapped(r, alt->codes, &code, at)) {
			refuse_code(r, alt, alt->codes);
			return;
		}
	}
	if (alt->map && !mapped(r, alt->map, &j.value, at)) {
		refuse_code(r, alt, alt->map);
		return;
	}
	if (alt->gs1 && !guide_check_digit_is(j.value))
		edi_found(r->fs, guide_find(r, EDI_R_GUIDE_VALUE_CHECK, at), v);
	if (alt->entry != GUIDE_NONE)
		guide_scope_open(r, alt->entry);
	if (alt->slot != GUIDE_NONE)
		store(r, leaf, alt, j.value, at);
	if (alt->entry != GUIDE_NONE)
		guide_scope_close(r, alt->entry);
}
