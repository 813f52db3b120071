/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader that has read other files before says of each the very same as one
 * that has not: a file, damaged copies of it, the file again.
 */
#include "corpus_help.h"
#include "guide_help.h"

#define RESULT_MAX (256u << 20)
#define PIECE 1000

static struct box box;
static struct document_reader *kept;
static size_t nread;
static const char *wanted; /* the guide for all messages, or NULL */
static json_t *agreements;

/* A canonical document of a message that is forgotten. */
static void
hear(void *ctx, const struct edi_message *m, struct span canonical)
{
	struct buf *b = ctx;

	buf_put(b, m->ref);
	buf_put(b, canonical);
}

/* All that a reader says of a file, which is gone when it has been said. */
static void
say(struct document_reader *d, struct span s, struct buf *said)
{
	struct arena *a = arena_new();
	struct document_options o = {
	    .guide = wanted, .each = hear, .ctx = said};
	struct edi_file *f;
	struct buf out;
	struct err err;
	char *copy = malloc(s.n + 1);

	if (s.n)
		memcpy(copy, s.p, s.n);
	buf_reset(said);
	buf_init(&out, RESULT_MAX);
	assert_int_equal(document_reader_read(d, span_make(copy, s.n),
			     agreements, &o, a, &out, &f, &err),
	    RC_OK);
	buf_printf(said, "%u %u %zu ", f->nsegments, f->nmessages, f->nbytes);
	buf_put(said, buf_span(&out));
	buf_reset(&out);
	arena_reset(a);
	document_begin(d, agreements, &o, a);
	for (size_t at = 0; at < s.n; at += PIECE)
		document_feed(d, span_sub(s, at, PIECE));
	assert_int_equal(document_end(d, &out, &f, &err), RC_OK);
	buf_printf(said, "%u %u %zu ", f->nsegments, f->nmessages, f->nbytes);
	buf_put(said, buf_span(&out));
	buf_done(&out);
	free(copy);
	arena_free(a);
}

static void
same(const char *name, struct span s)
{
	struct arena *a = arena_new();
	struct buf fresh, again;

	buf_init(&fresh, RESULT_MAX);
	buf_init(&again, RESULT_MAX);
	say(document_reader_new(box.gs, a), s, &fresh);
	say(kept, s, &again);
	if (!span_eq(buf_span(&fresh), buf_span(&again)))
		fail_msg("%s: %s\nafter others: %s", name, fresh.p, again.p);
	nread++;
	buf_done(&fresh);
	buf_done(&again);
	arena_free(a);
}

/* Bytes are missing, wrong or cut off at a place. */
static void
damaged(const char *name, struct span s, size_t at)
{
	static const char WRONG[] = "'~+*\x80\n";
	char *copy = malloc(s.n + 1);
	size_t gap = s.n - at < 7 ? s.n - at : 7;

	same(name, span_sub(s, 0, at));
	memcpy(copy, s.p, s.n);
	copy[at] = WRONG[at % (sizeof WRONG - 1)];
	same(name, span_make(copy, s.n));
	memmove(copy + at, s.p + at + gap, s.n - at - gap);
	same(name, span_make(copy, s.n - gap));
	free(copy);
}

static void
one_after_the_other(const char *name, struct span s)
{
	same(name, s);
	for (size_t i = 1; i <= 4 && s.n > 8; i++)
		damaged(name, s, s.n * i / 5);
	same(name, s);
	same(name, s);
}

static void
every_sample_reads_the_same(void **state)
{
	struct buf bytes;
	struct err err;

	(void)state;
	buf_init(&bytes, 16u << 20);
	for (size_t i = 0; i < guides_count(box.gs); i++) {
		const struct guide *g = guides_at(box.gs, i);

		buf_reset(&bytes);
		if (document_sample(box.gs, g, box.a, &bytes, &err) != RC_OK)
			fail_msg("%s: %s", guide_name(g), err.text);
		one_after_the_other(guide_name(g), buf_span(&bytes));
	}
	assert_true(nread > guides_count(box.gs));
	buf_done(&bytes);
}

/* The interchange is no duplicate of that in the file before, its references
 * are none, and a fault of its characters is said anew. */
static void
nothing_is_carried_over(void **state)
{
	static const char *const FILES[] = {
	    "UNB+UNOA:3+S:14+R:14+260101:1200+1'UNH+1+ORDERS:D:96A:UN'"
	    "BGM+220+a@b\x1+9'UNT+3+1'UNZ+1+1'",
	    "UNA:+.? 'UNB+UNOC:3+S:14+R:14+260101:1200+1'"
	    "UNH+1+ORDERS:D:96A:UN'BGM+220+a@b\xE4+9'UNT+3+1'UNZ+1+1'",
	    "ISA*00*          *00*          *ZZ*S              *ZZ*R          "
	    "    *260101*1200*U*00401*000000001*0*P*>~"
	    "GS*PO*S*R*20260101*1200*1*X*004010~ST*850*0001~BEG*00*SA*1**2026"
	    "0101~SE*3*0001~GE*1*1~IEA*1*000000001~",
	    "", "<a/>", "UNB+", "\x1A"};

	(void)state;
	for (size_t i = 0; i < 3 * sizeof FILES / sizeof *FILES; i++)
		same("short", span_of(FILES[i * 3 % 7]));
}

/* A guide that was asked for, or agreed upon, is not taken for the next file.
 */
static void
no_choice_is_carried_over(void **state)
{
	const struct guide *other = box_guide(&box, "edifact/ordrsp-d96a");
	const struct span s =
	    span_of("UNB+UNOC:3+2900000000117:14+2900000000018:14+260101:1200+"
		    "1'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+1+9'UNT+3+1'"
		    "UNZ+1+1'");

	(void)state;
	for (int i = 0; i < 9; i++) {
		wanted = i % 3 == 1 ? guide_name(other) : NULL;
		agreements =
		    i % 3 == 2
			? repr_json_keep(box.a,
			      json_pack("[O]",
				  box_agreement(&box,
				      box_guide(&box, "nordlicht/orders"))))
			: NULL;
		same("choice", s);
		same("choice", s);
	}
	wanted = NULL;
	agreements = NULL;
}

/* What a large file made the reader grow does not change the next one. */
static void
a_large_file_leaves_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 16u << 20);
	buf_puts(&b, "UNB+UNOC:3+S:14+R:14+260101:1200+1'");
	for (unsigned i = 1; i <= 4000; i++)
		buf_printf(&b,
		    "UNH+%u+ORDERS:D:96A:UN'BGM+220+PO%u+9'"
		    "FTX+DEL+++%0250u:%0250u'UNT+4+%u'",
		    i, i, i, i, i);
	buf_puts(&b, "UNZ+4000+1'");
	assert_true(b.n > 2u << 20);
	same("large", buf_span(&b));
	same("small", span_sub(buf_span(&b), 0, 3000));
	same("large", buf_span(&b));
	buf_done(&b);
}

static void
real_one(const struct expected *e, const char *name, struct span bytes)
{
	(void)e;
	if (bytes.n < 400000)
		one_after_the_other(name, bytes);
}

static void
every_real_document_reads_the_same(void **state)
{
	(void)state;
	corpus_each(real_one);
}

static int
load(void **state)
{
	(void)state;
	box = box_loaded();
	kept = document_reader_new(box.gs, box.a);
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	box_free(&box);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_carried_over),
	    cmocka_unit_test(no_choice_is_carried_over),
	    cmocka_unit_test(every_sample_reads_the_same),
	    cmocka_unit_test(a_large_file_leaves_nothing),
	    cmocka_unit_test(every_real_document_reads_the_same),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, load, unload);
}
