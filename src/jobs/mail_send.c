/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/mail.h"
#include "jobs/job.h"

enum rc
job_mail_send(struct work *w, struct err *err)
{
	return mail_send(w, err);
}
