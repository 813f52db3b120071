/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "guide/convert.h"
#include "guide/impl.h"

#define LOST_DEPTH 16

static enum edi_family
family_of(struct span name)
{
	static const enum edi_family all[] = {
	    EDI_EDIFACT, EDI_X12, EDI_UBL, EDI_XML};

	for (size_t i = 0; i < 4; i++)
		if (span_is(name, edi_family_name(all[i])))
			return all[i];
	return EDI_UNKNOWN;
}

/* "D.96A:UN:EAN008", "D:96A" or "004010RETAIL" as a message states it. */
static struct edi_id
id_of(enum edi_family f, struct span type, struct span rest)
{
	struct edi_id id = {.type = type};

	if (f == EDI_X12) {
		id.version = span_sub(rest, 0, 6);
		id.association = span_sub(rest, 6, rest.n);
		return id;
	}
	if (f != EDI_EDIFACT) {
		id.version = rest;
		return id;
	}
	id.version = span_cut(&rest, span_find(rest, '.') == 1 ? '.' : ':');
	id.release = span_cut(&rest, ':');
	id.agency = span_cut(&rest, ':');
	if (!id.agency.n)
		id.agency = span_of("UN");
	id.association = rest;
	return id;
}

/* Of a guide for several versions only the first is written. */
static bool
writes(const struct guide *g, enum edi_family f, const struct edi_id *id)
{
	struct span v = g->source->version;

	if (!guide_fits(g, f, id, GUIDE_OUT))
		return false;
	if (f != EDI_EDIFACT)
		return span_eq(v, id->version);
	return v.n > 2 && span_eq(span_sub(v, 0, 1), id->version) &&
	       span_eq(span_sub(v, 2, v.n), id->release);
}

/* Of two guides for the same message: one of the type, the more particular one.
 */
static int
fitness(const struct guide *g, const char *type)
{
	return (type && strcmp(guide_document(g), type) == 0 ? 2 : 0) +
	       (g->source->association ? 1 : 0);
}

const struct guide *
guide_target(const struct guides *gs, struct span target, const char *type)
{
	const struct guide *g = guides_named(gs, target), *best = NULL;
	struct span rest = target;
	enum edi_family f = family_of(span_cut(&rest, ':'));
	struct span message = span_cut(&rest, ':');
	struct edi_id id = id_of(f, message, rest);

	if (g)
		return g->source->direction & GUIDE_OUT ? g : NULL;
	for (size_t i = 0; f != EDI_UNKNOWN && i < gs->n; i++) {
		g = gs->list[i];
		if (!g->source->of_partner && writes(g, f, &id) &&
		    (!best || fitness(g, type) > fitness(best, type)))
			best = g;
	}
	return best;
}

/* Qualifiers of ids mean the same by other codes. */
static struct span
qualifier(struct span q, enum edi_family f)
{
	static const char *const same[][3] = {
	    /* EDIFACT 0007, X12 I05, scheme of UBL */
	    {"14", "UL", "0088"}, {"1", "01", "0060"}, {"ZZZ", "ZZ", ""}};
	size_t to = f == EDI_X12 ? 1 : f == EDI_UBL ? 2 : 0;

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++)
			if (q.n && span_is(q, same[i][k]))
				return span_of(same[i][to]);
	return f == EDI_X12 && q.n != 2 ? span_of("ZZ") : q;
}

static struct edi_party
party(const struct document_conversion *c, const json_t *canonical, bool sender)
{
	const struct edi_party *given = sender ? &c->sender : &c->receiver;
	const char *between = guide_between(c->to, sender);
	static const char *const ids[][2] = {{"gln", "14"}, {"duns", "1"},
	    {"assigned_by_seller", ""}, {"assigned_by_buyer", ""}};
	const json_t *p =
	    json_object_get(canonical, sender ? "sender" : "receiver");
	const char *role = sender ? "sender" : "receiver";
	const char *id = repr_json_str(p, "id");
	const char *q = repr_json_str(p, "qualifier");

	if (given->id.n)
		return *given;
	for (size_t i = 0; !id && i < 8; i++) {
		p = json_object_get(json_object_get(canonical, "parties"),
		    i < 4 || !between ? role : between);
		id = repr_json_str(p, ids[i % 4][0]);
		q = ids[i % 4][1];
	}
	return (struct edi_party){
	    .id = span_of(id ? id : ""), .qualifier = span_of(q ? q : "")};
}

