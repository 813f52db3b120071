/* SPDX-License-Identifier: Apache-2.0
 *
 * A file to the result that the database takes: envelope by src/edi, then for
 * each message its agreement, guide, findings and canonical document.
 */
#include <string.h>

#include "guide/agreement.h"
#include "guide/impl.h"
#include "repr/jsonout.h"

struct reading {
	const struct guides *gs;
	const json_t *agreements;
	const struct document_options *o;
	struct arena *a;
	struct guide_reader *reader;
	struct buf canonical, locators;
};

/* What the reader keeps of a message (edi_message.user). */
struct read_message {
	const struct guide *guide;
	struct span canonical, locators;
};

static const json_t *
agreement_of(const struct edi_interchange *ix)
{
	return ix->user;
}

static void
on_interchange(void *ctx, struct edi_file *f, struct edi_interchange *ix)
{
	const struct reading *r = ctx;
	const json_t *a = agreement_for(r->agreements, f->family, ix);

	ix->user = (void *)(uintptr_t)a;
	if (a)
		agreement_apply(a, ix);
	else if (r->o->partner_known)
		agreement_complain(r->agreements, f->family, ix);
}

/* Answers of the syntax level; those without a guide are none the worse. */
static bool
is_ack(const struct edi_message *m)
{
	return span_is(m->id.type, "CONTRL") || span_is(m->id.type, "997") ||
	       span_is(m->id.type, "999");
}

static void
no_guide(struct reading *r, struct edi_message *m)
{
	struct edi_finding *f = edi_find_as(&m->findings, EDI_R_GUIDE_ABSENT,
	    r->o->need_guide ? EDI_ERROR : EDI_WARNING);

	f->offset = m->offset;
	edi_found(&m->findings, f,
	    span_of(arena_printf(r->a, "%.*s %.*s", (int)m->id.type.n,
		m->id.type.p, (int)m->version.n, m->version.p)));
}

static const struct guide *
choose(struct reading *r, enum edi_family family,
    const struct edi_interchange *ix, const struct edi_message *m)
{
	if (r->o->guide)
		return guides_named(r->gs, span_of(r->o->guide));
	return agreement_guide(r->gs, agreement_of(ix), family, m);
}

static void
on_message(void *ctx, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	struct reading *r = ctx;
	struct read_message *kept;

	if (!m->id.type.n)
		return;
	kept = ARENA_NEW(r->a, struct read_message);
	m->user = kept;
	kept->guide = choose(r, f->family, ix, m);
	if (!kept->guide) {
		if (!is_ack(m))
			no_guide(r, m);
		return;
	}
	buf_reset(&r->canonical);
	buf_reset(&r->locators);
	guide_check(r->reader, kept->guide, m, &r->canonical,
	    r->o->plain ? NULL : &r->locators);
	if (r->o->plain)
		return;
	kept->canonical = arena_span(r->a, buf_span(&r->canonical));
	kept->locators = arena_span(r->a, buf_span(&r->locators));
}

static void
party(struct jsonout *j, const char *key, const struct edi_party *p)
{
	if (!p->id.n)
		return;
	jo_open(j, key, '{');
	jo_string(j, "id", p->id);
	jo_text(j, "qualifier", p->qualifier);
	jo_text(j, "routing", p->routing);
	jo_close(j);
}

static void
findings(struct jsonout *j, const struct edi_findings *fs, struct buf *tmp)
{
	buf_reset(tmp);
	edi_findings_json(tmp, fs);
	jo_raw(j, "findings", buf_span(tmp));
}

static void
group(struct jsonout *j, const struct edi_group *g, struct buf *tmp)
{
	jo_open(j, NULL, '{');
	jo_text(j, "ref", g->ref);
	jo_text(j, "code", g->code);
	jo_text(j, "version", g->version);
	jo_text(j, "sender", g->sender.id);
	jo_text(j, "receiver", g->receiver.id);
	jo_cstr(j, "verdict", edi_verdict_name(g->verdict));
	findings(j, &g->findings, tmp);
	jo_close(j);
}

