/* SPDX-License-Identifier: Apache-2.0
 *
 * Guide files to trees of lines: indentation, comments, head, maps, blocks.
 * What a single line says is for parse_line.c.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "guide/impl.h"

struct cursor {
	struct guides *gs;
	struct gsource *s;
	struct gmap *map; /* the open map or code list */
	struct gline *at; /* parent of the next line when deeper */
	struct gline *stack[GUIDE_DEPTH];
	unsigned no;
};

void
guide_fault(
    struct guides *gs, const char *file, unsigned no, const char *text, ...)
{
	char reason[300];
	va_list ap;

	va_start(ap, text);
	(void)vsnprintf(reason, sizeof(reason), text, ap);
	va_end(ap);
	if (gs->faults++ == 0)
		(void)err_set(gs->err, RC_INPUT, "guide.syntax", "%s:%u: %s",
		    file, no, reason);
	if (gs->report)
		buf_printf(gs->report, "%s:%u: %s\n", file, no, reason);
}

static struct span
unquote(struct span *rest)
{
	size_t i = 1;

	while (i < rest->n && rest->p[i] != '"')
		i++;
	struct span w = span_sub(*rest, 1, i - 1);
	*rest = span_sub(*rest, i + 1, rest->n);
	return w;
}

struct span
guide_word(struct span *rest)
{
	size_t i = 0;

	*rest = span_trim(*rest);
	if (rest->n && rest->p[0] == '"')
		return unquote(rest);
	while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t')
		i++;
	struct span w = span_sub(*rest, 0, i);
	*rest = span_sub(*rest, i, rest->n);
	return w;
}

static struct gword *
words(struct cursor *c, struct span rest, struct gword *list)
{
	struct gword **end = &list;
	struct span w;

	while (*end)
		end = &(*end)->next;
	while ((w = guide_word(&rest)).n) {
		*end = ARENA_NEW(c->gs->a, struct gword);
		(*end)->word = w;
		end = &(*end)->next;
	}
	return list;
}

/* A list of pairs: prefixes and set. */
static void
pair(struct cursor *c, struct span rest, struct gword **list)
{
	struct gword *w = ARENA_NEW(c->gs->a, struct gword);

	w->word = guide_word(&rest);
	w->value = guide_word(&rest);
	if (!w->value.n)
		guide_fault(c->gs, c->s->file, c->no, "two words expected");
	while (*list)
		list = &(*list)->next;
	*list = w;
}

/* A name and what is said of it, as one text. */
static void
named(struct cursor *c, struct span rest, struct gword **list)
{
	struct gword *w = ARENA_NEW(c->gs->a, struct gword);

	w->word = guide_word(&rest);
	w->value = span_trim(rest);
	if (!w->value.n)
		guide_fault(
		    c->gs, c->s->file, c->no, "a name and more expected");
	while (*list)
		list = &(*list)->next;
	*list = w;
}

static void
identity(struct cursor *c, struct span rest)
{
	struct gsource *s = c->s;
	static const char *const family[] = {
	    [EDI_EDIFACT] = "edifact",
	    [EDI_X12] = "x12",
	    [EDI_UBL] = "ubl",
	    [EDI_XML] = "xml",
	    [EDI_CSV] = "sheet",
	};

	s->type = guide_word(&rest);
	struct span f = guide_word(&rest);
	s->version = guide_word(&rest);
	for (enum edi_family i = EDI_EDIFACT; i <= EDI_CSV; i++)
		if (span_is(f, family[i]))
			s->family = i;
	for (size_t i = 0; i < s->type.n; i++)
		if (!isalnum((unsigned char)s->type.p[i]))
			s->family = EDI_UNKNOWN;
	if (!s->family || !s->version.n)
		guide_fault(c->gs, s->file, c->no,
		    "expected: guide TYPE edifact|x12|ubl|xml|sheet VERSION");
}

static bool
head_text(struct cursor *c, struct span word, struct span rest)
{
	struct gsource *s = c->s;
	struct span *to = span_is(word, "document")   ? &s->document
			  : span_is(word, "code")     ? &s->code
			  : span_is(word, "root")     ? &s->root
			  : span_is(word, "segments") ? &s->segments
			  : span_is(word, "extends")  ? &s->extends
						      : NULL;

	if (!to)
		return false;
	*to = guide_word(&rest);
	if (!to->n)
		guide_fault(c->gs, s->file, c->no, "a word is missing");
	return true;
}

