-- SPDX-License-Identifier: Apache-2.0
--
-- kontorctl partner load: a partner with its roles, numbers, addresses and
-- directory groups from one JSON document. Loading again changes what differs;
-- numbers and addresses that are gone are taken away (addresses: retired).
-- Agreements and guides are the exchange's (exchange.agreement_load).
--
--   {"slug", "name", "number"?, "registration_name"?, "vat_id"?, "language"?,
--    "time_zone"?, "tier"?, "status"?, "roles": ["distributor", "supplier"],
--    "identifiers": [{"kind", "qualifier"?, "value"}],
--    "addresses": [{"kind", "name", "gln"?, "code"?, "street": [],
--      "postal_code", "city", "region"?, "country", "contact": {},
--      "preferred"?}],
--    "groups": [{"dn", "role"}], "account_managers": ["login"]}

create or replace function core.load_partner_row(input jsonb)
returns core.partner
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	a core.partner;
begin
	if coalesce(input ->> 'slug', '') = ''
		or coalesce(input ->> 'name', '') = '' then
		perform core.fail(422, 'partner.name');
	end if;
	insert into core.partner as p (public_id, number, slug, name,
		registration_name, vat_id, language, time_zone, tier, status)
	values (core.uuid7(), coalesce(input ->> 'number',
			nextval('core.partner_number')::text), input ->> 'slug',
		input ->> 'name', input ->> 'registration_name',
		input ->> 'vat_id', coalesce(input ->> 'language', 'en'),
		coalesce(input ->> 'time_zone', 'Europe/Berlin'),
		input ->> 'tier', coalesce(input ->> 'status', 'active'))
	on conflict on constraint partner_slug_key do update
	set name = excluded.name, registration_name = excluded.registration_name,
		vat_id = excluded.vat_id, language = excluded.language,
		time_zone = excluded.time_zone, tier = excluded.tier,
		status = coalesce(input ->> 'status', p.status),
		number = coalesce(input ->> 'number', p.number),
		version = p.version + 1
	returning * into a;
	insert into core.partner_role
	select a.id, r from jsonb_array_elements_text(input -> 'roles') r
	on conflict do nothing;
	return a;
end
$$;

create or replace function core.load_partner_numbers(a core.partner,
	input jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	taken text;
begin
	delete from core.partner_identifier i where i.partner_id = a.id
	and not exists (select from jsonb_array_elements(input) x
		where x ->> 'kind' = i.kind and x ->> 'value' = i.value
		and coalesce(x ->> 'qualifier', '') = i.qualifier);
	insert into core.partner_identifier (partner_id, kind, qualifier, value)
	select a.id, x ->> 'kind', coalesce(x ->> 'qualifier', ''), x ->> 'value'
	from jsonb_array_elements(input) x on conflict do nothing;
	select x ->> 'value' into taken from jsonb_array_elements(input) x
	join core.partner_identifier i on x ->> 'kind' = i.kind
	and x ->> 'value' = i.value
	and coalesce(x ->> 'qualifier', '') = i.qualifier
	where i.partner_id <> a.id;
	if found then
		perform core.fail(409, 'partner.number_taken',
			jsonb_build_object('value', taken));
	end if;
end
$$;

-- An address is known again by its kind and, in this order, code, GLN, name.
create or replace function core.load_partner_address(a core.partner, x jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	k bigint;
begin
	select d.id into k from core.address d
	where d.partner_id = a.id and d.kind = x ->> 'kind'
	and coalesce(d.code, d.gln, d.name)
		= coalesce(x ->> 'code', x ->> 'gln', x ->> 'name');
	if k is null then
		insert into core.address (public_id, partner_id, kind, name)
		values (core.uuid7(), a.id, x ->> 'kind',
			coalesce(x ->> 'name', a.name)) returning id into k;
	end if;
	update core.address d set name = coalesce(x ->> 'name', a.name),
		gln = x ->> 'gln', code = x ->> 'code',
		street = array(select jsonb_array_elements_text(
			coalesce(x -> 'street', '[]'))),
		postal_code = x ->> 'postal_code', city = x ->> 'city',
		region = x ->> 'region', country = x ->> 'country',
		contact = coalesce(x -> 'contact', '{}'), active = true,
		preferred = coalesce((x ->> 'preferred')::boolean, false)
	where d.id = k;
	return k;
end
$$;

create or replace function core.admin_partner(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	a core.partner := core.load_partner_row(input);
	kept bigint[];
	x jsonb;
begin
	perform core.load_partner_numbers(a,
		coalesce(input -> 'identifiers', '[]'));
	for x in select jsonb_array_elements(input -> 'addresses') loop
		kept := kept || core.load_partner_address(a, x);
	end loop;
	update core.address d set active = false
	where d.partner_id = a.id and d.id <> all (coalesce(kept, '{}'));
	for x in select jsonb_array_elements(input -> 'groups') loop
		perform core.admin_group(x || jsonb_build_object('partner',
			a.public_id));
	end loop;
	for x in select jsonb_array_elements(input -> 'account_managers') loop
		perform core.admin_assign(jsonb_build_object('login', x #>> '{}',
			'partner', a.public_id));
	end loop;
	perform core.note('admin', 'ok', null, 'partner', a.slug);
	return json_build_object('id', a.public_id, 'number', a.number,
		'slug', a.slug, 'name', a.name, 'version', a.version);
end
$$;
