-- SPDX-License-Identifier: Apache-2.0
--
-- Documents about orders take effect: orders of distributors, answers of
-- suppliers (exchange.handle_with says what a handler is).

-- The word of a partner in a document.
create or replace function orders.origin_document(document bigint)
returns orders.origin language plpgsql stable as $$
declare
	d exchange.document;
begin
	select * into d from exchange.document x where x.id = document;
	return row(case when exchange.is_sheet(d.family) then 'import'
	    else 'edi' end, d.person_id, d.client_id, d.partner_id, d.id,
	    d.received_at)::orders.origin;
end
$$;

create or replace function orders.outcome(effect text, of_order bigint,
    findings jsonb)
returns jsonb language plpgsql stable as $$
declare
	h orders.head;
begin
	select * into h from orders.head where id = of_order;
	return jsonb_strip_nulls(jsonb_build_object('effect', effect,
	    'findings', coalesce(findings, '[]'), 'object_type',
	    case when h.id is not null then 'order' end,
	    'object_id', h.public_id, 'object_number', h.number));
end
$$;

-- An order of a distributor.
create or replace function orders.handle_order(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	f text := coalesce(canonical ->> 'function', 'original');
	placed jsonb;
begin
	if not exists (select from core.partner_role where partner_id = partner
	    and role = 'distributor') then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'role', 'error', '', 'order', null)));
	elsif f in ('duplicate', 'copy') then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'copy', 'warning', '/function', f, 'original')));
	elsif f = 'cancel' then
		return orders.handle_cancel(partner, canonical || jsonb_build_object(
		    'order_number', canonical -> 'number') - 'number', document,
		    dry);
	elsif f = 'replace' then
		return orders.handle_change(partner, canonical || jsonb_build_object(
		    'order_number', canonical -> 'number') - 'number', document,
		    dry);
	elsif f <> 'original' then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'function', 'error', '/function', f, 'original')));
	end if;
	placed := orders.place(partner, orders.with_usual_place(partner,
	    canonical),
	    orders.origin_document(document), dry);
	return orders.outcome(placed ->> 'effect', (placed ->> 'order')::bigint,
	    placed -> 'findings');
end
$$;

-- The purchase order of a supplier that a document names.
create or replace function orders.purchase_named(partner bigint,
    given text)
returns orders.head language plpgsql stable as $$
declare
	h orders.head;
begin
	select * into h from orders.head where partner_id = partner
	    and kind = 'purchase' and state <> 'draft' and number = given;
	return h;
end
$$;

