-- SPDX-License-Identifier: Apache-2.0
--
-- Lists as people want them: which lists there are, the views that a person
-- keeps of them, and his columns and first view.

create table if not exists core.list (
	name text,
	views text[] not null,
	columns jsonb not null,
	constraint list_pk primary key (name)
);
comment on table core.list is 'lists with views and columns; filled by the code';
comment on column core.list.name is 'its path and, with _list, its operation';
comment on column core.list.views is 'its own views; the first is shown first';
comment on column core.list.columns is 'its columns in their order, see core/list.sql';

create table if not exists core.list_view (
	id bigint generated always as identity,
	public_id uuid not null,
	person_id bigint not null,
	portal text not null,
	partner_id bigint,
	list text not null,
	name text not null,
	query jsonb not null,
	shared boolean not null default false,
	created_at timestamptz not null default transaction_timestamp(),
	constraint list_view_pk primary key (id),
	constraint list_view_public_id_key unique (public_id),
	constraint list_view_person_fk foreign key (person_id)
	    references core.person (id),
	constraint list_view_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint list_view_name_check check (length(name) between 1 and 60)
);
create unique index if not exists list_view_name_key on core.list_view
    (person_id, portal, coalesce(partner_id, 0), list, lower(name));
create index if not exists list_view_shared_idx on core.list_view
    (coalesce(partner_id, 0), portal, list) where shared;
create index if not exists list_view_partner_idx on core.list_view
    (partner_id);
comment on table core.list_view is 'a view of a list that a person keeps';
comment on column core.list_view.id is 'key inside';
comment on column core.list_view.public_id is 'id outside';
comment on column core.list_view.person_id is 'whose it is';
comment on column core.list_view.portal is 'the portal it is for';
comment on column core.list_view.partner_id is 'the partner acted for; null at the desk';
comment on column core.list_view.list is 'the list, by its name';
comment on column core.list_view.name is 'its name, once a person and list';
comment on column core.list_view.query is 'what the list is asked: view, q, sort, columns …';
comment on column core.list_view.shared is 'colleagues see it, too';
comment on column core.list_view.created_at is 'since when';

create table if not exists core.list_choice (
	person_id bigint not null,
	portal text not null,
	partner_id bigint,
	list text not null,
	columns text,
	view_id bigint,
	constraint list_choice_person_fk foreign key (person_id)
	    references core.person (id),
	constraint list_choice_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint list_choice_view_fk foreign key (view_id)
	    references core.list_view (id) on delete set null
);
create unique index if not exists list_choice_key on core.list_choice
    (person_id, portal, coalesce(partner_id, 0), list);
create index if not exists list_choice_partner_idx on core.list_choice
    (partner_id);
create index if not exists list_choice_view_idx on core.list_choice (view_id);
comment on table core.list_choice is 'how a person wants a list: columns, first view';
comment on column core.list_choice.person_id is 'whose choice';
comment on column core.list_choice.portal is 'the portal it is for';
comment on column core.list_choice.partner_id is 'the partner acted for; null at the desk';
comment on column core.list_choice.list is 'the list, by its name';
comment on column core.list_choice.columns is 'chosen columns with commas between; null: the usual ones';
comment on column core.list_choice.view_id is 'the view that the list opens with; null: its own first';

insert into core.migration (number, name) values (32, 'list')
on conflict do nothing;
