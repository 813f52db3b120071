/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "auth/ldap_inside.h"
#include "repr/json.h"

#define VALUE_MAX 4096

const char *
ldap_filter(
    struct arena *a, const char *class, const char *attr, struct span value)
{
	struct berval in = {.bv_len = value.n}, out = {0};
	char *copy = arena_str(a, value);
	const char *filter;

	in.bv_val = copy;
	if (ldap_bv2escaped_filter_value(&in, &out) != 0)
		fatal("a filter value cannot be escaped");
	filter = class ? arena_printf(a, "(&(objectClass=%s)(%s=%s))", class,
			     attr, out.bv_val)
		       : arena_printf(a, "(%s=%s)", attr, out.bv_val);
	/* The library hands back its argument when nothing was to escape. */
	if (out.bv_val != copy)
		ldap_memfree(out.bv_val);
	return filter;
}

void
ldap_person_attrs(const struct ldap_conf *conf, const char *out[8])
{
	size_t n = 0;

	out[n++] = "entryUUID";
	out[n++] = conf->name_attr;
	out[n++] = "displayName";
	out[n++] = "cn";
	out[n++] = "mail";
	if (conf->group_base == NULL)
		out[n++] = "memberOf";
	out[n] = NULL;
}

/* All values of an attribute, at most max; returns how many. */
static size_t
values(struct ldap_line *l, LDAPMessage *entry, const char *attr,
    struct arena *a, struct span *out, size_t max)
{
	struct berval **v = ldap_get_values_len(l->ld, entry, attr);
	size_t n = 0;

	for (size_t i = 0; v && v[i] && n < max; i++)
		if (v[i]->bv_len <= VALUE_MAX)
			out[n++] = arena_span(
			    a, span_make(v[i]->bv_val, v[i]->bv_len));
	if (v)
		ldap_value_free_len(v);
	return n;
}

static struct span
value(
    struct ldap_line *l, LDAPMessage *entry, const char *attr, struct arena *a)
{
	struct span s = {0};

	(void)values(l, entry, attr, a, &s, 1);
	return s;
}

enum rc
ldap_entry_read(struct ldap_line *l, LDAPMessage *found, struct arena *a,
    struct ldap_entry *out, struct err *err)
{
	struct ldap_entry e = {0};
	LDAPMessage *entry;
	char *dn;

	if (ldap_count_entries(l->ld, found) != 1)
		return err_set(err, RC_ABSENT, "directory.person",
		    "expected one entry, found %d",
		    ldap_count_entries(l->ld, found));
	entry = ldap_first_entry(l->ld, found);
	dn = ldap_get_dn(l->ld, entry);
	if (dn == NULL || *dn == '\0')
		return err_set(
		    err, RC_AWAY, "directory.away", "an entry without DN");
	e.dn = span_of(arena_str(a, span_of(dn)));
	ldap_memfree(dn);
	e.id = value(l, entry, "entryUUID", a);
	if (e.id.n == 0)
		return err_set(err, RC_FAULT, "directory.setup",
		    "ldap_bind_dn may not read entryUUID of %s", e.dn.p);
	e.name = value(l, entry, l->conf->name_attr, a);
	e.display_name = value(l, entry, "displayName", a);
	if (e.display_name.n == 0)
		e.display_name = value(l, entry, "cn", a);
	e.mail = value(l, entry, "mail", a);
	e.groups = ARENA_ARRAY(a, struct span, LDAP_GROUPS_MAX);
	if (l->conf->group_base == NULL)
		e.ngroups =
		    values(l, entry, "memberOf", a, e.groups, LDAP_GROUPS_MAX);
	*out = e;
	return RC_OK;
}

enum rc
ldap_groups_find(
    struct ldap_line *l, struct arena *a, struct ldap_entry *e, struct err *err)
{
	static const char *const none[] = {LDAP_NO_ATTRS, NULL};
	LDAPMessage *found;
	enum rc rc;

	if (l->conf->group_base == NULL)
		return RC_OK;
	rc = ldap_line_search(l, l->conf->group_base,
	    ldap_filter(a, NULL, l->conf->group_attr, e->dn), none,
	    LDAP_GROUPS_MAX, &found, err);
	for (LDAPMessage *m = rc == RC_OK ? ldap_first_entry(l->ld, found)
					  : NULL;
	     m && e->ngroups < LDAP_GROUPS_MAX; m = ldap_next_entry(l->ld, m)) {
		char *dn = ldap_get_dn(l->ld, m);

		if (dn)
			e->groups[e->ngroups++] =
			    span_of(arena_str(a, span_of(dn)));
		ldap_memfree(dn);
	}
	(void)ldap_msgfree(found);
	return rc;
}

void
ldap_entry_json(const struct ldap_entry *e, struct buf *out)
{
	struct arena *a = arena_new();
	json_t *o = repr_json_object(a), *groups = repr_json_array(a);

	repr_json_set(o, "dn", repr_json_string(a, e->dn));
	repr_json_set(o, "id", repr_json_string(a, e->id));
	repr_json_set(o, "name", repr_json_string(a, e->name));
	repr_json_set(o, "display_name", repr_json_string(a, e->display_name));
	if (e->mail.n)
		repr_json_set(o, "mail", repr_json_string(a, e->mail));
	for (size_t i = 0; i < e->ngroups; i++)
		(void)json_array_append(
		    groups, repr_json_string(a, e->groups[i]));
	repr_json_set(o, "groups", groups);
	repr_json_write(o, out);
	arena_free(a);
}
