/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates and texts together: assets/templates rendered in a language. The
 * functions that templates may call; a section's text is rendered first:
 *
 * t         {{#t}}orders.title{{/t}}: a sentence, its arguments come from the
 *           context; of "a|b" the first known key
 * date, datetime, time, number
 *           {{#date}}{{due}}{{/date}}, or the name in the context: due
 * money     a name of an object {amount, currency}, or "12.50 EUR"
 * quantity  a name of an object {value, unit}, or "4 C62"
 * label     {{#label}}order.{{state}}{{/label}}: a code of the set order
 * url       for a query value in a link
 * json      a name: the whole value, indented
 *
 * A view is {data, me, page}. Set here: is (flags: <member>_<value> for the
 * codes in data, some_<member> for its lists that are not empty,
 * portal_<code>, role_<code>, error_<status>), form (model.h), page.template
 * and page.assets (a fingerprint of css, js and img, for addresses).
 */
#ifndef REPR_PAGE_H
#define REPR_PAGE_H

#include "repr/template.h"
#include "repr/text.h"

#define PAGE_MAX (8 * 1024 * 1024)

struct pages;

/*
 * Loads DIR/text, DIR/forms and DIR/templates, strictly: an unknown partial, a
 * raw variable or an unknown text key is refused. Everything lives in a.
 *
 * RC_ABSENT, RC_INPUT, RC_FAULT as text_load and template_set_load
 */
enum rc pages_load(const char *dir, struct arena *a, struct pages **out,
    struct err *err) MUST_USE;

/* The sentences, for answers that are not pages. */
struct text *pages_text(const struct pages *p);

bool page_is(const struct pages *p, const char *name);

/*
 * Renders the template called name ("orders/list").
 *
 * RC_ABSENT template.absent; RC_FAULT as template_render
 */
enum rc page_render(const struct pages *p, const char *name, json_t *view,
    const struct text_locale *locale, struct buf *out,
    struct err *err) MUST_USE;

#endif
