/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON values as XML: keys become elements, array entries <item>, scalars
 * text, null an empty element. A key that is no XML name becomes
 * <member name="...">. Characters that XML 1.0 forbids become U+FFFD.
 */
#ifndef REPR_XML_H
#define REPR_XML_H

#include "repr/json.h"

/* The whole document in UTF-8 with root as its element. */
void repr_xml_write(const json_t *v, const char *root, struct buf *out);

#endif
