-- SPDX-License-Identifier: Apache-2.0
--
-- Changes of orders that are taken back or replaced while they wait, and the
-- days of open lines in one order for those who see every partner.

create index if not exists line_expected_idx on orders.line
    ((coalesce(expected_date, latest_promised_date)), id)
    where coalesce(expected_date, latest_promised_date) is not null
    and state not in ('rejected', 'cancelled', 'shipped', 'received', 'short');

alter table orders.change add column if not exists withdrawn_at timestamptz;
comment on column orders.change.withdrawn_at is
    'when the buyer took back what was not answered yet';
alter table orders.change add column if not exists replaces_id bigint;
comment on column orders.change.replaces_id is
    'the change that waited, whose place this one takes';
do $$
begin
	alter table orders.change add constraint change_replaces_fk
	    foreign key (replaces_id) references orders.change (id);
exception when duplicate_object then null;
end
$$;
create index if not exists change_replaces_idx on orders.change (replaces_id)
    where replaces_id is not null;
comment on column orders.change.answer_source is
    'channel of the answer, or of taking it back';
comment on column orders.change.answer_person_id is
    'who answered, or took it back';
comment on column orders.change.answer_client_id is
    'machine client that answered, or took it back';
comment on column orders.change.answer_document_id is
    'document of the answer, or of taking it back';
comment on column orders.change.answered_at is
    'when it was decided or taken back';

alter table orders.version drop constraint if exists version_state_check;
alter table orders.version add constraint version_state_check check
    (state in ('pending', 'in_force', 'former', 'refused', 'withdrawn'));
comment on column orders.version.state is
    'pending asked, in_force stands, former stood, refused and withdrawn never came to stand';

insert into core.migration (number, name) values (34, 'change_more')
on conflict do nothing;
