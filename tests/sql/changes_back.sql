-- SPDX-License-Identifier: Apache-2.0
--
-- Changes that are taken back, or replaced, before the seller has answered.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql
\ir lib/changes.sql
\ir lib/change_documents.sql

select exchange.agreement_load(:beta, '{"name": "main", "family": "edifact",
	"ours": {"id": "2900000000018", "qualifier": "14"},
	"theirs": {"id": "2900000000315", "qualifier": "14"},
	"guides": {"order_response": "edifact/ordrsp-d96a"},
	"answer_family": "edifact",
	"answer_guides": {"order_change": "edifact/ordchg-d96a"},
	"sends": ["order_change"], "tolerances": {"over_ship_percent": 10}}')
	is not null as ok \gset

-- The newest document of a kind, as it was written.
create function pg_temp.newest(of_type text) returns jsonb language sql as $$
	select canonical from exchange.document where type = of_type
	and direction = 'out' order by id desc limit 1
$$;
-- The states of an order's changes, oldest first.
create function pg_temp.states(of_order bigint) returns text
language sql as $$
	select string_agg(kind || ' ' || state, ', ' order by id)
	from orders.change where order_id = of_order and sent_at is not null
$$;
create function pg_temp.so_key(number text) returns bigint language sql as $$
	select id from orders.head where partner_number = so_key.number
$$;
-- Quantities that the lines of a sales order ask for.
create function pg_temp.wanted(number text) returns text language sql as $$
	select string_agg(line_id || ': ' || trim_scale(orders.still_wanted(l)),
		', ' order by position) from orders.line l
	where order_id = pg_temp.so_key(number)
$$;
create function pg_temp.events(of_order text) returns text language sql as $$
	select string_agg(type, ' ' order by seq) from core.event
	where object_id::text = of_order and type like 'order.change\_%'
$$;

-- A waiting change of an accepted order is taken back.
select pg_temp.answered('B1', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]', :'bob', :'ann') \g /dev/null
select pg_temp.change(:'ann', 'B1', '[{"line_id": "10", "quantity": "6"},
	{"item": "P2", "quantity": "3"}]', jsonb_build_object('event', 'send',
	'requested_date', core.today() + 20)) \g /dev/null
select is(pg_temp.show('distributor', :'ann', pg_temp.so('B1'))
	#> '{data,changes,0,actions}', '["withdraw"]'::jsonb,
	'its buyer may take it back');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('supplier', %L,
	pg_temp.po('B1', '10'), 'withdraw') $$, :'bob')), 'state.denied',
	'its seller may not');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('desk', %L,
	pg_temp.po('B1', '10'), 'withdraw') $$, :'amy')), 'orders.change.theirs',
	'nor the house at the supplier, for it is the distributor''s');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('distributor',
	%L, pg_temp.so('B1'), 'withdraw', '{"version": 1}') $$, :'ann')),
	'version.stale', 'nor he himself, who looks at an older state of it');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('distributor',
	%L, pg_temp.so('B1'), 'withdraw') $$, :'gus')), 'absent',
	'nor another distributor');
select is(pg_temp.refusal(format($$ select pg_temp.change_step('desk', %L,
	pg_temp.so('B1'), 'withdraw') $$, :'amy')), 'state.denied',
	'nor the house for him');
select is(pg_temp.change_step('distributor', :'ann', pg_temp.so('B1'),
	'withdraw') #>> '{data,state}', 'withdrawn', 'it is taken back');
select is(pg_temp.order_state('B1') || ' ' || pg_temp.purchase_state('B1',
	'10'), 'accepted accepted', 'both orders go on');
select is(pg_temp.version('B1'), '1 in_force, 2 withdrawn',
	'in the version that stood');
select is(pg_temp.wanted('B1'), '10: 4, 20: 10', 'as it was');
select is((select requested_date - core.today() from orders.head
	where id = pg_temp.so_key('B1')), 10, 'for the day that it was');
select is((select count(*) from orders.line where change_id is not null),
	0::bigint, 'no line waits any more');
select is(pg_temp.states(pg_temp.po_key('B1', '10')), 'change withdrawn',
	'the supplier need not answer');
select is(pg_temp.events(pg_temp.po('B1', '10')),
	'order.change_sent order.change_withdrawn', 'and is told');
select is((select count(*) from core.mail_notice n
	join core.event e on e.seq = n.event_seq
	where e.type = 'order.change_withdrawn' and e.object_id::text
	= pg_temp.po('B1', '10')), 1::bigint, 'by mail, too');
select pg_temp.newest('order_change') as d \gset
select is((select string_agg(concat_ws(' ', e ->> 'line_id', e ->> 'action',
	e ->> 'ordered'), ', ' order by e ->> 'line_id')
	from jsonb_array_elements(:'d'::jsonb -> 'lines') e),
	'10 3 4, 20 3 10, 30 2 0',
	'by a document that leads back to what stands');
select is(:'d'::jsonb #>> '{text,0,value}', (select number from orders.change
	where order_id = pg_temp.po_key('B1', '10')),
	'and names the change that is given up');
