-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

set local role kontor_owner;
create function api.probe_emit(input jsonb) returns json
language plpgsql volatile as $$ begin
	perform core.emit((input ->> 'partner')::bigint, 'probe.made', 'probe',
		coalesce(core.try_uuid(input ->> 'id'), core.uuid7()), '1',
		jsonb_build_object('new', 5), null, null,
		coalesce((input ->> 'internal')::boolean, false));
	return '{}'; end $$;
create function api.probe_timeline(input jsonb) returns json
language plpgsql stable as $$ begin
	return core.timeline(core.input_id(input)); end $$;
select core.operation('probe_emit', 'any', true) \g /dev/null
select core.operation('probe_timeline', 'any') \g /dev/null
select core.build_wall() \g /dev/null
reset role;
delete from core.event;

select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'supplier') as beta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
select pg_temp.person('bob', 'supplier_user', :beta) as bob \gset
select pg_temp.person('max', 'account_manager') as max \gset
select pg_temp.person('ada', 'agent') as ada \gset
select core.admin_assign('{"login": "max", "partner": "alpha"}') \g /dev/null
select '01890000-0000-7000-8000-000000000001' as thing \gset
select jsonb_build_object('partner', :alpha, 'id', :'thing') as to_alpha \gset

select pg_temp.ask('distributor', 'probe_emit', :'ann', :'to_alpha')
	\g /dev/null
select is((select concat_ws(' ', e.actor_name, e.portal, e.channel)
	from core.event e), 'Ann distributor portal',
	'an event knows who, where and by which way');
select throws_ok(format($$select pg_temp.ask('distributor', 'probe_emit', %L,
	'{"partner": %s}')$$, :'ann', :beta), '42501', null,
	'nobody writes on another partner''s timeline');
select throws_ok(format($$select pg_temp.as_login('distributor',
	'update core.event set number = 2')$$), '42501', null,
	'an event is never changed');
select pg_temp.ask('desk', 'probe_emit', :'ada', :'to_alpha'::jsonb
	|| '{"internal": true}') \g /dev/null
select is(jsonb_array_length(pg_temp.ask('distributor', 'probe_timeline',
	:'ann', jsonb_build_object('id', :'thing')) -> 'data'), 1,
	'an internal event is not shown to the partner');
select is(jsonb_array_length(pg_temp.ask('desk', 'probe_timeline',
	:'max', jsonb_build_object('id', :'thing')) -> 'data'), 2,
	'but to its account manager');
select is(jsonb_array_length(pg_temp.ask('supplier', 'probe_timeline',
	:'bob', jsonb_build_object('id', :'thing')) -> 'data'), 0,
	'and nothing of it to another partner');

-- Polling: events of this very transaction are not settled yet, so they are
-- made older by hand.
update core.event set tx = seq;
select is(jsonb_array_length(pg_temp.ask('desk', 'activity_list', :'ada',
	'{"limit": "1"}') #> '{data,items}'), 1, 'activity pages');
select pg_temp.ask('desk', 'activity_list', :'ada', '{"limit": "1"}')
	#>> '{data,next}' as next \gset
select is(pg_temp.ask('desk', 'activity_list', :'ada', jsonb_build_object(
	'limit', '1', 'after', :'next')) #>> '{data,items,0,internal}', 'false',
	'a cursor leads to the next page');
select throws_ok(format($$select pg_temp.ask('desk', 'activity_list', %L,
	'{"after": "%s"}')$$, :'max', :'next'), 'PT400', 'cursor.invalid',
	'AZ-14: another person''s cursor is refused');
select throws_ok(format($$select pg_temp.ask('desk', 'activity_list', %L,
	'{"after": "%s"}')$$, :'ada', reverse(:'next')),
	'PT400', 'cursor.invalid', 'AZ-14: a forged cursor is refused');
select min(e.seq) as first, max(e.seq) as last from core.event e \gset
select is(pg_temp.ask('desk', 'activity_list', :'ada', jsonb_build_object(
	'since', :first)) #> '{data,items,0,seq}', to_jsonb(:last::int),
	'since gives what came after');
select is(pg_temp.ask('desk', 'activity_list', :'ada', jsonb_build_object(
	'since', :last)) -> 'data', jsonb_build_object('items', '[]'::jsonb,
	'next', null, 'latest', :last::int),
	'and nothing twice');
update core.event set tx = pg_current_xact_id()::text::bigint
where seq = :last;
select is(jsonb_array_length(pg_temp.ask('desk', 'activity_list', :'ada',
	jsonb_build_object('since', :first)) #> '{data,items}'), 0,
	'what a running transaction wrote waits, so that no gap can arise');


-- Whom a partner knows by name.
update core.house set name = 'House';
select pg_temp.ask('desk', 'probe_emit', :'ada', :'to_alpha') \g /dev/null
select is(pg_temp.ask('distributor', 'probe_timeline', :'ann',
	jsonb_build_object('id', :'thing')) #>> '{data,-1,actor}', 'House',
	'a partner reads that the house did it');
select is(pg_temp.ask('desk', 'probe_timeline', :'max',
	jsonb_build_object('id', :'thing')) #>> '{data,-1,actor}', 'Ada',
	'the desk reads who');
select is(pg_temp.ask('distributor', 'probe_timeline', :'ann',
	jsonb_build_object('id', :'thing')) #>> '{data,0,actor}', 'Ann',
	'and a partner''s own people keep their names');
\ir lib/end.sql
