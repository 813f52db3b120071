-- SPDX-License-Identifier: Apache-2.0
--
-- More of an order has an origin: what was ordered and wanted, what arrived,
-- what was invoiced, what is offered instead.

alter table orders.value drop constraint if exists value_field_check;
alter table orders.value add constraint value_field_check check (field in
    ('status', 'ordered_quantity', 'requested_date', 'confirmed_quantity',
    'backordered_quantity', 'rejected_quantity', 'cancelled_quantity',
    'promised_date', 'backorder_date', 'price', 'substitute',
    'shipped_quantity', 'received_quantity', 'invoiced_quantity',
    'expected_date', 'carrier', 'tracking', 'reason'));

insert into core.migration (number, name) values (15, 'values')
on conflict do nothing;
