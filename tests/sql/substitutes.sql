-- SPDX-License-Identifier: Apache-2.0
--
-- A supplier offers another item; the buyer decides, never the system.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/changes.sql
insert into item.source (partner_id, item_id, suppliers_item_id, preferred)
select :beta, i.id, 'B4', false from item.item i where i.number = 'P4';
update exchange.agreement set tolerances = '{"days": 9, "price_percent": 50}'
where partner_id = :alpha;

select pg_temp.placed('S1', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.bought('S1', '10') as b1, pg_temp.sold('S1', '10') as s1 \gset
select is(pg_temp.line_event('supplier', :'bob', 'propose', :'b1',
	'{"substitute": "P3"}') ->> 'code', 'orders.substitute.unknown',
	'only an item that he delivers is offered');
select pg_temp.line_event('supplier', :'bob', 'propose', :'b1',
	'{"substitute": "B4", "reason_code": "discontinued"}') as r \gset
select is(:'r'::jsonb ->> 'state', 'proposed',
	'a substitute is a proposal, whatever else is as wanted');
select is(pg_temp.line_event('supplier', :'bob', 'retract', :'b1')
	->> 'state', 'open', 'it may be taken back');
select is((select substitute_id from orders.line where public_id::text
	= :'b1'), null, 'without a trace on the line');
select pg_temp.line_event('supplier', :'bob', 'propose', :'b1',
	'{"substitute": "B4"}') \g /dev/null
select is(pg_temp.line_state(:'s1'), 'open', 'nothing flows at once');
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(:'s1'), 'proposed',
	'tolerance does not accept it: the distributor decides');
select pg_temp.show('distributor', :'ann', pg_temp.so('S1'))
	#> '{data,lines,0}' as l \gset
select is(:'l'::jsonb #>> '{substitute,number}', 'P4',
	'he reads what is offered');
select is(:'l'::jsonb #>> '{offered_price,amount}', '5.00',
	'at his own price for it');
select ok(:'l' !~ 'B4|Beta', 'not whose it is');
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('S1', '20')) \g /dev/null
select pg_temp.later() \g /dev/null
select is((select canonical #>> '{lines,0,substitute_item,sellers_item_id}'
	from exchange.document where type = 'order_response' order by id desc
	limit 1), 'P4', 'his document names it, too');
select is(pg_temp.line_event('distributor', :'ann', 'accept', :'s1')
	->> 'state', 'accepted', 'he accepts');
select is((select array_agg(i.number || ' for ' || o.number order by l.id)
	from orders.line l join item.item i on i.id = l.item_id
	join item.item o on o.id = l.original_id), array['P4 for P1',
	'P4 for P1'], 'both lines are for the other item now');
select is((select l.item ->> 'sellers_item_id' from orders.line l
	where l.public_id::text = :'b1'), 'B4', 'by the supplier''s number');
select is((select price from orders.line where public_id::text = :'s1'),
	5::numeric, 'at its price');
select is(pg_temp.purchase_state('S1', '10'), 'accepted', 'and all is agreed');
select is((select value from orders.value v join orders.line l
	on l.id = v.line_id where l.public_id::text = :'b1'
	and field = 'substitute' order by v.id desc limit 1), 'P4',
	'the history says who offered it');

-- Refused: the line ends. Changed for the item ordered: the offer is gone.
select pg_temp.placed('S2', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose', pg_temp.bought('S2',
	'10'), '{"substitute": "P4"}') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose', pg_temp.bought('S2',
	'20'), '{"substitute": "P4"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_event('distributor', :'ann', 'refuse',
	pg_temp.sold('S2', '10')) ->> 'state', 'cancelled', 'he refuses');
select is(pg_temp.line_state(pg_temp.bought('S2', '10')), 'cancelled',
	'the supplier''s line ends');
select pg_temp.line_event('supplier', :'bob', 'confirm', pg_temp.bought('S2',
	'20')) \g /dev/null
select pg_temp.later() \g /dev/null
select is((select state || ' ' || coalesce(substitute_id::text, '-')
	from orders.line where public_id::text = pg_temp.sold('S2', '20')),
	'accepted -', 'a later answer takes the offer away');

-- The house has to agree on the price first; the distributor is asked anyway.
select pg_temp.placed('S3', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose', pg_temp.bought('S3',
	'10'), '{"substitute": "P4", "price": "70"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.sold('S3', '10')), 'open',
	'a higher price is the house''s matter');
select is(pg_temp.line_event('desk', :'amy', 'accept', pg_temp.bought('S3',
	'10')) ->> 'state', 'accepted', 'which accepts it');
select is((select state || ' ' || i.number from orders.line l
	join item.item i on i.id = l.substitute_id
	where l.public_id::text = pg_temp.sold('S3', '10')), 'proposed P4',
	'then the distributor decides on the item');

set constraints all immediate;
\ir lib/end.sql
