/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/log.h"
#include "web/entry.h"
#include "web/errors.h"
#include "web/guard.h"
#include "web/kore_api.h"
#include "web/shared.h"

/* Kore's own body reader, which has no name outside. */
static int (*kore_body)(struct netbuf *);

/* Nothing more is read from this connection. */
static void
halt(struct connection *c)
{
	kore_free(c->rnb->buf);
	c->rnb->buf = NULL;
	c->rnb->m_len = 0;
}

static int
refuse(struct connection *c, const struct guard *g)
{
	char body[200], b[640];
	struct logline l;
	int n, len = snprintf(body, sizeof body,
		   "{\"type\":\"about:blank\",\"title\":\"%s\","
		   "\"status\":%d,\"code\":\"%s\"}",
		   status_text(g->status), g->status, g->code);

	n = snprintf(b, sizeof b,
	    "HTTP/1.1 %d %s\r\nconnection: close\r\ncache-control: no-store\r\n"
	    "strict-transport-security: max-age=31536000; includeSubDomains\r\n"
	    "x-content-type-options: nosniff\r\n"
	    "content-type: application/problem+json\r\n"
	    "content-length: %d\r\n\r\n%s",
	    g->status, status_text(g->status), len, body);
	net_send_queue(c, b, (size_t)n);
	c->flags |= CONN_CLOSE_EMPTY;
	c->http_timeout = 0;
	halt(c);
	log_begin(&l, "info", "refused");
	log_int(&l, "status", g->status);
	log_str(&l, "code", g->code);
	log_end(&l);
	shared_count(g->status, 0);
	return net_send_flush(c);
}

static int
guard_body(struct netbuf *nb)
{
	struct connection *c = nb->owner;
	int r = kore_body(nb);

	if (c->rnb->cb == kore_body) {
		c->rnb->cb = guard_body;
	} else {
		/* Complete: no 408 while we work. */
		c->http_timeout = 0;
		halt(c);
	}
	return r;
}

static int
guard_head(struct netbuf *nb)
{
	struct connection *c = nb->owner;
	struct guard g;
	int r;

	switch (guard_check(span_make(nb->buf, nb->s_off), &g)) {
	case GUARD_MORE:
		return KORE_RESULT_OK;
	case GUARD_REFUSE:
		return refuse(c, &g);
	case GUARD_PASS:
		break;
	}
	r = http_header_recv(nb);
	if (c->rnb->cb != guard_head && c->rnb->cb != http_header_recv) {
		kore_body = c->rnb->cb;
		c->rnb->cb = guard_body;
	}
	return r;
}

void
guard_connect(struct connection *c)
{
	c->proto = CONN_PROTO_HTTP;
	c->state = CONN_STATE_ESTABLISHED;
	net_recv_queue(c, http_header_max, NETBUF_CALL_CB_ALWAYS, guard_head);
}
