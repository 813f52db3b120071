/* SPDX-License-Identifier: Apache-2.0
 *
 * Kore's hooks: what the parent prepares, what each worker does, the timer.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "web/app.h"
#include "web/drain.h"
#include "web/entry.h"
#include "web/health.h"
#include "web/kore_api.h"

#include <hooks.h>

#define TICK_MS 100

static pid_t parent_pid;

/*
 * Binds under a name of our own and moves the socket to its place, so that a
 * successor takes over without a gap and a stale socket is in nobody's way.
 */
static void
listen_on(const char *name, const char *path, const char *handler)
{
	struct kore_server *s = kore_server_create(name);
	const char *tmp = arena_printf(app.a, "%s.%d", path, (int)getpid());
	struct kore_domain *d;

	s->tls = 0;
	(void)unlink(tmp);
	if (!kore_server_bind_unix(s, tmp, "guard_connect"))
		fatal("cannot listen on %s", path);
	if (chmod(tmp, 0660) < 0 || rename(tmp, path) < 0)
		fatal("cannot make %s: %s", path, strerror(errno));
	d = kore_domain_new("*");
	kore_domain_attach(d, s);
	if (!kore_module_handler_new(
		d, "^/.*$", handler, NULL, HANDLER_TYPE_DYNAMIC))
		fatal("cannot route %s", path);
}

void
kore_parent_configure(int argc, char **argv)
{
	const char *path;

	(void)argc;
	(void)argv;
	/* Else a fork repeats buffered log lines. */
	(void)fflush(stdout);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	parent_pid = getpid();
	app_start();
	path = conf_get(app.conf, "socket", "var/run/kontor.sock");
	listen_on("main", path, "dispatch");
	listen_on("metrics",
	    conf_get(app.conf, "metrics_socket", "var/run/metrics.sock"),
	    "metrics");
	drain_parent(path);
	worker_accept_threshold = 1;
	http_hsts_enable = 0;
	http_keepalive_time = 0;
	http_header_max = 16384;
	http_body_max = ((size_t)10 << 20) + ((size_t)64 << 10);
	http_server_version("kontor");
}

static void
tick(void *arg, u_int64_t now)
{
	(void)arg;
	(void)now;
	app_tick();
	drain_tick();
	/* Workers outlive a killed parent and keep its socket. */
	if (getppid() != parent_pid)
		_exit(1);
}

void
kore_worker_configure(void)
{
	drain_worker();
	app_worker(worker->id);
	(void)kore_timer_add(tick, TICK_MS, NULL, 0);
	app_tick();
}
