/* SPDX-License-Identifier: Apache-2.0
 *
 * ICU is asked once for a language's marks, names and patterns; writing a
 * value is then a copy. ICU's own formatters cost
 * microseconds a value, which a page of 50 rows feels.
 */
#include <stdio.h>
#include <string.h>

#include <unicode/ucurr.h>
#include <unicode/udat.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#include "base/decimal.h"
#include "repr/text_impl.h"

/* Which conventions a language means when nothing else is said. */
static const struct {
	const char *tag, *locale;
} conventions[] = {
    {"en", "en_GB"},
    {"de", "de_DE"},
};

static const char *
locale_of(const char *tag)
{
	for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++)
		if (strcmp(conventions[i].tag, tag) == 0)
			return conventions[i].locale;
	return tag;
}

static struct span
utf8_of(const UChar *s, int32_t n, struct arena *a)
{
	char text[256];
	UErrorCode e = U_ZERO_ERROR;
	int32_t length = 0;

	u_strToUTF8(text, sizeof text, &length, s, n, &e);
	return U_FAILURE(e) ? (struct span){"", 0}
			    : arena_span(a, span_make(text, (size_t)length));
}

static struct span
symbol_of(const UNumberFormat *f, UNumberFormatSymbol which, struct arena *a)
{
	UChar s[16];
	UErrorCode e = U_ZERO_ERROR;
	int32_t n = unum_getSymbol(f, which, s, 16, &e);

	return utf8_of(s, U_FAILURE(e) ? 0 : n, a);
}

static struct span
pattern_of(const char *locale, UDateFormatStyle time, UDateFormatStyle date,
    struct arena *a, UErrorCode *e)
{
	UChar s[128];
	UDateFormat *f = udat_open(time, date, locale, NULL, 0, NULL, 0, e);
	int32_t n = U_FAILURE(*e) ? 0 : udat_toPattern(f, 0, s, 128, e);
	struct span out = utf8_of(s, n, a);

	udat_close(f);
	return out;
}

static void
months_open(
    struct text_language *l, const char *locale, struct arena *a, UErrorCode *e)
{
	UDateFormat *f =
	    udat_open(UDAT_NONE, UDAT_MEDIUM, locale, NULL, 0, NULL, 0, e);

	for (int32_t i = 0; i < 12 && U_SUCCESS(*e); i++) {
		UChar s[64];
		int32_t n = udat_getSymbols(f, UDAT_SHORT_MONTHS, i, s, 64, e);

		l->months[i] = utf8_of(s, n, a);
	}
	udat_close(f);
}

static void
plurals_done(void *rules)
{
	uplrules_close(rules);
}

enum rc
text_language_open(
    struct text_language *l, const char *tag, struct arena *a, struct err *err)
{
	const char *locale = locale_of(tag);
	UErrorCode e = U_ZERO_ERROR;
	UNumberFormat *f = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, &e);

	(void)snprintf(l->tag, sizeof l->tag, "%s", tag);
	if (U_SUCCESS(e)) {
		l->decimal = symbol_of(f, UNUM_DECIMAL_SEPARATOR_SYMBOL, a);
		l->group = symbol_of(f, UNUM_GROUPING_SEPARATOR_SYMBOL, a);
		l->minus = symbol_of(f, UNUM_MINUS_SIGN_SYMBOL, a);
		unum_close(f);
	}
	months_open(l, locale, a, &e);
	l->date = pattern_of(locale, UDAT_NONE, UDAT_MEDIUM, a, &e);
	l->datetime = pattern_of(locale, UDAT_SHORT, UDAT_MEDIUM, a, &e);
	l->time = pattern_of(locale, UDAT_SHORT, UDAT_NONE, a, &e);
	l->plurals = uplrules_openForType(locale, UPLURAL_TYPE_CARDINAL, &e);
	if (U_FAILURE(e))
		return err_set(err, RC_FAULT, "text.locale", "%s: %s", locale,
		    u_errorName(e));
	arena_defer(a, plurals_done, l->plurals);
	return RC_OK;
}

static double
double_of(struct span s)
{
	struct decimal d;
	double v, scale = 1;

	if (!decimal_read(s, '.', &d))
		return 0;
	v = (double)d.units;
	for (int i = 0; i < d.scale; i++)
		scale *= 10;
	return v / scale;
}

const char *
text_plural(const struct text_language *l, struct span number)
{
	static const char *const names[] = {
	    "zero", "one", "two", "few", "many"};
	UChar s[16];
	char category[16];
	UErrorCode e = U_ZERO_ERROR;
	int32_t n = uplrules_select(l->plurals, double_of(number), s, 15, &e);

	if (U_FAILURE(e))
		return "other";
	s[n] = 0;
	u_austrncpy(category, s, sizeof category);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(category, names[i]) == 0)
			return names[i];
	return "other";
}

