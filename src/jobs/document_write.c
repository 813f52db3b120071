/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/outbound.h"
#include "jobs/job.h"

enum rc
job_document_write(struct work *w, struct err *err)
{
	return outbound_write(w, err);
}
