-- SPDX-License-Identifier: Apache-2.0
--
-- What must not pass between the two sides of a business, and what two sides
-- moving at once must not break.
\ir lib/start.sql
\ir lib/orders.sql

create function pg_temp.order(number text, lines jsonb) returns jsonb
language sql as $$
	select pg_temp.ask('distributor', 'orders_create', pg_temp.hash('ann'),
		pg_temp.form(number, lines)) -> 'data'
$$;
create function pg_temp.head_event(login text, who text, number text,
	event text, more jsonb default '{}') returns jsonb
language sql as $$
	select pg_temp.ask(login, 'orders_event', who, jsonb_build_object('id',
		h.public_id, 'event', event, 'version', h.version) || more) -> 'data'
	from orders.head h
	where head_event.number in (h.number, h.partner_number)
$$;
-- A statement as a login with somebody's session.
create function pg_temp.as_somebody(login text, who text, statement text)
returns text language sql as $$
	select pg_temp.as_login(login, format('select (%s)::text from '
		|| 'core.enter(''home'', %L)', statement,
		jsonb_build_object('session', who)))
$$;

-- A supplier's own words stay with him and the house.
select pg_temp.order('C1', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('C1', '10'), jsonb_build_object('date', core.today() + 30,
	'reason_code', 'capacity', 'reason_text', 'Beta plant is down'))
	\g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.ask('distributor', 'orders_show', :'ann', jsonb_build_object(
	'id', (select public_id from orders.head where partner_number = 'C1')))
	as s \gset
select ok(:'s' !~ 'Beta', 'a supplier''s text does not reach the distributor');
select is(:'s'::jsonb #>> '{data,lines,0,reason,code}', 'capacity',
	'its code does');
select ok((select canonical::text !~ 'Beta' from exchange.document
	where type = 'order_response' order by id desc limit 1),
	'nor does it leave in the house''s answer');

-- What both have agreed, neither cancels alone.
select pg_temp.order('C90', '[{"item": "P1", "quantity": "2"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('C90', '10')) \g /dev/null
select pg_temp.later() \g /dev/null
select p.number as agreed from orders.head p join orders.head s
on s.id = p.linked_order_id where s.partner_number = 'C90' \gset
select throws_ok(format($$select pg_temp.head_event('supplier', %L, %L,
	'cancel')$$, :'bob', :'agreed'), 'PT403', 'state.denied',
	'a supplier does not cancel what was agreed');
select pg_temp.head_event('distributor', :'ann', 'C90', 'cancel') \g /dev/null
select is(pg_temp.order_state('C90'), 'change_pending',
	'nor does the distributor the whole order: he asks for it');

-- The place of delivery is a place, not a name.
select orders.place(:alpha, jsonb_build_object('type', 'order', 'number',
	'C2', 'parties', jsonb_build_object('ship_to', '{"name": "Alpha store",
	"assigned_by_seller": "10001", "phone": "+49 1", "address": {"city":
	"Town", "country": "DE"}}'::jsonb), 'lines', jsonb_build_array(
	'{"line_id": "10", "item": {"sellers_item_id": "P1"}, "ordered": "1"}'
	::jsonb)), orders.origin_system()) \g /dev/null
select is((select p.ship_to from orders.head p join orders.head s
	on s.id = p.linked_order_id where s.partner_number = 'C2'),
	'{"address": {"city": "Town", "country": "DE"}}'::jsonb,
	'a supplier learns where to deliver and nothing else');

-- An order that was not released does not exist for its supplier.
select pg_temp.order('C3', '[{"item": "P3", "quantity": "4"},
	{"item": "P3", "quantity": "5"}]') \g /dev/null
select pg_temp.line_event('distributor', :'ann', 'cancel',
	pg_temp.sold('C3', '10')) \g /dev/null
select is(pg_temp.ask('supplier', 'activity_list', :'dan')
	#> '{data,items}', '[]'::jsonb,
	'what happens before the release is not told');
select pg_temp.head_event('desk', :'amy', (select p.number from orders.head p
	join orders.head s on s.id = p.linked_order_id
	where s.partner_number = 'C3'), 'release') as r \gset
