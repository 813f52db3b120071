-- SPDX-License-Identifier: Apache-2.0
--
-- Lists as people want them: columns, sorting, views that they keep.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('abe', 'distributor_admin', :alpha) as abe \gset
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select u.id, 'distributor', :alpha, '{distributor_admin}', core.now()
from core.person u where u.uid = 'abe';
select pg_temp.ask('distributor', 'orders_create', w, pg_temp.form(n, l::jsonb))
from (values (:'ann', 'L1', '[{"item": "P1", "quantity": "4"}]'),
	(:'ann', 'L2', '[{"item": "P2", "quantity": "2"}]'),
	(:'ann', 'L3', '[{"item": "P3", "quantity": "1"},
	{"item": "P4", "quantity": "1"}]'),
	(:'gus', 'G1', '[{"item": "P1", "quantity": "1"}]'))
	v (w, n, l) \g /dev/null

-- What a list says; its numbers as text[].
create function pg_temp.list(who text, input jsonb default '{}',
	login text default 'distributor', op text default 'orders_list')
returns jsonb language sql as $$
	select pg_temp.ask(login, op, who, input) -> 'data'
$$;
create function pg_temp.numbers(who text, input jsonb) returns text[]
language sql as $$
	select array(select i ->> 'partner_number' from jsonb_array_elements(
		pg_temp.list(who, input) -> 'items') i)
$$;
create function pg_temp.keep(who text, name text, query jsonb,
	more jsonb default '{}', login text default 'distributor',
	list text default 'orders')
returns text language sql as $$
	select pg_temp.ask(login, 'views_create', who, jsonb_build_object('list',
		list, 'name', name, 'query', query) || more) #>> '{data,id}'
$$;
create function pg_temp.step(who text, view text, event text,
	more jsonb default '{}', login text default 'distributor')
returns text language sql as $$
	select pg_temp.ask(login, 'views_event', who, jsonb_build_object('id',
		view, 'event', event) || more) ->> 'status'
$$;
create function pg_temp.names(who text, login text default 'distributor',
	op text default 'orders_list')
returns text[] language sql as $$
	select array(select v ->> 'name' from jsonb_array_elements(
		pg_temp.list(who, '{}', login, op) -> 'saved') v)
$$;
create function pg_temp.choose(who text, more jsonb)
returns text language sql as $$
	select pg_temp.ask('distributor', 'columns_choose', who,
		jsonb_build_object('list', 'orders') || more) ->> 'location'
$$;

-- Sorting.
select is(pg_temp.numbers(:'ann', '{"view": "all", "sort": "total"}'),
	array['L2', 'L3', 'L1'], 'a list is sorted by a column');
select is(pg_temp.numbers(:'ann', '{"view": "all", "sort": "-total"}'),
	array['L1', 'L3', 'L2'], 'and downwards');
select pg_temp.list(:'ann', '{"view": "all", "sort": "-total", "limit": 2}')
	->> 'next' as next \gset
select is(pg_temp.numbers(:'ann', jsonb_build_object('view', 'all', 'sort',
	'-total', 'limit', 2, 'after', :'next')), array['L2'],
	'its pages follow each other in that order');
select throws_ok(format('select pg_temp.list(%L, %L)', :'ann',
	jsonb_build_object('view', 'all', 'sort', 'total', 'after', :'next')),
	'PT400', 'cursor.invalid', 'a page of another order is refused');
select is(pg_temp.numbers(:'ann', '{"sort": "next_date", "view": "open"}')
	@> array['L1', 'L2', 'L3'], true, 'blanks are listed, too');
select is((select pg_temp.list(:'ann', '{"sort": "-total"}') -> 'columns'
	@> '[{"name": "total", "sorted": "descending",
	"sort": "?view=open&sort=total"}]'), true,
	'the heading says so, and leads to the other way');
select throws_ok(format('select pg_temp.list(%L, %L)', :'ann', i), 'PT400',
	'input.invalid', m)
from (values ('{"sort": "weight"}', 'an unknown column sorts nothing'),
	('{"sort": "lines"}', 'nor one that cannot be sorted'),
	('{"sort": "--total"}', 'nor with two signs'),
	('{"sort": "partner"}', 'nor one of the desk''s'),
	('{"columns": "number,colour"}', 'an unknown column is refused')) v (i, m);

