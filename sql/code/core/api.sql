-- SPDX-License-Identifier: Apache-2.0
--
-- Operations of the core: sessions, tokens, the caller's account, activity.
-- Input members of public operations come from the server's own code, never
-- straight from a request.

-- The names of all operations; the server compares its routes with them.
create or replace function api.operations() returns setof text
language sql stable as $$
	select o.name from core.operation o order by 1
$$;

-- What is known of each operation.
--   result  {items: [{name, permission, writes, takes_bytes, roles, input}]}
create or replace function api.operations_list(input jsonb) returns json
language sql stable as $$
	select json_build_object('items', json_agg(json_build_object(
		'name', o.name, 'permission', o.permission, 'writes', o.writes,
		'takes_bytes', o.takes_bytes, 'roles', case o.permission
			when 'public' then null
			when 'any' then (select json_agg(r.name order by r.name)
				from core.role r)
			else (select json_agg(r.role order by r.role)
				from core.role_permission r
				where r.permission = o.permission) end,
		'input', o.input) order by o.name))
	from core.operation o
$$;
select core.operation('operations_list', permission => 'public');

-- Whether requests can be served, and how the queue stands.
create or replace function api.ready(input jsonb) returns json
language sql stable as $$ select core.health() $$;
select core.operation('ready', permission => 'public');

-- Asks before a password is tried, and counts the try.
--   input   account, as typed
--   result  {wait: null | seconds | -1 (an administrator must let go on)}
create or replace function api.login_check(input jsonb) returns json
language sql volatile as $$
	select json_build_object('wait', core.login_check(input ->> 'account'))
$$;
select core.operation('login_check', permission => 'public', writes => true,
	idempotent => true);

-- Notes that a login failed; the try was counted by login_check.
--   input   account, reason (refused; away: the try is taken back)
create or replace function api.login_failed(input jsonb) returns core.answer
language plpgsql volatile as $$
begin
	perform core.login_failed(input ->> 'account', input ->> 'reason');
	return core.done();
end
$$;
select core.operation('login_failed', permission => 'public', writes => true,
	idempotent => true);

-- Opens a session for a person whom the directory has proven.
--   input   entry {dn, id, name, display_name, mail, groups}, hash (of the new
--           identifier), account?, membership?, replaces?, agent?
--   result  201 {session: {id, portal, person, csrf, expires_at}}, or 200
--           {refused: code} or {memberships: [{id, portal, role, partner}]}
create or replace function api.session_create(input jsonb)
returns core.answer
language plpgsql volatile as $$
declare
	opened json := core.session_open(input);
begin
	if opened -> 'session' is null then
		return core.ok(opened);
	end if;
	return core.created('/home', opened);
end
$$;
select core.operation('session_create', permission => 'public',
	writes => true, idempotent => true);

-- Goes on for another partner of the same person; the old session ends.
--   input   membership, hash (of the new identifier)
--   result  201 {session}
create or replace function api.session_switch(input jsonb)
returns core.answer
language sql volatile as $$
	select core.created('/home', core.session_change(input))
$$;
select core.operation('session_switch', permission => 'any', writes => true,
	idempotent => true);

-- Signs out.
create or replace function api.session_end(input jsonb) returns core.answer
language sql volatile as $$
	select row(200, null, null, core.sessions_close('this'))::core.answer
$$;
select core.operation('session_end', permission => 'any', writes => true,
	idempotent => true);

-- Notes that the session is in use; called at most once a minute.
create or replace function api.session_touch(input jsonb) returns core.answer
language plpgsql volatile as $$
begin
	perform core.session_touch();
	return core.done();
end
$$;
select core.operation('session_touch', permission => 'any', writes => true,
	idempotent => true);

-- Ends one of the caller's sessions, or all of them, this one included.
--   input   session? (id; none: all)
--   result  {ended: n, own: whether the own one ended too}
create or replace function api.sessions_end(input jsonb) returns core.answer
language sql volatile as $$
	select row(200, null, '/account', core.sessions_close(
		coalesce(nullif(input ->> 'session', ''), 'all')))::core.answer
