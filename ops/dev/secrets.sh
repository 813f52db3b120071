# SPDX-License-Identifier: Apache-2.0
# Sourced: keys, the set-up's own certificate authority and server
# certificate. Each file is made once, under another name first, so that an
# interrupted start leaves nothing half-written.

make_file() { # make_file FILE COMMAND...: the command's output becomes FILE
	file=$1
	shift
	[ ! -s "$file" ] || return 0
	(umask 077 && as "$@" >"$file.new") &&
	    mv "$file.new" "$file" && own "$file" 0600
}

own() { # own FILE MODE
	chmod "$2" "$1"
	[ "$RUN_AS" = - ] || chown "$RUN_AS:" "$1"
}

p256() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256; }

make_keys() {
	keys=$KONTOR_VAR/keys
	for use in session access invite; do
		make_file "$keys/$use-1.pem" openssl genpkey -algorithm EC \
		    -pkeyopt ec_paramgen_curve:P-256 || return 1
	done
	make_file "$keys/form.key" openssl rand -hex 32 || return 1
	for name in ldap ldap-root ldap-decoy; do
		make_file "$keys/$name.password" sh -c \
		    'openssl rand -hex 24 | tr -d "\n"' || return 1
	done
}

# One authority and one certificate for 127.0.0.1 and localhost, both made
# again a month before the certificate ends.
make_certificate() {
	tls=$KONTOR_VAR/tls
	if [ -s "$tls/server.pem" ] && [ -s "$tls/server.key" ] &&
	    openssl x509 -checkend 2592000 -noout -in "$tls/server.pem" \
	    >/dev/null 2>&1; then
		return 0
	fi
	new=$(mktemp -d "$tls/new.XXXXXX") || return 1
	(
		set -e
		umask 077
		p256 >"$new/ca.key"
		openssl req -x509 -new -key "$new/ca.key" -sha256 -days 400 \
		    -subj "/CN=Kontor private set-up" \
		    -addext basicConstraints=critical,CA:TRUE,pathlen:0 \
		    -addext keyUsage=critical,keyCertSign,cRLSign \
		    -out "$new/ca.pem"
		p256 >"$new/server.key"
		openssl req -new -key "$new/server.key" -subj /CN=127.0.0.1 \
		    -out "$new/server.csr"
		cat >"$new/ext" <<-END
		subjectAltName=IP:127.0.0.1,DNS:localhost
		basicConstraints=critical,CA:FALSE
		keyUsage=critical,digitalSignature
		extendedKeyUsage=serverAuth
		END
		openssl x509 -req -in "$new/server.csr" -CA "$new/ca.pem" \
		    -CAkey "$new/ca.key" -CAcreateserial -days 397 -sha256 \
		    -extfile "$new/ext" -out "$new/server.pem"
	) >"$KONTOR_VAR/log/certificate.log" 2>&1 || return 1
	for f in ca.pem server.key server.pem; do
		mv "$new/$f" "$tls/$f" || return 1
	done
	# The authority's key is not kept: nothing else is to be signed.
	rm -rf "$new"
	own "$tls/server.key" 0600
	own "$tls/server.pem" 0644
	own "$tls/ca.pem" 0644
}
