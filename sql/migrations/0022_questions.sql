-- SPDX-License-Identifier: Apache-2.0
--
-- Cases are found from the order line that they are about.

create index if not exists head_order_line_idx on cases.head (order_line_id)
    where order_line_id is not null;

insert into core.migration (number, name) values (22, 'questions')
on conflict do nothing;
