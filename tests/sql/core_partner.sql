-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

select set_config('t.conf', '{"slug": "probe-one", "name": "Probe One",
	"roles": ["distributor", "supplier"],
	"identifiers": [{"kind": "gln", "value": "4099999999990"},
		{"kind": "edifact", "qualifier": "14", "value": "4099999999990"}],
	"addresses": [{"kind": "ship_to", "name": "Store", "code": "S1",
		"street": ["Kai 1"], "city": "Bremen", "country": "DE",
		"preferred": true}, {"kind": "bill_to", "name": "Office"}],
	"groups": [{"dn": "cn=probe,dc=demo", "role": "distributor_user"}],
	"account_managers": ["max"]}', true) \g /dev/null
create function pg_temp.load(more jsonb default '{}') returns json
language sql as $$
	select core.admin_partner(current_setting('t.conf')::jsonb || more)
$$;

select is(pg_temp.load() ->> 'slug', 'probe-one', 'a partner is loaded');
select is(pg_temp.load('{"name": "Probe Uno"}') ->> 'name', 'Probe Uno',
	'and loaded again with changes');
select is((select count(*)::int from core.partner p
	where p.slug = 'probe-one'), 1, 'without doubling');
select core.partner_key('probe-one') as one \gset
select is(core.partner_by_identifier('gln', '4099999999990'), :one::bigint,
	'a partner is found by its number');
select is(core.identifier_of(:one, 'edifact'), '4099999999990',
	'and knows its numbers');
select is((select count(*)::int from core.address a where a.partner_id = :one
	and a.active), 2, 'addresses are not doubled');
select pg_temp.load('{"addresses": []}') \g /dev/null
select is((select count(*)::int from core.address a where a.partner_id = :one
	and a.active), 0, 'an address that is gone is retired');
select throws_ok($$select pg_temp.load('{"slug": "probe-two"}')$$, 'PT409',
	'partner.number_taken', 'two partners never share a number');
select throws_ok($$select core.admin_group('{"dn": "cn=x", "role":
	"supplier_user"}')$$, 'PT422', 'role.partner',
	'a partner''s role needs its partner');
select throws_ok($$select core.admin_group('{"dn": "cn=x", "role": "agent",
	"partner": "probe-one"}')$$, 'PT422', 'role.partner',
	'a role of the house has none');

select pg_temp.load() \g /dev/null
select pg_temp.partner('other', 'supplier') as other \gset
select pg_temp.person('ann', 'distributor_user', :one) as ann \gset
select is(pg_temp.ask('distributor', 'addresses_list', :'ann')
	#>> '{data,items,1,address,city}', 'Bremen', 'people see their addresses');
set local role kontor_owner;
create function api.probe_count(input jsonb) returns json
language plpgsql stable as $$ begin
	return (select json_agg(p.slug order by p.slug) from core.partner p
		where p.slug in ('probe-one', 'other')); end $$;
select core.operation('probe_count', 'any'), core.build_wall() \g /dev/null
reset role;
select pg_temp.person('max', 'account_manager') \g /dev/null
update core.session set person_id = (select p.id from core.person p
	where p.uid = 'max' and p.entry_uuid is null)
where jti_hash = decode(pg_temp.hash('max'), 'hex');
select is(pg_temp.ask('desk', 'probe_count', pg_temp.hash('max')) -> 'data',
	'["probe-one"]', 'an account manager sees assigned partners only');
select pg_temp.person('ada', 'agent') as ada \gset
select is(pg_temp.ask('desk', 'probe_count', :'ada') -> 'data',
	'["other", "probe-one"]', 'an agent sees all');
select is(pg_temp.ask('distributor', 'probe_count', :'ann') -> 'data',
	'["probe-one"]', 'a partner sees itself');

\ir lib/end.sql
