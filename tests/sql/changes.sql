-- SPDX-License-Identifier: Apache-2.0
--
-- A buyer changes or cancels an order: before acceptance it stands at once,
-- after it the seller answers; suppliers are asked, never edited silently.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql
\ir lib/changes.sql

-- Before acceptance: it stands at once, the supplier is asked.
select pg_temp.placed('C1', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}, {"item": "P4", "quantity": "2"}]')
	\g /dev/null
select is(pg_temp.change(:'ann', 'C1', '[{"line_id": "10",
	"quantity": "6"}]', '{"event": "preview"}') #>> '{data,state}', 'draft',
	'a change is written down first');
select is((select ordered from orders.line where public_id::text
	= pg_temp.sold('C1', '10')), 4::numeric, 'and changes nothing yet');
select is(pg_temp.version('C1'), '1 in_force', 'nor makes a version');
select is(pg_temp.changes(pg_temp.po('C1', '10')), 0,
	'the supplier hears nothing of it');
select pg_temp.change_step('distributor', :'ann', pg_temp.so('C1'), 'send')
	as r \gset
select is(:'r'::jsonb #>> '{data,state}', 'pending', 'sent');
select is((select ordered from orders.line where public_id::text
	= pg_temp.sold('C1', '10')), 6::numeric, 'it stands at once');
select is(pg_temp.order_state('C1'), 'acknowledged',
	'the order''s state is not moved by it');
select is(pg_temp.version('C1'), '1 former, 2 in_force', 'as version 2');
select is((select content #>> '{lines,0,ordered}' from orders.version v
	join orders.head h on h.id = v.order_id where h.partner_number = 'C1'
	and v.order_version = 2), '6', 'with its content');
select is((select ordered from orders.line where public_id::text
	= pg_temp.bought('C1', '10')), 4::numeric,
	'the supplier''s line is not edited');
select is(pg_temp.show('supplier', :'bob', pg_temp.po('C1', '10'))
	#>> '{data,status}', 'change_wanted', 'he is asked');
select pg_temp.show('supplier', :'bob', pg_temp.po('C1', '10'))
	#> '{data,changes,0}' as k \gset
select is(:'k'::jsonb #>> '{lines,0,old,quantity,value}', '4',
	'and reads what was');
select is(:'k'::jsonb #>> '{lines,0,new,quantity,value}', '6',
	'beside what is asked');
select is(:'k'::jsonb -> 'actions', '["accept", "refuse"]'::jsonb,
	'and may accept or refuse');
select ok(:'k' !~ 'Alpha|Ann|"100.00"|SO-|"C1"',
	'without distributor, his number or his price');
select is(pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('C1', '10')) ->> 'code', 'orders.change.pending',
	'a line that is to change is not answered before');
select is(pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('C1', '20')) ->> 'state', 'accepted', 'another one is');

-- Refused: the former version stands.
select is(pg_temp.refusal(format($$ select pg_temp.change_step('supplier', %L,
	pg_temp.po('C1', '10'), 'refuse') $$, :'bob')), 'orders.reason.wanted',
	'a refusal needs a reason');
select is(pg_temp.change_step('supplier', :'bob', pg_temp.po('C1', '10'),
	'refuse', '{"reason_code": "capacity", "reason_text": "Beta is full"}')
	#>> '{data,state}', 'refused', 'the supplier refuses');
select is((select array[ordered, open] from orders.line where
	public_id::text = pg_temp.sold('C1', '10')), array[4, 4]::numeric[],
	'the distributor''s line is as before');
select is(pg_temp.version('C1'), '1 in_force, 2 refused',
	'version 1 stands again');
select is((select order_version from orders.head
	where partner_number = 'C1'), 1, 'in the head, too');
select is(pg_temp.show('distributor', :'ann', pg_temp.so('C1'))
	#> '{data,changes,0,refusal}', '{"code": "capacity"}'::jsonb,
	'the distributor reads why, not in the supplier''s own words');
select is((select canonical ->> 'response_code' from exchange.document
	where type = 'order_response' order by id desc limit 1), 'RE',
	'and gets it as a document');
select is((select string_agg(h.event, ' ' order by h.id) from core.state_history h
	where machine = 'order_change' and object_id = (select public_id
	from orders.change where order_id = (select id from orders.head
	where partner_number = 'C1') and state = 'refused')), 'send refuse',
	'the history names the steps');

-- Accepted: an unanswered line stays to be answered.
select pg_temp.change(:'ann', 'C1', '[{"line_id": "10", "quantity": "5",
	"requested_date": "2031-05-05"}]') \g /dev/null
