-- SPDX-License-Identifier: Apache-2.0
--
-- The place of delivery of an order changes: who is asked, who keeps the old
-- one, and who reads that.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql
\ir lib/changes.sql

-- Orders go to alpha's store, where they do not say another place.
create or replace function pg_temp.form(number text, lines jsonb,
	more jsonb default '{}') returns jsonb language sql as $$
	select jsonb_build_object('partner_number', number, 'requested_date',
		core.today() + 10, 'lines', lines, 'ship_to', (select public_id
		from core.address where code = 'W1')) || more
$$;

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
	select ship_to #>> '{address,city}' from orders.head
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
	'partly Village Town Village',
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
	'partly Village Town Village', 'likewise where the other one refuses');
select pg_temp.moved('L4', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('L4', '10'),
	'accept') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('L4', '20'),
	'refuse', '{"reason_code": "transport"}') \g /dev/null
select is(pg_temp.change_state('L4') || ' ' || pg_temp.places('L4'),
	'partly Village Village Town', 'or refuses the place alone');
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
select is(pg_temp.places('L7') || ' ' || (select trim_scale(ordered)
	from orders.line where public_id::text = pg_temp.sold('L7', '10')),
	'Village Town Village 4', 'refused, it is what it was before');

-- Who delivers there already is not asked again, whoever else is.
create function pg_temp.asked(number text, line text) returns int
language sql as $$
	select pg_temp.changes(pg_temp.po(asked.number, asked.line))
$$;
create function pg_temp.head_of(number text) returns jsonb language sql as $$
	select c.head from orders.change c join orders.head h
		on h.id = c.order_id where h.partner_number = head_of.number
	order by c.id desc limit 1
$$;
select pg_temp.moved('M1', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('M1', '20'),
	'accept') \g /dev/null
select pg_temp.change(:'ann', 'M1', '[{"line_id": "10", "quantity": "6"}]')
	\g /dev/null
select is(pg_temp.asked('M1', '10') || ' ' || pg_temp.asked('M1', '20'),
	'2 1', 'who agreed to the place is not asked for it again');
select is((select head #>> '{ship_to,new,address,city}' from orders.change
	where order_id = pg_temp.po_key('M1', '10') and state = 'pending'),
	'Village', 'who did not answer is');
select is(pg_temp.show('distributor', :'ann', pg_temp.so('M1'))
	#>> '{data,changes,0,ship_to,old,city}', 'Town',
	'the page names the place that goods still go to');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('M1', '10'),
	'accept') \g /dev/null
select is(pg_temp.change_state('M1') || ' ' || pg_temp.places('M1'),
	'accepted Village Village Village', 'then it is one place');

-- With lines that came true of the older change, too.
select pg_temp.moved('M2', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('M2', '10'),
	'accept') \g /dev/null
select pg_temp.change(:'ann', 'M2', '[{"line_id": "20", "quantity": "9"}]')
	\g /dev/null
select is(pg_temp.asked('M2', '10') || ' ' || pg_temp.asked('M2', '20'),
	'1 2', 'nor he whose line was changed with it');
select is((select head #>> '{ship_to,new,address,city}' from orders.change
	where order_id = pg_temp.po_key('M2', '20') and state = 'pending'),
	'Village', 'the other one is asked for line and place');
select pg_temp.change_step('supplier', :'dan', pg_temp.po('M2', '20'),
	'refuse', '{"reason_code": "transport"}') \g /dev/null
select is(pg_temp.change_state('M2') || ' ' || pg_temp.places('M2'),
	'refused Village Village Town', 'and may refuse both');

-- Back to where it was: he who agreed is asked, he who did not need not answer.
select pg_temp.moved('M3', :'ann', :'bob', :'dan') \g /dev/null
select pg_temp.change_step('supplier', :'dan', pg_temp.po('M3', '20'),
	'accept') \g /dev/null
select pg_temp.change(:'ann', 'M3', '[{"line_id": "10", "quantity": "4"}]',
	jsonb_build_object('event', 'send', 'ship_to', (select public_id
	from core.address where code = 'W1'))) \g /dev/null
select is(pg_temp.asked('M3', '10') || ' ' || pg_temp.asked('M3', '20'),
	'1 2', 'the former place is asked of him who left it');
