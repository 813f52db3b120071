/* SPDX-License-Identifier: Apache-2.0
 *
 * What a child says that read a document, and that the document may have taken
 * over: as much as was allowed, whole, or nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exchange/frame.h"

#define FRAME_MAX 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* It says the same again. */
static void
write_again(const struct frame *f)
{
	struct arena *a = arena_new();
	int fd = memfd_create("frame", 0);
	struct frame again;
	struct err err;

	if (fd < 0 || frame_write(fd, f, 0, &err) != RC_OK ||
	    lseek(fd, 0, SEEK_SET) != 0 ||
	    frame_read(fd, FRAME_MAX, 0, a, &again, &err) != RC_OK ||
	    again.kind != f->kind || again.nparts != f->nparts)
		abort();
	for (uint32_t i = 0; i < f->nparts; i++) {
		if (!span_eq(again.parts[i], f->parts[i]))
			abort();
	}
	(void)close(fd);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	int fd = memfd_create("frame", 0);
	size_t all = 0;
	struct frame f;
	struct err err;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	if (frame_read(fd, FRAME_MAX, 0, a, &f, &err) == RC_OK) {
		if (f.nparts > FRAME_PARTS)
			abort();
		for (uint32_t i = 0; i < f.nparts; i++)
			all += f.parts[i].n;
		if (all > FRAME_MAX || all > size)
			abort();
		write_again(&f);
	}
	(void)close(fd);
	arena_free(a);
	return 0;
}
