/* SPDX-License-Identifier: Apache-2.0
 *
 * XML of partners (IN-3): bytes are looked at before libxml2 sees them, and
 * libxml2 sees UTF-8 without DOCTYPE only. Schemas are trusted and compiled
 * apart.
 */
#ifndef EDI_XML_H
#define EDI_XML_H

#include "base/err.h"
#include "edi/reader.h"

#define EDI_XML_DEPTH 100
#define EDI_XML_ATTRIBUTES 256
#define EDI_XML_TAG (64u * 1024)
#define EDI_XML_NAMESPACES 64

/* Once before threads and forks; calling it again does nothing. */
void edi_xml_init(void);

/*
 * Compiles the schema of a UBL document type ("Order") from the folder of the
 * OASIS XSDs, 60 to 110 ms; kept for the life of the process, forks included.
 *
 * RC_ABSENT xml.schema.absent
 * RC_FAULT  xml.schema
 */
enum rc edi_schema_load(
    const char *folder, struct span type, struct err *err) MUST_USE;

/* The compiled schema (xmlSchemaPtr); NULL when it was not loaded. */
void *edi_schema(struct span type);

/*
 * The same for documents of our own: the root ReturnRequest in the namespace
 * urn:...:1 has its schema in ReturnRequest-1.xsd, which must be one for that
 * namespace.
 */
enum rc edi_schema_load_own(const char *folder, struct span type,
    struct span ns, struct err *err) MUST_USE;
void *edi_schema_own(struct span type, struct span ns);

/* From now on no file is looked for any more: what is not loaded is absent. */
void edi_schemas_freeze(void);

/* Where a start tag stands. */
struct edi_tag_place {
	size_t offset;
	uint32_t line;
};

/* What the look at the bytes found out. */
struct edi_xml_front {
	struct span utf8;             /* without byte order mark */
	struct edi_tag_place *places; /* of all start tags, in their order */
	size_t nplaces, cap;
	struct span root;    /* the root's local name */
	struct span root_ns; /* its namespace */
};

/* False when the document is refused; the finding says why. */
bool edi_xml_front(struct edi_reader *r, struct span bytes,
    struct edi_xml_front *out) MUST_USE;

#endif
