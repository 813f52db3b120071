/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "edi/charset.h"
#include "edi/charset_high.h"

static const struct {
	const char *id;
	enum edi_charset set;
} NAMES[] = {
    {"UNOA", EDI_ASCII_UPPER},
    {"UNOB", EDI_ASCII},
    {"UNOC", EDI_8859_1},
    {"UNOD", EDI_8859_2},
    {"UNOE", EDI_8859_5},
    {"UNOF", EDI_8859_7},
    {"UNOG", EDI_8859_3},
    {"UNOH", EDI_8859_4},
    {"UNOI", EDI_8859_6},
    {"UNOJ", EDI_8859_8},
    {"UNOK", EDI_8859_9},
    {"UNOY", EDI_UTF8},
    {"UNOW", EDI_UTF8},
    {"UNOX", EDI_ASCII},
    {"IATA", EDI_ASCII_UPPER},
    {"IATB", EDI_ASCII},
};

bool
edi_charset_of(struct span syntax_id, enum edi_charset *out)
{
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		if (span_is(syntax_id, NAMES[i].id)) {
			*out = NAMES[i].set;
			return true;
		}
	}
	return false;
}

const char *
edi_charset_id(enum edi_charset c)
{
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		if (NAMES[i].set == c)
			return NAMES[i].id;
	}
	return NULL;
}

/* The code point of a byte from 0xA0; 0 when the set has none. */
static uint32_t
high_code(enum edi_charset c, unsigned char byte)
{
	switch (c) {
	case EDI_8859_1:
		return byte;
	case EDI_8859_2:
	case EDI_8859_3:
	case EDI_8859_4:
	case EDI_8859_5:
	case EDI_8859_6:
	case EDI_8859_7:
	case EDI_8859_8:
	case EDI_8859_9:
		return HIGH[c - EDI_8859_2][byte - 0xA0];
	case EDI_ASCII_UPPER:
	case EDI_ASCII:
	case EDI_UTF8:
		break;
	}
	return 0;
}

static bool
ascii_is(struct span s)
{
	unsigned char any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return any < 0x80;
}

static void
put_byte(enum edi_charset c, unsigned char byte, struct buf *b)
{
	uint32_t code = byte;

	if (byte >= 0x80) {
		code = byte >= 0xA0 ? high_code(c, byte) : 0;
		code = code ? code : 0xFFFD;
	}
	utf8_put(b, code);
}

struct span
edi_charset_utf8(enum edi_charset c, struct span s, struct arena *a)
{
	struct buf b;
	struct span out;

	if (ascii_is(s) || utf8_is(s))
		if (ascii_is(s) || c == EDI_UTF8 || c == EDI_ASCII)
			return s;
	buf_init(&b, s.n * 3 + 4);
	for (size_t i = 0; i < s.n; i++)
		put_byte(
		    c == EDI_ASCII ? EDI_8859_1 : c, (unsigned char)s.p[i], &b);
	out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

/* The byte that stands for a code point; 0 when there is none. */
static unsigned char
byte_for(enum edi_charset c, uint32_t code)
{
	if (code < 0x80)
		return (unsigned char)code;
	for (unsigned byte = 0xA0; byte <= 0xFF; byte++) {
		if (high_code(c, (unsigned char)byte) == code)
			return (unsigned char)byte;
	}
	return 0;
}

bool
edi_charset_write(
    enum edi_charset c, struct span utf8, struct buf *out, uint32_t *missing)
{
	const unsigned char *classes = edi_charset_classes(c);

	while (utf8.n) {
		struct span before = utf8;
		int32_t code = utf8_next(&utf8);
		unsigned char byte;

		*missing = code < 0 ? 0xFFFD : (uint32_t)code;
		if (code < 0)
			return false;
		if (c == EDI_UTF8 && code >= 0x20) {
			buf_put(out, span_sub(before, 0, before.n - utf8.n));
			continue;
		}
		byte = byte_for(c, (uint32_t)code);
		if (byte == 0 || (classes[byte] & ~EDI_C_LOWER))
			return false;
		buf_putc(out, (char)byte);
	}
	return true;
}

static unsigned char CLASSES[4][256]; /* capitals, ASCII, ISO 8859, UTF-8 */

static unsigned char
class_of(int kind, unsigned c)
{
	static const char marks[] = " .,-()/=!\"%&*;<>'+:?";

	if (c == '\r' || c == '\n')
		return 0;
	if (c < 0x20 || c == 0x7F)
		return EDI_C_CONTROL;
	if (c >= 0x80 && kind < 2)
		return EDI_C_HIGH;
	if (c >= 0x80)
		return kind == 2 && c < 0xA0 ? EDI_C_C1 : 0;
	if (kind != 0 || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return 0;
	if (c >= 'a' && c <= 'z')
		return EDI_C_LOWER;
	return strchr(marks, (int)c) ? 0 : EDI_C_MARK;
}

/* Filled once, before any thread or fork. */
__attribute__((constructor)) static void
classes_fill(void)
{
	for (int kind = 0; kind < 4; kind++) {
		for (unsigned c = 0; c < 256; c++)
			CLASSES[kind][c] = class_of(kind, c);
	}
}

const unsigned char *
edi_charset_classes(enum edi_charset c)
{
	if (c == EDI_ASCII_UPPER)
		return CLASSES[0];
	if (c == EDI_UTF8)
		return CLASSES[3];
	return CLASSES[c == EDI_ASCII ? 1 : 2];
}
