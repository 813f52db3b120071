/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document ack: the acknowledgement of a file. EDIFACT and X12 have
 * one on the level of syntax, CONTRL, TA1, 997 or 999; XML has none, there an
 * ApplicationResponse answers each document (exchange-guide section 5).
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "edi/ack.h"
#include "exchange/explain.h"
#include "guide/convert.h"
#include "main/ctl_document.h"

/* One answer of the level of business. */
struct answering {
	const struct doc_job *j;
	struct doc_sheet *s;
	struct buf out;
	json_t *findings; /* of the message */
	const json_t *message, *canonical;
	size_t written;
	bool failed;
};

static int
syntax(const struct doc_job *j, struct doc_sheet *s)
{
	struct edi_ack_options o = {span_of(j->ref), clock_wall()};
	int rc = CTL_FAILED;
	struct buf b;
	struct err err;

	buf_init(&b, DOC_RESULT_MAX);
	for (size_t i = 0; i < s->file->ninterchanges; i++) {
		struct edi_interchange *ix = s->file->interchanges[i];

		ix->wants_999 = j->as && strcmp(j->as, "999") == 0;
		if (edi_ack_write(ix, &o, &b, &err) == RC_OK)
			rc = CTL_OK;
		else
			(void)fprintf(
			    stderr, "kontorctl: %s: %s\n", s->name, err.text);
	}
	ctl_put(buf_span(&b));
	buf_done(&b);
	return rc;
}

/* The pointer of a finding, or of the value that stands last before it. */
static const char *
pointer_of(const struct answering *x, const json_t *finding)
{
	json_t *locators = json_object_get(x->message, "locators");
	long long at = repr_json_int(finding, "offset", 0), best = -1;
	const char *pointer = repr_json_str(finding, "pointer");

	if (pointer)
		return pointer;
	for (void *i = json_object_iter(locators); i;
	     i = json_object_iter_next(locators, i)) {
		long long offset =
		    repr_json_int(json_object_iter_value(i), "offset", 0);

		if (offset > at || offset < best)
			continue;
		best = offset;
		pointer = json_object_iter_key(i);
	}
	return pointer;
}

/* "/lines/3/ordered" is about the fourth line. */
static const char *
line_of(const struct answering *x, const json_t *finding)
{
	const char *pointer = pointer_of(x, finding);
	unsigned long long n;

	if (!pointer || strncmp(pointer, "/lines/", 7) != 0)
		return NULL;
	struct span rest = span_of(pointer + 7);
	if (!span_uint(span_cut(&rest, '/'), &n))
		return NULL;
	return repr_json_str(
	    json_array_get(json_object_get(x->canonical, "lines"), (size_t)n),
	    "line_id");
}

static void
set_copy(json_t *o, const char *key, const json_t *v)
{
	if (v)
		json_object_set_new(o, key, json_deep_copy(v));
}

/* What its sentences may name, as the database has it (sentence_args). */
static json_t *
args_of(const struct answering *x, const json_t *finding)
{
	static const char *const places[] = {
	    "tag", "position", "element", "component"};
	const json_t *own = json_object_get(finding, "args");
	json_t *args = own ? json_deep_copy(own) : json_object();

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		set_copy(args, places[i], json_object_get(finding, places[i]));
	return repr_json_keep(x->s->a, args);
}

static void
add_finding(void *ctx, const json_t *finding)
{
	struct answering *x = ctx;
	const char *severity = repr_json_str(finding, "severity");
	const char *line = line_of(x, finding);
	json_t *o = repr_json_object(x->s->a);

	repr_json_set_str(o, "code", repr_json_str(finding, "code"));
	repr_json_set_str(o, "rule", repr_json_str(finding, "rule"));
	set_copy(o, "found", json_object_get(finding, "found"));
	set_copy(o, "expected", json_object_get(finding, "expected"));
	repr_json_set(o, "args", args_of(x, finding));
	if (line) {
		repr_json_set_str(o, "line_id", line);
		repr_json_set_str(o, "verdict",
		    severity && strcmp(severity, "error") == 0
			? "rejected"
			: "accepted_with_errors");
	}
	json_array_append(x->findings, o);
}

static const json_t *
number_of_order(const json_t *canonical)
{
	const json_t *v = json_object_get(canonical, "order_number");
	const char *type = repr_json_str(canonical, "type");

	return v || !type || strcmp(type, "order") != 0
		   ? v
		   : json_object_get(canonical, "number");
}

static const char *
today(struct arena *a)
{
	int year, month, day;

	clock_from_days(
	    clock_wall() / INT64_C(86400000000), &year, &month, &day);
	return arena_printf(a, "%04d-%02d-%02d", year, month, day);
}

