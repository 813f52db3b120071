-- SPDX-License-Identifier: Apache-2.0
--
-- The house looks through a partner's eyes; answers that are due are asked
-- for, and their absence is told.

alter table core.session add column if not exists viewing jsonb;
comment on column core.session.viewing is
    'the house looks, read-only: the viewer''s own roles, reason; else null';
do $$
begin
	if not exists (select from pg_constraint
		where conname = 'session_viewing_check') then
		alter table core.session add constraint session_viewing_check
		    check (viewing is null or partner_id is not null);
	end if;
end
$$;

alter table exchange.agreement
    add column if not exists remind_hours int not null default 4,
    add column if not exists escalate_hours int not null default 0,
    add column if not exists response_calendar text;
do $$
begin
	if not exists (select from pg_constraint
		where conname = 'agreement_clock_check') then
		alter table exchange.agreement add constraint agreement_clock_check
		    check (remind_hours between 0 and 720
		    and escalate_hours between 0 and 720);
		alter table exchange.agreement add constraint
		    agreement_response_calendar_fk foreign key (response_calendar)
		    references cases.calendar (name);
	end if;
end
$$;
comment on column exchange.agreement.remind_hours is
    'hours before an answer is due at which the partner is reminded; 0: never';
comment on column exchange.agreement.escalate_hours is
    'hours after an answer was due at which the account manager is told';
comment on column exchange.agreement.response_calendar is
    'calendar whose opening hours response_hours counts; null: all hours';

create table if not exists orders.reminder (
	id bigint generated always as identity,
	partner_id bigint not null,
	order_id bigint not null,
	kind text not null,
	due_at timestamptz not null,
	told_at timestamptz not null,
	told jsonb not null default '[]',
	constraint reminder_pk primary key (id),
	constraint reminder_order_key unique (order_id, kind, due_at),
	constraint reminder_order_fk foreign key (partner_id, order_id)
	    references orders.head (partner_id, id),
	constraint reminder_kind_check check (kind in ('reminded', 'escalated'))
);
create index if not exists reminder_partner_idx
    on orders.reminder (partner_id, order_id);
comment on table orders.reminder is
    'that an answer was asked for before it was due, or reported missing';
comment on column orders.reminder.id is 'key inside';
comment on column orders.reminder.partner_id is 'partner of the order';
comment on column orders.reminder.order_id is 'the order';
comment on column orders.reminder.kind is
    'reminded: the seller, in time; escalated: the account manager, too late';
comment on column orders.reminder.due_at is 'until when the answer was due';
comment on column orders.reminder.told_at is 'when it was said';
comment on column orders.reminder.told is 'names of the people told';

insert into core.migration (number, name) values (19, 'view')
on conflict do nothing;
