/* SPDX-License-Identifier: Apache-2.0
 *
 * Cuts an SQL script into statements, so that an error can be told with its
 * line. Knows quotes, dollar quotes and comments; not SQL-standard function
 * bodies (begin atomic), which our scripts do not use.
 */
#ifndef DB_SQL_TEXT_H
#define DB_SQL_TEXT_H

#include "base/span.h"

struct sql_text {
	struct span rest;
	unsigned line; /* of the first byte of rest, from 1 */
};

/*
 * The next statement without leading blanks and comments, with its final
 * semicolon; *line is where it starts. False at the end.
 */
bool sql_text_next(struct sql_text *t, struct span *statement, unsigned *line);

#endif
