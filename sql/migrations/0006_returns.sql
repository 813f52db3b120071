-- SPDX-License-Identifier: Apache-2.0
--
-- Returns of distributors: what they ask to send back, what the house
-- approves, receives and settles, line by line.

create schema returns;
comment on schema returns is 'returns (RMA) of order lines and their four quantities';

create sequence returns.number start 1201;
comment on sequence returns.number is 'numbers of returns';

create table returns.head (
	id bigint generated always as identity constraint head_pkey primary key,
	public_id uuid not null default core.uuid7()
		constraint head_public_id_key unique,
	partner_id bigint not null constraint head_partner_fkey
		references core.partner,
	number text not null constraint head_number_key unique,
	partner_return_id text,
	status text not null default 'requested',
	version bigint not null default 1,
	origin text not null constraint head_origin_check
		check (origin in ('portal', 'api', 'edi', 'desk')),
	case_id bigint constraint head_case_fkey references cases.head,
	person_id bigint constraint head_person_fkey references core.person,
	client_id bigint constraint head_client_fkey references core.client,
	document_id bigint constraint head_document_fkey
		references exchange.document,
	text text,
	valid_until date,
	decided_at timestamptz,
	created_at timestamptz not null default core.now()
);
create unique index head_partner_return_key
	on returns.head (partner_id, partner_return_id)
	where partner_return_id is not null;
create index head_partner_idx
	on returns.head (partner_id, created_at desc, id desc);
create index head_created_idx on returns.head (created_at desc, id desc);
create index head_case_idx on returns.head (case_id) where case_id is not null;
comment on table returns.head is 'one request of a distributor to send goods back';
comment on column returns.head.id is 'key inside';
comment on column returns.head.public_id is 'id outside';
comment on column returns.head.partner_id is 'the distributor';
comment on column returns.head.number is 'the house''s number, RMA-…';
comment on column returns.head.partner_return_id is 'the distributor''s own number';
comment on column returns.head.status is 'derived from the lines by returns.status';
comment on column returns.head.version is 'row version, for ETag and If-Match';
comment on column returns.head.origin is 'channel it came by';
comment on column returns.head.case_id is 'case from which it came';
comment on column returns.head.person_id is 'who asked';
comment on column returns.head.client_id is 'machine client that asked';
comment on column returns.head.document_id is 'document it came in';
comment on column returns.head.text is 'what the distributor adds';
comment on column returns.head.valid_until is 'goods must be sent until then';
comment on column returns.head.decided_at is 'when every line had been decided';
comment on column returns.head.created_at is 'when it was asked for';

create table returns.line (
	id bigint generated always as identity constraint line_pkey primary key,
	public_id uuid not null default core.uuid7()
		constraint line_public_id_key unique,
	partner_id bigint not null constraint line_partner_fkey
		references core.partner,
	return_id bigint not null constraint line_return_fkey
		references returns.head,
	line_id text not null,
	order_line_id bigint not null constraint line_order_line_fkey
		references orders.line,
	serials text[] not null default '{}',
	reason_code text not null constraint line_reason_check
		check (reason_code in ('defective', 'wrong_item', 'surplus',
			'ordered_in_error', 'damaged_packing', 'not_as_expected',
			'short_dated')),
	expected_resolution text not null constraint line_expected_check
		check (expected_resolution in ('credit', 'replace', 'repair')),
	state text not null default 'requested',
	requested numeric(18, 4) not null,
	approved numeric(18, 4) not null default 0,
	received numeric(18, 4) not null default 0,
	rejected numeric(18, 4) not null default 0,
	decision_text text,
	resolution text constraint line_resolution_check
		check (resolution in ('credit', 'replace')),
	settlement_number text,
	decided_at timestamptz,
	received_at timestamptz,
	settled_at timestamptz,
	constraint line_key unique (return_id, line_id),
	constraint line_requested_check check (requested > 0),
	constraint line_quantities_check check (approved >= 0 and received >= 0
		and rejected >= 0 and approved + rejected <= requested),
	constraint line_received_check check (received <= approved)
);
create index line_partner_idx on returns.line (partner_id, id);
create index line_order_line_idx on returns.line (order_line_id);
comment on table returns.line is 'how much of one order line is sent back, and why';
comment on column returns.line.id is 'key inside';
comment on column returns.line.public_id is 'id outside';
comment on column returns.line.partner_id is 'partner of the return';
comment on column returns.line.return_id is 'the return';
comment on column returns.line.line_id is 'number within the return';
comment on column returns.line.order_line_id is 'the order line by which it was bought';
comment on column returns.line.serials is 'serial numbers, where the item has them';
comment on column returns.line.reason_code is 'why, from the exchange guide''s list';
comment on column returns.line.expected_resolution is 'what the distributor wishes';
comment on column returns.line.state is 'state of machine return_line';
comment on column returns.line.requested is 'quantity asked for';
comment on column returns.line.approved is 'quantity approved';
comment on column returns.line.received is 'quantity counted at arrival';
comment on column returns.line.rejected is 'quantity refused';
comment on column returns.line.decision_text is 'why it was refused or cut, for the distributor';
comment on column returns.line.resolution is 'how it was settled';
comment on column returns.line.settlement_number is 'credit note or replacement delivery';
comment on column returns.line.decided_at is 'when it was approved or refused';
comment on column returns.line.received_at is 'when the goods were counted';
comment on column returns.line.settled_at is 'when it was settled';

insert into core.migration (number, name) values (6, 'returns')
on conflict do nothing;
