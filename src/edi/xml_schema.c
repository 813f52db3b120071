/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/schemasInternals.h>
#include <libxml/xmlschemas.h>

#include "edi/xml.h"

#define SCHEMAS_MAX 96

/* Process context: compiled schemas never change and are shared by forks. */
static struct {
	char type[64];
	xmlSchemaPtr schema;
} LOADED[SCHEMAS_MAX];
static size_t nloaded;
static bool frozen;

static xmlParserInputPtr
deny(const char *url, const char *id, xmlParserCtxtPtr c)
{
	(void)url;
	(void)id;
	(void)c;
	return NULL;
}

static xmlExternalEntityLoader from_files;

void
edi_xml_init(void)
{
	if (from_files != NULL)
		return;
	xmlInitParser();
	from_files = xmlGetExternalEntityLoader();
	xmlSetExternalEntityLoader(deny);
}

void *
edi_schema(struct span type)
{
	for (size_t i = 0; i < nloaded; i++) {
		if (span_is(type, LOADED[i].type))
			return LOADED[i].schema;
	}
	return NULL;
}

static void
silent(void *ctx, const char *format, ...)
{
	(void)ctx;
	(void)format;
}

/* The package's own files: the only time that files are read by libxml2. */
static xmlSchemaPtr
compile(const char *path)
{
	xmlSchemaParserCtxtPtr c;
	xmlSchemaPtr schema = NULL;

	xmlSetExternalEntityLoader(from_files);
	c = xmlSchemaNewParserCtxt(path);
	if (c != NULL) {
		xmlSchemaSetParserErrors(c, silent, silent, NULL);
		schema = xmlSchemaParse(c);
		xmlSchemaFreeParserCtxt(c);
	}
	xmlSetExternalEntityLoader(deny);
	return schema;
}

void
edi_schemas_freeze(void)
{
	frozen = true;
}

/* Keeps the schema at path under that type. */
static enum rc
load(const char *path, struct span type, struct err *err)
{
	xmlSchemaPtr schema;

	edi_xml_init();
	if (frozen || type.n == 0 || type.n >= sizeof LOADED[0].type ||
	    nloaded == SCHEMAS_MAX || memchr(type.p, '/', type.n) ||
	    access(path, R_OK) != 0)
		return err_set(
		    err, RC_ABSENT, "xml.schema.absent", "no schema %s", path);
	schema = compile(path);
	if (schema == NULL)
		return err_set(
		    err, RC_FAULT, "xml.schema", "cannot compile %s", path);
	memcpy(LOADED[nloaded].type, type.p, type.n);
	LOADED[nloaded++].schema = schema;
	return RC_OK;
}

enum rc
edi_schema_load(const char *folder, struct span type, struct err *err)
{
	char path[4096];

	if (edi_schema(type) != NULL)
		return RC_OK;
	(void)snprintf(path, sizeof path, "%s/maindoc/UBL-%.*s-2.1.xsd", folder,
	    (int)type.n, type.p ? type.p : "");
	return load(path, type, err);
}

/* "1" of "urn:kontor:return-request:1"; empty when that is no number. */
static struct span
version(struct span ns)
{
	size_t i = ns.n;

	while (i && ns.p[i - 1] >= '0' && ns.p[i - 1] <= '9')
		i--;
	return i && ns.p[i - 1] == ':' ? span_sub(ns, i, ns.n)
				       : (struct span){NULL, 0};
}

enum rc
edi_schema_load_own(
    const char *folder, struct span type, struct span ns, struct err *err)
{
	struct span v = version(ns);
	char path[4096];

	if (v.n == 0)
		return err_set(err, RC_ABSENT, "xml.schema.absent",
		    "no version in the namespace");
	if (edi_schema_own(type, ns) != NULL)
		return RC_OK;
	(void)snprintf(path, sizeof path, "%s/%.*s-%.*s.xsd", folder,
	    (int)type.n, type.p ? type.p : "", (int)v.n, v.p);
	return edi_schema(type) ? RC_OK : load(path, type, err);
}

void *
edi_schema_own(struct span type, struct span ns)
{
	xmlSchemaPtr s = edi_schema(type);

	return s && s->targetNamespace &&
		       span_is(ns, (const char *)s->targetNamespace)
		   ? s
		   : NULL;
}