select is(pg_temp.newest('order_response') ->> 'response_code', 'AP',
	'the distributor gets it confirmed');
select is(pg_temp.line_event('supplier', :'bob', 'ship', pg_temp.bought('B1',
	'20'), '{"quantity": "1"}') ->> 'state', 'part_shipped',
	'the supplier may ship again');

-- A race: whoever comes first counts; the other hears what became of it.
select is(pg_temp.refusal(format($$ select pg_temp.change_step('supplier', %L,
	pg_temp.po('B1', '10'), 'accept') $$, :'bob')), 'orders.change.over',
	'the answer comes too late');
select pg_temp.answered('B2', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.change(:'ann', 'B2', '[{"line_id": "10", "quantity": "6"}]')
	\g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('B2', '10'),
	'accept') \g /dev/null
select is(pg_temp.refusal(format($$ select pg_temp.change_step('distributor',
	%L, pg_temp.so('B2'), 'withdraw') $$, :'ann')), 'orders.change.over',
	'or the taking back does');
select is(pg_temp.wanted('B2'), '10: 6', 'and changes nothing');

-- A cancellation is taken back.
select pg_temp.step('distributor', :'ann', pg_temp.so('B2'), 'cancel')
	\g /dev/null
select pg_temp.change_step('distributor', :'ann', pg_temp.so('B2'),
	'withdraw') \g /dev/null
select is(pg_temp.order_state('B2') || ' ' || pg_temp.purchase_state('B2',
	'10'), 'accepted accepted', 'a cancellation is taken back');
select is(pg_temp.newest('order_change') ->> 'function', 'change',
	'by a change, never by another cancellation');
select is(pg_temp.newest('order_change') #>> '{lines,0,ordered}', '6',
	'that says what is still wanted');

-- What stood at once is put back.
select pg_temp.placed('B3', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.change(:'ann', 'B3', '[{"line_id": "10", "quantity": "6"},
	{"line_id": "20", "quantity": ""}, {"item": "P2", "quantity": "3"}]',
	jsonb_build_object('event', 'send', 'requested_date', core.today() + 33))
	\g /dev/null
select is(pg_temp.wanted('B3'), '10: 6, 20: 0, 30: 3', 'what stands at once');
select pg_temp.change_step('distributor', :'ann', pg_temp.so('B3'),
	'withdraw') \g /dev/null
select is(pg_temp.wanted('B3'), '10: 4, 20: 10, 30: 0', 'is put back');
select is((select requested_date from orders.head
	where partner_number = 'B3'), core.today() + 10, 'with its day');
select is(pg_temp.version('B3'), '1 in_force, 2 withdrawn', 'and its version');
select pg_temp.line_event('supplier', :'bob', 'confirm', pg_temp.bought('B3',
	'20')) \g /dev/null
select is(pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('B3', '10')) ->> 'state', 'accepted',
	'the supplier answers the order as it was');
select pg_temp.later() \g /dev/null
select is(pg_temp.order_state('B3'), 'accepted', 'and it is agreed');

-- Of several suppliers one has answered: his word stays.
select pg_temp.answered('B4', '[{"item": "P1", "quantity": "4"},
	{"item": "P3", "quantity": "10"}]', :'bob', :'ann', :'dan') \g /dev/null
select pg_temp.change(:'ann', 'B4', '[{"line_id": "10", "quantity": "5"},
	{"line_id": "20", "quantity": "11"}]') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('B4', '10'),
	'accept') \g /dev/null
