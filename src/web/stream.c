/* SPDX-License-Identifier: Apache-2.0 */
#include "web/stream.h"
enum flow_step
stream_open(struct flow *f)
{
	return flow_problem(f, 501, "x");
}
void
stream_notice(const struct notice *n)
{
	(void)n;
}
void
stream_tick(int64_t now)
{
	(void)now;
}
void
stream_close_all(void)
{
}
