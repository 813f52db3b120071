-- SPDX-License-Identifier: Apache-2.0
--
-- What must hold of every table and function, read from the catalogue, so
-- that a forgotten one shows.
begin;
select no_plan();

create temp view ours as
select c.oid, n.nspname, c.relname, n.nspname || '.' || c.relname as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema|tap|crypto|public)';

create temp view functions as
select p.oid, n.nspname, p.oid::regprocedure::text as name, p.prosecdef,
	p.proconfig, p.proowner, p.proacl
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname !~ '^(pg_|information_schema|tap|crypto|public)';

select isnt_empty('select from ours', 'there are tables');

select is_empty($$ select name from ours
	where obj_description(oid, 'pg_class') is null $$,
	'every table has a comment');
select is_empty($$ select o.name, a.attname from ours o
	join pg_attribute a on a.attrelid = o.oid
	where a.attnum > 0 and not a.attisdropped
	and col_description(o.oid, a.attnum) is null $$,
	'every column has a comment');
select is_empty($$ select o.name from ours o join pg_attribute a on a.attrelid = o.oid
	join pg_class c on c.oid = o.oid
	where a.attname = 'partner_id' and not a.attisdropped
	and not (c.relrowsecurity and c.relforcerowsecurity) $$,
	'every table with partner_id has row security, forced');
select is_empty($$ select o.name from ours o join pg_attribute a on a.attrelid = o.oid
	where a.attname = 'partner_id' and not a.attisdropped
	and not exists (select from pg_policy p where p.polrelid = o.oid) $$,
	'every table with partner_id has a policy');
select is_empty($$ select o.name, c.conname from ours o
	join pg_constraint c on c.conrelid = o.oid
	where c.conname ~ '_check[0-9]+$' $$,
	'every constraint was named by a person');
select is_empty($$ select name from functions where prosecdef
	and not exists (select from unnest(coalesce(proconfig, '{}')) s
		where s like 'search_path=%') $$,
	'every security definer function pins its search_path');
select is_empty($$ select name from functions
	where has_function_privilege('public', oid, 'execute') $$,
	'nothing may be executed by everybody');
select is_empty($$ select o.name, pg_get_userbyid(c.relowner) from ours o
	join pg_class c on c.oid = o.oid
	where pg_get_userbyid(c.relowner) <> 'kontor_owner' $$,
	'every table belongs to the role that never logs in');
select is_empty($$ select rolname from pg_roles where rolname ~ '^kontor_'
	and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication) $$,
	'no role of ours has a privilege beyond its grants');
select is_empty($$ select r.rolname, o.name
	from ours o, pg_roles r where r.rolname ~ '^kontor_(public|distributor|supplier|desk|worker)$'
	and has_table_privilege(r.oid, o.oid, 'truncate, references, trigger') $$,
	'no login may truncate, refer to or trigger on a table');

select * from finish();
rollback;
