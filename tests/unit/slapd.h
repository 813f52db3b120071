/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests: real slapd processes on free loopback ports, with certificates
 * made on the spot, good and bad. Everything lies in one temporary folder.
 */
#ifndef TESTS_SLAPD_H
#define TESTS_SLAPD_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/err.h"

struct cert {
	EVP_PKEY *key;
	X509 *x509;
};

static inline void
add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (e == NULL)
		fatal("extension %s", value);
	(void)X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

/* by NULL: signed by itself; san NULL: an authority; ends in so many days. */
static inline struct cert
cert_make(const struct cert *by, const char *san, long days)
{
	static long serial = 1;
	struct cert c = {.key = EVP_EC_gen("P-256"), .x509 = X509_new()};
	const struct cert *issuer = by ? by : &c;
	X509_NAME *name = X509_get_subject_name(c.x509);
	char cn[32];

	(void)snprintf(cn, sizeof cn, "test %ld", serial);
	(void)X509_set_version(c.x509, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(c.x509), serial++);
	(void)X509_gmtime_adj(X509_getm_notBefore(c.x509), -3L * 24 * 60 * 60);
	(void)X509_gmtime_adj(X509_getm_notAfter(c.x509), days * 24 * 60 * 60);
	(void)X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
	(void)X509_set_issuer_name(c.x509, X509_get_subject_name(issuer->x509));
	(void)X509_set_pubkey(c.x509, c.key);
	add_extension(c.x509, issuer->x509, NID_basic_constraints,
	    san ? "critical,CA:FALSE" : "critical,CA:TRUE");
	if (san)
		add_extension(c.x509, issuer->x509, NID_subject_alt_name, san);
	if (!X509_sign(c.x509, issuer->key, EVP_sha256()))
		fatal("a certificate cannot be signed");
	return c;
}

static inline void
cert_write(struct cert c, const char *dir, const char *name)
{
	char path[160];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s.pem", dir, name);
	f = fopen(path, "w");
	if (f == NULL || !PEM_write_X509(f, c.x509))
		fatal("%s", path);
	(void)fclose(f);
	(void)snprintf(path, sizeof path, "%s/%s.key", dir, name);
	f = fopen(path, "w");
	if (f == NULL ||
	    !PEM_write_PrivateKey(f, c.key, NULL, NULL, 0, NULL, NULL))
		fatal("%s", path);
	(void)fclose(f);
}

static inline void
cert_free(struct cert c)
{
	EVP_PKEY_free(c.key);
	X509_free(c.x509);
}

/* A listening loopback socket; *port is the one the kernel chose. */
static inline int
listen_any(int *port)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) < 0 ||
	    listen(fd, 64) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		fatal("no loopback port");
	*port = ntohs(a.sin_port);
	return fd;
}

static inline int
free_port(void)
{
	int port, fd = listen_any(&port);

	(void)close(fd);
	return port;
}

static inline bool
port_answers(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;

	(void)close(fd);
	return ok;
}

struct slapd {
	pid_t pid;
	int port, tls_port;
	char dir[128];
};

static inline pid_t
start(const char *log, char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		(void)dup2(fd, 1);
		(void)dup2(fd, 2);
		execv(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static inline void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		fatal("%s", path);
	(void)fputs(text, f);
	(void)fclose(f);
}

/*
 * Starts slapd with settings and, when ldif is given, content. cert is the
 * name of a certificate in dir, NULL for none; ca.pem lies there too.
 */
static inline void
slapd_start(struct slapd *s, const char *dir, const char *name,
    const char *cert, const char *settings, const char *ldif)
{
	char conf[160], log[160], data[160], content[160], text[8192],
	    uris[160];
	char tls[512] = "";
	char program[] = "/usr/sbin/slapd", add[] = "/usr/sbin/slapadd",
	     f[] = "-f", l[] = "-l", q[] = "-q", h[] = "-h", d[] = "-d",
	     stats[] = "256";
	char *run[] = {program, f, conf, h, uris, d, stats, NULL};
	char *fill[] = {add, q, f, conf, l, content, NULL};
	const struct timespec nap = {.tv_nsec = 20 * 1000 * 1000};
	int status;

	(void)snprintf(s->dir, sizeof s->dir, "%s/%s", dir, name);
	(void)snprintf(data, sizeof data, "%s/data", s->dir);
	(void)snprintf(conf, sizeof conf, "%s/conf", s->dir);
	(void)snprintf(log, sizeof log, "%s/log", s->dir);
	(void)snprintf(content, sizeof content, "%s/ldif", s->dir);
	(void)mkdir(s->dir, 0700);
	(void)mkdir(data, 0700);
	if (cert)
		(void)snprintf(tls, sizeof tls,
		    "TLSCACertificateFile %s/ca.pem\n"
		    "TLSCertificateFile %s/%s.pem\n"
		    "TLSCertificateKeyFile %s/%s.key\n",
		    dir, dir, cert, dir, cert);
	(void)snprintf(text, sizeof text,
	    "include /etc/ldap/schema/core.schema\n"
	    "include /etc/ldap/schema/cosine.schema\n"
	    "include /etc/ldap/schema/inetorgperson.schema\n"
	    "modulepath /usr/lib/ldap\nmoduleload back_mdb\n"
	    "moduleload ppolicy\nloglevel none\n%s%s",
	    tls, settings);
	if (ldif)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text),
		    "database mdb\nmaxsize 10485760\nsuffix dc=test\n"
		    "directory %s\noverlay ppolicy\n"
		    "ppolicy_default cn=policy,dc=test\n"
		    "access to attrs=userPassword by anonymous auth by * none\n"
		    "access to * by dn.exact=cn=service,dc=test read "
		    "by * none\n",
		    data);
	write_text(conf, text);
	if (ldif) {
		write_text(content, ldif);
		(void)waitpid(start(log, fill), &status, 0);
		if (status != 0)
			fatal("slapadd failed: see %s", log);
	}
	s->port = free_port();
	s->tls_port = free_port();
	if (cert)
		(void)snprintf(uris, sizeof uris,
		    "ldap://127.0.0.1:%d ldaps://127.0.0.1:%d", s->port,
		    s->tls_port);
	else
		(void)snprintf(
		    uris, sizeof uris, "ldap://127.0.0.1:%d", s->port);
	s->pid = start(log, run);
	for (int i = 0; i < 250 && !port_answers(s->port); i++)
		(void)nanosleep(&nap, NULL);
	if (!port_answers(s->port))
		fatal("slapd does not start: see %s", log);
}

static inline void
slapd_stop(struct slapd *s)
{
	int status;

	if (s->pid <= 0)
		return;
	(void)kill(s->pid, SIGTERM);
	(void)waitpid(s->pid, &status, 0);
	s->pid = 0;
}

/* How often a word stands in the log. */
static inline int
slapd_logged(const struct slapd *s, const char *word)
{
	char path[160], line[2048];
	int n = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/log", s->dir);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		n += strstr(line, word) != NULL;
	if (f)
		(void)fclose(f);
	return n;
}

static inline int
remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static inline void
remove_tree(const char *dir)
{
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
