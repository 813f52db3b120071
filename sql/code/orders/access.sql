-- SPDX-License-Identifier: Apache-2.0
--
-- Who reaches orders: partners their own, the desk the assigned ones or all.

select core.isolate('orders.head');
select core.isolate('orders.version');
select core.isolate('orders.line');
select core.isolate('orders.schedule');
select core.isolate('orders.value');
select core.isolate('orders.shipment');
select core.isolate('orders.shipment_line');
select core.isolate('orders.hold');
select core.isolate('orders.invoice');
select core.isolate('orders.invoice_line');
select core.isolate('orders.contest');
select core.isolate('orders.card');
select core.isolate('orders.despatch');
select core.isolate('orders.despatch_version');
select core.isolate('orders.package');
select core.isolate('orders.packed');
select core.isolate('orders.receipt');
select core.isolate('orders.receipt_line');
select core.seclude('orders.sscc_counter');
select core.isolate('orders.change');
select core.isolate('orders.block');
select core.isolate('orders.template');
-- Internal files are no rows for partners, nor those of an order that a
-- supplier does not see yet.
select core.isolate('orders.attachment', visible => '(visibility = ''public'' '
	|| 'and exists (select from orders.head h where h.id = order_id))');

-- A supplier sees his order once it is released; holds stay in the house.
create policy released on orders.head as restrictive to kontor_supplier
	using (kind <> 'purchase' or submitted_at is not null);
create policy inside on orders.hold as restrictive
	to kontor_distributor, kontor_supplier using (false);

revoke all on all tables in schema orders from kontor_public,
	kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant usage on schema orders to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant select, insert, update on orders.head, orders.line
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant select, insert on orders.version, orders.value,
	orders.despatch_version, orders.receipt to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select, insert, update on orders.change to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant update (state) on orders.version to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select, insert, update on orders.despatch, orders.shipment,
	orders.receipt_line to kontor_distributor, kontor_supplier, kontor_desk,
	kontor_worker, kontor_admin;
grant select, insert, update, delete on orders.shipment_line
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant select, insert, delete on orders.package, orders.packed
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant update (superseded_by) on orders.value to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select, insert, delete on orders.schedule to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select on orders.invoice, orders.invoice_line to kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant insert on orders.invoice, orders.invoice_line to kontor_worker,
	kontor_admin;
grant update on orders.invoice to kontor_desk, kontor_admin;
grant select, insert on orders.contest to kontor_supplier, kontor_admin;
grant select on orders.contest to kontor_worker;
grant select on orders.card to kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant insert, update on orders.card to kontor_worker, kontor_admin;
grant select, update on orders.contest to kontor_desk, kontor_admin;
grant select, insert, update on orders.hold to kontor_desk, kontor_admin;
-- A distributor may be told that he is blocked, not why.
grant select (id, partner_id, lifted_at) on orders.block
	to kontor_distributor, kontor_worker;
grant select, insert, update on orders.block to kontor_desk, kontor_admin;
grant select, insert, delete on orders.template to kontor_distributor,
	kontor_admin;
grant select, insert on orders.attachment to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_admin;
grant update (bytes, fetched_at, withdrawn_at) on orders.attachment
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_admin;
grant update (visibility) on orders.attachment to kontor_desk, kontor_admin;
grant usage on sequence orders.sales_number, orders.purchase_number
	to kontor_distributor, kontor_desk, kontor_worker, kontor_admin;

-- The side (orders.side) is checked with the permission: a machine client
-- holds both, and uses the one of its portal.
select core.grant_permission('orders.read', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin',
	'account_manager', 'agent', 'administrator', 'machine');
select core.grant_permission('orders.create', 'distributor_user',
	'distributor_admin', 'machine');
select core.grant_permission('orders.take', 'account_manager');
select core.grant_permission('orders.buy', 'distributor_user',
	'distributor_admin', 'account_manager', 'machine');
select core.grant_permission('orders.sell', 'supplier_user',
	'supplier_admin', 'account_manager', 'machine');
select core.grant_permission('orders.manage', 'account_manager');
select core.grant_permission('orders.act', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin',
	'account_manager', 'machine');
select core.grant_permission('orders.attach', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin',
	'account_manager', 'agent', 'machine');
select core.grant_permission('orders.share', 'account_manager');
select core.grant_permission('worklist.read', 'supplier_user',
	'supplier_admin', 'machine');
select core.grant_permission('invoices.read', 'supplier_user',
	'supplier_admin', 'account_manager', 'agent', 'administrator', 'machine');
select core.grant_permission('invoices.decide', 'account_manager');
select core.grant_permission('despatches.read', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin',
	'account_manager', 'agent', 'administrator', 'machine');
select core.grant_permission('despatches.create', 'supplier_user',
	'supplier_admin', 'machine');
select core.grant_permission('receipts.create', 'distributor_user',
	'distributor_admin', 'agent', 'machine');
select core.grant_permission('scorecards.read', 'supplier_user',
	'supplier_admin', 'account_manager', 'agent', 'administrator', 'machine');
select core.grant_permission('contests.create', 'supplier_user',
	'supplier_admin', 'machine');
select core.grant_permission('contests.decide', 'account_manager');
