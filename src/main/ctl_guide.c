/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl guide: what guides there are, and what each shows of itself. None
 * of these commands needs a database.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guide/document.h"
#include "main/ctl.h"
#include "repr/text.h"

#define REPORT_MAX (4u << 20)
#define PAGE_MAX (64u << 20)

enum rc
ctl_guides(struct ctl *c, const char *dir, struct guides **out, struct err *err)
{
	struct buf report;
	enum rc rc;

	if (dir == NULL)
		dir = ctl_get(c, "guides");
	if (dir == NULL)
		dir = ctl_place(
		    conf_get(c->conf, "partner_dir", "partners"), c->a);
	buf_init(&report, REPORT_MAX);
	rc = guides_load(dir, c->a, &report, out, err);
	if (rc != RC_OK && report.n)
		(void)fputs(report.p, stderr);
	buf_done(&report);
	return rc;
}

enum rc
ctl_guide_named(const struct guides *gs, const char *name,
    const struct guide **out, struct err *err)
{
	*out = guides_named(gs, span_of(name));
	return *out ? RC_OK
		    : err_set(err, RC_ABSENT, "guide.absent",
			  "there is no guide %s; see kontorctl guide list",
			  name);
}

int
ctl_guide_lint(struct ctl *c)
{
	struct guides *gs;
	struct err err;

	if (ctl_guides(c, c->nwords ? c->words[0] : NULL, &gs, &err) != RC_OK)
		return ctl_fail(c, &err);
	if (!c->json)
		(void)printf("%zu guides, nothing to say against them\n",
		    guides_count(gs));
	return CTL_OK;
}

static const char *
directions(const struct guide *g)
{
	switch (guide_directions(g)) {
	case GUIDE_IN:
		return "in";
	case GUIDE_OUT:
		return "out";
	}
	return "both";
}

static const char *
identity(struct ctl *c, const struct guide *g)
{
	struct buf b;
	const char *s;

	buf_init(&b, 65536);
	guide_identity(g, &b);
	s = arena_str(c->a, buf_span(&b));
	buf_done(&b);
	return s;
}

static void
list_one(struct ctl *c, const struct guide *g, json_t *all)
{
	json_t *o;

	if (!c->json) {
		(void)printf("%-32s %-16s %-8s %s\n", guide_name(g),
		    guide_document(g), edi_family_name(guide_family(g)),
		    identity(c, g));
		return;
	}
	o = repr_json_object(c->a);
	repr_json_set_str(o, "guide", guide_name(g));
	repr_json_set_str(o, "document", guide_document(g));
	repr_json_set_str(o, "family", edi_family_name(guide_family(g)));
	repr_json_set_str(o, "type", guide_type(g));
	repr_json_set_str(o, "version", guide_version(g));
	repr_json_set_str(o, "identity", identity(c, g));
	repr_json_set_str(o, "direction", directions(g));
	json_array_append(all, o);
}

int
ctl_guide_list(struct ctl *c)
{
	json_t *all = repr_json_keep(c->a, json_array());
	struct guides *gs;
	struct err err;

	if (ctl_guides(c, NULL, &gs, &err) != RC_OK)
		return ctl_fail(c, &err);
	for (size_t i = 0; i < guides_count(gs); i++)
		list_one(c, guides_at(gs, i), all);
	(void)ctl_print_json(c, all);
	return CTL_OK;
}

/* Loads the guides and finds those that the words name. */
static enum rc
named(
    struct ctl *c, struct guides **gs, const struct guide **g, struct err *err)
{
	enum rc rc = ctl_guides(c, NULL, gs, err);

	for (int i = 0; rc == RC_OK && i < c->nwords; i++)
		rc = ctl_guide_named(*gs, c->words[i], &g[i], err);
	return rc;
}

/* What a command prints of one guide. */
typedef enum rc show_fn(struct ctl *c, const struct guides *gs,
    const struct guide *g, json_t *all, struct err *err);

