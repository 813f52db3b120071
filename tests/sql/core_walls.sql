-- SPDX-License-Identifier: Apache-2.0
--
-- What must hold of every operation, function and login. What must hold of
-- every table stands in conventions.sql.
\ir lib/start.sql

create temp view logins as
select r.oid, r.rolname, substr(r.rolname, 8) as portal from pg_roles r
where r.rolname like 'kontor\_%' and r.rolname <> 'kontor_owner';
create temp view functions as
select p.oid, p.oid::regprocedure::text as name, n.nspname, p.proname,
	p.prosecdef, p.proconfig, p.provolatile, p.prolang, p.prosrc
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where pg_get_userbyid(p.proowner) = 'kontor_owner';

select is((select string_agg(l.rolname, ' ' order by l.rolname) from logins l),
	'kontor_admin kontor_desk kontor_distributor kontor_public '
	|| 'kontor_supplier kontor_worker', 'there are exactly these logins');
select is((select r.rolcanlogin from pg_roles r
	where r.rolname = 'kontor_owner'), false, 'the owner never logs in');
select is_empty($$ select l.rolname, n.nspname from logins l, pg_namespace n
	where n.nspname !~ '^pg_temp|^pg_toast_temp'
	and has_schema_privilege(l.oid, n.oid, 'create') $$,
	'AZ-5: no login creates anything');
select is_empty($$ select l.rolname from logins l
	where has_database_privilege(l.oid, current_database(), 'temp, create') $$,
	'AZ-5: not even temporary tables');
select is_empty($$ select l.rolname from logins l join pg_auth_members m
	on m.member = l.oid or m.roleid = l.oid $$,
	'no login is a member of another role');
select is_empty($$ select l.rolname, c.relname from logins l, pg_class c
	where c.relowner = l.oid $$, 'no login owns anything');
select is_empty($$ select l.rolname from logins l
	where has_schema_privilege(l.oid, 'crypto', 'usage') $$,
	'no login reaches the cryptographic functions');
select is_empty($$ select l.rolname, t from logins l, unnest(array['secret',
	'session', 'access_token', 'client_key', 'login_throttle', 'audit',
	'idempotency', 'person', 'assertion']) t
	where has_any_column_privilege(l.oid, ('core.' || t)::regclass,
	'select, insert, update') $$,
	'credentials and the audit are reached through functions only');
select is_empty($$ select l.rolname, t from logins l, unnest(array['event',
	'state_history']) t where has_any_column_privilege(l.oid,
	('core.' || t)::regclass, 'update')
	or has_table_privilege(l.oid, ('core.' || t)::regclass, 'delete') $$,
	'AD-3: what happened can only be appended to');

select is_empty($$ select f.name from functions f where f.nspname = 'api'
	and f.proname not in ('call', 'operations') and not exists (select
	from core.operation o where o.name = f.proname) $$,
	'every function of schema api is an operation');
select is_empty($$ select o.name from core.operation o where not exists (
	select from functions f where f.nspname = 'api'
	and f.proname = o.name) $$, 'every operation has its function');
select is_empty($$ select o.name from core.operation o
	join functions f on f.nspname = 'api' and f.proname = o.name
	where (f.provolatile = 'v') <> o.writes $$,
	'reads are stable, writes volatile');
select is_empty($$ select f.name from functions f where f.nspname = 'api'
	and f.prosecdef $$, 'operations run with the caller''s rights');
select is_empty($$ select o.name from core.operation o
	where o.permission not in ('public', 'any') and not exists (select
	from core.role_permission r where r.permission = o.permission) $$,
	'AZ-1: somebody holds every permission');
select is_empty($$ select o.name, l.rolname from core.operation o, logins l,
	functions f where f.nspname = 'api' and f.proname = o.name
	and has_function_privilege(l.oid, f.oid, 'execute')
	<> (l.rolname = any (core.permission_logins(o.permission))) $$,
	'the EXECUTE wall follows the permissions');
