-- SPDX-License-Identifier: Apache-2.0
--
-- What a seller may say of a line, and what of it counts as his word.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/says.sql

create function pg_temp.told(number text) returns text[]
language sql as $$
	select array_agg(e.type || ' ' || coalesce(e.data -> 'lines' ->> 0, '')
		|| ' by ' || e.actor_name order by e.seq)
	from core.event e join orders.head h on h.public_id = e.object_id
	where told.number in (h.number, h.partner_number)
$$;
create function pg_temp.first_promise(line text) returns int
language sql as $$
	select first_promised_date - core.today() from orders.line
	where public_id::text = first_promise.line
$$;

select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('N1',
	'[{"item": "P1", "quantity": "10"}, {"item": "P2", "quantity": "8"},
	{"item": "P1", "quantity": "6"}]')) \g /dev/null
select ok('order.acknowledged  by Kontor' = any (pg_temp.told('N1')),
	'that the house acknowledged is not the distributor''s doing');
select is((pg_temp.told('N1'))[1], 'order.submitted 3 by Ann',
	'that he ordered is');

-- Days that have gone by.
select is(pg_temp.say('propose', 'N1', '10', jsonb_build_object('date',
	core.today() - 1)) ->> 'code', 'orders.date.past',
	'nobody promises yesterday');
select is(pg_temp.say('propose', 'N1', '10', jsonb_build_object('date',
	core.today() - 1)) ->> 'pointer', '/date', 'and hears which field');
select is(pg_temp.say('propose', 'N1', '10', jsonb_build_object('date',
	core.today())) ->> 'state', 'proposed', 'today may be');

-- What is taken back before it left was never promised.
select is(pg_temp.say('propose', 'N1', '10', jsonb_build_object('date',
	core.today() + 20)) ->> 'state', 'proposed', 'another answer at once');
select is(pg_temp.first_promise(pg_temp.bought('N1', '10')), 20,
	'replaces the first promise, too');
select is(pg_temp.say('retract', 'N1', '10') ->> 'state', 'open',
	'taken back, the line is open');
select is(pg_temp.first_promise(pg_temp.bought('N1', '10')), null,
	'and nothing was promised');
select is(pg_temp.say('confirm', 'N1', '10') ->> 'state', 'accepted',
	'confirmed');
select pg_temp.later() \g /dev/null
select is(pg_temp.first_promise(pg_temp.bought('N1', '10')), 10,
	'the first promise that left');

-- Later words.
select is(pg_temp.say('propose', 'N1', '10', jsonb_build_object('date',
	core.today() + 25)) ->> 'code', 'orders.reason.wanted',
	'a later proposal wants a reason');
select is(pg_temp.say('propose', 'N1', '10', jsonb_build_object('date',
	core.today() + 25, 'reason_code', 'transport')) ->> 'state', 'proposed',
	'with one it goes to the buyer');
select is(pg_temp.first_promise(pg_temp.bought('N1', '10')), 10,
	'the first promise stays');
select pg_temp.say('retract', 'N1', '10') \g /dev/null
select is(pg_temp.say('expect', 'N1', '10', jsonb_build_object('date',
	core.today() - 1)) ->> 'code', 'orders.date.past',
	'nobody expects yesterday');
select is(pg_temp.say('backorder', 'N1', '10', '{"quantity": "4"}')
	->> 'code', 'orders.date.wanted',
	'what comes later comes on a day: only 0 means never');
select is(pg_temp.line_state(pg_temp.bought('N1', '10')), 'accepted',
	'nothing was cancelled by a forgotten day');

-- Explicit zero is told as what it is.
select pg_temp.say('confirm', 'N1', '20') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.say('backorder', 'N1', '20', '{"quantity": "0"}')
	->> 'state', 'cancelled', 'nothing more will come');
select pg_temp.later() \g /dev/null
select ok('order.line.ended 20 by Bob' = any (pg_temp.told((select h.number
	from orders.line l join orders.head h on h.id = l.order_id
	where l.public_id::text = pg_temp.bought('N1', '20')))),
	'the supplier''s timeline says ended');
select ok('order.line.ended 20 by Kontor' = any (pg_temp.told('N1')),
	'the distributor''s, too, not that it was rejected');

-- What was not taken back in time was promised, also before the worker looked.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form(n,
	'[{"item": "P1", "quantity": "3"}]')) from (values ('N2'), ('N3'), ('N4'))
	v (n) \g /dev/null
select pg_temp.say('confirm', n, '10') from (values ('N2'), ('N3'), ('N4'))
	v (n) \g /dev/null
select pg_temp.line_event('distributor', :'ann', 'cancel',
	pg_temp.sold('N2', '10')) \g /dev/null
select is(pg_temp.first_promise(pg_temp.bought('N2', '10')), null,
	'cancelled within the window, nothing was promised');
update core.clock set shift = shift + interval '5 seconds';
select pg_temp.line_event('distributor', :'ann', 'cancel',
	pg_temp.sold('N3', '10')) \g /dev/null
select is(pg_temp.line_state(pg_temp.bought('N3', '10')), 'cancelled',
	'a line cancelled after it');
select is(pg_temp.first_promise(pg_temp.bought('N3', '10')), 10,
	'keeps what was promised first');
select is(pg_temp.say('propose', 'N4', '10', jsonb_build_object('date',
	core.today() + 30, 'reason_code', 'transport')) ->> 'state', 'proposed',
	'the next answer after it');
select is(pg_temp.first_promise(pg_temp.bought('N4', '10')), 10,
	'does so, too');

-- CA names what is missing; who comes too late hears who was quicker.
select throws_ok(format($$ select pg_temp.ask('supplier', 'orders_event', %L,
	%L) $$, :'bob', jsonb_build_object('id', h.public_id, 'event', 'respond',
	'version', h.version)), 'PT422', 'orders.response.incomplete',
	'CA answers every line')
from orders.line l join orders.head h on h.id = l.order_id
where l.public_id::text = pg_temp.bought('N1', '10');
select is(pg_temp.say('confirm', 'N1', '30', '{"version": "7"}') #>> '{args,by}',
	'Bob', 'a stale step names who moved the order last');
select is(pg_temp.say('confirm', 'N1', '30', '{"version": "7"}') ->> 'status',
	'412', 'and is a conflict');

-- Where a changed answer starts.
select pg_temp.ask('supplier', 'orders_show', :'bob', jsonb_build_object('id',
	(select h.public_id from orders.line l join orders.head h
	on h.id = l.order_id where l.public_id::text = pg_temp.bought('N1', '30'))))
	-> 'data' as o \gset
select is(:'o'::jsonb #>> '{lines,2,promise,parts,0,quantity}', '6',
	'an unanswered line starts with what was ordered');
select is(:'o'::jsonb #>> '{lines,1,promise}', null,
	'one that has ended with nothing');
\ir lib/end.sql
