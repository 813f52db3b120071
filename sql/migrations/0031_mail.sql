-- SPDX-License-Identifier: Apache-2.0
--
-- Mails to people: which events are told by mail, who wants it how, and the
-- outbox.

create table if not exists core.mail_kind (
	kind text not null,
	roles text[] not null,
	usual text not null,
	still text,
	whom text,
	constraint mail_kind_pk primary key (kind),
	constraint mail_kind_usual_check check (usual in ('now', 'daily', 'none'))
);
comment on table core.mail_kind is
    'events that are told by mail; written by the code at each load';
comment on column core.mail_kind.kind is 'type of the event';
comment on column core.mail_kind.roles is 'whom it concerns';
comment on column core.mail_kind.usual is
    'how those get it who have not chosen: now, daily, none';
comment on column core.mail_kind.still is
    'function(uuid) that says of the event''s object whether the mail still '
    'has a point; null: always';

comment on column core.mail_kind.whom is
    'function(uuid) that says who is responsible for the event''s object; null: '
    'all whom it concerns';

create table if not exists core.mail_choice (
	person_id bigint not null,
	kind text not null,
	choice text not null,
	constraint mail_choice_pk primary key (person_id, kind),
	constraint mail_choice_person_fk foreign key (person_id)
	    references core.person (id),
	constraint mail_choice_check check (choice in ('now', 'daily', 'none'))
);
comment on table core.mail_choice is 'how people want to get mails of a kind';
comment on column core.mail_choice.person_id is 'who';
comment on column core.mail_choice.kind is 'type of the event';
comment on column core.mail_choice.choice is 'at once, once a day, not at all';

create table if not exists core.mail_notice (
	event_seq bigint not null,
	constraint mail_notice_pk primary key (event_seq)
);
comment on table core.mail_notice is
    'events that nobody has been told of by mail yet';
comment on column core.mail_notice.event_seq is 'the event';

create table if not exists core.mail (
	id bigint generated always as identity,
	public_id uuid not null,
	person_id bigint not null,
	portal text not null,
	partner_id bigint,
	kind text not null,
	made_at timestamptz not null,
	send_at timestamptz not null,
	attempts int not null default 0,
	tried_at timestamptz,
	sent_at timestamptz,
	failed_at timestamptz,
	error text,
	address text,
	language text,
	message_id text,
	constraint mail_pk primary key (id),
	constraint mail_public_id_key unique (public_id),
	constraint mail_message_id_key unique (message_id),
	constraint mail_person_fk foreign key (person_id)
	    references core.person (id),
	constraint mail_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint mail_portal_check
	    check (portal in ('distributor', 'supplier', 'desk')),
	constraint mail_end_check check (sent_at is null or failed_at is null)
);
create index if not exists mail_waiting_idx on core.mail (send_at)
    where sent_at is null and failed_at is null;
create index if not exists mail_person_idx
    on core.mail (person_id, kind, id);
comment on table core.mail is 'mails to people: waiting, sent, failed';
comment on column core.mail.id is 'key inside';
comment on column core.mail.public_id is 'id outside (UUIDv7)';
comment on column core.mail.person_id is 'to whom';
comment on column core.mail.portal is 'in which of his portals its links lead';
comment on column core.mail.partner_id is
    'as whose person he gets it; null at the desk';
comment on column core.mail.kind is
    'type of its events, or daily: what one day brought';
comment on column core.mail.made_at is 'when its first event was noticed';
comment on column core.mail.send_at is 'when it is tried next';
comment on column core.mail.attempts is 'tries so far';
comment on column core.mail.tried_at is 'when it was tried last';
comment on column core.mail.sent_at is 'when the mail server took it';
comment on column core.mail.failed_at is 'when it was given up';
comment on column core.mail.error is
    'why the last try did not succeed: a code, or what the server said';
comment on column core.mail.address is 'where it was sent at the last try';
comment on column core.mail.language is 'in which language';
comment on column core.mail.message_id is
    'its Message-ID without brackets, the same at each try';

create table if not exists core.mail_item (
	mail_id bigint not null,
	event_seq bigint not null,
	person_id bigint not null,
	constraint mail_item_pk primary key (mail_id, event_seq),
	constraint mail_item_once_key unique (person_id, event_seq),
	constraint mail_item_mail_fk foreign key (mail_id)
	    references core.mail (id) on delete cascade,
	constraint mail_item_event_fk foreign key (event_seq)
	    references core.event (seq)
);
create index if not exists mail_item_event_idx on core.mail_item (event_seq);
comment on table core.mail_item is 'the events that a mail tells of';
comment on column core.mail_item.mail_id is 'the mail';
comment on column core.mail_item.event_seq is 'the event';
comment on column core.mail_item.person_id is
    'the mail''s person, who is told of an event once';

insert into core.migration (number, name) values (31, 'mail')
on conflict do nothing;
