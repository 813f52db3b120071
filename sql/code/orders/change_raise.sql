-- SPDX-License-Identifier: Apache-2.0
--
-- The part of a distributor's change that concerns one supplier's order: his
-- own line numbers and prices, never the distributor's.

-- The part, as differences of the supplier's order; each names the line of the
-- distributor's change (parent).
create or replace function orders.change_part(h orders.head,
    c orders.change, p orders.head)
returns jsonb language plpgsql stable as $$
declare
	d jsonb;
	one jsonb;
	found jsonb := '[]';
begin
	for d in select * from jsonb_array_elements(c.lines) loop
		one := case when d ->> 'action' = '1'
		    then orders.part_added(h, d, p)
		    else orders.part_changed(d, p) end;
		if one is not null then
			found := found || jsonb_build_array(one
			    || jsonb_build_object('parent', d ->> 'line_id'));
		end if;
	end loop;
	return orders.number_lines(p, found);
end
$$;

-- A changed or deleted line at its supplier; null when he need not be asked.
create or replace function orders.part_changed(d jsonb, p orders.head)
returns jsonb language plpgsql stable as $$
declare
	l orders.line;
	wish jsonb;
	price record;
begin
	select * into l from orders.line x where x.order_id = p.id
	    and x.linked_line_id = (d ->> 'line')::bigint;
	if l.id is null or l.shipped > 0 or orders.line_over(l.state) then
		return null;
	end if;
	wish := orders.wish_of(l);
	if d ->> 'action' = '3' and (d -> 'new') - '{price,base,listed}'::text[]
	    = wish - '{price,base}'::text[] then
		return null;
	end if;
	select * into price from orders.listed(p.partner_id, l.item_id,
	    p.currency, (d #>> '{new,quantity}')::numeric);
	return jsonb_strip_nulls(jsonb_build_object('line_id', l.line_id,
	    'action', d ->> 'action', 'line', l.id, 'item', l.item_id,
	    'unit', l.unit, 'old', wish, 'new', (d -> 'new')
	        - '{price,base,listed}'::text[] || jsonb_strip_nulls(
	    jsonb_build_object('price', orders.plain(coalesce(price.amount,
	        l.price)), 'base', trim_scale(coalesce(price.base,
	        l.price_base))::text))));
end
$$;

-- An added line at the supplier who delivers the item and has an order of this
-- business already; null when it is another one's.
create or replace function orders.part_added(h orders.head, d jsonb,
    p orders.head)
returns jsonb language plpgsql stable as $$
declare
	price record;
	spec jsonb;
begin
	select jsonb_strip_nulls(jsonb_build_object('gtin', i.gtin,
	    'buyers_item_id', i.number, 'sellers_item_id', s.suppliers_item_id,
	    'name', i.name_en)) into spec
	from item.source s join item.item i on i.id = s.item_id
	where s.item_id = (d ->> 'item')::bigint and s.preferred
	and s.partner_id = p.partner_id and p.id = (select min(x.id)
	    from orders.head x where x.linked_order_id = h.id
	    and x.partner_id = p.partner_id);
	if spec is null then
		return null;
	end if;
	select * into price from orders.listed(p.partner_id,
	    (d ->> 'item')::bigint, p.currency,
	    (d #>> '{new,quantity}')::numeric);
	return jsonb_build_object('action', '1', 'item', d -> 'item', 'unit',
	    d -> 'unit', 'spec', spec, 'over_ship', least((
	        (exchange.terms(p.partner_id)).tolerances
	        ->> 'over_ship_percent')::numeric,
	        ((exchange.terms(h.partner_id)).tolerances
	        ->> 'over_ship_percent')::numeric), 'new',
	    (d -> 'new') - '{price,base,listed}'::text[] || jsonb_strip_nulls(
	    jsonb_build_object('price', orders.plain(price.amount), 'base',
	    trim_scale(price.base)::text)));
end
$$;

-- The sales line that a line of a supplier's change is for.
create or replace function orders.sold_line(p orders.head, d jsonb)
returns bigint language plpgsql stable as $$
begin
	return (select s.id from orders.line s
	    where s.order_id = p.linked_order_id
	    and s.line_id = d ->> 'parent');
end
$$;

-- An order that its supplier does not know of yet is simply put right.
create or replace function orders.change_draft(p orders.head, part jsonb)
returns void language plpgsql as $$
declare
	d jsonb;
	l orders.line;
begin
	for d in select * from jsonb_array_elements(part) loop
		select * into l from orders.line where order_id = p.id
		and line_id = d ->> 'line_id';
		perform orders.apply_line(p, l, d || jsonb_build_object('sold',
		    orders.sold_line(p, d)), orders.origin_system());
	end loop;
	perform orders.refresh(p.id);
end
$$;

-- Asks a supplier: his order waits with its lines as they are.
create or replace function orders.change_child(c orders.change,
    p orders.head, part jsonb)
returns void language plpgsql as $$
declare
	k orders.change;
	v int;
	place jsonb := orders.part_place(c, p);
	own orders.change := orders.change_waiting(p);
begin
	if own.id is not null then
		part := orders.change_carried(p, orders.line_ids(part), own)
		    || orders.with_prices(part, own);
		p := orders.change_yield(own, p);
	end if;
	insert into orders.change (public_id, partner_id, order_id, kind, number,
	    state, direct, head, lines, parent_id, source, created_at, sent_at,
	    replaces_id)
	values (core.uuid7(), p.partner_id, p.id, c.kind, p.number || '-C'
	    || (select count(*) + 1 from orders.change x
	        where x.order_id = p.id), 'pending', false,
	    case when place is not null then jsonb_build_object('ship_to',
	        jsonb_build_object('old', p.ship_to, 'new', place))
	        else '{}' end,
	    part, c.id, 'system', core.now(), core.now(), coalesce(own.id, (
	        select max(x.id) from orders.change x where x.order_id = p.id
	        and x.parent_id = c.replaces_id and x.state = 'superseded')))
	returning * into k;
	if c.kind = 'change' then
		v := orders.version_add(p, orders.changed_content(
		    orders.content_now(p), k, part), 'pending',
		    orders.origin_system());
		update orders.change set order_version = v where id = k.id
		returning * into k;
	end if;
	update orders.head set change_id = k.id where id = p.id;
	update orders.line set change_id = k.id, undo_until = null,
	    previous = null
	where order_id = p.id and line_id = any (orders.line_ids(part));
	if p.state = 'accepted' then
		perform orders.change_wait(p, 'change');
	end if;
	perform orders.refresh(p.id);
	perform orders.change_deliver(p, k);
end
$$;

-- A supplier hears of a change: on the screen, and as a document if he wants.
create or replace function orders.change_deliver(p orders.head,
    k orders.change)
returns void language plpgsql as $$
begin
	if k.parent_id is not null or k.state = 'accepted' then
		perform core.emit(p.partner_id, 'order.change_sent', 'order',
		    p.public_id, p.number, jsonb_build_object('change', k.number,
		    'kind', k.kind, 'lines', to_jsonb(orders.line_ids(k.lines)))
		    || jsonb_strip_nulls(jsonb_build_object('replaces', (
		        select x.number from orders.change x
		        where x.id = k.replaces_id))));
	end if;
	if (exchange.wants(p.partner_id, 'order_change')).id is not null then
		perform exchange.send(p.partner_id, 'order_change',
		    orders.change_doc(p, k), core.now(), 'order', p.public_id);
	end if;
end
$$;

-- Lines of a supplier's order that were cancelled at once, as the buyer may
-- before acceptance and line by line: the supplier is told by a change that
-- needs no answer.
create or replace function orders.change_told(of_order bigint, ids text[])
returns void language plpgsql as $$
declare
	p orders.head;
	k orders.change;
	lines jsonb;
	whole boolean := not exists (select from orders.line
	    where order_id = of_order and state <> 'cancelled');
begin
	select * into p from orders.head where id = of_order;
	select jsonb_agg(jsonb_build_object('line_id', l.line_id, 'action', '2',
	    'line', l.id, 'item', l.item_id, 'unit', l.unit, 'outcome',
	    'accepted', 'old', orders.wish_of(l) || jsonb_build_object(
	        'quantity', trim_scale(l.ordered)::text)) order by l.position)
	into lines from orders.line l
	where l.order_id = of_order and l.line_id = any (ids);
	if lines is null or p.submitted_at is null then
		return;
	end if;
	insert into orders.change (public_id, partner_id, order_id, kind, number,
	    state, lines, source, created_at, sent_at, answered_at, applied_at)
	values (core.uuid7(), p.partner_id, p.id, case when whole then 'cancel'
	    else 'change' end, p.number || '-C' || (select count(*) + 1
	        from orders.change x where x.order_id = p.id), 'accepted', lines,
	    'system', core.now(), core.now(), core.now(), core.now())
	returning * into k;
	if not whole then
		perform orders.version_stands(p.id, orders.version_add(p,
		    orders.changed_content(orders.content_now(p), k, lines),
		    'pending', orders.origin_system()));
		update orders.change set order_version = (select x.order_version
		    from orders.head x where x.id = p.id)
		where id = k.id returning * into k;
	end if;
	perform orders.change_deliver(p, k);
end
$$;
