/* SPDX-License-Identifier: Apache-2.0
 *
 * Files in pieces, for commands that need no more than one message at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "main/ctl_document.h"

#define TICK 100000 /* microseconds between two looks at the progress */
#define LONG_WAIT 1000000

struct edi_limits
doc_limits(const struct doc_job *j)
{
	struct edi_limits l = EDI_LIMITS;

	if (j->limit) {
		l.bytes = j->limit;
		l.segments = l.messages = UINT32_MAX;
	}
	return l;
}

int
doc_open(const char *name)
{
	if (strcmp(name, "-") == 0)
		return dup(STDIN_FILENO);
	return open(name, O_RDONLY | O_CLOEXEC);
}

/* Shown on a terminal when it takes long. */
struct progress {
	int64_t begun, shown;
	unsigned long long done, all; /* bytes; all may be 0 */
	bool wanted;
};

static void
progress(struct progress *p, const char *name)
{
	int64_t now;

	if (!p->wanted)
		return;
	now = clock_mono();
	if (now - p->begun < LONG_WAIT || now - p->shown < TICK)
		return;
	p->shown = now;
	if (p->all)
		(void)fprintf(
		    stderr, "\r%s: %llu %%", name, p->done * 100 / p->all);
	else
		(void)fprintf(stderr, "\r%s: %llu MB", name, p->done / 1000000);
}

static void
progress_end(const struct progress *p)
{
	if (p->shown)
		(void)fputs("\r\033[K", stderr);
}

/* False when the file cannot be read to its end. */
static bool
feed(const struct doc_job *j, const char *name, struct document_reader *d)
{
	static char piece[DOC_PIECE];
	struct progress p = {.begun = clock_mono(),
	    .wanted = !j->quiet && isatty(STDERR_FILENO)};
	int fd = doc_open(name);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		p.all = (unsigned long long)st.st_size;
	while (fd >= 0 && (n = read(fd, piece, sizeof piece)) > 0) {
		document_feed(d, span_make(piece, (size_t)n));
		p.done += (unsigned long long)n;
		progress(&p, name);
	}
	progress_end(&p);
	if (n < 0)
		(void)fprintf(
		    stderr, "kontorctl: %s: %s\n", name, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return n == 0;
}

bool
doc_stream(const struct doc_job *j, struct doc_sheet *s)
{
	struct edi_limits limits = doc_limits(j);
	struct document_options o = {.limits = &limits,
	    .schemas = j->schemas,
	    .own_schemas = j->own_schemas,
	    .guide = j->guide};
	struct err err = {.rc = RC_OK};
	struct buf out;
	bool ok;

	document_begin(j->reader, NULL, &o, s->a);
	if (!feed(j, s->name, j->reader))
		return false;
	buf_init(&out, DOC_RESULT_MAX);
	ok = document_end(j->reader, &out, &s->file, &err) == RC_OK &&
	     repr_json_trusted(buf_span(&out), s->a, &s->result, &err) == RC_OK;
	buf_done(&out);
	if (!ok)
		(void)fprintf(stderr, "kontorctl: %s: %s\n", s->name, err.text);
	return ok;
}
