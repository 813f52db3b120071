-- SPDX-License-Identifier: Apache-2.0
--
-- Addresses of calendars. Whoever has the address reads the calendar, so it
-- cannot be guessed, is not kept, and ends when it is revoked or when the
-- person is shut out, leaves the partner or loses the role.

-- The secret part of an address: who the feed is, proven by a key that only
-- this database has.
create or replace function core.feed_key(f core.feed) returns text
language sql stable as $$
	select replace(f.public_id::text, '-', '') || encode(crypto.hmac(
		convert_to(f.public_id::text, 'UTF8'), s.key, 'sha256'), 'hex')
	from core.secret s where s.purpose = 'calendar'
$$;

-- The feed of an address, while it still leads anywhere.
create or replace function core.feed_live(key text) returns core.feed
language plpgsql stable as $$
declare
	f core.feed;
begin
	select x.* into f from core.feed x
	join core.person p on p.id = x.person_id and p.disabled_at is null
	join core.membership m on m.person_id = x.person_id
		and m.portal = x.portal
		and m.partner_id is not distinct from x.partner_id
	left join core.partner a on a.id = x.partner_id
	where x.public_id = case when key ~ '^[0-9a-f]{96}$'
		then left(key, 32)::uuid end
	and x.revoked_at is null and coalesce(a.status, 'active') = 'active'
	and exists (select from core.role_permission r
		where r.permission = 'calendar.own' and r.role = any (m.roles));
	return case when core.feed_key(f) = key then f end;
end
$$;

-- Is this feed the caller's, here?
create or replace function core.feed_own(f core.feed) returns boolean
language sql stable as $$
	select f.person_id = core.me_person() and f.portal = core.me_portal()
		and f.partner_id is not distinct from core.me_partner()
		and f.revoked_at is null
$$;

-- The caller's calendar: {"path", "since"}, path null while there is none;
-- null for those who may have none.
create or replace function core.feed_mine() returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	f core.feed;
begin
	if not core.me_may('calendar.own') then
		return null;
	end if;
	select x.* into f from core.feed x where core.feed_own(x);
	return json_build_object('path', '/calendar/' || core.feed_key(f),
		'since', f.created_at);
end
$$;

-- Makes the caller a new address, or none; the former one leads nowhere.
create or replace function core.feed_change(event text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	if event is null or event not in ('make', 'revoke') then
		perform core.fail_if_wrong(jsonb_build_array(
			core.wrong('/event', 'value.choice')));
	end if;
	perform from core.person p where p.id = core.me_person() for update;
	update core.feed x set revoked_at = core.now() where core.feed_own(x);
	if event = 'make' then
		insert into core.feed (public_id, person_id, portal, partner_id,
			created_at)
		values (core.uuid7(), core.me_person(), core.me_portal(),
			core.me_partner(), core.now());
	end if;
	perform core.note('admin', 'ok', null, 'account_calendar', 'calendar',
		jsonb_build_object('event', event));
end
$$;

select core.grant_permission('calendar.own', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin',
	'account_manager', 'agent');
select core.definer('core.feed_mine()', 'the caller''s own address',
	'portals');
select core.definer('core.feed_change(text)', 'the caller''s own address',
	'portals');

-- Makes or revokes the address of the caller's calendar.
--   input   event make (the former address ends) | revoke
--   result  200, the account as account_show shows it
--   errors  422 /event
create or replace function api.account_calendar(input jsonb)
returns core.answer
language plpgsql volatile as $$
begin
	perform core.feed_change(input ->> 'event');
	return row(200, null, '/account', core.account())::core.answer;
end
$$;
select core.operation('account_calendar', permission => 'calendar.own',
	writes => true, input => '{"event": "line"}');
