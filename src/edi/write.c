/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "edi/charset.h"
#include "edi/write.h"

const struct edi_syntax EDI_WRITE_EDIFACT = {
    .family = EDI_EDIFACT,
    .charset = EDI_8859_1,
    .component = ':',
    .element = '+',
    .decimal = '.',
    .release = '?',
    .terminator = '\'',
};

const struct edi_syntax EDI_WRITE_X12 = {
    .family = EDI_X12,
    .charset = EDI_ASCII,
    .component = '>',
    .element = '*',
    .decimal = '.',
    .terminator = '~',
};

void
edi_write_begin(struct edi_writer *w, struct buf *out,
    const struct edi_syntax *syntax, struct edi_findings *findings)
{
	*w = (struct edi_writer){
	    .out = out, .syntax = syntax, .findings = findings};
}

void
edi_write_segment(struct edi_writer *w, const char *tag)
{
	memset(w->tag, 0, sizeof w->tag);
	memcpy(w->tag, tag, strnlen(tag, 3));
	w->element = 0;
	w->repeat = w->component = 1;
	w->start = w->out->n;
	buf_puts(w->out, w->tag);
}

/* Puts the separators between the last value and this place. */
static void
advance(
    struct edi_writer *w, unsigned element, unsigned repeat, unsigned component)
{
	while (w->element < element) {
		buf_putc(w->out, w->syntax->element);
		w->element++;
		w->repeat = w->component = 1;
	}
	while (w->repeat < repeat) {
		buf_putc(w->out, w->syntax->repetition);
		w->repeat++;
		w->component = 1;
	}
	while (w->component < component) {
		buf_putc(w->out, w->syntax->component);
		w->component++;
	}
}

static void
fault(struct edi_writer *w, enum edi_rule_id rule, struct span value,
    const char *detail)
{
	struct edi_finding *f;

	w->failed = true;
	if (w->findings == NULL)
		return;
	f = edi_find(w->findings, rule);
	f->offset = w->start;
	f->position = w->nsegments + 1;
	f->element = (uint16_t)w->element;
	f->component = (uint16_t)w->component;
	memcpy(f->tag, w->tag, sizeof f->tag);
	edi_found(w->findings, f, value);
	edi_arg(w->findings, f, "character", span_of(detail));
}

static bool
service_is(const struct edi_syntax *x, char c)
{
	return c == x->element || c == x->component || c == x->terminator ||
	       (x->release && c == x->release) ||
	       (x->repetition && c == x->repetition);
}

static void
put_quoted(struct edi_writer *w, struct span raw, struct span value)
{
	for (size_t i = 0; i < raw.n; i++) {
		char shown[2] = {raw.p[i], 0};

		if (service_is(w->syntax, raw.p[i])) {
			if (!w->syntax->release) {
				fault(w, EDI_R_WRITE_SEPARATOR, value, shown);
				return;
			}
			buf_putc(w->out, w->syntax->release);
		}
		buf_putc(w->out, raw.p[i]);
	}
}

/* A line end would be taken out again by every reader. */
static bool
line_end(struct span value)
{
	return span_find(value, '\n') < value.n ||
	       span_find(value, '\r') < value.n;
}

void
edi_write_value(struct edi_writer *w, unsigned element, unsigned repeat,
    unsigned component, struct span value)
{
	uint32_t missing = 0;
	struct buf raw;
	char shown[16];

	if (value.n == 0)
		return;
	advance(w, element, repeat ? repeat : 1, component ? component : 1);
	buf_init(&raw, value.n + 1);
	if (line_end(value)) {
		fault(w, EDI_R_WRITE_CHARSET, value, "U+000A");
	} else if (edi_charset_write(
		       w->syntax->charset, value, &raw, &missing)) {
		put_quoted(w, buf_span(&raw), value);
	} else {
		(void)snprintf(shown, sizeof shown, "U+%04X", missing);
		fault(w, EDI_R_WRITE_CHARSET, value, shown);
	}
	buf_done(&raw);
}

void
edi_write_text(struct edi_writer *w, unsigned element, unsigned component,
    const char *value)
{
	edi_write_value(w, element, 1, component, span_of(value));
}

void
edi_write_number(struct edi_writer *w, unsigned element, unsigned component,
    unsigned long long value)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%llu", value);
	edi_write_text(w, element, component, text);
}

void
edi_write_end(struct edi_writer *w)
{
	buf_putc(w->out, w->syntax->terminator);
	w->nsegments++;
}
