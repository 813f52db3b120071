/* SPDX-License-Identifier: Apache-2.0
 *
 * A guide as data, for pages: its places and values line by line, its rules,
 * what it loses.
 */
#ifndef GUIDE_MODEL_H
#define GUIDE_MODEL_H

#include "guide/guide.h"
#include "repr/json.h"

/*
 * lang "en" or "de"; words in that language, or NULL: then no "meaning". The
 * value lives in a:
 *   {"rows": [{"depth": 0, "place": "DTM+137" | "value": "2380", "occurs":
 *    "0..1", "field": "issue_date", "meaning": "date of the document",
 * "condition": " if 3055 = 9", "way": "read" | "write", "type": "date, 102",
 * "codes": [{"code", "means"}]}], "rules": [{"id", "text"}], "lost":
 * ["parties.*.duns"]}
 */
struct text_locale;
json_t *guide_model(const struct guide *g, const char *lang,
    const struct text_locale *words, struct arena *a);

#endif
