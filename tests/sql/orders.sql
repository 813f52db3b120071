-- SPDX-License-Identifier: Apache-2.0
--
-- The order's way: placed, bought, answered line by line, decided, shipped.
\ir lib/start.sql
\ir lib/orders.sql

-- Placing.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('A1',
	'[{"item": "P1", "quantity": "4"}, {"item": "AP2", "quantity": "12,5"},
	{"item": "", "quantity": ""}, {"item": "P3", "quantity": "7"}]',
	'{"event": "submit", "text": "hello"}')) as a1 \gset
select is(:'a1'::jsonb ->> 'status', '201', 'an order is created');
select matches(:'a1'::jsonb ->> 'location', '^/orders/[0-9a-f-]{36}$',
	'with its place');
select is(:'a1'::jsonb #>> '{data,state}', 'acknowledged',
	'the system acknowledges at once');
select is(:'a1'::jsonb #>> '{data,response_code}', 'AB', 'by AB');
select is(jsonb_array_length(:'a1'::jsonb #> '{data,lines}'), 3,
	'empty lines are left out');
select is(:'a1'::jsonb #>> '{data,lines,1,ordered,value}', '12.5',
	'a decimal comma is understood');
select is(:'a1'::jsonb #>> '{data,lines,1,item,number}', 'P2',
	'an item is found by the own number');
select is(:'a1'::jsonb #>> '{data,total,amount}', '875.00',
	'the order is priced');
select is((select count(*) from exchange.document where type
	= 'order_response' and state = 'pending'), 1::bigint,
	'the acknowledgement goes out as a document');

-- Sourcing.
select is((select array_agg(p.slug || ' ' || h.state order by p.slug)
	from orders.head h join core.partner p on p.id = h.partner_id
	where h.kind = 'purchase'), array['beta submitted', 'delta draft'],
	'one purchase order for each supplier, released as agreed');
select is((select count(*) from orders.line l join orders.head h
	on h.id = l.order_id and h.kind = 'purchase'
	where l.linked_line_id is not null), 3::bigint, 'linked line by line');
select orders.source_order(h.id) from orders.head h where kind = 'sales' \g /dev/null
select is((select count(*) from orders.head where kind = 'purchase'),
	2::bigint, 'sourcing twice changes nothing');

-- What each side sees.
select pg_temp.ask('supplier', 'worklist_list', :'bob') as w \gset
select is(jsonb_array_length(:'w'::jsonb #> '{data,items}'), 2,
	'the supplier finds his lines in the worklist');
select ok(orders.answer_due(l, core.now()) < orders.answer_due(d, core.now()),
	'what waits for an answer stands before what is answered')
from (select jsonb_populate_record(null::orders.line, '{"state": "open"}') l,
	jsonb_populate_record(null::orders.line, '{"state": "accepted"}') d) x;
select is(:'w'::jsonb #>> '{data,items,0,price,amount}', '60.00',
	'at his own price');
select ok(position('Alpha' in :'w') = 0,
	'the worklist does not name the distributor');
select is(pg_temp.ask('supplier', 'orders_list', :'dan')
	#> '{data,items}', '[]'::jsonb, 'an unreleased order is not seen');
select throws_ok(format($$ select pg_temp.ask('supplier', 'orders_show', %L,
	%L) $$, :'bob', jsonb_build_object('id', :'a1'::jsonb #>> '{data,id}')),
	'PT404', 'absent', 'the distributor''s order is absent for a supplier');
select throws_ok(format($$ select pg_temp.ask('distributor', 'orders_show',
	%L, %L) $$, :'gus', jsonb_build_object('id', :'a1'::jsonb
	#>> '{data,id}')), 'PT404', 'absent',
	'and for another distributor');
select is(pg_temp.ask('desk', 'orders_list', :'joe', '{"view": "all"}')
	#> '{data,items}', '[]'::jsonb,
	'an account manager sees assigned partners only');
select is(jsonb_array_length(pg_temp.ask('desk', 'orders_list', :'amy',
	'{"view": "all"}') #> '{data,items}'), 3, 'and all of these');

-- Releasing.
select pg_temp.ask('desk', 'orders_list', :'amy', '{"view": "drafts"}')
	#> '{data,items,0}' as po \gset
select is(:'po'::jsonb #>> '{partner,name}', 'Delta', 'waits for release');
select throws_ok(format($$ select pg_temp.ask('desk', 'orders_event', %L, %L)
	$$, :'amy', jsonb_build_object('id', :'po'::jsonb ->> 'id', 'event',
	'release')), 'PT428', 'version.required', 'a step names its version');
select throws_ok(format($$ select pg_temp.ask('desk', 'orders_event', %L, %L)
	$$, :'ida', jsonb_build_object('id', :'po'::jsonb ->> 'id', 'event',
	'release', 'version', :'po'::jsonb -> 'version')), 'PT403', null,
	'an administrator does not touch business documents');
select is(pg_temp.ask('desk', 'orders_event', :'amy', jsonb_build_object(
	'id', :'po'::jsonb ->> 'id', 'event', 'release', 'version',
	:'po'::jsonb -> 'version')) #>> '{data,state}', 'submitted',
	'the account manager releases');
select is(jsonb_array_length(pg_temp.ask('supplier', 'worklist_list', :'dan')
	#> '{data,items}'), 1, 'and the supplier sees it');

-- Confirming with undo.
select pg_temp.bought('A1', '10') as p1 \gset
select pg_temp.line_event('supplier', :'bob', 'confirm', :'p1') as r \gset
select is(:'r'::jsonb ->> 'state', 'accepted', 'a line is confirmed');
select isnt(:'r'::jsonb ->> 'undo_until', null, 'and may be taken back');
select is(pg_temp.line_state(pg_temp.sold('A1', '10')), 'open',
	'the distributor sees nothing yet');
select is(pg_temp.line_event('supplier', :'bob', 'retract', :'p1')
	->> 'state', 'open', 'taken back');
select is((select array_agg(value order by id) from orders.value v
	where field = 'status' and line_id = (select id from orders.line
	where public_id::text = :'p1')), array['accepted', 'open'],
	'the history says both');
select pg_temp.line_event('supplier', :'bob', 'confirm', :'p1') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('A1', '10')), 'accepted',
	'after the window the distributor sees it');
select is(pg_temp.line_event('supplier', :'bob', 'retract', :'p1')
	->> 'code', 'orders.undo.over', 'too late to take back');
select is(pg_temp.order_state('A1'), 'acknowledged',
	'the house has not answered yet');
select is((select source || ' ' || coalesce(organisation_id::text, 'house')
	from orders.value v join orders.line l on l.id = v.line_id
	where l.public_id::text = pg_temp.sold('A1', '10')
	and field = 'promised_date'), 'shared house',
	'the promise is the house''s word, from the linked order');

-- Refusals.
select is(pg_temp.line_event('supplier', :'dan', 'confirm', :'p1')
	->> 'code', 'orders.line.unknown', 'a stranger''s line is unknown');
select is(pg_temp.line_event('supplier', :'bob', 'reject',
	pg_temp.bought('A1', '20')) ->> 'code', 'orders.reason.wanted',
	'a rejection needs a reason');
select is(pg_temp.line_event('supplier', :'bob', 'accept', :'p1')
	->> 'code', 'orders.event.illegal', 'what is not proposed is not decided');
select is(pg_temp.line_event('distributor', :'ann', 'confirm',
	pg_temp.sold('A1', '20')) ->> 'status', '403',
	'a distributor does not confirm his own order');
select is(pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('A1', '20'), '{"schedule": [{"quantity": "20",
	"date": "2030-01-01"}]}') ->> 'code', 'orders.quantity.over',
	'not more than was ordered');
select is(pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('A1', '20'), '{"schedule": [{"quantity": "2",
	"date": ""}]}') ->> 'code', 'orders.date.wanted', 'each part has a date');
select is(pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('A1', '20'), '{"version": 9}') ->> 'code',
	'version.stale', 'a stale version is a conflict');

-- CA is refused while a line is unanswered.
select public_id::text as po1, version as v from orders.head
where kind = 'purchase' and partner_id = :beta \gset
select throws_ok(format($$ select pg_temp.ask('supplier', 'orders_event', %L,
	%L) $$, :'bob', jsonb_build_object('id', :'po1', 'event', 'respond',
	'version', :v)), 'PT422', 'orders.response.incomplete',
	'CA answers every line');

-- Split and backorder.
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('A1', '20'), jsonb_build_object('schedule',
	jsonb_build_array(jsonb_build_object('quantity', '10', 'date',
	core.today() + 10)), 'backorder', jsonb_build_object('quantity', '2',
	'date', core.today() + 30), 'reason_code', 'capacity', 'reason_text',
	'Beta has no hands')) as r \gset
select is(:'r'::jsonb ->> 'state', 'proposed', 'a split is a proposal');
select is((select array[confirmed, backordered, rejected, open]
	from orders.line where public_id::text = pg_temp.bought('A1', '20')),
	array[10, 2, 0.5, 0]::numeric[], 'what is not promised is rejected');
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('A1', '20')), 'proposed',
	'the deviation reaches the distributor');
select is((select reason from orders.line where public_id::text
	= pg_temp.sold('A1', '20')), '{"code": "capacity"}'::jsonb,
	'with the reason''s code, not the supplier''s own words');
select is(pg_temp.purchase_state('A1', '10'), 'conditional',
	'the supplier''s answer is complete: CA');

-- The last supplier; then the house answers.
select pg_temp.line_event('supplier', :'dan', 'propose',
	pg_temp.bought('A1', '30'), jsonb_build_object('date',
	core.today() + 11)) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('A1', '30')), 'accepted',
	'one day is inside the distributor''s tolerance: the system accepts');
