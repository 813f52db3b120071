/* SPDX-License-Identifier: Apache-2.0
 *
 * A document that goes out: written by a child with the guide that the
 * agreement names, read back and compared there, then kept for the partner.
 */
#ifndef EXCHANGE_OUTBOUND_H
#define EXCHANGE_OUTBOUND_H

#include "exchange/work.h"

/*
 * Writes the document that the job's input names {"document": key} and marks
 * the job done. What cannot be written ends as failed, with the reason, and
 * the job is done.
 */
enum rc outbound_write(struct work *w, struct err *err) MUST_USE;

#endif
