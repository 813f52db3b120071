-- SPDX-License-Identifier: Apache-2.0
--
-- Files that somebody takes away as EDIFACT, X12 or UBL: written by the worker,
-- kept for an hour. They are copies, no documents: nothing was sent.

create unlogged table if not exists exchange.download (
	id bigint generated always as identity constraint download_pk primary key,
	public_id uuid not null constraint download_public_id_key unique,
	partner_id bigint not null,
	family text not null,
	name text not null,
	content jsonb not null,
	bytes bytea,
	reason text,
	asked_at timestamptz not null,
	constraint download_family_check check (family in ('edifact', 'x12', 'ubl'))
);
create index if not exists download_partner_idx on exchange.download
    (partner_id, asked_at);
comment on table exchange.download is 'a file to be taken away';
comment on column exchange.download.id is 'key inside';
comment on column exchange.download.public_id is 'id outside';
comment on column exchange.download.partner_id is 'the partner';
comment on column exchange.download.family is 'edifact, x12, ubl';
comment on column exchange.download.name is 'of the file, without its end';
comment on column exchange.download.content is
    'what is to be written, one entry for each document: agreement, canonical, control';
comment on column exchange.download.bytes is 'the file, when it was written';
comment on column exchange.download.reason is 'why it could not be';
comment on column exchange.download.asked_at is 'when it was asked for';

insert into core.migration (number, name) values (25, 'download')
on conflict do nothing;
