/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of four entries, found by the first bytes of the token's SHA-256. A
 * full set gives up the entry that would end first.
 */
#include <string.h>

#include "auth/jwt_inside.h"

#define SETS 512
#define WAYS 4

struct entry {
	unsigned char digest[DIGEST_SIZE];
	enum jwt_use use;
	int64_t until; /* believed before this second; 0: empty */
	struct jwt_claims claims;
	char *texts; /* what the spans of claims point into */
};

struct jwt_cache {
	struct entry at[SETS][WAYS];
};

/* The texts of claims, to copy them in a loop. */
static const size_t TEXTS[] = {
    offsetof(struct jwt_claims, iss),
    offsetof(struct jwt_claims, aud),
    offsetof(struct jwt_claims, sub),
    offsetof(struct jwt_claims, jti),
    offsetof(struct jwt_claims, client_id),
    offsetof(struct jwt_claims, scope),
    offsetof(struct jwt_claims, portal),
    offsetof(struct jwt_claims, partner),
};
#define NTEXTS (sizeof TEXTS / sizeof *TEXTS)

static struct span *
text_at(struct jwt_claims *c, size_t i)
{
	return (struct span *)(void *)((char *)c + TEXTS[i]);
}

static size_t
set_of(const unsigned char digest[DIGEST_SIZE])
{
	return ((size_t)digest[0] << 8 | digest[1]) % SETS;
}

struct jwt_cache *
jwt_cache_new(void)
{
	return heap_alloc(sizeof(struct jwt_cache));
}

void
jwt_cache_clear(struct jwt_cache *c)
{
	for (size_t s = 0; s < SETS; s++)
		for (size_t w = 0; w < WAYS; w++)
			heap_free(c->at[s][w].texts);
	memset(c, 0, sizeof *c);
}

void
jwt_cache_free(struct jwt_cache *c)
{
	if (c == NULL)
		return;
	jwt_cache_clear(c);
	heap_free(c);
}

bool
jwt_cache_get(const struct jwt_cache *c, enum jwt_use use, struct span token,
    int64_t now, struct arena *a, struct jwt_claims *out)
{
	unsigned char digest[DIGEST_SIZE];
	const struct entry *set;

	digest_sha256(token, digest);
	set = c->at[set_of(digest)];
	for (size_t w = 0; w < WAYS; w++) {
		/* A clock set back must not prolong belief. */
		if (set[w].until <= now || set[w].until > now + JWT_CACHE ||
		    set[w].use != use ||
		    !digest_equal(span_make(digest, sizeof digest),
			span_make(set[w].digest, sizeof digest)))
			continue;
		*out = set[w].claims;
		for (size_t i = 0; i < NTEXTS; i++)
			*text_at(out, i) = arena_span(a, *text_at(out, i));
		return true;
	}
	return false;
}

static void
keep_texts(struct entry *e)
{
	size_t n = 0;

	for (size_t i = 0; i < NTEXTS; i++)
		n += text_at(&e->claims, i)->n;
	e->texts = heap_alloc(n + 1);
	n = 0;
	for (size_t i = 0; i < NTEXTS; i++) {
		struct span *s = text_at(&e->claims, i);

		if (s->n)
			memcpy(e->texts + n, s->p, s->n);
		s->p = e->texts + n;
		n += s->n;
	}
}

void
jwt_cache_put(struct jwt_cache *c, enum jwt_use use, struct span token,
    int64_t now, const struct jwt_claims *claims)
{
	unsigned char digest[DIGEST_SIZE];
	struct entry *set, *e;

	digest_sha256(token, digest);
	set = c->at[set_of(digest)];
	e = &set[0];
	for (size_t w = 1; w < WAYS; w++)
		if (set[w].until < e->until)
			e = &set[w];
	heap_free(e->texts);
	memcpy(e->digest, digest, sizeof digest);
	e->use = use;
	e->until = now + JWT_CACHE;
	e->claims = *claims;
	keep_texts(e);
}
