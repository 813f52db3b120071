/* SPDX-License-Identifier: Apache-2.0
 *
 * The character sets that an interchange can declare (exchange-guide 4.1),
 * and what of them is allowed.
 */
#ifndef EDI_CHARSET_H
#define EDI_CHARSET_H

#include "edi/edi.h"

/*
 * The set of a syntax identifier: "UNOA" .. "UNOK", "UNOW", "UNOX", "UNOY".
 * IATA and IATB count as UNOA and UNOB. False for any other.
 */
bool edi_charset_of(struct span syntax_id, enum edi_charset *out) MUST_USE;

/* The identifier that labels the set: "UNOC"; NULL when there is none. */
const char *edi_charset_id(enum edi_charset c);

/*
 * In UTF-8. Plain ASCII is given back as it is; what the set does not know
 * becomes U+FFFD. Bytes of X12, which declares no set, are UTF-8 where they
 * are valid as such, else ISO 8859-1.
 */
struct span edi_charset_utf8(
    enum edi_charset c, struct span s, struct arena *a);

/* From UTF-8; false at the first character that the set does not have. */
bool edi_charset_write(enum edi_charset c, struct span utf8, struct buf *out,
    uint32_t *missing) MUST_USE;

/* What is wrong with a byte under a set; bits of edi_charset_scan. */
enum edi_charset_fault {
	EDI_C_HIGH = 1,     /* above 0x7F where the set ends there */
	EDI_C_C1 = 2,       /* 0x80 to 0x9F: UTF-8 under a wrong label */
	EDI_C_LOWER = 4,    /* lower case under UNOA */
	EDI_C_MARK = 8,     /* a mark that UNOA does not have */
	EDI_C_CONTROL = 16, /* below 0x20, line ends aside, and 0x7F */
	EDI_C_ALL = 31,
};

/* The class of every byte under a set, bits of edi_charset_fault. */
const unsigned char *edi_charset_classes(enum edi_charset c);

#endif
