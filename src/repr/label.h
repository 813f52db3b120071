/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels of packages as PDF, one page of A6 each: fields of text, the serial
 * shipping container code as GS1-128 in the size that the GS1 logistic label
 * asks for, and a QR code. Draws what it is given; where a text is too wide it
 * becomes smaller, nothing is cut off.
 */
#ifndef REPR_LABEL_H
#define REPR_LABEL_H

#include "repr/text.h"

#define LABEL_MAX (32 * 1024 * 1024)

struct label_fonts;

/*
 * Reads the fonts (DejaVuSans.ttf, DejaVuSans-Bold.ttf) of a folder; they live
 * in a. To be done once, before files can no longer be opened.
 *
 * RC_ABSENT label.font; text names the file
 */
enum rc label_fonts_load(const char *dir, struct arena *a,
    struct label_fonts **out, struct err *err) MUST_USE;

/*
 * Draws labels: [{"sscc": 18 digits, "qr": text, "fields": [{"name": from, to,
 * order, despatch, carrier or package, "value": lines, "large": true}],
 * "contents": [text]}].
 *
 * l    the language of the fields' names
 * out  initialised with at least LABEL_MAX
 *
 * RC_INPUT  label.code: an SSCC that is none; text names it
 * RC_FAULT  label.draw
 */
enum rc label_pdf(const json_t *labels, const struct label_fonts *fonts,
    const struct text_locale *l, struct buf *out, struct err *err) MUST_USE;

#endif