select is(pg_temp.version('C1'), '1 former, 2 refused, 3 in_force',
	'versions are never numbered twice');
select is(pg_temp.change_step('supplier', :'bob', pg_temp.po('C1', '10'),
	'accept') #>> '{data,state}', 'accepted', 'the supplier accepts');
select is((select array[l.ordered::text, l.requested_date::text, l.state]
	from orders.line l where public_id::text = pg_temp.bought('C1', '10')),
	array['5.0000', '2031-05-05', 'open'], 'his line is the new one');
select is(pg_temp.change_state('C1'), 'accepted',
	'the distributor''s change is over');
select is((select source || ' ' || value from orders.value v
	join orders.line l on l.id = v.line_id where l.public_id::text
	= pg_temp.sold('C1', '10') and field = 'ordered_quantity'
	and superseded_by is null), 'portal 5', 'the value has its origin');

-- Lines the house delivers, added and deleted lines.
select pg_temp.change(:'ann', 'C1', '[{"line_id": "30", "quantity": ""},
	{"item": "P3", "quantity": "7"}, {"item": "P2", "quantity": "3"}]')
	#>> '{data,state}' as s \gset
select is(:'s'::text, 'pending', 'the added line waits for the supplier who has an order already');
select is(pg_temp.line_state(pg_temp.sold('C1', '30')), 'cancelled',
	'a deleted house line ends at once');
select is((select count(*) from orders.head h join core.partner p
	on p.id = h.partner_id where p.slug = 'delta' and h.linked_order_id
	= (select id from orders.head where partner_number = 'C1')), 1::bigint,
	'a new supplier gets an order');
select is(pg_temp.change_step('supplier', :'bob', pg_temp.po('C1', '10'),
	'accept') #>> '{data,state}', 'accepted', 'an addition is accepted');
select is((select array[ordered::text, state] from orders.line where
	public_id::text = pg_temp.bought('C1', '50')), array['3.0000', 'open'],
	'and stands in his order, linked to the distributor''s line');

-- After acceptance: the order waits.
select pg_temp.answered('C2', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]', :'bob', :'ann') \g /dev/null
select is(pg_temp.order_state('C2'), 'accepted', 'an order is accepted');
select pg_temp.change(:'ann', 'C2', '[{"line_id": "20", "quantity": "12"}]')
	\g /dev/null
select is(pg_temp.order_state('C2'), 'change_pending', 'its change waits');
select is(pg_temp.purchase_state('C2', '20'), 'change_pending',
	'so does the supplier''s order');
select is((select ordered from orders.line where public_id::text
	= pg_temp.sold('C2', '20')), 10::numeric, 'the old version stands');
select is(pg_temp.version('C2'), '1 in_force, 2 pending',
	'version 2 is asked for');
select is(pg_temp.line_event('supplier', :'bob', 'ship',
	pg_temp.bought('C2', '20')) ->> 'code', 'orders.change.pending',
	'what is to change does not leave');
select is((select canonical ->> 'response_code' from exchange.document
	where type = 'order_response' order by id desc limit 1), 'AB',
	'the distributor is told that it came');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('C2', '20'),
	'accept') \g /dev/null
select is(pg_temp.order_state('C2'), 'accepted', 'accepted again');
select is(pg_temp.purchase_state('C2', '20'), 'accepted', 'on both sides');
select is((select array[ordered, confirmed] from orders.line where
	public_id::text = pg_temp.sold('C2', '20')), array[12, 12]::numeric[],
	'with the new quantity, confirmed');
select is(pg_temp.version('C2'), '1 former, 2 in_force', 'version 2 stands');
select is((select canonical ->> 'response_code' from exchange.document
	where type = 'order_response' order by id desc limit 1), 'AP',
	'and the answer is AP');
select pg_temp.change(:'ann', 'C2', '[{"line_id": "20", "quantity": "1"}]')
	\g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('C2', '20'),
	'refuse', '{"reason_code": "material"}') \g /dev/null
