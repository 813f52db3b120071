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

/* Of "session-1.pem"; JWT_USES for any other file. */
static enum jwt_use
use_of(struct span file)
{
	struct span rest = file, use = span_cut(&rest, '-');

	if (rest.n > 4 && span_ends(rest, ".pem"))
		for (enum jwt_use u = 0; u < JWT_USES; u++)
			if (u != JWT_USE_ASSERTION &&
			    span_is(use, USES[u].name))
				return u;
	return JWT_USES;
}

static enum rc
load_one(
    const char *path, struct arena *a, struct jwt_own *out, struct err *err)
{
	struct span pem;
	struct stat st;

	if (stat(path, &st) < 0 ||
	    file_read(path, PEM_MAX, a, &pem, NULL) != RC_OK)
		return err_set(err, RC_FAULT, "jwt.keys",
		    "%s cannot be read: %s", path, strerror(errno));
	if (key_read(pem, a, &out->key, NULL) != RC_OK)
		return err_set(err, RC_FAULT, "jwt.keys",
		    "%s: expected a P-256 key as PEM", path);
	if (out->key.private_pem && st.st_mode & S_IRWXO)
		return err_set(err, RC_FAULT, "jwt.keys",
		    "%s is open to everybody (chmod o-rwx)", path);
	return RC_OK;
}

static int
by_file(const void *a, const void *b)
{
	const struct jwt_own *x = a, *y = b;

	return strcmp(x->file, y->file);
}

static enum rc
load_dir(DIR *d, const char *dir, struct arena *a, struct jwt_own *own,
    size_t *n, struct err *err)
{
	struct dirent *e;

	while ((e = readdir(d))) {
		struct jwt_own *o = &own[*n];
		enum rc rc;

		if (*n == KEYS_MAX)
			return err_set(err, RC_FAULT, "jwt.keys",
			    "%s holds %d keys or more", dir, KEYS_MAX);
		o->use = use_of(span_of(e->d_name));
		if (o->use == JWT_USES)
			continue;
		o->file = arena_str(a, span_of(e->d_name));
		rc = load_one(
		    arena_printf(a, "%s/%s", dir, e->d_name), a, o, err);
		if (rc != RC_OK)
			return rc;
		++*n;
	}
	qsort(own, *n, sizeof *own, by_file);
	return RC_OK;
}

const struct key *
jwt_keys_signing(const struct jwt_keys *k, enum jwt_use use)
{
	for (size_t i = k->n; i-- > 0;)
		if (k->own[i].use == use && k->own[i].key.private_pem)
			return &k->own[i].key;
	return NULL;
}

const char *
jwt_keys_kid(const struct jwt_keys *k, enum jwt_use use)
{
	const struct key *key = jwt_keys_signing(k, use);

	return key ? key->thumbprint : NULL;
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
	if (rc == RC_OK && (!jwt_keys_signing(&fresh, JWT_USE_SESSION) ||
			       !jwt_keys_signing(&fresh, JWT_USE_ACCESS)))
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
		key_jwk(&k->own[i].key, k->own[i].key.thumbprint, out);
		comma = ",";
	}
	buf_puts(out, "]}");
}
