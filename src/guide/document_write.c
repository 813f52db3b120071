/* SPDX-License-Identifier: Apache-2.0
 *
 * A canonical document to a whole interchange: envelope by src/edi, message by
 * the guide.
 */
#include <string.h>

#include "guide/agreement.h"
#include "guide/write.h"

struct writing {
	const json_t *agreement;
	const struct document_numbers *numbers;
	const struct guide *g;
	struct edi_envelope envelope;
	struct edi_syntax syntax;
	struct arena *a;
};

static struct edi_party
party(const json_t *agreement, const char *who)
{
	const json_t *p = json_object_get(agreement, who);

	return (struct edi_party){span_of(repr_json_str(p, "id")),
	    span_of(repr_json_str(p, "qualifier")),
	    span_of(repr_json_str(p, "routing"))};
}

static bool
option_is(const struct writing *w, const char *path, const char *value)
{
	const char *s = repr_json_str(w->agreement, path);

	return s && strcmp(s, value) == 0;
}

/* "D.96A", UN and EAN008 to "D:96A:UN:EAN008". */
static struct span
message_version(struct writing *w)
{
	const struct gsource *s = w->g->source;
	size_t dot = span_find(s->version, '.');
	struct span agency = s->agency ? s->agency->word : span_of("UN");

	if (s->family != EDI_EDIFACT)
		return s->version;
	const char *v = arena_printf(w->a, "%.*s:%.*s:%.*s", (int)dot,
	    s->version.p, (int)(s->version.n - dot - 1), s->version.p + dot + 1,
	    (int)agency.n, agency.p);
	if (s->association)
		v = arena_printf(w->a, "%s:%.*s", v,
		    (int)s->association->word.n, s->association->word.p);
	return span_of(v);
}

static void
edifact(struct writing *w)
{
	struct edi_envelope *e = &w->envelope;

	w->syntax = EDI_WRITE_EDIFACT;
	e->syntax_id = span_of("UNOC");
	e->syntax_version = span_of("3");
	if (option_is(w, "options.charset", "utf-8")) {
		e->syntax_id = span_of("UNOY");
		e->syntax_version = span_of("4");
		w->syntax.charset = EDI_UTF8;
	} else if (option_is(w, "options.charset", "ascii")) {
		e->syntax_id = span_of("UNOB");
		w->syntax.charset = EDI_ASCII;
	}
}

static void
x12(struct writing *w)
{
	struct edi_envelope *e = &w->envelope;
	const struct gsource *s = w->g->source;

	w->syntax = EDI_WRITE_X12;
	e->syntax_id = span_starts(s->version, "005") ? span_of("00501")
						      : span_of("00401");
	w->syntax.repetition = edi_x12_repetition(e->syntax_id);
	e->group_code = s->code;
	e->group_ref = span_of(
	    w->numbers->group ? w->numbers->group : w->numbers->interchange);
	e->group_version =
	    s->association
		? span_of(arena_printf(w->a, "%.*s%.*s", (int)s->version.n,
		      s->version.p, (int)s->association->word.n,
		      s->association->word.p))
		: s->version;
	e->group_sender = span_of(repr_json_str(w->agreement, "ours.group"));
	e->group_receiver =
	    span_of(repr_json_str(w->agreement, "theirs.group"));
}

static void
segments(struct writing *w, struct gwriter *gw, struct buf *out)
{
	bool is_x12 = guide_family(w->g) == EDI_X12;
	struct span ref = span_of(w->numbers->message ? w->numbers->message
				  : is_x12            ? "0001"
						      : "1");

	if (is_x12)
		x12(w);
	else
		edifact(w);
	gw->ascii = w->syntax.charset == EDI_ASCII;
	edi_write_begin(&gw->edi, out, &w->syntax, gw->fs);
	edi_write_open(&gw->edi, &w->envelope);
	edi_write_message(
	    &gw->edi, ref, span_of(guide_type(w->g)), message_version(w));
	(void)guide_write(gw);
	edi_write_message_end(&gw->edi, ref);
	edi_write_close(&gw->edi, &w->envelope, 1);
}

static void
xml(struct writing *w, struct gwriter *gw, struct buf *out)
{
	const struct gsource *s = w->g->source;

	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buf_printf(out, "<%s xmlns=\"", guide_type(w->g));
	guide_put_xml(out, s->root, true);
	for (const struct gword *p = s->prefixes; p; p = p->next) {
		if (span_eq(p->value, s->root))
			continue;
		buf_printf(out, "\" xmlns:%.*s=\"", (int)p->word.n, p->word.p);
		guide_put_xml(out, p->value, true);
	}
	buf_putc(out, '"');
	buf_putc(out, '>');
	gw->depth = 1;
	(void)guide_write(gw);
	buf_printf(out, "\n</%s>\n", guide_type(w->g));
}

static enum rc
refused(const struct edi_findings *fs, struct err *err)
{
	const struct edi_finding *f = &fs->list[0];
	const struct edi_arg *name = &f->args[0];

	for (size_t i = 0; i < fs->n; i++)
		if (fs->list[i].severity == EDI_ERROR) {
			f = &fs->list[i];
			name = &f->args[0];
			break;
		}
	return err_set(err, RC_INPUT, f->rule->id,
	    "%s at %.3s %.*s: found \"%.*s\", expected \"%.*s\"", f->rule->id,
	    f->tag, name->name ? (int)name->value.n : 0, name->value.p,
	    (int)f->found.n, f->found.p, (int)f->expected.n, f->expected.p);
}

enum rc
document_write(const struct guides *gs, const json_t *agreement,
    const json_t *canonical, const struct document_numbers *numbers,
    int64_t now, struct arena *a, struct buf *out,
    struct edi_findings *findings, struct err *err)
{
	const char *type = repr_json_str(canonical, "type");
	struct edi_findings own;
	struct gwriter gw;
	struct writing w = {.agreement = agreement, .numbers = numbers, .a = a};

	w.g = agreement_writes(gs, agreement, canonical, a);
	if (!w.g)
		return err_set(err, RC_ABSENT, "guide.absent",
		    "the agreement names no guide for \"%s\"",
		    type ? type : "");
	edi_findings_init(&own, a, 0);
	struct edi_findings *fs = findings ? findings : &own;
	w.envelope.sender = party(agreement, "ours");
	w.envelope.receiver = party(agreement, "theirs");
	w.envelope.control_ref = span_of(numbers->interchange);
	w.envelope.now = now;
	w.envelope.test = json_is_true(json_object_get(canonical, "test"));
	w.envelope.ack_requested =
	    json_is_true(repr_json_at(agreement, "options.ack_wanted"));
	guide_writer_init(&gw, w.g, canonical, a, out, fs);
	if (gw.xml)
		xml(&w, &gw, out);
	else
		segments(&w, &gw, out);
	if (fs->errors)
		return refused(fs, err);
	if (out->full)
		return err_set(err, RC_INPUT, "write.room",
		    "the document is larger than %zu bytes", out->max);
	return RC_OK;
}