$$;
select core.operation('sessions_end', permission => 'account.own',
	writes => true, idempotent => true, input => '{"session": "uuid?"}');

-- The caller's own account.
create or replace function api.account_show(input jsonb) returns core.answer
language sql stable as $$
	select core.ok(a, (a ->> 'version')::bigint) from core.account() a
$$;
select core.operation('account_show', permission => 'account.own',
	input => '{}');

-- Changes the caller's settings.
--   input   version, language?, time_zone?, theme?
create or replace function api.account_settings(input jsonb)
returns core.answer
language plpgsql volatile as $$
declare
	v bigint := core.account_change(input);
begin
	return row(200, v, '/account', core.account())::core.answer;
end
$$;
select core.operation('account_settings', permission => 'account.own',
	writes => true, input => '{"language": "line?", "time_zone": "line?",
	"theme": "line?"}');

-- The keys under which a client's assertions may be signed.
--   input   client_id
--   result  {client_id, portal, scope, keys: [{kid, alg, pem}]}, or null
create or replace function api.client_key(input jsonb) returns json
language sql stable as $$ select core.client_find(input ->> 'client_id') $$;
select core.operation('client_key', permission => 'public');

-- Enters an access token for a verified assertion, used up by it.
--   input   client_id, assertion_hash, assertion_expires, hash, expires, scope?
--   result  201 {client_id, portal}, or 200 {refused: code}
create or replace function api.token_create(input jsonb) returns core.answer
language plpgsql volatile as $$
declare
	opened json := core.token_open(input);
begin
	if opened -> 'refused' is not null then
		return core.ok(opened);
	end if;
	return core.created(null, opened);
end
$$;
select core.operation('token_create', permission => 'public', writes => true,
	idempotent => true);

-- Notes a denial or a read that must leave a trace; reads run read-only, so
-- this is a second call.
--   input   kind (denial, read), code?, operation?, object?
create or replace function api.audit_note(input jsonb) returns core.answer
language plpgsql volatile as $$
begin
	perform core.note(case input ->> 'kind' when 'read' then 'read'
		else 'denial' end, coalesce(input ->> 'code', 'ok'), null,
		input ->> 'operation', input ->> 'object');
	return core.done();
end
$$;
select core.operation('audit_note', permission => 'public', writes => true,
	idempotent => true);

-- The audit of logins, denials and administration, newest first.
--   input   kind?, after?, limit? (1..200)
--   result  {items: [{at, kind, result, account, portal, operation, object,
--           ip, trace, detail}], next}
create or replace function api.audit_list(input jsonb) returns json
language plpgsql stable as $$
begin
	return core.audit_page(input);
end
$$;
select core.operation('audit_list', permission => 'audit.read',
	input => '{"kind": "line?", "after": "line?", "limit": "int?"}');

-- What happened, as far as the caller may see it. With since, everything after
-- that event, oldest first, without gaps; else the newest first.
--   input   since?, after?, limit? (1..200)
--   result  {items: [event], next, latest: number to go on from with since}
create or replace function api.activity_list(input jsonb)
returns core.answer
language plpgsql stable as $$
declare
	page json := case when coalesce(input ->> 'since', '') <> ''
		then core.activity_since((input ->> 'since')::bigint,
			core.page_limit(input))
		else core.activity_page(input) end;
begin
	return core.ok(page, (page ->> 'latest')::bigint);
end
$$;
select core.operation('activity_list', permission => 'activity.read',
	input => '{"since": "int?", "after": "line?", "limit": "int?"}');

-- The caller's delivery and billing addresses.
--   result  {items: [{id, kind, name, gln, code, address, contact,
--           preferred}], next: null}
create or replace function api.addresses_list(input jsonb) returns json
language plpgsql stable as $$
begin
	return json_build_object('items', (select coalesce(json_agg(
			core.address_json(a) order by a.kind, a.preferred desc,
			a.name), '[]')
		from core.address a where a.active
		and a.partner_id = core.me_partner()), 'next', null);
end
$$;
select core.operation('addresses_list', permission => 'addresses.read',
	input => '{}');