/* The guides that the words name, or all. */
static int
each(struct ctl *c, show_fn *show)
{
	json_t *all = repr_json_keep(c->a, json_array());
	const struct guide *g[CTL_WORDS_MAX];
	struct guides *gs;
	struct err err;
	enum rc rc = named(c, &gs, g, &err);
	size_t n = rc != RC_OK ? 0
		   : c->nwords ? (size_t)c->nwords
			       : guides_count(gs);

	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc =
		    show(c, gs, c->nwords ? g[i] : guides_at(gs, i), all, &err);
	if (rc != RC_OK)
		return ctl_fail(c, &err);
	(void)ctl_print_json(c, all);
	return CTL_OK;
}

/* Puts the text out, or behind its guide's name into the answer. */
static void
show_text(struct ctl *c, const struct guide *g, const char *key,
    const struct buf *text, json_t *all)
{
	json_t *o;

	if (!c->json) {
		ctl_put(buf_span(text));
		return;
	}
	o = repr_json_object(c->a);
	repr_json_set_str(o, "guide", guide_name(g));
	repr_json_set(o, key, repr_json_string(c->a, buf_span(text)));
	json_array_append(all, o);
}

/* On a terminal; a file gets the bytes as they are. */
static void
in_lines(struct ctl *c, const struct guide *g, struct buf *out)
{
	struct span bytes = arena_span(c->a, buf_span(out));

	buf_reset(out);
	document_lines(g, bytes, out);
}

static enum rc
show_sample(struct ctl *c, const struct guides *gs, const struct guide *g,
    json_t *all, struct err *err)
{
	bool canonical = ctl_get(c, "canonical") != NULL;
	enum rc rc = RC_OK;
	struct buf out;

	buf_init(&out, PAGE_MAX);
	if (canonical) {
		guide_sample(g, &out);
		buf_putc(&out, '\n');
	} else {
		rc = document_sample(gs, g, c->a, &out, err);
		if (rc == RC_OK && isatty(STDOUT_FILENO) && !c->json)
			in_lines(c, g, &out);
	}
	if (rc == RC_OK)
		show_text(c, g, "sample", &out, all);
	buf_done(&out);
	return rc;
}

int
ctl_guide_sample(struct ctl *c)
{
	return each(c, show_sample);
}

const struct text_locale *
ctl_words(const struct ctl *c, const char *lang)
{
	const char *dir =
	    ctl_place(conf_get(c->conf, "asset_dir", "assets"), c->a);
	static struct text *t; /* of this process, as the command is */
	struct err err;

	if (t == NULL && text_load(arena_printf(c->a, "%s/text", dir), c->a, &t,
			     &err) != RC_OK)
		return NULL;
	return text_locale(t, lang, NULL);
}

static const char *
language(const struct ctl *c)
{
	return ctl_lang(ctl_get(c, "lang"));
}

static enum rc
show_page(struct ctl *c, const struct guides *gs, const struct guide *g,
    json_t *all, struct err *err)
{
	const char *lang = language(c);
	struct buf out;
	enum rc rc;

	buf_init(&out, PAGE_MAX);
	rc = guide_page(gs, g, lang, ctl_words(c, lang), &out, err);
	if (rc == RC_OK)
		show_text(c, g, "page", &out, all);
	buf_done(&out);
	return rc;
}

int
ctl_guide_doc(struct ctl *c)
{
	return language(c) ? each(c, show_page)
			   : ctl_usage(c, "languages are en and de");
}

int
ctl_guide_diff(struct ctl *c)
{
	const char *lang = language(c);
	const struct guide *g[CTL_WORDS_MAX];
	struct guides *gs;
	struct buf out;
	struct err err;
	size_t n;

	if (!lang)
		return ctl_usage(c, "languages are en and de");
	if (named(c, &gs, g, &err) != RC_OK)
		return ctl_fail(c, &err);
	buf_init(&out, PAGE_MAX);
	n = guide_diff(g[0], g[1], lang, &out);
	if (n)
		(void)printf(
		    "--- %s\n+++ %s\n", guide_name(g[0]), guide_name(g[1]));
	ctl_put(buf_span(&out));
	buf_done(&out);
	return n ? CTL_FAILED : CTL_OK;
}
