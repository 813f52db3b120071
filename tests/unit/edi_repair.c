/* SPDX-License-Identifier: Apache-2.0
 *
 * What is proposed is right: with the changes made, the fault is gone and no
 * other has come.
 */
#include "corpus_help.h"
#include "edi/repair.h"

#define UNB "UNB+UNOC:3+S:14+R:14+260101:1200+1'"
#define MSG "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+3+1'"
#define UNZ "UNZ+1+1'"
#define ISA                                                                    \
	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER      " \
	" *260101*1200*U*00401*000000001*0*P*>~"
#define GS "GS*PO*S*R*20260101*1200*1*X*004010~"
#define SET "ST*850*0001~BEG*00*SA*1**20260101~SE*3*0001~"
#define GE "GE*1*1~"
#define IEA "IEA*1*000000001~"

/* right NULL: nothing is certain, the bytes stay */
static const struct {
	const char *about, *wrong, *right;
} REPAIRS[] = {
    {"a count", UNB "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+27+1'" UNZ,
	UNB MSG UNZ},
    {"a reference", UNB MSG "UNZ+1+007'", UNB MSG UNZ},
    {"both, in two trailers",
	UNB "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+4+x'UNZ+9+9'", UNB MSG UNZ},
    {"elements that are not there",
	UNB "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT'UNZ+1'", UNB MSG UNZ},
    {"an element that is empty",
	UNB "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT++1'UNZ+1+'", UNB MSG UNZ},
    {"a reference with service characters",
	"UNB+UNOC:3+S:14+R:14+260101:1200+a?+?'b'" MSG "UNZ+1+x'",
	"UNB+UNOC:3+S:14+R:14+260101:1200+a?+?'b'" MSG "UNZ+1+a?+?'b'"},
    {"the last terminator", UNB MSG "UNZ+1+1", UNB MSG UNZ},
    {"the last terminator behind a wrong reference", UNB MSG "UNZ+2+2",
	UNB MSG UNZ},
    {"the last terminator behind no reference", UNB MSG "UNZ+1", UNB MSG UNZ},
    {"a label", UNB "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xC3\x84'UNT+3+1'" UNZ,
	"UNB+UNOY:3+S:14+R:14+260101:1200+1'"
	"UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xC3\x84'UNT+3+1'" UNZ},
    {"a label of capitals",
	"UNB+UNOA:3+S:14+R:14+260101:1200+1'"
	"UNH+1+ORDERS:D:96A:UN'FTX+AAI+++abc'UNT+3+1'" UNZ,
	"UNB+UNOB:3+S:14+R:14+260101:1200+1'"
	"UNH+1+ORDERS:D:96A:UN'FTX+AAI+++abc'UNT+3+1'" UNZ},
    {"no label where the text is of two sets",
	UNB "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xC3\x84'FTX+AAI+++\xE4'"
	    "UNT+4+1'" UNZ,
	NULL},
    {"the length of a date", "UNB+UNOC:3+S:14+R:14+20260101:1200+1'" MSG UNZ,
	UNB MSG UNZ},
    {"what stands before and behind", "\xEF\xBB\xBF\r\n" UNB MSG UNZ "\x1A",
	UNB MSG UNZ},
    {"the padding of ISA",
	"ISA*00**00**ZZ*SENDER*ZZ*RECEIVER*260101*1200*U*00401*000000001*0*P*"
	">~" GS SET GE IEA,
	ISA GS SET GE IEA},
    {"no ISA with a wrong date",
	"ISA*00**00**ZZ*SENDER*ZZ*RECEIVER*2601*1200*U*00401*000000001*0*P*"
	">~" GS SET GE IEA,
	NULL},
    {"counts and references of X12",
	ISA GS "ST*850*0001~BEG*00*SA*1**20260101~SE*4*0002~GE*2*2~IEA*2*1~",
	ISA GS SET GE IEA},
    {"nothing of a file that is cut off", UNB "UNH+1+ORDERS:D:96A:UN'BGM+2",
	NULL},
};

static struct span
repaired(struct span s, struct arena *a, struct edi_changes *changes)
{
	struct edi_file *f = edi_read(s, NULL, a);
	struct buf b;
	struct span out;

	buf_init(&b, s.n * 2 + 65536);
	edi_changes(s, f, a, changes);
	edi_changes_apply(s, changes, &b);
	out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

static void
proposes_what_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof REPAIRS / sizeof *REPAIRS; i++) {
		struct arena *a = arena_new();
		struct span wrong = span_of(REPAIRS[i].wrong), out;
		struct span right =
		    REPAIRS[i].right ? span_of(REPAIRS[i].right) : wrong;
		struct edi_changes changes;

		out = repaired(wrong, a, &changes);
		if (!span_eq(out, right))
			fail_msg(
			    "%s: %.*s", REPAIRS[i].about, (int)out.n, out.p);
		assert_int_equal(changes.n > 0, REPAIRS[i].right != NULL);
		if (REPAIRS[i].right)
			assert_true(edi_is_valid(edi_read(out, NULL, a)));
		else
			assert_true(changes.left > 0);
		arena_free(a);
	}
}

static void
count_error(void *ctx, const struct edi_finding *f)
{
	size_t *n = ctx;

	*n += f->severity == EDI_ERROR;
}

static size_t
errors(struct span s, struct arena *a)
{
	size_t n = 0;

	corpus_findings(edi_read(s, NULL, a), count_error, &n);
	return n;
}

/* Real files get no worse, and a second time nothing changes. */
static void
check(const struct expected *e, const char *name, struct span s)
{
	struct arena *a = arena_new();
	struct edi_changes changes, again;
	struct span out = repaired(s, a, &changes), twice;

	(void)e;
	if (errors(out, a) > errors(s, a))
		fail_msg("%s: more errors than before", name);
	if (changes.left == 0 && changes.n && errors(out, a) > 0)
		fail_msg("%s: errors are left", name);
	twice = repaired(out, a, &again);
	if (changes.left == 0 && !span_eq(out, twice))
		fail_msg("%s: a second repair", name);
	arena_free(a);
}

static void
leaves_real_documents_no_worse(void **state)
{
	(void)state;
	corpus_each(check);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(proposes_what_is_right),
	    cmocka_unit_test(leaves_real_documents_no_worse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
