/* SPDX-License-Identifier: Apache-2.0
 *
 * AU-1 to AU-5 against real slapd processes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "auth/ldap.h"
#include "base/clock.h"
#include "repr/json.h"
#include "slapd.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define PEOPLE "ou=people,dc=test"

/* Names with metacharacters of filters and of distinguished names. */
static const char LDIF[] =
    "dn: dc=test\nobjectClass: dcObject\nobjectClass: organization\n"
    "dc: test\no: test\n\n"
    "dn: ou=people,dc=test\nobjectClass: organizationalUnit\nou: people\n\n"
    "dn: ou=more," PEOPLE "\nobjectClass: organizationalUnit\nou: more\n\n"
    "dn: ou=groups,dc=test\nobjectClass: organizationalUnit\nou: groups\n\n"
    "dn: cn=service,dc=test\nobjectClass: organizationalRole\n"
    "objectClass: simpleSecurityObject\ncn: service\n"
    "userPassword: service word\n\n"
    "dn: cn=policy,dc=test\nobjectClass: device\nobjectClass: pwdPolicy\n"
    "cn: policy\npwdAttribute: userPassword\npwdLockout: TRUE\n\n"
    "dn: cn=decoy,dc=test\nobjectClass: organizationalRole\n"
    "objectClass: simpleSecurityObject\ncn: decoy\n"
    "userPassword: decoy word\n\n"
    "dn: uid=anna," PEOPLE "\nobjectClass: inetOrgPerson\nuid: anna\n"
    "cn: Anna\nsn: A\nmail: anna@test.example\n"
    "userPassword: right horse\n"
    "entryUUID: 11111111-2222-3333-4444-555555555555\n\n"
    "dn: uid=b*(r)\\5C," PEOPLE "\nobjectClass: inetOrgPerson\n"
    "uid: b*(r)\\\ncn: Meta\nsn: M\nuserPassword: meta word\n\n"
    "dn: uid=twin," PEOPLE "\nobjectClass: inetOrgPerson\nuid: twin\n"
    "cn: T\nsn: T\nuserPassword: twin word\n\n"
    "dn: uid=twin,ou=more," PEOPLE "\nobjectClass: inetOrgPerson\n"
    "uid: twin\ncn: T\nsn: T\nuserPassword: twin word\n\n"
    "dn: uid=locked," PEOPLE "\nobjectClass: inetOrgPerson\nuid: locked\n"
    "cn: L\nsn: L\nuserPassword: locked word\n"
    "pwdAccountLockedTime: 000001010000Z\n\n"
    "dn: uid=device," PEOPLE "\nobjectClass: account\n"
    "objectClass: simpleSecurityObject\nuid: device\n"
    "userPassword: device word\n\n"
    "dn: cn=buyers\\2C north,ou=groups,dc=test\nobjectClass: groupOfNames\n"
    "cn: buyers, north\nmember: uid=anna," PEOPLE "\n"
    "member: uid=b*(r)\\5C," PEOPLE "\n\n"
    "dn: cn=others,ou=groups,dc=test\nobjectClass: groupOfNames\n"
    "cn: others\nmember: uid=twin," PEOPLE "\n";

static struct {
	char dir[64];
	char ca[96];
	struct slapd main, wrong, expired, self, plain;
	struct arena *a;
} world;

static void
bad_server(struct slapd *s, const char *name, struct cert c)
{
	cert_write(c, world.dir, name);
	cert_free(c);
	slapd_start(s, world.dir, name, name, "", NULL);
}

