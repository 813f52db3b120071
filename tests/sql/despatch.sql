-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices and receipts: packages, serials, corrections, tolerance,
-- what the other side sees of them, counts and what a short one brings about.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql

select exchange.agreement_load(:beta, '{"name": "main", "family": "edifact",
	"ours": {"id": "2900000000018", "qualifier": "14"},
	"theirs": {"id": "2900000000216", "qualifier": "14"},
	"guides": {"despatch": "edifact/desadv-d96a"}, "answer_family": "edifact",
	"answer_guides": {"receipt": "edifact/recadv-d96a"},
	"sends": ["receipt"], "tolerances": {"over_ship_percent": 10}}')
	is not null as ok \gset
select exchange.agreement_load(:alpha, '{"name": "main", "family": "edifact",
	"ours": {"id": "2900000000018", "qualifier": "14"},
	"theirs": {"id": "2900000000117", "qualifier": "14"},
	"guides": {"order": "edifact/orders-d96a",
		"receipt": "edifact/recadv-d96a"},
	"answer_family": "edifact",
	"answer_guides": {"despatch": "edifact/desadv-d96a"},
	"sends": ["despatch"], "tolerances": {"over_ship_percent": 5}}')
	is not null as ok \gset
update core.setting set value = '2900000' where name = 'gs1.prefix';

-- A confirmed order of 10 pumps and 40 seals; answers its purchase number.
create function pg_temp.bought_order(number text) returns text
language plpgsql as $$
begin
	perform pg_temp.ask('distributor', 'orders_create', pg_temp.hash('ann'),
		pg_temp.form(number, '[{"item": "P1", "quantity": "10"},
		{"item": "P2", "quantity": "40"}]'));
	perform pg_temp.line_event('supplier', pg_temp.hash('bob'), 'confirm',
		pg_temp.bought(number, l)) from unnest(array['10', '20']) l;
	perform pg_temp.later();
	return (select h.number from orders.head h join orders.head s
		on s.id = h.linked_order_id
		where s.partner_number = bought_order.number);
end
$$;
-- A despatch as a document says it.
create function pg_temp.ship_doc(number text, order_number text, lines jsonb,
	more jsonb default '{}') returns jsonb language sql as $$
	select jsonb_strip_nulls(jsonb_build_object('type', 'despatch', 'function', 'original',
		'number', number, 'order_number', order_number,
		'ship_date', core.today(), 'carrier', '{"name": "Fast"}'::jsonb,
		'tracking', 'T-1', 'lines', (select jsonb_agg(jsonb_build_object(
		'line_id', o::text, 'order_line_id', l ->> 0, 'shipped', l ->> 1,
		'package', l ->> 2) || coalesce(l -> 3, '{}') order by o)
		from jsonb_array_elements(lines) with ordinality t (l, o)),
		'packages', '[{"id": "a", "kind": "PX", "sscc": "329000000000000019"},
		{"id": "b", "parent": "a", "kind": "CT"}]'::jsonb)) || more
$$;
create function pg_temp.place(doc jsonb) returns jsonb language sql as $$
	select orders.despatch_place((select id from core.partner
		where slug = 'beta'), doc, row('edi', null, null, (select id
		from core.partner where slug = 'beta'), null, core.now())
		::orders.origin, false, true)
$$;
create function pg_temp.rule(placed jsonb) returns text language sql as $$
	select string_agg(f ->> 'rule' || ' ' || (f ->> 'pointer'), ', ')
	from jsonb_array_elements(placed -> 'findings') f
$$;
create function pg_temp.line_of(number text, line text, kind text)
returns orders.line language sql as $$
	select l from orders.line l join orders.head h on h.id = l.order_id
	where l.public_id::text = case line_of.kind when 'sales'
		then pg_temp.sold(line_of.number, line_of.line)
		else pg_temp.bought(line_of.number, line_of.line) end
$$;

-- Numbers of packages.
select is(orders.check_digit('10614141234567890'), '8', 'check digit of an SSCC');
select ok(orders.sscc_ok('106141412345678908'), 'an SSCC is right');
select ok(not orders.sscc_ok('106141412345678909'), 'or wrong');
select is(orders.sscc_plain('(00) 3761234 5000001234 0'),
	'376123450000012340', 'read as it is printed');
select is(orders.next_sscc(:beta), '029000000000000018', 'the house numbers');
select is(orders.next_sscc(:delta), '029000000000000025', 'each one once');
insert into core.partner_identifier (partner_id, kind, value)
values (:beta, 'gs1_prefix', '290000123');
select is(orders.next_sscc(:beta), '029000012300000018',
	'or the supplier from his own prefix');
select ok(orders.sscc_ok(orders.next_sscc(:beta)), 'and rightly');

-- A partial despatch.
select pg_temp.bought_order('S1') as po \gset
select pg_temp.place(pg_temp.ship_doc('D1', :'po',
	'[["10", "4", "b", {"item": {"serials": ["S1", "S2", "S3", "S4"],
	"lot": "L9"}, "expiry_date": "2027-01-31"}], ["20", "40", "a"]]')) as p \gset
