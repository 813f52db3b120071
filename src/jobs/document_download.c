/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/download.h"
#include "jobs/job.h"

enum rc
job_document_download(struct work *w, struct err *err)
{
	return download_write(w, err);
}
