-- SPDX-License-Identifier: Apache-2.0
--
-- The rest of a line of which a part has left: put off, or given up.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/changes.sql
\ir lib/documents.sql
\ir lib/says.sql

-- State, what left, what was given up, what is promised for which day.
create function pg_temp.stands(line text) returns text language sql as $$
	select concat_ws(' ', l.state, trim_scale(l.shipped),
		trim_scale(l.cancelled), (select string_agg(concat_ws('@',
		trim_scale(s.quantity), s.due_on - core.today()), ' '
		order by s.due_on, s.kind) from orders.schedule s
		where s.line_id = l.id and s.kind in ('confirmed', 'backordered')))
	from orders.line l where l.public_id::text = line
$$;
create function pg_temp.both(number text, line text) returns text[]
language sql as $$
	select array[pg_temp.stands(pg_temp.bought(number, line)),
		pg_temp.stands(pg_temp.sold(number, line))]
$$;
-- The distributor counts all of the newest despatch.
create function pg_temp.counts(number text, line text, n text) returns text
language sql as $$
	select pg_temp.ask('distributor', 'receipts_create', pg_temp.hash('ann'),
		jsonb_build_object('id', d.public_id, 'version', d.version, 'lines',
		jsonb_build_array(jsonb_build_object('line', pg_temp.sold(
		counts.number, counts.line), 'received', n)))) ->> 'status'
	from orders.despatch d where d.kind = 'sales' order by d.id desc limit 1
$$;
create function pg_temp.begun(number text) returns text language sql as $$
	select pg_temp.answered(number, '[{"item": "P1", "quantity": "10"},
		{"item": "P2", "quantity": "4"}]', pg_temp.hash('bob'),
		pg_temp.hash('ann'));
	select pg_temp.say('ship', number, '10', '{"quantity": "6"}') ->> 'state'
$$;

-- Put off.
select is(pg_temp.begun('A1'), 'part_shipped', 'a part has left');
select is(pg_temp.say('backorder', 'A1', '10', pg_temp.ahead(30)) ->> 'state',
	'part_shipped', 'the rest is put off');
select is(pg_temp.both('A1', '10'), array['part_shipped 6 0 6@10 4@30',
	'part_shipped 6 0 10@10'], 'to be taken back, so nobody else knows yet');
select is(pg_temp.say('retract', 'A1', '10') ->> 'state', 'part_shipped',
	'it is taken back');
select is(pg_temp.stands(pg_temp.bought('A1', '10')),
	'part_shipped 6 0 10@10', 'as it was before');
select pg_temp.say('backorder', 'A1', '10', pg_temp.ahead(30)
	|| '{"quantity": "3"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.both('A1', '10'), array['part_shipped 6 0 7@10 3@30',
	'part_shipped 6 0 7@10 3@30'], 'three of it, on both sides');
select is((select e.data -> 'lines' from core.event e
	join orders.head h on h.public_id = e.object_id and h.kind = 'sales'
	where h.partner_number = 'A1' and e.type = 'order.line.backordered'),
	'["10"]', 'the distributor hears of it, once');
select is(pg_temp.say('backorder', 'A1', '10', pg_temp.ahead(30)
	|| '{"quantity": "5"}') ->> 'code', 'orders.quantity.over',
	'what has left cannot be put off');
select is(pg_temp.say('ship', 'A1', '10', '{"quantity": "2"}') ->> 'state',
	'part_shipped', 'some of it leaves');
select is(pg_temp.both('A1', '10'), array['part_shipped 8 0 7@10 2@30 1@30',
	'part_shipped 8 0 7@10 2@30 1@30'], 'the days stay');

-- Given up.
select is(pg_temp.say('backorder', 'A1', '10', '{"quantity": "0"}')
	->> 'state', 'shipped', 'the rest is given up');
select is(pg_temp.say('retract', 'A1', '10') ->> 'state', 'part_shipped',
	'and taken back');
