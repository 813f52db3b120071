/* SPDX-License-Identifier: Apache-2.0
 *
 * The entries of a list by what they say, so that one that stands elsewhere is
 * found without looking at all of them.
 */
#ifndef GUIDE_SAME_LIST_H
#define GUIDE_SAME_LIST_H

#include "repr/json.h"

/* Equal but for the number of blanks and line ends between words. */
bool same_words(struct span a, struct span b);

struct same_list;

/* The entries that have one text in one member, in their order. */
struct same_some {
	uint32_t n;
	uint32_t start; /* the entry to begin with, in what comes next */
	uint32_t *entries;
};

/*
 * Members that are texts are looked up by what they mean: blanks do not count,
 * 1.50 is 1.5, and with ascii so is "Müller" and "Mueller". Lives in a.
 */
struct same_list *same_list_new(
    const json_t *list, bool ascii, struct arena *a);

/* Those whose member key is the text; n is 0 where there is none. */
struct same_some *same_list_find(
    struct same_list *l, struct span key, struct span text);

#endif
