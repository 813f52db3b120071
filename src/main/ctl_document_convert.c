/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document convert: what a file says, in another family.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "guide/convert.h"
#include "main/ctl_document.h"

struct converting {
	const struct doc_job *j;
	struct doc_sheet *s;
	struct document_conversion c;
	struct buf out;
	long seen, written, refused;
};

static bool
is_xml(const struct guide *g)
{
	return guide_family(g) == EDI_UBL || guide_family(g) == EDI_XML;
}

/* ID or ID:QUALIFIER */
static struct edi_party
party(const char *text)
{
	struct span rest = span_of(text ? text : "");
	struct edi_party p = {.id = span_cut(&rest, ':')};

	p.qualifier = rest.p ? rest : (struct span){0};
	return p;
}

/* What the other message cannot carry, for people. */
static void
say_lost(const struct converting *x, const json_t *lost)
{
	for (size_t i = 0; !x->j->quiet && i < json_array_size(lost); i++)
		(void)fprintf(stderr, "kontorctl: %s: %s %s: %s\n", x->s->name,
		    doc_word(x->j, "not_carried"), guide_name(x->c.to),
		    json_string_value(json_array_get(lost, i)));
}

/* What the file leaves open and somebody knows: --set totals.amount=12 */
static void
fill(json_t *canonical, const char *set)
{
	struct span value = span_of(set);
	struct span path = span_cut(&value, '=');
	json_t *o = canonical, *v;

	while (path.n && value.p && json_is_object(o)) {
		struct span part = span_cut(&path, '.');

		v = json_object_getn(o, part.p, part.n);
		if (v == NULL) {
			v = path.p ? json_object()
				   : json_stringn(value.p, value.n);
			json_object_setn_new(o, part.p, part.n, v);
		}
		o = v;
	}
}

static const json_t *
filled(const struct converting *x, const json_t *said)
{
	json_t *copy;

	if (x->j->nsets == 0)
		return said;
	copy =
	    repr_json_keep(x->s->a, json_deep_copy((json_t *)(uintptr_t)said));
	for (size_t i = 0; i < x->j->nsets; i++)
		fill(copy, x->j->sets[i]);
	return copy;
}

static void
convert(void *ctx, const json_t *said)
{
	struct converting *x = ctx;
	const json_t *canonical = filled(x, said);
	json_t *lost = NULL;
	struct err err = {.rc = RC_OK};
	size_t before = x->out.n;

	x->seen++;
	if (x->j->message && x->seen != x->j->message)
		return;
	x->c.to = guide_target(
	    x->j->loaded, span_of(x->j->to), repr_json_str(canonical, "type"));
	if (x->written && is_xml(x->c.to)) {
		(void)err_set(&err, RC_INPUT, "convert.several",
		    "an XML file holds one document: choose by --message");
	} else {
		x->c.numbers.interchange = arena_printf(
		    x->s->a, "%ld", strtol(x->j->ref, NULL, 10) + x->written);
		if (document_convert(x->j->loaded, canonical, &x->c, x->s->a,
			&x->out, &lost, &err) == RC_OK) {
			x->written++;
			say_lost(x, lost);
			return;
		}
	}
	x->out.n = before;
	x->refused++;
	(void)fprintf(stderr, "kontorctl: %s: message %ld: %s (%s)\n",
	    x->s->name, x->seen, err.text, err.code);
}

static void
complain(void *ctx, const json_t *finding)
{
	doc_say(ctx, finding, stderr);
}

int
doc_convert(const struct doc_job *j, struct doc_sheet *s)
{
	struct converting x = {.j = j,
	    .s = s,
	    .c = {.sender = party(j->sender),
		.receiver = party(j->receiver),
		.now = clock_wall()}};

	x.c.to = j->to ? guide_target(j->loaded, span_of(j->to), NULL) : NULL;
	if (x.c.to == NULL) {
		(void)fprintf(stderr,
		    j->to
			? "kontorctl: no guide writes %s; see kontorctl guide "
			  "list\n"
			: "kontorctl: --to is missing\n",
		    j->to);
		return CTL_USAGE;
	}
	if (!edi_is_valid(s->file)) {
		(void)fprintf(stderr, "kontorctl: %s: %s\n", s->name,
		    doc_word(j, "invalid"));
		doc_each_finding(s->result, complain, (void *)(uintptr_t)j);
		return CTL_FAILED;
	}
	buf_init(&x.out, DOC_RESULT_MAX);
	doc_each_canonical(s->result, convert, &x);
	ctl_put(buf_span(&x.out));
	buf_done(&x.out);
	if (x.written + x.refused == 0)
		(void)fprintf(
		    stderr, "kontorctl: %s: no such message\n", s->name);
	return x.written && !x.refused ? CTL_OK : CTL_FAILED;
}