/* The canonical document: what the envelope says, then what the guide read. */
static void
canonical(struct jsonout *j, const struct edi_file *f,
    const struct edi_interchange *ix, const struct edi_message *m,
    struct buf *tmp)
{
	const struct read_message *kept = m->user;
	struct jsonout c;

	if (!kept || !kept->guide || !kept->canonical.n)
		return;
	buf_reset(tmp);
	jo_begin(&c, tmp);
	jo_open(&c, NULL, '{');
	jo_cstr(&c, "type", guide_document(kept->guide));
	jo_cstr(&c, "standard", edi_family_name(f->family));
	jo_cstr(&c, "version", guide_version(kept->guide));
	jo_bool(&c, "test", ix->test);
	party(&c, "sender", &ix->sender);
	party(&c, "receiver", &ix->receiver);
	jo_text(&c, "control_ref", ix->control_ref);
	jo_text(&c, "message_ref", m->ref);
	buf_putc(tmp, ',');
	buf_put(tmp, kept->canonical);
	buf_putc(tmp, '}');
	jo_raw(j, "canonical", buf_span(tmp));
	buf_reset(tmp);
	buf_putc(tmp, '{');
	buf_put(tmp, kept->locators);
	buf_putc(tmp, '}');
	jo_raw(j, "locators", buf_span(tmp));
}

static void
message(struct jsonout *j, const struct edi_file *f,
    const struct edi_interchange *ix, const struct edi_message *m,
    struct buf *tmp)
{
	const struct read_message *kept = m->user;

	jo_open(j, NULL, '{');
	jo_text(j, "ref", m->ref);
	if (m->group)
		jo_int(j, "group", (int64_t)m->group->number - 1);
	jo_text(j, "type", m->id.type);
	jo_text(j, "version", m->version);
	if (kept && kept->guide)
		jo_cstr(j, "guide", guide_name(kept->guide));
	jo_int(j, "offset", (int64_t)m->offset);
	jo_int(j, "length", (int64_t)m->length);
	jo_int(j, "segments", m->nsegments);
	jo_cstr(j, "verdict", edi_verdict_name(m->verdict));
	canonical(j, f, ix, m, tmp);
	findings(j, &m->findings, tmp);
	jo_close(j);
}

static const char *
ta1_verdict(const struct edi_ta1 *t)
{
	if (span_is(t->verdict, "A"))
		return "accepted";
	if (span_is(t->verdict, "E"))
		return "accepted_with_errors";
	return span_is(t->verdict, "R") ? "rejected" : NULL;
}

/* TA1 stands in the envelope; what it says is a document all the same. */
static void
ta1_canonical(struct jsonout *j, const struct edi_interchange *ix,
    const struct edi_ta1 *t)
{
	jo_open(j, "canonical", '{');
	jo_cstr(j, "type", "ack");
	jo_cstr(j, "standard", edi_family_name(EDI_X12));
	jo_bool(j, "test", ix->test);
	party(j, "sender", &ix->sender);
	party(j, "receiver", &ix->receiver);
	jo_text(j, "control_ref", ix->control_ref);
	jo_cstr(j, "level", "interchange");
	jo_cstr(j, "verdict", ta1_verdict(t));
	jo_text(j, "code", t->note);
	jo_open(j, "of", '{');
	jo_cstr(j, "standard", edi_family_name(EDI_X12));
	jo_text(j, "control_ref", t->control_ref);
	jo_text(j, "date", t->date);
	jo_text(j, "time", t->time);
	jo_close(j);
	jo_close(j);
}

