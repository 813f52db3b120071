-- SPDX-License-Identifier: Apache-2.0
--
-- Who holds which permission on returns, and which rows a login reaches.

select core.grant_permission('returns.read', 'distributor_user',
	'distributor_admin', 'machine', 'agent', 'account_manager',
	'administrator');
select core.grant_permission('returns.create', 'distributor_user',
	'distributor_admin', 'machine');
select core.grant_permission('returns.decide', 'agent', 'account_manager');
select core.grant_permission('returns.work', 'agent');

grant usage on schema returns to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant usage on sequence returns.number to kontor_distributor, kontor_worker,
	kontor_admin;
grant select on returns.head, returns.line to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant insert, update on returns.head, returns.line to kontor_distributor,
	kontor_desk, kontor_worker, kontor_admin;

select core.isolate('returns.head');
select core.isolate('returns.line');

select core.definer('returns.returnable(bigint)',
	'counts and locks askers of the same order line',
	'distributor', 'worker', 'admin');
select core.definer('returns.count_back(bigint,numeric)',
	'writes the quantity returned of an order line', 'desk');
