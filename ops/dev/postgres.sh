# SPDX-License-Identifier: Apache-2.0
# Sourced: the private PostgreSQL 15 cluster under $KONTOR_VAR/pg, reachable
# by its unix socket only, with settings that keep what was committed.

make_cluster() {
	pg=$KONTOR_VAR/pg
	if [ ! -f "$pg/data/PG_VERSION" ]; then
		rm -rf "$pg/data" "$pg/data.new"
		as initdb -D "$pg/data.new" -U postgres -E UTF8 \
		    --locale=C.UTF-8 --locale-provider=icu \
		    --icu-locale=und --auth=peer \
		    >"$KONTOR_VAR/log/initdb.log" 2>&1 || return 1
		mv "$pg/data.new" "$pg/data"
	fi
	write_pg_settings "$pg/data"
}

# The same at every start; what a person adds belongs into local.conf.
write_pg_settings() {
	cat >"$1/postgresql.conf" <<-END
	listen_addresses = ''
	unix_socket_directories = '$KONTOR_VAR/pg'
	unix_socket_permissions = 0700
	port = $PGPORT
	max_connections = 100
	shared_buffers = 128MB
	work_mem = 8MB
	maintenance_work_mem = 64MB
	effective_cache_size = 1GB
	random_page_cost = 1.1
	max_wal_size = 1GB
	fsync = on
	synchronous_commit = on
	full_page_writes = on
	timezone = 'UTC'
	log_timezone = 'UTC'
	lc_messages = 'C.UTF-8'
	jit = off
	log_line_prefix = '%m [%p] %u '
	log_min_duration_statement = 1000
	log_parameter_max_length = 0
	log_parameter_max_length_on_error = 0
	idle_in_transaction_session_timeout = 30s
	tcp_keepalives_idle = 60
	include_if_exists = 'local.conf'
	END
	cat >"$1/pg_hba.conf" <<-END
	local all all peer map=kontor
	END
	user=$RUN_AS
	[ "$user" != - ] || user=$(id -un)
	roles="postgres kontor_owner kontor_public kontor_distributor"
	roles="$roles kontor_supplier kontor_desk kontor_worker kontor_admin"
	for role in $roles; do
		echo "kontor $user $role"
		[ "$user" = root ] || echo "kontor root $role"
	done >"$1/pg_ident.conf"
	for f in postgresql.conf pg_hba.conf pg_ident.conf; do
		own "$1/$f" 0600
	done
}

pg_ready() {
	psql -qAtX -h "$KONTOR_VAR/pg" -p "$PGPORT" -U postgres -d postgres \
	    -c 'select 1'
}

start_cluster() {
	want postgres
	await 30 pg_ready
}