static int
setup(void **state)
{
	struct cert ca = cert_make(NULL, NULL, 10), good;

	(void)state;
	if (access("/usr/sbin/slapd", X_OK) < 0)
		return 0;
	world.a = arena_new();
	strcpy(world.dir, "/tmp/kontor-slapd-XXXXXX");
	assert_non_null(mkdtemp(world.dir));
	(void)snprintf(world.ca, sizeof world.ca, "%s/ca.pem", world.dir);
	good = cert_make(&ca, "IP:127.0.0.1", 10);
	cert_write(ca, world.dir, "ca");
	cert_write(good, world.dir, "good");
	cert_free(good);
	/* Unauthenticated binds succeed here: the trap of AU-1. */
	slapd_start(&world.main, world.dir, "main", "good",
	    "allow bind_anon_dn\n", LDIF);
	bad_server(&world.wrong, "wrong",
	    cert_make(&ca, "IP:127.0.0.2,DNS:else.example", 10));
	bad_server(
	    &world.expired, "expired", cert_make(&ca, "IP:127.0.0.1", -1));
	bad_server(&world.self, "self", cert_make(NULL, "IP:127.0.0.1", 10));
	slapd_start(&world.plain, world.dir, "plain", NULL, "", NULL);
	cert_free(ca);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	slapd_stop(&world.main);
	slapd_stop(&world.wrong);
	slapd_stop(&world.expired);
	slapd_stop(&world.self);
	slapd_stop(&world.plain);
	if (world.a)
		arena_free(world.a);
	if (*world.dir)
		remove_tree(world.dir);
	return 0;
}

/* Settings for a server: over TLS when tls, with StartTLS when start. */
static struct ldap_conf
settings(int port, bool ldaps, bool start_tls)
{
	return (struct ldap_conf){
	    .uri = arena_printf(
		world.a, "%s://127.0.0.1:%d", ldaps ? "ldaps" : "ldap", port),
	    .start_tls = start_tls,
	    .ca = world.ca,
	    .base = PEOPLE,
	    .name_attr = "uid",
	    .person_class = "inetOrgPerson",
	    .active_filter = "",
	    .group_base = "ou=groups,dc=test",
	    .group_attr = "member",
	    .bind_dn = "cn=service,dc=test",
	    .bind_password = SPAN("service word"),
	    .decoy_dn = "cn=decoy,dc=test",
	    .floor_ms = 40,
	};
}

static struct ldap_conf
usual(void)
{
	return settings(world.main.port, false, true);
}

static enum rc
login(const struct ldap_conf *conf, const char *name, const char *password)
{
	struct ldap_entry e;
	struct err err;
	enum rc rc = ldap_login(
	    conf, span_of(name), span_of(password), world.a, &e, &err);

	if (rc == RC_DENIED)
		assert_string_equal(err.code, "login.refused");
	if (rc == RC_AWAY)
		assert_string_equal(err.code, "directory.away");
	return rc;
}

static void
need_slapd(void)
{
	if (world.a == NULL)
		skip();
}

static void
AU2_finds_who_logs_in_with_facts_and_groups(void **state)
{
	struct ldap_conf conf = usual();
	struct ldap_entry e;
	struct buf b;
	json_t *o;

	(void)state;
	need_slapd();
	assert_int_equal(ldap_login(&conf, span_of("anna"),
			     span_of("right horse"), world.a, &e, NULL),
	    RC_OK);
	assert_true(span_is(e.dn, "uid=anna," PEOPLE));
	assert_true(span_is(e.id, "11111111-2222-3333-4444-555555555555"));
	assert_true(span_is(e.name, "anna"));
	assert_true(span_is(e.display_name, "Anna"));
	assert_true(span_is(e.mail, "anna@test.example"));
	assert_int_equal(e.ngroups, 1);
	assert_true(
	    span_is(e.groups[0], "cn=buyers\\2C north,ou=groups,dc=test"));
	buf_init(&b, 4096);
	ldap_entry_json(&e, &b);
	assert_int_equal(
	    repr_json_read(buf_span(&b), world.a, &o, NULL), RC_OK);
	assert_string_equal(repr_json_str(o, "name"), "anna");
	assert_string_equal(repr_json_str(o, "groups.0"),
	    "cn=buyers\\2C north,ou=groups,dc=test");
	buf_done(&b);
	/* The directory decides on case, the entry says how it is written. */
	assert_int_equal(ldap_login(&conf, span_of("ANNA"),
			     span_of("right horse"), world.a, &e, NULL),
	    RC_OK);
	assert_true(span_is(e.name, "anna"));
	/* By LDAPS as well. */
	conf = settings(world.main.tls_port, true, false);
	assert_int_equal(login(&conf, "anna", "right horse"), RC_OK);
}

