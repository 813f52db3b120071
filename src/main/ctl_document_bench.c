/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document bench: how fast a file is read, beside a plain loop over
 * its bytes in the same run. Rounds of both alternate; medians are told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "main/ctl_document.h"

#define ROUNDS 15u
#define SECONDS 4.0            /* after which no further round begins */
#define ROUND_BYTES (4u << 20) /* a small file is read often in a round */

struct counts {
	unsigned long long bytes, segments, elements, messages;
	unsigned long long other; /* so that nothing is optimised away */
};

/* The service characters as the first bytes of the file have them. */
struct marks {
	int terminator, element, component, release;
};

struct bench {
	const struct doc_job *j;
	int fd;
	struct marks marks;
	struct counts counts;
	bool invalid;
	struct edi_reader *reader; /* kept from file to file, as everywhere */
	struct arena *a;           /* of what is read */
	struct buf out;
};

struct took {
	double wall[ROUNDS], cpu[ROUNDS];
};

static char piece[DOC_PIECE];

static double
now(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
byte(struct span s, size_t at)
{
	return (unsigned char)s.p[at];
}

static struct marks
marks_of(struct span s)
{
	struct marks m = {'\'', '+', ':', '?'};

	switch (edi_sniff(s)) {
	case EDI_X12:
		if (s.n >= 106)
			m = (struct marks){
			    byte(s, 105), byte(s, 3), byte(s, 104), -1};
		break;
	case EDI_UBL:
	case EDI_XML:
		m = (struct marks){'>', '<', '"', '&'};
		break;
	case EDI_EDIFACT:
		if (span_starts(s, "UNA") && s.n >= 9)
			m = (struct marks){
			    byte(s, 8), byte(s, 4), byte(s, 3), byte(s, 6)};
		break;
	case EDI_CSV:
	case EDI_XLSX:
	case EDI_UNKNOWN:
		break;
	}
	return m;
}

/* What the least tokenizer does: it tells segments, elements, components and
 * released characters apart and measures them. */
static void
byteloop(struct bench *b)
{
	const struct marks m = b->marks;
	unsigned long long segments = 0, elements = 0, sum = 0, length = 0;
	int released = 0;
	ssize_t n;

	while ((n = read(b->fd, piece, sizeof piece)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			int c = (unsigned char)piece[i];

			if (released) {
				released = 0;
				length++;
			} else if (c == m.release) {
				released = 1;
			} else if (c == m.terminator) {
				segments++;
				sum += length;
				length = 0;
			} else if (c == m.element || c == m.component) {
				elements++;
				sum += length;
				length = 0;
			} else {
				length++;
			}
		}
	}
	b->counts.segments = segments;
	b->counts.elements = elements;
	b->counts.other += sum;
}

static void
on_message(void *ctx, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	struct bench *b = ctx;

	(void)f;
	(void)ix;
	b->counts.other += m->nsegments;
}

/* Envelopes, segments, characters; no guide. */
static void
syntax(struct bench *b)
{
	struct edi_limits limits = doc_limits(b->j);
	struct edi_options o = {
	    .limits = &limits, .forget = true, .ctx = b, .message = on_message};
	struct edi_reader *r = b->reader;
	struct edi_file *f;
	ssize_t n;

	arena_reset(b->a);
	edi_reader_begin(r, &o, b->a);
	while ((n = read(b->fd, piece, sizeof piece)) > 0)
		edi_reader_feed(r, span_make(piece, (size_t)n));
	f = edi_reader_end(r);
	b->counts.messages = f->nmessages;
	b->invalid = !edi_is_valid(f);
}

static void
on_canonical(void *ctx, const struct edi_message *m, struct span canonical)
{
	struct bench *b = ctx;

	(void)m;
	b->counts.other += canonical.n;
}

/* The same with guide, findings and canonical documents. */
static void
check(struct bench *b)
{
	struct edi_limits limits = doc_limits(b->j);
	struct document_options o = {.limits = &limits,
	    .schemas = b->j->schemas,
	    .own_schemas = b->j->own_schemas,
	    .guide = b->j->guide,
	    .each = on_canonical,
	    .ctx = b};
	struct edi_file *f = NULL;
	struct err err;
	ssize_t n;

	arena_reset(b->a);
	buf_reset(&b->out);
	document_begin(b->j->reader, NULL, &o, b->a);
	while ((n = read(b->fd, piece, sizeof piece)) > 0)
		document_feed(b->j->reader, span_make(piece, (size_t)n));
	b->invalid = document_end(b->j->reader, &b->out, &f, &err) != RC_OK;
	b->counts.messages = f->nmessages;
	b->invalid |= !edi_is_valid(f);
}

static void
time_round(struct bench *b, void (*once)(struct bench *b), unsigned repeat,
    double *wall, double *cpu)
{
	double w = now(CLOCK_MONOTONIC), c = now(CLOCK_PROCESS_CPUTIME_ID);

	for (unsigned i = 0; i < repeat; i++) {
		(void)lseek(b->fd, 0, SEEK_SET);
		once(b);
	}
	*wall = (now(CLOCK_MONOTONIC) - w) / repeat;
	*cpu = (now(CLOCK_PROCESS_CPUTIME_ID) - c) / repeat;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *list, unsigned n)
{
	qsort(list, n, sizeof *list, by_size);
	return list[n / 2];
}

static void
say(const char *lib, const struct bench *b, struct took *t, unsigned n)
{
	double mb = (double)b->counts.bytes / 1e6;
	double wall = median(t->wall, n), cpu = median(t->cpu, n);
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	(void)printf("RESULT edi lib=%s bytes=%llu msgs=%llu segs=%llu "
		     "elems=%llu wall_s=%.6f cpu_s=%.6f MBps=%.1f msg_ps=%.0f "
		     "cpu_MB_ps=%.1f peak_kB=%ld\n",
	    lib, b->counts.bytes, b->counts.messages, b->counts.segments,
	    b->counts.elements, wall, cpu, mb / wall,
	    (double)b->counts.messages / wall, mb / cpu, used.ru_maxrss);
}

/* The first round warms the page cache and loads schemas; it counts only when
 * there is no time for another. */
static void
rounds(struct bench *b, const char *lib, void (*once)(struct bench *b))
{
	unsigned long long size = b->counts.bytes;
	unsigned repeat =
	    size && size < ROUND_BYTES ? (unsigned)(ROUND_BYTES / size) : 1;
	struct took loop, ours;
	double begun = now(CLOCK_MONOTONIC), wall, cpu;
	unsigned n = 0;

	time_round(b, byteloop, 1, &loop.wall[0], &loop.cpu[0]);
	time_round(b, once, 1, &ours.wall[0], &ours.cpu[0]);
	while (n < ROUNDS && now(CLOCK_MONOTONIC) - begun < SECONDS) {
		time_round(b, byteloop, repeat, &wall, &cpu);
		loop.wall[n] = wall;
		loop.cpu[n] = cpu;
		time_round(b, once, repeat, &wall, &cpu);
		ours.wall[n] = wall;
		ours.cpu[n++] = cpu;
	}
	say("byteloop", b, &loop, n ? n : 1);
	say(lib, b, &ours, n ? n : 1);
}

int
doc_bench(const struct doc_job *j, struct doc_sheet *s)
{
	struct bench b = {.j = j, .fd = open(s->name, O_RDONLY | O_CLOEXEC)};
	off_t size = b.fd < 0 ? -1 : lseek(b.fd, 0, SEEK_END);
	ssize_t n;

	if (size < 0 || (n = pread(b.fd, piece, 512, 0)) < 0) {
		(void)fprintf(
		    stderr, "kontorctl: %s: %s\n", s->name, strerror(errno));
		if (b.fd >= 0)
			(void)close(b.fd);
		return CTL_USAGE;
	}
	b.reader = edi_reader_new(j->a);
	b.a = arena_new();
	buf_init(&b.out, DOC_RESULT_MAX);
	b.counts.bytes = (unsigned long long)size;
	b.marks = marks_of(span_make(piece, (size_t)n));
	rounds(&b, "kontor", j->check ? check : syntax);
	(void)close(b.fd);
	arena_free(b.a);
	buf_done(&b.out);
	if (b.invalid)
		(void)fprintf(stderr, "kontorctl: %s: invalid\n", s->name);
	return b.invalid ? CTL_FAILED : CTL_OK;
}