select is(pg_temp.change_step('distributor', :'ann', pg_temp.so('B4'),
	'withdraw') #>> '{data,state}', 'partly', 'only the rest is taken back');
select is(pg_temp.wanted('B4'), '10: 5, 20: 10', 'line by line');
select is(pg_temp.states(pg_temp.po_key('B4', '20')), 'change withdrawn',
	'who has not answered is told');

-- A further change takes the place of the one that waits, with its lines.
select pg_temp.answered('B5', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}, {"item": "P3", "quantity": "7"}]',
	:'bob', :'ann', :'dan') \g /dev/null
select pg_temp.change(:'ann', 'B5', '[{"line_id": "10", "quantity": "6"},
	{"line_id": "30", "quantity": "8"}, {"item": "P2", "quantity": "3"}]')
	\g /dev/null
select is(pg_temp.ask('distributor', 'orders_change_new', :'ann',
	jsonb_build_object('id', pg_temp.so('B5'))) #>> '{data,replaces}',
	(select number from orders.change where order_id = pg_temp.so_key('B5')),
	'the form says what it replaces');
select is((select string_agg(concat_ws(' ', e ->> 'line_id',
	e ->> 'quantity'), ', ' order by e ->> 'line_id')
	from jsonb_array_elements(pg_temp.ask('distributor', 'orders_change_new',
	:'ann', jsonb_build_object('id', pg_temp.so('B5')))
	#> '{data,draft,lines}') e), '10 6, 20 10, 30 8, 40 3',
	'and starts from what is asked already');
select is(pg_temp.refusal(format($$ select pg_temp.change(%L, 'B5',
	'[{"line_id": "10", "quantity": "4"}, {"line_id": "30", "quantity": "7"},
	{"line_id": "40", "quantity": ""}]') $$, :'ann')), 'orders.change.back',
	'back to what stands is no change');
select pg_temp.change(:'ann', 'B5', '[{"line_id": "20", "quantity": "9"},
	{"line_id": "30", "quantity": "7"}, {"line_id": "40", "quantity": "2"}]')
	\g /dev/null
select is(pg_temp.states(pg_temp.so_key('B5')),
	'change superseded, change pending', 'the newest one is answered');
select is(pg_temp.version('B5'), '1 in_force, 2 withdrawn, 3 pending',
	'as a version of its own');
select is((select string_agg(concat_ws(' ', e ->> 'line_id', e ->> 'action',
	e #>> '{new,quantity}'), ', ' order by e ->> 'line_id')
	from orders.change c, jsonb_array_elements(c.lines) e
	where order_id = pg_temp.so_key('B5') and state = 'pending'),
	'10 3 6, 20 3 9, 40 1 2', 'it asks for what the other one did, too');
select is(pg_temp.states(pg_temp.po_key('B5', '10')),
	'change superseded, change pending', 'the supplier answers the newest');
select is(pg_temp.states(pg_temp.po_key('B5', '30')), 'change withdrawn',
	'who is not concerned any more need not answer');
select is(pg_temp.events(pg_temp.po('B5', '30')),
	'order.change_sent order.change_withdrawn', 'and is told');
select is(pg_temp.show('supplier', :'bob', pg_temp.po('B5', '10'))
	#>> '{data,changes,1,replaced_by,number}', (select number
	from orders.change where order_id = pg_temp.po_key('B5', '10')
	order by id desc limit 1), 'the older one says by which');
select is(pg_temp.newest('order_change') #>> '{text,0,value}', (select number
	from orders.change where order_id = pg_temp.po_key('B5', '10')
	order by id limit 1), 'so does the document');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('B5', '10'),
	'accept') \g /dev/null
select is(pg_temp.wanted('B5'), '10: 6, 20: 9, 30: 7, 40: 2',
	'accepted, it stands');
select is(pg_temp.version('B5'), '1 former, 2 withdrawn, 3 in_force',
	'as the third version');

-- A written change whose predecessor was answered meanwhile is stale.
select pg_temp.change(:'ann', 'B5', '[{"line_id": "10", "quantity": "8"}]')
	\g /dev/null
select pg_temp.change(:'ann', 'B5', '[{"line_id": "10", "quantity": "9"}]',
	'{"event": "preview"}') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('B5', '10'),
	'refuse', '{"reason_code": "capacity"}') \g /dev/null
select is(pg_temp.refusal(format($$ select pg_temp.change_step('distributor',
	%L, pg_temp.so('B5'), 'send') $$, :'ann')), 'orders.change.stale',
	'what was written over an answered change is not sent');

-- Nor is one that carries what was accepted in part meanwhile.
select pg_temp.answered('S1', '[{"item": "P1", "quantity": "4"},
	{"item": "P3", "quantity": "10"}]', :'bob', :'ann', :'dan') \g /dev/null
select pg_temp.change(:'ann', 'S1', '[{"item": "P2", "quantity": "3"},
	{"line_id": "20", "quantity": "11"}]') \g /dev/null
select pg_temp.change(:'ann', 'S1', '[{"line_id": "10", "quantity": "5"}]',
	'{"event": "preview"}') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('S1', '10'),
	'accept') \g /dev/null
select is(pg_temp.refusal(format($$ select pg_temp.change_step('distributor',
	%L, pg_temp.so('S1'), 'send') $$, :'ann')), 'orders.change.stale',
	'an addition that was accepted meanwhile is not asked for again');
select is((select string_agg(e ->> 'line_id', ', ') from jsonb_array_elements(
	pg_temp.ask('distributor', 'orders_change_new', :'ann',
	jsonb_build_object('id', pg_temp.so('S1'), 'from', (select public_id
	from orders.change where order_id = pg_temp.so_key('S1')
	and state = 'draft'))) #> '{data,draft,lines}') e), '10, 20, 30',
	'nor does the form bring it back');
select pg_temp.change(:'ann', 'S1', '[{"line_id": "10", "quantity": "5"}]')
	\g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('S1', '10'),
	'accept') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('S1', '20'),
	'accept') \g /dev/null
select is(pg_temp.wanted('S1') || ' ' || (select count(*) from orders.line
	where linked_line_id in (select id from orders.line
	where order_id = pg_temp.so_key('S1'))), '10: 5, 20: 11, 30: 3 3',
	'written again it is, and every line is bought once');

-- Nor one whose new line has the number of another by now.
select pg_temp.placed('S2', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.change(:'ann', 'S2', '[{"item": "P2", "quantity": "3"}]',
	'{"event": "preview"}') \g /dev/null
select pg_temp.sent('S3', '{"function": "change", "number": "AE-S3",
	"order_number": "S2", "lines": [{"line_id": "30", "action": "1",
	"item": {"any": "P1"}, "ordered": "7"}]}') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('S2', '10'),
	'accept') \g /dev/null
select is((select pg_temp.refusal(format($$ select pg_temp.ask('distributor',
	'orders_change_event', %L, %L) $$, :'ann', jsonb_build_object('id',
	pg_temp.so('S2'), 'change', c.public_id, 'version', c.version, 'event',
	'send'))) from orders.change c where order_id = pg_temp.so_key('S2')
	and state = 'draft'), 'orders.change.stale',
	'a line that another change added is not taken for its own');
select is(pg_temp.wanted('S2'), '10: 4, 20: 10, 30: 7', 'which stays');
select is((select string_agg(concat_ws(' ', e ->> 'line_id', e ->> 'item',
	e ->> 'quantity'), ', ') from jsonb_array_elements(
	pg_temp.ask('distributor', 'orders_change_new', :'ann',
	jsonb_build_object('id', pg_temp.so('S2'), 'from', (select public_id
	from orders.change where order_id = pg_temp.so_key('S2')
	and state = 'draft'))) #> '{data,draft,lines}') e),
	'10 P1 4, 20 P2 10, 30 P1 7, P2 3', 'written again it is a further line');

-- Replacing what stood at once: an addition is kept, a deletion taken back.
select pg_temp.placed('B6', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.change(:'ann', 'B6', '[{"line_id": "20", "quantity": ""},
	{"item": "P2", "quantity": "3"}]') \g /dev/null
select is(pg_temp.wanted('B6'), '10: 4, 20: 0, 30: 3', 'the first one stands');
select pg_temp.sent('J1', '{"function": "change", "number": "AE-J1",
	"order_number": "B6", "lines": [{"line_id": "20", "action": "3",
	"ordered": "10"}, {"line_id": "10", "action": "3", "ordered": "5"}]}')
	as d \gset
select is(pg_temp.wanted('B6'), '10: 5, 20: 10, 30: 3',
	'the second one takes its place, with what it does not name');
select is(pg_temp.states(pg_temp.so_key('B6')),
	'change superseded, change pending', 'by document as well');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('B6', '10'),
	'refuse', '{"reason_code": "capacity"}') \g /dev/null
select is(pg_temp.wanted('B6'), '10: 4, 20: 10, 30: 0',
	'refused, the order is what it was at first');
select is(pg_temp.version('B6'), '1 in_force, 2 withdrawn, 3 refused',
	'in its first version');

-- Replacing by way of the form what stood at once: days of lines are kept.
create function pg_temp.days(number text) returns text language sql as $$
	select string_agg(concat(line_id, ': ', trim_scale(ordered), ' on +',
		requested_date - core.today()), ', ' order by position)
	from orders.line where order_id = pg_temp.so_key(number)
	and state <> 'cancelled'
$$;
-- The form as it is shown, sent with another quantity of a line.
create function pg_temp.form_sent(who text, number text, line text,
	quantity text, more jsonb default '{}') returns jsonb language sql as $$
	select pg_temp.change(who, form_sent.number, (select jsonb_agg((e
		- '{name,unit}'::text[]) || case when e ->> 'line_id' = line
		then jsonb_build_object('quantity', quantity) else '{}' end)
		from jsonb_array_elements(f -> 'lines') e), jsonb_build_object(
		'event', 'send', 'requested_date', f -> 'requested_date',
		'ship_to', coalesce(f ->> 'ship_to', '')) || more)
	from (select pg_temp.ask('distributor', 'orders_change_new', who,
		jsonb_build_object('id', pg_temp.so(form_sent.number)))
		#> '{data,draft}' as f offset 0) x
$$;
select pg_temp.placed('B9', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.change(:'ann', 'B9', jsonb_build_array(jsonb_build_object(
	'line_id', '10', 'quantity', '4', 'requested_date', core.today() + 25),
	jsonb_build_object('item', 'P2', 'quantity', '3', 'requested_date',
	core.today() + 26))) \g /dev/null
select is(pg_temp.days('B9'), '10: 4 on +25, 20: 10 on +10, 30: 3 on +26',
	'other days stand at once');
select pg_temp.form_sent(:'ann', 'B9', '20', '9') \g /dev/null
select is(pg_temp.days('B9'), '10: 4 on +25, 20: 9 on +10, 30: 3 on +26',
	'a further change keeps them');
select is(pg_temp.states(pg_temp.so_key('B9')),
	'change superseded, change pending', 'in place of the first one');
select pg_temp.form_sent(:'ann', 'B9', '20', '9', jsonb_build_object(
	'requested_date', core.today() + 30)) \g /dev/null
select is(pg_temp.days('B9'), '10: 4 on +25, 20: 9 on +30, 30: 3 on +26',
	'the order''s day holds for lines without one of their own');
select pg_temp.form_sent(:'ann', 'B9', '20', '8', jsonb_build_object(
	'requested_date', core.today() + 31)) \g /dev/null
select is(pg_temp.days('B9'), '10: 4 on +25, 20: 8 on +31, 30: 3 on +26',
	'so does another one');

-- By document: back to what stands, or a cancellation of the change's number.
select pg_temp.answered('B7', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.sent('J2', '{"function": "change", "number": "AE-J2",
	"order_number": "B7", "lines": [{"line_id": "10", "action": "3",
	"ordered": "6"}]}') \g /dev/null
select pg_temp.sent('J3', '{"function": "change", "number": "AE-J3",
	"order_number": "B7", "lines": [{"line_id": "10", "action": "3",
	"ordered": "4"}]}') as d \gset
select is((select state from exchange.document where id = :d) || ' '
	|| pg_temp.states(pg_temp.so_key('B7')), 'applied change withdrawn',
	'a change back to what stands takes the waiting one back');
select is((select answer_document_id from orders.change
	where order_id = pg_temp.so_key('B7')), :d::bigint,
	'which says in which document');
select pg_temp.sent('J4', '{"function": "change", "number": "AE-J4",
	"order_number": "B7", "lines": [{"line_id": "10", "action": "3",
	"ordered": "6"}]}') \g /dev/null
select pg_temp.sent('J5', '{"function": "cancel", "number": "AE-J4",
	"order_number": "B7"}') as d \gset
select is(pg_temp.order_state('B7') || ' ' || pg_temp.change_state('B7'),
	'accepted withdrawn', 'a cancellation of its number means the change alone');
select is(pg_temp.rules(pg_temp.sent('J6', '{"function": "cancel",
	"number": "AE-J4", "order_number": "B7"}')), array['business.duplicate'],
	'and again nothing');
select is(pg_temp.order_state('B7'), 'accepted', 'the order goes on');
select pg_temp.sent('J7', '{"function": "cancel", "number": "AE-J7",
	"order_number": "B7"}') \g /dev/null
select is(pg_temp.rules(pg_temp.sent('J8', '{"function": "cancel",
	"number": "AE-J7", "order_number": "B7"}')), array['business.duplicate'],
	'a repeated cancellation does not take itself back');
select is(pg_temp.rules(pg_temp.sent('J10', '{"function": "change",
	"number": "AE-J10", "order_number": "B7", "text": [{"kind": "note",
	"value": "Please hurry"}]}')), array['business.change_nothing'],
	'a change that says nothing of the order changes nothing');
select matches(pg_temp.states(pg_temp.po_key('B7', '10')), 'cancel pending$',
	'nor does it take the cancellation back');
select pg_temp.sent('J9', '{"function": "change", "number": "AE-J9",
	"order_number": "B7", "lines": [{"line_id": "10", "action": "3",
	"ordered": "4"}]}') \g /dev/null
select is(pg_temp.order_state('B7') || ' ' || pg_temp.change_state('B7'),
	'accepted withdrawn', 'a change back to what stands does');

-- An answer that names a version which was replaced meanwhile is refused.
select pg_temp.answered('B8', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.change(:'ann', 'B8', '[{"line_id": "10", "quantity": "6"}]')
	\g /dev/null
select pg_temp.change(:'ann', 'B8', '[{"line_id": "10", "quantity": "7"}]')
	\g /dev/null
create function pg_temp.reply(of_order text, version text) returns text
language sql as $$
	select coalesce(r #>> '{findings,0,rule}', r ->> 'effect')
	from orders.head h, lateral (select orders.handle_response(h.partner_id,
		jsonb_build_object('type', 'order_response', 'order_number',
		h.number, 'response_code', 'AP', 'sequence', reply.version),
		pg_temp.hand_in('supplier', pg_temp.hash('bob'), of_order
		|| reply.version), false) as r offset 0) a
	where h.public_id::text = of_order
$$;
select is(pg_temp.reply(pg_temp.po('B8', '10'), '2'), 'business.change_over',
	'an answer to what was replaced has no effect');
select is(pg_temp.wanted('B8') || ' ' || pg_temp.change_state('B8'),
	'10: 4 pending', 'the newest one waits');
select is(pg_temp.reply(pg_temp.po('B8', '10'), '3'), 'applied',
	'until it is answered itself');
select is(pg_temp.wanted('B8'), '10: 7', 'and stands');

-- A cancellation takes the place of a change, a change that of a cancellation.
select pg_temp.change(:'ann', 'B7', '[{"line_id": "10", "quantity": "6"}]')
	\g /dev/null
select pg_temp.step('distributor', :'ann', pg_temp.so('B7'), 'cancel')
	\g /dev/null
select is(pg_temp.refusal(format($$ select pg_temp.step('distributor', %L,
	pg_temp.so('B7'), 'cancel') $$, :'ann')), 'orders.change.pending',
	'a cancellation is not asked for twice');
select pg_temp.change(:'ann', 'B7', '[{"line_id": "10", "quantity": "5"}]')
	\g /dev/null
select matches(pg_temp.states(pg_temp.po_key('B7', '10')),
	'change superseded, cancel superseded, change pending$',
	'the newest one is answered');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('B7', '10'),
	'accept') \g /dev/null
select is(pg_temp.wanted('B7') || ' ' || pg_temp.order_state('B7'),
	'10: 5 accepted', 'and stands');

set constraints all immediate;
select is((select count(*) from orders.line where ordered
	<> open + confirmed + backordered + rejected + cancelled), 0::bigint,
	'quantities add up');
select is((select count(*) from orders.head h where h.state = 'change_pending'
	and h.change_id is null), 0::bigint, 'no order waits for nothing');
\ir lib/end.sql
