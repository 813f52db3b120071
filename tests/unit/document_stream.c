/* SPDX-License-Identifier: Apache-2.0
 *
 * A document that is read in pieces and forgotten is judged as one that is
 * read as a whole, and says the same.
 */
#include "guide_help.h"

#define MESSAGES 40

/* Orders of which some lack what they need, or say it wrong. */
static void
put_message(struct buf *b, int n)
{
	buf_printf(b, "UNH+%d+ORDERS:D:96A:UN:EAN008'", n == 7 ? 6 : n);
	if (n % 11 != 3)
		buf_printf(b, "BGM+220+PO%d+9'", n);
	buf_puts(b, "DTM+137:20261101:102'NAD+BY+2900000000117::9'"
		    "NAD+SU+2900000000018::9'CUX+2:EUR:9'");
	for (int i = 1; i <= 3; i++)
		buf_printf(b,
		    "LIN+%d++2910000000017:EN'IMD+F++:::Sch\xF6n?'s \"%d\"'"
		    "QTY+21:%s'PRI+AAA:243.00'",
		    i, i, n % 9 == 2 ? "1,2,3" : "12");
	buf_printf(b, "UNS+S'CNT+2:3'UNT+%d+%d'", n % 11 == 3 ? 20 : 21,
	    n == 7 ? 6 : n);
}

static void
put_file(struct buf *b)
{
	buf_init(b, 1u << 20);
	buf_puts(b, "UNA:+.? 'UNB+UNOC:3+2900000000117:14+2900000000018:14+"
		    "261101:1000+77'");
	for (int i = 1; i <= MESSAGES; i++)
		put_message(b, i);
	buf_printf(b, "UNZ+%d+77'", MESSAGES - 1);
}

struct heard {
	struct box *b;
	struct buf text;
};

static void
hear(void *ctx, const struct edi_message *m, struct span canonical)
{
	struct heard *h = ctx;

	assert_true(m->ref.n > 0);
	buf_put(&h->text, canonical);
	buf_putc(&h->text, '\n');
}

static json_t *
in_pieces(struct heard *h, struct span s, size_t n)
{
	struct document_options o = {.each = hear, .ctx = h};
	struct document_reader *d = document_reader_new(h->b->gs, h->b->a);
	struct buf out;
	struct err err;

	document_begin(d, NULL, &o, h->b->a);
	for (size_t at = 0; at < s.n; at += n) {
		struct span part = span_sub(s, at, n);
		char *copy = malloc(part.n);

		memcpy(copy, part.p, part.n);
		document_feed(d, span_make(copy, part.n));
		free(copy);
	}
	buf_init(&out, 16u << 20);
	assert_int_equal(document_end(d, &out, NULL, &err), RC_OK);
	json_t *v = box_json(h->b, buf_span(&out));
	buf_done(&out);
	return v;
}

static void
put_json(struct buf *b, const json_t *v)
{
	repr_json_write(v, b);
	buf_putc(b, '\n');
}

/* Everything but canonical documents, of messages that have findings. */
static void
put_said(struct buf *b, const json_t *result)
{
	const json_t *ix = repr_json_at(result, "interchanges.0");
	const json_t *list = json_object_get(ix, "messages");

	put_json(b, json_object_get(result, "findings"));
	put_json(b, json_object_get(ix, "findings"));
	put_json(b, json_object_get(ix, "control_ref"));
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *m = json_copy(json_array_get(list, i));

		(void)json_object_del(m, "canonical");
		(void)json_object_del(m, "locators");
		(void)json_object_del(m, "verdict");
		if (json_array_size(json_object_get(m, "findings")))
			put_json(b, m);
		json_decref(m);
	}
}

static void
put_canonical(struct buf *b, const json_t *result)
{
	const json_t *list = repr_json_at(result, "interchanges.0.messages");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c =
		    json_object_get(json_array_get(list, i), "canonical");

		if (c)
			put_json(b, c);
	}
}

static void
pieces_say_what_the_whole_says(void **state)
{
	static const size_t SIZES[] = {1, 2, 63, 64, 65, 500, 4096, 1u << 20};
	struct box b = box_loaded();
	struct buf bytes, whole, said, canonical;
	struct document_options o = {.limits = NULL};
	struct err err;

	(void)state;
	put_file(&bytes);
	buf_init(&whole, 16u << 20);
	assert_int_equal(document_read(b.gs, buf_span(&bytes), NULL, &o, b.a,
			     &whole, NULL, &err),
	    RC_OK);
	const json_t *result = box_json(&b, buf_span(&whole));
	buf_init(&said, 16u << 20);
	buf_init(&canonical, 16u << 20);
	put_said(&said, result);
	put_canonical(&canonical, result);
	assert_true(span_find_str(buf_span(&said), "unh.duplicate") < said.n);
	assert_true(span_find_str(buf_span(&said), "segment.missing") < said.n);
	for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
		struct heard h = {.b = &b};
		struct buf again, parsed;

		buf_init(&h.text, 16u << 20);
		buf_init(&again, 16u << 20);
		buf_init(&parsed, 16u << 20);
		put_said(&again, in_pieces(&h, buf_span(&bytes), SIZES[i]));
		assert_string_equal(again.p, said.p);
		struct span rest = buf_span(&h.text);
		while (rest.n)
			put_json(&parsed, box_json(&b, span_cut(&rest, '\n')));
		assert_string_equal(parsed.p, canonical.p);
		buf_done(&h.text);
		buf_done(&again);
		buf_done(&parsed);
	}
	buf_done(&bytes);
	buf_done(&whole);
	buf_done(&said);
	buf_done(&canonical);
	box_free(&b);
}

/* A thousand times the messages take no more memory than references do. */
static void
messages_are_forgotten(void **state)
{
	struct box b = box_loaded();
	struct edi_limits limits = EDI_LIMITS;
	struct document_options o = {.limits = &limits};
	struct arena *a = arena_new();
	struct document_reader *d;
	struct edi_file *file;
	struct buf message, out;
	struct err err;
	size_t before = 0;

	(void)state;
	limits.bytes = SIZE_MAX / 8;
	limits.segments = limits.messages = UINT32_MAX;
	d = document_reader_new(b.gs, a);
	document_begin(d, NULL, &o, a);
	buf_init(&message, 1u << 20);
	buf_init(&out, 1u << 20);
	buf_puts(&message, "UNB+UNOC:3+A:14+B:14+261101:1000+77'");
	document_feed(d, buf_span(&message));
	for (int i = 1; i <= 20000; i++) {
		buf_reset(&message);
		put_message(&message, i * 99 + 1);
		document_feed(d, buf_span(&message));
		if (i == 1000)
			before = arena_used(a);
	}
	if (arena_used(a) >= before + 65536)
		fail_msg("%zu bytes more", arena_used(a) - before);
	buf_reset(&message);
	buf_puts(&message, "UNZ+20000+77'");
	document_feed(d, buf_span(&message));
	assert_int_equal(document_end(d, &out, &file, &err), RC_OK);
	assert_true(edi_is_valid(file));
	assert_int_equal(file->nmessages, 20000);
	buf_done(&message);
	buf_done(&out);
	arena_free(a);
	box_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_say_what_the_whole_says),
	    cmocka_unit_test(messages_are_forgotten),
	};

	edi_xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