select is(:'p'::jsonb ->> 'effect', 'created', 'a despatch is entered');
select is(:'p'::jsonb -> 'findings', '[]'::jsonb, 'without a finding');
select is((pg_temp.line_of('S1', '10', 'purchase')).state, 'part_shipped',
	'the rest stays open');
select is((pg_temp.line_of('S1', '20', 'purchase')).state, 'shipped',
	'the other line is shipped');
select is((select array_agg(k.sscc || ' ' || coalesce(k.parent::text, '-')
	order by k.position) from orders.package k
	join orders.despatch d on d.id = k.despatch_id
	where d.number = 'D1'), array['329000000000000019 -',
	'029000012300000032 1'], 'packages in packages, numbered where they were not');
select is((select p.lot || p.serials::text || p.expiry_date from orders.packed p
	join orders.despatch d on d.id = p.despatch_id where d.number = 'D1'
	and p.package = 2), 'L9{S1,S2,S3,S4}2027-01-31',
	'with lot, serials and expiry');
select is((select array_agg(v.field || '=' || v.value || ' ' || v.pointer
	order by v.field) from orders.value v
	where v.line_id = (pg_temp.line_of('S1', '10', 'purchase')).id
	and v.field in ('shipped_quantity')), array['shipped_quantity=4 '
	'/lines/0/shipped'], 'and its place in the document');

-- What the distributor sees.
select is((pg_temp.line_of('S1', '10', 'sales')).state, 'part_shipped',
	'the sales line follows');
select d.number as sd, d.id as sid, d.public_id as spub from orders.despatch d
where d.kind = 'sales' \gset
select matches(:'sd'::text, '^SO-[0-9]+-1$', 'the house''s despatch has its own number');
select is((select jsonb_agg(jsonb_build_array(k.position, k.parent, k.sscc)
	order by k.position) from orders.package k where k.despatch_id = :sid),
	(select jsonb_agg(jsonb_build_array(k.position, k.parent, k.sscc)
	order by k.position) from orders.package k
	join orders.despatch d on d.id = k.despatch_id where d.number = 'D1'),
	'the same packages');
select is((select x.canonical #>> '{lines,0,order_number}' from
	exchange.document x where x.type = 'despatch'), 'S1',
	'he gets it as a document, under his own order number');
select is((select x.canonical ->> 'function' from exchange.document x
	where x.type = 'despatch'), 'original', 'as an original');
select ok((select x.canonical::text !~ 'Beta|D1"' from exchange.document x
	where x.type = 'despatch'), 'that does not name the supplier');
select is((select array_agg(v.field || ' ' || v.source || ' ' || o.source
	|| ' ' || o.field || ' ' || o.value order by v.field) from orders.value v
	join orders.value o on o.id = v.origin_id
	where v.line_id = (pg_temp.line_of('S1', '20', 'sales')).id
	and v.field in ('shipped_quantity', 'tracking')), array[
	'shipped_quantity shared edi shipped_quantity 40',
	'tracking shared edi tracking T-1'],
	'each value names the one it flowed from');
select is(pg_temp.order_state('S1'), 'in_fulfilment', 'the order is on its way');

-- Refusals.
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D2', :'po',
	'[["10", "8", "a"]]'))), 'business.ship_over /lines/0/shipped, business.sscc_used /packages/0/sscc',
	'more than both agreements allow is refused');
