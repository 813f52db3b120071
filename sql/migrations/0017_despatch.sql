-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices with packages, versions and receipts. A shipment, which was
-- all there was, becomes the part of a despatch advice that belongs to one
-- order.

create table if not exists orders.sscc_counter (
	prefix text not null,
	last bigint not null,
	constraint sscc_counter_pk primary key (prefix),
	constraint sscc_counter_prefix_check check (prefix ~ '^[0-9]{6,12}$')
);
comment on table orders.sscc_counter is
    'last serial reference given to a package, by GS1 company prefix';
comment on column orders.sscc_counter.prefix is 'GS1 company prefix';
comment on column orders.sscc_counter.last is 'the number given last';

alter table core.partner_identifier
	drop constraint if exists partner_identifier_kind_check;
alter table core.partner_identifier add constraint
	partner_identifier_kind_check check (kind in ('gln', 'duns', 'vat',
	'assigned_by_house', 'assigned_by_partner', 'edifact', 'x12', 'peppol',
	'gs1_prefix'));

create table if not exists orders.despatch (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	kind text not null,
	number text not null,
	state text not null default 'sent',
	version bigint not null default 1,
	despatch_version int not null default 1,
	ship_date date not null,
	arrival_date date,
	carrier text,
	scac text,
	tracking text,
	ship_to jsonb,
	weight numeric(18, 4),
	weight_unit text,
	refs jsonb not null default '[]',
	texts jsonb not null default '[]',
	source text not null default 'portal',
	person_id bigint,
	client_id bigint,
	document_id bigint,
	digest bytea,
	origin_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	received_at timestamptz,
	constraint despatch_pk primary key (id),
	constraint despatch_public_id_key unique (public_id),
	constraint despatch_partner_key unique (partner_id, id),
	constraint despatch_number_key unique (partner_id, number),
	constraint despatch_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint despatch_kind_check check (kind in ('sales', 'purchase')),
	constraint despatch_number_check check (length(number) between 1 and 70),
	constraint despatch_dates_check check (arrival_date >= ship_date),
	constraint despatch_source_check check (source in
	    ('portal', 'edi', 'api', 'import', 'telephone', 'system'))
);
create index if not exists despatch_partner_idx on orders.despatch
    (partner_id, created_at desc, id desc);
create index if not exists despatch_created_idx on orders.despatch
    (created_at desc, id desc);
create index if not exists despatch_sent_idx on orders.despatch
    (partner_id, created_at desc, id desc) where state = 'sent';
create index if not exists despatch_origin_idx on orders.despatch (origin_id)
    where origin_id is not null;
create index if not exists despatch_tracking_idx on orders.despatch (tracking)
    where tracking is not null;
comment on table orders.despatch is
    'one despatch advice: what left together, in packages';
comment on column orders.despatch.id is 'key inside';
comment on column orders.despatch.public_id is 'id outside';
comment on column orders.despatch.partner_id is
    'supplier who sent it, distributor who gets it';
comment on column orders.despatch.kind is
    'purchase: the supplier''s own; sales: the house''s to a distributor';
comment on column orders.despatch.number is 'despatch number';
comment on column orders.despatch.state is 'machine despatch';
comment on column orders.despatch.version is 'row version, for ETag and If-Match';
comment on column orders.despatch.despatch_version is
    'version of the content, counts corrections';
comment on column orders.despatch.ship_date is 'day of despatch';
comment on column orders.despatch.arrival_date is 'day of expected arrival';
comment on column orders.despatch.carrier is 'who carries it';
comment on column orders.despatch.scac is 'the carrier''s SCAC';
comment on column orders.despatch.tracking is 'the carrier''s number';
comment on column orders.despatch.ship_to is 'where it goes';
comment on column orders.despatch.weight is 'gross weight of all';
comment on column orders.despatch.weight_unit is 'its unit, UN/ECE Rec 20';
comment on column orders.despatch.refs is 'references: kind and number';
comment on column orders.despatch.texts is 'texts: kind, language, value';
comment on column orders.despatch.source is 'channel it came by';
comment on column orders.despatch.person_id is 'who sent it';
comment on column orders.despatch.client_id is 'machine client that sent it';
comment on column orders.despatch.document_id is
    'document that said it last';
comment on column orders.despatch.digest is
    'SHA-256 of the canonical document, to know a repeated one';
comment on column orders.despatch.origin_id is
    'the supplier''s despatch that the house''s repeats';
comment on column orders.despatch.created_at is 'when it was reported';
comment on column orders.despatch.received_at is 'when all of it was counted';

create table if not exists orders.despatch_version (
	id bigint generated always as identity,
	partner_id bigint not null,
	despatch_id bigint not null,
	despatch_version int not null,
	content jsonb not null,
	source text not null,
	person_id bigint,
	client_id bigint,
	document_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	constraint despatch_version_pk primary key (id),
	constraint despatch_version_key unique (despatch_id, despatch_version),
	constraint despatch_version_fk foreign key (partner_id, despatch_id)
	    references orders.despatch (partner_id, id)
);
create index if not exists despatch_version_partner_idx
    on orders.despatch_version (partner_id);
