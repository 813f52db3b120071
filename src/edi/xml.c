/* SPDX-License-Identifier: Apache-2.0
 *
 * Builds nodes from libxml2's events, and lets the schema judge the same
 * events. Never NOENT, DTDLOAD, XINCLUDE or HUGE; no network, no files.
 */
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include "edi/xml.h"

#define UBL_NAMESPACE "urn:oasis:names:specification:ubl:schema:xsd:"
#define SCHEMA_FINDINGS 100

struct builder {
	struct edi_reader *r;
	struct arena *a;
	const struct edi_xml_front *front;
	xmlParserCtxtPtr c;
	struct edi_node *root;
	struct edi_node *open[EDI_XML_DEPTH + 1];
	struct edi_node *last[EDI_XML_DEPTH + 1]; /* child, by depth */
	size_t start[EDI_XML_DEPTH + 1];          /* of text, by depth */
	unsigned depth;
	size_t nnodes;
	struct buf text;
	const struct edi_node *now; /* what the schema is looking at */
	struct edi_findings schema;
	int fault; /* of libxml2, the first one; 0: none */
	uint32_t fault_line;
	struct span fault_text;
	bool refused;
};

static struct span
of(const xmlChar *s)
{
	return span_of((const char *)s);
}

/* Without replacing entities libxml2 leaves an ampersand as "&#38;". */
static struct span
attribute_value(struct builder *b, const xmlChar *p, const xmlChar *end)
{
	struct span s = {(const char *)p, (size_t)(end - p)};
	char *out;
	size_t n = 0;

	if (span_find(s, '&') == s.n)
		return arena_span(b->a, s);
	out = arena_alloc(b->a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		out[n++] = s.p[i];
		if (s.p[i] == '&' && span_starts(span_sub(s, i, 5), "&#38;"))
			i += 4;
	}
	return span_make(out, n);
}

static void
attributes(struct builder *b, struct edi_node *node, int n, const xmlChar **at)
{
	struct edi_attribute *list;

	if (n <= 0)
		return;
	list = ARENA_ARRAY(b->a, struct edi_attribute, (size_t)n);
	for (int i = 0; i < n; i++, at += 5) {
		list[i].name = of(at[0]);
		list[i].ns = of(at[2]);
		list[i].value = attribute_value(b, at[3], at[4]);
	}
	node->attributes = list;
	node->nattributes = (uint32_t)n;
}

static struct edi_node *
node_new(struct builder *b, const xmlChar *name, const xmlChar *uri)
{
	struct edi_node *node = ARENA_NEW(b->a, struct edi_node);

	node->name = of(name);
	node->ns = of(uri);
	if (b->nnodes < b->front->nplaces) {
		node->offset = b->front->places[b->nnodes].offset;
		node->line = b->front->places[b->nnodes].line;
	}
	b->nnodes++;
	return node;
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int nns, const xmlChar **ns, int n, int defaulted,
    const xmlChar **at)
{
	struct builder *b = ctx;
	struct edi_node *node;

	(void)prefix;
	(void)nns;
	(void)ns;
	(void)defaulted;
	if (b->refused || b->depth > EDI_XML_DEPTH) {
		xmlStopParser(b->c);
		return;
	}
	node = node_new(b, name, uri);
	attributes(b, node, n, at);
	if (b->depth == 0) {
		b->root = node;
	} else {
		node->parent = b->open[b->depth - 1];
		if (b->last[b->depth - 1] == NULL)
			b->open[b->depth - 1]->child = node;
		else
			b->last[b->depth - 1]->next = node;
		b->last[b->depth - 1] = node;
	}
	b->open[b->depth] = node;
	b->last[b->depth] = NULL;
	b->start[b->depth++] = b->text.n;
	b->now = node;
}

static void
on_end(
    void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct builder *b = ctx;
	struct edi_node *node;
	struct span s;

	(void)name;
	(void)prefix;
	(void)uri;
	if (b->depth == 0)
		return;
	node = b->open[--b->depth];
	b->now = node;
	s = span_sub(buf_span(&b->text), b->start[b->depth], b->text.n);
	if (s.n && (node->child == NULL || span_trim(s).n))
		node->text = arena_span(b->a, s);
	b->text.n = b->start[b->depth];
}

static void
on_text(void *ctx, const xmlChar *p, int n)
{
	struct builder *b = ctx;

	if (b->depth && n > 0)
		buf_put(&b->text, span_make(p, (size_t)n));
}

/* The bytes were looked at before; this is the second lock. */
static void
on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	struct builder *b = ctx;

	(void)name;
	(void)external;
	(void)system;
	b->refused = true;
	edi_find(&b->r->file->findings, EDI_R_XML_DOCTYPE);
	xmlStopParser(b->c);
}

/* "... not an element of the set {'A', 'B'}." without quotes. */
static struct span
set_of(struct span message, char *out)
{
	size_t at = span_find_str(message, "of the set {"), n = 0;
	struct span s = span_sub(message, at, message.n);

	s = span_sub(s, span_find(s, '{') + 1, s.n);
	s = span_sub(s, 0, span_find_str(s, "}."));
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\'')
			out[n++] = s.p[i];
	}
	return span_make(out, n);
}

