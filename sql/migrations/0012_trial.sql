-- SPDX-License-Identifier: Apache-2.0
--
-- Files that a partner only wants checked. Nothing of them is a document:
-- bytes go when they were read, the result after an hour; a crash loses both.

create unlogged table if not exists exchange.trial (
	id bigint generated always as identity constraint trial_pk primary key,
	public_id uuid not null constraint trial_public_id_key unique,
	partner_id bigint not null,
	filename text,
	size int not null,
	bytes bytea,
	result jsonb,
	asked_at timestamptz not null
);
create index if not exists trial_asked_idx on exchange.trial (asked_at);
comment on table exchange.trial is 'a file to be checked and forgotten';
comment on column exchange.trial.id is 'key inside';
comment on column exchange.trial.public_id is 'id outside';
comment on column exchange.trial.partner_id is 'the partner';
comment on column exchange.trial.filename is 'name that the sender gave it';
comment on column exchange.trial.size is 'bytes it had';
comment on column exchange.trial.bytes is 'the file, until it was read';
comment on column exchange.trial.result is 'what the reader found; null until then';
comment on column exchange.trial.asked_at is 'when it was handed in';

insert into core.migration (number, name) values (12, 'trial')
on conflict do nothing;