select is((select array[ordered, confirmed] from orders.line where
	public_id::text = pg_temp.sold('C2', '20')), array[12, 12]::numeric[],
	'refused: the old version stands');
select is(pg_temp.version('C2'), '1 former, 2 in_force, 3 refused',
	'the refused version is kept');
select is((select order_version from orders.head
	where partner_number = 'C2'), 2, 'version 2 stands');
select is((select string_agg(v ->> 'state', ' ') from jsonb_array_elements(
	pg_temp.show('distributor', :'ann', pg_temp.so('C2'))
	#> '{data,versions}') v), 'former in_force refused',
	'the order shows its versions');

-- Cancelling after acceptance needs the seller.
select pg_temp.step('distributor', :'ann', pg_temp.so('C2'), 'cancel',
	'{"reason_code": "other"}') #>> '{data,state}' as s \gset
select is(:'s'::text, 'change_pending', 'a cancellation is asked for');
select is((select kind from orders.change where order_id
	= pg_temp.po_key('C2', '20') order by id desc limit 1), 'cancel',
	'of the supplier, too');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('C2', '20'),
	'refuse', '{"reason_code": "other"}') \g /dev/null
select is(pg_temp.order_state('C2'), 'accepted', 'refused: it goes on');
select is(pg_temp.line_state(pg_temp.sold('C2', '10')), 'accepted',
	'with its lines');
select pg_temp.step('distributor', :'ann', pg_temp.so('C2'), 'cancel')
	\g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('C2', '20'),
	'accept') \g /dev/null
select is(pg_temp.order_state('C2'), 'cancelled', 'agreed: it is over');
select is(pg_temp.purchase_state('C2', '20'), 'cancelled', 'on both sides');
select is((select canonical ->> 'response_code' from exchange.document
	where type = 'order_response' order by id desc limit 1), 'AP',
	'the distributor learns it');

-- Several suppliers: a change may come true in part.
select pg_temp.answered('C3', '[{"item": "P1", "quantity": "4"},
	{"item": "P3", "quantity": "10"}, {"item": "P4", "quantity": "9"}]',
	:'bob', :'ann', :'dan', :'amy') \g /dev/null
select is(pg_temp.order_state('C3'), 'accepted', 'three sellers accept');
select pg_temp.change(:'ann', 'C3', '[{"line_id": "10", "quantity": "5"},
	{"line_id": "20", "quantity": "11"}, {"line_id": "30",
	"quantity": "8"}]') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('C3', '10'),
	'accept') \g /dev/null
select is(pg_temp.order_state('C3'), 'change_pending',
	'it waits for all of them');
select pg_temp.change_step('supplier', :'dan', pg_temp.po('C3', '20'),
	'refuse', '{"reason_code": "capacity"}') \g /dev/null
select is(pg_temp.order_state('C3'), 'change_pending', 'the house, too');
select is(pg_temp.show('desk', :'amy', pg_temp.so('C3'))
	#> '{data,changes,0,actions}', '["accept", "refuse"]'::jsonb,
	'whose account manager decides on what it delivers itself');
select pg_temp.change_step('desk', :'amy', pg_temp.so('C3'), 'accept')
	\g /dev/null
select is(pg_temp.change_state('C3'), 'partly', 'a part comes true');
select is((select array_agg(ordered order by position) from orders.line l
	join orders.head h on h.id = l.order_id where h.partner_number = 'C3'),
	array[5, 10, 8]::numeric[], 'line by line');
select is(pg_temp.version('C3'), '1 former, 2 refused, 3 in_force',
	'as a version of its own');
select is((select canonical ->> 'response_code' from exchange.document
	where type = 'order_response' order by id desc limit 1), 'CA',
	'answered line by line');

-- Another day of the whole order holds for lines whose own day the form only
-- repeats; the house finds what waits for it.
select pg_temp.answered('C6', '[{"item": "P4", "quantity": "4"},
	{"item": "P4", "quantity": "5", "requested_date": "2031-01-01"}]',
	:'bob', :'ann', :'dan', :'amy') \g /dev/null
select pg_temp.change(:'ann', 'C6', jsonb_build_array(jsonb_build_object(
	'line_id', '10', 'quantity', '4', 'requested_date', core.today() + 10),
	jsonb_build_object('line_id', '20', 'quantity', '5', 'requested_date',
	'2031-02-02')), '{"event": "send", "requested_date": "2031-03-03"}')
	as r \gset
