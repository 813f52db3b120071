/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads partner.conf (docs/manual/partner.conf.5): sections of `key = value`
 * lines, to the JSON that the database takes. Says what is wrong with file
 * and line; what values may be, the database decides.
 */
#ifndef MAIN_PARTNER_CONF_H
#define MAIN_PARTNER_CONF_H

#include "repr/json.h"

struct partner_conf {
	json_t *partner;    /* for core.admin_partner */
	json_t *agreements; /* array, for exchange.agreement_load */
};

/*
 * slug  the folder's name, taken where the file gives none
 *
 * RC_INPUT  partner.conf
 */
enum rc partner_conf_read(const char *path, const char *slug, struct arena *a,
    struct partner_conf *out, struct err *err) MUST_USE;

#endif
