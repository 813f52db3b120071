-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

set local role kontor_owner;
create table core.probe (id bigint generated always as identity primary key,
	public_id uuid not null default core.uuid7(), partner_id bigint not null,
	state text not null, note text);
select core.isolate('core.probe') \g /dev/null
grant select, insert, update on core.probe to kontor_distributor;
select core.add_state('probe', 'draft', 'neutral'), core.add_state('probe',
	'sent', 'info'), core.add_state('probe', 'closed', 'ok', true)
	\g /dev/null
select core.add_transition('probe', '', 'create', 'draft', 'any'),
	core.add_transition('probe', 'draft', 'send', 'sent', 'any'),
	core.add_transition('probe', 'sent', 'close', 'closed', 'probes.close'),
	core.add_transition('probe', 'sent', 'expire', 'closed') \g /dev/null
select core.guard('probe', 'core.probe') \g /dev/null
create function api.probe_fire(input jsonb) returns json
language plpgsql volatile as $$ begin
	return to_json(core.fire('probe', 'core.probe', (input ->> 'n')::bigint,
		input ->> 'event', input ? 'rule')); end $$;
create function api.probe_actions(input jsonb) returns json
language plpgsql stable as $$ begin
	return core.actions('probe', input ->> 'state'); end $$;
select core.operation('probe_fire', 'any', true),
	core.operation('probe_actions', 'any') \g /dev/null
select core.grant_permission('probes.close', 'distributor_admin') \g /dev/null
select core.build_wall() \g /dev/null
reset role;

select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'distributor') as beta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
select pg_temp.person('ada', 'distributor_admin', :alpha) as ada \gset
select pg_temp.person('bob', 'distributor_user', :beta) as bob \gset
insert into core.probe (partner_id, state) values (:alpha, 'draft')
returning id as n \gset
create function pg_temp.fire(who text, n bigint, event text,
	more jsonb default '{}') returns text
language sql as $$
	select pg_temp.ask('distributor', 'probe_fire', who,
		jsonb_build_object('n', n, 'event', event) || more) ->> 'data'
$$;

select throws_ok(format($$insert into core.probe (partner_id, state)
	values (%s, 'sent')$$, :alpha), 'PT409', 'state.illegal',
	'nothing begins in the middle');
select is(pg_temp.ask('distributor', 'probe_actions', :'ann',
	'{"state": "sent"}') -> 'data', '[]', 'actions are those that one may');
select is(pg_temp.ask('distributor', 'probe_actions', :'ada',
	'{"state": "sent"}') -> 'data', '["close"]',
	'a rule''s own step is offered to nobody');
select is(pg_temp.fire(:'ann', :n, 'send'), 'sent', 'an event moves the state');
select throws_ok(format($$select pg_temp.fire(%L, %s, 'send')$$, :'ann', :n),
	'PT409', 'state.illegal', 'AZ-13: an illegal transition is a conflict');
select throws_ok(format($$select pg_temp.fire(%L, %s, 'close')$$, :'ann', :n),
	'PT403', 'state.denied', 'a step needs its permission');
select throws_ok(format($$select pg_temp.fire(%L, %s, 'send')$$, :'bob', :n),
	'PT404', 'absent', 'AZ-3: another partner''s object is absent');
select throws_ok(format($$select pg_temp.fire(%L, %s, 'expire')$$, :'ada', :n),
	'PT403', 'state.denied', 'nobody takes a rule''s step by hand');
select is(pg_temp.fire(:'ann', :n, 'expire', '{"rule": 1}'), 'closed',
	'a rule takes it');
select throws_ok(format($$update core.probe set state = 'draft'
	where id = %s$$, :n), 'PT409', 'state.illegal',
	'the trigger holds even where no rule is asked');
select lives_ok(format($$update core.probe set note = 'x' where id = %s$$,
	:n), 'other columns are free');
select is((select string_agg(concat_ws('>', h.old_state, h.event, h.new_state,
	h.actor_name), ' ' order by h.id) from core.state_history h
	where h.machine = 'probe'), 'draft>send>sent>Ann sent>expire>closed>Ann',
	'every step stands in the history');

\ir lib/end.sql
