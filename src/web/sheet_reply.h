/* SPDX-License-Identifier: Apache-2.0
 *
 * A table that an operation answers (rows and what their columns are called),
 * as the CSV or XLSX that the reader's spreadsheet takes: titles, codes and
 * decimal marks are his language's.
 */
#ifndef WEB_SHEET_REPLY_H
#define WEB_SHEET_REPLY_H

#include "repr/text.h"

/* Is it a table (orders.sheet_json)? */
bool sheet_reply_is(const json_t *data);

#define SHEET_REPLY_XLSX                                                       \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* Is XLSX wanted: asked for, or else accepted rather than CSV? */
bool sheet_reply_xlsx(const json_t *data, struct span accept);

/* Appends the file. */
void sheet_reply_write(const json_t *data, bool xlsx,
    const struct text_locale *l, struct buf *out);

#endif
