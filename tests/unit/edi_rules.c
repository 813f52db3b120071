/* SPDX-License-Identifier: Apache-2.0
 *
 * Every rule about syntax has a document that breaks it; a rule without one
 * fails the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edi/edi.h"
#include "edi/write.h"

#define UNB "UNB+UNOC:3+S:14+R:14+260101:1200+1'"
#define MSG "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+3+1'"
#define UNZ "UNZ+1+1'"
#define WITH_UNB(x) x MSG UNZ
#define IN(x) UNB x UNZ

#define ISA_(q1, id1, q2, id2, date, time, u, v, ref, ack, t)                  \
	"ISA*00*          *00*          *" q1 "*" id1 "*" q2 "*" id2 "*" date  \
	"*" time "*" u "*" v "*" ref "*" ack "*" t "*>~"
#define S15 "SENDER         "
#define R15 "RECEIVER       "
#define ISA                                                                    \
	ISA_("ZZ", S15, "ZZ", R15, "260101", "1200", "U", "00401",             \
	    "000000001", "0", "P")
#define GS "GS*PO*S*R*20260101*1200*1*X*004010~"
#define SET "ST*850*0001~BEG*00*SA*1**20260101~SE*3*0001~"
#define GE "GE*1*1~"
#define IEA "IEA*1*000000001~"
#define X12(x) ISA x IEA
#define SETS(x) ISA GS x GE IEA

static const struct {
	enum edi_rule_id rule;
	const char *bytes;
} FIXTURES[] = {
    {EDI_R_FILE_EMPTY, " \r\n"},
    {EDI_R_FILE_UNKNOWN, "hello"},
    {EDI_R_FILE_BOM, "\xEF\xBB\xBF" UNB MSG UNZ},
    {EDI_R_FILE_LEADING, "\r\n " UNB MSG UNZ},
    {EDI_R_FILE_TRAILING, UNB MSG UNZ "\r\n\x1A"},
    {EDI_R_FILE_OUTSIDE, UNB MSG UNZ "more"},
    {EDI_R_SEGMENT_TAG, IN("UNH+1+ORDERS:D:96A:UN'BG+220'UNT+3+1'")},
    {EDI_R_SEGMENT_FOREIGN,
	IN("UNH+1+ORDERS:D:96A:UN'IEA+1+000000001'UNT+3+1'")},
    {EDI_R_SEGMENT_FOREIGN,
	SETS("ST*850*0001~BEG*00*SA*1**20260101~UNZ*1*1~SE*4*0001~")},
    {EDI_R_SEGMENT_UNTERMINATED, UNB "UNH+1+ORDERS:D:96A:UN'BGM+2"},
    {EDI_R_TERMINATOR_MISSING, UNB MSG "UNZ+1+1"},
    {EDI_R_LINES_WRAPPED, IN("UNH+1+ORDERS:D:96A:UN'BG\nM+1'UNT+3+1'")},
    {EDI_R_CHARSET, WITH_UNB("UNB+UNOA:3+S:14+R:14+260101:1200+1++\xC4'")},
    {EDI_R_CHARSET_LABEL,
	IN("UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xC3\x84'UNT+3+1'")},
    {EDI_R_CHARSET_UTF8, "UNB+UNOY:3+S:14+R:14+260101:1200+1'"
			 "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xC3+'UNT+3+1'" UNZ},
    {EDI_R_CHARSET_LOWER, WITH_UNB("UNB+UNOA:3+sender:14+R:14+260101:1200+1'")},
    {EDI_R_CHARSET_MARK, WITH_UNB("UNB+UNOA:3+A@B:14+R:14+260101:1200+1'")},
    {EDI_R_CHARSET_CONTROL, IN("UNH+1+ORDERS:D:96A:UN'BGM+\x01'UNT+3+1'")},
    {EDI_R_INTERCHANGE_DUPLICATE, UNB MSG UNZ UNB MSG UNZ},
    {EDI_R_INTERCHANGE_REPEATED, SETS(SET) SETS(SET)},
    {EDI_R_INTERCHANGE_EMPTY, UNB "UNZ+0+1'"},
    {EDI_R_UNA, "UNA::.? '" UNB MSG UNZ},
    {EDI_R_UNA_LENGTH, "UNA:+.?'" UNB MSG UNZ},
    {EDI_R_UNB_MISSING, "UNH+1+ORDERS:D:96A:UN'"},
    {EDI_R_UNB_SYNTAX, WITH_UNB("UNB+UNOZ:3+S:14+R:14+260101:1200+1'")},
    {EDI_R_UNB_SYNTAX_OTHER, WITH_UNB("UNB+IATB:1+S:14+R:14+260101:1200+1'")},
    {EDI_R_UNB_VERSION, WITH_UNB("UNB+UNOC:9+S:14+R:14+260101:1200+1'")},
    {EDI_R_UNB_SENDER, WITH_UNB("UNB+UNOC:3++R:14+260101:1200+1'")},
    {EDI_R_UNB_RECEIVER, WITH_UNB("UNB+UNOC:3+S:14++260101:1200+1'")},
    {EDI_R_UNB_DATE, WITH_UNB("UNB+UNOC:3+S:14+R:14+260231:1200+1'")},
    {EDI_R_UNB_DATE_LENGTH, WITH_UNB("UNB+UNOC:3+S:14+R:14+20260101:1200+1'")},
    {EDI_R_UNB_TIME, WITH_UNB("UNB+UNOC:3+S:14+R:14+260101:2460+1'")},
    {EDI_R_UNB_REFERENCE, WITH_UNB("UNB+UNOC:3+S:14+R:14+260101:1200'")},
    {EDI_R_UNB_FLAG, WITH_UNB("UNB+UNOC:3+S:14+R:14+260101:1200+1++++++X'")},
    {EDI_R_UNB_LENGTH, WITH_UNB("UNB+UNOC:3+S:12345+R:14+260101:1200+1'")},
    {EDI_R_UNB_ELEMENTS,
	WITH_UNB("UNB+UNOC:3+S:14+R:14+260101:1200+1+++++++1'")},
    {EDI_R_UNB_ELEMENTS, WITH_UNB("UNB+UNOC:3+S:14+R:14:B:C+260101:1200+1'")},
    {EDI_R_UNB_ELEMENTS, WITH_UNB("UNB+UNOC:3+S:14+R:14+260101:1200+1:2'")},
    {EDI_R_UNZ_MISSING, UNB MSG},
    {EDI_R_UNZ_COUNT, UNB MSG "UNZ+2+1'"},
    {EDI_R_UNZ_REFERENCE, UNB MSG "UNZ+1+2'"},
    {EDI_R_UNG_REFERENCE, IN("UNG+ORDERS'" MSG "UNE+1+'")},
    {EDI_R_UNG_DUPLICATE,
	IN("UNG+ORDERS++++7'" MSG "UNE+1+7'UNG+ORDERS++++7'UNE+0+7'")},
    {EDI_R_UNG_MIXED, IN(MSG "UNG+ORDERS++++7'UNE+0+7'")},
    {EDI_R_UNG_TYPE,
	IN("UNG+ORDERS++++7'" MSG "UNH+2+INVOIC:D:96A:UN'UNT+2+2'UNE+2+7'")},
    {EDI_R_UNG_EMPTY, IN("UNG+ORDERS++++7'UNE+0+7'")},
    {EDI_R_UNE_MISSING, IN("UNG+ORDERS++++7'" MSG)},
    {EDI_R_UNE_COUNT, IN("UNG+ORDERS++++7'" MSG "UNE+3+7'")},
    {EDI_R_UNE_REFERENCE, IN("UNG+ORDERS++++7'" MSG "UNE+1+8'")},
    {EDI_R_UNE_OUTSIDE, IN(MSG "UNE+1+8'")},
    {EDI_R_UNH_REFERENCE, IN("UNH++ORDERS:D:96A:UN'BGM+1'UNT+3+'")},
    {EDI_R_UNH_TYPE, IN("UNH+1+ORDERS'BGM+1'UNT+3+1'")},
    {EDI_R_UNH_DUPLICATE, IN(MSG MSG)},
    {EDI_R_UNH_LENGTH, IN("UNH+123456789012345+ORDERS:D:96A:UN'UNT+2+1'")},
    {EDI_R_UNH_ELEMENTS, IN("UNH+1+ORDERS:D:96A:UN:A:B:C:X'UNT+2+1'")},
    {EDI_R_UNH_ELEMENTS, IN("UNH+1+ORDERS:D:96A:UN+A+1:C:X'UNT+2+1'")},
    {EDI_R_UNH_ELEMENTS, IN("UNH+1+ORDERS:D:96A:UN+++++++X'UNT+2+1'")},
    {EDI_R_UNH_ELEMENTS, "UNB+UNOC:4+S:14+R:14+20260101:1200+1'"
			 "UNH+1+ORDERS:D:01B:UN:A:B:C:X'UNT+2+1'" UNZ},
    {EDI_R_UNH_ELEMENTS_FOUR, IN("UNH+1+ORDERS:D:96A:UN:::X'UNT+2+1'")},
    {EDI_R_UNH_ELEMENTS_FOUR, IN("UNH+1+ORDERS:D:96A:UN++++X'UNT+2+1'")},
    {EDI_R_UNT_MISSING, IN("UNH+1+ORDERS:D:96A:UN'BGM+1'")},
    {EDI_R_UNT_COUNT, IN("UNH+1+ORDERS:D:96A:UN'BGM+1'UNT+4+1'")},
    {EDI_R_UNT_REFERENCE, IN("UNH+1+ORDERS:D:96A:UN'BGM+1'UNT+3+2'")},
    {EDI_R_UNT_ELEMENTS, IN("UNH+1+ORDERS:D:96A:UN'UNT+2+1+X'")},
    {EDI_R_UNT_ELEMENTS, IN("UNH+1+ORDERS:D:96A:UN'UNT+2+1:X'")},
    {EDI_R_UNZ_ELEMENTS, UNB MSG "UNZ+1+1++X'"},
    {EDI_R_UNZ_ELEMENTS, IN("UNG+ORDERS++++7'" MSG "UNE+1+7+X'")},
    {EDI_R_SE_ELEMENTS, SETS("ST*850*0001~BEG*1~SE*3*0001*X~")},
    {EDI_R_SE_ELEMENTS, SETS("ST*850*0001*A*B~BEG*1~SE*3*0001~")},
    {EDI_R_SE_ELEMENTS, SETS("ST*850>1*0001~BEG*1~SE*3*0001~")},
    {EDI_R_GE_ELEMENTS, X12(GS SET "GE*1*1*X~")},
    {EDI_R_GE_ELEMENTS, X12("GS*PO*S*R*20260101*1200*1*X*004010*X~" SET GE)},
    {EDI_R_IEA_ELEMENTS, ISA GS SET GE "IEA*1*000000001*X~"},
    {EDI_R_UNT_OUTSIDE, IN(MSG "UNT+3+1'")},
    {EDI_R_EDIFACT_OUTSIDE, IN(MSG "BGM+220'")},
    {EDI_R_EDIFACT_OBJECT, IN("UNH+1+MEDBIN:D:93A:UN'UNO+1'raw'")},
    {EDI_R_EDIFACT_RELEASE, UNB MSG "UNZ+1+1?"},
    {EDI_R_EDIFACT_INTERACTIVE, "UIB+UNOA:4+1'"},
    {EDI_R_ISA_LENGTH,
	"ISA*00**00**ZZ*S*ZZ*R*260101*1200*U*00401*000000001*0*P*>~" GS SET GE
	    IEA},
    {EDI_R_ISA_SEPARATOR, "ISAX00X          X00X          XZZX" S15 "XZZX" R15
			  "X260101X1200XUX00401X000000001X0XPX>~"},
    {EDI_R_ISA_COMPONENT,
	"ISA*00*          *00*          *ZZ*" S15 "*ZZ*" R15
	"*260101*1200*U*00401*000000001*0*P*~~" GS SET GE IEA},
    {EDI_R_ISA_TERMINATOR, "ISA*00*          *00*          *ZZ*" S15 "*ZZ*" R15
			   "*260101*1200*U*00401*000000001*0*P*>9"},
    {EDI_R_ISA_AUTHORISATION,
	"ISA*  *          *00*          *ZZ*" S15 "*ZZ*" R15
	"*260101*1200*U*00401*000000001*0*P*>~" GS SET GE IEA},
    {EDI_R_ISA_SECURITY, "ISA*00*          *  *          *ZZ*" S15 "*ZZ*" R15
			 "*260101*1200*U*00401*000000001*0*P*>~" GS SET GE IEA},
    {EDI_R_ISA_SENDER_QUALIFIER,
	ISA_("  ", S15, "ZZ", R15, "260101", "1200", "U", "00401", "000000001",
	    "0", "P") GS SET GE IEA},
    {EDI_R_ISA_SENDER,
	ISA_("ZZ", "               ", "ZZ", R15, "260101", "1200", "U", "00401",
	    "000000001", "0", "P") GS SET GE IEA},
    {EDI_R_ISA_RECEIVER_QUALIFIER,
	ISA_("ZZ", S15, " 1", R15, "260101", "1200", "U", "00401", "000000001",
	    "0", "P") GS SET GE IEA},
    {EDI_R_ISA_RECEIVER,
	ISA_("ZZ", S15, "ZZ", "               ", "260101", "1200", "U", "00401",
	    "000000001", "0", "P") GS SET GE IEA},
    {EDI_R_ISA_DATE, ISA_("ZZ", S15, "ZZ", R15, "260231", "1200", "U", "00401",
			 "000000001", "0", "P") GS SET GE IEA},
    {EDI_R_ISA_TIME, ISA_("ZZ", S15, "ZZ", R15, "260101", "2560", "U", "00401",
			 "000000001", "0", "P") GS SET GE IEA},
    {EDI_R_ISA_STANDARD, ISA_("ZZ", S15, "ZZ", R15, "260101", "1200", "A",
			     "00401", "000000001", "0", "P") GS SET GE IEA},
    {EDI_R_ISA_VERSION, ISA_("ZZ", S15, "ZZ", R15, "260101", "1200", "U",
			    "4010X", "000000001", "0", "P") GS SET GE IEA},
    {EDI_R_ISA_CONTROL, ISA_("ZZ", S15, "ZZ", R15, "260101", "1200", "U",
			    "00401", "00000000A", "0", "P") GS SET GE IEA},
    {EDI_R_ISA_ACK, ISA_("ZZ", S15, "ZZ", R15, "260101", "1200", "U", "00401",
			"000000001", "7", "P") GS SET GE IEA},
    {EDI_R_ISA_TEST, ISA_("ZZ", S15, "ZZ", R15, "260101", "1200", "U", "00401",
			 "000000001", "0", "Q") GS SET GE IEA},
    {EDI_R_IEA_MISSING, ISA GS SET GE},
    {EDI_R_IEA_COUNT, ISA GS SET GE "IEA*2*000000001~"},
    {EDI_R_IEA_REFERENCE, ISA GS SET GE "IEA*1*1~"},
    {EDI_R_TA1_ONLY, ISA "TA1*000000009*260101*1200*A*000~IEA*0*000000001~"},
    {EDI_R_TA1_POSITION, X12(GS SET GE "TA1*000000009*260101*1200*A*000~")},
    {EDI_R_TA1_CONTENT, ISA "TA1*000000009*260101*1200*X*000~IEA*0*000000001~"},
    {EDI_R_X12_OUTSIDE, X12("BEG*00~" GS SET GE)},
    {EDI_R_X12_BINARY, SETS("ST*841*0001~BIN*99999*abc~")},
    {EDI_R_GS_CODE, X12("GS*P*S*R*20260101*1200*1*X*004010~" SET GE)},
    {EDI_R_GS_PARTY, X12("GS*PO**R*20260101*1200*1*X*004010~" SET GE)},
    {EDI_R_GS_DATE, X12("GS*PO*S*R*2026*1200*1*X*004010~" SET GE)},
    {EDI_R_GS_TIME, X12("GS*PO*S*R*20260101*99*1*X*004010~" SET GE)},
    {EDI_R_GS_CONTROL,
	X12("GS*PO*S*R*20260101*1200*A*X*004010~" SET "GE*1*A~")},
    {EDI_R_GS_VERSION, X12("GS*PO*S*R*20260101*1200*1*X~" SET GE)},
    {EDI_R_GS_DUPLICATE, ISA GS SET GE GS SET GE "IEA*2*000000001~"},
    {EDI_R_GS_EMPTY, X12(GS "GE*0*1~")},
    {EDI_R_GE_MISSING, X12(GS SET)},
    {EDI_R_GE_COUNT, X12(GS SET "GE*2*1~")},
    {EDI_R_GE_REFERENCE, X12(GS SET "GE*1*2~")},
    {EDI_R_GE_OUTSIDE, X12(GS SET GE GE)},
    {EDI_R_ST_TYPE, SETS("ST*85*0001~BEG*00~SE*3*0001~")},
    {EDI_R_ST_CONTROL, SETS("ST*850*1~BEG*00~SE*3*1~")},
    {EDI_R_ST_DUPLICATE, ISA GS SET SET "GE*2*1~" IEA},
    {EDI_R_ST_OUTSIDE, X12(SET)},
    {EDI_R_SE_MISSING, SETS("ST*850*0001~BEG*00~")},
    {EDI_R_SE_COUNT, SETS("ST*850*0001~BEG*00~SE*4*0001~")},
    {EDI_R_SE_REFERENCE, SETS("ST*850*0001~BEG*00~SE*3*0002~")},
    {EDI_R_SE_OUTSIDE, SETS(SET "SE*3*0001~")},
    {EDI_R_HL_PARENT, SETS("ST*856*0001~HL*1**S~HL*2*3*O~SE*4*0001~")},
    {EDI_R_HL_NUMBER, SETS("ST*856*0001~HL*2**S~HL*1*2*O~SE*4*0001~")},
    {EDI_R_XML_ENCODING, "<?xml version='1.0' encoding='UTF-7'?><a/>"},
    {EDI_R_XML_UTF8, "<a>\xC3</a>"},
    {EDI_R_XML_DOCTYPE, "<!DOCTYPE a><a/>"},
    {EDI_R_XML_SYNTAX, "<a><b></a>"},
};

/* Found by folders further right: guide_rules.c. */
static bool
elsewhere(enum edi_rule_id rule)
{
	const char *id = EDI_RULES[rule].id;

	return strncmp(id, "guide.", 6) == 0 || strncmp(id, "sheet.", 6) == 0 ||
	       strncmp(id, "agreement.", 10) == 0 ||
	       strncmp(id, "write.", 6) == 0;
}

