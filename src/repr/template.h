/* SPDX-License-Identifier: Apache-2.0
 *
 * Mustache over JSON. Templates are compiled once into node arrays; a set is
 * read-only afterwards. All tags of the specification's required part work,
 * and lambdas. False, null, 0, "" and [] are falsy, as in Mustache's
 * JavaScript implementation, so that the same templates render in a browser.
 *
 * A function is known by name when templates are compiled:
 *  filter   {{#date}}{{due}}{{/date}}: the section is rendered without
 *           escaping, given to the function, its answer is escaped. Only
 *           sections of that name are calls; {{date}} stays data.
 *  lambda   as the specification has it: gets the raw text of the section (or
 *           nothing, as a variable); its answer is a template.
 */
#ifndef REPR_TEMPLATE_H
#define REPR_TEMPLATE_H

#include "repr/json.h"

/* Sections and partials within one another. */
#define TEMPLATE_DEPTH 64

struct template_set;
struct template;

/* One rendering, as functions see it. */
struct template_call;

struct template_func {
	const char *name;
	bool lambda;
	/*
	 * Writes the answer to out. prepared is what prepare made of a
	 * literal section, or NULL.
	 */
	void (*call)(struct template_call *c, const void *prepared,
	    struct span text, struct buf *out);
	/*
	 * May be NULL. Called when a template with a literal section is
	 * compiled; refuses (unknown text key) or makes something lasting.
	 */
	enum rc (*prepare)(void *user, struct span literal, struct arena *a,
	    const void **prepared, struct err *err);
};

struct template_options {
	/* Ends with a function without name; may be NULL. */
	const struct template_func *funcs;
	void *user; /* for prepare */
	/* Refuses raw variables and unknown partials. */
	bool strict;
	/* Drops blanks at the start of lines and empty lines. */
	bool trim;
};

/* The set and everything in it live in a. options is copied. */
struct template_set *template_set_new(
    const struct template_options *options, struct arena *a);

/*
 * Compiles text under a name, replacing an earlier one of that name.
 *
 * RC_INPUT  template.syntax, template.raw, template.depth, or what prepare
 *           says; text names template and line
 */
enum rc template_set_add(struct template_set *set, const char *name,
    struct span text, struct err *err) MUST_USE;

/*
 * Ties partials to their templates; call after the last template_set_add.
 *
 * RC_INPUT  template.partial (strict sets only)
 */
enum rc template_set_link(struct template_set *set, struct err *err) MUST_USE;

/*
 * Adds every DIR/.../NAME.html as ".../NAME" and links.
 *
 * RC_ABSENT file.absent; RC_FAULT file.read; RC_INPUT as above
 */
enum rc template_set_load(
    struct template_set *set, const char *dir, struct err *err) MUST_USE;

/* NULL when there is none. */
const struct template *template_find(
    const struct template_set *set, const char *name);

/* Calls seen(arg, name) for every template, in no particular order. */
void template_set_each(const struct template_set *set,
    void (*seen)(void *arg, const char *name), void *arg);

/*
 * Renders with view as the only context; user is for the functions.
 *
 * RC_FAULT  template.depth; template.size when out is full
 */
enum rc template_render(const struct template *t, const json_t *view,
    void *user, struct buf *out, struct err *err) MUST_USE;

/* For functions: what template_render was given, and the value of a dotted
 * name in the current context (NULL when absent). */
void *template_call_user(const struct template_call *c);
const json_t *template_call_find(
    const struct template_call *c, struct span dotted);

/* Appends s with & < > " ' escaped. */
void template_escape(struct buf *out, struct span s);

/* Appends a scalar as text: strings as they are, numbers in their shortest
 * form, true and false; nothing for null, objects and arrays. */
void template_scalar(struct buf *out, const json_t *v);

#endif
