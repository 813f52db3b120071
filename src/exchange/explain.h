/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentences of findings in a business answer (canonical ack) that leaves:
 * what happened and what to do, in the partner's language and in characters
 * that his format carries.
 */
#ifndef EXCHANGE_EXPLAIN_H
#define EXCHANGE_EXPLAIN_H

#include "repr/text.h"

/*
 * Gives each finding of start.canonical its text, from its rule, found,
 * expected and args, which no format has a place for and which are taken away.
 * Other documents are left as they are.
 *
 * start  of exchange.write_start: family, agreement, canonical
 * l      the partner's language
 */
void explain_findings(
    const struct text_locale *l, json_t *start, struct arena *a);

#endif
