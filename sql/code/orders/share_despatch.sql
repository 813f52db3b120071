-- SPDX-License-Identifier: Apache-2.0
--
-- A supplier's despatch on the distributor's side: for each sales order one
-- despatch of the house with the same packages, the part of it that concerns
-- the order and may be shown. It follows every correction.

-- May a distributor know what left of a line? Not while an account manager
-- holds it, nor before the distributor has decided on it.
create or replace function orders.ship_shows(l orders.line, s orders.line)
returns boolean language plpgsql stable as $$
begin
	return l.undo_until is null and s.state in ('accepted', 'backordered',
	        'part_shipped', 'shipped')
	    and not exists (select from orders.hold h
	        where h.line_id in (l.id, s.id) and h.released_at is null);
end
$$;

-- The lines of a mirror as they should be: of those that may be shown what the
-- supplier says, of others what was shown before. What the distributor has
-- counted already stays in the mirror that he counted.
create or replace function orders.mirror_lines(d orders.despatch,
    purchase bigint, m orders.despatch)
returns jsonb language plpgsql stable as $$
declare
	theirs jsonb := orders.despatch_content(d) -> 'lines';
	ours jsonb := orders.despatch_content(m) -> 'lines';
begin
	return (select coalesce(jsonb_agg(x.e order by x.kept, x.ord), '[]')
	from (
		select e || jsonb_build_object('line', s.id, 'origin', (
		    select max(v.id) from orders.value v where v.line_id = l.id
		    and v.field = 'shipped_quantity')) as e,
		    ord, false as kept
		from jsonb_array_elements(theirs) with ordinality t (e, ord)
		join orders.line l on l.id = (t.e ->> 'line')::bigint
		    and l.order_id = purchase
		join orders.line s on s.id = l.linked_line_id
		where orders.ship_shows(l, s) and not exists (
		    select from orders.packed k
		    join orders.despatch r on r.id = k.despatch_id
		    where r.origin_id = d.id and r.state in ('received', 'short')
		    and k.line_id = s.id)
		union all
		select e, ord, true
		from jsonb_array_elements(ours) with ordinality t (e, ord)
		join orders.line s on s.id = (t.e ->> 'line')::bigint
		join orders.line l on l.linked_line_id = s.id
		    and l.order_id = purchase
		where not orders.ship_shows(l, s)
	) x);
end
$$;

-- The packages that lines lie in, with those around them.
create or replace function orders.packages_of(packages jsonb, lines jsonb)
returns jsonb language sql stable as $$
	with recursive used as (
		select distinct (e ->> 'package')::int as position
		from jsonb_array_elements(lines) e
		union
		select (p ->> 'parent')::int from used
		join jsonb_array_elements(packages) p
		    on (p ->> 'position')::int = used.position
	)
	select coalesce(jsonb_agg(p order by (p ->> 'position')::int), '[]')
	from jsonb_array_elements(packages) p
	where (p ->> 'position')::int in (select position from used)
$$;

-- What the mirror of a despatch should hold.
create or replace function orders.mirror_content(d orders.despatch,
    purchase bigint, m orders.despatch)
returns jsonb language plpgsql stable as $$
declare
	content jsonb := orders.despatch_content(d);
	lines jsonb := orders.mirror_lines(d, purchase, m);
	alone boolean := (select count(*) = 1 from orders.shipment
	    where despatch_id = d.id);
begin
	return jsonb_build_object('head', (content -> 'head') || case when alone
	        then '{}' else '{"weight": null, "weight_unit": null}'::jsonb end,
	    'packages', orders.packages_of(content -> 'packages', lines),
	    'lines', lines);
end
$$;

-- Two contents that say the same?
create or replace function orders.same_content(a jsonb, b jsonb)
returns boolean language sql immutable as $$
	select a -> 'head' = b -> 'head' and a -> 'packages' = b -> 'packages'
	    and (select jsonb_agg(e order by e) from (select e - 'origin' as e
	        from jsonb_array_elements(a -> 'lines') e) x)
	    is not distinct from (select jsonb_agg(e order by e) from (
	        select e - 'origin' as e
	        from jsonb_array_elements(b -> 'lines') e) y)
