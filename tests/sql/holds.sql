-- SPDX-License-Identifier: Apache-2.0
--
-- Values held back: who may, what waits, what flows when it is let go, and
-- that only the house knows.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('ira', 'agent') as ira \gset
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form(n,
	'[{"item": "P1", "quantity": "10"}]'))
from unnest(array['H1', 'H2', 'H3']) n \g /dev/null
create function pg_temp.holds(who text, input jsonb default '{}')
returns jsonb language sql as $$
	select pg_temp.ask('desk', 'holds_list', who, input) -> 'data'
$$;

-- Held on the distributor's line: the supplier's word waits.
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.sold('H1', '10'),
	'{"reason_text": "asking back"}') \g /dev/null
select is(pg_temp.line_event('desk', :'amy', 'hold', pg_temp.sold('H1', '10'),
	'{"reason_text": "again"}') ->> 'code', 'orders.hold.twice',
	'a value is held once');
select is(pg_temp.line_event('desk', :'amy', 'hold', pg_temp.bought('H1', '10'),
	'{"reason_text": "again"}') ->> 'code', 'orders.hold.twice',
	'on either side');
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('H1', '10'), jsonb_build_object('date', core.today() + 30,
	'reason_code', 'capacity')) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('desk', :'amy', 'accept',
	pg_temp.bought('H1', '10')) \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('H1', '10')), 'open',
	'what is held does not reach the distributor');
select pg_temp.holds(:'amy') as h \gset
select is(jsonb_array_length(:'h'::jsonb -> 'items'), 1, 'it is on the list');
select is(:'h'::jsonb #>> '{items,0,reason}', 'asking back', 'with its reason');
select is(:'h'::jsonb #>> '{items,0,person}', 'Amy', 'with who holds it');
select ok(:'h'::jsonb #> '{items,0,waiting}' @> jsonb_build_array(
	jsonb_build_object('field', 'promised_date', 'value',
	(core.today() + 30)::text, 'shown', null)), 'and with what waits');
select is(:'h'::jsonb #>> '{items,0,can,release_hold}', 'true',
	'it can be let go from there');
select is(pg_temp.holds(:'ira') #>> '{items,0,can,release_hold}', 'false',
	'an agent only reads');
select is(jsonb_array_length(pg_temp.holds(:'joe') -> 'items'), 0,
	'another manager''s partners are his affair');
select is(jsonb_array_length(pg_temp.holds(:'amy', jsonb_build_object('q', q))
	-> 'items'), n, 'found by ' || q)
from (values ('asking', 1), ('H1', 1), ('nothing', 0)) v (q, n);
select is(jsonb_array_length(pg_temp.holds(:'amy', jsonb_build_object(
	'partner', p.public_id)) -> 'items'), n, 'of a partner')
from (values (:alpha, 1), (:beta, 0)) v (k, n)
join core.partner p on p.id = v.k;
select ok(pg_temp.ask('desk', 'orders_show', :'amy', jsonb_build_object('id',
	h.public_id)) #>> '{data,lines,0,hold,reason}' = 'asking back', h.kind
	|| ' line shows the hold')
from orders.head h where h.partner_number = 'H1' or h.linked_order_id
	= (select id from orders.head where partner_number = 'H1');

-- Let go from the other side, it flows.
select is(pg_temp.line_event('desk', :'amy', 'release_hold',
	pg_temp.bought('H1', '10')) ->> 'status', '200', 'let go');
select is(pg_temp.line_state(pg_temp.sold('H1', '10')), 'proposed',
	'the value flows');
select is((select latest_promised_date - core.today() from orders.line
	where public_id::text = pg_temp.sold('H1', '10')), 30, 'as it was said');
select is(pg_temp.line_event('desk', :'amy', 'release_hold',
	pg_temp.bought('H1', '10')) ->> 'code', 'orders.hold.none',
	'nothing is let go twice');
select is(jsonb_array_length(pg_temp.holds(:'amy') -> 'items'), 0,
	'the list is empty');
select pg_temp.holds(:'amy', '{"view": "released"}') as h \gset
select is((:'h'::jsonb #>> '{items,0,released_by}') || ' '
	|| (:'h'::jsonb #>> '{views,1,count}'), 'Amy 1', 'it is remembered');

-- The audit.
select is((select array_agg(e.type || ' ' || e.internal || ' ' || e.actor_name
	|| ' ' || (e.data ->> 'reason') order by e.seq) from core.event e
	where e.type in ('order.line.held', 'order.line.released')),
	array['order.line.held true Amy asking back',
	'order.line.released true Amy asking back'],
	'the timeline says who held what and why, inside the house');
select ok((select data ? 'since' from core.event
	where type = 'order.line.released'), 'and since when');
select ok(position('asking back' in (pg_temp.ask(l, 'activity_list', w)
	|| pg_temp.ask(l, 'orders_list', w, '{"view": "all"}'))::text) = 0
	and position('order.line.held' in pg_temp.ask(l, 'activity_list', w)::text)
	= 0, l || ' hears nothing of it')
from (values ('distributor', :'ann'), ('supplier', :'bob')) v (l, w);
select throws_ok(format($$ select pg_temp.ask('%s', 'holds_list', %L) $$, l, w),
	'PT403', 'permission.denied', l || ' has no such list')
from (values ('distributor', :'ann'), ('supplier', :'bob')) v (l, w);

-- What may be held and by whom.
select is(pg_temp.line_event('desk', :'amy', 'hold', pg_temp.bought('H2', '10'),
	'{"reason_text": "  "}') ->> 'code', 'orders.reason.wanted',
	'blanks are no reason');
select is(pg_temp.line_event(l, w, 'hold', line, '{"reason_text": "x"}')
	->> 'status', s, n)
from (values ('supplier', :'bob', pg_temp.bought('H2', '10'), '403',
	'a supplier holds nothing'), ('distributor', :'ann',
	pg_temp.sold('H2', '10'), '403', 'nor a distributor'))
	v (l, w, line, s, n);

-- Goods that left meanwhile show when the value is let go, even of an order
-- that is over on the supplier's side.
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('H2', '10')) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('H2', '10')), 'accepted', 'confirmed');
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.bought('H2', '10'),
	'{"reason_text": "wrong quantity?"}') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'ship',
	pg_temp.bought('H2', '10')) \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('H2', '10')), 'accepted',
	'shipped goods wait');
select is((select state from orders.head h where h.id = (select order_id
	from orders.line where public_id::text = pg_temp.bought('H2', '10'))),
	'completed', 'the supplier''s order is over');
select is(pg_temp.line_event('desk', :'amy', 'release_hold',
	pg_temp.bought('H2', '10')) ->> 'status', '200', 'and yet let go');
select is(pg_temp.line_state(pg_temp.sold('H2', '10')), 'shipped',
	'then the distributor sees the shipment');

-- A hold that nothing waits behind.
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.sold('H3', '10'),
	'{"reason_text": "later"}') \g /dev/null
select is(pg_temp.holds(:'amy') #> '{items,0,waiting}', '[]',
	'nothing was said yet');
select is(pg_temp.ask('desk', 'home', :'amy') #>> '{data,needs_you}' ~
	'"href": "/holds", "kind": "held"', true,
	'the first page of the desk leads there');
set constraints all immediate;
select pass('everything adds up');
\ir lib/end.sql
