-- SPDX-License-Identifier: Apache-2.0
--
-- Items as a distributor sees them: what may be ordered, at which price, how
-- much is there. Who supplies an item is not in here and never will be.

-- One item as a distributor sees it.
create or replace function item.item_json(i item.item, partner bigint)
returns json language plpgsql stable as $$
declare
	today date := core.today();
	p item.price;
begin
	p := item.price_of(partner, i.id, 1, (select currency from core.house),
	    today);
	return json_build_object('id', i.public_id, 'number', i.number,
	    'gtin', i.gtin, 'name', case core.me_language() when 'de'
	        then i.name_de else i.name_en end, 'unit', i.unit,
	    'buyers_item_id', (select min(r.buyers_item_id)
	        from item.reference r
	        where r.partner_id = partner and r.item_id = i.id),
	    'serialised', i.serialised, 'warranty_months', i.warranty_months,
	    'price', orders.money(p.amount, p.currency),
	    'price_base', trim_scale(p.price_base)::text,
	    'prices', (select coalesce(json_agg(json_build_object('from',
	        trim_scale(x.min_quantity)::text, 'price',
	        orders.money(x.amount, x.currency)) order by x.min_quantity), '[]')
	        from item.price x where x.partner_id = partner
	        and x.item_id = i.id and x.valid_from = p.valid_from
	        and x.min_quantity > 1),
	    'available', case when i.stock is not null
	        then orders.quantity(i.stock, i.unit) end,
	    'available_on', i.stock_on);
end
$$;

-- Items that match as a partner sees them, a page at a time; op is the
-- operation that asks.
create or replace function item.find(op text, partner bigint, input jsonb)
returns json language plpgsql stable as $$
declare
	q text := nullif(trim(input ->> 'q'), '');
	most int := core.page_limit(input);
	keys jsonb := core.cursor_read(op, input);
	ids bigint[];
begin
	ids := array(select i.id from item.item i
	    left join item.reference r on r.partner_id = partner
	        and r.item_id = i.id
	    where i.active and (q is null or i.gtin = q
	        or i.number ilike '%' || q || '%'
	        or r.buyers_item_id ilike '%' || q || '%'
	        or (select bool_and(i.name_en || ' ' || i.name_de
	            ilike '%' || w || '%') from unnest(regexp_split_to_array(q,
	            '\s+')) w))
	    group by i.id
	    having keys is null or (i.number, i.id)
	        > (keys ->> 0, (keys ->> 1)::bigint)
	    order by i.number, i.id limit most + 1);
	return json_build_object('items', (select coalesce(json_agg(
	        item.item_json(i, partner) order by n.ord), '[]')
	        from unnest(ids[1:most]) with ordinality n (id, ord)
	        join item.item i on i.id = n.id),
	    'next', case when cardinality(ids) > most then core.cursor_make(
	        op, input, (select jsonb_build_array(i.number, i.id)
	        from item.item i where i.id = ids[most])) end,
	    'q', coalesce(q, ''));
end
$$;
-- Items that match, best first; for the item search of a new order.
--   input   q text? (number, GTIN, own item number or words of the name),
--           after text?, limit int = 50
--   result  {"items": [item], "next": null, "q": "pump"}
--   item    {"id": "0190…", "number": "HX-16", "gtin": "4006381333931",
--            "name": "Pump HX 16", "unit": "C62", "buyers_item_id": "P-16",
--            "serialised": true, "warranty_months": 24,
--            "price": {"amount": "480.00", "currency": "EUR"} | null,
--            "price_base": "1",
--            "prices": [{"from": "10", "price": {…}}],       quantity breaks
--            "available": {"value": "35", "unit": "C62"}, "available_on": null}
create or replace function api.items_list(input jsonb)
returns json language plpgsql stable as $$
begin
	return item.find('items_list', core.me_partner(), input);
end
$$;
select core.operation('items_list', permission => 'items.read',
    input => '{"q": "line?", "after": "line?", "limit": "int?"}');
