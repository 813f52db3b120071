-- SPDX-License-Identifier: Apache-2.0
--
-- Who of a supplier works on an order: the worklist, handing over, the rules'
-- page.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('ben', 'supplier_user', :beta) as ben \gset
select pg_temp.person('bea', 'supplier_admin', :beta) as bea \gset
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select s.person_id, s.portal, s.partner_id, s.roles, core.now()
from core.session s;
create function pg_temp.id(uid text) returns text language sql as $$
	select p.public_id::text from core.person p where p.uid = id.uid
$$;
create function pg_temp.order(number text, item text) returns text
language sql as $$
	select pg_temp.ask('distributor', 'orders_create', pg_temp.hash('ann'),
		pg_temp.form(number, jsonb_build_array(jsonb_build_object('item',
		item, 'quantity', '4')), jsonb_build_object('ship_to',
		a.public_id))) ->> 'status' from core.address a where a.code = 'W1'
$$;
create function pg_temp.po(number text) returns text language sql as $$
	select h.public_id::text from orders.head h join orders.head s
	on s.id = h.linked_order_id where s.partner_number = po.number
$$;
-- The sales orders behind what somebody's worklist shows.
create function pg_temp.list(who text, more jsonb default '{}')
returns text language sql as $$
	select coalesce(string_agg(s.partner_number, ' ' order by
		s.partner_number), '')
	from jsonb_array_elements(pg_temp.ask('supplier', 'worklist_list',
		pg_temp.hash(who), more) #> '{data,items}') e
	join orders.head h on h.public_id::text = e #>> '{order,id}'
	join orders.head s on s.id = h.linked_order_id
$$;
create function pg_temp.rule(who text, more jsonb) returns jsonb
language sql as $$
	select pg_temp.ask('supplier', 'responsibilities_create',
		pg_temp.hash('bea'), more || jsonb_build_object('person',
		pg_temp.id(who)))
$$;
create function pg_temp.give(who text, number text, person text)
returns jsonb language sql as $$
	select pg_temp.ask('supplier', 'orders_assign', pg_temp.hash(who),
		jsonb_build_object('id', pg_temp.po(number), 'person', person))
$$;

-- Rules are kept by administrators.
select pg_temp.order(n, i) from (values ('W1', 'P1'), ('W2', 'P2'),
	('W3', 'P2')) v (n, i) \g /dev/null
select is(pg_temp.list('ben'), 'W1 W2 W3', 'what is nobody''s is everybody''s');
select is(pg_temp.rule('ben', '{"item": "b1"}') #>> '{data,assigned}', '1',
	'a rule by the supplier''s own number gives what is open');
select is(pg_temp.rule('bob', '{"country": "de", "postal_code": "2 0",
	"item": "P2"}') #>> '{data,assigned}', '2', 'or by place and item');
select throws_ok(format('select pg_temp.rule(%L, %L)', w, m), 'PT422', null,
	format('%s %s is no rule', w, m))
from (values ('ben', '{"item": "B1"}'), ('ben', '{}'), ('ben',
	'{"postal_code": "2"}'), ('ben', '{"country": "DEU"}'), ('dan',
	'{"item": "P"}'), ('amy', '{"item": "P"}'), ('ben', jsonb_build_object(
	'item', repeat('x', 36))::text)) v (w, m);
select throws_ok(format($$ select pg_temp.ask('supplier',
	'responsibilities_create', %L, '{"person": "%s", "item": "P"}') $$,
	:'ben', pg_temp.id('ben')), 'PT403', 'permission.denied',
	'a user keeps none');
select pg_temp.ask('supplier', 'responsibilities_list', :'ben') -> 'data'
	as r \gset
select is((select array_agg(e ->> 'person') from jsonb_array_elements(
	:'r'::jsonb -> 'items') e), '{Bob,Ben}', 'he reads them, the exact first');
select is((select array_agg(concat_ws(' ', e ->> 'name', e ->> 'orders',
	e ->> 'unanswered')) from jsonb_array_elements(:'r'::jsonb -> 'people') e),
	'{Ben 1 1,Bea 0 0,Bob 2 2}', 'and who has how much to do');
select is(:'r'::jsonb ->> 'nobody', '0', 'nothing is left');
select is(jsonb_array_length(pg_temp.ask('supplier', 'responsibilities_list',
	:'dan') #> '{data,items}'), 0, 'another supplier reads none of it');

-- The worklist.
select is(pg_temp.list(w, m::jsonb), r, t) from (values
	('ben', '{}', 'W1', 'one''s own are shown'),
	('bob', '{}', 'W2 W3', 'to each his own'),
	('bea', '{}', '', 'nothing to who has nothing'),
	('bea', '{"whose": "all"}', 'W1 W2 W3', 'all are seen by all'),
	('ben', '{"whose": "nobody"}', '', 'or those of nobody'),
	('ben', '{"whose": "' || pg_temp.id('bob') || '"}', 'W2 W3',
		'or a colleague''s'),
	('ben', '{"whose": "' || pg_temp.id('dan') || '"}', '',
		'a stranger is no colleague'),
	('ben', '{"whose": "x"}', '', 'nor is nonsense')) v (w, m, r, t);
select is((select array_agg(e ->> 'count') from jsonb_array_elements(
	pg_temp.ask('supplier', 'worklist_list', :'ben') #> '{data,views}') e),
	'{1,0,0,1}', 'counts are of what is shown');
select is(jsonb_path_query_first(pg_temp.ask('supplier', 'home', :'ben'),
	'$.data.kpis[*] ? (@.name == "to_confirm").value'), '1',
	'on the first page, too');
select is(jsonb_array_length(pg_temp.ask('supplier', 'worklist_list', :'berp')
	#> '{data,items}'), 3, 'a machine is nobody and sees all');
select is(jsonb_array_length(pg_temp.ask('supplier', 'worklist_bytes', :'ben',
	'{"format": "csv"}') #> '{data,rows}'), 1, 'a sheet has what is shown');
select is(pg_temp.ask('supplier', 'order_lines_event', :'ben',
	'{"event": "confirm", "matching": "1", "view": "to_confirm"}')
	#>> '{data,done}', '1', 'all of the list are one''s own');
select is(pg_temp.list('ben', '{"view": "all"}'), 'W1', 'in other views');

select is(pg_temp.list('ben', jsonb_build_object('saved', pg_temp.ask(
	'supplier', 'views_create', :'ben', '{"list": "worklist", "name": "x",
	"query": {"view": "all", "whose": "all"}}') #>> '{data,id}')),
	'W1 W2 W3', 'a view kept keeps whose, too');
select is(pg_temp.list('ben', '{"view": "all", "sort": "-ordered"}'), 'W1',
	'sorted otherwise they are the same');

-- The list of orders has the same, and begins with all.
create function pg_temp.orders(who text, more jsonb) returns text
language sql as $$
	select coalesce(string_agg(s.partner_number, ' ' order by
		s.partner_number), '')
	from jsonb_array_elements(pg_temp.ask('supplier', 'orders_list',
		pg_temp.hash(who), '{"view": "all"}' || more) #> '{data,items}') e
	join orders.head h on h.public_id::text = e ->> 'id'
	join orders.head s on s.id = h.linked_order_id
$$;
select is(pg_temp.orders(w, m::jsonb), r, t) from (values
	('bea', '{}', 'W1 W2 W3', 'the list of orders begins with all'),
	('ben', '{"whose": "mine"}', 'W1', 'one''s own of it'),
	('ben', '{"whose": "mine", "view": "open"}', 'W1', 'in every view'),
	('ben', '{"whose": "mine", "view": "unanswered"}', '',
		'in every view, answered or not'),
	('bob', '{"whose": "mine", "view": "unanswered", "sort": "-total"}',
		'W2 W3', 'sorted'),
	('bob', '{"whose": "mine", "sort": "number"}', 'W2 W3',
		'all of them sorted'),
	('bob', '{"whose": "mine", "q": "W1"}', '', 'looked for'),
	('bea', '{"whose": "nobody"}', '', 'or nobody''s'),
	('bea', '{"whose": "' || pg_temp.id('bob') || '"}', 'W2 W3',
		'or a colleague''s'),
	('bea', '{"whose": "' || pg_temp.id('dan') || '"}', '',
		'a stranger is none')) v (w, m, r, t);
select is((select string_agg(concat_ws(' ', v ->> 'name', v ->> 'count'), ', ')
	from jsonb_array_elements(pg_temp.ask('supplier', 'orders_list', :'bob',
	'{"whose": "mine"}') #> '{data,views}') v),
	'open 2, late 0, week 0, unanswered 2, overdue 0, all 2',
	'counts are of what is shown');
select is(jsonb_path_query_array(pg_temp.ask('supplier', 'orders_list', :'ben',
	'{"view": "all", "sort": "number"}') -> 'data',
	'$.items[*].responsible.name'), '["Ben", "Bob", "Bob"]',
	'it says who is responsible');
select is(pg_temp.ask(l, 'orders_list', w, '{"view": "all", "whose": "nobody"}')
	#> '{data,whose}', null, format('not to a %s', l))
from (values ('distributor', :'ann'), ('desk', :'ida')) v (l, w);
select is((select count(*) from jsonb_array_elements(pg_temp.ask('distributor',
	'orders_list', :'ann', '{"view": "all", "whose": "nobody"}')
	#> '{data,items}') e where e ? 'responsible'), 0::bigint,
	'whose orders have nobody, as far as he sees');
select is((select array_agg(e ->> 'name' || ' ' || (e ->> 'current')) from
	jsonb_array_elements(pg_temp.ask('supplier', 'orders_list', :'ben',
	jsonb_build_object('saved', pg_temp.ask('supplier', 'views_create', :'ben',
	'{"list": "orders", "name": "x", "query": {"view": "all", "whose":
	"mine"}}') #>> '{data,id}')) #> '{data,whoses}') e),
	'{mine true,all false}', 'a view kept keeps it');
select is(jsonb_array_length(pg_temp.ask('supplier', 'orders_list_bytes',
	:'bob', '{"view": "all", "whose": "mine", "format": "csv"}')
	#> '{data,rows}'), 2, 'a sheet has what is shown');
select is(jsonb_array_length(pg_temp.ask('supplier', 'lists_bytes',
	:'bob', '{"list": "orders", "view": "all", "whose": "mine", "columns":
	"number,responsible", "format": "csv"}') #> '{data,rows}'), 2,
	'so has the table');
-- Page by page they are the same.
update orders.head h set responsible_id = case when n % 3 > 0 then
	(select id from core.person where uid = 'bob') end
from (select id, row_number() over () as n from orders.head
	where kind = 'purchase') x where x.id = h.id;
create function pg_temp.paged(whose text) returns text[] language plpgsql as $$
declare
	more jsonb := jsonb_build_object('view', 'all', 'limit', 1,
		'whose', whose);
	page jsonb;
	ids text[] := '{}';
begin
	loop
		page := pg_temp.ask('supplier', 'orders_list', pg_temp.hash('bob'),
			more) -> 'data';
		ids := ids || array(select i ->> 'number'
			from jsonb_array_elements(page -> 'items') i);
		exit when page ->> 'next' is null;
		more := more || jsonb_build_object('after', page ->> 'next');
	end loop;
	return ids;
end
$$;
select is(pg_temp.paged(w), array(select h.number from orders.head h
	where h.kind = 'purchase' and (w <> 'nobody' or h.responsible_id is null)
	order by h.created_at desc, h.id desc), format('%s, page by page', w))
from unnest(array['mine', 'nobody', 'all']) w;
update orders.head h set responsible_id = (select id from core.person
	where uid = case s.partner_number when 'W1' then 'ben' else 'bob' end)
from orders.head s where s.id = h.linked_order_id and h.kind = 'purchase';

-- Handing over.
select is(pg_temp.give('bea', 'W2', 'me') #>> '{data,responsible,name}',
	'Bea', 'an order is taken');
select is(pg_temp.list('bea'), 'W2', 'and stands in one''s own list');
select is(pg_temp.give('bob', 'W3', 'nobody') #> '{data,responsible}',
	'null', 'or given to everybody');
select is(pg_temp.list(w), r, 'who then all see it')
from (values ('ben', 'W3'), ('bea', 'W2 W3')) v (w, r);
select is(pg_temp.give('ben', 'W3', pg_temp.id('bob'))
	#>> '{data,responsible,me}', 'false', 'or handed to a colleague');
select is((select array_agg(coalesce(e.data ->> 'to', '-') order by e.seq)
	from core.event e where e.type = 'order.assigned'), '{Bea,-,Bob}',
	'each is told on the timeline');
select ok(not pg_temp.ask(l, 'orders_show', w, jsonb_build_object('id',
	pg_temp.po('W3')))::text ~ 'Bob|order.assigned', format('%s', n))
from (values ('desk', :'amy', 'the house need not know'), ('desk', :'ida',
	'nor its administrator')) v (l, w, n);
select is((select h.version from orders.head h where h.public_id::text
	= pg_temp.po('W3')), (select (pg_temp.ask('supplier', 'orders_show',
	:'bob', jsonb_build_object('id', pg_temp.po('W3'))) ->> 'version')::bigint),
	'the order itself is as it was');
select throws_ok(format('select pg_temp.give(%L, %L, %L)', w, 'W3', p),
	e, null, t)
from (values ('ben', pg_temp.id('dan'), 'PT422', 'not to a stranger'),
	('ben', pg_temp.id('ann'), 'PT422', 'nor to a distributor'),
	('ben', '', 'PT422', 'somebody is named'),
	('dan', 'me', 'PT404', 'strangers take nothing')) v (w, p, e, t);
select throws_ok(format($$ select pg_temp.ask(%L, 'orders_assign', %L, %L) $$,
	l, w, jsonb_build_object('id', pg_temp.po('W3'), 'person', 'me')),
	'PT403', 'permission.denied', format('%s may not', n))
from (values ('distributor', :'ann', 'a distributor'), ('desk', :'amy',
	'the house'), ('supplier', :'berp', 'a machine')) v (l, w, n);
select pg_temp.ask('supplier', 'order_lines_event', :'ben',
	jsonb_build_object('event', 'assign', 'person', 'me', 'lines',
	jsonb_build_array(pg_temp.bought('W2', '10'), pg_temp.bought('W3', '10'),
	core.uuid7()))) -> 'data' as b \gset
select is(array[:'b'::jsonb ->> 'done', :'b'::jsonb ->> 'failed'], '{2,1}',
	'many at once, strangers'' not');
select is(pg_temp.list('ben', '{"view": "all"}'), 'W1 W2 W3', 'are his now');
select is((select array_agg(distinct l.state) from orders.line l
	join orders.head h on h.id = l.order_id where h.public_id::text in
	(pg_temp.po('W2'), pg_temp.po('W3'))), '{open}', 'and not answered');
select throws_ok(format($$ select pg_temp.ask(%L, 'order_lines_event', %L,
	%L) $$, l, w, jsonb_build_object('event', 'assign', 'person', 'me',
	'lines', jsonb_build_array(case l when 'distributor'
	then pg_temp.sold('W2', '10') else pg_temp.bought('W2', '10') end))),
	'PT403', null, format('%s takes none', n))
from (values ('distributor', :'ann', 'a distributor'), ('desk', :'amy',
	'the house'), ('supplier', :'berp', 'a machine')) v (l, w, n);

-- A deputy's list.
select pg_temp.ask('supplier', 'deputies_create', :'ben', jsonb_build_object(
	'deputy', pg_temp.id('bob'), 'since', core.today(), 'until',
	core.today() + 1)) \g /dev/null
select is(pg_temp.list('bob'), 'W2 W3', 'has what is the absent one''s');
select is((pg_temp.ask('supplier', 'worklist_list', :'bob')
	#> '{data,items,0,responsible}') - 'id'::text,
	'{"me": false, "name": "Ben", "stands_in": true}'::jsonb, 'marked so');
select is(pg_temp.list('bea'), '', 'nobody else''s has');
update core.clock set shift = shift + interval '2 days';
update core.session set expires_at = 'infinity', touched_at = core.now();
select is(pg_temp.list('bob'), '', 'nor his, later');

-- Rules go.
select is(pg_temp.ask('supplier', 'responsibilities_delete', :'bea',
	jsonb_build_object('id', e ->> 'id')) ->> 'status', '204', 'removed')
from jsonb_array_elements(:'r'::jsonb -> 'items') e limit 1;
select throws_ok(format($$ select pg_temp.ask('supplier',
	'responsibilities_delete', %L, %L) $$, w, jsonb_build_object('id',
	:'r'::jsonb #>> '{items,1,id}')), e, null, t)
from (values (:'ben', 'PT403', 'not by a user'), (pg_temp.person('dia',
	'supplier_admin', :delta), 'PT404', 'nor by a stranger')) v (w, e, t);
select is(jsonb_array_length(pg_temp.ask('supplier', 'responsibilities_list',
	:'bea') #> '{data,items}'), 1, 'the other one stays');
\ir lib/end.sql
