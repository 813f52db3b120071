-- SPDX-License-Identifier: Apache-2.0
--
-- Orders off the straight way: drafts, refusals, cancellations, prices,
-- holds, shortfalls, tolerances.
\ir lib/start.sql
\ir lib/orders.sql

-- Wrong forms.
create function pg_temp.wrong(who text, form jsonb) returns text[]
language plpgsql as $$
declare
	detail text;
begin
	perform pg_temp.ask('distributor', 'orders_create', who, form);
	return '{}';
exception when others then
	get stacked diagnostics detail = pg_exception_detail;
	return array(select format('%s %s', e ->> 'pointer', e ->> 'code')
		from jsonb_array_elements(detail::jsonb -> 'errors') e order by 1);
end
$$;
select is(pg_temp.wrong(:'ann', pg_temp.form('B0', '[]')),
	array['/lines orders.line.none'], 'an order has lines');
select is(pg_temp.wrong(:'ann', pg_temp.form('B0', '[{"item": ""},
	{"item": "nothing", "quantity": "1"}, {"item": "P1", "quantity": "-1"},
	{"item": "P1", "quantity": "two"}]')), array[
	'/lines/1/item orders.line.unknown_item',
	'/lines/2/quantity orders.line.quantity',
	'/lines/3/quantity orders.line.quantity'],
	'each wrong field is named where it was typed');
select is(pg_temp.wrong(:'ann', pg_temp.form('B0', '[{"item": "P1",
	"quantity": "1"}]', jsonb_build_object('requested_date',
	core.today() - 1))), array['/lines/0/requested_date orders.date.past'],
	'nothing is wanted yesterday');
select is(pg_temp.wrong(:'ann', pg_temp.form('B0', '[{"item": "P1",
	"quantity": "1", "price": "1"}]')), array['/lines/0/price member.unknown'],
	'unknown members are refused');
select is(pg_temp.wrong(:'ann', pg_temp.form('B0', '[{"item": "P1",
	"quantity": "1"}]', jsonb_build_object('ship_to', core.uuid7()))),
	array['/ship_to orders.address.unknown'], 'a place must be the own');

-- Drafts.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('B1',
	'[{"item": "P1", "quantity": "1"}, {"item": "what", "quantity": "x"}]',
	'{"_event": "save"}')) #> '{data}' as d \gset
