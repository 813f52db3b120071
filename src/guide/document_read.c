/* SPDX-License-Identifier: Apache-2.0
 *
 * A file to the result that the database takes: envelope by src/edi, then for
 * each message its agreement, guide, findings and canonical document.
 */
#include <string.h>

#include "edi/ack.h"
#include "guide/agreement.h"
#include "guide/check_list.h"
#include "guide/impl.h"
#include "guide/sheet.h"
#include "repr/jsonout.h"

/* What is told of the messages of an interchange that are forgotten. */
struct told {
	struct buf text;
	size_t left_out;
};

#define TOLD_MAX ((size_t)2 << 20)

/* A reader keeps what it grew for files up to this. */
#define KEPT (1u << 20)

/* The guide chosen last, for messages that ask for the same. */
struct chosen {
	bool lasts; /* as long as the guides: no agreement had a say */
	size_t of;  /* so many guides */
	const struct guide *guide;
	const struct edi_interchange *ix;
};

/* What a reader keeps from file to file. */
struct kept {
	struct arena *a; /* as long as the reader */
	struct edi_reader *edi;
	struct guide_reader *guides;
	struct buf canonical, locators;
	struct buf head, text; /* of canonical documents */
	struct buf key, asked; /* of the guide chosen */
	struct buf part, tmp;  /* of the result, while it is written */
	struct told **told;    /* by interchange */
	size_t told_cap;
	struct chosen chosen;
};

