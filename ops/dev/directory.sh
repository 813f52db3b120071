# SPDX-License-Identifier: Apache-2.0
# Sourced: the private slapd under $KONTOR_VAR/ldap with the demo people of
# ops/dev/people. It listens on a unix socket and on a loopback port.

LDAP_BASE=dc=kontor,dc=example

trim() { sed 's/^ *//; s/ *$//'; }

# people FIELD...: the lines of ops/dev/people as uid|name|group|plays.
people() {
	sed -e '/^#/d' -e '/^ *$/d' -e 's/ *| */|/g' -e 's/ *$//' \
	    "$ROOT/ops/dev/people"
}

slapd_settings() {
	cat <<-END
	include /etc/ldap/schema/core.schema
	include /etc/ldap/schema/cosine.schema
	include /etc/ldap/schema/inetorgperson.schema
	modulepath /usr/lib/ldap
	moduleload back_mdb
	pidfile $KONTOR_VAR/ldap/slapd.pid
	TLSCACertificateFile $KONTOR_VAR/tls/ca.pem
	TLSCertificateFile $KONTOR_VAR/tls/server.pem
	TLSCertificateKeyFile $KONTOR_VAR/tls/server.key
	TLSProtocolMin 3.3
	loglevel none
	disallow bind_anon
	sizelimit 500
	database mdb
	maxsize 67108864
	suffix "$LDAP_BASE"
	rootdn "cn=root,$LDAP_BASE"
	directory $KONTOR_VAR/ldap/data
	index objectClass,entryUUID,uid,member eq
	access to attrs=userPassword by anonymous auth by * none
	access to * by dn.exact="cn=kontor,$LDAP_BASE" read by * none
	END
	printf 'rootpw %s\n' "$(hash_of "$(cat "$1")")"
}

hash_of() {
	printf %s "$1" >"$KONTOR_VAR/ldap/word"
	slappasswd -n -T "$KONTOR_VAR/ldap/word"
	rm -f "$KONTOR_VAR/ldap/word"
}

entry_account() { # entry_account NAME PASSWORD
	cat <<-END

	dn: cn=$1,$LDAP_BASE
	objectClass: organizationalRole
	objectClass: simpleSecurityObject
	cn: $1
	userPassword: $(hash_of "$2")
	END
}

# Writes the whole directory as LDIF; logins with passwords go to $1.
directory_ldif() {
	keys=$KONTOR_VAR/keys
	cat <<-END
	dn: $LDAP_BASE
	objectClass: dcObject
	objectClass: organization
	dc: kontor
	o: Kontor private set-up

	dn: ou=people,$LDAP_BASE
	objectClass: organizationalUnit
	ou: people

	dn: ou=groups,$LDAP_BASE
	objectClass: organizationalUnit
	ou: groups
	END
	entry_account kontor "$(cat "$keys/ldap.password")"
	entry_account decoy "$(cat "$keys/ldap-decoy.password")"
	people | while IFS='|' read -r uid name group plays; do
		password=$(openssl rand -base64 15 | tr '+/' 'xy')
		cat <<-END

		dn: uid=$uid,ou=people,$LDAP_BASE
		objectClass: inetOrgPerson
		uid: $uid
		cn: $name
		sn: $uid
		mail: $uid@kontor.example
		userPassword: $(hash_of "$password")
		END
		printf '%s|%s|%s|%s\n' "$uid" "$name" "$plays" "$password" \
		    >>"$1"
	done
	people | cut -d'|' -f3 | grep . | sort -u | while read -r group; do
		printf '\ndn: cn=%s,ou=groups,%s\nobjectClass: groupOfNames\n' \
		    "$group" "$LDAP_BASE"
		printf 'cn: %s\n' "$group"
		people | awk -F'|' -v g="$group" -v b="$LDAP_BASE" \
		    '$3 == g { print "member: uid=" $1 ",ou=people," b }'
	done
}

# [{"login", "name", "role", "password"}], readable by the owner only.
logins_json() {
	awk -F'|' 'BEGIN { print "[" }
	    { printf "%s  {\"login\": \"%s\", \"password\": \"%s\"," \
	      " \"role\": \"%s\", \"name\": \"%s\"}", n++ ? ",\n" : "",
	      $1, $4, $3, $2 }
	    END { print "\n]" }' "$1"
}

# Without demo data the directory holds one person, in no group: whom
# `kontorctl admin create administrator` gives access (AU-11).
first_person() {
	echo 'administrator|Administrator||administrator'
}

make_directory() {
	dir=$KONTOR_VAR/ldap
	[ ! -f "$dir/complete" ] || return 0
	rm -rf "$dir/data" "$dir/new.ldif" "$dir/logins" "$dir/word"
	(
		set -e
		umask 077
		mkdir "$dir/data"
		: >"$dir/logins"
		slapd_settings "$KONTOR_VAR/keys/ldap-root.password" \
		    >"$dir/slapd.conf"
		[ "$DEMO" = yes ] || people() { first_person; }
		directory_ldif "$dir/logins" >"$dir/new.ldif"
		slapadd -q -f "$dir/slapd.conf" -l "$dir/new.ldif"
		logins_json "$dir/logins" >"$KONTOR_VAR/demo/logins.json"
		rm -f "$dir/new.ldif" "$dir/logins"
		if [ "$RUN_AS" != - ]; then
			chown -R "$RUN_AS:" "$dir" "$KONTOR_VAR/demo"
		fi
	) >"$KONTOR_VAR/log/directory.log" 2>&1 || return 1
	: >"$dir/complete"
}

# The port is kept as long as nobody else has it.
choose_ldap_port() {
	file=$KONTOR_VAR/ldap/port
	port=$(cat "$file" 2>/dev/null) || port=$((10389 + KONTOR_PORT % 1000))
	LDAP_PORT=$(free_port "$port") || return 1
	echo "$LDAP_PORT" >"$file"
}

ldap_ready() {
	ldapwhoami -x -H "ldap://127.0.0.1:$LDAP_PORT" \
	    -D "cn=kontor,$LDAP_BASE" -y "$KONTOR_VAR/keys/ldap.password"
}

start_directory() {
	want slapd
	await 15 ldap_ready
}
