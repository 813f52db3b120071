# SPDX-License-Identifier: Apache-2.0
# Sourced: the private mail server of the demo people, Exim without any
# privilege on a loopback port. What it takes for one of them it puts into his
# folder below $KONTOR_VAR/mail/box, one file a mail (Maildir); it refuses
# everybody else and sends nothing anywhere.

MAIL_DOMAIN=kontor.example

have_mail() { [ "$DEMO" = yes ] && command -v exim4 >/dev/null; }

# The port is kept as long as nobody else has it; empty: no mail server.
choose_mail_port() {
	file=$KONTOR_VAR/mail/port
	MAIL_PORT=
	have_mail || { rm -f "$file"; return 0; }
	port=$(cat "$file" 2>/dev/null) || port=$((12025 + KONTOR_PORT % 1000))
	MAIL_PORT=$(free_port "$port") || return 1
	echo "$MAIL_PORT" >"$file"
}

mail_settings() {
	if [ "$RUN_AS" = - ]; then
		mail_user=$(id -un)
		mail_group=$(id -gn)
	else
		mail_user=$RUN_AS
		mail_group=$RUN_AS
	fi
	cat <<-END
	exim_user = $mail_user
	exim_group = $mail_group
	primary_hostname = localhost
	domainlist ours = $MAIL_DOMAIN
	local_interfaces = 127.0.0.1
	daemon_smtp_ports = $MAIL_PORT
	spool_directory = $KONTOR_VAR/mail/spool
	log_file_path = $KONTOR_VAR/mail/spool/%s.log
	pid_file_path = $KONTOR_VAR/mail/spool/exim.pid
	tls_advertise_hosts = *
	tls_certificate = $KONTOR_VAR/tls/server.pem
	tls_privatekey = $KONTOR_VAR/tls/server.key
	deliver_drop_privilege
	host_lookup =
	keep_environment =
	acl_smtp_rcpt = rcpt
	acl_smtp_data = accept
	begin acl
	rcpt:
	  deny message = only people of $MAIL_DOMAIN have a mailbox here
	       ! domains = +ours
	  deny message = no such person
	       ! verify = recipient
	  accept
	begin routers
	people:
	  driver = accept
	  domains = +ours
	  local_parts = dsearch;$KONTOR_VAR/mail/box
	  transport = box
	begin transports
	box:
	  driver = appendfile
	  maildir_format
	  directory = $KONTOR_VAR/mail/box/\$local_part_data
	END
}

make_mail() {
	[ -n "$MAIL_PORT" ] || return 0
	mkdir -p "$KONTOR_VAR/mail/spool" "$KONTOR_VAR/mail/box" || return 1
	people | cut -d'|' -f1 | while read -r uid; do
		mkdir -p "$KONTOR_VAR/mail/box/$uid" || return 1
	done || return 1
	mail_settings >"$KONTOR_VAR/mail/exim.conf" || return 1
	[ "$RUN_AS" = - ] || chown -R "$RUN_AS:" "$KONTOR_VAR/mail"
}

mail_line() {
	[ -z "$MAIL_PORT" ] ||
		echo "mail $RUN_AS TERM exec exim4 -C '$KONTOR_VAR/mail/exim.conf' -bdf -q1m"
}

mail_ready() {
	curl -s --max-time 2 "smtp://127.0.0.1:$MAIL_PORT" -X NOOP
}

start_mail() {
	want mail
	await 10 mail_ready
}
