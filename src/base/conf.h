/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings: `key = value` lines of ops/kontor.conf, overridden by the
 * environment variable KONTOR_<KEY>. Secrets are files; the setting holds the
 * file's name. Loaded once at start, then read-only.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/arena.h"
#include "base/err.h"

struct conf;

/*
 * Reads path; NULL reads the environment only. Lines: blank, # comment or
 * key = value with key [a-z0-9_]+. *out lives in a.
 *
 * RC_INPUT  conf.syntax, conf.duplicate; text names file and line
 * RC_ABSENT conf.absent
 */
enum rc conf_load(const char *path, struct arena *a, struct conf **out,
    struct err *err) MUST_USE;

/* The value or fallback (which may be NULL). */
const char *conf_get(
    const struct conf *c, const char *key, const char *fallback);

/* A whole number within min..max; ends the process when it is not one. */
long conf_int(
    const struct conf *c, const char *key, long fallback, long min, long max);

/*
 * The content of the file that the setting names, without a final line end.
 *
 * RC_ABSENT conf.absent    the key is not set
 * RC_FAULT  conf.secret    the file cannot be read, or others may read it
 */
enum rc conf_secret(const struct conf *c, const char *key, struct arena *a,
    struct span *out, struct err *err) MUST_USE;

/*
 * The whole file, at most max bytes, NUL-terminated.
 *
 * RC_ABSENT file.absent; RC_INPUT file.size; RC_FAULT file.read
 */
enum rc file_read(const char *path, size_t max, struct arena *a,
    struct span *out, struct err *err) MUST_USE;

#endif
