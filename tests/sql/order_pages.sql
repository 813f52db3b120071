-- SPDX-License-Identifier: Apache-2.0
--
-- An order with many lines is shown a page at a time; who said what of a line
-- is read where it is asked for.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql
\ir lib/changes.sql

select pg_temp.placed('G1', (select jsonb_agg('{"item": "P1",
	"quantity": "4"}'::jsonb) from generate_series(1, 240))) \g /dev/null
create function pg_temp.seen(login text, who text, more jsonb default '{}')
returns jsonb language sql as $$
	select pg_temp.ask(login, 'orders_show', who, jsonb_build_object('id',
		case login when 'supplier' then pg_temp.po('G1', '10')
		else pg_temp.so('G1') end) || more) -> 'data'
$$;
create function pg_temp.shown(answer jsonb) returns text language sql as $$
	select jsonb_array_length(answer -> 'lines') || ': '
		|| (answer #>> '{lines,0,line_id}') || '-'
		|| (answer #>> '{lines,-1,line_id}')
$$;

select pg_temp.seen('distributor', :'ann') as a \gset
select is(pg_temp.shown(:'a'), '100: 10-1000', 'a hundred lines are shown');
select is(:'a'::jsonb -> 'lines_page', '{"from": 1, "to": 100, "count": 240,
	"pages": [{"line": "10", "from": 1, "to": 100, "current": true},
	{"line": "1010", "from": 101, "to": 200, "current": false},
	{"line": "2010", "from": 201, "to": 240, "current": false}]}'::jsonb,
	'with the pages that there are');
select is(:'a'::jsonb #>> '{total,amount}', '96000.00',
	'the order''s figures are those of all lines');
select is(pg_temp.shown(pg_temp.seen('distributor', :'ann',
	'{"line": "1500"}')), '100: 1010-2000', 'a line is on its page');
select is(pg_temp.shown(pg_temp.seen('supplier', :'bob',
	'{"line": "2400"}')), '40: 2010-2400', 'also at the supplier');
select is(pg_temp.shown(pg_temp.seen('distributor', :'ann',
	'{"line": "none"}')), '100: 10-1000', 'an unknown one on the first');
select is(pg_temp.shown(pg_temp.seen('distributor', :'ann',
	'{"limit": "500"}')), '240: 10-2400', 'or all are asked for');
select is(pg_temp.seen('distributor', :'ann', '{"limit": "500"}')
	-> 'lines_page', 'null', 'on one page');
select ok(length(:'a') < 260000, 'a page of lines carries no history: '
	|| length(:'a'));

-- Who said what.
select is(:'a'::jsonb #> '{lines,0,history}', 'null', 'no history unasked');
select is(jsonb_array_length(pg_temp.seen('distributor', :'ann',
	'{"expand": "history"}') #> '{lines,99,history}') > 0, true,
	'it is expanded where asked for');
select throws_ok(format($$ select pg_temp.seen('distributor', %L,
	'{"expand": "everything"}') $$, :'ann'), 'PT422', null,
	'nothing else is expanded');
create function pg_temp.line(login text, who text, id text, line text)
returns jsonb language sql as $$
	select pg_temp.ask(login, 'orders_line_show', who, jsonb_build_object(
		'id', line.id, 'line', line.line)) -> 'data'
$$;
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('G1', '2400')) \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line('distributor', :'ann', pg_temp.so('G1'), '2400')
	as l \gset
select is((:'l'::jsonb #>> '{order,number}') || ' '
	|| (:'l'::jsonb #>> '{line,line_id}'), (select number || ' 2400'
	from orders.head where partner_number = 'G1'), 'one line of an order');
select is((select jsonb_agg(v - 'dates') from jsonb_array_elements(
	:'l'::jsonb #> '{line,history}') v), pg_temp.seen('distributor', :'ann',
	'{"line": "2400", "expand": "history"}') #> '{lines,-1,history}',
	'has the same history alone');
select is((select v -> 'dates' from jsonb_array_elements(
	:'l'::jsonb #> '{line,history}') v where v ->> 'field' = 'promised_date'),
	'["first_promised", "latest_promised", "expected"]'::jsonb,
	'whose values say which dates they are');
select is(pg_temp.refusal(format($$ select pg_temp.line('distributor', %L,
	pg_temp.so('G1'), '7') $$, :'ann')), 'absent', 'an unknown line is absent');
select is(pg_temp.refusal(format($$ select pg_temp.line('distributor', %L,
	pg_temp.so('G1'), '10') $$, :'gus')), 'absent',
	'as is another distributor''s');
select is(pg_temp.refusal(format($$ select pg_temp.line('supplier', %L,
	pg_temp.po('G1', '10'), '10') $$, :'dan')), 'absent',
	'or another supplier''s');
\ir lib/end.sql
