-- SPDX-License-Identifier: Apache-2.0
--
-- Orders: what distributors order from the house (sales) and what the house
-- orders from suppliers (purchase), in one set of tables.

create schema if not exists orders;
comment on schema orders is 'sales and purchase orders, answers, shipments';

create sequence if not exists orders.sales_number start 45000001;
comment on sequence orders.sales_number is 'numbers of sales orders';
create sequence if not exists orders.purchase_number start 71000001;
comment on sequence orders.purchase_number is 'numbers of purchase orders';

create table if not exists orders.head (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	kind text not null,
	number text not null,
	partner_number text,
	order_kind text not null default 'standard',
	state text not null default 'draft',
	status text not null default 'draft',
	version bigint not null default 1,
	order_version int not null default 0,
	currency text not null default 'EUR',
	issue_date date not null,
	requested_date date,
	next_date date,
	ship_to jsonb,
	bill_to jsonb,
	parties jsonb not null default '{}',
	refs jsonb not null default '[]',
	texts jsonb not null default '[]',
	draft jsonb,
	source text not null default 'portal',
	person_id bigint,
	client_id bigint,
	document_id bigint,
	linked_order_id bigint,
	digest bytea,
	response_code text,
	response_due timestamptz,
	refusal jsonb,
	total numeric(18, 4) not null default 0,
	open_value numeric(18, 4) not null default 0,
	line_count int not null default 0,
	open_lines int not null default 0,
	created_at timestamptz not null default transaction_timestamp(),
	submitted_at timestamptz,
	acknowledged_at timestamptz,
	answered_at timestamptz,
	completed_at timestamptz,
	constraint head_pk primary key (id),
	constraint head_public_id_key unique (public_id),
	constraint head_partner_key unique (partner_id, id),
	constraint head_number_key unique (number),
	constraint head_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint head_linked_fk foreign key (linked_order_id)
	    references orders.head (id),
	constraint head_kind_check check (kind in ('sales', 'purchase')),
	constraint head_order_kind_check check (order_kind in
	    ('standard', 'rush', 'spare_parts', 'repair')),
	constraint head_response_check check (response_code in
	    ('AB', 'AP', 'CA', 'RE')),
	constraint head_source_check check (source in
	    ('portal', 'edi', 'api', 'import', 'telephone', 'system')),
	constraint head_currency_check check (currency ~ '^[A-Z]{3}$'),
	constraint head_draft_check check ((state = 'draft' and kind = 'sales')
	    = (draft is not null) or state = 'cancelled')
);
create unique index if not exists head_partner_number_key
    on orders.head (partner_id, partner_number)
    where kind = 'sales' and state <> 'draft' and partner_number is not null;
create index if not exists head_partner_idx on orders.head
    (partner_id, kind, created_at desc, id desc);
create index if not exists head_created_idx on orders.head (created_at desc, id desc);
create index if not exists head_partner_open_idx on orders.head
    (partner_id, created_at desc, id desc)
    where state not in ('completed', 'closed', 'cancelled', 'rejected');
create index if not exists head_next_idx on orders.head (partner_id, next_date)
    where next_date is not null;
create index if not exists head_due_idx on orders.head (response_due)
    where response_due is not null;
create index if not exists head_linked_idx on orders.head (linked_order_id)
    where linked_order_id is not null;
create index if not exists head_document_idx on orders.head (document_id)
    where document_id is not null;
comment on table orders.head is
    'one order between the house and a partner, and its negotiation state';
comment on column orders.head.id is 'key inside';
comment on column orders.head.public_id is 'id outside';
comment on column orders.head.partner_id is
    'the outside party: buyer of a sales, seller of a purchase order';
comment on column orders.head.kind is 'sales or purchase';
comment on column orders.head.number is 'the house''s number, SO-… or PO-…';
comment on column orders.head.partner_number is
    'the distributor''s order number, the supplier''s sales order number';
comment on column orders.head.order_kind is 'standard, rush, spare_parts, repair';
comment on column orders.head.state is 'negotiation state, machine order';
comment on column orders.head.status is 'derived by orders.order_status';
comment on column orders.head.version is 'row version, for ETag and If-Match';
comment on column orders.head.order_version is 'version of the agreed content';
comment on column orders.head.currency is 'ISO 4217';
comment on column orders.head.issue_date is 'date of the order';
comment on column orders.head.requested_date is 'wanted date of the whole order';
comment on column orders.head.next_date is
    'next expected date of an open line, derived';