static void
AU1_refuses_bad_passwords_without_asking(void **state)
{
	struct ldap_conf conf = usual();
	struct ldap_entry e;
	char *long_one;
	int before;

	(void)state;
	need_slapd();
	long_one = arena_alloc(world.a, 1026);
	memset(long_one, 'x', 1025);
	before = slapd_logged(&world.main, " BIND ");
	assert_int_equal(login(&conf, "anna", ""), RC_DENIED);
	assert_int_equal(login(&conf, "anna", long_one), RC_DENIED);
	assert_int_equal(
	    ldap_login(&conf, span_of("anna"), span_make("right horse\0x", 13),
		world.a, &e, NULL),
	    RC_DENIED);
	assert_int_equal(ldap_login(&conf, span_of("anna"), span_make("\0", 1),
			     world.a, &e, NULL),
	    RC_DENIED);
	assert_int_equal(slapd_logged(&world.main, " BIND "), before);
	/* The log does show binds, and 1,024 bytes are asked about. */
	long_one[1024] = '\0';
	assert_int_equal(login(&conf, "anna", long_one), RC_DENIED);
	assert_true(slapd_logged(&world.main, " BIND ") > before);
}

static void
AU2_refuses_bad_names_without_asking(void **state)
{
	struct ldap_conf conf = usual();
	struct ldap_entry e;
	char *long_one;
	int before;

	(void)state;
	need_slapd();
	long_one = arena_alloc(world.a, 300);
	memset(long_one, 'x', 257);
	before = slapd_logged(&world.main, " SRCH ");
	assert_int_equal(login(&conf, "", "right horse"), RC_DENIED);
	assert_int_equal(login(&conf, long_one, "right horse"), RC_DENIED);
	assert_int_equal(login(&conf, "anna\xff", "right horse"), RC_DENIED);
	assert_int_equal(ldap_login(&conf, span_make("anna\0", 5),
			     span_of("right horse"), world.a, &e, NULL),
	    RC_DENIED);
	assert_int_equal(slapd_logged(&world.main, " SRCH "), before);
}

static void
AU2_escapes_metacharacters(void **state)
{
	struct ldap_conf conf = usual();
	struct ldap_entry e;
	static const char *const names[] = {"*", "a*", "anna)(uid=*",
	    "anna)(|(uid=*", "*)(objectClass=*", "b*(r)", "b*", "\\61nna",
	    "anna\\00", "uid=anna", "anna,ou=people,dc=test"};

	(void)state;
	need_slapd();
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(
		    login(&conf, names[i], "right horse"), RC_DENIED);
	assert_int_equal(ldap_login(&conf, span_of("b*(r)\\"),
			     span_of("meta word"), world.a, &e, NULL),
	    RC_OK);
	assert_true(span_is(e.name, "b*(r)\\"));
	/* Its DN is escaped in the search for groups, too. */
	assert_int_equal(e.ngroups, 1);
}

static void
AU2_wants_exactly_one_person(void **state)
{
	struct ldap_conf conf = usual();

	(void)state;
	need_slapd();
	assert_int_equal(login(&conf, "nobody", "right horse"), RC_DENIED);
	assert_int_equal(login(&conf, "twin", "twin word"), RC_DENIED);
	/* Not a person, and not under the base. */
	assert_int_equal(login(&conf, "device", "device word"), RC_DENIED);
	assert_int_equal(login(&conf, "service", "service word"), RC_DENIED);
	/* Even the decoy's own password opens nothing. */
	assert_int_equal(login(&conf, "nobody", "decoy word"), RC_DENIED);
	conf.base = "ou=more," PEOPLE;
	assert_int_equal(login(&conf, "twin", "twin word"), RC_OK);
	assert_int_equal(login(&conf, "anna", "right horse"), RC_DENIED);
}

