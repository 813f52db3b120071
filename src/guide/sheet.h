/* SPDX-License-Identifier: Apache-2.0
 *
 * A sheet as messages: which guide its titles mean, and the rows of one number
 * as the nodes of one message. A guide of syntax "sheet" names the columns
 * (docs/guides/notation.md, section 14).
 */
#ifndef GUIDE_SHEET_H
#define GUIDE_SHEET_H

#include "guide/guide.h"
#include "sheet/sheet.h"

/*
 * The file as one interchange of messages that were not checked yet; NULL when
 * the bytes are no sheet: neither an XLSX nor text whose first row has two or
 * more titles that a guide knows. What cannot be read is a finding.
 *
 * wanted  name of the only guide to try; the empty span: any of the base
 * guide   receives the one whose columns they are, NULL with findings
 */
struct edi_file *guide_sheet(const struct guides *gs, struct span bytes,
    struct span wanted, const struct edi_limits *limits, struct arena *a,
    const struct guide **guide);

/*
 * Takes the entries out of which an error was found, where the guide says
 * that they stand alone; false when nothing is left, or nothing was to be
 * taken out. The message is to be read again then.
 */
bool guide_sheet_spare(const struct guide *g, struct edi_message *m);

/* Titles and a row by which the guide can be tried, as CSV; the nth has the nth
 * of all codes. */
void guide_sheet_sample(
    const struct guide *g, unsigned nth, struct arena *a, struct buf *out);

/* Says in findings what a person may type where a number or a day is. */
void guide_sheet_explain(struct edi_findings *fs);

#endif
