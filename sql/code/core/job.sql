-- SPDX-License-Identifier: Apache-2.0
--
-- The job queue. A worker claims and commits; then, in the transaction that
-- does the work, core.work_as (identity: the job's partner), the work, and
-- core.job_done. A job that fails three times, or whose worker went silent
-- three times, is dead and needs attention.

-- Tells workers, at commit.
create or replace function core.job_tell() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
	perform core.tell('job', new.kind);
	return null;
end
$$;

do $$
begin
	drop trigger if exists job_tell on core.job;
	create constraint trigger job_tell after insert on core.job
		deferrable initially deferred
		for each row execute function core.job_tell();
end
$$;

-- Enters a job; with a key, a queued one of the same kind and key is enough.
-- Returns its id, or null when one was already queued.
create or replace function core.enqueue(kind text, input jsonb,
	partner_id bigint, run_at timestamptz default core.now(),
	key text default null)
returns bigint
language plpgsql volatile as $$
declare
	entered bigint;
begin
	insert into core.job (kind, input, partner_id, run_at, key)
	values (kind, coalesce(input, '{}'), partner_id, run_at, key)
	on conflict do nothing
	returning id into entered;
	return entered;
end
$$;

-- Takes back the jobs of workers that went silent, or whose connection is
-- gone: queued again, or dead.
create or replace function core.job_recover() returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	n int;
begin
	with stale as (select j.id from core.job j where j.state = 'running'
			and (j.lease_until < core.now() or not exists (select
				from pg_stat_activity a where a.pid = j.backend))
			order by j.id for update skip locked),
	moved as (update core.job j
		set state = case when j.attempts >= 3 then 'dead' else 'queued' end,
			error = 'the worker went away', worker = null,
			backend = null,
			lease_until = null, run_at = core.now(),
			finished_at = case when j.attempts >= 3 then core.now() end,
			key = null
		from stale s where j.id = s.id returning 1)
	select count(*) into n from moved;
	return n;
end
$$;

-- Claims up to n due jobs, oldest first; each is the caller's for a minute
-- (core.job_keep prolongs) and as long as this connection lives. Commit before
-- working on them.
create or replace function core.job_claim(kinds text[], worker text, n int)
returns table (id bigint, kind text, input jsonb, attempt int)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
	perform core.tell_unsent(), core.job_recover();
	return query
	with due as (select j.id from core.job j where j.state = 'queued'
			and j.run_at <= core.now() and j.kind = any (kinds)
			order by j.run_at, j.id for update skip locked limit n)
	update core.job j set state = 'running', worker = job_claim.worker,
		backend = pg_backend_pid(),
		attempts = j.attempts + 1,
		lease_until = core.now() + interval '1 minute'
	from due d where j.id = d.id
	returning j.id, j.kind, j.input, j.attempts;
end
$$;

-- Prolongs the claim of a job that takes longer.
create or replace function core.job_keep(id bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	update core.job j set lease_until = core.now() + interval '1 minute'
	where j.id = job_keep.id and j.state = 'running'
	and coalesce(j.backend, pg_backend_pid()) = pg_backend_pid()
$$;

-- Seals the identity of this transaction: the job's partner, or the house.
-- Refuses a job that is not this connection's any more: a worker that lost its
-- claim, to the clock and then to another, stops.
create or replace function core.work_as(id bigint) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	j core.job;
begin
	select * into j from core.job x where x.id = work_as.id
	and x.state = 'running'
	and coalesce(x.backend, pg_backend_pid()) = pg_backend_pid()
	for no key update;
	if not found then
		perform core.fail(409, 'job.lost');
	end if;
	perform core.seal(jsonb_build_object('k', 'worker', 'id', j.id,
		'p', j.partner_id, 'portal', 'worker', 'roles', '[]'::jsonb,
		'name', 'Kontor', 'channel', 'system', 'trace', 'job-' || j.id));
end
$$;

create or replace function core.job_done(id bigint, result jsonb default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	update core.job j set state = 'done', result = job_done.result,
		finished_at = core.now(), lease_until = null, error = null
	where j.id = job_done.id and j.state = 'running'
	and coalesce(j.backend, pg_backend_pid()) = pg_backend_pid();
end
$$;

-- The attempt failed: again after 2, 8 seconds, then dead. What another has
-- claimed meanwhile is his.
--   final  true: trying again cannot help
-- Returns the new state.
create or replace function core.job_fail(id bigint, error text,
	final boolean default false)
returns text
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	update core.job j set
		state = case when final or j.attempts >= 3 then 'dead'
			else 'queued' end,
		finished_at = case when final or j.attempts >= 3
			then core.now() end,
		run_at = core.now() + make_interval(secs => 2 * 4 ^ (j.attempts - 1)),
		error = left(job_fail.error, 4000), key = null,
		worker = null, lease_until = null
	where j.id = job_fail.id and j.state = 'running'
	and coalesce(j.backend, pg_backend_pid()) = pg_backend_pid()
	returning j.state
$$;

-- Declares a job that comes back by the clock.
create or replace function core.schedule(kind text, every interval)
returns void
language sql as $$
	insert into core.job_schedule (kind, every) values (kind, every)
	on conflict on constraint job_schedule_pkey
	do update set every = excluded.every
$$;

-- Sends notices left over and enters the scheduled jobs that are due. Workers
-- call it each time they look for work, at least twice a second.
create or replace function core.job_tick() returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	s record;
	n int := 0;
begin
	perform core.tell_unsent();
	for s in update core.job_schedule x set last_at = core.now()
		where x.kind in (select y.kind from core.job_schedule y
			where y.last_at <= core.now() - y.every
			for update skip locked)
		returning x.kind
	loop
		perform core.enqueue(s.kind, '{}', null, core.now(), 'schedule');
		n := n + 1;
	end loop;
	return n;
end
$$;

-- Puts a dead job back into the queue.
create or replace function core.job_retry(id bigint) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	with again as (update core.job j set state = 'queued', attempts = 0,
			run_at = core.now(), finished_at = null, key = null
		where j.id = job_retry.id and j.state = 'dead' returning j.kind),
	told as (select core.tell('job', a.kind) from again a)
	select exists (select from told)
$$;