struct reading {
	struct kept k;
	const struct guides *gs;
	const json_t *agreements;
	const struct document_options *o;
	struct arena *a;
	bool streams; /* messages are forgotten */
	size_t nbytes;
	size_t ntold;
	const struct guide *sheet; /* by which all rows are read */
	const struct guide *head_guide;
	const struct edi_interchange *head_ix;
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
	else if (r->o->partner_known && !edi_family_sheet(f->family))
		agreement_complain(r->agreements, f->family, ix);
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

static void
key_of(struct buf *b, enum edi_family family, const struct edi_id *id)
{
	const struct span parts[] = {
	    id->type, id->version, id->release, id->agency, id->association};

	buf_reset(b);
	buf_putc(b, (char)family);
	for (size_t i = 0; i < 5; i++) {
		buf_put(b, parts[i]);
		buf_putc(b, '\0');
	}
}

static const struct guide *
select_guide(struct reading *r, enum edi_family family,
    const struct edi_interchange *ix, const struct edi_message *m)
{
	if (r->sheet)
		return r->sheet;
	if (r->o->guide)
		return guides_named(r->gs, span_of(r->o->guide));
	return agreement_guide(r->gs, agreement_of(ix), family, m);
}

/* The same as the message before, also of another file, unless a value inside
 * or an agreement decides. */
static const struct guide *
choose(struct reading *r, enum edi_family family,
    const struct edi_interchange *ix, const struct edi_message *m)
{
	struct chosen *c = &r->k.chosen;
	bool alone = !r->o->guide && !agreement_of(ix);
	bool known =
	    c->ix == ix || (c->lasts && alone && c->of == guides_count(r->gs));

	key_of(&r->k.asked, family, &m->id);
	if (!known || !span_eq(buf_span(&r->k.key), buf_span(&r->k.asked))) {
		buf_reset(&r->k.key);
		buf_put(&r->k.key, buf_span(&r->k.asked));
		c->ix = guide_asks_inside(r->gs, family, &m->id) ? NULL : ix;
		c->lasts = alone && c->ix;
		c->of = guides_count(r->gs);
		c->guide = select_guide(r, family, ix, m);
	}
	return c->guide;
}

static void
on_message(void *ctx, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	struct reading *r = ctx;
	struct read_message *kept;

	if (!m->id.type.n)
		return;
	kept = ARENA_NEW(m->findings.a, struct read_message);
	m->user = kept;
	kept->guide = choose(r, f->family, ix, m);
	if (!kept->guide) {
		/* answers of the syntax are none the worse without one */
		if (!edi_is_ack(m))
			no_guide(r, m);
		guide_check_list(r->gs, f->family, m);
		return;
	}
	buf_reset(&r->k.canonical);
	buf_reset(&r->k.locators);
	guide_check(r->k.guides, kept->guide, m, &r->k.canonical,
	    r->o->plain || r->streams ? NULL : &r->k.locators);
	if (r->o->plain || r->streams)
		return;
	kept->canonical = arena_span(r->a, buf_span(&r->k.canonical));
	kept->locators = arena_span(r->a, buf_span(&r->k.locators));
}

/* Empties a text of the reader, of which there may now be so much. */
static void
begin_text(struct buf *b, size_t max)
{
	buf_reset(b);
	b->max = max;
}

static void head(struct jsonout *j, const struct guide *g,
    enum edi_family family, const struct edi_interchange *ix);
static void message(struct jsonout *j, const struct edi_file *f,
    const struct edi_interchange *ix, const struct edi_message *m,
    struct buf *tmp);

/* The canonical document of a message that is forgotten. */
static void
hand_over(struct reading *r, const struct edi_file *f,
    const struct edi_interchange *ix, const struct edi_message *m)
{
	const struct read_message *kept = m->user;
	struct buf *b = &r->k.text;

	if (!r->o->each || !kept || !kept->guide || !r->k.canonical.n)
		return;
	if (r->head_guide != kept->guide || r->head_ix != ix) {
		struct jsonout j;
		buf_reset(&r->k.head);
		jo_begin(&j, &r->k.head);
		jo_open(&j, NULL, '{');
		head(&j, kept->guide, f->family, ix);
		r->head_guide = kept->guide;
		r->head_ix = ix;
	}
	buf_reset(b);
	buf_put(b, buf_span(&r->k.head));
	if (m->ref.n) {
		buf_puts(b, ",\"message_ref\":");
		jo_quote(b, m->ref);
	}
	buf_putc(b, ',');
	buf_put(b, buf_span(&r->k.canonical));
	buf_putc(b, '}');
	r->o->each(r->o->ctx, m, buf_span(b));
}

static struct told *
told_of(struct reading *r, const struct edi_file *f)
{
	struct kept *k = &r->k;
	struct told *t;

	while (r->ntold < f->ninterchanges) {
		k->told = arena_grow(
		    k->a, k->told, sizeof *k->told, &k->told_cap, r->ntold + 1);
		t = k->told[r->ntold];
		if (t == NULL) {
			t = k->told[r->ntold] = ARENA_NEW(k->a, struct told);
			buf_init(&t->text, TOLD_MAX);
		}
		buf_reset(&t->text);
		t->left_out = 0;
		r->ntold++;
	}
	return k->told[f->ninterchanges - 1];
}

/* What is said of a message that is forgotten. */
static void
on_passing(void *ctx, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	struct reading *r = ctx;
	struct told *t = told_of(r, f);
	struct buf *b = &r->k.part, *tmp = &r->k.tmp;
	struct jsonout j;

	on_message(ctx, f, ix, m);
	hand_over(r, f, ix, m);
	if (m->number > 1 && m->findings.n == 0)
		return;
	m->verdict = m->findings.errors ? EDI_REJECTED : EDI_ACCEPTED;
	begin_text(b, TOLD_MAX);
	begin_text(tmp, TOLD_MAX);
	jo_begin(&j, b);
	message(&j, f, ix, m, tmp);
	if (buf_reserve(&t->text, b->n + 1) && !b->full && !tmp->full) {
		if (t->text.n)
			buf_putc(&t->text, ',');
		buf_put(&t->text, buf_span(b));
	} else {
		t->left_out++;
	}
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

/* What the envelope says in every canonical document of an interchange. */
static void
head(struct jsonout *j, const struct guide *g, enum edi_family family,
    const struct edi_interchange *ix)
{
	jo_cstr(j, "type", guide_document(g));
	jo_cstr(j, "standard", edi_family_name(family));
	jo_cstr(j, "version", guide_version(g));
	jo_bool(j, "test", ix->test);
	party(j, "sender", &ix->sender);
	party(j, "receiver", &ix->receiver);
	jo_text(j, "control_ref", ix->control_ref);
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
	head(&c, kept->guide, f->family, ix);
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
    const struct edi_interchange *ix, const struct told *told, struct buf *tmp)
{
	jo_open(j, NULL, '{');
	envelope(j, ix);
	jo_open(j, "groups", '[');
	for (uint32_t i = 0; i < ix->ngroups; i++)
		group(j, ix->groups[i], tmp);
	jo_close(j);
	jo_open(j, "messages", '[');
	if (told && told->text.n)
		jo_raw(j, NULL, buf_span(&told->text));
	for (uint32_t i = 0; ix->messages && i < ix->nmessages; i++)
		message(j, f, ix, ix->messages[i], tmp);
	for (uint32_t i = 0; i < ix->nta1s; i++)
		ta1(j, ix, &ix->ta1s[i]);
	jo_close(j);
	if (told)
		jo_count(j, "messages_left_out", (int64_t)told->left_out);
	findings(j, &ix->findings, tmp);
	jo_close(j);
}

static void
result(struct reading *r, const struct edi_file *f, struct buf *out)
{
	struct buf *tmp = &r->k.tmp;
	struct jsonout j;

	begin_text(tmp, out->max);
	jo_begin(&j, out);
	jo_open(&j, NULL, '{');
	jo_cstr(&j, "family", edi_family_name(f->family));
	jo_open(&j, "interchanges", '[');
	for (size_t i = 0; i < f->ninterchanges; i++)
		interchange(&j, f, f->interchanges[i],
		    i < r->ntold ? r->k.told[i] : NULL, tmp);
	jo_close(&j);
	findings(&j, &f->findings, tmp);
	jo_close(&j);
	if (tmp->full)
		out->full = true;
}

struct document_reader {
	struct reading r;
	struct buf gathered; /* of what may be a sheet */
	bool begun, gathers;
};

/* The texts that grow with what is read. */
#define TEXTS 8
static void
texts_of(struct kept *k, struct buf *list[TEXTS])
{
	struct buf *const all[TEXTS] = {&k->canonical, &k->locators, &k->head,
	    &k->text, &k->key, &k->asked, &k->part, &k->tmp};

	memcpy(list, all, sizeof all);
}

static void
reading_done(void *p)
{
	struct document_reader *d = p;
	struct buf *texts[TEXTS];

	texts_of(&d->r.k, texts);
	for (size_t i = 0; i < TEXTS; i++)
		buf_done(texts[i]);
	for (size_t i = 0; i < d->r.k.told_cap && d->r.k.told[i]; i++)
		buf_done(&d->r.k.told[i]->text);
	buf_done(&d->gathered);
}

struct document_reader *
document_reader_new(const struct guides *gs, struct arena *a)
{
	struct document_reader *d = ARENA_NEW(a, struct document_reader);
	struct buf *texts[TEXTS];

	d->r.gs = gs;
	d->r.k.a = a;
	d->r.k.edi = edi_reader_new(a);
	d->r.k.guides = guide_reader_new(a);
	texts_of(&d->r.k, texts);
	for (size_t i = 0; i < TEXTS; i++)
		buf_init(texts[i], SIZE_MAX / 8);
	arena_defer(a, reading_done, d);
	return d;
}

/* What was grown for a large file is not kept for the small ones. */
static void
shrink(struct kept *k)
{
	struct buf *texts[TEXTS];

	texts_of(k, texts);
	for (size_t i = 0; i < TEXTS; i++)
		buf_done(texts[i]);
	for (size_t i = 0; i < k->told_cap && k->told[i]; i++)
		buf_done(&k->told[i]->text);
	guide_reader_shrink(k->guides);
}

static void
begin(struct document_reader *d, const json_t *agreements,
    const struct document_options *o, bool streams, struct arena *a)
{
	static const struct document_options none;

	if (d->r.nbytes > KEPT)
		shrink(&d->r.k);
	d->r = (struct reading){.k = d->r.k,
	    .gs = d->r.gs,
	    .agreements = agreements,
	    .o = o ? o : &none,
	    .streams = streams,
	    .a = a};
	d->r.k.chosen.ix = NULL;
	guide_reader_cover(d->r.k.guides, d->r.o->cover);
}

static struct edi_options
edi_options_of(struct document_reader *d)
{
	return (struct edi_options){.limits = d->r.o->limits,
	    .schemas = d->r.o->schemas,
	    .own_schemas = d->r.o->own_schemas,
	    .ctx = &d->r,
	    .forget = d->r.streams,
	    .interchange = on_interchange,
	    .message = d->r.streams ? on_passing : on_message};
}

static enum rc
finish(struct document_reader *d, struct edi_file *f, struct buf *out,
    struct edi_file **file, struct err *err)
{
	if (file)
		*file = f;
	result(&d->r, f, out);
	if (out->full)
		return err_set(err, RC_FAULT, "document.size",
		    "the result is larger than %zu bytes", out->max);
	return RC_OK;
}

/* Rows that are wrong are left out where they stand alone; what was found
 * about them stays, and the others are read once more without them. */
static void
sheet_message(struct reading *r, struct edi_file *f, struct edi_interchange *ix,
    struct edi_message *m)
{
	struct edi_findings found;

	on_message(r, f, ix, m);
	guide_sheet_explain(&m->findings);
	if (!guide_sheet_spare(r->sheet, m))
		return;
	found = m->findings;
	edi_findings_init(&m->findings, r->a, found.max);
	on_message(r, f, ix, m);
	if (m->findings.errors == 0)
		m->spared = true;
	m->findings = found;
}

static struct edi_file *
read_sheet(struct document_reader *d, struct span bytes)
{
	struct reading *r = &d->r;
	const char *wanted = r->o->guide;
	struct edi_file *f = guide_sheet(r->gs, bytes,
	    wanted ? span_of(wanted) : (struct span){NULL, 0}, r->o->limits,
	    r->a, &r->sheet);

	for (size_t i = 0; f && i < f->ninterchanges; i++) {
		struct edi_interchange *ix = f->interchanges[i];

		on_interchange(r, f, ix);
		for (uint32_t k = 0; k < ix->nmessages; k++) {
			sheet_message(r, f, ix, ix->messages[k]);
			hand_over(r, f, ix, ix->messages[k]);
		}
		edi_judge(ix);
	}
	return f;
}

enum rc
document_reader_read(struct document_reader *d, struct span bytes,
    const json_t *agreements, const struct document_options *o, struct arena *a,
    struct buf *out, struct edi_file **file, struct err *err)
{
	struct edi_options eo;
	struct edi_file *f;

	begin(d, agreements, o, false, a);
	d->r.nbytes = bytes.n;
	f = read_sheet(d, bytes);
	eo = edi_options_of(d);
	return finish(d, f ? f : edi_reader_read(d->r.k.edi, bytes, &eo, a),
	    out, file, err);
}

enum rc
document_read(const struct guides *gs, struct span bytes,
    const json_t *agreements, const struct document_options *o, struct arena *a,
    struct buf *out, struct edi_file **file, struct err *err)
{
	return document_reader_read(document_reader_new(gs, a), bytes,
	    agreements, o, a, out, file, err);
}

/* What begins like no other document may be a sheet, which is read whole. */
static void
take_first(struct document_reader *d, struct span piece)
{
	d->begun = true;
	d->gathers = edi_sniff(piece) == EDI_UNKNOWN;
	if (d->gathers)
		buf_init(&d->gathered, (d->r.o->limits ? d->r.o->limits->bytes
						       : EDI_LIMITS.bytes) +
					   1);
}

/* It is not, or it is too long for one. */
static void
give_back(struct document_reader *d)
{
	edi_reader_feed(d->r.k.edi, buf_span(&d->gathered));
	buf_done(&d->gathered);
	d->gathers = false;
}

void
document_begin(struct document_reader *d, const json_t *agreements,
    const struct document_options *o, struct arena *a)
{
	struct edi_options eo;

	begin(d, agreements, o, true, a);
	d->begun = d->gathers = false;
	eo = edi_options_of(d);
	edi_reader_begin(d->r.k.edi, &eo, a);
}

void
document_feed(struct document_reader *d, struct span piece)
{
	d->r.nbytes += piece.n;
	if (!d->begun && piece.n)
		take_first(d, piece);
	if (d->gathers && buf_reserve(&d->gathered, piece.n)) {
		buf_put(&d->gathered, piece);
		return;
	}
	if (d->gathers)
		give_back(d);
	edi_reader_feed(d->r.k.edi, piece);
}

enum rc
document_end(struct document_reader *d, struct buf *out, struct edi_file **file,
    struct err *err)
{
	struct edi_file *f = NULL, *none;

	if (d->gathers)
		f = read_sheet(d, arena_span(d->r.a, buf_span(&d->gathered)));
	if (f)
		buf_done(&d->gathered);
	else if (d->gathers)
		give_back(d);
	none = edi_reader_end(d->r.k.edi);
	return finish(d, f ? f : none, out, file, err);
}
