/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/check.h"
#include "db/notify.h"
#include "repr/label.h"
#include "web/app.h"
#include "web/loop.h"
#include "web/openapi.h"
#include "web/shared.h"
#include "web/stream.h"
#include "web/wait.h"

#define DB_PATIENCE 20 /* tries, half a second apart */

struct app app;

static const char *const logins[DOORS] = {
    [DOOR_ROOT] = "kontor_public",
    [DOOR_DISTRIBUTOR] = "kontor_distributor",
    [DOOR_SUPPLIER] = "kontor_supplier",
    [DOOR_DESK] = "kontor_desk",
};

static void
must(enum rc rc, const struct err *err)
{
	if (rc != RC_OK)
		fatal("kontor does not start: %s: %s", err->code, err->text);
}

static void
load_conf(void)
{
	const char *var = getenv("KONTOR_VAR");
	const char *path = getenv("KONTOR_CONF");
	struct err err = {0};

	if (path == NULL && var)
		path = arena_printf(app.a, "%s/kontor.conf", var);
	must(conf_load(path ? path : "ops/kontor.conf", app.a, &app.conf, &err),
	    &err);
	app.base_url = conf_get(app.conf, "base_url", "https://127.0.0.1:8443");
	app.demo = !strcmp(conf_get(app.conf, "demo", "no"), "yes");
	app.rate = (int)conf_int(app.conf, "request_rate", 200, 1, 1000000);
	app.partner_rate =
	    (int)conf_int(app.conf, "partner_rate", 600, 1, 1000000);
	if (!span_starts(span_of(app.base_url), "https://"))
		fatal("setting base_url = %s: only https:// is safe for "
		      "session cookies",
		    app.base_url);
}

static void
load_secrets(void)
{
	struct err err = {0};

	must(jwt_keys_load(conf_get(app.conf, "key_dir", "var/keys"),
		 app.base_url, &app.keys, &err),
	    &err);
	must(conf_secret(app.conf, "form_key", app.a, &app.form_key, &err),
	    &err);
	if (app.form_key.n < 32)
		fatal("setting form_key: the file holds %zu bytes; 32 or more "
		      "are needed",
		    app.form_key.n);
	ldap_setup();
	must(ldap_conf_load(app.conf, app.a, &app.ldap, &err), &err);
}

/* Sentences, templates, the fonts of labels; every route's page must be
 * there. */
static void
load_pages(void)
{
	static const char *const own[] = {"login/show", "error/show"};
	struct err err = {0};

	must(pages_load(conf_get(app.conf, "asset_dir", "assets"), app.a,
		 &app.pages, &err),
	    &err);
	must(label_fonts_load(conf_get(app.conf, "font_dir",
				  "/usr/share/fonts/truetype/dejavu"),
		 app.a, &app.fonts, &err),
	    &err);
	for (size_t i = 0; i < routes_n; i++)
		if (routes[i].page && !page_is(app.pages, routes[i].page))
			fatal("route %s %s: there is no template %s",
			    web_method_name(routes[i].method), routes[i].path,
			    routes[i].page);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (!page_is(app.pages, own[i]))
			fatal("there is no template %s", own[i]);
}

static const char *
login_of(enum web_door d)
{
	return arena_printf(app.a,
	    "host=%s port=%s dbname=%s user=%s gssencmode=disable "
	    "client_encoding=UTF8 application_name=kontor-web "
	    "connect_timeout=5",
	    conf_get(app.conf, "pg_host", "var/pg"),
	    conf_get(app.conf, "pg_port", "5432"),
	    conf_get(app.conf, "pg_database", "kontor"), logins[d]);
}

static void
sleep_half(void)
{
	struct timespec t = {.tv_nsec = 500000000};

	(void)nanosleep(&t, NULL);
}

/* The database may be starting just now; other troubles are not waited for. */
static void
check_login(enum web_door d)
{
	struct err err = {0};
	enum rc rc = db_check(app.login[d], &err);

	for (int i = 0; i < DB_PATIENCE && rc == RC_AWAY; i++) {
		sleep_half();
		rc = db_check(app.login[d], &err);
	}
	must(rc, &err);
}

static const struct db_operation *
find(const struct db_operation *o, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(o[i].name, name))
			return &o[i];
	return NULL;
}

/* Every route's operation is registered and does what its method says. */
static void
check_operations(void)
{
	struct db_operation *o;
	struct err err = {0};
	size_t n;

	must(db_operations(app.login[DOOR_ROOT], app.a, &o, &n, &err), &err);
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];
		const struct db_operation *op = find(o, n, r->operation);

		if (op == NULL)
			fatal("route %s %s: operation %s is not registered",
			    web_method_name(r->method), r->path, r->operation);
		if (r->method == WEB_GET && op->writes)
			fatal("route GET %s: operation %s writes", r->path,
			    r->operation);
		if (r->input == INPUT_BYTES && !op->takes_bytes)
			fatal("route %s: operation %s takes no bytes", r->path,
			    r->operation);
	}
	openapi_make(o, n);
}

void
app_start(void)
{
	app.a = arena_new();
	log_open(1, "kontor-web");
	load_conf();
	load_secrets();
	load_pages();
	shared_make();
	for (int d = DOOR_ROOT; d < DOOR_API; d++) {
		app.login[d] = login_of((enum web_door)d);
		check_login((enum web_door)d);
	}
	check_operations();
}

static void
noticed(const char *channel, const char *payload)
{
	struct notice n;

	if (notify_read(channel, payload, &n, NULL) != RC_OK)
		return;
	if (!n.session && !strcmp(n.object, "document"))
		wait_notice(n.id);
	stream_notice(&n);
}

void
app_worker(unsigned id)
{
	struct pg_settings s = {
	    .loop = &loop,
	    .size = (int)conf_int(app.conf, "pg_connections", 3, 1, 100),
	    .queue_max = (int)conf_int(app.conf, "pg_queue", 200, 1, 100000),
	    .queue_wait =
		conf_int(app.conf, "pg_wait_ms", 1500, 10, 60000) * 1000,
	};

	app.worker = id;
	shared_worker(id);
	for (int d = DOOR_ROOT; d < DOOR_API; d++) {
		s.name = logins[d];
		s.conninfo = app.login[d];
		app.pool[d] = pg_pool_new(&s);
	}
	s.name = "listen";
	s.conninfo = app.login[DOOR_ROOT];
	s.size = 1;
	s.listen = notify_listen;
	s.notify = noticed;
	app.listen = pg_pool_new(&s);
}

void
app_tick(void)
{
	static unsigned n;
	static int64_t keys_at;
	int64_t now = clock_mono();
	struct err err = {0};

	for (int d = DOOR_ROOT; d < DOOR_API; d++)
		pg_pool_tick(app.pool[d], now);
	pg_pool_tick(app.listen, now);
	if (n++ % 5 == 0)
		wait_tick(now);
	stream_tick(now);
	/* A withdrawn key fails within a minute (SE-6). */
	if (keys_at == 0)
		keys_at = now;
	if (now - keys_at > 30000000) {
		keys_at = now;
		if (jwt_keys_reload(app.keys, &err) != RC_OK)
			log_say("error", "keys", "%s: %s", err.code, err.text);
	}
}
