-- SPDX-License-Identifier: Apache-2.0
--
-- Somebody's purchase orders, newest first, and nobody's, among all that ever
-- were: head_responsible_idx has those that still move.

create index if not exists head_whose_idx on orders.head
    (partner_id, responsible_id, created_at desc, id desc)
    where kind = 'purchase';

insert into core.migration (number, name) values (44, 'whose')
on conflict do nothing;
