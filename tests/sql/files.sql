-- SPDX-License-Identifier: Apache-2.0
--
-- Files of orders: who attaches, sees, takes, withdraws and passes them on.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/touched.sql

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
	(jsonb_build_object('order', :'so', 'filename', 'x.png'), 'PT422',
	'input.invalid', 'a linked one'),
	(jsonb_build_object('order', :'po'), 'PT422', 'input.invalid',
	'and a name chosen for it')) v (m, s, c, n);
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
select is(pg_temp.told('supplier', :'bob'), 'order.file.received',
	'which tells of a new file');
select is(pg_temp.take('supplier', :'bob', :'po', 'flange.png'), '204',
	'he takes it');
select is(pg_temp.file('desk', :'amy', :'so', 'mine.png')
	#>> '{shares,0,number}', (select number from orders.head
	where public_id = :'po'), 'the house sees where it went');
select is(pg_temp.file('desk', :'amy', :'po', 'flange.png')
	#>> '{shares,0,from}', 'true', 'and where it came from');
select throws_ok(format('select pg_temp.step(''desk'', %L, %L, ''mine.png'',
	''share'', %L)', :'amy', :'so', jsonb_build_object('order', :'po',
	'filename', 'flange.png')), 'PT409', 'orders.file.there', 'once');
select is((select count(*) from core.audit a where a.operation =
	'order_files_event' and a.detail ->> 'event' = 'share'), 1::bigint,
	'the audit has it');
select pg_temp.attach('supplier', :'bob', :'po', 'cert.png', 's') \g /dev/null
select pg_temp.step('desk', :'amy', :'po', 'cert.png', 'share',
	jsonb_build_object('order', :'so', 'filename', 'cert.png')) \g /dev/null
select is(pg_temp.file('distributor', :'ann', :'so', 'cert.png')
	->> 'author', 'House', 'and the other way round');
select is(pg_temp.file('desk', :'ira', :'so', 'cert.png') ->> 'author', 'Amy',
	'inside the house it has a name');

-- A name that said too much goes with the file.
select pg_temp.attach('distributor', :'ann', :'so', 'plan.png', 'pl') \g /dev/null
select pg_temp.step('desk', :'amy', :'so', 'plan.png', 'share',
	jsonb_build_object('order', :'po', 'filename', 'Order_ALPHA.png'))
	\g /dev/null
select pg_temp.step('desk', :'amy', :'po', 'Order_ALPHA.png', 'internal')
	\g /dev/null
select pg_temp.step('desk', :'amy', :'po', 'Order_ALPHA.png', 'publish')
	\g /dev/null
select pg_temp.step('desk', :'amy', :'po', 'Order_ALPHA.png', 'withdraw')
	\g /dev/null
select ok(pg_temp.ask('supplier', op, :'bob', i)::text !~* 'alpha',
	op || ' does not keep it') from (values
	('orders_show', jsonb_build_object('id', :'po')),
	('activity_list', '{"limit": "200"}')) v (op, i);
select is((select count(*) from core.event e where e.object_id = :'po'
	and not e.internal and e.data::text ~* 'alpha'), 0::bigint,
	'nor does the stream');
select is(pg_temp.told('supplier', :'bob'), 'order.file.received '
	|| 'order.file.attached order.file.received order.file.recalled '
	|| 'order.file.received order.file.recalled',
	'which says that it came and went');

-- Who looks inside the house is no reader yet.
select pg_temp.attach('desk', :'amy', :'so', 'inner.png', 'in',
	'{"internal": "true"}') \g /dev/null
select pg_temp.take('desk', :'ira', :'so', 'inner.png') \g /dev/null
select pg_temp.step('desk', :'amy', :'so', 'inner.png', 'publish') \g /dev/null
select is(pg_temp.file('desk', :'amy', :'so', 'inner.png') -> 'actions',
	'["withdraw", "share", "internal"]',
	'what a colleague has opened is published and taken back all the same');
select pg_temp.take('distributor', :'ann', :'so', 'inner.png') \g /dev/null
select is(pg_temp.file('desk', :'amy', :'so', 'inner.png') -> 'actions',
	'["share"]', 'until the partner has taken it');

-- A name ends as its bytes do.
select is(core.file_name(n, t), e, format('%s is kept as %s', n, e))
from (values ('plan.hta', 'application/pdf', 'plan.pdf'),
	('plan.pdf.bat', 'application/pdf', 'plan.pdf.pdf'),
	('plan.html. ', 'application/pdf', 'plan.pdf'),
	('plan', 'application/pdf', 'plan.pdf'),
	('.pdf', 'application/pdf', 'file.pdf'),
	('Drawing 4.2', 'application/pdf', 'Drawing 4.2.pdf'),
	('Plan.PDF', 'application/pdf', 'Plan.PDF'),
	('a.jpeg', 'image/jpeg', 'a.jpeg'), ('a.png', 'image/jpeg', 'a.jpg'),
	('', 'image/gif', 'file.gif'), ('x.svg', 'image/webp', 'x.webp'),
	(repeat('n', 120) || '.pdf', 'application/pdf', repeat('n', 94) || '.pdf'))
	v (n, t, e);
