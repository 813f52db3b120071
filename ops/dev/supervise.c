/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the services of a private set-up running: usage `supervise SERVICES
 * RUNDIR LOGDIR`. SERVICES has one line a service, first to start first:
 *
 *     NAME USER SIGNAL COMMAND...
 *
 * USER is a system user or "-" for the caller; SIGNAL (TERM, INT, QUIT) asks
 * the service to end; COMMAND is given to sh. A service runs while the file
 * RUNDIR/want/NAME exists. One that ends is started again after 0.1 s, then
 * 0.2 s and so on up to 5 s; ten quiet seconds forget the count. Output goes
 * to LOGDIR/NAME.log. RUNDIR/services tells state and process ids. SIGTERM
 * or SIGINT ends everything, last service first.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SERVICES_MAX 16
#define LINE_MAX_BYTES 2048
#define PATH_BYTES 4096
#define LOG_MAX_BYTES (32 << 20)
#define POLL_MS 100
#define QUIET_MS 10000
#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 5000
#define STOP_MS 20000

struct service {
	char name[32];
	char user[32];
	int signal;
	char command[LINE_MAX_BYTES];
	pid_t pid;           /* 0 when it does not run */
	long long changed;   /* monotonic ms of the last start or end */
	long long backoff;   /* ms to wait before the next start */
	unsigned int starts; /* so far */
};

static struct service services[SERVICES_MAX];
static size_t nservices;
static const char *rundir, *logdir;

static void
die(const char *what, const char *name)
{
	fprintf(stderr, "supervise: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

static long long
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
note(const struct service *s, const char *what, int detail)
{
	char at[32] = "";
	time_t t = time(NULL);
	struct tm tm;

	if (gmtime_r(&t, &tm))
		(void)strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &tm);
	printf("%s %s %s %d\n", at, s->name, what, detail);
	fflush(stdout);
}

/* dir/part name suffix, whole or not at all. */
static void
join(char out[PATH_BYTES], const char *dir, const char *part, const char *name,
    const char *suffix)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s%s%s", dir, part, name, suffix);

	if (n < 0 || n >= PATH_BYTES) {
		errno = ENAMETOOLONG;
		die("cannot use", dir);
	}
}

static int
signal_of(const char *name)
{
	if (!strcmp(name, "INT"))
		return SIGINT;
	if (!strcmp(name, "QUIT"))
		return SIGQUIT;
	return SIGTERM;
}

static void
read_services(const char *path)
{
	char line[LINE_MAX_BYTES + 128], word[16];
	FILE *f = fopen(path, "re");

	if (f == NULL)
		die("cannot read", path);
	while (fgets(line, sizeof line, f) && nservices < SERVICES_MAX) {
		struct service *s = &services[nservices];

		if (sscanf(line, "%31s %31s %15s %2047[^\n]", s->name, s->user,
			word, s->command) != 4)
			continue;
		s->signal = signal_of(word);
		s->backoff = BACKOFF_MIN_MS;
		nservices++;
	}
	(void)fclose(f);
}

