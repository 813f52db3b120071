/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two halves of template.h share: a compiled template is an array of
 * nodes in the order of the text; a section knows the index after its last
 * inner node. Everything lives in the arena of its set (or, for what a lambda
 * answered, in one of its own).
 */
#ifndef REPR_TEMPLATE_IMPL_H
#define REPR_TEMPLATE_IMPL_H

#include "repr/template.h"

enum template_kind {
	TEMPLATE_TEXT,
	TEMPLATE_VAR,
	TEMPLATE_RAW,
	TEMPLATE_SECTION,
	TEMPLATE_INVERTED,
	TEMPLATE_PARTIAL,
	TEMPLATE_FILTER,
	TEMPLATE_LAMBDA,     /* section */
	TEMPLATE_LAMBDA_VAR, /* variable, escaped */
	TEMPLATE_LAMBDA_RAW, /* variable, raw */
};

struct template_delims {
	struct span open, close;
};

struct template_node {
	enum template_kind kind;
	bool starts_line;   /* gets the indentation of its partial */
	size_t end;         /* sections: the index after the last inner node */
	struct span text;   /* literal; lambda: raw section; partial: indent */
	struct span *names; /* the parts of a dotted name; none for "." */
	size_t nnames;
	const struct template_func *func;
	const void *prepared; /* by func, from a literal section */
	struct template *partial;
	struct template_delims delims; /* lambda sections */
};

struct template
{
	const char *name;
	struct template_set *set;
	struct template_node *nodes;
	size_t nnodes, cap;
	struct template *next;
};

struct template_set {
	struct arena *a;
	struct template_options options;
	struct template *first;
};

extern const struct template_delims template_default_delims;

/*
 * Compiles text into *t, which has name and set; memory from a.
 *
 * RC_INPUT  template.syntax, template.raw, template.depth, or as prepare says
 */
enum rc template_compile(struct template *t, struct span text,
    const struct template_delims *delims, struct arena *a,
    struct err *err) MUST_USE;

/* The template of that name, for the linker. */
struct template *template_of(const struct template_set *set, struct span name);

#endif
