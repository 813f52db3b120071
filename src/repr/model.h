/* SPDX-License-Identifier: Apache-2.0
 *
 * The one form model. DIR/<template>.json declares the fields of that page's
 * forms; here they are filled with what was typed or what is stored, and with
 * what is wrong, so that one partial (part/field) shows every field.
 *
 *	{"fields": [{"name": "note", "type": "text", "label": "orders.note",
 *	    "hint": "…", "required": true, "max": 35, "value":
 *"data.draft.note"}], "rows": [{"name": "lines", "value": "data.draft.lines",
 *"least": 5, "blank": 2, "fields": […]}]}
 *
 * type     text password search number decimal date select area check file
 * id       how templates call it and its id on the page; else the name
 * form     of fields and rows: the form that they stand in, where a page has
 *          several; the same as its hidden member _form (page.form)
 * value    path of the stored value in the view; default: a literal one
 * quiet    true: not marked as optional
 * as       what templates call the field, when the name is taken: in rows, and
 *          where a page shows one of two fields of the same name
 * from     in rows: the stored member that the field starts with
 * input    of rows: the list that the form sends, when another name is taken
 * by       of rows: the typed member that names a stored row's id; the stored
 *          rows are shown again, each with what was typed for it
 * options  {"from": path, "value": member, "text": member}, or
 *          {"set": label set, "codes": […]}; "empty": key of a first, empty one
 *
 * The view gets `form`: a member for each id, `<rows name>` with one entry of
 * fields for each row of the list (and blank ones), its `row` being what is
 * stored and over it what was typed, and `changed` after a conflict: what was
 * typed beside what is stored now. A field of a named form that was refused has
 * `sent`. A form that stands in each row of a list of data has the row's id, or
 * line, as its name; when it was refused the row gets `sent`, {input, invalid},
 * and its fields are `f-<id>-<name>`.
 */
#ifndef REPR_MODEL_H
#define REPR_MODEL_H

#include "repr/json.h"

struct models;

/*
 * Reads every declaration under dir; a missing dir has none.
 *
 * RC_INPUT  model.syntax; RC_FAULT file.read
 */
enum rc models_load(const char *dir, struct arena *a, struct models **out,
    struct err *err) MUST_USE;

/* Calls seen for each text key that declarations name. */
void models_each_key(const struct models *m,
    void (*seen)(void *arg, const char *key), void *arg);

/* Sets view.form when the template has a declaration. The view's own
 * references keep what is made here; a is for scratch. */
void model_fill(const struct models *m, const char *template_name, json_t *view,
    struct arena *a);

#endif