comment on table orders.despatch_version is
    'what a despatch advice said, version by version; never changed';
comment on column orders.despatch_version.id is 'key inside';
comment on column orders.despatch_version.partner_id is 'partner of the despatch';
comment on column orders.despatch_version.despatch_id is 'the despatch';
comment on column orders.despatch_version.despatch_version is 'counts from 1';
comment on column orders.despatch_version.content is
    'canonical despatch advice of that version';
comment on column orders.despatch_version.source is 'channel it came by';
comment on column orders.despatch_version.person_id is 'who said it';
comment on column orders.despatch_version.client_id is
    'machine client that said it';
comment on column orders.despatch_version.document_id is 'document it came in';
comment on column orders.despatch_version.created_at is 'when it was stored';

create table if not exists orders.package (
	id bigint generated always as identity,
	partner_id bigint not null,
	despatch_id bigint not null,
	position int not null,
	parent int,
	kind text,
	count int not null default 1,
	sscc text,
	weight numeric(18, 4),
	constraint package_pk primary key (id),
	constraint package_position_key unique (despatch_id, position),
	constraint package_despatch_fk foreign key (partner_id, despatch_id)
	    references orders.despatch (partner_id, id),
	constraint package_parent_fk foreign key (despatch_id, parent)
	    references orders.package (despatch_id, position)
	    deferrable initially deferred,
	constraint package_parent_check check (parent <> position),
	constraint package_count_check check (count > 0),
	constraint package_sscc_check check (sscc ~ '^[0-9]{18}$')
);
create index if not exists package_partner_idx on orders.package (partner_id);
create index if not exists package_sscc_idx on orders.package (sscc)
    where sscc is not null;
comment on table orders.package is 'a package of a despatch, or several alike';
comment on column orders.package.id is 'key inside';
comment on column orders.package.partner_id is 'partner of the despatch';
comment on column orders.package.despatch_id is 'the despatch';
comment on column orders.package.position is 'number in the despatch, from 1';
comment on column orders.package.parent is 'position of the package around it';
comment on column orders.package.kind is 'UN/ECE Rec 21: CT carton, PX pallet';
comment on column orders.package.count is 'how many packages this entry means';
comment on column orders.package.sscc is 'serial shipping container code';
comment on column orders.package.weight is 'gross weight';

create table if not exists orders.packed (
	id bigint generated always as identity,
	partner_id bigint not null,
	despatch_id bigint not null,
	package int,
	line_id bigint not null,
	quantity numeric(18, 4) not null,
	lot text,
	serials text[] not null default '{}',
	expiry_date date,
	best_before_date date,
	constraint packed_pk primary key (id),
	constraint packed_despatch_fk foreign key (partner_id, despatch_id)
	    references orders.despatch (partner_id, id),
	constraint packed_package_fk foreign key (despatch_id, package)
	    references orders.package (despatch_id, position),
	constraint packed_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id),
	constraint packed_quantity_check check (quantity > 0)
);
create index if not exists packed_despatch_idx on orders.packed (despatch_id);
create index if not exists packed_line_idx on orders.packed (line_id);
create index if not exists packed_partner_idx on orders.packed (partner_id);
create index if not exists packed_serials_idx on orders.packed
    using gin (serials);
comment on table orders.packed is
    'what lies in which package: part of a line, with lot and serials';
comment on column orders.packed.id is 'key inside';
comment on column orders.packed.partner_id is 'partner of the despatch';
comment on column orders.packed.despatch_id is 'the despatch';
comment on column orders.packed.package is
    'position of the package; null: loose';
comment on column orders.packed.line_id is 'the order line';
comment on column orders.packed.quantity is 'how much of it';
comment on column orders.packed.lot is 'lot or batch';
comment on column orders.packed.serials is 'serial numbers';
comment on column orders.packed.expiry_date is 'use by';
comment on column orders.packed.best_before_date is 'best before';

alter table orders.shipment add column if not exists despatch_id bigint;
comment on column orders.shipment.despatch_id is
    'despatch advice that this part belongs to';
alter table orders.shipment_line add column if not exists counted numeric(18, 4);
comment on column orders.shipment_line.counted is
    'quantity counted on arrival; null: not counted yet';

create table if not exists orders.receipt (
	id bigint generated always as identity,
	public_id uuid not null,
	partner_id bigint not null,
	number text not null,
	despatch_id bigint not null,
	receipt_date date not null,
	note text,
	source text not null,
	person_id bigint,
	client_id bigint,
	document_id bigint,
	digest bytea,
	origin_id bigint,
	created_at timestamptz not null default transaction_timestamp(),
	constraint receipt_pk primary key (id),
	constraint receipt_public_id_key unique (public_id),
	constraint receipt_partner_key unique (partner_id, id),
	constraint receipt_despatch_fk foreign key (partner_id, despatch_id)
	    references orders.despatch (partner_id, id),
	constraint receipt_source_check check (source in ('portal', 'edi', 'api',
	    'import', 'telephone', 'shared', 'system'))
);
create index if not exists receipt_partner_idx on orders.receipt
    (partner_id, number);
