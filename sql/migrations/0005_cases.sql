-- SPDX-License-Identifier: Apache-2.0
--
-- Service cases: requests and complaints of distributors, what was said about
-- them, and until when the house has promised to answer and to solve.

create schema cases;
comment on schema cases is 'service cases, their messages, pictures and times';

create sequence cases.number start 417;
comment on sequence cases.number is 'numbers of cases';

create table cases.calendar (
	name text constraint calendar_pkey primary key,
	time_zone text not null,
	opens time not null,
	closes time not null,
	weekdays int[] not null,
	constraint calendar_hours_check check (opens < closes),
	constraint calendar_weekdays_check
		check (weekdays <@ '{1,2,3,4,5,6,7}' and weekdays <> '{}')
);
comment on table cases.calendar is 'business hours by which clocks run';
comment on column cases.calendar.name is 'name of the calendar';
comment on column cases.calendar.time_zone is 'IANA zone of its hours';
comment on column cases.calendar.opens is 'first minute of a day';
comment on column cases.calendar.closes is 'end of a day';
comment on column cases.calendar.weekdays is 'ISO days of the week, Monday is 1';

create table cases.holiday (
	calendar text not null constraint holiday_calendar_fkey
		references cases.calendar,
	on_date date not null,
	name text not null,
	constraint holiday_pkey primary key (calendar, on_date)
);
comment on table cases.holiday is 'days on which a calendar is closed';
comment on column cases.holiday.calendar is 'the calendar';
comment on column cases.holiday.on_date is 'the day';
comment on column cases.holiday.name is 'why it is closed';

create table cases.policy (
	priority text constraint policy_pkey primary key
		constraint policy_priority_check
		check (priority in ('low', 'normal', 'high', 'urgent')),
	calendar text not null constraint policy_calendar_fkey
		references cases.calendar,
	response interval not null,
	solution interval not null,
	version int not null default 1,
	constraint policy_order_check check (response <= solution)
);
comment on table cases.policy is 'what the house promises, by priority, in business hours';
comment on column cases.policy.priority is 'low, normal, high, urgent';
comment on column cases.policy.calendar is 'hours that count';
comment on column cases.policy.response is 'business hours until the first answer';
comment on column cases.policy.solution is 'business hours until it is solved';
comment on column cases.policy.version is 'counts changes';

create table cases.head (
	id bigint generated always as identity constraint head_pkey primary key,
	public_id uuid not null default core.uuid7()
		constraint head_public_id_key unique,
	partner_id bigint not null constraint head_partner_fkey
		references core.partner,
	number text not null constraint head_number_key unique,
	partner_case_id text,
	case_type text not null constraint head_type_check
		check (case_type in ('request', 'complaint', 'enquiry', 'incident')),
	priority text not null default 'normal' constraint head_priority_fkey
		references cases.policy,
	origin text not null constraint head_origin_check
		check (origin in ('portal', 'api', 'edi', 'desk')),
	subject text not null,
	symptom text,
	serial text,
	item_id bigint constraint head_item_fkey references item.item,
	order_line_id bigint constraint head_order_line_fkey
		references orders.line,
	state text not null default 'new',
	version bigint not null default 1,
	person_id bigint constraint head_person_fkey references core.person,
	client_id bigint constraint head_client_fkey references core.client,
	document_id bigint constraint head_document_fkey
		references exchange.document,
	assignee_id bigint constraint head_assignee_fkey references core.person,
	resolver_id bigint constraint head_resolver_fkey references core.person,
	policy_version int not null,
	response_due_at timestamptz not null,
	solution_due_at timestamptz not null,
	paused_at timestamptz,
	answered_at timestamptz,
	resolved_at timestamptz,
	closed_at timestamptz,
	resolution_code text,
	cause_code text,
	created_at timestamptz not null default core.now()
);
create unique index head_partner_case_key
	on cases.head (partner_id, partner_case_id)
	where partner_case_id is not null;
create index head_partner_idx
	on cases.head (partner_id, created_at desc, id desc);
create index head_queue_idx on cases.head (solution_due_at, id)
	where state not in ('closed', 'withdrawn', 'merged');
create index head_created_idx on cases.head (created_at desc, id desc);
create index head_assignee_idx on cases.head (assignee_id)
	where assignee_id is not null;
create index head_serial_idx on cases.head (partner_id, serial)
	where serial is not null;
