/* SPDX-License-Identifier: Apache-2.0
 *
 * A document that came in: its bytes are read by a child, what was read takes
 * effect in one transaction with findings and acknowledgements.
 */
#ifndef EXCHANGE_INBOUND_H
#define EXCHANGE_INBOUND_H

#include "exchange/work.h"

/*
 * Reads the document that the job's input names {"document": key} and marks
 * the job done. A child that dies, or a third attempt that fails, leaves the
 * document in quarantine with a finding, and the job is done.
 */
enum rc inbound_read(struct work *w, struct err *err) MUST_USE;

#endif
