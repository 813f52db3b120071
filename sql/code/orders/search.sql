-- SPDX-License-Identifier: Apache-2.0
--
-- Any number on paper: an order's, the partner's, an item's, a shipment's, a
-- package's. The
-- queries are planned for what is looked for, since a number of one order and
-- the beginning of all numbers want different plans. They run with the owner's
-- eyes: row security keeps patterns from using an index. So they look at the
-- caller's partners themselves, and the caller's list looks once more.

-- At most so many orders, the newest, are found by one word.
create or replace function orders.most_found()
returns int language sql immutable as $$
	select 1000
$$;

-- A pattern that means its characters.
create or replace function orders.pattern(q text)
returns text language sql immutable as $$
	select replace(replace(replace(upper(q), '\', '\\'), '%', '\%'), '_',
	    '\_')
$$;

-- The conditions under which an order h is meant by q, each with an index of
-- its own; %1$L is the pattern, %2$L q in capitals, %3$L the items meant.
create or replace function orders.meanings(q text, items bigint[])
returns text[] language sql immutable as $$
	select array_remove(array[
	case when length(q) >= 3 then 'upper(h.number || '' '' '
	    || '|| coalesce(h.partner_number, '''')) like ''%%'' || %1$L || ''%%'''
	else 'h.number = %2$L or h.partner_number = %2$L' end,
	case when cardinality(items) > 0 then 'h.id in (select l.order_id '
	    || 'from orders.line l where l.item_id = any (%3$L::bigint[]))' end,
	'h.id in (select l.order_id from orders.line l '
	    || 'where upper(l.item ->> ''buyers_item_id'') like %1$L || ''%%'')',
	'h.id in (select s.order_id from orders.shipment s '
	    || 'where upper(s.number) like %1$L || ''%%'')',
	'h.id in (select s.order_id from orders.shipment s '
	    || 'where upper(s.tracking) = %2$L)',
	case when q ~ '^[0-9]{18}$' then 'h.id in (select s.order_id '
	    || 'from orders.package p join orders.shipment s '
	    || 'on s.despatch_id = p.despatch_id where p.sscc = %2$L)' end], null)
$$;

-- Keys of the newest orders that a word means.
--   live  only those of which something still moves
create or replace function orders.found(q text, live boolean)
returns bigint[] language plpgsql stable security definer
set search_path = pg_catalog, crypto, pg_temp as $$
declare
	items bigint[] := array(select i.id from item.item i
	    where upper(i.number) like orders.pattern(q) || '%' or i.gtin = q);
	eyes text := case when core.me_portal() <> 'desk'
	    then format('h.partner_id = %L', core.me_partner())
	    when core.me_sees_all() then 'true'
	    else format('h.partner_id = any (%L::bigint[])', core.me_partners())
	    end;
	part bigint[];
	ids bigint[] := '{}';
	meaning text;
begin
	foreach meaning in array orders.meanings(q, items) loop
		execute format('select array(select h.id from orders.head h where '
		    || eyes || case when live then ' and h.state not in '
		    || '(''completed'', ''closed'', ''cancelled'', ''rejected'')'
		    else '' end || ' and (' || meaning || ') order by h.id desc limit '
		    || '%4$s)', orders.pattern(q), upper(q), items,
		    orders.most_found()) into part;
		ids := ids || part;
	end loop;
	return ids;
end
$$;
select core.definer('orders.found(text,boolean)',
    'looks for numbers among the caller''s partners by indexes that row '
    || 'security keeps him from', 'portals');