-- Columns.
create function pg_temp.shown(answer jsonb) returns text language sql as $$
	select string_agg(c ->> 'name', ',') from jsonb_array_elements(
		answer -> 'columns') c where (c ->> 'shown')::boolean
$$;
select is(pg_temp.shown(pg_temp.list(:'ann')), 'number,partner_number,'
	'issue_date,lines,next_date,open_value,status', 'the usual columns');
select is(pg_temp.shown(pg_temp.list(:'ann', '{"columns": "status,total"}')),
	'number,total,status', 'others by the address, the number always');
select is(pg_temp.list(:'ann', '{"columns": "status,total"}') -> 'show',
	'{"number": {"as": "orders.number"}, "total": {"as": "orders.total"},
	"status": {"as": "status"}}', 'templates know them by name');
select is(pg_temp.choose(:'ann', '{"columns": ["total", "colour"],
	"query": {"view": "late", "columns": "number"}}'), '/orders?view=late',
	'a choice leads back to where it was made');
select is(pg_temp.shown(pg_temp.list(:'ann')), 'number,total', 'and stays');
select is(pg_temp.shown(pg_temp.list(:'abe')) like '%status%', true,
	'for oneself');
select pg_temp.choose(:'ann', '{"columns": ["total"], "reset": "true"}')
	\g /dev/null
select is(pg_temp.shown(pg_temp.list(:'ann')) like '%status%', true,
	'the usual ones come back');
select throws_ok(format('select pg_temp.choose(%L, %L)', :'ann',
	'{"list": "worklist"}'), 'PT404', 'absent',
	'nobody chooses for a list that he has not');

-- Views.
select pg_temp.keep(:'ann', ' Big ', '{"view": "all", "sort": "-total",
	"columns": "number,total", "shape": "round", "after": "x"}') as big \gset
select is(pg_temp.names(:'ann'), array['Big'], 'a view is kept by name');
select is(pg_temp.numbers(:'ann', jsonb_build_object('saved', :'big')),
	array['L1', 'L3', 'L2'], 'it shows what it was');
select is(pg_temp.shown(pg_temp.list(:'ann', jsonb_build_object('saved',
	:'big'))), 'number,total', 'with its columns');
