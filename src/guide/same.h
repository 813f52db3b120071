/* SPDX-License-Identifier: Apache-2.0
 *
 * Are two canonical documents the same, as far as a guide carries them?
 */
#ifndef GUIDE_SAME_H
#define GUIDE_SAME_H

#include "guide/guide.h"
#include "repr/json.h"

/*
 * guide_same of documents that are read already: a is the original. What it
 * needs lives in arena.
 *
 * RC_INPUT  write.readback: the first difference
 */
enum rc guide_compare(const struct guide *g, const json_t *a, const json_t *b,
    struct arena *arena, struct err *err) MUST_USE;

#endif
