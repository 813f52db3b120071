/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "web/app.h"
#include "web/drain.h"
#include "web/kore_api.h"
#include "web/stream.h"

#define DRAIN_MAX 15000000
/* What is waiting in the socket's backlog is still accepted. */
#define DRAIN_MIN 300000

static const char *name;
static struct stat made;
static volatile sig_atomic_t asked;

/* Takes the name away unless a successor has taken it over. */
static void
unlink_socket(void)
{
	struct stat now;

	if (name && lstat(name, &now) == 0 && now.st_dev == made.st_dev &&
	    now.st_ino == made.st_ino)
		(void)unlink(name);
}

static void
on_parent(int sig)
{
	int saved = errno;

	unlink_socket();
	errno = saved;
	sig_recv = sig;
}

static void
on_worker(int sig)
{
	(void)sig;
	asked = 1;
}

static void catch (void (*handler)(int))
{
	struct sigaction sa = {.sa_handler = handler};

	(void)sigfillset(&sa.sa_mask);
	if (sigaction(SIGTERM, &sa, NULL) < 0 ||
	    sigaction(SIGINT, &sa, NULL) < 0 ||
	    sigaction(SIGQUIT, &sa, NULL) < 0)
		fatal("cannot catch signals");
}

void
drain_parent(const char *path)
{
	name = path;
	if (lstat(path, &made) < 0)
		name = NULL;
	catch (on_parent);
}

void
drain_worker(void)
{
	name = NULL; /* the parent's task */
	catch (on_worker);
}

void
drain_tick(void)
{
	int64_t now = clock_mono();

	if (!asked)
		return;
	if (!app.draining) {
		app.draining = true;
		app.drain_at = now;
		stream_close_all();
		log_say("info", "drain", "%u requests in flight",
		    http_request_count);
	}
	if (now - app.drain_at > DRAIN_MAX ||
	    (http_request_count == 0 && now - app.drain_at > DRAIN_MIN))
		sig_recv = SIGTERM;
}
