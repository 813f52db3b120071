/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document ack: the acknowledgement of each interchange of a file.
 */
#include <stdio.h>

#include "base/clock.h"
#include "edi/ack.h"
#include "main/ctl_document.h"

int
doc_ack(const struct doc_job *j, struct doc_sheet *s)
{
	struct edi_ack_options o = {span_of(j->ref), clock_wall()};
	int rc = CTL_FAILED;
	struct buf b;
	struct err err;

	buf_init(&b, DOC_RESULT_MAX);
	if (s->file->ninterchanges == 0)
		(void)fprintf(stderr,
		    "kontorctl: %s: no envelope can be read, so nothing "
		    "answers it\n",
		    s->name);
	for (size_t i = 0; i < s->file->ninterchanges; i++) {
		if (edi_ack_write(s->file->interchanges[i], &o, &b, &err) ==
		    RC_OK)
			rc = CTL_OK;
		else
			(void)fprintf(
			    stderr, "kontorctl: %s: %s\n", s->name, err.text);
	}
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
	return rc;
}
