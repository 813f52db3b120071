/* SPDX-License-Identifier: Apache-2.0
 *
 * Our own XML documents: each has a published schema, by which it is judged
 * before its guide, and schema and guide say the same.
 */
#include <dirent.h>
#include <unistd.h>

#include "guide_help.h"

static const char *
xsd_of(struct box *b, const struct guide *g)
{
	return arena_printf(b->a, "docs/schemas/%s-1.xsd", guide_type(g));
}

static struct span
sample(struct box *b, const struct guide *g)
{
	struct buf text;

	buf_init(&text, 1u << 20);
	guide_sample(g, &text);
	struct span bytes = box_round(b, g, box_json(b, buf_span(&text)));
	buf_done(&text);
	return bytes;
}

/* How many errors the schema has, and how many the guide, asked alone. */
static void
judge(struct box *b, struct span bytes, unsigned *schema, unsigned *guide)
{
	struct document_options alone = {.need_guide = true};
	struct buf out;
	struct err err;

	*schema = *guide = 0;
	buf_init(&out, 1u << 20);
	assert_int_equal(
	    document_read(b->gs, bytes, NULL, &alone, b->a, &out, NULL, &err),
	    RC_OK);
	const json_t *m = repr_json_at(
	    box_json(b, buf_span(&out)), "interchanges.0.messages.0.verdict");
	*guide = strcmp(json_string_value(m), "rejected") == 0;
	buf_done(&out);
	(void)box_read_file(b, bytes, NULL, NULL, NULL);
	for (size_t i = 0; i < json_array_size(b->findings); i++) {
		const json_t *f = json_array_get(b->findings, i);
		if (strcmp(repr_json_str(f, "severity"), "error"))
			continue;
		*schema += strcmp(repr_json_str(f, "rule"), "xml.schema") == 0;
	}
}

static void
every_own_document_has_a_schema_that_takes_its_sample(void **state)
{
	struct box b = box_loaded();
	unsigned n = 0, schema, guide;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		if (guide_family(g) != EDI_XML)
			continue;
		n++;
		if (access(xsd_of(&b, g), R_OK) != 0)
			fail_msg("%s is missing", xsd_of(&b, g));
		judge(&b, sample(&b, g), &schema, &guide);
		assert_non_null(
		    edi_schema_own(span_of(guide_type(g)), guide_root(g)));
		box_clean(&b);
	}
	assert_int_equal(n, 5);
	box_free(&b);
}

static void
every_schema_has_a_guide(void **state)
{
	struct box b = box_loaded();
	DIR *d = opendir("docs/schemas");
	unsigned n = 0;

	(void)state;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		bool found = false;
		if (!span_ends(span_of(e->d_name), ".xsd"))
			continue;
		for (size_t i = 0; i < guides_count(b.gs); i++)
			found |= span_ends(
			    span_of(xsd_of(&b, guides_at(b.gs, i))), e->d_name);
		if (!found)
			fail_msg("no guide for %s", e->d_name);
		n++;
	}
	closedir(d);
	assert_int_equal(n, 5);
	box_free(&b);
}

/* Without any one element of the sample, schema and guide agree whether the
 * document is still valid. */
static void
schema_and_guide_want_the_same_elements(void **state)
{
	struct box b = box_loaded();
	unsigned n = 0, schema, guide;

	(void)state;
	for (size_t i = 0; i < guides_count(b.gs); i++) {
		const struct guide *g = guides_at(b.gs, i);
		if (guide_family(g) != EDI_XML)
			continue;
		struct span all = sample(&b, g), rest = all;
		while (rest.p) {
			struct span line = span_cut(&rest, '\n');
			size_t at = (size_t)(line.p - all.p);
			if (span_find_str(line, "</") == line.n ||
			    span_find_str(line, "</") == 0 ||
			    span_find_str(span_trim(line), "</") == 0)
				continue; /* not a whole element */
			judge(&b,
			    span_of(arena_printf(b.a, "%.*s%.*s", (int)at,
				all.p, (int)(all.n - at - line.n),
				line.p + line.n)),
			    &schema, &guide);
			if ((schema > 0) != (guide > 0))
				fail_msg("%s without %.*s: %s", guide_name(g),
				    (int)line.n, line.p,
				    json_dumps(b.findings, JSON_COMPACT));
			n++;
		}
	}
	assert_true(n > 100);
	box_free(&b);
}

