/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/trial.h"
#include "jobs/job.h"

enum rc
job_document_check(struct work *w, struct err *err)
{
	return trial_read(w, err);
}