static unsigned
count(const struct edi_findings *fs, enum edi_rule_id rule)
{
	unsigned n = 0;

	for (size_t i = 0; i < fs->n; i++)
		n += fs->list[i].rule == &EDI_RULES[rule];
	return n;
}

static unsigned
count_all(const struct edi_file *f, enum edi_rule_id rule)
{
	unsigned n = count(&f->findings, rule);

	for (size_t i = 0; i < f->ninterchanges; i++) {
		const struct edi_interchange *ix = f->interchanges[i];

		n += count(&ix->findings, rule);
		for (uint32_t k = 0; k < ix->ngroups; k++)
			n += count(&ix->groups[k]->findings, rule);
		for (uint32_t k = 0; k < ix->nmessages; k++)
			n += count(&ix->messages[k]->findings, rule);
	}
	return n;
}

static bool seen[EDI_R_COUNT];

static void
check(struct span bytes, const struct edi_options *o, enum edi_rule_id rule)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(bytes, o, a);

	if (count_all(f, rule) != 1)
		fail_msg("%s: %u findings in %.*s", EDI_RULES[rule].id,
		    count_all(f, rule), (int)bytes.n, bytes.p);
	if (EDI_RULES[rule].severity == EDI_ERROR)
		assert_false(edi_is_valid(f));
	seen[rule] = true;
	arena_free(a);
}