static void
AU2_shuts_out_whom_the_active_filter_leaves_out(void **state)
{
	struct ldap_conf conf = usual();

	(void)state;
	need_slapd();
	conf.active_filter = "(mail=*)";
	assert_int_equal(login(&conf, "anna", "right horse"), RC_OK);
	assert_int_equal(login(&conf, "b*(r)\\", "meta word"), RC_DENIED);
}

static void
AU3_fails_closed_without_trust(void **state)
{
	const struct {
		int port;
		bool ldaps, start_tls;
	} cases[] = {
	    {world.wrong.port, false, true},
	    {world.wrong.tls_port, true, false},
	    {world.expired.port, false, true},
	    {world.expired.tls_port, true, false},
	    {world.self.port, false, true}, {world.self.tls_port, true, false},
	    {world.plain.port, false, true}, /* StartTLS refused */
	};
	struct ldap_conf conf;

	(void)state;
	need_slapd();
	for (size_t i = 0; i < COUNT(cases); i++) {
		conf =
		    settings(cases[i].port, cases[i].ldaps, cases[i].start_tls);
		assert_int_equal(login(&conf, "anna", "right horse"), RC_AWAY);
	}
	assert_int_equal(slapd_logged(&world.wrong, " BIND "), 0);
	assert_int_equal(slapd_logged(&world.expired, " BIND "), 0);
	assert_int_equal(slapd_logged(&world.self, " BIND "), 0);
	assert_int_equal(slapd_logged(&world.plain, " BIND "), 0);
	/* An authority that we do not know. */
	conf = usual();
	conf.ca = "/etc/ssl/certs/ca-certificates.crt";
	assert_int_equal(login(&conf, "anna", "right horse"), RC_AWAY);
}

static enum rc
load(const char *uri, const char *start_tls)
{
	struct ldap_conf out;
	struct conf *conf;

	(void)setenv("KONTOR_LDAP_URI", uri, 1);
	(void)setenv("KONTOR_LDAP_START_TLS", start_tls, 1);
	(void)setenv("KONTOR_LDAP_BASE", PEOPLE, 1);
	assert_int_equal(conf_load(NULL, world.a, &conf, NULL), RC_OK);
	return ldap_conf_load(conf, world.a, &out, NULL);
}

static void
AU3_wants_TLS_for_all_but_loopback(void **state)
{
	(void)state;
	need_slapd();
	assert_int_equal(load("ldap://directory.example", "no"), RC_INPUT);
	assert_int_equal(load("ldap://10.0.0.1:389", "no"), RC_INPUT);
	assert_int_equal(load("ldap://localhost.evil.example", "no"), RC_INPUT);
	assert_int_equal(load("ldap://directory.example", "yes"), RC_OK);
	assert_int_equal(load("ldaps://directory.example", "no"), RC_OK);
	assert_int_equal(load("ldaps://directory.example", "yes"), RC_INPUT);
	assert_int_equal(load("ldap://127.0.0.1:3890", "no"), RC_OK);
	assert_int_equal(load("ldap://[::1]:3890", "no"), RC_OK);
	assert_int_equal(load("ldapi://%2Frun%2Fldapi", "no"), RC_OK);
	assert_int_equal(load("http://127.0.0.1", "no"), RC_INPUT);
	assert_int_equal(
	    load("ldap://127.0.0.1 ldap://evil.example", "no"), RC_INPUT);
	assert_int_equal(
	    load("ldap://127.0.0.1,ldap://evil.example", "no"), RC_INPUT);
}

/* One login against a server that never answers. */
struct silent {
	pthread_t thread;
	struct ldap_conf conf;
	int64_t took;
	enum rc rc;
};

static void *
ask_silent(void *p)
{
	struct silent *s = p;
	struct arena *a = arena_new();
	int64_t start_us = clock_mono();
	struct ldap_entry e;

	s->rc = ldap_login(
	    &s->conf, span_of("anna"), span_of("right horse"), a, &e, NULL);
	s->took = clock_mono() - start_us;
	arena_free(a);
	return NULL;
}

