/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON straight into a buffer, without a tree. Commas and nesting are
 * kept by the writer; keys must be unique and plain, without quotes or marks
 * that JSON would escape, which is the caller's business.
 * Text that is not UTF-8, and NUL, become U+FFFD, so that the result can
 * always be stored as jsonb.
 *
 *	struct jsonout j;
 *	jo_begin(&j, &buf);
 *	jo_open(&j, NULL, '{');
 *	jo_text(&j, "number", number);
 *	jo_close(&j);
 */
#ifndef REPR_JSONOUT_H
#define REPR_JSONOUT_H

#include <stdint.h>

#include "base/buf.h"

#define JO_DEPTH 64

struct jsonout {
	struct buf *out;
	unsigned depth;
	bool more[JO_DEPTH]; /* an entry stands already at this level */
	char kind[JO_DEPTH];
};

void jo_begin(struct jsonout *j, struct buf *out);

/* kind is '{' or '['; key is NULL inside an array and at the top. */
void jo_open(struct jsonout *j, const char *key, char kind);
void jo_close(struct jsonout *j);

/* key is NULL inside an array. */
void jo_string(struct jsonout *j, const char *key, struct span value);
void jo_int(struct jsonout *j, const char *key, int64_t value);
void jo_bool(struct jsonout *j, const char *key, bool value);
void jo_null(struct jsonout *j, const char *key);

/* A value that is JSON already. */
void jo_raw(struct jsonout *j, const char *key, struct span json);

/* Left out when empty. */
void jo_text(struct jsonout *j, const char *key, struct span value);

/* Left out when NULL. */
void jo_cstr(struct jsonout *j, const char *key, const char *value);

/* Left out when 0. */
void jo_count(struct jsonout *j, const char *key, int64_t value);

/* Only the quoted text, for callers who keep the commas themselves. */
void jo_quote(struct buf *out, struct span value);

#endif
