/* SPDX-License-Identifier: Apache-2.0
 *
 * The one place where the document commands read a file.
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "main/ctl_document.h"

const char *
doc_setting(const struct doc_job *j, const char *key, const char *fallback)
{
	const char *path = getenv("KONTOR_CONF"), *var = getenv("KONTOR_VAR");
	struct conf *conf;
	struct err err;
	const char *v;

	if (path == NULL && var != NULL)
		path = arena_printf(j->a, "%s/kontor.conf", var);
	if (path == NULL)
		path = "ops/kontor.conf";
	if (conf_load(path, j->a, &conf, &err) != RC_OK &&
	    conf_load(NULL, j->a, &conf, &err) != RC_OK)
		return fallback;
	v = conf_get(conf, key, fallback);
	return v != NULL && v[0] ? v : fallback;
}

int
doc_prepare(struct doc_job *j)
{
	struct err err = {.rc = RC_OK};
	const char *assets =
	    ctl_place(doc_setting(j, "asset_dir", "assets"), j->a);

	/* large pieces go back to the system when they are freed, small ones
	 * are kept for the next file */
	(void)mallopt(M_MMAP_THRESHOLD, 512 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
	if (j->guides == NULL)
		j->guides =
		    ctl_place(doc_setting(j, "partner_dir", "partners"), j->a);
	if (j->schemas == NULL)
		j->schemas = doc_setting(j, "ubl_schemas", NULL);
	j->own_schemas =
	    ctl_place(doc_setting(j, "schema_dir", "docs/schemas"), j->a);
	if (guides_load(j->guides, j->a, NULL, &j->loaded, &err) != RC_OK) {
		(void)fprintf(stderr, "kontorctl: %s\n", err.text);
		return CTL_USAGE;
	}
	if (j->guide && guides_named(j->loaded, span_of(j->guide)) == NULL) {
		(void)fprintf(stderr, "kontorctl: no guide %s\n", j->guide);
		return CTL_USAGE;
	}
	j->reader = document_reader_new(j->loaded, j->a);
	if (text_load(arena_printf(j->a, "%s/text", assets), j->a, &j->text,
		&err) != RC_OK)
		return CTL_OK; /* findings without sentences */
	j->en = text_locale(j->text, "en", NULL);
	j->de = text_locale(j->text, "de", NULL);
	j->words = text_locale(j->text, j->lang, NULL);
	return CTL_OK;
}

/* One byte more than is allowed: that is a finding, not a failure. */
static bool
input(struct doc_sheet *s)
{
	FILE *f = strcmp(s->name, "-") == 0 ? stdin : fopen(s->name, "rb");
	static char part[65536];
	struct buf b;
	size_t n;
	bool ok;

	buf_init(&b, EDI_LIMITS.bytes + sizeof part);
	while (f && b.n <= EDI_LIMITS.bytes &&
	       (n = fread(part, 1, sizeof part, f)) > 0)
		buf_put(&b, span_make(part, n));
	ok = f && !ferror(f);
	s->bytes = arena_span(s->a, buf_span(&b));
	buf_done(&b);
	if (!ok)
		(void)fprintf(
		    stderr, "kontorctl: %s: %s\n", s->name, strerror(errno));
	if (f && f != stdin)
		(void)fclose(f);
	return ok;
}

bool
doc_judge(const struct doc_job *j, struct doc_sheet *s)
{
	struct document_options o = {.schemas = j->schemas,
	    .own_schemas = j->own_schemas,
	    .guide = j->guide};
	struct err err = {.rc = RC_OK};
	struct buf out;
	bool ok;

	buf_init(&out, DOC_RESULT_MAX);
	ok = document_reader_read(j->reader, s->bytes, NULL, &o, s->a, &out,
		 &s->file, &err) == RC_OK &&
	     repr_json_trusted(buf_span(&out), s->a, &s->result, &err) == RC_OK;
	buf_done(&out);
	if (!ok)
		(void)fprintf(stderr, "kontorctl: %s: %s\n", s->name, err.text);
	return ok;
}

bool
doc_read(const struct doc_job *j, struct doc_sheet *s)
{
	return input(s) && doc_judge(j, s);
}

void
doc_each_finding(const json_t *node,
    void (*seen)(void *ctx, const json_t *finding), void *ctx)
{
	static const char *const BELOW[] = {
	    "interchanges", "groups", "messages"};
	const json_t *list = json_object_get(node, "findings");

	for (size_t i = 0; i < json_array_size(list); i++)
		seen(ctx, json_array_get(list, i));
	for (size_t k = 0; k < 3; k++) {
		list = json_object_get(node, BELOW[k]);
		for (size_t i = 0; i < json_array_size(list); i++)
			doc_each_finding(json_array_get(list, i), seen, ctx);
	}
}

void
doc_each_canonical(const json_t *result,
    void (*seen)(void *ctx, const json_t *canonical), void *ctx)
{
	const json_t *list = json_object_get(result, "interchanges");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *ms =
		    json_object_get(json_array_get(list, i), "messages");

		for (size_t k = 0; k < json_array_size(ms); k++) {
			const json_t *c =
			    json_object_get(json_array_get(ms, k), "canonical");

			if (c != NULL)
				seen(ctx, c);
		}
	}
}
