-- SPDX-License-Identifier: Apache-2.0
--
-- What people do with a document that needs attention.

-- A default of this function is a row of the table, which therefore could not
-- be changed; the code brings it back.
drop function if exists exchange.receive(bigint, bytea, jsonb,
    exchange.document);

alter table exchange.document add column if not exists assignee_id bigint;
alter table exchange.document
    add column if not exists waived text[] not null default '{}';
alter table exchange.document add column if not exists note text;
comment on column exchange.document.assignee_id is
    'person at the desk who looks after it';
comment on column exchange.document.waived is
    'rules that a person let this attempt break (accepted as is)';
comment on column exchange.document.note is
    'why a person corrected or accepted it';

insert into core.migration (number, name) values (11, 'document_desk')
on conflict do nothing;