select is((select f ->> 'expected' from jsonb_array_elements(pg_temp.place(
	pg_temp.ship_doc('D2', :'po', '[["10", "3", "a"], ["10", "4", "b"]]'))
	-> 'findings') f limit 1), '6',
	'all packages together; the smaller tolerance counts, without half pieces');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D2', 'PO-0',
	'[["10", "1", "a"]]', '{"packages": []}'))), 'business.order_unknown '
	'/lines/0/order_number, business.package_unknown /lines/0/package',
	'an order of nobody');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D2', :'po',
	'[["30", "1", null]]', '{"packages": []}'))),
	'business.despatch_line_unknown /lines/0/order_line_id', 'an unknown line');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D2', :'po',
	'[["10", "0", null, {"unit_code": "KGM"}]]', '{"packages": []}'))),
	'business.despatch_quantity /lines/0/shipped, business.despatch_unit '
	'/lines/0/unit_code', 'no quantity, another unit');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D2', :'po',
	'[["10", "1", "x", {"item": {"serials": ["A", "A"]}}]]',
	'{"packages": [{"id": "x", "sscc": "329000000000000011"}]}'))),
	'business.despatch_serials /lines/0/item/serials, business.sscc '
	'/packages/0/sscc, business.serial_twice /lines/0/item/serials',
	'a wrong check digit, serials twice and too many');
select is((select f ->> 'expected' from jsonb_array_elements(pg_temp.place(
	pg_temp.ship_doc('D2', :'po', '[["10", "1", "x"]]',
	'{"packages": [{"id": "x", "sscc": "329000000000000011"}]}'))
	-> 'findings') f), '329000000000000019', 'the right one is named');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('', :'po', '[]',
	'{"lines": [], "arrival_date": "2020-01-01"}'))), 'business.despatch_number '
	'/number, business.despatch_empty /lines, business.despatch_dates '
	'/arrival_date, business.sscc_used /packages/0/sscc', 'no number, nothing in it, there before it left');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D1', :'po',
	'[["10", "1", "a"]]'))), 'business.despatch_number_used /number',
	'a number counts once');
select is(pg_temp.place(pg_temp.ship_doc('D1', :'po',
	'[["10", "4", "b", {"item": {"serials": ["S1", "S2", "S3", "S4"],
	"lot": "L9"}, "expiry_date": "2027-01-31"}], ["20", "40", "a"]]'))
	->> 'effect', 'duplicate', 'the same again has no effect');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D9', :'po',
	'[["10", "1", "a"]]', '{"function": "replace"}'))),
	'business.despatch_unknown /number', 'nothing to correct');
select is(pg_temp.rule(orders.handle_despatch(:alpha, pg_temp.ship_doc('D2',
	:'po', '[["10", "1", "a"]]'), null, false)), 'business.despatch_role ',
	'a distributor does not despatch to the house');
select is((pg_temp.line_of('S1', '10', 'purchase')).shipped, 4::numeric,
	'nothing of that counted');

-- Correction before receipt.
select is(pg_temp.place(pg_temp.ship_doc('D1', :'po',
	'[["10", "6", "b"], ["20", "30", "a"]]', '{"function": "replace",
	"tracking": "T-2"}')) ->> 'effect', 'applied', 'a despatch is corrected');
select is((select array_agg(l.line_id || ' ' || l.state || ' '
	|| trim_scale(l.shipped) order by l.line_id) from orders.line l
	join orders.head h on h.id = l.order_id where h.number = :'po'),
	array['10 part_shipped 6', '20 part_shipped 30'], 'up and down');
select is((select array_agg(l.line_id || ' ' || l.state || ' '
	|| trim_scale(l.shipped) order by l.line_id) from orders.line l
	join orders.head h on h.id = l.order_id where h.partner_number = 'S1'),
	array['10 part_shipped 6', '20 part_shipped 30'], 'on both sides');
select is((select array_agg(v.despatch_version || ' '
	|| (v.content #>> '{lines,0,shipped}') || ' ' || (v.content ->> 'tracking')
	order by v.despatch_version) from orders.despatch_version v
	join orders.despatch d on d.id = v.despatch_id where d.number = 'D1'),
	array['1 40 T-1', '2 30 T-2'], 'the old one stands in the history');
select is((select array_agg(x.canonical ->> 'function' order by x.id)
	from exchange.document x where x.type = 'despatch'),
	array['original', 'replace'], 'the distributor gets the correction');
select is((select tracking from orders.despatch where id = :sid), 'T-2',
	'with the new tracking number');
select is(pg_temp.place(pg_temp.ship_doc('D3', :'po',
	'[["10", "4.5", null], ["20", "12", null]]', '{"packages": []}'))
	#>> '{findings,0,expected}', '4', 'half a piece above is no tolerance');
select is(pg_temp.place(pg_temp.ship_doc('D3', :'po',
	'[["10", "4", null], ["20", "12", null]]', '{"packages": []}'))
	->> 'effect', 'created', 'above the order, inside the tolerance');
select is(pg_temp.order_state('S1'), 'completed', 'everything left');
select is(pg_temp.place(pg_temp.ship_doc('D3', :'po', '[]',
	'{"function": "cancel"}')) ->> 'effect', 'applied',
	'a despatch is cancelled');
select is(pg_temp.order_state('S1'), 'in_fulfilment', 'and did not leave');
select is((select string_agg(d.state, ' ' order by d.id) from orders.despatch d
	where d.kind = 'sales'), 'sent cancelled', 'for the distributor neither');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D3', :'po',
	'[["10", "1", null]]', '{"packages": [], "function": "replace"}'))),
	'business.despatch_over /number', 'what is cancelled stays so');
