-- SPDX-License-Identifier: Apache-2.0
--
-- Lines that a supplier's scorecard counts against him, and he does not agree.

create table if not exists orders.contest (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	line_id bigint not null,
	measure text not null,
	state text not null default 'open',
	version bigint not null default 1,
	reason text not null,
	person_id bigint,
	client_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	answer text,
	decided_by bigint,
	decided_at timestamptz,
	constraint contest_pk primary key (id),
	constraint contest_public_id_key unique (public_id),
	constraint contest_line_key unique (line_id, measure),
	constraint contest_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id),
	constraint contest_measure_check check (measure in ('requested', 'first',
	    'latest', 'expected', 'filled')),
	constraint contest_reason_check check (length(reason) between 1 and 500),
	constraint contest_answer_check check (length(answer) between 1 and 500)
);
create index if not exists contest_open_idx on orders.contest
    (created_at desc, id desc) where state = 'open';
create index if not exists contest_partner_idx on orders.contest
    (partner_id, created_at desc, id desc);
create index if not exists line_partner_wanted_idx on orders.line
    (partner_id, requested_date);
comment on table orders.contest is
    'objections of suppliers to lines that count against them';
comment on column orders.contest.id is 'key inside';
comment on column orders.contest.public_id is 'id outside';
comment on column orders.contest.partner_id is 'the supplier';
comment on column orders.contest.line_id is 'the line';
comment on column orders.contest.measure is
    'what it shall not count for: a basis of punctuality, or filled';
comment on column orders.contest.state is 'machine contest';
comment on column orders.contest.version is 'row version';
comment on column orders.contest.reason is 'why it shall not count';
comment on column orders.contest.person_id is 'who objects';
comment on column orders.contest.client_id is 'machine client that objects';
comment on column orders.contest.created_at is 'when';
comment on column orders.contest.answer is 'what the account manager says';
comment on column orders.contest.decided_by is 'who decided';
comment on column orders.contest.decided_at is 'when it was decided';

insert into core.migration (number, name) values (21, 'scorecard')
on conflict do nothing;