static void
ta1(struct jsonout *j, const struct edi_interchange *ix,
    const struct edi_ta1 *t)
{
	jo_open(j, NULL, '{');
	jo_cstr(j, "type", "TA1");
	jo_int(j, "offset", (int64_t)t->offset);
	jo_int(j, "length", t->length);
	jo_int(j, "segments", 1);
	jo_cstr(j, "verdict",
	    edi_verdict_name(
		ix->verdict == EDI_REJECTED ? EDI_REJECTED : EDI_ACCEPTED));
	ta1_canonical(j, ix, t);
	jo_open(j, "findings", '[');
	jo_close(j);
	jo_close(j);
}

static void
envelope(struct jsonout *j, const struct edi_interchange *ix)
{
	const json_t *a = agreement_of(ix);

	jo_text(j, "control_ref", ix->control_ref);
	jo_bool(j, "test", ix->test);
	jo_bool(j, "ack_requested", ix->ack_requested);
	jo_text(j, "syntax", ix->syntax_id);
	jo_text(j, "syntax_version", ix->syntax_version);
	jo_text(j, "application_ref", ix->application_ref);
	party(j, "sender", &ix->sender);
	party(j, "receiver", &ix->receiver);
	jo_text(j, "date", ix->date);
	jo_text(j, "time", ix->time);
	jo_cstr(j, "verdict", edi_verdict_name(ix->verdict));
	jo_cstr(j, "agreement", repr_json_str(a, "id"));
	jo_int(j, "offset", (int64_t)ix->offset);
	jo_int(j, "length", (int64_t)ix->length);
}

static void
interchange(struct jsonout *j, const struct edi_file *f,
    const struct edi_interchange *ix, struct buf *tmp)
{
	jo_open(j, NULL, '{');
	envelope(j, ix);
	jo_open(j, "groups", '[');
	for (uint32_t i = 0; i < ix->ngroups; i++)
		group(j, ix->groups[i], tmp);
	jo_close(j);
	jo_open(j, "messages", '[');
	for (uint32_t i = 0; i < ix->nmessages; i++)
		message(j, f, ix, ix->messages[i], tmp);
	for (uint32_t i = 0; i < ix->nta1s; i++)
		ta1(j, ix, &ix->ta1s[i]);
	jo_close(j);
	findings(j, &ix->findings, tmp);
	jo_close(j);
}

static void
result(const struct edi_file *f, struct buf *out)
{
	struct jsonout j;
	struct buf tmp;

	buf_init(&tmp, out->max);
	jo_begin(&j, out);
	jo_open(&j, NULL, '{');
	jo_cstr(&j, "family", edi_family_name(f->family));
	jo_open(&j, "interchanges", '[');
	for (size_t i = 0; i < f->ninterchanges; i++)
		interchange(&j, f, f->interchanges[i], &tmp);
	jo_close(&j);
	findings(&j, &f->findings, &tmp);
	jo_close(&j);
	if (tmp.full)
		out->full = true;
	buf_done(&tmp);
}

enum rc
document_read(const struct guides *gs, struct span bytes,
    const json_t *agreements, const struct document_options *o, struct arena *a,
    struct buf *out, struct edi_file **file, struct err *err)
{
	static const struct document_options none;
	struct reading r = {
	    .gs = gs, .agreements = agreements, .o = o ? o : &none, .a = a};
	struct edi_options eo = {.limits = r.o->limits,
	    .schemas = r.o->schemas,
	    .ctx = &r,
	    .interchange = on_interchange,
	    .message = on_message};

	r.reader = guide_reader_new(a);
	guide_reader_cover(r.reader, r.o->cover);
	buf_init(&r.canonical, SIZE_MAX / 8);
	buf_init(&r.locators, SIZE_MAX / 8);
	struct edi_file *f = edi_read(bytes, &eo, a);
	buf_done(&r.canonical);
	buf_done(&r.locators);
	if (file)
		*file = f;
	result(f, out);
	if (out->full)
		return err_set(err, RC_FAULT, "document.size",
		    "the result is larger than %zu bytes", out->max);
	return RC_OK;
}
