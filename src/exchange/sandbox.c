/* SPDX-License-Identifier: Apache-2.0
 *
 * The worker's side: the zygote's life, and one child at a time. The two pipes
 * of a child are handed to the zygote over its socket; it answers with the
 * child's pid at once and with its status at its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "exchange/sandbox_inside.h"

/* Wall time of an answer: a multiple of the CPU time, since others run too. */
#define WALL_FACTOR 4
#define RESULT_MAX (256u << 20)
#define ANSWER_MS 10000

struct sandbox {
	int socket;
	pid_t zygote;
	struct sandbox_options o;
};

static enum rc
not_started(struct err *err, const char *what)
{
	return err_set(
	    err, RC_FAULT, "sandbox.start", "%s: %s", what, strerror(errno));
}

/* The zygote says "ok", or why it cannot. */
static enum rc
first_word(struct sandbox *s, struct err *err)
{
	struct arena *a = arena_new();
	struct frame f;
	enum rc rc = frame_read(s->socket, 65536, 0, a, &f, err);

	if (rc != RC_OK)
		rc = err_set(
		    err, RC_FAULT, "sandbox.start", "the zygote ended at once");
	else if (f.kind == SANDBOX_ERROR)
		rc = err_set(err, RC_INPUT, "guide.syntax", "%.*s",
		    (int)f.parts[0].n, f.parts[0].p);
	arena_free(a);
	return rc;
}

enum rc
sandbox_start(
    const struct sandbox_options *o, struct sandbox **out, struct err *err)
{
	struct sandbox *s = heap_alloc(sizeof *s);
	int pair[2];
	enum rc rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return not_started(err, "socketpair");
	s->o = *o;
	s->zygote = fork();
	if (s->zygote < 0)
		return not_started(err, "fork");
	if (s->zygote == 0) {
		(void)close(pair[0]);
		sandbox_zygote_main(o, pair[1]);
	}
	(void)close(pair[1]);
	s->socket = pair[0];
	rc = first_word(s, err);
	if (rc != RC_OK) {
		sandbox_stop(s);
		return rc;
	}
	*out = s;
	return RC_OK;
}

void
sandbox_stop(struct sandbox *s)
{
	if (s == NULL)
		return;
	(void)close(s->socket);
	(void)waitpid(s->zygote, NULL, 0);
	heap_free(s);
}

/* Sends two descriptors and one byte. */
static bool
send_pipes(int socket, int in, int out)
{
	char byte = 'c';
	struct iovec iov = {&byte, 1};
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = {.room = {0}};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.room,
	    .msg_controllen = sizeof control.room};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fds[2] = {in, out};

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fds);
	memcpy(CMSG_DATA(c), fds, sizeof fds);
	return sendmsg(socket, &m, MSG_NOSIGNAL) == 1;
}

/* The zygote answers at once, unless it is gone or a child was forgotten. */
static bool
get_int(int socket, int *out)
{
	struct pollfd p = {.fd = socket, .events = POLLIN};
	ssize_t n;

	do
		n = poll(&p, 1, ANSWER_MS);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	do
		n = recv(socket, out, sizeof *out, MSG_WAITALL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof *out;
}

enum rc
sandbox_open(struct sandbox *s, struct sandbox_child *c, struct err *err)
{
	int to[2], from[2];
	bool fine;

	*c = (struct sandbox_child){.sandbox = s, .in = -1, .out = -1};
	if (pipe2(to, O_CLOEXEC) != 0)
		return err_set(err, RC_FAULT, "sandbox.away", "pipe");
	if (pipe2(from, O_CLOEXEC) != 0) {
		(void)close(to[0]);
		(void)close(to[1]);
		return err_set(err, RC_FAULT, "sandbox.away", "pipe");
	}
	fine = send_pipes(s->socket, to[0], from[1]);
	(void)close(to[0]);
	(void)close(from[1]);
	c->in = to[1];
	c->out = from[0];
	if (!fine || !get_int(s->socket, &c->pid) || c->pid <= 0)
		return err_set(
		    err, RC_FAULT, "sandbox.away", "the zygote is gone");
	c->deadline =
	    clock_mono() + (int64_t)s->o.cpu_s * WALL_FACTOR * 1000000;
	return RC_OK;
}

/* Ends the child; false when the zygote cannot say how it ended. */
static bool
reap(struct sandbox_child *c, int *status)
{
	int pid = c->pid;

	c->pid = 0;
	(void)close(c->in);
	(void)close(c->out);
	c->in = c->out = -1;
	if (clock_mono() > c->deadline)
		(void)kill(pid, SIGKILL);
	return get_int(c->sandbox->socket, status);
}

static const char *
how_it_ended(int status, bool late)
{
	if (late)
		return "it took too long";
	if (WIFEXITED(status))
		return WEXITSTATUS(status) ? "it needed too much memory"
					   : "it ended";
	switch (WTERMSIG(status)) {
	case SIGSYS:
		return "it did what it may not";
	case SIGXCPU:
		return "it took too much CPU time";
	default:
		return "it broke";
	}
}

/* Whether it was the document's fault or somebody else's. */
static enum rc
died(struct sandbox_child *c, struct err *err)
{
	bool late = clock_mono() > c->deadline;
	int status = 0;

	if (!reap(c, &status))
		return err_set(
		    err, RC_FAULT, "sandbox.away", "the zygote is gone");
	if (!late && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return err_set(err, RC_FAULT, "sandbox.killed",
		    "the reader's process was killed from outside");
	return err_set(err, RC_INPUT, "sandbox.died",
	    "the reader's process ended early: %s", how_it_ended(status, late));
}

enum rc
sandbox_ask(struct sandbox_child *c, const struct frame *ask, struct arena *a,
    struct frame *answer, struct err *err)
{
	struct err own = {.rc = RC_OK};
	enum rc rc;

	if (c->pid == 0)
		return err_set(
		    err, RC_INPUT, "sandbox.died", "it is gone already");
	c->deadline =
	    clock_mono() + (int64_t)c->sandbox->o.cpu_s * WALL_FACTOR * 1000000;
	rc = frame_write(c->in, ask, c->deadline, &own);
	if (rc == RC_OK)
		rc = frame_read(
		    c->out, RESULT_MAX, c->deadline, a, answer, &own);
	if (rc != RC_OK)
		return died(c, err);
	if (answer->kind == SANDBOX_ERROR)
		return err_set(err, RC_INPUT, arena_str(a, answer->parts[0]),
		    "%.*s", (int)answer->parts[1].n, answer->parts[1].p);
	return RC_OK;
}

void
sandbox_close(struct sandbox_child *c)
{
	int status;

	if (c->pid != 0 && !reap(c, &status))
		log_say("error", "sandbox", "the zygote is gone");
	if (c->in >= 0)
		(void)close(c->in);
	if (c->out >= 0)
		(void)close(c->out);
	c->in = c->out = -1;
}