#define CASE(ns, body)                                                         \
	"<ServiceCase xmlns='" ns "'><ID>M-1</ID><IssueDate>2026-11-22"        \
	"</IssueDate>" body "</ServiceCase>"
#define NS "urn:kontor:service-case:1"

static void
the_schema_says_where_it_is_broken(void **state)
{
	struct box b = box_loaded();

	(void)state;
	(void)box_read_file(&b,
	    span_of(CASE(NS, "<Action>dance</Action><PartnerCaseID>7"
			     "</PartnerCaseID><Subject>s</Subject>")),
	    NULL, NULL, NULL);
	const json_t *f = json_array_get(b.findings, 0);
	assert_string_equal(repr_json_str(f, "rule"), "xml.schema");
	assert_string_equal(repr_json_str(f, "xpath"), "/ServiceCase/Action");
	box_free(&b);
}

/* What schema and guide both object to is said once. */
static void
a_fault_is_said_once(void **state)
{
	struct box b = box_loaded();

	(void)state;
	(void)box_read_file(&b,
	    span_of("<ServiceCase xmlns='" NS "'><ID>M-1</ID>"
		    "<Action>open</Action><PartnerCaseID>7</PartnerCaseID>"
		    "<Subject>s</Subject></ServiceCase>"),
	    NULL, NULL, NULL);
	assert_int_equal(json_array_size(b.findings), 1);
	assert_string_equal(
	    repr_json_str(box_finding(&b, "xml.schema"), "expected"),
	    "IssueDate");
	(void)box_read_file(&b,
	    span_of(CASE(NS, "<Action>dance</Action><PartnerCaseID>12345678901"
			     "23456789012345678901234567</PartnerCaseID>"
			     "<Subject>s</Subject>")),
	    NULL, NULL, NULL);
	assert_int_equal(json_array_size(b.findings), 2);
	const json_t *f = json_array_get(b.findings, 0);
	assert_string_equal(repr_json_str(f, "found"), "dance");
	assert_string_equal(
	    repr_json_str(f, "expected"), "open, add_message, close, reopen");
	f = json_array_get(b.findings, 1);
	assert_string_equal(
	    repr_json_str(f, "xpath"), "/ServiceCase/PartnerCaseID");
	assert_string_equal(repr_json_str(f, "expected"), "..35");
	box_free(&b);
}

static void
the_order_of_elements_counts(void **state)
{
	struct box b = box_loaded();
	unsigned schema, guide;

	(void)state;
	judge(&b,
	    span_of(CASE(NS, "<PartnerCaseID>7</PartnerCaseID><Action>open"
			     "</Action><Subject>s</Subject>")),
	    &schema, &guide);
	assert_true(schema > 0);
	box_free(&b);
}

/* A namesake of another namespace is not ours to judge. */
static void
a_schema_counts_in_its_namespace_only(void **state)
{
	struct box b = box_loaded();
	unsigned schema, guide;

	(void)state;
	judge(&b, span_of(CASE(NS, "<Nonsense/>")), &schema, &guide);
	assert_true(schema > 0);
	judge(&b, span_of(CASE("urn:other:case:1", "<Nonsense/>")), &schema,
	    &guide);
	assert_int_equal(schema, 0);
	judge(&b, span_of(CASE("urn:../x:1", "<Nonsense/>")), &schema, &guide);
	assert_int_equal(schema, 0);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		every_own_document_has_a_schema_that_takes_its_sample),
	    cmocka_unit_test(every_schema_has_a_guide),
	    cmocka_unit_test(schema_and_guide_want_the_same_elements),
	    cmocka_unit_test(the_schema_says_where_it_is_broken),
	    cmocka_unit_test(a_fault_is_said_once),
	    cmocka_unit_test(the_order_of_elements_counts),
	    cmocka_unit_test(a_schema_counts_in_its_namespace_only),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
