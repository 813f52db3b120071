/* SPDX-License-Identifier: Apache-2.0
 *
 * Real documents of others, and what becomes of them when they arrive in
 * pieces, cut off or damaged. The corpus is not part of the project:
 * KONTOR_CORPUS names its folder, else it is looked for beside the checkout.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/conf.h"
#include "edi/edi.h"

#define FILE_MAX (64u << 20)

static const char *
corpus(void)
{
	const char *dir = getenv("KONTOR_CORPUS");
	FILE *f;

	if (dir != NULL)
		return dir;
	f = fopen("../shared/corpus/EXPECTED.tsv", "r");
	if (f == NULL) {
		print_message("no corpus here\n");
		skip();
	}
	fclose(f);
	return "../shared/corpus";
}

static struct span
load(struct arena *a, const char *name)
{
	struct span s = {NULL, 0};
	struct err err;

	if (file_read(name, FILE_MAX, a, &s, &err) != RC_OK)
		fail_msg("%s", err.text);
	return s;
}

struct expected {
	struct span file, verdict, level, why;
};

/* The next line of EXPECTED.tsv; false at its end. */
static bool
next(struct span *table, struct expected *out)
{
	struct span line = span_cut(table, '\n');

	if (line.n == 0)
		return false;
	out->file = span_cut(&line, '\t');
	(void)span_cut(&line, '\t');
	(void)span_cut(&line, '\t');
	out->verdict = span_cut(&line, '\t');
	out->level = span_cut(&line, '\t');
	out->why = span_cut(&line, '\t');
	return true;
}

static struct span
table(struct arena *a, const char *dir)
{
	struct span t = load(a, arena_printf(a, "%s/EXPECTED.tsv", dir));

	(void)span_cut(&t, '\n');
	return t;
}

static bool
has_contrl(const struct edi_findings *fs, unsigned code)
{
	for (size_t i = 0; i < fs->n; i++) {
		if (fs->list[i].rule->contrl == code)
			return true;
	}
	return false;
}

static bool
any_contrl(const struct edi_file *f, unsigned code)
{
	bool any = has_contrl(&f->findings, code);

	for (size_t i = 0; i < f->ninterchanges; i++) {
		const struct edi_interchange *ix = f->interchanges[i];

		any |= has_contrl(&ix->findings, code);
		for (uint32_t k = 0; k < ix->nmessages; k++)
			any |= has_contrl(&ix->messages[k]->findings, code);
	}
	return any;
}

/* "(28)" in the reason of an EDIFACT file must be among our codes. */
static void
check_codes(const struct expected *e, const struct edi_file *f)
{
	struct span rest = e->why;

	if (f->family != EDI_EDIFACT)
		return;
	while (rest.p != NULL) {
		struct span part;
		unsigned long long code;

		(void)span_cut(&rest, '(');
		part = span_cut(&rest, ')');
		if (span_uint(part, &code) && !any_contrl(f, (unsigned)code))
			fail_msg("%.*s: no code %llu", (int)e->file.n,
			    e->file.p, code);
	}
}

static void
judge(const char *dir, const struct expected *e)
{
	struct arena *a = arena_new();
	struct span s =
	    load(a, arena_printf(a, "%s/%.*s", dir, (int)e->file.n, e->file.p));
	struct edi_file *f = edi_read(s, NULL, a);
	bool valid = edi_is_valid(f);

	if (span_starts(e->file, "cxml/"))
		assert_true(
		    f->findings.list[0].rule == &EDI_RULES[EDI_R_XML_DOCTYPE]);
	else if (span_is(e->verdict, "valid") != valid &&
		 span_is(e->level, "envelope"))
		fail_msg("%.*s: expected %.*s: %.*s", (int)e->file.n, e->file.p,
		    (int)e->verdict.n, e->verdict.p, (int)e->why.n, e->why.p);
	else if (span_is(e->level, "schema"))
		assert_true(valid); /* without schemas: well formed */
	if (!valid && span_is(e->level, "envelope"))
		check_codes(e, f);
	arena_free(a);
}

static void
judges_real_documents_as_expected(void **state)
{
	const char *dir = corpus();
	struct arena *a = arena_new();
	struct span t = table(a, dir);
	struct expected e;

	(void)state;
	while (next(&t, &e)) {
		if (!span_starts(e.file, "as2/"))
			judge(dir, &e);
	}
	arena_free(a);
}

/* Everything a reader says about a file, as text. */
static void
say(const struct edi_file *f, struct buf *out)
{
	edi_findings_json(out, &f->findings);
	for (size_t i = 0; i < f->ninterchanges; i++) {
		const struct edi_interchange *ix = f->interchanges[i];

		buf_printf(out, "\n%s %u %u %zu", edi_verdict_name(ix->verdict),
		    ix->nsegments, ix->nmessages, ix->length);
		edi_findings_json(out, &ix->findings);
		for (uint32_t k = 0; k < ix->nmessages; k++) {
			buf_printf(out, "\n%zu %zu %u", ix->messages[k]->offset,
			    ix->messages[k]->length,
			    ix->messages[k]->nsegments);
			edi_findings_json(out, &ix->messages[k]->findings);
		}
	}
}