select is((select state from orders.change
	where order_id = pg_temp.po_key('M3', '10')), 'withdrawn',
	'he who still has it is let go');
select pg_temp.change_step('supplier', :'dan', pg_temp.po('M3', '20'),
	'accept') \g /dev/null
select is(pg_temp.change_state('M3') || ' ' || pg_temp.places('M3'),
	'accepted Town Town Town', 'and all is as it was');

-- Who kept the old place: the distributor reads lines, the house the name.
select pg_temp.show('distributor', :'ann', pg_temp.so('L4'))
	#> '{data,changes,0,places}' as seen \gset
select is(:'seen'::jsonb, '[{"lines": ["10"], "state": "accepted", "tone":
	"ok", "supplier": null}, {"lines": ["20"], "state": "refused", "tone":
	"bad", "supplier": null}]'::jsonb,
	'a distributor reads which lines go where');
select ok(not pg_temp.show('distributor', :'ann', pg_temp.so('L4'))::text
	~* 'beta|delta', 'and no supplier''s name');
select is((select jsonb_agg(jsonb_build_array(e -> 'lines', e -> 'state',
	e #> '{supplier,name}', e #> '{supplier,number}') order by e -> 'lines')
	from jsonb_array_elements(pg_temp.show('desk', :'amy', pg_temp.so('L4'))
	#> '{data,changes,0,places}') e), (select jsonb_build_array(
	jsonb_build_array('["10"]'::jsonb, 'accepted', 'Beta', b.number),
	jsonb_build_array('["20"]'::jsonb, 'refused', 'Delta', d.number))
	from orders.head b, orders.head d where b.id = pg_temp.po_key('L4', '10')
	and d.id = pg_temp.po_key('L4', '20')),
	'their account manager reads who');
select is(pg_temp.show('supplier', :'bob', pg_temp.po('L4', '10'))
	#> '{data,changes,0,places}', '[]'::jsonb, 'a supplier nothing of others');
delete from core.assignment where partner_id = :delta;
select is(pg_temp.show('desk', :'amy', pg_temp.so('L4'))
	#> '{data,changes,0,places,1}', '{"lines": ["20"], "state": "refused",
	"tone": "bad", "supplier": null}'::jsonb,
	'an account manager names no supplier whom he does not look after');
insert into core.assignment (partner_id, person_id)
select :delta, id from core.person where uid = 'amy';

-- An order that its supplier does not know yet goes to the new place at once;
-- so does one that the change itself brings about.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('M4',
	'[{"item": "P3", "quantity": "4"}]')) \g /dev/null
select pg_temp.change(:'ann', 'M4', '[]', jsonb_build_object('event', 'send',
	'ship_to', :'place')) \g /dev/null
select is(pg_temp.change_state('M4') || ' ' || pg_temp.places('M4'),
	'accepted Village Village', 'a draft follows');
select pg_temp.answered('M5', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.change(:'ann', 'M5', '[{"line_id": "10", "quantity": "5"},
	{"item": "P3", "quantity": "2"}]', jsonb_build_object('event', 'send',
	'ship_to', :'place')) \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('M5', '10'),
	'accept') \g /dev/null
select pg_temp.change_step('desk', :'amy', pg_temp.so('M5'), 'accept')
	\g /dev/null
select is(pg_temp.change_state('M5') || ' ' || pg_temp.places('M5'),
	'accepted Village Village Village', 'what is added goes there');

-- Of goods of the house nobody else is asked: an account manager decides.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('M6',
	'[{"item": "P4", "quantity": "4"}]')) \g /dev/null
select pg_temp.line_event('desk', :'amy', 'confirm', pg_temp.sold('M6', '10'))
	\g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.change(:'ann', 'M6', '[]', jsonb_build_object('event', 'send',
	'ship_to', :'place')) \g /dev/null
select is(pg_temp.change_state('M6') || ' ' || coalesce(pg_temp.show('desk',
	:'amy', pg_temp.so('M6')) #>> '{data,changes,0,can,accept}', 'nobody'),
	'pending true', 'the place of the house''s own goods waits for it');
select pg_temp.change_step('desk', :'amy', pg_temp.so('M6'), 'accept')
	\g /dev/null
select is(pg_temp.change_state('M6') || ' ' || pg_temp.places('M6'),
	'accepted Village', 'who says so');

set constraints all immediate;
\ir lib/end.sql
