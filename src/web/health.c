/* SPDX-License-Identifier: Apache-2.0 */
#include "web/health.h"
#include "web/app.h"
#include "web/kore_api.h"
#include "web/reply.h"
#include "web/shared.h"

static enum flow_step
say(struct flow *f, int status, const char *word)
{
	struct buf b;
	struct span body;

	buf_init(&b, 256);
	buf_printf(&b, "{\"status\":\"%s\"}\n", word);
	body = arena_span(f->a, buf_span(&b));
	buf_done(&b);
	if (status == 503)
		reply_header(f, "retry-after", "2");
	return reply(f, status, "application/json", body);
}

enum flow_step
health_live(struct flow *f)
{
	return say(f, 200, "alive");
}

enum flow_step
health_ready(struct flow *f)
{
	if (app.draining)
		return say(f, 503, "draining");
	for (int d = DOOR_ROOT; d < DOOR_API; d++)
		if (!pg_pool_ready(app.pool[d]))
			return say(f, 503, "database");
	return say(f, 200, "ready");
}

/* Of this worker; the others' are counted when they are asked. */
static void
put_pools(struct buf *b)
{
	static const char *const names[] = {
	    "public", "distributor", "supplier", "desk"};

	buf_puts(b, "# TYPE kontor_db_jobs_total counter\n"
		    "# TYPE kontor_db_failed_total counter\n"
		    "# TYPE kontor_db_lost_total counter\n"
		    "# TYPE kontor_db_queue gauge\n");
	for (int d = DOOR_ROOT; d < DOOR_API; d++) {
		struct pg_stats s = pg_pool_stats(app.pool[d]);

		buf_printf(b,
		    "kontor_db_jobs_total{pool=\"%s\",worker=\"%u\"} %llu\n"
		    "kontor_db_failed_total{pool=\"%s\",worker=\"%u\"} %llu\n"
		    "kontor_db_lost_total{pool=\"%s\",worker=\"%u\"} %llu\n"
		    "kontor_db_queue{pool=\"%s\",worker=\"%u\"} %d\n",
		    names[d], app.worker, (unsigned long long)s.jobs, names[d],
		    app.worker, (unsigned long long)s.failed, names[d],
		    app.worker, (unsigned long long)s.lost, names[d],
		    app.worker, s.queued);
	}
}

int
metrics(struct http_request *kore)
{
	struct buf b;

	buf_init(&b, 1u << 20);
	shared_metrics(&b);
	put_pools(&b);
	http_response_header(kore, "content-type", "text/plain; version=0.0.4");
	http_response(kore, 200, b.p, b.n);
	buf_done(&b);
	return KORE_RESULT_OK;
}
