/* SPDX-License-Identifier: Apache-2.0
 *
 * The process context: settings, texts, keys and pools, made once by the
 * parent (app_start) and completed by each worker (app_worker). Read-only
 * between requests but for the counters.
 */
#ifndef WEB_APP_H
#define WEB_APP_H

#include "auth/jwt.h"
#include "auth/ldap.h"
#include "base/conf.h"
#include "db/pg.h"
#include "repr/page.h"
#include "web/router.h"

struct app {
	struct arena *a;
	struct conf *conf;
	struct pages *pages;
	struct label_fonts *fonts;
	struct jwt_keys *keys;
	struct ldap_conf ldap;
	struct span form_key;
	const char *base_url;        /* "https://127.0.0.1:8443" */
	bool demo;                   /* a private set-up */
	const char *login[DOORS];    /* conninfo by door; DOOR_ROOT: public */
	struct pg_pool *pool[DOORS]; /* by portal's door; NULL for the API */
	struct pg_pool *listen;
	int rate;         /* requests a second of one caller */
	int partner_rate; /* of all callers of one partner */
	unsigned worker;  /* from 0 */
	bool draining;
	int64_t drain_at; /* clock_mono() */
};

extern struct app app;

/* In the parent, before any fork: loads and checks everything; ends the
 * process with the reason when the server must not start. */
void app_start(void);

/* In a worker: opens its connections. */
void app_worker(unsigned id);

/* To be called every 0.1 s in a worker. */
void app_tick(void);

#endif
