-- SPDX-License-Identifier: Apache-2.0
--
-- Deputies: while it lasts, somebody stands in for a colleague. A deputy of an
-- account manager looks after his partners, too, with the rights of his own
-- role; one of a partner's person is told and shown what is his.

-- The people of one organisation on one side who are not shut out; at the
-- desk account managers.
create or replace function core.people_of(portal text, partner bigint)
returns setof bigint language sql stable as $$
	select m.person_id from core.membership m
	join core.person u on u.id = m.person_id and u.disabled_at is null
	where m.portal = people_of.portal
	and m.partner_id is not distinct from partner
	and (partner is not null or 'account_manager' = any (m.roles))
$$;

-- Who stands in for somebody today, for one organisation.
create or replace function core.stand_ins(person bigint, partner bigint)
returns setof bigint language plpgsql stable as $$
begin
	return query select d.deputy_id from core.deputy d
	where d.person_id = person and d.ended_at is null
	and d.partner_id is not distinct from partner
	and core.today() between d.since and d.until order by d.id;
end
$$;

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
			and d.partner_id is null
			and today between d.since and d.until)
		order by 1);
end
$$;

-- The caller and those for whom he stands in today.
create or replace function core.stands_for() returns bigint[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	me bigint := core.me_person();
begin
	return array(select me where me is not null union all
		select d.person_id from core.deputy d
		where d.deputy_id = me and d.ended_at is null
		and d.partner_id is not distinct from core.me_partner()
		and core.today() between d.since and d.until);
end
$$;

-- The people of the caller's own side and organisation, himself included.
create or replace function core.fellows()
returns table (id bigint, public_id uuid, name text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return query select u.id, u.public_id, u.name from core.person u
	where u.id in (select core.people_of(core.me_portal(),
		core.me_partner())) order by u.name, u.id;
end
$$;

-- The same as answers name them, with the caller first or without him.
--   result  [{"id", "name", "me": false}]
create or replace function core.fellows_json(myself boolean) returns json
language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', f.public_id,
		'name', f.name, 'me', f.id is not distinct from core.me_person())
		order by f.id is distinct from core.me_person(), f.name), '[]')
		from core.fellows() f
		where myself or f.id is distinct from core.me_person());
end
$$;

-- The key of a colleague, or of the caller, by the id outside; null when it
-- is nobody here.
create or replace function core.fellow(person uuid) returns bigint
language sql stable as $$
	select f.id from core.fellows() f where f.public_id = person
$$;

-- Deputies of the caller and those whose deputy he is, of the whole
-- organisation for who manages them; ended ones left out.
--   result  [{"id", "person", "deputy", "since", "until", "mine": true,
--           "today": true, "can_end": true}]
create or replace function core.deputies() returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	today date := core.today();
	me bigint := core.me_person();
	manages boolean := core.me_may('deputies.manage');
begin
	return (select coalesce(json_agg(json_build_object('id', d.public_id,
		'person', u.name, 'deputy', s.name, 'since', d.since,
		'until', d.until, 'mine', d.person_id = me,
		'today', today between d.since and d.until,
		'can_end', d.person_id = me or manages)
		order by d.since, d.id), '[]')
		from core.deputy d join core.person u on u.id = d.person_id
		join core.person s on s.id = d.deputy_id
		where d.partner_id is not distinct from core.me_partner()
		and (manages or me in (d.person_id, d.deputy_id))
		and d.ended_at is null and d.until >= today);
end
$$;

-- Makes a colleague somebody's deputy.
create or replace function core.deputy_make(person bigint, deputy bigint,
	since date, until date) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	made uuid := core.uuid7();
	fellows bigint[] := array(select f.id from core.fellows() f);
begin
	if person = any (fellows) and deputy = any (fellows)
		and (person = core.me_person()
		or core.me_may('deputies.manage')) then
		insert into core.deputy (public_id, person_id, deputy_id, partner_id,
			since, until, created_at)
		values (made, person, deputy, core.me_partner(), since, until,
			core.now());
		perform core.note('admin', 'ok', null, 'deputies_create',
			made::text, jsonb_build_object('person', person, 'deputy', deputy,
			'since', since, 'until', until));
		return made;
	end if;
	return null;
