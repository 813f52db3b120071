/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "base/conf.h"
#include "base/utf8.h"
#include "main/partner_conf.h"

#define CONF_MAX (1u << 20)

enum kind { TEXT, LIST, REPEATED, FLAG, NUMBER, SMART };

/* The keys of a section; a final "." allows any name after it. */
struct key {
	const char *name;
	enum kind kind;
};

struct section {
	const char *name;
	const char *array; /* member of the partner that collects it */
	bool titled;
	struct key keys[32];
};

static const struct section SECTIONS[] = {
    {"partner", NULL, false,
	{{"slug", TEXT}, {"name", TEXT}, {"number", TEXT},
	    {"registration_name", TEXT}, {"vat_id", TEXT}, {"language", TEXT},
	    {"time_zone", TEXT}, {"tier", TEXT}, {"status", TEXT},
	    {"roles", LIST}, {"account_managers", LIST}}},
    {"identifier", "identifiers", false,
	{{"kind", TEXT}, {"qualifier", TEXT}, {"value", TEXT}}},
    {"address", "addresses", false,
	{{"kind", TEXT}, {"name", TEXT}, {"gln", TEXT}, {"code", TEXT},
	    {"street", REPEATED}, {"postal_code", TEXT}, {"city", TEXT},
	    {"region", TEXT}, {"country", TEXT}, {"contact.", TEXT},
	    {"preferred", FLAG}}},
    {"group", "groups", false, {{"dn", TEXT}, {"role", TEXT}}},
    {"agreement", NULL, true,
	{{"family", TEXT}, {"ours.", TEXT}, {"theirs.", TEXT},
	    {"guides.", TEXT}, {"options.", SMART}, {"answer_family", TEXT},
	    {"answer_guides.", TEXT}, {"sends", LIST}, {"acks.expects", LIST},
	    {"acks.business", TEXT}, {"acks.transport_hours", NUMBER},
	    {"acks.syntax_hours", NUMBER}, {"acks.business_hours", NUMBER},
	    {"acknowledge", TEXT}, {"sourcing", TEXT}, {"tolerances.", SMART},
	    {"response_hours", NUMBER}, {"response_calendar", TEXT},
	    {"remind_hours", NUMBER}, {"escalate_hours", NUMBER},
	    {"shows_names", FLAG}, {"time_zone", TEXT}}},
};
#define NSECTIONS (sizeof SECTIONS / sizeof *SECTIONS)

struct reader {
	const char *path;
	int line;
	struct arena *a;
	const struct section *section;
	json_t *at; /* the section being filled */
	struct partner_conf *out;
	struct err *err;
};

static enum rc
wrong(struct reader *r, const char *what, struct span found)
{
	return err_set(r->err, RC_INPUT, "partner.conf", "%s:%d: %s: %.*s",
	    r->path, r->line, what, (int)(found.n > 80 ? 80 : found.n),
	    found.n ? found.p : "");
}

static const struct section *
section_named(struct span name)
{
	for (size_t i = 0; i < NSECTIONS; i++)
		if (span_is(name, SECTIONS[i].name))
			return &SECTIONS[i];
	return NULL;
}

/* "[name]" or "[name title]". */
static enum rc
begin(struct reader *r, struct span line)
{
	struct span title = span_sub(line, 1, line.n - 2);
	struct span name = span_cut(&title, ' ');

	title = span_trim(title);
	r->section = span_ends(line, "]") ? section_named(name) : NULL;
	if (r->section == NULL)
		return wrong(r,
		    "expected [partner], [identifier], [address], [group] or "
		    "[agreement NAME]",
		    line);
	if (r->section->titled != (title.n > 0))
		return wrong(r, "only [agreement NAME] has a name", line);
	if (r->section == &SECTIONS[0]) {
		r->at = r->out->partner;
		return RC_OK;
	}
	r->at = repr_json_object(r->a);
	if (r->section->titled) {
		repr_json_set(r->at, "name", repr_json_string(r->a, title));
		(void)json_array_append(r->out->agreements, r->at);
	} else {
		(void)json_array_append(
		    json_object_get(r->out->partner, r->section->array), r->at);
	}
	return RC_OK;
}

static bool
is_number(struct span s)
{
	unsigned long long n;

	return s.n > 0 && s.n < 10 && (s.n == 1 || s.p[0] != '0') &&
	       span_uint(s, &n);
}

static bool
is_flag(struct span s)
{
	return span_is(s, "yes") || span_is(s, "no");
}

