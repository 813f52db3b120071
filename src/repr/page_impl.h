/* SPDX-License-Identifier: Apache-2.0
 *
 * What page.c (loading, rendering) and page_calls.c (the functions that
 * templates call) share.
 */
#ifndef REPR_PAGE_IMPL_H
#define REPR_PAGE_IMPL_H

#include "repr/model.h"
#include "repr/page.h"

struct pages {
	struct text *text;
	struct template_set *templates;
	struct models *models;
	char version[9]; /* of style sheets, scripts and pictures */
};

extern const struct template_func page_functions[];

#endif
