-- SPDX-License-Identifier: Apache-2.0
--
-- An account manager takes an order by telephone: the distributor's prices and
-- rules, the house's word.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('ira', 'agent') as ira \gset
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select id, 'desk', null, array[r], core.now() from core.person join (values
	('amy', 'account_manager'), ('joe', 'account_manager'),
	('ida', 'administrator')) v (u, r) on uid = u;
select public_id as alpha_id from core.partner where id = :alpha \gset
select public_id as beta_id from core.partner where id = :beta \gset

create function pg_temp.take(who text, partner text, lines jsonb
	default '[{"item": "P1", "quantity": "4"}]', number text default 'T1')
returns jsonb language sql as $$
	select pg_temp.ask('desk', 'partner_orders_create', who,
		pg_temp.form(number, lines) || jsonb_build_object('id', partner))
$$;

-- The form.
select pg_temp.ask('desk', 'partner_orders_new', :'amy', jsonb_build_object(
	'id', :'alpha_id')) -> 'data' as form \gset
select is(:'form'::jsonb #>> '{addresses,0,name}', 'Alpha store',
	'the form has the distributor''s addresses');
select is(:'form'::jsonb #>> '{partner,name}', 'Alpha', 'and says whose');
select is(pg_temp.ask('desk', 'partner_items_list', :'amy',
	jsonb_build_object('id', :'alpha_id', 'q', 'AP1'))
	#>> '{data,items,0,price,amount}', '100.00',
	'items have his numbers and prices');
select throws_ok(format('select pg_temp.ask(''desk'', %L, %L, %L)', op, w,
	jsonb_build_object('id', i)), s, null, n || ' ' || op)
from (values (:'joe', :'alpha_id', 'PT404', 'an account manager of others:'),
	(:'amy', :'beta_id', 'PT404', 'a supplier orders nothing:'),
	(:'ira', :'alpha_id', 'PT403', 'an agent may not:'),
	(:'ida', :'alpha_id', 'PT403', 'an administrator may not:'))
	v (w, i, s, n), unnest(array['partner_orders_new', 'partner_items_list',
	'partner_orders_create']) op;

-- Placed.
select pg_temp.take(:'amy', :'alpha_id', '[{"item": "P1", "quantity": "4"},
	{"item": "P3", "quantity": "2"}]') as made \gset
select :'made'::jsonb #>> '{data,id}' as so \gset
select is(:'made'::jsonb ->> 'status', '201', 'an order is taken');
select is(:'made'::jsonb #>> '{data,state}', 'acknowledged',
	'and acknowledged as always');
select is(:'made'::jsonb #>> '{data,lines,0,price,amount}', '100.00',
	'at his price');
select is((select count(*) from orders.head h where h.kind = 'purchase'),
	2::bigint, 'its suppliers are asked, also those that others look after');
select is(:'made'::jsonb #>> '{data,person}', 'Amy',
	'inside the house it is known who took it');
select pg_temp.ask('distributor', 'orders_show', :'ann', jsonb_build_object(
	'id', :'so', 'expand', 'history')) -> 'data' as seen \gset
select is(:'seen'::jsonb ->> 'source', 'telephone', 'the distributor sees how');
select is(:'seen'::jsonb ->> 'person', 'House', 'and that the house did it');
select is((select array_agg(distinct v ->> 'source' || ' ' || (v ->>
	'organisation') || coalesce(' ' || (v ->> 'person'), ''))
	from jsonb_array_elements(:'seen'::jsonb #> '{lines,0,history}') v
	where v ->> 'field' = 'ordered_quantity'), array['telephone House'],
	'in the history of each value, too');
select is((select array_agg(distinct v ->> 'source' || ' ' || (v ->>
	'organisation') || coalesce(' ' || (v ->> 'person'), ''))
	from jsonb_array_elements(pg_temp.ask('desk', 'orders_show', :'amy',
	jsonb_build_object('id', :'so', 'expand', 'history'))
	#> '{data,lines,0,history}') v
	where v ->> 'field' = 'ordered_quantity'), array['telephone House Amy'],
	'to the house with a name');
select ok(pg_temp.ask('distributor', 'activity_list', :'ann')::text
	!~ 'Amy', 'who of its people stays inside');
select is(pg_temp.ask('supplier', 'orders_list', :'bob', '{"view": "all"}')
	#>> '{data,items,0,lines}', '1', 'the supplier has his order');

-- Refused like the distributor's own.
select throws_ok(format('select pg_temp.take(%L, %L, %L, %L)', :'amy',
	:'alpha_id', l, no), 'PT422', 'orders.invalid', n)
from (values ('[{"item": "P9", "quantity": "1"}]', 'T2', 'an unknown item'),
	('[]', 'T3', 'no line'),
	('[{"item": "P1", "quantity": "9"}]', 'T1', 'a number used'))
	v (l, no, n);
select pg_temp.ask('desk', 'partners_event', :'amy', jsonb_build_object('id',
	:'alpha_id', 'event', 'block', 'kind', 'credit', 'reason', 'unpaid'))
	\g /dev/null
select throws_ok(format('select pg_temp.take(%L, %L, number => ''T4'')',
	:'amy', :'alpha_id'), 'PT422', 'orders.invalid',
	'a block holds for the house, too');
\ir lib/end.sql
