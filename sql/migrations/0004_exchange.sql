-- SPDX-License-Identifier: Apache-2.0
--
-- Documents that come and go, the agreements they are read by, what was found
-- in them and what they did.

create schema if not exists exchange;
comment on schema exchange is 'agreements, documents, findings, control numbers';

create schema if not exists desk;
comment on schema desk is 'read models of first screens and of the desk';

create sequence if not exists exchange.document_number start 1;
comment on sequence exchange.document_number is 'numbers of documents';

create table if not exists exchange.agreement (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	name text not null,
	version int not null default 1,
	family text not null,
	ours jsonb not null default '{}',
	theirs jsonb not null default '{}',
	guides jsonb not null default '{}',
	options jsonb not null default '{}',
	answer_family text,
	answer_guides jsonb not null default '{}',
	sends text[] not null default '{}',
	acknowledge text not null default 'auto',
	sourcing text not null default 'auto',
	tolerances jsonb not null default '{}',
	response_hours int not null default 24,
	shows_names boolean not null default false,
	time_zone text not null default 'UTC',
	valid_from timestamptz not null default transaction_timestamp(),
	valid_until timestamptz,
	constraint agreement_pk primary key (id),
	constraint agreement_public_id_key unique (public_id),
	constraint agreement_name_key unique (partner_id, name, version),
	constraint agreement_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint agreement_family_check check
	    (family in ('edifact', 'x12', 'ubl', 'xml', 'portal')),
	constraint agreement_answer_family_check check
	    (answer_family in ('edifact', 'x12', 'ubl', 'xml')),
	constraint agreement_acknowledge_check check
	    (acknowledge in ('auto', 'manual')),
	constraint agreement_sourcing_check check
	    (sourcing in ('auto', 'manual')),
	constraint agreement_response_check check
	    (response_hours between 1 and 8760)
);
create unique index if not exists agreement_current_key on exchange.agreement
    (partner_id, name) where valid_until is null;
comment on table exchange.agreement is
    'how a partner and the house exchange documents and what is agreed; a new version is a new row';
comment on column exchange.agreement.id is 'key inside';
comment on column exchange.agreement.public_id is 'id outside';
comment on column exchange.agreement.partner_id is 'the partner';
comment on column exchange.agreement.name is 'name of the agreement';
comment on column exchange.agreement.version is 'version, counts from 1';
comment on column exchange.agreement.family is
    'family the partner sends; portal: no documents';
comment on column exchange.agreement.ours is 'the house''s id and qualifier';
comment on column exchange.agreement.theirs is 'the partner''s id and qualifier';
comment on column exchange.agreement.guides is 'type to guide, incoming';
comment on column exchange.agreement.options is
    'charset, reuse_after (days), strict, ack, test';
comment on column exchange.agreement.answer_family is
    'family the house sends; null: nothing is sent';
comment on column exchange.agreement.answer_guides is 'type to guide, outgoing';
comment on column exchange.agreement.sends is
    'types the partner wants to receive, such as order_response';
comment on column exchange.agreement.acknowledge is
    'auto: an order is acknowledged by the system at once';
comment on column exchange.agreement.sourcing is
    'auto: supplier orders are released at once; manual: by account manager';
comment on column exchange.agreement.tolerances is
    'accepted without asking: days, quantity_percent, price_percent, over_ship_percent';
comment on column exchange.agreement.response_hours is
    'hours the seller has to answer an order';
comment on column exchange.agreement.shows_names is
    'a supplier may see the distributor''s name';
comment on column exchange.agreement.time_zone is
    'zone of document times without one';
comment on column exchange.agreement.valid_from is 'in force since';
comment on column exchange.agreement.valid_until is 'replaced at; null: in force';

create table if not exists exchange.handler (
	type text not null,
	call text not null,
	constraint handler_pk primary key (type)
);
comment on table exchange.handler is
    'which rule applies an incoming document; refilled at each load of the code';
comment on column exchange.handler.type is 'canonical type';
comment on column exchange.handler.call is 'function name, see exchange.handle';

