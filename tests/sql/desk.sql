-- SPDX-License-Identifier: Apache-2.0
--
-- First screens and the desk: numbers that agree with the rows behind them.
\ir lib/start.sql
\ir lib/orders.sql

-- The rows behind a number's link.
create function pg_temp.behind(login text, who text, kpi jsonb) returns int
language plpgsql as $$
declare
	op text := case when kpi ->> 'href' like '/orders%' then 'orders_list'
		when kpi ->> 'href' like '/worklist%' then 'worklist_list'
		else 'documents_list' end;
	input jsonb := (select jsonb_object_agg(split_part(p, '=', 1),
		split_part(p, '=', 2)) from regexp_split_to_table(
		split_part(kpi ->> 'href', '?', 2), '&') p);
begin
	return jsonb_array_length(pg_temp.ask(login, op, who,
		input || '{"limit": "200"}') #> '{data,items}');
end
$$;

select pg_temp.ask('distributor', 'orders_create', w, pg_temp.form(n,
	'[{"item": "P1", "quantity": "4"}, {"item": "P3", "quantity": "2"}]',
	jsonb_build_object('requested_date', core.today() + d)))
from (values (:'ann', 'K1', 2), (:'ann', 'K2', 9), (:'ann', 'K3', 20),
	(:'gus', 'K4', 3)) v (w, n, d) \g /dev/null
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('K5',
	'[]', '{"event": "save"}')) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'propose',
	pg_temp.bought('K3', '10'), jsonb_build_object('date',
	core.today() + 30)) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('K1', '10')) \g /dev/null
select pg_temp.later() \g /dev/null

-- Home.
select pg_temp.ask('distributor', 'home', :'ann') #> '{data}' as h \gset
select is(:'h'::jsonb #>> '{needs_you,0,kind}', 'decisions',
	'a distributor''s decisions come first');
select is((select array_agg(k ->> 'name' || ' ' || (k ->> 'value'))
	from jsonb_array_elements(:'h'::jsonb -> 'kpis') k), array['orders_open 3',
	'orders_late 0', 'orders_week 1', 'documents_failed 0'], 'numbers');
select is((k ->> 'value')::int, pg_temp.behind('distributor', :'ann', k),
	k ->> 'name' || ' opens its rows')
from jsonb_array_elements(:'h'::jsonb -> 'kpis') k;
select is((k ->> 'count')::int, pg_temp.behind('distributor', :'ann', k),
	k ->> 'kind' || ' opens its rows')
from jsonb_array_elements(:'h'::jsonb -> 'needs_you') k;
select is(jsonb_array_length(:'h'::jsonb -> 'arriving'), 1,
	'what arrives this week');
select pg_temp.ask('supplier', 'home', :'bob') #> '{data}' as h \gset
select is((k ->> 'value')::int, pg_temp.behind('supplier', :'bob', k),
	k ->> 'name' || ' opens its rows')