select pg_temp.place(pg_temp.ship_doc('D4', :'po',
	'[["10", "4", null], ["20", "10", null]]', '{"packages": []}')) \g /dev/null

-- A held line waits.
select pg_temp.bought_order('S2') as po2 \gset
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.bought('S2', '10'),
	'{"reason_text": "x"}') \g /dev/null
select pg_temp.place(pg_temp.ship_doc('D5', :'po2',
	'[["10", "5", "b"], ["20", "40", "a"]]', '{"packages": [{"id": "a"},
	{"id": "b"}]}')) \g /dev/null
select is((select array_agg(l.line_id || ' ' || trim_scale(l.shipped)
	order by l.line_id) from orders.line l join orders.head h
	on h.id = l.order_id where h.partner_number = 'S2'),
	array['10 0', '20 40'], 'what is held is not shown');
select is((select count(*) from orders.package k join orders.despatch d
	on d.id = k.despatch_id join orders.shipment s on s.despatch_id = d.id
	join orders.head h on h.id = s.order_id where h.partner_number = 'S2'),
	1::bigint, 'nor the package that it lies in');
select pg_temp.line_event('desk', :'amy', 'release_hold',
	pg_temp.bought('S2', '10')) \g /dev/null
select pg_temp.later() \g /dev/null
select is((pg_temp.line_of('S2', '10', 'sales')).shipped, 5::numeric,
	'released, it is shown');

-- Receipt.
select pg_temp.hand_in('distributor', :'ann', 'x') as doc \gset
create function pg_temp.count_doc(despatch text, order_number text,
	lines jsonb, more jsonb default '{}') returns jsonb language sql as $$
	select jsonb_build_object('type', 'receipt', 'number', 'R' || despatch,
		'despatch_number', despatch, 'order_number', order_number,
		'receipt_date', core.today(), 'lines', (select jsonb_agg(
		jsonb_build_object('line_id', o::text, 'order_line_id', l ->> 0,
		'received', l ->> 1) || coalesce(l -> 2, '{}') order by o)
		from jsonb_array_elements(lines) with ordinality t (l, o))) || more
$$;
select is(pg_temp.rule(orders.handle_receipt(:alpha, pg_temp.count_doc('LS-0',
	'S1', '[["10", "6"]]'), :doc, false)),
	'business.receipt_despatch /despatch_number', 'of an unknown despatch');
select is(pg_temp.rule(orders.handle_receipt(:gamma, pg_temp.count_doc(:'sd',
	'S1', '[["10", "6"]]'), :doc, false)),
	'business.receipt_despatch /despatch_number', 'of another''s despatch');
select is(pg_temp.rule(orders.handle_receipt(:alpha, pg_temp.count_doc(:'sd',
	'S1', '[["30", "6"], ["20", "x"]]'), :doc, false)),
	'business.receipt_line /lines/0, business.receipt_quantity '
	'/lines/1/received', 'an unknown line, no number');
select is(pg_temp.rule(orders.handle_receipt(:beta, pg_temp.count_doc(:'sd',
	'S1', '[["10", "6"]]'), :doc, false)), 'business.receipt_role ',
	'a supplier does not receive');
