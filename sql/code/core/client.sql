-- SPDX-License-Identifier: Apache-2.0
--
-- Partners' machines: keys, assertions used up, access tokens (AU-10, SE-4,
-- SE-7). The signature is checked in C; here is decided who may have a token.

-- What a client's scopes come to: * is every area that machines may use.
create or replace function core.scopes_of(scopes text[]) returns text[]
language sql stable as $$
	select case when '*' = any (scopes) then array(select distinct
			split_part(r.permission, '.', 1)
			from core.role_permission r where r.role = 'machine'
			order by 1)
		else scopes end
$$;

-- A client with the keys under which its assertions may be signed; null when
-- there is none of that name, or it is shut out.
create or replace function core.client_find(client_id text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select json_build_object('client_id', c.client_id, 'portal', c.portal,
		'partner', a.public_id, 'scope', array_to_string(core.scopes_of(c.scopes), ' '),
		'keys', (select coalesce(json_agg(json_build_object('kid', k.kid,
				'alg', k.alg, 'pem', k.pem) order by k.kid), '[]')
			from core.client_key k where k.client_id = c.id
			and k.withdrawn_at is null))
	from core.client c
	join core.partner a on a.id = c.partner_id and a.status = 'active'
	where c.client_id = client_find.client_id and c.disabled_at is null
$$;

-- Enters an access token for a verified assertion, which is used up by it.
-- Returns {"refused": code} when it was used before or the client is shut out.
--   input  client_id, assertion_hash and hash (hex), assertion_expires and
--          expires (Unix seconds), scope (names apart by blanks)
create or replace function core.token_open(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	c core.client;
	named text := input ->> 'client_id';
begin
	select x.* into c from core.client x
	join core.partner a on a.id = x.partner_id and a.status = 'active'
	where x.client_id = named and x.disabled_at is null;
	if not found then
		perform core.note('token', 'token.client', named);
		return json_build_object('refused', 'token.client');
	end if;
	insert into core.assertion
	values (c.id, core.credential(input ->> 'assertion_hash'),
		to_timestamp((input ->> 'assertion_expires')::bigint + 120))
	on conflict do nothing;
	if not found then
		perform core.note('token', 'token.replayed', named);
		return json_build_object('refused', 'token.replayed');
	end if;
	perform core.token_enter(c, input);
	perform core.note('token', 'ok', named);
	return json_build_object('client_id', c.client_id, 'portal', c.portal);
end
$$;

create or replace function core.token_enter(c core.client, input jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp as $$
	insert into core.access_token (jti_hash, client_id, partner_id, scopes,
		issued_at, expires_at)
	values (core.credential(input ->> 'hash'), c.id, c.partner_id,
		array(select s from unnest(core.scopes_of(c.scopes)) s
			where coalesce(input ->> 'scope', '') = ''
			or s = any (string_to_array(input ->> 'scope', ' '))),
		core.now(), least(to_timestamp((input ->> 'expires')::bigint),
			core.now() + interval '10 minutes'))
$$;
