# SPDX-License-Identifier: Apache-2.0
# Sourced: settings of nginx, Kore and the worker, the list of services, and
# what is asked before a start is called done.

# Programs and files for a system user that cannot reach the checkout.
copy_application() {
	[ "$APP" != "$ROOT" ] || return 0
	rm -rf "$APP.new"
	mkdir -p "$APP.new/build" "$APP.new/ops/nginx" "$APP.new/docs" ||
	    return 1
	(cd "$ROOT/$BUILD" && cp kontor.so kontor-worker kontorctl supervise \
	    "$APP.new/build") || return 1
	cp -R "$ROOT/kore.conf" "$ROOT/assets" "$ROOT/sql" "$ROOT/partners" \
	    "$APP.new" || return 1
	cp -R "$ROOT/ops/nginx" "$ROOT/ops/kontor.conf" "$APP.new/ops"
	cp -R "$ROOT/docs/schemas" "$APP.new/docs"
	chmod -R a+rX "$APP.new"
	rm -rf "$APP"
	mv "$APP.new" "$APP"
}

# set_in FILE KEY VALUE: replaces the value of `key = ...`.
set_in() {
	sed "s|^$2 =.*|$2 = $3|" "$1" >"$1.new" && mv "$1.new" "$1"
}

write_settings() {
	conf=$KONTOR_VAR/kontor.conf
	cp "$ROOT/ops/kontor.conf" "$conf.tmp" || return 1
	set_in "$conf.tmp" base_url "https://127.0.0.1:$KONTOR_PORT"
	set_in "$conf.tmp" socket "$KONTOR_VAR/run/kontor.sock"
	set_in "$conf.tmp" metrics_socket "$KONTOR_VAR/run/metrics.sock"
	set_in "$conf.tmp" pg_host "$KONTOR_VAR/pg"
	set_in "$conf.tmp" pg_port "$PGPORT"
	set_in "$conf.tmp" ldap_uri "ldap://127.0.0.1:$LDAP_PORT"
	set_in "$conf.tmp" ldap_ca "$KONTOR_VAR/tls/ca.pem"
	set_in "$conf.tmp" ldap_bind_password \
	    "$KONTOR_VAR/keys/ldap.password"
	set_in "$conf.tmp" key_dir "$KONTOR_VAR/keys"
	set_in "$conf.tmp" form_key "$KONTOR_VAR/keys/form.key"
	set_in "$conf.tmp" asset_dir "$APP/assets"
	set_in "$conf.tmp" partner_dir "$APP/partners"
	set_in "$conf.tmp" schema_dir "$APP/docs/schemas"
	set_in "$conf.tmp" demo "$DEMO"
	if [ -n "$MAIL_PORT" ]; then
		set_in "$conf.tmp" smtp_url "smtp://127.0.0.1:$MAIL_PORT"
		set_in "$conf.tmp" smtp_ca "$KONTOR_VAR/tls/ca.pem"
		set_in "$conf.tmp" mail_from "kontor@$MAIL_DOMAIN"
	fi
	mv "$conf.tmp" "$conf"
	sed -e "s|@VAR@|$KONTOR_VAR|g" -e "s|@APP@|$APP|g" \
	    -e "s|@PORT@|$KONTOR_PORT|g" -e "s|@RATE@|${KONTOR_RATE:-300}|g" \
	    -e "s|@BURST@|${KONTOR_BURST:-600}|g" \
	    -e "s|@LOGIN_RATE@|${KONTOR_LOGIN_RATE:-10}|g" \
	    -e "s|@LOGIN_BURST@|${KONTOR_LOGIN_BURST:-50}|g" \
	    "$ROOT/ops/nginx/kontor.conf.in" >"$KONTOR_VAR/nginx/nginx.conf"
	{
		sed "s|build/kontor.so|$BIN/kontor.so|" "$ROOT/kore.conf"
		echo "pidfile $KONTOR_VAR/run/kore.pid"
	} >"$KONTOR_VAR/kore.conf"
}

# KONTOR_WORKERS of them, worker, worker2 and so on; one is enough for most.
worker_lines() {
	i=1
	while [ $i -le "${KONTOR_WORKERS:-1}" ]; do
		name=worker
		[ $i -eq 1 ] || name=worker$i
		echo "$name $RUN_AS TERM $dir exec env $env '$BIN/kontor-worker'"
		i=$((i + 1))
	done
}

# The services. Kore renames its sockets into place, so a stale one is in
# nobody's way and a successor leaves no gap.
write_services() {
	dir="cd '$APP' &&"
	env="KONTOR_CONF='$KONTOR_CONF' HOME='$KONTOR_VAR'"
	run=$KONTOR_VAR/run
	cat >"$KONTOR_VAR/run/services.list" <<-END
	postgres $RUN_AS INT exec postgres -D '$KONTOR_VAR/pg/data'
	$(mail_line)
	slapd $RUN_AS TERM exec slapd -d 0 -f '$KONTOR_VAR/ldap/slapd.conf' -h 'ldap://127.0.0.1:$LDAP_PORT ldapi://$(printf %s "$run/ldapi" | sed 's|/|%2F|g')'
	$(worker_lines)
	kore $RUN_AS TERM $dir exec env $env $KORE_ENV kore -c '$KONTOR_VAR/kore.conf' -fnr
	nginx $RUN_AS QUIT exec nginx -p '$KONTOR_VAR/nginx' -c '$KONTOR_VAR/nginx/nginx.conf'
	END
}

start_supervisor() {
	cp "$ROOT/$BUILD/supervise" "$KONTOR_VAR/run/supervise.new" &&
	    mv "$KONTOR_VAR/run/supervise.new" "$KONTOR_VAR/run/supervise"
	rm -f "$KONTOR_VAR/run/want/"*
	"$KONTOR_VAR/run/supervise" "$KONTOR_VAR/run/services.list" \
	    "$KONTOR_VAR/run" "$KONTOR_VAR/log" \
	    >>"$KONTOR_VAR/log/supervise.log" 2>&1 </dev/null 9>&- &
	SUPERVISOR=$!
	echo "$SUPERVISOR" >"$KONTOR_VAR/run/supervise.pid"
}

stop_supervisor() {
	pid=$(supervisor_pid) || return 0
	kill -TERM "$pid"
	tries=800
	while kill -0 "$pid" 2>/dev/null && [ $tries -gt 0 ]; do
		sleep 0.05
		tries=$((tries - 1))
	done
	rm -f "$KONTOR_VAR/run/supervise.pid"
}

portal() { # portal PATH: the status that nginx and Kore answer
	curl -s -o /dev/null -w '%{http_code}' --max-time 5 \
	    --cacert "$KONTOR_VAR/tls/ca.pem" \
	    "https://127.0.0.1:$KONTOR_PORT$1"
}
portal_ready() { [ "$(portal /readyz)" = 200 ]; }
nginx_listens() { [ "$(portal /)" != 000 ]; }
