/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical values to what stands in a document: numbers, dates, codes.
 */
#include <ctype.h>
#include <string.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "guide/write.h"

struct edi_finding *
guide_write_find(struct gwriter *w, enum edi_rule_id rule,
    const struct gleaf *leaf, struct span value)
{
	struct edi_finding *f = edi_find(w->fs, rule);

	edi_found(w->fs, f, value);
	if (leaf)
		edi_arg(w->fs, f, "name", leaf->name);
	return f;
}

const json_t *
guide_slot_json(const struct gwriter *w, uint16_t slot)
{
	const struct gslot *s = &w->g->slots[slot];
	const json_t *v = w->objects[s->scope];

	if (s->below)
		return guide_level_value(w, s);
	for (uint8_t i = 0; v && i < s->nparts; i++)
		v = json_object_getn(v, s->parts[i].p, s->parts[i].n);
	return v;
}

static struct span
text_of(const struct gwriter *w, const json_t *v)
{
	if (json_is_string(v))
		return span_make(json_string_value(v), json_string_length(v));
	if (json_is_integer(v))
		return span_of(arena_printf(
		    w->a, "%lld", (long long)json_integer_value(v)));
	if (json_is_boolean(v))
		return span_of(json_is_true(v) ? "true" : "false");
	return (struct span){0};
}

struct span
guide_slot_text(const struct gwriter *w, uint16_t slot)
{
	return text_of(w, guide_slot_json(w, slot));
}

static struct span
room(struct gwriter *w, const struct gleaf *leaf, struct span v, unsigned max)
{
	struct edi_finding *f = guide_write_find(w, EDI_R_WRITE_ROOM, leaf, v);

	edi_expected(w->fs, f, "..%u", max);
	return (struct span){0};
}

static struct span
number(struct gwriter *w, const struct gleaf *leaf, const struct gtype *t,
    struct span v)
{
	struct decimal d;
	char text[DECIMAL_SIZE];
	unsigned digits = 0;

	if (!decimal_read(v, '.', &d)) {
		(void)guide_write_find(w, EDI_R_WRITE_CODE, leaf, v);
		return (struct span){0};
	}
	while (d.scale > 0 && d.units % 10 == 0 &&
	       (d.scale > t->scale || v.n > (t->max ? t->max : 18U))) {
		d.units /= 10;
		d.scale--;
	}
	size_t n = decimal_write(d, text);
	for (size_t i = 0; i < n; i++)
		digits += isdigit((unsigned char)text[i]) != 0;
	if ((t->max && digits > t->max) ||
	    (t->scale != 255 && t->kind == T_DECIMAL && d.scale > t->scale))
		return room(w, leaf, v, t->max);
	return arena_span(w->a, span_make(text, n));
}

static struct span
implied(struct gwriter *w, const struct gleaf *leaf, const struct gtype *t,
    struct span v)
{
	struct decimal d;

	if (!decimal_read(v, '.', &d)) {
		(void)guide_write_find(w, EDI_R_WRITE_CODE, leaf, v);
		return (struct span){0};
	}
	for (; d.scale > t->scale && d.units % 10 == 0; d.scale--)
		d.units /= 10;
	if (d.scale > t->scale || d.units > INT64_MAX / 1000000000)
		return room(w, leaf, v, t->scale);
	for (; d.scale < t->scale; d.scale++)
		d.units *= 10;
	return span_of(arena_printf(w->a, "%lld", (long long)d.units));
}

/* "2026-11-22T01:40" without marks: 202611220140 */
static struct span
date_digits(struct gwriter *w, struct span v)
{
	char *p = arena_alloc(w->a, v.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < v.n && n < 12; i++)
		if (isdigit((unsigned char)v.p[i]))
			p[n++] = v.p[i];
	return span_make(p, n);
}

static struct span
date(struct gwriter *w, const struct gleaf *leaf, const struct gtype *t,
    struct span v, unsigned *format)
{
	bool minutes = t->kind == T_DATETIME && v.n >= 16;
	struct span d = date_digits(w, v);

