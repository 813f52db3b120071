-- SPDX-License-Identifier: Apache-2.0
--
-- Answers are due by agreement: reminded of before, reported after, each once.
\ir lib/start.sql
\ir lib/orders.sql

-- A Monday at eight, UTC.
update core.session set expires_at = 'infinity', idle = '10 years',
	created_at = '2026-01-01', touched_at = core.now();
update core.clock set fixed = '2026-11-23 08:00+00';
create function pg_temp.at(t text) returns void language plpgsql as $$
begin
	update core.clock set fixed = t::timestamptz;
	perform pg_temp.tick();
end
$$;
-- The worker looks, in the house's own job.
create function pg_temp.tick() returns text language plpgsql as $$
declare
	j bigint;
begin
	insert into core.job (kind, input, state, run_at)
	values ('test', '{}', 'running', core.now()) returning id into j;
	return pg_temp.as_login('worker', format('select orders.clock()::text
		from (select core.work_as(%s)) w', j));
end
$$;
create function pg_temp.told(type text) returns bigint language sql as $$
	select count(*) from core.event e where e.type = told.type
$$;

select exchange.agreement_load(:beta, '{"name": "b", "family": "portal",
	"response_hours": 24, "remind_hours": 6, "escalate_hours": 2}')
	is not null as ok \gset
select is((exchange.agreement_load(:beta, '{"name": "b", "family": "portal",
	"response_hours": 24, "remind_hours": 6, "escalate_hours": 2}'))
	->> 'changed', 'false', 'loading the same terms changes nothing');
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('C1',
	'[{"item": "P1", "quantity": "4"}]')) \g /dev/null
select h.public_id as po, h.number as no from orders.head h
	where kind = 'purchase' and partner_id = :beta \gset
select is((select response_due from orders.head where public_id = :'po'),
	'2026-11-24 08:00+00', 'due after the agreed hours');
select pg_temp.ask('supplier', 'orders_show', :'bob',
	jsonb_build_object('id', :'po')) #> '{data,clock}' as c \gset
select is(:'c'::jsonb ->> 'hours', '24', 'the clock says how many hours');
select is((:'c'::jsonb ->> 'since')::timestamptz, '2026-11-23 08:00+00',
	'since when');
select is((:'c'::jsonb ->> 'remind_at')::timestamptz, '2026-11-24 02:00+00',
	'and when it reminds');

-- Before it is due.
select pg_temp.at('2026-11-24 01:59+00') \g /dev/null
select is(pg_temp.told('order.reminded'), 0::bigint, 'not too early');
select pg_temp.at('2026-11-24 02:00+00') \g /dev/null
select is(pg_temp.told('order.reminded'), 1::bigint, 'reminded in time');
select pg_temp.at('2026-11-24 02:01+00') \g /dev/null
select is(pg_temp.told('order.reminded'), 1::bigint, 'once');
select ok(pg_temp.ask('supplier', 'activity_list', :'bob') #> '{data,items}'
	@> jsonb_build_array(jsonb_build_object('type', 'order.reminded')),
	'the supplier finds it on his timeline');
select ok(pg_temp.ask('supplier', 'home', :'bob') #> '{data,needs_you}'
	@> '[{"kind": "reminded", "count": 1}]', 'and on his first page');
select isnt(pg_temp.ask('supplier', 'orders_show', :'bob',
	jsonb_build_object('id', :'po')) #>> '{data,clock,reminded_at}', null,
	'and at the order');
select ok(not pg_temp.ask('distributor', 'activity_list', :'ann')
	#> '{data,items}' @> '[{"type": "order.reminded"}]',
	'the distributor does not');

-- Acknowledging the receipt answers nothing.
select pg_temp.ask('supplier', 'orders_event', :'bob', jsonb_build_object(
	'id', :'po', 'event', 'acknowledge', 'version', h.version))
	from orders.head h where h.public_id = :'po' \g /dev/null
select is((select response_due from orders.head where public_id = :'po'),
	'2026-11-24 08:00+00', 'an acknowledged order is still due');

-- After it was due.
select pg_temp.at('2026-11-24 09:59+00') \g /dev/null
select is(pg_temp.told('order.escalated'), 0::bigint,
	'the agreed hours of patience');
select pg_temp.at('2026-11-24 10:00+00') \g /dev/null
select is(pg_temp.told('order.escalated'), 1::bigint,
	'then the account manager is told');
select pg_temp.at('2026-11-25 10:00+00') \g /dev/null
select is(pg_temp.told('order.escalated'), 1::bigint, 'once');
select is((select array[internal::text, data ->> 'to'] from core.event
	where type = 'order.escalated'), array['true', 'Amy'],
	'inside the house, by name');
select ok(not pg_temp.ask('supplier', 'activity_list', :'bob')
	#> '{data,items}' @> '[{"type": "order.escalated"}]',
	'the supplier is not told who was told');
select ok(pg_temp.ask('supplier', 'activity_list', :'bob') #> '{data,items}'
	@> '[{"type": "order.overdue"}]', 'but that his answer is overdue');
select is(pg_temp.ask('desk', 'orders_show', :'amy', jsonb_build_object('id',
	:'po')) #>> '{data,clock,told,0}', 'Amy', 'the desk sees it at the order');
select is(pg_temp.ask('supplier', 'orders_show', :'bob', jsonb_build_object(
	'id', :'po')) #> '{data,clock,told}', '[]', 'the supplier does not');
select ok(pg_temp.ask('desk', 'home', :'amy') #> '{data,needs_you}'
	@> '[{"kind": "overdue", "count": 1}]', 'it stands on the desk''s page');
select ok(not pg_temp.ask('supplier', 'home', :'bob') #> '{data,needs_you}'
	@> '[{"kind": "reminded"}]', 'what is overdue is no reminder any more');

-- Unanswered orders, by the time when they are due.
update core.clock set fixed = '2026-11-26 08:00+00';
select exchange.agreement_load(:delta, '{"name": "main", "family": "portal",
	"response_hours": 2, "remind_hours": 0}') is not null as ok \gset
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form(n, l))
	from (values ('C2', '[{"item": "P1", "quantity": "1"}]'::jsonb),
	('C3', '[{"item": "P3", "quantity": "1"}]')) v (n, l) \g /dev/null
select is((select array_agg(i ->> 'response_due') from jsonb_array_elements(
	pg_temp.ask('desk', 'orders_list', :'amy',
	'{"view": "unanswered", "kind": "purchase"}') #> '{data,items}') i),
	(select array_agg(to_json(response_due) #>> '{}' order by response_due)
	from orders.head where kind = 'purchase' and partner_id in (:beta, :delta)),
	'the desk sees them by due time');
create function pg_temp.pages() returns text[] language plpgsql as $$
declare
	got jsonb;
	seen text[] := '{}';
	after text;
begin
	loop
		got := pg_temp.ask('desk', 'orders_list', current_setting('t.amy'),
			jsonb_strip_nulls(jsonb_build_object('view', 'unanswered', 'kind',
			'purchase', 'limit', '1', 'after', after)));
		seen := seen || (got #>> '{data,items,0,number}');
		after := got #>> '{data,next}';
		exit when after is null;
	end loop;
	return seen;
end
$$;
select set_config('t.amy', :'amy', true) \g /dev/null
select is(pg_temp.pages(), (select array_agg(number order by response_due)
	from orders.head where kind = 'purchase' and response_due is not null),
	'page by page');
select pg_temp.tick() \g /dev/null
select pg_temp.at('2026-11-26 09:59+00') \g /dev/null
select is((select count(*) from orders.reminder r join orders.head h
	on h.id = r.order_id where h.partner_id = :delta), 0::bigint,
	'who wants no reminder gets none');
select pg_temp.line_event('supplier', :'dan', 'confirm',
	pg_temp.bought('C3', '10')) \g /dev/null
update core.clock set fixed = '2026-11-26 10:10+00';
select orders.settle_job(input) from core.job where kind = 'orders_settle'
	and state = 'queued' \g /dev/null
select pg_temp.at('2026-11-26 12:00+00') \g /dev/null
select is((select count(*) from orders.reminder r join orders.head h
	on h.id = r.order_id where h.partner_id = :delta), 0::bigint,
	'what is answered is not reported');

-- What the house itself owes a distributor.
select exchange.agreement_load(:gamma, '{"name": "g", "family": "portal",
	"response_hours": 8, "remind_hours": 1}') is not null as ok \gset
select pg_temp.ask('distributor', 'orders_create', :'gus', pg_temp.form('C4',
	'[{"item": "P4", "quantity": "4"}]')) \g /dev/null
select pg_temp.at('2026-11-26 19:30+00') \g /dev/null
select is((select internal from core.event where type = 'order.reminded'
	and number = (select number from orders.head
	where partner_number = 'C4')), true,
	'a reminder of the house stays in the house');
select is((select count(*) from orders.reminder r join orders.head h
	on h.id = r.order_id where h.partner_number in ('C1', 'C2', 'C3')),
	0::bigint, 'where suppliers answer, their clock runs');

-- Opening hours only: two hours from Friday at four are over on Monday at nine.
insert into cases.calendar values ('test', 'UTC', '08:00', '17:00',
	'{1,2,3,4,5}');
select exchange.agreement_load(:beta, '{"name": "b", "family": "portal",
	"response_hours": 2, "response_calendar": "test"}') is not null as ok \gset
update core.clock set fixed = '2026-11-27 16:00+00';
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('C5',
	'[{"item": "P1", "quantity": "4"}]')) \g /dev/null
select is((select h.response_due from orders.head h join orders.head s
	on s.id = h.linked_order_id where s.partner_number = 'C5'),
	'2026-11-30 09:00+00', 'opening hours only');
select throws_ok($$ select exchange.agreement_load((select id from core.partner
	where slug = 'beta'), '{"name": "b", "family": "portal",
	"response_calendar": "nowhere"}') $$, '23503', null,
	'a calendar that is not there is refused');
select throws_ok($$ update orders.reminder set partner_id = 1 $$, null, null,
	'a reminder stays where it is');

-- Each side reads its own only.
select is(pg_temp.as_login(l, format('select string_agg(distinct r.kind, '' '')
	from (select core.enter(''home'', %L)) e, lateral (select * from
	orders.reminder offset 0) r', jsonb_build_object('session', w))), k, n)
from (values ('supplier', :'bob', 'reminded',
	'a supplier reads his reminders'), ('supplier', :'dan', null,
	'nobody else''s'), ('distributor', :'ann', null, 'a distributor none'),
	('distributor', :'gus', null, 'not those of the house'))
	v (l, w, k, n);
\ir lib/end.sql
