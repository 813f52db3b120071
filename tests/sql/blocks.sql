-- SPDX-License-Identifier: Apache-2.0
--
-- An account manager blocks new orders of a distributor, and lifts it again.
\ir lib/start.sql
\ir lib/orders.sql

insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select id, 'desk', null, array[r], core.now() from core.person join (values
	('amy', 'account_manager'), ('joe', 'account_manager'),
	('ida', 'administrator')) v (u, r) on uid = u;
select pg_temp.person('ira', 'agent') as ira \gset
select public_id as alpha_id from core.partner where id = :alpha \gset
select public_id as beta_id from core.partner where id = :beta \gset

create function pg_temp.block(who text, partner text, event text default
	'block', more jsonb default '{"kind": "credit", "reason": "unpaid"}')
returns jsonb language sql as $$
	select pg_temp.ask('desk', 'partners_event', who, jsonb_build_object(
		'id', partner, 'event', event) || more) -> 'data'
$$;
create function pg_temp.placed(number text) returns text language plpgsql as $$
declare
	detail text;
begin
	return pg_temp.ask('distributor', 'orders_create', pg_temp.hash('ann'),
		pg_temp.form(number, '[{"item": "P1", "quantity": "1"}]'))
		#>> '{data,state}';
exception when others then
	get stacked diagnostics detail = pg_exception_detail;
	return detail::jsonb #>> '{errors,0,code}';
end
$$;
create function pg_temp.by_document(number text) returns jsonb language sql
as $$
	select orders.place((select id from core.partner where slug = 'alpha'),
		jsonb_build_object('type', 'order', 'number', number, 'lines',
		'[{"line_id": "10", "item": {"sellers_item_id": "P1"},
		"ordered": "1"}]'::jsonb), orders.origin_system())
$$;

-- Who may, and how.
select throws_ok(format('select pg_temp.block(%L, %L)', w, :'alpha_id'),
	'PT403', 'permission.denied', n || ' may not')
from (values (:'ira', 'an agent'), (:'ida', 'an administrator')) v (w, n);
select throws_ok(format('select pg_temp.block(%L, %L)', :'joe', :'alpha_id'),
	'PT404', 'absent', 'nor an account manager of others');
select throws_ok(format('select pg_temp.block(%L, %L)', :'amy', :'beta_id'),
	'PT404', 'absent', 'a supplier places no orders');
select throws_ok(format('select pg_temp.block(%L, %L, %L, %L)', :'amy',
	:'alpha_id', e, m), 'PT422', null, n)
from (values ('block', '{"kind": "credit", "reason": " "}',
		'a reason is wanted'),
	('block', '{"kind": "mood", "reason": "x"}', 'and a kind'),
	('forget', '{}', 'and an event')) v (e, m, n);
select throws_ok(format('select pg_temp.block(%L, %L, ''unblock'')', :'amy',
	:'alpha_id'), 'PT409', 'partners.block.none', 'nothing to lift yet');
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('Z0',
	'[{"item": "P1", "quantity": "1"}]', '{"event": "save"}'))
	#>> '{data,id}' as draft \gset
select is(pg_temp.placed('Z1'), 'acknowledged', 'an order is taken');

-- Blocked.
select pg_temp.block(:'amy', :'alpha_id') as b \gset
select is(:'b'::jsonb #>> '{blocks,0,reason}', 'unpaid',
	'the partner''s page says why');
select is(:'b'::jsonb #>> '{blocks,0,person}', 'Amy', 'and who');
select is(:'b'::jsonb -> 'actions', '["view", "unblock", "log_case",
	"take_order"]',
	'and offers to lift it');
select throws_ok(format('select pg_temp.block(%L, %L)', :'amy', :'alpha_id'),
	'PT409', 'partners.block.twice', 'one block at a time');
select is(pg_temp.placed('Z2'), 'orders.partner.blocked',
	'a new order is refused on the screen');
select throws_ok(format($$select pg_temp.ask('distributor', 'orders_update',
	%L, %L)$$, :'ann', pg_temp.form('Z0', '[{"item": "P1", "quantity": "1"}]')
	|| jsonb_build_object('id', :'draft', 'version', 1, 'event', 'submit')),
	'PT422', 'orders.invalid', 'a draft is not sent');
select is(pg_temp.by_document('Z3') #>> '{findings,0,rule}',
	'business.partner_blocked', 'a document is refused');
select is(pg_temp.by_document('Z3') #>> '{findings,0,found}', 'blocked',
	'without the kind of block');
select is(pg_temp.by_document('Z3') ->> 'effect', 'none', 'and places nothing');
select is(pg_temp.ask('distributor', 'orders_new', :'ann')
	#>> '{data,blocked}', 'true', 'the form says so beforehand');
select is(pg_temp.ask('distributor', 'orders_new', :'gus')
	#>> '{data,blocked}', 'false', 'not to others');
select ok(position('unpaid' in pg_temp.ask('distributor', 'activity_list',
	:'ann', '{"limit": "200"}')::text) = 0, 'the reason stays in the house');
select throws_ok(format($$select pg_temp.as_login('distributor', format(
	'select b.reason from core.enter(''home'', %%L) e, orders.block b',
	'{"session": "%s"}'::jsonb))$$, :'ann'), '42501', null,
	'out of the distributor''s reach');
select is(pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('Z1', '10')) ->> 'code', null,
	'what was ordered before goes on');

-- Traces, and lifted.
select pg_temp.block(:'amy', :'alpha_id', 'unblock', '{"reason": "paid"}')
	as b \gset
select is(:'b'::jsonb #>> '{blocks,0,lift_reason}', 'paid', 'it is lifted');
select is(:'b'::jsonb -> 'actions', '["view", "block", "log_case",
	"take_order"]', 'and may be set anew');
select is(pg_temp.placed('Z2'), 'acknowledged', 'orders are taken again');
select is((select array_agg(e.type order by e.seq) from core.event e
	where e.type like 'partner.%' and e.internal),
	array['partner.blocked', 'partner.unblocked'],
	'the house''s timeline has both');
select is((select count(*) from core.audit where operation = 'partners_event'
	and result = 'ok'), 2::bigint, 'and so has the audit');
\ir lib/end.sql