static void
AU4_gives_a_silent_directory_up_within_5_s(void **state)
{
	int port, fd;
	struct silent s[3];

	(void)state;
	need_slapd();
	fd = listen_any(&port);
	s[0].conf = settings(port, false, false);
	s[1].conf = settings(port, false, true);
	s[2].conf = settings(port, true, false);
	for (size_t i = 0; i < COUNT(s); i++)
		assert_int_equal(
		    pthread_create(&s[i].thread, NULL, ask_silent, &s[i]), 0);
	for (size_t i = 0; i < COUNT(s); i++) {
		assert_int_equal(pthread_join(s[i].thread, NULL), 0);
		assert_int_equal(s[i].rc, RC_AWAY);
		assert_true(s[i].took < 5 * 1000 * 1000);
	}
	(void)close(fd);
	/* Nobody listens at all. */
	assert_int_equal(login(&s[0].conf, "anna", "right horse"), RC_AWAY);
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
median(const char *name, const char *password)
{
	struct ldap_conf conf = usual();
	int64_t took[15];

	for (size_t i = 0; i < COUNT(took); i++) {
		int64_t start_us = clock_mono();

		assert_int_equal(login(&conf, name, password), RC_DENIED);
		took[i] = clock_mono() - start_us;
	}
	qsort(took, COUNT(took), sizeof *took, by_size);
	return took[COUNT(took) / 2];
}

static void
AU5_refuses_unknown_wrong_and_locked_alike(void **state)
{
	int64_t unknown, wrong, locked, empty;

	(void)state;
	need_slapd();
	unknown = median("nobody", "wrong word");
	wrong = median("anna", "wrong word");
	locked = median("locked", "locked word");
	empty = median("anna", "");
	assert_true(llabs(unknown - wrong) <= 10000);
	assert_true(llabs(locked - wrong) <= 10000);
	assert_true(llabs(empty - wrong) <= 10000);
}

static void
says_when_the_service_account_is_wrong(void **state)
{
	struct ldap_conf conf = usual();

	(void)state;
	need_slapd();
	conf.bind_password = span_of("nonsense");
	assert_int_equal(login(&conf, "anna", "right horse"), RC_FAULT);
	conf = usual();
	conf.base = "ou=absent,dc=test";
	assert_int_equal(login(&conf, "anna", "right horse"), RC_FAULT);
}

static void
AU12_rechecks_who_is_still_there(void **state)
{
	struct ldap_conf conf = usual();
	const struct span ids[] = {SPAN("11111111-2222-3333-4444-555555555555"),
	    SPAN("99999999-2222-3333-4444-555555555555")};
	struct ldap_entry found[2];

	(void)state;
	need_slapd();
	assert_int_equal(
	    ldap_recheck(&conf, ids, 2, world.a, found, NULL), RC_OK);
	assert_true(span_is(found[0].name, "anna"));
	assert_int_equal(found[0].ngroups, 1);
	assert_null(found[1].id.p);
	conf.bind_password = span_of("nonsense");
	assert_int_equal(
	    ldap_recheck(&conf, ids, 2, world.a, found, NULL), RC_FAULT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(AU2_finds_who_logs_in_with_facts_and_groups),
	    cmocka_unit_test(AU1_refuses_bad_passwords_without_asking),
	    cmocka_unit_test(AU2_refuses_bad_names_without_asking),
	    cmocka_unit_test(AU2_escapes_metacharacters),
	    cmocka_unit_test(AU2_wants_exactly_one_person),
	    cmocka_unit_test(AU2_shuts_out_whom_the_active_filter_leaves_out),
	    cmocka_unit_test(AU3_fails_closed_without_trust),
	    cmocka_unit_test(AU3_wants_TLS_for_all_but_loopback),
	    cmocka_unit_test(AU4_gives_a_silent_directory_up_within_5_s),
	    cmocka_unit_test(AU5_refuses_unknown_wrong_and_locked_alike),
	    cmocka_unit_test(says_when_the_service_account_is_wrong),
	    cmocka_unit_test(AU12_rechecks_who_is_still_there),
	};

	/* AU-3: what the environment says about TLS must not matter. */
	(void)setenv("LDAPTLS_REQCERT", "never", 1);
	ldap_setup();
	return cmocka_run_group_tests(tests, setup, teardown);
}
