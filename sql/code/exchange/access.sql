-- SPDX-License-Identifier: Apache-2.0
--
-- Who reaches documents: partners their own, the desk the assigned ones or
-- all. What was received never changes: rows are added, and only the columns
-- that say how far a document is are updated.

select core.isolate('exchange.agreement');
select core.isolate('exchange.counter');
select core.isolate('exchange.chunk');
select core.isolate('exchange.document');
select core.isolate('exchange.interchange');
select core.isolate('exchange.message');
select core.isolate('exchange.finding');
select core.isolate('exchange.level');

revoke all on all tables in schema exchange from kontor_public,
	kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant usage on schema exchange to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant select on exchange.agreement, exchange.handler to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant insert, update on exchange.agreement to kontor_admin;
grant select, insert, update on exchange.counter to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select, insert on exchange.chunk, exchange.document,
	exchange.interchange, exchange.message, exchange.finding
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant update (state, version, family, type, media_type, filename, sha256,
	size, test, control_ref, reference, agreement_id, guide, verdict,
	finding_count, read_at, ready_at, collected_at, acknowledged_at,
	assignee_id, waived, note)
	on exchange.document to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant update (preview) on exchange.document to kontor_worker, kontor_admin;
grant update (blocks, ack_document_id) on exchange.interchange
	to kontor_worker, kontor_admin;
grant select, update (state, due_at, told_at, came_at, answer_id)
	on exchange.level to kontor_distributor, kontor_supplier, kontor_desk,
	kontor_worker, kontor_admin;
grant insert on exchange.level to kontor_worker, kontor_admin;
grant usage on sequence exchange.document_number to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;

select core.grant_permission('documents.read', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin',
	'account_manager', 'agent', 'administrator', 'machine');
select core.grant_permission('documents.write', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin', 'machine');
select core.grant_permission('documents.replay', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin', 'machine',
	'account_manager', 'administrator');
select core.grant_permission('documents.act', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin', 'machine',
	'account_manager', 'administrator');
-- An administrator keeps the exchange running; what a document says he leaves
-- to those whose business it is.
select core.grant_permission('documents.correct', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin', 'machine',
	'account_manager');
select core.grant_permission('documents.accept', 'account_manager');
select core.grant_permission('documents.manage', 'account_manager',
	'administrator');
