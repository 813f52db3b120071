/* SPDX-License-Identifier: Apache-2.0
 *
 * What is accepted although it is wrong, each time with a warning that names
 * it, and nothing else; and how far other faults reach.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edi/edi.h"

#define UNB "UNB+UNOC:3+S:14+R:14+260101:1200+1'"
#define MSG "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+3+1'"
#define UNZ "UNZ+1+1'"
#define ISA(mark)                                                              \
	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER      " \
	" *260101*1200*U*00401*000000001*0*P*>" mark
#define GS "GS*PO*S*R*20260101*1200*1*X*004010~"
#define SET "ST*850*0001~BEG*00*SA*1**20260101~SE*3*0001~"
#define GE "GE*1*1~"
#define IEA "IEA*1*000000001~"
#define X12 ISA("~") GS SET GE IEA

/* EDI_R_COUNT: not even a warning */
static const struct {
	const char *about;
	enum edi_rule_id rule;
	const char *bytes;
} TOLERATED[] = {
    {"a mark before UNB", EDI_R_FILE_BOM, "\xEF\xBB\xBF" UNB MSG UNZ},
    {"a mark before UNA", EDI_R_FILE_BOM, "\xEF\xBB\xBFUNA:+.? '" UNB MSG UNZ},
    {"a mark before ISA", EDI_R_FILE_BOM, "\xEF\xBB\xBF" X12},
    {"blanks before UNB", EDI_R_FILE_LEADING, " \t\r\n" UNB MSG UNZ},
    {"blanks before ISA", EDI_R_FILE_LEADING, "\n\n" X12},
    {"line ends after terminators", EDI_R_COUNT,
	"UNB+UNOC:3+S:14+R:14+260101:1200+1'\r\n"
	"UNH+1+ORDERS:D:96A:UN'\nBGM+220+1+9'\r\n\r\nUNT+3+1'\rUNZ+1+1'\n"},
    {"line ends after terminators of X12", EDI_R_COUNT,
	ISA("~") "\r\nGS*PO*S*R*20260101*1200*1*X*004010~\nST*850*0001~\r\n"
		 "BEG*00*SA*1**20260101~\nSE*3*0001~\nGE*1*1~\nIEA*1*000000001"
		 "~\n"},
    {"a line end as terminator", EDI_R_COUNT,
	ISA("\n") "GS*PO*S*R*20260101*1200*1*X*004010\nST*850*0001\n"
		  "BEG*00*SA*1**20260101\nSE*3*0001\nGE*1*1\n"
		  "IEA*1*000000001\n"},
    {"lines of 80 characters", EDI_R_LINES_WRAPPED,
	"UNB+UNOC:3+S:14+R:14+260101:1200+1'UNH+1+ORDERS:D:96A:UN'BGM+220+4711"
	"0815+9'UN\r\nT+3+1'UNZ+1+1'"},
    {"lines of 80 characters in ISA", EDI_R_LINES_WRAPPED,
	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *"
	"260101*12\r\n00*U*00401*000000001*0*P*>~GS*PO*S*R*20260101*1200*1*X*00"
	"4010~ST*850*0001~BEG*00*SA*1**20260101~SE*3*0001~GE*1*1~"
	"IEA*1*000000001~"},
    {"no last terminator", EDI_R_TERMINATOR_MISSING, UNB MSG "UNZ+1+1"},
    {"no last terminator but a line end", EDI_R_TERMINATOR_MISSING,
	UNB MSG "UNZ+1+1\r\n"},
    {"no last terminator in X12", EDI_R_TERMINATOR_MISSING,
	ISA("~") GS SET GE "IEA*1*000000001"},
    {"0x1A at the end", EDI_R_FILE_TRAILING, UNB MSG UNZ "\x1A"},
    {"many of them", EDI_R_FILE_TRAILING, X12 "\r\n\x1A\x1A\x1A"},
    {"lower case in UNOA", EDI_R_CHARSET_LOWER,
	"UNB+UNOA:3+S:14+R:14+260101:1200+1'"
	"UNH+1+ORDERS:D:96A:UN'FTX+AAI+++abc'UNT+3+1'" UNZ},
    {"eight digits before version 4", EDI_R_UNB_DATE_LENGTH,
	"UNB+UNOC:3+S:14+R:14+20260101:1200+1'" MSG UNZ},
    {"six digits in version 4", EDI_R_UNB_DATE_LENGTH,
	"UNB+UNOC:4+S:14+R:14+260101:1200+1'" MSG UNZ},
    {"places of version 4 in UNH of version 4", EDI_R_COUNT,
	"UNB+UNOC:4+S:14+R:14+20260101:1200+1'"
	"UNH+1+ORDERS:D:01B:UN:A:B:C+A+1:F+S:1:0:UN+I:1:0:UN+Z:1:0:UN'"
	"UNT+2+1'" UNZ},
    {"places of version 4 in UNH of version 3", EDI_R_UNH_ELEMENTS_FOUR,
	UNB "UNH+1+RECADV:D:96A:UN:::L16'UNT+2+1'" UNZ},
    {"empty ends in trailers", EDI_R_COUNT,
	UNB "UNH+1+ORDERS:D:96A:UN'UNT+2+1+'UNZ+1+1:+++'"},
    {"empty ends in trailers of X12", EDI_R_COUNT,
	ISA("~") "GS*PO*S*R*20260101*1200*1*X*004010**~ST*850*0001***~"
		 "BEG*00*SA*1**20260101~SE*3*0001*~GE*1*1*~"
		 "IEA*1*000000001*~"},
    {"empty ends in UNH", EDI_R_COUNT,
	UNB "UNH+1+ORDERS:D:96A:UN::::::'UNT+2+1'" UNZ},
    {"IATA", EDI_R_UNB_SYNTAX_OTHER,
	"UNB+IATA:1+S:14+R:14+260101:1200+1'" MSG UNZ},
    {"IATB", EDI_R_UNB_SYNTAX_OTHER,
	"UNB+IATB:1+S:14+R:14+260101:1200+1'" MSG UNZ},
    {"UNOX with ASCII", EDI_R_UNB_SYNTAX_OTHER,
	"UNB+UNOX:3+S:14+R:14+260101:1200+1'" MSG UNZ},
    {"a TA1 and nothing else", EDI_R_TA1_ONLY,
	ISA("~") "TA1*000000009*260101*1200*A*000~IEA*0*000000001~"},
    {"the same with a count of 1", EDI_R_TA1_ONLY,
	ISA("~") "TA1*000000009*260101*1200*A*000~IEA*1*000000001~"},
    {"trailing empty elements", EDI_R_COUNT,
	"UNB+UNOC:3+S:14+R:14+260101:1200+1++++++'" MSG "UNZ+1+1'"},
    {"UNA within data", EDI_R_COUNT,
	UNB "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++UNA?+'UNT+3+1'" UNZ},
    {"information separators", EDI_R_COUNT,
	"UNB\x1DUNOB\x1F"
	"2\x1DS\x1F"
	"14\x1DR\x1F"
	"14\x1D"
	"260101\x1F"
	"1200\x1D"
	"1\x1C"
	"UNH\x1D"
	"1\x1DORDERS\x1F"
	"D\x1F"
	"96A\x1FUN\x1C"
	"UNT\x1D"
	"2\x1D"
	"1\x1CUNZ\x1D"
	"1\x1D"
	"1\x1C"},
};

