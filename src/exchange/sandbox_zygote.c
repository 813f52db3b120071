/* SPDX-License-Identifier: Apache-2.0
 *
 * The zygote: loads the guides, then forks a child for every two pipes it is
 * handed. It knows no secret and holds no connection.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "edi/xml.h"
#include "exchange/sandbox_inside.h"

static void
say(int socket, uint32_t kind, struct span text)
{
	struct frame f = {.kind = kind, .nparts = 1, .parts = {text}};
	struct err err;

	if (frame_write(socket, &f, 0, &err) != RC_OK)
		_exit(1);
}

/* Schemas of every XML type that a guide describes; one without a schema is
 * judged by its guide alone. The children find no file any more. */
static void
load_schemas(const struct zygote *z)
{
	const struct sandbox_options *o = z->o;
	struct err err;

	edi_xml_init();
	for (size_t i = 0; i < guides_count(z->guides); i++) {
		const struct guide *g = guides_at(z->guides, i);
		struct span type = span_of(guide_type(g));
		enum rc rc = RC_OK;

		if (o->schemas && guide_family(g) == EDI_UBL)
			rc = edi_schema_load(o->schemas, type, &err);
		if (o->own_schemas && guide_family(g) == EDI_XML)
			rc = edi_schema_load_own(
			    o->own_schemas, type, guide_root(g), &err);
		if (rc == RC_FAULT)
			fatal("%s", err.text);
	}
	edi_schemas_freeze();
}

static int
by_byte(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

/* What libraries would fetch from files at first use: sorting more than a
 * kilobyte asks how much memory the machine has. */
static void
warm_up(struct arena *a)
{
	char *letters = arena_alloc(a, 4096);

	qsort(letters, 4096, 1, by_byte);
	/* without a name of its own the zone's file is looked at each time */
	if (setenv("TZ", "UTC0", 1) != 0)
		fatal("sandbox: setenv");
	tzset();
	(void)repr_json_object(a);
}

static bool
take_pipes(int socket, int fds[2])
{
	char byte;
	struct iovec iov = {&byte, 1};
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.room,
	    .msg_controllen = sizeof control.room};
	struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = n == 1 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c == NULL || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(2 * sizeof(int)))
		return false;
	memcpy(fds, CMSG_DATA(c), 2 * sizeof(int));
	return true;
}

static void
put_int(int socket, int v)
{
	if (send(socket, &v, sizeof v, MSG_NOSIGNAL) != (ssize_t)sizeof v)
		_exit(0);
}

static void
one_child(const struct zygote *z, int socket, int fds[2])
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		sandbox_enter(z, fds[0], fds[1]);
		sandbox_serve(z);
	}
	(void)close(fds[0]);
	(void)close(fds[1]);
	put_int(socket, (int)pid);
	if (pid < 0)
		return;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	put_int(socket, status);
}

void
sandbox_zygote_main(const struct sandbox_options *o, int socket)
{
	struct zygote z = {.o = o, .a = arena_new()};
	struct err err = {.rc = RC_OK};
	int fds[2];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NAME, "kontor-zygote");
	if (guides_load(o->guides, z.a, NULL, &z.guides, &err) != RC_OK) {
		say(socket, SANDBOX_ERROR, span_of(err.text));
		_exit(1);
	}
	load_schemas(&z);
	warm_up(z.a);
	z.filter = sandbox_filter(z.a);
	say(socket, 0, span_of("ok"));
	while (take_pipes(socket, fds))
		one_child(&z, socket, fds);
	_exit(0);
}
