-- SPDX-License-Identifier: Apache-2.0
--
-- Files of orders: who attaches, sees, takes, withdraws and passes them on.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('abe', 'distributor_user', :alpha) as abe \gset
select pg_temp.person('ira', 'agent') as ira \gset
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select id, 'desk', null, array[r], core.now() from core.person join (values
	('amy', 'account_manager'), ('joe', 'account_manager'),
	('ida', 'administrator')) v (u, r) on uid = u;
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('F1',
	'[{"item": "P1", "quantity": "4"}, {"item": "P3", "quantity": "2"}]'))
	#>> '{data,id}' as so \gset
select h.public_id as po from orders.head h where h.kind = 'purchase'
	and h.partner_id = :beta \gset
select h.public_id as later from orders.head h where h.kind = 'purchase'
	and h.partner_id = :delta \gset
\set png '\\x89504e470d0a1a0a'

create function pg_temp.attach(login text, who text, of_order text,
	name text, mark text, more jsonb default '{}') returns jsonb
language sql as $$
	select pg_temp.ask(login, 'order_files_create', who, jsonb_build_object(
		'id', of_order, 'filename', name) || more,
		'\x89504e470d0a1a0a' || convert_to(mark, 'UTF8')) -> 'data'
$$;
create function pg_temp.names(login text, who text, of_order text)
returns text language sql as $$
	select string_agg(f ->> 'filename', ', ' order by n)
	from jsonb_array_elements(pg_temp.ask(login, 'orders_show', who,
		jsonb_build_object('id', of_order)) #> '{data,attachments}')
		with ordinality x (f, n)
$$;
-- The file of that name, as somebody sees it.
create function pg_temp.file(login text, who text, of_order text, name text)
returns jsonb language sql as $$
	select f from jsonb_array_elements(pg_temp.ask(login, 'orders_show', who,
		jsonb_build_object('id', of_order)) #> '{data,attachments}') f
	where f ->> 'filename' = name
$$;
create function pg_temp.step(login text, who text, of_order text, name text,
	event text, more jsonb default '{}') returns jsonb language sql as $$
	select pg_temp.ask(login, 'order_files_event', who, jsonb_build_object(
		'id', of_order, 'file', a.public_id, 'event', event) || more)
		-> 'data' from orders.attachment a
	join orders.head h on h.id = a.order_id
	where h.public_id::text = of_order and a.filename = name
	and a.withdrawn_at is null
$$;
create function pg_temp.take(login text, who text, of_order text, name text)
returns text language sql as $$
	select pg_temp.ask(login, op, who, jsonb_build_object('id', of_order,
		'file', a.public_id)) ->> 'status'
	from orders.attachment a join orders.head h on h.id = a.order_id
	cross join unnest(array['order_files_bytes', 'order_files_seen']) op
	where h.public_id::text = of_order and a.filename = name
	and a.withdrawn_at is null order by op desc limit 1
$$;
create function pg_temp.told(login text, who text) returns text
language sql as $$
	select string_agg(e ->> 'type', ' ' order by (e ->> 'seq')::int)
	from jsonb_array_elements(pg_temp.ask(login, 'activity_list', who,
		'{"limit": "200"}') #> '{data,items}') e
	where e ->> 'type' like 'order.file.%'
$$;

-- Attached.
select is(pg_temp.ask('distributor', 'orders_show', :'ann', jsonb_build_object(
	'id', :'so')) #> '{data,can,attach}', 'true', 'the step is offered');
select is(pg_temp.attach('distributor', :'ann', :'so', '../my "plan".png', 'a')
	#>> '{attachments,0,filename}', '.._my _plan_.png',
	'a file is kept under a harmless name');
select is(pg_temp.attach('distributor', :'ann', :'so', 'again.png', 'a')
	#>> '{attachments,0,filename}', '.._my _plan_.png', 'once');
select is((select count(*) from orders.attachment), 1::bigint,
	'the same bytes are not stored twice');
select is(pg_temp.ask('distributor', 'order_files_bytes', :'abe',
	jsonb_build_object('id', :'so', 'file', (select public_id
	from orders.attachment))) #>> '{data,base64}',
	encode('\x89504e470d0a1a0a61', 'base64'), 'the bytes come back');
select is(pg_temp.file('distributor', :'ann', :'so', '.._my _plan_.png')
	->> 'media_type', 'image/png', 'the type is that of the bytes');
select throws_ok(format($$select pg_temp.ask('distributor',
	'order_files_create', %L, jsonb_build_object('id', %L, 'filename',
	'x.png'), %L::bytea)$$, :'ann', :'so', b), 'PT422', 'input.invalid', n)
from (values ('\x3c68746d6c3e', 'what is no picture is refused'),
	('', 'nothing is no file')) v (b, n);
select throws_ok(format($$select pg_temp.ask('distributor',
	'order_files_create', %L, jsonb_build_object('id', %L),
	'\x89504e470d0a1a0a' || convert_to(repeat('x', 10485760), 'UTF8'))$$,
	:'ann', :'so'), 'PT422', 'input.invalid', 'ten MiB are the most');
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('F0',
	'[{"item": "P1", "quantity": "4"}]', '{"event": "save"}'))
	#>> '{data,id}' as draft \gset
select throws_ok(format('select pg_temp.attach(''distributor'', %L, %L, ''x'',
	''x'')', :'ann', :'draft'), 'PT409', 'orders.event.illegal',
	'a draft has no files');

-- Who sees it.
select is(pg_temp.names('distributor', :'abe', :'so'), '.._my _plan_.png',
	'a colleague sees it');
select is(pg_temp.names('desk', :'amy', :'so'), '.._my _plan_.png',
	'and so does the account manager');
select is(pg_temp.names('supplier', :'bob', :'po'), null,
	'not the supplier of the linked order');
select throws_ok(format('select pg_temp.take(%L, %L, %L, %L)', l, w, :'so',
	'.._my _plan_.png'), 'PT404', 'absent', n || ' takes nothing')
from (values ('distributor', :'gus', 'another distributor'), ('supplier',
	:'bob', 'the supplier'), ('desk', :'joe', 'another account manager'))
	v (l, w, n);
select throws_ok(format('select pg_temp.attach(%L, %L, %L, ''x.png'', ''x'')',
	l, w, :'so'), s, c, n) from (values
	('distributor', :'gus', 'PT404', 'absent', 'no stranger attaches'),
	('desk', :'joe', 'PT404', 'absent', 'nor an account manager of others'),
	('desk', :'ida', 'PT403', 'permission.denied', 'nor an administrator'))
	v (l, w, s, c, n);

-- Withdrawn, by who attached it, while nobody else has taken it.
select pg_temp.attach('distributor', :'ann', :'so', 'wrong.png', 'w') \g /dev/null
select is(pg_temp.file('distributor', :'ann', :'so', 'wrong.png')
	-> 'actions', '["withdraw"]', 'who attached it may withdraw it');
select is(pg_temp.file('distributor', :'abe', :'so', 'wrong.png')
	-> 'actions', '[]', 'a colleague may not');
select throws_ok(format('select pg_temp.step(''distributor'', %L, %L,
	''wrong.png'', ''withdraw'')', :'abe', :'so'), 'PT409',
	'orders.file.illegal', 'nor by asking');
select is(pg_temp.take('distributor', :'ann', :'so', 'wrong.png'), '204',
	'one''s own look');
select is(pg_temp.file('distributor', :'ann', :'so', 'wrong.png')
	->> 'fetched', 'false', 'is no download');
select is(jsonb_array_length(pg_temp.step('distributor', :'ann', :'so',
	'wrong.png', 'withdraw') -> 'attachments'), 1, 'it is gone');
select is((select bytes from orders.attachment where filename = 'wrong.png'),
	null, 'and so are its bytes');
select throws_ok(format($$select pg_temp.ask('distributor', op, %L,
	jsonb_build_object('id', %L, 'file', a.public_id, 'event', 'withdraw')
	- case op when 'order_files_bytes' then 'event' else '' end)
	from orders.attachment a, unnest(array['order_files_bytes',
	'order_files_event']) op where a.filename = 'wrong.png'$$, :'ann', :'so'),
	'PT404', 'absent', 'for everybody');
select pg_temp.attach('distributor', :'ann', :'so', 'kept.png', 'k') \g /dev/null
select pg_temp.take('desk', :'amy', :'so', 'kept.png') \g /dev/null
select is(pg_temp.file('distributor', :'ann', :'so', 'kept.png')
	->> 'fetched', 'true', 'he sees that it was taken');
select throws_ok(format('select pg_temp.step(''distributor'', %L, %L,
	''kept.png'', ''withdraw'')', :'ann', :'so'), 'PT409',
	'orders.file.illegal', 'and withdraws it no more');
select is(pg_temp.attach('distributor', :'erp', :'so', 'm.png', 'm')
	#>> '{attachments,2,author}', 'alpha-erp', 'a machine attaches, too');

-- Inside the house.
select pg_temp.attach('desk', :'ira', :'so', 'cost.png', 'c',
	'{"internal": "true"}') \g /dev/null
select is(pg_temp.names('distributor', :'ann', :'so'),
	'.._my _plan_.png, kept.png, m.png', 'an internal file stays inside');
select is(pg_temp.file('desk', :'amy', :'so', 'cost.png') ->> 'internal',
	'true', 'marked');
select throws_ok(format('select pg_temp.take(''distributor'', %L, %L, %L)',
	:'ann', :'so', 'cost.png'), 'PT404', 'absent', 'and is not taken');
select is(pg_temp.attach('distributor', :'ann', :'so', 'mine.png', 'i',
	'{"internal": "true"}') #>> '{attachments,3,visibility}', 'public',
	'a partner has nothing internal');
select is(pg_temp.told('distributor', :'ann'), 'order.file.attached '
	|| 'order.file.attached order.file.withdrawn order.file.attached '
	|| 'order.file.attached order.file.attached',
	'his timeline does not tell of it');
select pg_temp.step('desk', :'amy', :'so', 'cost.png', 'publish') \g /dev/null
select ok(pg_temp.names('distributor', :'ann', :'so') like '%cost.png%',
	'shown, he sees it');
select pg_temp.step('desk', :'ira', :'so', 'cost.png', 'internal') \g /dev/null
select ok(pg_temp.names('distributor', :'ann', :'so') not like '%cost.png%',
	'and it is taken back while he has not taken it');
select ok(pg_temp.told('distributor', :'ann') like
	'%order.file.attached order.file.withdrawn', 'which he is told');
select throws_ok(format('select pg_temp.step(''desk'', %L, %L, ''mine.png'',
	''internal'')', :'amy', :'so'), 'PT409', 'orders.file.illegal',
	'a partner''s file is not hidden from him');

-- Passed on.
select is(pg_temp.file('desk', :'ira', :'so', 'mine.png') -> 'actions', '[]',
	'an agent passes nothing on');
select throws_ok(format('select pg_temp.step(%L, %L, %L, ''mine.png'',
	''share'', %L)', l, w, :'so', jsonb_build_object('order', :'po')),
	'PT409', 'orders.file.illegal', n || ' does not')
from (values ('desk', :'ira', 'not even by asking; an agent'),
	('distributor', :'ann', 'a distributor')) v (l, w, n);
select throws_ok(format('select pg_temp.step(''desk'', %L, %L, ''mine.png'',
	''share'', %L)', :'amy', :'so', m), s, c, n) from (values
	('{}'::jsonb, 'PT422', 'input.invalid', 'an order is wanted'),
	(jsonb_build_object('order', :'so'), 'PT422', 'input.invalid',
	'a linked one')) v (m, s, c, n);
select throws_ok(format('select pg_temp.step(''desk'', %L, %L, ''cost.png'',
	''share'', %L)', :'amy', :'so', jsonb_build_object('order', :'po')),
	'PT409', 'orders.file.illegal', 'what is internal is not passed on');
select is(pg_temp.step('desk', :'amy', :'so', 'mine.png', 'share',
	jsonb_build_object('order', :'po', 'filename', 'flange.png'))
	#>> '{attachments,4,fetched}', 'true', 'passed on, it is not withdrawn');
select pg_temp.file('supplier', :'bob', :'po', 'flange.png') as got \gset
select is(:'got'::jsonb ->> 'author', 'House', 'the supplier has it from the house');
select is(:'got'::jsonb -> 'shares', 'null', 'and does not learn whose it was');
select ok(pg_temp.ask('supplier', 'orders_show', :'bob', jsonb_build_object(
	'id', :'po'))::text !~* 'alpha|mine.png', 'nowhere');
select ok(pg_temp.ask('supplier', 'activity_list', :'bob',
	'{"limit": "200"}')::text !~* 'alpha|mine.png', 'nor on his timeline');
select is(pg_temp.told('supplier', :'bob'), 'order.file.attached',
	'which tells of a new file');
select is(pg_temp.take('supplier', :'bob', :'po', 'flange.png'), '204',
	'he takes it');
select is(pg_temp.file('desk', :'amy', :'so', 'mine.png')
	#>> '{shares,0,number}', (select number from orders.head
	where public_id = :'po'), 'the house sees where it went');
select is(pg_temp.file('desk', :'amy', :'po', 'flange.png')
	#>> '{shares,0,from}', 'true', 'and where it came from');
select throws_ok(format('select pg_temp.step(''desk'', %L, %L, ''mine.png'',
	''share'', %L)', :'amy', :'so', jsonb_build_object('order', :'po')),
	'PT409', 'orders.file.there', 'once');
select is((select count(*) from core.audit a where a.operation =
	'order_files_event' and a.detail ->> 'event' = 'share'), 1::bigint,
	'the audit has it');
select pg_temp.attach('supplier', :'bob', :'po', 'cert.png', 's') \g /dev/null
select pg_temp.step('desk', :'amy', :'po', 'cert.png', 'share',
	jsonb_build_object('order', :'so')) \g /dev/null
select is(pg_temp.file('distributor', :'ann', :'so', 'cert.png')
	->> 'author', 'House', 'and the other way round');
select is(pg_temp.file('desk', :'ira', :'so', 'cert.png') ->> 'author', 'Amy',
	'inside the house it has a name');

-- An order that its supplier does not see yet.
select pg_temp.attach('desk', :'amy', :'later', 'soon.png', 'z') \g /dev/null
select is(pg_temp.told('supplier', :'dan'), null,
	'what is attached before the release is not told');
select is(pg_temp.as_login('supplier', format('select count(*)::text from
	(select core.enter(''home'', jsonb_build_object(''session'', %L))) e,
	orders.attachment', :'dan')), '0', 'and is no row for him');
select orders.release(id) from orders.head where public_id = :'later' \g /dev/null
select is(pg_temp.names('supplier', :'dan', :'later'), 'soon.png',
	'it comes with the order');

-- Not without end.
select pg_temp.attach('distributor', :'ann', :'so', n || '.png', n::text)
from generate_series(1, 50 - (select count(*)::int from orders.attachment a
	join orders.head h on h.id = a.order_id
	where h.public_id = :'so' and a.withdrawn_at is null
	and a.visibility = 'public')) n \g /dev/null
select throws_ok(format('select pg_temp.attach(''distributor'', %L, %L,
	''x.png'', ''more'')', :'ann', :'so'), 'PT409', 'orders.files.many',
	'an order has fifty files at most');
\ir lib/end.sql
