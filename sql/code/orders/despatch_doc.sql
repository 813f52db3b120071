-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices and receipts as canonical documents
-- (docs/features/goods.md), for those whose agreement wants them.

-- An item as documents about goods name it.
create or replace function orders.goods_item(l orders.line)
returns jsonb language plpgsql stable as $$
begin
	return coalesce(l.item - 'any', '{}') || (select jsonb_strip_nulls(
	    jsonb_build_object('gtin', i.gtin, 'name', coalesce(
	    l.item ->> 'name', i.name_en)) || case when l.linked_line_id is null
	    then jsonb_build_object('sellers_item_id', i.number) else '{}' end)
	    from item.item i where i.id = l.item_id);
end
$$;

-- The number by which the partner knows an order.
create or replace function orders.their_order_number(h orders.head)
returns text language sql immutable as $$
	select case h.kind when 'sales' then coalesce(h.partner_number, h.number)
	    else h.number end
$$;

-- The parties of goods that move between the house and a partner.
create or replace function orders.goods_parties(d orders.despatch)
returns jsonb language plpgsql stable as $$
declare
	partner jsonb := orders.partner_party(d.partner_id);
	house jsonb := orders.house_party();
begin
	return jsonb_strip_nulls(jsonb_build_object('buyer', case d.kind
	    when 'sales' then partner else house end, 'seller', case d.kind
	    when 'sales' then house else partner end, 'ship_to',
	    orders.place_party(d.ship_to), 'ship_from', case d.kind
	    when 'sales' then house else partner end));
end
$$;

create or replace function orders.despatch_doc_lines(d orders.despatch)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'line_id', x.n::text, 'package', x.package::text,
	    'order_number', orders.their_order_number(h),
	    'order_line_id', l.line_id,
	    'item', orders.goods_item(l) || jsonb_strip_nulls(
	        jsonb_build_object('serials', nullif(to_jsonb(x.serials), '[]'),
	        'lot', x.lot)),
	    'shipped', trim_scale(x.quantity)::text, 'unit_code', l.unit,
	    'ordered', trim_scale(l.ordered)::text,
	    'expiry_date', x.expiry_date,
	    'best_before_date', x.best_before_date)) order by x.n)
	from (select p.*, row_number() over (order by p.package nulls first,
	        p.id) n from orders.packed p where p.despatch_id = d.id) x
	join orders.line l on l.id = x.line_id
	join orders.head h on h.id = l.order_id);
end
$$;

create or replace function orders.despatch_doc(d orders.despatch)
returns jsonb language plpgsql stable as $$
declare
	lines jsonb := orders.despatch_doc_lines(d);
	packages jsonb := (select jsonb_agg(jsonb_strip_nulls(
	    jsonb_build_object('id', p.position::text, 'parent', p.parent::text,
	    'sscc', p.sscc, 'kind', p.kind, 'count', p.count::text))
	    order by p.position) from orders.package p where p.despatch_id = d.id);
	head_order text := (select min(orders.their_order_number(h))
	    from orders.shipment s join orders.head h on h.id = s.order_id
	    where s.despatch_id = d.id having count(*) = 1);
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'despatch',
	    'function', case when d.state = 'cancelled' then 'cancel'
	        when d.despatch_version > 1 then 'replace' else 'original' end,
	    'number', d.number, 'issue_date', core.today(),
	    'ship_date', d.ship_date, 'arrival_date', d.arrival_date,
	    'order_number', head_order, 'carrier', nullif(jsonb_strip_nulls(
	        jsonb_build_object('name', d.carrier, 'scac', d.scac)), '{}'),
	    'tracking', d.tracking, 'parties', orders.goods_parties(d),
	    'refs', nullif(d.refs, '[]'), 'text', nullif(d.texts, '[]'),
	    'lines', lines, 'packages', packages,
	    'totals', jsonb_build_object('weight', trim_scale(d.weight)::text,
	        'weight_unit', d.weight_unit,
	        'packages', (select sum(p.count)::text from orders.package p
	            where p.despatch_id = d.id),
	        'line_count', jsonb_array_length(lines)::text)));
end
$$;

-- A count as the supplier gets it: what he sent, and what arrived of it.
create or replace function orders.receipt_doc(r orders.receipt)
returns jsonb language plpgsql stable as $$
declare
	d orders.despatch;
begin
	select * into d from orders.despatch where id = r.despatch_id;
	return jsonb_strip_nulls(jsonb_build_object('type', 'receipt',
	    'function', 'original', 'number', r.number,
	    'issue_date', core.today(), 'despatch_number', d.number,
	    'receipt_date', r.receipt_date, 'order_number', (
	        select min(orders.their_order_number(h)) from orders.shipment s
	        join orders.head h on h.id = s.order_id
	        where s.despatch_id = d.id having count(*) = 1),
	    'parties', orders.goods_parties(d), 'lines', (
	    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	        'line_id', x.n::text, 'order_number',
	        orders.their_order_number(h), 'order_line_id', l.line_id,
	        'item', orders.goods_item(l), 'unit_code', l.unit,
	        'shipped', trim_scale(x.shipped)::text,
	        'received', trim_scale(x.received)::text,
	        'accepted', trim_scale(x.received - x.rejected)::text,
	        'rejected', trim_scale(nullif(x.rejected, 0))::text,
	        'short', trim_scale(nullif(greatest(x.shipped - x.received, 0),
	            0))::text,
	        'damaged', trim_scale(nullif(x.damaged, 0))::text,
	        'reason', x.reason)) order by x.n)
	    from (select i.*, row_number() over (order by i.id) n
	        from orders.receipt_line i where i.receipt_id = r.id) x
	    join orders.line l on l.id = x.line_id
	    join orders.head h on h.id = l.order_id)));
end
$$;

-- Sends a despatch advice of the house to a distributor who agreed to get it.
create or replace function orders.send_despatch(d orders.despatch)
returns void language plpgsql as $$
begin
	if d.kind = 'sales' and (exchange.wants(d.partner_id, 'despatch')).id
	    is not null then
		perform exchange.send(d.partner_id, 'despatch',
		    orders.despatch_doc(d), core.now(), 'despatch', d.public_id);
	end if;
end
$$;

-- Sends a count to a supplier who agreed to get it.
create or replace function orders.send_receipt(r orders.receipt)
returns void language plpgsql as $$
begin
	if (exchange.wants(r.partner_id, 'receipt')).id is not null then
		perform exchange.send(r.partner_id, 'receipt',
		    orders.receipt_doc(r), core.now(), 'despatch', (select public_id
		    from orders.despatch where id = r.despatch_id));
	end if;
end
$$;
