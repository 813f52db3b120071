-- SPDX-License-Identifier: Apache-2.0
--
-- Finding items, their prices, and taking them in from a list.

-- The item of a GTIN. It is one number whether written with 12, 13 or 14
-- digits: zeros in front do not make another of it.
create or replace function item.by_gtin(gtin text)
returns bigint language plpgsql stable as $$
declare
	found bigint := (select i.id from item.item i
	    where i.gtin = by_gtin.gtin);
	bare text := ltrim(gtin, '0');
begin
	if found is null and gtin ~ '^[0-9]{8,14}$' then
		found := (select i.id from item.item i where i.gtin = any (array[
		    lpad(bare, 8, '0'), lpad(bare, 12, '0'), lpad(bare, 13, '0'),
		    lpad(bare, 14, '0')])
		    and lpad(i.gtin, 14, '0') = lpad(by_gtin.gtin, 14, '0')
		    order by i.id limit 1);
	end if;
	return found;
end
$$;

-- The item that a document or a person means, or null: by GTIN, then the
-- house's number, then the partner's number.
--   spec    {"gtin", "sellers_item_id", "buyers_item_id"} as in canonical
--           documents, or {"any": what was typed}
create or replace function item.resolve(partner bigint, spec jsonb)
returns bigint language plpgsql stable as $$
begin
	return coalesce(
	    item.by_gtin(coalesce(spec ->> 'gtin', spec ->> 'any')),
	    (select i.id from item.item i
	        where i.number = coalesce(spec ->> 'sellers_item_id',
	            spec ->> 'any')),
	    (select r.item_id from item.reference r
	        where r.partner_id = partner and r.buyers_item_id
	            = coalesce(spec ->> 'buyers_item_id', spec ->> 'any')),
	    (select i.id from item.item i
	        where i.public_id = core.try_uuid(spec ->> 'any')));
end
$$;

-- The price row that counts for a partner, item, quantity and day; no row
-- when there is none.
create or replace function item.price_of(partner bigint, item bigint,
    quantity numeric, currency text, day date)
returns item.price language plpgsql stable as $$
declare
	best item.price;
begin
	select * into best from item.price p
	where p.partner_id = partner and p.item_id = price_of.item
	  and p.currency = price_of.currency and p.valid_from <= day
	  and p.min_quantity <= coalesce(quantity, 0)
	order by p.valid_from desc, p.min_quantity desc
	limit 1;
	return best;
end
$$;

-- True for a GTIN whose check digit is right.
create or replace function item.gtin_is(gtin text)
returns boolean language sql immutable as $$
	select gtin ~ '^([0-9]{8}|[0-9]{12,14})$' and (
		select sum(substr(p, i, 1)::int * case when i % 2 = 1 then 3 else 1 end)
		    % 10 = 0
		from lpad(gtin, 14, '0') p, generate_series(1, 14) i)
$$;

-- A number as typed, comma or point; null when it is none or negative.
create or replace function item.number_of(typed text)
returns numeric language sql immutable as $$
	select case when typed ~ '^[0-9]{1,12}([.,][0-9]{1,4})?$'
	    then replace(typed, ',', '.')::numeric end
$$;

-- The partner with this number or slug; role null: whatever it is.
create or replace function item.partner_of(name text, wanted text)
returns bigint language sql stable as $$
	select p.id from core.partner p
	where (p.number = partner_of.name or p.slug = partner_of.name)
	  and (wanted is null or exists (select from core.partner_role r
	      where r.partner_id = p.id and r.role = wanted))
$$;

