/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document repair: the bytes with what is certainly wrong put right
 * on standard output, what changed and what is left on standard error.
 */
#include <stdio.h>

#include "edi/repair.h"
#include "main/ctl_document.h"

/* A change may bring another fault to light: a count behind a reference. */
#define ROUNDS 4

static void
quoted(struct span s, FILE *f)
{
	(void)fputc('"', f);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c == 0x7F)
			(void)fprintf(f, "\\x%02X", c);
		else
			(void)fputc(c, f);
	}
	(void)fputc('"', f);
}

static void
say_change(const struct doc_job *j, const struct doc_sheet *s,
    const struct edi_change *c)
{
	(void)fprintf(stderr, "kontorctl: %s: %s %zu: ", s->name,
	    doc_word(j, "byte"), c->offset);
	quoted(span_sub(s->bytes, c->offset, c->length), stderr);
	(void)fprintf(stderr, " %s ", doc_word(j, "becomes"));
	quoted(c->put, stderr);
	(void)fprintf(stderr, " (%s)\n", c->finding->rule->id);
}

/* Says whether anything was changed. */
static bool
change(struct doc_sheet *s, const struct doc_job *j)
{
	struct edi_changes changes;
	struct buf out;

	edi_changes(s->bytes, s->file, s->a, &changes);
	for (size_t i = 0; !j->quiet && i < changes.n; i++)
		say_change(j, s, &changes.list[i]);
	if (changes.n == 0)
		return false;
	buf_init(&out, DOC_RESULT_MAX);
	edi_changes_apply(s->bytes, &changes, &out);
	s->bytes = arena_span(s->a, buf_span(&out));
	buf_done(&out);
	return true;
}

static void
left(void *ctx, const json_t *finding)
{
	doc_say(ctx, finding, stderr);
}

int
doc_repair(const struct doc_job *j, struct doc_sheet *s)
{
	for (int i = 0; i < ROUNDS && change(s, j); i++) {
		if (!doc_judge(j, s))
			return CTL_FAILED;
	}
	ctl_put(s->bytes);
	if (edi_is_valid(s->file))
		return CTL_OK;
	(void)fprintf(stderr, "kontorctl: %s: %s\n", s->name,
	    doc_word(j, "still_invalid"));
	doc_each_finding(s->result, left, (void *)(uintptr_t)j);
	return CTL_FAILED;
}
