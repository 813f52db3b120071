/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl guide coverage: which places, values and codes of the guides the
 * kept samples exercise. Documents are read as they are; canonical documents
 * (JSON with a type) are written by every guide of their kind and read back.
 */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/conf.h"
#include "guide/convert.h"
#include "guide/cover.h"
#include "main/ctl.h"

#define SAMPLE_MAX (64u << 20)
#define RESULT_MAX (1u << 30)

struct covering {
	struct ctl *c;
	struct guides *gs;
	struct guide_cover *cover;
	const char **files;
	size_t n, cap;
};

/* nftw gives its callback no context. */
static struct covering *walking;

static int
found(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	struct covering *x = walking;
	static const char *const others[] = {
	    ".guide", ".segments", ".conf", ".md", ".mjs", ".c", ".h"};
	struct span name = span_of(path);
	bool sample =
	    kind == FTW_F && st->st_size > 0 && path[where->base] != '.';

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		sample &= !span_ends(name, others[i]);
	if (!sample)
		return 0;
	x->files =
	    arena_grow(x->c->a, x->files, sizeof *x->files, &x->cap, x->n + 1);
	x->files[x->n++] = arena_str(x->c->a, name);
	return 0;
}

/* partners/kranich/samples/orders.edi belongs to kranich/orders. */
static const char *
guide_of(const struct covering *x, const char *path, struct arena *a)
{
	struct span rest = span_of(path), partner = {NULL, 0};
	struct span file = rest, folder = {NULL, 0};

	while (rest.p) {
		partner = folder;
		folder = file;
		file = span_cut(&rest, '/');
	}
	struct span stem = span_sub(file, 0, span_find(file, '.'));
	const char *name = arena_printf(a, "%.*s/%.*s", (int)partner.n,
	    partner.p ? partner.p : "", (int)stem.n, stem.p ? stem.p : "");
	return span_is(folder, "samples") && guides_named(x->gs, span_of(name))
		   ? name
		   : NULL;
}

static void
read_bytes(
    struct covering *x, struct span bytes, const char *guide, struct arena *a)
{
	struct document_options o = {
	    .guide = guide, .plain = true, .cover = x->cover};
	struct buf out;
	struct err err;

	buf_init(&out, RESULT_MAX);
	if (document_read(x->gs, bytes, NULL, &o, a, &out, NULL, &err) != RC_OK)
		(void)fprintf(stderr, "kontorctl: %s\n", err.text);
	buf_done(&out);
}

static void
read_canonical(struct covering *x, struct span text, struct arena *a)
{
	struct document_conversion how = {.sender = {.id = span_of("A")},
	    .receiver = {.id = span_of("B")},
	    .numbers = {.interchange = "1"}};
	const char *type;
	json_t *v, *lost;
	struct err err;

	if (repr_json_trusted(text, a, &v, &err) != RC_OK)
		return;
	type = repr_json_str(v, "type");
	for (size_t i = 0; type && i < guides_count(x->gs); i++) {
		struct buf out;

		how.to = guides_at(x->gs, i);
		if (strcmp(guide_document(how.to), type) != 0)
			continue;
		buf_init(&out, SAMPLE_MAX);
		if (document_convert(x->gs, v, &how, a, &out, &lost, &err) ==
		    RC_OK)
			read_bytes(x, buf_span(&out), guide_name(how.to), a);
		buf_done(&out);
	}
}

static void
read_file(struct covering *x, const char *path)
{
	struct arena *a = arena_new();
	struct span bytes;
	struct err err;

	if (file_read(path, SAMPLE_MAX, a, &bytes, &err) != RC_OK)
		(void)fprintf(stderr, "kontorctl: %s\n", err.text);
	else if (span_ends(span_of(path), ".json"))
		read_canonical(x, bytes, a);
	else
		read_bytes(x, bytes, guide_of(x, path, a), a);
	arena_free(a);
}