static bool
head_list(struct cursor *c, struct span word, struct span rest)
{
	struct gsource *s = c->s;

	if (span_is(word, "also"))
		s->also = words(c, rest, s->also);
	else if (span_is(word, "agency"))
		s->agency = words(c, rest, s->agency);
	else if (span_is(word, "association"))
		s->association = words(c, rest, s->association);
	else if (span_is(word, "lost"))
		s->lost = words(c, rest, s->lost);
	else if (span_is(word, "between"))
		pair(c, rest, &s->between);
	else if (span_is(word, "names"))
		s->names = words(c, rest, s->names);
	else if (span_is(word, "prefix"))
		pair(c, rest, &s->prefixes);
	else if (span_is(word, "column"))
		named(c, rest, &s->columns);
	else if (span_is(word, "part"))
		named(c, rest, &s->parts);
	else if (span_is(word, "collect"))
		named(c, rest, &s->collects);
	else if (span_is(word, "rows"))
		s->rows = words(c, rest, s->rows);
	else if (span_is(word, "filled"))
		s->filled = words(c, rest, s->filled);
	else if (span_is(word, "set"))
		pair(c, rest, &s->sets);
	else
		return false;
	return true;
}

static void
where(struct cursor *c, struct span rest)
{
	if (!guide_parse_tests(c->gs, rest, &c->s->where, &c->s->nwhere))
		guide_fault(c->gs, c->s->file, c->no,
		    "expected: where [not] PLACE [= CODE or in CODES]");
}

static void
fors(struct cursor *c, struct span rest)
{
	if (!guide_parse_tests(c->gs, rest, &c->s->fors, &c->s->nfors))
		guide_fault(c->gs, c->s->file, c->no,
		    "expected: for [not] FIELD [= VALUE or in VALUES]");
}

static void
direction(struct cursor *c, struct span rest)
{
	struct span w = guide_word(&rest);

	c->s->direction = span_is(w, "in")    ? GUIDE_IN
			  : span_is(w, "out") ? GUIDE_OUT
					      : GUIDE_IN | GUIDE_OUT;
}

static void
map_open(struct cursor *c, struct span rest, bool codes)
{
	struct gmap *m = ARENA_NEW(c->gs->a, struct gmap);

	m->name = guide_word(&rest);
	m->identity = codes;
	m->next = c->s->maps;
	c->s->maps = c->map = m;
	struct span w = guide_word(&rest);
	if (!codes)
		m->adds = span_is(w, "adds");
	for (; codes && w.n; w = guide_word(&rest)) {
		m->entries = arena_grow(c->gs->a, m->entries,
		    sizeof(*m->entries), &m->cap, m->n + 1);
		m->entries[m->n++] = (struct gmap_entry){w, w, '='};
	}
	if (!m->name.n)
		guide_fault(c->gs, c->s->file, c->no, "a name is missing");
}

static void
map_others(struct gmap *m, struct span w)
{
	static const char *const names[] = {
	    [OTHERS_REFUSE] = "refuse",
	    [OTHERS_WARN] = "warn",
	    [OTHERS_DROP] = "drop",
	    [OTHERS_KEEP] = "keep",
	    [OTHERS_SAME] = "same",
	};

	m->others = OTHERS_VALUE;
	m->other = w;
	for (enum gothers i = OTHERS_REFUSE; i <= OTHERS_SAME; i++)
		if (span_is(w, names[i]))
			m->others = i;
}

static void
map_entry(struct cursor *c, struct span text)
{
	struct gmap *m = c->map;
	struct span code = guide_word(&text);
	struct gmap_entry e = {.code = code, .value = code, .way = '='};

	if (span_is(code, "others")) {
		map_others(m, guide_word(&text));
		return;
	}
	if (!m->identity) {
		struct span way = guide_word(&text);
		e.value = guide_word(&text);
		e.way = way.n == 1 ? way.p[0] : 0;
		if (!e.way || !strchr("=<>", e.way) || !e.value.n)
			guide_fault(c->gs, c->s->file, c->no,
			    "expected: CODE = VALUE, or > or < between");
	}
	do {
		m->entries = arena_grow(c->gs->a, m->entries,
		    sizeof(*m->entries), &m->cap, m->n + 1);
		m->entries[m->n++] = e;
		e.code = e.value = guide_word(&text);
	} while (m->identity && e.code.n);
}

static void
block_open(struct cursor *c, struct span rest)
{
	struct gblock *b = ARENA_NEW(c->gs->a, struct gblock);

	b->name = guide_word(&rest);
	b->lines = ARENA_NEW(c->gs->a, struct gline);
	b->lines->file = c->s->file;
	b->lines->no = c->no;
	b->next = c->s->blocks;
	c->s->blocks = b;
	c->stack[0] = b->lines;
	if (!b->name.n)
		guide_fault(c->gs, c->s->file, c->no, "a name is missing");
}