end
$$;

-- Ends one of the caller's, or of his organisation where he manages them;
-- false when there is none.
create or replace function core.deputy_end(which uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	update core.deputy set ended_at = core.now()
	where public_id = which and ended_at is null
	and partner_id is not distinct from core.me_partner()
	and (person_id = core.me_person() or core.me_may('deputies.manage'));
	if not found then
		return false;
	end if;
	perform core.note('admin', 'ok', null, 'deputies_end', which::text);
	return true;
end
$$;

-- Deputies, and a form.
--   result  {"items": [deputy of core.deputies], "colleagues": [{"id",
--           "name", "me"}] who may be deputy, "people": who may be away, for
--           who may enter one for others, else [], "today": date}; nobody
--           where the caller is alone
create or replace function api.deputies_list(input jsonb) returns json
language plpgsql stable as $$
declare
	others json := core.fellows_json(false);
	everybody json := '[]';
begin
	if json_array_length(others) > 0 and core.me_may('deputies.manage') then
		everybody := core.fellows_json(true);
		others := everybody;
	end if;
	return json_build_object('items', core.deputies(),
		'colleagues', others, 'people', everybody, 'today', core.today());
end
$$;
select core.operation('deputies_list', permission => 'deputies.read',
	input => '{}');

-- Lets a colleague stand in.
--   input   deputy uuid, since date, until date, person uuid? (who is away,
--           where the caller manages deputies; else himself)
--   result  201, {"id"}
--   errors  422 /deputy deputies.unknown, deputies.same,
--           /person deputies.absent, /until deputies.days
create or replace function api.deputies_create(input jsonb)
returns core.answer language plpgsql volatile as $$
declare
	since date := core.try_date(input ->> 'since');
	until date := core.try_date(input ->> 'until');
	other bigint := core.fellow(core.try_uuid(input ->> 'deputy'));
	absent bigint := core.me_person();
	wrong jsonb := '[]';
begin
	if coalesce(input ->> 'person', '') <> '' then
		absent := core.fellow(core.try_uuid(input ->> 'person'));
	end if;
	if absent is null or absent <> core.me_person()
		and not core.me_may('deputies.manage') then
		wrong := wrong || core.wrong('/person', 'deputies.absent');
	end if;
	if other is null then
		wrong := wrong || core.wrong('/deputy', 'deputies.unknown');
	elsif other = absent then
		wrong := wrong || core.wrong('/deputy', 'deputies.same');
	end if;
	if since is null or until is null or until < since
		or until < core.today() then
		wrong := wrong || core.wrong('/until', 'deputies.days');
	end if;
	perform core.fail_if_wrong(wrong);
	return core.created('/deputies', json_build_object('id',
		core.deputy_make(absent, other, since, until)));
end
$$;
select core.operation('deputies_create', permission => 'deputies.write',
	writes => true, input => '{"deputy": "uuid", "since": "date",
	"until": "date", "person": "line?"}');

-- Ends a deputy's time. 404 when the caller may not.
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

select core.definer('core.stands_for()', 'the caller''s own', 'portals');
select core.definer('core.fellows()', 'names the caller''s colleagues',
	'portals');
select core.definer('core.deputies()', 'reads the caller''s own, or those of '
	|| 'his organisation', 'portals');
select core.definer('core.deputy_make(bigint,bigint,date,date)',
	'enters one among the caller''s colleagues', 'portals');
select core.definer('core.deputy_end(uuid)',
	'ends one of the caller''s or of his organisation', 'portals');
select core.grant_permission('deputies.read', 'account_manager',
	'distributor_user', 'distributor_admin', 'supplier_user',
	'supplier_admin');
select core.grant_permission('deputies.write', 'account_manager',
	'distributor_user', 'distributor_admin', 'supplier_user',
	'supplier_admin');
select core.grant_permission('deputies.manage', 'distributor_admin',
	'supplier_admin');