/* The child's side of a start: its log, user, limits, command. */
static void
become(const struct service *s)
{
	char path[PATH_BYTES];
	struct rlimit none = {0, 0};
	const struct passwd *pw;
	sigset_t empty;
	int fd;

	(void)setsid();
	join(path, logdir, "", s->name, ".log");
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		die("cannot write", path);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, 0) < 0)
		die("cannot read", "/dev/null");
	if (strcmp(s->user, "-")) {
		pw = getpwnam(s->user);
		if (pw == NULL || initgroups(s->user, pw->pw_gid) ||
		    setgid(pw->pw_gid) || setuid(pw->pw_uid))
			die("cannot become", s->user);
	}
	/* Secrets must not end in a core file. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)umask(0027);
	(void)prctl(PR_SET_PDEATHSIG, s->signal);
	(void)sigemptyset(&empty);
	(void)sigprocmask(SIG_SETMASK, &empty, NULL);
	(void)execl("/bin/sh", "sh", "-c", s->command, (char *)NULL);
	die("cannot start", "sh");
}

static void
trim_log(const struct service *s)
{
	char path[PATH_BYTES], old[PATH_BYTES];
	struct stat st;

	join(path, logdir, "", s->name, ".log");
	join(old, logdir, "", s->name, ".log.1");
	if (stat(path, &st) == 0 && st.st_size > LOG_MAX_BYTES)
		(void)rename(path, old);
}

static void
start(struct service *s)
{
	pid_t pid;

	trim_log(s);
	pid = fork();
	if (pid == 0)
		become(s);
	s->changed = now_ms();
	if (pid < 0) {
		note(s, "cannot fork", errno);
		return;
	}
	s->pid = pid;
	s->starts++;
	note(s, "started", (int)pid);
}

/* Tells the shell scripts what runs: NAME PID STARTS, 0 for "does not". */
static void
publish(void)
{
	char path[PATH_BYTES], tmp[PATH_BYTES];
	FILE *f;

	join(path, rundir, "", "services", "");
	join(tmp, rundir, "", "services", ".new");
	f = fopen(tmp, "we");
	if (f == NULL)
		return;
	for (size_t i = 0; i < nservices; i++)
		fprintf(f, "%s %d %u\n", services[i].name, (int)services[i].pid,
		    services[i].starts);
	(void)fclose(f);
	(void)rename(tmp, path);
}

static bool
reap(void)
{
	bool any = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < nservices; i++) {
			struct service *s = &services[i];

			if (s->pid != pid)
				continue;
			note(s, WIFSIGNALED(status) ? "killed by" : "ended",
			    WIFSIGNALED(status) ? WTERMSIG(status)
						: WEXITSTATUS(status));
			s->backoff = now_ms() - s->changed > QUIET_MS
					 ? BACKOFF_MIN_MS
					 : s->backoff * 2;
			if (s->backoff > BACKOFF_MAX_MS)
				s->backoff = BACKOFF_MAX_MS;
			s->pid = 0;
			s->changed = now_ms();
			any = true;
		}
	}
	return any;
}

static bool
wanted(const struct service *s)
{
	char path[PATH_BYTES];

	join(path, rundir, "want/", s->name, "");
	return access(path, F_OK) == 0;
}

/* Starts what is wanted and asks the unwanted to end. */
static bool
settle(void)
{
	bool any = false;

	for (size_t i = 0; i < nservices; i++) {
		struct service *s = &services[i];
		bool want = wanted(s);

		if (want && s->pid == 0 &&
		    (s->starts == 0 || now_ms() - s->changed >= s->backoff)) {
			start(s);
			any = true;
		} else if (!want && s->pid != 0) {
			(void)kill(s->pid, s->signal);
		} else if (!want) {
			s->backoff = BACKOFF_MIN_MS;
		}
	}
	return any;
}

static void
stop(struct service *s)
{
	long long end = now_ms() + STOP_MS;
	struct timespec pause = {.tv_nsec = 20000000};

	if (s->pid == 0)
		return;
	(void)kill(s->pid, s->signal);
	while (s->pid != 0 && now_ms() < end) {
		(void)reap();
		(void)nanosleep(&pause, NULL);
	}
	if (s->pid != 0) {
		note(s, "did not end, killing", (int)s->pid);
		(void)kill(-s->pid, SIGKILL);
		(void)waitpid(s->pid, NULL, 0);
		s->pid = 0;
	}
	publish();
}

int
main(int argc, char **argv)
{
	struct timespec wait = {.tv_nsec = POLL_MS * 1000000L};
	sigset_t set;
	int sig;

	if (argc != 4) {
		fputs("usage: supervise SERVICES RUNDIR LOGDIR\n", stderr);
		return 2;
	}
	read_services(argv[1]);
	rundir = argv[2];
	logdir = argv[3];
	(void)setsid();
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	publish();
	for (;;) {
		bool ended = reap(), started = settle();

		if (ended || started)
			publish();
		sig = sigtimedwait(&set, NULL, &wait);
		if (sig == SIGTERM || sig == SIGINT)
			break;
	}
	for (size_t i = nservices; i-- > 0;)
		stop(&services[i]);
	return 0;
}
