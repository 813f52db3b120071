/* SPDX-License-Identifier: Apache-2.0
 *
 * libldap's time limits do not reach into a TLS handshake: with a peer that
 * says nothing it spins for ever. So a layer below TLS waits for the socket
 * itself, until the deadline and no longer.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>

#include "auth/ldap_inside.h"
#include "base/clock.h"

#define LEVEL                                                                  \
	(LBER_SBIOD_LEVEL_PROVIDER + 5) /* below TLS, above the socket         \
					 */

static int
limit_setup(Sockbuf_IO_Desc *d, void *line)
{
	d->sbiod_pvt = line;
	return 0;
}

static int
limit_nothing(Sockbuf_IO_Desc *d)
{
	(void)d;
	return 0;
}

static int
limit_ctrl(Sockbuf_IO_Desc *d, int option, void *arg)
{
	return LBER_SBIOD_CTRL_NEXT(d, option, arg);
}

/* Waits until the socket is ready; false with errno at the deadline. */
static bool
ready(const Sockbuf_IO_Desc *d, short events)
{
	const struct ldap_line *l = d->sbiod_pvt;
	struct pollfd p = {.fd = -1, .events = events};

	(void)ber_sockbuf_ctrl(d->sbiod_sb, LBER_SB_OPT_GET_FD, &p.fd);
	for (;;) {
		int64_t left = l->deadline - clock_mono();
		int n = left > 0 ? poll(&p, 1, (int)(left / 1000) + 1) : 0;

		if (n > 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ETIMEDOUT;
		return false;
	}
}

static ber_slen_t
limit_read(Sockbuf_IO_Desc *d, void *p, ber_len_t n)
{
	return ready(d, POLLIN) ? LBER_SBIOD_READ_NEXT(d, p, n) : -1;
}

static ber_slen_t
limit_write(Sockbuf_IO_Desc *d, void *p, ber_len_t n)
{
	return ready(d, POLLOUT) ? LBER_SBIOD_WRITE_NEXT(d, p, n) : -1;
}

static int
connected(LDAP *ld, Sockbuf *sb, LDAPURLDesc *server, struct sockaddr *peer,
    struct ldap_conncb *c)
{
	struct ldap_line *l = c->lc_arg;

	(void)ld;
	(void)server;
	(void)peer;
	return ber_sockbuf_add_io(sb, &l->io, LEVEL, l) < 0 ? LDAP_LOCAL_ERROR
							    : LDAP_SUCCESS;
}

static void
disconnected(LDAP *ld, Sockbuf *sb, struct ldap_conncb *c)
{
	(void)ld;
	(void)sb;
	(void)c;
}

enum rc
ldap_limit(struct ldap_line *l, struct err *err)
{
	l->connected = (struct ldap_conncb){
	    .lc_add = connected, .lc_del = disconnected, .lc_arg = l};
	l->io = (Sockbuf_IO){
	    .sbi_setup = limit_setup,
	    .sbi_remove = limit_nothing,
	    .sbi_ctrl = limit_ctrl,
	    .sbi_read = limit_read,
	    .sbi_write = limit_write,
	    .sbi_close = limit_nothing,
	};
	if (ldap_set_option(l->ld, LDAP_OPT_CONNECT_CB, &l->connected) !=
	    LDAP_SUCCESS)
		return err_set(err, RC_FAULT, "directory.setup",
		    "libldap takes no connection callback");
	return RC_OK;
}