select is(pg_temp.ask('distributor', 'order_files_create', :'ann',
	jsonb_build_object('id', :'so', 'filename', 'plan.hta'),
	'%PDF-1.4 <script>') #>> '{data,attachments,-1,filename}', 'plan.pdf',
	'no file of an order is offered as something that runs');

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
select pg_temp.attach('supplier', :'bob', :'po', n || '.png', n::text)
from generate_series(1, 50 - (select count(*)::int from orders.attachment a
	join orders.head h on h.id = a.order_id
	where h.public_id = :'po' and a.withdrawn_at is null)) n \g /dev/null
select throws_ok(format('select pg_temp.step(''desk'', %L, %L, ''kept.png'',
	''share'', %L)', :'amy', :'so', jsonb_build_object('order', :'po',
	'filename', 'k.png')), 'PT409', 'orders.files.many',
	'nor has one more that it is passed on to');

-- What is read of an order or a case does not grow with the bytes of its
-- files.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('F2',
	'[{"item": "P1", "quantity": "4"}]')) #>> '{data,id}' as wide \gset
select pg_temp.ask('distributor', 'cases_create', :'ann',
	'{"subject": "Noise", "symptom": "It hums"}') #>> '{data,id}' as hums \gset
create function pg_temp.fill(of_order text, of_case text, size int)
returns void language plpgsql as $$
declare
	n int;
	bytes bytea;
begin
	delete from orders.attachment a using orders.head h
	where h.id = a.order_id and h.public_id::text = of_order;
	delete from cases.attachment a using cases.head h
	where h.id = a.case_id and h.public_id::text = of_case;
	for n in 1..20 loop
		bytes := (select string_agg(sha256(convert_to(n || '-' || i, 'UTF8')),
			'') from generate_series(1, size / 32) i);
		insert into orders.attachment (partner_id, order_id, filename,
			media_type, sha256, bytes, side, author_name)
		select h.partner_id, h.id, 'l.png', 'image/png', sha256(bytes), bytes,
			'partner', 'Ann' from orders.head h
		where h.public_id::text = of_order;
		insert into cases.attachment (partner_id, case_id, filename,
			media_type, sha256, bytes, author_name)
		select c.partner_id, c.id, 'l.png', 'image/png', sha256(bytes), bytes,
			'Ann' from cases.head c where c.public_id::text = of_case;
	end loop;
end
$$;
select pg_temp.fill(:'wide', :'hums', 64) \g /dev/null
create temp table shown on commit drop as
select login, op, who, input, pg_temp.touched(login, op, who, input) as pages
from (values ('distributor', 'orders_show', :'ann', :'wide'),
	('desk', 'orders_show', :'amy', :'wide'),
	('distributor', 'cases_show', :'ann', :'hums'),
	('desk', 'cases_show', :'ira', :'hums')) v (login, op, who, id),
	jsonb_build_object('id', id) input;
select pg_temp.fill(:'wide', :'hums', 262144) \g /dev/null
select cmp_ok(pg_temp.touched(login, op, who, input), '<', pages + 500,
	format('%s at the %s does not read the files', op, login)) from shown;

-- Nor a partner without end.
select is(core.files_size(:alpha), (select sum(length(bytes))::bigint
	from (select bytes, partner_id from orders.attachment union all
	select bytes, partner_id from cases.attachment) x
	where partner_id = :alpha), 'files of a partner are summed up')
from (select core.seal('{"portal": "desk"}')) s;
update core.setting set value = (core.files_size(:alpha) / 1048576)::text
	where name = 'files.partner_mib';
select throws_ok(format('select pg_temp.attach(''distributor'', %L, %L,
	''x.png'', ''more'')', :'ann', :'wide'), 'PT409', 'files.full',
	'there is no room in another order either');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'attach', 'filename', 'x.png'),
	'\x89504e470d0a1a0a')$$, :'ann', :'hums'), 'PT409', 'files.full',
	'nor in a case');
update core.setting set value = '5120' where name = 'files.partner_mib';
select is(jsonb_array_length(pg_temp.attach('distributor', :'ann', :'wide',
	'x.png', 'more') -> 'attachments'), 21, 'with more room there is');
select is(pg_temp.as_login('distributor', format('select core.files_size(%s)'
	'::text from (select core.enter(''home'', jsonb_build_object(''session'','
	' %L))) e', p, :'ann')) is not null, p = :alpha,
	'of others one learns nothing')
from (values (:alpha), (:beta), (:gamma)) v (p);

-- A file is one of its order's partner.
select throws_ok(format($$update orders.attachment a set partner_id = %s
	from orders.head h where h.id = a.order_id and h.public_id = %L$$, :beta,
	:'wide'), '23503', null, 'in its keys, too');
\ir lib/end.sql
