-- SPDX-License-Identifier: Apache-2.0
--
-- Who reaches items. Prices and references are each partner's own; who
-- supplies an item is known to that supplier and the house.

select core.isolate('item.source');
select core.isolate('item.reference');
select core.isolate('item.price');

revoke all on all tables in schema item from kontor_public,
	kontor_distributor, kontor_supplier, kontor_desk, kontor_worker,
	kontor_admin;
grant usage on schema item to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant select on item.item, item.reference, item.price to kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker;
grant select on item.source to kontor_supplier, kontor_desk, kontor_worker;
grant select, insert, update on item.item, item.source, item.reference,
	item.price to kontor_admin;

select core.grant_permission('items.read', 'distributor_user',
	'distributor_admin', 'machine');
