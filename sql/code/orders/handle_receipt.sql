-- SPDX-License-Identifier: Apache-2.0
--
-- A receipt of a distributor: what he counted of what the house sent him.

-- The line of a sales order that a line of a receipt means.
create or replace function orders.receipt_line_meant(partner bigint,
    e jsonb, order_number text)
returns bigint language plpgsql stable as $$
declare
	given text := coalesce(e ->> 'order_number', order_number);
	of_order bigint := (select min(id) from orders.head
	    where partner_id = partner and kind = 'sales' and state <> 'draft'
	    and given in (partner_number, number));
begin
	return orders.line_meant(of_order, (e - 'line_id') || jsonb_strip_nulls(
	    jsonb_build_object('line_id', e -> 'order_line_id')));
end
$$;

-- The despatch that a receipt counts: the one it names, else the oldest
-- uncounted one of the order.
create or replace function orders.receipt_despatch(partner bigint, doc jsonb)
returns orders.despatch language plpgsql stable as $$
declare
	d orders.despatch;
begin
	if doc ? 'despatch_number' then
		select * into d from orders.despatch
		where partner_id = partner and number = doc ->> 'despatch_number';
		return d;
	end if;
	select x.* into d from orders.despatch x
	join orders.shipment s on s.despatch_id = x.id
	join orders.head h on h.id = s.order_id
	where x.partner_id = partner and x.state = 'sent'
	and doc ->> 'order_number' in (h.partner_number, h.number)
	order by x.id limit 1;
	return d;
end
$$;

-- The counts of a receipt document: lines of one order line are added up.
-- Where only parts are named, they are the count.
create or replace function orders.receipt_counts(partner bigint,
    d orders.despatch, doc jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'line', x.line, 'received', x.received::text,
	    'rejected', x.rejected::text, 'damaged', x.damaged::text,
	    'reason', x.reason, 'place', x.place)) order by x.first), '[]')
	from (
		select m.line, min(ord) as first, '/lines/' || min(ord) - 1 as place,
		    sum(coalesce(core.try_decimal(e ->> 'received'),
		        core.try_decimal(e ->> 'accepted')
		        + coalesce(core.try_decimal(e ->> 'rejected'), 0),
		        i.quantity - core.try_decimal(e ->> 'short'))) as received,
		    sum(coalesce(core.try_decimal(e ->> 'rejected'), 0)) as rejected,
		    sum(coalesce(core.try_decimal(e ->> 'damaged'), 0)) as damaged,
		    (array_agg(e -> 'reason') filter (where e ? 'reason'))[1]
		        as reason
		from jsonb_array_elements(coalesce(doc -> 'lines', '[]'))
		    with ordinality t (e, ord),
		lateral (select orders.receipt_line_meant(partner, t.e,
		    doc ->> 'order_number') as line offset 0) m
		left join orders.shipment_line i on i.line_id = m.line
		    and i.shipment_id in (select s.id from orders.shipment s
		        where s.despatch_id = d.id)
		group by m.line, case when m.line is null then ord end
	) x);
end
$$;

-- What is wrong with a receipt.
create or replace function orders.receipt_findings(d orders.despatch,
    doc jsonb, counts jsonb)
returns jsonb language plpgsql stable as $$
begin
	if d.id is null then
		return jsonb_build_array(orders.finding('receipt_despatch', 'error',
		    case when doc ? 'despatch_number' then '/despatch_number'
		    else '/order_number' end, coalesce(doc ->> 'despatch_number',
		    doc ->> 'order_number'), null));
	elsif exists (select from orders.receipt r where r.despatch_id = d.id
	    and r.digest = orders.digest(doc)) then
		return jsonb_build_array(orders.finding('receipt_twice', 'warning',
		    '/number', doc ->> 'number', null));
	elsif d.state <> 'sent' then
		return jsonb_build_array(orders.finding('receipt_over', 'error',
		    '/despatch_number', d.state, null));
	elsif counts = '[]' then
		return jsonb_build_array(orders.finding('receipt_empty', 'error',
		    '/lines', '0', '1'));
	end if;
	return (select coalesce(jsonb_agg(orders.finding(x.rule, 'error',
	    (c ->> 'place') || case x.rule when 'receipt_quantity'
	    then '/received' else '' end, c ->> 'received', null) order by n), '[]')
	from jsonb_array_elements(counts) with ordinality t (c, n)
	left join orders.shipment_line i on i.line_id = (c ->> 'line')::bigint
	    and i.shipment_id in (select s.id from orders.shipment s
	        where s.despatch_id = d.id),
	lateral (values (case when i.id is null then 'receipt_line'
	    when i.counted is not null then 'receipt_counted'
	    when not coalesce(core.try_quantity(c ->> 'received') >= greatest(
	        core.try_quantity(c ->> 'rejected'),
	        core.try_quantity(c ->> 'damaged'), 0), false)
	    then 'receipt_quantity' end)) x (rule)
	where x.rule is not null) || orders.receipt_line_findings(d, doc);
end
$$;

-- Lines of a receipt in another unit than ordered, or with another line's item.
create or replace function orders.receipt_line_findings(d orders.despatch,
    doc jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(v.f order by ord), '[]')
	from jsonb_array_elements(doc -> 'lines') with ordinality t (e, ord)
	join orders.line l on l.id = orders.receipt_line_meant(d.partner_id, t.e,
	    doc ->> 'order_number'),
	lateral (values
	(case when not orders.same_unit(coalesce(e ->> 'unit_code', l.unit),
	    l.unit) then orders.finding('receipt_unit', 'error', '/lines/'
	    || ord - 1 || '/unit_code', e ->> 'unit_code', l.unit,
	    jsonb_build_object('line', l.line_id)) end),
	(orders.other_item_finding(l, jsonb_strip_nulls(jsonb_build_object(
	    'gtin', e #> '{item,gtin}', 'buyers_item_id',
	    e #> '{item,sellers_item_id}')), 'receipt_item', '/lines/'
	    || ord - 1))) v (f)
	where v.f is not null);
end
$$;

create or replace function orders.handle_receipt(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	d orders.despatch;
	counts jsonb;
	found jsonb;
begin
	if not exists (select from core.partner_role where partner_id = partner
	    and role = 'distributor') then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'receipt_role', 'error', '', 'receipt', null)));
	elsif coalesce(canonical ->> 'function', 'original') <> 'original' then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'receipt_function', 'error', '/function',
		    canonical ->> 'function', 'original')));
	end if;
	d := orders.receipt_despatch(partner, canonical);
	if d.id is not null then
		perform orders.despatch_lock(d.id, '{"lines": []}');
		d := orders.receipt_despatch(partner, canonical);
	end if;
	counts := orders.receipt_counts(partner, d, canonical);
	found := orders.receipt_findings(d, canonical, counts);
	if not dry and found = '[]' then
		perform orders.receive_all(d, jsonb_build_object('number',
		    canonical -> 'number', 'receipt_date',
		    canonical -> 'receipt_date', 'note',
		    canonical #>> '{text,0,value}', 'lines', counts),
		    orders.origin_document(document), orders.digest(canonical));
	end if;
	return orders.goods_outcome(jsonb_build_object('effect', case
	    when found = '[]' and not dry then 'applied'
	    when found #>> '{0,rule}' = 'business.receipt_twice' then 'duplicate'
	    else 'none' end, 'despatch', d.id, 'findings', found));
end
$$;

select exchange.handle_with('despatch', 'orders.handle_despatch');
select exchange.handle_with('receipt', 'orders.handle_receipt');