static size_t
all(const struct edi_file *f, const struct edi_finding **last)
{
	const struct edi_interchange *ix =
	    f->ninterchanges ? f->interchanges[0] : NULL;
	const struct edi_findings *lists[] = {&f->findings,
	    ix ? &ix->findings : NULL,
	    ix && ix->ngroups ? &ix->groups[0]->findings : NULL,
	    ix && ix->nmessages ? &ix->messages[0]->findings : NULL};
	size_t n = 0;

	for (size_t i = 0; i < 4; i++) {
		if (lists[i] == NULL || lists[i]->n == 0)
			continue;
		n += lists[i]->n;
		*last = &lists[i]->list[lists[i]->n - 1];
	}
	return n;
}

static void
accepts_with_a_warning_that_names_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof TOLERATED / sizeof *TOLERATED; i++) {
		struct arena *a = arena_new();
		struct edi_file *f =
		    edi_read(span_of(TOLERATED[i].bytes), NULL, a);
		const struct edi_finding *last = NULL;
		size_t n = all(f, &last);
		bool quiet = TOLERATED[i].rule == EDI_R_COUNT;

		if (!edi_is_valid(f) || n != (quiet ? 0 : 1) ||
		    (!quiet && last->rule != &EDI_RULES[TOLERATED[i].rule]))
			fail_msg("%s: %zu findings, %s", TOLERATED[i].about, n,
			    last ? last->rule->id : "none");
		arena_free(a);
	}
}

