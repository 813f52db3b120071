/* SPDX-License-Identifier: Apache-2.0
 *
 * Real documents of others. They are not part of the project: KONTOR_CORPUS
 * names their folder, else it is looked for beside the checkout; without it
 * tests are skipped.
 */
#ifndef CORPUS_HELP_H
#define CORPUS_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/conf.h"
#include "edi/edi.h"

#define CORPUS_FILE_MAX (64u << 20)

static inline const char *
corpus(void)
{
	const char *dir = getenv("KONTOR_CORPUS");
	FILE *f;

	if (dir != NULL)
		return dir;
	f = fopen("../shared/corpus/EXPECTED.tsv", "r");
	if (f == NULL) {
		print_message("no corpus here\n");
		skip();
	}
	fclose(f);
	return "../shared/corpus";
}

static inline struct span
corpus_load(struct arena *a, const char *name)
{
	struct span s = {NULL, 0};
	struct err err;

	if (file_read(name, CORPUS_FILE_MAX, a, &s, &err) != RC_OK)
		fail_msg("%s", err.text);
	return s;
}

struct expected {
	struct span file, verdict, level, why;
};

/* The next line of EXPECTED.tsv; false at its end. */
static inline bool
corpus_next(struct span *table, struct expected *out)
{
	struct span line = span_cut(table, '\n');

	if (line.n == 0)
		return false;
	out->file = span_cut(&line, '\t');
	(void)span_cut(&line, '\t');
	(void)span_cut(&line, '\t');
	out->verdict = span_cut(&line, '\t');
	out->level = span_cut(&line, '\t');
	out->why = span_cut(&line, '\t');
	return true;
}

static inline struct span
corpus_table(struct arena *a, const char *dir)
{
	struct span t = corpus_load(a, arena_printf(a, "%s/EXPECTED.tsv", dir));

	(void)span_cut(&t, '\n');
	return t;
}

/*
 * Calls seen for every document of the corpus; those of AS2 are no documents.
 */
static inline void
corpus_each(
    void (*seen)(const struct expected *e, const char *name, struct span bytes))
{
	const char *dir = corpus();
	struct arena *a = arena_new();
	struct span t = corpus_table(a, dir);
	struct expected e;

	while (corpus_next(&t, &e)) {
		struct arena *one = arena_new();
		char *name =
		    arena_printf(one, "%s/%.*s", dir, (int)e.file.n, e.file.p);

		if (!span_starts(e.file, "as2/"))
			seen(&e, name, corpus_load(one, name));
		arena_free(one);
	}
	arena_free(a);
}

typedef void corpus_seen(void *ctx, const struct edi_finding *f);

static inline void
corpus_list(const struct edi_findings *fs, corpus_seen *seen, void *ctx)
{
	for (size_t i = 0; i < fs->n; i++)
		seen(ctx, &fs->list[i]);
}

/* Calls seen for every finding about a file. */
static inline void
corpus_findings(const struct edi_file *f, corpus_seen *seen, void *ctx)
{
	corpus_list(&f->findings, seen, ctx);
	for (size_t i = 0; i < f->ninterchanges; i++) {
		const struct edi_interchange *ix = f->interchanges[i];

		corpus_list(&ix->findings, seen, ctx);
		for (uint32_t k = 0; k < ix->ngroups; k++)
			corpus_list(&ix->groups[k]->findings, seen, ctx);
		for (uint32_t k = 0; k < ix->nmessages; k++)
			corpus_list(&ix->messages[k]->findings, seen, ctx);
	}
}

#endif
