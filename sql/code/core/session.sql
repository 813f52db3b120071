-- SPDX-License-Identifier: Apache-2.0
--
-- People: who the directory says they are, where they belong, and their
-- sessions. All of it is reached through definers, since no login may read
-- these tables.

-- How distinguished names are compared.
create or replace function core.plain_dn(dn text) returns text
language sql immutable as $$
	select lower(regexp_replace(trim(dn), '\s*([,=+])\s*', '\1', 'g'))
$$;

-- Roles, highest first.
create or replace function core.by_rank(roles text[]) returns text[]
language sql stable as $$
	select array_agg(o.name order by o.rank desc) from core.role o
	where o.name = any (roles)
$$;

-- Where the groups of a directory entry lead; the entry's own name counts as a
-- group of one. Suspended partners lead nowhere.
create or replace function core.memberships_of(entry jsonb)
returns table (id text, portal text, partner_id bigint, roles text[])
language sql stable
set search_path = pg_catalog, pg_temp as $$
	select o.portal || coalesce(':' || a.public_id, ''), o.portal, a.id,
		core.by_rank(array_agg(distinct o.name))
	from core.directory_group g
	join core.role o on o.name = g.role
	left join core.partner a on a.id = g.partner_id
	where g.dn in (select core.plain_dn(d) from
		jsonb_array_elements_text(entry -> 'groups') d
		union select core.plain_dn(entry ->> 'dn'))
	and (g.partner_id is null or a.status = 'active')
	group by o.portal, a.id, a.public_id
$$;

-- Finds or enters the account of a directory entry. Its key is the entry's
-- unique id; somebody announced beforehand (an account manager to whom
-- partners were assigned) is adopted by the login name, once.
create or replace function core.person_of(entry jsonb) returns core.person
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	p core.person;
	shown text := coalesce(nullif(entry ->> 'display_name', ''),
		entry ->> 'name');
begin
	update core.person x set entry_uuid = entry ->> 'id'
	where x.entry_uuid is null and x.uid = lower(entry ->> 'name')
	and not exists (select from core.person y
		where y.entry_uuid = entry ->> 'id');
	insert into core.person as x (public_id, entry_uuid, uid, dn, name, mail,
		checked_at)
	values (core.uuid7(), entry ->> 'id', lower(entry ->> 'name'),
		entry ->> 'dn', shown, entry ->> 'mail', core.now())
	on conflict on constraint person_entry_uuid_key do update
	set uid = excluded.uid, dn = excluded.dn, name = excluded.name,
		mail = excluded.mail, checked_at = excluded.checked_at
	returning * into p;
	return p;
end
$$;

