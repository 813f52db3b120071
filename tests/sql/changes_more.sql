-- SPDX-License-Identifier: Apache-2.0
--
-- Changes by document, and what happens at their edges.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql
\ir lib/changes.sql

\ir lib/change_documents.sql

-- By document.
select pg_temp.placed('D1', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.sent('I1', '{"function": "change", "number": "AE-1",
	"order_number": "D1", "lines": [{"line_id": "10", "action": "3",
	"ordered": "6"}, {"line_id": "20", "action": "4", "ordered": "10"}]}')
	as d \gset
select is((select state from exchange.document where id = :d), 'applied',
	'a change comes by document');
select is((select array_agg(e ->> 'line_id') from orders.change c,
	jsonb_array_elements(c.lines) e where partner_number = 'AE-1'),
	array['10'], 'what it leaves as it was is no difference');
select is((select v.source || ' ' || v.pointer from orders.value v
	where v.document_id = :d and field = 'ordered_quantity'),
	'edi /lines/0/ordered', 'its quantity leads to its segment');
select is(pg_temp.rules(pg_temp.sent('I3', '{"function": "change",
	"number": "AE-1", "order_number": "D1", "lines": [{"line_id": "10",
	"action": "3", "ordered": "6"}, {"line_id": "20", "action": "4",
	"ordered": "10"}]}')), array['business.duplicate'],
	'the same again has no effect');
select is(pg_temp.rules(pg_temp.sent('I4', '{"function": "change",
	"number": "AE-1", "order_number": "D1", "lines": [{"line_id": "10",
	"action": "3", "ordered": "7"}]}')), array['business.number_used'],
	'another content of that number is refused');
select is(pg_temp.said(pg_temp.po('D1', '10'), 'AP') ->> 'effect', 'applied',
	'the supplier answers by document');
select is(array[pg_temp.change_state('D1'), pg_temp.purchase_state('D1',
	'10'), pg_temp.line_state(pg_temp.sold('D1', '10'))], array['accepted',
	'accepted', 'accepted'], 'AP accepts the change and what was open');
select is((select answer_source || ' ' || (answer_document_id is not null)
	from orders.change where order_id = pg_temp.po_key('D1', '10')),
	'edi true', 'and the change says in which document');
select is(pg_temp.rules(pg_temp.sent('I5', '{"function": "change",
	"number": "AE-5", "order_number": "D1", "lines": [{"line_id": "10",
	"action": "3", "ordered": "6"}]}')), array['business.change_nothing'],
	'what the order says already changes nothing');
select is(pg_temp.rules(pg_temp.sent('I6', '{"function": "change",
	"number": "AE-6", "order_number": "D1", "lines": [{"line_id": "70",
	"action": "3", "ordered": "6"}, {"line_id": "80", "action": "1",
	"item": {"gtin": "4000000000000"}, "ordered": "1"}]}')),
	array['business.line_unknown', 'business.item_unknown'],
	'unknown lines and items are refused');
select is(pg_temp.rules(pg_temp.sent('I7', '{"function": "change",
	"order_number": "NEVER", "lines": []}')),
	array['business.order_unknown'], 'so is an unknown order');

-- Replacing: what is not named is deleted. CA says more about single lines.
select pg_temp.sent('I8', jsonb_build_object('function', 'replace',
	'number', 'AE-8', 'order_number', 'D1', 'requested_date',
	core.today() + 20, 'lines', '[{"line_id": "10", "ordered": "8"}]'::jsonb))
	\g /dev/null
select is((select array_agg(e ->> 'line_id' || ' ' || (e ->> 'action')
	order by e ->> 'line_id') from orders.change c,
	jsonb_array_elements(c.lines) e where partner_number = 'AE-8'),
	array['10 3', '20 2'], 'a replacing document deletes what it leaves out');
select pg_temp.said(pg_temp.po('D1', '10'), 'CA', jsonb_build_array(
	jsonb_build_object('line_id', '10', 'action', '3', 'confirmed', '8',
	'schedule', jsonb_build_array(jsonb_build_object('quantity', '8', 'date',
	core.today() + 30))))) \g /dev/null
select is(array[pg_temp.change_state('D1'), pg_temp.line_state(
	pg_temp.sold('D1', '10')), pg_temp.line_state(pg_temp.sold('D1', '20')),
	pg_temp.order_state('D1')], array['accepted', 'proposed', 'cancelled',
	'conditional'], 'CA accepts the change and proposes another day');
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('D1', '10')) \g /dev/null
select pg_temp.sent('I9', '{"function": "change", "number": "AE-9",
	"order_number": "D1", "lines": [{"line_id": "10", "action": "3",
	"ordered": "2"}]}') \g /dev/null
select pg_temp.said(pg_temp.po('D1', '10'), 'CA', '[{"line_id": "10",
	"action": "7", "reason": {"code": "material"}}]') \g /dev/null
select is((select array[pg_temp.change_state('D1'), ordered::text]
	from orders.line where public_id::text = pg_temp.sold('D1', '10')),
	array['refused', '8.0000'],
	'a line rejected that was to change refuses the change');
select pg_temp.sent('I10', '{"function": "cancel", "order_number": "D1",
	"text": [{"value": "not needed"}]}') \g /dev/null
select is(pg_temp.order_state('D1'), 'change_pending',
	'a cancellation of an accepted order is asked for');
select pg_temp.said(pg_temp.po('D1', '10'), 'AB') \g /dev/null
select is(pg_temp.order_state('D1'), 'change_pending', 'AB decides nothing');
select pg_temp.said(pg_temp.po('D1', '10'), 'RE') \g /dev/null
select is(pg_temp.order_state('D1'), 'accepted', 'RE refuses it');
select pg_temp.sent('I12', '{"type": "order"}' || pg_temp.doc('D1',
	'[{"line_id": "10", "ordered": "9"}]', '{"function": "replace"}'))
	as d \gset
select is((select canonical #>> '{lines,0,ordered}' from exchange.message
	where document_id = :d), '9', 'an order comes as a replacement');
select is(pg_temp.change_state('D1'), 'pending', 'which is a change');

-- What stood at once and is refused comes back as it was, a proposal too.
select pg_temp.placed('D2', '[{"item": "P1", "quantity": "4"},
	{"item": "P3", "quantity": "10"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose', pg_temp.bought('D2',
	'10'), jsonb_build_object('date', core.today() + 40, 'reason_code',
	'capacity')) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.change(:'ann', 'D2', '[{"line_id": "10", "quantity": "3"}]')
	\g /dev/null
select is(pg_temp.line_state(pg_temp.sold('D2', '10')), 'open',
	'a changed proposal waits anew');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('D2', '10'),
	'refuse', '{"reason_code": "capacity"}') \g /dev/null
select is((select state || ' ' || ordered::int || ' '
	|| (latest_promised_date = core.today() + 40) from orders.line
	where public_id::text = pg_temp.sold('D2', '10')), 'proposed 4 true',
	'refused, the proposal stands again');

-- Lines a buyer cancels by himself reach the supplier as a change, too.
select pg_temp.line_event('distributor', :'ann', 'refuse',
	pg_temp.sold('D2', '10')) \g /dev/null
select is((select kind || ' ' || state || ' ' || (lines #>> '{0,action}')
	from orders.change where order_id = pg_temp.po_key('D2', '10')
	order by id desc limit 1), 'cancel accepted 2', 'told, not asked');

-- Another price is the house's matter alone.
select pg_temp.placed('D3', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.sent('I11', '{"function": "change", "number": "AE-11",
	"order_number": "D3", "lines": [{"line_id": "10", "action": "3",
	"price_amount": "99"}]}') \g /dev/null
select is((select array[price, offered_price] from orders.line
	where public_id::text = pg_temp.sold('D3', '10')),
	array[99, 100]::numeric[], 'the list price is asked instead');
select is(pg_temp.changes(pg_temp.po('D3', '10')), 0,
	'no supplier hears of it');

-- The house cancels at a supplier: he has to agree.
select pg_temp.answered('D4', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select is(pg_temp.step('desk', :'amy', pg_temp.po('D4', '10'), 'cancel',
	'{"reason_code": "other"}') #>> '{data,state}', 'change_pending',
	'the house asks a supplier to cancel');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('D4', '10'),
	'accept') \g /dev/null
select is(array[pg_temp.purchase_state('D4', '10'),
	pg_temp.line_state(pg_temp.sold('D4', '10'))], array['cancelled',
	'cancelled'], 'agreed, the distributor''s line ends as well');

select pg_temp.answered('D7', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "4"}]', :'bob', :'ann') \g /dev/null
select pg_temp.line_event('desk', :'amy', 'cancel', pg_temp.bought('D7',
	'20')) \g /dev/null
select is((select kind || ' ' || state || ' ' || (lines #>> '{0,line_id}')
	from orders.change where order_id = pg_temp.po_key('D7', '10')),
	'change accepted 20', 'a line that the house cancels is told him');
select pg_temp.line_event('distributor', :'ann', 'cancel',
	pg_temp.sold('D7', '10')) \g /dev/null
select is((select count(*) from orders.change
	where order_id = pg_temp.po_key('D7', '10')), 2::bigint,
	'and one that the distributor cancels');

-- Another place of delivery: without the name, which the supplier may not see.
insert into core.address (public_id, partner_id, kind, name, code, street,
	postal_code, city, country)
values (core.uuid7(), :alpha, 'ship_to', 'Alpha south', 'W2', '{Road 2}',
	'30000', 'Village', 'DE');
select pg_temp.answered('D5', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.change(:'ann', 'D5', '[]', jsonb_build_object('event', 'send',
	'ship_to', (select public_id from core.address where code = 'W2')))
	\g /dev/null
select is((select head #> '{ship_to,new}' from orders.change
	where order_id = pg_temp.po_key('D5', '10')) #>> '{address,city}',
	'Village', 'a supplier is asked to deliver elsewhere');
select ok((select head::text !~ 'Alpha' from orders.change
	where order_id = pg_temp.po_key('D5', '10')), 'without a name');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('D5', '10'),
	'accept') \g /dev/null
select is((select ship_to #>> '{address,city}' from orders.head
	where partner_number = 'D5'), 'Village', 'accepted, it holds');
select is((select ship_to #>> '{address,city}' from orders.head
	where id = pg_temp.po_key('D5', '10')), 'Village', 'on both sides');

-- A supplier who is asked about the place alone has his say in what became of
-- a change as well.
create function pg_temp.place(of_order bigint) returns text language sql as $$
	select coalesce(ship_to #>> '{address,city}', '-') from orders.head
	where id = of_order
$$;
-- The place of an order, of who delivers its first line, of who its second.
create function pg_temp.places(number text) returns text language sql as $$
	select concat_ws(' ', pg_temp.place((select id from orders.head
		where partner_number = places.number)),
		pg_temp.place(pg_temp.po_key(number, '10')),
		pg_temp.place(pg_temp.po_key(number, '20')))
$$;
create function pg_temp.moved(number text, ann text, bob text, dan text)
returns void language sql as $$
	select pg_temp.answered(moved.number, '[{"item": "P1", "quantity": "4"},
		{"item": "P3", "quantity": "10"}]', bob, ann, dan);
	select pg_temp.change(ann, moved.number, '[{"line_id": "10",
		"quantity": "5"}]', jsonb_build_object('event', 'send', 'ship_to',
		(select public_id from core.address where code = 'W2')))
$$;
select pg_temp.moved('L1', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.places('L1') as before \gset
select pg_temp.change_step('distributor', :'ann', pg_temp.so('L1'),
	'withdraw') \g /dev/null
select is(pg_temp.change_state('L1') || ' ' || pg_temp.places('L1'),
	'withdrawn ' || :'before', 'taken back, goods go where they went');
select pg_temp.moved('L2', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('L2', '20'),
	'accept') \g /dev/null
select pg_temp.change_step('distributor', :'ann', pg_temp.so('L2'),
	'withdraw') \g /dev/null
select is(pg_temp.change_state('L2') || ' ' || pg_temp.places('L2'),
	'partly Village - Village',
	'accepted by one, the place is another one in part');
select is((select (lines #>> '{0,outcome}') from orders.change
	where order_id = (select id from orders.head
	where partner_number = 'L2')), 'withdrawn', 'the line is taken back');
select pg_temp.moved('L3', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('L3', '20'),
	'accept') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('L3', '10'),
	'refuse', '{"reason_code": "transport"}') \g /dev/null
select is(pg_temp.change_state('L3') || ' ' || pg_temp.places('L3'),
	'partly Village - Village', 'likewise where the other one refuses');
select pg_temp.moved('L4', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('L4', '10'),
	'accept') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('L4', '20'),
	'refuse', '{"reason_code": "transport"}') \g /dev/null
select is(pg_temp.change_state('L4') || ' ' || pg_temp.places('L4'),
	'partly Village Village -', 'or refuses the place alone');
select is(pg_temp.version('L4'), '1 former, 2 refused, 3 in_force',
	'what came true is a version of its own');
select pg_temp.moved('L5', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('L5', '10'),
	'accept') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('L5', '20'),
	'accept') \g /dev/null
select is(pg_temp.change_state('L5') || ' ' || pg_temp.places('L5'),
	'accepted Village Village Village', 'agreed by all, it is one place');

-- A further change written on the form keeps the place that is asked already.
select pg_temp.moved('L6', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.ask('distributor', 'orders_change_new', :'ann',
	jsonb_build_object('id', pg_temp.so('L6'))) #>> '{data,draft,ship_to}'
	as place \gset
select is((select code from core.address where public_id::text = :'place'),
	'W2', 'the form has it');
select pg_temp.change(:'ann', 'L6', '[{"line_id": "20", "quantity": "9"}]',
	jsonb_build_object('event', 'send', 'ship_to', :'place')) \g /dev/null
select is((select c.head #>> '{ship_to,new,address,city}' from orders.change c
	where order_id = (select id from orders.head
	where partner_number = 'L6') and state = 'pending'), 'Village',
	'and it is asked for again');

-- Replaced where it stood at once, what was accepted of it stands.
select pg_temp.placed('L7', '[{"item": "P1", "quantity": "4"},
	{"item": "P3", "quantity": "10"}]') \g /dev/null
select pg_temp.change(:'ann', 'L7', '[{"line_id": "10", "quantity": "5"}]',
	jsonb_build_object('event', 'send', 'ship_to', :'place')) \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('L7', '20'),
	'accept') \g /dev/null
select pg_temp.change(:'ann', 'L7', '[{"line_id": "10", "quantity": "6"}]')
	\g /dev/null
select is((select string_agg(state, ', ' order by id) from orders.change
	where order_id = (select id from orders.head
	where partner_number = 'L7')), 'partly, pending', 'the rest is replaced');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('L7', '10'),
	'refuse', '{"reason_code": "capacity"}') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('L7', '20'),
	'refuse', '{"reason_code": "transport"}') \g /dev/null
