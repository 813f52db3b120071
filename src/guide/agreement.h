/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreements as the database hands them over (JSON), asked while reading and
 * writing: who are the two, which guide, which options.
 */
#ifndef GUIDE_AGREEMENT_H
#define GUIDE_AGREEMENT_H

#include "guide/document.h"

/* The agreement for an interchange; NULL when none fits. Parties decide; XML
 * without parties in its envelope belongs to the only agreement of its
 * family. */
const json_t *agreement_for(
    const json_t *list, enum edi_family f, const struct edi_interchange *ix);

/* Adds the findings about an interchange that no agreement fits. */
void agreement_complain(
    const json_t *list, enum edi_family f, struct edi_interchange *ix);

/* Test flag and character set as the agreement has them. */
void agreement_apply(const json_t *agreement, struct edi_interchange *ix);

/* The guide for a message: of those that the agreement names the first that
 * fits, else the most specific one. NULL: none. */
const struct guide *agreement_guide(const struct guides *gs,
    const json_t *agreement, enum edi_family f, const struct edi_message *m);

/*
 * The guide by which a canonical document is written: of answer.guides.<type>,
 * guides.<type> or answer.guide. Several may be named there, apart by commas
 * or blanks: the first whose `for` holds, else the first without one. NULL:
 * none named, or not loaded. a is for the moment.
 */
const struct guide *agreement_writes(const struct guides *gs,
    const json_t *agreement, const json_t *canonical, struct arena *a);

/* The first name of such a list that no guide has; NULL: none. */
const char *agreement_guides_absent(
    const struct guides *gs, const char *names, struct arena *a);

/* Does what the guide says by `for` hold? 1 yes, -1 no, 0: it says nothing. */
int guide_is_for(
    const struct guide *g, const json_t *canonical, struct arena *a);

#endif