$$;

-- The head of a content as the head of a canonical despatch.
create or replace function orders.content_doc(content jsonb, ship_to jsonb)
returns jsonb language sql immutable as $$
	select jsonb_build_object('ship_date', h -> 'ship_date',
	    'arrival_date', h -> 'arrival_date', 'carrier', jsonb_build_object(
	    'name', h -> 'carrier', 'scac', h -> 'scac'), 'tracking',
	    h -> 'tracking', 'parties', jsonb_build_object('ship_to', ship_to),
	    'totals', jsonb_strip_nulls(jsonb_build_object('weight',
	    h -> 'weight', 'weight_unit', h -> 'weight_unit')))
	from (select content -> 'head') x (h)
$$;

-- Brings the mirror of one despatch up to date; says the numbers of the lines
-- of which another quantity left than before.
create or replace function orders.mirror_despatch(d orders.despatch,
    purchase bigint, h orders.head)
returns jsonb language plpgsql as $$
declare
	m orders.despatch;
	content jsonb;
	o orders.origin := row('shared', null, null, null, null,
	    core.now())::orders.origin;
	what text := 'corrected';
	moved jsonb;
begin
	select x.* into m from orders.despatch x
	join orders.shipment s on s.despatch_id = x.id and s.order_id = h.id
	where x.origin_id = d.id and x.state in ('sent', 'cancelled');
	content := orders.mirror_content(d, purchase, m);
	if orders.same_content(content, orders.despatch_content(m))
	    or m.id is null and content -> 'lines' = '[]' then
		return '[]';
	elsif m.id is null then
		what := 'sent';
		m := orders.despatch_new(h.partner_id, 'sales',
		    orders.content_doc(content, h.ship_to) || jsonb_build_object(
		    'number', orders.despatch_number(h)), o, d.id);
		perform orders.shipment_in(m, h.id, (select id from orders.shipment
		    where despatch_id = d.id and order_id = purchase));
	else
		m := orders.despatch_head(m, orders.content_doc(content, h.ship_to),
		    o);
		perform orders.despatch_touch(m.id);
	end if;
	moved := (select coalesce(jsonb_agg(l.line_id order by l.position), '[]')
	    from orders.packed_sums(orders.despatch_content(m) -> 'lines') b
	    full join orders.packed_sums(content -> 'lines') n using (line)
	    join orders.line l on l.id = line
	    where b.quantity is distinct from n.quantity);
	if d.state = 'cancelled' and content -> 'lines' = '[]' then
		m := orders.despatch_cancel(m, o);
		what := 'cancelled';
	else
		perform orders.despatch_put(m, content, o);
	end if;
	perform orders.mirror_told(m.id, h.id, what);
	return case what when 'cancelled' then '[]'::jsonb else moved end;
end
$$;

-- A mirror has changed: kept, told, sent where agreed.
create or replace function orders.mirror_told(mirror bigint,
    of_order bigint, what text)
returns void language plpgsql as $$
declare
	m orders.despatch;
begin
	select * into m from orders.despatch where id = mirror;
	perform orders.despatches_keep(of_order);
	perform core.emit(m.partner_id, 'despatch.' || what, 'despatch',
	    m.public_id, m.number, jsonb_build_object('version',
	    m.despatch_version));
	perform orders.send_despatch(m);
end
$$;

-- All despatches of a purchase order on the distributor's side.
create or replace function orders.share_despatches(purchase bigint)
returns jsonb language plpgsql as $$
declare
	h orders.head;
	d orders.despatch;
	moved jsonb := '[]';
begin
	select s.* into h from orders.head p
	join orders.head s on s.id = p.linked_order_id where p.id = purchase;
	for d in select x.* from orders.despatch x
		join orders.shipment s on s.despatch_id = x.id
		where s.order_id = purchase and x.state in ('sent', 'cancelled')
		order by x.id
	loop
		moved := moved || orders.mirror_despatch(d, purchase, h);
	end loop;
	return moved;
end
$$;
