/* SPDX-License-Identifier: Apache-2.0
 *
 * What text.c (sentences) and text_locale.c (numbers and dates) share.
 */
#ifndef REPR_TEXT_IMPL_H
#define REPR_TEXT_IMPL_H

#include <stdint.h>

#include "repr/message.h"
#include "repr/text.h"

#define TEXT_LANGUAGES 8
#define TEXT_CURRENCIES 32
#define TEXT_LOCALES 512

struct text_entry {
	const char *key;
	const struct message *by_language[TEXT_LANGUAGES];
	struct text_entry *next; /* of all */
};

/* Around an amount: "€" before or " €" behind, and the same when negative. */
struct text_currency {
	char code[4];
	int digits;
	struct span before, behind, minus_before, minus_behind;
};

/* What ICU knows of a language, asked for once. */
struct text_language {
	char tag[12];
	struct span decimal, group, minus;
	struct span months[12];
	struct span date, datetime, time; /* ICU patterns in UTF-8 */
	struct text_currency currencies[TEXT_CURRENCIES];
	size_t ncurrencies;
	void *plurals; /* UPluralRules */
};

/* A zone's offset from UTC, the last one kept. */
struct text_clock {
	void *calendar;    /* UCalendar */
	int64_t quarter;   /* of an hour: for which offset was asked */
	int64_t offset_ms; /* local time minus UTC then */
};

struct text_locale {
	struct text *text;
	struct text_language *language;
	size_t index; /* of the language */
	char zone[48];
	struct text_clock *clock;
};

struct text {
	struct arena *a;
	struct text_language languages[TEXT_LANGUAGES];
	size_t nlanguages;
	struct text_locale *locales[TEXT_LOCALES];
	size_t nlocales;
	struct text_entry *first;
	size_t nentries;
	struct text_entry **slots; /* hash table, a power of two */
	size_t nslots;
	char missed[128]; /* the unknown key asked for last */
};

/* Asks ICU for everything of tag; RC_FAULT text.locale. */
enum rc text_language_open(struct text_language *l, const char *tag,
    struct arena *a, struct err *err) MUST_USE;

/* The clock of an IANA zone; UTC when it is unknown. */
struct text_clock *text_clock_open(const char *zone, struct arena *a);

/* "one", "other", … for a decimal number. */
const char *text_plural(const struct text_language *l, struct span number);

/* The entry for a key, or NULL. */
const struct text_entry *text_find(const struct text *t, struct span key);

/* Appends an entry's sentence. */
void text_write(const struct text_locale *l, const struct text_entry *e,
    const struct text_args *args, struct buf *out);

#endif
