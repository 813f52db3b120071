-- SPDX-License-Identifier: Apache-2.0
--
-- Last file of a load: refuses code that breaks the rules, then builds the
-- EXECUTE wall. Functions with the caller's rights may be executed by every
-- login; definers by those listed; operations by the portals of the holders of
-- their permission.

create or replace function core.check_code() returns void
language plpgsql as $$
declare
	wrong text;
begin
	select string_agg(f, ', ') into wrong from (
		select p.oid::regprocedure::text as f from pg_proc p
		where p.pronamespace = 'api'::regnamespace and p.proname not in
		('call', 'operations') and not exists (select from core.operation o
			where o.name = p.proname)) x;
	if wrong is not null then
		raise exception 'not registered as operations: %', wrong;
	end if;
	select string_agg(o.name, ', ') into wrong from core.operation o
	where o.permission not in ('public', 'any') and not exists (
		select from core.role_permission r
		where r.permission = o.permission);
	if wrong is not null then
		raise exception 'nobody holds the permission of: %', wrong;
	end if;
	select string_agg(p.oid::regprocedure::text, ', ') into wrong
	from pg_proc p where p.prosecdef
	and p.proowner = 'kontor_owner'::regrole
	and (not exists (select from core.definer d
		where d.signature = p.oid::regprocedure::text)
	or not exists (select from unnest(p.proconfig) c
		where c like 'search\_path=%'));
	if wrong is not null then
		raise exception 'definers without core.definer() or search_path: %',
			wrong;
	end if;
end
$$;

create or replace function core.build_wall() returns void
language plpgsql as $$
declare
	f record;
	logins text[];
	everyone text[] := array['kontor_public', 'kontor_distributor',
		'kontor_supplier', 'kontor_desk', 'kontor_worker', 'kontor_admin'];
begin
	for f in select p.oid::regprocedure::text as name, p.proname,
			p.prosecdef, n.nspname
		from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where p.proowner = 'kontor_owner'::regrole
	loop
		execute format('revoke all on function %s from public, %s', f.name,
			array_to_string(everyone, ', '));
		if f.prosecdef then
			select d.logins into logins from core.definer d
			where d.signature = f.name;
		elsif f.nspname = 'api' and f.proname not in
			('call', 'operations') then
			select core.permission_logins(o.permission) into logins
			from core.operation o where o.name = f.proname;
		else
			logins := everyone;
		end if;
		if cardinality(logins) > 0 then
			execute format('grant execute on function %s to %s', f.name,
				array_to_string(logins, ', '));
		end if;
	end loop;
end
$$;

select core.check_code();
select core.build_wall();
