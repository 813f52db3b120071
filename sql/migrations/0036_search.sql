-- SPDX-License-Identifier: Apache-2.0
--
-- What is looked for stands in indexes led by the partner and, where a word may
-- mean very much, in the order of its orders: the newest come first without
-- the others. A partner's last word and the events of one kind likewise.

-- Numbers that wait to be sorted in are read by every search.
alter index orders.head_numbers_idx set (gin_pending_list_limit = 256);

create index if not exists head_partner_word_idx on orders.head
    (upper(partner_number), partner_id) where partner_number is not null;
drop index if exists orders.line_item_idx;
create index if not exists line_partner_item_idx on orders.line
    (item_id, partner_id, order_id);
drop index if exists orders.line_buyers_item_idx;
create index if not exists line_partner_buyers_item_idx on orders.line
    (partner_id, upper(item ->> 'buyers_item_id') text_pattern_ops, order_id)
    where item ->> 'buyers_item_id' is not null;
drop index if exists orders.shipment_number_idx;
create index if not exists shipment_partner_number_idx on orders.shipment
    (partner_id, upper(number) text_pattern_ops, order_id);

create index if not exists event_said_idx on core.event (partner_id, at)
    where portal in ('distributor', 'supplier');
create index if not exists event_kind_idx on core.event
    (partner_id, object_type, seq);

insert into core.migration (number, name) values (36, 'search')
on conflict do nothing;
