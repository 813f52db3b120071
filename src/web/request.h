/* SPDX-License-Identifier: Apache-2.0
 *
 * A request as the rest of the web layer sees it: free of Kore, only headers
 * of the allow-list (HT-3). Everything borrows from the connection or lives in
 * the request's arena.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include "web/router.h"

struct web_request {
	enum web_method method;
	struct span target; /* path as sent, without query */
	struct span query;
	struct route_path path;
	struct span body;
	char trace[40]; /* of X-Request-Id, or new */

	struct span accept, accept_language, authorization, content_type,
	    cookie, host, idempotency_key, if_match, if_none_match,
	    last_event_id, origin, prefer, real_ip, sec_fetch_site, request_id;
};

struct http_request;

/* Takes everything but path out of Kore's request. */
void request_read(struct http_request *kore, struct web_request *out);

#endif