select is((select array_agg(d #>> '{new,date}') from jsonb_array_elements(
	:'r'::jsonb #> '{data,lines}') d), array['2031-03-03', '2031-02-02'],
	'another day of the order holds where a line names none');
select is(pg_temp.ask('desk', 'orders_list', :'amy', '{"view": "decisions"}')
	#>> '{data,items,0,partner_number}', 'C6',
	'what the house has to decide is among its decisions');
select pg_temp.change_step('desk', :'amy', pg_temp.so('C6'), 'refuse',
	'{"reason_code": "capacity"}') \g /dev/null
select is(pg_temp.order_state('C6') || ' ' || pg_temp.change_state('C6'),
	'accepted refused', 'and it may refuse');

-- Who may not.
select is(pg_temp.refusal(format($$ select pg_temp.change(%L, 'C3',
	'[{"line_id": "10", "quantity": "6"}]') $$, :'gus')), 'absent',
	'another distributor''s order is absent');
select throws_ok(format($$ select pg_temp.ask('supplier', 'orders_change', %L,
	%L) $$, :'bob', jsonb_build_object('id', pg_temp.po('C3', '10'),
	'version', 1)), 'PT403', 'permission.denied', 'a supplier asks for no change');
select pg_temp.change(:'ann', 'C3', '[{"line_id": "10", "quantity": "6"}]')
	\g /dev/null
select is(pg_temp.refusal(format($$ select pg_temp.change_step('supplier', %L,
	pg_temp.po('C3', '10'), 'accept') $$, :'dan')), 'absent',
	'another supplier''s change is absent');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('distributor',
	%L, pg_temp.so('C3'), 'accept') $$, :'ann')), 'state.denied',
	'the buyer does not accept his own change');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('desk',
	%L, pg_temp.so('C3'), 'accept') $$, :'amy')), 'orders.change.elsewhere',
	'nor does the house answer for a supplier');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('desk',
	%L, pg_temp.so('C3'), 'accept') $$, :'ida')), 'permission.denied',
	'nor an administrator');

-- Shipped lines do not change; wrong input is named.
select pg_temp.answered('C4', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select is(pg_temp.refusal(format($$ select pg_temp.change(%L, 'C4',
	'[{"line_id": "10", "quantity": "4"}]') $$, :'ann')),
	'orders.change.nothing', 'a change that changes nothing is none');
select is(pg_temp.refusal(format($$ select pg_temp.change(%L, 'C4',
	'[{"line_id": "90", "quantity": "4"}, {"item": "NN", "quantity": "1"}]')
	$$, :'ann')), 'orders.invalid', 'unknown lines and items are named');
select is(pg_temp.line_event('supplier', :'bob', 'ship', pg_temp.bought('C4',
	'10'), '{"quantity": "1"}') ->> 'state', 'part_shipped', 'a part leaves');
select is(pg_temp.refusal(format($$ select pg_temp.change(%L, 'C4',
	'[{"line_id": "10", "quantity": "3"}]') $$, :'ann')),
	'orders.change.late', 'then the order is not changed any more');

-- Before acceptance a cancellation is the buyer's alone; his waiting change
-- goes with it, and the supplier is told.
select pg_temp.placed('C5', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.change(:'ann', 'C5', '[{"line_id": "10", "quantity": "6"}]')
	\g /dev/null
select is(pg_temp.step('distributor', :'ann', pg_temp.so('C5'), 'cancel')
	#>> '{data,state}', 'cancelled', 'cancelled at once');
select is(pg_temp.change_state('C5'), 'withdrawn', 'its change is withdrawn');
select is((select string_agg(kind || ' ' || state, ', ' order by id)
	from orders.change where order_id = pg_temp.po_key('C5', '10')),
	'change withdrawn, cancel accepted', 'the supplier is told');
select is(pg_temp.purchase_state('C5', '10'), 'cancelled', 'and has no order');

set constraints all immediate;
select is((select count(*) from orders.line where ordered
	<> open + confirmed + backordered + rejected + cancelled), 0::bigint,
	'quantities add up');
select is((select count(*) from orders.line l where change_id is not null
	and not exists (select from orders.change c where c.id = l.change_id
	and c.state = 'pending')), 0::bigint, 'no line waits for nothing');

\ir lib/end.sql