static void
finds_each_fault_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof FIXTURES / sizeof *FIXTURES; i++)
		check(span_of(FIXTURES[i].bytes), NULL, FIXTURES[i].rule);
}

static void
refuses_what_exceeds_a_limit(void **state)
{
	struct edi_limits l = EDI_LIMITS;
	struct edi_options o = {.limits = &l};

	(void)state;
	l.bytes = 20;
	check(span_of(UNB MSG UNZ), &o, EDI_R_FILE_SIZE);
	l = EDI_LIMITS;
	l.segments = 3;
	check(span_of(UNB MSG UNZ), &o, EDI_R_SEGMENTS_LIMIT);
	l = EDI_LIMITS;
	l.messages = 0;
	check(span_of(UNB MSG UNZ), &o, EDI_R_MESSAGES_LIMIT);
	l = EDI_LIMITS;
	l.segment_bytes = 40;
	check(span_of(IN("UNH+1+ORDERS:D:96A:UN'"
			 "FTX+AAI+++0123456789012345678901234567890123'")),
	    &o, EDI_R_SEGMENT_SIZE);
	l = EDI_LIMITS;
	l.elements = 12;
	check(span_of(IN("UNH+1+ORDERS:D:96A:UN'"
			 "FTX+1+2+3+4+5+6+7+8+9+0+1+2+3'UNT+3+1'")),
	    &o, EDI_R_ELEMENTS_LIMIT);
}

