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

-- Nobody loses a change to another who decides at the same time.
select is(pg_temp.refusal(format($$ select pg_temp.ask('supplier',
	'orders_change_event', %L, %L) $$, :'bob', jsonb_build_object('id',
	pg_temp.po('D4', '10'), 'change', (select public_id from orders.change
	where order_id = pg_temp.po_key('D4', '10')), 'version', 1, 'event',
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