select is(pg_temp.list(:'ann', jsonb_build_object('saved', :'big'))
	#>> '{kept,changed}', 'false', 'as it is kept');
select is(pg_temp.list(:'ann', jsonb_build_object('saved', :'big', 'view',
	'all')) #>> '{kept,changed}', 'true', 'or changed meanwhile');
select pg_temp.list(:'ann', jsonb_build_object('saved', :'big', 'limit', 1))
	as page \gset
select is(pg_temp.numbers(:'ann', jsonb_build_object('saved', :'big', 'limit',
	1, 'view', 'all', 'sort', '-total', 'columns', 'number,total', 'after',
	:'page'::jsonb ->> 'next')), array['L3'], 'its next page follows');
select is(:'page'::jsonb ->> 'link', 'view=all&columns=number,total&sort='
	'-total&saved=' || :'big', 'by its link');
select is(pg_temp.choose(:'ann', jsonb_build_object('columns',
	'["status"]'::jsonb, 'saved', :'big', 'query', :'page'::jsonb -> 'query')),
	'/orders?view=all&columns=number,status&sort=-total&saved=' || :'big',
	'columns chosen in a view wait for being kept with it');
select throws_ok(format('select pg_temp.keep(%L, %L, %L)', :'ann', n, '{}'),
	'PT422', 'input.invalid', m)
from (values ('BIG', 'a name stands once'), (' ', 'a view has a name'),
	(repeat('x', 61), 'of 60 characters at most')) v (n, m);
select throws_ok(format('select pg_temp.keep(%L, %L, %L)', :'ann', m, q),
	'PT422', 'input.invalid', m)
from (values (jsonb_build_object('q', repeat('x', 501)),
	'what the list would refuse is not kept'),
	('{"partner": "nobody"}', 'nor a value of another type'),
	(jsonb_build_object('q', '', 'shape', repeat('x', 4096)), 'nor too much'),
	(to_jsonb('{"q": "' || repeat('x', 4096) || '"}'), 'of a form, either'),
	(to_jsonb('{"q": ' || repeat('[', 4000) || repeat(']', 4000) || '}'),
	'nor what is too deep'),
	(to_jsonb('{"q": "\u0000"}'::text), 'nor what cannot be stored'))
	v (q, m);
select is(pg_temp.step(:'ann', :'big', 'rename', '{"name": "Large"}'), '200',
	'it is renamed');
select is(pg_temp.step(:'ann', :'big', 'replace', '{"query":
	"{\"view\": \"late\"}"}'), '200', 'replaced, by a form''s text, too');
select is(pg_temp.list(:'ann', jsonb_build_object('saved', :'big'))
	->> 'view', 'late', 'and shows the new one');
select is(pg_temp.step(:'ann', :'big', 'replace', '{"query": "no JSON"}'),
	'200', 'nonsense keeps nothing');
select is(pg_temp.list(:'ann', jsonb_build_object('saved', :'big'))
	->> 'view', 'open', 'but the list as it begins');
select pg_temp.step(:'ann', :'big', 'replace', '{"query": {"view": "all"}}')
	\g /dev/null
select pg_temp.step(:'ann', :'big', 'first') \g /dev/null
select is(pg_temp.list(:'ann') ->> 'view', 'all',
	'a list begins with the first view');
select is(pg_temp.list(:'ann', '{"q": "L1"}') ->> 'view', 'open',
	'not when something is asked');
select is(pg_temp.list(:'abe') ->> 'view', 'open', 'nor for others');
select pg_temp.step(:'ann', :'big', 'unfirst') \g /dev/null
select is(pg_temp.list(:'ann') ->> 'view', 'open', 'until it is no longer');

-- What does not exist any more.
update core.list_view set query = '{"view": "yesterday", "sort": "-weight",
	"columns": "number,colour,total", "shape": "round", "q": "L"}'
where public_id = :'big';
select pg_temp.list(:'ann', jsonb_build_object('saved', :'big')) as old \gset
select is(:'old'::jsonb ->> 'view', 'open', 'what is gone is left out');
select is(:'old'::jsonb #>> '{query,q}', 'L', 'the rest stays');
select is(:'old'::jsonb #>> '{kept,changed}', 'false', 'as it is kept');
select is(pg_temp.shown(:'old'), 'number,total', 'of columns, too');
select is((select string_agg((d ->> 'member') || ' ' || (d ->> 'value'), ', ')
	from jsonb_array_elements(:'old'::jsonb -> 'dropped') d),
	'columns colour, shape round, sort -weight, view yesterday',
	'and it is said what');

-- Whose they are.
select is(pg_temp.names(:'abe'), '{}'::text[], 'a colleague has his own');
select throws_ok(format('select pg_temp.list(%L, %L)', w, jsonb_build_object(
	'saved', :'big')), 'PT404', 'absent', format('%s does not open it', n))
from (values (:'abe', 'a colleague'), (:'gus', 'a stranger'))
	v (w, n);
select throws_ok(format('select pg_temp.step(%L, %L, %L)', w, :'big', e),
	'PT404', 'absent', format('nor does he %s it', e))
from (values (:'abe'), (:'gus')) v (w), unnest(array['rename', 'replace',
	'delete', 'first']) e;
select throws_ok(format('select pg_temp.step(%L, %L, %L)', :'ann', :'big',
	'share'), 'PT403', 'permission.denied', 'who administers shares');
select pg_temp.keep(:'abe', 'Team', '{"view": "all"}') as team \gset
select pg_temp.step(:'abe', :'team', 'share') \g /dev/null
select is(pg_temp.names(:'ann'), array['Large', 'Team'],
	'a shared view is there for colleagues');
select is(pg_temp.names(:'gus'), '{}'::text[], 'for nobody else');
select is(pg_temp.names(:'bob', 'supplier'), '{}'::text[],
	'on no other portal');
select is((select v ->> 'by' from jsonb_array_elements(pg_temp.list(:'ann')
	-> 'saved') v where v ->> 'name' = 'Team'), 'Abe', 'with whose it is');
select throws_ok(format('select pg_temp.step(%L, %L, %L, %L)', :'ann', :'team',
	e, '{"name": "Mine"}'), 'PT409', 'list.colleague', format(
	'he alone may %s it', e))
from unnest(array['rename', 'replace', 'delete']) e;
select is(pg_temp.step(:'ann', :'team', 'first'), '200',
	'a colleague may begin with it');
select is(pg_temp.list(:'ann') ->> 'view', 'all', 'and does');
select pg_temp.step(:'abe', :'team', 'unshare') \g /dev/null
select is(pg_temp.list(:'ann') ->> 'view', 'open',
	'but not when it is shared no longer');
select throws_ok(format('select pg_temp.step(%L, %L, %L)', :'ann', :'big',
	'paint'), 'PT404', 'operation.unknown', 'there are no other steps');
select throws_ok(format($$select pg_temp.ask('distributor', 'views_list',
	%L)$$, :'erp'), 'PT403', 'permission.denied', 'machines keep none');
select is(jsonb_array_length(pg_temp.ask('distributor', 'views_list', :'ann')
	#> '{data,items}'), 1, 'all of one''s own are listed together');

select pg_temp.keep(:'ann', 'v' || n, '{}') from generate_series(2, 30) n
	\g /dev/null
select throws_ok(format('select pg_temp.keep(%L, %L, %L)', :'ann', 'v31',
	'{}'), 'PT422', 'input.invalid', 'thirty are enough');
select is(pg_temp.step(:'ann', :'big', 'delete'), '200', 'one is deleted');
select isnt(pg_temp.keep(:'ann', 'v31', '{}'), null, 'so another is kept');

-- All lines that a list shows are answered in its order.
select orders.release(h.id) from orders.head h where h.kind = 'purchase'
	and h.state = 'draft' \g /dev/null
create function pg_temp.answered(sort text) returns numeric[]
language sql as $$
	select array(select (select l.ordered from orders.line l
			where l.public_id::text = r ->> 'line')
		from jsonb_array_elements(pg_temp.ask('supplier',
			'order_lines_event', pg_temp.hash('bob'), jsonb_build_object(
			'event', 'retract', 'matching', '1', 'view', 'all', 'sort',
			sort)) #> '{data,results}') r)
$$;
select is(pg_temp.answered('ordered'), array[1, 2, 4]::numeric[],
	'a step for all takes them in the order shown');
select is(pg_temp.answered('-ordered'), array[4, 2, 1]::numeric[],
	'downwards, too');

-- Other lists; the sheet follows the columns.
select is(pg_temp.keep(:'bob', 'Soon', '{"view": "all", "sort":
	"requested_date", "columns": "line,item"}', '{"first": "true"}',
	'supplier', 'worklist') is not null, true, 'the worklist has views, too');
select is(pg_temp.shown(pg_temp.list(:'bob', '{}', 'supplier',
	'worklist_list')), 'line,item', 'and begins with one');
select is(pg_temp.list(:'ann', '{"list": "orders", "view": "all", "sort":
	"total", "columns": "number,total,status"}', 'distributor',
	'lists_bytes') -> 'rows',
	(select jsonb_agg(jsonb_build_array(h.number, round(h.total, 2)::text,
	h.currency, 'waiting') order by h.total) from orders.head h
	where h.kind = 'sales' and h.partner_id = :alpha),
	'a table to take away has the columns and the order of the page');
select throws_ok(format('select pg_temp.list(%L, %L, %L, %L)', :'ann', i,
	'distributor', 'lists_bytes'), s, null, m)
from (values ('{"list": "worklist"}', 'PT404', 'of a list that one has'),
	('{"list": "nothing"}', 'PT404', 'and that exists'),
	('{"list": "orders", "shape": "round"}', 'PT400',
	'asked what the list can be asked'),
	('{"list": "orders", "every": "true"}', 'PT400', 'and nothing else'),
	('{"list": "orders", "format": "pdf"}', 'PT422', 'as CSV or XLSX'))
	v (i, s, m);
select throws_ok(format('select pg_temp.list(%L, %L)', :'ann',
	'{"every": "true"}'), 'PT400', 'input.invalid',
	'nobody else gets every row at once');

-- The desk is told whose rows it looks at, and comes back to all.
select is(pg_temp.list(:'amy', jsonb_build_object('view', 'all', 'partner',
	(select public_id from core.partner where id = :alpha)), 'desk')
	-> 'of_partner', jsonb_build_object('id', (select public_id from
	core.partner where id = :alpha), 'name', (select name from core.partner
	where id = :alpha), 'all', '?view=all'), 'of one partner');
select is(pg_temp.list(w, jsonb_build_object('partner', p.public_id), l)
	-> 'of_partner', 'null', t) from core.partner p, (values
	(:'joe', 'desk', 'not of one that is another''s'),
	(:'ann', 'distributor', 'nor to a partner')) v (w, l, t)
where p.id = :alpha;
\ir lib/end.sql