select pg_temp.count_doc(:'sd', 'S1', '[["10", "7"], ["20", "28", {"rejected":
	"1", "reason": {"code": "damaged", "text": "wet"}}]]') as c \gset
select is(orders.handle_receipt(:alpha, :'c', :doc, false) ->> 'effect',
	'applied', 'a count by document');
select is(orders.handle_receipt(:alpha, :'c', :doc, false) ->> 'effect',
	'duplicate', 'the same again has no effect');
select is((select state from orders.despatch where id = :sid), 'short',
	'the despatch is short');
select is((select state from orders.despatch where number = 'D1'), 'short',
	'the supplier''s, too');
select is((select array_agg(trim_scale(l.received) || ' '
	|| trim_scale(l.surplus) || ' ' || l.state order by l.line_id)
	from orders.line l join orders.head h on h.id = l.order_id
	where h.number = :'po'), array['7 1 shipped', '28 0 shipped'],
	'counts reach the supplier''s lines; a surplus is apart');
select is((select x.canonical #>> '{lines,1,short}' || ' '
	|| (x.canonical ->> 'despatch_number') from exchange.document x
	where x.type = 'receipt'), '2 D1', 'and his receipt says what was short');
select ok((select x.canonical::text !~ 'wet|Alpha' from exchange.document x
	where x.type = 'receipt'), 'without words and names');
select is((select array_agg(c.subject || ' ' || c.case_type) from cases.head c),
	array['Short delivery: ' || (select number from orders.head
	where partner_number = 'S1') || ' / 20 complaint'],
	'a short receipt opens a case');
select is(pg_temp.rule(pg_temp.place(pg_temp.ship_doc('D1', :'po',
	'[["10", "1", "a"]]', '{"function": "replace"}'))),
	'business.despatch_over /number', 'after the count nothing is corrected');

-- Later parts: a line is received when all of it is counted.
select orders.handle_receipt(:alpha, pg_temp.count_doc((select d.number
	from orders.despatch d where d.kind = 'sales' and d.id > :sid
	and d.state = 'sent' order by d.id limit 1), 'S1',
	'[["10", "4"], ["20", "10"]]'), :doc, false) ->> 'effect' as e \gset
select is(:'e'::text, 'applied', 'the rest is counted');
select is((select array_agg(l.line_id || ' ' || l.state order by l.line_id)
	from orders.line l join orders.head h on h.id = l.order_id
	where h.partner_number = 'S1'), array['10 received', '20 short'],
	'received, and short');
select is((select array_agg(distinct e.type || ' ' || (e.data -> 'lines' ->> 0))
	from core.event e join orders.head h
	on h.public_id = e.object_id and h.partner_number = 'S1'
	where e.type in ('order.line.received', 'order.line.short')),
	array['order.line.received 10', 'order.line.short 20'],
	'the timeline tells the two apart');
select is((select array_agg(l.line_id || ' ' || l.state order by l.line_id)
	from orders.line l join orders.head h on h.id = l.order_id
	where h.number = :'po'), array['10 received', '20 short'],
	'on both sides');
select is((select v.value || ' ' || v.source from orders.value v
	where v.line_id = (pg_temp.line_of('S1', '10', 'sales')).id
	and v.field = 'received_quantity' and v.superseded_by is null),
	'11 edi', 'who counted stands in the history');
select throws_ok($$update orders.line set received = received + 1
	where state = 'received'$$, '23514', null,
	'more than left and was counted above it is no receipt');
-- By hand: who may do what.
select pg_temp.person('ada', 'agent') as ada \gset
select pg_temp.bought_order('S3') as po3 \gset
select h.public_id as o3 from orders.head h where h.number = :'po3' \gset
select throws_ok(format($$select pg_temp.ask(%L, 'despatches_create', %L,
	jsonb_build_object('id', %L))$$, l, w, :'o3'), e, null, n || ' builds none')
from (values ('supplier', :'dan', 'PT404', 'another supplier'),
	('distributor', :'ann', 'PT403', 'a distributor'),
	('desk', :'amy', 'PT403', 'an account manager'),
	('supplier', '', 'PT401', 'nobody')) v (l, w, e, n);
