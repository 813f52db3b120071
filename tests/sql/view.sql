-- SPDX-License-Identifier: Apache-2.0
--
-- Somebody of the house looks through a partner's eyes: he sees what the
-- partner sees, changes nothing, leaves a trace, and it ends by itself.
\ir lib/start.sql
\ir lib/orders.sql

insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select id, 'desk', null, array[r], core.now() from core.person join (values
	('amy', 'account_manager'), ('joe', 'account_manager'),
	('ida', 'administrator')) v (u, r) on uid = u;
select pg_temp.person('ira', 'agent') as ira \gset
select public_id as beta_id from core.partner where id = :beta \gset
select public_id as alpha_id from core.partner where id = :alpha \gset
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('W1',
	'[{"item": "P1", "quantity": "4"}]')) \g /dev/null
select public_id as po, version as v from orders.head
	where kind = 'purchase' \gset

-- Opens one; answers the hash that stands for it.
create function pg_temp.view(who text, partner text, seed text,
	reason text default 'asked by phone') returns text language plpgsql as $$
begin
	perform pg_temp.ask('desk', 'partners_view', who, jsonb_build_object(
		'partner', partner, 'reason', reason, 'hash', pg_temp.hash(seed)));
	return pg_temp.hash(seed);
end
$$;

-- Who may.
select throws_ok(format('select pg_temp.view(%L, %L, ''x'')', :'ira',
	:'beta_id'), 'PT403', 'permission.denied', 'an agent may not');
select throws_ok(format($$ select pg_temp.ask('supplier', 'partners_view', %L,
	%L) $$, :'bob', jsonb_build_object('partner', :'alpha_id', 'reason', 'x',
	'hash', pg_temp.hash('x'))), 'PT403', 'permission.denied',
	'a partner may not');
select throws_ok(format('select pg_temp.view(%L, %L, ''x'')', :'joe',
	:'beta_id'), 'PT404', 'absent',
	'an account manager only sees partners of his own');
select throws_ok(format('select pg_temp.view(%L, %L, ''x'')', :'amy',
	core.uuid7()), 'PT404', 'absent', 'nor one that does not exist');
select throws_ok(format('select pg_temp.view(%L, %L, ''x'', '' '')', :'amy',
	:'beta_id'), 'PT422', null, 'a reason is wanted');
update core.partner set status = 'suspended' where id = :delta;
select throws_ok(format('select pg_temp.view(%L, %L, ''x'')', :'amy',
	(select public_id from core.partner where id = :delta)), 'PT409',
	'view.partner_blocked', 'a partner who may not log in is not looked at');