static void
read_generated(struct covering *x, const struct guide *g)
{
	for (unsigned n = 0; n < guide_samples(g); n++) {
		struct arena *a = arena_new();
		struct buf out;
		struct err err;

		buf_init(&out, SAMPLE_MAX);
		if (document_sample_nth(x->gs, g, n, a, &out, &err) == RC_OK)
			read_bytes(x, buf_span(&out), guide_name(g), a);
		buf_done(&out);
		arena_free(a);
	}
}

static unsigned
percent(unsigned used, unsigned of)
{
	return of ? used * 100 / of : 100;
}

static json_t *
count(unsigned used, unsigned of)
{
	return json_pack("{s:i, s:i}", "used", (int)used, "of", (int)of);
}

static void
report(struct covering *x, const struct guide *g, json_t *all)
{
	bool names = ctl_get(x->c, "unused") != NULL;
	struct guide_coverage v;
	struct buf unused;
	json_t *o;

	buf_init(&unused, SAMPLE_MAX);
	v = guide_coverage(g, x->cover, &unused);
	if (!x->c->json) {
		(void)printf(
		    "%-32s places %3u %% (%u of %u)  values %3u %% (%u of "
		    "%u)  codes %3u %% (%u of %u)\n",
		    guide_name(g), percent(v.places_used, v.places),
		    v.places_used, v.places, percent(v.values_used, v.values),
		    v.values_used, v.values, percent(v.codes_used, v.codes),
		    v.codes_used, v.codes);
		if (names && unused.n)
			(void)fputs(unused.p, stdout);
		buf_done(&unused);
		return;
	}
	o = repr_json_object(x->c->a);
	repr_json_set_str(o, "guide", guide_name(g));
	json_object_set_new(o, "places", count(v.places_used, v.places));
	json_object_set_new(o, "values", count(v.values_used, v.values));
	json_object_set_new(o, "codes", count(v.codes_used, v.codes));
	if (names) {
		struct span rest = buf_span(&unused);
		json_t *list = json_array();

		while (rest.n) {
			struct span line = span_cut(&rest, '\n');
			json_array_append_new(
			    list, json_stringn(line.p, line.n));
		}
		json_object_set_new(o, "unused", list);
	}
	json_array_append(all, o);
	buf_done(&unused);
}

static void
gather(struct covering *x)
{
	const char *dir = ctl_get(x->c, "samples");
	const char *guides = ctl_get(x->c, "guides");
	struct stat st;

	walking = x;
	if (guides == NULL)
		guides = ctl_place(
		    conf_get(x->c->conf, "partner_dir", "partners"), x->c->a);
	(void)nftw(dir ? dir : guides, found, 16, FTW_PHYS);
	if (!dir && stat("tests/fixtures/guide", &st) == 0)
		(void)nftw("tests/fixtures/guide", found, 16, FTW_PHYS);
	walking = NULL;
}

int
ctl_guide_coverage(struct ctl *c)
{
	struct covering x = {.c = c, .cover = guide_cover_new(c->a)};
	json_t *all = repr_json_keep(c->a, json_array());
	const struct guide *one = NULL;
	struct err err;
	enum rc rc = ctl_guides(c, NULL, &x.gs, &err);

	if (rc == RC_OK && c->nwords)
		rc = ctl_guide_named(x.gs, c->words[0], &one, &err);
	if (rc != RC_OK)
		return ctl_fail(c, &err);
	gather(&x);
	for (size_t i = 0; i < x.n; i++)
		read_file(&x, x.files[i]);
	for (size_t i = 0; i < guides_count(x.gs); i++) {
		const struct guide *g = guides_at(x.gs, i);

		if (one != NULL && one != g)
			continue;
		if (ctl_get(c, "generated"))
			read_generated(&x, g);
		report(&x, g, all);
	}
	(void)ctl_print_json(c, all);
	return CTL_OK;
}
