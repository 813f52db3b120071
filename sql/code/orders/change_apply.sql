-- SPDX-License-Identifier: Apache-2.0
--
-- A change takes effect on lines, and is taken back from them.

-- Gives a line what is asked of it now; it waits for an answer again.
create or replace function orders.reopen_line(l orders.line, new jsonb,
    o orders.origin, place text default null)
returns orders.line language plpgsql as $$
declare
	parts jsonb := coalesce(new -> 'wanted', jsonb_build_array(
	    jsonb_build_object('quantity', new -> 'quantity', 'date',
	    new -> 'date')));
	said numeric := coalesce((new ->> 'price')::numeric, l.price);
	listed numeric := (new ->> 'listed')::numeric;
	changed orders.line;
begin
	delete from orders.schedule where line_id = l.id;
	insert into orders.schedule (partner_id, line_id, kind, quantity, due_on)
	select l.partner_id, l.id, 'open', (p ->> 'quantity')::numeric,
	    (p ->> 'date')::date from jsonb_array_elements(parts) p;
	perform set_config('kontor.step', 'reopen', true);
	update orders.line u set state = 'open', version = u.version + 1,
	    ordered = (new ->> 'quantity')::numeric, open
	        = (new ->> 'quantity')::numeric, confirmed = 0, backordered = 0,
	    rejected = 0, cancelled = 0, requested_date = (new ->> 'date')::date,
	    wanted = new -> 'wanted', price = said,
	    price_base = coalesce((new ->> 'base')::numeric, u.price_base),
	    offered_price = orders.asked_price(l.partner_id, said, listed),
	    answer = null, reason = null, undo_until = null, previous = null,
	    substitute_id = null, expected_date = null,
	    latest_promised_date = null
	where u.id = l.id returning * into changed;
	perform set_config('kontor.step', '', true);
	perform orders.say(changed, orders.wish_values(changed) || case
	    when said is distinct from l.price then jsonb_build_object('price',
	        orders.plain(said)) else '{}' end, o, place);
	perform orders.say(changed, orders.line_values(changed) - case
	    when changed.offered_price is null then 'price' else '' end,
	    orders.origin_system());
	return changed;
end
$$;

-- The list price that the house asks instead of the one a distributor names,
-- where they differ by more than was agreed.
create or replace function orders.asked_price(partner bigint,
    given numeric, listed numeric)
returns numeric language plpgsql stable as $$
begin
	return case when abs(given - listed) > listed * coalesce(
	    ((exchange.terms(partner)).tolerances ->> 'price_percent')::numeric,
	    0) / 100 then listed end;
end
$$;

-- What the buyer wants of a line, as values with an origin.
create or replace function orders.wish_values(l orders.line)
returns jsonb language sql stable as $$
	select jsonb_build_object('ordered_quantity',
	    trim_scale(l.ordered)::text, 'requested_date',
	    l.requested_date::text)
$$;

-- Where a document says a difference: the line's place in it.
create or replace function orders.change_place(d jsonb, o orders.origin)
returns text language sql immutable as $$
	select case when o.document is null then null
	    when d ? 'at' then '/lines/' || (d ->> 'at')
	    when d ->> 'action' = '2' then '/function'
	    else '/requested_date' end
$$;

-- One difference takes effect on a line of the order that it was asked of.
--   l  the line; a row of nulls for one that is added. One that was added by
--      a change that was taken back, and is added again, is there already.
create or replace function orders.apply_line(h orders.head, l orders.line,
    d jsonb, o orders.origin)
returns orders.line language plpgsql as $$
begin
	if d ->> 'action' = '1' and l.id is null then
		return orders.add_line(h, d, o);
	elsif d ->> 'action' in ('1', '3') then
		return orders.reopen_line(l, d -> 'new', o,
		    orders.change_place(d, o));
	elsif orders.line_over(l.state) then
		return l;
	end if;
	return orders.cancel_line(l, case l.state when 'proposed' then 'refuse'
	    else 'cancel' end, o, orders.change_place(d, o));
end
$$;

-- A line that an order did not have.
create or replace function orders.add_line(h orders.head, d jsonb,
    o orders.origin)
returns orders.line language plpgsql as $$
declare
	made orders.line;
	terms exchange.agreement := exchange.terms(h.partner_id);
