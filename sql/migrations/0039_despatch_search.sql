-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices are found by the beginning of their number, invoices by a
-- part of it. Lines of which something still moves have an index of their own,
-- with what the worklist counts and sorts by.

create index if not exists despatch_partner_number_idx on orders.despatch
    (partner_id, upper(number) text_pattern_ops);
create index if not exists invoice_numbers_idx on orders.invoice using gin
    (upper(number) crypto.gin_trgm_ops);

create index if not exists line_work_idx on orders.line
    (partner_id, order_id, id)
    include (state, expected_date, requested_date)
    where state not in ('rejected', 'cancelled', 'shipped', 'received',
        'short');

insert into core.migration (number, name) values (39, 'despatch_search')
on conflict do nothing;
