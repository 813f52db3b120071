-- SPDX-License-Identifier: Apache-2.0
--
-- Orders that distributors place again and again, kept by name.

create table if not exists orders.template (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	name text not null,
	content jsonb not null,
	person_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	constraint template_pk primary key (id),
	constraint template_public_id_key unique (public_id),
	constraint template_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint template_person_fk foreign key (person_id)
	    references core.person (id),
	constraint template_name_check check (length(name) between 1 and 80)
);
create unique index if not exists template_name_key
    on orders.template (partner_id, lower(name));
comment on table orders.template is
    'what a distributor orders again and again; all his people use it';
comment on column orders.template.id is 'key inside';
comment on column orders.template.public_id is 'id outside';
comment on column orders.template.partner_id is 'the distributor';
comment on column orders.template.name is 'its name, once a distributor';
comment on column orders.template.content is
    'start of a draft: order_kind, lines of item, quantity';
comment on column orders.template.person_id is 'who keeps it';
comment on column orders.template.created_at is 'since when';

insert into core.migration (number, name) values (29, 'template')
on conflict do nothing;
