-- SPDX-License-Identifier: Apache-2.0
--
-- What suppliers charge and credit for purchase orders, and how it differs from
-- what was agreed and delivered.

create table if not exists orders.invoice (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	order_id bigint not null,
	kind text not null,
	number text not null,
	credited text,
	state text not null default 'matched',
	version bigint not null default 1,
	issue_date date not null,
	due_date date,
	currency text not null,
	net numeric(18, 4) not null,
	tax numeric(18, 4),
	amount numeric(18, 4) not null,
	findings jsonb not null default '[]',
	digest bytea not null,
	document_id bigint,
	reason text,
	person_id bigint,
	decided_at timestamptz,
	created_at timestamptz not null default transaction_timestamp(),
	constraint invoice_pk primary key (id),
	constraint invoice_public_id_key unique (public_id),
	constraint invoice_partner_key unique (partner_id, id),
	constraint invoice_number_key unique (partner_id, kind, number),
	constraint invoice_order_fk foreign key (partner_id, order_id)
	    references orders.head (partner_id, id),
	constraint invoice_kind_check check (kind in ('invoice', 'credit')),
	constraint invoice_currency_check check (currency ~ '^[A-Z]{3}$'),
	constraint invoice_reason_check check (length(reason) between 1 and 500),
	constraint invoice_disputed_check check (state <> 'disputed'
	    or reason is not null)
);
create index if not exists invoice_order_idx on orders.invoice (order_id);
create index if not exists invoice_created_idx on orders.invoice
    (created_at desc, id desc);
create index if not exists invoice_open_idx on orders.invoice
    (created_at desc, id desc) where state in ('differs', 'disputed');
create index if not exists invoice_partner_idx on orders.invoice
    (partner_id, created_at desc, id desc);
comment on table orders.invoice is
    'an invoice or credit note of a supplier, compared with its order';
comment on column orders.invoice.id is 'key inside';
comment on column orders.invoice.public_id is 'id outside';
comment on column orders.invoice.partner_id is 'the supplier';
comment on column orders.invoice.order_id is 'the order that it names first';
comment on column orders.invoice.kind is 'invoice or credit';
comment on column orders.invoice.number is 'the supplier''s number';
comment on column orders.invoice.credited is 'invoice that a credit is for';
comment on column orders.invoice.state is 'machine invoice';
comment on column orders.invoice.version is 'row version';
comment on column orders.invoice.issue_date is 'date of the document';
comment on column orders.invoice.due_date is 'day on which it is to be paid';
comment on column orders.invoice.currency is 'ISO 4217';
comment on column orders.invoice.net is 'amount without tax';
comment on column orders.invoice.tax is 'tax, where it is said';
comment on column orders.invoice.amount is 'amount with tax';
comment on column orders.invoice.findings is
    'how the whole differs from the order, as findings';
comment on column orders.invoice.digest is
    'SHA-256 of the canonical content, to know a repeated original';
comment on column orders.invoice.document_id is 'document it came in';
comment on column orders.invoice.reason is
    'why the house accepts or disputes it';
comment on column orders.invoice.person_id is 'who decided';
comment on column orders.invoice.decided_at is 'when it was decided';
comment on column orders.invoice.created_at is 'when it came';

create table if not exists orders.invoice_line (
	id bigint generated always as identity,
	partner_id bigint not null,
	invoice_id bigint not null,
	position int not null,
	line_ref text not null,
	line_id bigint,
	item jsonb not null default '{}',
	quantity numeric(18, 4) not null,
	unit text,
	price numeric(18, 4),
	price_base numeric(18, 4) not null default 1,
	amount numeric(18, 4) not null,
	findings jsonb not null default '[]',
	constraint invoice_line_pk primary key (id),
	constraint invoice_line_key unique (invoice_id, position),
	constraint invoice_line_invoice_fk foreign key (partner_id, invoice_id)
	    references orders.invoice (partner_id, id),
	constraint invoice_line_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id)
);
create index if not exists invoice_line_line_idx on orders.invoice_line (line_id);
create index if not exists invoice_line_partner_idx on orders.invoice_line
    (partner_id);
comment on table orders.invoice_line is
    'a line of an invoice or credit note, and the order line it is for';
comment on column orders.invoice_line.id is 'key inside';
comment on column orders.invoice_line.partner_id is 'the supplier';
comment on column orders.invoice_line.invoice_id is 'the invoice';
comment on column orders.invoice_line.position is 'place in it, from 1';
comment on column orders.invoice_line.line_ref is 'the supplier''s line number';
comment on column orders.invoice_line.line_id is
    'order line; null when none was found';
comment on column orders.invoice_line.item is 'item numbers and name as given';
comment on column orders.invoice_line.quantity is 'quantity charged';
comment on column orders.invoice_line.unit is 'its unit, UN/ECE Rec 20';
comment on column orders.invoice_line.price is 'net price of price_base units';
comment on column orders.invoice_line.price_base is
    'how many units the price is for';
comment on column orders.invoice_line.amount is 'net amount of the line';
comment on column orders.invoice_line.findings is
    'how it differs from the order line, as findings';

insert into core.migration (number, name) values (20, 'invoice')
on conflict do nothing;
