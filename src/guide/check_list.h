/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages that no guide is for, judged by the list of segments of their
 * version. Inside src/guide.
 */
#ifndef GUIDE_CHECK_LIST_H
#define GUIDE_CHECK_LIST_H

#include "guide/guide.h"

/* Adds findings to m; without a list of that version there are none. */
void guide_check_list(
    const struct guides *gs, enum edi_family family, struct edi_message *m);

#endif
