/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "exchange/explain.h"

#define TEXT_MAX 4000

/* FTX of EDIFACT D.96A: five lines of 70. */
#define SHORT_MAX 350

/* What a format can say beyond ASCII. */
enum reach { REACH_ASCII, REACH_LATIN1, REACH_ALL };

/* Marks and letters that have a plainer way to be written. */
static const struct {
	int32_t code;
	const char *plain;
	enum reach below; /* needed below this reach */
} PLAIN[] = {
    {0x2018, "'", REACH_ALL},
    {0x2019, "'", REACH_ALL},
    {0x201C, "\"", REACH_ALL},
    {0x201D, "\"", REACH_ALL},
    {0x201E, "\"", REACH_ALL},
    {0x2013, "-", REACH_ALL},
    {0x2014, "-", REACH_ALL},
    {0x2026, "...", REACH_ALL},
    {0x00A0, " ", REACH_ALL},
    {0x202F, " ", REACH_ALL},
    {0x20AC, "EUR", REACH_ALL},
    {0x00E4, "ae", REACH_LATIN1},
    {0x00F6, "oe", REACH_LATIN1},
    {0x00FC, "ue", REACH_LATIN1},
    {0x00DF, "ss", REACH_LATIN1},
    {0x00C4, "Ae", REACH_LATIN1},
    {0x00D6, "Oe", REACH_LATIN1},
    {0x00DC, "Ue", REACH_LATIN1},
};
#define NPLAIN (sizeof PLAIN / sizeof *PLAIN)

static enum reach
reach_of(const json_t *start)
{
	const char *family = repr_json_str(start, "family");
	const char *charset = repr_json_str(start, "agreement.options.charset");

	if (family && strcmp(family, "x12") == 0)
		return REACH_ASCII;
	if (!family || strcmp(family, "edifact") != 0)
		return REACH_ALL;
	if (charset && strcmp(charset, "utf-8") == 0)
		return REACH_ALL;
	return charset && strcmp(charset, "ascii") == 0 ? REACH_ASCII
							: REACH_LATIN1;
}

static const char *
plain_for(int32_t c, enum reach reach)
{
	for (size_t i = 0; i < NPLAIN; i++)
		if (PLAIN[i].code == c && reach < PLAIN[i].below)
			return PLAIN[i].plain;
	return NULL;
}

/* X12 has no release character: its separators are not said. */
static bool
mark_is(int32_t c, bool x12)
{
	return c < 0x20 || (x12 && c < 0x80 && strchr("*~>^", (int)c) != NULL);
}

static void
put_plain(struct buf *out, struct span s, enum reach reach, bool x12)
{
	for (int32_t c = utf8_next(&s); c != -2; c = utf8_next(&s)) {
		const char *plain = plain_for(c, reach);

		if (plain)
			buf_puts(out, plain);
		else if (mark_is(c, x12))
			buf_putc(out, ' ');
		else if (c < 0x80 ||
			 (reach == REACH_LATIN1 && c >= 0xA0 && c <= 0xFF) ||
			 reach == REACH_ALL)
			utf8_put(out, (uint32_t)c);
		else
			buf_putc(out, '?');
	}
}

/* What the sentence is made of. */
static json_t *
args_of(const json_t *finding, struct arena *a)
{
	static const char *const OWN[] = {"found", "expected"};
	json_t *args = repr_json_object(a), *v;
	const char *key;

	for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
		if (json_object_get(finding, OWN[i]))
			repr_json_set(
			    args, OWN[i], json_object_get(finding, OWN[i]));
	json_object_foreach(json_object_get(finding, "args"), key, v)
	    repr_json_set(args, key, v);
	return args;
}

struct saying {
	const struct text_locale *l;
	struct arena *a;
	enum reach reach;
	bool x12, brief;
};

/* One of the sentences of a rule; the rule's name where there is none. */
static struct span
sentence(const struct saying *x, const char *rule, const char *part,
    const json_t *args)
{
	struct buf said, out;
	struct span s;

	buf_init(&said, TEXT_MAX);
	buf_init(&out, TEXT_MAX);
	if (!text_format_json(x->l,
		arena_printf(x->a, "finding.%s.%s", rule, part), args, &said))
		buf_puts(&said, rule);
	put_plain(&out, buf_span(&said), x->reach, x->x12);
	s = arena_span(x->a, buf_span(&out));
	buf_done(&said);
	buf_done(&out);
	return s;
}

/* As much of it as there is room for, up to the end of a word. */
static struct span
shortened(const struct saying *x, struct span s)
{
	struct span rest = s;
	size_t kept = 0;

	if (!x->brief || utf8_length(s) <= SHORT_MAX)
		return s;
	for (size_t n = 0; n < SHORT_MAX - 3; n++) {
		if (*rest.p == ' ')
			kept = s.n - rest.n;
		(void)utf8_next(&rest);
	}
	return span_of(arena_printf(
	    x->a, "%.*s...", (int)(kept ? kept : s.n - rest.n), s.p));
}

static void
explain(const struct saying *x, json_t *finding)
{
	const char *rule = repr_json_str(finding, "rule");
	json_t *args;
	struct span what, todo;

	if (rule == NULL || json_object_get(finding, "text"))
		return;
	args = args_of(finding, x->a);
	what = shortened(x, sentence(x, rule, "what", args));
	todo = sentence(x, rule, "do", args);
	if (x->brief && utf8_length(what) + utf8_length(todo) >= SHORT_MAX)
		todo.n = 0;
	repr_json_set_str(finding, "text",
	    arena_printf(x->a, "%.*s%s%.*s", (int)what.n, what.p,
		todo.n ? " " : "", (int)todo.n, todo.n ? todo.p : ""));
	(void)json_object_del(finding, "found");
	(void)json_object_del(finding, "expected");
	(void)json_object_del(finding, "args");
}

void
explain_findings(const struct text_locale *l, json_t *start, struct arena *a)
{
	const char *type = repr_json_str(start, "canonical.type");
	const char *family = repr_json_str(start, "family");
	json_t *list =
	    json_object_get(json_object_get(start, "canonical"), "findings");
	struct saying x = {.l = l, .a = a, .reach = reach_of(start)};

	if (type == NULL || strcmp(type, "ack") != 0)
		return;
	x.x12 = family && strcmp(family, "x12") == 0;
	x.brief = family && strcmp(family, "edifact") == 0;
	for (size_t i = 0; i < json_array_size(list); i++)
		explain(&x, json_array_get(list, i));
}