create index if not exists receipt_despatch_idx on orders.receipt (despatch_id);
comment on table orders.receipt is 'a count of what arrived of a despatch';
comment on column orders.receipt.id is 'key inside';
comment on column orders.receipt.public_id is 'id outside';
comment on column orders.receipt.partner_id is 'partner of the despatch';
comment on column orders.receipt.number is 'number of the receipt advice';
comment on column orders.receipt.despatch_id is 'the despatch';
comment on column orders.receipt.receipt_date is 'day of arrival';
comment on column orders.receipt.note is 'what was noted';
comment on column orders.receipt.source is 'channel it came by';
comment on column orders.receipt.person_id is 'who counted';
comment on column orders.receipt.client_id is 'machine client that said it';
comment on column orders.receipt.document_id is 'document it came in';
comment on column orders.receipt.digest is
    'SHA-256 of the canonical document, to know a repeated one';
comment on column orders.receipt.origin_id is
    'the distributor''s count that this one repeats for the supplier';
comment on column orders.receipt.created_at is 'when it was reported';

create table if not exists orders.receipt_line (
	id bigint generated always as identity,
	partner_id bigint not null,
	receipt_id bigint not null,
	line_id bigint not null,
	shipped numeric(18, 4) not null,
	received numeric(18, 4) not null,
	rejected numeric(18, 4) not null default 0,
	damaged numeric(18, 4) not null default 0,
	reason jsonb,
	case_id bigint,
	constraint receipt_line_pk primary key (id),
	constraint receipt_line_key unique (receipt_id, line_id),
	constraint receipt_line_receipt_fk foreign key (partner_id, receipt_id)
	    references orders.receipt (partner_id, id),
	constraint receipt_line_line_fk foreign key (partner_id, line_id)
	    references orders.line (partner_id, id),
	constraint receipt_line_case_fk foreign key (case_id)
	    references cases.head (id),
	constraint receipt_line_parts_check check (received >= 0
	    and rejected >= 0 and damaged >= 0
	    and rejected <= received and damaged <= received)
);
create index if not exists receipt_line_line_idx on orders.receipt_line (line_id);
create index if not exists receipt_line_partner_idx on orders.receipt_line (partner_id);
comment on table orders.receipt_line is 'one line of a count';
comment on column orders.receipt_line.id is 'key inside';
comment on column orders.receipt_line.partner_id is 'partner of the despatch';
comment on column orders.receipt_line.receipt_id is 'the count';
comment on column orders.receipt_line.line_id is 'the order line';
comment on column orders.receipt_line.shipped is 'what the despatch said';
comment on column orders.receipt_line.received is 'what was counted';
comment on column orders.receipt_line.rejected is 'of it, not accepted';
comment on column orders.receipt_line.damaged is 'of it, damaged';
comment on column orders.receipt_line.reason is 'why: code, text';
comment on column orders.receipt_line.case_id is
    'case that a difference opened';

-- More may arrive than was announced; the surplus is counted by itself.
alter table orders.line add column if not exists
	surplus numeric(18, 4) not null default 0;
comment on column orders.line.surplus is
    'quantity counted above what was despatched';
alter table orders.line drop constraint if exists line_received_check;
alter table orders.line add constraint line_received_check
	check (surplus >= 0 and received <= shipped + surplus);

-- Shipments of one partner and number are one despatch.
insert into orders.despatch (public_id, partner_id, kind, number, ship_date,
    carrier, tracking, ship_to, source, created_at)
select core.uuid7(), s.partner_id, min(h.kind), s.number, min(s.ship_date),
    min(s.carrier), min(s.tracking), (array_agg(h.ship_to order by s.id))[1],
    'portal', min(s.created_at)
from orders.shipment s join orders.head h on h.id = s.order_id
where s.despatch_id is null
group by s.partner_id, s.number
on conflict on constraint despatch_number_key do nothing;
update orders.shipment s set despatch_id = d.id
from orders.despatch d
where s.despatch_id is null and d.partner_id = s.partner_id
    and d.number = s.number;
update orders.despatch d set origin_id = o.despatch_id
from orders.shipment s join orders.shipment o on o.id = s.origin_id
where s.despatch_id = d.id and d.origin_id is null;
insert into orders.packed (partner_id, despatch_id, line_id, quantity)
select i.partner_id, s.despatch_id, i.line_id, i.quantity
from orders.shipment_line i join orders.shipment s on s.id = i.shipment_id
where not exists (select from orders.packed p
    where p.despatch_id = s.despatch_id and p.line_id = i.line_id);
alter table orders.shipment alter column despatch_id set not null;
alter table orders.shipment drop constraint if exists shipment_despatch_fk;
alter table orders.shipment add constraint shipment_despatch_fk
	foreign key (partner_id, despatch_id)
	references orders.despatch (partner_id, id);
drop index if exists orders.shipment_origin_key;
create index if not exists shipment_origin_idx on orders.shipment (origin_id)
    where origin_id is not null;
create unique index if not exists shipment_despatch_key
    on orders.shipment (despatch_id, order_id);

insert into core.migration (number, name) values (17, 'despatch')
on conflict do nothing;
