-- SPDX-License-Identifier: Apache-2.0
--
-- What the core's operations do beneath their names.

create or replace function core.login_check(account text) returns int
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	select core.login_try(account, core.request('ip'))
$$;

create or replace function core.login_failed(account text, reason text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	if reason = 'away' then
		perform core.login_untry(account, core.request('ip'));
	end if;
	perform core.note('login', case reason when 'away' then 'directory.away'
		else 'login.refused' end, account);
end
$$;

-- How the database stands: schema, code, queue.
create or replace function core.health() returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select json_build_object('ready', true,
		'migration', (select max(m.number) from core.migration m),
		'operations', (select count(*) from core.operation),
		'jobs', (select json_build_object(
			'queued', count(*) filter (where j.state = 'queued'),
			'late_seconds', coalesce(greatest(0, extract(epoch from
				core.now() - min(j.run_at) filter (where j.state
				= 'queued'))), 0)::int,
			'running', count(*) filter (where j.state = 'running'),
			'dead', count(*) filter (where j.state = 'dead'))
			from core.job j where j.state <> 'done'))
$$;

-- A page of the audit. Administrators see all, partner administrators what
-- their own people and machines did.
create or replace function core.audit_page(input jsonb) returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	keys jsonb := core.cursor_read('audit_list', input);
	most int := core.page_limit(input);
	everything boolean := core.me_role_is('administrator');
	mine bigint := core.me_partner();
	found_rows core.audit[];
begin
	found_rows := array(select a from core.audit a
		where (everything or a.partner_id = mine)
		and (coalesce(input ->> 'kind', '') = ''
			or a.kind = input ->> 'kind')
		and (keys is null or a.id < (keys ->> 0)::bigint)
		order by a.id desc limit most + 1);
	return json_build_object('items', (select coalesce(json_agg(
			json_build_object('id', x.id, 'at', x.at, 'kind', x.kind,
				'result', x.result, 'account', x.account,
				'portal', x.portal, 'operation', x.operation,
				'object', x.object, 'ip', x.ip, 'trace', x.trace,
				'detail', x.detail) order by x.id desc), '[]')
			from unnest(found_rows[:most]) x),
		'next', case when cardinality(found_rows) > most then
			core.cursor_make('audit_list', input, jsonb_build_array(
				(found_rows[most]).id)) end);
end
$$;

-- Everything after an event, without gaps. Runs with the caller's rights.
create or replace function core.activity_since(since bigint, most int)
returns json
language plpgsql stable as $$
declare
	seen core.event[] := array(select e from core.events_after(since, most)
		e);
begin
	return json_build_object('items', (select coalesce(json_agg(
			core.event_json(e) order by e.tx, e.seq), '[]')
			from unnest(seen) e), 'next', null,
		'latest', coalesce((seen[cardinality(seen)]).seq, since));
end
$$;

-- The newest events first. latest is the last that activity_since counts as
-- settled, so that going on from it misses nothing.
create or replace function core.activity_page(input jsonb) returns json
language plpgsql stable as $$
declare
	keys jsonb := core.cursor_read('activity_list', input);
	most int := core.page_limit(input);
	seen core.event[];
begin
	seen := array(select e from core.event e
		where keys is null or (e.tx, e.seq)
			< ((keys ->> 0)::bigint, (keys ->> 1)::bigint)
		order by e.tx desc, e.seq desc limit most + 1);
	return json_build_object('items', (select coalesce(json_agg(
			core.event_json(e) order by e.tx desc, e.seq desc), '[]')
			from unnest(seen[:most]) e),
		'next', case when cardinality(seen) > most then
			core.cursor_make('activity_list', input, jsonb_build_array(
				(seen[most]).tx, (seen[most]).seq)) end,
		'latest', coalesce((select e.seq from core.event e
			where e.tx < pg_snapshot_xmin(pg_current_snapshot())
				::text::bigint
			order by e.tx desc, e.seq desc limit 1), 0));
end
$$;

-- Sweeps what has had its time; a scheduled job.
create or replace function core.sweep() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	t timestamptz := core.now();
	n bigint;
begin
	delete from core.assertion a where a.expires_at < t;
	delete from core.access_token k where k.expires_at < t - interval '1 day';
	delete from core.idempotency i where i.created_at < t - interval '48 hours';
	delete from core.rate r where r.minute < clock_timestamp()
		- interval '5 minutes';
	delete from core.login_throttle x where x.failures < 5
		and x.updated_at < t - interval '30 days';
	delete from core.login_known n where n.seen_at < t - interval '180 days';
	delete from core.mail m where coalesce(m.sent_at, m.failed_at) < t
		- make_interval(days => core.setting('mail.keep_days')::int);
	delete from core.job j where j.state = 'done'
		and j.finished_at < t - interval '7 days';
	with over as (update core.session s set ended_at = least(s.expires_at,
			s.touched_at + s.idle), end_reason = 'expired'
		where s.ended_at is null
		and least(s.expires_at, s.touched_at + s.idle) < t
		returning s.*)
	select count(core.view_note(o, 'expired', '{}')) into n
	from over o where o.viewing is not null;
end
$$;
select core.schedule('sweep', '5 minutes');
