/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl guide publish: puts the pages of all guides where the portal
 * shows them.
 */
#include <stdio.h>
#include <string.h>

#include "guide/document.h"
#include "guide/model.h"
#include "main/ctl.h"

#define PUBLISH_MAX (256u << 20)
#define SAMPLE_MAX (4u << 20)

/* A guide that cannot make a sample is published without one. */
static void
set_sample(
    struct ctl *c, const struct guides *gs, const struct guide *g, json_t *o)
{
	struct err err;
	struct buf b, lines;

	buf_init(&b, SAMPLE_MAX);
	buf_init(&lines, 2 * SAMPLE_MAX);
	if (document_sample(gs, g, c->a, &b, &err) == RC_OK) {
		document_lines(g, buf_span(&b), &lines);
		repr_json_set(
		    o, "sample", repr_json_string(c->a, buf_span(&lines)));
	}
	buf_done(&lines);
	buf_done(&b);
}

static json_t *
page(struct ctl *c, const struct guides *gs, const struct guide *g,
    const struct text_locale *en, const struct text_locale *de)
{
	json_t *o = repr_json_object(c->a), *pages = repr_json_object(c->a);
	struct buf b;

	buf_init(&b, 65536);
	guide_identity(g, &b);
	repr_json_set_str(o, "name", guide_name(g));
	repr_json_set_str(o, "family", edi_family_name(guide_family(g)));
	repr_json_set_str(o, "type", guide_type(g));
	repr_json_set_str(o, "version", guide_version(g));
	repr_json_set_str(o, "document", guide_document(g));
	repr_json_set(o, "identity", repr_json_string(c->a, buf_span(&b)));
	buf_done(&b);
	repr_json_set(pages, "en", guide_model(g, "en", en, c->a));
	repr_json_set(pages, "de", guide_model(g, "de", de, c->a));
	repr_json_set(o, "page", pages);
	set_sample(c, gs, g, o);
	return o;
}

static enum rc
publish(struct ctl *c, const json_t *all, json_t **answer, struct err *err)
{
	struct sync_param param;
	struct buf b;
	enum rc rc;

	buf_init(&b, PUBLISH_MAX);
	repr_json_write(all, &b);
	param = ctl_span(buf_span(&b));
	rc = ctl_ask(
	    c, "select exchange.guides_publish($1)", &param, 1, answer, err);
	buf_done(&b);
	return rc;
}

int
ctl_guide_publish(struct ctl *c)
{
	json_t *all = repr_json_array(c->a), *answer = NULL;
	const struct text_locale *en = ctl_words(c, "en");
	const struct text_locale *de = ctl_words(c, "de");
	struct guides *gs;
	struct err err;

	if (ctl_guides(c, NULL, &gs, &err) != RC_OK)
		return ctl_fail(c, &err);
	for (size_t i = 0; i < guides_count(gs); i++)
		json_array_append(all, page(c, gs, guides_at(gs, i), en, de));
	if (publish(c, all, &answer, &err) != RC_OK)
		return ctl_fail(c, &err);
	if (!ctl_print_json(c, answer))
		(void)printf("%lld guides published, %lld withdrawn\n",
		    repr_json_int(answer, "published", 0),
		    repr_json_int(answer, "withdrawn", 0));
	return CTL_OK;
}