-- What is wrong with the rows of an item list.
create or replace function item.import_errors(rows jsonb)
returns table (ord bigint, col text, code text, found text)
language sql stable as $$
	with r as (
		select ord, e ->> 'number' number, e
		from jsonb_array_elements(rows) with ordinality t (e, ord)
	)
	select ord, c.col, c.code, c.found
	from r, lateral (values
		('number', 'item.number', number,
		    number is null or number !~ '^[^[:cntrl:]]{1,35}$'),
		('gtin', 'item.gtin', e ->> 'gtin', e ->> 'gtin' <> ''
		    and not item.gtin_is(e ->> 'gtin')),
		('unit', 'item.unit', e ->> 'unit',
		    e ->> 'unit' !~ '^([A-Z0-9]{2,3})?$'),
		('name_en', 'item.name', e ->> 'name_en',
		    coalesce(e ->> 'name_en', '') = '' and not exists
		    (select from item.item i where i.number = r.number)),
		('supplier', 'item.supplier', e ->> 'supplier',
		    e ->> 'supplier' <> ''
		    and item.partner_of(e ->> 'supplier', 'supplier') is null),
		('partner', 'item.partner', e ->> 'partner', e ->> 'partner' <> ''
		    and item.partner_of(e ->> 'partner', null) is null),
		('price', 'item.price', e ->> 'price', e ->> 'price' <> ''
		    and item.number_of(e ->> 'price') is null),
		('price', 'item.price.partner', e ->> 'price', e ->> 'price' <> ''
		    and coalesce(e ->> 'partner', '') = ''),
		('stock', 'item.stock', e ->> 'stock', e ->> 'stock' <> ''
		    and item.number_of(e ->> 'stock') is null),
		('warranty_months', 'item.warranty', e ->> 'warranty_months',
		    e ->> 'warranty_months' !~ '^[0-9]{0,3}$'),
		('valid_from', 'item.date', e ->> 'valid_from',
		    e ->> 'valid_from' !~ '^([0-9]{4}-[01][0-9]-[0-3][0-9])?$')
	) c (col, code, found, wrong)
	where c.wrong
	order by ord
$$;

-- Takes items, suppliers, references and prices in from a list, all or
-- nothing: with an error, or as a dry run, nothing is stored.
--   rows    [{"number", "gtin", "unit", "name_en", "name_de", "serialised",
--           "warranty_months", "supplier", "suppliers_item_id", "partner",
--           "buyers_item_id", "price", "price_base", "currency",
--           "min_quantity", "valid_from", "stock", "stock_on"}]; partners by
--           number or slug; an empty cell leaves what is there; several rows
--           of one item add references and prices
--   result  {"rows": 60, "items": 60, "prices": 180, "dry_run": false,
--           "errors": [{"row": 3, "column": "gtin", "code": "item.gtin",
--           "found": "123"}]}
create or replace function item.import(rows jsonb, dry_run boolean)
returns jsonb language plpgsql as $$
declare
	wrong jsonb;
	items int := 0;
	prices int := 0;
begin
	select jsonb_agg(jsonb_build_object('row', e.ord, 'column', e.col,
	    'code', e.code, 'found', e.found) order by e.ord)
	into wrong from item.import_errors(rows) e;
	if wrong is null and not dry_run then
		items := item.import_items(rows);
		perform item.import_partners(rows);
		prices := item.import_prices(rows);
	end if;
	return jsonb_build_object('rows', jsonb_array_length(rows),
	    'items', items, 'prices', prices, 'dry_run', dry_run,
	    'errors', coalesce(wrong, '[]'));
end
$$;