-- Notes where a person belongs now.
create or replace function core.remember_memberships(person_id bigint,
	entry jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
begin
	delete from core.membership m
	where m.person_id = remember_memberships.person_id
	and not exists (select from core.memberships_of(entry) o
		where o.portal = m.portal
		and o.partner_id is not distinct from m.partner_id);
	insert into core.membership as m
	select remember_memberships.person_id, o.portal, o.partner_id, o.roles,
		core.now()
	from core.memberships_of(entry) o
	on conflict on constraint membership_key
	do update set roles = excluded.roles, seen_at = excluded.seen_at;
end
$$;

-- Memberships as answers show them, to choose from.
create or replace function core.memberships_json(person_id bigint)
returns json
language sql stable
set search_path = pg_catalog, pg_temp as $$
	select coalesce(json_agg(json_build_object(
		'id', m.portal || coalesce(':' || a.public_id, ''),
		'portal', m.portal, 'role', m.roles[1], 'roles', m.roles,
		'partner', case when a.id is not null then json_build_object(
			'id', a.public_id, 'name', a.name, 'number', a.number) end)
		order by m.portal, a.name), '[]')
	from core.membership m
	left join core.partner a on a.id = m.partner_id
	where m.person_id = memberships_json.person_id
$$;

-- Makes a session row. A new identifier at every login and every change of
-- partner; the one replaced dies.
--   hash      hex SHA-256 of the new identifier
--   replaces  the same of the old one, or null
create or replace function core.session_make(p core.person, m core.membership,
	hash text, replaces text, agent text)
returns json
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	s core.session;
begin
	if coalesce(replaces, '') <> '' then
		perform core.session_close(x, 'replaced') from core.session x
		where x.jti_hash = core.credential(replaces);
	end if;
	insert into core.session (public_id, jti_hash, person_id, portal,
		partner_id, roles, csrf, ip, agent, created_at, touched_at, idle,
		expires_at)
	values (core.uuid7(), core.credential(hash), p.id, m.portal,
		m.partner_id, m.roles,
		encode(crypto.gen_random_bytes(18), 'base64'),
		core.request('ip'), left(agent, 300), core.now(), core.now(),
		make_interval(mins => core.setting(case when 'administrator'
			= any (m.roles) then 'session.admin_idle_minutes'
			else 'session.idle_minutes' end)::int),
		core.now() + make_interval(hours =>
			core.setting('session.hours')::int))
	returning * into s;
	update core.person x set login_at = core.now() where x.id = p.id;
	return json_build_object('session', json_build_object('id', s.public_id,
		'portal', s.portal, 'partner', (select a.public_id
			from core.partner a where a.id = s.partner_id),
		'person', p.public_id, 'csrf', s.csrf,
		'expires_at', s.expires_at));
end
$$;

-- Ends one session and tells whoever streams to it.
create or replace function core.session_close(s core.session, reason text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
begin
	update core.session x set ended_at = core.now(), end_reason = reason
	where x.id = s.id and x.ended_at is null;
	if found then
		perform core.tell('session',
			json_build_object('id', s.public_id)::text);
		if s.viewing is not null then
			perform core.view_note(s, reason, '{}');
		end if;
	end if;
end
$$;

-- A person whom the directory knows wants in. A refusal is a result, since it
-- must be remembered: {"refused": code}; with several memberships and none
-- chosen {"memberships": […]}; else {"session": …}.
create or replace function core.session_open(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	entry jsonb := input -> 'entry';
	typed text := coalesce(input ->> 'account', entry ->> 'name');
	p core.person;
	m core.membership;
	wanted text := input ->> 'membership';
begin
	p := core.person_of(entry);
	perform core.remember_memberships(p.id, entry);
	if p.disabled_at is not null then
		perform core.note('login', 'login.refused', typed);
		return json_build_object('refused', 'login.refused');
	end if;
	select x.* into m from core.membership x
	left join core.partner a on a.id = x.partner_id
	where x.person_id = p.id and (wanted is null or wanted = x.portal
		|| coalesce(':' || a.public_id, ''));
	if not found then
		perform core.note('login', 'login.no_portal', typed);
		return json_build_object('refused', 'login.no_portal');
	end if;
	perform core.login_succeeded(typed, core.request('ip'));
	if wanted is null and (select count(*) > 1 from core.membership x
		where x.person_id = p.id) then
		return json_build_object('memberships',
			core.memberships_json(p.id));
	end if;
	perform core.note('login', 'ok', typed, null, 'person ' || p.public_id,
		jsonb_build_object('portal', m.portal));
	return core.session_make(p, m, input ->> 'hash', input ->> 'replaces',
		input ->> 'agent');
end
$$;

-- Another partner for the same person, without logging in again.
create or replace function core.session_change(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	p core.person;
	m core.membership;
	old core.session;
begin
	select * into old from core.session s
	where s.id = (core.me() ->> 's')::bigint;
	select * into p from core.person x where x.id = old.person_id;
	select x.* into m from core.membership x
	left join core.partner a on a.id = x.partner_id
	where x.person_id = p.id and input ->> 'membership' = x.portal
		|| coalesce(':' || a.public_id, '')
	and (x.partner_id is null or a.status = 'active');
	if not found then
		perform core.fail_absent();
	end if;
	perform core.session_close(old, 'replaced');
	return core.session_make(p, m, input ->> 'hash', null, old.agent);
end
$$;

-- Ends sessions of the caller: this one, the one named, or all.
--   which  'this', 'all', or a session's id
-- Returns how many and whether the caller's own was among them.
create or replace function core.sessions_close(which text) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	mine bigint := (core.me() ->> 's')::bigint;
	s core.session;
	n int := 0;
	own boolean := false;
begin
	for s in select * from core.session x where x.ended_at is null
		and x.person_id = core.me_person()
		and (which = 'all' or which = 'this' and x.id = mine
			or x.public_id = core.try_uuid(which))
		order by x.id
	loop
		perform core.session_close(s, case which when 'this' then 'logout'
			when 'all' then 'everywhere' else 'chosen' end);
		n := n + 1;
		own := own or s.id = mine;
	end loop;
	if which = 'all' then
		update core.person p set not_before = core.now()
		where p.id = core.me_person();
	end if;
	perform core.note('logout', 'ok', null, null, null,
		jsonb_build_object('which', which, 'ended', n));
	return json_build_object('ended', n, 'own', own);
end
$$;

-- Notes that the session is in use; once a minute is enough.
create or replace function core.session_touch() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	update core.session s set touched_at = core.now()
	where s.id = (core.me() ->> 's')::bigint
	and s.touched_at < core.now() - interval '30 seconds'
$$;

-- The caller's own account: settings as they are in force, memberships, live
-- sessions, logins.
create or replace function core.account() returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	p core.person;
	t timestamptz := core.now();
begin
	select * into p from core.person x where x.id = core.me_person();
	return json_build_object('id', p.public_id, 'login', p.uid,
		'name', p.name, 'mail', p.mail,
		'language', coalesce(p.language, core.me_language()),
		'time_zone', coalesce(p.time_zone, (select a.time_zone
			from core.partner a where a.id = core.me_partner()),
			(select h.time_zone from core.house h)), 'theme', p.theme, 'version', p.version,
		'memberships', core.memberships_json(p.id),
		'others', (select coalesce(json_agg(m), '[]')
			from json_array_elements(core.memberships_json(p.id)) m
			where (m ->> 'portal', m #>> '{partner,id}') is distinct from
			(core.me_portal(), (select a.public_id::text
			from core.partner a where a.id = core.me_partner()))),
		'calendar', core.feed_mine(), 'mails', core.mail_settings(),
		'sessions', (select coalesce(json_agg(json_build_object(
				'id', s.public_id, 'portal', s.portal, 'ip', s.ip,
				'agent', s.agent, 'created_at', s.created_at,
				'touched_at', s.touched_at,
				'current', s.id = (core.me() ->> 's')::bigint)
				order by s.touched_at desc), '[]')
			from core.session s where s.person_id = p.id
			and s.ended_at is null and s.expires_at > t
			and s.touched_at > t - s.idle),
		'logins', (select coalesce(json_agg(json_build_object('at', a.at,
				'result', a.result, 'ip', a.ip) order by a.id desc),
				'[]')
			from (select * from core.audit x where x.kind = 'login'
				and (x.person_id = p.id or lower(x.account) = p.uid)
				order by x.id desc limit 10) a));
end
$$;

-- Changes the caller's own settings; members not given stay as they are.
create or replace function core.account_change(input jsonb) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	p core.person;
	zone text := input ->> 'time_zone';
	wrong jsonb := '[]';
begin
	select * into p from core.person x where x.id = core.me_person()
	for update;
	perform core.check_version(p.version, input);
	if coalesce(input ->> 'language', '') not in ('', 'en', 'de') then
		wrong := wrong || core.wrong('/language', 'value.choice');
	end if;
	if coalesce(input ->> 'theme', 'auto') not in ('auto', 'light', 'dark')
	then
		wrong := wrong || core.wrong('/theme', 'value.choice');
	end if;
	if coalesce(zone, '') <> '' and not exists (select
		from pg_timezone_names z where z.name = zone) then
		wrong := wrong || core.wrong('/time_zone', 'value.choice');
	end if;
	perform core.fail_if_wrong(wrong);
	update core.person x set version = x.version + 1,
		language = case when input ? 'language'
			then nullif(input ->> 'language', '') else x.language end,
		time_zone = case when input ? 'time_zone'
			then nullif(zone, '') else x.time_zone end,
		theme = coalesce(input ->> 'theme', x.theme)
	where x.id = p.id;
	return p.version + 1;
end
$$;
