-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices from lines that were picked, whatever their orders: one for
-- each place that they go to.

-- A place of delivery as addresses of pages name it.
create or replace function orders.place_key(h orders.head)
returns text language sql immutable as $$
	select left(encode(sha256(convert_to(orders.place_of(h), 'UTF8')),
	    'hex'), 16)
$$;

-- Why nothing of a line may leave; null when something may.
create or replace function orders.unready_why(l orders.line)
returns text language sql immutable as $$
	select case when orders.ready(l) then null
	    when l.change_id is not null then 'change'
	    when l.state in ('open', 'proposed') then l.state
	    when l.state in ('accepted', 'backordered', 'part_shipped')
	    and l.undo_until is not null then 'undo' else 'over' end
$$;

-- Picked lines from which something may leave, by place.
--   named  with the lines themselves
create or replace function orders.pick_places(ids bigint[], named boolean)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('to', p.key,
	    'ship_to', orders.party_json(p.ship_to), 'number', p.number,
	    'orders', p.orders,
	    'lines', p.n, 'items', coalesce(p.lines, '[]'))
	    order by p.first), '[]')
	from (select orders.place_key(h) as key,
	        (array_agg(h.ship_to order by n.ord))[1] as ship_to,
	        min(h.number) as number,
	        count(distinct h.id) as orders,
	        count(*) as n, json_agg(l.public_id order by n.ord)
	            filter (where named) as lines,
	        min(n.ord) as first
	    from unnest(ids) with ordinality n (id, ord)
	    join orders.line l on l.id = n.id
	    join orders.head h on h.id = l.order_id
	    where orders.ready(l) group by 1) p);
end
$$;

-- Picked lines of which nothing may leave, with the cause.
create or replace function orders.pick_left_out(ids bigint[])
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('order', h.public_id,
	    'number', h.number, 'line_id', l.line_id, 'why', w.why)
	    order by n.ord), '[]')
	from unnest(ids) with ordinality n (id, ord)
	join orders.line l on l.id = n.id
	join orders.head h on h.id = l.order_id,
	lateral (select orders.unready_why(l) as why) w
	where w.why is not null);
end
$$;

-- A form for the lines of one place, or the places to choose from.
--   place  the one that was chosen, or null
create or replace function orders.pick_json(ids bigint[], place text,
    named boolean)
returns json language plpgsql stable as $$
declare
	places json := orders.pick_places(ids, named);
	h orders.head;
	chosen bigint[];
begin
	if json_array_length(places) = 1 then
		place := places #>> '{0,to}';
	end if;
	chosen := array(select l.id from unnest(ids) with ordinality n (id, ord)
	    join orders.line l on l.id = n.id
	    join orders.head o on o.id = l.order_id
	    where orders.place_key(o) = place and orders.ready(l)
	    order by n.ord limit orders.builder_most());
	select o.* into h from orders.line l
	join orders.head o on o.id = l.order_id
	where l.id = any (chosen) order by o.id limit 1;
	return orders.both(case when h.id is null
	    then '{"order": null, "lines": []}' else orders.builder_json(h, null,
	        true, chosen) end, json_build_object('places', case
	    when h.id is null then places else '[]' end,
	    'left_out', orders.pick_left_out(ids)));
end
$$;

-- Places to which something may leave, or the form of one.
--   input   to text?: a place's key
--   result  as despatches_new for the lines of one place (order null without),
--           all filled in, and {"places": [{"to": key, "ship_to": party,
--           "orders": 2, "lines": 5, "items": []}], [] when there is one or it
--           was chosen; "left_out": []}
create or replace function api.despatches_places(input jsonb)
returns json language plpgsql stable as $$
begin
	return orders.pick_json(array(select l.id from orders.line l
	    join orders.head h on h.id = l.order_id
	    where h.kind = 'purchase' and h.partner_id = core.me_partner()
	    and orders.is_open(h.state) and orders.ready(l)
	    order by orders.work_date(l), l.id), input ->> 'to', false);
end
$$;
select core.operation('despatches_places', permission =>
    'despatches.create', input => '{"to": "line?"}');

-- A despatch advice for lines that were picked in the worklist. Writes nothing.
--   input   lines [uuid] or matching, view, q, sort, whose as order_lines_event;
--           to text?: the place, where the lines go to several; what else stands
--           in the worklist's form means nothing here
--   result  as despatches_places, for these lines; "items": [uuid];
--           "left_out": [{"order": uuid, "number", "line_id",
--           "why": open|proposed|undo|change|over}]
create or replace function api.despatches_pick(input jsonb)
returns json language plpgsql stable as $$
declare
	items jsonb := orders.bulk_items(input);
begin
	return orders.pick_json(array(select l.id
	    from jsonb_array_elements(items) with ordinality t (e, ord)
	    join orders.line l on l.public_id = core.try_uuid(e ->> 'line')
	    join orders.head h on h.id = l.order_id
	    where h.kind = 'purchase' order by t.ord), input ->> 'to', true);
end
$$;
select core.operation('despatches_pick', permission => 'despatches.create',
    input => '{"items": "json?", "lines": "json?", "matching": "line?",
    "view": "line?", "q": "line?", "sort": "line?", "whose": "line?",
    "person": "line?", "to": "line?", "date": "line?", "reason_code": "line?",
    "reason_text": "text?"}');