/* NUL ends no C string. */
static void
accepts_nul_at_the_end(void **state)
{
	static const char bytes[] = UNB MSG UNZ "\0\0";
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(span_make(bytes, sizeof bytes), NULL, a);
	const struct edi_finding *last = NULL;

	(void)state;
	assert_int_equal(all(f, &last), 1);
	assert_true(last->rule == &EDI_RULES[EDI_R_FILE_TRAILING]);
	assert_true(edi_is_valid(f));
	arena_free(a);
}

static void
a_fault_of_the_envelope_refuses_all_of_it(void **state)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(
	    span_of(UNB MSG "UNH+2+ORDERS:D:96A:UN'UNT+2+2'UNZ+2+x'"), NULL, a);

	(void)state;
	assert_int_equal(f->interchanges[0]->verdict, EDI_REJECTED);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    f->interchanges[0]->messages[i]->verdict, EDI_REJECTED);
	arena_free(a);
}

static void
a_fault_of_a_message_refuses_that_message(void **state)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(
	    span_of(UNB MSG "UNH+2+ORDERS:D:96A:UN'UNT+7+2'UNZ+2+1'"), NULL, a);
	struct edi_interchange *ix = f->interchanges[0];

	(void)state;
	assert_int_equal(ix->verdict, EDI_ACCEPTED_WITH_ERRORS);
	assert_int_equal(ix->messages[0]->verdict, EDI_ACCEPTED);
	assert_int_equal(ix->messages[1]->verdict, EDI_REJECTED);
	arena_free(a);
}

static void
a_faulty_interchange_leaves_the_next_alone(void **state)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(
	    span_of(UNB MSG "UNZ+9+1'UNB+UNOC:3+S:14+R:14+260101:1200+2'" MSG
			    "UNZ+1+2'"),
	    NULL, a);

	(void)state;
	assert_int_equal(f->ninterchanges, 2);
	assert_int_equal(f->interchanges[0]->verdict, EDI_REJECTED);
	assert_int_equal(f->interchanges[1]->verdict, EDI_ACCEPTED);
	arena_free(a);
}

/* From the outside in, each fault once, in one pass. */
static void
finds_the_faults_of_every_level(void **state)
{
	static const enum edi_rule_id WANTED[] = {EDI_R_FILE_BOM,
	    EDI_R_UNB_DATE, EDI_R_CHARSET_LABEL, EDI_R_UNZ_COUNT,
	    EDI_R_UNZ_REFERENCE, EDI_R_UNT_COUNT, EDI_R_UNT_REFERENCE};
	struct arena *a = arena_new();
	struct edi_file *f =
	    edi_read(span_of("\xEF\xBB\xBFUNB+UNOC:3+S:14+R:14+260231:1200+1'"
			     "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xC3\x84\xC3\x96'"
			     "UNT+4+2'UNZ+2+2'"),
		NULL, a);
	const struct edi_findings *lists[] = {&f->findings,
	    &f->interchanges[0]->findings,
	    &f->interchanges[0]->messages[0]->findings};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < lists[i]->n; k++, n++)
			assert_string_equal(lists[i]->list[k].rule->id,
			    EDI_RULES[WANTED[n]].id);
	}
	assert_int_equal(n, sizeof WANTED / sizeof *WANTED);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_with_a_warning_that_names_it),
	    cmocka_unit_test(accepts_nul_at_the_end),
	    cmocka_unit_test(a_fault_of_the_envelope_refuses_all_of_it),
	    cmocka_unit_test(a_fault_of_a_message_refuses_that_message),
	    cmocka_unit_test(a_faulty_interchange_leaves_the_next_alone),
	    cmocka_unit_test(finds_the_faults_of_every_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
