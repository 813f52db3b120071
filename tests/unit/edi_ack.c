/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edi/ack.h"
#include "edi/write.h"

#define ISA                                                                    \
	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER   "    \
	"    *260101*1200*U*00401*000000007*1*T*>~"
#define GS "GS*PO*S*R*20260101*1200*1*X*004010~"

/* 2026-11-22T01:40:00Z */
static const int64_t NOW = 1795311600000000;

/* Reads, answers, and reads the answer with our own reader. */
static char *
answer(struct arena *a, const char *bytes, enum edi_ack_kind kind)
{
	struct edi_file *f = edi_read(span_of(bytes), NULL, a), *back;
	struct edi_ack_options o = {span_of("42"), NOW};
	struct buf b;
	struct err err;
	char *out;

	assert_int_equal(edi_ack_kind(f->interchanges[0]), kind);
	buf_init(&b, 1 << 20);
	if (edi_ack_write(f->interchanges[0], &o, &b, &err) != RC_OK)
		fail_msg("%s", err.text);
	out = arena_str(a, buf_span(&b));
	buf_done(&b);
	back = edi_read(span_of(out), NULL, a);
	if (!edi_is_valid(back))
		fail_msg("our own answer is invalid: %s", out);
	assert_int_equal(edi_ack_kind(back->interchanges[0]), EDI_ACK_NONE);
	return out;
}

static void
acknowledges_a_good_interchange_with_contrl(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(
	    answer(a,
		"UNB+UNOC:3+S?+1:14+R:9+260101:1200+77++++1++1'"
		"UNH+M1+ORDERS:D:96A:UN:EAN008'BGM+220+1+9'UNT+3+M1'"
		"UNZ+1+77'",
		EDI_ACK_CONTRL),
	    "UNB+UNOC:3+R:9+S?+1:14+261122:0140+42++++++1'"
	    "UNH+1+CONTRL:D:3:UN'"
	    "UCI+77+S?+1:14+R:9+7'"
	    "UCM+M1+ORDERS:D:96A:UN:EAN008+7'"
	    "UNT+4+1'UNZ+1+42'");
	arena_free(a);
}

static void
says_in_contrl_what_is_wrong_with_a_message(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(answer(a,
				"UNB+UNOC:3+S:14+R:14+260101:1200+77'"
				"UNH+1+ORDERS:D:96A:UN'BG+1'UNT+9+1'"
				"UNH+2+ORDERS:D:96A:UN'BGM+1'UNT+3+2'"
				"UNZ+2+77'",
				EDI_ACK_CONTRL),
	    "UNB+UNOC:3+R:14+S:14+261122:0140+42'"
	    "UNH+1+CONTRL:D:3:UN'"
	    "UCI+77+S:14+R:14+7'"
	    "UCM+1+ORDERS:D:96A:UN+4+29+UNT+2'"
	    "UCS+2+15'"
	    "UCM+2+ORDERS:D:96A:UN+7'"
	    "UNT+6+1'UNZ+1+42'");
	arena_free(a);
}

static void
rejects_a_broken_interchange_whole(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(answer(a,
				"UNB+UNOC:3+S:14+R:14+260101:1200+77'"
				"UNH+1+ORDERS:D:96A:UN'BGM+1'UNT+3+1'"
				"UNZ+1+78'",
				EDI_ACK_CONTRL),
	    "UNB+UNOC:3+R:14+S:14+261122:0140+42'"
	    "UNH+1+CONTRL:D:3:UN'"
	    "UCI+77+S:14+R:14+4+28+UNZ+3'"
	    "UNT+3+1'UNZ+1+42'");
	arena_free(a);
}

static void
answers_sets_with_ta1_and_997(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(
	    answer(a,
		ISA GS "ST*850*0001~BEG*00~SE*3*0001~"
		       "ST*850*0002~B*00~SE*4*0002~GE*2*1~IEA*1*000000007~",
		EDI_ACK_997),
	    "ISA*00*          *00*          *ZZ*RECEIVER       *ZZ*SENDER   "
	    "      *261122*0140*U*00401*000000042*0*T*>~"
	    "TA1*000000007*260101*1200*A*000~"
	    "GS*FA*R*S*20261122*0140*1*X*004010~"
	    "ST*997*0001~AK1*PO*1~"
	    "AK2*850*0001~AK5*A~"
	    "AK2*850*0002~AK3*B*2**1~AK5*R*5*4~"
	    "AK9*P*2*2*1~SE*9*0001~GE*1*1~IEA*1*000000042~");
	arena_free(a);
}

static void
answers_a_broken_envelope_with_ta1_alone(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(answer(a,
				ISA GS "ST*850*0001~BEG*00~SE*3*0001~GE*1*1~"
				       "IEA*1*000000008~",
				EDI_ACK_TA1),
	    "ISA*00*          *00*          *ZZ*RECEIVER       *ZZ*SENDER   "
	    "      *261122*0140*U*00401*000000042*0*T*>~"
	    "TA1*000000007*260101*1200*R*001~IEA*0*000000042~");
	arena_free(a);
}