/* The two sentences of an assert. */
static bool
sentence(struct cursor *c, struct span text, size_t depth)
{
	struct gline *l = c->stack[depth];

	if (!l || l->kind != L_ASSERT)
		return false;
	if (span_starts(text, "en "))
		l->said->en = span_trim(span_sub(text, 3, text.n));
	else if (span_starts(text, "de "))
		l->said->de = span_trim(span_sub(text, 3, text.n));
	else
		return false;
	return true;
}

/* The innermost of an expanded path takes the deeper lines. */
static struct gline *
innermost(struct gline *l)
{
	while (l->child && l->child == l->last)
		l = l->child;
	return l;
}

/* Paths that begin alike, one after the other, share their beginning. */
static void
add_path(struct gline *parent, struct gline *l)
{
	struct gline *last = parent->last;

	while (l->child && last && l->key.n && span_eq(last->key, l->key) &&
	       span_eq(last->group, l->group)) {
		if (l->min > last->min)
			last->min = l->min;
		parent = last;
		last = parent->last;
		l = l->child;
	}
	guide_line_add(parent, l);
}

static void
tree_line(struct cursor *c, struct span text, size_t depth)
{
	struct gline *parent = c->stack[depth];
	struct gline *l;

	if (sentence(c, text, depth))
		return;
	if (!parent) {
		guide_fault(c->gs, c->s->file, c->no,
		    "indented by more than two spaces below the line above");
		return;
	}
	l = guide_parse_line(c->gs, c->s->file, c->no, text);
	if (!l)
		return;
	c->stack[depth + 1] = innermost(l);
	add_path(parent, l);
	for (size_t i = depth + 2; i < GUIDE_DEPTH; i++)
		c->stack[i] = NULL;
}

static void
top_line(struct cursor *c, struct span text)
{
	struct span rest = text;
	struct span w = guide_word(&rest);

	c->map = NULL;
	c->stack[0] = c->s->root_line;
	if (span_is(w, "guide"))
		identity(c, rest);
	else if (span_is(w, "direction"))
		direction(c, rest);
	else if (span_is(w, "where"))
		where(c, rest);
	else if (span_is(w, "for"))
		fors(c, rest);
	else if (span_is(w, "strict"))
		c->s->strict = true;
	else if (span_is(w, "map") || span_is(w, "codes"))
		map_open(c, rest, span_is(w, "codes"));
	else if (span_is(w, "block"))
		block_open(c, rest);
	else if (!head_text(c, w, rest) && !head_list(c, w, rest))
		tree_line(c, text, 0);
}

/* Without the comment; sentences may hold "#". */
static struct span
uncomment(struct span line)
{
	struct span t = span_trim(line);
	bool quoted = false;

	if (span_starts(t, "en ") || span_starts(t, "de "))
		return line;
	for (size_t i = 0; i < line.n; i++) {
		quoted ^= line.p[i] == '"';
		if (line.p[i] == '#' && !quoted &&
		    (i == 0 || line.p[i - 1] == ' '))
			return span_sub(line, 0, i);
	}
	return line;
}

static void
one_line(struct cursor *c, struct span line)
{
	size_t indent = 0;

	line = uncomment(line);
	while (indent < line.n && line.p[indent] == ' ')
		indent++;
	struct span text = span_trim(line);
	if (!text.n)
		return;
	if (indent % 2 || indent / 2 >= GUIDE_DEPTH - 2 ||
	    line.p[indent] == '\t')
		guide_fault(c->gs, c->s->file, c->no,
		    "indent by two spaces a level, not by %zu", indent);
	else if (indent == 0)
		top_line(c, text);
	else if (c->map)
		map_entry(c, text);
	else if (c->stack[0] != c->s->root_line)
		tree_line(c, text, indent / 2 - 1);
	else
		tree_line(c, text, indent / 2);
}

static bool
is_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' &&
		    s.p[i] != '\t' && s.p[i] != '\r')
			return false;
	return utf8_is(s);
}

struct gsource *
guide_parse(
    struct guides *gs, struct span text, const char *file, struct span name)
{
	struct gsource *s = ARENA_NEW(gs->a, struct gsource);
	struct cursor c = {.gs = gs, .s = s};
	const struct span whole = text;

	s->file = file;
	s->name = name;
	s->direction = GUIDE_IN | GUIDE_OUT;
	s->root_line = ARENA_NEW(gs->a, struct gline);
	s->root_line->file = file;
	c.stack[0] = s->root_line;
	while (text.p) {
		c.no++;
		one_line(&c, span_cut(&text, '\n'));
	}
	if (!is_text(whole))
		guide_fault(gs, file, 1, "the file is not plain UTF-8");
	if (!s->type.n)
		guide_fault(gs, file, 1, "the first line names no guide");
	return s;
}
