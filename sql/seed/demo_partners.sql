-- SPDX-License-Identifier: Apache-2.0
--
-- The house, three distributors, four suppliers, their groups in the demo
-- directory and their agreements. Numbers begin with 29, which no real company
-- has.

update core.house set name = 'Kontor Handelshaus (demo)',
	gln = '2900000000018', duns = '990000001', vat_id = 'DE990000001',
	language = 'de', time_zone = 'Europe/Berlin',
	address = '{"street": ["Speicherweg 1"], "postal_code": "20457",
		"city": "Hamburg", "country": "DE"}';

-- Account managers look after partners before their first login.
insert into core.person (public_id, uid, name)
select core.uuid7(), u, n from (values
	('manager.one', 'Account manager one (demo)'),
	('manager.two', 'Account manager two (demo)'),
	('nordlicht.user', 'Nordlicht Handel, purchasing (demo)'),
	('donau.user', 'Donau Technik, purchasing (demo)'),
	('tyne.user', 'Tyne Supply, purchasing (demo)'),
	('elbe.user', 'Elbe Motoren, order desk (demo)'),
	('isar.user', 'Isar Sensorik, order desk (demo)'),
	('neckar.user', 'Neckar Kabel, order desk (demo)'),
	('severn.user', 'Severn Pumps, order desk (demo)')) v (u, n)
where not exists (select from core.person p where p.uid = v.u);

create function pg_temp.demo_partner(slug text, name text, role text,
	gln text, n int, language text, place jsonb, manager text)
returns void language sql as $$
	select core.admin_partner(jsonb_build_object('slug', slug, 'name', name,
		'number', (10100 + n)::text, 'language', language,
		'time_zone', case place ->> 'country' when 'GB'
			then 'Europe/London' else 'Europe/Berlin' end,
		'vat_id', (place ->> 'country') || '99000010' || n,
		'roles', jsonb_build_array(role),
		'identifiers', jsonb_build_array(
			jsonb_build_object('kind', 'gln', 'value', gln),
			jsonb_build_object('kind', 'duns', 'value', '99000010' || n),
			jsonb_build_object('kind', 'assigned_by_house',
				'value', (10100 + n)::text)),
		'addresses', jsonb_build_array(
			place || jsonb_build_object('kind', 'main', 'name', name),
			place || jsonb_build_object('kind', 'ship_to', 'name',
				name || ', warehouse', 'code', 'W1', 'gln',
				(array['2900000000315', '2900000000322', '2900000000339',
				'2900000000346', '2900000000353', '2900000000360',
				'2900000000377'])[n], 'preferred', true)),
		'account_managers', jsonb_build_array(manager),
		'groups', jsonb_build_array(
			jsonb_build_object('dn', 'cn=' || slug
				|| '-users,ou=groups,dc=kontor,dc=example',
				'role', role || '_user'),
			jsonb_build_object('dn', 'cn=' || slug
				|| '-admins,ou=groups,dc=kontor,dc=example',
				'role', role || '_admin'))))
$$;

