/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the sandbox share; nobody else includes it.
 */
#ifndef EXCHANGE_SANDBOX_INSIDE_H
#define EXCHANGE_SANDBOX_INSIDE_H

#include "exchange/sandbox.h"
#include "guide/document.h"

/* What every child begins with. */
struct zygote {
	const struct sandbox_options *o;
	struct arena *a;
	struct guides *guides;
	struct sock_fprog *filter;
};

void sandbox_zygote_main(const struct sandbox_options *o, int socket)
    __attribute__((noreturn));

/* The system calls that a child may make, as a filter; NULL when the kernel
 * has none or the build is instrumented. Lives in a. */
struct sock_fprog *sandbox_filter(struct arena *a);

/* Gives up everything but in, out and the log; ends the process when that
 * cannot be done. */
void sandbox_enter(const struct zygote *z, int in, int out);

/* Answers on standard output what is asked on standard input until it ends.
 */
void sandbox_serve(const struct zygote *z) __attribute__((noreturn));

#endif