	if (d.n < 8 || v.n < 10) {
		(void)guide_write_find(w, EDI_R_WRITE_CODE, leaf, v);
		return (struct span){0};
	}
	if (w->xml)
		return t->kind == T_DATETIME && minutes
			   ? span_of(arena_printf(w->a, "%.16s:00", v.p))
			   : span_sub(v, 0, 10);
	*format = t->nformats ? t->formats[0] : 102;
	if (minutes && !w->x12) {
		*format = 203;
		return span_sub(d, 0, 12);
	}
	if (*format == 101 || (w->x12 && t->max == 6))
		return span_sub(d, 2, 6);
	if (*format == 203 || *format == 204)
		*format = 102;
	return span_sub(d, 0, 8);
}

/* Segments are one line: line ends and tabs become blanks. */
static struct span
one_line(struct gwriter *w, struct span v)
{
	size_t i = 0;

	while (i < v.n && (unsigned char)v.p[i] >= 0x20)
		i++;
	if (i == v.n)
		return v;
	char *p = arena_str(w->a, v);
	for (; i < v.n; i++)
		if ((unsigned char)p[i] < 0x20)
			p[i] = ' ';
	return span_make(p, v.n);
}

static struct span
plain(struct gwriter *w, const struct gleaf *leaf, const struct gtype *t,
    struct span v)
{
	if (!w->xml)
		v = one_line(w, v);
	if (w->ascii)
		v = guide_ascii(w->a, v);
	size_t n = utf8_length(v);
	if (t->max && n > t->max && !w->xml)
		return room(w, leaf, v, t->max);
	if (n < t->min && t->kind == T_AN && w->x12) {
		struct edi_finding *f =
		    guide_write_find(w, EDI_R_WRITE_ROOM, leaf, v);
		edi_expected(w->fs, f, "%u..%u", t->min, t->max);
	}
	return v;
}

/* Too long, but the guide would rather do without it. */
static bool
dropped(const struct gleaf *leaf, const struct galt *alt, struct span v)
{
	uint16_t max = alt->type.max ? alt->type.max : leaf->type.max;

	return alt->droppable && max && utf8_length(v) > max;
}

static bool
all_digits(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!isdigit((unsigned char)v.p[i]))
			return false;
	return v.n > 0;
}

static struct span
by_type(struct gwriter *w, const struct gleaf *leaf, const struct galt *alt,
    struct span v, unsigned *format)
{
	const struct gtype *t = alt->type.kind ? &alt->type : &leaf->type;
	struct gtype both = *t;

	if (!both.max)
		both.max = leaf->type.max;
	switch ((enum gtype_kind)both.kind) {
	case T_NONE:
	case T_AN:
	case T_A:
		return plain(w, leaf, &both, v);
	case T_N:
		if (all_digits(v)) /* leading zeros stay */
			return plain(w, leaf, &both, v);
		return number(w, leaf, &both, v);
	case T_DECIMAL:
		return number(w, leaf, &both, v);
	case T_IMPLIED:
		return implied(w, leaf, &both, v);
	case T_DATE:
	case T_DATETIME:
		return date(w, leaf, &both, v, format);
	case T_TIME:
		return w->xml ? v : date_digits(w, v);
	}
	return v;
}

/* The code for a canonical value; NULL p when the map has none. */
static struct span
code(struct gwriter *w, const struct gleaf *leaf, const struct gmap *m,
    struct span v)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->entries[i].way != '>' && span_eq(m->entries[i].value, v))
			return m->entries[i].code;
	switch (m->others) {
	case OTHERS_KEEP:
	case OTHERS_SAME:
		return v;
	case OTHERS_WARN:
	case OTHERS_DROP:
	case OTHERS_VALUE:
		return (struct span){0};
	case OTHERS_REFUSE:
		break;
	}
	(void)guide_write_find(w, EDI_R_WRITE_CODE, leaf, v);
	return (struct span){0};
}

struct span
guide_format(struct gwriter *w, const struct gleaf *leaf,
    const struct galt *alt, struct span v, unsigned *format)
{
	*format = 0;
	if (alt->map) {
		v = code(w, leaf, alt->map, v);
		if (!v.n)
			return v;
	}
	if (dropped(leaf, alt, v))
		return (struct span){0};
	return by_type(w, leaf, alt, v, format);
}
