/* SPDX-License-Identifier: Apache-2.0
 *
 * Real documents that arrive in pieces, cut off or damaged: never a crash, a
 * hang or an acceptance without a named tolerance. A run samples the places,
 * and says so; KONTOR_FULL=1 (make soak) takes them all: each byte up to 8 KiB
 * and 500 places beyond.
 */
#include "corpus_help.h"

#define EACH_BYTE 8192u
#define BEYOND 500u
#define SAMPLED 120u /* places of a file where not all are taken */
#define LARGE (128u << 10)

static bool full;
static unsigned long ndone, nleft, nwrong;

/* The next place after `at`; a sample is spread evenly. */
static size_t
step(size_t n, size_t at)
{
	size_t by = 1;

	if (!full)
		by = n / (n > LARGE ? SAMPLED / 12 : SAMPLED);
	else if (at >= EACH_BYTE)
		by = (n - EACH_BYTE) / BEYOND;
	return at + (by ? by : 1);
}

/* A copy that ends where it ends, so that sanitizers see what goes beyond. */
static struct edi_file *
read_copy(struct span s, struct arena *a)
{
	char *copy = malloc(s.n ? s.n : 1);
	struct edi_file *f;

	if (s.n)
		memcpy(copy, s.p, s.n);
	f = edi_read(span_make(copy, s.n), NULL, a);
	free(copy);
	return f;
}

static void
say_one(void *ctx, const struct edi_finding *f)
{
	edi_finding_json(ctx, f);
}

