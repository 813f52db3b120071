/* SPDX-License-Identifier: Apache-2.0
 *
 * What is decided about XML from its bytes alone: encoding, DOCTYPE, size of
 * tags, number of attributes, depth. It is no parser: what it does not
 * understand it leaves to libxml2, which refuses it.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "edi/xml.h"

#define EDI_XML_NODES 1000000u

struct look {
	struct edi_reader *r;
	struct edi_xml_front *out;
	struct span s;
	size_t at;
	uint32_t line;
	unsigned depth;
};

static struct edi_finding *
find(struct look *x, enum edi_rule_id rule)
{
	struct edi_finding *f = edi_find(&x->r->file->findings, rule);

	f->offset = x->at;
	f->segment = x->line;
	return f;
}

static void
over(struct look *x, enum edi_rule_id rule, unsigned most)
{
	edi_expected(&x->r->file->findings, find(x, rule), "%u", most);
}

/* The value of encoding="…" in the XML declaration; empty without one. */
static struct span
declared(struct span s)
{
	size_t end = span_find_str(s, "?>"), at;
	struct span d, v;
	char quote;

	if (!span_starts(s, "<?xml") || end == s.n)
		return (struct span){NULL, 0};
	d = span_sub(s, 0, end);
	at = span_find_str(d, "encoding");
	v = span_trim(span_sub(d, at + 8, d.n));
	if (at == d.n || v.n == 0 || v.p[0] != '=')
		return (struct span){NULL, 0};
	v = span_trim(span_sub(v, 1, v.n));
	if (v.n == 0)
		return v;
	quote = v.p[0];
	v = span_sub(v, 1, v.n);
	return span_sub(v, 0, span_find(v, quote));
}

static struct span
transcode(struct edi_reader *r, struct span s)
{
	struct buf b;
	struct span out;

	buf_init(&b, s.n * 2 + 1);
	utf8_from_latin1(&b, s);
	out = arena_span(r->a, buf_span(&b));
	buf_done(&b);
	return out;
}

/* In UTF-8; false for any other encoding than the three. */
static bool
encoding(struct look *x, struct span bytes)
{
	struct span s = edi_skip_bom(bytes), name = declared(s);
	struct edi_finding *f;
	size_t bad;

	if (name.n == 0 || span_case_is(name, "UTF-8") ||
	    span_case_is(name, "US-ASCII")) {
		bad = utf8_check(s);
		x->s = s;
		x->at = bad;
		if (bad == s.n)
			return true;
		f = find(x, EDI_R_XML_UTF8);
		if (memchr(s.p, 0, s.n < 8 ? s.n : 8) ||
		    span_starts(s, "\xFE\xFF") || span_starts(s, "\xFF\xFE"))
			f->rule = &EDI_RULES[EDI_R_XML_ENCODING];
		edi_expected(&x->r->file->findings, f, "UTF-8");
		return false;
	}
	if (span_case_is(name, "ISO-8859-1") && s.n == bytes.n) {
		x->s = transcode(x->r, s);
		return true;
	}
	f = find(x, EDI_R_XML_ENCODING);
	edi_found(&x->r->file->findings, f, name);
	edi_expected(&x->r->file->findings, f, "UTF-8, US-ASCII, ISO-8859-1");
	return false;
}

/* Moves behind the next end mark, counting lines; to the end without one. */
static void
skip_to(struct look *x, const char *end)
{
	struct span t = span_sub(x->s, x->at, x->s.n);
	size_t n = span_find_str(t, end);

	n = n == t.n ? n : n + strlen(end);
	for (size_t i = 0; i < n; i++)
		x->line += t.p[i] == '\n';
	x->at += n;
}

struct tag {
	unsigned attributes, namespaces;
	size_t end; /* behind '>' */
	bool empty; /* ends in "/>" */
};

static bool
name_starts(struct span s, size_t at, const char *name)
{
	return span_starts(span_sub(s, at, strlen(name)), name);
}

