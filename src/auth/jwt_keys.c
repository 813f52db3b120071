/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "auth/jwt_inside.h"
#include "base/conf.h"

#define KEYS_MAX 64
#define PEM_MAX 8192

static const struct {
	const char *name, *path;
} USES[JWT_USES] = {
    [JWT_USE_SESSION] = {"session", "/session"},
    [JWT_USE_ACCESS] = {"access", "/api/v1"},
    [JWT_USE_ASSERTION] = {"assertion", ""},
    [JWT_USE_INVITE] = {"invite", "/invite"},
};

const char *
jwt_use_name(enum jwt_use use)
{
	return USES[use].name;
}

/* "session-2026.pem": the use, or JWT_USES for a file that is none of ours. */
static enum jwt_use
use_of(struct span name)
{
	struct span rest = name, use = span_cut(&rest, '-');

	if (rest.n > 4 && span_ends(rest, ".pem") && name.n < JWT_KID_MAX)
		for (enum jwt_use u = 0; u < JWT_USES; u++)
			if (u != JWT_USE_ASSERTION &&
			    span_is(use, USES[u].name))
				return u;
	return JWT_USES;
}

/* The kid goes into JSON as it stands. */
static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 127 || s.p[i] == '"' ||
		    s.p[i] == '\\')
			return false;
	return true;
}

static enum rc
load_one(const char *dir, const char *name, enum jwt_use use, struct arena *a,
    struct jwt_own *out, struct err *err)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	struct span pem, kid = span_sub(span_of(name), 0, strlen(name) - 4);
	struct stat st;

	if (stat(path, &st) < 0 ||
	    file_read(path, PEM_MAX, a, &pem, NULL) != RC_OK)
		return err_set(err, RC_FAULT, "jwt.keys",
		    "%s cannot be read: %s", path, strerror(errno));
	out->use = use;
	out->kid = arena_str(a, kid);
	if (!is_plain(kid) || key_read(pem, a, &out->key, NULL) != RC_OK)
		return err_set(err, RC_FAULT, "jwt.keys",
		    "%s: expected a P-256 key as PEM, and a plain name", path);
	if (out->key.private_pem && st.st_mode & S_IRWXO)
		return err_set(err, RC_FAULT, "jwt.keys",
		    "%s is open to everybody (chmod o-rwx)", path);
	return RC_OK;
}

static int
by_kid(const void *a, const void *b)
{
	const struct jwt_own *x = a, *y = b;

	return strcmp(x->kid, y->kid);
}

static enum rc
load_dir(DIR *d, const char *dir, struct arena *a, struct jwt_own *own,
    size_t *n, struct err *err)
{
	struct dirent *e;

	while ((e = readdir(d))) {
		enum jwt_use use = use_of(span_of(e->d_name));
		enum rc rc;

		if (use == JWT_USES)
			continue;
		if (*n == KEYS_MAX)
			return err_set(err, RC_FAULT, "jwt.keys",
			    "%s holds more than %d keys", dir, KEYS_MAX);
		rc = load_one(dir, e->d_name, use, a, &own[*n], err);
		if (rc != RC_OK)
			return rc;
		++*n;
	}
	qsort(own, *n, sizeof *own, by_kid);
	return RC_OK;
}

const char *
jwt_keys_kid(const struct jwt_keys *k, enum jwt_use use)
{
	for (size_t i = k->n; i-- > 0;)
		if (k->own[i].use == use && k->own[i].key.private_pem)
			return k->own[i].kid;
	return NULL;
}

enum rc
jwt_keys_reload(struct jwt_keys *k, struct err *err)
{
	struct jwt_keys fresh = {.a = arena_new()};
	DIR *d = opendir(k->dir);
	enum rc rc;

	fresh.own = ARENA_ARRAY(fresh.a, struct jwt_own, KEYS_MAX);
	if (d == NULL)
		rc = err_set(err, RC_FAULT, "jwt.keys", "%s: %s", k->dir,
		    strerror(errno));
	else
		rc = load_dir(d, k->dir, fresh.a, fresh.own, &fresh.n, err);
	if (d)
		(void)closedir(d);
	if (rc == RC_OK && (jwt_keys_kid(&fresh, JWT_USE_SESSION) == NULL ||
			       jwt_keys_kid(&fresh, JWT_USE_ACCESS) == NULL))
		rc = err_set(err, RC_FAULT, "jwt.keys",
		    "%s: session-NAME.pem and access-NAME.pem with private "
		    "keys are needed",
		    k->dir);
	if (rc != RC_OK) {
		arena_free(fresh.a);
		return rc;
	}
	if (k->a)
		arena_free(k->a);
	k->a = fresh.a;
	k->own = fresh.own;
	k->n = fresh.n;
	jwt_cache_clear(k->cache);
	return RC_OK;
}

enum rc
jwt_keys_load(
    const char *dir, const char *issuer, struct jwt_keys **out, struct err *err)
{
	struct jwt_keys *k = heap_alloc(sizeof *k);
	enum rc rc;

	k->dir = heap_str(dir);
	k->issuer = heap_str(issuer);
	for (size_t u = 0; u < JWT_USES; u++) {
		size_t n = strlen(issuer), m = strlen(USES[u].path) + 1;

		k->audience[u] = heap_alloc(n + m);
		memcpy(k->audience[u], issuer, n);
		memcpy(k->audience[u] + n, USES[u].path, m);
	}
	k->cache = jwt_cache_new();
	rc = jwt_keys_reload(k, err);
	if (rc == RC_OK)
		*out = k;
	else
		jwt_keys_free(k);
	return rc;
}

void
jwt_keys_free(struct jwt_keys *k)
{
	if (k == NULL)
		return;
	if (k->a)
		arena_free(k->a);
	jwt_cache_free(k->cache);
	for (size_t u = 0; u < JWT_USES; u++)
		heap_free(k->audience[u]);
	heap_free(k->issuer);
	heap_free(k->dir);
	heap_free(k);
}

const char *
jwt_issuer(const struct jwt_keys *k)
{
	return k->issuer;
}

void
jwt_keys_public(const struct jwt_keys *k, struct buf *out)
{
	const char *comma = "";

	buf_puts(out, "{\"keys\":[");
	for (size_t i = 0; i < k->n; i++) {
		if (k->own[i].use != JWT_USE_ACCESS)
			continue;
		buf_puts(out, comma);
		key_jwk(&k->own[i].key, k->own[i].kid, out);
		comma = ",";
	}
	buf_puts(out, "]}");
}