update core.partner set status = 'active' where id = :delta;
select is(pg_temp.ask('desk', 'partners_show', :'amy', jsonb_build_object(
	'id', :'beta_id')) #>> '{data,can,view}', 'true', 'the step is offered');

-- What is seen.
select pg_temp.view(:'amy', :'beta_id', 'look') as look \gset
select pg_temp.ask('supplier', 'orders_list', :'look') as l \gset
select is(jsonb_array_length(:'l'::jsonb #> '{data,items}'), 1,
	'the partner''s orders');
select is(:'l'::jsonb #>> '{me,partner,name}', 'Beta', 'in his name');
select is(:'l'::jsonb #>> '{me,viewing,reason}', 'asked by phone',
	'with the reason');
select is((:'l'::jsonb #>> '{me,viewing,until}')::timestamptz,
	core.now() + interval '30 minutes', 'and its end');
select is(:'l'::jsonb #>> '{me,name}', 'Amy', 'the viewer stays himself');
select ok(position('Alpha' in pg_temp.ask('supplier', 'orders_show', :'look',
	jsonb_build_object('id', :'po'))::text) = 0,
	'not more than the partner sees');
select is(pg_temp.ask('supplier', 'orders_show', :'look', jsonb_build_object(
	'id', :'po')) #> '{data,actions}', '[]', 'no step is offered');
select is(pg_temp.ask('supplier', 'orders_show', :'look', jsonb_build_object(
	'id', :'po')) #> '{data,lines,0,actions}', '[]', 'nor at a line');
select throws_ok(format($$ select pg_temp.ask('desk', 'home', %L) $$, :'amy'),
	'PT401', 'session.ended', 'the own session has ended');
select throws_ok(format($$ select pg_temp.ask('desk', 'home', %L) $$, :'look'),
	'PT401', 'session.ended', 'and the view is none of the desk');

-- A look at a file is no download.
select pg_temp.ask('supplier', 'order_files_create', :'bob', jsonb_build_object(
	'id', :'po', 'filename', 'x.png'), '\x89504e470d0a1a0a') \g /dev/null
select is(pg_temp.ask('supplier', 'order_files_seen', :'look',
	jsonb_build_object('id', :'po', 'file', a.public_id)) ->> 'status', '204',
	'a file is shown') from orders.attachment a;
select is((select count(fetched_at) from orders.attachment), 0::bigint,
	'which is no download by the partner');

-- Nothing is written: every operation of every portal that writes.
create function pg_temp.refused(login text, who text) returns setof text
language plpgsql as $$
declare
	op text;
begin
	for op in select o.name from core.operation o where o.writes
		and o.permission <> 'public' and not core.view_may_call(o.name)
		order by 1
	loop
		begin
			perform pg_temp.as_login(login, format('select row_to_json(c) from
				api.call(%L, %L, ''{}'', null) c', op,
				jsonb_build_object('session', who)));
			return next op || ' done';
		exception when others then
			if sqlerrm <> 'view.read_only' then
				return next op || ' ' || sqlerrm;
			end if;
		end;
	end loop;
end
$$;
select is((select array_agg(r) from pg_temp.refused('supplier', :'look') r),
	null, 'every writing operation is refused, whoever holds it');
select ok((select count(*) > 15 from core.operation where writes
	and permission <> 'public'), 'of which there are many');
select is((select array_agg(o.name order by o.name) from core.operation o
	where o.writes and core.view_may_call(o.name)), array['audit_note',
	'order_files_seen', 'session_end', 'session_switch', 'session_touch'],
	'but the ways out, the notes of the session itself and of a download');
select is((select array_agg(distinct o.permission) from core.operation o
	where o.writes and core.view_holds(o.permission)
	and not core.view_may_call(o.name) and o.permission not in
	('any', 'account.own', 'cases.read', 'returns.read', 'orders.read',
	'announcements.read')), null,
	'hardly a writing permission is held either');
select is((select array_agg(t.machine || ' ' || t.event) from core.transition t
	where core.view_holds(t.permission)), null, 'and no step of any object');
select throws_ok(format($$ select pg_temp.ask('supplier', 'partners_view', %L,
	%L) $$, :'look', jsonb_build_object('partner', :'alpha_id', 'reason', 'x',
	'hash', pg_temp.hash('y'))), 'PT403', 'view.read_only',
	'a view does not lead to another');
select is((select state from orders.head where public_id = :'po'), 'submitted',
	'nothing has changed');

-- The trace.
select is((select array[a.kind, a.result, a.account, a.detail ->> 'reason',
	a.partner_id::text] from core.audit a where kind = 'view'),
	array['view', 'ok', 'Amy', 'asked by phone', :'beta'],
	'the audit says who, why and whom');
select is((select internal from core.event where type = 'partner.viewed'), true,
	'the timeline, too, inside the house');
select pg_temp.person('bea', 'supplier_admin', :beta) as bea \gset
select is(pg_temp.ask('supplier', 'audit_list', :'bea', '{"kind": "view"}')
	#>> '{data,items,0,account}', 'Amy',
	'the partner''s administrator reads in his audit that it was done');

-- The way back.
select pg_temp.ask('supplier', 'session_switch', :'look', jsonb_build_object(
	'membership', 'desk', 'hash', pg_temp.hash('back'))) \g /dev/null
select lives_ok(format($$ select pg_temp.ask('desk', 'home', %L) $$,
	pg_temp.hash('back')), 'back at the desk');
select is(pg_temp.ask('desk', 'home', pg_temp.hash('back')) #> '{me,viewing}',
	'null', 'as himself');
select throws_ok(format($$ select pg_temp.ask('supplier', 'home', %L) $$,
	:'look'), 'PT401', 'session.ended', 'the view is over');
select is((select count(*) from core.audit where kind = 'view'
	and result = 'replaced'), 1::bigint, 'which the audit says, too');

-- The directory's look does not end it, the loss of the role does.
select pg_temp.view(pg_temp.hash('back'), :'alpha_id', 'second') as second \gset
insert into core.directory_group (dn, role) values ('cn=am', 'account_manager');
select is(core.directory_seen('entry-amy', '{"id": "entry-amy", "name": "amy",
	"display_name": "Amy", "dn": "uid=amy", "groups": ["cn=am"]}'), 0,
	'a viewer is of the house still');
select lives_ok(format($$ select pg_temp.ask('distributor', 'orders_list', %L)
	$$, :'second'), 'and goes on looking');
delete from core.assignment where partner_id = :alpha;
select throws_ok(format($$ select pg_temp.ask('distributor', 'orders_list', %L)
	$$, :'second'), 'PT401', 'session.ended',
	'a partner handed over is not looked at any more');
insert into core.assignment (partner_id, person_id) select :alpha, id
	from core.person where uid = 'amy';
select is(core.directory_seen('entry-amy', '{"id": "entry-amy", "name": "amy",
	"display_name": "Amy", "dn": "uid=amy", "groups": []}'), 1,
	'without the role it ends');

-- An administrator looks at everybody, and it ends by itself.
select pg_temp.view(:'ida', :'alpha_id', 'third') as third \gset
select lives_ok(format($$ select pg_temp.ask('distributor', 'orders_list', %L)
	$$, :'third'), 'an administrator looks');
update core.clock set shift = shift + interval '29 minutes';
update core.session set touched_at = core.now() where ended_at is null;
select lives_ok(format($$ select pg_temp.ask('distributor', 'orders_list', %L)
	$$, :'third'), 'for almost half an hour');
update core.clock set shift = shift + interval '2 minutes';
select throws_ok(format($$ select pg_temp.ask('distributor', 'orders_list', %L)
	$$, :'third'), 'PT401', 'session.ended', 'and not longer');
select core.sweep() \g /dev/null
select is((select count(*) from core.audit where kind = 'view'
	and result = 'expired'), 1::bigint, 'which the audit says in the end');
\ir lib/end.sql
