/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/epoll.h>

#include "base/arena.h"
#include "web/kore_api.h"
#include "web/loop.h"

/* Kore hands this to handle(); the event must come first. Never freed. */
struct hook {
	struct kore_event evt;
	struct pg_conn *conn;
};

static void
ready(void *arg, int error)
{
	struct hook *h = arg;

	(void)error; /* libpq finds out by itself */
	pg_conn_ready(h->conn);
}

static void
watch(struct pg_conn *c, void **hook, int fd, bool write)
{
	struct hook *h = *hook;

	if (h == NULL) {
		h = heap_alloc(sizeof *h);
		h->evt.handle = ready;
		h->conn = c;
		*hook = h;
	}
	if (fd >= 0)
		kore_platform_event_schedule(
		    fd, EPOLLIN | EPOLLRDHUP | (write ? EPOLLOUT : 0), 0, h);
}

const struct pg_loop loop = {.watch = watch};
