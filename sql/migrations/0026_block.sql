-- SPDX-License-Identifier: Apache-2.0
--
-- Distributors of whom no new order is taken for the time being.

create table if not exists orders.block (
	id bigint generated always as identity,
	partner_id bigint not null,
	kind text not null,
	reason text not null,
	person_id bigint,
	blocked_at timestamptz not null default transaction_timestamp(),
	lifted_by bigint,
	lifted_at timestamptz,
	lift_reason text,
	constraint block_pk primary key (id),
	constraint block_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint block_person_fk foreign key (person_id)
	    references core.person (id),
	constraint block_lifted_by_fk foreign key (lifted_by)
	    references core.person (id),
	constraint block_kind_check check (kind in ('order', 'credit')),
	constraint block_reason_check check (length(reason) between 1 and 500),
	constraint block_lifted_check
	    check (lifted_at is not null or lift_reason is null)
);
create unique index if not exists block_partner_key on orders.block (partner_id)
    where lifted_at is null;
create index if not exists block_partner_idx on orders.block (partner_id, id);
comment on table orders.block is
    'that no new orders are taken of a partner, by whom and why; never removed';
comment on column orders.block.id is 'key inside, in order';
comment on column orders.block.partner_id is 'the distributor';
comment on column orders.block.kind is
    'order: no orders wanted; credit: no credit left';
comment on column orders.block.reason is 'why; only the house reads it';
comment on column orders.block.person_id is 'who blocked';
comment on column orders.block.blocked_at is 'since when';
comment on column orders.block.lifted_by is 'who lifted it';
comment on column orders.block.lifted_at is 'when it was lifted';
comment on column orders.block.lift_reason is 'why it was lifted, if said';

insert into core.migration (number, name) values (26, 'block')
on conflict do nothing;
