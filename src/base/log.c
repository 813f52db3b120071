/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* Room that log_end and a cut value always find. */
#define RESERVE 16

static int log_fd = 2;
static const char *log_program = "kontor";

void
log_open(int fd, const char *program)
{
	log_fd = fd;
	log_program = program;
}

static void
put(struct logline *l, const char *p, size_t n)
{
	if (n <= sizeof l->p - RESERVE - l->n) {
		memcpy(l->p + l->n, p, n);
		l->n += n;
	}
}

static void
put_key(struct logline *l, const char *key)
{
	put(l, ",\"", 2);
	put(l, key, strlen(key));
	put(l, "\":", 2);
}

/* Writes one byte of a JSON string; false when it does not fit. */
static bool
put_char(struct logline *l, unsigned char c)
{
	char e[8];
	int n;

	if (c == '"' || c == '\\')
		n = snprintf(e, sizeof e, "\\%c", c);
	else if (c < 0x20 || c == 0x7f)
		n = snprintf(e, sizeof e, "\\u%04x", c);
	else
		n = snprintf(e, sizeof e, "%c", c);
	if ((size_t)n > sizeof l->p - RESERVE - l->n)
		return false;
	put(l, e, (size_t)n);
	return true;
}

void
log_span(struct logline *l, const char *key, struct span value)
{
	size_t i;

	if (sizeof l->p - l->n < strlen(key) + RESERVE + 8)
		return;
	put_key(l, key);
	put(l, "\"", 1);
	for (i = 0; i < value.n; i++)
		if (!put_char(l, (unsigned char)value.p[i]))
			break;
	if (i < value.n) {
		/* Never leave half a UTF-8 sequence before the mark. */
		while (l->n && (l->p[l->n - 1] & 0x80))
			l->n--;
		memcpy(l->p + l->n, "\xe2\x80\xa6", 3);
		l->n += 3;
	}
	memcpy(l->p + l->n, "\"", 1);
	l->n++;
}

void
log_str(struct logline *l, const char *key, const char *value)
{
	if (value)
		log_span(l, key, span_of(value));
}

void
log_int(struct logline *l, const char *key, int64_t value)
{
	char b[24];
	int n = snprintf(b, sizeof b, "%lld", (long long)value);

	if (sizeof l->p - l->n < strlen(key) + RESERVE + sizeof b)
		return;
	put_key(l, key);
	put(l, b, (size_t)n);
}

void
log_err(struct logline *l, const struct err *err)
{
	if (err == NULL || err->rc == RC_OK)
		return;
	log_str(l, "result", rc_name(err->rc));
	log_str(l, "code", err->code);
	log_str(l, "text", err->text);
}

void
log_begin(struct logline *l, const char *level, const char *event)
{
	char at[CLOCK_RFC3339_SIZE];
	int n;

	clock_rfc3339(clock_wall(), at);
	n = snprintf(l->p, sizeof l->p,
	    "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\","
	    "\"event\":\"%s\"",
	    at, level, log_program, event);
	l->n = (size_t)n;
}

void
log_end(struct logline *l)
{
	memcpy(l->p + l->n, "}\n", 2);
	l->n += 2;
	if (write(log_fd, l->p, l->n) < 0)
		return; /* there is no better place to say so */
}

void
log_say(const char *level, const char *event, const char *text, ...)
{
	struct logline l;
	char b[1024];
	va_list ap;

	va_start(ap, text);
	(void)vsnprintf(b, sizeof b, text, ap);
	va_end(ap);
	log_begin(&l, level, event);
	log_str(&l, "text", b);
	log_end(&l);
}
