-- SPDX-License-Identifier: Apache-2.0
--
-- Every table with a partner, asked by every side: nobody reads, changes or
-- makes another partner's row. Found in the catalogue, so that a new table
-- cannot be forgotten.
\ir lib/start.sql
\ir lib/orders.sql

-- A world with rows of everybody.
select pg_temp.ask('distributor', 'orders_create', w, pg_temp.form(n,
	'[{"item": "P1", "quantity": "4"}, {"item": "P3", "quantity": "2"}]'))
from (values (:'ann', 'I1'), (:'gus', 'I2')) v (w, n) \g /dev/null
select orders.release(h.id) from orders.head h where h.kind = 'purchase'
	and h.state = 'draft' \g /dev/null
select pg_temp.line_event(l, w, 'confirm', pg_temp.bought(n, p))
from (values ('supplier', :'bob', '10'), ('supplier', :'dan', '20'))
	v (l, w, p), unnest(array['I1', 'I2']) n \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.ask('distributor', 'orders_change', w, jsonb_build_object(
	'id', h.public_id, 'version', h.version, 'event', 'send', 'lines',
	'[{"line_id": "20", "quantity": "3"}]'::jsonb))
from (values (:'ann', 'I1'), (:'gus', 'I2')) v (w, n)
join orders.head h on h.partner_number = n \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'ship', pg_temp.bought('I1',
	'10')) \g /dev/null
select orders.receive_all(d, jsonb_build_object('lines', jsonb_build_array(
	jsonb_build_object('line', p.line_id, 'received', '3'))),
	orders.origin_system()) from orders.despatch d
join orders.packed p on p.despatch_id = d.id where d.kind = 'sales' \g /dev/null
insert into orders.package (partner_id, despatch_id, position)
select partner_id, id, 9 from orders.despatch;
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.bought('I1', '20'),
	'{"reason_text": "x"}') \g /dev/null
insert into orders.template (public_id, partner_id, name, content)
select core.uuid7(), unnest(array[:alpha, :gamma]), 'x', '{"lines": []}';
select orders.attach(h, 'x.png', '\x89504e470d0a1a0a', m)
from orders.head h, unnest(array[true, false]) m \g /dev/null
insert into core.list_view (public_id, person_id, portal, partner_id, list,
	name, query, shared)
select core.uuid7(), u.id, 'distributor', p, 'orders', 'x', '{}', true
from core.person u, unnest(array[:alpha, :gamma]) p
where u.uid in ('ann', 'gus');
insert into core.list_choice (person_id, portal, partner_id, list)
select v.person_id, v.portal, v.partner_id, v.list from core.list_view v;
with a as (insert into news.announcement (subject_en, text_en, person_id)
	select 'x', 'x', u.id from core.person u where u.uid = 'amy' returning id),
r as (insert into news.recipient (partner_id, announcement_id)
	select p, a.id from a, unnest(array[:alpha, :beta]) p returning *)
insert into news.reading (partner_id, announcement_id, person_id)
select r.partner_id, r.announcement_id, u.id from r join core.person u
	on u.uid = case r.partner_id when :alpha then 'ann' else 'bob' end;
insert into orders.block (partner_id, kind, reason)
select unnest(array[:alpha, :gamma]), 'order', 'x';
insert into orders.card (partner_id, days, measures, made_at)
select unnest(array[:beta, :delta]), 30, '[]', core.now();
insert into orders.duty (public_id, partner_id, person_id, item)
select core.uuid7(), s.partner_id, s.person_id, 'P' from core.session s
where s.portal = 'supplier';
insert into core.deputy (public_id, partner_id, person_id, deputy_id, since,
	until)
select core.uuid7(), s.partner_id, s.person_id, t.person_id, core.today(),
	core.today() from core.session s join core.session t
on t.person_id <> s.person_id where s.partner_id is not null;
select pg_temp.ask(l, 'documents_create', w, '{}', 'x'::bytea)
from (values ('distributor', :'ann'), ('distributor', :'gus'),
	('supplier', :'bob'), ('supplier', :'dan')) v (l, w) \g /dev/null

insert into orders.reminder (partner_id, order_id, kind, due_at, told_at)
select h.partner_id, h.id, 'reminded', core.now(), core.now()
from orders.head h;

insert into core.mail (public_id, person_id, portal, partner_id, kind, made_at,
	send_at)
select core.uuid7(), s.person_id, s.portal, s.partner_id, 'daily', core.now(),
	core.now() from core.session s where s.partner_id is not null;

create temp table asked as
select c.oid::regclass as rel, quote_ident(a.attname) as col
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'partner_id'
where c.relkind in ('r', 'p') and not a.attisdropped
and n.nspname not in ('pg_catalog', 'information_schema');
grant select on asked to public;

-- Becomes somebody and counts rows of others that are visible, table by table.
create function pg_temp.strangers(credential text, mine bigint)
returns text[] language plpgsql as $$
declare
	t record;
	n bigint;
	leaks text[] := '{}';