select is(:'d'::jsonb ->> 'state', 'draft', 'a draft keeps what is wrong');
select is((select count(*) from orders.line), 0::bigint, 'it has no lines');
select is(pg_temp.ask('desk', 'orders_list', :'amy', '{"view": "all"}')
	#> '{data,items}', '[]'::jsonb, 'the house does not see drafts');
select pg_temp.ask('distributor', 'orders_edit', :'ann', jsonb_build_object(
	'id', :'d'::jsonb ->> 'id')) as e \gset
select is(:'e'::jsonb #>> '{data,draft,lines,1,item}', 'what',
	'it comes back as typed');
select throws_ok(format($$ select pg_temp.ask('distributor', 'orders_event',
	%L, %L) $$, :'ann', jsonb_build_object('id', :'d'::jsonb ->> 'id',
	'event', 'submit', 'version', :'d'::jsonb -> 'version')), 'PT422',
	'orders.invalid', 'and cannot be submitted like that');
select throws_ok(format($$ select pg_temp.ask('distributor',
	'orders_update', %L, %L) $$, :'ann', pg_temp.form('B1', '[]',
	jsonb_build_object('id', :'d'::jsonb ->> 'id', 'version', 99))), 'PT412',
	'version.stale', 'a stale draft is a conflict');
select pg_temp.ask('distributor', 'orders_update', :'ann', pg_temp.form('B1',
	'[{"item": "P1", "quantity": "2"}, {"item": "P4", "quantity": "3"}]',
	jsonb_build_object('id', :'d'::jsonb ->> 'id', 'version',
	:'d'::jsonb -> 'version', 'event', 'submit'))) as u \gset
select is(:'u'::jsonb #>> '{data,state}', 'acknowledged',
	'corrected and submitted');
select is(:'u'::jsonb #>> '{data,number}', :'d'::jsonb ->> 'number',
	'under the same number');
select is(pg_temp.wrong(:'ann', pg_temp.form('B1', '[{"item": "P1",
	"quantity": "1"}]')), array['/partner_number orders.number.used'],
	'an order number is used once');
select throws_ok(format($$ select pg_temp.ask('distributor', 'orders_edit',
	%L, %L) $$, :'ann', jsonb_build_object('id', :'d'::jsonb ->> 'id')),
	'PT409', 'orders.not_draft', 'an order is not edited');
select is(pg_temp.ask('distributor', 'orders_new', :'ann',
	jsonb_build_object('copy', :'d'::jsonb ->> 'id'))
	#>> '{data,draft,lines,1,item}', 'P4', 'but copied');

-- The house answers for what nobody supplies.
select is((select count(*) from orders.line l join orders.head h
	on h.id = l.order_id where h.kind = 'purchase'), 1::bigint,
	'only supplied items are bought');
select is(pg_temp.line_event('desk', :'amy', 'confirm',
	pg_temp.sold('B1', '10')) ->> 'code', 'orders.line.supplied',
	'the house does not speak for a supplier');
select is(pg_temp.line_event('desk', :'amy', 'confirm',
	pg_temp.sold('B1', '20')) ->> 'state', 'accepted',
	'but for itself');

-- AP by the whole order.
select public_id::text as po, version as v from orders.head
	where kind = 'purchase' \gset
select pg_temp.ask('supplier', 'orders_event', :'bob', jsonb_build_object(
	'id', :'po', 'event', 'acknowledge', 'version', :v)) as r \gset
select is(:'r'::jsonb #>> '{data,state}', 'acknowledged', 'AB');
select is(:'r'::jsonb #>> '{data,unanswered}', '1',
	'is no answer: the line is still to be confirmed');
select is(pg_temp.ask('supplier', 'orders_event', :'bob', jsonb_build_object(
	'id', :'po', 'event', 'confirm', 'version', :'r'::jsonb
	#> '{data,version}')) #>> '{data,lines,0,state}', 'accepted', 'AP');
select pg_temp.later() \g /dev/null
select is(pg_temp.order_state('B1'), 'accepted', 'everything as ordered: AP');
select is((select canonical ->> 'response_code' from exchange.document
	where type = 'order_response' order by id desc limit 1), 'AP',
	'and the house says so');

-- Everything refused.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('B2',
	'[{"item": "P1", "quantity": "2"}, {"item": "P2", "quantity": "2"}]'))
	\g /dev/null
select pg_temp.line_event('supplier', :'bob', 'reject',
	pg_temp.bought('B2', n), '{"reason_code": "discontinued"}')
	from unnest(array['10', '20']) n \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.order_state('B2'), 'rejected', 'nothing of it: RE');
select is(pg_temp.purchase_state('B2', '10'), 'rejected', 'on both sides');

-- The distributor cancels.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('B3',
	'[{"item": "P1", "quantity": "2"}, {"item": "P2", "quantity": "2"}]'))
	#> '{data}' as b3 \gset
select is(pg_temp.line_event('distributor', :'ann', 'cancel',
	pg_temp.sold('B3', '20')) ->> 'state', 'cancelled', 'a line');
select is(pg_temp.line_state(pg_temp.bought('B3', '20')), 'cancelled',
	'and the supplier is told');
select is(pg_temp.ask('distributor', 'orders_event', :'ann',
	jsonb_build_object('id', :'b3'::jsonb ->> 'id', 'event', 'cancel',
	'version', (select version from orders.head where partner_number = 'B3')))
	#>> '{data,state}', 'cancelled', 'the whole order');
select is(pg_temp.purchase_state('B3', '10'), 'cancelled',
	'the purchase order goes with it');
select is(pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('B3', '10')) ->> 'code', 'orders.event.illegal',
	'and is not confirmed any more');

-- A price outside tolerance is the house's matter.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('B4',
	'[{"item": "P1", "quantity": "2"}]')) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('B4', '10'), jsonb_build_object('price', '66', 'date',
	core.today() + 10)) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('B4', '10')), 'open',
	'the distributor does not hear of a supplier''s price');
select is(pg_temp.line_event('desk', :'amy', 'accept',
	pg_temp.bought('B4', '10')) ->> 'state', 'accepted',
	'the account manager accepts it');
select is(pg_temp.line_state(pg_temp.sold('B4', '10')), 'accepted',
	'and the promise goes on');
select is((select price from orders.line where public_id::text
	= pg_temp.bought('B4', '10')), 66.0, 'the new price is agreed');

-- Holding a value back.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('B5',
	'[{"item": "P1", "quantity": "10"}]')) \g /dev/null
select is(pg_temp.line_event('desk', :'amy', 'hold',
	pg_temp.bought('B5', '10')) ->> 'code', 'orders.reason.wanted',
	'a hold has a reason');
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.bought('B5', '10'),
	'{"reason_text": "asking back"}') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('B5', '10')) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('B5', '10')), 'open',
	'what is held does not reach the distributor');
