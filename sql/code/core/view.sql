-- SPDX-License-Identifier: Apache-2.0
--
-- Looking through a partner's eyes. Somebody of the house sees a partner's
-- portal as its administrator does: in a session of its own, which names its
-- reason, may write nothing and ends by itself. Read-only is enforced twice:
-- core.enter refuses every writing operation, and no permission but those to
-- read is held. core.identify_session looks at each request whether the viewer
-- may still see the partner.

-- What a viewing session may call although it writes: ways out, notes about
-- the session itself, and what comes before the bytes of a file, which writes
-- nothing then.
create or replace function core.view_may_call(op text) returns boolean
language sql immutable as $$
	select op in ('session_end', 'session_switch', 'session_touch',
		'audit_note', 'order_files_seen')
$$;

-- What it may ask: what is read, and its own account.
create or replace function core.view_holds(permission text) returns boolean
language sql immutable as $$
	select permission like '%.read' or permission in ('any', 'account.own')
$$;

-- May this person, with the roles that the session was opened with, still
-- look at this partner?
create or replace function core.view_lasts(person bigint, partner bigint,
	viewing jsonb)
returns boolean
language plpgsql stable as $$
begin
	return exists (select from core.membership m
		where m.person_id = person and m.portal = 'desk'
		and to_jsonb(m.roles) @> (viewing -> 'roles'))
	and (viewing -> 'roles' ? 'administrator'
		or partner = any (core.looks_after(person)));
end
$$;

-- The role whose eyes are borrowed: the partner's administrator.
create or replace function core.view_role(partner bigint) returns core.role
language sql stable as $$
	select o from core.partner_role r
	join core.role o on o.portal = r.role and o.name = r.role || '_admin'
	where r.partner_id = view_role.partner order by o.name limit 1
$$;

-- Opens a viewing session in place of the caller's own.
--   input  partner uuid, reason, hash (of the new identifier)
create or replace function core.view_open(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	m jsonb := core.me();
	p core.partner;
	role core.role;
	old core.session;
	s core.session;
	why text := left(trim(input ->> 'reason'), 300);
begin
	select * into p from core.partner x
	where x.public_id = core.input_id(input, 'partner')
	and x.id = any (core.me_partners());
	role := core.view_role(p.id);
	if p.id is null or role.name is null or m ->> 'portal' <> 'desk' then
		perform core.fail_absent();
	elsif coalesce(why, '') = '' then
		perform core.fail_if_wrong(jsonb_build_array(
			core.wrong('/reason', 'value.required')));
	elsif p.status <> 'active' then
		perform core.fail(409, 'view.partner_blocked');
	end if;
	select * into old from core.session x where x.id = (m ->> 's')::bigint;
	perform core.session_close(old, 'replaced');
	insert into core.session (public_id, jti_hash, person_id, portal,
		partner_id, roles, csrf, ip, agent, created_at, touched_at, idle,
		expires_at, viewing)
	values (core.uuid7(), core.credential(input ->> 'hash'), old.person_id,
		role.portal, p.id, array[role.name],
		encode(crypto.gen_random_bytes(18), 'base64'), core.request('ip'),
		old.agent, core.now(), core.now(), old.idle, core.now()
		+ make_interval(mins => core.setting('view.minutes')::int),
		jsonb_build_object('roles', old.roles, 'reason', why))
	returning * into s;
	perform core.view_note(s, 'ok', null);
	perform core.emit(p.id, 'partner.viewed', 'partner', p.public_id, p.number,
		jsonb_build_object('reason', why, 'until', s.expires_at), null, null,
		true);
	return json_build_object('session', json_build_object('id', s.public_id,
		'portal', s.portal, 'partner', p.public_id, 'person',
		(select x.public_id from core.person x where x.id = s.person_id),
		'csrf', s.csrf, 'expires_at', s.expires_at));
end
$$;

-- An entry of the audit about a viewing session, for the partner's eyes, too.
--   result  ok it began, or how it ended
create or replace function core.view_note(s core.session, result text,
	detail jsonb)
returns void
language sql volatile as $$
	insert into core.audit (at, kind, result, person_id, partner_id, account,
		portal, operation, object, ip, trace, detail)
	select core.now(), 'view', result, s.person_id, s.partner_id, x.name,
		s.portal, 'partners_view', 'partner ' || p.public_id,
		core.request('ip'), core.request('trace'),
		coalesce(detail, jsonb_build_object('reason', s.viewing ->> 'reason',
		'until', s.expires_at))
	from core.person x, core.partner p
	where x.id = s.person_id and p.id = s.partner_id
$$;

-- The viewing session as pages tell it; null in an ordinary one.
create or replace function core.view_json(s core.session) returns json
language sql stable as $$
	select case when s.viewing is not null then json_build_object(
		'until', s.expires_at, 'reason', s.viewing ->> 'reason') end
$$;

select core.declare_setting('view.minutes', '30',
	'how long somebody of the house may look through a partner''s eyes');
select core.definer('core.view_open(jsonb)',
	'makes a session of the caller''s own for a partner that he sees', 'desk');

select core.grant_permission('partners.view', 'account_manager',
	'administrator');

-- Goes on through the eyes of a partner, read-only, for half an hour.
--   input   partner uuid, reason line, hash (of the new identifier)
--   result  201 {session}
--   errors  404; 409 view.partner_blocked; 422 /reason
create or replace function api.partners_view(input jsonb) returns core.answer
language sql volatile as $$
	select core.created('/home', core.view_open(input))
$$;
select core.operation('partners_view', permission => 'partners.view',
	writes => true, idempotent => true);