/* "Expected is ( {ns}A, {ns}B )." without namespaces. */
static struct span
expected_of(struct builder *b, struct span message)
{
	size_t at = span_find_str(message, "xpected is");
	struct span s = span_sub(message, at, message.n);
	char *out = arena_alloc(b->a, message.n + 1);
	size_t n = 0;
	bool ns = false;

	if (s.n == 0)
		return set_of(message, out);
	s = span_sub(s, span_find(s, '(') + 1, s.n);
	s = span_trim(span_sub(s, 0, span_find_str(s, ").")));
	for (size_t i = 0; i < s.n; i++) {
		ns = ns ? s.p[i] != '}' : s.p[i] == '{';
		if (!ns && s.p[i] != '}')
			out[n++] = s.p[i];
	}
	return span_make(out, n);
}

/* The value that is wrong, else the name of the element. */
static struct span
found_of(const struct builder *b, struct span message)
{
	static const char *const before[] = {"The value '", "': '"};

	for (size_t i = 0; i < 2; i++) {
		size_t at = span_find_str(message, before[i]);
		struct span s =
		    span_sub(message, at + strlen(before[i]), message.n);
		size_t end = span_find_str(s, "' is not ");
		size_t has = span_find_str(s, "' has a length");

		if (at < message.n && (end < s.n || has < s.n))
			return span_sub(s, 0, end < has ? end : has);
	}
	return b->now->name;
}

/* A value that breaks a facet is then said to be none of its type, too. */
static bool
said_before(const struct builder *b, struct span message)
{
	const struct edi_findings *fs = &b->schema;

	return fs->n && fs->list[fs->n - 1].offset == b->now->offset &&
	       span_find_str(message, "is not a valid value of the") <
		   message.n;
}

static void
on_schema(void *ctx, xmlErrorPtr e)
{
	struct builder *b = ctx;
	struct span message = span_trim(span_of(e->message));
	struct edi_finding *f;

	if (b->now == NULL || b->schema.n >= SCHEMA_FINDINGS ||
	    said_before(b, message))
		return;
	f = edi_find_node(&b->schema, EDI_R_XML_SCHEMA, b->now);
	edi_arg(&b->schema, f, "message", message);
	edi_found(&b->schema, f, found_of(b, message));
	edi_expected(&b->schema, f, "%.*s", (int)expected_of(b, message).n,
	    expected_of(b, message).p);
}

/* The first fault is the cause, those behind it are its consequences. */
static void
on_error(void *ctx, xmlErrorPtr e)
{
	xmlParserCtxtPtr c = e->ctxt;
	struct builder *b = c != NULL ? c->_private : NULL;

	(void)ctx;
	if (b == NULL || b->fault || e->level < XML_ERR_ERROR)
		return;
	b->fault = e->code;
	b->fault_line = e->line > 0 ? (uint32_t)e->line : 0;
	b->fault_text = arena_span(b->a, span_trim(span_of(e->message)));
}

static void
handlers(xmlSAXHandler *sax)
{
	memset(sax, 0, sizeof *sax);
	sax->initialized = XML_SAX2_MAGIC;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->characters = on_text;
	sax->ignorableWhitespace = on_text;
	sax->cdataBlock = on_text;
	sax->internalSubset = on_doctype;
	sax->serror = on_error;
}

static void
free_context(void *p)
{
	xmlFreeParserCtxt(p);
}

static bool
parse(struct builder *b, xmlSchemaPtr schema)
{
	struct span s = b->front->utf8;
	xmlSchemaValidCtxtPtr v = NULL;
	xmlSchemaSAXPlugPtr plug = NULL;
	bool fine;

	b->c = xmlNewParserCtxt();
	if (b->c == NULL)
		fatal("out of memory");
	arena_defer(b->a, free_context, b->c); /* owns the names */
	handlers(b->c->sax);
	b->c->userData = b;
	b->c->_private = b;
	if (schema != NULL) {
		v = xmlSchemaNewValidCtxt(schema);
		xmlSchemaSetValidStructuredErrors(v, on_schema, b);
		plug = xmlSchemaSAXPlug(v, &b->c->sax, &b->c->userData);
		if (plug != NULL)
			b->c->sax->serror = on_error;
	}
	(void)xmlCtxtReadMemory(b->c, s.p, (int)s.n, NULL, "UTF-8",
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	fine = b->c->wellFormed && b->c->nsWellFormed && !b->refused &&
	       b->root != NULL;
	if (plug != NULL)
		xmlSchemaSAXUnplug(plug);
	if (v != NULL)
		xmlSchemaFreeValidCtxt(v);
	return fine;
}

/* What people are told about a fault; libxml2's own words are English. */
static const struct {
	int code;
	const char *kind;
} KINDS[] = {
    {XML_ERR_TAG_NAME_MISMATCH, "pair"},
    {XML_ERR_TAG_NOT_FINISHED, "cut"},
    {XML_ERR_GT_REQUIRED, "cut"},
    {XML_ERR_DOCUMENT_EMPTY, "cut"},
    {XML_ERR_LTSLASH_REQUIRED, "cut"},
    {XML_ERR_DOCUMENT_END, "extra"},
    {XML_ERR_ATTRIBUTE_REDEFINED, "twice"},
    {XML_ERR_UNDECLARED_ENTITY, "entity"},
    {XML_WAR_UNDECLARED_ENTITY, "entity"},
    {XML_NS_ERR_UNDEFINED_NAMESPACE, "prefix"},
    {XML_ERR_INVALID_CHAR, "character"},
    {XML_ERR_INVALID_CHARREF, "character"},
    {XML_ERR_ATTRIBUTE_NOT_STARTED, "attribute"},
    {XML_ERR_ATTRIBUTE_NOT_FINISHED, "attribute"},
    {XML_ERR_LT_IN_ATTRIBUTE, "attribute"},
    {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, "attribute"},
    {XML_ERR_SPACE_REQUIRED, "attribute"},
};

static const char *
kind_of(int code)
{
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
		if (KINDS[i].code == code)
			return KINDS[i].kind;
	}
	return "other";
}

