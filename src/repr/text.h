/* SPDX-License-Identifier: Apache-2.0
 *
 * Every sentence a user reads, by key and language, and the way that dates,
 * numbers and money are written there. Sentences are ICU MessageFormat
 * patterns with named arguments:
 *
 *	{name}                    the value; a list with commas
 *	{n, number}               also: date, datetime, time, money, quantity
 *	{code, label, order}      the name of a code of a set
 *	{n, plural, =0{none} one{# line} other{# lines}}  of a list: its length
 *	{kind, select, in{from} other{to}}    none{} when it is absent or empty
 *
 * Apostrophes quote as ICU does ('{', '' for one). Arguments may be dotted
 * names. Patterns are compiled once; names of months, marks and plural rules
 * come from ICU. A text and its locales are used by one thread at a time.
 */
#ifndef REPR_TEXT_H
#define REPR_TEXT_H

#include "repr/json.h"

struct text;

/* A language and a time zone; lives as long as its text. */
struct text_locale;

/* How a pattern gets its arguments; NULL when absent. */
struct text_args {
	const json_t *(*find)(const void *ctx, struct span dotted);
	const void *ctx;
};

/*
 * Loads DIR/<language>/<area>.json of every language, each a flat object from
 * key to pattern. Everything lives in a.
 *
 * RC_ABSENT file.absent
 * RC_INPUT  text.syntax, text.duplicate, text.missing (a key that another
 *           language has), text.arguments (they differ between languages,
 *           but for those called like a language);
 *           text names file and key
 */
enum rc text_load(const char *dir, struct arena *a, struct text **out,
    struct err *err) MUST_USE;

/*
 * Cached. An unknown language gives the default ("en"), an unknown zone UTC.
 * zone is an IANA name; NULL is UTC.
 */
const struct text_locale *text_locale(
    struct text *t, const char *language, const char *zone);

/* "en", "de": the language that the locale really has. */
const char *text_language(const struct text_locale *l);

/* True when the text has that language. */
bool text_speaks(const struct text *t, const char *language);
bool text_has(const struct text *t, struct span key);

/* Calls seen for every key, in no particular order. */
void text_each(
    const struct text *t, void (*seen)(void *arg, const char *key), void *arg);

/*
 * Appends the sentence for key, plain text; false and nothing when the key is
 * unknown. An argument that is absent is written as its name in braces.
 */
bool text_format(const struct text_locale *l, struct span key,
    const struct text_args *args, struct buf *out);

/* The same with the members of an object (or NULL) as arguments. */
bool text_format_json(const struct text_locale *l, const char *key,
    const json_t *args, struct buf *out);

/* The key that was asked for last and is unknown, for tests; "" when none. */
const char *text_missed(const struct text *t);
void text_note_missed(const struct text_locale *l, struct span key);

/* Name of a code: key "label.<set>.<code>", or the code itself. */
void text_label(const struct text_locale *l, struct span set, struct span code,
    struct buf *out);

/*
 * Values that are not what they should be are appended unchanged.
 * date      "2026-12-03", or the day of an instant in the locale's zone
 * datetime  RFC 3339 instant, in the locale's zone
 * number    decimal, digits after the mark kept
 * money     amount and ISO 4217 currency
 * quantity  decimal without trailing zeros, and its unit's name (UN/ECE 20)
 *           unless the unit is empty or C62
 */
void text_date(const struct text_locale *l, struct span s, struct buf *out);
void text_datetime(const struct text_locale *l, struct span s, struct buf *out);
void text_time(const struct text_locale *l, struct span s, struct buf *out);
void text_number(const struct text_locale *l, struct span s, struct buf *out);
void text_money(const struct text_locale *l, struct span amount,
    struct span currency, struct buf *out);
void text_quantity(const struct text_locale *l, struct span value,
    struct span unit, struct buf *out);

#endif
