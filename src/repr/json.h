/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON values (jansson) with the portal's limits, owned by an arena. This is
 * the only way other folders meet jansson: they may use json_t and its
 * readers, but take and give values through these functions.
 */
#ifndef REPR_JSON_H
#define REPR_JSON_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define REPR_JSON_MAX (1024 * 1024)
#define REPR_JSON_DEPTH 32

/*
 * Reads what a client sent: one object or array of at most REPR_JSON_MAX
 * bytes and REPR_JSON_DEPTH levels, valid UTF-8, no member twice, no NUL.
 * *out lives in a.
 *
 * RC_INPUT  json.size, json.depth, json.utf8, json.syntax; text names the
 *           byte offset
 */
enum rc repr_json_read(
    struct span s, struct arena *a, json_t **out, struct err *err) MUST_USE;

/*
 * Reads what our own database or file says: any value of any size.
 *
 * RC_FAULT  json.syntax
 */
enum rc repr_json_trusted(
    struct span s, struct arena *a, json_t **out, struct err *err) MUST_USE;

/* Hands a new reference over to the arena; returns v. NULL ends the process
 * (jansson gives NULL when memory is exhausted or a string is not UTF-8). */
json_t *repr_json_keep(struct arena *a, json_t *v)
    __attribute__((returns_nonnull));

/* An empty object, an empty array, a string that live in a; bytes that are
 * not UTF-8 become U+FFFD. */
json_t *repr_json_object(struct arena *a);
json_t *repr_json_array(struct arena *a);
json_t *repr_json_string(struct arena *a, struct span s);

/* object[key] = v (borrowed: the object takes its own reference). */
void repr_json_set(json_t *object, const char *key, json_t *v);

/* object[key] = s; left out when s is NULL. Not UTF-8: U+FFFD. */
void repr_json_set_str(json_t *object, const char *key, const char *s);
void repr_json_set_int(json_t *object, const char *key, long long n);

/* The value at a dotted path, "partner.addresses.0.city"; NULL when absent.
 * The empty path is v itself. */
const json_t *repr_json_at(const json_t *v, const char *path);

/* The string at a path; NULL when absent or not a string. */
const char *repr_json_str(const json_t *v, const char *path);

/* The whole number at a path, or fallback. */
long long repr_json_int(const json_t *v, const char *path, long long fallback);

/* Compact text, members in their order. */
void repr_json_write(const json_t *v, struct buf *out);

/* The same for people: indented by two. */
void repr_json_pretty(const json_t *v, struct buf *out);

#endif
