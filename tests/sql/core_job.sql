-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

set local role kontor_owner;
create function api.probe_queue(input jsonb) returns json
language plpgsql volatile as $$ begin
	return to_json(core.enqueue('probe', input,
		(input ->> 'partner')::bigint, key => input ->> 'key')); end $$;
select core.operation('probe_queue', 'any', true) \g /dev/null
select core.build_wall() \g /dev/null
reset role;
delete from core.job;
update core.clock set fixed = '2026-03-02 09:00+00';

select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'supplier') as beta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
create function pg_temp.worker(statement text) returns text
language sql as $$ select pg_temp.as_login('worker', statement) $$;
create function pg_temp.claim(who text default 'w1') returns text
language sql as $$
	select pg_temp.worker(format('select string_agg(id || '':'' || attempt,
		'','' order by id) from core.job_claim(array[''probe''], %L, 10)',
		who))
$$;

select pg_temp.ask('distributor', 'probe_queue', :'ann', jsonb_build_object(
	'partner', :alpha, 'key', 'k')) ->> 'data' as job \gset
select isnt(:'job'::text, '', 'a caller enters a job');
select is(pg_temp.ask('distributor', 'probe_queue', :'ann',
	jsonb_build_object('partner', :alpha, 'key', 'k')) ->> 'data', null,
	'a key is not queued twice');
select throws_ok(format($$select pg_temp.ask('distributor', 'probe_queue', %L,
	'{"partner": %s}')$$, :'ann', :beta), '42501', null,
	'nobody enters work on another partner''s data');
select throws_ok($$select pg_temp.as_login('distributor',
	'select core.job_done(1)')$$, '42501', null, 'portals do no work');

select is(pg_temp.claim(), :'job'::text || ':1', 'a worker claims what is due');
select is(pg_temp.claim('w2'), null, 'what is claimed is not claimed again');
select is(pg_temp.worker(format('select core.work_as(%s)::text || '
	|| 'core.me_partner() || core.me_sees_all() || (select count(*) '
	|| 'from core.partner)', :job)), :'alpha'::text || 'false1',
	'a worker is the job''s partner and sees that one only');
select is(pg_temp.worker(format('select core.job_fail(%s, %L)', :job, 'no')),
	'queued', 'a failed job is tried again');
select is(pg_temp.claim(), null, 'but not at once');
update core.clock set fixed = fixed + interval '2 seconds';
select is(pg_temp.claim(), :'job'::text || ':2', 'after two seconds');
update core.clock set fixed = fixed + interval '61 seconds';
select is(pg_temp.claim('w2'), :'job'::text || ':3',
	'a silent worker''s job is taken back');
update core.job set backend = 0 where id = :job;
select throws_ok(format($$select pg_temp.worker('select core.work_as(%s)')$$,
	:job), 'PT409', 'job.lost', 'then the silent one cannot go on with it');
select is(pg_temp.worker(format('select core.job_fail(%s, %L)', :job, 'no')),
	null, 'nor give it up');
select pg_temp.worker(format('select core.job_done(%s), core.job_keep(%s)',
	:job, :job)) \g /dev/null
select is((select j.state || (j.lease_until = core.now() + interval '1 minute')
	from core.job j where j.id = :job), 'runningtrue', 'nor end it');
update core.job set backend = 0, attempts = 2 where id = :job;
select is(pg_temp.claim('w2'), :'job'::text || ':3',
	'the job of a worker that has died at once');
select is(pg_temp.worker(format('select core.job_fail(%s, %L)', :job, 'no')),
	'dead', 'IN-8: after three attempts a job is given up');
select throws_ok(format($$select pg_temp.worker('select core.work_as(%s)')$$,
	:job), 'PT409', 'job.lost', 'who lost the claim cannot go on');
select is(core.job_retry(:job), true, 'a dead job is put back');
select is(pg_temp.claim(), :'job'::text || ':1', 'and begins anew');
select pg_temp.worker(format('select core.job_done(%s, ''{"a": 1}'')', :job))
	\g /dev/null
select is((select j.state || j.result from core.job j where j.id = :job),
	'done{"a": 1}', 'a job ends with its result');

select core.enqueue('probe', '{}', null) as house \gset
select pg_temp.claim() \g /dev/null
select is(pg_temp.worker(format('select core.work_as(%s)::text || (select '
	|| 'count(*) >= 2 from core.partner)', :house)), 'true',
	'the house''s own work sees all partners');

delete from core.job;
update core.job_schedule set last_at = '-infinity';
select is(pg_temp.worker('select core.job_tick()')::int,
	(select count(*)::int from core.job_schedule),
	'scheduled jobs are entered when due');
select is(pg_temp.worker('select core.job_tick()'), '0', 'once');

\ir lib/end.sql
