-- SPDX-License-Identifier: Apache-2.0
--
-- Any number on paper: an order's, the partner's, an item's, a shipment's, a
-- package's. A word may be the number of one order or the beginning of all, so
-- the work is bounded whatever it is: what carries the word is read from an
-- index, so much of it at most; a word that more carry is looked for among
-- the newest orders. Runs with the owner's eyes, since row security keeps
-- patterns from using an index: so it looks at the caller's partners itself,
-- and the caller's list looks once more.

-- At most so many orders, the newest, are found by one meaning of a word.
create or replace function orders.most_found()
returns int language sql immutable as $$
	select 1000
$$;

-- So many rows that carry a word are read, and so many orders are looked
-- through for a word that more carry.
create or replace function orders.most_read()
returns int language sql immutable as $$
	select 20000
$$;

-- A pattern that means its characters.
create or replace function orders.pattern(q text)
returns text language sql immutable as $$
	select replace(replace(replace(upper(q), '\', '\\'), '%', '\%'), '_',
	    '\_')
$$;

-- The numbers of an order h as head_numbers_idx has them.
create or replace function orders.numbers_text()
returns text language sql immutable as $$
	select 'upper(h.number || '' '' || coalesce(h.partner_number, ''''))'
$$;

-- The orders h among which is looked, as conditions.
create or replace function orders.looked_among(partners bigint[],
    live boolean, of_kind text)
returns text language plpgsql stable as $$
begin
	return case when core.me_sees_all() and partners = core.me_partners()
	    then 'true' else format('h.partner_id = any (%L::bigint[])', partners)
	    end || case when live then ' and h.state not in (''completed'', '
	    '''closed'', ''cancelled'', ''rejected'')' else '' end
	    || coalesce(' and h.kind = ' || quote_literal(of_kind), '');
end
$$;

-- Keys of the newest orders that meet a condition, looked for among so many
-- of the newest; null: among all.
create or replace function orders.newest_found(among text, condition text,
    looked int)
returns bigint[] language plpgsql stable as $$
declare
	ids bigint[];
begin
	execute format('select array(select h.id from (select h.id, h.number, '
	    'h.partner_number, h.created_at from orders.head h where %s '
	    'order by h.created_at desc, h.id desc limit %s) h where %s '
	    'order by h.created_at desc, h.id desc limit %s)', among,
	    coalesce(looked::text, 'all'), condition, orders.most_found()) into ids;
	return ids;
end
$$;

-- Keys of orders by three or more characters anywhere in their own or the
-- partner's number. Of those that move all are looked at, they are few. A look
-- at the newest of the others tells whether most of them carry it.
create or replace function orders.found_part(condition text, among text,
    live boolean)
returns bigint[] language plpgsql stable as $$
declare
	ids bigint[] := orders.newest_found(among, condition,
	    case when not live then 3000 end);
	read int;
begin
	if not live and cardinality(ids) between 60 and orders.most_found() - 1 then
		ids := orders.newest_found(among, condition, orders.most_read());
	end if;
	if live or cardinality(ids) = orders.most_found() then
		return ids;
	end if;
	execute format('with m as materialized (select h.id from orders.head h '
	    'where %s and %s limit %s) select array(select m.id from m '
	    'order by m.id desc limit %s) || %L::bigint[], count(*) from m', among,
	    condition, orders.most_read(), orders.most_found(), ids)
	into ids, read;
	return ids || case when read = orders.most_read() then
	    orders.newest_found(among, condition, orders.most_read()) end;
end
$$;

-- Keys of orders whose own or partner's number this is.
create or replace function orders.found_whole(q text, among text)
returns bigint[] language plpgsql stable as $$
declare
	ids bigint[];
begin
	execute format('select array(select h.id from orders.head h where %1$s '
	    'and (h.number = %2$L or upper(h.partner_number) = %2$L) '
	    'order by h.id desc limit %3$s)', among, upper(q),
	    orders.most_found()) into ids;
	return ids;
end
$$;

-- The other meanings of a word: rows x of a table with a partner and an
-- order that meet a condition. `sorted` where an index has those of a partner
-- in the order of their orders.
create or replace function orders.meanings(q text)
returns table (source text, condition text, sorted boolean)
language plpgsql stable as $$
declare
	pattern text := orders.pattern(q);
	items bigint[] := array(select i.id from item.item i
	    where upper(i.number) like pattern || '%' or i.gtin = q
	    order by upper(i.number) = upper(q) desc, i.id);
	buyers constant text := 'upper(x.item ->> ''buyers_item_id'')';
begin
	return query select 'line', format('x.item_id = %s', i), true
	from unnest(items[:5]) i;
	if cardinality(items) > 5 then
		return query select 'line', format('x.item_id = any (%L)', items[6:]),
		    false;
	end if;
	return query values
	('line', format('%s = %L', buyers, upper(q)), true),
	('line', format('%s like %L', buyers, pattern || '_%'), false),
	('shipment', format('upper(x.number) like %L', pattern || '%'), false),
	('shipment', format('upper(x.tracking) = %L', upper(q)), false);
	if q ~ '^[0-9]{18}$' then
		return query select 'shipment', format('x.despatch_id in (select '
		    'p.despatch_id from orders.package p where p.sscc = %L)', q), false;
	end if;
end
$$;

-- The newest orders of rows. Of those that move, all are compared with many
-- rows; the sum keeps the planner from looking up one by one.
create or replace function orders.newest_of(rows bigint[], among text,
    live boolean)
returns bigint[] language plpgsql stable as $$
declare
	ids bigint[];
begin
	if live and cardinality(rows) > orders.most_found() then
		execute format('select array(select h.id from orders.head h '
		    'where %s and h.id + 0 = any ($1) order by h.id desc limit %s)',
		    among, orders.most_found()) into ids using rows;
		return ids;
	end if;
	execute format('select array(select h.id from (select distinct order_id '
	    'from unnest($1) r (order_id) order by 1 desc) r join orders.head h '
	    'on h.id = r.order_id where %s order by r.order_id desc limit %s)',
	    among, orders.most_found()) into ids using rows;
	return ids;
end
$$;

-- The orders of the newest rows that meet a condition.
create or replace function orders.newest_rows(source text, condition text,
    partners bigint[])
returns bigint[] language plpgsql stable as $$
declare
	ids bigint[];
begin
	execute format('select array(select x.order_id from (select x.* '
	    'from orders.%I x where x.partner_id = any (%L::bigint[]) '
	    'order by x.id desc limit %s) x where %s)', source, partners,
	    orders.most_read(), condition) into ids;
	return ids;
end
$$;

-- Keys of the newest orders that have rows of a meaning. Where there are more
-- rows than are read, and not read in the order of their orders, those of the
-- newest come first.
create or replace function orders.found_rows(source text, condition text,
    sorted boolean, partners bigint[], among text, live boolean)
returns bigint[] language plpgsql stable as $$
declare
	most int := case when sorted and not live then orders.most_found()
	    else greatest(orders.most_found(), orders.most_read()
	    / case when sorted then 1 else 4 end
	    / greatest(cardinality(partners), 1)) end;
	rows bigint[];
	ids bigint[];
	cut boolean;
begin
	execute format('with m as materialized (select p.id as partner, '
	    'x.order_id from unnest(%L::bigint[]) p (id), lateral (select '
	    'x.order_id from orders.%I x where x.partner_id = p.id and %s %s '
	    'limit %s) x) select array(select order_id from m), exists (select '
	    'from m group by partner having count(*) = %5$s)', partners, source,
	    condition, case when sorted then 'order by x.order_id desc' end, most)
	into rows, cut;
	if cut and not sorted then
		ids := orders.newest_of(orders.newest_rows(source, condition,
		    partners), among, live);
	end if;
	if cardinality(ids) = orders.most_found() then
		return ids;
	end if;
	return ids || orders.newest_of(rows, among, live);
end
$$;

-- Orders whose own or partner's number a word is, or is a part of.
create or replace function orders.found_numbers(q text, among text,
    live boolean)
returns bigint[] language plpgsql stable as $$
begin
	return orders.found_whole(q, among) || case when length(q) >= 3 then
	    orders.found_part(format('%s like %L', orders.numbers_text(),
	    '%' || orders.pattern(q) || '%'), among, live) end;
end
$$;

-- Keys of the newest orders that a word means.
--   live  only those of which something still moves
create or replace function orders.found(q text, live boolean,
    of_kind text default null, of_partner bigint default null)
returns bigint[] language plpgsql stable security definer
set search_path = pg_catalog, crypto, pg_temp as $$
declare
	partners bigint[] := core.me_partners(of_partner);
	among text := orders.looked_among(partners, live, of_kind);
	ids bigint[] := orders.found_numbers(q, among, live);
	r record;
begin
	for r in select * from orders.meanings(q) loop
		ids := ids || orders.found_rows(r.source, r.condition, r.sorted,
		    partners, among, live);
	end loop;
	return ids;
end
$$;
select core.definer('orders.found(text,boolean,text,bigint)',
    'looks for numbers among the caller''s partners by indexes that row '
    || 'security keeps him from', 'portals');

-- Keys of despatch advices that a word means: the beginning of their number
-- (of very many the last in order), an order's number, a tracking number, a
-- package, a serial number.
create or replace function orders.found_despatches(q text, of_partner bigint)
returns bigint[] language plpgsql stable security definer
set search_path = pg_catalog, crypto, pg_temp as $$
declare
	partners bigint[] := core.me_partners(of_partner);
	found_orders bigint[] := orders.found_numbers(q,
	    orders.looked_among(partners, false, null), false);
	ids bigint[];
begin
	execute format('select array(select d.id from unnest($1) p, lateral ('
	    'select d.id from orders.despatch d where d.partner_id = p '
	    'and upper(d.number) like %L order by upper(d.number) using ~>~ '
	    'limit %s) d)', orders.pattern(q) || '%', orders.most_found())
	into ids using partners;
	return ids || array(select d.id from orders.despatch d
	        where d.tracking = q and d.partner_id = any (partners))
	    || array(select p.despatch_id from orders.package p
	        where p.sscc = orders.sscc_plain(q)
	        and p.partner_id = any (partners))
	    || array(select p.despatch_id from orders.packed p
	        where p.serials @> array[q] and p.partner_id = any (partners))
	    || array(select s.despatch_id from orders.shipment s
	        where s.order_id = any (found_orders)
	        and s.partner_id = any (partners));
end
$$;
select core.definer('orders.found_despatches(text,bigint)',
    'looks for numbers among the caller''s partners by indexes that row '
    || 'security keeps him from', 'portals');

-- Keys of invoices by a part of their number, or their order's number.
create or replace function orders.found_invoices(q text, of_partner bigint)
returns bigint[] language plpgsql stable security definer
set search_path = pg_catalog, crypto, pg_temp as $$
declare
	partners bigint[] := core.me_partners(of_partner);
	ids bigint[];
begin
	execute format('select array(select v.id from (select v.id, v.number '
	    'from orders.invoice v where v.partner_id = any ($1) '
	    'order by v.id desc limit %2$s) v where upper(v.number) like %1$L) '
	    '|| array(select v.id from orders.invoice v where v.partner_id = '
	    'any ($1) and upper(v.number) like %1$L limit %2$s)', '%'
	    || orders.pattern(q) || '%', orders.most_found())
	into ids using partners;
	return ids || array(select v.id from orders.head h
	    join orders.invoice v on v.order_id = h.id
	    where h.number = upper(q) and v.partner_id = any (partners));
end
$$;
select core.definer('orders.found_invoices(text,bigint)',
    'looks for numbers among the caller''s partners by indexes that row '
    || 'security keeps him from', 'portals');