/* Everything a reader says about a file, as text. */
static void
say(const struct edi_file *f, struct buf *out)
{
	buf_printf(out, "%s %zu", edi_family_name(f->family), f->nbytes);
	corpus_findings(f, say_one, out);
	for (size_t i = 0; i < f->ninterchanges; i++) {
		const struct edi_interchange *ix = f->interchanges[i];

		buf_printf(out, "\n%s %u %u %u %zu %zu",
		    edi_verdict_name(ix->verdict), ix->nsegments, ix->ngroups,
		    ix->nmessages, ix->offset, ix->length);
		for (uint32_t k = 0; k < ix->nmessages; k++)
			buf_printf(out, "\n%zu %zu %u", ix->messages[k]->offset,
			    ix->messages[k]->length,
			    ix->messages[k]->nsegments);
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

static void
feed_copy(struct edi_reader *r, struct span part)
{
	char *copy = calloc(part.n + 1, 1);

	if (part.n)
		memcpy(copy, part.p, part.n);
	edi_reader_feed(r, span_make(copy, part.n));
	memset(copy, '#', part.n);
	free(copy);
}

/* First `first` bytes, then pieces of n; each is gone after its call. */
static void
in_pieces(struct span s, size_t first, size_t n, struct buf *said)
{
	struct edi_options o = {.message = no_message};
	struct arena *a = arena_new();
	struct edi_reader *r = edi_reader_new(a);

	edi_reader_begin(r, &o, a);
	feed_copy(r, span_sub(s, 0, first));
	for (size_t at = first; at < s.n; at += n)
		feed_copy(r, span_sub(s, at, n));
	buf_reset(said);
	say(edi_reader_end(r), said);
	arena_free(a);
}

static void
compare(struct span whole, struct span pieces, const char *name, size_t first,
    size_t n)
{
	ndone++;
	if (!span_eq(whole, pieces))
		fail_msg("%s in pieces of %zu, %zu:\n%.*s\n---\n%.*s", name,
		    first, n, (int)whole.n, whole.p, (int)pieces.n, pieces.p);
}

/* One byte after the other; then in two, cut at each byte. */
static void
check_pieces(const struct expected *e, const char *name, struct span s)
{
	static const size_t SIZES[] = {1, 2, 7, 64, 511, 4096, 65537};
	struct arena *a = arena_new();
	struct buf whole, pieces;

	(void)e;
	buf_init(&whole, 16 << 20);
	buf_init(&pieces, 16 << 20);
	say(edi_read(s, NULL, a), &whole);
	for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
		if (!full && s.n > 65536 * SIZES[i])
			continue;
		in_pieces(s, 0, SIZES[i], &pieces);
		compare(buf_span(&whole), buf_span(&pieces), name, 0, SIZES[i]);
	}
	for (size_t at = 1; at < s.n; at = step(s.n, at)) {
		in_pieces(s, at, s.n, &pieces);
		compare(buf_span(&whole), buf_span(&pieces), name, at, s.n);
	}
	buf_done(&whole);
	buf_done(&pieces);
	arena_free(a);
}

/* All that is wrong is named, not the first only. */
static void wrong(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static void
wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprint_error(format, args);
	va_end(args);
	nwrong++;
}

static void
tell(const char *what)
{
	unsigned long n = nwrong;

	print_message("%s: %lu places%s\n", what, ndone,
	    full ? "" : ", a sample (KONTOR_FULL=1: all)");
	ndone = nleft = nwrong = 0;
	assert_int_equal(n, 0);
}

static void
reads_pieces_as_it_reads_the_whole(void **state)
{
	(void)state;
	corpus_each(check_pieces);
	tell("pieces");
}

#define ENVELOPE(x) "UNB+UNOC:3+S:14+R:14+260101:1200+1'" x "UNZ+1+1'"
#define ISA_HEAD                                                               \
	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER      " \
	" "                                                                    \
	"*260101*1200*^*00501*000000001*0*P*>~GS*PO*S*R*20260101*1200*1*X*"    \
	"005010~"
#define ISA_TAIL "GE*1*1~IEA*1*000000001~"

/* What readers are known to stumble over at the edge of a piece. */
static const char *const EDGES[] = {
    ENVELOPE("UNH+1+ORDERS:D:96A:UN'FTX+AAI+++a??b?'c?+d?:e\?\?\?'f'UNT+3+1'"),
    "UNA:+,? '\r\n" ENVELOPE("UNH+1+ORDERS:D:96A:UN'\r\nBGM+220'UNT+3+1'\r\n"),
    "\xEF\xBB\xBF \r\n" ENVELOPE(
	"UNH+1+ORDERS:D:96A:UN'B\r\nGM+2?\r\n'2'UNT+3+1'") "\x1A",
    "UNB+UNOY:4+S:14+R:14+20260101:1200+1'UNH+1+ORDERS:D:01B:UN'"
    "FTX+AAI+++\xC3\xA4\xE2\x82\xAC*\xF0\x9F\x98\x80'UNT+3+1'UNZ+1+1'",
    ISA_HEAD "ST*841*0001~BIN*9*a~b*c>d^e~SE*3*0001~" ISA_TAIL,
    ISA_HEAD "ST*841*0001~BDS*ASC*3*~~~~SE*3*0001~" ISA_TAIL,
    ENVELOPE("") ENVELOPE("UNH+1+ORDERS:D:96A:UN'BGM+220'UNT+3+1'"),
    "<?xml version='1.0' encoding='ISO-8859-1'?><!-- \xE4 --><a b='&amp;'>"
    "<![CDATA[<x>]]>\xFC</a>\n",
};

/* All of them, cut in three at every two places. */
static void
reads_the_edges_of_pieces(void **state)
{
	struct buf whole, pieces;

	(void)state;
	buf_init(&whole, 1 << 20);
	buf_init(&pieces, 1 << 20);
	for (size_t i = 0; i < sizeof EDGES / sizeof *EDGES; i++) {
		struct span s = span_of(EDGES[i]);
		struct arena *a = arena_new();

		buf_reset(&whole);
		say(edi_read(s, NULL, a), &whole);
		for (size_t at = 0; at < s.n; at++) {
			for (size_t n = 1; n <= s.n - at; n += full ? 1 : 3) {
				in_pieces(s, at, n, &pieces);
				compare(buf_span(&whole), buf_span(&pieces),
				    EDGES[i], at, n);
			}
		}
		arena_free(a);
	}
	buf_done(&whole);
	buf_done(&pieces);
	tell("edges");
}

static void
is_missing_terminator(void *ctx, const struct edi_finding *f)
{
	bool *any = ctx;

	*any |= f->rule == &EDI_RULES[EDI_R_TERMINATOR_MISSING];
}

static bool
named(const struct edi_file *f)
{
	bool any = false;

	corpus_findings(f, is_missing_terminator, &any);
	return any;
}

/* Does nothing but blanks stand between the place and an interchange's end? */
static bool
whole_up_to(const struct edi_file *f, struct span s, size_t n)
{
	for (size_t i = 0; i < f->ninterchanges; i++) {
		size_t end =
		    f->interchanges[i]->offset + f->interchanges[i]->length;

		if (n >= end && span_trim(span_sub(s, end, n - end)).n == 0)
			return true;
		while (end > n && end <= s.n && strchr("\r\n ", s.p[end - 1]))
			end--;
		if (n == end)
			return true;
	}
	return false;
}

/* What is cut off is refused, or named, or what is left is whole. */
static void
check_cuts(const struct expected *e, const char *name, struct span s)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(s, NULL, a);
	bool xml = f->family == EDI_UBL || f->family == EDI_XML;
	size_t end = s.n;

	(void)e;
	while (end && s.p[end - 1] != '>')
		end--;
	for (size_t n = 0; n < s.n; n = step(s.n, n)) {
		struct arena *b = arena_new();
		struct edi_file *cut = read_copy(span_sub(s, 0, n), b);

		ndone++;
		if (edi_is_valid(cut) && !named(cut) &&
		    !(xml ? n >= end : whole_up_to(f, s, n)))
			wrong("%s accepted when cut at %zu\n", name, n);
		arena_free(b);
	}
	arena_free(a);
}