static void
never_answers_an_answer(void **state)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(
	    span_of("UNB+UNOC:3+S:14+R:14+260101:1200+77'"
		    "UNH+1+CONTRL:D:3:UN'UCI+1+R+S+7'UNT+3+1'UNZ+1+77'"),
	    NULL, a);
	struct edi_ack_options o = {span_of("42"), NOW};
	struct buf b;
	struct err err;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(edi_ack_kind(f->interchanges[0]), EDI_ACK_NONE);
	/* nor what stands in a group of answers, whatever it calls itself */
	f = edi_read(
	    span_of("ISA*00*          *00*          *ZZ*S              *ZZ*R"
		    "              *260101*1200*^*00501*000000001*0*P*>~"
		    "GS*FA*S*R*20260101*1200*1*X*005010~ST*99 *0001~"
		    "AK1*PO*1~SE*3*0001~GE*1*1~IEA*1*000000001~"),
	    NULL, a);
	assert_int_equal(f->ninterchanges, 1);
	assert_int_equal(edi_ack_kind(f->interchanges[0]), EDI_ACK_NONE);
	assert_int_equal(
	    edi_ack_write(f->interchanges[0], &o, &b, &err), RC_ABSENT);
	assert_string_equal(err.code, "ack.none");
	arena_free(a);
}

static void
quotes_repeats_and_trims_what_it_writes(void **state)
{
	struct edi_syntax x = EDI_WRITE_EDIFACT;
	struct edi_writer w;
	struct buf b;

	(void)state;
	x.repetition = '*';
	buf_init(&b, 1000);
	edi_write_begin(&w, &b, &x, NULL);
	edi_write_segment(&w, "NAD");
	edi_write_text(&w, 1, 1, "BY");
	edi_write_text(&w, 2, 3, "9");
	edi_write_text(&w, 3, 1, "");
	edi_write_text(&w, 4, 1, "O'Brien? 1+1:2*3");
	edi_write_value(&w, 4, 2, 2, span_of("\xC3\x84"));
	edi_write_text(&w, 9, 1, "");
	edi_write_end(&w);
	assert_string_equal(b.p, "NAD+BY+::9++O?'Brien?? 1?+1?:2?*3*:\xC4'");
	assert_false(w.failed);
	buf_done(&b);
}

static void
gives_values_as_they_were_meant(void **state)
{
	struct arena *a = arena_new();
	struct edi_file *f = edi_read(
	    span_of("UNA:+,?*'UNB+UNOC:4+S:14+R:14+20260101:1200+7'"
		    "UNH+1+ORDERS:D:96A:UN'"
		    "FTX+AAI++ab:c?+d:e\r\nf*g:\xE4?\r\n'+last'UNT+3+1'"
		    "UNZ+1+7'"),
	    NULL, a);
	const struct edi_segment *s;

	(void)state;
	assert_true(edi_is_valid(f));
	s = &f->interchanges[0]->messages[0]->segments[1];
	assert_int_equal(s->nelements, 4);
	assert_int_equal(edi_repeats(s, 3), 2);
	assert_int_equal(edi_components(s, 3, 1), 3);
	assert_int_equal(edi_components(s, 3, 2), 2);
	assert_int_equal(edi_components(s, 2, 1), 1);
	assert_true(span_is(edi_value(s, 3, 1, 2, a), "c+d"));
	assert_true(span_is(edi_value(s, 3, 1, 3, a), "ef"));
	assert_true(span_is(edi_value(s, 3, 2, 1, a), "g"));
	assert_true(span_is(edi_value(s, 3, 2, 2, a), "\xC3\xA4'"));
	assert_true(span_is(edi_value(s, 4, 1, 1, a), "last"));
	assert_int_equal(edi_value(s, 5, 1, 1, a).n, 0);
	arena_free(a);
}

static void
gives_nodes_their_text_and_place(void **state)
{
	struct arena *a = arena_new();
	struct edi_file *f =
	    edi_read(span_of("<?xml version='1.0' encoding='ISO-8859-1'?>\n"
			     "<o xmlns='u:x' k='a&amp;b'>\n <l>1</l>\n"
			     " <l>\xE4&lt;<![CDATA[>]]></l></o>"),
		NULL, a);
	const struct edi_node *root, *l;

	(void)state;
	assert_true(edi_is_valid(f));
	root = f->interchanges[0]->messages[0]->root;
	assert_true(span_is(root->ns, "u:x"));
	assert_true(span_is(edi_attribute(root, "k"), "a&b"));
	l = edi_child(root, "u:x", "l")->next;
	assert_true(span_is(l->text, "\xC3\xA4<>"));
	assert_int_equal(l->line, 4);
	assert_string_equal(edi_xpath(l, a), "/o/l[2]");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(acknowledges_a_good_interchange_with_contrl),
	    cmocka_unit_test(says_in_contrl_what_is_wrong_with_a_message),
	    cmocka_unit_test(rejects_a_broken_interchange_whole),
	    cmocka_unit_test(answers_sets_with_ta1_and_997),
	    cmocka_unit_test(answers_a_broken_envelope_with_ta1_alone),
	    cmocka_unit_test(never_answers_an_answer),
	    cmocka_unit_test(quotes_repeats_and_trims_what_it_writes),
	    cmocka_unit_test(gives_values_as_they_were_meant),
	    cmocka_unit_test(gives_nodes_their_text_and_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