select is(pg_temp.line_state(pg_temp.bought('A1', '30')), 'accepted',
	'and the supplier learns it');
select is(pg_temp.order_state('A1'), 'conditional',
	'all suppliers have answered: the house answers CA');
select is((select canonical ->> 'response_code' from exchange.document
	where type = 'order_response' order by id desc limit 1), 'CA',
	'as a document, too');
select is((select jsonb_array_length(canonical -> 'lines')
	from exchange.document where type = 'order_response'
	order by id desc limit 1), 3, 'with every line');

-- The distributor decides.
select pg_temp.ask('distributor', 'orders_list', :'ann',
	'{"view": "unanswered"}') as l \gset
select is(:'l'::jsonb #>> '{data,items,0,status}', 'decision_wanted',
	'the list says whose move it is');
select is(pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('A1', '20')) ->> 'state', 'accepted', 'line by line');
select is(pg_temp.order_state('A1'), 'accepted', 'nothing is left to decide');
select is(pg_temp.line_state(pg_temp.bought('A1', '20')), 'accepted',
	'the supplier may go on');
select is(pg_temp.purchase_state('A1', '20'), 'accepted', 'with his order');

-- Shipping.
select is(pg_temp.line_event('supplier', :'bob', 'ship', :'p1',
	'{"quantity": "5"}') ->> 'code', 'orders.ship.over',
	'not more than was confirmed');
