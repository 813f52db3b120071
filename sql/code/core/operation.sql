-- SPDX-License-Identifier: Apache-2.0
--
-- The registry of operations, permissions and definers. To add an operation:
-- write api.<name>(input jsonb) and, below it,
--   select core.operation('<name>', permission => 'area.verb');
-- The function returns json, or core.answer when it has a status, a version or
-- a location to tell (core.ok, core.created, core.accepted, core.done). One
-- that takes a document's bytes has a second argument bytea. Who holds the
-- permission is said in the feature's access.sql (core.grant_permission);
-- finish.sql derives from it which database login may execute the function.
-- Write hot reads in plpgsql: its plans are kept, those of SQL functions not.

do $$
begin
	if to_regtype('core.answer') is null then
		create type core.answer as (status int, version bigint,
			location text, data json);
		comment on type core.answer is
			'what an operation answers: status, version, location, body';
	end if;
end
$$;

create or replace function core.ok(data json, version bigint default null)
returns core.answer
language sql immutable as $$
	select row(200, version, null, data)::core.answer
$$;

-- 201. location: the new object's path without the door, e.g. /orders/<id>
create or replace function core.created(location text, data json,
	version bigint default null)
returns core.answer
language sql immutable as $$
	select row(201, version, location, data)::core.answer
$$;

-- 202: stored, the rest follows.
create or replace function core.accepted(location text, data json)
returns core.answer
language sql immutable as $$
	select row(202, null, location, data)::core.answer
$$;

-- 204, or for a page: go to this place.
create or replace function core.done(location text default null)
returns core.answer
language sql immutable as $$
	select row(204, null, location, null)::core.answer
$$;

-- Registers an operation; the function must exist.
--   permission   public, any, or area.verb
--   writes       false: runs read-only, and must be stable
--   idempotent   true: harmless to repeat, answers are not kept
--   per_minute   calls allowed per caller and minute
--   input        shape of the input, see core.check_input
create or replace function core.operation(name text, permission text,
	writes boolean default false, idempotent boolean default false,
	per_minute int default null, input jsonb default null)
returns void
language plpgsql as $$
declare
	f record;
	args text;
begin
	select p.oid, p.pronargs, p.provolatile, p.prorettype into strict f
	from pg_proc p where p.pronamespace = 'api'::regnamespace
	and p.proname = name;
	if (f.provolatile = 'v') <> writes then
		raise exception 'api.%: reads are stable, writes volatile', name;
	end if;
	args := case f.pronargs when 2 then '$1, $2' else '$1' end;
	insert into core.operation values (name, permission, writes, idempotent,
		f.pronargs = 2, per_minute, input,
		case when f.prorettype = 'core.answer'::regtype
		then format('select status, version, location, data from api.%I(%s)',
			name, args)
		else format('select 200, null::bigint, null::text, api.%I(%s)',
			name, args) end);
end
$$;

-- Says who holds a permission.
create or replace function core.grant_permission(permission text,
	variadic roles text[])
returns void
language sql as $$
	insert into core.role_permission (role, permission)
	select r, permission from unnest(roles) r on conflict do nothing
$$;

-- Lists a SECURITY DEFINER function; the load fails for any that is not listed.
--   logins  who may execute it: public, distributor, supplier, desk, worker,
--           admin; partners = distributor and supplier; portals = these and
--           desk; all = every login; none given: internal
create or replace function core.definer(signature text, reason text,
	variadic logins text[] default '{}')
returns void
language sql as $$
	insert into core.definer (signature, logins, reason)
	select signature::regprocedure::text, array(select distinct 'kontor_' || l
		from unnest(logins) g, unnest(case g
			when 'partners' then array['distributor', 'supplier']
			when 'portals' then array['distributor', 'supplier', 'desk']
			when 'all' then array['public', 'distributor', 'supplier',
				'desk', 'worker', 'admin']
			else array[g] end) l), reason
$$;

-- The logins that need a permission: the portals of its holders.
create or replace function core.permission_logins(permission text)
returns text[]
language sql stable as $$
	select array(select 'kontor_' || o.portal
		from core.role_permission r join core.role o on o.name = r.role
		where r.permission = permission_logins.permission
		and o.portal <> 'machine'
		union select 'kontor_' || l
		from unnest(array['distributor', 'supplier']) l
		where core.machine_may(permission, l)
		union select unnest(array['kontor_distributor', 'kontor_supplier',
			'kontor_desk']) where permission in ('any', 'public')
		union select 'kontor_public' where permission = 'public')
$$;
