/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"

#define CONF_MAX (256u << 10)
#define SECRET_MAX (64u << 10)

struct setting {
	struct setting *next;
	const char *key, *value;
};

struct conf {
	struct setting *first;
	struct arena *a;
};

static enum rc
read_all(int fd, const char *path, size_t size, struct arena *a,
    struct span *out, struct err *err)
{
	char *p = arena_alloc(a, size + 1);
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, p + n, size - n);

		if (got < 0)
			return err_set(err, RC_FAULT, "file.read", "%s: %s",
			    path, strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*out = span_make(p, n);
	return RC_OK;
}

enum rc
file_read(const char *path, size_t max, struct arena *a, struct span *out,
    struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	enum rc rc;

	if (fd < 0)
		return err_set(err, errno == ENOENT ? RC_ABSENT : RC_FAULT,
		    errno == ENOENT ? "file.absent" : "file.read", "%s: %s",
		    path, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		rc =
		    err_set(err, RC_FAULT, "file.read", "%s: not a file", path);
	else if ((size_t)st.st_size > max)
		rc = err_set(err, RC_INPUT, "file.size",
		    "%s has %lld bytes, at most %zu are read", path,
		    (long long)st.st_size, max);
	else
		rc = read_all(fd, path, (size_t)st.st_size, a, out, err);
	(void)close(fd);
	return rc;
}

static bool
key_is(struct span k)
{
	for (size_t i = 0; i < k.n; i++)
		if (!islower((unsigned char)k.p[i]) &&
		    !isdigit((unsigned char)k.p[i]) && k.p[i] != '_')
			return false;
	return k.n > 0;
}

static const struct setting *
find(const struct conf *c, const char *key)
{
	for (const struct setting *s = c->first; s; s = s->next)
		if (!strcmp(s->key, key))
			return s;
	return NULL;
}

static enum rc
load_line(struct conf *c, const char *path, int number, struct span line,
    struct err *err)
{
	struct span key, value = span_trim(line);
	struct setting *s;

	if (value.n == 0 || value.p[0] == '#')
		return RC_OK;
	key = span_trim(span_cut(&value, '='));
	if (value.p == NULL || !key_is(key))
		return err_set(err, RC_INPUT, "conf.syntax",
		    "%s line %d: expected `key = value`", path, number);
	s = ARENA_NEW(c->a, struct setting);
	s->key = arena_str(c->a, key);
	s->value = arena_str(c->a, span_trim(value));
	if (find(c, s->key))
		return err_set(err, RC_INPUT, "conf.duplicate",
		    "%s line %d: %s is set twice", path, number, s->key);
	s->next = c->first;
	c->first = s;
	return RC_OK;
}

enum rc
conf_load(const char *path, struct arena *a, struct conf **out, struct err *err)
{
	struct conf *c = ARENA_NEW(a, struct conf);
	struct span text = {0};
	enum rc rc;

	c->a = a;
	if (path) {
		rc = file_read(path, CONF_MAX, a, &text, err);
		if (rc != RC_OK)
			return rc;
	}
	for (int n = 1; text.p; n++) {
		rc = load_line(c, path, n, span_cut(&text, '\n'), err);
		if (rc != RC_OK)
			return rc;
	}
	*out = c;
	return RC_OK;
}

const char *
conf_get(const struct conf *c, const char *key, const char *fallback)
{
	char name[128] = "KONTOR_";
	const struct setting *s;
	const char *v;
	size_t n = strlen(name);

	for (const char *k = key; *k && n < sizeof name - 1; k++)
		name[n++] = (char)toupper((unsigned char)*k);
	v = getenv(name);
	if (v)
		return v;
	s = find(c, key);
	return s ? s->value : fallback;
}

long
conf_int(
    const struct conf *c, const char *key, long fallback, long min, long max)
{
	const char *v = conf_get(c, key, NULL);
	char *end;
	long n;

	if (v == NULL)
		return fallback;
	errno = 0;
	n = strtol(v, &end, 10);
	if (errno || end == v || *end || n < min || n > max)
		fatal("setting %s = %s: expected a whole number from %ld to "
		      "%ld",
		    key, v, min, max);
	return n;
}

enum rc
conf_secret(const struct conf *c, const char *key, struct arena *a,
    struct span *out, struct err *err)
{
	const char *path = conf_get(c, key, NULL);
	struct stat st;
	enum rc rc;

	if (path == NULL)
		return err_set(err, RC_ABSENT, "conf.absent",
		    "setting %s is missing; it names a file", key);
	if (stat(path, &st) == 0 && (st.st_mode & (S_IROTH | S_IWOTH)))
		return err_set(err, RC_FAULT, "conf.secret",
		    "%s is open to everybody (chmod o-rwx)", path);
	rc = file_read(path, SECRET_MAX, a, out, err);
	if (rc != RC_OK)
		return err_set(err, RC_FAULT, "conf.secret",
		    "setting %s: %s cannot be read", key, path);
	while (out->n && (out->p[out->n - 1] == '\n'))
		out->n--;
	return RC_OK;
}