select is(jsonb_array_length(pg_temp.ask('desk', 'orders_list', :'amy',
	'{"view": "held"}') #> '{data,items}'), 1, 'the house does');
select pg_temp.line_event('desk', :'amy', 'release_hold',
	pg_temp.bought('B5', '10')) \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('B5', '10')), 'accepted',
	'released, it goes on');

-- Later trouble: backorder with date, explicit zero.
select is(pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('B5', '10'), jsonb_build_object('quantity', '4', 'date',
	core.today() + 40)) ->> 'state', 'backordered', 'a part comes later');
select pg_temp.later() \g /dev/null
select is((select array[confirmed, backordered] from orders.line
	where public_id::text = pg_temp.sold('B5', '10')), array[6, 4]::numeric[],
	'and the distributor sees it');
select is((select first_promised_date - core.today() from orders.line
	where public_id::text = pg_temp.bought('B5', '10')), 10,
	'the first promise is not forgotten');
select pg_temp.line_event('supplier', :'bob', 'expect',
	pg_temp.bought('B5', '10'), jsonb_build_object('date', core.today() + 50))
	\g /dev/null
select is((select array[expected_date - core.today(),
	latest_promised_date - core.today()] from orders.line
	where public_id::text = pg_temp.sold('B5', '10')), array[50, 40],
	'the expected date moves, the promise stays');
select is(pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('B5', '10'), '{"quantity": "0"}') ->> 'state',
	'cancelled', 'nothing more will come');
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('B5', '10')), 'cancelled',
	'explicit zero');

-- What comes later leaves the other parts as they were promised.
create function pg_temp.promised(number text) returns text language sql as $$
	select string_agg(s.kind || ' ' || trim_scale(s.quantity) || ' '
		|| s.due_on - core.today(), ', ' order by s.due_on, s.kind)
	from orders.schedule s join orders.line l on l.id = s.line_id
	where l.public_id::text = pg_temp.bought(promised.number, '10')
$$;
create function pg_temp.part(quantity text, day int) returns jsonb
language sql as $$
	select jsonb_build_object('quantity', quantity, 'date', core.today() + day)
$$;
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form(n,
	'[{"item": "P1", "quantity": "10"}]')) is not null as ok
from (values ('L1'), ('L2')) v (n) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose', pg_temp.bought('L1',
	'10'), jsonb_build_object('schedule', jsonb_build_array(pg_temp.part('3',
	8), pg_temp.part('3', 9), pg_temp.part('4', 10)))) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose', pg_temp.bought('L2',
	'10'), jsonb_build_object('schedule', jsonb_build_array(pg_temp.part('4',
	9)), 'backorder', pg_temp.part('6', 10))) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold(n, '10')) from (values ('L1'), ('L2')) v (n) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('L1', '10'), pg_temp.part('4', 40)) \g /dev/null
select is(pg_temp.promised('L1'), 'confirmed 3 8, confirmed 3 9, '
	'backordered 4 40', 'the last of three parts comes later');
select pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('L1', '10'), pg_temp.part('5', 41)) \g /dev/null
select is(pg_temp.promised('L1'), 'confirmed 3 8, confirmed 2 9, '
	'backordered 5 41', 'and one of the part before it');
select pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('L2', '10'), pg_temp.part('6', 40)) \g /dev/null
select is(pg_temp.promised('L2'), 'confirmed 4 9, backordered 6 40',
	'later again, what is confirmed stays');
select pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('L2', '10'), pg_temp.part('2', 50)) \g /dev/null
select is(pg_temp.promised('L2'), 'confirmed 4 9, backordered 4 40, '
	'backordered 2 50', 'a part of that later still');

-- Tolerance of a supplier's agreement; shipping above what was confirmed.
select exchange.agreement_load(:beta, '{"name": "b", "family": "portal",
	"tolerances": {"over_ship_percent": 20, "price_percent": 2}}')
	is not null as ok \gset
update exchange.agreement set tolerances = '{"over_ship_percent": 10}'
where partner_id = :alpha;
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('B6',
	'[{"item": "P1", "quantity": "10"}]')) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('B6', '10'), jsonb_build_object('price', '61', 'date',
	core.today() + 10)) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.bought('B6', '10')), 'accepted',
	'a price inside tolerance is accepted by the system');
select is((select v.source from orders.value v join orders.line l
	on l.id = v.line_id where l.public_id::text = pg_temp.bought('B6', '10')
	and field = 'status' order by v.id desc limit 1), 'system',
	'which says so');
select is(pg_temp.line_event('supplier', :'bob', 'ship',
	pg_temp.bought('B6', '10'), '{"quantity": "12"}') ->> 'code',
	'orders.ship.over', 'over-shipping has its limit');
