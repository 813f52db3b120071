/* SPDX-License-Identifier: Apache-2.0
 *
 * The first bytes of a connection: guard, path, Accept and cookies.
 */
#include <stdint.h>

#include "web/guard.h"
#include "web/header.h"
#include "web/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum web_format offers[] = {
	    FORMAT_HTML, FORMAT_JSON, FORMAT_XML};
	struct span s = span_make(data, size), value;
	struct arena *a = arena_new();
	struct route_match m;
	struct route_path p;
	enum web_format f;
	struct guard g;
	long long version;

	(void)guard_check(s, &g);
	if (route_path_read(s, a, &p, NULL) == RC_OK)
		route_find(&p, WEB_GET, &m);
	(void)accept_pick(s, offers, 3, &f);
	(void)language_pick(s);
	(void)!if_match_read(s, &version, NULL);
	(void)prefer_wait(s, 30);
	(void)!cookie_find(s, "a", &value, NULL);
	(void)media_type(s, a, &value);
	arena_free(a);
	return 0;
}
