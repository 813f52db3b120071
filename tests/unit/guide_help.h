/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of guides share: guides from text, a document read by one.
 */
#ifndef GUIDE_HELP_H
#define GUIDE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/conf.h"
#include "edi/xml.h"
#include "guide/document.h"
#include "guide/guide.h"

struct box {
	struct arena *a;
	struct guides *gs;
	const json_t *message; /* of the last reading */
	const json_t *canonical;
	const json_t *findings;
};

static inline struct box
box_new(void)
{
	struct box b = {.a = arena_new()};

	b.gs = guides_new(b.a);
	return b;
}

/* With all guides of the project. */
static inline struct box
box_loaded(void)
{
	struct box b = {.a = arena_new()};
	struct buf report;
	struct err err;

	buf_init(&report, 65536);
	if (guides_load("partners", b.a, &report, &b.gs, &err) != RC_OK)
		fail_msg("%s\n%s", err.text, report.p ? report.p : "");
	buf_done(&report);
	return b;
}

static inline const struct guide *
box_guide(const struct box *b, const char *name)
{
	const struct guide *g = guides_named(b->gs, span_of(name));

	assert_non_null(g);
	return g;
}

static inline void
box_free(struct box *b)
{
	arena_free(b->a);
}

static inline void
box_add(struct box *b, const char *name, const char *text)
{
	struct err err = {.text = ""};

	if (guides_add(b->gs, span_of(text), name, &err) != RC_OK)
		fail_msg("%s", err.text);
}

/* Why the guide is refused. */
static inline const char *
box_refused(struct box *b, const char *text)
{
	struct err err = {.text = ""};

	assert_int_equal(
	    guides_add(b->gs, span_of(text), "bad", &err), RC_INPUT);
	return arena_str(b->a, span_of(err.text));
}

static inline json_t *
box_json(struct box *b, struct span text)
{
	struct err err;
	json_t *v;

	if (repr_json_trusted(text, b->a, &v, &err) != RC_OK)
		fail_msg("%s: %.*s", err.text, (int)text.n, text.p);
	return v;
}

static inline const json_t *
box_read_file(struct box *b, struct span bytes, const char *guide,
    const json_t *agreements, const char *schemas)
{
	struct document_options o = {.guide = guide,
	    .schemas = schemas,
	    .own_schemas = "docs/schemas",
	    .partner_known = agreements != NULL};
	struct buf out;
	struct err err;

	buf_init(&out, 64u << 20);
	if (document_read(
		b->gs, bytes, agreements, &o, b->a, &out, NULL, &err) != RC_OK)
		fail_msg("%s", err.text);
	const json_t *r = box_json(b, buf_span(&out));
	buf_done(&out);
	b->message = repr_json_at(r, "interchanges.0.messages.0");
	b->canonical = json_object_get(b->message, "canonical");
	b->findings = json_object_get(b->message, "findings");
	return r;
}

/* The body of one message between UNB and UNZ. */
static inline void
box_edifact(struct box *b, const char *guide, const char *body)
{
	unsigned segments = 2;

	for (const char *p = body; *p; p++)
		segments += *p == '\'' && (p == body || p[-1] != '?');
	(void)box_read_file(b,
	    span_of(arena_printf(b->a,
		"UNB+UNOC:3+S:14+R:14+260101:1200+1'UNH+1+TEST:D:96A:UN'%s"
		"UNT+%u+1'UNZ+1+1'",
		body, segments)),
	    guide, NULL, NULL);
}

static inline void
box_x12(struct box *b, const char *guide, const char *body)
{
	unsigned segments = 2;

	for (const char *p = body; *p; p++)
		segments += *p == '~';
	(void)box_read_file(b,
	    span_of(arena_printf(b->a,
		"ISA*00*          *00*          *ZZ*S              *ZZ*R       "
		"       *260101*1200*U*00401*000000001*0*P*>~"
		"GS*PO*S*R*20260101*1200*1*X*004010~ST*850*0001~%sSE*%u*0001~"
		"GE*1*1~IEA*1*000000001~",
		body, segments)),
	    guide, NULL, NULL);
}

static inline size_t
box_found(const struct box *b, const char *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(b->findings); i++)
		n += strcmp(
			 repr_json_str(json_array_get(b->findings, i), "rule"),
			 rule) == 0;
	return n;
}

/* The first finding of the rule; fails when there is none. */
static inline const json_t *
box_finding(const struct box *b, const char *rule)
{
	for (size_t i = 0; i < json_array_size(b->findings); i++) {
		const json_t *f = json_array_get(b->findings, i);
		if (strcmp(repr_json_str(f, "rule"), rule) == 0)
			return f;
	}
	fail_msg(
	    "no finding %s in %s", rule, json_dumps(b->findings, JSON_COMPACT));
	return NULL;
}

static inline void
box_clean(const struct box *b)
{
	if (json_array_size(b->findings))
		fail_msg("%s", json_dumps(b->findings, JSON_COMPACT));
}

#define assert_field(b, path, value)                                           \
	assert_string_equal(repr_json_str((b)->canonical, path)                \
				? repr_json_str((b)->canonical, path)          \
				: "(absent)",                                  \
	    value)
#define assert_no_field(b, path) assert_null(repr_json_at((b)->canonical, path))

/* An agreement that names one guide. */
static inline json_t *
box_agreement(struct box *b, const struct guide *g)
{
	return repr_json_keep(b->a,
	    json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s}}", "id",
		"agreement", "family", edi_family_name(guide_family(g)), "ours",
		"id", "2900000000018", "qualifier", "14", "theirs", "id",
		"2900000000117", "qualifier", "14", "guides", guide_document(g),
		guide_name(g)));
}

/* Writes canonical by the guide; *out is in b->a. */
static inline enum rc
box_write(struct box *b, const struct guide *g, const json_t *canonical,
    struct span *out, struct err *err)
{
	struct document_numbers n = {.interchange = "42"};
	struct buf bytes;

	buf_init(&bytes, 16u << 20);
	enum rc rc = document_write(b->gs, box_agreement(b, g), canonical, &n,
	    INT64_C(1795000000000000), b->a, &bytes, NULL, err);
	*out = arena_span(b->a, buf_span(&bytes));
	buf_done(&bytes);
	return rc;
}

/* Writes, reads back, compares; fails with the reason. */
static inline struct span
box_round(struct box *b, const struct guide *g, const json_t *canonical)
{
	struct span bytes;
	struct err err;

	if (box_write(b, g, canonical, &bytes, &err) != RC_OK)
		fail_msg("%s: %s", guide_name(g), err.text);
	if (document_verify(b->gs, box_agreement(b, g), canonical, bytes, b->a,
		&err) != RC_OK)
		fail_msg("%s: %s\n%.*s", guide_name(g), err.text, (int)bytes.n,
		    bytes.p);
	return bytes;
}

#endif