create table if not exists exchange.counter (
	partner_id bigint not null,
	agreement_name text not null,
	name text not null,
	last bigint not null,
	constraint counter_pk primary key (partner_id, agreement_name, name),
	constraint counter_partner_fk foreign key (partner_id)
	    references core.partner (id)
);
comment on table exchange.counter is
    'last outgoing control number, per agreement whatever its version';
comment on column exchange.counter.partner_id is 'the partner';
comment on column exchange.counter.agreement_name is 'the agreement';
comment on column exchange.counter.name is 'interchange, group or message';
comment on column exchange.counter.last is 'the last number given';

create table if not exists exchange.chunk (
	partner_id bigint not null,
	sha256 bytea not null,
	seq int not null,
	bytes bytea not null,
	constraint chunk_pk primary key (partner_id, sha256, seq),
	constraint chunk_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint chunk_size_check check (length(bytes) between 1 and 1048576)
);
alter table exchange.chunk alter column bytes set storage external;
comment on table exchange.chunk is
    'bytes of documents, once per partner and digest, in pieces of 1 MiB';
comment on column exchange.chunk.partner_id is 'the partner';
comment on column exchange.chunk.sha256 is 'digest of the whole';
comment on column exchange.chunk.seq is 'place of the piece, from 0';
comment on column exchange.chunk.bytes is 'the piece';

create table if not exists exchange.document (
	id bigint generated always as identity,
	public_id uuid not null,
	number text not null default
	    'D-' || lpad(nextval('exchange.document_number')::text, 7, '0'),
	partner_id bigint not null,
	direction text not null,
	state text not null,
	version bigint not null default 1,
	family text not null default 'unknown',
	type text not null default 'unknown',
	media_type text not null,
	filename text,
	sha256 bytea,
	size bigint,
	test boolean not null default false,
	preview boolean not null default false,
	channel text not null,
	person_id bigint,
	client_id bigint,
	control_ref text,
	reference text,
	agreement_id bigint,
	guide text,
	parent_id bigint,
	attempt int not null default 1,
	ack_of bigint,
	about_type text,
	about uuid,
	canonical jsonb,
	control jsonb,
	verdict text,
	finding_count int not null default 0,
	received_at timestamptz not null default transaction_timestamp(),
	read_at timestamptz,
	ready_at timestamptz,
	collected_at timestamptz,
	acknowledged_at timestamptz,
	constraint document_pk primary key (id),
	constraint document_public_id_key unique (public_id),
	constraint document_partner_key unique (partner_id, id),
	constraint document_number_key unique (number),
	constraint document_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint document_agreement_fk foreign key (agreement_id)
	    references exchange.agreement (id),
	constraint document_parent_fk foreign key (parent_id)
	    references exchange.document (id),
	constraint document_ack_fk foreign key (ack_of)
	    references exchange.document (id),
	constraint document_direction_check check (direction in ('in', 'out')),
	constraint document_state_check check (state in ('received', 'checked',
	    'applied', 'quarantined', 'rejected', 'preview', 'discarded', 'replayed',
	    'pending', 'ready', 'collected', 'acknowledged', 'failed')),
	constraint document_family_check check
	    (family in ('edifact', 'x12', 'ubl', 'xml', 'unknown')),
	constraint document_size_check check (size between 1 and 10485760),
	constraint document_bytes_check check ((sha256 is null) = (size is null)
	    and (direction = 'out' or sha256 is not null))
);
create index if not exists document_partner_idx on exchange.document
    (partner_id, received_at desc, id desc);
create index if not exists document_received_idx on exchange.document
    (received_at desc, id desc);
create index if not exists document_open_idx on exchange.document (partner_id, state)
    where state in ('quarantined', 'ready', 'pending', 'failed', 'preview');
create index if not exists document_ack_idx on exchange.document (ack_of)
    where ack_of is not null;
create index if not exists document_parent_idx on exchange.document (parent_id)
    where parent_id is not null;
create index if not exists document_about_idx on exchange.document (about)
    where about is not null;
comment on table exchange.document is
    'one file received or sent; the bytes never change';
