-- SPDX-License-Identifier: Apache-2.0
--
-- Messages by their interchange and findings by their message are asked for
-- with every document that is accepted.

create index if not exists message_interchange_idx
    on exchange.message (interchange_id, position);
create index if not exists finding_message_idx on exchange.finding (message_id)
    where message_id is not null;

insert into core.migration (number, name) values (9, 'intake_indexes')
on conflict do nothing;
