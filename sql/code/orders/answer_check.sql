-- SPDX-License-Identifier: Apache-2.0
--
-- Checks of a supplier's answer against his order: whether it came before,
-- whether its lines are the order's, add up, and say what its head says.

-- The line of an order that a line of a document means: by the buyer's number,
-- then by the item.
create or replace function orders.line_meant(of_order bigint, e jsonb)
returns bigint language plpgsql stable as $$
begin
	return coalesce(
	    (select id from orders.line where order_id = of_order
	        and line_id = coalesce(e ->> 'order_line_id', e ->> 'line_id')),
	    (select min(l.id) from orders.line l
	        join item.item i on i.id = l.item_id
	        where l.order_id = of_order
	        and (i.id = item.by_gtin(e #>> '{item,gtin}')
	        or i.number = e #>> '{item,buyers_item_id}'
	        or l.item ->> 'sellers_item_id'
	            = e #>> '{item,sellers_item_id}')
	        having count(*) = 1));
end
$$;

-- May its seller still say something of it?
create or replace function orders.answerable(h orders.head)
returns boolean language sql immutable as $$
	select h.state in ('submitted', 'acknowledged', 'conditional',
	    'accepted', 'change_pending', 'in_fulfilment')
$$;

-- Has this answer come before? Null: no; else a finding that ends it: a warning
-- for the same again, an error for other content of one number and code. Rows of
-- a sheet are compared with what stands, and an 855 bears the number of the
-- supplier's order, not one of its own.
create or replace function orders.answer_seen(h orders.head,
    canonical jsonb)
returns jsonb language plpgsql stable as $$
begin
	if exchange.is_sheet(canonical ->> 'standard')
	    or canonical ->> 'standard' = 'x12' then
		return null;
	end if;
	return (select jsonb_build_array(orders.finding(case when s.same
	    then 'answer_duplicate' else 'answer_number_used' end,
	    case when s.same then 'warning' else 'error' end, '/number',
	    canonical ->> 'number', null, jsonb_build_object('order', h.number)))
	from (select bool_or(orders.digest(m.canonical)
	        = orders.digest(answer_seen.canonical)) as same
	    from exchange.message m
	    where m.object_id = h.public_id and m.type = 'order_response'
	    and m.effect = 'applied' and m.canonical ->> 'number'
	        = answer_seen.canonical ->> 'number'
	    and m.canonical ->> 'standard'
	        = answer_seen.canonical ->> 'standard'
	    and m.canonical ->> 'response_code'
	        = answer_seen.canonical ->> 'response_code') s
	where s.same is not null);
end
$$;

-- What is wrong with an answer.
create or replace function orders.response_findings(h orders.head,
    canonical jsonb)
returns jsonb language plpgsql stable as $$
declare
	code text := canonical ->> 'response_code';
	found jsonb;
begin
	if h.id is null then
		return jsonb_build_array(orders.finding('order_unknown', 'error',
		    '/order_number', canonical ->> 'order_number', null));
	elsif coalesce(code, '') not in ('AB', 'AP', 'CA', 'RE') then
		return jsonb_build_array(orders.finding('response_code', 'error',
		    '/response_code', code, 'AB, AP, CA, RE'));
	elsif not orders.answerable(h) then
		return jsonb_build_array(orders.finding('order_over', 'error',
		    '/order_number', h.state, null));
	elsif code <> 'CA' then
		return orders.differing_findings(h, canonical, code);
	end if;
	if canonical ->> 'currency' <> h.currency and jsonb_path_exists(
	    canonical, '$.lines[*].price_amount') then
		found := jsonb_build_array(orders.finding('answer_currency', 'error',
		    '/currency', canonical ->> 'currency', h.currency));
	end if;
	return coalesce(found, '[]') || coalesce((
	    select jsonb_agg(f order by ord) from (
	        select l, e, ord, row_number() over (partition by l.id,
	            orders.only_change(e) order by ord) as nth
	        from jsonb_array_elements(canonical -> 'lines')
	            with ordinality t (e, ord),
	        lateral (select orders.line_meant(h.id, e) as id offset 0) m
	        left join orders.line l on l.id = m.id) x,
	    lateral jsonb_array_elements(orders.answer_line_findings(h, x.l, x.e,
	        '/lines/' || x.ord - 1, x.nth)) f), '[]');
end
$$;

-- What is wrong with one line of an answer.
--   l    the line that it means, or null
--   nth  how often the answer has said something of it, this time included
create or replace function orders.answer_line_findings(h orders.head,
    l orders.line, e jsonb, place text, nth bigint)
returns jsonb language plpgsql stable as $$
declare
	args jsonb := jsonb_build_object('line', l.line_id);
	wrong text := orders.no_quantity(e);
begin
	if l.id is null then
		return case when e ? 'change' and orders.change_names(h,
		    e ->> 'line_id') then '[]' else jsonb_build_array(orders.finding(
		    'line_unknown', 'error', place || '/line_id', coalesce(
		    e ->> 'order_line_id', e ->> 'line_id'), null)) end;
	end if;
	return (select coalesce(jsonb_agg(v.f), '[]') from (values
	    (case when nth > 1 and not orders.only_change(e) then
	        orders.finding('answer_twice', 'error', place || '/line_id',
	        l.line_id, null, args) end),
	    (case when not e ? 'substitute_item' then orders.other_item_finding(
	        l, e -> 'item', 'answer_item', place) end),
	    (case when not orders.price_ok(orders.answer_price(l, e, false),
	        l.ordered / l.price_base) then orders.finding('answer_price',
	        'error', place || '/price_amount', e ->> 'price_amount', null,
	        args) end),
	    (case when coalesce(core.try_decimal(e ->> 'confirmed'),
	        core.try_decimal(e ->> 'rejected'), 0) + coalesce(
	        core.try_decimal(e ->> 'backordered'), 0)
	        > greatest(l.ordered - l.cancelled, orders.asked_quantity(l))
	        then orders.finding('quantity_over', 'error',
	        place || '/confirmed', coalesce(e ->> 'confirmed', e ->> 'rejected',
	        e ->> 'backordered'), trim_scale(l.ordered
	        - l.cancelled)::text, args) end),
	    (case when not orders.same_unit(coalesce(e ->> 'unit_code', l.unit),
	        l.unit) then orders.finding('answer_unit', 'error',
	        place || '/unit_code', e ->> 'unit_code', l.unit, args) end),
	    (orders.schedule_finding(l, e, place)),
	    (case when e ? 'substitute_item'
	        and orders.substitute_find(l, e -> 'substitute_item') is null
	        then orders.finding('item_unknown', 'error',
	        place || '/substitute_item', orders.item_text(
	        e -> 'substitute_item'), null, args) end),
	    (case when wrong is not null then orders.finding('answer_quantity',
	        'error', place || '/confirmed', wrong, '>= 0', args) end)) v (f)
	where v.f is not null);
end
$$;

-- The first quantity of a line of an answer that is none: below zero, or with
-- more decimals than are kept.
create or replace function orders.no_quantity(e jsonb)
returns text language plpgsql immutable as $$
begin
	return (select q #>> '{}' from (
	    select v as q from (values (e -> 'confirmed'), (e -> 'backordered'),
	        (e -> 'rejected')) x (v)
	    union all
	    select p -> 'quantity' from jsonb_array_elements(e -> 'schedule') p) y
	where q is not null and core.try_quantity(q #>> '{}') >= 0 is not true
	limit 1);
end
$$;

-- An item as a person would name it.
create or replace function orders.item_text(spec jsonb)
returns text language sql immutable as $$
	select coalesce(spec ->> 'gtin', spec ->> 'sellers_item_id',
	    spec ->> 'buyers_item_id', '')
$$;

-- A line whose number is one of the order and whose item is another one that we
-- know: nobody can say which of the two is meant. Null: it is the same.
--   spec  the item as its supplier names it
create or replace function orders.other_item_finding(l orders.line,
    spec jsonb, rule text, place text)
returns jsonb language plpgsql stable as $$
declare
	said bigint[] := array(
	    select item.by_gtin(spec ->> 'gtin') union all
	    select i.id from item.item i
	    where i.number = spec ->> 'buyers_item_id' union all
	    select s.item_id from item.source s
	    where s.partner_id = l.partner_id
	    and s.suppliers_item_id = spec ->> 'sellers_item_id');
begin
	said := array_remove(said, null);
	if said = '{}' or l.item_id is null or l.item_id = any (said)
	    or l.substitute_id = any (said) then
		return null;
	end if;
	return orders.finding(rule, 'error', place || '/item',
	    orders.item_text(spec), orders.item_text(orders.item_spec(l.item_id,
	    l.partner_id, 'purchase')), jsonb_build_object('line', l.line_id));
end
$$;

-- Deliveries that do not add up to what is confirmed, or to that and what is
-- put off. Null: they do, or they name days alone.
create or replace function orders.schedule_finding(l orders.line,
    e jsonb, place text)
returns jsonb language plpgsql stable as $$
declare
	n numeric := orders.answer_quantity(l, e);
	later numeric := coalesce(core.try_decimal(e ->> 'backordered'), 0);
	total numeric := 0;
	reached boolean := n = 0;
	p jsonb;
begin
	if not e ? 'schedule' or e ->> 'action' = '7' then
		return null;
	end if;
	for p in select * from jsonb_array_elements(e -> 'schedule') loop
		total := total + core.try_decimal(p ->> 'quantity');
		if total is null then
			return null;
		end if;
		reached := reached or total = n;
	end loop;
	return case when not reached or total not in (n, n + later)
	    then orders.finding('answer_schedule', 'error', place || '/schedule',
	    trim_scale(total)::text, trim_scale(n)::text, jsonb_build_object(
	    'line', l.line_id)) end;
end
$$;

-- An answer that accepts or rejects the order as a whole, of which a line says
-- otherwise: neither may be lost. Of lines that were answered before, and of a
-- change, the head alone speaks.
create or replace function orders.differing_findings(h orders.head,
    canonical jsonb, code text)
returns jsonb language plpgsql stable as $$
begin
	if code = 'AB' or h.change_id is not null then
		return '[]';
	end if;
	return (select coalesce(jsonb_agg(f), '[]') from (
	    select orders.finding('answer_differs', 'error', '/response_code',
	        code, 'CA', jsonb_build_object('line', l.line_id)) as f
	    from jsonb_array_elements(canonical -> 'lines')
	        with ordinality t (e, ord)
	    join orders.line l on l.id = orders.line_meant(h.id, t.e)
	    where l.state = 'open' and case code when 'AP'
	        then orders.not_as_ordered(l, e, coalesce(canonical ->> 'currency',
	            h.currency) = h.currency)
	        else e ->> 'action' <> '7' and coalesce(core.try_decimal(
	            e ->> 'confirmed'), 0) + coalesce(core.try_decimal(
	            e ->> 'backordered'), 0) > 0 end
	    order by ord limit 1) x);
end
$$;

-- Does a line of an answer say anything but yes?
create or replace function orders.not_as_ordered(l orders.line, e jsonb,
    same_currency boolean)
returns boolean language plpgsql stable as $$
declare
	days text[] := array(select p ->> 'date'
	    from jsonb_array_elements(orders.wanted_parts(l)) p);
begin
	return e ->> 'action' = '7' or e ? 'substitute_item'
	    or orders.answer_quantity(l, e) <> l.ordered - l.cancelled
	    or e ? 'price_amount' and not (same_currency
	        and coalesce(orders.answer_price(l, e, false) = l.price, true))
	    or exists (select from jsonb_array_elements(e -> 'schedule') p
	        where p ->> 'date' <> all (days));
end
$$;

-- Lines of a document that can no longer be answered otherwise: they stay as
-- they are, the others count.
create or replace function orders.late_findings(h orders.head,
    canonical jsonb)
returns jsonb language plpgsql stable as $$
begin
	if canonical ->> 'response_code' is distinct from 'CA' then
		return '[]';
	end if;
	return (select coalesce(jsonb_agg(orders.finding('answer_late', 'warning',
	    '/lines/' || ord - 1, l.state, null, jsonb_build_object('line',
	    l.line_id)) order by ord), '[]')
	from jsonb_array_elements(canonical -> 'lines') with ordinality t (e, ord)
	join orders.line l on l.id = orders.line_meant(h.id, t.e)
	where (l.shipped > 0 or l.state not in ('open', 'proposed', 'accepted',
	    'backordered'))
	and orders.rest_input(l, e, orders.answer_input(l, e, false)) is null
	and not (l.state in ('rejected', 'cancelled') and e ->> 'action' = '7')
	and not orders.says_nothing_new(l, orders.answer_event(l, e),
	    orders.answer_input(l, e, false)));
end
$$;