select is(pg_temp.line_event('supplier', :'bob', 'ship', :'p1',
	'{"quantity": "3", "carrier": "Cargo", "tracking": "T1"}') ->> 'state',
	'part_shipped', 'a part leaves');
select is((select array[shipped, confirmed] from orders.line
	where public_id::text = pg_temp.sold('A1', '10')), array[3, 4]::numeric[],
	'the distributor sees the shipped quantity at once');
select is(pg_temp.order_state('A1'), 'in_fulfilment', 'on its way');
select is((select s.tracking from orders.shipment s join orders.head h
	on h.id = s.order_id where h.partner_number = 'A1'), 'T1',
	'with the tracking number');
select pg_temp.line_event('supplier', :'bob', 'ship', :'p1') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'ship',
	pg_temp.bought('A1', '20')) \g /dev/null
select is(pg_temp.order_state('A1'), 'in_fulfilment', 'one line is left');
select pg_temp.line_event('supplier', :'dan', 'ship',
	pg_temp.bought('A1', '30')) \g /dev/null
select is(pg_temp.order_state('A1'), 'completed', 'everything has arrived');
select is(pg_temp.purchase_state('A1', '30'), 'completed',
	'on both sides');

-- What leaks.
select pg_temp.ask('distributor', 'orders_show', :'ann',
	jsonb_build_object('id', :'a1'::jsonb #>> '{data,id}')) as s \gset
select ok(:'s' !~ 'Beta|Delta|Bob|Dan|"60.00"|PO-|"B1"',
	'the distributor never sees supplier, its people or its price');
select pg_temp.ask('supplier', 'orders_show', :'bob',
	jsonb_build_object('id', :'po1')) as s \gset
select ok(:'s' !~ 'Alpha|Ann|"100.00"|SO-|"A1"|Delta',
	'a supplier never sees distributor, its people or its price');
select is(:'s'::jsonb #> '{data,linked}', '[]'::jsonb, 'nor the link');
select pg_temp.ask('desk', 'orders_show', :'amy',
	jsonb_build_object('id', :'po1')) #>> '{data,linked,0,number}' as n \gset
select matches(:'n'::text, '^SO-', 'the house sees the link');
select is((select count(*) from orders.line where ordered
	<> open + confirmed + backordered + rejected + cancelled), 0::bigint,
	'quantities add up');
set constraints all immediate;
select pass('and agree with the schedules');

\ir lib/end.sql
