-- SPDX-License-Identifier: Apache-2.0
--
-- Orders and answers as canonical documents, for those whose agreement wants
-- them.

-- The house as a canonical party.
create or replace function orders.house_party()
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_strip_nulls(jsonb_build_object('gln', h.gln,
	    'duns', h.duns, 'vat_id', h.vat_id, 'name', h.name, 'address',
	    nullif(h.address, '{}'))) from core.house h);
end
$$;

-- A partner as a canonical party, with the numbers that the house keeps.
create or replace function orders.partner_party(partner bigint)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_strip_nulls(jsonb_build_object(
	    'gln', max(i.value) filter (where i.kind = 'gln'),
	    'duns', max(i.value) filter (where i.kind = 'duns'),
	    'vat_id', p.vat_id, 'assigned_by_seller',
	    coalesce(max(i.value) filter (where i.kind = 'assigned_by_house'),
	        p.number), 'name', p.name))
	from core.partner p
	left join core.partner_identifier i on i.partner_id = p.id
	where p.id = partner group by p.id);
end
$$;

-- The house's answer to a distributor.
--   code  AB, AP, RE carry no lines; CA carries every line
create or replace function orders.response_doc(h orders.head, code text)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'order_response',
	    'number', h.number || '-' || code, 'issue_date', core.today(),
	    'order_number', h.partner_number, 'order_date', h.issue_date,
	    'sellers_order_number', h.number, 'response_code', code,
	    'currency', h.currency, 'parties', jsonb_build_object(
	        'buyer', coalesce(h.parties -> 'buyer', '{}')
	            || orders.partner_party(h.partner_id),
	        'seller', orders.house_party(), 'ship_to', h.ship_to),
	    'lines', case when code = 'CA' then (
	        select jsonb_agg(orders.response_line(l) order by l.position)
	        from orders.line l where l.order_id = h.id) end));
end
$$;

-- The item of a line with the house's numbers; what was typed to find it is
-- for nobody else.
create or replace function orders.item_named(l orders.line)
returns jsonb language plpgsql stable as $$
begin
	return (l.item - 'any') || coalesce((select jsonb_strip_nulls(
	    jsonb_build_object('sellers_item_id', i.number, 'gtin', i.gtin,
	    'name', i.name_en)) from item.item i where i.id = l.item_id), '{}');
end
$$;

create or replace function orders.response_line(l orders.line)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('line_id', l.line_id,
	    'action', case when l.state in ('rejected', 'cancelled') then '7'
	        else coalesce(l.answer, '5') end,
	    'item', orders.item_named(l),
	    'ordered', trim_scale(l.ordered)::text, 'unit_code', l.unit,
	    'confirmed', trim_scale(l.confirmed)::text,
	    'backordered', trim_scale(nullif(l.backordered, 0))::text,
	    'rejected', trim_scale(nullif(l.rejected + l.cancelled, 0))::text,
	    'schedule', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	        'quantity', trim_scale(s.quantity)::text, 'date', s.due_on))
	        order by s.due_on, s.id) from orders.schedule s
	        where s.line_id = l.id and s.kind in ('confirmed', 'backordered')),
	    'price_amount', orders.plain(coalesce(l.offered_price, l.price)),
	    'price_base', trim_scale(nullif(l.price_base, 1))::text,
	    'substitute_item', (select orders.item_spec(l.substitute_id,
	        l.partner_id, h.kind) from orders.head h where h.id = l.order_id
	        and l.substitute_id is not null),
	    'reason', l.reason));
end
$$;

-- A place of delivery as documents name it: a supplier knows neither name nor
-- number of it, and X12 asks for one of them (N1), so it is called by its city.
create or replace function orders.place_party(ship_to jsonb)
returns jsonb language sql immutable as $$
	select case when ship_to #>> '{address,city}' <> '' and not ship_to ?| array[
	    'name', 'gln', 'duns', 'assigned_by_buyer', 'assigned_by_seller']
	    then ship_to || jsonb_build_object('name',
	        ship_to #> '{address,city}')
	    else nullif(ship_to, '{}') end
$$;

-- A purchase order for its supplier.
create or replace function orders.order_doc(h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'order',
	    'function', 'original', 'number', h.number,
	    'issue_date', h.issue_date, 'kind', h.order_kind,
	    'currency', h.currency, 'requested_date', h.requested_date,
	    'parties', jsonb_build_object('buyer', orders.house_party(),
	        'seller', orders.partner_party(h.partner_id),
	        'ship_to', orders.place_party(h.ship_to)),
	    'lines', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	        'line_id', l.line_id, 'item', l.item, 'ordered',
	        trim_scale(l.ordered)::text, 'unit_code', l.unit,
	        'price_amount', orders.plain(l.price), 'price_base',
	        trim_scale(nullif(l.price_base, 1))::text, 'requested_date',
	        l.requested_date, 'schedule', l.wanted)) order by l.position)
	        from orders.line l where l.order_id = h.id
	        and l.state <> 'cancelled'),
	    'totals', jsonb_build_object('amount', orders.plain(h.total),
	        'line_count', h.line_count::text)));
end
$$;

-- Sends the house's answer to a distributor who wants it as a document.
create or replace function orders.send_response(h orders.head, code text)
returns void language plpgsql as $$
declare
	a exchange.agreement := exchange.wants(h.partner_id, 'order_response');
begin
	if a.id is not null then
		perform exchange.send(h.partner_id, 'order_response',
		    orders.response_doc(h, code), core.now(), 'order', h.public_id);
	end if;
end
$$;
