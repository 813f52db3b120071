/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "edi/edi.h"
#include "edi/scan.h"

const struct edi_limits EDI_LIMITS = {
    .bytes = 10u << 20,
    .segments = 200000,
    .messages = 10000,
    .segment_bytes = 16384,
    .elements = 100,
    .findings = 1000,
};

struct span
edi_skip_bom(struct span s)
{
	return span_starts(s, "\xEF\xBB\xBF") ? span_sub(s, 3, s.n) : s;
}

struct span
edi_skip_blank(struct span s)
{
	size_t i = 0;

	while (i < s.n && strchr(" \t\r\n", s.p[i]) && s.p[i])
		i++;
	return span_sub(s, i, s.n);
}

/* UBL when one of its namespaces is declared near the start. */
static enum edi_family
sniff_xml(struct span s)
{
	struct span head = span_sub(s, 0, 4096);

	if (span_find_str(head, "urn:oasis:names:specification:ubl:schema:") <
	    head.n)
		return EDI_UBL;
	return EDI_XML;
}

enum edi_family
edi_sniff(struct span bytes)
{
	struct span s = edi_skip_blank(edi_skip_bom(bytes));

	if (span_starts(s, "UNA") || span_starts(s, "UNB") ||
	    span_starts(s, "UIB"))
		return EDI_EDIFACT;
	if (span_starts(s, "ISA"))
		return EDI_X12;
	if (span_starts(s, "<"))
		return sniff_xml(s);
	/* UTF-16 and UTF-32 are XML in an encoding that is refused by name */
	if (s.n >= 4 &&
	    (!memcmp(s.p, "\xFF\xFE<\0", 4) || !memcmp(s.p, "\xFE\xFF\0<", 4) ||
		!memcmp(s.p, "<\0?\0", 4) || !memcmp(s.p, "\0<\0?", 4)))
		return EDI_XML;
	return EDI_UNKNOWN;
}

const char *
edi_family_name(enum edi_family f)
{
	switch (f) {
	case EDI_EDIFACT:
		return "edifact";
	case EDI_X12:
		return "x12";
	case EDI_UBL:
		return "ubl";
	case EDI_XML:
		return "xml";
	case EDI_CSV:
		return "csv";
	case EDI_XLSX:
		return "xlsx";
	case EDI_UNKNOWN:
		break;
	}
	return "unknown";
}

const char *
edi_verdict_name(enum edi_verdict v)
{
	switch (v) {
	case EDI_ACCEPTED:
		return "accepted";
	case EDI_ACCEPTED_WITH_ERRORS:
		return "accepted_with_errors";
	case EDI_REJECTED:
		break;
	}
	return "rejected";
}