static json_t *
side(const struct edi_party *p, enum edi_family f, struct arena *a)
{
	json_t *o = repr_json_object(a);

	repr_json_set_str(o, "id", arena_str(a, p->id));
	repr_json_set_str(
	    o, "qualifier", arena_str(a, qualifier(p->qualifier, f)));
	return json_incref(o);
}

/* An agreement that names nothing but the guide and the two. */
static json_t *
agreement(const struct document_conversion *c, const struct edi_party *from,
    const struct edi_party *to, struct arena *a)
{
	json_t *o = repr_json_object(a), *named = json_object();
	enum edi_family f = guide_family(c->to);

	json_object_set_new(o, "family", json_string(edi_family_name(f)));
	json_object_set_new(o, "ours", side(from, f, a));
	json_object_set_new(o, "theirs", side(to, f, a));
	json_object_set_new(
	    named, guide_document(c->to), json_string(guide_name(c->to)));
	json_object_set_new(o, "guides", named);
	return o;
}

/* What of x is not in y. */
static void
missing(const json_t *x, const json_t *y, const char *path, unsigned depth,
    json_t *lost, struct arena *a)
{
	json_t *from = (json_t *)(uintptr_t)x;

	if (y == NULL) {
		json_array_append_new(lost, json_string(path));
		return;
	}
	for (size_t i = 0; depth < LOST_DEPTH && i < json_array_size(x); i++)
		missing(json_array_get(x, i), json_array_get(y, i),
		    arena_printf(a, "%s/%zu", path, i), depth + 1, lost, a);
	for (void *i = json_object_iter(from); i && depth < LOST_DEPTH;
	     i = json_object_iter_next(from, i)) {
		const char *key = json_object_iter_key(i);

		missing(json_object_iter_value(i), json_object_get(y, key),
		    arena_printf(a, "%s/%s", path, key), depth + 1, lost, a);
	}
}

/* The envelope is another one. */
static json_t *
body_of(const json_t *canonical, struct arena *a)
{
	static const char *const envelope[] = {"type", "standard", "version",
	    "test", "sender", "receiver", "control_ref", "message_ref"};
	json_t *o =
	    repr_json_keep(a, json_copy((json_t *)(uintptr_t)canonical));

	for (size_t i = 0; i < sizeof envelope / sizeof *envelope; i++)
		(void)json_object_del(o, envelope[i]);
	return o;
}

/* Reads back, by the guide that wrote. */
static enum rc
lost_by(const struct guides *gs, const struct guide *g, const json_t *canonical,
    struct span bytes, struct arena *a, json_t **lost, struct err *err)
{
	struct document_options o = {.guide = guide_name(g)};
	struct buf result;
	json_t *read = NULL;
	enum rc rc;

	buf_init(&result, SIZE_MAX / 8);
	rc = document_read(gs, bytes, NULL, &o, a, &result, NULL, err);
	if (rc == RC_OK)
		rc = repr_json_trusted(buf_span(&result), a, &read, err);
	buf_done(&result);
	if (rc != RC_OK)
		return rc;
	*lost = repr_json_keep(a, json_array());
	missing(body_of(canonical, a),
	    repr_json_at(read, "interchanges.0.messages.0.canonical"), "", 0,
	    *lost, a);
	return RC_OK;
}

enum rc
document_convert(const struct guides *gs, const json_t *canonical,
    const struct document_conversion *c, struct arena *a, struct buf *out,
    json_t **lost, struct err *err)
{
	const char *type = repr_json_str(canonical, "type");
	struct edi_party from = party(c, canonical, true);
	struct edi_party to = party(c, canonical, false);
	json_t *agreed = agreement(c, &from, &to, a);
	size_t before = out->n;
	enum rc rc;

	if (!type || strcmp(type, guide_document(c->to)) != 0)
		return err_set(err, RC_INPUT, "convert.type",
		    "this is a document of type %s, and %s makes %s",
		    type ? type : "?", guide_name(c->to),
		    guide_document(c->to));
	if (guide_family(c->to) != EDI_UBL && guide_family(c->to) != EDI_XML &&
	    (!from.id.n || !to.id.n))
		return err_set(err, RC_INPUT, "convert.parties",
		    "nothing says who sends this to whom");
	rc = document_write(
	    gs, agreed, canonical, &c->numbers, c->now, a, out, NULL, err);
	if (rc != RC_OK)
		return rc;
	struct span bytes = span_make(out->p + before, out->n - before);
	rc = document_verify(gs, agreed, canonical, bytes, a, err);
	return rc == RC_OK ? lost_by(gs, c->to, canonical, bytes, a, lost, err)
			   : rc;
}
