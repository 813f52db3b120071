-- SPDX-License-Identifier: Apache-2.0
--
-- Who of a supplier works on an order: rules, deputies, people who leave.
\ir lib/start.sql
\ir lib/orders.sql

-- Beta has three people, Delta another one.
update core.clock set fixed = '2026-11-23 08:00+00';
select pg_temp.person('ben', 'supplier_user', :beta) as ben \gset
select pg_temp.person('bea', 'supplier_admin', :beta) as bea \gset
select pg_temp.person('gil', 'distributor_user', :gamma) as gil \gset
update core.session set expires_at = 'infinity', idle = '10 years',
	created_at = '2026-01-01', touched_at = core.now();
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select s.person_id, s.portal, s.partner_id, s.roles, core.now()
from core.session s;
create function pg_temp.key(uid text) returns bigint language sql as $$
	select p.id from core.person p where p.uid = key.uid
$$;
create function pg_temp.id(uid text) returns uuid language sql as $$
	select p.public_id from core.person p where p.uid = id.uid
$$;
-- Who is responsible for the purchase order made for a sales order.
create function pg_temp.who(number text, of_kind text default 'purchase')
returns text language sql as $$
	select string_agg(u.uid, ' ' order by u.uid) from orders.head h
	left join orders.head s on s.id = h.linked_order_id,
	lateral orders.responsible(h.id) r join core.person u on u.id = r
	where h.kind = of_kind
	and coalesce(s.partner_number, h.partner_number) = who.number
$$;
create function pg_temp.order(number text, lines jsonb) returns text
language sql as $$
	select pg_temp.ask('distributor', 'orders_create', pg_temp.hash('ann'),
		pg_temp.form(number, lines, jsonb_build_object('ship_to',
		a.public_id))) ->> 'status' from core.address a where a.code = 'W1'
$$;
create function pg_temp.duty(who text, country text, postal text, item text)
returns void language sql as $$
	insert into orders.duty (public_id, partner_id, person_id, country,
		postal_code, item)
	select core.uuid7(), p.id, pg_temp.key(who), duty.country, postal,
		duty.item from core.partner p where p.slug = 'beta'
$$;

