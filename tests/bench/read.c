/* SPDX-License-Identifier: Apache-2.0
 *
 * CPU speed of reading an EDIFACT interchange of 10-line orders: a plain byte
 * loop, our reader without and with guide; usage: read PARTNERS. Prints MB/s:
 * loop, envelope, guide. Medians of rounds in one process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "edi/edi.h"
#include "guide/document.h"

#define ROUNDS 15
#define MESSAGES 2000
#define LINES 10
#define OUT_MAX ((size_t)512 << 20)

static double
cpu(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
message(struct buf *b, int n)
{
	buf_printf(b, "UNH+%d+ORDERS:D:96A:UN:EAN008'\n", n);
	buf_printf(b, "BGM+220+PO%07d+9'\nDTM+137:20261101:102'\n", n);
	buf_puts(b, "NAD+BY+2900000000117::9'\nNAD+SU+2900000000018::9'\n"
		    "CUX+2:EUR:9'\n");
	for (int i = 1; i <= LINES; i++)
		buf_printf(b,
		    "LIN+%d++2910000000017:EN'\nPIA+1+EL-1010:SA'\n"
		    "IMD+F++:::Electric motor 0.25 kW'\nQTY+21:%d'\n"
		    "DTM+2:20261124:102'\nPRI+AAA:243.00'\n",
		    i, i);
	buf_printf(
	    b, "UNS+S'\nCNT+2:%d'\nUNT+%d+%d'\n", LINES, 9 + 6 * LINES, n);
}

/* What the least tokenizer does: segments, elements, components, release. */
static size_t
loop(struct span s)
{
	size_t segments = 0, elements = 0, length = 0, sum = 0;
	bool released = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (released) {
			released = false;
			length++;
		} else if (c == '?') {
			released = true;
		} else if (c == '\'') {
			segments++;
			sum += length;
			length = 0;
		} else if (c == '+' || c == ':') {
			elements++;
			sum += length;
			length = 0;
		} else {
			length++;
		}
	}
	return segments + elements + sum;
}

struct run {
	struct span bytes;
	const struct guides *guides;
	size_t sum;
};

static void
run_loop(struct run *r)
{
	r->sum += loop(r->bytes);
}

static void
skip(void *ctx, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	struct run *r = ctx;

	(void)f;
	(void)ix;
	r->sum += m->nsegments;
}

static void
run_envelope(struct run *r)
{
	struct arena *a = arena_new();
	const struct edi_options o = {.ctx = r, .message = skip};

	if (!edi_is_valid(edi_read(r->bytes, &o, a)))
		fatal("the sample is not valid");
	arena_free(a);
}

static void
run_guide(struct run *r)
{
	struct arena *a = arena_new();
	const struct document_options o = {
	    .guide = "edifact/orders-d96a", .need_guide = true};
	struct edi_file *file = NULL;
	struct buf out;
	struct err err;

	buf_init(&out, OUT_MAX);
	if (document_read(
		r->guides, r->bytes, NULL, &o, a, &out, &file, &err) != RC_OK)
		fatal("%s: %s", err.code, err.text);
	r->sum += out.n;
	buf_done(&out);
	arena_free(a);
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
speed(struct run *r, void (*once)(struct run *r))
{
	double took[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double start = cpu();

		once(r);
		took[i] = cpu() - start;
	}
	qsort(took, ROUNDS, sizeof *took, by_size);
	return (double)r->bytes.n / 1e6 / took[ROUNDS / 2];
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct run r = {0};
	struct guides *guides;
	struct buf b;
	struct err err;
	double bytes, envelope, guide;

	if (argc != 2)
		fatal("usage: read PARTNERS");
	if (guides_load(argv[1], a, NULL, &guides, &err) != RC_OK)
		fatal("%s: %s", err.code, err.text);
	buf_init(&b, (size_t)64 << 20);
	buf_puts(&b, "UNA:+.? '\nUNB+UNOC:3+2900000000117:14+"
		     "2900000000018:14+261101:1000+77'\n");
	for (int i = 1; i <= MESSAGES; i++)
		message(&b, i);
	buf_printf(&b, "UNZ+%d+77'\n", MESSAGES);
	r.bytes = buf_span(&b);
	r.guides = guides;
	bytes = speed(&r, run_loop);
	envelope = speed(&r, run_envelope);
	guide = speed(&r, run_guide);
	printf("%.0f %.0f %.0f %zu\n", bytes, envelope, guide, r.sum);
	buf_done(&b);
	arena_free(a);
	return 0;
}
