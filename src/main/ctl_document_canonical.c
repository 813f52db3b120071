/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document canonical: what the messages of a file say.
 */
#include <stdio.h>

#include "main/ctl_document.h"

struct printing {
	struct buf b;
	size_t n;
};

static void
print(void *ctx, const json_t *canonical)
{
	struct printing *p = ctx;

	buf_reset(&p->b);
	repr_json_write(canonical, &p->b);
	buf_putc(&p->b, '\n');
	ctl_put(buf_span(&p->b));
	p->n++;
}

static void
complain(void *ctx, const json_t *finding)
{
	doc_say(ctx, finding, stderr);
}

int
doc_canonical(const struct doc_job *j, struct doc_sheet *s)
{
	struct printing p = {.n = 0};

	buf_init(&p.b, DOC_RESULT_MAX);
	doc_each_canonical(s->result, print, &p);
	buf_done(&p.b);
	if (p.n && edi_is_valid(s->file))
		return CTL_OK;
	(void)fprintf(stderr, "kontorctl: %s: %s\n", s->name,
	    p.n ? "invalid" : "no message that a guide can read");
	doc_each_finding(s->result, complain, (void *)(uintptr_t)j);
	return CTL_FAILED;
}