select is(pg_temp.places('L7') || ' ' || (select trim_scale(ordered)
	from orders.line where public_id::text = pg_temp.sold('L7', '10')),
	'Village - Village 4', 'refused, it is what it was before');

-- Nobody loses a change to another who decides at the same time.
select is(pg_temp.refusal(format($$ select pg_temp.ask('supplier',
	'orders_change_event', %L, %L) $$, :'bob', jsonb_build_object('id',
	pg_temp.po('D5', '10'), 'change', (select public_id from orders.change
	where order_id = pg_temp.po_key('D5', '10')), 'version', 1, 'event',
	'accept'))), 'orders.change.over', 'a second decision is a conflict');

-- What is to change cannot be despatched by document either.
select pg_temp.answered('D6', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.change(:'ann', 'D6', '[{"line_id": "10", "quantity": "5"}]')
	\g /dev/null
select is((select array_agg(f ->> 'rule') from orders.head h,
	jsonb_array_elements(orders.handle_despatch(h.partner_id,
	jsonb_build_object('type', 'despatch', 'function', 'original', 'number',
	'LS-D6', 'issue_date', core.today(), 'lines', jsonb_build_array(
	jsonb_build_object('line_id', '1', 'order_number', h.number,
	'order_line_id', '10', 'shipped', '4'))), null, true) -> 'findings') f
	where h.id = pg_temp.po_key('D6', '10')),
	array['business.change_pending'], 'nor leave by document');

set constraints all immediate;
select is((select count(*) from orders.line where ordered
	<> open + confirmed + backordered + rejected + cancelled), 0::bigint,
	'quantities add up');
\ir lib/end.sql
