/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <zint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "repr/label.h"

/* All lengths are points of 1/72 inch. */
#define MM (72.0 / 25.4)
#define PAGE_W (105 * MM)
#define PAGE_H (148 * MM)
#define MARGIN (5 * MM)
#define WIDTH (PAGE_W - 2 * MARGIN)
/* GS1 logistic label: modules of 0.495 mm at least, bars of 31.75 mm. */
#define MODULE (0.495 * MM)
#define BARS_H (31.75 * MM)
#define QR_SIZE (22 * MM)

struct label_fonts {
	FT_Library library;
	FT_Face faces[2];
	cairo_font_face_t *plain, *bold;
};

/* A page being drawn: where the next line goes, from the top. */
struct page {
	cairo_t *c;
	const struct label_fonts *fonts;
	const struct text_locale *locale;
	double y;
};

static void
free_fonts(void *p)
{
	struct label_fonts *f = p;

	if (f->plain)
		cairo_font_face_destroy(f->plain);
	if (f->bold)
		cairo_font_face_destroy(f->bold);
	for (size_t i = 0; i < 2; i++)
		if (f->faces[i])
			(void)FT_Done_Face(f->faces[i]);
	(void)FT_Done_FreeType(f->library);
}

enum rc
label_fonts_load(
    const char *dir, struct arena *a, struct label_fonts **out, struct err *err)
{
	static const char *const names[] = {
	    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"};
	struct label_fonts *f = ARENA_NEW(a, struct label_fonts);

	if (FT_Init_FreeType(&f->library))
		return err_set(err, RC_ABSENT, "label.font",
		    "the font library does not start");
	arena_defer(a, free_fonts, f);
	for (size_t i = 0; i < 2; i++) {
		const char *path = arena_printf(a, "%s/%s", dir, names[i]);

		if (FT_New_Face(f->library, path, 0, &f->faces[i]))
			return err_set(err, RC_ABSENT, "label.font",
			    "%s is not a font that can be read", path);
	}
	f->plain = cairo_ft_font_face_create_for_ft_face(f->faces[0], 0);
	f->bold = cairo_ft_font_face_create_for_ft_face(f->faces[1], 0);
	*out = f;
	return RC_OK;
}

/* One line of text at x, smaller where it would be wider than w. */
static void
draw_text(const struct page *p, const char *s, double x, double size, double w,
    bool bold)
{
	cairo_text_extents_t e;

	cairo_set_font_face(p->c, bold ? p->fonts->bold : p->fonts->plain);
	cairo_set_font_size(p->c, size);
	cairo_text_extents(p->c, s, &e);
	if (e.x_advance > w)
		cairo_set_font_size(p->c, size * w / e.x_advance);
	cairo_move_to(p->c, x, p->y);
	cairo_show_text(p->c, s);
}

static bool
module_set(const struct zint_symbol *z, int x, int y)
{
	return z->encoded_data[y][x >> 3] >> (x & 7) & 1;
}

static void
draw_modules(cairo_t *c, const struct zint_symbol *z, double x, double y,
    double w, double h)
{
	for (int row = 0; row < z->rows; row++)
		for (int i = 0, n; i < z->width; i += n) {
			for (n = 1;
			     i + n < z->width &&
			     module_set(z, i, row) == module_set(z, i + n, row);
			     n++)
				;
			if (module_set(z, i, row))
				cairo_rectangle(
				    c, x + i * w, y + row * h, n * w, h);
		}
	cairo_fill(c);
}

/* Encodes text; NULL when the symbology cannot. To be freed by the caller. */
static struct zint_symbol *
encode(int symbology, int mode, const char *s)
{
	struct zint_symbol *z = ZBarcode_Create();
	unsigned char bytes[512];
	size_t n = strlen(s);

	if (z == NULL || n >= sizeof bytes) {
		ZBarcode_Delete(z);
		return NULL;
	}
	memcpy(bytes, s, n + 1);
	z->symbology = symbology;
	z->input_mode = mode;
	if (symbology == BARCODE_QRCODE)
		z->option_1 = 2;
	if (ZBarcode_Encode(z, bytes, (int)n) >= ZINT_ERROR) {
		ZBarcode_Delete(z);
		return NULL;
	}
	return z;
}

static enum rc
draw_sscc(struct page *p, const char *sscc, struct err *err)
{
	char text[32];
	struct zint_symbol *z;
	double w;

	(void)snprintf(text, sizeof text, "[00]%.18s", sscc);
	z = strspn(sscc, "0123456789") == 18 && sscc[18] == '\0'
		? encode(BARCODE_GS1_128, GS1_MODE, text)
		: NULL;
	if (z == NULL)
		return err_set(err, RC_INPUT, "label.code",
		    "%.40s is no serial shipping container code", sscc);
	w = z->width * MODULE;
	p->y = PAGE_H - MARGIN - BARS_H - 14;
	draw_modules(p->c, z, (PAGE_W - w) / 2, p->y, MODULE, BARS_H);
	ZBarcode_Delete(z);
	(void)snprintf(text, sizeof text, "(00) %.1s %.7s %.9s %.1s", sscc,
	    sscc + 1, sscc + 8, sscc + 17);
	p->y = PAGE_H - MARGIN;
	draw_text(p, text, (PAGE_W - w) / 2, 13, w, true);
	return RC_OK;
}

static void
draw_qr(const struct page *p, const char *text)
{
	struct zint_symbol *z = encode(BARCODE_QRCODE, UNICODE_MODE, text);
	double m;

	if (z == NULL)
		return;
	m = QR_SIZE / z->width;
	draw_modules(p->c, z, PAGE_W - MARGIN - QR_SIZE, MARGIN + 2 * MM, m, m);
	ZBarcode_Delete(z);
}

/* The lines of a value under each other, none wider than w. */
static void
draw_lines(struct page *p, const char *value, double size, double w)
{
	while (*value) {
		char line[256];
		size_t n = strcspn(value, "\n");

		(void)snprintf(line, sizeof line, "%.*s",
		    (int)(n < sizeof line ? n : sizeof line - 1), value);
		p->y += size * 1.2;
		draw_text(p, line, MARGIN, size, w, true);
		value += n + (value[n] == '\n');
	}
}

/* The name of a field in the reader's language. */
static void
put_name(const struct page *p, const char *field, struct buf *out)
{
	static const struct {
		const char *field, *key;
	} names[] = {
	    {"from", "despatches.label.from"},
	    {"to", "despatches.label.to"},
	    {"order", "despatches.label.order"},
	    {"despatch", "despatches.label.despatch"},
	    {"carrier", "despatches.label.carrier"},
	    {"package", "despatches.label.package"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i].field, field) &&
		    text_format_json(p->locale, names[i].key, NULL, out))
			return;
	buf_puts(out, field);
}