-- The item rows of a list; the first row of a number counts.
create or replace function item.import_items(rows jsonb)
returns int language sql as $$
	with r as (
		select distinct on (e ->> 'number') e, ord
		from jsonb_array_elements(rows) with ordinality t (e, ord)
		order by e ->> 'number', ord
	), done as (
		insert into item.item as i (public_id, number, gtin, unit, name_en,
		    name_de, serialised, warranty_months, stock, stock_on, stock_at)
		select core.uuid7(), e ->> 'number', nullif(e ->> 'gtin', ''),
		    coalesce(nullif(e ->> 'unit', ''), o.unit, 'C62'),
		    coalesce(nullif(e ->> 'name_en', ''), o.name_en),
		    coalesce(nullif(e ->> 'name_de', ''), o.name_de,
		        nullif(e ->> 'name_en', '')),
		    coalesce(nullif(e ->> 'serialised', '')::boolean, o.serialised,
		        false),
		    coalesce(nullif(e ->> 'warranty_months', '')::int,
		        o.warranty_months, 0),
		    coalesce(item.number_of(e ->> 'stock'), o.stock),
		    nullif(e ->> 'stock_on', '')::date,
		    case when e ->> 'stock' <> '' then core.now() end
		from r left join item.item o on o.number = e ->> 'number'
		order by ord
		on conflict (number) do update set
		    gtin = coalesce(excluded.gtin, i.gtin),
		    unit = excluded.unit, name_en = excluded.name_en,
		    name_de = excluded.name_de,
		    serialised = excluded.serialised,
		    warranty_months = excluded.warranty_months,
		    stock = excluded.stock,
		    stock_on = coalesce(excluded.stock_on, i.stock_on),
		    stock_at = coalesce(excluded.stock_at, i.stock_at)
		returning 1
	) select count(*)::int from done
$$;

-- Suppliers and the partners' own numbers.
create or replace function item.import_partners(rows jsonb)
returns void language sql as $$
	update item.source s set preferred = false
	from jsonb_array_elements(rows) e
	join item.item i on i.number = e ->> 'number'
	where e ->> 'supplier' <> '' and s.item_id = i.id and s.preferred
	  and s.partner_id <> item.partner_of(e ->> 'supplier', 'supplier');

	insert into item.source (partner_id, item_id, suppliers_item_id)
	select distinct on (i.id) item.partner_of(e ->> 'supplier', 'supplier'),
	    i.id, nullif(e ->> 'suppliers_item_id', '')
	from jsonb_array_elements(rows) e
	join item.item i on i.number = e ->> 'number'
	where e ->> 'supplier' <> ''
	order by i.id
	on conflict (partner_id, item_id) do update set preferred = true,
	    suppliers_item_id = coalesce(excluded.suppliers_item_id,
	        source.suppliers_item_id);

	insert into item.reference (partner_id, item_id, buyers_item_id)
	select distinct on (p.id, e ->> 'buyers_item_id') p.id, i.id,
	    e ->> 'buyers_item_id'
	from jsonb_array_elements(rows) e
	join item.item i on i.number = e ->> 'number',
	lateral (select item.partner_of(e ->> 'partner', null) id) p
	where e ->> 'buyers_item_id' <> '' and p.id is not null
	on conflict (partner_id, buyers_item_id)
	    do update set item_id = excluded.item_id;
$$;

-- Prices; a row for the same day and quantity is replaced.
create or replace function item.import_prices(rows jsonb)
returns int language sql as $$
	with done as (
		insert into item.price (partner_id, item_id, valid_from,
		    min_quantity, amount, price_base, currency)
		select distinct on (p.id, i.id, v.day, v.least, v.currency)
		    p.id, i.id, v.day, v.least, item.number_of(e ->> 'price'),
		    coalesce(item.number_of(e ->> 'price_base'), 1), v.currency
		from jsonb_array_elements(rows) e
		join item.item i on i.number = e ->> 'number',
		lateral (select item.partner_of(e ->> 'partner', null) id) p,
		lateral (select coalesce(nullif(e ->> 'valid_from', '')::date,
		        core.today()) as day,
		    coalesce(item.number_of(e ->> 'min_quantity'), 0) as least,
		    coalesce(nullif(e ->> 'currency', ''), 'EUR') currency) v
		where e ->> 'price' <> '' and p.id is not null
		on conflict on constraint price_key do update
		    set amount = excluded.amount, price_base = excluded.price_base
		returning 1
	) select count(*)::int from done
$$;