select is_empty($$ select f.name from functions f where f.prosecdef
	and not exists (select from core.definer d where d.signature = f.name) $$,
	'AZ-6: definers come from a list only');
select is_empty($$ select d.signature from core.definer d where not exists (
	select from functions f where f.prosecdef and f.name = d.signature) $$,
	'and the list holds nothing else');
select is_empty($$ select f.name from functions f where f.prosecdef
	and not coalesce('search_path=pg_catalog, pg_temp' = any (f.proconfig),
	false) and not exists (select from unnest(f.proconfig) c
	where c like 'search\_path=%pg\_temp') $$,
	'AZ-6: every definer fixes its search_path, temporary objects last');
select is_empty($$ select f.name from functions f, core.definer d
	where f.name = d.signature and exists (select from logins l where
	has_function_privilege(l.oid, f.oid, 'execute')
	<> (l.rolname = any (d.logins))) $$,
	'definers may be executed by the logins listed and no other');
select is_empty($$ select f.name from functions f
	where f.prosrc ~* '\mnow\(\)' and f.prosrc !~* 'core\.now\(\)' $$,
	'rules ask core.now()');
select is_empty($$ select f.name from functions f
	join pg_language l on l.oid = f.prolang and l.lanname = 'sql'
	where f.provolatile = 'i' and f.prosrc ~ 'json_build|to_json'
	and f.prosrc !~* '\mfrom\M' $$,
	'what builds JSON is stable, or it would not be inlined');
select is_empty($$ select c.oid::regclass from pg_class c
	join pg_namespace n on n.oid = c.relnamespace
	where c.relkind = 'v' and n.nspname in ('core', 'api', 'item', 'orders',
	'exchange', 'cases', 'returns') and not coalesce(
	'security_invoker=true' = any (c.reloptions), false) $$,
	'AZ-6: views run with the caller''s rights');
select is_empty($$ select p.polrelid::regclass, p.polname from pg_policy p
	where p.polpermissive and exists (select from logins l
		where l.oid = any (p.polroles)
		and l.portal in ('distributor', 'supplier'))
	and (pg_get_expr(p.polqual, p.polrelid) not like '%core.me_partner()%'
	or pg_get_expr(p.polwithcheck, p.polrelid)
		not like '%core.me_partner()%') $$,
	'AZ-4: what partners see and write depends on the partner, everywhere');
select is_empty($$ select p.polrelid::regclass, p.polname from pg_policy p
	where 0 = any (p.polroles) $$, 'AZ-4: no policy is for everybody');
-- Without row security, since no row of theirs belongs to a partner: the
-- clock, settings and registries; the house; the catalogue of goods; which
-- function reads which type of document; business hours and promises.
select is_empty($$ select distinct c.oid::regclass from pg_class c, logins l
	where c.relkind in ('r', 'p') and not c.relrowsecurity
	and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema|tap|public)'
	and has_any_column_privilege(l.oid, c.oid, 'select')
	and c.oid::regclass::text not in ('core.clock', 'core.setting',
	'core.house', 'core.role', 'core.operation', 'core.role_permission',
	'core.machine_state', 'core.transition', 'core.list',
	'core.mail_kind', 'item.item',
	'exchange.handler', 'cases.calendar', 'cases.holiday',
	'cases.policy') $$,
	'AZ-4: tables open to logins without row security are listed');
select is_empty($$ select t.machine, t.next from core.transition t
	where not exists (select from core.machine_state s
	where s.machine = t.machine and s.state = t.next) $$,
	'every transition leads to a declared state');
select is_empty($$ select s.machine, s.state from core.machine_state s
	where not s.final and exists (select from core.transition t
	where t.machine = s.machine and t.next = s.state)
	and not exists (select from core.transition t
	where t.machine = s.machine and t.state = s.state) $$,
	'only final states are ends');

\ir lib/end.sql