comment on column exchange.document.id is 'key inside';
comment on column exchange.document.public_id is 'id outside';
comment on column exchange.document.number is 'number people say, D-…';
comment on column exchange.document.partner_id is 'from whom or for whom';
comment on column exchange.document.direction is 'in or out';
comment on column exchange.document.state is 'machine document';
comment on column exchange.document.version is 'row version';
comment on column exchange.document.family is 'edifact, x12, ubl, xml, unknown';
comment on column exchange.document.type is
    'canonical type; ack for acknowledgements; mixed for several';
comment on column exchange.document.media_type is 'media type as it came';
comment on column exchange.document.filename is 'file name as it came';
comment on column exchange.document.sha256 is 'digest of the bytes';
comment on column exchange.document.size is 'number of bytes';
comment on column exchange.document.test is 'marked as a test by the sender';
comment on column exchange.document.preview is
    'to be looked at before it is committed';
comment on column exchange.document.channel is 'portal, api or system';
comment on column exchange.document.person_id is 'who handed it in';
comment on column exchange.document.client_id is 'machine client that handed it in';
comment on column exchange.document.control_ref is 'first interchange reference';
comment on column exchange.document.reference is 'business number inside';
comment on column exchange.document.agreement_id is
    'the agreement version it was read or written by';
comment on column exchange.document.guide is 'the guide, with its version';
comment on column exchange.document.parent_id is
    'earlier attempt or first of a repeated interchange';
comment on column exchange.document.attempt is 'attempt, counts from 1';
comment on column exchange.document.ack_of is
    'document that this acknowledgement answers';
comment on column exchange.document.about_type is
    'what an outgoing document is about: order, case, return';
comment on column exchange.document.about is 'public id of that object';
comment on column exchange.document.canonical is 'content of an outgoing document';
comment on column exchange.document.control is
    'control numbers of an outgoing document';
comment on column exchange.document.verdict is
    'accepted, accepted_with_errors, rejected: ours (in), theirs (out)';
comment on column exchange.document.finding_count is 'number of findings';
comment on column exchange.document.received_at is 'when it was stored';
comment on column exchange.document.read_at is 'when it was read or written';
comment on column exchange.document.ready_at is 'when it could be fetched';
comment on column exchange.document.collected_at is 'when it was fetched';
comment on column exchange.document.acknowledged_at is 'when its receipt was confirmed';

create table if not exists exchange.interchange (
	id bigint generated always as identity,
	partner_id bigint not null,
	document_id bigint not null,
	position int not null,
	standard text not null,
	sender text not null,
	receiver text not null,
	control_ref text not null,
	digest bytea not null,
	verdict text not null,
	blocks boolean not null default false,
	ack_kind text not null default 'none',
	ack_document_id bigint,
	content jsonb not null,
	accepted_at timestamptz not null default transaction_timestamp(),
	constraint interchange_pk primary key (id),
	constraint interchange_document_key unique (document_id, position),
	constraint interchange_document_fk foreign key (partner_id, document_id)
	    references exchange.document (partner_id, id),
	constraint interchange_ack_fk foreign key (ack_document_id)
	    references exchange.document (id)
);
create index if not exists interchange_key_idx on exchange.interchange
    (partner_id, standard, sender, receiver, control_ref) where blocks;
comment on table exchange.interchange is
    'one interchange of a document; those that had effect block their number';
comment on column exchange.interchange.id is 'key inside';
comment on column exchange.interchange.partner_id is 'the partner';
comment on column exchange.interchange.document_id is 'the document';
comment on column exchange.interchange.position is 'place in the document, from 0';
comment on column exchange.interchange.standard is 'family';
comment on column exchange.interchange.sender is 'sender, qualifier:id';
comment on column exchange.interchange.receiver is 'receiver, qualifier:id';
comment on column exchange.interchange.control_ref is 'reference as text';
comment on column exchange.interchange.digest is 'SHA-256 of its bytes';
comment on column exchange.interchange.verdict is 'syntax verdict';
comment on column exchange.interchange.blocks is
    'a message of it had effect: the number is used';
comment on column exchange.interchange.ack_kind is 'contrl, 997 or none';
comment on column exchange.interchange.ack_document_id is 'our acknowledgement';
comment on column exchange.interchange.content is
    'envelope as read: syntax, groups, dates, test';
comment on column exchange.interchange.accepted_at is 'when it was accepted';

