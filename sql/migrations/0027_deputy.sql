-- SPDX-License-Identifier: Apache-2.0
--
-- Who looks after the partners of an account manager who is away.

create table if not exists core.deputy (
	id bigint generated always as identity,
	public_id uuid not null,
	person_id bigint not null,
	deputy_id bigint not null,
	since date not null,
	until date not null,
	ended_at timestamptz,
	created_at timestamptz not null default transaction_timestamp(),
	constraint deputy_pk primary key (id),
	constraint deputy_public_id_key unique (public_id),
	constraint deputy_person_fk foreign key (person_id)
	    references core.person (id),
	constraint deputy_deputy_fk foreign key (deputy_id)
	    references core.person (id),
	constraint deputy_other_check check (deputy_id <> person_id),
	constraint deputy_days_check check (until >= since)
);
create index if not exists deputy_deputy_idx on core.deputy (deputy_id)
    where ended_at is null;
create index if not exists deputy_person_idx on core.deputy (person_id);
comment on table core.deputy is
    'whose partners an account manager looks after, too, from when to when';
comment on column core.deputy.id is 'key inside';
comment on column core.deputy.public_id is 'id outside';
comment on column core.deputy.person_id is 'the account manager who is away';
comment on column core.deputy.deputy_id is 'who looks after the partners';
comment on column core.deputy.since is 'first day, in the house''s time zone';
comment on column core.deputy.until is 'last day';
comment on column core.deputy.ended_at is 'when it was ended before its time';
comment on column core.deputy.created_at is 'when it was entered';

insert into core.migration (number, name) values (27, 'deputy')
on conflict do nothing;