comment on column orders.head.ship_to is 'delivery party as it was at submission';
comment on column orders.head.bill_to is 'party invoiced';
comment on column orders.head.parties is 'other parties by role, as received';
comment on column orders.head.refs is 'references: kind and number';
comment on column orders.head.texts is 'texts: kind, language, value';
comment on column orders.head.draft is 'what was typed, while it is a draft';
comment on column orders.head.source is 'channel the order came by';
comment on column orders.head.person_id is 'who submitted it';
comment on column orders.head.client_id is 'machine client that submitted it';
comment on column orders.head.document_id is 'document it came in';
comment on column orders.head.linked_order_id is
    'sales order for which a purchase order was made';
comment on column orders.head.digest is
    'SHA-256 of the canonical content, to know a repeated original';
comment on column orders.head.response_code is 'last answer of the seller';
comment on column orders.head.response_due is 'until when the seller has to answer';
comment on column orders.head.refusal is 'reason of a refusal or cancellation';
comment on column orders.head.total is 'value of what was ordered, derived';
comment on column orders.head.open_value is 'value not yet shipped or ended, derived';
comment on column orders.head.line_count is 'number of lines, derived';
comment on column orders.head.open_lines is 'lines not yet terminal, derived';
comment on column orders.head.created_at is 'when it came to be';
comment on column orders.head.submitted_at is 'when the buyer submitted it';
comment on column orders.head.acknowledged_at is 'when the seller acknowledged it';
comment on column orders.head.answered_at is 'when the seller answered every line';
comment on column orders.head.completed_at is 'when all lines had ended';

create table if not exists orders.version (
	id bigint generated always as identity,
	partner_id bigint not null,
	order_id bigint not null,
	order_version int not null,
	content jsonb not null,
	source text not null,
	document_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	constraint version_pk primary key (id),
	constraint version_order_key unique (order_id, order_version),
	constraint version_order_fk foreign key (partner_id, order_id)
	    references orders.head (partner_id, id)
);
create index if not exists version_partner_idx on orders.version (partner_id, order_id);
comment on table orders.version is 'what the buyer ordered, version by version';
comment on column orders.version.id is 'key inside';
comment on column orders.version.partner_id is 'partner of the order';
comment on column orders.version.order_id is 'the order';
comment on column orders.version.order_version is 'counts from 1';
comment on column orders.version.content is 'canonical order of that version';
comment on column orders.version.source is 'channel it came by';
comment on column orders.version.document_id is 'document it came in';
comment on column orders.version.created_at is 'when it was stored';

create table if not exists orders.line (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	order_id bigint not null,
	line_id text not null,
	position int not null,
	item_id bigint,
	item jsonb not null,
	unit text not null,
	ordered numeric(18, 4) not null,
	requested_date date,
	wanted jsonb,
	price numeric(18, 4),
	price_base numeric(18, 4) not null default 1,
	offered_price numeric(18, 4),
	texts jsonb not null default '[]',
	state text not null default 'open',
	version bigint not null default 1,
	answer text,
	reason jsonb,
	answered_at timestamptz,
	undo_until timestamptz,
	previous jsonb,
	open numeric(18, 4) not null,
	confirmed numeric(18, 4) not null default 0,
	backordered numeric(18, 4) not null default 0,
	rejected numeric(18, 4) not null default 0,
	cancelled numeric(18, 4) not null default 0,
	shipped numeric(18, 4) not null default 0,
	received numeric(18, 4) not null default 0,
	returned numeric(18, 4) not null default 0,
	over_ship numeric(5, 2) not null default 0,
	first_promised_date date,
	latest_promised_date date,
	expected_date date,
	linked_line_id bigint,
	constraint line_pk primary key (id),
	constraint line_public_id_key unique (public_id),
	constraint line_partner_key unique (partner_id, id),
	constraint line_order_key unique (order_id, line_id),
	constraint line_order_fk foreign key (partner_id, order_id)
	    references orders.head (partner_id, id),
	constraint line_item_fk foreign key (item_id) references item.item (id),
	constraint line_linked_fk foreign key (linked_line_id)
	    references orders.line (id),
	constraint line_ordered_check check (ordered > 0),
	constraint line_answer_check check (answer in ('5', '3', '7')),
	constraint line_parts_check check (open >= 0 and confirmed >= 0
	    and backordered >= 0 and rejected >= 0 and cancelled >= 0
	    and shipped >= 0 and received >= 0 and returned >= 0),
	constraint line_sum_check check (ordered
	    = open + confirmed + backordered + rejected + cancelled),
	constraint line_shipped_check check
	    (shipped <= confirmed * (1 + over_ship / 100)),
	constraint line_returned_check check
	    (returned <= greatest(received, shipped))
);
create index if not exists line_partner_state_idx on orders.line
    (partner_id, state, requested_date, id);
create index if not exists line_linked_idx on orders.line (linked_line_id)
    where linked_line_id is not null;