begin
	perform core.enter('home', jsonb_build_object('session', credential));
	for t in select * from asked order by 1 loop
		begin
			execute format('select count(*) from %s where %s <> $1', t.rel,
				t.col) into n using mine;
			if n > 0 then
				leaks := leaks || format('%s %s', t.rel, n);
			end if;
		exception when insufficient_privilege then
			null;
		end;
	end loop;
	return leaks;
end
$$;

-- The same for changing rows of others and for giving own rows away.
create function pg_temp.thefts(credential text, mine bigint, other bigint)
returns text[] language plpgsql as $$
declare
	t record;
	n bigint;
	leaks text[] := '{}';
begin
	perform core.enter('home', jsonb_build_object('session', credential));
	for t in select * from asked order by 1 loop
		begin
			execute format('update %s set %s = %s where %s <> $1', t.rel,
				t.col, t.col, t.col) using mine;
			get diagnostics n = row_count;
			if n > 0 then
				leaks := leaks || format('%s changed %s', t.rel, n);
			end if;
		exception when insufficient_privilege then null;
		end;
		begin
			execute format('update %s set %s = $1', t.rel, t.col)
			using other;
			get diagnostics n = row_count;
			if n > 0 then
				leaks := leaks || format('%s given %s', t.rel, n);
			end if;
		exception when insufficient_privilege or foreign_key_violation
			or unique_violation or check_violation then null;
		end;
	end loop;
	return leaks;
end
$$;

select is(pg_temp.as_login(l, format('select pg_temp.strangers(%L, %s)', w,
	p)), '{}', format('%s %s reads no stranger''s row in any table', l, n))
from (values ('distributor', :'ann', :alpha, 'ann'),
	('distributor', :'gus', :gamma, 'gus'), ('supplier', :'bob', :beta, 'bob'),
	('supplier', :'dan', :delta, 'dan')) v (l, w, p, n);
select is(pg_temp.as_login(l, format('select pg_temp.thefts(%L, %s, %s)', w,
	p, o)), '{}', format('%s %s changes no stranger''s row, gives none away',
	l, n))
from (values ('distributor', :'ann', :alpha, :gamma, 'ann'),
	('supplier', :'bob', :beta, :delta, 'bob')) v (l, w, p, o, n);
select matches(pg_temp.as_login('distributor', format(
	'select pg_temp.strangers(%L, 0)', :'ann')),
	'orders.head.*orders.line.*orders.value', 'the probe does see own rows');
select is(pg_temp.as_login('desk', format('select pg_temp.strangers(%L, %s)',
	:'joe', 0)), '{}', 'an account manager without partners reads nothing');

-- The same through the operations: what one may see, the other may not.
create temp table opened as
select 'orders_show' as op, h.public_id as id, h.partner_id,
	h.kind = 'sales' as buys from orders.head h
union all select 'despatches_show', d.public_id, d.partner_id,
	d.kind = 'sales' from orders.despatch d
union all select 'documents_show', d.public_id, d.partner_id,
	d.partner_id in (:alpha, :gamma) from exchange.document d
union all select 'documents_bytes', d.public_id, d.partner_id,
	d.partner_id in (:alpha, :gamma) from exchange.document d
	where d.sha256 is not null;
alter table opened add more jsonb not null default '{}';
insert into opened select 'orders_change_show', h.public_id, h.partner_id,
	h.kind = 'sales', jsonb_build_object('change', c.public_id)
from orders.change c join orders.head h on h.id = c.order_id;
insert into opened select 'order_files_bytes', h.public_id, h.partner_id,
	h.kind = 'sales', jsonb_build_object('file', a.public_id)
from orders.attachment a join orders.head h on h.id = a.order_id
where a.visibility = 'public';
create function pg_temp.opens(login text, who text, op text, id uuid,
	more jsonb) returns text language plpgsql as $$
begin
	return pg_temp.ask(login, op, who, jsonb_build_object('id', id) || more)
		->> 'status';
exception when others then
	return sqlerrm;
end
$$;
select is((select array_agg(distinct pg_temp.opens(l, w, o.op, o.id, o.more))
	from opened o where o.partner_id = p), array['200'], format(
	'%s opens what is his', n))
from (values ('distributor', :'ann', :alpha, 'ann'),
	('supplier', :'bob', :beta, 'bob')) v (l, w, p, n);
select is((select array_agg(distinct pg_temp.opens(l, w, o.op, o.id, o.more))
	from opened o where o.partner_id <> p), array['absent'], format(
	'%s opens nothing of others', n))
from (values ('distributor', :'ann', :alpha, 'ann'),
	('distributor', :'gus', :gamma, 'gus'), ('supplier', :'bob', :beta, 'bob'),
	('supplier', :'dan', :delta, 'dan'), ('desk', :'joe', 0, 'joe'))
	v (l, w, p, n);
\ir lib/end.sql
