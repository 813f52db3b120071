/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl client …: partners' systems and their keys.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/key.h"
#include "auth/token.h"
#include "base/clock.h"
#include "main/ctl.h"

#define KEY_MAX 8192

/* A new file for its owner only; never over an old one. */
static enum rc
write_key(const char *path, const char *pem, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t n = strlen(pem);
	bool ok;

	if (fd < 0)
		return err_set(err, errno == EEXIST ? RC_CONFLICT : RC_FAULT,
		    "key.file", "%s: %s", path, strerror(errno));
	ok = write(fd, pem, n) == (ssize_t)n;
	if (close(fd) < 0 || !ok)
		return err_set(
		    err, RC_FAULT, "key.file", "%s: %s", path, strerror(errno));
	return RC_OK;
}

static enum rc
client_key(struct ctl *c, struct key *out, struct err *err)
{
	const char *path = ctl_get(c, "key");
	struct span text;
	enum rc rc;

	if (path == NULL) {
		rc = key_make(c->a, out, err);
		if (rc == RC_OK)
			rc = write_key(
			    ctl_get(c, "generate"), out->private_pem, err);
		return rc;
	}
	rc = file_read(path, KEY_MAX, c->a, &text, err);
	if (rc == RC_OK && key_read(text, c->a, out, NULL) != RC_OK)
		rc = err_set(err, RC_INPUT, "key.form",
		    "%s: expected a P-256 key as PEM without passphrase, or "
		    "a public JWK",
		    path);
	return rc;
}

/* "a b" as a JSON array. */
static json_t *
names(struct ctl *c, const char *text)
{
	json_t *list = repr_json_array(c->a);
	struct span rest = span_of(text);

	while (rest.p) {
		struct span one = span_cut(&rest, ' ');

		if (one.n)
			(void)json_array_append(
			    list, repr_json_string(c->a, one));
	}
	return list;
}

int
ctl_client_add(struct ctl *c)
{
	json_t *input = repr_json_object(c->a), *answer;
	struct err err;
	struct key key;

	if (ctl_get(c, "partner") == NULL ||
	    !ctl_get(c, "key") == !ctl_get(c, "generate"))
		return ctl_usage(
		    c, "--partner and one of --key, --generate are needed");
	if (client_key(c, &key, &err) != RC_OK)
		return ctl_fail(c, &err);
	repr_json_set_str(input, "partner", ctl_get(c, "partner"));
	repr_json_set_str(input, "client_id", ctl_get(c, "id"));
	repr_json_set_str(input, "portal", ctl_get(c, "portal"));
	repr_json_set_str(input, "kid", key.thumbprint);
	repr_json_set_str(input, "pem", key.public_pem);
	if (ctl_get(c, "scope"))
		repr_json_set(input, "scopes", names(c, ctl_get(c, "scope")));
	if (ctl_call(c, "select core.admin_client($1)", input, &answer, &err) !=
	    RC_OK)
		return ctl_fail(c, &err);
	if (!ctl_print_json(c, answer))
		(void)printf("client %s, portal %s, key %s\n",
		    repr_json_str(answer, "client_id"),
		    repr_json_str(answer, "portal"), key.thumbprint);
	return CTL_OK;
}

int
ctl_client_list(struct ctl *c)
{
	struct sync_param p = ctl_text(ctl_get(c, "partner"));
	json_t *clients, *one, *key;
	struct err err;
	size_t i, k;

	if (ctl_ask(c, "select core.admin_clients($1)", &p, 1, &clients,
		&err) != RC_OK)
		return ctl_fail(c, &err);
	if (ctl_print_json(c, clients))
		return CTL_OK;
	json_array_foreach(clients, i, one)
	{
		(void)printf("%-20s %-12s %s%s\n",
		    repr_json_str(one, "client_id"),
		    repr_json_str(one, "portal"),
		    repr_json_str(one, "partner.name"),
		    json_is_true(json_object_get(one, "disabled"))
			? ", shut out"
			: "");
		json_array_foreach(json_object_get(one, "keys"), k, key)(void)
		    printf("    key %s%s\n", repr_json_str(key, "kid"),
			json_is_true(json_object_get(key, "withdrawn"))
			    ? ", withdrawn"
			    : "");
	}
	return CTL_OK;
}

