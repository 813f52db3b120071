/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/digest.h"
#include "base/err.h"
#include "web/shared.h"

#define SLOTS 16384
#define PROBES 8
#define STREAMS 512
#define BUCKETS 9

/* Upper limits of the time buckets, in microseconds. */
static const int64_t limits[BUCKETS] = {
    1000, 2500, 5000, 10000, 25000, 100000, 500000, 2500000, INT64_MAX};

struct slot {
	_Atomic uint64_t key;
	_Atomic int64_t free_at; /* when the next request is due (GCRA) */
};

struct stream {
	_Atomic uint64_t key;
	_Atomic int count;
};

struct shared {
	struct slot slots[SLOTS];
	struct stream streams[SHARED_WORKERS][STREAMS];
	_Atomic uint64_t answers[6]; /* by the status' first digit */
	_Atomic uint64_t times[BUCKETS];
	_Atomic uint64_t micros;
	_Atomic uint64_t limited;
	_Atomic uint64_t starts;
};

static struct shared *shm;
static unsigned me;

void
shared_make(void)
{
	shm = mmap(NULL, sizeof *shm, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shm == MAP_FAILED)
		fatal("no shared memory");
}

void
shared_worker(unsigned id)
{
	me = id % SHARED_WORKERS;
	memset(shm->streams[me], 0, sizeof shm->streams[me]);
	atomic_fetch_add(&shm->starts, 1);
}

void
shared_count(int status, int64_t us)
{
	size_t i = 0;

	while (us > limits[i])
		i++;
	atomic_fetch_add(&shm->times[i], 1);
	atomic_fetch_add(&shm->micros, (uint64_t)us);
	atomic_fetch_add(
	    &shm->answers[status >= 100 && status < 600 ? status / 100 : 0], 1);
}

static uint64_t
hash(struct span key)
{
	unsigned char d[DIGEST_SIZE];
	uint64_t h;

	digest_sha256(key, d);
	memcpy(&h, d, sizeof h);
	return h ? h : 1;
}

/* The slot of a key; an expired or, at worst, the first one is taken over. */
static struct slot *
slot_of(uint64_t key, int64_t now)
{
	struct slot *old = NULL;

	for (uint64_t i = 0; i < PROBES; i++) {
		struct slot *s = &shm->slots[(key + i) % SLOTS];
		uint64_t k = atomic_load(&s->key);

		if (k == key)
			return s;
		if (!old && (k == 0 || atomic_load(&s->free_at) < now))
			old = s;
	}
	if (!old)
		old = &shm->slots[key % SLOTS];
	atomic_store(&old->key, key);
	atomic_store(&old->free_at, 0);
	return old;
}

int
shared_rate(struct span key, int rate, int burst, int64_t now, int *left)
{
	struct slot *s = slot_of(hash(key), now);
	int64_t gap = 1000000 / rate, at = atomic_load(&s->free_at), from;

	*left = 0;
	do {
		from = at > now ? at : now;
		if (from - now > gap * burst) {
			atomic_fetch_add(&shm->limited, 1);
			return (int)((from - now - gap * burst) / 1000000) + 1;
		}
	} while (!atomic_compare_exchange_weak(&s->free_at, &at, from + gap));
	*left = (int)(burst - (from - now) / gap);
	return 0;
}

static int
streams_of(uint64_t key)
{
	int n = 0;

	for (size_t w = 0; w < SHARED_WORKERS; w++)
		for (size_t i = 0; i < STREAMS; i++)
			if (atomic_load(&shm->streams[w][i].key) == key)
				n += atomic_load(&shm->streams[w][i].count);
	return n;
}

bool
shared_stream_open(struct span key, int max)
{
	uint64_t h = hash(key);

	if (streams_of(h) >= max)
		return false;
	for (size_t i = 0; i < STREAMS; i++) {
		struct stream *s = &shm->streams[me][i];

		if (atomic_load(&s->count) > 0 && atomic_load(&s->key) != h)
			continue;
		atomic_store(&s->key, h);
		atomic_fetch_add(&s->count, 1);
		return true;
	}
	return false;
}

void
shared_stream_close(struct span key)
{
	uint64_t h = hash(key);

	for (size_t i = 0; i < STREAMS; i++) {
		struct stream *s = &shm->streams[me][i];

		if (atomic_load(&s->key) != h || atomic_load(&s->count) == 0)
			continue;
		atomic_fetch_sub(&s->count, 1);
		return;
	}
}

static int
streams_open(void)
{
	int n = 0;

	for (size_t w = 0; w < SHARED_WORKERS; w++)
		for (size_t i = 0; i < STREAMS; i++)
			n += atomic_load(&shm->streams[w][i].count);
	return n;
}

static unsigned long long
load(_Atomic uint64_t *n)
{
	return (unsigned long long)atomic_load(n);
}

void
shared_metrics(struct buf *out)
{
	unsigned long long sum = 0;

	buf_puts(out, "# TYPE kontor_http_responses_total counter\n");
	for (int i = 1; i < 6; i++)
		buf_printf(out,
		    "kontor_http_responses_total{class=\"%dxx\"} %llu\n", i,
		    load(&shm->answers[i]));
	buf_puts(out, "# TYPE kontor_http_seconds histogram\n");
	for (size_t i = 0; i < BUCKETS; i++) {
		sum += load(&shm->times[i]);
		if (limits[i] == INT64_MAX)
			buf_printf(out,
			    "kontor_http_seconds_bucket{le=\"+Inf\"} %llu\n",
			    sum);
		else
			buf_printf(out,
			    "kontor_http_seconds_bucket{le=\"%g\"} %llu\n",
			    (double)limits[i] / 1e6, sum);
	}
	buf_printf(out, "kontor_http_seconds_sum %.6f\n",
	    (double)load(&shm->micros) / 1e6);
	buf_printf(out, "kontor_http_seconds_count %llu\n", sum);
	buf_puts(out, "# TYPE kontor_http_limited_total counter\n");
	buf_printf(
	    out, "kontor_http_limited_total %llu\n", load(&shm->limited));
	buf_puts(out, "# TYPE kontor_worker_starts_total counter\n");
	buf_printf(
	    out, "kontor_worker_starts_total %llu\n", load(&shm->starts));
	buf_puts(out, "# TYPE kontor_streams_open gauge\n");
	buf_printf(out, "kontor_streams_open %d\n", streams_open());
}
