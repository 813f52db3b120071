/* SPDX-License-Identifier: Apache-2.0
 *
 * A file that somebody takes away: documents written by a child one after the
 * other, into one file or, in XML, into a ZIP of one each.
 */
#ifndef EXCHANGE_DOWNLOAD_H
#define EXCHANGE_DOWNLOAD_H

#include "exchange/work.h"

/*
 * Writes what the job's input names {"download": key} and marks the job done.
 * What cannot be written ends with the reason, and the job is done.
 */
enum rc download_write(struct work *w, struct err *err) MUST_USE;

#endif
