-- SPDX-License-Identifier: Apache-2.0
--
-- Deputies of account managers: while it lasts, somebody else looks after
-- their partners, too, with the rights of his own role.

-- Partners that a person looks after today, assigned or as a deputy.
create or replace function core.looks_after(person bigint)
returns bigint[] language plpgsql stable as $$
declare
	today date;
begin
	if not exists (select from core.deputy d
		where d.deputy_id = person and d.ended_at is null) then
		return array(select a.partner_id from core.assignment a
			where a.person_id = person);
	end if;
	today := core.today();
	return array(select distinct a.partner_id from core.assignment a
		where a.person_id = person or a.person_id in (
			select d.person_id from core.deputy d
			where d.deputy_id = person and d.ended_at is null
			and today between d.since and d.until)
		order by 1);
end
$$;

-- Account managers, the caller apart: who may be his deputy.
--   result  [{"id", "name"}]
create or replace function core.colleagues() returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return (select coalesce(json_agg(json_build_object('id', u.public_id,
		'name', u.name) order by u.name), '[]') from core.person u
		where u.disabled_at is null and u.id <> core.me_person()
		and exists (select from core.membership m
			where m.person_id = u.id and m.portal = 'desk'
			and 'account_manager' = any (m.roles)));
end
$$;

-- The caller's deputies and those whose deputy he is, ended ones left out.
--   result  [{"id", "name", "since", "until", "mine": true, "today": true}]
create or replace function core.deputies() returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	today date := core.today();
begin
	return (select coalesce(json_agg(json_build_object('id', d.public_id,
		'name', u.name, 'since', d.since, 'until', d.until,
		'mine', d.person_id = core.me_person(),
		'today', today between d.since and d.until)
		order by d.since, d.id), '[]')
		from core.deputy d join core.person u on u.id = case
			when d.person_id = core.me_person() then d.deputy_id
			else d.person_id end
		where core.me_person() in (d.person_id, d.deputy_id)
		and d.ended_at is null and d.until >= today);
end
$$;

-- Makes somebody the caller's deputy; null when he is no colleague.
create or replace function core.deputy_make(other uuid, since date,
	until date) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	made uuid := core.uuid7();
	who bigint := (select u.id from core.person u where u.public_id = other
		and u.disabled_at is null and u.id <> core.me_person()
		and exists (select from core.membership m
			where m.person_id = u.id and m.portal = 'desk'
			and 'account_manager' = any (m.roles)));
begin
	if who is null then
		return null;
	end if;
	insert into core.deputy (public_id, person_id, deputy_id, since, until,
		created_at)
	values (made, core.me_person(), who, since, until, core.now());
	perform core.note('admin', 'ok', null, 'deputies_create', made::text,
		jsonb_build_object('deputy', other, 'since', since, 'until', until));
	return made;
end
$$;

-- Ends one of the caller's; false when there is none.
create or replace function core.deputy_end(which uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	update core.deputy set ended_at = core.now()
	where public_id = which and person_id = core.me_person()
	and ended_at is null;
	if not found then
		return false;
	end if;
	perform core.note('admin', 'ok', null, 'deputies_end', which::text);
	return true;
end
$$;

-- The caller's deputies, and a form.
--   result  {"items": [deputy of core.deputies], "colleagues": [{"id",
--           "name"}], "today": date}
create or replace function api.deputies_list(input jsonb) returns json
language plpgsql stable as $$
begin
	return json_build_object('items', core.deputies(),
		'colleagues', core.colleagues(), 'today', core.today());
end
$$;
select core.operation('deputies_list', permission => 'deputies.read',
	input => '{}');

-- Lets a colleague look after the caller's partners, too.
--   input   deputy uuid, since date, until date
--   result  201, {"id"}
--   errors  422 /deputy deputies.unknown, /until deputies.days
create or replace function api.deputies_create(input jsonb)
returns core.answer language plpgsql volatile as $$
declare
	since date := core.try_date(input ->> 'since');
	until date := core.try_date(input ->> 'until');
	made uuid;
begin
	if since is null or until < since or until < core.today()
		or until is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/until',
			'deputies.days')));
	end if;
	made := core.deputy_make(core.try_uuid(input ->> 'deputy'), since, until);
	if made is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/deputy',
			'deputies.unknown')));
	end if;
	return core.created('/deputies', json_build_object('id', made));
end
$$;
select core.operation('deputies_create', permission => 'deputies.write',
	writes => true, input => '{"deputy": "uuid", "since": "date",
	"until": "date"}');

-- Ends a deputy's time. 404 when it is not the caller's.
create or replace function api.deputies_end(input jsonb)
returns core.answer language plpgsql volatile as $$
begin
	if not core.deputy_end(core.input_id(input)) then
		perform core.fail_absent();
	end if;
	return core.ok(api.deputies_list('{}'));
end
$$;
select core.operation('deputies_end', permission => 'deputies.write',
	writes => true, input => '{"id": "uuid"}');

select core.grant_permission('deputies.read', 'account_manager');
select core.grant_permission('deputies.write', 'account_manager');
