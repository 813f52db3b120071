-- SPDX-License-Identifier: Apache-2.0
--
-- Goods that left: a shipment of some lines of one order.

-- Counts a quantity as shipped; the line is shipped when nothing promised is
-- left. Refuses more than was confirmed and the agreement allows.
create or replace function orders.ship_line(l orders.line, quantity numeric,
    shipment bigint, o orders.origin, origin bigint default null)
returns orders.line language plpgsql as $$
declare
	total numeric := l.shipped + quantity;
	changed orders.line;
	parts jsonb;
begin
	if coalesce(quantity, 0) <= 0
	    or total > (l.confirmed + l.backordered) * (1 + l.over_ship / 100)
	then
		perform core.fail(422, 'orders.ship.over', jsonb_build_object(
		    'left', trim_scale(l.confirmed + l.backordered
		        - l.shipped)::text,
		    'given', quantity::text));
	end if;
	if total > l.confirmed then
		parts := orders.promised_parts(l, total);
	end if;
	insert into orders.shipment_line (partner_id, shipment_id, line_id,
	    quantity)
	values (l.partner_id, shipment, l.id, ship_line.quantity);
	if parts is not null then
		delete from orders.schedule where line_id = l.id;
		insert into orders.schedule (partner_id, line_id, kind, quantity,
		    due_on)
		select l.partner_id, l.id, p ->> 'kind',
		    (p ->> 'quantity')::numeric, (p ->> 'date')::date
		from jsonb_array_elements(parts) p
		where (p ->> 'quantity')::numeric > 0;
	end if;
	perform set_config('kontor.step', case when total
	    >= l.confirmed + l.backordered then 'ship' else 'ship_part' end, true);
	update orders.line set version = version + 1, shipped = total,
	    state = case when total >= l.confirmed + l.backordered
	        then 'shipped' else 'part_shipped' end,
	    confirmed = case when parts is null then confirmed
	        else orders.parts_sum(parts, 'confirmed') end,
	    backordered = case when parts is null then backordered
	        else orders.parts_sum(parts, 'backordered') end,
	    undo_until = null, previous = null
	where id = l.id returning * into changed;
	perform set_config('kontor.step', '', true);
	perform orders.say(changed, orders.line_values(changed), o, null, origin);
	return changed;
end
$$;

-- Parts of a line of which more leaves than was confirmed: what was
-- backordered and now goes counts as confirmed.
create or replace function orders.promised_parts(l orders.line,
    total numeric)
returns jsonb language sql stable as $$
	select orders.sorted_parts(jsonb_build_array(
	    jsonb_build_object('kind', 'confirmed', 'quantity', least(total,
	        l.confirmed + l.backordered)::text,
	        'date', l.latest_promised_date),
	    jsonb_build_object('kind', 'backordered', 'quantity', greatest(
	        l.confirmed + l.backordered - total, 0)::text,
	        'date', l.latest_promised_date),
	    jsonb_build_object('kind', 'rejected', 'quantity', l.rejected::text),
	    jsonb_build_object('kind', 'cancelled', 'quantity',
	        l.cancelled::text)))
$$;

-- The shipment that a report means: the one of that number, or a new one.
--   a  number, ship_date, carrier, tracking
create or replace function orders.shipment_of(h orders.head, a jsonb)
returns bigint language plpgsql as $$
declare
	given text := nullif(a ->> 'number', '');
	found bigint;
begin
	if given is null then
		given := h.number || '-' || (select count(*) + 1
		    from orders.shipment where order_id = h.id);
	end if;
	select id into found from orders.shipment
	where order_id = h.id and number = given;
	if found is null then
		insert into orders.shipment (public_id, partner_id, order_id, number,
		    ship_date, carrier, tracking, created_at)
		values (core.uuid7(), h.partner_id, h.id, given,
		    coalesce(core.try_date(a ->> 'ship_date'), core.today()),
		    nullif(a ->> 'carrier', ''), nullif(a ->> 'tracking', ''),
		    core.now())
		returning id into found;
	end if;
	return found;
end
$$;