/* Measures the start tag at x->at. */
static struct tag
measure(const struct look *x)
{
	struct tag t = {0, 0, 0, false};
	char quote = 0;
	size_t i = x->at + 1;

	for (; i < x->s.n && i - x->at <= EDI_XML_TAG; i++) {
		char c = x->s.p[i];

		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
			t.attributes++;
		} else if (c == '>') {
			t.empty = x->s.p[i - 1] == '/';
			break;
		} else if (c == 'x' && name_starts(x->s, i, "xmlns")) {
			t.namespaces++;
		}
	}
	t.end = i + 1;
	return t;
}

static struct span
root_namespace(struct span tag, struct span prefix)
{
	char name[80];
	size_t at;
	struct span v;

	if (prefix.n > 60)
		return (struct span){NULL, 0};
	(void)snprintf(name, sizeof name,
	    prefix.n ? "xmlns:%.*s=" : "xmlns=", (int)prefix.n,
	    prefix.p ? prefix.p : "");
	at = span_find_str(tag, name);
	v = span_sub(tag, at + strlen(name), tag.n);
	if (at == tag.n || v.n == 0)
		return (struct span){NULL, 0};
	return span_sub(v, 1, span_find(span_sub(v, 1, v.n), v.p[0]));
}

static void
root(struct look *x, size_t end)
{
	struct span tag = span_sub(x->s, x->at + 1, end - x->at - 1);
	struct span name = tag, prefix = {NULL, 0};
	size_t n = 0;

	while (n < tag.n && !strchr(" \t\r\n/>", tag.p[n]))
		n++;
	name = span_sub(tag, 0, n);
	if (span_find(name, ':') < name.n)
		prefix = span_cut(&name, ':');
	x->out->root = name;
	x->out->root_ns = root_namespace(tag, prefix);
}

static bool
start_tag(struct look *x)
{
	struct tag t = measure(x);
	struct edi_xml_front *o = x->out;

	if (t.end - x->at > EDI_XML_TAG) {
		over(x, EDI_R_XML_TAG_SIZE, EDI_XML_TAG);
		return false;
	}
	if (t.attributes > EDI_XML_ATTRIBUTES) {
		over(x, EDI_R_XML_ATTRIBUTES, EDI_XML_ATTRIBUTES);
		return false;
	}
	if (t.namespaces > EDI_XML_NAMESPACES) {
		over(x, EDI_R_XML_NAMESPACES, EDI_XML_NAMESPACES);
		return false;
	}
	if (x->depth == EDI_XML_DEPTH || o->nplaces == EDI_XML_NODES) {
		over(x, EDI_R_XML_DEPTH, EDI_XML_DEPTH);
		return false;
	}
	if (o->nplaces == 0)
		root(x, t.end);
	o->places = arena_grow(
	    x->r->a, o->places, sizeof *o->places, &o->cap, o->nplaces + 1);
	o->places[o->nplaces++] = (struct edi_tag_place){x->at, x->line};
	x->depth += !t.empty;
	for (; x->at < t.end && x->at < x->s.n; x->at++)
		x->line += x->s.p[x->at] == '\n';
	return true;
}

/* At '<': false when the document is refused. */
static bool
markup(struct look *x)
{
	struct span t = span_sub(x->s, x->at, 10);

	if (span_starts(t, "<!--")) {
		skip_to(x, "-->");
	} else if (span_starts(t, "<![CDATA[")) {
		skip_to(x, "]]>");
	} else if (span_starts(t, "<?")) {
		skip_to(x, "?>");
	} else if (span_starts(t, "<!")) {
		edi_found(&x->r->file->findings, find(x, EDI_R_XML_DOCTYPE), t);
		return false;
	} else if (span_starts(t, "</")) {
		x->depth -= x->depth > 0;
		skip_to(x, ">");
	} else {
		return start_tag(x);
	}
	return true;
}

bool
edi_xml_front(
    struct edi_reader *r, struct span bytes, struct edi_xml_front *out)
{
	struct look x = {.r = r, .out = out, .line = 1};

	*out = (struct edi_xml_front){.nplaces = 0};
	if (!encoding(&x, bytes))
		return false;
	out->utf8 = x.s;
	for (x.at = 0; x.at < x.s.n;) {
		if (x.s.p[x.at] == '<') {
			if (!markup(&x))
				return false;
			continue;
		}
		x.line += x.s.p[x.at++] == '\n';
	}
	return true;
}
