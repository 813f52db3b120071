/* SPDX-License-Identifier: Apache-2.0
 *
 * Files into a ZIP in memory, one after the other, compressed and without
 * dates: the same files are always the same bytes.
 */
#ifndef SHEET_ZIP_H
#define SHEET_ZIP_H

#include "base/buf.h"

struct sheet_zip {
	struct buf *out;
	struct buf directory;
	unsigned n;
};

/* out is full when it was too small for what was added. */
void sheet_zip_begin(struct sheet_zip *z, struct buf *out);
void sheet_zip_add(struct sheet_zip *z, const char *name, struct span bytes);
void sheet_zip_end(struct sheet_zip *z);

#endif
