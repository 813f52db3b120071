/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings for people who sit at a terminal.
 */
#include <stdio.h>
#include <string.h>

#include "main/ctl_document.h"

/* A name in a finding's sentence: a member of the finding or of its args. */
static const json_t *
member(const void *ctx, struct span dotted)
{
	const json_t *f = ctx, *v;
	char name[64];

	if (dotted.n == 0 || dotted.n >= sizeof name)
		return NULL;
	memcpy(name, dotted.p, dotted.n);
	name[dotted.n] = '\0';
	v = json_object_get(f, name);
	return v ? v : json_object_get(json_object_get(f, "args"), name);
}

struct span
doc_sentence(const struct text_locale *l, const json_t *finding,
    const char *part, struct arena *a)
{
	struct text_args args = {member, finding};
	struct span out = {NULL, 0};
	const char *key, *any;
	struct buf b;

	if (l == NULL)
		return out;
	key = arena_printf(
	    a, "finding.%s.%s", repr_json_str(finding, "rule"), part);
	any = arena_printf(a, "finding.any.%s", part);
	buf_init(&b, 65536);
	if (text_format(l, span_of(key), &args, &b) ||
	    text_format(l, span_of(any), &args, &b))
		out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

const char *
doc_word(const struct doc_job *j, const char *code)
{
	const char *out = code;
	struct buf b;

	buf_init(&b, 256);
	if (j->words && text_format_json(j->words,
			    arena_printf(j->a, "terminal.%s", code), NULL, &b))
		out = arena_str(j->a, buf_span(&b));
	buf_done(&b);
	return out;
}

static void
place(const struct doc_job *j, const json_t *f, FILE *out)
{
	long long segment = repr_json_int(f, "segment", 0);
	long long element = repr_json_int(f, "element", 0);
	long long component = repr_json_int(f, "component", 0);
	const char *tag = repr_json_str(f, "tag");
	const char *xpath = repr_json_str(f, "xpath");
	bool line =
	    xpath || span_starts(span_of(repr_json_str(f, "rule")), "xml.");

	if (segment)
		(void)fprintf(out, " %s %lld",
		    doc_word(j, line ? "line" : "segment"), segment);
	if (tag)
		(void)fprintf(out, " %s", tag);
	if (element)
		(void)fprintf(out, " %s %lld", doc_word(j, "element"), element);
	if (component)
		(void)fprintf(
		    out, " %s %lld", doc_word(j, "component"), component);
	if (xpath)
		(void)fprintf(out, " %s", xpath);
	(void)fprintf(out, " (%s %lld)", doc_word(j, "byte"),
	    repr_json_int(f, "offset", 0));
}

void
doc_say(const struct doc_job *j, const json_t *finding, FILE *f)
{
	static const char *const VALUES[] = {"found", "expected", "repair"};
	static const char *const PARTS[] = {"what", "do"};

	(void)fprintf(f, "  %s %s",
	    doc_word(j, repr_json_str(finding, "severity")),
	    repr_json_str(finding, "rule"));
	place(j, finding, f);
	for (size_t i = 0; i < 3; i++) {
		const char *v = repr_json_str(finding, VALUES[i]);

		if (v)
			(void)fprintf(
			    f, ", %s \"%s\"", doc_word(j, VALUES[i]), v);
	}
	(void)fputc('\n', f);
	for (size_t i = 0; i < 2; i++) {
		struct span s = doc_sentence(j->words, finding, PARTS[i], j->a);

		if (s.n)
			(void)fprintf(f, "    %.*s\n", (int)s.n, s.p);
	}
}