create table if not exists exchange.message (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	document_id bigint not null,
	interchange_id bigint,
	position int not null,
	ref text,
	type text,
	message_type text,
	release text,
	guide text,
	byte_offset bigint,
	byte_length bigint,
	segments int,
	verdict text not null,
	effect text not null default 'none',
	object_type text,
	object_id uuid,
	object_number text,
	canonical jsonb,
	locators jsonb,
	constraint message_pk primary key (id),
	constraint message_public_id_key unique (public_id),
	constraint message_partner_key unique (partner_id, id),
	constraint message_document_fk foreign key (partner_id, document_id)
	    references exchange.document (partner_id, id),
	constraint message_interchange_fk foreign key (interchange_id)
	    references exchange.interchange (id),
	constraint message_verdict_check check
	    (verdict in ('accepted', 'accepted_with_errors', 'rejected')),
	constraint message_effect_check check (effect in
	    ('none', 'created', 'applied', 'duplicate', 'waiting', 'preview'))
);
create index if not exists message_document_idx on exchange.message (document_id);
create index if not exists message_partner_idx on exchange.message (partner_id);
create index if not exists message_object_idx on exchange.message (object_id)
    where object_id is not null;
comment on table exchange.message is 'one message of a document and its effect';
comment on column exchange.message.id is 'key inside';
comment on column exchange.message.public_id is 'id outside';
comment on column exchange.message.partner_id is 'the partner';
comment on column exchange.message.document_id is 'the document';
comment on column exchange.message.interchange_id is 'the interchange';
comment on column exchange.message.position is 'place in the document, from 0';
comment on column exchange.message.ref is 'message reference';
comment on column exchange.message.type is 'canonical type';
comment on column exchange.message.message_type is 'type as the standard says';
comment on column exchange.message.release is 'version, release, agency, association';
comment on column exchange.message.guide is 'guide it was read with';
comment on column exchange.message.byte_offset is 'where it begins';
comment on column exchange.message.byte_length is 'how long it is';
comment on column exchange.message.segments is 'number of segments';
comment on column exchange.message.verdict is 'after business checks';
comment on column exchange.message.effect is 'what it did';
comment on column exchange.message.object_type is
    'what it made or changed: order, case, return';
comment on column exchange.message.object_id is 'public id of that object';
comment on column exchange.message.object_number is 'number of that object';
comment on column exchange.message.canonical is 'what it says';
comment on column exchange.message.locators is 'pointer to place in the bytes';

create table if not exists exchange.finding (
	id bigint generated always as identity,
	partner_id bigint not null,
	document_id bigint not null,
	message_id bigint,
	rule text not null,
	severity text not null,
	content jsonb not null,
	found_at timestamptz not null default transaction_timestamp(),
	constraint finding_pk primary key (id),
	constraint finding_document_fk foreign key (partner_id, document_id)
	    references exchange.document (partner_id, id),
	constraint finding_message_fk foreign key (partner_id, message_id)
	    references exchange.message (partner_id, id),
	constraint finding_severity_check check (severity in ('error', 'warning'))
);
create index if not exists finding_document_idx on exchange.finding (document_id);
create index if not exists finding_partner_idx on exchange.finding (partner_id, rule);
comment on table exchange.finding is 'what was wrong with a document, and where';
comment on column exchange.finding.id is 'key inside';
comment on column exchange.finding.partner_id is 'the partner';
comment on column exchange.finding.document_id is 'the document';
comment on column exchange.finding.message_id is 'the message, if one';
comment on column exchange.finding.rule is 'stable name of the rule';
comment on column exchange.finding.severity is 'error or warning';
comment on column exchange.finding.content is 'place, found, expected, codes, args';
comment on column exchange.finding.found_at is 'when it was found';

do $$
begin
	if not exists (select from pg_constraint
		where conname = 'head_document_fk') then
		alter table orders.head add constraint head_document_fk
		    foreign key (document_id) references exchange.document (id);
		alter table orders.value add constraint value_document_fk
		    foreign key (document_id) references exchange.document (id);
	end if;
end
$$;

insert into core.migration (number, name) values (4, 'exchange')
on conflict do nothing;
