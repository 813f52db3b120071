-- SPDX-License-Identifier: Apache-2.0
--
-- The place of delivery in a distributor's change: which suppliers are asked
-- about it, and which of his lines go where.

-- A place as a supplier may know it: without the name, unless his agreement
-- shows names.
create or replace function orders.place_for(supplier bigint, place jsonb)
returns jsonb language plpgsql stable as $$
begin
	return case when coalesce((exchange.terms(supplier)).shows_names, false)
	    then place when place ? 'address' then jsonb_build_object('address',
	    place -> 'address') end;
end
$$;

-- The place that a change asks of a supplier's order; null when it says
-- nothing of it, or he delivers there already.
create or replace function orders.part_place(c orders.change,
    p orders.head)
returns jsonb language plpgsql stable as $$
declare
	place jsonb := orders.place_for(p.partner_id, c.head #> '{ship_to,new}');
begin
	return nullif(place, p.ship_to);
end
$$;

-- Is a supplier's order still on its way to another place than a change asks
-- for?
create or replace function orders.place_missing(c orders.change)
returns boolean language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return exists (select from orders.head p
	    where p.linked_order_id = c.order_id and orders.is_open(p.state)
	    and orders.part_place(c, p) is not null);
end
$$;
select core.definer('orders.place_missing(orders.change)',
    'a distributor does not know who delivers; answers yes or no',
    'portals', 'worker', 'admin');

-- Did a supplier agree to the place that a change asks for?
create or replace function orders.place_agreed(c orders.change)
returns boolean language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return exists (select from orders.change k where k.parent_id = c.id
	    and k.state = 'accepted' and k.head ? 'ship_to');
end
$$;
select core.definer('orders.place_agreed(orders.change)',
    'a distributor does not know who was asked; answers yes or no',
    'portals', 'worker', 'admin');

-- Was any supplier asked?
create or replace function orders.asks_suppliers(c orders.change)
returns boolean language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return exists (select from orders.change where parent_id = c.id);
end
$$;
select core.definer('orders.asks_suppliers(orders.change)',
    'an account manager may not see every supplier; answers yes or no',
    'portals', 'worker', 'admin');

-- Orders that their suppliers do not know of yet go where the order goes that
-- they are for.
create or replace function orders.drafts_follow(of_order bigint)
returns void language plpgsql as $$
begin
	update orders.head p set ship_to = orders.place_for(p.partner_id,
	    h.ship_to)
	from orders.head h where h.id = of_order
	and p.linked_order_id = h.id and p.state = 'draft'
	and p.ship_to is distinct from orders.place_for(p.partner_id, h.ship_to);
end
$$;

-- The lines whose suppliers were asked about the place, with their answers.
create or replace function orders.places_asked(c orders.change)
returns table (supply bigint, line_id text, pos int, said text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return query select k.order_id, s.line_id, s.position, k.state
	from orders.change k
	join orders.line p on p.order_id = k.order_id
	join orders.line s on s.id = p.linked_line_id
	where k.parent_id = c.id and k.head ? 'ship_to'
	and s.state not in ('cancelled', 'rejected');
end
$$;
select core.definer('orders.places_asked(orders.change)',
    'a distributor does not know who was asked; names no supplier',
    'portals', 'worker', 'admin');

-- What became of another place: [{"lines": ["10", "20"], "state":
-- "pending|accepted|refused|withdrawn|superseded", "tone", "supplier": {"id",
-- "name", "order", "number"} | null}]. The desk reads the suppliers whom the
-- caller looks after, a distributor none.
create or replace function orders.places_json(c orders.change,
    kind text)
returns json language plpgsql stable as $$
declare
	inside boolean := core.me_portal() = 'desk';
begin
	if kind <> 'sales' or not c.head ? 'ship_to' then
		return '[]';
	end if;
	return (select coalesce(json_agg(json_build_object('lines', lines,
	    'state', said, 'tone', (select m.tone from core.machine_state m
	        where m.machine = 'order_change' and m.state = said),
	    'supplier', case when who is not null then json_build_object('id',
	        who, 'name', name, 'order', supply, 'number', number) end)
	    order by first), '[]')
	from (select a.said, b.public_id as who, b.name, p.public_id as supply,
	        p.number, json_agg(a.line_id order by a.pos) as lines,
	        min(a.pos) as first
	    from orders.places_asked(c) a
	    left join orders.head p on inside and p.id = a.supply
	    left join core.partner b on b.id = p.partner_id
	    group by 1, 2, 3, 4, 5) g);
end
$$;
