/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document check: verdict and findings of a file.
 */
#include <stdio.h>
#include <string.h>

#include "edi/xml.h"
#include "main/ctl_document.h"

struct checking {
	const struct doc_job *j;
	struct doc_sheet *s;
	struct jsonout *out;
};

static const json_t *
first_message(const struct doc_sheet *s)
{
	return repr_json_at(s->result, "interchanges.0.messages.0");
}

static bool
is_xml(const struct doc_sheet *s)
{
	return s->file->family == EDI_UBL || s->file->family == EDI_XML;
}

/* How deep the verdict goes. */
static const char *
level(const struct doc_sheet *s)
{
	const json_t *m = first_message(s);

	if (m == NULL)
		return s->file->ninterchanges && !is_xml(s) ? "envelope"
							    : "syntax";
	if (is_xml(s) && edi_schema(span_of(repr_json_str(m, "type"))))
		return "schema";
	if (repr_json_str(m, "guide"))
		return "message";
	return is_xml(s) ? "syntax" : "envelope";
}

/* A member that every finding has, null where there is nothing to say. */
static void
copy(struct jsonout *out, const char *key, const json_t *object)
{
	const json_t *v = json_object_get(object, key);
	struct buf b;

	if (v == NULL || json_is_null(v)) {
		jo_null(out, key);
		return;
	}
	buf_init(&b, 1u << 20);
	repr_json_write(v, &b);
	jo_raw(out, key, buf_span(&b));
	buf_done(&b);
}

static void
copy_codes(struct jsonout *out, const json_t *finding)
{
	static const char *const NAMES[] = {
	    "ta1", "segment", "element", "set", "group"};
	const json_t *x12 = json_object_get(finding, "x12");

	copy(out, "contrl", finding);
	jo_open(out, "x12", '{');
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		copy(out, NAMES[i], x12);
	jo_close(out);
}

/* What happened, why it matters, what to do: one text. */
static void
copy_text(const struct checking *c, const char *key,
    const struct text_locale *l, const json_t *finding)
{
	static const char *const PARTS[] = {"what", "why", "do"};
	struct buf b;

	buf_init(&b, 65536);
	for (size_t i = 0; i < 3; i++) {
		struct span part = doc_sentence(l, finding, PARTS[i], c->s->a);

		if (part.n && b.n)
			buf_putc(&b, ' ');
		buf_put(&b, part);
	}
	jo_string(c->out, key, buf_span(&b));
	buf_done(&b);
}

static void
finding_json(void *ctx, const json_t *f)
{
	static const char *const PLACE[] = {"rule", "severity", "offset",
	    "segment", "position", "element", "component", "found", "expected"};
	static const char *const MORE[] = {
	    "tag", "repeat", "xpath", "pointer", "args"};
	const struct checking *c = ctx;

	jo_open(c->out, NULL, '{');
	for (size_t i = 0; i < sizeof PLACE / sizeof *PLACE; i++)
		copy(c->out, PLACE[i], f);
	copy_codes(c->out, f);
	jo_open(c->out, "text", '{');
	copy_text(c, "en", c->j->en, f);
	copy_text(c, "de", c->j->de, f);
	jo_close(c->out);
	copy(c->out, "repair", f);
	for (size_t i = 0; i < sizeof MORE / sizeof *MORE; i++) {
		if (json_object_get(f, MORE[i]))
			copy(c->out, MORE[i], f);
	}
	jo_close(c->out);
}

static void
check_json(const struct doc_job *j, struct doc_sheet *s)
{
	const json_t *m = first_message(s);
	struct jsonout out;
	struct checking c = {j, s, &out};
	struct buf b;

	buf_init(&b, DOC_RESULT_MAX);
	jo_begin(&out, &b);
	jo_open(&out, NULL, '{');
	jo_cstr(&out, "file", s->name);
	jo_cstr(&out, "family", edi_family_name(s->file->family));
	copy(&out, "type", m);
	copy(&out, "version", m);
	jo_cstr(&out, "verdict", edi_is_valid(s->file) ? "valid" : "invalid");
	jo_cstr(&out, "level", level(s));
	copy(&out, "guide", m);
	jo_open(&out, "findings", '[');
	doc_each_finding(s->result, finding_json, &c);
	jo_close(&out);
	jo_close(&out);
	buf_putc(&b, '\n');
	ctl_put(buf_span(&b));
	buf_done(&b);
}

static void
finding_text(void *ctx, const json_t *f)
{
	const struct checking *c = ctx;

	doc_say(c->j, f, stdout);
}

static void
check_text(const struct doc_job *j, struct doc_sheet *s)
{
	const json_t *m = first_message(s);
	const char *type = repr_json_str(m, "type");
	const char *version = repr_json_str(m, "version");
	const char *guide = repr_json_str(m, "guide");
	struct checking c = {j, s, NULL};

	(void)printf("%s: %s (%s%s%s%s%s%s%s%s%s)\n", s->name,
	    doc_word(j, edi_is_valid(s->file) ? "valid" : "invalid"),
	    edi_family_name(s->file->family), type ? " " : "", type ? type : "",
	    version ? " " : "", version ? version : "", guide ? ", " : "",
	    guide ? doc_word(j, "guide") : "", guide ? " " : "",
	    guide ? guide : "");
	doc_each_finding(s->result, finding_text, &c);
}

int
doc_check(const struct doc_job *j, struct doc_sheet *s)
{
	if (j->json)
		check_json(j, s);
	else
		check_text(j, s);
	return edi_is_valid(s->file) ? CTL_OK : CTL_FAILED;
}
