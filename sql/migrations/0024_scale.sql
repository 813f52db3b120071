-- SPDX-License-Identifier: Apache-2.0
--
-- A house with a million orders: of most of them nothing moves any more, so
-- that what lists count and sort stands in indexes of the others; numbers are
-- found by any three characters of them.

create extension if not exists pg_trgm schema crypto;

create index if not exists head_live_idx on orders.head
    (created_at desc, id desc)
    where state not in ('completed', 'closed', 'cancelled', 'rejected');
create index if not exists head_partner_live_idx on orders.head
    (partner_id, created_at desc, id desc)
    where state not in ('completed', 'closed', 'cancelled', 'rejected');
drop index if exists orders.head_partner_open_idx;

create index if not exists head_numbers_idx on orders.head using gin
    ((upper(number || ' ' || coalesce(partner_number, '')))
    crypto.gin_trgm_ops);
create index if not exists shipment_number_idx on orders.shipment
    (upper(number) text_pattern_ops);
create index if not exists shipment_tracking_idx on orders.shipment
    (upper(tracking)) where tracking is not null;
create index if not exists line_item_idx on orders.line (item_id, order_id);
create index if not exists line_buyers_item_idx on orders.line
    (upper(item ->> 'buyers_item_id') text_pattern_ops, order_id)
    where item ->> 'buyers_item_id' is not null;

insert into core.migration (number, name) values (24, 'scale')
on conflict do nothing;