select pg_temp.ask('supplier', 'despatches_create', :'bob',
	jsonb_build_object('id', :'o3', 'lines', jsonb_build_array(
	jsonb_build_object('line', pg_temp.bought('S3', '10'), 'quantity', '3',
	'package', '1'), jsonb_build_object('line', pg_temp.bought('S3', '10'),
	'quantity', '1', 'package', '2')))) as made \gset
select is(:'made'::jsonb ->> 'status', '201', 'a supplier builds one');
select is(:'made'::jsonb #>> '{data,line_list,0,sent,value}', '4',
	'with a line in two packages');
select matches(:'made'::jsonb #>> '{data,package_list,1,sscc}', '^[0-9]{18}$',
	'each of them numbered');
select throws_ok(format($$select pg_temp.ask('supplier', 'despatches_update',
	%L, jsonb_build_object('id', %L))$$, :'bob', :'made'::jsonb
	#>> '{data,id}'), 'PT428', null, 'a correction names its version');
select m.public_id as m3, m.version as v3 from orders.despatch m
join orders.despatch d on d.id = m.origin_id
where d.public_id::text = :'made'::jsonb #>> '{data,id}' \gset
select throws_ok(format($$select pg_temp.ask(%L, 'receipts_create', %L,
	jsonb_build_object('id', %L, 'version', %s))$$, l, w, :'m3', :v3), e, null,
	n || ' counts none')
from (values ('supplier', :'bob', 'PT403', 'a supplier'),
	('distributor', :'gus', 'PT404', 'another distributor'),
	('desk', :'amy', 'PT403', 'an account manager')) v (l, w, e, n);
select throws_ok(format($$select pg_temp.ask('desk', 'receipts_create', %L,
	%L)$$, :'ada', jsonb_build_object('id', :'m3', 'version', :v3, 'lines',
	jsonb_build_array(jsonb_build_object('line', pg_temp.sold('S3', '10'),
	'received', '3', 'rejected', '1', 'reason_code', 'moon')))), 'PT422', null,
	'a reason is one of those offered');
select is(pg_temp.ask('desk', 'receipts_create', :'ada', jsonb_build_object(
	'id', :'m3', 'version', :v3, 'lines', jsonb_build_array(
	jsonb_build_object('line', pg_temp.sold('S3', '10'), 'received', '3',
	'rejected', '1', 'reason_code', 'wrong_item', 'note', 'Not S3'))))
	#>> '{data,state}', 'short', 'an agent counts for the house');
select is((select array_agg(i.reason order by i.id) from orders.receipt_line i
	join orders.line l on l.id = i.line_id where l.public_id::text
	in (pg_temp.sold('S3', '10'), pg_temp.bought('S3', '10'))), array[
	'{"code": "wrong_item", "text": "Not S3"}', '{"code": "wrong_item"}'
	]::jsonb[], 'the supplier hears why, without the words');
select matches((select symptom from cases.head order by id desc limit 1),
	E'\nWrong item.\nNot S3$', 'the case says so, too');
select is((select c.partner_id || ' ' || p.uid from cases.head c
	join core.person p on p.id = c.person_id order by c.id desc limit 1),
	:alpha || ' ann', 'the case is his who ordered');

-- One despatch is for one place.
select pg_temp.bought_order('S8') as p8 \gset
select pg_temp.bought_order('S9') as p9 \gset
update orders.head set ship_to = format('{"address": {"city": %s,
	"postal_code": "28195"}}', case number when :'p9' then '"Bremen"'
	else '"Kiel"' end)::jsonb where number in (:'p8', :'p9');
create function pg_temp.two_places(standard text, one text, two text)
returns jsonb language sql as $$
	select orders.place_findings(jsonb_build_object('standard', standard),
		orders.despatch_lines((select id from core.partner
		where slug = 'beta'), pg_temp.ship_doc('D8', one,
		'[["10", "1"], ["20", "1"], ["10", "2"]]', jsonb_build_object(
		'lines', jsonb_build_array(
		jsonb_build_object('order_number', one, 'order_line_id', '10',
		'shipped', '1'), jsonb_build_object('order_number', two,
		'order_line_id', '10', 'shipped', '1'), jsonb_build_object(
		'order_number', two, 'order_line_id', '20', 'shipped', '1'))))))
$$;
select is(pg_temp.two_places('csv', :'p8', :'p9') #- '{0,found}' #- '{0,expected}'
	#- '{0,args}',
	'[{"rule": "business.despatch_places", "severity": "error",
	"pointer": "/lines/1/order_number"}]'::jsonb,
	'a sheet that mixes places is refused, once for a place');
