-- SPDX-License-Identifier: Apache-2.0
--
-- Who reaches the tables of schema core: row security first, then grants.

select core.isolate('core.partner', 'id');
select core.isolate('core.partner_role');
select core.isolate('core.partner_identifier');
select core.isolate('core.address');
select core.isolate('core.assignment');
select core.isolate('core.event', visible => 'not internal');
select core.isolate('core.state_history');
select core.isolate('core.job');
select core.seclude('core.secret', 'core.person', 'core.directory_group',
	'core.membership', 'core.session', 'core.client', 'core.client_key',
	'core.access_token', 'core.assertion', 'core.login_throttle',
	'core.login_known', 'core.rate', 'core.audit', 'core.idempotency',
	'core.unsent', 'core.deputy', 'core.feed');

-- A person's own, in the portal and for the partner that he acts for; of
-- colleagues' views those that are shared.
do $$
declare
	mine text := 'portal = (select core.me_portal()) and '
		|| 'coalesce(partner_id, 0) = coalesce((select core.me_partner()), 0)';
	rel regclass;
begin
	foreach rel in array array['core.list_view', 'core.list_choice']::regclass[]
	loop
		perform core.drop_policies(rel);
		execute format('create policy own on %s to kontor_distributor, '
			|| 'kontor_supplier, kontor_desk using (%s) with check (%2$s)',
			rel, 'person_id = (select core.me_person()) and ' || mine);
		execute format('create policy admin on %s to kontor_admin '
			|| 'using (true) with check (true)', rel);
	end loop;
	execute 'create policy shared on core.list_view for select '
		|| 'to kontor_distributor, kontor_supplier, kontor_desk '
		|| 'using (shared and ' || mine || ')';
end
$$;

-- No login keeps a right that is no longer given here.
do $$
begin
	execute (select string_agg(format('revoke all on all tables in schema %I '
		|| 'from kontor_public, kontor_distributor, kontor_supplier, '
		|| 'kontor_desk, kontor_worker, kontor_admin', s), '; ')
		from unnest(array['core']) s);
end
$$;

grant select on core.clock, core.setting, core.house, core.operation,
	core.role, core.role_permission, core.machine_state, core.transition,
	core.list
	to kontor_public, kontor_distributor, kontor_supplier, kontor_desk,
	kontor_worker, kontor_admin;
grant select on core.partner, core.partner_role, core.partner_identifier,
	core.address, core.event, core.state_history
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant select, insert, update, delete on core.list_view, core.list_choice
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_admin;
grant select on core.assignment, core.job
	to kontor_desk, kontor_worker, kontor_admin;
grant insert (partner_id, type, object_type, object_id, number, data, cause,
	document, internal) on core.event
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant insert (kind, input, partner_id, run_at, key), select (id, kind, key,
	state, partner_id) on core.job
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;

select core.definer('core.me()', 'reads the key of the seal', 'all');
select core.definer('core.me_partners()', 'reads assignments', 'all');
select core.definer('core.cursor_mac(text,jsonb,text)',
	'reads the key of cursors', 'portals');
select core.definer('core.enter(text,jsonb)',
	'reads sessions and tokens', 'portals', 'public');
select core.definer('core.event_fill()',
	'trigger: writes who and when, which writers may not');
select core.definer('core.event_tell()', 'trigger: names any partner');
select core.definer('core.job_tell()', 'trigger: leaves notices');
select core.definer('core.tell(text,text)', 'leaves notices', 'portals',
	'worker', 'admin');
select core.definer('core.guard_state()',
	'trigger: writes the history, which writers may not');
select core.definer('core.idempotency_find(text,jsonb)',
	'reads answers of the caller only', 'portals', 'public');
select core.definer(
	'core.idempotency_keep(text,jsonb,integer,bigint,text,json)',
	'writes answers of the caller only', 'portals', 'public');
select core.definer('core.job_recover()', 'jobs of all partners', 'worker');
select core.definer('core.job_claim(text[],text,integer)',
	'jobs of all partners', 'worker', 'admin');
select core.definer('core.job_keep(bigint)', 'jobs of all partners',
	'worker', 'admin');
select core.definer('core.work_as(bigint)', 'makes the identity of a job',
	'worker', 'admin');
select core.definer('core.job_done(bigint,jsonb)', 'jobs of all partners',
	'worker', 'admin');
select core.definer('core.job_fail(bigint,text,boolean)',
	'jobs of all partners', 'worker', 'admin');
select core.definer('core.job_tick()', 'writes the schedule', 'worker');
select core.definer('core.job_retry(bigint)', 'jobs of all partners', 'admin');
select core.definer('core.note(text,text,text,text,text,jsonb)',
	'appends to the audit', 'all');
select core.definer('core.login_check(text)', 'counts tries', 'public');
select core.definer('core.login_failed(text,text)', 'counts tries', 'public');
select core.definer('core.session_open(jsonb)', 'makes sessions', 'public');
select core.definer('core.session_change(jsonb)',
	'the caller''s own session', 'portals');
select core.definer('core.sessions_close(text)',
	'the caller''s own sessions', 'portals');
select core.definer('core.session_touch()', 'the caller''s own session',
	'portals');
select core.definer('core.account()', 'the caller''s own account', 'portals');
select core.definer('core.account_change(jsonb)',
	'the caller''s own account', 'portals');
select core.definer('core.directory_due(integer)', 'reads sessions', 'worker');
select core.definer('core.directory_seen(text,jsonb)', 'ends sessions',
	'worker');
select core.definer('core.client_find(text)', 'reads clients'' keys',
	'public');
select core.definer('core.token_open(jsonb)', 'makes tokens', 'public');
select core.definer('core.partner_by_identifier(text,text,text)',
	'finds any partner by its number; gives the key only', 'portals',
	'worker', 'admin');
select core.definer('core.health()', 'counts jobs of all partners', 'all');
select core.definer('core.audit_page(jsonb)',
	'reads the audit of the caller''s partner, or all for administrators',
	'portals');
select core.definer('core.sweep()', 'deletes what has had its time',
	'worker');
select core.definer(s, 'administration', 'admin') from unnest(array[
	'core.admin_group(jsonb)', 'core.admin_group_remove(jsonb)',
	'core.admin_create(jsonb)', 'core.admin_client(jsonb)',
	'core.admin_client_end(jsonb)', 'core.admin_token(jsonb)',
	'core.admin_assign(jsonb)', 'core.admin_person(jsonb)',
	'core.admin_throttle(jsonb)', 'core.admin_clock(jsonb)',
	'core.admin_setting(jsonb)', 'core.admin_house(jsonb)',
	'core.admin_partner(jsonb)', 'core.admin_clients(text)',
	'core.admin_jobs(text)', 'core.admin_status()']) s;

select core.grant_permission('account.own', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin', 'agent',
	'account_manager', 'administrator');
select core.grant_permission('activity.read', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin', 'agent',
	'account_manager', 'administrator', 'machine');
select core.grant_permission('addresses.read', 'distributor_user',
	'distributor_admin', 'machine');
select core.grant_permission('audit.read', 'distributor_admin',
	'supplier_admin', 'administrator');