static void
draw_field(struct page *p, const json_t *field)
{
	const char *name = repr_json_str(field, "name");
	const char *value = repr_json_str(field, "value");
	bool large = json_is_true(json_object_get(field, "large"));
	double beside = MARGIN + 2 * MM + QR_SIZE;
	double w = p->y < beside ? WIDTH - QR_SIZE - 3 * MM : WIDTH;
	struct buf words;

	if (name == NULL || value == NULL || *value == '\0')
		return;
	buf_init(&words, 256);
	put_name(p, name, &words);
	p->y += 8;
	cairo_set_source_rgb(p->c, 0.25, 0.25, 0.25);
	draw_text(p, words.p, MARGIN, 6.5, w, false);
	cairo_set_source_rgb(p->c, 0, 0, 0);
	draw_lines(p, value, large ? 12 : 9, w);
	p->y += 2;
	buf_done(&words);
}

/* What lies in it, as far as there is room above the bars. */
static void
draw_contents(struct page *p, const json_t *contents)
{
	double end = PAGE_H - MARGIN - BARS_H - 14 - 4 * MM;
	size_t n = json_array_size(contents);
	double step = n ? (end - p->y) / (double)n : 0;
	const json_t *text;
	size_t i;

	if (step > 9)
		step = 9;
	json_array_foreach(contents, i, text)
	{
		const char *s = json_string_value(text);

		p->y += step;
		if (s && step > 2)
			draw_text(p, s, MARGIN, step * 0.8, WIDTH, false);
	}
}

static enum rc
draw_label(struct page *p, const json_t *label, struct err *err)
{
	const char *sscc = repr_json_str(label, "sscc");
	const char *qr = repr_json_str(label, "qr");
	const json_t *field;
	size_t i;
	enum rc rc;

	p->y = MARGIN;
	if (qr)
		draw_qr(p, qr);
	json_array_foreach(json_object_get(label, "fields"), i, field)
	    draw_field(p, field);
	draw_contents(p, json_object_get(label, "contents"));
	rc = draw_sscc(p, sscc ? sscc : "", err);
	cairo_show_page(p->c);
	return rc;
}

static cairo_status_t
take_bytes(void *closure, const unsigned char *bytes, unsigned int n)
{
	struct buf *out = closure;

	buf_put(out, span_make((const char *)bytes, n));
	return out->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

enum rc
label_pdf(const json_t *labels, const struct label_fonts *fonts,
    const struct text_locale *l, struct buf *out, struct err *err)
{
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(
	    take_bytes, out, PAGE_W, PAGE_H);
	struct page p = {.c = cairo_create(s), .fonts = fonts, .locale = l};
	enum rc rc = RC_OK;
	const json_t *label;
	size_t i;

	json_array_foreach(labels, i, label)
	{
		rc = draw_label(&p, label, err);
		if (rc != RC_OK)
			break;
	}
	if (rc == RC_OK && cairo_status(p.c) != CAIRO_STATUS_SUCCESS)
		rc = err_set(err, RC_FAULT, "label.draw", "%s",
		    cairo_status_to_string(cairo_status(p.c)));
	cairo_destroy(p.c);
	cairo_surface_finish(s);
	if (rc == RC_OK && out->full)
		rc = err_set(err, RC_FAULT, "label.draw",
		    "the labels are larger than %d bytes", LABEL_MAX);
	cairo_surface_destroy(s);
	return rc;
}
