-- SPDX-License-Identifier: Apache-2.0
--
-- Goods that left. A despatch advice says what left together; the part of it
-- that belongs to one order is a shipment. What lies in which package is in
-- orders.packed; a shipment's lines are its sums.

-- The most of a line that may leave in all. Of whole pieces a tolerance allows
-- no half.
create or replace function orders.ship_most(l orders.line)
returns numeric language plpgsql immutable as $$
declare
	promised numeric := l.confirmed + l.backordered;
	most numeric := promised * (1 + l.over_ship / 100);
begin
	return case when orders.counted(l.unit) and promised = trunc(promised)
	    then trunc(most) else most end;
end
$$;

-- What a line says when this much of it left, in all. Refuses more than was
-- promised and the agreement allows above it, with 422 orders.ship.over.
create or replace function orders.ship_total(l orders.line, total numeric,
    o orders.origin, place text default null, origin bigint default null)
returns orders.line language plpgsql as $$
declare
	promised numeric := l.confirmed + l.backordered;
	changed orders.line;
	parts jsonb;
begin
	perform orders.refuse_if_changing(l);
	if total > orders.ship_most(l) then
		perform core.fail(422, 'orders.ship.over', jsonb_build_object(
		    'left', trim_scale(greatest(promised - l.shipped, 0))::text,
		    'given', trim_scale(total - l.shipped)::text));
	end if;
	if total > l.confirmed and l.backordered > 0 then
		parts := orders.promised_parts(l, total);
		delete from orders.schedule where line_id = l.id;
		insert into orders.schedule (partner_id, line_id, kind, quantity,
		    due_on)
		select l.partner_id, l.id, p ->> 'kind',
		    (p ->> 'quantity')::numeric, (p ->> 'date')::date
		from jsonb_array_elements(parts) p
		where (p ->> 'quantity')::numeric > 0;
	end if;
	perform set_config('kontor.step', case when total = 0 then
	        case when l.backordered > 0 then 'recall_late' else 'recall' end
	    when total < promised and l.state = 'shipped' then 'correct'
	    when total < promised then 'ship_part' else 'ship' end, true);
	update orders.line set version = version + 1, shipped = total,
	    state = case when total = 0 and l.backordered > 0 then 'backordered'
	        when total = 0 then 'accepted'
	        when total < promised then 'part_shipped' else 'shipped' end,
	    confirmed = case when parts is null then confirmed
	        else orders.parts_sum(parts, 'confirmed') end,
	    backordered = case when parts is null then backordered
	        else orders.parts_sum(parts, 'backordered') end,
	    undo_until = null, previous = null
	where id = l.id returning * into changed;
	perform set_config('kontor.step', '', true);
	perform orders.say(changed, orders.line_values(changed), o, place, origin,
	    '/shipped');
	return changed;
end
$$;

-- Counts a quantity of a line as shipped, loose in a shipment.
create or replace function orders.ship_line(l orders.line, quantity numeric,
    shipment bigint, o orders.origin, origin bigint default null)
returns orders.line language plpgsql as $$
declare
	s orders.shipment;
	changed orders.line;
begin
	if coalesce(quantity, 0) <= 0 then
		perform core.fail(422, 'orders.ship.over', jsonb_build_object(
		    'left', trim_scale(l.confirmed + l.backordered
		        - l.shipped)::text, 'given', quantity::text));
	end if;
	changed := orders.ship_total(l, l.shipped + quantity, o, null, origin);
	select x.* into s from orders.shipment x where x.id = ship_line.shipment;
	insert into orders.packed (partner_id, despatch_id, line_id, quantity)
	values (l.partner_id, s.despatch_id, l.id, ship_line.quantity);
	insert into orders.shipment_line as i (partner_id, shipment_id, line_id,
	    quantity)
	values (l.partner_id, shipment, l.id, ship_line.quantity)
	on conflict on constraint shipment_line_key
	do update set quantity = i.quantity + excluded.quantity;
	perform orders.despatch_touch(s.despatch_id);
	return changed;
end
$$;

-- Parts of a line of which more leaves than was confirmed: what was
-- backordered and now goes counts as confirmed, the earliest first. Each part
-- keeps its day; what is more than all of them is in what was shipped alone.
create or replace function orders.promised_parts(l orders.line,
    total numeric)
returns jsonb language plpgsql stable as $$
begin
	return (select orders.sorted_parts(jsonb_agg(jsonb_build_object('kind',
	    v.kind, 'quantity', v.quantity::text, 'date', p.due_on)))
	from (select s.kind, s.quantity, s.due_on,
	        case when s.kind = 'backordered' then least(s.quantity, greatest(
	            total - l.confirmed - (sum(s.quantity) over w - s.quantity),
	            0)) else 0 end as goes
	    from orders.schedule s where s.line_id = l.id
	    window w as (partition by s.kind order by s.due_on, s.id)) p,
	lateral (values ('confirmed', p.goes), (p.kind, p.quantity - p.goes))
	    v (kind, quantity));
end
$$;

-- The shipment that a report means: the one of that number, or a new one.
--   a  number, ship_date, carrier, tracking
create or replace function orders.shipment_of(h orders.head, a jsonb)
returns bigint language plpgsql as $$
declare
	given text := nullif(a ->> 'number', '');
	d orders.despatch;
begin
	if given is null then
		given := orders.despatch_number(h);
	end if;
	select * into d from orders.despatch
	where partner_id = h.partner_id and number = given;
	if d.id is null then
		d := orders.despatch_new(h.partner_id, h.kind, jsonb_build_object(
		    'number', given, 'ship_date', a ->> 'ship_date', 'carrier',
		    jsonb_build_object('name', a ->> 'carrier'), 'tracking',
		    a ->> 'tracking', 'parties', jsonb_build_object('ship_to',
		    h.ship_to)), orders.origin_me());
	elsif not orders.despatch_may_change(d) then
		perform core.fail(409, 'orders.despatch.over', jsonb_build_object(
		    'number', d.number, 'state', d.state));
	end if;
	return orders.shipment_in(d, h.id);
end
$$;

-- A number for a despatch of an order, where none is given. One that nothing
-- of the order left under may be taken as well, by lines of other orders.
create or replace function orders.despatch_number(h orders.head)
returns text language plpgsql stable as $$
declare
	n int := (select count(*) from orders.shipment where order_id = h.id);
	given text;
begin
	loop
		n := n + 1;
		given := h.number || '-' || n;
		exit when not exists (select from orders.despatch d
		    where d.partner_id = h.partner_id and d.number = given);
	end loop;
	return given;
end
$$;

-- The part of a despatch that belongs to an order.
create or replace function orders.shipment_in(d orders.despatch,
    of_order bigint, origin bigint default null)
returns bigint language plpgsql as $$
declare
	found bigint := (select id from orders.shipment
	    where despatch_id = d.id and order_id = of_order);
begin
	if found is null then
		insert into orders.shipment (public_id, partner_id, order_id, number,
		    ship_date, carrier, tracking, despatch_id, origin_id, created_at)
		values (core.uuid7(), d.partner_id, of_order, d.number, d.ship_date,
		    d.carrier, d.tracking, d.id, origin, core.now())
		returning id into found;
	end if;
	return found;
end
$$;
