-- SPDX-License-Identifier: Apache-2.0
--
-- Notices that wait for somebody to send them (sql/code/core/tell.sql).

create unlogged table if not exists core.unsent (
	id bigint generated always as identity constraint unsent_pkey primary key,
	channel text not null,
	payload text not null
);
comment on table core.unsent is 'notices of transactions that committed while another one was sending';
comment on column core.unsent.id is 'order of entry';
comment on column core.unsent.channel is 'channel of the notice';
comment on column core.unsent.payload is 'text of the notice';

insert into core.migration (number, name) values (8, 'unsent')
on conflict do nothing;