/* What we answer, in the form that guides write. */
static json_t *
answer(struct answering *x, const json_t *message)
{
	struct arena *a = x->s->a;
	const json_t *c = x->canonical;
	const char *verdict = repr_json_str(message, "verdict");
	json_t *o = repr_json_object(a), *of = json_object();
	json_t *parties = json_object();
	const struct guide *g = guides_named(
	    x->j->loaded, span_of(repr_json_str(message, "guide")));
	const char *const roles[][2] = {
	    {"sender", g ? guide_between(g, false) : NULL},
	    {"receiver", g ? guide_between(g, true) : NULL}};

	repr_json_set_str(o, "type", "ack");
	repr_json_set_str(o, "level", "business");
	repr_json_set_str(o, "number", x->j->ref);
	repr_json_set_str(o, "issue_date", today(a));
	repr_json_set_str(o, "verdict", verdict ? verdict : "rejected");
	set_copy(of, "type", json_object_get(c, "type"));
	set_copy(of, "standard", json_object_get(c, "standard"));
	set_copy(of, "number", json_object_get(c, "number"));
	set_copy(of, "date", json_object_get(c, "issue_date"));
	json_object_set_new(o, "of", of);
	set_copy(o, "order_number", number_of_order(c));
	for (size_t i = 0; i < 2; i++) {
		const json_t *p =
		    roles[i][1] ? json_object_get(json_object_get(c, "parties"),
				      roles[i][1])
				: NULL;
		json_t *who = json_object();

		set_copy(who, "gln", json_object_get(p, "gln"));
		set_copy(who, "name", json_object_get(p, "name"));
		json_object_set_new(parties, roles[i][0], who);
	}
	json_object_set_new(o, "parties", parties);
	if (json_array_size(x->findings))
		json_object_set(o, "findings", x->findings);
	return o;
}

static struct edi_party
party(const json_t *canonical, const char *key)
{
	const json_t *p = json_object_get(canonical, key);

	return (struct edi_party){.id = span_of(repr_json_str(p, "id")),
	    .qualifier = span_of(repr_json_str(p, "qualifier"))};
}

/* The message by which such a file is answered. */
static const struct guide *
answers(const struct answering *x)
{
	const char *version = repr_json_str(x->canonical, "version");
	const char *what = "ubl:ApplicationResponse:2.1";

	if (x->s->file->family == EDI_EDIFACT)
		what = arena_printf(x->s->a, "edifact:APERAK:%s",
		    strcmp(version, "D.96A") ? "D.01B" : "D.96A");
	else if (x->s->file->family == EDI_X12)
		what = arena_printf(x->s->a, "x12:824:%s", version);
	return guide_target(x->j->loaded, span_of(what), "ack");
}

/* As the worker says it (exchange/explain.h). */
static json_t *
explained(struct answering *x, json_t *canonical)
{
	json_t *start = repr_json_object(x->s->a);

	repr_json_set_str(start, "family", edi_family_name(x->s->file->family));
	repr_json_set(start, "canonical", canonical);
	if (x->j->en)
		explain_findings(x->j->en, start, x->s->a);
	return canonical;
}

static void
answer_message(struct answering *x, const json_t *message)
{
	struct document_conversion how = {
	    .numbers = {.interchange = x->j->ref}, .now = clock_wall()};
	struct err err = {.text = "its number cannot be read"};
	json_t *lost;

	x->message = message;
	x->canonical = json_object_get(message, "canonical");
	x->findings = repr_json_array(x->s->a);
	if (!repr_json_str(x->canonical, "number")) {
		x->failed = true;
	} else {
		doc_each_finding(message, add_finding, x);
		how.to = answers(x);
		how.sender = party(x->canonical, "receiver");
		how.receiver = party(x->canonical, "sender");
		x->failed |=
		    !how.to || document_convert(x->j->loaded,
				   explained(x, answer(x, message)), &how,
				   x->s->a, &x->out, &lost, &err) != RC_OK;
	}
	x->written++;
	if (x->failed)
		(void)fprintf(
		    stderr, "kontorctl: %s: %s\n", x->s->name, err.text);
}

static int
business(const struct doc_job *j, struct doc_sheet *s)
{
	struct answering x = {.j = j, .s = s};
	const json_t *list = json_object_get(s->result, "interchanges");

	buf_init(&x.out, DOC_RESULT_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *ms =
		    json_object_get(json_array_get(list, i), "messages");

		for (size_t k = 0; k < json_array_size(ms); k++)
			answer_message(&x, json_array_get(ms, k));
	}
	if (!x.failed)
		ctl_put(buf_span(&x.out));
	buf_done(&x.out);
	return x.written && !x.failed ? CTL_OK : CTL_FAILED;
}

int
doc_ack(const struct doc_job *j, struct doc_sheet *s)
{
	bool xml = s->file->family == EDI_UBL || s->file->family == EDI_XML;

	if (j->as && strcmp(j->as, "999") != 0 &&
	    strcmp(j->as, "business") != 0) {
		(void)fprintf(stderr, "kontorctl: --as is 999 or business\n");
		return CTL_USAGE;
	}
	if (s->file->ninterchanges == 0) {
		(void)fprintf(stderr,
		    "kontorctl: %s: no envelope can be read, so nothing "
		    "answers it\n",
		    s->name);
		return CTL_FAILED;
	}
	return xml || (j->as && strcmp(j->as, "business") == 0) ? business(j, s)
								: syntax(j, s);
}
