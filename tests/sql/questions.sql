-- SPDX-License-Identifier: Apache-2.0
--
-- A question about an order line is a case that both the line and the case
-- lead to; the supplier does not hear of it.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('abe', 'distributor_user', :alpha) as abe \gset
select pg_temp.person('ada', 'distributor_admin', :alpha) as ada \gset
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('Q1',
	'[{"item": "P1", "quantity": "4"}, {"item": "P2", "quantity": "2"}]'))
	as made \gset
select :'made'::jsonb #>> '{data,id}' as so \gset
select pg_temp.sold('Q1', '10') as line \gset
select h.public_id as po from orders.head h where h.kind = 'purchase' \gset

create function pg_temp.questions(login text, who text, of_order text,
	line int) returns jsonb language sql as $$
	select pg_temp.ask(login, 'orders_show', who, jsonb_build_object('id',
		of_order)) #> array['data', 'lines', line::text, 'questions']
$$;

-- The form starts from the line.
select is(:'made'::jsonb #>> '{data,can,ask}', 'true',
	'a distributor may ask about his lines');
select pg_temp.ask('distributor', 'cases_new', :'ann', jsonb_build_object(
	'order_line', :'line')) #> '{data,draft}' as draft \gset
select is(:'draft'::jsonb - 'order' - 'subject', jsonb_build_object('serial',
	null, 'order_line', :'line', 'line_id', '10', 'item', 'P1', 'case_type',
	'enquiry'), 'the form knows line, item and kind');
select is(:'draft'::jsonb ->> 'subject', (:'made'::jsonb #>> '{data,number}')
	|| ' / 10 – Pump', 'and the subject');
select is(pg_temp.ask('distributor', 'cases_new', :'gus', jsonb_build_object(
	'order_line', :'line')) #> '{data,draft}', '{"serial": null}',
	'another distributor learns nothing of the line');
select is(pg_temp.questions('distributor', :'ann', :'so', 0), '[]',
	'nothing was asked yet');

select is(pg_temp.ask('desk', 'orders_show', :'amy', jsonb_build_object('id',
	:'so')) #>> '{data,can,log_case}', 'true', 'the house may log one for him');
select is(pg_temp.ask('desk', 'partner_cases_new', :'amy', jsonb_build_object(
	'id', (select public_id from core.partner where id = :alpha),
	'order_line', :'line')) #>> '{data,draft,line_id}', '10',
	'about the line, too');

-- Asked.
select pg_temp.ask('distributor', 'cases_create', :'ann', :'draft'::jsonb
	- 'order' - 'line_id' || '{"symptom": "Which flange?"}') #>> '{data,id}'
	as question \gset
select is(pg_temp.questions('distributor', :'ann', :'so', 0)
	#>> '{0,id}', :'question', 'it stands at the line');
select is(pg_temp.questions('distributor', :'ann', :'so', 0)
	#>> '{0,state}', 'new', 'with its state');
select is(pg_temp.questions('distributor', :'ann', :'so', 1), '[]',
	'and not at another one');
select is(pg_temp.ask('distributor', 'cases_show', :'ann', jsonb_build_object(
	'id', :'question')) #>> '{data,order_line,line_id}', '10',
	'the case leads back to the line');

-- Who sees it.
select is(jsonb_array_length(pg_temp.questions('distributor', :'ada', :'so',
	0)), 1, 'an administrator of the company does');
select is(pg_temp.questions('distributor', :'abe', :'so', 0), '[]',
	'a colleague who may not see the case does not');
select is(jsonb_array_length(pg_temp.questions('desk', :'amy', :'so', 0)), 1,
	'the account manager does');
select is(jsonb_array_length(pg_temp.questions('desk', :'amy', :'po', 0)), 1,
	'also at the line of the supplier who delivers it');
select is(pg_temp.questions('supplier', :'bob', :'po', 0), '[]',
	'the supplier does not');
select is(pg_temp.ask('supplier', 'orders_show', :'bob', jsonb_build_object(
	'id', :'po')) #> '{data,can,ask}', null, 'nor does he ask');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_create', %L,
	%L)$$, :'gus', jsonb_build_object('subject', 'x', 'order_line', :'line')),
	'PT422', 'input.invalid', 'nobody asks about another''s line');
\ir lib/end.sql
