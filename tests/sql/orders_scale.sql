-- SPDX-License-Identifier: Apache-2.0
--
-- Many stored orders: a word that most of them carry finds the newest and
-- whatever is exactly it, and what a page touches does not grow with orders of
-- which nothing moves any more. Bounds are a tenth of what they are, so that
-- few thousand orders are many.
\ir lib/start.sql
\ir lib/orders.sql

create or replace function orders.most_found() returns int
language sql immutable as $$ select 100 $$;
create or replace function orders.most_read() returns int
language sql immutable as $$ select 2000 $$;
create or replace function orders.most_counted() returns int
language sql immutable as $$ select 1000 $$;

select pg_temp.ask('distributor', 'documents_create', :'ann', '{}',
	'x'::bytea) \g /dev/null
\set first 0
\set orders 8000
\set closed '39 / 40'
\ir ../bench/scale.sql
set local session_replication_role = origin;
analyze orders.head, orders.line, orders.schedule, orders.despatch,
	orders.shipment, orders.shipment_line, exchange.document,
	exchange.interchange, exchange.message, core.event;

-- All orders that a search finds, page by page, in the order of the list.
create function pg_temp.search(login text, who text, q text,
	view text default 'all', more jsonb default '{}') returns text[]
language plpgsql as $$
declare
	page jsonb;
	numbers text[] := '{}';
begin
	loop
		page := pg_temp.ask(login, 'orders_list', who, more
			|| jsonb_build_object('q', q, 'view', view, 'limit', 200)) -> 'data';
		numbers := numbers || array(select i ->> 'number'
			from jsonb_array_elements(page -> 'items') i);
		exit when page ->> 'next' is null;
		more := more || jsonb_build_object('after', page ->> 'next');
	end loop;
	return numbers;
end
$$;

create temp table found on commit drop as
select q, pg_temp.search('desk', :'ida', q) as numbers
from unnest(array['SO-8', 'O-80', 'P1', 'B4', 'SO-80000']) q;

select is(numbers[1], (select max(h.number) from orders.head h
		where h.kind = 'sales'), q || ' finds the newest order first')
from found where q in ('SO-8', 'SO-80000');
select ok(cardinality(numbers) between 100 and 500,
	q || ' finds the newest hundred, not all') from found;
select is(numbers[:100], array(select h.number from orders.head h
	where h.kind = 'sales' order by h.created_at desc, h.id desc limit 100),
	'of a word that half of all orders carry, the newest without a gap')
from found where q = 'SO-8';
select is(numbers[:50], array(select h.number from orders.head h
	where exists (select from orders.line l
		join item.item i on i.id = l.item_id
		where l.order_id = h.id and i.number = 'P1')
	order by h.created_at desc, h.id desc limit 50),
	'so it is with an item in every second order')
from found where q = 'P1';

-- An old order whose number on paper is what all others begin with.
update orders.head set partner_number = 'SO-8' where number = 'SO-800000007';
update orders.shipment set tracking = 'SO-8' where order_id = (select id
	from orders.head where number = 'SO-800000009');
select ok(pg_temp.search('desk', :'ida', 'so-8') @> array['SO-800000007',
	'SO-800000009'], 'what is exactly the word is found however old');
select ok(pg_temp.search('desk', :'ida', 'SO-8', 'all',
	'{"kind": "purchase"}') = '{}', 'a kind that does not carry it is empty');
select is(cardinality(pg_temp.search('desk', :'ida', '80000001')), 20,
	'a word that few carry finds all of them');
select is((pg_temp.search('distributor', :'ann', 'SO-8'))[:100],
	array(select h.number from orders.head h where h.partner_id = :alpha
	order by h.created_at desc, h.id desc limit 100),
	'a distributor finds the newest of his own');
select is(cardinality(pg_temp.search('supplier', :'bob', 'PO-8', 'open')),
	100, 'a supplier finds what is open, all of it');
