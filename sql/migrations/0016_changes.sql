-- SPDX-License-Identifier: Apache-2.0
--
-- Changes and cancellations that a buyer asks of an order, with what they
-- change, line by line, and what became of them; versions know which of them
-- stands; lines know the change that waits and the item offered instead.

create table if not exists orders.change (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	order_id bigint not null,
	kind text not null default 'change',
	number text not null,
	partner_number text,
	state text not null default 'draft',
	version bigint not null default 1,
	order_version int,
	direct boolean not null default false,
	head jsonb not null default '{}',
	lines jsonb not null default '[]',
	asked jsonb not null default '{}',
	reason jsonb,
	refusal jsonb,
	digest bytea,
	parent_id bigint,
	source text not null,
	person_id bigint,
	client_id bigint,
	document_id bigint,
	answer_source text,
	answer_person_id bigint,
	answer_client_id bigint,
	answer_document_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	sent_at timestamptz,
	answered_at timestamptz,
	applied_at timestamptz,
	constraint change_pk primary key (id),
	constraint change_public_id_key unique (public_id),
	constraint change_partner_key unique (partner_id, id),
	constraint change_number_key unique (order_id, number),
	constraint change_order_fk foreign key (partner_id, order_id)
	    references orders.head (partner_id, id),
	constraint change_parent_fk foreign key (parent_id)
	    references orders.change (id),
	constraint change_kind_check check (kind in ('change', 'cancel')),
	constraint change_source_check check (source in
	    ('portal', 'edi', 'api', 'import', 'telephone', 'system')),
	constraint change_lines_check check (jsonb_typeof(lines) = 'array')
);
create index if not exists change_order_idx on orders.change (order_id, id);
create index if not exists change_partner_idx on orders.change (partner_id, order_id);
create index if not exists change_parent_idx on orders.change (parent_id)
    where parent_id is not null;
create index if not exists change_document_idx on orders.change (document_id)
    where document_id is not null;
create unique index if not exists change_partner_number_key on orders.change
    (order_id, partner_number) where partner_number is not null;
comment on table orders.change is
    'what a buyer asks to be changed in an order, and what became of it';
comment on column orders.change.id is 'key inside';
comment on column orders.change.public_id is 'id outside';
comment on column orders.change.partner_id is 'partner of the order';
comment on column orders.change.order_id is 'the order';
comment on column orders.change.kind is 'change, or cancel of the whole order';
comment on column orders.change.number is 'number of the change, ours';
comment on column orders.change.partner_number is 'the buyer''s own number of it';
comment on column orders.change.state is 'machine order_change';
comment on column orders.change.version is 'row version';
comment on column orders.change.order_version is
    'version of the order that it asks for';
comment on column orders.change.direct is
    'it stands at once, because the seller had not accepted the order yet';
comment on column orders.change.head is
    'what changes in the head: member → old, new';
comment on column orders.change.lines is
    'what changes: line_id, action 1 added 2 deleted 3 changed, old, new, outcome';
comment on column orders.change.asked is 'canonical order_change as it was asked';
comment on column orders.change.reason is 'why the buyer asks';
comment on column orders.change.refusal is 'why the seller refuses: code, text';
comment on column orders.change.digest is
    'SHA-256 of the content, to know a repeated change';
comment on column orders.change.parent_id is
    'change of the distributor''s order that raised it on a supplier''s';
comment on column orders.change.source is 'channel it came by';
comment on column orders.change.person_id is 'who asks';
comment on column orders.change.client_id is 'machine client that asks';
comment on column orders.change.document_id is 'document it came in';
comment on column orders.change.answer_source is 'channel of the answer';
comment on column orders.change.answer_person_id is 'who answered';
comment on column orders.change.answer_client_id is 'machine client that answered';
comment on column orders.change.answer_document_id is 'document of the answer';
comment on column orders.change.created_at is 'when it was written';
comment on column orders.change.sent_at is 'when the buyer sent it';
comment on column orders.change.answered_at is 'when it was decided';
comment on column orders.change.applied_at is 'when the decision took effect';

alter table orders.head add column if not exists change_id bigint;
comment on column orders.head.change_id is 'change that waits for an answer';
create index if not exists head_change_idx on orders.head (partner_id, kind)
    where change_id is not null;
alter table orders.line add column if not exists change_id bigint;
comment on column orders.line.change_id is
    'change of this line that waits for an answer';
alter table orders.line add column if not exists substitute_id bigint;
comment on column orders.line.substitute_id is
    'item that the seller offers instead; the buyer decides';
alter table orders.line add column if not exists original_id bigint;
comment on column orders.line.original_id is
    'item first ordered, where the buyer accepted another one';
alter table orders.version add column if not exists state text not null
    default 'in_force';
alter table orders.version drop constraint if exists version_state_check;
alter table orders.version add constraint version_state_check check
    (state in ('pending', 'in_force', 'former', 'refused'));
comment on column orders.version.state is
    'pending asked, in_force stands, former stood, refused never came to stand';

do $$
begin
	alter table orders.head add constraint head_change_fk
	    foreign key (change_id) references orders.change (id);
exception when duplicate_object then null;
end
$$;
do $$
begin
	alter table orders.line add constraint line_change_fk
	    foreign key (change_id) references orders.change (id);
	alter table orders.line add constraint line_substitute_fk
	    foreign key (substitute_id) references item.item (id);
	alter table orders.line add constraint line_original_fk
	    foreign key (original_id) references item.item (id);
exception when duplicate_object then null;
end
$$;

insert into core.migration (number, name) values (16, 'changes')
on conflict do nothing;
