/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/inbound.h"
#include "jobs/job.h"

enum rc
job_document_read(struct work *w, struct err *err)
{
	return inbound_read(w, err);
}
