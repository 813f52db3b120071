-- SPDX-License-Identifier: Apache-2.0
--
-- Scorecards of suppliers with very many lines are made ready by a job, as
-- they would be counted now; others are counted when somebody looks.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.ask('distributor', 'documents_create', :'ann', '{}',
	'x'::bytea) \g /dev/null
\set first 0
\set orders 400
\ir ../bench/scale.sql
set local session_replication_role = origin;

create function pg_temp.card(login text, who text, more jsonb default '{}')
returns jsonb language sql as $$
	select pg_temp.ask(login, 'scorecard_show', who, more) -> 'data'
$$;
-- As the worker does a job.
create function pg_temp.done(of_kind text, statement text) returns int
language plpgsql as $$
declare
	j core.job;
	n int := 0;
begin
	for j in update core.job x set state = 'running' where x.kind = of_kind
		and x.state = 'queued' returning *
	loop
		perform pg_temp.as_login('worker', format('select (%s)::text
			from (select core.work_as(%s)) w', format(statement, j.input),
			j.id));
		update core.job x set state = 'done' where x.id = j.id;
		n := n + 1;
	end loop;
	return n;
end
$$;

select pg_temp.card('supplier', :'bob') as counted \gset
select pg_temp.card('supplier', :'bob', '{"days": 365}') as year \gset
select is(:'counted'::jsonb ->> 'counted_at', null,
	'a card is counted when somebody looks');
select cmp_ok((:'year'::jsonb #>> '{measures,0,count}')::int, '>', 100,
	'with many lines');
select is((select count(*)::int from (select orders.count_cards()) c,
	core.job j where j.kind = 'orders_card'), 0,
	'of suppliers with few lines none is made ready');

create or replace function orders.many_lines() returns int
language sql immutable as $$ select 150 $$;
insert into core.job (kind, input, state, run_at)
values ('orders_cards', '{}', 'queued', core.now());
select is(pg_temp.done('orders_cards', 'orders.count_cards()'), 1,
	'the job of the hour');
select is((select array_agg(p.slug order by p.slug) from core.job j
	join core.partner p on p.id = j.partner_id
	where j.kind = 'orders_card' and j.state = 'queued'),
	array['beta', 'delta'], 'asks for the cards of those with many');
select is(pg_temp.done('orders_card', 'orders.card_job(%L)'), 2,
	'one job a supplier');
select is(pg_temp.card('supplier', :'bob') - 'counted_at',
	:'counted'::jsonb - 'counted_at', 'a card made ready says the same');
select is(pg_temp.card('supplier', :'bob', '{"days": 365}') - 'counted_at',
	:'year'::jsonb - 'counted_at', 'for each period');
select isnt(pg_temp.card('supplier', :'bob') ->> 'counted_at', null,
	'and when it was counted');
select is(jsonb_array_length(pg_temp.card('desk', :'ida') -> 'suppliers'), 2,
	'the house has all beside each other');
select is(pg_temp.card('desk', :'ida') #> '{suppliers,0,measures}',
	:'counted'::jsonb -> 'measures', 'the same ones');
select is((pg_temp.ask('desk', 'partners_show', :'ida', jsonb_build_object(
	'id', (select public_id from core.partner where slug = 'beta')))
	#>> '{data,kpis,3,value}')::int, round((:'counted'::jsonb
	#>> '{measures,5,percent}')::numeric)::int,
	'and the page of the supplier says the same of his answers');

update orders.card set made_at = made_at - interval '25 hours';
select is(pg_temp.card('supplier', :'bob') ->> 'counted_at', null,
	'a card of yesterday is not shown');
update orders.card set made_at = made_at + interval '25 hours';

-- A decided objection is counted at once.
select pg_temp.ask('supplier', 'contests_create', :'bob', jsonb_build_object(
	'line', (select l.public_id from orders.line l where l.partner_id = :beta
		and l.requested_date between core.today() - 80 and core.today() - 1
		and l.shipped > 0 order by l.id limit 1), 'measure', 'requested',
	'reason_text', 'x')) as contest \gset
select is(:'contest'::jsonb ->> 'status', '201', 'the supplier objects');
select is((pg_temp.card('supplier', :'bob') #>> '{measures,0,contested}')::int,
	1, 'and sees it at once');
select is(pg_temp.ask('desk', 'contests_event', :'amy', jsonb_build_object(
	'id', c.public_id, 'event', 'accept', 'version', c.version,
	'reason_text', 'y')) ->> 'status',
	'200', 'the account manager agrees') from orders.contest c;
select is(pg_temp.done('orders_card', 'orders.card_job(%L)'), 1,
	'his card is counted again');
select is((pg_temp.card('supplier', :'bob') #>> '{measures,0,count}')::int,
	(:'counted'::jsonb #>> '{measures,0,count}')::int - 1,
	'without the line');
\ir lib/end.sql