from jsonb_array_elements(:'h'::jsonb -> 'kpis') k;
select is(pg_temp.ask('distributor', 'home', :'gus')
	#>> '{data,kpis,0,value}', '1', 'everybody counts his own');
select pg_temp.ask('desk', 'home', :'amy') #> '{data}' as h \gset
select is((k ->> 'value')::int, pg_temp.behind('desk', :'amy', k),
	k ->> 'name' || ' opens its rows')
from jsonb_array_elements(:'h'::jsonb -> 'kpis') k;
select is(pg_temp.ask('desk', 'home', :'joe') #>> '{data,kpis,0,value}', '0',
	'who looks after nobody sees nothing');

-- Portfolio.
select pg_temp.ask('desk', 'portfolio_list', :'amy') #> '{data}' as p \gset
select is((select array_agg(i ->> 'name' order by i ->> 'name')
	from jsonb_array_elements(:'p'::jsonb -> 'items') i),
	array['Alpha', 'Beta', 'Delta'], 'the assigned partners');
select is((select i ->> 'unanswered' from jsonb_array_elements(:'p'::jsonb
	-> 'items') i where i ->> 'name' = 'Beta'), '2',
	'with what waits for an answer');
select is((select (i ->> 'silent')::boolean from jsonb_array_elements(
	:'p'::jsonb -> 'items') i where i ->> 'name' = 'Delta'), true,
	'and who is silent');
select is((k ->> 'value')::int, pg_temp.behind('desk', :'amy', k),
	k ->> 'name' || ' opens its rows')
from jsonb_array_elements(:'p'::jsonb -> 'kpis') k
where k ->> 'name' in ('unanswered', 'orders_late', 'documents_failed');
select is((select array_agg((v ->> 'count')::int = jsonb_array_length(
	pg_temp.ask('desk', 'portfolio_list', :'amy', jsonb_build_object('view',
	v ->> 'name')) #> '{data,items}')) from jsonb_array_elements(:'p'::jsonb
	-> 'views') v), array[true, true, true, true, true],
	'each view holds what its tab says');
select is(:'p'::jsonb #>> '{unanswered,0,partner,name}', 'Beta',
	'unanswered orders by due time');
update core.clock set shift = shift + interval '25 hours';
update core.session set expires_at = expires_at + interval '2 days',
	touched_at = touched_at + interval '25 hours';
select is(pg_temp.ask('desk', 'portfolio_list', :'amy')
	#>> '{data,items,0,signal}', 'overdue', 'after a day they are overdue');
select is((select (n ->> 'count')::int from jsonb_array_elements(pg_temp.ask(
	'desk', 'home', :'amy') #> '{data,needs_you}') n
	where n ->> 'kind' = 'overdue'), jsonb_array_length(pg_temp.ask('desk',
	'orders_list', :'amy', '{"view": "overdue", "limit": "200"}')
	#> '{data,items}'), 'and the number leads to exactly those');

-- Partners.
select is(jsonb_array_length(pg_temp.ask('desk', 'partners_list', :'ida')
	#> '{data,items}'), 4, 'an administrator sees every partner');
select is(pg_temp.ask('desk', 'partners_list', :'ida', '{"q": "gam"}')
	#>> '{data,items,0,name}', 'Gamma', 'and finds one by name');
select pg_temp.ask('desk', 'partners_list', :'ida', '{"limit": "2"}')
	#>> '{data,next}' as next \gset
select is(pg_temp.ask('desk', 'partners_list', :'ida', jsonb_build_object(
	'limit', '2', 'after', :'next')) #>> '{data,items,0,name}', 'Delta',
	'page by page');
select pg_temp.ask('desk', 'partners_show', :'amy', jsonb_build_object('id',
	(select public_id from core.partner where slug = 'beta'))) as s \gset
select is(:'s'::jsonb #>> '{data,kind}', 'supplier', 'one partner');
select is((k ->> 'value')::int, pg_temp.behind('desk', :'amy', k),
	k ->> 'name' || ' opens its rows')
from jsonb_array_elements(:'s'::jsonb #> '{data,kpis}') k
where k ->> 'name' not in ('open_value', 'answered_in_time');
select is(jsonb_array_length(:'s'::jsonb #> '{data,events}'),
	(select count(*)::int from core.event where partner_id = :beta),
	'with everything that happened');
select ok(jsonb_path_exists(:'s'::jsonb, '$.data.events[*] ?
	(@.actor == "Bob")'), 'and who did it');
select is(pg_temp.ask('desk', 'partners_show', :'amy', jsonb_build_object(
	'id', (select public_id from core.partner where slug = 'beta'), 'tab',
	'documents')) #> '{data,events}', '[]'::jsonb, 'by kind');
select throws_ok(format($$ select pg_temp.ask('desk', 'partners_show', %L,
	%L) $$, :'amy', jsonb_build_object('id', (select public_id
	from core.partner where slug = 'gamma'))), 'PT404', 'absent',
	'a partner not assigned is absent');
select throws_ok(format($$ select pg_temp.ask('supplier', 'partners_list',
	%L) $$, :'bob'), 'PT403', null, 'partners do not see partners');
\ir lib/end.sql
