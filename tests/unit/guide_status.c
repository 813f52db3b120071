/* SPDX-License-Identifier: Apache-2.0
 *
 * How far an order has come, in the words of each family.
 */
#include "guide_help.h"

#define OSTRPT_HEAD                                                            \
	"DTM+137:20261122:102'NAD+BY+2900000000117::9'"                        \
	"NAD+SU+2900000000018::9'"

static void
lines_of_several_orders_know_their_order(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/ostrpt-d01b",
	    "BGM+348+S1'" OSTRPT_HEAD "DOC+220+N-1'DTM+171:20261101:102'"
	    "LIN+1++4000000000013:SRV'STS+2+35'DTM+11:20261120:102'"
	    "QTY+12:6:PCE'STS+2+43'QTY+83:4'LIN+2'STS+2+73'"
	    "DOC+220+N-2'LIN+1'STS+2+64'QTY+182:3'");
	box_clean(&b);
	assert_no_field(&b, "order_number");
	assert_field(&b, "lines.0.order_number", "N-1");
	assert_field(&b, "lines.0.order_date", "2026-11-01");
	assert_field(&b, "lines.0.status", "part_shipped");
	assert_field(&b, "lines.0.quantity", "6");
	assert_field(&b, "lines.0.unit_code", "C62");
	assert_field(&b, "lines.0.date", "2026-11-20");
	assert_field(&b, "lines.0.further.0.status", "backordered");
	assert_field(&b, "lines.0.further.0.quantity", "4");
	assert_field(&b, "lines.1.order_number", "N-1");
	assert_field(&b, "lines.2.order_number", "N-2");
	assert_no_field(&b, "lines.2.order_date");
	assert_field(&b, "lines.2.status", "cancelled");
	box_free(&b);
}

static void
the_quantity_tells_goods_received_from_goods_shipped(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/ostrpt-d01b",
	    "BGM+348+S1'" OSTRPT_HEAD "DOC+220+N-1'LIN+1'STS+2+2'QTY+12:6'"
	    "LIN+2'STS+2+2'QTY+48:6'LIN+3'STS+2+2'LIN+4'STS+2+87'");
	box_clean(&b);
	assert_field(&b, "order_number", "N-1");
	assert_field(&b, "lines.0.status", "shipped");
	assert_field(&b, "lines.1.status", "received");
	assert_field(&b, "lines.2.status", "shipped");
	assert_field(&b, "lines.3.status", "open");
	box_free(&b);
}

static void
eancom_1997_has_its_own_name_for_it(void **state)
{
	struct box b = box_loaded();

	(void)state;
	(void)box_read_file(&b,
	    span_of("UNB+UNOC:3+S:14+R:14+260101:1200+1'"
		    "UNH+1+OSTRPT:D:96A:EN:EAN002'BGM+93E::9+S1'" OSTRPT_HEAD
		    "DOC+220+N-1'LIN+1'STS+2+73'UNT+9+1'UNZ+1+1'"),
	    NULL, NULL, NULL);
	box_clean(&b);
	assert_string_equal(
	    repr_json_str(b.message, "guide"), "edifact/ostrpt-d96a-ean002");
	assert_field(&b, "type", "order_status");
	assert_field(&b, "lines.0.status", "accepted");
	box_free(&b);
}

static void
an_870_is_read_by_its_levels(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, "x12/870-004010",
	    "BSR*2*PA*S1*20261122~HL*1**O~PRF*N-1***20261101~"
	    "HL*2*1*I~PO1*1*10*EA***UP*400000000008~ISR*BP*20261201~"
	    "HL*3*1*I~PO1*2*4*PC~ISR*IN~REF*ACC*proposed~"
	    "HL*4**O~PRF*N-2~HL*5*4*I~PO1*1~ISR*DE~CTT*5~");
	box_clean(&b);
	assert_field(&b, "lines.0.order_number", "N-1");
	assert_field(&b, "lines.0.ordered", "10");
	assert_field(&b, "lines.0.status", "backordered");
	assert_field(&b, "lines.0.date", "2026-12-01");
	assert_field(&b, "lines.1.status", "proposed");
	assert_field(&b, "lines.1.unit_code", "C62");
	assert_field(&b, "lines.2.order_number", "N-2");
	assert_field(&b, "lines.2.status", "cancelled");
	box_free(&b);
}

/* Each says that line 1 of order N-1 is backordered. */
static const char *const LEVELS[] = {
    "HL*1**S~N1*SF*North~HL*2*1*O~PRF*N-1~HL*3*2*I~PO1*1~ISR*BO~",
    "HL*1**I~PRF*N-1~PO1*1~ISR*BO~",
    "HL*1**O~HL*2*1*I~PRF*N-1~PO1*1~ISR*BO~",
    "HL*1**O~PRF*N-1~ISR*IN~PO1*1~ISR*BO~",
};

static void
an_870_is_read_whatever_its_levels_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
		struct box b = box_loaded();

		box_x12(&b, "x12/870-004010",
		    arena_printf(b.a, "BSR*2*PA*S1*20261122~%s", LEVELS[i]));
		box_clean(&b);
		assert_field(&b, "order_number", "N-1");
		assert_field(&b, "lines.0.order_number", "N-1");
		assert_field(&b, "lines.0.line_id", "1");
		assert_field(&b, "lines.0.status", "backordered");
		box_free(&b);
	}
}

static void
an_870_without_any_level_lacks_one(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_x12(&b, "x12/870-004010", "BSR*2*PA*S1*20261122~");
	(void)box_finding(&b, "guide.group.missing");
	box_free(&b);
}

static void
a_status_that_is_unknown_is_told(void **state)
{
	struct box b = box_loaded();

	(void)state;
	box_edifact(&b, "edifact/ostrpt-d01b",
	    "BGM+348+S1'" OSTRPT_HEAD "DOC+220+N-1'LIN+1'STS+2+999'");
	(void)box_finding(&b, "guide.value.code");
	assert_no_field(&b, "lines.0.status");
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_of_several_orders_know_their_order),
	    cmocka_unit_test(
		the_quantity_tells_goods_received_from_goods_shipped),
	    cmocka_unit_test(eancom_1997_has_its_own_name_for_it),
	    cmocka_unit_test(an_870_is_read_by_its_levels),
	    cmocka_unit_test(an_870_is_read_whatever_its_levels_are),
	    cmocka_unit_test(an_870_without_any_level_lacks_one),
	    cmocka_unit_test(a_status_that_is_unknown_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