static void
refuses_what_is_cut_off(void **state)
{
	(void)state;
	corpus_each(check_cuts);
	tell("cuts");
}

static const struct edi_syntax *
syntax_at(const struct edi_file *f, size_t at)
{
	const struct edi_syntax *x = NULL;

	for (size_t i = 0; i < f->ninterchanges; i++) {
		if (i == 0 || f->interchanges[i]->offset <= at)
			x = &f->interchanges[i]->syntax;
	}
	return x;
}

static bool
service_is(const struct edi_syntax *x, char c)
{
	return c &&
	       (c == x->component || c == x->element || c == x->terminator ||
		   c == x->release || c == x->repetition);
}

/* Behind a release character that is none itself: data. */
static bool
quoted(struct span s, size_t at, char release)
{
	size_t n = 0;

	while (release && n < at && s.p[at - n - 1] == release)
		n++;
	return n & 1;
}

/*
 * An end of a segment that is gone must be missed: counts that agreed cannot
 * agree any more. Other separators may become data that nobody can tell
 * from data.
 */
static void
flip(struct span s, char *copy, size_t at, const struct edi_syntax *x,
    const char *name, bool valid)
{
	const char others[] = {'X', x->element, x->component, x->terminator, 7};

	for (size_t i = 0; i < sizeof others; i++) {
		struct arena *a;
		struct edi_file *f;

		if (others[i] == 0 || others[i] == s.p[at])
			continue;
		a = arena_new();
		copy[at] = others[i];
		f = edi_read(span_make(copy, s.n), NULL, a);
		ndone++;
		nleft += edi_is_valid(f);
		if (valid && s.p[at] == x->terminator && edi_is_valid(f) &&
		    !named(f))
			wrong("%s accepted with 0x%02x at %zu\n", name,
			    (unsigned)others[i], at);
		arena_free(a);
	}
	copy[at] = s.p[at];
}

static void
check_flips(const struct expected *e, const char *name, struct span s)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(s, NULL, a);
	char *copy = arena_str(a, s);
	size_t next = 0;

	(void)e;
	if (f->ninterchanges == 0)
		next = s.n;
	for (size_t at = 0; at < s.n; at++) {
		const struct edi_syntax *x = syntax_at(f, at);

		if (at < next || !service_is(x, s.p[at]) ||
		    quoted(s, at, x->release))
			continue;
		flip(s, copy, at, x, name, edi_is_valid(f));
		next = step(s.n, at);
	}
	arena_free(a);
}

static void
misses_every_separator_that_is_gone(void **state)
{
	unsigned long left;

	(void)state;
	corpus_each(check_flips);
	left = nleft;
	tell("flips");
	print_message(
	    "  %lu of them inside of data, where they are data\n", left);
}

/* XML: a mark that is gone is never well-formed by chance alone. */
static void
check_marks(const struct expected *e, const char *name, struct span s)
{
	struct arena *a = arena_new();
	char *copy = arena_str(a, s);
	size_t next = 0;

	(void)e;
	(void)name;
	if (edi_sniff(s) != EDI_UBL && edi_sniff(s) != EDI_XML)
		next = s.n;
	for (size_t at = 0; at < s.n; at++) {
		struct arena *b;

		if (at < next || strchr("<>/&\"'=:", s.p[at]) == NULL)
			continue;
		b = arena_new();
		copy[at] = (char)(s.p[at] ^ 0x15);
		(void)edi_read(span_make(copy, s.n), NULL, b);
		copy[at] = s.p[at];
		arena_free(b);
		ndone++;
		next = step(s.n, at);
	}
	arena_free(a);
}

static void
survives_damaged_marks(void **state)
{
	(void)state;
	corpus_each(check_marks);
	tell("marks");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_pieces_as_it_reads_the_whole),
	    cmocka_unit_test(reads_the_edges_of_pieces),
	    cmocka_unit_test(refuses_what_is_cut_off),
	    cmocka_unit_test(misses_every_separator_that_is_gone),
	    cmocka_unit_test(survives_damaged_marks),
	};

	full = getenv("KONTOR_FULL") != NULL;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
