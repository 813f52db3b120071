-- SPDX-License-Identifier: Apache-2.0
--
-- Files that people attach to orders; and words of the house to several
-- partners at once.

create table if not exists orders.attachment (
	id bigint generated always as identity,
	public_id uuid not null default core.uuid7(),
	partner_id bigint not null,
	order_id bigint not null,
	visibility text not null default 'public',
	filename text not null,
	media_type text not null,
	sha256 bytea not null,
	bytes bytea,
	side text not null,
	author_name text not null,
	person_id bigint,
	client_id bigint,
	origin_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	fetched_at timestamptz,
	withdrawn_at timestamptz,
	constraint attachment_pk primary key (id),
	constraint attachment_public_id_key unique (public_id),
	constraint attachment_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint attachment_order_fk foreign key (order_id)
	    references orders.head (id),
	constraint attachment_person_fk foreign key (person_id)
	    references core.person (id),
	constraint attachment_client_fk foreign key (client_id)
	    references core.client (id),
	constraint attachment_origin_fk foreign key (origin_id)
	    references orders.attachment (id),
	constraint attachment_visibility_check
	    check (visibility in ('public', 'internal')),
	constraint attachment_side_check check (side in ('partner', 'house')),
	constraint attachment_internal_check
	    check (visibility = 'public' or side = 'house'),
	constraint attachment_sha256_check check (length(sha256) = 32),
	constraint attachment_size_check
	    check (length(bytes) between 1 and 10485760),
	constraint attachment_withdrawn_check
	    check ((bytes is null) = (withdrawn_at is not null))
);
create unique index if not exists attachment_once_key
    on orders.attachment (order_id, sha256, visibility)
    where withdrawn_at is null;
create index if not exists attachment_partner_idx
    on orders.attachment (partner_id, order_id);
create index if not exists attachment_origin_idx
    on orders.attachment (origin_id) where origin_id is not null;
comment on table orders.attachment is
    'files of an order, stored once each; a shared one is a row of each order';
comment on column orders.attachment.id is 'key inside, in order';
comment on column orders.attachment.public_id is 'id outside';
comment on column orders.attachment.partner_id is 'partner of the order';
comment on column orders.attachment.order_id is 'the order';
comment on column orders.attachment.visibility is
    'public, or internal: never leaves the house';
comment on column orders.attachment.filename is 'name for saving, cleaned';
comment on column orders.attachment.media_type is
    'type found in the bytes, not the one claimed';
comment on column orders.attachment.sha256 is 'digest of the bytes';
comment on column orders.attachment.bytes is
    'the bytes, never changed; gone once withdrawn';
comment on column orders.attachment.side is 'who added it: partner or house';
comment on column orders.attachment.author_name is 'who, in words';
comment on column orders.attachment.person_id is 'who, when a person';
comment on column orders.attachment.client_id is 'who, when a machine';
comment on column orders.attachment.origin_id is
    'the file of the linked order that the house passed on';
comment on column orders.attachment.created_at is 'when';
comment on column orders.attachment.fetched_at is
    'when somebody else took it for the first time, or it was passed on';
comment on column orders.attachment.withdrawn_at is 'taken back then';

create schema if not exists news;
comment on schema news is 'announcements of the house to several partners';

create table if not exists news.announcement (
	id bigint generated always as identity,
	public_id uuid not null default core.uuid7(),
	subject_en text,
	text_en text,
	subject_de text,
	text_de text,
	shown_until date,
	person_id bigint not null,
	created_at timestamptz not null default transaction_timestamp(),
	withdrawn_by bigint,
	withdrawn_at timestamptz,
	constraint announcement_pk primary key (id),
	constraint announcement_public_id_key unique (public_id),
	constraint announcement_person_fk foreign key (person_id)
	    references core.person (id),
	constraint announcement_withdrawn_by_fk foreign key (withdrawn_by)
	    references core.person (id),
	constraint announcement_english_check
	    check ((subject_en is null) = (text_en is null)),
	constraint announcement_german_check
	    check ((subject_de is null) = (text_de is null)),
	constraint announcement_language_check
	    check (subject_en is not null or subject_de is not null)
);
create index if not exists announcement_created_idx
    on news.announcement (created_at desc, id desc);
comment on table news.announcement is
    'what somebody of the house tells several partners at once';
comment on column news.announcement.id is 'key inside, in order';
comment on column news.announcement.public_id is 'id outside';
comment on column news.announcement.subject_en is 'its subject in English';
comment on column news.announcement.text_en is 'its words in English';
comment on column news.announcement.subject_de is 'its subject in German';
comment on column news.announcement.text_de is 'its words in German';
comment on column news.announcement.shown_until is
    'last day on which first pages show it; null: no end';
comment on column news.announcement.person_id is 'who wrote it';
comment on column news.announcement.created_at is 'when';
comment on column news.announcement.withdrawn_by is 'who took it back';
comment on column news.announcement.withdrawn_at is
    'since when partners do not see it any more';

create table if not exists news.recipient (
	id bigint generated always as identity,
	partner_id bigint not null,
	announcement_id bigint not null,
	constraint recipient_pk primary key (id),
	constraint recipient_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint recipient_announcement_fk foreign key (announcement_id)
	    references news.announcement (id),
	constraint recipient_key unique (partner_id, announcement_id)
);
create index if not exists recipient_announcement_idx
    on news.recipient (announcement_id);
comment on table news.recipient is 'whom an announcement was sent to';
comment on column news.recipient.id is 'key inside';
comment on column news.recipient.partner_id is 'the partner';
comment on column news.recipient.announcement_id is 'the announcement';

create table if not exists news.reading (
	id bigint generated always as identity,
	partner_id bigint not null,
	announcement_id bigint not null,
	person_id bigint not null,
	read_at timestamptz not null default transaction_timestamp(),
	dismissed_at timestamptz,
	constraint reading_pk primary key (id),
	constraint reading_recipient_fk
	    foreign key (partner_id, announcement_id)
	    references news.recipient (partner_id, announcement_id),
	constraint reading_person_fk foreign key (person_id)
	    references core.person (id),
	constraint reading_key unique (partner_id, announcement_id, person_id)
);
create index if not exists reading_announcement_idx
    on news.reading (announcement_id);
comment on table news.reading is 'who of a partner has read an announcement';
comment on column news.reading.id is 'key inside';
comment on column news.reading.partner_id is 'the partner';
comment on column news.reading.announcement_id is 'the announcement';
comment on column news.reading.person_id is 'the reader';
comment on column news.reading.read_at is 'when first';
comment on column news.reading.dismissed_at is
    'since when his first page leaves it out';

insert into core.migration (number, name) values (30, 'files_news')
on conflict do nothing;
