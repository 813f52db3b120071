-- SPDX-License-Identifier: Apache-2.0
--
-- Who is calling. core.identify reads the session or token row and seals what
-- it found into a transaction-local setting; core.me() opens the seal. The seal
-- is a MAC with a key that logins cannot read, over the identity, the backend,
-- the transaction and the login, so SQL run by a login can neither make one up
-- nor carry one over. Row security and rules ask core.me_*(), never the setting.
--
-- Members of the sealed identity: k (person, client, worker, admin), id, s
-- (session key), p (partner key), portal, roles, scopes, name, channel, trace,
-- lang, viewing (somebody of the house looks through the partner's eyes).

-- What is authenticated: the identity, the login, the transaction, the backend.
create or replace function core.seal_of(body text) returns bytea
language sql stable as $$
	select convert_to(body || session_user, 'UTF8')
		|| timestamptz_send(transaction_timestamp())
		|| int4send(pg_backend_pid())
$$;

-- Makes this the identity of the transaction. Internal.
create or replace function core.seal(identity jsonb) returns void
language plpgsql as $$
begin
	perform set_config('kontor.me', encode(crypto.hmac(
			core.seal_of(identity::text), s.key, 'sha256'), 'hex')
		|| identity::text, true)
	from core.secret s where s.purpose = 'identity';
end
$$;

-- The sealed identity, or null when there is none. A broken seal is an attack
-- or a defect and ends the statement. Asked by every policy of every query.
create or replace function core.me() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	sealed text := current_setting('kontor.me', true);
begin
	if sealed is null or sealed = '' then
		return null;
	end if;
	perform from core.secret s where s.purpose = 'identity'
	and left(sealed, 64) = encode(crypto.hmac(
		core.seal_of(substr(sealed, 65)), s.key, 'sha256'), 'hex');
	if not found then
		raise exception using errcode = '42501',
			message = 'identity.seal';
	end if;
	return substr(sealed, 65)::jsonb;
end
$$;

-- The partner acted for; null at the desk and for the house's own jobs.
create or replace function core.me_partner() returns bigint
language sql stable as $$ select (core.me() ->> 'p')::bigint $$;

-- distributor, supplier, desk, worker, admin.
create or replace function core.me_portal() returns text
language sql stable as $$ select core.me() ->> 'portal' $$;

create or replace function core.me_person() returns bigint
language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return case when m ->> 'k' = 'person' then m ->> 'id' end;
end
$$;

-- Whose side is the caller's: partner or house.
create or replace function core.me_side() returns text
language sql stable as $$
	select case when core.me_partner() is null then 'house' else 'partner' end
$$;

-- The name of the caller, as what he says and adds shows it; of a document, its
-- sender.
create or replace function core.me_author() returns text
language sql stable as $$
	select coalesce(case when m ->> 'k' = 'worker' then (select p.name
			from core.partner p where p.id = core.me_partner())
		else m ->> 'name' end, 'Kontor') from (select core.me()) x (m)
$$;

create or replace function core.me_client() returns bigint
language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return case when m ->> 'k' = 'client' then m ->> 'id' end;
end
$$;

-- Key of idempotency, rates and cursors: p<person>@<partner>, c<client>, w.
create or replace function core.me_subject() returns text
language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return case m ->> 'k' when 'person' then 'p' || (m ->> 'id')
			|| coalesce('@' || (m ->> 'p'), '')
		when 'client' then 'c' || (m ->> 'id')
		else left(m ->> 'k', 1) end;
end
$$;

create or replace function core.me_role_is(role text) returns boolean
language sql stable as $$
	select coalesce(core.me() -> 'roles' ? role, false)
$$;

-- The language of answers: the person's, else the browser's.
create or replace function core.me_language() returns text
language sql stable as $$ select coalesce(core.me() ->> 'lang', 'en') $$;

-- Is a permission for machines of this side? What people of one side alone
-- hold is not for machines of the other.
create or replace function core.machine_may(permission text, portal text)
returns boolean
language plpgsql stable as $$
begin
	return (select bool_or(r.role = 'machine') and (bool_or(o.portal
			= machine_may.portal) or not bool_or(o.portal
			in ('distributor', 'supplier')))
		from core.role_permission r join core.role o on o.name = r.role
		where r.permission = machine_may.permission);
end
$$;

-- May this identity use this permission? 'any' is held by all that are known;
-- a machine needs it in its token's scopes, too.
create or replace function core.identity_may(identity jsonb, permission text)
returns boolean
language plpgsql stable as $$
begin
	if identity is null then
		return false;
	elsif permission = 'any' then
		return true;
	elsif identity ? 'viewing' and not core.view_holds(permission) then
		return false;
	elsif identity ->> 'k' = 'client' then
		return identity -> 'scopes' ?| array['*', permission,
				split_part(permission, '.', 1)]
			and coalesce(core.machine_may(permission,
				identity ->> 'portal'), false);
	end if;
	return exists (select from core.role_permission r
		where r.permission = identity_may.permission
		and identity -> 'roles' ? r.role);
end
$$;

create or replace function core.me_may(permission text) returns boolean
language sql stable as $$ select core.identity_may(core.me(), permission) $$;

-- Does an identity see every partner: agents, administrators, the house's own
-- jobs and kontorctl.
create or replace function core.sees_all(m jsonb) returns boolean
language sql immutable as $$
	select coalesce(m -> 'roles' ?| array['agent', 'administrator']
		or m ->> 'k' = 'admin' or m ->> 'k' = 'worker' and m ->> 'p' is null,
		false)
$$;

-- Does the caller?
create or replace function core.me_sees_all() returns boolean
language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return core.sees_all(m);
end
$$;

-- The one partner whose rows a worker's job may touch; null: any, in the
-- house's own jobs; 0: none. One question for what policies ask every statement.
create or replace function core.me_only() returns bigint
language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return case when m ->> 'k' in ('worker', 'admin')
		then (m ->> 'p')::bigint else coalesce((m ->> 'p')::bigint, 0) end;
end
$$;

-- The partners that this identity sees: its own, those assigned to an account
-- manager, or all of them.
create or replace function core.me_partners() returns bigint[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	m jsonb := core.me();
begin
	if m is null then
		return '{}';
	elsif core.sees_all(m) then
		return array(select p.id from core.partner p);
	elsif m ->> 'portal' = 'desk' then
		return case when m ->> 'k' = 'person'
			then core.looks_after((m ->> 'id')::bigint) else '{}' end;
	end if;
	return array_remove(array[(m ->> 'p')::bigint], null);
end
$$;

-- Those of them that something is asked about: one, or all.
create or replace function core.me_partners(one bigint) returns bigint[]
language plpgsql stable as $$
begin
	return case when one is null then core.me_partners()
		when one = any (core.me_partners()) then array[one] else '{}' end;
end
$$;

-- The portal of the database login that runs this.
create or replace function core.login_portal() returns text
language sql stable as $$
	select case when session_user like 'kontor\_%'
		then substr(session_user, 8) else 'owner' end
$$;

create or replace function core.credential(value text) returns bytea
language plpgsql immutable as $$
begin
	if value is null or length(value) <> 64
		or translate(value, '0123456789abcdef', '') <> '' then
		perform core.fail(401, 'login.required');
	end if;
	return decode(value, 'hex');
end
$$;

-- What is the same in every identity, taken from the request.
create or replace function core.identity_context(who jsonb) returns jsonb
language sql stable as $$
	select jsonb_build_object('channel', coalesce(who ->> 'channel',
		case when who ? 'token' then 'api' else 'portal' end),
		'trace', who ->> 'trace')
$$;

-- A person by the hash of the session's identifier: seals, and describes the
-- person for the page.
create or replace function core.identify_session(who jsonb,
	out identity jsonb, out me json)
language plpgsql as $$
declare
	r record;
	t timestamptz := core.now();
begin
	select s.id, s.public_id, s.person_id, s.partner_id, s.portal, s.roles,
		s.csrf, s.viewing, core.view_json(s) as view, p.public_id as person, p.name, p.theme,
		coalesce(p.language, who ->> 'lang', a.language, 'en') as language,
		coalesce(p.time_zone, a.time_zone, h.time_zone) as time_zone,
		a.public_id as partner, a.name as partner_name, a.number
	into r
	from core.session s
	join core.person p on p.id = s.person_id
	left join core.partner a on a.id = s.partner_id
	cross join core.house h
	where s.jti_hash = core.credential(who ->> 'session')
	and s.ended_at is null and s.expires_at > t
	and s.touched_at > t - s.idle and s.created_at >= p.not_before
	and p.disabled_at is null
	and (s.partner_id is null or a.status = 'active')
	and (s.viewing is null or core.view_lasts(s.person_id, s.partner_id,
		s.viewing));
	if not found or r.portal <> core.login_portal() then
		perform core.fail(401, 'session.ended');
	end if;
	identity := core.identity_context(who) || jsonb_build_object(
		'k', 'person', 'id', r.person_id, 's', r.id, 'p', r.partner_id,
		'portal', r.portal, 'roles', r.roles, 'name', r.name,
		'lang', r.language) || case when r.viewing is null
			then '{}' else '{"viewing": true}' end::jsonb;
	me := json_build_object('person', r.person, 'name', r.name,
		'portal', r.portal, 'role', r.roles[1], 'roles', r.roles,
		'partner', case when r.partner is not null then
			json_build_object('id', r.partner, 'name', r.partner_name,
				'number', r.number) end,
		'language', r.language, 'time_zone', r.time_zone,
		'theme', r.theme, 'session_id', r.public_id, 'csrf', r.csrf,
		'viewing', r.view);
end
$$;

-- A partner's system by the hash of the access token's identifier.
create or replace function core.identify_token(who jsonb,
	out identity jsonb, out me json)
language plpgsql as $$
declare
	r record;
	t timestamptz := core.now();
begin
	select c.id, c.public_id, c.client_id, c.name, c.portal, k.scopes,
		k.partner_id, a.public_id as partner, a.name as partner_name,
		a.number, a.time_zone,
		coalesce(who ->> 'lang', a.language) as language
	into r
	from core.access_token k
	join core.client c on c.id = k.client_id
	join core.partner a on a.id = k.partner_id
	where k.jti_hash = core.credential(who ->> 'token')
	and k.revoked_at is null and k.expires_at > t
	and k.issued_at >= c.not_before and c.disabled_at is null
	and a.status = 'active';
	if not found or r.portal <> core.login_portal() then
		perform core.fail(401, 'token.invalid');
	end if;
	identity := core.identity_context(who) || jsonb_build_object(
		'k', 'client', 'id', r.id, 'p', r.partner_id,
		'portal', r.portal, 'roles', array['machine'],
		'scopes', r.scopes, 'name', r.name, 'lang', r.language);
	me := json_build_object('client', r.client_id, 'name', r.name,
		'portal', r.portal, 'role', 'machine',
		'roles', array['machine'], 'scopes', r.scopes,
		'partner', json_build_object('id', r.partner,
			'name', r.partner_name, 'number', r.number),
		'language', r.language, 'time_zone', r.time_zone);
end
$$;

-- Establishes and seals the identity that the credential stands for; nulls
-- when there is no credential. Internal: called by core.enter only.
create or replace function core.identify(who jsonb, out identity jsonb,
	out me json)
language plpgsql as $$
begin
	if who ? 'session' then
		select * into identity, me from core.identify_session(who);
		perform core.seal(identity);
	elsif who ? 'token' then
		select * into identity, me from core.identify_token(who);
		perform core.seal(identity);
	else
		perform set_config('kontor.me', '', true);
	end if;
end
$$;