static void
no_message(void *ctx, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	(void)ctx;
	(void)f;
	(void)ix;
	(void)m;
}

/* In pieces of n bytes, cut from copies that are gone afterwards. */
static struct edi_file *
in_pieces(struct span s, size_t n, struct arena *a)
{
	struct edi_options o = {.message = no_message};
	struct edi_reader *r = edi_reader_new(&o, a);

	for (size_t at = 0; at < s.n; at += n) {
		struct span part = span_sub(s, at, n);
		char *copy = malloc(part.n);

		memcpy(copy, part.p, part.n);
		edi_reader_feed(r, span_make(copy, part.n));
		memset(copy, '#', part.n);
		free(copy);
	}
	return edi_reader_end(r);
}

static void
compare_pieces(struct span s, size_t n, const char *name)
{
	struct arena *a = arena_new();
	struct buf whole, pieces;

	buf_init(&whole, 16 << 20);
	buf_init(&pieces, 16 << 20);
	say(edi_read(s, NULL, a), &whole);
	say(in_pieces(s, n, a), &pieces);
	if (!span_eq(buf_span(&whole), buf_span(&pieces)))
		fail_msg("%s in pieces of %zu:\n%s\n---\n%s", name, n, whole.p,
		    pieces.p);
	buf_done(&whole);
	buf_done(&pieces);
	arena_free(a);
}

static void
reads_pieces_as_it_reads_the_whole(void **state)
{
	static const size_t SIZES[] = {1, 2, 3, 7, 64, 511, 4096};
	const char *dir = corpus();
	struct arena *a = arena_new();
	struct span t = table(a, dir);
	struct expected e;

	(void)state;
	while (next(&t, &e)) {
		char *name =
		    arena_printf(a, "%s/%.*s", dir, (int)e.file.n, e.file.p);
		struct span s = load(a, name);

		for (size_t i = 0; i < 7; i++) {
			if (s.n < 16384 || SIZES[i] > 500)
				compare_pieces(s, SIZES[i], name);
		}
	}
	arena_free(a);
}

static bool
has_tolerance(const struct edi_file *f)
{
	for (size_t i = 0; i < f->ninterchanges; i++) {
		if (f->interchanges[i]->findings.n)
			return true;
	}
	return f->findings.n > 0;
}

/* What is cut off is not accepted, or only by a tolerance that is named. */
static void
check_cut(struct span s, size_t n, const char *name)
{
	struct arena *a = arena_new();
	size_t whole = n;
	char *copy = malloc(n + 1); /* so that sanitizers see the end */
	struct edi_file *f;

	memcpy(copy, s.p, n);
	f = edi_read(span_make(copy, n), NULL, a);
	while (whole < s.n && strchr("\r\n \t\x1A", s.p[whole]))
		whole++;
	if (edi_is_valid(f) && whole < s.n && !has_tolerance(f) &&
	    f->ninterchanges == 1 && f->family != EDI_UBL)
		fail_msg("%s accepted when cut at %zu", name, n);
	arena_free(a);
	free(copy);
}

static bool
several(struct span s)
{
	struct arena *a = arena_new();
	bool more = edi_read(s, NULL, a)->ninterchanges > 1;

	arena_free(a);
	return more;
}

static void
refuses_what_is_cut_off(void **state)
{
	const char *dir = corpus();
	struct arena *a = arena_new();
	struct span t = table(a, dir);
	struct expected e;

	(void)state;
	while (next(&t, &e)) {
		char *name =
		    arena_printf(a, "%s/%.*s", dir, (int)e.file.n, e.file.p);
		struct span s = load(a, name);
		size_t step = s.n > 2048 ? s.n / 300 : 1;

		if (span_starts(e.file, "as2/") || several(s))
			continue;
		for (size_t n = 0; n < s.n; n += step)
			check_cut(s, n, name);
	}
	arena_free(a);
}

/* Flips each service character somewhere: no crash, no hang. */
static void
survives_damaged_separators(void **state)
{
	const char *dir = corpus();
	struct arena *a = arena_new();
	struct span t = table(a, dir);
	struct expected e;

	(void)state;
	while (next(&t, &e)) {
		struct span s = load(a,
		    arena_printf(a, "%s/%.*s", dir, (int)e.file.n, e.file.p));
		char *copy = arena_str(a, s);

		if (s.n > 8192)
			continue;
		for (size_t i = 0; i < s.n; i += 1 + s.n / 400) {
			struct arena *b;

			if (strchr("+:'?*~<>/&", s.p[i]) == NULL)
				continue;
			b = arena_new();
			copy[i] = (char)(s.p[i] ^ 0x15);
			(void)edi_read(span_make(copy, s.n), NULL, b);
			copy[i] = s.p[i];
			arena_free(b);
		}
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(judges_real_documents_as_expected),
	    cmocka_unit_test(reads_pieces_as_it_reads_the_whole),
	    cmocka_unit_test(refuses_what_is_cut_off),
	    cmocka_unit_test(survives_damaged_separators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