/* Digits of a plain decimal, apart. */
struct digits {
	bool negative;
	struct span whole, fraction;
};

static bool
digits_read(struct span s, struct digits *d)
{
	struct decimal checked;
	size_t mark;

	if (!decimal_read(s, '.', &checked))
		return false;
	d->negative = s.p[0] == '-';
	if (s.p[0] == '-' || s.p[0] == '+')
		s = span_sub(s, 1, s.n);
	mark = span_find(s, '.');
	d->whole = span_sub(s, 0, mark);
	while (d->whole.n > 1 && d->whole.p[0] == '0')
		d->whole = span_sub(d->whole, 1, d->whole.n);
	d->fraction = mark < s.n ? span_sub(s, mark + 1, s.n) : span_of("");
	return true;
}

/* At least `least` digits after the mark. */
static void
digits_write(const struct text_language *l, const struct digits *d, int least,
    struct buf *out)
{
	size_t n = d->whole.n;

	for (size_t i = 0; i < n; i++) {
		buf_putc(out, d->whole.p[i]);
		if ((n - i) % 3 == 1 && n - i > 1)
			buf_put(out, l->group);
	}
	if (d->fraction.n || least > 0)
		buf_put(out, l->decimal);
	buf_put(out, d->fraction);
	for (int i = (int)d->fraction.n; i < least; i++)
		buf_putc(out, '0');
}

void
text_number(const struct text_locale *l, struct span s, struct buf *out)
{
	struct digits d;

	if (!digits_read(s, &d)) {
		buf_put(out, s);
		return;
	}
	if (d.negative)
		buf_put(out, l->language->minus);
	digits_write(l->language, &d, 0, out);
}

/* What ICU puts around a 7 in that currency. */
static void
around(UNumberFormat *f, double seven, struct arena *a, struct span *before,
    struct span *behind, UErrorCode *e)
{
	UChar s[64];
	int32_t n = unum_formatDouble(f, seven, s, 64, NULL, e);
	struct span all = utf8_of(s, U_FAILURE(*e) ? 0 : n, a);
	size_t at = span_find(all, '7');

	*before = span_sub(all, 0, at);
	*behind = span_sub(all, at + 1, all.n);
}

static const struct text_currency *
currency_open(const struct text_locale *l, struct span code)
{
	struct text_language *lang = l->language;
	struct text_currency *c = &lang->currencies[lang->ncurrencies];
	struct arena *a = l->text->a;
	UErrorCode e = U_ZERO_ERROR;
	UNumberFormat *f =
	    unum_open(UNUM_CURRENCY, NULL, 0, locale_of(lang->tag), NULL, &e);
	UChar u[4] = {0};

	if (U_FAILURE(e) || code.n != 3 ||
	    lang->ncurrencies == TEXT_CURRENCIES) {
		if (U_SUCCESS(e))
			unum_close(f);
		return NULL;
	}
	memcpy(c->code, code.p, 3);
	u_charsToUChars(c->code, u, 3);
	unum_setTextAttribute(f, UNUM_CURRENCY_CODE, u, 3, &e);
	c->digits = (int)ucurr_getDefaultFractionDigits(u, &e);
	unum_setAttribute(f, UNUM_FRACTION_DIGITS, 0);
	around(f, 7, a, &c->before, &c->behind, &e);
	around(f, -7, a, &c->minus_before, &c->minus_behind, &e);
	unum_close(f);
	if (U_FAILURE(e))
		return NULL;
	lang->ncurrencies++;
	return c;
}

static const struct text_currency *
currency_of(const struct text_locale *l, struct span code)
{
	for (size_t i = 0; i < l->language->ncurrencies; i++)
		if (span_is(code, l->language->currencies[i].code))
			return &l->language->currencies[i];
	return currency_open(l, code);
}

void
text_money(const struct text_locale *l, struct span amount,
    struct span currency, struct buf *out)
{
	const struct text_currency *c = currency_of(l, currency);
	struct digits d;

	if (c == NULL || !digits_read(amount, &d)) {
		text_number(l, amount, out);
		buf_puts(out, " ");
		buf_put(out, currency);
		return;
	}
	buf_put(out, d.negative ? c->minus_before : c->before);
	digits_write(l->language, &d, c->digits, out);
	buf_put(out, d.negative ? c->minus_behind : c->behind);
}
