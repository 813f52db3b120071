/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "guide/agreement.h"
#include "guide/impl.h"

static bool
family_is(const json_t *agreement, enum edi_family f)
{
	const char *s = repr_json_str(agreement, "family");

	return s && strcmp(s, edi_family_name(f)) == 0;
}

static bool
incoming(const json_t *agreement)
{
	const char *s = repr_json_str(agreement, "direction");

	return !s || strcmp(s, "out") != 0;
}

/* Is the party the one that agreement.<who> names? An absent qualifier on
 * either side is not compared. */
static bool
party_is(const json_t *agreement, const char *who, const struct edi_party *p)
{
	const json_t *side = json_object_get(agreement, who);
	const char *id = repr_json_str(side, "id");
	const char *qualifier = repr_json_str(side, "qualifier");

	if (!id || !span_is(p->id, id))
		return false;
	return !qualifier || !*qualifier || !p->qualifier.n ||
	       span_is(p->qualifier, qualifier);
}

static const json_t *
only_one(const json_t *list, enum edi_family f)
{
	const json_t *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *a = json_array_get(list, i);
		if (family_is(a, f) && incoming(a)) {
			found = a;
			n++;
		}
	}
	return n == 1 ? found : NULL;
}

const json_t *
agreement_for(
    const json_t *list, enum edi_family f, const struct edi_interchange *ix)
{
	bool xml = f == EDI_UBL || f == EDI_XML;

	if (xml && !ix->sender.id.n)
		return only_one(list, f);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *a = json_array_get(list, i);
		if (family_is(a, f) && incoming(a) &&
		    party_is(a, "theirs", &ix->sender) &&
		    party_is(a, "ours", &ix->receiver))
			return a;
	}
	return NULL;
}

void
agreement_complain(
    const json_t *list, enum edi_family f, struct edi_interchange *ix)
{
	bool family = false, sender = false;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *a = json_array_get(list, i);
		family |= family_is(a, f);
		sender |= family_is(a, f) && party_is(a, "theirs", &ix->sender);
	}
	enum edi_rule_id rule = !family           ? EDI_R_AGREEMENT_ABSENT
				: sender          ? EDI_R_AGREEMENT_RECEIVER
				: ix->sender.id.n ? EDI_R_AGREEMENT_SENDER
						  : EDI_R_AGREEMENT_ABSENT;
	struct edi_finding *finding = edi_find(&ix->findings, rule);
	finding->offset = ix->offset;
	edi_found(&ix->findings, finding,
	    rule == EDI_R_AGREEMENT_RECEIVER ? ix->receiver.id : ix->sender.id);
}

/* Settings that look like numbers are numbers. */
static bool
says_999(const json_t *ack)
{
	const char *s = json_string_value(ack);

	return s ? strcmp(s, "999") == 0 : json_integer_value(ack) == 999;
}

void
agreement_apply(const json_t *agreement, struct edi_interchange *ix)
{
	const char *charset = repr_json_str(agreement, "options.charset");
	const char *test = repr_json_str(agreement, "options.test");

	if (charset && strcmp(charset, "utf-8-relabel") == 0)
		ix->syntax.charset = EDI_UTF8;
	ix->wants_999 = says_999(repr_json_at(agreement, "options.ack"));
	if (ix->test && test && strcmp(test, "refuse") == 0) {
		struct edi_finding *f =
		    edi_find(&ix->findings, EDI_R_AGREEMENT_TEST);
		f->offset = ix->offset;
	}
}

/* Names stand one after the other, apart by commas or blanks. */
static struct span
next_name(struct span *rest)
{
	size_t i = 0;

	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == ','))
		*rest = span_sub(*rest, 1, rest->n);
	while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != ',')
		i++;
	struct span name = span_sub(*rest, 0, i);
	*rest = span_sub(*rest, i, rest->n);
	return name;
}

const char *
agreement_guides_absent(
    const struct guides *gs, const char *names, struct arena *a)
{
	struct span rest = span_of(names), name;

	while ((name = next_name(&rest)).n)
		if (!guides_named(gs, name))
			return arena_str(a, name);
	return names[0] ? NULL : "";
}

const struct guide *
agreement_guide(const struct guides *gs, const json_t *agreement,
    enum edi_family f, const struct edi_message *m)
{
	const struct span none = {0};
	json_t *named = json_object_get(agreement, "guides");

	for (void *i = json_object_iter(named); i;
	     i = json_object_iter_next(named, i)) {
		const char *s = json_string_value(json_object_iter_value(i));
		struct span rest = span_of(s ? s : ""), name;
		while ((name = next_name(&rest)).n) {
			const struct guide *g =
			    guide_select(gs, f, m, GUIDE_IN, name);
			if (g)
				return g;
		}
	}
	return guide_select(gs, f, m, GUIDE_IN, none);
}

/* Of the guides named the first that is for such documents, else the first
 * that is for all of the type, else the first. */
static const struct guide *
maker(const struct guides *gs, const json_t *names, const json_t *canonical,
    const char *type, struct arena *a)
{
	const char *s = json_string_value(names);
	struct span rest = span_of(s ? s : ""), name;
	const struct guide *best = NULL;
	int most = -2;

	while ((name = next_name(&rest)).n) {
		const struct guide *g = guides_named(gs, name);
		if (!g || edi_family_sheet(guide_family(g)) ||
		    strcmp(guide_document(g), type) != 0)
			continue;
		int fits = guide_is_for(g, canonical, a);
		if (fits > most) {
			most = fits;
			best = g;
		}
	}
	return best;
}

const struct guide *
agreement_writes(const struct guides *gs, const json_t *agreement,
    const json_t *canonical, struct arena *a)
{
	const json_t *answer = json_object_get(agreement, "answer");
	const char *type = repr_json_str(canonical, "type");

	if (!type)
		return NULL;
	const json_t *const named[] = {
	    json_object_get(json_object_get(answer, "guides"), type),
	    json_object_get(json_object_get(agreement, "guides"), type),
	    json_object_get(answer, "guide")};
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		const struct guide *g = maker(gs, named[i], canonical, type, a);
		if (g)
			return g;
	}
	return NULL;
}