comment on table cases.head is 'one service case of a partner';
comment on column cases.head.id is 'key inside';
comment on column cases.head.public_id is 'id outside';
comment on column cases.head.partner_id is 'the distributor whose case it is';
comment on column cases.head.number is 'the house''s number, SR-…';
comment on column cases.head.partner_case_id is 'the partner''s own number';
comment on column cases.head.case_type is 'request, complaint, enquiry, incident';
comment on column cases.head.priority is 'chooses the policy';
comment on column cases.head.origin is 'channel it came by';
comment on column cases.head.subject is 'one line for lists';
comment on column cases.head.symptom is 'what was observed, in the partner''s words';
comment on column cases.head.serial is 'serial number of the device';
comment on column cases.head.item_id is 'the device''s item, where it is known';
comment on column cases.head.order_line_id is 'order line by which it was bought';
comment on column cases.head.state is 'state of machine case';
comment on column cases.head.version is 'row version, for ETag and If-Match';
comment on column cases.head.person_id is 'who logged it';
comment on column cases.head.client_id is 'machine client that logged it';
comment on column cases.head.document_id is 'document it came in';
comment on column cases.head.assignee_id is 'agent who looks after it';
comment on column cases.head.resolver_id is 'agent who resolved it: a complaint is closed by somebody else';
comment on column cases.head.policy_version is 'version of the policy that set the times';
comment on column cases.head.response_due_at is 'first answer promised until then';
comment on column cases.head.solution_due_at is 'solution promised until then';
comment on column cases.head.paused_at is 'since when the solution clock stands, waiting for the partner';
comment on column cases.head.answered_at is 'first public answer of the house';
comment on column cases.head.resolved_at is 'when it was last resolved';
comment on column cases.head.closed_at is 'when it was closed';
comment on column cases.head.resolution_code is 'how it was resolved';
comment on column cases.head.cause_code is 'why it came to a complaint';
comment on column cases.head.created_at is 'when it was logged; the clocks'' start';

create table cases.message (
	id bigint generated always as identity constraint message_pkey primary key,
	public_id uuid not null default core.uuid7()
		constraint message_public_id_key unique,
	partner_id bigint not null constraint message_partner_fkey
		references core.partner,
	case_id bigint not null constraint message_case_fkey references cases.head,
	visibility text not null constraint message_visibility_check
		check (visibility in ('public', 'internal')),
	channel text not null constraint message_channel_check
		check (channel in ('portal', 'api', 'edi')),
	side text not null constraint message_side_check
		check (side in ('partner', 'house')),
	author_name text not null,
	person_id bigint constraint message_person_fkey references core.person,
	client_id bigint constraint message_client_fkey references core.client,
	document_id bigint constraint message_document_fkey
		references exchange.document,
	sequence int,
	text text not null,
	created_at timestamptz not null default core.now(),
	constraint message_internal_check
		check (visibility = 'public' or side = 'house'),
	constraint message_sequence_key unique (case_id, side, sequence)
);
create index message_case_idx on cases.message (case_id, id);
create index message_partner_idx on cases.message (partner_id, id);
comment on table cases.message is 'what was said about a case; append only';
comment on column cases.message.id is 'key inside, in order';
comment on column cases.message.public_id is 'id outside';
comment on column cases.message.partner_id is 'partner of the case';
comment on column cases.message.case_id is 'the case';
comment on column cases.message.visibility is 'public, or internal: never leaves the house';
comment on column cases.message.channel is 'how it was said';
comment on column cases.message.side is 'who said it: partner or house';
comment on column cases.message.author_name is 'who, in words';
comment on column cases.message.person_id is 'who, when a person';
comment on column cases.message.client_id is 'who, when a machine';
comment on column cases.message.document_id is 'document it came in';
comment on column cases.message.sequence is 'number within a document exchange, so that a repeated message is known';
comment on column cases.message.text is 'the words';
comment on column cases.message.created_at is 'when';

create table cases.attachment (
	id bigint generated always as identity
		constraint attachment_pkey primary key,
	public_id uuid not null default core.uuid7()
		constraint attachment_public_id_key unique,
	partner_id bigint not null constraint attachment_partner_fkey
		references core.partner,
	case_id bigint not null constraint attachment_case_fkey
		references cases.head,
	visibility text not null default 'public'
		constraint attachment_visibility_check
		check (visibility in ('public', 'internal')),
	filename text not null,
	media_type text not null,
	sha256 bytea not null constraint attachment_sha256_check
		check (length(sha256) = 32),
	bytes bytea not null constraint attachment_size_check
		check (length(bytes) between 1 and 10485760),
	author_name text not null,
	created_at timestamptz not null default core.now(),
	constraint attachment_once_key unique (case_id, sha256, visibility)
);
create index attachment_partner_idx on cases.attachment (partner_id, case_id);
comment on table cases.attachment is 'pictures and files of a case, stored once each';
comment on column cases.attachment.id is 'key inside, in order';
comment on column cases.attachment.public_id is 'id outside';
comment on column cases.attachment.partner_id is 'partner of the case';
comment on column cases.attachment.case_id is 'the case';
comment on column cases.attachment.visibility is 'public, or internal: never leaves the house';
comment on column cases.attachment.filename is 'name for saving, cleaned';
comment on column cases.attachment.media_type is 'type found in the bytes, not the one claimed';
comment on column cases.attachment.sha256 is 'digest of the bytes';
comment on column cases.attachment.bytes is 'the bytes, never changed';
comment on column cases.attachment.author_name is 'who added it';
comment on column cases.attachment.created_at is 'when';

insert into core.migration (number, name) values (5, 'cases')
on conflict do nothing;