-- Rules.
select pg_temp.order('R1', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select is(pg_temp.who('R1'), null, 'without rules an order is everybody''s');
select is(pg_temp.who('R1', 'sales'), 'ann',
	'a sales order is of who placed it');
select pg_temp.duty('bob', 'DE', null, null), pg_temp.duty('ben', null, null,
	'P2'), pg_temp.duty('bea', 'DE', null, 'P2'), pg_temp.duty('ben', 'DE',
	'20', null), pg_temp.duty('bea', 'FR', null, null) \g /dev/null
select is(orders.assign_by_duty(:beta), 1, 'rules reach open orders');
select is(pg_temp.who('R1'), 'ben', 'by the more exact postcode');
select is(orders.assign_by_duty(:beta), 0, 'once');
select pg_temp.order('R2', '[{"item": "P2", "quantity": "4"}]') \g /dev/null
select is(pg_temp.who('R2'), 'bea', 'a new order goes by place and item');
delete from orders.duty where postal_code = '20' or country = 'DE'
	and item is not null;
select pg_temp.order('R3', '[{"item": "P2", "quantity": "4"}]') \g /dev/null
select is(pg_temp.who('R3'), 'ben', 'else by what says more');
select pg_temp.order('R4', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select is(pg_temp.who('R4'), 'bob', 'or by the country');
delete from core.membership where person_id = pg_temp.key('bob');
select pg_temp.order('R5', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select is(pg_temp.who('R5'), null, 'nothing goes to who is not there');
select is((select h.responsible_id from orders.head h join orders.head s
	on s.id = h.linked_order_id where s.partner_number = 'R5'), null,
	'nor waits for him');

-- Who has left.
select is(pg_temp.who('R4'), null, 'his open orders are everybody''s');
select is((select array_agg(e.data ->> 'left') from core.event e
	where e.type = 'order.left'), array['Bob'], 'which the timeline tells');
select ok(pg_temp.ask('supplier', 'activity_list', :'ben')
	#> '{data,items}' @> '[{"type": "order.left"}]', 'to his colleagues');
select ok(not pg_temp.ask(l, 'activity_list', w) #> '{data,items}'
	@> '[{"type": "order.left"}]', format('not to %s', n))
from (values ('desk', :'amy', 'the house'), ('supplier', :'dan',
	'another supplier'), ('distributor', :'ann', 'the distributor'))
	v (l, w, n);
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
values (pg_temp.key('bob'), 'supplier', :beta, '{supplier_user}', core.now());

-- Deputies.
create function pg_temp.deputy(login text, who text, person text,
	other text, since date, until date) returns jsonb language sql as $$
	select pg_temp.ask(login, 'deputies_create', pg_temp.hash(who),
		jsonb_build_object('deputy', pg_temp.id(other), 'since', since,
		'until', until, 'person', pg_temp.id(person)))
$$;
select is(pg_temp.deputy('supplier', 'ben', 'ben', 'bob', '2026-11-25',
	'2026-11-26') ->> 'status', '201', 'somebody enters his deputy');
select is(pg_temp.who('R3'), 'ben', 'who does not count before');
update core.clock set fixed = '2026-11-25 08:00+00';
select is(pg_temp.who('R3'), 'ben bob', 'but while it lasts');
select is(pg_temp.who('R2'), 'bea', 'and for his orders only');
update core.clock set fixed = '2026-11-27 08:00+00';
select is(pg_temp.who('R3'), 'ben', 'no longer');
select throws_ok(format('select pg_temp.deputy(%L, %L, %L, %L, %L, %L)',
	l, w, p, o, a, b), 'PT422', null, n)
from (values
	('supplier', 'ben', 'bob', 'bea', '2026-12-01', '2026-12-02',
		'a colleague does not enter one for another'),
	('supplier', 'ben', 'ben', 'ben', '2026-12-01', '2026-12-02',
		'nobody is his own deputy'),
	('supplier', 'ben', 'ben', 'dan', '2026-12-01', '2026-12-02',
		'nor is somebody of another supplier'),
	('supplier', 'bea', 'dan', 'ben', '2026-12-01', '2026-12-02',
		'of whom nobody here says that he is away'),
	('supplier', 'ben', 'ben', 'amy', '2026-12-01', '2026-12-02',
		'nor somebody of the house'),
	('desk', 'amy', 'joe', 'amy', '2026-12-01', '2026-12-02',
		'an account manager enters his own only'),
	('supplier', 'ben', 'ben', 'bob', '2026-12-02', '2026-12-01',
		'days have an order'),
	('supplier', 'ben', 'ben', 'bob', '2026-11-25', '2026-11-26',
		'and are to come')) v (l, w, p, o, a, b, n);
select is(pg_temp.deputy('supplier', 'bea', 'ben', 'bob', '2026-11-27',
	'2026-12-10') ->> 'status', '201', 'the administrator enters others''');
select is(pg_temp.who('R3'), 'ben bob', 'with the same effect');
select is(pg_temp.deputy('distributor', 'gus', 'gus', 'gil', '2026-11-27',
	'2026-12-10') ->> 'status', '201', 'distributors have deputies, too');
select is(jsonb_array_length(pg_temp.ask(l, 'deputies_list', w)
	#> '{data,items}'), n, t)
from (values ('supplier', :'bea', 1, 'an administrator sees his people''s'),
	('supplier', :'bob', 1, 'a deputy his own time'),
	('supplier', :'dan', 0, 'another supplier nothing'),
	('distributor', :'gus', 1, 'a distributor his own'),
	('distributor', :'ann', 0, 'another one not'),
	('desk', :'amy', 0, 'the house none of them')) v (l, w, n, t);
select is((select array_agg(c ->> 'name') from jsonb_array_elements(
	pg_temp.ask('supplier', 'deputies_list', :'bob')
	#> '{data,colleagues}') c), '{Bea,Ben}', 'colleagues are one''s own');
select public_id as d from core.deputy where person_id = pg_temp.key('ben')
	and until = '2026-12-10' \gset
select throws_ok(format('select pg_temp.ask(%L, ''deputies_end'', %L, %L)',
	l, w, jsonb_build_object('id', :'d')), 'PT404', 'absent',
	format('%s does not end it', n))
from (values ('supplier', :'bob', 'the deputy'), ('supplier', :'dan',
	'a stranger'), ('desk', :'amy', 'the house')) v (l, w, n);

-- Whoever leaves leaves his orders to his deputy.
update core.person set disabled_at = core.now() where uid = 'ben';
select is(pg_temp.who('R3'), 'bob', 'a deputy takes over for good');
select is((select array[e.data ->> 'left', e.data ->> 'to'] from core.event e
	where e.type = 'order.left' order by seq desc limit 1), '{Ben,Bob}',
	'which is told');
select is(pg_temp.who('R2'), 'bea', 'others keep theirs');
select is(jsonb_array_length(pg_temp.ask('supplier', 'deputies_end', :'bea',
	jsonb_build_object('id', :'d')) #> '{data,items}'), 0,
	'the administrator ends it');

-- Reminders say whom they are for.
insert into core.job (kind, input, state, run_at)
values ('test', '{}', 'running', core.now()) returning id as job \gset
update orders.head set response_due = core.now() + interval '1 hour'
where kind = 'purchase' and state = 'submitted';
select pg_temp.as_login('worker', format('select orders.clock()::text '
	|| 'from (select core.work_as(%s)) w', :job)) \g /dev/null
select is((select array_agg(coalesce(e.data ->> 'to', '-') order by
	s.partner_number) from core.event e
	join orders.head h on h.public_id = e.object_id
	join orders.head s on s.id = h.linked_order_id
	where e.type = 'order.reminded'), '{Bob,Bea,Bob,-,-}',
	'the one who is responsible, or everybody');

-- The directory knows somebody no longer.
select is(pg_temp.as_login('worker', 'select core.directory_seen('
	|| '''entry-bea'', null)::text'), '1', 'her session ends');
select is(pg_temp.who('R2'), null, 'and her orders are everybody''s');
select ok(pg_temp.ask('supplier', 'activity_list', :'bob')
	#> '{data,items}' @> '[{"type": "order.left", "actor": "Kontor",
	"data": {"left": "Bea", "to": null}}]', 'as her colleagues read');

-- Whoever is concerned is told by mail.
update core.person set mail = uid || '@example.com';
create function pg_temp.told(kind text, number text) returns text
language sql as $$
	select string_agg(u.uid, ' ' order by u.uid) from (select e
		from core.event e join orders.head h on h.public_id = e.object_id
		join orders.head s on s.id = h.linked_order_id
		where e.type = told.kind and s.partner_number = told.number
		order by e.seq desc limit 1) x (e),
	lateral core.mail_readers(x.e) r join core.person u on u.id = r.person_id
$$;
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select pg_temp.key(u), 'supplier', :beta, '{supplier_user}', core.now()
from unnest(array['ben', 'bea']) u on conflict do nothing;
update core.person set disabled_at = null where uid = 'ben';
select pg_temp.ask('supplier', 'orders_assign', :'bob', jsonb_build_object(
	'id', h.public_id, 'person', pg_temp.id('ben'))) from orders.head h
where h.id = (select p.id from orders.head p join orders.head s
	on s.id = p.linked_order_id where s.partner_number = 'R2') \g /dev/null
select is(pg_temp.told('order.assigned', 'R2'), 'ben',
	'to whom an order is handed');
select is(pg_temp.told('order.left', 'R1'), 'bob',
	'or who has it when somebody has left');
select is(pg_temp.told('order.reminded', 'R5'), 'bea ben bob',
	'and everybody of what is nobody''s');
select throws_ok($$ select pg_temp.as_login('supplier',
	'select orders.responsible(1)::text') $$, '42501', null,
	'nobody asks about strangers');
\ir lib/end.sql
