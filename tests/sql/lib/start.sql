-- SPDX-License-Identifier: Apache-2.0
--
-- First line of every file: opens the transaction that is rolled back, and
-- makes helpers. Tests run as the superuser; pg_temp.ask is how they become
-- somebody.

\set QUIET 1
\set ON_ERROR_STOP 1
\set ON_ERROR_ROLLBACK 0
\pset format unaligned
\pset tuples_only true
\pset pager off
set client_min_messages = warning;
create extension if not exists pgtap;
begin;
select no_plan() \g /dev/null

-- Runs statements as a login of Kontor, in a subtransaction, since a read
-- would freeze the test read-only. The statement gives one text or nothing.
create function pg_temp.as_login(login text, statement text) returns text
language plpgsql as $$
declare
	answer text;
begin
	begin
		perform set_config('session_authorization',
			'kontor_' || login, true);
		execute statement into answer;
	exception when sqlstate 'XXTAP' then
		null;
	end;
	execute 'reset session authorization';
	perform set_config('kontor.me', '', true),
		set_config('kontor.request', '', true);
	return answer;
end
$$;

-- api.call as the web does it: {status, version, location, me, data}.
--   who  hash of a session or token, empty for the public, or the whole object
create function pg_temp.ask(login text, op text, who text default '',
	input jsonb default '{}', bytes bytea default null) returns jsonb
language plpgsql as $$
declare
	credential jsonb := case when who like '{%' then who::jsonb
		when who = '' then '{"ip": "192.0.2.1"}'
		when who like 'token %' then jsonb_build_object('token',
			substr(who, 7))
		else jsonb_build_object('session', who) end;
begin
	return pg_temp.as_login(login, format('select row_to_json(c) from '
		|| 'api.call(%L, %L::jsonb, %L::jsonb, %L::bytea) c', op,
		credential, input, bytes));
end
$$;

create function pg_temp.hash(seed text) returns text
language sql as $$ select encode(sha256(convert_to(seed, 'UTF8')), 'hex') $$;

-- A partner of one role; returns its key.
create function pg_temp.partner(slug text, role text) returns bigint
language plpgsql as $$
begin
	perform core.admin_partner(jsonb_build_object('slug', slug,
		'name', initcap(slug), 'roles', array[role]));
	return (select p.id from core.partner p where p.slug = partner.slug);
end
$$;

-- A live session of a new person; returns the hash that stands for it.
create function pg_temp.person(login text, role text,
	partner_id bigint default null) returns text
language plpgsql as $$
declare
	p bigint;
begin
	insert into core.person (public_id, entry_uuid, uid, name)
	values (core.uuid7(), 'entry-' || login, login, initcap(login))
	on conflict on constraint person_entry_uuid_key
	do update set name = excluded.name returning id into p;
	insert into core.session (public_id, jti_hash, person_id, portal,
		partner_id, roles, csrf, created_at, touched_at, idle, expires_at)
	select core.uuid7(), decode(pg_temp.hash(login), 'hex'), p, r.portal,
		partner_id, array[role], 'form', core.now(), core.now(),
		'30 minutes', core.now() + interval '12 hours'
	from core.role r where r.name = role;
	return pg_temp.hash(login);
end
$$;

-- A live token of a new machine client; returns what ask() takes for it.
create function pg_temp.machine(client text, partner_id bigint,
	portal text, scopes text[] default '{*}') returns text
language plpgsql as $$
declare
	c bigint;
begin
	insert into core.client (public_id, client_id, partner_id, portal, name)
	values (core.uuid7(), client, partner_id, portal, client)
	returning id into c;
	insert into core.access_token (jti_hash, client_id, partner_id, scopes,
		issued_at, expires_at)
	values (decode(pg_temp.hash(client), 'hex'), c, partner_id, scopes,
		core.now(), core.now() + interval '10 minutes');
	return 'token ' || pg_temp.hash(client);
end
$$;
