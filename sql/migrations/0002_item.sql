-- SPDX-License-Identifier: Apache-2.0
--
-- Items: what the house sells, what partners call it, what it costs them,
-- who supplies it, how much is there.

create schema if not exists item;
comment on schema item is 'items, cross references, prices, stock';

create table if not exists item.item (
	id bigint generated always as identity,
	public_id uuid not null,
	number text not null,
	gtin text,
	unit text not null default 'C62',
	name_en text not null,
	name_de text not null,
	serialised boolean not null default false,
	warranty_months int not null default 0,
	active boolean not null default true,
	stock numeric(18, 4),
	stock_on date,
	stock_at timestamptz,
	created_at timestamptz not null default transaction_timestamp(),
	constraint item_pk primary key (id),
	constraint item_public_id_key unique (public_id),
	constraint item_number_key unique (number),
	constraint item_number_check check (number ~ '^[^[:cntrl:]]{1,35}$'),
	constraint item_gtin_check check (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
	constraint item_unit_check check (unit ~ '^[A-Z0-9]{2,3}$'),
	constraint item_names_check
	    check (length(name_en) between 1 and 256
	    and length(name_de) between 1 and 256),
	constraint item_warranty_check check (warranty_months between 0 and 600)
);
create unique index if not exists item_gtin_key on item.item (gtin) where gtin is not null;
comment on table item.item is
    'what the house sells; the same for every partner, names no supplier';
comment on column item.item.id is 'key inside';
comment on column item.item.public_id is 'id outside';
comment on column item.item.number is 'the house''s item number (sellers_item_id)';
comment on column item.item.gtin is 'GTIN-8, 12, 13 or 14 as text';
comment on column item.item.unit is 'unit of quantities, UN/ECE Rec 20';
comment on column item.item.name_en is 'name in English';
comment on column item.item.name_de is 'name in German';
comment on column item.item.serialised is 'each piece has a serial number';
comment on column item.item.warranty_months is 'warranty given to customers';
comment on column item.item.active is 'may be ordered';
comment on column item.item.stock is 'quantity available; null is unknown';
comment on column item.item.stock_on is 'more is expected on this day';
comment on column item.item.stock_at is 'when the stock figure was told';
comment on column item.item.created_at is 'when the item became known';

create table if not exists item.source (
	id bigint generated always as identity,
	partner_id bigint not null,
	item_id bigint not null,
	suppliers_item_id text,
	preferred boolean not null default true,
	constraint source_pk primary key (id),
	constraint source_partner_item_key unique (partner_id, item_id),
	constraint source_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint source_item_fk foreign key (item_id) references item.item (id)
);
create unique index if not exists source_preferred_key on item.source (item_id)
    where preferred;
comment on table item.source is 'which supplier delivers an item';
comment on column item.source.id is 'key inside';
comment on column item.source.partner_id is 'the supplier';
comment on column item.source.item_id is 'the item';
comment on column item.source.suppliers_item_id is 'the supplier''s own number';
comment on column item.source.preferred is 'orders go here; one per item';

create table if not exists item.reference (
	id bigint generated always as identity,
	partner_id bigint not null,
	item_id bigint not null,
	buyers_item_id text not null,
	constraint reference_pk primary key (id),
	constraint reference_partner_buyers_key unique (partner_id, buyers_item_id),
	constraint reference_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint reference_item_fk foreign key (item_id)
	    references item.item (id),
	constraint reference_length_check
	    check (length(buyers_item_id) between 1 and 80)
);
create index if not exists reference_item_idx on item.reference (partner_id, item_id);
comment on table item.reference is 'what a distributor calls an item';
comment on column item.reference.id is 'key inside';
comment on column item.reference.partner_id is 'the distributor';
comment on column item.reference.item_id is 'the item';
comment on column item.reference.buyers_item_id is 'the distributor''s number';

create table if not exists item.price (
	id bigint generated always as identity,
	partner_id bigint not null,
	item_id bigint not null,
	valid_from date not null,
	min_quantity numeric(18, 4) not null default 0,
	amount numeric(18, 4) not null,
	price_base numeric(18, 4) not null default 1,
	currency text not null default 'EUR',
	constraint price_pk primary key (id),
	constraint price_key unique
	    (partner_id, item_id, currency, valid_from, min_quantity),
	constraint price_partner_fk foreign key (partner_id)
	    references core.partner (id),
	constraint price_item_fk foreign key (item_id) references item.item (id),
	constraint price_amount_check check (amount >= 0 and price_base > 0
	    and min_quantity >= 0),
	constraint price_currency_check check (currency ~ '^[A-Z]{3}$')
);
comment on table item.price is
    'a partner''s price: what a distributor pays, what a supplier is paid';
comment on column item.price.id is 'key inside';
comment on column item.price.partner_id is 'distributor or supplier';
comment on column item.price.item_id is 'the item';
comment on column item.price.valid_from is 'first day; the latest one counts';
comment on column item.price.min_quantity is 'from this quantity on';
comment on column item.price.amount is 'net price of price_base units';
comment on column item.price.price_base is 'how many units the price is for';
comment on column item.price.currency is 'ISO 4217';

insert into core.migration (number, name) values (2, 'item')
on conflict do nothing;
