-- SPDX-License-Identifier: Apache-2.0
--
-- What kontorctl shows, as kontor_admin over the unix socket.

-- The machine clients, of one partner (number, slug or id) or of all.
--   result  [{client_id, partner: {number, name}, portal, scopes, disabled,
--           keys: [{kid, withdrawn}]}]
create or replace function core.admin_clients(partner text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select coalesce(json_agg(json_build_object('client_id', c.client_id,
		'partner', json_build_object('number', a.number, 'name', a.name),
		'portal', c.portal, 'scopes', c.scopes,
		'disabled', c.disabled_at is not null,
		'keys', (select coalesce(json_agg(json_build_object('kid', k.kid,
				'withdrawn', k.withdrawn_at is not null)
				order by k.created_at), '[]')
			from core.client_key k where k.client_id = c.id))
		order by c.client_id), '[]')
	from core.client c join core.partner a on a.id = c.partner_id
	where partner is null or a.id = core.partner_key(partner)
$$;

-- The latest jobs, of one state or those that are not done; at most 200.
--   result  [{id, kind, state, attempts, run_at, worker, error, partner}]
create or replace function core.admin_jobs(state text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select coalesce(json_agg(json_build_object('id', j.id, 'kind', j.kind,
		'state', j.state, 'attempts', j.attempts, 'run_at', j.run_at,
		'worker', j.worker, 'error', j.error, 'partner', j.number)
		order by j.id desc), '[]')
	from (select x.*, a.number from core.job x
		left join core.partner a on a.id = x.partner_id
		where x.state = admin_jobs.state
		or admin_jobs.state is null and x.state <> 'done'
		order by x.id desc limit 200) j
$$;

-- How things stand.
--   result  {migration, partners, clients, sessions, jobs: {state: n}}
create or replace function core.admin_status() returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select json_build_object(
		'migration', (select max(m.number) from core.migration m),
		'partners', (select count(*) from core.partner),
		'clients', (select count(*) from core.client c
			where c.disabled_at is null),
		'sessions', (select count(*) from core.session s
			where s.ended_at is null and s.expires_at > core.now()),
		'jobs', (select coalesce(json_object_agg(j.state, j.n), '{}')
			from (select x.state, count(*) as n from core.job x
				where x.state <> 'done' group by x.state) j))
$$;
