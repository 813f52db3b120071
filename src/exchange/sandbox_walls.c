/* SPDX-License-Identifier: Apache-2.0
 *
 * What a child may still do: read standard input, write standard output and
 * the log, have memory and end. Everything else ends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include "exchange/sandbox_inside.h"

#define FILTER_MAX 32768

#if defined(__SANITIZE_ADDRESS__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#ifndef INSTRUMENTED
#define INSTRUMENTED 0
#endif

/* Without arguments worth looking at. */
static const int CALLS[] = {
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(brk), SCMP_SYS(munmap),
    SCMP_SYS(mremap), SCMP_SYS(madvise),
    SCMP_SYS(futex),          /* malloc's and stdio's locks */
    SCMP_SYS(clock_gettime),  /* where the vDSO has none */
    SCMP_SYS(rt_sigprocmask), /* abort */
    SCMP_SYS(rt_sigreturn), SCMP_SYS(gettid), SCMP_SYS(getpid),
    SCMP_SYS(tgkill), /* abort */
};

static bool
add_rules(scmp_filter_ctx c)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
		rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, CALLS[i], 0);
	rc |= seccomp_rule_add(
	    c, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	rc |= seccomp_rule_add(
	    c, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 1));
	rc |= seccomp_rule_add(
	    c, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 2));
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return rc == 0;
}

/* The filter as the kernel takes it, made once for all children. */
static struct sock_fprog *export(scmp_filter_ctx c, struct arena *a)
{
	struct sock_fprog *prog = ARENA_NEW(a, struct sock_fprog);
	char *bytes = arena_alloc(a, FILTER_MAX);
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0 && seccomp_export_bpf(c, fd) == 0 &&
	    lseek(fd, 0, SEEK_SET) == 0)
		n = read(fd, bytes, FILTER_MAX);
	if (fd >= 0)
		(void)close(fd);
	if (n <= 0 || n == FILTER_MAX)
		return NULL;
	prog->len = (unsigned short)((size_t)n / sizeof(struct sock_filter));
	prog->filter = (struct sock_filter *)(void *)bytes;
	return prog;
}

struct sock_fprog *
sandbox_filter(struct arena *a)
{
	scmp_filter_ctx c;
	struct sock_fprog *prog;

	if (INSTRUMENTED)
		return NULL;
	c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (c == NULL || !add_rules(c))
		fatal("sandbox: cannot build the system call filter");
	prog = export(c, a);
	seccomp_release(c);
	if (prog == NULL)
		fatal("sandbox: cannot export the system call filter");
	return prog;
}

static void
limit(int what, rlim_t n)
{
	struct rlimit r = {n, n};

	if (setrlimit(what, &r) != 0)
		fatal("sandbox: setrlimit: %s", strerror(errno));
}

static void
limits(const struct sandbox_options *o)
{
	struct rlimit cpu = {o->cpu_s, o->cpu_s + 1};

	if (setrlimit(RLIMIT_CPU, &cpu) != 0)
		fatal("sandbox: setrlimit: %s", strerror(errno));
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NPROC, 0);
	if (!INSTRUMENTED)
		limit(RLIMIT_DATA, (rlim_t)o->memory_mib << 20);
	limit(RLIMIT_NOFILE, 3);
}

void
sandbox_enter(const struct zygote *z, int in, int out)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NAME, "kontor-reader");
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (dup2(in, 0) != 0 || dup2(out, 1) != 1 ||
	    close_range(3, ~0u, 0) != 0)
		fatal("sandbox: descriptors: %s", strerror(errno));
	limits(z->o);
	if (z->filter == NULL)
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, z->filter) != 0)
		fatal("sandbox: seccomp: %s", strerror(errno));
}