-- A supplier's answer to a purchase order: AB, AP and RE as a whole, CA line
-- by line; lines that a CA does not name stay open.
create or replace function orders.handle_response(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	h orders.head;
	o orders.origin := orders.origin_document(document);
	code text := canonical ->> 'response_code';
	sheet boolean := exchange.is_sheet(canonical ->> 'standard');
	found jsonb;
begin
	h := orders.purchase_named(partner, canonical ->> 'order_number');
	if h.id is not null then
		perform orders.lock_family(h.id);
		select * into h from orders.head x where x.id = h.id for update;
	end if;
	found := orders.answer_seen(h, canonical);
	if found is not null then
		return orders.outcome(case when exchange.has_errors(found)
		    then 'none' else 'duplicate' end, h.id, found);
	end if;
	found := orders.response_findings(h, canonical)
	    || orders.stale_answer(h, canonical);
	if not sheet and not exchange.has_errors(found) then
		found := found || orders.late_findings(h, canonical);
	end if;
	if sheet and orders.answerable(h) then
		found := found || orders.row_findings(h, canonical,
		    orders.wrong_lines(found));
		found := found || orders.change_row_findings(h, canonical,
		    orders.wrong_lines(found));
	end if;
	if exchange.has_errors(found) then
		canonical := orders.without_wrong(canonical, found);
	end if;
	if dry or canonical is null then
		return orders.outcome('none', h.id, found);
	end if;
	update orders.head set partner_number = coalesce(
	    canonical ->> 'sellers_order_number', partner_number)
	where id = h.id returning * into h;
	if sheet and h.change_id is not null then
		perform orders.change_by_sheet(h, canonical, o);
		select * into h from orders.head x where x.id = h.id;
	elsif h.change_id is not null and code <> 'AB' then
		code := orders.answer_change(h, canonical, code, o);
		select * into h from orders.head x where x.id = h.id;
	end if;
	if code = 'AB' and h.state = 'submitted' then
		perform orders.acknowledge(h);
	elsif code = 'AP' then
		perform orders.answer_all(h, 'confirm', '{}', o,
		    '/response_code');
	elsif code = 'RE' then
		perform orders.answer_all(h, 'reject', jsonb_build_object(
		    'reason_code', coalesce(canonical #>> '{lines,0,reason,code}',
		    'other'), 'reason_text', canonical #>> '{text,0,value}'), o,
		    '/response_code');
	elsif code = 'CA' then
		perform orders.answer_each(h, canonical, o);
	end if;
	return orders.outcome('applied', h.id, found);
end
$$;

-- What a line of an answer means for a line of which a part has left: that the
-- rest does not come (7: the explicit zero), or comes later, if all of it is
-- said to. Null: nothing that can still be said.
create or replace function orders.rest_input(l orders.line, e jsonb, a jsonb)
returns jsonb language plpgsql stable as $$
declare
	later numeric := (a #>> '{backorder,quantity}')::numeric;
begin
	if l.state <> 'part_shipped' or l.shipped = 0 then
		return null;
	elsif orders.answer_event(l, e) = 'reject' then
		return a || '{"quantity": "0"}';
	elsif orders.answer_quantity(l, e) + later = l.ordered - l.cancelled
	    and later <= l.confirmed + l.backordered - l.shipped then
		return a || (a -> 'backorder');
	end if;
	return null;
end
$$;

-- Line by line, as a conditional answer says. What was accepted is not rejected
-- any more: 7 is the explicit zero then, which cancels the rest.
create or replace function orders.answer_each(h orders.head,
    canonical jsonb, o orders.origin)
returns void language plpgsql as $$
declare
	sheet boolean := exchange.is_sheet(canonical ->> 'standard');
	e jsonb;
	i int := 0;
	l orders.line;
	moved jsonb := '{}';
	event text;
	a jsonb;
	rest jsonb;
begin
	for e in select * from jsonb_array_elements(canonical -> 'lines') loop
		if jsonb_typeof(e) = 'null' or orders.only_change(e) then
			i := i + 1;
			continue;
		end if;
		select * into l from orders.line
		where id = orders.line_meant(h.id, e) for update;
		event := orders.answer_event(l, e);
		a := orders.answer_input(l, e, sheet);
		rest := orders.rest_input(l, e, a);
		if (rest is not null or l.shipped = 0 and l.state in ('open',
		    'proposed', 'accepted', 'backordered'))
		    and not orders.says_nothing_new(l, event, a)
		then
			if rest is not null or event = 'reject'
			    and l.state in ('accepted', 'backordered') then
				event := 'backorder';
				a := coalesce(rest, a || '{"quantity": "0"}');
			end if;
			l := orders.answer_line(l, event, a, o, '/lines/' || i);
			event := case when event = 'backorder' and l.backordered = 0
			    then 'end' else event end;
			moved := jsonb_set(moved, array[orders.past(event)], coalesce(
			    moved -> orders.past(event), '[]') || to_jsonb(l.line_id));
		end if;
		i := i + 1;
	end loop;
	perform orders.tell_lines(h.id, moved);
	perform orders.settle(h.id);
end
$$;

-- How much a line of an answer confirms; without a word on it all that it does
-- not put off or refuse.
create or replace function orders.answer_quantity(l orders.line, e jsonb)
returns numeric language sql immutable as $$
	select coalesce(core.try_decimal(e ->> 'confirmed'),
	    l.ordered - l.cancelled - coalesce(core.try_decimal(
	        e ->> 'backordered'), 0) - coalesce(core.try_decimal(
	        e ->> 'rejected'), 0))
$$;

-- The step that a line of an answer means. Accepted says the code alone where
-- nothing beside it says less, later or something else; rejected not, where it
-- is about a part and another part is confirmed.
create or replace function orders.answer_event(l orders.line, e jsonb)
returns text language sql immutable as $$
	select case when e ->> 'action' = '7' and not coalesce(
	        core.try_decimal(e ->> 'confirmed') > 0
	        and core.try_decimal(e ->> 'rejected') > 0, false) then 'reject'
	    when e ->> 'action' = '5' and not e ?| array['schedule',
	        'substitute_item'] and orders.answer_quantity(l, e)
	        = l.ordered - l.cancelled then 'confirm'
	    else 'propose' end
$$;

-- The price of a line of an answer for as many as the order's price is for. A
-- document that names no such number means one, a sheet the order's.
create or replace function orders.answer_price(l orders.line, e jsonb,
    sheet boolean)
returns numeric language sql immutable as $$
	select round(core.try_decimal(e ->> 'price_amount') * l.price_base
	    / coalesce(nullif(core.try_decimal(e ->> 'price_base'), 0),
	    case when sheet then l.price_base else 1 end), 4)
$$;

-- A line of a canonical answer as orders.answer_line takes it.
create or replace function orders.answer_input(l orders.line, e jsonb,
    sheet boolean)
returns jsonb language plpgsql stable as $$
declare
	n numeric := orders.answer_quantity(l, e);
	later numeric := coalesce(core.try_decimal(e ->> 'backordered'), 0);
	last_day text := e #>> '{schedule,-1,date}';
	parts jsonb := e -> 'schedule';
begin
	-- what is promised beyond the confirmed quantity is for the backorder
	while jsonb_array_length(parts) > 0 and (select sum(core.try_decimal(
	    p ->> 'quantity')) from jsonb_array_elements(parts) p) > n loop
		parts := parts - -1;
	end loop;
	if parts is not null then
		select jsonb_agg(case when p ->> 'date' <> '' then p else p
		    || jsonb_build_object('date', l.requested_date) end order by k)
		into parts from jsonb_array_elements(parts)
		    with ordinality t (p, k);
	end if;
	if parts is null or parts = '[]'
	    or jsonb_array_length(parts) = 1 and parts #> '{0,quantity}' is null
	then
		-- a date alone is one for all that is confirmed
		parts := jsonb_build_array(jsonb_build_object('quantity', n::text,
		    'date', coalesce(last_day, l.requested_date::text)));
	end if;
	return jsonb_strip_nulls(jsonb_build_object('schedule', parts,
	    'backorder', case when later > 0 then jsonb_build_object('quantity',
	        later::text, 'date', coalesce(e ->> 'backorder_date', last_day,
	        l.requested_date::text)) end,
	    'price', trim_scale(orders.answer_price(l, e, sheet))::text,
	    'substitute', e -> 'substitute_item',
	    'reason_code', coalesce(e #>> '{reason,code}',
	        case when e ->> 'action' = '7' then 'other' end),
	    'reason_text', e #>> '{reason,text}'));
end
$$;

select exchange.handle_with('order', 'orders.handle_order');
select exchange.handle_with('order_response', 'orders.handle_response');
select exchange.handle_with('invoice', 'orders.handle_invoice');
select exchange.handle_with('credit', 'orders.handle_invoice');
select exchange.handle_with('order_status', 'orders.handle_status');
