-- SPDX-License-Identifier: Apache-2.0
--
-- Who holds which permission on cases, and which rows a login reaches. A
-- distributor's user sees the own cases; who may see the whole company's holds
-- cases.company. Internal words are no rows for partners.

select core.grant_permission('cases.read', 'distributor_user',
	'distributor_admin', 'machine', 'agent', 'account_manager',
	'administrator');
select core.grant_permission('cases.company', 'distributor_admin', 'machine');
select core.grant_permission('cases.create', 'distributor_user',
	'distributor_admin', 'machine');
select core.grant_permission('cases.write', 'distributor_user',
	'distributor_admin', 'machine', 'agent');
select core.grant_permission('cases.withdraw', 'distributor_user',
	'distributor_admin', 'machine');
select core.grant_permission('cases.close', 'distributor_user',
	'distributor_admin', 'machine', 'agent');
select core.grant_permission('cases.work', 'agent');
select core.grant_permission('cases.note', 'agent', 'account_manager');

select core.grant_permission('cases.log', 'account_manager', 'agent');

grant usage on schema cases to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant usage on sequence cases.number to kontor_distributor, kontor_desk,
	kontor_worker, kontor_admin;
grant select on cases.calendar, cases.holiday, cases.policy, cases.head,
	cases.message, cases.attachment
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant insert, update on cases.head to kontor_distributor, kontor_desk,
	kontor_worker, kontor_admin;
grant insert on cases.message, cases.attachment to kontor_distributor,
	kontor_desk, kontor_worker, kontor_admin;

select core.isolate('cases.head', visible => '((select core.me_may('
	|| '''cases.company'')) or person_id = (select core.me_person()))');
select core.isolate('cases.message', visible => '(visibility = ''public'' '
	|| 'and case_id in (select h.id from cases.head h))');
select core.isolate('cases.attachment', visible => '(visibility = ''public'' '
	|| 'and case_id in (select h.id from cases.head h))');

-- Who sees only his own cases hears only of them.
create policy cases on core.event as restrictive for select
	to kontor_distributor using (object_type <> 'case' or exists
	(select from cases.head h where h.public_id = object_id));

select core.definer('cases.person_name(bigint)',
	'names of people beside what they did', 'portals', 'worker', 'admin');
select core.definer('cases.agents()', 'names of agents, for assigning',
	'portals');
select core.definer('cases.agent(uuid)', 'finds the agent to assign', 'desk');
select core.definer('cases.people(bigint)',
	'people of a partner that the caller sees', 'desk');
select core.definer('cases.person_of(bigint,uuid)',
	'finds a person of a partner that the caller sees', 'desk');
select core.definer('cases.number_used(bigint,text)',
	'a number may be used in a case that the caller does not see', 'all');
