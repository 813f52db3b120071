/* SPDX-License-Identifier: Apache-2.0 */
#include "web/openapi.h"
enum flow_step
openapi_show(struct flow *f)
{
	return flow_problem(f, 501, "x");
}
void
openapi_make(const struct db_operation *o, size_t n)
{
	(void)n;
	(void)o;
}