select pg_temp.demo_partner(s, n, r, g, i, l, p::jsonb, m) from (values
	('nordlicht', 'Nordlicht Handel (demo)', 'distributor', '2900000000117', 1,
	'de', '{"street": ["Kaistr. 4"], "postal_code": "24114", "city": "Kiel",
	"country": "DE"}', 'manager.one'),
	('donau', 'Donau Technik (demo)', 'distributor', '2900000000124', 2, 'de',
	'{"street": ["Uferweg 12"], "postal_code": "94032", "city": "Passau",
	"country": "DE"}', 'manager.one'),
	('tyne', 'Tyne Supply (demo)', 'distributor', '2900000000131', 3, 'en',
	'{"street": ["7 Quay Lane"], "postal_code": "NE1 9ZZ", "city": "Newcastle",
	"country": "GB"}', 'manager.two'),
	('elbe', 'Elbe Motoren (demo)', 'supplier', '2900000000216', 4, 'de',
	'{"street": ["Werkstr. 30"], "postal_code": "01067", "city": "Dresden",
	"country": "DE"}', 'manager.one'),
	('isar', 'Isar Sensorik (demo)', 'supplier', '2900000000223', 5, 'de',
	'{"street": ["Am Messfeld 2"], "postal_code": "80331", "city": "Munich",
	"country": "DE"}', 'manager.one'),
	('neckar', 'Neckar Kabel (demo)', 'supplier', '2900000000230', 6, 'de',
	'{"street": ["Drahtweg 9"], "postal_code": "70173", "city": "Stuttgart",
	"country": "DE"}', 'manager.two'),
	('severn', 'Severn Pumps (demo)', 'supplier', '2900000000247', 7, 'en',
	'{"street": ["1 Mill Road"], "postal_code": "BS1 9ZZ", "city": "Bristol",
	"country": "GB"}', 'manager.two')) v (s, n, r, g, i, l, p, m);

-- Nordlicht has goods brought to two places.
insert into core.address (public_id, partner_id, kind, name, code, street,
	postal_code, city, country)
select core.uuid7(), p.id, 'ship_to', 'Nordlicht Handel (demo), branch', 'W2',
	'{Salzspeicher 8}', '23552', 'Lübeck', 'DE'
from core.partner p where p.slug = 'nordlicht' and not exists (
	select from core.address a where a.partner_id = p.id and a.code = 'W2');

select core.admin_group(jsonb_build_object('dn', 'cn=' || g
	|| ',ou=groups,dc=kontor,dc=example', 'role', r))
from (values ('account-managers', 'account_manager'), ('agents', 'agent'),
	('administrators', 'administrator')) v (g, r);

-- Agreements: one family for each distributor; suppliers answer on the screen
-- or by document.
create function pg_temp.demo_agreement(slug text, a jsonb)
returns void language sql as $$
	select exchange.agreement_load(p.id, a) from core.partner p
	where p.slug = demo_agreement.slug
$$;

select pg_temp.demo_agreement(s, a::jsonb) from (values
	('nordlicht', '{"name": "nordlicht-edifact", "family": "edifact",
	"ours": {"id": "2900000000018", "qualifier": "14"},
	"theirs": {"id": "2900000000117", "qualifier": "14"},
	"guides": {"order": "edifact/orders-d96a",
		"order_change": "edifact/ordchg-d96a",
		"receipt": "edifact/recadv-d96a"},
	"options": {"ack": "contrl", "test": "accept"},
	"answer_family": "edifact",
	"answer_guides": {"order_response": "edifact/ordrsp-d96a",
	"despatch": "edifact/desadv-d96a", "ack": "edifact/aperak-d96a"},
	"sends": ["order_response", "despatch", "ack"],
	"time_zone": "Europe/Berlin", "acks": {"expects": ["syntax",
	"business"], "syntax_hours": 4, "business_hours": 24},
	"tolerances": {"days": 1, "over_ship_percent": 5}}'),
	('donau', '{"name": "donau-x12", "family": "x12",
	"ours": {"id": "KONTORDEMO", "qualifier": "ZZ"},
	"theirs": {"id": "DONAUDEMO", "qualifier": "ZZ"},
	"guides": {"order": "x12/850-004010",
	"order_change": "x12/860-004010", "receipt": "x12/861-004010"},
	"options": {"ack": "997", "test": "accept"},
	"answer_family": "x12",
	"answer_guides": {"order_response": "x12/865-004010, x12/855-004010",
	"order_status": "x12/870-004010", "despatch": "x12/856-004010",
	"ack": "x12/824-004010"},
	"sends": ["order_response", "order_status", "despatch", "ack"],
	"time_zone": "Europe/Berlin", "acks": {"expects": ["syntax"],
	"syntax_hours": 8, "business": "errors"}}'),
	('tyne', '{"name": "tyne-ubl", "family": "ubl",
	"ours": {"id": "2900000000018", "qualifier": "0088"},
	"theirs": {"id": "2900000000131", "qualifier": "0088"},
	"guides": {"order": "ubl/order-2.1",
	"order_change": "ubl/order-change-2.1",
	"receipt": "ubl/receipt-advice-2.1"},
	"options": {"ack": "none", "test": "accept"},
	"answer_family": "ubl",
	"answer_guides": {"order_response": "ubl/order-response-2.1",
	"despatch": "ubl/despatch-advice-2.1",
	"ack": "ubl/application-response-2.1"},
	"sends": ["order_response", "despatch", "ack"],
	"time_zone": "Europe/London", "acks": {"expects": ["business"]}}'),
	('elbe', '{"name": "elbe-edifact", "family": "edifact",
	"ours": {"id": "2900000000018", "qualifier": "14"},
	"theirs": {"id": "2900000000216", "qualifier": "14"},
	"guides": {"order_response": "edifact/ordrsp-d96a",
	"despatch": "edifact/desadv-d96a"},
	"options": {"ack": "contrl", "test": "accept"},
	"answer_family": "edifact",
	"answer_guides": {"order": "edifact/orders-d96a",
	"order_change": "edifact/ordchg-d96a",
	"receipt": "edifact/recadv-d96a"},
	"sends": ["order", "order_change", "receipt"],
	"time_zone": "Europe/Berlin",
	"tolerances": {"over_ship_percent": 5, "price_percent": 1}}'),
	('isar', '{"name": "isar-portal", "family": "portal",
	"tolerances": {"days": 1}, "response_hours": 48}'),
	('neckar', '{"name": "neckar-portal", "family": "portal"}'),
	('severn', '{"name": "severn-portal", "family": "portal",
	"sourcing": "manual", "shows_names": true}')) v (s, a);

-- Packages are numbered from the house's prefix; Elbe has one of its own.
update core.setting set value = '2900000' where name = 'gs1.prefix';
insert into core.partner_identifier (partner_id, kind, value)
select id, 'gs1_prefix', '29000002' from core.partner where slug = 'elbe'
on conflict on constraint partner_identifier_key do nothing;