select is(pg_temp.two_places('csv', :'p8', :'p9') #>> '{0,found}',
	'28195 Bremen', 'it says which');
select is(pg_temp.two_places('edifact', :'p8', :'p9') #>> '{0,severity}',
	'warning', 'another document is told');
select is(pg_temp.two_places('csv', :'p8', :'p8'), '[]'::jsonb,
	'one place is right');

select is(orders.place_party('{"address": {"city": "Kiel"}}') ->> 'name',
	'Kiel', 'a place without name and number is called by its city');
select is(orders.place_party('{"gln": "1", "address": {"city": "Kiel"}}')
	->> 'name', null, 'one with a number needs none');

-- The lines ready to ship as a sheet.
select pg_temp.ask('supplier', 'worklist_bytes', :'bob',
	'{"of": "despatch", "format": "csv"}') #> '{data}' as sheet \gset
select is(:'sheet'::jsonb ->> 'table', 'despatch', 'a table to be filled in');
select is((select count(distinct r ->> 0)::int
	from jsonb_array_elements(:'sheet'::jsonb -> 'rows') r
	where r ->> 7 in (:'p8', :'p9')), 2, 'a despatch number for each place');
select is((select array_agg(distinct r ->> 15)
	from jsonb_array_elements(:'sheet'::jsonb -> 'rows') r),
	array[null::text], 'no quantity: nothing leaves by mistake');
select is((select array_agg(r ->> 13 order by r ->> 8)
	from jsonb_array_elements(:'sheet'::jsonb -> 'rows') r
	where r ->> 7 = :'p8'), '{10,40}', 'what is still to come stands beside');
select throws_ok(format($$select pg_temp.ask('supplier', 'worklist_bytes', %L,
	'{"of": "money"}')$$, :'bob'), 'PT422', null, 'no other table');

-- A number that is proposed is free, whose lines ever left under the last.
select pg_temp.bought_order('S10') as p10 \gset
select pg_temp.bought_order('S11') as p11 \gset
select public_id as o10 from orders.head where number = :'p10' \gset
create function pg_temp.leaves(line text, quantity text) returns jsonb
language sql as $$
	select jsonb_build_array(jsonb_build_object('line', pg_temp.bought('S11',
		leaves.line), 'quantity', leaves.quantity))
$$;
select is(pg_temp.ask('supplier', 'despatches_create', :'bob',
	jsonb_build_object('id', :'o10', 'lines', pg_temp.leaves('10', '1')))
	#>> '{data,number}', :'p10' || '-1', 'lines of another order leave');
select is((select distinct r ->> 0 from jsonb_array_elements(pg_temp.ask(
	'supplier', 'worklist_bytes', :'bob', '{"of": "despatch", "format": "csv"}')
	#> '{data,rows}') r where r ->> 7 = :'p10'), :'p10' || '-2',
	'a sheet proposes the next number');
select is(pg_temp.ask('supplier', 'despatches_create', :'bob',
	jsonb_build_object('id', :'o10', 'lines', pg_temp.leaves('10', '1')
	|| pg_temp.leaves('20', '1'))) #>> '{data,number}', :'p10' || '-2',
	'so does the form');

-- What a despatch holds stands in its form, however much that is.
create or replace function orders.builder_most() returns int
language sql immutable as $$ select 1 $$;
create function pg_temp.edited(number text) returns jsonb language sql as $$
	select pg_temp.ask('supplier', 'despatches_edit', pg_temp.hash('bob'),
		jsonb_build_object('id', (select d.public_id from orders.despatch d
		where d.number = edited.number))) #> '{data}'
$$;
select is((select array_agg((l ->> 'order_line_id') || ' '
	|| (l ->> 'quantity')) from jsonb_array_elements(pg_temp.edited(
	:'p10' || '-2') -> 'lines') l), '{"10 1","20 1"}',
	'a form leaves nothing of its despatch out');
create or replace function orders.form_fields() returns int
language sql immutable as $$ select 120 $$;
select throws_ok(format($$select pg_temp.edited(%L)$$, :'p10' || '-2'),
	'PT422', 'orders.despatch.form', 'one that does not fit is refused');
create or replace function orders.form_fields() returns int
language sql immutable as $$ select 8000 $$;
create or replace function orders.builder_most() returns int
language sql immutable as $$ select 500 $$;

-- A form sent back as it came changes nothing of a document.
select pg_temp.place(pg_temp.ship_doc('K1', :'p11', '[["10", "1", "a", {"item":
	{"lot": "L1"}, "best_before_date": "2027-05-01"}], ["20", "2", "b"]]',
	'{"packages": [{"id": "a", "kind": "PX", "sscc": "329000000000000019",
	"weight": "12.5"}, {"id": "b", "parent": "a", "kind": "CT", "count": "2"}],
	"carrier": {"name": "Fast", "scac": "FAST"}, "totals": {"weight": "900",
	"weight_unit": "GRM"}, "refs": [{"kind": "delivery_note", "number": "N1"},
	{"kind": "contract", "number": "C1"}], "text": [{"kind": "note", "value":
	"one"}, {"kind": "note", "value": "two"}]}')) \g /dev/null
