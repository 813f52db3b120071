-- SPDX-License-Identifier: Apache-2.0
--
-- Scorecards of suppliers with very many lines are made ready by a job; how
-- many despatch advices are in a state stands in an index.

create table if not exists orders.card (
	partner_id bigint not null,
	days int not null,
	measures jsonb not null,
	made_at timestamptz not null,
	constraint card_pk primary key (partner_id, days),
	constraint card_partner_fk foreign key (partner_id)
	    references core.partner (id)
);
comment on table orders.card is
    'scorecards made ready, of suppliers with very many lines';
comment on column orders.card.partner_id is 'the supplier';
comment on column orders.card.days is 'length of the period';
comment on column orders.card.measures is 'what orders.score answers';
comment on column orders.card.made_at is 'when it was counted';

create index if not exists despatch_state_idx on orders.despatch
    (state, partner_id);

insert into core.migration (number, name) values (38, 'card')
on conflict do nothing;
