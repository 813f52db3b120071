/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "exchange/frame.h"

struct head {
	uint32_t kind, nparts;
	uint64_t sizes[FRAME_PARTS];
};

static enum rc
gone(struct err *err)
{
	return err_set(err, RC_AWAY, "frame.closed", "the other end is gone");
}

/* Waits until fd is ready; without a deadline the caller just blocks. */
static enum rc
ready(int fd, short events, int64_t deadline, struct err *err)
{
	struct pollfd p = {.fd = fd, .events = events};

	if (deadline == 0)
		return RC_OK;
	for (;;) {
		int64_t left = (deadline - clock_mono()) / 1000;
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (n > 0)
			return RC_OK;
		if (n == 0)
			return err_set(
			    err, RC_AWAY, "frame.late", "no answer in time");
		if (errno != EINTR)
			return gone(err);
	}
}

static enum rc
put(int fd, const void *p, size_t n, int64_t deadline, struct err *err)
{
	const char *at = p;

	while (n) {
		enum rc rc = ready(fd, POLLOUT, deadline, err);
		ssize_t w;

		if (rc != RC_OK)
			return rc;
		/* a pipe takes a page at least once it is ready */
		w = write(fd, at, deadline && n > 4096 ? 4096 : n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return gone(err);
		at += w;
		n -= (size_t)w;
	}
	return RC_OK;
}

static enum rc
get(int fd, void *p, size_t n, int64_t deadline, struct err *err)
{
	char *at = p;

	while (n) {
		enum rc rc = ready(fd, POLLIN, deadline, err);
		ssize_t r;

		if (rc != RC_OK)
			return rc;
		r = read(fd, at, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return gone(err);
		at += r;
		n -= (size_t)r;
	}
	return RC_OK;
}

enum rc
frame_write(int fd, const struct frame *f, int64_t deadline, struct err *err)
{
	struct head h = {.kind = f->kind, .nparts = f->nparts};
	enum rc rc;

	for (uint32_t i = 0; i < f->nparts; i++)
		h.sizes[i] = f->parts[i].n;
	rc = put(fd, &h, sizeof h, deadline, err);
	for (uint32_t i = 0; rc == RC_OK && i < f->nparts; i++)
		rc = put(fd, f->parts[i].p, f->parts[i].n, deadline, err);
	return rc;
}

enum rc
frame_read(int fd, size_t max, int64_t deadline, struct arena *a,
    struct frame *out, struct err *err)
{
	struct head h;
	enum rc rc = get(fd, &h, sizeof h, deadline, err);
	size_t all = 0;

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < FRAME_PARTS; i++) {
		if (h.nparts > FRAME_PARTS || h.sizes[i] > max ||
		    (all += h.sizes[i]) > max)
			return err_set(err, RC_FAULT, "frame.size",
			    "a message of more than %zu bytes", max);
	}
	*out = (struct frame){.kind = h.kind, .nparts = h.nparts};
	for (uint32_t i = 0; rc == RC_OK && i < h.nparts; i++) {
		char *p = arena_alloc(a, h.sizes[i] + 1);

		rc = get(fd, p, h.sizes[i], deadline, err);
		out->parts[i] = span_make(p, h.sizes[i]);
	}
	return rc;
}
