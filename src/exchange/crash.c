/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exchange/work.h"

/* Process context. */
static char at[64];
static unsigned long left;

void
crash_setup(const struct conf *conf)
{
	const char *point = getenv("KONTOR_CRASH_AT");
	size_t n = point ? strcspn(point, ":") : 0;

	if (n == 0 || n >= sizeof at ||
	    strcmp(conf_get(conf, "crash_points", "off"), "on") != 0)
		return;
	memcpy(at, point, n);
	left = point[n] ? strtoul(point + n + 1, NULL, 10) : 1;
}

void
crash_point(const char *name)
{
	if (at[0] && strcmp(name, at) == 0 && --left == 0)
		(void)kill(getpid(), SIGKILL);
}