static json_t *
list(struct reader *r, struct span value)
{
	json_t *out = repr_json_array(r->a);

	while (value.p) {
		struct span one = span_trim(span_cut(&value, ','));

		if (one.n)
			(void)json_array_append(
			    out, repr_json_string(r->a, one));
	}
	return out;
}

/* The value as its key wants it; NULL when it does not fit. */
static json_t *
value_of(struct reader *r, enum kind kind, struct span value)
{
	bool flag = is_flag(value) && kind != TEXT && kind != REPEATED;
	bool number = is_number(value);
	unsigned long long n = 0;

	if ((kind == FLAG && !flag) || (kind == NUMBER && !number))
		return NULL;
	if (kind == LIST)
		return list(r, value);
	if (kind == FLAG || (kind == SMART && flag))
		return repr_json_keep(
		    r->a, json_boolean(span_is(value, "yes")));
	if ((kind == NUMBER || (kind == SMART && number)) &&
	    span_uint(value, &n))
		return repr_json_keep(r->a, json_integer((json_int_t)n));
	return repr_json_string(r->a, value);
}

static const struct key *
key_named(const struct section *s, struct span name)
{
	for (const struct key *k = s->keys; k->name; k++) {
		bool open = span_ends(span_of(k->name), ".");

		if (open
			? span_starts(name, k->name) && name.n > strlen(k->name)
			: span_is(name, k->name))
			return k;
	}
	return NULL;
}

/* The member of *o to set, made where it is nested; NULL: set already. */
static json_t *
holder(struct reader *r, struct span *name)
{
	struct span rest = *name, head = span_cut(&rest, '.');
	const char *key = arena_str(r->a, head);
	json_t *inner;

	if (rest.p == NULL)
		return r->at;
	inner = json_object_get(r->at, key);
	if (inner == NULL) {
		inner = repr_json_object(r->a);
		repr_json_set(r->at, key, inner);
	}
	*name = rest;
	return inner;
}

static enum rc
set(struct reader *r, struct span name, struct span value)
{
	const struct key *k = key_named(r->section, name);
	struct span full = name;
	json_t *v, *o, *old;
	const char *key;

	if (k == NULL)
		return wrong(r, "unknown here", name);
	v = value_of(r, k->kind, value);
	if (v == NULL)
		return wrong(r,
		    k->kind == FLAG ? "expected yes or no"
				    : "expected a whole number",
		    full);
	o = holder(r, &name);
	key = arena_str(r->a, name);
	old = json_object_get(o, key);
	if (k->kind == REPEATED) {
		if (old == NULL) {
			old = repr_json_array(r->a);
			repr_json_set(o, key, old);
		}
		(void)json_array_append(old, v);
		return RC_OK;
	}
	if (old)
		return wrong(r, "set twice", full);
	repr_json_set(o, key, v);
	return RC_OK;
}

static enum rc
read_line(struct reader *r, struct span line)
{
	struct span value = line, name;

	if (line.n == 0 || line.p[0] == '#')
		return RC_OK;
	if (line.p[0] == '[')
		return begin(r, line);
	name = span_trim(span_cut(&value, '='));
	if (value.p == NULL || name.n == 0)
		return wrong(r, "expected `key = value`", line);
	if (r->section == NULL)
		return wrong(r, "stands before the first [section]", name);
	return set(r, name, span_trim(value));
}

enum rc
partner_conf_read(const char *path, const char *slug, struct arena *a,
    struct partner_conf *out, struct err *err)
{
	struct reader r = {.path = path, .a = a, .out = out, .err = err};
	struct span text;
	enum rc rc = file_read(path, CONF_MAX, a, &text, err);

	if (rc != RC_OK)
		return rc;
	if (!utf8_is(text))
		return err_set(err, RC_INPUT, "partner.conf",
		    "%s: not UTF-8 at byte %zu", path, utf8_check(text));
	out->partner = repr_json_object(a);
	out->agreements = repr_json_array(a);
	for (size_t i = 0; i < NSECTIONS; i++)
		if (SECTIONS[i].array)
			repr_json_set(out->partner, SECTIONS[i].array,
			    repr_json_array(a));
	for (r.line = 1; rc == RC_OK && text.p; r.line++)
		rc = read_line(&r, span_trim(span_cut(&text, '\n')));
	if (rc == RC_OK && json_object_get(out->partner, "slug") == NULL)
		repr_json_set_str(out->partner, "slug", slug);
	if (rc == RC_OK && json_object_get(out->partner, "roles") == NULL)
		rc = err_set(err, RC_INPUT, "partner.conf",
		    "%s: [partner] needs roles = distributor, supplier", path);
	return rc;
}
