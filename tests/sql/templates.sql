-- SPDX-License-Identifier: Apache-2.0
--
-- Order templates: kept from an order, used, removed; a distributor's own.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('abe', 'distributor_user', :alpha) as abe \gset
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('T1',
	'[{"item": "P1", "quantity": "4"}, {"item": "AP2", "quantity": "2"}]'))
	#>> '{data,id}' as so \gset
create function pg_temp.keep(who text, of_order text, name text)
returns jsonb language sql as $$
	select pg_temp.ask('distributor', 'templates_create', who,
		jsonb_build_object('id', of_order, 'name', name))
$$;
create function pg_temp.names(who text) returns text[] language sql as $$
	select array(select t ->> 'name' from jsonb_array_elements(pg_temp.ask(
		'distributor', 'templates_list', who) #> '{data,items}') t)
$$;

select is(pg_temp.names(:'ann'), '{}'::text[], 'none yet');
select pg_temp.keep(:'ann', :'so', ' Seals ') as made \gset
select is(:'made'::jsonb ->> 'status', '201', 'an order is kept');
select :'made'::jsonb #>> '{data,id}' as id \gset
select is(pg_temp.names(:'abe'), array['Seals'], 'colleagues see it');
select is(pg_temp.ask('distributor', 'templates_list', :'abe')
	#>> '{data,items,0,others}', '0', 'its two items are named, no others');
select pg_temp.keep(:'ann', pg_temp.ask('distributor', 'orders_create', :'ann',
	pg_temp.form('T9', (select jsonb_agg(jsonb_build_object('item', 'P1',
	'quantity', n)) from generate_series(1, 5) n))) #>> '{data,id}', 'All')
	\g /dev/null
select is((select array[t ->> 'others', jsonb_array_length(t -> 'first')::text]
	from jsonb_array_elements(pg_temp.ask('distributor', 'templates_list',
	:'ann') #> '{data,items}') t where t ->> 'name' = 'All'),
	array['2', '3'], 'of five three are named and two counted');
select pg_temp.ask('distributor', 'templates_delete', :'ann',
	jsonb_build_object('id', t.public_id)) from orders.template t
where t.name = 'All' \g /dev/null
select is(pg_temp.names(:'gus'), '{}'::text[], 'another distributor does not');
select throws_ok(format('select pg_temp.keep(%L, %L, %L)', w, :'so', n),
	s, null, m)
from (values (:'abe', 'SEALS', 'PT422', 'a name stands once'),
	(:'ann', ' ', 'PT422', 'it needs a name'),
	(:'ann', repeat('x', 81), 'PT422', 'a short one'),
	(:'gus', 'Mine', 'PT404', 'nobody keeps another''s order'))
	v (w, n, s, m);

select pg_temp.ask('distributor', 'orders_new', :'abe', jsonb_build_object(
	'template', :'id')) #> '{data,draft}' as draft \gset
select is(:'draft'::jsonb #>> '{lines,0,quantity}', '4', 'a form starts from it');
select is(:'draft'::jsonb #>> '{lines,1,name}', 'Seal',
	'with the items'' names');
select is(pg_temp.ask('distributor', 'orders_create', :'abe',
	:'draft'::jsonb || '{"partner_number": "T2"}') #>> '{data,state}',
	'acknowledged', 'and is ordered');
select throws_ok(format($$select pg_temp.ask('distributor', 'orders_new', %L,
	%L)$$, :'gus', jsonb_build_object('template', :'id')), 'PT404', 'absent',
	'not by others');
select throws_ok(format($$select pg_temp.ask('distributor',
	'templates_delete', %L, %L)$$, :'gus', jsonb_build_object('id', :'id')),
	'PT404', 'absent', 'nor removed');
select throws_ok(format($$select pg_temp.ask('supplier', 'templates_list',
	%L)$$, :'bob'), 'PT403', 'permission.denied', 'a supplier has none');
select pg_temp.ask('distributor', 'templates_delete', :'abe',
	jsonb_build_object('id', :'id')) \g /dev/null
select is(pg_temp.names(:'ann'), '{}'::text[], 'it is removed');
select is((select count(*) from orders.head where partner_number = 'T2'),
	1::bigint, 'what was ordered from it stays');
\ir lib/end.sql