static void
refuses_levels_beyond_their_depth(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	buf_puts(&b, ISA GS "ST*856*0001~HL*1**S~");
	for (int i = 2; i <= 18; i++)
		buf_printf(&b, "HL*%d*%d*I~", i, i - 1);
	buf_puts(&b, "SE*20*0001~" GE IEA);
	check(buf_span(&b), NULL, EDI_R_DEPTH_LIMIT);
	buf_done(&b);
}

static void
relabel(void *ctx, struct edi_file *f, struct edi_interchange *ix)
{
	(void)ctx;
	(void)f;
	ix->syntax.charset = EDI_UTF8;
}

static void
says_that_an_agreement_relabelled(void **state)
{
	struct edi_options o = {.interchange = relabel};

	(void)state;
	check(span_of(IN("UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xC3\x84'"
			 "UNT+3+1'")),
	    &o, EDI_R_CHARSET_RELABELLED);
}

/* before 0 between 0 after, before 1 between 1 after, ... */
static void
put_many(struct buf *b, const char *before, const char *between,
    const char *after, int n)
{
	for (int i = 0; i < n; i++) {
		if (between == NULL)
			buf_puts(b, before);
		else
			buf_printf(
			    b, "%s%d%s%d%s", before, i, between, i, after);
	}
}

