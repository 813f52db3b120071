/* SPDX-License-Identifier: Apache-2.0
 *
 * A file that is only to be checked: its bytes are read by a child, what was
 * found is kept for the one who asked, nothing takes effect.
 */
#ifndef EXCHANGE_TRIAL_H
#define EXCHANGE_TRIAL_H

#include "exchange/work.h"

/*
 * Reads the file that the job's input names {"trial": key} and marks the job
 * done. A child that dies on it, or a third attempt that fails, is a finding,
 * too.
 */
enum rc trial_read(struct work *w, struct err *err) MUST_USE;

#endif
