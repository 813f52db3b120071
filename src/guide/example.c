/* SPDX-License-Identifier: Apache-2.0
 *
 * What a guide shows of itself: its sample as a document, and its page.
 */
#include <string.h>

#include "guide/document.h"
#include "guide/impl.h"
#include "guide/sheet.h"

/* 2026-11-22T09:15Z, so that a sample is the same every day. */
#define SAMPLE_TIME INT64_C(1795338900000000)

static json_t *
side(const char *id, enum edi_family f)
{
	return json_pack(
	    "{s:s, s:s}", "id", id, "qualifier", f == EDI_X12 ? "UL" : "14");
}

static json_t *
agreement(const struct guide *g, struct arena *a)
{
	enum edi_family f = guide_family(g);
	json_t *guides = json_object();

	json_object_set_new(
	    guides, guide_document(g), json_string(guide_name(g)));
	return repr_json_keep(
	    a, json_pack("{s:s, s:o, s:o, s:o}", "family", edi_family_name(f),
		   "ours", side("2900000000117", f), "theirs",
		   side("2900000000018", f), "guides", guides));
}

enum rc
document_sample(const struct guides *gs, const struct guide *g, struct arena *a,
    struct buf *out, struct err *err)
{
	return document_sample_nth(gs, g, 0, a, out, err);
}

enum rc
document_sample_nth(const struct guides *gs, const struct guide *g,
    unsigned nth, struct arena *a, struct buf *out, struct err *err)
{
	struct document_numbers n = {.interchange = "1"};
	json_t *canonical;
	struct buf text;
	enum rc rc;

	if (edi_family_sheet(guide_family(g))) {
		guide_sheet_sample(g, nth, a, out);
		return RC_OK;
	}
	buf_init(&text, 16u << 20);
	guide_sample_nth(g, nth, &text);
	rc = repr_json_trusted(buf_span(&text), a, &canonical, err);
	buf_done(&text);
	return rc == RC_OK ? document_write(gs, agreement(g, a), canonical, &n,
				 SAMPLE_TIME, a, out, NULL, err)
			   : rc;
}

void
document_lines(const struct guide *g, struct span s, struct buf *out)
{
	bool x12 = guide_family(g) == EDI_X12;
	bool edi = x12 || guide_family(g) == EDI_EDIFACT;

	for (size_t i = 0; i < s.n; i++) {
		buf_putc(out, s.p[i]);
		if (edi && s.p[i] == (x12 ? '~' : '\'') && i + 1 < s.n &&
		    (x12 || i == 0 || s.p[i - 1] != '?'))
			buf_putc(out, '\n');
	}
	if (s.n && s.p[s.n - 1] != '\n')
		buf_putc(out, '\n');
}

enum rc
guide_page(const struct guides *gs, const struct guide *g, const char *lang,
    const struct text_locale *words, struct buf *out, struct err *err)
{
	struct arena *a = arena_new();
	struct buf bytes;
	enum rc rc;

	buf_init(&bytes, 16u << 20);
	guide_describe(g, lang, words, out);
	rc = document_sample(gs, g, a, &bytes, err);
	if (rc == RC_OK) {
		buf_printf(out, "\n## %s\n\n```\n",
		    strcmp(lang, "de") == 0 ? "Muster" : "Sample");
		document_lines(g, buf_span(&bytes), out);
		buf_puts(out, "```\n");
	}
	buf_done(&bytes);
	arena_free(a);
	return rc;
}