select is(pg_temp.line_event('supplier', :'bob', 'ship',
	pg_temp.bought('B6', '10'), '{"quantity": "11"}') ->> 'state', 'shipped',
	'which both agreements set');

-- More leaves than was confirmed: of what was to follow, the earliest part
-- goes first; every part keeps the day that it was promised for.
create function pg_temp.promised_sold(number text) returns text language sql as $$
	select string_agg(s.kind || ' ' || trim_scale(s.quantity) || ' '
		|| s.due_on - core.today(), ', ' order by s.due_on, s.kind)
	from orders.schedule s join orders.line l on l.id = s.line_id
	where l.public_id::text = pg_temp.sold(promised_sold.number, '10')
$$;
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('L3',
	'[{"item": "P1", "quantity": "10"}]')) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose', pg_temp.bought('L3',
	'10'), jsonb_build_object('schedule', jsonb_build_array(pg_temp.part('2',
	8), pg_temp.part('2', 9)), 'backorder', pg_temp.part('6', 40))) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('L3', '10')) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('L3', '10'), pg_temp.part('2', 50)) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.promised_sold('L3'), 'confirmed 2 8, confirmed 2 9, '
	'backordered 4 40, backordered 2 50', 'four parts are promised');
select is(pg_temp.line_event('supplier', :'bob', 'ship', pg_temp.bought('L3',
	'10'), '{"quantity": "6"}') ->> 'state', 'part_shipped',
	'six leave, four are confirmed');
select pg_temp.later() \g /dev/null
select is(pg_temp.promised('L3'), 'confirmed 2 8, confirmed 2 9, '
	'backordered 2 40, confirmed 2 40, backordered 2 50',
	'two of the next part go with them');
select is(pg_temp.promised_sold('L3'), pg_temp.promised('L3'),
	'the distributor reads the same');
select is(pg_temp.line_event('supplier', :'bob', 'ship', pg_temp.bought('L3',
	'10'), '{"quantity": "5"}') ->> 'state', 'shipped', 'one above all');
select pg_temp.later() \g /dev/null
select is(pg_temp.promised('L3'), 'confirmed 2 8, confirmed 2 9, '
	'confirmed 4 40, confirmed 2 50', 'what is over was promised for no day');
select is(pg_temp.promised_sold('L3'), pg_temp.promised('L3'),
	'nor to the distributor');
select is((select array_agg(array[l.confirmed, l.backordered, l.shipped,
	l.first_promised_date - core.today(), l.latest_promised_date
	- core.today()]::int[]) from orders.line l
	where l.public_id::text in (pg_temp.bought('L3', '10'),
	pg_temp.sold('L3', '10'))), array[array[10, 0, 11, 40, 50],
	array[10, 0, 11, 40, 50]], 'it is in what left; the dates stay');
select is((select array_agg(v.field || ' ' || v.value order by v.id)
	from orders.value v where v.superseded_by is null
	and v.field in ('confirmed_quantity', 'backordered_quantity')
	and v.line_id = (select id from orders.line
	where public_id::text = pg_temp.sold('L3', '10'))), array['confirmed_quantity 10',
	'backordered_quantity 0'], 'and the history says what is confirmed now');

-- Bulk.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('B7',
	(select jsonb_agg(jsonb_build_object('item', 'P1', 'quantity', i))
	from generate_series(1, 60) i))) \g /dev/null
select pg_temp.ask('supplier', 'order_lines_event', :'bob',
	jsonb_build_object('event', 'confirm', 'items', (select
	jsonb_object_agg(row_number, jsonb_build_object('line', public_id))
	from (select row_number() over (order by l.id), l.public_id
	from orders.line l join orders.head h on h.id = l.order_id
	where h.kind = 'purchase' and l.state in ('open', 'shipped')) x)))
	#> '{data}' as r \gset
select is(:'r'::jsonb ->> 'done', '60', 'many lines at once');
select is(:'r'::jsonb ->> 'failed', '2', 'one result for each');
select is(jsonb_array_length(:'r'::jsonb #> '{undo,lines}'), 60,
	'and one undo');
select is(pg_temp.ask('supplier', 'order_lines_event', :'bob',
	jsonb_build_object('event', 'retract', 'lines', :'r'::jsonb
	#> '{undo,lines}')) #>> '{data,done}', '60', 'all taken back');
select throws_ok(format($$ select pg_temp.ask('supplier',
	'order_lines_event', %L, '{"event": "confirm", "items": []}') $$, :'bob'),
	'PT422', 'orders.bulk.size', 'at least one');
set constraints all immediate;
select pass('everything adds up');
\ir lib/end.sql
