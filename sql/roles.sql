-- SPDX-License-Identifier: Apache-2.0
--
-- The roles of a Kontor cluster: run by the cluster's superuser, once per
-- cluster, harmless when run again. kontor_owner owns every object and never
-- logs in; each process class has a login of its own which owns nothing. What
-- a login may do is granted by sql/migrations and sql/code.

do $$
declare
	r text;
begin
	foreach r in array array['kontor_owner', 'kontor_public',
		'kontor_distributor', 'kontor_supplier', 'kontor_desk',
		'kontor_worker', 'kontor_admin']
	loop
		if not exists (select from pg_roles where rolname = r) then
			execute format('create role %I', r);
		end if;
		execute format('alter role %I nosuperuser nocreatedb nocreaterole '
			|| 'noreplication nobypassrls inherit %s', r,
			case when r = 'kontor_owner' then 'nologin' else 'login' end);
		execute format('comment on role %I is %L', r, case r
			when 'kontor_owner' then 'owns all objects; never logs in'
			when 'kontor_public' then 'login, tokens, health'
			when 'kontor_distributor' then 'requests of distributors'
			when 'kontor_supplier' then 'requests of suppliers'
			when 'kontor_desk' then 'requests of the house''s own people'
			when 'kontor_worker' then 'background jobs'
			else 'kontorctl, by unix socket only' end);
		if r <> 'kontor_owner' then
			execute format('alter role %I set search_path = pg_catalog', r);
			execute format('alter role %I set timezone = %L', r, 'UTC');
			execute format('alter role %I set synchronous_commit = on', r);
		end if;
	end loop;
	-- A request that waits or runs for too long would hold a connection.
	foreach r in array array['kontor_public', 'kontor_distributor',
		'kontor_supplier', 'kontor_desk']
	loop
		execute format('alter role %I set statement_timeout = %L', r, '10s');
		execute format('alter role %I set lock_timeout = %L', r, '5s');
		execute format('alter role %I set '
			|| 'idle_in_transaction_session_timeout = %L', r, '30s');
	end loop;
end
$$;

-- The owner makes schemas in the database in which this runs.
do $$
begin
	if current_database() not in ('postgres', 'template0', 'template1') then
		execute format('alter database %I owner to kontor_owner',
			current_database());
	end if;
end
$$;
