/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields gathered one by one, for the two ways in which browsers send them.
 */
#ifndef REPR_FORM_IMPL_H
#define REPR_FORM_IMPL_H

#include "repr/form.h"

struct form;

struct form *form_new(struct arena *a, struct err *err);

/* One decoded field; name and value are borrowed and must outlive the form.
 * RC_INPUT as form_read. */
enum rc form_add(struct form *f, struct span name, struct span value) MUST_USE;

json_t *form_value(struct form *f);

#endif
