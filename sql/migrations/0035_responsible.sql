-- SPDX-License-Identifier: Apache-2.0
--
-- Who of a supplier works on an order, by which rules; deputies of partners'
-- people.

alter table core.deputy add column if not exists partner_id bigint
    constraint deputy_partner_fk references core.partner;
comment on table core.deputy is
    'who stands in for somebody who is away, from when to when';
comment on column core.deputy.person_id is 'who is away';
comment on column core.deputy.deputy_id is 'who stands in';
comment on column core.deputy.partner_id is
    'whose people they are; null: account managers of the house';

alter table orders.head add column if not exists responsible_id bigint
    constraint head_responsible_fk references core.person;
comment on column orders.head.responsible_id is
    'who of the supplier works on a purchase order; null: everybody';
create index if not exists head_responsible_idx on orders.head
    (responsible_id, partner_id)
    where responsible_id is not null
    and state not in ('completed', 'closed', 'cancelled', 'rejected');

create table if not exists orders.duty (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	person_id bigint not null,
	country text,
	postal_code text,
	item text,
	created_at timestamptz not null default transaction_timestamp(),
	constraint duty_pk primary key (id),
	constraint duty_public_id_key unique (public_id),
	constraint duty_same_key unique nulls not distinct
	    (partner_id, country, postal_code, item),
	constraint duty_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint duty_person_fk foreign key (person_id)
	    references core.person (id),
	constraint duty_some_check check (coalesce(country, item) is not null),
	constraint duty_country_check check (country ~ '^[A-Z]{2}$'),
	constraint duty_postal_check check (postal_code is null
	    or country is not null and length(postal_code) between 1 and 10),
	constraint duty_item_check check (length(item) between 1 and 35)
);
create index if not exists duty_person_idx on orders.duty (person_id);
comment on table orders.duty is
    'which orders of a supplier go to whom; the more exact one counts';
comment on column orders.duty.id is 'key inside';
comment on column orders.duty.public_id is 'id outside';
comment on column orders.duty.partner_id is 'the supplier';
comment on column orders.duty.person_id is 'who gets the orders';
comment on column orders.duty.country is
    'country of delivery, ISO 3166; null: any';
comment on column orders.duty.postal_code is
    'how the postcode of delivery begins; null: any';
comment on column orders.duty.item is
    'how an item number begins, the house''s or the supplier''s; null: any';
comment on column orders.duty.created_at is 'since when';

insert into core.migration (number, name) values (35, 'responsible')
on conflict do nothing;