int
ctl_client_revoke(struct ctl *c)
{
	json_t *input = repr_json_object(c->a), *answer;
	struct err err;

	if (ctl_get(c, "id") == NULL)
		return ctl_usage(c, "--id is needed");
	repr_json_set_str(input, "client_id", ctl_get(c, "id"));
	repr_json_set_str(input, "kid", ctl_get(c, "kid"));
	if (ctl_call(c, "select core.admin_client_end($1)", input, &answer,
		&err) != RC_OK)
		return ctl_fail(c, &err);
	if (!ctl_print_json(c, answer))
		(void)printf("%s of client %s is refused from now on\n",
		    ctl_get(c, "kid") ? "the key" : "everything",
		    ctl_get(c, "id"));
	return CTL_OK;
}

static const char *
issuer(const struct ctl *c)
{
	const char *given = ctl_get(c, "issuer");

	return given ? given
		     : conf_get(c->conf, "base_url", "https://127.0.0.1:8443");
}

static enum rc
assertion(struct ctl *c, struct buf *out, struct err *err)
{
	int64_t now = clock_wall() / 1000000;
	struct session_id id;
	struct jwt_claims claims = {
	    .sub = span_of(ctl_get(c, "id")), .iat = now, .exp = now + 120};
	struct span text;
	struct key key;
	enum rc rc = file_read(ctl_get(c, "key"), KEY_MAX, c->a, &text, err);

	if (rc == RC_OK)
		rc = key_read(text, c->a, &key, err);
	if (rc != RC_OK)
		return rc;
	if (key.private_pem == NULL)
		return err_set(err, RC_INPUT, "key.form",
		    "%s holds a public key; the private one signs",
		    ctl_get(c, "key"));
	session_id_make(&id);
	claims.jti = span_of(id.jti);
	return jwt_sign_assertion(
	    key.private_pem, key.thumbprint, &claims, issuer(c), out, err);
}

int
ctl_client_assertion(struct ctl *c)
{
	struct err err;
	struct buf b;
	int rc = CTL_OK;

	if (ctl_get(c, "id") == NULL || ctl_get(c, "key") == NULL)
		return ctl_usage(c, "--id and --key are needed");
	buf_init(&b, JWT_MAX);
	if (assertion(c, &b, &err) != RC_OK)
		rc = ctl_fail(c, &err);
	else
		(void)printf("%s\n", b.p);
	buf_done(&b);
	return rc;
}

/* Signs a token for a row that the database was just given. */
static enum rc
sign(struct ctl *c, const struct session_id *id, const json_t *answer,
    struct token_access *out, struct err *err)
{
	const char *scope = ctl_get(c, "scope");
	const struct token_client client = {
	    .id = span_of(repr_json_str(answer, "client_id")),
	    .portal = span_of(repr_json_str(answer, "portal")),
	    .partner = span_of(repr_json_str(answer, "partner")),
	};
	struct jwt_keys *keys;
	enum rc rc = jwt_keys_load(
	    conf_get(c->conf, "key_dir", "var/keys"), issuer(c), &keys, err);

	if (rc != RC_OK)
		return rc;
	if (scope == NULL)
		scope = repr_json_str(answer, "scope");
	rc = token_access_sign(keys, &client, id, span_of(scope),
	    clock_wall() / 1000000, c->a, out, err);
	jwt_keys_free(keys);
	return rc;
}

int
ctl_token(struct ctl *c)
{
	json_t *input = repr_json_object(c->a), *answer;
	int64_t now = clock_wall() / 1000000;
	struct token_access token;
	struct session_id id;
	struct err err;
	struct buf b;

	if (ctl_get(c, "client") == NULL)
		return ctl_usage(c, "--client is needed");
	session_id_make(&id);
	repr_json_set_str(input, "client_id", ctl_get(c, "client"));
	repr_json_set_str(input, "hash", id.hash);
	repr_json_set_str(input, "scope", ctl_get(c, "scope"));
	repr_json_set_int(input, "expires", now + TOKEN_SECONDS);
	if (ctl_call(c, "select core.admin_token($1)", input, &answer, &err) !=
		RC_OK ||
	    sign(c, &id, answer, &token, &err) != RC_OK)
		return ctl_fail(c, &err);
	buf_init(&b, 2 * JWT_MAX);
	if (c->json)
		token_answer(&token, now, &b);
	else
		buf_put(&b, token.token);
	(void)printf("%s\n", b.p);
	buf_done(&b);
	return CTL_OK;
}