create index if not exists line_undo_idx on orders.line (order_id)
    where undo_until is not null;
comment on table orders.line is
    'one line of an order; its quantities are the sums of its schedule';
comment on column orders.line.id is 'key inside';
comment on column orders.line.public_id is 'id outside';
comment on column orders.line.partner_id is 'partner of the order';
comment on column orders.line.order_id is 'the order';
comment on column orders.line.line_id is 'the buyer''s line number';
comment on column orders.line.position is 'place in the order';
comment on column orders.line.item_id is 'the item';
comment on column orders.line.item is 'item numbers and name as ordered';
comment on column orders.line.unit is 'unit of quantities, UN/ECE Rec 20';
comment on column orders.line.ordered is 'quantity ordered';
comment on column orders.line.requested_date is 'wanted date';
comment on column orders.line.wanted is
    'wanted parts: quantity, date; null when it is one';
comment on column orders.line.price is 'agreed net price of price_base units';
comment on column orders.line.price_base is 'how many units the price is for';
comment on column orders.line.offered_price is 'price the seller asks instead';
comment on column orders.line.texts is 'texts: kind, language, value';
comment on column orders.line.state is 'machine order_line';
comment on column orders.line.version is 'row version';
comment on column orders.line.answer is '5 accepted, 3 changed, 7 rejected';
comment on column orders.line.reason is 'reason of the last answer: code, text';
comment on column orders.line.answered_at is 'when the seller last answered';
comment on column orders.line.undo_until is
    'answer may be taken back until then; nothing leaves the house before';
comment on column orders.line.previous is
    'state, quantities and schedule before the answer, while it may be undone';
comment on column orders.line.open is 'quantity without answer';
comment on column orders.line.confirmed is 'quantity promised with a date';
comment on column orders.line.backordered is 'quantity promised for later';
comment on column orders.line.rejected is 'quantity the seller will not deliver';
comment on column orders.line.cancelled is 'quantity the buyer no longer wants';
comment on column orders.line.shipped is 'quantity despatched';
comment on column orders.line.received is 'quantity counted on arrival';
comment on column orders.line.returned is 'quantity sent back';
comment on column orders.line.over_ship is 'percent that may be shipped above';
comment on column orders.line.first_promised_date is 'last day first promised';
comment on column orders.line.latest_promised_date is 'last day promised now';
comment on column orders.line.expected_date is
    'when it is expected now; moves without touching the promise';
comment on column orders.line.linked_line_id is
    'sales line that a purchase line delivers';

create table if not exists orders.schedule (
	id bigint generated always as identity,
	partner_id bigint not null,
	line_id bigint not null,
	kind text not null,
	quantity numeric(18, 4) not null,
	due_on date,
	constraint schedule_pk primary key (id),
	constraint schedule_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id),
	constraint schedule_kind_check check (kind in ('open', 'confirmed',
	    'backordered', 'rejected', 'cancelled')),
	constraint schedule_quantity_check check (quantity > 0)
);
create index if not exists schedule_line_idx on orders.schedule (line_id);
create index if not exists schedule_partner_idx on orders.schedule (partner_id);
comment on table orders.schedule is
    'the truth of quantities: how much of a line, in which bucket, for when';
comment on column orders.schedule.id is 'key inside';
comment on column orders.schedule.partner_id is 'partner of the order';
comment on column orders.schedule.line_id is 'the line';
comment on column orders.schedule.kind is 'bucket of the quantity';
comment on column orders.schedule.quantity is 'how much';
comment on column orders.schedule.due_on is 'wanted (open) or promised day';

create table if not exists orders.value (
	id bigint generated always as identity,
	partner_id bigint not null,
	order_id bigint not null,
	line_id bigint,
	field text not null,
	value text,
	old text,
	person_id bigint,
	client_id bigint,
	organisation_id bigint,
	source text not null,
	document_id bigint,
	pointer text,
	said_at timestamptz not null,
	received_at timestamptz not null default transaction_timestamp(),
	superseded_by bigint,
	origin_id bigint,
	constraint value_pk primary key (id),
	constraint value_order_fk foreign key (partner_id, order_id)
	    references orders.head (partner_id, id),
	constraint value_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id),
	constraint value_field_check check (field in ('status',
	    'confirmed_quantity', 'backordered_quantity', 'rejected_quantity',
	    'cancelled_quantity', 'promised_date', 'backorder_date', 'price',
	    'shipped_quantity', 'expected_date', 'reason')),
	constraint value_source_check check (source in ('portal', 'edi', 'api',
	    'import', 'telephone', 'shared', 'system'))
);
create index if not exists value_line_idx on orders.value (line_id, field, id desc);
create index if not exists value_partner_idx on orders.value (partner_id, order_id);
comment on table orders.value is
    'who said what about a line, when, and in which document; never edited';
