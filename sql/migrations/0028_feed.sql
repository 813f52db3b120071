-- SPDX-License-Identifier: Apache-2.0
--
-- Secret addresses of calendars that people take into their own.

create table if not exists core.feed (
	id bigint generated always as identity,
	public_id uuid not null,
	person_id bigint not null,
	portal text not null,
	partner_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	revoked_at timestamptz,
	constraint feed_pk primary key (id),
	constraint feed_public_id_key unique (public_id),
	constraint feed_person_fk foreign key (person_id)
	    references core.person (id),
	constraint feed_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint feed_portal_check
	    check (portal in ('distributor', 'supplier', 'desk'))
);
create unique index if not exists feed_live_key
    on core.feed (person_id, portal, partner_id) nulls not distinct
    where revoked_at is null;
comment on table core.feed is
    'calendars that people have taken into their own, by a secret address';
comment on column core.feed.id is 'key inside';
comment on column core.feed.public_id is
    'id; the address is made of it with the key calendar of core.secret';
comment on column core.feed.person_id is 'whose calendar';
comment on column core.feed.portal is 'in which portal: what it holds';
comment on column core.feed.partner_id is 'for whom; null at the desk';
comment on column core.feed.created_at is 'when the address was made';
comment on column core.feed.revoked_at is 'since when it leads nowhere';

insert into core.secret (purpose, key)
values ('calendar', crypto.gen_random_bytes(32)) on conflict do nothing;
comment on column core.secret.purpose is 'identity, cursor, calendar';

insert into core.migration (number, name) values (28, 'feed')
on conflict do nothing;
