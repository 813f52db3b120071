-- SPDX-License-Identifier: Apache-2.0
--
-- What follows from what was said. orders.settle may be called by anybody at
-- any time: it brings an order and those linked with it to where the rules
-- say they are, and does nothing when they are there. It runs with the owner's
-- eyes, because a supplier's word moves a distributor's order.

-- Locks an order and all linked with it, always by the same lock, so that two
-- sides of one business never wait for each other crosswise.
create or replace function orders.lock_family(of_order bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
	perform pg_advisory_xact_lock(hashtextextended('order family', coalesce(
	    (select linked_order_id from orders.head where id = of_order),
	    of_order)));
end
$$;

select core.definer('orders.lock_family(bigint)',
    'reads which orders are linked, locks, tells nothing',
    'portals', 'worker', 'admin');

-- The businesses that orders belong to, in the order in which everybody locks
-- them, whichever side his orders are of.
create or replace function orders.families(of_orders bigint[])
returns setof bigint language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return query select distinct coalesce(h.linked_order_id, h.id)
	from orders.head h where h.id = any (of_orders) order by 1;
end
$$;
select core.definer('orders.families(bigint[])',
    'reads which orders are linked, for their locks', 'portals', 'worker',
    'admin');

create or replace function orders.settle(of_order bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	h orders.head;
begin
	perform orders.lock_family(of_order);
	select * into h from orders.head where id = of_order;
	perform orders.despatches_keep(of_order);
	if h.id is null or h.state = 'draft' then
		return;
	elsif h.kind = 'purchase' then
		perform orders.settle_seller(h);
		if h.linked_order_id is not null then
			perform orders.share(h.id);
			perform orders.settle_sales(h.linked_order_id);
		end if;
		perform orders.advance(h.id);
	else
		perform orders.settle_seller(h);
		perform orders.settle_sales(h.id);
	end if;
end
$$;
select core.definer('orders.settle(bigint)',
    'moves linked orders of several partners by the rules; harmless to call',
    'portals', 'worker', 'admin');

-- A sales order after something moved: decisions go down to its purchase
-- orders, and its own state follows from its lines.
create or replace function orders.settle_sales(of_order bigint)
returns void language plpgsql as $$
declare
	p bigint;
begin
	perform orders.decide_inside(of_order);
	perform orders.advance(of_order);
	perform orders.report_later(of_order);
	for p in select distinct l.order_id
		from orders.line s join orders.line l on l.linked_line_id = s.id
		where s.order_id = of_order
		order by 1
	loop
		if orders.hand_down(p) then
			perform orders.advance(p);
		end if;
		if orders.shipped_ahead(p) then
			perform orders.share(p);
			perform orders.advance(of_order);
		end if;
	end loop;
end
$$;

-- Did something else leave than the distributor's lines say? So it is when
-- goods were on their way before he had decided, or while a value was held
-- back.
create or replace function orders.shipped_ahead(purchase bigint)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.line l
	    join orders.line s on s.id = l.linked_line_id
	    where l.order_id = purchase and l.shipped <> s.shipped
	    and s.state in ('accepted', 'backordered', 'part_shipped',
	        'shipped'));
end
$$;

-- Answers whose window is over can no longer be taken back; a deviation from
-- a supplier inside what was agreed is accepted by the system.
create or replace function orders.settle_seller(h orders.head)
returns void language plpgsql as $$
declare
	t timestamptz := core.now();
	terms exchange.agreement;
	l orders.line;
begin
	update orders.line set undo_until = null, previous = null
	where order_id = h.id and undo_until <= t;
	if h.kind = 'sales' then
		return;
	end if;
	terms := exchange.terms(h.partner_id);
	for l in select * from orders.line where order_id = h.id
		and state = 'proposed' and undo_until is null order by id
	loop
		if orders.tolerated(l, terms.tolerances) then
			perform orders.decide_line(l, 'accept', orders.origin_system());
		end if;
	end loop;
end
$$;

-- How many days, at most, a part of a line is promised off the day for which it
-- is wanted: what is promised first is for what is wanted first. Null where no
-- day is wanted.
create or replace function orders.days_off(l orders.line)
returns int language plpgsql stable as $$
begin
	return (with parts as (select false as wanted, s.due_on as day,
	        s.quantity as n, sum(s.quantity) over (order by s.due_on, s.id)
	            as upto
	    from orders.schedule s where s.line_id = l.id
	    and s.kind in ('confirmed', 'backordered')
	    union all
	    select true, w.day, w.n, sum(w.n) over (order by w.day, w.ord)
	    from (select (p ->> 'date')::date as day,
	            (p ->> 'quantity')::numeric as n, ord
	        from jsonb_array_elements(orders.wanted_parts(l))
	            with ordinality t (p, ord)) w)
	select max(abs(p.day - w.day)) from parts p
	join parts w on w.wanted and p.upto > w.upto - w.n
	    and w.upto > p.upto - p.n
	where not p.wanted);
end
$$;

-- Is what was proposed near enough to what was ordered?
create or replace function orders.tolerated(l orders.line, allowed jsonb)
returns boolean language plpgsql stable as $$
declare
	days int := coalesce((allowed ->> 'days')::int, 0);
	quantity numeric := coalesce((allowed ->> 'quantity_percent')::numeric, 0);
	price numeric := coalesce((allowed ->> 'price_percent')::numeric, 0);
begin
	return coalesce(orders.days_off(l) <= days, true)
	    and (l.ordered - l.cancelled - l.confirmed) * 100
	        <= quantity * l.ordered
	    and l.backordered = 0 and l.substitute_id is null
	    and coalesce(abs(l.offered_price - l.price) * 100
	        <= price * l.price, l.offered_price is null);
end
$$;

-- Deviations inside a distributor's agreement are accepted by the system.
create or replace function orders.decide_inside(of_order bigint)
returns void language plpgsql as $$
declare
	terms exchange.agreement;
	l orders.line;
begin
	for l in select * from orders.line where order_id = of_order
		and state = 'proposed' and undo_until is null order by id
	loop
		if terms.id is null then
			terms := exchange.terms(l.partner_id);
		end if;
		if orders.tolerated(l, terms.tolerances) then
			perform orders.decide_line(l, 'accept', orders.origin_system());
		end if;
	end loop;
end
$$;

-- The supplier's word reaches the distributor's lines: dates, quantities,
-- status, the reason's code and shipments, nothing else; no text in his own
-- words, which could name him. The house says it. Lines held by an
-- account manager, and answers that may still be taken back, wait.
create or replace function orders.share(purchase bigint)
returns void language plpgsql as $$
declare
	sales bigint := (select linked_order_id from orders.head
	    where id = purchase);
	moved jsonb := orders.share_lines(purchase);
	left_now jsonb := orders.share_despatches(purchase);
begin
	if left_now <> '[]' then
		moved := moved || jsonb_build_object('shipped', left_now);
	end if;
	perform orders.tell_lines(sales, moved);
	-- of what has left just now, the rest may be put off or given up
	if left_now <> '[]' then
		perform orders.tell_lines(sales, orders.share_lines(purchase));
	end if;
end
$$;

-- The word of it; the steps that the distributor's lines took.
create or replace function orders.share_lines(purchase bigint)
returns jsonb language plpgsql as $$
declare
	l orders.line;
	s orders.line;
	moved jsonb := '{}';
	step text;
begin
	for l in select * from orders.line p
		where p.order_id = purchase and p.linked_line_id is not null
		and p.undo_until is null and p.state <> 'open'
		and p.change_id is null
		and not exists (select from orders.hold h
			where h.line_id in (p.id, p.linked_line_id)
			and h.released_at is null)
		order by p.id
	loop
		select * into s from orders.line where id = l.linked_line_id
		for update;
		step := orders.share_line(l, s);
		if step is not null then
			moved := jsonb_set(moved, array[step], coalesce(moved -> step,
			    '[]') || to_jsonb(s.line_id));
		end if;
	end loop;
	return moved;
end
$$;

-- One event for each kind of step that lines of an order took.
--   moved  {"confirmed": ["10", "20"], "shipped": ["30"]}
create or replace function orders.tell_lines(of_order bigint, moved jsonb)
returns void language plpgsql as $$
begin
	perform core.emit(h.partner_id, 'order.line.' || m.key, 'order',
	    h.public_id, h.number, jsonb_build_object('lines', m.value))
	from jsonb_each(moved) m, orders.head h where h.id = of_order;
end
$$;

-- [["confirmed", "10"], …] as {"confirmed": ["10", …], …}.
create or replace function orders.told(steps jsonb)
returns jsonb language plpgsql immutable as $$
begin
	return (select jsonb_object_agg(step, lines) from (
	    select s ->> 0 as step, jsonb_agg(s -> 1 order by nr) as lines
	    from jsonb_array_elements(steps) with ordinality t (s, nr)
	    group by 1) g);
end
$$;

-- What of some parts is promised.
create or replace function orders.promised(parts jsonb)
returns jsonb language plpgsql immutable as $$
begin
	return (select orders.sorted_parts(coalesce(jsonb_agg(p), '[]'))
	from jsonb_array_elements(parts) p
	where p ->> 'kind' in ('confirmed', 'backordered'));
end
$$;

-- The same by day, whether confirmed or put off: what leaves becomes confirmed.
create or replace function orders.promised_days(parts jsonb)
returns jsonb language plpgsql immutable as $$
begin
	return (select orders.promised(coalesce(jsonb_agg(p
	    || '{"kind": "confirmed"}'), '[]'))
	from jsonb_array_elements(parts) p
	where p ->> 'kind' in ('confirmed', 'backordered'));
end
$$;

-- Does a supplier's line promise something else than its distributor's line?
-- Once something of that one is on its way, only its rest can be told otherwise
-- (orders.rest_differs); so where the rest was given up before he could be told
-- that goods had left: they come first.
create or replace function orders.promises_differ(l orders.line,
    s orders.line)
returns boolean language plpgsql stable as $$
declare
	theirs jsonb := orders.current_parts(l.id);
	ours jsonb := orders.current_parts(s.id);
begin
	return s.shipped = 0 and case when l.shipped = 0
	    then orders.promised(theirs) <> orders.promised(ours)
	    when s.state in ('accepted', 'backordered') and l.confirmed
	        + l.backordered < s.confirmed + s.backordered then false
	    else orders.promised_days(theirs) <> orders.promised_days(ours) end;
end
$$;

-- Does it say something else of what is still to come, of a line of which both
-- say that the same has left?
create or replace function orders.rest_differs(l orders.line, s orders.line)
returns boolean language plpgsql stable as $$
begin
	return s.state = 'part_shipped' and s.shipped = l.shipped
	    and l.state in ('part_shipped', 'shipped')
	    and orders.promised(orders.current_parts(l.id))
	        <> orders.promised(orders.current_parts(s.id));
end
$$;

-- One line of the above; says what happened to the sales line, or null.
create or replace function orders.share_line(l orders.line, s orders.line)
returns text language plpgsql as $$
declare
	o orders.origin := row('shared', null, null, null, null,
	    coalesce(l.answered_at, core.now()))::orders.origin;
	parts jsonb := orders.current_parts(l.id);
	origin bigint := (select max(id) from orders.value where line_id = l.id);
	price numeric;
	step text;
	other boolean := coalesce(l.substitute_id, l.item_id)
	    <> coalesce(s.substitute_id, s.item_id) and l.state <> 'rejected';
begin
	if s.state in ('cancelled', 'received', 'short') then
		return null;
	end if;
	if l.state = 'proposed' and l.offered_price is not null then
		return null;
	end if;
	if s.state = 'open' or s.shipped = 0 and other
	    or orders.promises_differ(l, s) then
		price := orders.substitute_price(s, nullif(coalesce(l.substitute_id,
		    l.item_id), s.item_id));
		s.substitute_id := nullif(coalesce(l.substitute_id, l.item_id),
		    s.item_id);
		parts := orders.shared_parts(parts, s);
		step := case orders.action_of(s, parts, price) when '5' then 'confirm'
		    when '3' then 'propose' else 'reject' end;
		if s.state = 'accepted' and l.state = 'backordered'
		    or s.state in ('accepted', 'backordered') and l.shipped > 0
		    and not other and l.confirmed + l.backordered
		    = s.confirmed + s.backordered then
			step := 'backorder';
		end if;
		s := orders.put_line(s, step, case step when 'confirm' then 'accepted'
		    when 'propose' then 'proposed' when 'backorder' then
		    case when l.backordered > 0 then 'backordered' else 'accepted' end
		    else case when s.state = 'open' then 'rejected' else 'cancelled' end
		    end, case when step = 'reject' and s.state <> 'open' then
		    jsonb_build_array(jsonb_build_object('kind', 'cancelled',
		        'quantity', s.ordered::text)) else parts end,
		    price, orders.shared_reason(l), o, null, null, origin);
		if s.state = 'cancelled' then
			step := 'end';
		end if;
	elsif orders.rest_differs(l, s) then
		step := case l.state when 'shipped' then 'end' else 'backorder' end;
		s := orders.put_line(s, step, l.state, orders.shared_parts(parts, s),
		    null, orders.shared_reason(l), o, null, null, origin);
	end if;
	if l.expected_date is distinct from s.expected_date
	    and l.expected_date is not null and s.state <> 'rejected' then
		s := orders.expect_line(s, l.expected_date, o, origin);
		step := coalesce(step, 'expect');
	end if;
	return orders.past(step);
end
$$;

-- Why, for the other side: the code. What a supplier writes in his own words
-- may name him, unless his agreement says that this may be shown.
create or replace function orders.shared_reason(l orders.line)
returns jsonb language plpgsql stable as $$
begin
	if l.reason is null
	    or coalesce((exchange.terms(l.partner_id)).shows_names, false) then
		return l.reason;
	end if;
	return jsonb_build_object('code', case when l.reason ->> 'code'
	    = any (orders.reason_codes()) then l.reason ->> 'code'
	    else 'other' end);
end
$$;

-- A step as an event tells it.
create or replace function orders.past(step text)
returns text language sql immutable as $$
	select case step when 'confirm' then 'confirmed'
	    when 'propose' then 'proposed' when 'reject' then 'rejected'
	    when 'backorder' then 'backordered' when 'expect' then 'expected'
	    when 'ship' then 'shipped' when 'retract' then 'retracted'
	    when 'accept' then 'accepted' when 'refuse' then 'refused'
	    when 'cancel' then 'cancelled' when 'hold' then 'held'
	    when 'release_hold' then 'released' when 'end' then 'ended'
	    else step end
$$;

-- A purchase line's parts for its sales line: what the house's own refusal
-- or the supplier's explicit zero cancelled is rejected towards a distributor
-- who has no answer yet. What a proposal leaves out of an accepted line is
-- rejected, too: it is cancelled when he says so, not before.
create or replace function orders.shared_parts(parts jsonb, s orders.line)
returns jsonb language plpgsql stable as $$
begin
	return (select orders.sorted_parts(coalesce(jsonb_agg(case
	    when p ->> 'kind' = 'cancelled' and s.state in ('open', 'proposed')
	    then p || '{"kind": "rejected"}' else p end), '[]'))
	from jsonb_array_elements(parts) p);
end
$$;

-- The distributor's decisions reach a purchase order: what he no longer wants
-- is cancelled there, what he accepts is accepted there. True: something moved.
create or replace function orders.hand_down(purchase bigint)
returns boolean language plpgsql as $$
declare
	l orders.line;
	wanted text;
	moved jsonb := '{}';
	gone text[];
	step text;
begin
	for l in select * from orders.line where order_id = purchase
		and state in ('open', 'proposed', 'accepted', 'backordered')
		and shipped = 0 and change_id is null order by id
	loop
		select state into wanted from orders.line where id = l.linked_line_id;
		step := null;
		if wanted = 'cancelled' then
			step := case when l.state = 'proposed' then 'refuse'
			    else 'cancel' end;
			perform orders.cancel_line(l, step, orders.origin_system());
			gone := gone || l.line_id;
		elsif wanted = 'accepted' and l.state = 'proposed'
		    and l.offered_price is null and l.undo_until is null
		    and orders.promised(orders.current_parts(l.id)) = orders.promised(
		        orders.current_parts(l.linked_line_id)) then
			step := 'accept';
			perform orders.decide_line(l, step, orders.origin_system());
		end if;
		if step is not null then
			moved := jsonb_set(moved, array[orders.past(step)],
			    coalesce(moved -> orders.past(step), '[]')
			    || to_jsonb(l.line_id));
		end if;
	end loop;
	if exists (select from orders.head where id = purchase
	    and submitted_at is not null) then
		perform orders.tell_lines(purchase, moved);
		perform orders.change_told(purchase, gone);
	end if;
	return moved <> '{}';
end
$$;