select is((select array_agg(d ->> 'number') from jsonb_array_elements(
	pg_temp.ask('desk', 'despatches_list', :'ida', jsonb_build_object('view',
	'all', 'q', q)) #> '{data,items}') d), array['SO-800000011-1'],
	format('%s finds the despatch advice', q))
from unnest(array['SO-800000011', 'so-800000011-', 'H00000011',
	'TR0000000011']) q;
create function pg_temp.documents(login text, who text, q text)
returns text[] language sql as $$
	select array(select d ->> 'reference' from jsonb_array_elements(
		pg_temp.ask(login, 'documents_list', who, jsonb_build_object('q', q,
		'limit', 200)) #> '{data,items}') d)
$$;
select is(pg_temp.documents('desk', :'ida', q), array['H00000011'],
	format('%s finds the order''s document however old', q))
from unnest(array['H00000011', 'h00000011', 'SO-800000011']) q;
select is(pg_temp.documents('desk', :'ida', 'h0000399'),
	array['H00003999', 'H00003998', 'H00003997', 'H00003996', 'H00003995',
	'H00003994', 'H00003993', 'H00003992', 'H00003991', 'H00003990'],
	'a part of a reference finds the newest');
select is(pg_temp.documents('desk', :'ida', d.number), array[d.reference],
	'so does a document''s own number')
from exchange.document d where d.reference = 'H00000012';
select is(array[pg_temp.documents(l, w, 'H00000011'),
	pg_temp.documents(l, w, 'SO-800000011')], '{}', 'not for others')
from (values ('supplier', :'bob'), ('distributor', case when (select
	h.partner_id from orders.head h where h.number = 'SO-800000011') = :alpha
	then :'gus' else :'ann' end)) v (l, w);
select is(pg_temp.search('supplier', :'dan', 'PO-8', 'open'), '{}',
	'another supplier finds nothing of it');

-- The worklist's lines, page by page.
create function pg_temp.work(view text) returns text[] language plpgsql as $$
declare
	more jsonb := jsonb_build_object('view', view, 'limit', 7);
	page jsonb;
	ids text[] := '{}';
begin
	loop
		page := pg_temp.ask('supplier', 'worklist_list', pg_temp.hash('bob'),
			more) -> 'data';
		ids := ids || array(select i ->> 'id'
			from jsonb_array_elements(page -> 'items') i);
		exit when page ->> 'next' is null;
		more := more || jsonb_build_object('after', page ->> 'next');
	end loop;
	return ids;
end
$$;
update orders.head set response_due = null where kind = 'purchase'
	and state = 'submitted' and id % 3 = 0;
create temp table work on commit drop as select l.public_id::text as id,
	l.state, orders.answer_due(l, h.response_due) as due,
	orders.work_date(l) as day, l.id as key
from orders.line l join orders.head h on h.id = l.order_id
join core.partner p on p.id = h.partner_id
where h.kind = 'purchase' and orders.is_open(h.state) and p.slug = 'beta';
select cmp_ok(least(count(*) filter (where due = 'infinity'), count(*) filter (
	where due < 'infinity')), '>=', 20::bigint,
	'lines with and without a time for their answer') from work;
select is(pg_temp.work('all'), array(select id from work
	order by due, day, key), 'every line once, unanswered ones first');
select is(pg_temp.work('to_confirm'), array(select id from work
	where state = 'open' order by due, day, key), 'so those to confirm');

\ir lib/touched.sql
set local enable_seqscan = off;
create temp table asked on commit drop as
select row_number() over () as place, login, op, who, input::jsonb,
	null::int as before
from (values ('desk', 'portfolio_list', :'ida', '{}'),
	('desk', 'orders_list', :'ida', '{}'),
	('desk', 'orders_list', :'ida', '{"view": "unanswered"}'),
	('desk', 'orders_list', :'ida', '{"view": "all", "q": "SO-8"}'),
	('desk', 'orders_list', :'ida', '{"view": "all", "q": "P1"}'),
	('desk', 'orders_list', :'ida', '{"view": "all", "q": "NOBODY-7"}'),
	('desk', 'orders_list', :'ida', '{"q": "SO-8"}'),
	('distributor', 'orders_list', :'ann', '{}'),
	('desk', 'despatches_list', :'ida', '{"view": "all"}'),
	('desk', 'despatches_list', :'ida', '{"view": "all", "q": "SO-8"}'),
	('desk', 'despatches_list', :'ida', '{"view": "all", "q": "NOBODY-7"}'),
	('desk', 'documents_list', :'ida', '{}'),
	('desk', 'documents_list', :'ida', '{"q": "NOBODY-7"}'),
	('desk', 'documents_list', :'ida', '{"sort": "at"}'),
	('distributor', 'documents_list', :'ann', '{"view": "in", "sort": "-at",
		"columns": "number,filename,size"}'),
	('desk', 'partners_list', :'ida', '{}'),
	('supplier', 'orders_list', :'bob', '{"view": "all", "whose": "mine"}'),
	('supplier', 'orders_list', :'bob', jsonb_build_object('view', 'all',
		'whose', (select public_id from core.person where uid = 'bob'))::text),
	('supplier', 'worklist_list', :'bob', '{}'),
	('supplier', 'worklist_list', :'bob', '{"view": "all", "q": "PO-80000"}'))
	v (login, op, who, input);
update asked set before = pg_temp.touched(login, op, who, input);

drop table bench_base, bench_pair;
\set first 4000
\set closed '2'
\set ago 1
\ir ../bench/scale.sql
set local session_replication_role = origin;
analyze orders.head, orders.line, orders.schedule, orders.despatch,
	orders.shipment, orders.shipment_line, exchange.document,
	exchange.interchange, exchange.message, core.event;
select cmp_ok(pg_temp.touched(login, op, who, input), '<',
	before + before / 5 + 100, format('%s %s of a %s touches as much with '
	'twice as many orders', op, input, login)) from asked order by place;
\ir lib/end.sql
