-- SPDX-License-Identifier: Apache-2.0
--
-- Partners: how rules find and name them.

-- The partner to whom a number belongs, or null. Sees all partners: a
-- document may name parties that its sender may not read; only the key comes
-- back.
--   kind  gln, duns, vat, assigned_by_house, assigned_by_partner, edifact, …
create or replace function core.partner_by_identifier(kind text, value text,
	qualifier text default null)
returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select i.partner_id from core.partner_identifier i
	where i.kind = partner_by_identifier.kind
	and i.value = partner_by_identifier.value
	and (partner_by_identifier.qualifier is null
		or i.qualifier = partner_by_identifier.qualifier)
	limit 1
$$;

-- A partner's number of one kind, or null.
create or replace function core.identifier_of(partner_id bigint, kind text)
returns text
language sql stable as $$
	select i.value from core.partner_identifier i
	where i.partner_id = identifier_of.partner_id
	and i.kind = identifier_of.kind order by i.id limit 1
$$;

-- The key of a partner by its id outside, number or slug; null when absent or
-- invisible to the caller.
create or replace function core.partner_key(name text) returns bigint
language sql stable as $$
	select p.id from core.partner p
	where p.public_id = core.try_uuid(partner_key.name)
	or partner_key.name in (p.number, p.slug)
$$;

-- A partner as other objects show it.
create or replace function core.partner_brief(partner_id bigint) returns json
language plpgsql stable as $$
begin
	return (select json_build_object('id', p.public_id, 'name', p.name,
		'number', p.number) from core.partner p where p.id = partner_id);
end
$$;

-- An address as answers and canonical documents show it.
create or replace function core.address_json(a core.address) returns json
language sql stable as $$
	select json_build_object('id', a.public_id, 'kind', a.kind,
		'name', a.name, 'gln', a.gln, 'code', a.code,
		'address', json_build_object('street', a.street,
			'postal_code', a.postal_code, 'city', a.city,
			'region', a.region, 'country', a.country),
		'contact', a.contact, 'preferred', a.preferred)
$$;

-- The active distributor that an input names; 404 when there is none for the
-- caller.
create or replace function core.distributor_by_id(input jsonb)
returns core.partner
language plpgsql stable as $$
declare
	p core.partner;
begin
	select * into p from core.partner x
	where x.public_id = core.input_id(input) and x.status = 'active'
	and exists (select from core.partner_role r where r.partner_id = x.id
		and r.role = 'distributor');
	if p.id is null then
		perform core.fail_absent();
	end if;
	return p;
end
$$;
