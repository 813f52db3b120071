-- SPDX-License-Identifier: Apache-2.0
--
-- Names of people, which logins cannot read from core.person. A partner may
-- know those of its own people and of the desk's.

create or replace function cases.person_name(person bigint) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select p.name from core.person p where p.id = person
	and (core.me_portal() in ('desk', 'worker', 'admin')
		or p.id = core.me_person() or exists (select
		from core.membership m where m.person_id = p.id
		and (m.portal = 'desk' or m.partner_id = core.me_partner())))
$$;

-- Who may be assigned: [{"id", "name"}] of the agents; null for partners.
create or replace function cases.agents() returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select coalesce(json_agg(json_build_object('id', p.public_id,
		'name', p.name) order by p.name), '[]')
	from core.person p where p.disabled_at is null
	and exists (select from core.membership m
		where m.person_id = p.id and m.portal = 'desk'
		and 'agent' = any (m.roles))
	having core.me_portal() = 'desk'
$$;

-- Does this partner have a case with this number of its own? Asked of all its
-- cases, so that a colleague's number is not taken twice.
create or replace function cases.number_used(partner bigint, number text)
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select exists (select from cases.head h where h.partner_id = partner
		and partner = any (core.me_partners())
		and h.partner_case_id = number_used.number)
$$;

-- The key of an agent by the id outside; null when there is none.
create or replace function cases.agent(person uuid) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select p.id from core.person p where p.public_id = person
	and p.disabled_at is null and exists (select from core.membership m
		where m.person_id = p.id and m.portal = 'desk'
		and 'agent' = any (m.roles))
$$;

-- People of a partner, for whom the house logs a case: [{"id", "name"}].
create or replace function cases.people(partner bigint) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select coalesce(json_agg(json_build_object('id', p.public_id,
		'name', p.name) order by p.name), '[]')
	from core.person p where p.disabled_at is null
	and exists (select from core.membership m where m.person_id = p.id
		and m.partner_id = people.partner)
	and core.me_portal() = 'desk' and partner = any (core.me_partners())
$$;

-- The key of one of them by the id outside; null when there is none.
create or replace function cases.person_of(partner bigint, person uuid)
returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select p.id from core.person p where p.public_id = person
	and p.disabled_at is null
	and exists (select from core.membership m where m.person_id = p.id
		and m.partner_id = person_of.partner)
	and core.me_portal() = 'desk' and partner = any (core.me_partners())
$$;