begin
	insert into orders.line (public_id, partner_id, order_id, line_id,
	    position, item_id, item, unit, ordered, requested_date, wanted,
	    price, price_base, texts, open, over_ship, linked_line_id)
	values (core.uuid7(), h.partner_id, h.id, d ->> 'line_id', (select
	    coalesce(max(position), 0) + 1 from orders.line
	    where order_id = h.id), (d ->> 'item')::bigint,
	    coalesce(d -> 'spec', '{}'), d ->> 'unit',
	    (d #>> '{new,quantity}')::numeric, (d #>> '{new,date}')::date,
	    d #> '{new,wanted}', (d #>> '{new,price}')::numeric,
	    coalesce((d #>> '{new,base}')::numeric, 1), coalesce(d -> 'text',
	    '[]'), (d #>> '{new,quantity}')::numeric, coalesce(
	    (d ->> 'over_ship')::numeric,
	    (terms.tolerances ->> 'over_ship_percent')::numeric, 0),
	    (d ->> 'sold')::bigint)
	returning * into made;
	insert into orders.schedule (partner_id, line_id, kind, quantity, due_on)
	select made.partner_id, made.id, 'open', (p ->> 'quantity')::numeric,
	    (p ->> 'date')::date
	from jsonb_array_elements(coalesce(made.wanted, jsonb_build_array(
	    d -> 'new'))) p;
	perform orders.say(made, orders.wish_values(made), o,
	    orders.change_place(d, o));
	return made;
end
$$;

-- A line with its schedule as it is, to be put back if need be.
create or replace function orders.line_snapshot(l orders.line)
returns jsonb language plpgsql stable as $$
begin
	return to_jsonb(l) || jsonb_build_object('parts',
	    orders.current_parts(l.id));
end
$$;

-- Puts a line back to what it was before a change that was refused.
create or replace function orders.restore_line(l orders.line, was jsonb,
    o orders.origin)
returns orders.line language plpgsql as $$
declare
	r orders.line := jsonb_populate_record(null::orders.line, was);
	changed orders.line;
begin
	delete from orders.schedule where line_id = l.id;
	insert into orders.schedule (partner_id, line_id, kind, quantity, due_on)
	select l.partner_id, l.id, p ->> 'kind', (p ->> 'quantity')::numeric,
	    (p ->> 'date')::date
	from jsonb_array_elements(was -> 'parts') p;
	perform set_config('kontor.step', 'restore_' || r.state, true);
	update orders.line u set (state, ordered, requested_date, wanted, price,
	    price_base, offered_price, answer, reason, answered_at, open,
	    confirmed, backordered, rejected, cancelled, first_promised_date,
	    latest_promised_date, expected_date, substitute_id) = (r.state,
	    r.ordered, r.requested_date, r.wanted, r.price, r.price_base,
	    r.offered_price, r.answer, r.reason, r.answered_at, r.open,
	    r.confirmed, r.backordered, r.rejected, r.cancelled,
	    r.first_promised_date, r.latest_promised_date, r.expected_date,
	    r.substitute_id), version = u.version + 1, change_id = null
	where u.id = l.id returning * into changed;
	perform set_config('kontor.step', '', true);
	perform orders.say(changed, orders.wish_values(changed)
	    || orders.line_values(changed), o);
	return changed;
end
$$;

-- What a version of an order says after a change: its content, line by line.
create or replace function orders.changed_content(content jsonb,
    c orders.change, lines jsonb)
returns jsonb language plpgsql stable as $$
declare
	kept jsonb;
begin
	select coalesce(jsonb_agg(case when d is null then e
	    else e || orders.content_wish(d -> 'new') end order by ord), '[]')
	into kept
	from jsonb_array_elements(content -> 'lines') with ordinality t (e, ord)
	left join lateral (select x from jsonb_array_elements(lines) x
	    where x ->> 'line_id' = coalesce(e ->> 'line_id', ord::text)) f (d)
	    on true
	where d is null or d ->> 'action' <> '2';
	select kept || coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'line_id', d ->> 'line_id', 'item', d -> 'spec', 'unit_code',
	    d ->> 'unit')) || orders.content_wish(d -> 'new')), '[]') into kept
	from jsonb_array_elements(lines) d where d ->> 'action' = '1';
	return content || jsonb_strip_nulls(jsonb_build_object(
	    'requested_date', c.head #> '{requested_date,new}')) || case
	    when c.head ? 'ship_to' then jsonb_build_object('parties',
	    coalesce(content -> 'parties', '{}') || jsonb_build_object('ship_to',
	    c.head #> '{ship_to,new}')) else '{}' end
	    || jsonb_build_object('lines', kept);
end
$$;

create or replace function orders.content_wish(new jsonb)
returns jsonb language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('ordered',
	    new ->> 'quantity', 'requested_date', new ->> 'date', 'schedule',
	    new -> 'wanted', 'price_amount', new ->> 'price'))
$$;

-- Differences with another outcome for those named.
create or replace function orders.mark_lines(lines jsonb, ids text[],
    outcome text)
returns jsonb language sql immutable as $$
	select coalesce(jsonb_agg(case when d ->> 'line_id' = any (ids)
	    then d || jsonb_build_object('outcome', outcome) else d end
	    order by ord), '[]')
	from jsonb_array_elements(lines) with ordinality t (d, ord)
$$;

create or replace function orders.line_ids(lines jsonb)
returns text[] language sql immutable as $$
	select coalesce(array_agg(d ->> 'line_id'), '{}')
	from jsonb_array_elements(lines) d
$$;
