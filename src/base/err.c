/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

/* Ends a text that was cut in "...", behind a whole character. */
static void
shorten(char *text, size_t size)
{
	size_t at = size - 4;

	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	memcpy(text + at, "...", 4);
}

/* Bytes of others are quoted, and may be none of ours: they become "?". */
static void
mend(char *text)
{
	struct span rest = span_of(text);

	for (;;) {
		size_t at = utf8_check(rest);

		if (at == rest.n)
			return;
		text += at;
		*text++ = '?';
		rest = span_sub(rest, at + 1, rest.n);
	}
}

enum rc
err_set(struct err *err, enum rc rc, const char *code, const char *text, ...)
{
	va_list ap;
	int n;

	if (err == NULL)
		return rc;
	err->rc = rc;
	(void)snprintf(err->code, sizeof err->code, "%s", code);
	va_start(ap, text);
	n = vsnprintf(err->text, sizeof err->text, text, ap);
	va_end(ap);
	if (n >= (int)sizeof err->text)
		shorten(err->text, sizeof err->text);
	mend(err->text);
	return rc;
}

const char *
rc_name(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return "ok";
	case RC_INPUT:
		return "input";
	case RC_DENIED:
		return "denied";
	case RC_ABSENT:
		return "absent";
	case RC_CONFLICT:
		return "conflict";
	case RC_AWAY:
		return "away";
	case RC_FAULT:
		return "fault";
	}
	return "fault";
}

void
fatal(const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	(void)vfprintf(stderr, text, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	exit(1);
}
