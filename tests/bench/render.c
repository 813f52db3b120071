/* SPDX-License-Identifier: Apache-2.0
 *
 * CPU time of rendering a page from JSON against parsing that JSON with
 * jansson; usage: render ASSETS TEMPLATE DATA.json. Prints microseconds:
 * parse, render, bytes of JSON, bytes of page. Both are the median of rounds
 * in one process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/conf.h"
#include "repr/json.h"
#include "repr/page.h"

#define ROUNDS 301
#define FILE_MAX (16u << 20)

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *v)
{
	qsort(v, ROUNDS, sizeof *v, by_size);
	return v[ROUNDS / 2];
}

static double
parse_us(struct span text)
{
	static double took[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double start = cpu_us();
		json_t *v = json_loadb(text.p, text.n, 0, NULL);

		took[i] = cpu_us() - start;
		if (v == NULL)
			fatal("the data is not JSON");
		json_decref(v);
	}
	return median(took);
}

static double
render_us(
    const struct pages *pages, const char *name, struct span text, size_t *size)
{
	static double took[ROUNDS];
	const struct text_locale *en =
	    text_locale(pages_text(pages), "en", "Europe/Berlin");
	json_t *data = json_loadb(text.p, text.n, 0, NULL);
	json_t *view = json_pack("{s:o,s:{s:s},s:{s:s,s:s,s:s}}", "data", data,
	    "me", "name", "Bench", "page", "lang", "en", "door", "/distributor",
	    "form_token", "x");
	struct buf out;
	struct err err;

	buf_init(&out, PAGE_MAX);
	for (int i = 0; i < ROUNDS; i++) {
		double start;

		out.n = 0;
		start = cpu_us();
		if (page_render(pages, name, view, en, &out, &err) != RC_OK)
			fatal("%s: %s", err.code, err.text);
		took[i] = cpu_us() - start;
	}
	*size = out.n;
	buf_done(&out);
	json_decref(view);
	return median(took);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct pages *pages;
	struct span text;
	struct err err;
	double parse, render;
	size_t size = 0;

	if (argc != 4)
		fatal("usage: render ASSETS TEMPLATE DATA.json");
	if (pages_load(argv[1], a, &pages, &err) != RC_OK ||
	    file_read(argv[3], FILE_MAX, a, &text, &err) != RC_OK)
		fatal("%s: %s", err.code, err.text);
	parse = parse_us(text);
	render = render_us(pages, argv[2], text, &size);
	printf("%.1f %.1f %zu %zu\n", parse, render, text.n, size);
	arena_free(a);
	return 0;
}