comment on column orders.value.id is 'key inside';
comment on column orders.value.partner_id is 'partner of the order';
comment on column orders.value.order_id is 'the order';
comment on column orders.value.line_id is 'the line';
comment on column orders.value.field is 'which value';
comment on column orders.value.value is 'what it was said to be';
comment on column orders.value.old is 'what it was before';
comment on column orders.value.person_id is 'who said it';
comment on column orders.value.client_id is 'machine client that said it';
comment on column orders.value.organisation_id is 'whose word; null is the house';
comment on column orders.value.source is 'channel it came by';
comment on column orders.value.document_id is 'document it stands in';
comment on column orders.value.pointer is 'place in the canonical document';
comment on column orders.value.said_at is 'when it was said';
comment on column orders.value.received_at is 'when it was stored here';
comment on column orders.value.superseded_by is 'the later value of this field';
comment on column orders.value.origin_id is
    'value of the linked order that it flowed from';

create table if not exists orders.shipment (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	order_id bigint not null,
	number text not null,
	ship_date date not null,
	carrier text,
	tracking text,
	origin_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	constraint shipment_pk primary key (id),
	constraint shipment_public_id_key unique (public_id),
	constraint shipment_partner_key unique (partner_id, id),
	constraint shipment_number_key unique (order_id, number),
	constraint shipment_order_fk foreign key (partner_id, order_id)
	    references orders.head (partner_id, id)
);
create index if not exists shipment_partner_idx on orders.shipment (partner_id, order_id);
create unique index if not exists shipment_origin_key on orders.shipment
    (origin_id, order_id) where origin_id is not null;
comment on table orders.shipment is 'goods that left for one order';
comment on column orders.shipment.id is 'key inside';
comment on column orders.shipment.public_id is 'id outside';
comment on column orders.shipment.partner_id is 'partner of the order';
comment on column orders.shipment.order_id is 'the order';
comment on column orders.shipment.number is 'despatch number';
comment on column orders.shipment.ship_date is 'day of despatch';
comment on column orders.shipment.carrier is 'who carries it';
comment on column orders.shipment.tracking is 'the carrier''s number';
comment on column orders.shipment.origin_id is
    'shipment of the purchase order that a sales shipment repeats';
comment on column orders.shipment.created_at is 'when it was reported';

create table if not exists orders.shipment_line (
	id bigint generated always as identity,
	partner_id bigint not null,
	shipment_id bigint not null,
	line_id bigint not null,
	quantity numeric(18, 4) not null,
	constraint shipment_line_pk primary key (id),
	constraint shipment_line_key unique (shipment_id, line_id),
	constraint shipment_line_shipment_fk foreign key (partner_id, shipment_id)
	    references orders.shipment (partner_id, id),
	constraint shipment_line_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id),
	constraint shipment_line_quantity_check check (quantity > 0)
);
create index if not exists shipment_line_line_idx on orders.shipment_line (line_id);
create index if not exists shipment_line_partner_idx on orders.shipment_line (partner_id);
comment on table orders.shipment_line is 'how much of a line a shipment holds';
comment on column orders.shipment_line.id is 'key inside';
comment on column orders.shipment_line.partner_id is 'partner of the order';
comment on column orders.shipment_line.shipment_id is 'the shipment';
comment on column orders.shipment_line.line_id is 'the line';
comment on column orders.shipment_line.quantity is 'quantity shipped';

create table if not exists orders.hold (
	id bigint generated always as identity,
	partner_id bigint not null,
	line_id bigint not null,
	reason text not null,
	person_id bigint,
	held_at timestamptz not null default transaction_timestamp(),
	released_by bigint,
	released_at timestamptz,
	constraint hold_pk primary key (id),
	constraint hold_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id),
	constraint hold_reason_check check (length(reason) between 1 and 500)
);
create unique index if not exists hold_line_key on orders.hold (line_id)
    where released_at is null;
create index if not exists hold_partner_idx on orders.hold (partner_id);
comment on table orders.hold is
    'values an account manager holds back; no partner ever sees it';
comment on column orders.hold.id is 'key inside';
comment on column orders.hold.partner_id is 'partner of the order';
comment on column orders.hold.line_id is 'the line held';
comment on column orders.hold.reason is 'why';
comment on column orders.hold.person_id is 'who holds it';
comment on column orders.hold.held_at is 'since when';
comment on column orders.hold.released_by is 'who let it go';
comment on column orders.hold.released_at is 'when it was let go';

insert into core.migration (number, name) values (3, 'orders')
on conflict do nothing;