create function pg_temp.held(number text) returns jsonb language sql as $$
	select orders.despatch_content(d) || jsonb_build_object('refs', d.refs,
		'texts', d.texts) from orders.despatch d where d.number = held.number
$$;
create function pg_temp.fields(e jsonb, variadic names text[]) returns jsonb
language sql as $$
	select jsonb_object_agg(n, coalesce(e ->> n, '')) from unnest(names) n
$$;
select pg_temp.held('K1') as held, pg_temp.edited('K1') as form \gset
select is(:'held'::jsonb #>> '{head,scac}', 'FAST', 'a document came whole');
select pg_temp.ask('supplier', 'despatches_update', :'bob',
	pg_temp.fields(:'form'::jsonb -> 'form', 'ship_date', 'arrival_date',
	'carrier', 'tracking', 'weight', 'delivery_note', 'text')
	|| jsonb_build_object('id', :'form'::jsonb #> '{despatch,id}', 'version',
	:'form'::jsonb #> '{despatch,version}', 'lines', (select jsonb_agg(
		pg_temp.fields(l, 'line', 'quantity', 'package', 'lot', 'serials',
		'expiry_date')) from jsonb_array_elements(:'form'::jsonb -> 'lines') l),
	'packages', (select jsonb_agg(pg_temp.fields(p, 'id', 'kind', 'sscc',
		'parent')) from jsonb_array_elements(:'form'::jsonb -> 'packages') p)))
	\g /dev/null
select is(pg_temp.held('K1'), :'held'::jsonb,
	'its form changes only what it has fields for');

-- Lines picked in the worklist.
select pg_temp.ask('supplier', 'despatches_pick', :'bob', jsonb_build_object(
	'lines', jsonb_build_array(pg_temp.bought('S8', '10'),
	pg_temp.bought('S9', '10'), pg_temp.bought('S9', '20')))) #> '{data}'
	as pick \gset
select is((select array_agg((p ->> 'lines')::int order by n)
	from jsonb_array_elements(:'pick'::jsonb -> 'places') with ordinality
	t (p, n)), '{1,2}', 'lines of two places: one choice each');
select pg_temp.ask('supplier', 'despatches_pick', :'bob', jsonb_build_object(
	'to', :'pick'::jsonb #>> '{places,1,to}', 'lines', jsonb_build_array(
	pg_temp.bought('S8', '10'), pg_temp.bought('S9', '20')))) #> '{data}'
	as pick \gset
select is((select array_agg(l ->> 'quantity')
	from jsonb_array_elements(:'pick'::jsonb -> 'lines') l), '{40}',
	'one chosen: its lines, filled in');
select is(:'pick'::jsonb #>> '{order,number}', :'p9', 'of its order');
select is(pg_temp.ask('supplier', 'despatches_pick', :'dan',
	jsonb_build_object('lines', jsonb_build_array(pg_temp.bought('S8', '10'))))
	#> '{data,lines}', '[]'::jsonb, 'another supplier sees none of it');
select throws_ok(format($$select pg_temp.ask('supplier', 'despatches_pick', %L,
	'{"lines": []}')$$, :'bob'), 'PT422', null, 'nothing picked is said');
\ir lib/end.sql