select pg_temp.say('backorder', 'A1', '10', '{"quantity": "0",
	"reason_code": "discontinued"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.both('A1', '10'), array['shipped 8 2 7@10 1@30',
	'shipped 8 2 7@10 1@30'], 'what left is all that comes');
select is((select reason ->> 'code' from orders.line
	where public_id::text = pg_temp.sold('A1', '10')), 'discontinued',
	'and why');
select is(pg_temp.counts('A1', '10', '2'), '200', 'the last of it arrives');

-- What was counted before is over then, and so is the order.
select pg_temp.begun('A2') \g /dev/null
select is(pg_temp.counts('A2', '10', '6'), '200', 'what left has arrived');
select pg_temp.say('ship', 'A2', '20') \g /dev/null
select is(pg_temp.counts('A2', '20', '4'), '200', 'so has the other line');
select pg_temp.say('backorder', 'A2', '10', '{"quantity": "0"}') \g /dev/null
select is(pg_temp.purchase_state('A2', '10'), 'in_fulfilment',
	'given up a moment ago, it may come back');
select pg_temp.later() \g /dev/null
select is(pg_temp.both('A2', '10'), array['received 6 4 6@10',
	'received 6 4 6@10'], 'all that comes was counted');
select is(pg_temp.purchase_state('A2', '10') || ' '
	|| pg_temp.order_state('A2'), 'completed completed', 'both orders end');

-- Given up before the distributor could be told that a part had left.
select pg_temp.answered('A3', '[{"item": "P1", "quantity": "10"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.sold('A3', '10'),
	'{"reason_text": "wait"}') \g /dev/null
select pg_temp.say('ship', 'A3', '10', '{"quantity": "6"}') \g /dev/null
select pg_temp.say('backorder', 'A3', '10', '{"quantity": "0"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.stands(pg_temp.sold('A3', '10')), 'accepted 0 0 10@10',
	'held, he hears nothing');
select pg_temp.line_event('desk', :'amy', 'release_hold',
	pg_temp.sold('A3', '10')) \g /dev/null
select is(pg_temp.both('A3', '10'), array['shipped 6 4 6@10',
	'shipped 6 4 6@10'], 'let go, he hears of the goods and of the rest');

-- By document.
select pg_temp.begun('B1') \g /dev/null
select is(pg_temp.respond('B1', '10', jsonb_build_object('action', '3',
	'confirmed', '6', 'backordered', '4', 'backorder_date',
	core.today() + 40)) ->> 'effect', 'applied', 'an answer puts the rest off');
select is(pg_temp.both('B1', '10'), array['part_shipped 6 0 6@10 4@40',
	'part_shipped 6 0 6@10 4@40'], 'at once: machines take nothing back');
select is(pg_temp.respond('B1', '10', '{"action": "3", "confirmed": "5"}')
	#>> '{findings,0,rule}', 'business.answer_late',
	'what has left cannot be answered otherwise');
select is(pg_temp.respond('B1', '10', '{"action": "7"}') -> 'findings',
	'[]', 'another gives it up');
select is(pg_temp.both('B1', '10'), array['shipped 6 4 6@10',
	'shipped 6 4 6@10'], 'what left is all that comes');

-- Nobody else says so.
select pg_temp.begun('C1') \g /dev/null
select is(pg_temp.line_event('supplier', :'dan', 'backorder',
	pg_temp.bought('C1', '10'), '{"quantity": "0"}') ->> 'code',
	'orders.line.unknown', 'another supplier does not know the line');
select is(pg_temp.line_event('desk', :'amy', 'backorder',
	pg_temp.bought('C1', '10'), '{"quantity": "0"}') ->> 'code',
	'state.denied', 'the house does not speak for the supplier');
select is(pg_temp.line_event('distributor', :'ann', 'backorder',
	pg_temp.sold('C1', '10'), '{"quantity": "0"}') ->> 'code',
	'state.denied', 'nor does the distributor');
\ir lib/end.sql