static void
syntax_fault(struct builder *b)
{
	struct edi_findings *fs = &b->r->file->findings;
	struct edi_finding *f;

	if (b->refused)
		return;
	f = edi_find(fs, EDI_R_XML_SYNTAX);
	if (b->nnodes && b->nnodes <= b->front->nplaces)
		f->offset = b->front->places[b->nnodes - 1].offset;
	f->segment = b->fault_line;
	edi_arg(fs, f, "message", b->fault_text);
	edi_arg(fs, f, "kind", span_of(kind_of(b->fault)));
}

static struct span
child_text(const struct edi_node *root, const char *name)
{
	const struct edi_node *n = edi_child(root, NULL, name);

	return n != NULL ? span_trim(n->text) : (struct span){NULL, 0};
}

/* One document is one interchange with one message. */
static void
as_message(struct builder *b)
{
	struct edi_reader *r = b->r;
	struct edi_interchange *ix;
	struct edi_message *m;

	r->syntax = (struct edi_syntax){
	    .family = r->file->family, .charset = EDI_UTF8, .decimal = '.'};
	r->seg = (struct edi_segment){.offset = 0};
	ix = edi_open_interchange(r);
	ix->offset = 0;
	ix->header = true;
	m = edi_open_message(r);
	m->id.type = b->root->name;
	m->id.release = b->root->ns;
	m->id.version = child_text(b->root, "UBLVersionID");
	m->id.association = child_text(b->root, "CustomizationID");
	m->id.agency = child_text(b->root, "ProfileID");
	m->version = m->id.version;
	m->root = b->root;
	m->length = b->front->utf8.n;
	m->findings = b->schema;
	if (r->o.interchange != NULL)
		r->o.interchange(r->o.ctx, r->file, ix);
}

static xmlSchemaPtr
choose_schema(struct edi_reader *r, const struct edi_xml_front *front)
{
	struct err err;

	if (!span_starts(front->root_ns, UBL_NAMESPACE)) {
		if (r->o.own_schemas == NULL ||
		    edi_schema_load_own(r->o.own_schemas, front->root,
			front->root_ns, &err) != RC_OK)
			return NULL;
		return edi_schema_own(front->root, front->root_ns);
	}
	if (r->o.schemas == NULL)
		return NULL;
	if (edi_schema_load(r->o.schemas, front->root, &err) != RC_OK)
		return NULL;
	return edi_schema(front->root);
}

void
edi_xml_read(struct edi_reader *r, struct span bytes)
{
	struct edi_xml_front front;
	struct builder *b = ARENA_NEW(r->a, struct builder);
	xmlSchemaPtr schema;

	edi_xml_init();
	r->state = EDI_STOPPED;
	r->scan.in = bytes;
	if (!edi_xml_front(r, bytes, &front))
		return;
	schema = choose_schema(r, &front);
	*b = (struct builder){.r = r, .a = r->a, .front = &front};
	edi_findings_init(&b->schema, r->a, SCHEMA_FINDINGS + 1);
	buf_init(&b->text, front.utf8.n + 1);
	if (!parse(b, schema)) {
		syntax_fault(b);
		buf_done(&b->text);
		return;
	}
	buf_done(&b->text);
	r->file->family =
	    span_starts(b->root->ns, UBL_NAMESPACE) ? EDI_UBL : EDI_XML;
	as_message(b);
	if (r->o.schemas != NULL && schema == NULL &&
	    r->file->family == EDI_UBL)
		edi_find_node(
		    &r->msg->findings, EDI_R_XML_SCHEMA_ABSENT, b->root);
	edi_close_message(r, false);
	r->scan.at = bytes.n;
	edi_close_interchange(r);
	r->state = EDI_STOPPED;
}