select is(:'r'::jsonb ->> 'state', 'submitted', 'the rest is released');
select is((select jsonb_path_query_array(orders.order_doc(h),
	'$.lines[*].ordered') from orders.head h
	where h.public_id::text = :'r'::jsonb ->> 'id'), '["5"]'::jsonb,
	'and only the rest is ordered');
select pg_temp.order('C4', '[{"item": "P3", "quantity": "4"}]') \g /dev/null
select pg_temp.head_event('distributor', :'ann', 'C4', 'cancel')
	\g /dev/null
select is(pg_temp.purchase_state('C4', '10'), 'cancelled',
	'an order of which nothing is left is not released any more');
select is(jsonb_array_length(pg_temp.ask('supplier', 'orders_list', :'dan',
	'{"view": "all"}') #> '{data,items}'), 1, 'and was never seen');

-- Nothing that was shipped is cancelled.
select pg_temp.order('C5', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "4"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('C5', '10')) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('C5', '20'), jsonb_build_object('date',
	core.today() + 30)) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'ship',
	pg_temp.bought('C5', '10')) \g /dev/null
select is(pg_temp.order_state('C5'), 'conditional', 'one line is undecided');
select throws_ok($$ select pg_temp.head_event('distributor',
	pg_temp.hash('ann'), 'C5', 'cancel') $$, 'PT409',
	'orders.event.illegal', 'an order that left in part is not cancelled');
select ok(not coalesce((pg_temp.ask('distributor', 'orders_show', :'ann',
	jsonb_build_object('id', (select public_id from orders.head
	where partner_number = 'C5'))) #>> '{data,can,cancel}')::boolean, false),
	'nor offered to be');

-- Undo of a rejection gives back what stood before.
select is(pg_temp.line_event('supplier', :'bob', 'reject',
	pg_temp.bought('C5', '20'), '{"reason_code": "capacity"}') ->> 'state',
	'rejected', 'a proposal is turned into a rejection');
select is(pg_temp.line_event('supplier', :'bob', 'retract',
	pg_temp.bought('C5', '20')) ->> 'state', 'proposed', 'and back');

-- Quantities that are none.
select pg_temp.order('C6', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('C6', '10')) \g /dev/null
select is(pg_temp.line_event('supplier', :'bob', 'backorder',
	pg_temp.bought('C6', '10'), jsonb_build_object('quantity', q, 'date',
	core.today() + 30)) ->> 'status', '422',
	format('%s is no quantity to come later', q))
from unnest(array['-1', 'two', '5']) q;

-- Goods may leave before the distributor has decided.
select exchange.agreement_load(:beta, '{"name": "b", "family": "portal",
	"tolerances": {"days": 60}}') is not null as ok \gset
select pg_temp.order('C7', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('C7', '10'), jsonb_build_object('date',
	core.today() + 30)) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('C7', '10')), 'proposed',
	'the house accepts what the distributor has not yet');
select is(pg_temp.line_event('supplier', :'bob', 'ship',
	pg_temp.bought('C7', '10')) ->> 'state', 'shipped', 'the supplier ships');
select is(pg_temp.line_state(pg_temp.sold('C7', '10')), 'proposed',
	'the decision is still the distributor''s');
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('C7', '10')) \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('C7', '10')), 'shipped',
	'and then he sees what left');

-- Definers count and name for the caller's own partner only.
select id as line from orders.line
	where public_id::text = pg_temp.sold('C7', '10') \gset
select is(pg_temp.as_somebody('distributor', :'ann',
	format('returns.returnable(%s)', :line)), '4.0000', 'one''s own line');
select is(pg_temp.as_somebody('distributor', :'gus',
	format('returns.returnable(%s)', :line)), null, 'another''s line');
select is(pg_temp.as_somebody('distributor', :'gus', format(
	'cases.person_name(%s)', (select id from core.person
	where uid = 'ann'))), null, 'another''s people have no name');
select pg_temp.as_somebody('desk', :'joe',
	format('returns.count_back(%s, 1)', :line)) \g /dev/null
select is((select returned from orders.line where id = :line), 0.0,
	'nobody counts for a partner that is not assigned');
set constraints all immediate;
select pass('everything adds up');
\ir lib/end.sql