static void
refuses_xml_beyond_its_limits(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_many(&b, "<a>", NULL, NULL, 101);
	check(buf_span(&b), NULL, EDI_R_XML_DEPTH);
	buf_reset(&b);
	buf_puts(&b, "<a");
	put_many(&b, " a", "='", "'", 257);
	buf_puts(&b, "/>");
	check(buf_span(&b), NULL, EDI_R_XML_ATTRIBUTES);
	buf_reset(&b);
	buf_puts(&b, "<a");
	put_many(&b, " xmlns:a", "='u", "'", 65);
	buf_puts(&b, "/>");
	check(buf_span(&b), NULL, EDI_R_XML_NAMESPACES);
	buf_reset(&b);
	buf_puts(&b, "<a b='");
	put_many(&b, "12345678", NULL, NULL, 8200);
	buf_puts(&b, "'/>");
	check(buf_span(&b), NULL, EDI_R_XML_TAG_SIZE);
	buf_done(&b);
}

/* The first fault is told, in words that are no parser's. */
static void
says_why_xml_is_not_well_formed(void **state)
{
	static const char *const CASES[][2] = {
	    {"<a><b></a>", "pair"},
	    {"<a>", "cut"},
	    {"<a", "cut"},
	    {"<a/><b/>", "extra"},
	    {"<a b='1' b='2'/>", "twice"},
	    {"<a>&x;</a>", "entity"},
	    {"<x:a/>", "prefix"},
	    {"<a b=1/>", "attribute"},
	    {"<a>&#0;</a>", "character"},
	    {"<a>&</a>", "other"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct arena *a = arena_new();
		struct edi_file *f = edi_read(span_of(CASES[i][0]), NULL, a);
		const struct edi_finding *x = &f->findings.list[0];

		assert_int_equal(f->findings.n, 1);
		assert_true(x->rule == &EDI_RULES[EDI_R_XML_SYNTAX]);
		assert_string_equal(x->args[1].name, "kind");
		if (!span_is(x->args[1].value, CASES[i][1]))
			fail_msg("%s: %.*s", CASES[i][0],
			    (int)x->args[1].value.n, x->args[1].value.p);
		arena_free(a);
	}
}

/* The folder of the OASIS XSDs is not part of the project. */
static const char *
schemas(void)
{
	const char *dir = getenv("KONTOR_SCHEMAS");
	static const char beside[] = "../shared/schemas/ubl-2.1";
	FILE *f;

	if (dir != NULL)
		return dir;
	f = fopen("../shared/schemas/ubl-2.1/maindoc/UBL-Order-2.1.xsd", "r");
	if (f == NULL)
		return NULL;
	fclose(f);
	return beside;
}

#define ORDER "urn:oasis:names:specification:ubl:schema:xsd:Order-2"
#define OTHER "urn:oasis:names:specification:ubl:schema:xsd:Other-2"

static void
judges_ubl_by_its_schema(void **state)
{
	struct edi_options o = {.schemas = schemas()};

	(void)state;
	seen[EDI_R_XML_SCHEMA] = seen[EDI_R_XML_SCHEMA_ABSENT] = true;
	if (o.schemas == NULL) {
		print_message("no OASIS schemas here\n");
		skip();
	}
	check(span_of("<Order xmlns='" ORDER "'/>"), &o, EDI_R_XML_SCHEMA);
	check(
	    span_of("<Other xmlns='" OTHER "'/>"), &o, EDI_R_XML_SCHEMA_ABSENT);
}

static void
never_sends_what_it_cannot_write(void **state)
{
	struct arena *a = arena_new();
	struct edi_findings fs;
	struct edi_writer w;
	struct buf b;

	(void)state;
	edi_findings_init(&fs, a, 0);
	buf_init(&b, 1000);
	edi_write_begin(&w, &b, &EDI_WRITE_X12, &fs);
	edi_write_segment(&w, "MSG");
	edi_write_text(&w, 1, 1, "5*4");
	edi_write_end(&w);
	assert_true(w.failed);
	assert_int_equal(count(&fs, EDI_R_WRITE_SEPARATOR), 1);
	edi_write_begin(&w, &b, &EDI_WRITE_EDIFACT, &fs);
	edi_write_segment(&w, "FTX");
	edi_write_text(&w, 1, 1, "\xE2\x82\xAC");
	edi_write_end(&w);
	assert_true(w.failed);
	assert_int_equal(count(&fs, EDI_R_WRITE_CHARSET), 1);
	seen[EDI_R_WRITE_SEPARATOR] = seen[EDI_R_WRITE_CHARSET] = true;
	buf_done(&b);
	arena_free(a);
}

static void
leaves_no_rule_without_a_fixture(void **state)
{
	unsigned missing = 0;

	(void)state;
	for (int i = 0; i < EDI_R_COUNT; i++) {
		if (seen[i] || elsewhere((enum edi_rule_id)i))
			continue;
		print_error("no fixture: %s\n", EDI_RULES[i].id);
		missing++;
	}
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_each_fault_once),
	    cmocka_unit_test(refuses_what_exceeds_a_limit),
	    cmocka_unit_test(refuses_levels_beyond_their_depth),
	    cmocka_unit_test(refuses_xml_beyond_its_limits),
	    cmocka_unit_test(says_why_xml_is_not_well_formed),
	    cmocka_unit_test(judges_ubl_by_its_schema),
	    cmocka_unit_test(says_that_an_agreement_relabelled),
	    cmocka_unit_test(never_sends_what_it_cannot_write),
	    cmocka_unit_test(leaves_no_rule_without_a_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
