# SPDX-License-Identifier: Apache-2.0
# Sourced: the database's content: migrations and code, demo data, keys of the
# demo partners' machines.

ctl() { as env KONTOR_CONF="$KONTOR_CONF" "$BIN/kontorctl" "$@"; }

# migrate [DATABASE]: makes it where it is missing; roles, migrations, code.
migrate() {
	as env KONTOR_CONF="$KONTOR_CONF" KONTOR_PG_HOST="$KONTOR_VAR/pg" \
	    KONTOR_PG_PORT="$PGPORT" KONTOR_PG_DATABASE="${1:-kontor}" \
	    "$BIN/kontorctl" migrate >"$KONTOR_VAR/log/migrate.log" 2>&1
}

publish_guides() {
	ctl guide publish >"$KONTOR_VAR/log/publish.log" 2>&1
}

# The slugs of the demo partners.
demo_partners() {
	people | cut -d'|' -f3 | sed -n 's/-users$//p'
}

# Each partner's machine has a key pair of its own; PARTNER.json beside it
# tells its client id and key id.
make_client() {
	key=$KONTOR_VAR/demo/keys/$1.pem
	[ ! -s "$key" ] || return 0
	make_file "$key.made" openssl genpkey -algorithm EC \
	    -pkeyopt ec_paramgen_curve:P-256 || return 1
	said=$(ctl client add --partner "$1" --id "$1-erp" \
	    --key "$key.made" 2>>"$KONTOR_VAR/log/demo.log") || return 1
	printf '{"client_id": "%s-erp", "kid": "%s"}\n' "$1" \
	    "${said##* }" >"$KONTOR_VAR/demo/keys/$1.json"
	own "$KONTOR_VAR/demo/keys/$1.json" 0600
	mv "$key.made" "$key"
}

load_demo() {
	[ "$DEMO" = yes ] && [ ! -f "$KONTOR_VAR/pg/demo" ] || return 0
	step "demo data"
	: >"$KONTOR_VAR/log/demo.log"
	(cd "$ROOT" && psql -qX -1 -v ON_ERROR_STOP=1 -U postgres -d kontor \
	    -f sql/seed/demo.sql) >>"$KONTOR_VAR/log/demo.log" 2>&1 ||
	    trouble demo "the demo data could not be loaded"
	for partner in $(demo_partners); do
		make_client "$partner" ||
		    trouble demo "the client of $partner could not be made"
	done
	: >"$KONTOR_VAR/pg/demo"
	done_step
}

# One login per role.
show_logins() {
	say "  one login per role (all: kontorctl demo logins)"
	sed -n 's/.*"login": "\([^"]*\)", "password": "\([^"]*\)", "role": "\([^"]*\)".*/\3|\1|\2/p' \
	    "$KONTOR_VAR/demo/logins.json" | awk -F'|' '!seen[$1]++ {
		printf "  %-20s %-18s %s\n", $1, $2, $3 }'
}
